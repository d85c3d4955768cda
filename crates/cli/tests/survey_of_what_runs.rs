//! The survey of the shop beside what its services say while they run: `crates/end-to-end/seen.txt` there is what a collector
//! of OTLP was sent in a run of every journey, and a test of the shop keeps it so.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs the program on the example")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

fn shop() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/chandlery")
}

/// In the words of `seen.txt`.
fn surveyed() -> BTreeSet<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).arg("survey").arg(shop()).args(["--format", "json"]).output();
    let survey: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let list = |of: &Value, key: &str| of[key].as_array().unwrap().clone();
    let text = |of: &Value, key: &str| of[key].as_str().unwrap().to_owned();
    let mut found = BTreeSet::new();
    found.extend(list(&survey, "components").iter().map(|one| format!("component {}", text(one, "id"))));
    found.extend(list(&survey, "calls").iter().map(|one| format!("call {} {}", text(one, "from"), text(one, "to"))));
    for topic in list(&survey, "topics") {
        for (verb, who) in [("publishes", "producers"), ("consumes", "consumers")] {
            let all = list(&topic, who);
            found.extend(all.iter().map(|one| format!("{verb} {} {}", one.as_str().unwrap(), text(&topic, "id"))));
        }
    }
    // Third parties tell nobody what they are asked: a run shows that they are called, and no more.
    let outside: Vec<String> =
        list(&survey, "components").iter().filter(|one| one["kind"] == "external").map(|one| text(one, "id")).collect();
    let interfaces = list(&survey, "interfaces");
    for interface in interfaces.iter().filter(|one| !outside.contains(&text(one, "component"))) {
        for operation in list(interface, "operations") {
            let name = match operation["path"].as_str() {
                Some(path) => format!("{} {path}", text(&operation, "method")),
                None => format!("{}/{}", text(interface, "name"), text(&operation, "name")),
            };
            found.insert(format!("operation {} {name}", text(interface, "component")));
        }
    }
    found
}

#[track_caller]
fn check(found: impl Iterator<Item = String>, expect: &[&str]) {
    assert_eq!(found.collect::<Vec<_>>(), expect);
}

#[test]
fn what_runs_was_read_and_what_was_read_runs() {
    let seen = std::fs::read_to_string(shop().join("crates/end-to-end/seen.txt")).unwrap();
    let seen: BTreeSet<String> = seen.lines().map(str::to_owned).collect();
    let surveyed = surveyed();
    // The topic stands in api/asyncapi.yaml alone, a format that has no reader yet.
    check(
        seen.difference(&surveyed).cloned(),
        &["consumes fulfil orders.cancelled", "consumes notify orders.cancelled", "publishes orders orders.cancelled"],
    );
    // A run in which nothing goes wrong does not reach these; health answers below the telemetry.
    check(
        surveyed.difference(&seen).cloned(),
        &[
            "operation gateway GET /health/live",
            "operation gateway GET /health/ready",
            "operation gateway GET /health/started",
            "operation payments chandlery.payments.v1.PaymentsService/Refund",
            "operation stock chandlery.stock.v1.StockService/GetLevel",
        ],
    );
}
