//! The pool of the shop alone, against Erlang's formulas: where its load line is known exactly.

use plimsoll_simulate::program::{Arrivals, Component, Step};

use super::measured::{Length, System, expect, mean_wait, measure, share_waiting};

/// So many slots, each kept 420 ms, exponential; patience without end. Times in seconds.
fn pool(slots: u32, rate: f64) -> System {
    let mut system = System::default();
    let held = system.exponential(0.42);
    let visit = system.station(Component { slots: Some(slots), ..Component::default() }, vec![Step::hold(held)]);
    let visit = system.visit(visit);
    system.journey(vec![visit], Arrivals::poisson(rate));
    system
}

const LENGTH: Length = Length { warm_up: 200.0, window: 500.0, windows: 40 };

#[track_caller]
fn check(rate: f64, waits: f64, mean_ms: f64, long: f64) {
    let (_, windows) = measure(&pool(20, rate), 20, LENGTH);
    expect("P(wait)", share_waiting(&windows, 0.0), waits, 0.05);
    expect("mean wait", mean_wait(&windows), mean_ms / 1e3, 0.1);
    if long > 0.001 {
        expect("P(wait > 0.5 s)", share_waiting(&windows, 0.5), long, 0.2);
    }
}

#[test]
fn the_erlang_c_table() {
    check(30.0, 0.0379, 2.2, 0.0);
    check(36.0, 0.1703, 14.7, 0.0005);
    check(40.0, 0.3564, 46.8, 0.0079);
    check(43.0, 0.5619, 121.7, 0.0558);
    check(45.0, 0.7331, 279.9, 0.1979);
}

/// At its exact load line for "P(wait > 0.5 s) ≤ 5 %", 2 % less holds and 2 % more does not.
#[track_caller]
fn check_line(slots: u32, line: f64) {
    let long = |rate: f64| share_waiting(&measure(&pool(slots, rate), 21, LENGTH).1, 0.5).value;
    assert!(long(line * 0.98) < 0.05 && 0.05 < long(line * 1.02), "{} {}", long(line * 0.98), long(line * 1.02));
}

#[test]
fn load_lines_that_are_known() {
    check_line(20, 42.83);
    check_line(10, 19.43);
    check_line(32, 71.18);
}
