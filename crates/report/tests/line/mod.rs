//! Answers made by hand for faces to show: the shop of the stories, one scenario that breaks at rest, one that rests on assumptions.

#![allow(dead_code, reason = "each test file uses its part")]

use plimsoll_simulate::answer::*;
use plimsoll_simulate::search::{Certainty, Course, CurvePoint, Verdict};
use plimsoll_simulate::statistics::{Change, Interval};

fn around(value: f64, share: f64) -> Interval {
    Interval::new(value, value * (1.0 - share), value * (1.0 + share))
}

fn curve(line: f64) -> Vec<CurvePoint> {
    [0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.88, 0.94, 0.98, 1.0, 1.02, 1.05, 1.1]
        .iter()
        .map(|share| {
            let load = share * line;
            let queue = 0.05 / (1.12 - share);
            let failing = if *share < 0.6 { 0.0 } else { (0.005 * ((share - 1.0) * 40.0).exp()).min(0.4) };
            CurvePoint {
                load,
                success: Interval::new(1.0 - failing, 1.0 - failing * 1.3, 1.0 - failing * 0.7),
                p50_s: around(0.55 + queue * 0.3, 0.01),
                p95_s: around(0.8 + queue * 0.9, 0.03),
                p99_s: around(1.0 + queue * 1.4, 0.06),
                course: Course::Level,
            }
        })
        .collect()
}

fn moved(knob: &str, from: &str, to: &str, value: f64, half: f64, real: bool) -> Move {
    let difference = Interval::new(value, value - half, value + half);
    let change = Some(Change { difference, chance: if real { 1e-6 } else { 0.6 } });
    Move { knob: knob.into(), from: from.into(), to: to.into(), change, real }
}

fn rung(resource: &str, bound_per_s: f64, formula: &str) -> Rung {
    Rung { resource: resource.into(), bound_per_s, formula: formula.into() }
}

pub(crate) fn today() -> ScenarioLine {
    ScenarioLine {
        id: "today".into(),
        journey: "checkout".into(),
        unit: "/s",
        bound_per_s: Some(45.0),
        binds: Some("psp quota".into()),
        verdict: Verdict::Holds(Interval::new(42.3, 41.8, 42.9)),
        certainty: Certainty::Reached,
        over_assumptions: None,
        breaks: Some(Breaks {
            promise: "checkout-success".into(),
            mechanism: Some(Mechanism::WorkerLimit),
            resource: Some("payments slots".into()),
            because: "95 % of them are taken, and 61 % of the added wait is there".into(),
        }),
        promises: vec![
            PromiseStated { name: "checkout-success".into(), says: "success ≥ 99.5 %".into(), allowed: 0.005 },
            PromiseStated { name: "checkout-latency p95".into(), says: "p95 ≤ 1.2 s".into(), allowed: 0.05 },
        ],
        expected_peak_per_s: Some(50.4),
        load_per_s: Some(12.0),
        ladder: vec![
            rung("psp quota", 45.0, "45 /s ÷ 1 call"),
            rung("payments slots", 47.62, "20 slots ÷ 0.420 s"),
            rung("pricing CPU", 50.0, "1 core ÷ 20 ms"),
            rung("stock CPU", 60.0, "1.5 cores ÷ 25 ms"),
            rung("orders CPU", 100.0, "2 cores ÷ 20 ms"),
        ],
        moves: vec![
            moved("payments slots", "20", "24", 1.4, 0.3, true),
            moved("psp quota", "45 /s", "54 /s", 0.62, 0.25, true),
            moved("orders replicas", "4", "5", 0.04, 0.2, false),
        ],
        unknowns: Vec::new(),
        assumptions: Vec::new(),
        curve: curve(42.3),
        metastable: None,
        requests: 4_200_000,
    }
}

pub(crate) fn lines() -> LoadLines {
    let broken = ScenarioLine {
        id: "psp-slow".into(),
        verdict: Verdict::BrokenAtRest { load: 0.9, share: 0.34 },
        breaks: Some(Breaks {
            promise: "checkout-latency p95".into(),
            mechanism: Some(Mechanism::ServiceTime),
            resource: None,
            because: "nobody waits for anybody".into(),
        }),
        curve: Vec::new(),
        moves: Vec::new(),
        ..today()
    };
    let guessed = ScenarioLine {
        journey: "browse".into(),
        verdict: Verdict::Holds(Interval::new(41.0, 40.0, 42.0)),
        over_assumptions: Some(Interval::new(41.0, 28.7, 61.2)),
        expected_peak_per_s: None,
        breaks: None,
        moves: Vec::new(),
        unknowns: vec![Unknown {
            field: "payments.charge: service time".into(),
            assumption: "default-service-time".into(),
            range: "1 ms to 25 ms".into(),
            line_change_per_s: Some(15.4),
            rest_change_s: None,
        }],
        assumptions: vec![Assumed {
            name: "default-service-time".into(),
            field: "payments.charge: service time".into(),
            value: "5 ms".into(),
        }],
        curve: curve(41.0),
        ..today()
    };
    LoadLines {
        system: "chandlery".into(),
        environment: "production".into(),
        scenarios: vec![today(), broken, guessed],
    }
}

pub(crate) fn run() -> RunAnswer {
    let latency = Times {
        mean: Some(around(0.62, 0.01)),
        p50: Some(around(0.58, 0.01)),
        p95: Some(around(0.84, 0.02)),
        p99: Some(around(1.02, 0.04)),
        p999: None,
    };
    let flow = |id: &str| FlowAnswer {
        id: id.into(),
        offered_per_s: 12.0,
        completed_per_s: 11.9,
        failed: vec![Failing { kind: "429 quota".into(), per_s: 0.1 }],
        retries_per_s: 0.0,
        latency,
    };
    let moment = |at: u32| {
        let ill = (20..26).contains(&at);
        let journey = JourneyMoment {
            offered_per_s: 12.0 + f64::from(at % 3),
            success: if ill { 0.4 } else { 1.0 },
            p95_s: Some(if ill { 1.5 } else { 0.84 }),
        };
        Moment { from_s: f64::from(at) * 10.0, until_s: f64::from(at + 1) * 10.0, journeys: vec![journey] }
    };
    RunAnswer {
        system: "chandlery".into(),
        environment: "production".into(),
        scenario: Some("psp-hangs".into()),
        seed: 7,
        horizon_s: 600.0,
        warmup_s: 60.0,
        assumptions: Vec::new(),
        journeys: vec![flow("checkout")],
        operations: vec![flow("orders.PlaceOrder")],
        calls: vec![flow("gateway → orders.PlaceOrder")],
        resources: vec![
            ResourceAnswer { id: "payments slots".into(), utilisation: Some(0.951), queue_mean: 2.3, wait_s: 0.081 },
            ResourceAnswer { id: "orders CPU".into(), utilisation: Some(0.12), queue_mean: 0.0, wait_s: 0.0 },
        ],
        promises: vec![Kept {
            name: "checkout-success".into(),
            says: "success ≥ 99.5 %".into(),
            bad: 0.0083,
            allowed: 0.005,
        }],
        timeline: (0..60).map(moment).collect(),
        faults: vec![(200.0, Some(260.0), "psp.charge hangs for 37.5 %".into())],
        ended: None,
    }
}
