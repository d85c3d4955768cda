//! # More connections than the store accepts
//! Adds up, for each store, the pools of all who use it: connections of one copy times the copies that the autoscaler may
//! make. Finds stores that accept fewer.
//! ## Why
//! The store refuses connections exactly when the system scales out: at the peak.
//! ## Broken
//! ```yaml
//! # deploy.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 30
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { pools: { main: { to: orders-db, size: 5 } } }
//!   orders-db: { kind: store, technology: postgresql, connections: 100 }
//! ```
//! ## Right
//! ```yaml
//! # deploy.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 6
//!   selector: { matchLabels: { app: orders } }
//!   template:
//!     metadata: { labels: { app: orders } }
//!     spec: { containers: [{ name: orders, image: "shop/orders:1.4.0" }] }
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { pools: { main: { to: orders-db, size: 5 } } }
//!   orders-db: { kind: store, technology: postgresql, connections: 100 }
//! ```
//! ## Do
//! Lower the pools or the scaler's maximum, raise the store's limit with its memory in mind, or put a pooler between.

use std::collections::BTreeMap;

use plimsoll_model::{CallId, ComponentId, EvidenceId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "DAT-002",
    slug: "pool-budget",
    severity: Severity::Error,
    page: Page::head_of(include_str!("pool_budget.rs")),
    check,
};

/// What one user of a store may open.
struct Share {
    call: CallId,
    from: ComponentId,
    size: u64,
    copies: Option<u64>,
    evidence: Vec<EvidenceId>,
}

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let name = |id: ComponentId| estate.model().component(id).id.as_str();
    for (store, shares) in shares(estate) {
        let limit = estate.view.component(store, Field::ConnectionsMax);
        let Some(accepted) = limit.count() else {
            found.unknown(&Of::Component(store), format!("how many connections {} accepts", name(store)));
            continue;
        };
        for share in shares.iter().filter(|share| share.copies.is_none()) {
            found.unknown(&Of::Call(share.call), format!("how many copies of {} run at most", name(share.from)));
        }
        let known = shares.iter().filter_map(|share| Some((share, share.copies?)));
        let opened = known.clone().map(|(share, copies)| share.size.saturating_mul(copies));
        let total = opened.fold(0, u64::saturating_add);
        if total > accepted {
            let parts: Vec<String> =
                known.map(|(share, copies)| format!("{} × {copies} of {}", share.size, name(share.from))).collect();
            let mut places: Vec<EvidenceId> = shares.iter().flat_map(|share| share.evidence.iter().copied()).collect();
            places.extend(evidence_of(&limit));
            let says = format!("may be asked for {total} connections ({}) and accepts {accepted}", parts.join(", "));
            found.fail(Of::Component(store), places, says);
        } else if shares.iter().all(|share| share.copies.is_some()) {
            found.pass();
        }
        // A role may be held to less than the server accepts; where several share one, that decides who starves.
        if shares.len() > 1 {
            for share in &shares {
                let settled_by = format!("{}'s max_connections per role ({})", name(store), name(share.from));
                found.unknown(&Of::Call(share.call), settled_by);
            }
        }
    }
}

/// Who keeps pools to which store.
fn shares(estate: &Estate<'_>) -> BTreeMap<ComponentId, Vec<Share>> {
    let mut out: BTreeMap<ComponentId, Vec<Share>> = BTreeMap::new();
    for (id, call) in estate.calls() {
        let pool = estate.view.call(id, Field::PoolSize);
        let Some(size) = pool.count() else { continue };
        let ask = |field| estate.view.deployment(call.from, field);
        let (most, replicas) = (ask(Field::ScalerMax), ask(Field::Replicas));
        let copies = most.count().or_else(|| replicas.count()).or_else(|| replicas.is_absent().then_some(1));
        let copies_from = evidence_of(&most).or_else(|| evidence_of(&replicas));
        let evidence = copies_from.into_iter().chain(evidence_of(&pool)).collect();
        out.entry(call.to).or_default().push(Share { call: id, from: call.from, size, copies, evidence });
    }
    out
}
