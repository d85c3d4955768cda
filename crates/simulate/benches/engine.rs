//! The engine beside hand-written loops of the same systems, in paired rounds: `cargo bench -p plimsoll-simulate --bench
//! engine`. A machine is never quiet, so that what counts is the ratio within a round; the median of all rounds is
//! printed with its range. `-- ROUNDS` sets how many, `-- SYSTEM` picks one.
//!
//! `-- alone SYSTEM REQUESTS` runs the engine once and measures nothing, `-- by-hand SYSTEM REQUESTS` the hand loop: for an
//! instrument that counts instructions. The difference of two runs is what requests cost, without what making ready costs.

#![allow(clippy::disallowed_methods, reason = "a bench measures time and prints")]

mod hand;
#[path = "../src/run/events/heap.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the loops need a part of it")]
mod heap;
#[path = "../src/math.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the loops need a part of it")]
mod math;
mod systems;
#[path = "../src/run/ziggurat.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the loops need a part of it")]
mod ziggurat;

/// What the heap takes from its neighbours.
type Key = u128;
const NEVER: Key = Key::MAX;

use std::time::Instant;

use plimsoll_simulate::program::Program;
use plimsoll_simulate::run::{Detail, Options};
use plimsoll_simulate::{Nanos, Seed, run};

/// A system: its name, the program, the hand loop, how many requests a round takes.
struct System {
    name: &'static str,
    program: Program,
    hand: fn(u64, u64) -> f64,
    requests: u64,
    bar: f64,
}

/// One run of the engine, with what the hand loops measure.
fn by_engine(system: &System, requests: u64, seed: u64) -> f64 {
    let options = Options { requests: Some(requests), detail: Detail::Journeys, ..Options::until(Nanos::NEVER) };
    let measured = run(&system.program, Seed(seed), &options).expect("the system can be run");
    measured.journeys[0].latency.mean().as_secs_f64()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|each| each != "--bench").collect();
    let rounds = arguments.iter().find_map(|each| each.parse().ok()).unwrap_or(9_usize);
    let only = arguments.iter().find(|each| each.parse::<usize>().is_err());
    let systems = [
        System {
            name: "one-server",
            program: systems::one_server(),
            hand: |requests, seed| hand::one_server(requests, seed).latency.mean().as_secs_f64(),
            requests: 2_000_000,
            bar: 2.4,
        },
        System {
            name: "tandem-of-12",
            program: systems::tandem(),
            hand: |requests, seed| hand::tandem(requests, seed).latency.mean().as_secs_f64(),
            requests: 200_000,
            bar: 2.0,
        },
        System {
            name: "ten-servers",
            program: systems::ten_servers(0),
            hand: |requests, seed| hand::deep_queue(0, requests, seed).latency.mean().as_secs_f64(),
            requests: 2_000_000,
            bar: 2.0,
        },
        System {
            name: "ten-servers-10000-queued",
            program: systems::ten_servers(10_000),
            hand: |requests, seed| hand::deep_queue(10_000, requests, seed).latency.mean().as_secs_f64(),
            requests: 2_000_000,
            bar: 2.0,
        },
        System {
            name: "chain",
            program: systems::chain(systems::Timeouts::Armed),
            hand: |requests, seed| hand::chain(requests, seed).0.latency.mean().as_secs_f64(),
            requests: 500_000,
            bar: 2.0,
        },
        System {
            name: "chain-without-timeouts",
            program: systems::chain(systems::Timeouts::None),
            hand: |requests, seed| hand::chain(requests, seed).0.latency.mean().as_secs_f64(),
            requests: 500_000,
            bar: 2.0,
        },
    ];
    if let [who, name, requests] = arguments.as_slice() {
        let system = systems.iter().find(|system| system.name == name).expect("the name of a system");
        let requests = requests.parse().expect("how many requests");
        let mean = if who == "alone" { by_engine(system, requests, 0) } else { (system.hand)(requests, 0) };
        println!("{mean}");
        return;
    }
    println!("{:<26} {:>12} {:>12} {:>24} {:>6}", "system", "engine", "by hand", "engine is … times slower", "bar");
    for system in systems.iter().filter(|system| only.is_none_or(|only| only == system.name)) {
        let (mut ratios, mut engine, mut hand) = (Vec::new(), f64::INFINITY, f64::INFINITY);
        let mut means = (0.0, 0.0);
        for round in 0..rounds as u64 {
            let started = Instant::now();
            let mean = by_engine(system, system.requests, round);
            let engine_took = started.elapsed().as_secs_f64();
            let started = Instant::now();
            means = (mean, (system.hand)(system.requests, round));
            let hand_took = started.elapsed().as_secs_f64();
            ratios.push(engine_took / hand_took);
            engine = engine.min(engine_took);
            hand = hand.min(hand_took);
        }
        ratios.sort_by(f64::total_cmp);
        let nanos = |seconds: f64| seconds * 1e9 / system.requests as f64;
        println!(
            "{:<26} {:>9.0} ns {:>9.0} ns {:>8.2} ({:.2}–{:.2}) {:>12.1}    means {:.4} {:.4}",
            system.name,
            nanos(engine),
            nanos(hand),
            ratios[rounds / 2],
            ratios[0],
            ratios[rounds - 1],
            system.bar,
            means.0,
            means.1
        );
    }
}
