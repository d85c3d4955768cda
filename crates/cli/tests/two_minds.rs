//! Metastable failures: the trigger is more load or less capacity, what keeps the system ill is more work or dearer work.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "these tests run the program on the examples")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn asked(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    let out =
        command.args(["loadline", "--budget", "4000000", "--precision", "4%"]).args(arguments).arg(folder).output();
    String::from_utf8(out.unwrap().stdout).unwrap()
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/metastable").join(name)
}

fn scenario(folder: &Path, name: &str) -> Value {
    let text = asked(folder, &["--format", "json", "--scenario", name]);
    serde_json::from_str::<Value>(&text).unwrap_or_else(|_| panic!("{text}"))["scenarios"][0].clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Both edges of the system as it is, between which each trigger leaves it ill.
#[track_caller]
fn check(name: &str, tips: (f64, f64), recovers: (f64, f64)) {
    let folder = example(name);
    let today = scenario(&folder, "today");
    let edge = |key: &str| number(&today["metastable"][key]["value"]);
    let (tips_at, recovers_at) = (edge("tips_at_per_s"), edge("recovers_at_per_s"));
    assert!(tips.0 < tips_at && tips_at < tips.1, "it tips at {tips_at}");
    assert!(recovers.0 < recovers_at && recovers_at < recovers.1, "it recovers at {recovers_at}");
    for trigger in ["more-load", "less-capacity"] {
        let line = number(&scenario(&folder, trigger)["line_per_s"]["value"]);
        assert!(0.8 * recovers_at < line && line < 0.98 * tips_at, "{trigger}: {line} of {recovers_at} to {tips_at}");
    }
}

/// Ill, each request is four attempts, so that 100 attempts a second are 25 requests.
#[test]
fn attempts_that_come_again_keep_it_ill() {
    check("retries", (85.0, 100.0), (22.0, 27.0));
}

/// Cold, each request asks the store, which answers 36 a second.
#[test]
fn a_cache_that_stays_cold_keeps_it_ill() {
    check("cache", (70.0, 95.0), (28.0, 38.0));
}

#[test]
fn every_face_tells_both_edges() {
    let folder = example("retries");
    for format in ["text", "markdown", "html"] {
        let text = asked(&folder, &["--format", format, "--scenario", "today"]);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("it tips at") && flat.contains("recovers by itself only below"), "{format}: {text}");
    }
}

/// A system that gives up after one attempt always comes back.
#[test]
fn without_an_amplifier_there_is_one_mind() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-mind");
    std::fs::create_dir_all(&folder).unwrap();
    let yaml = std::fs::read_to_string(example("retries").join("plimsoll.yaml")).unwrap();
    std::fs::write(folder.join("plimsoll.yaml"), yaml.replace("retries: { max: 3 }", "retries: { max: 0 }")).unwrap();
    assert!(scenario(&folder, "today")["metastable"].is_null());
}
