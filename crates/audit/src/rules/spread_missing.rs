//! # Copies that may all stand in one place
//! Finds workloads of tier 1 with several copies that nothing spreads over zones or hosts.
//! ## Why
//! The scheduler may put all copies on one node; when it goes, three copies are as good as one.
//! ## Broken
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components: { orders: { tier: 1 } }
//! ```
//! ## Right
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       topologySpreadConstraints:
//!         - maxSkew: 1
//!           topologyKey: topology.kubernetes.io/zone
//!           whenUnsatisfiable: DoNotSchedule
//!           labelSelector: { matchLabels: { app: orders } }
//!       containers: [{ name: orders, image: "shop/orders:1.4.0" }]
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components: { orders: { tier: 1 } }
//! ```
//! ## Do
//! Add a spread over zones with a skew of 1, or an anti-affinity by host.

use plimsoll_model::Field;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-027",
    slug: "spread-missing",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("spread_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, deployment) in estate.deployed().filter(|(id, ..)| estate.tier(*id) == Some(1)) {
        let ask = |field| estate.view.deployment(id, field);
        let copies = ask(Field::ScalerMin).count().or_else(|| ask(Field::Replicas).count()).unwrap_or(1);
        let workload = ask(Field::Workload).value().map(ToString::to_string).unwrap_or_default();
        let scheduled = ["Deployment", "StatefulSet", "ReplicaSet"].contains(&workload.as_str());
        if copies < 2 || !scheduled {
            continue;
        }
        if ask(Field::Spread).value().is_some() || ask(Field::Affinity).value().is_some() {
            found.pass();
        } else {
            let places = deployment.evidence.iter().copied().chain(estate.tier_evidence(id));
            found.fail(Of::Component(id), places, format!("has {copies} copies that may all stand on one node"));
        }
    }
}
