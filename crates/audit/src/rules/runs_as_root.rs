//! # A container that may run as root
//! Finds containers that are privileged, may gain rights, or that nothing keeps from running as root.
//! ## Why
//! A hole in the service is then a hole in the node.
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
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0", securityContext: { privileged: true } }] }
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
//!           securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false }
//! ```
//! ## Do
//! Set `runAsNonRoot: true` and `allowPrivilegeEscalation: false`, drop all capabilities, and give the image a user.

use plimsoll_model::{Field, Value};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "SEC-005",
    slug: "runs-as-root",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("runs_as_root.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, deployment) in estate.deployed() {
        let ask = |field| estate.view.deployment(id, field);
        let is = |field, wanted| ask(field).value() == Some(&Value::Flag(wanted));
        let user = ask(Field::RunAsUser);
        let root = user.value().map(ToString::to_string).is_some_and(|user| matches!(user.as_str(), "0" | "root"));
        let (says, field) = if is(Field::Privileged, true) {
            ("is privileged", Field::Privileged)
        } else if root {
            ("runs as root", Field::RunAsUser)
        } else if is(Field::PrivilegeEscalation, true) {
            ("may gain rights", Field::PrivilegeEscalation)
        } else if ask(Field::RunAsNonRoot).is_absent() && user.value().is_none() {
            ("may run as root: neither a user nor `runAsNonRoot` is stated", Field::RunAsNonRoot)
        } else {
            found.pass();
            continue;
        };
        let places = evidence_of(&ask(field)).into_iter().chain(deployment.evidence.iter().copied());
        found.fail(Of::Component(id), places, says);
    }
}
