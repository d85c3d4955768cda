//! # A store that everybody can reach
//! Finds stores, caches and brokers that a load balancer, a node port or a published port on all addresses opens to outside.
//! ## Why
//! One weak password, one hole in the product, and the data is gone. Scanners find an open store within minutes.
//! ## Broken
//! ```yaml
//! # db.yaml
//! apiVersion: apps/v1
//! kind: StatefulSet
//! metadata: { name: orders-db }
//! spec:
//!   selector: { matchLabels: { app: orders-db } }
//!   template:
//!     metadata: { labels: { app: orders-db } }
//!     spec: { containers: [{ name: postgres, image: "postgres:17", ports: [{ containerPort: 5432 }] }] }
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: orders-db }
//! spec: { type: LoadBalancer, selector: { app: orders-db }, ports: [{ port: 5432 }] }
//! ```
//! ## Right
//! ```yaml
//! # db.yaml
//! apiVersion: apps/v1
//! kind: StatefulSet
//! metadata: { name: orders-db }
//! spec:
//!   selector: { matchLabels: { app: orders-db } }
//!   template:
//!     metadata: { labels: { app: orders-db } }
//!     spec: { containers: [{ name: postgres, image: "postgres:17", ports: [{ containerPort: 5432 }] }] }
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: orders-db }
//! spec: { selector: { app: orders-db }, ports: [{ port: 5432 }] }
//! ```
//! ## Do
//! Keep the service inside the cluster; people who need the store go through a bastion or a port forward.

use plimsoll_model::{ComponentKind, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "SEC-007",
    slug: "store-exposed",
    severity: Severity::Error,
    page: Page::head_of(include_str!("store_exposed.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let keeps = |kind| matches!(kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::Broker);
    for (id, _, _) in estate.deployed().filter(|(_, component, _)| keeps(component.kind)) {
        let exposure = estate.view.deployment(id, Field::Exposure);
        let said = exposure.value().map(ToString::to_string).unwrap_or_default();
        match ["LoadBalancer", "NodePort"].into_iter().find(|way| said.contains(way)) {
            Some(way) => {
                found.fail(Of::Component(id), evidence_of(&exposure), format!("is open to outside by a {way}"))
            }
            None => found.pass(),
        }
    }
}
