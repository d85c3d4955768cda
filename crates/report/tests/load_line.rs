//! The load line and one run, as people and programs see them.

mod line;

use expect_test::expect_file;
use plimsoll_report::{loadline, simulate};

#[test]
fn the_terminal_says_what_breaks_first_and_what_would_move_it() {
    expect_file!["snapshots/loadline.txt"]
        .assert_eq(&loadline::text(&line::lines(), &loadline::TextOptions::default()));
}

#[test]
fn a_pull_request_says_the_same() {
    expect_file!["snapshots/loadline.md"].assert_eq(&loadline::markdown(&line::lines()));
}

#[test]
fn one_run_on_a_terminal() {
    let options = simulate::TextOptions { all: true, ..simulate::TextOptions::default() };
    expect_file!["snapshots/simulate.txt"].assert_eq(&simulate::text(&line::run(), &options));
    assert!(
        simulate::markdown(&line::run())
            .contains("| checkout-success | success ≥ 99.5 % | 0.830 % | 0.500 % | **broken** |")
    );
}

#[test]
fn the_fixed_fields_of_a_line_are_there() {
    let document: serde_json::Value = serde_json::from_str(&loadline::json(&line::lines())).expect("JSON");
    assert_eq!(document["format"], "plimsoll-loadline/1");
    let [today, broken, guessed] = document["scenarios"].as_array().expect("a list").as_slice() else {
        panic!("three")
    };
    let fields = [
        "id",
        "journey",
        "bound_per_s",
        "binds",
        "line_per_s",
        "verdict",
        "breaks",
        "expected_peak_per_s",
        "ladder",
        "moves",
        "unknowns",
    ];
    for scenario in [today, broken, guessed] {
        fields.iter().for_each(|field| assert!(scenario.get(field).is_some(), "{field}"));
    }
    assert_eq!(today["line_per_s"], serde_json::json!({ "value": 42.3, "low": 41.8, "high": 42.9 }));
    assert_eq!([&today["verdict"], &broken["verdict"]], ["holds", "broken_at_rest"]);
    assert!(broken["line_per_s"].is_null());
    assert_eq!(today["breaks"]["mechanism"], "worker limit");
    assert_eq!(today["ladder"][0]["resource"], "psp quota");
    assert_eq!(today["moves"][0]["line_change_per_s"]["value"], 1.4);
    assert_eq!(guessed["unknowns"][0]["line_change_per_s"], 15.4);
}

#[test]
fn the_fixed_fields_of_a_run_are_there() {
    let document: serde_json::Value = serde_json::from_str(&simulate::json(&line::run())).expect("JSON");
    for field in
        ["format", "seed", "horizon_s", "warmup_s", "assumptions", "journeys", "operations", "calls", "resources"]
    {
        assert!(document.get(field).is_some(), "{field}");
    }
    let journey = &document["journeys"][0];
    assert_eq!(journey["failed"][0], serde_json::json!({ "kind": "429 quota", "per_s": 0.1 }));
    assert_eq!(journey["latency_s"]["p95"]["value"], 0.84);
    assert!(journey["latency_s"]["p999"].is_null());
    assert_eq!(document["resources"][0]["utilisation"], 0.951);
}

#[test]
fn pages_ask_nobody_for_anything_and_names_stay_text() {
    let evil = "x\"'</style><img src=x onerror=alert(1)><!--";
    let mut lines = line::lines();
    lines.system = evil.to_owned();
    for scenario in &mut lines.scenarios {
        scenario.id = evil.to_owned();
        scenario.journey = evil.to_owned();
        scenario.ladder[0].resource = evil.to_owned();
        scenario.ladder[0].formula = evil.to_owned();
        scenario.promises[0].name = evil.to_owned();
    }
    let mut run = line::run();
    run.journeys[0].id = evil.to_owned();
    run.faults[0].2 = evil.to_owned();
    run.resources[0].id = evil.to_owned();
    for page in [loadline::html(&lines), simulate::html(&run)] {
        assert!(!page.contains("<img") && !page.contains("<!--"), "{page}");
        assert_eq!(page.matches("</style>").count(), 1);
        for needle in ["@import", "fetch(", "<link", "url(", "<script"] {
            assert!(!page.replace("img src=x", "").contains(needle), "{needle}");
        }
    }
    let text = loadline::text(&lines, &loadline::TextOptions::default());
    assert!(text.contains("load line"), "{text}");
}
