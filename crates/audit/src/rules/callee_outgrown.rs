//! # A caller that outgrows its callee
//! Finds callers whose autoscaler may make more requests at once than the callee can take at its own maximum: copies times
//! open requests of each. Where a third party states no quota, or a store shared by several states no limit for the role,
//! the answer is unknown.
//! ## Why
//! Scaling out then only moves the queue, and the callee refuses or falls over at the peak.
//! ## Broken
//! ```yaml
//! # shop.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 40
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           env: [{ name: PAYMENTS_ADDR, value: "payments:50051" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: payments }
//! spec:
//!   replicas: 4
//!   selector: { matchLabels: { app: payments } }
//!   template:
//!     metadata: { labels: { app: payments } }
//!     spec: { containers: [{ name: payments, image: "shop/payments:1.4.0", ports: [{ containerPort: 50051 }] }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { serves: { slots: 8 } }
//!   payments: { serves: { slots: 5 } }
//! ```
//! ## Right
//! ```yaml
//! # shop.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 4
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec:
//!       containers:
//!         - name: orders
//!           image: shop/orders:1.4.0
//!           env: [{ name: PAYMENTS_ADDR, value: "payments:50051" }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: payments }
//! spec:
//!   replicas: 4
//!   selector: { matchLabels: { app: payments } }
//!   template:
//!     metadata: { labels: { app: payments } }
//!     spec: { containers: [{ name: payments, image: "shop/payments:1.4.0", ports: [{ containerPort: 50051 }] }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { serves: { slots: 5 } }
//!   payments: { serves: { slots: 5 } }
//! ```
//! ## Do
//! Scale both by the same measure, or hold the caller to what the callee takes: a pool, a bulkhead, a smaller maximum.

use plimsoll_model::{Call, CallId, ComponentId, ComponentKind, EvidenceId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "CAP-002",
    slug: "callee-outgrown",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("callee_outgrown.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, call) in estate.calls().filter(|(_, call)| call.protocol.is_synchronous()) {
        match estate.model().component(call.to).kind {
            ComponentKind::External => third_party(estate, id, call, found),
            ComponentKind::Store => store(estate, id, call, found),
            _ => service(estate, id, call, found),
        }
    }
}

fn third_party(estate: &Estate<'_>, id: CallId, call: &Call, found: &mut Found<'_>) {
    if estate.view.component(call.to, Field::Quota).value().is_some() {
        found.pass();
        return;
    }
    // Of outside hosts that nobody describes, nobody says that they are third parties with a quota.
    let described = estate.model().behaviour.works_of(call.to).next().is_some();
    if described {
        let name = &estate.model().component(call.to).id;
        found.unknown(&Of::Call(id), format!("{name}'s quota, with its burst"));
    }
}

/// A store that several share: what one role may open decides what a caller that scales can have.
fn store(estate: &Estate<'_>, id: CallId, call: &Call, found: &mut Found<'_>) {
    let pooled = |id| estate.view.call(id, Field::PoolSize).count().is_some();
    let scales = estate.view.deployment(call.from, Field::ScalerMax).count().is_some();
    let shared = estate.calls().filter(|(other, each)| each.to == call.to && pooled(*other)).count() > 1;
    if scales && shared && pooled(id) {
        let name = |id: ComponentId| estate.model().component(id).id.as_str();
        let settled_by = format!("{}'s max_connections per role ({})", name(call.to), name(call.from));
        found.unknown(&Of::Call(id), settled_by);
    }
}

fn service(estate: &Estate<'_>, id: CallId, call: &Call, found: &mut Found<'_>) {
    let (Some((asks, asks_at)), Some((takes, takes_at))) =
        (open_at_most(estate, call.from), open_at_most(estate, call.to))
    else {
        return;
    };
    if asks > takes {
        let callee = &estate.model().component(call.to).id;
        let says = format!("may ask {asks} at once at its largest, and {callee} takes {takes}");
        found.fail(Of::Call(id), asks_at.into_iter().chain(takes_at), says);
    } else {
        found.pass();
    }
}

/// Requests that all copies may have open at once, at the largest number of copies.
fn open_at_most(estate: &Estate<'_>, id: ComponentId) -> Option<(u64, Vec<EvidenceId>)> {
    let ask = |field| estate.view.deployment(id, field);
    let (slots, most, replicas) = (ask(Field::Slots), ask(Field::ScalerMax), ask(Field::Replicas));
    let copies = most.count().or_else(|| replicas.count())?;
    let copies_at = evidence_of(&most).or_else(|| evidence_of(&replicas));
    let total = slots.count()?.saturating_mul(copies);
    Some((total, copies_at.into_iter().chain(evidence_of(&slots)).collect()))
}
