//! # An address that nothing answers to
//! Finds hosts in variables, configuration and routes that no component, service or outside host of the system provides.
//! ## Why
//! The call fails by name resolution: at start where the service is careful, at the first customer where it is not. Often
//! it is a service that was renamed or removed while its callers were not.
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
//!           env: [{ name: PAYMENTS_ADDR, value: "payments:50051" }]
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
//! Correct the name, survey the repository that provides it as well, or name it under `names:` in plimsoll.yaml.

use plimsoll_model::LooseKind;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "REL-009",
    slug: "target-unknown",
    severity: Severity::Error,
    page: Page::head_of(include_str!("target_unknown.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let kinds = [LooseKind::DanglingHost, LooseKind::DanglingSelector];
    for loose in estate.model().loose.iter().filter(|loose| kinds.contains(&loose.kind)) {
        // What another way to deploy provides is missing in this one alone, perhaps on purpose.
        let severity = if loose.candidates.is_empty() { RULE.severity } else { Severity::Note };
        let of = Of::loose(estate.model(), loose);
        found.fail_as(severity, of, loose.evidence.iter().copied(), format!("leads nowhere: {}", loose.message));
    }
    found.passed += estate.calls().count();
}
