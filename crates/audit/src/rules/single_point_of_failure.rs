//! # A single point of failure
//! Finds components that run as one copy and that two others or more wait for, or that a tier-1 component waits for.
//! ## Why
//! When the node under that copy is drained, crashes or is upgraded, everything that waits for it stops as well.
//! ## Broken
//! ```yaml
//! # deploy/all.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: web }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: web } }
//!   template:
//!     metadata: { labels: { app: web } }
//!     spec:
//!       containers:
//!         - name: web
//!           image: shop/web:1.4.0
//!           env: [{ name: PRICES_URL, value: "http://prices:8080" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           env: [{ name: PRICES_URL, value: "http://prices:8080" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: prices }
//! spec:
//!   replicas: 1
//!   selector: { matchLabels: { app: prices } }
//!   template:
//!     metadata: { labels: { app: prices } }
//!     spec:
//!       containers:
//!         - name: prices
//!           image: shop/prices:1.4.0
//!           ports: [{ containerPort: 8080 }]
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: prices }
//! spec: { selector: { app: prices }, ports: [{ port: 8080 }] }
//! ```
//! ## Right
//! ```yaml
//! # deploy/all.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: web }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: web } }
//!   template:
//!     metadata: { labels: { app: web } }
//!     spec:
//!       containers:
//!         - name: web
//!           image: shop/web:1.4.0
//!           env: [{ name: PRICES_URL, value: "http://prices:8080" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           env: [{ name: PRICES_URL, value: "http://prices:8080" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: prices }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: prices } }
//!   template:
//!     metadata: { labels: { app: prices } }
//!     spec:
//!       containers:
//!         - name: prices
//!           image: shop/prices:1.4.0
//!           ports: [{ containerPort: 8080 }]
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: prices }
//! spec: { selector: { app: prices }, ports: [{ port: 8080 }] }
//! ```
//! ## Do
//! Run three copies in different zones with a disruption budget; give a store a replica that can step in, or have those
//! who ask it go on without it.

use std::collections::BTreeSet;

use plimsoll_model::{ComponentId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-008",
    slug: "single-point-of-failure",
    severity: Severity::Error,
    page: Page::head_of(include_str!("single_point_of_failure.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, component, deployment) in estate.deployed() {
        let waiting = who_waits(estate, id);
        let critical = waiting.iter().any(|caller| estate.tier(*caller) == Some(1)) || estate.tier(id) == Some(1);
        let matters = waiting.len() >= if critical { 1 } else { 2 };
        if !matters {
            continue;
        }
        let minimum = estate.view.deployment(id, Field::ScalerMin);
        let replicas = estate.view.deployment(id, Field::Replicas);
        // A workload without a number runs once, unless a scaler keeps more.
        let count = minimum.count().or_else(|| replicas.count()).or_else(|| replicas.is_absent().then_some(1));
        match count {
            None => found.unknown(&Of::Component(id), format!("how many copies of {} run", component.id)),
            Some(0 | 1) => {
                let place = evidence_of(&minimum).or_else(|| evidence_of(&replicas));
                let places = place.into_iter().chain(deployment.evidence.iter().copied());
                let names: Vec<&str> = waiting.iter().map(|c| estate.model().component(*c).id.as_str()).collect();
                found.fail(Of::Component(id), places, format!("runs once, and {} wait for it", listed(&names)));
            }
            Some(_) => found.pass(),
        }
    }
}

/// Components that wait for its answers.
fn who_waits(estate: &Estate<'_>, id: ComponentId) -> BTreeSet<ComponentId> {
    let calls = estate.calls().filter(|(_, call)| call.to == id && call.from != id && call.protocol.is_synchronous());
    calls.map(|(_, call)| call.from).collect()
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::from("nobody"),
        [one] => (*one).to_owned(),
        [first @ .., last] if first.len() < 4 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} components", names.len()),
    }
}
