//! # No requests or no memory limit
//! Finds containers for which no CPU or memory is set aside, and containers whose memory nothing limits.
//! ## Why
//! The scheduler packs a node as if such a container needed nothing: its neighbours pay when it does, and it is the first
//! to be evicted. A leak without a limit takes the node with it.
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
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0", resources: { requests: { cpu: 100m } } }] }
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
//!           resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 128Mi } }
//! ```
//! ## Do
//! Set CPU aside by what the load line needs, memory by what is used at the peak, and limit memory to the same figure.

use plimsoll_model::Field;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-025",
    slug: "resources-missing",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("resources_missing.rs")),
    check,
};

const WANTED: [(Field, &str); 3] = [
    (Field::CpuRequest, "CPU request"),
    (Field::MemoryRequest, "memory request"),
    (Field::MemoryLimit, "memory limit"),
];

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, deployment) in estate.deployed() {
        let answers = WANTED.map(|(field, word)| (estate.view.deployment(id, field), word));
        let missing: Vec<&str> =
            answers.iter().filter(|(answer, _)| answer.is_absent()).map(|(_, word)| *word).collect();
        if !missing.is_empty() {
            let places = answers.iter().filter(|(answer, _)| answer.is_absent()).filter_map(|(a, _)| evidence_of(a));
            let places: Vec<_> = places.chain(deployment.evidence.iter().copied()).collect();
            found.fail(Of::Component(id), places, format!("has no {}", missing.join(", no ")));
        } else if answers.iter().all(|(answer, _)| answer.value().is_some()) {
            found.pass();
        }
    }
}
