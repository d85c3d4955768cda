//! Twelve bottlenecks, each planted in a small system: the mechanism and the resource must be named.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "these tests run the program on files of their own")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A front that passes on, and what is behind it.
fn system(front: &str, behind: &str, more: &str) -> String {
    format!(
        "plimsoll: 1
journeys: {{ visit: {{ steps: [front.ask], load: {{ open: 20/s }} }} }}
promises:
  quick: {{ on: journey visit, p95: 800ms }}
  works: {{ on: journey visit, success: 99% }}
assume: {{ late-work: stops }}
components:
  front:
    serves: {{ slots: unlimited, balancing: shared-queue }}
    operations: {{ ask: {{ does: {front} }} }}
{behind}
{more}"
    )
}

/// The mechanism and resource that `plimsoll loadline` names.
fn named(name: &str, yaml: &str, scenario: &str) -> (String, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("causes").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("plimsoll.yaml"), yaml).unwrap();
    let arguments = [
        "loadline",
        "--line-only",
        "--precision",
        "4%",
        "--budget",
        "12000000",
        "--format",
        "json",
        "--scenario",
        scenario,
    ];
    let out = Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).arg(&folder).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let document: Value = serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("{name}: {text}{}", String::from_utf8_lossy(&out.stderr)));
    let breaks = &document["scenarios"][0]["breaks"];
    let of = |key: &str| breaks[key].as_str().unwrap_or_else(|| panic!("{name}: {document}")).to_owned();
    (of("mechanism"), of("resource"))
}

#[track_caller]
fn check(name: &str, yaml: &str, scenario: &str, mechanism: &str, resource: &str) {
    assert_eq!(named(name, yaml, scenario), (mechanism.to_owned(), resource.to_owned()), "{name}");
}

const CALL: &str = "[{ call: back.work }]";

fn back(serves: &str, spend: &str) -> String {
    format!("  back:\n    serves: {serves}\n    operations: {{ work: {{ does: [{{ spend: {spend} }}] }} }}")
}

const WORK: &str = "{ cpu: { mean: 20ms, distribution: exponential } }";
const HOLD: &str = "{ hold: { mean: 100ms, distribution: exponential } }";

#[test]
fn cores() {
    let yaml = system(CALL, &back("{ cores: 1, workers: 4, cpu: share, balancing: shared-queue }", WORK), "");
    check("cores", &yaml, "today", "cpu saturation", "back");
}

#[test]
fn workers() {
    let yaml = system(CALL, &back("{ slots: 5, balancing: shared-queue }", HOLD), "");
    check("workers", &yaml, "today", "worker limit", "back");
}

#[test]
fn a_pool() {
    let front = "[{ query: { store: base, pool: main, hold: { mean: 50ms, distribution: exponential } } }]";
    let behind = "    pools: { main: { to: base, size: 3 } }\n  base: { kind: store, technology: postgresql, serves: { slots: 500 } }";
    let (mechanism, resource) = named("pool", &system(front, behind, ""), "today");
    assert_eq!(mechanism, "pool");
    assert!(resource.contains("front") && resource.contains("main"), "{resource}");
}

#[test]
fn a_lock() {
    let front = "[{ lock: { of: row, does: [{ spend: { hold: { mean: 20ms, distribution: exponential } } }] } }]";
    check("lock", &system(front, "", ""), "today", "lock", "row");
}

#[test]
fn a_quota() {
    let behind = "  back:\n    kind: external\n    quota: { rate: 50/s, burst: 20, then: refuse with 429 }\n    operations: { work: { does: [{ spend: { hold: 50ms } }] } }";
    check("quota", &system(CALL, behind, ""), "today", "quota", "back");
}

#[test]
fn a_retry_storm() {
    let front = "[{ call: back.work, timeout: 300ms, retries: { max: 4 } }]";
    let yaml = system(front, &back("{ slots: 5, balancing: shared-queue }", HOLD), "").replace("stops", "runs on");
    let (mechanism, resource) = named("storm", &yaml, "today");
    assert_eq!(mechanism, "retry storm");
    assert!(resource.contains("back"), "{resource}");
}

#[test]
fn a_slow_scaler() {
    let behind = format!(
        "{}\n    replicas: 2\n    autoscaler: {{ min: 2, max: 10, metric: cpu, target: 60% }}\n    start_up: 300s",
        back("{ cores: 1, workers: 4, cpu: share, balancing: shared-queue }", WORK)
    );
    let yaml = system(CALL, &behind, "").replace("assume: {", "assume: { autoscaling: as it runs,");
    check("scaler", &yaml, "today", "slow scaler", "back");
}

#[test]
fn a_cache_stampede() {
    let front = "[{ cache: { store: cache, keys: 1, entries: 1, expiry: 500ms, on_miss: [{ call: back.work }] } }]";
    let slow = "{ hold: { mean: 400ms, distribution: fixed } }";
    let back = back("{ slots: 5, balancing: shared-queue }", slow);
    let behind = format!("{back}\n  cache: {{ kind: cache, technology: redis }}");
    let (mechanism, resource) = named("stampede", &system(front, &behind, ""), "today");
    assert_eq!(mechanism, "cache stampede");
    assert!(resource.contains("cache"), "{resource}");
}

#[test]
fn a_database_ceiling() {
    let front = "[{ query: { store: base, pool: main, hold: { mean: 50ms, distribution: exponential } } }]";
    let behind = "    pools: { main: { to: base, size: 100 } }\n  base: { kind: store, technology: postgresql, connections: 4, serves: { slots: 500 } }";
    check("ceiling", &system(front, behind, ""), "today", "database ceiling", "base");
}

#[test]
fn a_lost_zone() {
    let behind = format!(
        "{}\n    replicas: 4\n    zones: {{ a: 3, b: 1 }}",
        back("{ slots: 5, balancing: shared-queue }", HOLD)
    );
    let yaml = system(
        CALL,
        &behind,
        "environments: { default: live, live: { zones: [a, b] } }\nscenarios: { dark: { lose: zone a } }",
    )
    .replace(
        "    serves: { slots: unlimited, balancing: shared-queue }",
        "    zones: { b: 1 }\n    serves: { slots: unlimited, balancing: shared-queue }",
    );
    check("zone", &yaml, "dark", "zone loss", "back");
}

#[test]
fn a_pause() {
    let behind = format!(
        "{}\n    replicas: 2\n    failures: {{ every: 20s, repair: 2s, work: resumes }}",
        back("{ slots: 5, balancing: shared-queue }", "{ hold: { mean: 50ms, distribution: exponential } }")
    );
    check("pause", &system(CALL, &behind, ""), "today", "pause", "back");
}

#[test]
fn a_hot_partition() {
    let front = "[{ call: back.work, balancing: sticky }]";
    let behind = format!("{}\n    replicas: 4", back("{ slots: 5 }", HOLD));
    check("hot", &system(front, &behind, ""), "today", "hot partition", "back");
}
