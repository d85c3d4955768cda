//! Lines that are known exactly, found.

use super::test_systems::{Pool, Storm, erlang_line, latency, wait};
use super::*;

fn searched(pool: &mut Pool, precision: f64, seed: u64) -> Line {
    let promises = pool.promises.clone();
    let options = Options { precision, seed: seed * 10_000_000, bound: Some(pool.bound()), ..Options::default() };
    find(pool, &promises, &options)
}

#[test]
fn the_oracle_gives_the_printed_lines() {
    for (servers, allowed, line) in [(20, 0.05, 42.83), (10, 0.05, 19.43), (32, 0.05, 71.18), (20, 0.01, 40.36)] {
        let found = erlang_line(servers, 0.42, 0.5, allowed);
        assert!((found - line).abs() < 0.006, "{servers} {allowed}: {found}");
    }
}

/// Forty searches over five pools at 1 %: at least 35 within 1 % (95 % are; fewer by chance one time in 300) and at least 34
/// intervals that cover.
#[test]
fn lines_of_pools_are_found_and_covered() {
    let cases = [
        (20, wait(0.5, 0.05)),
        (10, wait(0.5, 0.05)),
        (32, wait(0.5, 0.05)),
        (20, wait(0.5, 0.01)),
        (1, wait(8.0, 0.01)),
    ];
    let (mut near, mut covered, mut dearest) = (0, 0, 0);
    for (servers, promise) in &cases {
        let Indicator::Wait { within_s } = promise.indicator else { unreachable!() };
        let exact = erlang_line(*servers, 0.42, within_s, promise.allowed);
        for seed in 1..=8 {
            let line = searched(&mut Pool::new(*servers, 0.42, vec![promise.clone()]), 0.01, seed);
            let interval = line.interval().expect("it holds up to somewhere");
            near += usize::from((interval.value / exact - 1.0).abs() < 0.01);
            covered += usize::from(interval.covers(exact));
            dearest = dearest.max(line.cost);
            assert_eq!(line.certainty, Certainty::Reached, "{servers} {seed} {line:?}");
        }
    }
    assert!(near >= 35 && covered >= 34, "{near} near, {covered} covered of 40");
    assert!(dearest <= 25_000_000, "{dearest}");
}

#[test]
fn of_two_promises_the_first_to_break_is_named() {
    // The wait alone would hold to 42.83/s; a p90 of 1.2 s breaks before.
    let mut pool = Pool::new(20, 0.42, vec![wait(0.5, 0.05), latency(1.05, 0.1)]);
    let line = searched(&mut pool, 0.02, 1);
    assert_eq!(line.breaks, Some(1));
    assert!(line.interval().expect("holds").value < 42.0, "{line:?}");
}

#[test]
fn what_breaks_at_rest_has_no_line() {
    let line = searched(&mut Pool::new(20, 0.42, vec![latency(0.3, 0.05)]), 0.02, 1);
    let Verdict::BrokenAtRest { share, .. } = line.verdict else { panic!("{line:?}") };
    // exp(−0.3 ÷ 0.42) of the exponential services are longer.
    assert!((share - 0.4895).abs() < 0.02, "{share}");
    assert_eq!(line.breaks, Some(0));
}

#[test]
fn where_only_the_queue_grows_the_line_is_the_bound() {
    let promise = Promise::new("success", Indicator::Success, 0.01).expect("a share");
    let line = searched(&mut Pool::new(2, 0.001, vec![promise]), 0.02, 1);
    let interval = line.interval().expect("it holds while the queue does not grow");
    assert_eq!((interval.value, interval.high), (2000.0, 2000.0), "{line:?}");
    assert!(1800.0 < interval.low && line.cost < 6_000_000, "{line:?}");
}

#[test]
fn what_holds_at_any_load_is_unbounded() {
    let promise = Promise::new("latency", Indicator::Latency { within_s: 10.0 }, 0.01).expect("a share");
    let options = Options { start: 5.0, ..Options::default() };
    // Forty servers of a millisecond: no queue to speak of at a thousand times the stated load.
    let line = find(&mut Pool::new(40, 0.001, vec![promise.clone()]), &[promise], &options);
    assert_eq!(line.verdict, Verdict::Unbounded { tried: 5_000.0 });
}

#[test]
fn an_ended_search_says_what_it_knows() {
    let mut pool = Pool::new(20, 0.42, vec![wait(0.5, 0.05)]);
    pool.patience = 2;
    let line = searched(&mut pool, 0.001, 1);
    assert_eq!(line.certainty, Certainty::Interrupted);
    assert!(line.interval().expect("a bracket").covers(42.83), "{line:?}");
}

#[test]
fn the_same_search_gives_the_same_line() {
    let once = || searched(&mut Pool::new(10, 0.42, vec![wait(0.5, 0.05)]), 0.02, 3);
    assert_eq!(once(), once());
}

