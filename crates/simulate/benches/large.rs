//! A large system: 500 services of ten replicas each, 100,000 requests a second over ten hops, every call with a timeout:
//! `cargo bench -p plimsoll-simulate --bench large`. `-- SECONDS` sets how many seconds are simulated after the first.
//!
//! Fifty journeys go down ten layers of fifty services; each replica is one core that its requests share.

#![allow(clippy::disallowed_methods, reason = "a bench measures time and prints")]

mod clock;

use plimsoll_simulate::program::{
    Arrivals, Balancing, Call, Component, Cpu, Distribution, Operation, OperationId, Program, Step,
};
use plimsoll_simulate::run::Detail;
use plimsoll_simulate::{Nanos, Options, Run, Seed};

use clock::worked;

const LAYERS: u64 = 10;
const ABREAST: u64 = 50;
const REPLICAS: usize = 10;
const REQUESTS_PER_SECOND: f64 = 100_000.0;
/// How many times faster than the clock it must run.
const BAR: f64 = 3.0;

fn program() -> Program {
    let mut program = Program::default();
    let work = program.add_distribution(Distribution::exponential(Nanos::from_millis(2)));
    let mut below: Vec<OperationId> = Vec::new();
    for layer in (0..LAYERS).rev() {
        let mut own = Vec::new();
        for column in 0..ABREAST {
            let component = program.add_component(Component {
                cpu: Cpu::Shared { cores: 1.0 },
                slots: Some(64),
                balancing: Balancing::Random,
                ..Component::with_replicas(REPLICAS)
            });
            let mut steps = vec![Step::cpu(work)];
            if !below.is_empty() {
                let next = below[((column * 3 + layer) % ABREAST) as usize];
                let call = Call { timeout: Some(Nanos::from_secs(1)), ..Call::to(next) };
                steps.push(Step::Call(program.add_call(call)));
            }
            own.push(program.add_operation(Operation::new(component, layer * ABREAST + column + 1, steps)));
        }
        below = own;
    }
    for (column, entry) in below.into_iter().enumerate() {
        let call = program.add_call(Call { timeout: Some(Nanos::from_secs(1)), ..Call::to(entry) });
        let rate = REQUESTS_PER_SECOND / ABREAST as f64;
        program.add_open_journey(column as u64 + 1, vec![Step::Call(call)], Arrivals::poisson(rate));
    }
    program
}

fn main() {
    let seconds = std::env::args().find_map(|each| each.parse().ok()).unwrap_or(3_u64).max(1);
    let program = program();
    let started = worked();
    let options = Options { detail: Detail::Journeys, ..Options::until(Nanos::NEVER) };
    let mut run = Run::new(&program, Seed(1), &options).expect("the system can be run");
    println!("made ready in {:.1} ms", (worked() - started) * 1e3);
    // The first second fills the system, and the arrays.
    run.advance(Nanos::from_secs(1));
    let mut speeds = Vec::new();
    for second in 1..=seconds {
        let (before, started) = (run.ended(), worked());
        run.advance(Nanos::from_secs(1 + second));
        let took = worked() - started;
        println!(
            "second {second}: {} requests, {:.0} ns a hop, {:.2} × real time",
            run.ended() - before,
            took * 1e9 / ((run.ended() - before) * LAYERS) as f64,
            1.0 / took
        );
        speeds.push(1.0 / took);
    }
    speeds.sort_by(f64::total_cmp);
    println!("median {:.2} × real time; bar {BAR} ×", speeds[speeds.len() / 2]);
}
