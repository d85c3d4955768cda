//! # Liveness asks what readiness asks
//! Finds workloads whose liveness probe asks the same path and port as their readiness probe and gives up no later.
//! ## Why
//! Readiness fails when a store is away for a moment; liveness then restarts every copy at once, and a short outage of one
//! store becomes a long one of the service.
//! ## Broken
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           readinessProbe: { httpGet: { path: /health, port: 8080 } }
//!           livenessProbe: { httpGet: { path: /health, port: 8080 } }
//! ```
//! ## Right
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           readinessProbe: { httpGet: { path: /ready, port: 8080 } }
//!           livenessProbe: { httpGet: { path: /live, port: 8080 } }
//! ```
//! ## Do
//! Let liveness answer as long as the process works at all, without asking its stores. Where one path must serve both, let
//! liveness give up later.

use plimsoll_model::{Field, Probe, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-021",
    slug: "liveness-is-readiness",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("liveness_is_readiness.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, _) in estate.deployed() {
        let ask = |field| estate.view.deployment(id, field);
        let (liveness, readiness) = (ask(Field::Liveness), ask(Field::Readiness));
        let (Some(Value::Probe(live)), Some(Value::Probe(ready))) = (liveness.value(), readiness.value()) else {
            continue;
        };
        let same = (live.kind, &live.port, &live.path) == (ready.kind, &ready.port, &ready.path);
        if same && patience_s(live) <= patience_s(ready) {
            let places = evidence_of(&liveness).into_iter().chain(evidence_of(&readiness));
            found.fail(Of::Component(id), places, "is restarted by the probe that says whether it is ready");
        } else {
            found.pass();
        }
    }
}

/// Seconds of failures until a probe acts. Kubernetes' defaults: a period of 10 s and 3 failures
/// (<https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>).
fn patience_s(probe: &Probe) -> u64 {
    probe.period_s.unwrap_or(10).saturating_mul(probe.failure_threshold.unwrap_or(3))
}
