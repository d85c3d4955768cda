//! # No readiness probe
//! Finds workloads that answer requests and do not say when they are ready to.
//! ## Why
//! Without it a new copy gets requests before it can answer, and one that has lost its store goes on getting them: every
//! rollout is a small outage.
//! ## Broken
//! ```yaml
//! # notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify, labels: { app: notify } }
//! spec:
//!   replicas: 2
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec:
//!       containers:
//!         - { name: notify, image: "shop/notify:1.4.0", ports: [{ containerPort: 8080 }] }
//! ```
//! ## Right
//! ```yaml
//! # notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify, labels: { app: notify } }
//! spec:
//!   replicas: 2
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec:
//!       containers:
//!         - name: notify
//!           image: shop/notify:1.4.0
//!           ports: [{ containerPort: 8080 }]
//!           readinessProbe: { httpGet: { path: /ready, port: 8080 } }
//! ```
//! ## Do
//! Ask a path that answers only while the service can do its work: its stores are reachable, its migrations done. Keep it
//! apart from the liveness probe, which asks whether to restart.

use plimsoll_model::Field;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-020",
    slug: "readiness-missing",
    severity: Severity::Error,
    page: Page::head_of(include_str!("readiness_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, component, deployment) in estate.deployed().filter(|(id, ..)| estate.serves(*id)) {
        let readiness = estate.view.deployment(id, Field::Readiness);
        if readiness.is_absent() {
            let places = evidence_of(&readiness).into_iter().chain(deployment.evidence.iter().copied());
            found.fail(Of::Component(id), places, "has no readiness probe");
        } else if readiness.is_unknown() {
            found.unknown(&Of::Component(id), format!("the readiness probe of {}", component.id));
        } else {
            found.pass();
        }
    }
}
