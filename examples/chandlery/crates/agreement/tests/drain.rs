//! A service has the time that it takes to stop: what was begun is finished before the platform kills it.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use agreement::{
    SERVICES, at, document, documents, environment_in_base, environment_in_compose, milliseconds, of_kind, scalar,
};
use serde_yaml_ng::Value;

/// For telemetry to be flushed, after the last request.
const FLUSH_MS: f64 = 5_000.0;

#[test]
fn kubernetes_waits_for_the_drain() {
    for service in SERVICES {
        let deployment = of_kind(&documents(&format!("deploy/base/{service}.yaml")), "Deployment");
        let pod = at(&deployment, &["spec", "template", "spec"]).unwrap();
        let grace_ms = at(pod, &["terminationGracePeriodSeconds"]).and_then(Value::as_f64).unwrap() * 1e3;
        let sleep = at(pod, &["containers", "0", "lifecycle", "preStop", "sleep", "seconds"]);
        let sleep_ms = sleep.and_then(Value::as_f64).unwrap() * 1e3;
        let drain_ms = milliseconds(&environment_in_base(service)["DRAIN_TIMEOUT"]).unwrap();
        assert!(
            sleep_ms + drain_ms + FLUSH_MS <= grace_ms,
            "{service}: {sleep_ms} + {drain_ms} + {FLUSH_MS} in {grace_ms} ms"
        );
    }
}

#[test]
fn compose_waits_for_the_drain() {
    let compose = document("compose.yaml");
    for service in SERVICES {
        let grace = at(&compose, &["services", service, "stop_grace_period"]).and_then(scalar).unwrap();
        let drain_ms = milliseconds(&environment_in_compose(service)["DRAIN_TIMEOUT"]).unwrap();
        assert!(drain_ms + FLUSH_MS <= milliseconds(&grace).unwrap(), "{service}");
    }
}
