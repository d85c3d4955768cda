//! Each formula against figures that were computed apart from this code.

use super::availability::at_least;
use super::erlang::{line, loss, mean_wait, waiting, waits_longer};
use super::mva::{Station, asymptotes, closed};

#[track_caller]
fn near(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within, "{found} is not {expected}");
}

#[test]
fn erlang_b_loses_what_the_table_says() {
    // B(10, 8), to six digits, by the recursion in exact fractions.
    near(loss(10, 8.0), 0.121_661, 5e-7);
    near(loss(0, 3.0), 1.0, 0.0);
}

#[test]
fn erlang_c_waits_as_ten_servers_do_at_nine_tenths() {
    near(waiting(10, 9.0), 0.668_732, 5e-7);
    near(mean_wait(10, 9.0, 1.0), 0.668_732, 5e-7);
    near(waiting(4, 5.0), 1.0, 0.0);
}

#[test]
fn twenty_slots_of_420_ms_wait_as_the_oracle_says() {
    for (rate, expected) in [(36.0, 0.0005), (40.0, 0.0079), (43.0, 0.0558), (45.0, 0.1979)] {
        near(waits_longer(20, rate, 0.42, 0.5), expected, 5e-5);
    }
}

#[test]
fn the_line_of_a_pool_is_where_one_in_twenty_waits_too_long() {
    for (slots, five, one) in [(20, 42.83, 40.36), (10, 19.43, 17.27), (32, 71.18, 68.55)] {
        near(line(slots, 0.42, 0.5, 0.05), five, 5e-3);
        near(line(slots, 0.42, 0.5, 0.01), one, 5e-3);
    }
}

#[test]
fn a_closed_network_of_three_stations() {
    let single = |demand| Station { demand, servers: 1 };
    let found = closed(&[single(0.5), single(0.3), single(0.2)], 20, 5.0);
    near(found.throughput, 1.971_435, 5e-7);
    near(found.response, 5.144_896, 5e-7);
    let (most, least) = asymptotes(&[single(0.5), single(0.3), single(0.2)], 20, 5.0);
    near(most, 2.0, 1e-12);
    near(least, 5.0, 1e-12);
}

#[test]
fn twenty_machines_and_two_who_repair() {
    let found = closed(&[Station { demand: 1.0, servers: 2 }], 20, 10.0);
    near(found.throughput, 1.654_791, 5e-7);
    near(found.response, 2.086_122, 5e-7);
}

#[test]
fn three_of_five_with_independent_repair() {
    near(at_least(3, 5, 0.5 / 0.51), 0.999_926_81, 5e-9);
    near(at_least(0, 5, 0.5), 1.0, 0.0);
}