/// A pool of 20 and the same with a service 2 % faster, with one server more or less, and with nothing changed.
#[test]
fn pairs_tell_what_moves_the_line() {
    let mut pool = Pool::new(20, 0.42, vec![wait(0.5, 0.05)]);
    pool.service_s = vec![0.42, 0.42, 0.42 / 1.02, 0.42 / 1.2];
    let promises = pool.promises.clone();
    let options = Options { bound: Some(pool.bound()), ..Options::default() };
    let line = find(&mut pool, &promises, &options);
    let tries = [1, 2, 3].map(|at| Try { variant: Variant(at), promises: &promises, guess: 1.0 });
    let moved = moves(&mut pool, &promises, &line, &tries, &options, Depth::Interval);
    assert_eq!(moved.iter().map(|moved| moved.real).collect::<Vec<_>>(), [false, true, true], "{moved:?}");
    let exact = erlang_line(20, 0.42, 0.5, 0.05);
    for (moved, service_s) in moved.iter().zip([0.42, 0.42 / 1.02, 0.42 / 1.2]) {
        let expect = erlang_line(20, service_s, 0.5, 0.05) - exact;
        let change = moved.change.expect("a line");
        let slack = 0.01 * exact;
        assert!((change.difference.value - expect).abs() < slack, "{expect} {change:?}");
    }
    // The pairs are close: 2 % of the line is told from nothing by 24 runs a side.
    let small = moved[1].change.expect("a line");
    assert!(small.difference.half_width() < 0.35, "{small:?}");
}

#[test]
fn the_curve_rises_and_is_drawn_past_the_line() {
    let mut pool = Pool::new(20, 0.42, vec![wait(0.5, 0.05)]);
    let loads = loads_to_draw(42.83);
    let drawn = curve(&mut pool, Variant::default(), &loads, 5_000, 1, 0.95);
    assert_eq!(drawn.iter().map(|point| point.load).collect::<Vec<_>>(), loads);
}

/// Where the storm tips and where it recovers.
fn edges(storm: &mut Storm) -> Hysteresis {
    let well = Passing {
        variant: Variant(0),
        allowed: 0.05,
        precision: 0.02,
        confidence: 0.95,
        most_runs: 400,
        requests: 1,
        seed: 1,
        between: (20.0, 150.0),
    };
    hysteresis(storm, &[latency(1.0, 0.01)], &well, &Passing { variant: Variant(1), ..well })
}

/// By the fluid limit it recovers up to (1 − 0.4) × 100/s: 400 too many go away in the 300 s before judging at 58.67/s.
#[test]
fn a_retry_storm_has_two_minds_between_its_edges() {
    let mut storm = Storm { rate: 100.0, again: 0.4, patience: 200, begins: [0, 600], seconds: 400.0 };
    let pair = edges(&mut storm);
    let recovers = pair.recovers_at.onset.expect("it recovers at low load");
    assert!((recovers.value / 58.67 - 1.0).abs() < 0.03, "{pair:?}");
    let tips = pair.tips_at.onset.expect("it tips beyond its rate");
    assert!(90.0 < tips.value && tips.value < 103.0, "{pair:?}");
    assert!(pair.recovers_at.tried.len() >= 3);
}

/// The chance that the storm has more than `patience` waiting at a time, from so many: its Markov chain, solved by uniformization. Beyond
/// `CEILING` it does not come back in time, so that all states there are one.
///
/// # Source
/// Jensen, "Markoff chains as an aid in the study of Markoff processes", 1953.
fn chance_of_a_storm(storm: &Storm, load: f64, begins: usize, time: f64) -> f64 {
    const CEILING: usize = 2_500;
    let total = load + storm.rate;
    let (up, down) = (load / total, storm.rate / total);
    let patience = storm.patience as usize;
    let mut now = vec![0.0; CEILING + 1];
    now[begins] = 1.0;
    // The number of steps is Poisson with a mean of tens of thousands: its spread is half a percent.
    for _ in 0..(total * time).round() as usize {
        let mut next = vec![0.0; CEILING + 1];
        for (n, share) in now.iter().enumerate().filter(|(_, share)| **share > 1e-15) {
            if n == CEILING {
                next[n] += share;
                continue;
            }
            next[n + 1] += share * up;
            let leaves = if n > patience { down * (1.0 - storm.again) } else { down };
            if n > 0 {
                next[n - 1] += share * leaves;
                next[n] += share * (down - leaves);
            } else {
                next[0] += share * down;
            }
        }
        now = next;
    }
    now[patience + 1..].iter().sum()
}

#[test]
fn both_edges_agree_with_the_markov_chain() {
    let mut storm = Storm { rate: 100.0, again: 0.4, patience: 50, begins: [0, 300], seconds: 200.0 };
    let pair = edges(&mut storm);
    // What is judged is the last quarter of the run; the state in its middle decides.
    for (edge, begins) in [(pair.tips_at, 0), (pair.recovers_at, 300)] {
        let (mut low, mut high) = (20.0, 150.0);
        while high / low > 1.002 {
            let middle = f64::midpoint(low, high);
            if chance_of_a_storm(&storm, middle, begins, 175.0) > 0.05 { high = middle } else { low = middle }
        }
        let found = edge.onset.expect("there is an edge").value;
        assert!((found / low - 1.0).abs() < 0.03, "from {begins}: {found}, by the chain {low}");
    }
}
