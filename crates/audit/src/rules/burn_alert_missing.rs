//! # Nobody is called when the promise breaks
//! Finds services of tier 1 that no objective speaks of, or whose error budget no alert watches. Where no file of the system
//! holds alerts or objectives, the answer is unknown.
//! ## Why
//! Customers notice first. An alert on causes (CPU, restarts) pages at night for nothing and stays silent when it matters.
//! ## Broken
//! ```yaml
//! # catalog-info.yaml
//! apiVersion: backstage.io/v1alpha1
//! kind: Component
//! metadata: { name: orders }
//! spec: { type: service, lifecycle: production, owner: team-orders }
//! ```
//! ```yaml
//! # orders.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
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
//! ```yaml
//! # slo.yaml
//! apiVersion: openslo/v1
//! kind: SLO
//! metadata: { name: orders-availability }
//! spec: { service: orders, objectives: [{ target: 0.999 }], timeWindow: [{ duration: 30d, isRolling: true }] }
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
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components: { orders: { tier: 1 } }
//! ```
//! ```yaml
//! # slo.yaml
//! apiVersion: openslo/v1
//! kind: SLO
//! metadata: { name: orders-availability }
//! spec: { service: orders, objectives: [{ target: 0.999 }], timeWindow: [{ duration: 30d, isRolling: true }] }
//! ```
//! ```yaml
//! # alerts.yaml
//! groups:
//!   - name: orders
//!     rules:
//!       - alert: OrdersBurnFast
//!         expr: errors:ratio1h{service_name="orders"} > 14.4 * 0.001 and errors:ratio5m{service_name="orders"} > 14.4 * 0.001
//!         labels: { severity: page, slo: orders-availability }
//! ```
//! ## Do
//! State an objective, and alert on two windows: 14.4 times the budget over an hour pages, 1 time over three days opens a
//! ticket.

use plimsoll_model::{ComponentKind, Field, Subject};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "OBS-002",
    slug: "burn-alert-missing",
    severity: Severity::Error,
    page: Page::head_of(include_str!("burn_alert_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let fields = [Field::Objective, Field::Alert, Field::BurnAlert];
    let kept_here = estate.model().facts.iter().any(|fact| fields.contains(&fact.field));
    let serves = |kind| matches!(kind, ComponentKind::Service | ComponentKind::Gateway | ComponentKind::Frontend);
    for (id, component, _) in estate.deployed().filter(|(id, row, _)| serves(row.kind) && estate.tier(*id) == Some(1)) {
        let first = |field| estate.view.each(Subject::Component(id), field).next().map(|(_, evidence)| evidence);
        let objective = first(Field::Objective);
        if first(Field::BurnAlert).is_some() {
            found.pass();
        } else if kept_here {
            let missing = if objective.is_some() { "no burn alert" } else { "neither an objective nor a burn alert" };
            let places = estate.tier_evidence(id).into_iter().chain(objective);
            found.fail(Of::Component(id), places, format!("is of tier 1 and has {missing}"));
        } else {
            found.unknown(&Of::Component(id), format!("the alerts of {}", component.id));
        }
    }
}
