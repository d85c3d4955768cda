//! # A port that nobody opens
//! Finds addresses whose port the service that they name does not open, and services that send to a port that no container
//! opens.
//! ## Why
//! The connection is refused. A typing error in a port is found only by calling, often only in production, since other
//! environments have values of their own.
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
//!           env: [{ name: PAYMENTS_ADDR, value: "payments:50052" }]
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: payments }
//! spec: { selector: { app: payments }, ports: [{ port: 50051 }] }
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: payments }
//! spec:
//!   selector: { matchLabels: { app: payments } }
//!   template:
//!     metadata: { labels: { app: payments } }
//!     spec: { containers: [{ name: payments, image: "shop/payments:1.4.0", ports: [{ containerPort: 50051 }] }] }
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
//!           env: [{ name: PAYMENTS_ADDR, value: "payments:50051" }]
//! ---
//! apiVersion: v1
//! kind: Service
//! metadata: { name: payments }
//! spec: { selector: { app: payments }, ports: [{ port: 50051 }] }
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: payments }
//! spec:
//!   selector: { matchLabels: { app: payments } }
//!   template:
//!     metadata: { labels: { app: payments } }
//!     spec: { containers: [{ name: payments, image: "shop/payments:1.4.0", ports: [{ containerPort: 50051 }] }] }
//! ```
//! ## Do
//! Write the port that the service opens; name ports, and let services refer to the name.

use plimsoll_model::LooseKind;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-010",
    slug: "port-mismatch",
    severity: Severity::Error,
    page: Page::head_of(include_str!("port_mismatch.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for loose in estate.model().loose.iter().filter(|loose| loose.kind == LooseKind::DanglingPort) {
        found.fail(
            Of::loose(estate.model(), loose),
            loose.evidence.iter().copied(),
            format!("meets no port: {}", loose.message),
        );
    }
    found.passed += estate.calls().count();
}
