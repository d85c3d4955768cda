//! The event lists beside the standard library's binary heap, in the hold model (take the next event, plan another one),
//! in paired rounds: `cargo bench -p plimsoll-simulate --bench events`. `-- ROUNDS` sets how many. What counts is the ratio
//! within a round; the median of all rounds is printed with its range, and the geometric mean over the laws below it.
//!
//! The rival holds what a simulator written by hand holds: a time as `f64` under `total_cmp`, a sequence number that breaks
//! ties, and what happens. Increments are drawn beforehand, so that no draw is measured.

#![allow(clippy::disallowed_methods, reason = "a bench measures time and prints")]

mod clock;
#[path = "../src/run/events/heap.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the bench needs a part of it")]
mod heap;
#[path = "../src/run/events/ladder.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the bench needs a part of it")]
mod ladder;
#[path = "../src/math.rs"]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "the bench needs a part of it")]
mod math;

/// What the lists take from their neighbours.
type Key = u128;
const NEVER: Key = Key::MAX;

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::hint::black_box;

use clock::worked;
use heap::Heap;
use ladder::Ladder;

/// Events taken and planned in a round, after as many as are pending.
const HOLDS: usize = 2_000_000;
/// Increments of a law, used in turn; a power of two.
const INCREMENTS: usize = 1 << 16;
const MEAN: f64 = 1e6;

/// How far ahead an event is planned, in nanoseconds, from two numbers between 0 and 1.
type Law = fn(f64, f64) -> f64;

const LAWS: [(&str, Law); 3] = [
    ("exponential", |one, _| -math::ln(one) * MEAN),
    // As with timeouts: one in sixteen is a hundred times as far.
    ("one-in-16-far", |one, other| if other < 1.0 / 16.0 { 100.0 * MEAN } else { -math::ln(one) * MEAN }),
    ("near-constant", |one, _| (0.95 + 0.1 * one) * MEAN),
];

/// A list of events, as the hold model asks for it.
trait List {
    fn plan(&mut self, time: u64, sequence: u32);
    fn take(&mut self) -> u64;
}

fn key(time: u64, sequence: u32) -> Key {
    Key::from(time) << 64 | Key::from(sequence) << 32
}

impl List for Heap {
    fn plan(&mut self, time: u64, sequence: u32) {
        self.push(key(time, sequence));
    }

    fn take(&mut self) -> u64 {
        let next = self.peek();
        self.pop();
        (next >> 64) as u64
    }
}

impl List for Ladder {
    fn plan(&mut self, time: u64, sequence: u32) {
        self.push(key(time, sequence));
    }

    fn take(&mut self) -> u64 {
        let next = self.peek();
        self.pop();
        (next >> 64) as u64
    }
}

/// An event as it is usually written.
struct Usual {
    time: f64,
    sequence: u32,
    payload: u32,
}

impl Ord for Usual {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.total_cmp(&other.time).then(self.sequence.cmp(&other.sequence))
    }
}

impl PartialOrd for Usual {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Usual {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Usual {}

impl List for BinaryHeap<Reverse<Usual>> {
    fn plan(&mut self, time: u64, sequence: u32) {
        self.push(Reverse(Usual { time: time as f64, sequence, payload: sequence }));
    }

    fn take(&mut self) -> u64 {
        let Reverse(next) = self.pop().expect("events are pending");
        black_box(next.payload);
        next.time as u64
    }
}

/// Nanoseconds for one event taken and one planned, and the last time, which all lists must agree on.
fn hold(mut list: impl List, pending: usize, increments: &[u64]) -> (f64, u64) {
    let mut sequence = 0_u32;
    let mut ahead = || {
        sequence += 1;
        (increments[sequence as usize % INCREMENTS], sequence)
    };
    for _ in 0..pending {
        let (increment, sequence) = ahead();
        list.plan(increment, sequence);
    }
    let (mut started, mut now) = (worked(), 0);
    for step in 0..pending + HOLDS {
        if step == pending {
            started = worked();
        }
        now = list.take();
        let (increment, sequence) = ahead();
        list.plan(now + increment, sequence);
    }
    ((worked() - started) * 1e9 / HOLDS as f64, now)
}

fn increments(law: Law) -> Vec<u64> {
    // SplitMix64 (Steele, Lea and Flood, 2014).
    let mut state = 1_u64;
    let mut uniform = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + 1e-17
    };
    (0..INCREMENTS).map(|_| law(uniform(), uniform()) as u64).collect()
}

fn main() {
    let rounds = std::env::args().find_map(|each| each.parse().ok()).unwrap_or(9_usize).max(1);
    println!(
        "{:<16} {:>8} {:>22} {:>30} {:>30}",
        "law", "pending", "std / heap / ladder", "heap is … faster", "ladder is … faster"
    );
    for pending in [100, 10_000] {
        let mut means = [0.0; 2];
        for (name, law) in LAWS {
            let increments = increments(law);
            let mut ratios = [Vec::new(), Vec::new()];
            let mut least = [f64::INFINITY; 3];
            for _ in 0..rounds {
                let usual = hold(BinaryHeap::new(), pending, &increments);
                let heap = hold(Heap::default(), pending, &increments);
                let ladder = hold(Ladder::default(), pending, &increments);
                assert!(usual.1 == heap.1 && heap.1 == ladder.1, "the lists disagree");
                ratios[0].push(usual.0 / heap.0);
                ratios[1].push(usual.0 / ladder.0);
                least = [usual.0.min(least[0]), heap.0.min(least[1]), ladder.0.min(least[2])];
            }
            let [heap, ladder] = ratios.map(|mut each| {
                each.sort_by(f64::total_cmp);
                (each[rounds / 2], format!("{:.2} ({:.2}–{:.2})", each[rounds / 2], each[0], each[rounds - 1]))
            });
            means[0] += heap.0.ln() / LAWS.len() as f64;
            means[1] += ladder.0.ln() / LAWS.len() as f64;
            let times = format!("{:.0} / {:.0} / {:.0} ns", least[0], least[1], least[2]);
            println!("{name:<16} {pending:>8} {times:>22} {:>30} {:>30}", heap.1, ladder.1);
        }
        println!("{:<16} {pending:>8} {:>22} {:>30.2} {:>30.2}", "geometric mean", "", means[0].exp(), means[1].exp());
    }
}
