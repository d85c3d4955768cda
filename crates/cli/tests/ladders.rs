//! The closed forms of the examples: from their files through survey and compile to the ladder that people read.

use std::fmt::Write as _;
use std::path::Path;

use expect_test::{Expect, expect};
use plimsoll_model::{JourneyId, Model};
use plimsoll_read::source::Source;
use plimsoll_simulate::bound::{ceiling, ladder};
use plimsoll_simulate::compile::{Compiled, Journeys, Options, Override, compile};
use plimsoll_simulate::program::JourneyId as Compiled0;

/// A folder of `examples`, surveyed.
fn survey(folder: &str) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(folder);
    let model = plimsoll_read::survey::survey(Source::folders(&[path]), &plimsoll_read::survey::Options::default());
    assert_eq!(model.configuration_errors, 0, "{folder}: {:#?}", model.problems);
    model
}

/// What is asked of a folder: `in ENVIRONMENT`, `scenario NAME`, `KEY=VALUE`.
#[derive(Default)]
struct Asked {
    environment: Option<&'static str>,
    scenario: Option<&'static str>,
    what_if: &'static [(&'static str, &'static str)],
}

fn compiled(model: &Model, journey: &str, asked: &Asked) -> Compiled {
    let of = model.journeys.iter().position(|row| row.id == journey).expect("the journey is stated");
    let overrides = asked.what_if.iter().map(|(key, value)| Override::parse(key, value).expect("a value"));
    let options = Options {
        environment: asked.environment.map(|name| model.find_environment(name).expect("an environment")),
        scenario: asked
            .scenario
            .map(|name| model.behaviour.scenarios.iter().position(|row| row.name == name).expect("a scenario")),
        journeys: Journeys::One(JourneyId(of as u32)),
        overrides: overrides.collect(),
    };
    compile(model, &options).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

#[track_caller]
fn check(folder: &str, asked: &Asked, expect: Expect) {
    let model = survey(folder);
    let compiled = compiled(&model, "checkout", asked);
    let mut out = String::new();
    for rung in ladder(&compiled, Compiled0(0)).rungs {
        let _ = writeln!(out, "{:>9.4}  {:<28} {}", rung.bound_per_s, rung.resource, rung.formula);
    }
    let ceiling = ceiling(&compiled, Compiled0(0));
    let _ = writeln!(out, "ceiling {:.6}, {:.1} min of 30 days", ceiling.share, ceiling.minutes_lost(30.0));
    expect.assert_eq(&out);
}

#[test]
fn chandlery_today() {
    check(
        "chandlery",
        &Asked::default(),
        expect![[r#"
          45.0000  psp quota                    45/s ÷ 1 a request
          47.6190  payments slots               4 × 5 slots ÷ 0.42 s
          50.0000  pricing CPU                  2 × 0.5 cores ÷ 0.02 s
          60.0000  stock CPU                    3 × 0.5 cores ÷ 0.025 s
         100.0000  orders CPU                   4 × 0.5 cores ÷ 0.02 s
         106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
         160.0000  orders-db pool of orders     4 × 5 connections ÷ 0.125 s
         300.0000  gateway CPU                  3 × 1 cores ÷ 0.01 s
        ceiling 0.996405, 155.3 min of 30 days
    "#]],
    );
}

#[test]
fn chandlery_with_zone_a_lost() {
    check(
        "chandlery",
        &Asked { scenario: Some("zone-a-loss"), ..Asked::default() },
        expect![[r#"
          23.8095  payments slots               2 × 5 slots ÷ 0.42 s
          25.0000  pricing CPU                  1 × 0.5 cores ÷ 0.02 s
          40.0000  stock CPU                    2 × 0.5 cores ÷ 0.025 s
          45.0000  psp quota                    45/s ÷ 1 a request
          50.0000  orders CPU                   2 × 0.5 cores ÷ 0.02 s
          80.0000  orders-db pool of orders     2 × 5 connections ÷ 0.125 s
         106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
         200.0000  gateway CPU                  2 × 1 cores ÷ 0.01 s
        ceiling 0.996405, 155.3 min of 30 days
    "#]],
    );
}

#[test]
fn a_synchronous_call_to_loyalty_lowers_bound_and_ceiling() {
    check(
        "loyalty",
        &Asked::default(),
        expect![[r#"
          33.3333  loyalty CPU                  2 × 0.25 cores ÷ 0.015 s
          45.0000  psp quota                    45/s ÷ 1 a request
          47.6190  payments slots               4 × 5 slots ÷ 0.42 s
          50.0000  pricing CPU                  2 × 0.5 cores ÷ 0.02 s
          60.0000  stock CPU                    3 × 0.5 cores ÷ 0.025 s
         100.0000  orders CPU                   4 × 0.5 cores ÷ 0.02 s
         106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
         160.0000  orders-db pool of orders     4 × 5 connections ÷ 0.125 s
         300.0000  gateway CPU                  3 × 1 cores ÷ 0.01 s
        ceiling 0.991423, 370.5 min of 30 days
    "#]],
    );
}

#[test]
fn black_friday_after_the_ladder() {
    check(
        "black-friday",
        &Asked::default(),
        expect![[r#"
              72.0000  psp quota                    72/s ÷ 1 a request
              75.0000  pricing CPU                  3 × 0.5 cores ÷ 0.02 s
              76.1905  payments slots               4 × 8 slots ÷ 0.42 s
              80.0000  stock CPU                    4 × 0.5 cores ÷ 0.025 s
             100.0000  orders CPU                   4 × 0.5 cores ÷ 0.02 s
             106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
             160.0000  orders-db pool of orders     4 × 5 connections ÷ 0.125 s
             300.0000  gateway CPU                  3 × 1 cores ÷ 0.01 s
            ceiling 0.996405, 155.3 min of 30 days
        "#]],
    );
}

#[test]
fn black_friday_with_zone_a_lost() {
    check(
        "black-friday",
        &Asked { scenario: Some("zone-a-loss"), ..Asked::default() },
        expect![[r#"
              38.0952  payments slots               2 × 8 slots ÷ 0.42 s
              40.0000  stock CPU                    2 × 0.5 cores ÷ 0.025 s
              50.0000  orders CPU                   2 × 0.5 cores ÷ 0.02 s
              50.0000  pricing CPU                  2 × 0.5 cores ÷ 0.02 s
              72.0000  psp quota                    72/s ÷ 1 a request
              80.0000  orders-db pool of orders     2 × 5 connections ÷ 0.125 s
             106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
             200.0000  gateway CPU                  2 × 1 cores ÷ 0.01 s
            ceiling 0.996405, 155.3 min of 30 days
        "#]],
    );
}

#[test]
fn the_ladder_of_today_with_what_black_friday_changes_is_the_same() {
    let what_if: &[(&str, &str)] =
        &[("psp.quota", "72/s"), ("payments.slots", "8"), ("pricing.replicas", "3"), ("stock.replicas", "4")];
    check(
        "chandlery",
        &Asked { what_if, ..Asked::default() },
        expect![[r#"
          72.0000  psp quota                    72/s ÷ 1 a request
          75.0000  pricing CPU                  3 × 0.5 cores ÷ 0.02 s
          76.1905  payments slots               4 × 8 slots ÷ 0.42 s
          80.0000  stock CPU                    4 × 0.5 cores ÷ 0.025 s
         100.0000  orders CPU                   4 × 0.5 cores ÷ 0.02 s
         106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
         160.0000  orders-db pool of orders     4 × 5 connections ÷ 0.125 s
         300.0000  gateway CPU                  3 × 1 cores ÷ 0.01 s
        ceiling 0.996405, 155.3 min of 30 days
    "#]],
    );
}

#[test]
fn what_hangs_holds_slots_until_the_timeout() {
    check(
        "chandlery",
        &Asked { scenario: Some("psp-hangs"), ..Asked::default() },
        expect![[r#"
          31.0078  payments slots               4 × 5 slots ÷ 0.645 s
          45.0000  psp quota                    45/s ÷ 1 a request
          50.0000  pricing CPU                  2 × 0.5 cores ÷ 0.02 s
          60.0000  stock CPU                    3 × 0.5 cores ÷ 0.025 s
         100.0000  orders CPU                   4 × 0.5 cores ÷ 0.02 s
         106.6667  orders-db CPU                1 × 4 cores ÷ 0.0375 s
         160.0000  orders-db pool of orders     4 × 5 connections ÷ 0.125 s
         300.0000  gateway CPU                  3 × 1 cores ÷ 0.01 s
        ceiling 0.996405, 155.3 min of 30 days
    "#]],
    );
}

#[test]
fn what_chandlery_assumes() {
    let model = survey("chandlery");
    let compiled = compiled(&model, "checkout", &Asked::default());
    let mut out = String::new();
    for taken in &compiled.assumptions {
        let _ = writeln!(out, "{} {}: {}", taken.assumption.name(), taken.subject, taken.value);
    }
    for promise in &compiled.promises {
        let _ = writeln!(out, "{}: {}", promise.name, promise.says);
    }
    for knob in &compiled.knobs {
        let _ = writeln!(out, "{} {} -> {}", knob.name, knob.value, knob.step);
    }
    expect![[r#"
        default-shape fulfil.pack work hold: exponential
        default-shape orders.PlaceOrder publishes orders.placed outbox: exponential
        cpu-limit orders-db: quota
        default-prefetch fulfil.pack: 1
        default-prefetch notify.tell: 1
        default-redelivery fulfil.pack: 30s
        default-redelivery notify.tell: 30s
        late-work : runs on
        no-network-time : 0s
        even-spread fulfil: evenly
        even-spread notify: evenly
        load-and-outages-apart : true
        journeys-apart checkout: true
        autoscaling gateway: at its minimum
        autoscaling orders: at its minimum
        autoscaling pricing: at its minimum
        checkout-success success: success ≥ 99.5%
        checkout-latency p95: p95 ≤ 1200ms
        events.replicas 3 -> 4
        fulfil.replicas 2 -> 3
        gateway -> orders.PlaceOrder.retries 2 -> 1
        gateway -> orders.PlaceOrder.timeout 1.5 -> 1.8
        gateway.cores 1 -> 1.2
        gateway.replicas 3 -> 4
        gateway.workers 1 -> 2
        notify -> mailer.send.timeout 5 -> 6
        notify.replicas 2 -> 3
        orders -> orders-db for orders.PlaceOrder.timeout 1 -> 1.2
        orders -> payments.Charge.timeout 1.5 -> 1.8
        orders -> pricing.Quote.timeout 1.5 -> 1.8
        orders -> stock.Reserve.timeout 1.5 -> 1.8
        orders-db.connections 100 -> 120
        orders-db.cores 4 -> 4.8
        orders-db.replicas 2 -> 3
        orders.cores 0.5 -> 0.6
        orders.replicas 4 -> 5
        orders.workers 1 -> 2
        payments -> psp.charge.timeout 1 -> 1.2
        payments.replicas 4 -> 5
        payments.slots 5 -> 6
        pricing.cores 0.5 -> 0.6
        pricing.replicas 2 -> 3
        pricing.workers 1 -> 2
        psp.quota 45 -> 54
        stock.cores 0.5 -> 0.6
        stock.replicas 3 -> 4
        stock.workers 1 -> 2
    "#]]
    .assert_eq(&out);
}
