//! # Two owners, one schema
//! Finds services that work in the same schema of a store and answer to different owners.
//! ## Why
//! Neither can change a table without the other's deploy, and neither knows who else reads it. The store is an interface
//! that nobody wrote down.
//! ## Broken
//! ```yaml
//! # shop.yaml
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
//!           env: [{ name: DATABASE_URL, value: "postgres://orders-db/shop" }, { name: DATABASE_SCHEMA, value: orders }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: stock }
//! spec:
//!   selector: { matchLabels: { app: stock } }
//!   template:
//!     metadata: { labels: { app: stock } }
//!     spec:
//!       containers:
//!         - name: stock
//!           image: shop/stock:1.4.0
//!           env: [{ name: DATABASE_URL, value: "postgres://orders-db/shop" }, { name: DATABASE_SCHEMA, value: orders }]
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { owner: team-orders }
//!   stock: { owner: team-stock }
//!   orders-db: { kind: store, technology: postgresql }
//! ```
//! ## Right
//! ```yaml
//! # shop.yaml
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
//!           env: [{ name: DATABASE_URL, value: "postgres://orders-db/shop" }, { name: DATABASE_SCHEMA, value: orders }]
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: stock }
//! spec:
//!   selector: { matchLabels: { app: stock } }
//!   template:
//!     metadata: { labels: { app: stock } }
//!     spec:
//!       containers:
//!         - name: stock
//!           image: shop/stock:1.4.0
//!           env: [{ name: DATABASE_URL, value: "postgres://orders-db/shop" }, { name: DATABASE_SCHEMA, value: stock }]
//! ```
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components:
//!   orders: { owner: team-orders }
//!   stock: { owner: team-stock }
//!   orders-db: { kind: store, technology: postgresql }
//! ```
//! ## Do
//! Give each its own schema and role, or let one serve the other over an interface; move tables with expand and contract.

use std::collections::BTreeMap;

use plimsoll_model::{ComponentId, EvidenceId, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "DAT-001",
    slug: "shared-schema",
    severity: Severity::Error,
    page: Page::head_of(include_str!("shared_schema.rs")),
    check,
};

/// Who works in a schema, and where that stands.
type User = (ComponentId, Option<EvidenceId>);

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    let mut users: BTreeMap<(ComponentId, String), Vec<User>> = BTreeMap::new();
    for (id, call) in estate.calls() {
        let schema = estate.view.call(id, Field::StoreSchema);
        if let Some(name) = schema.value().map(ToString::to_string) {
            users.entry((call.to, name)).or_default().push((call.from, evidence_of(&schema)));
        }
    }
    for ((_, schema), users) in users {
        let name = |id: ComponentId| estate.model().component(id).id.as_str();
        // The schema's own: whose name it bears, else who is named first.
        let own = users.iter().find(|(from, _)| name(*from) == schema).unwrap_or(&users[0]);
        let owner = |id: ComponentId| estate.owner(&Of::Component(id));
        let others = users.iter().filter(|user| user.0 != own.0 && owner(user.0) != owner(own.0));
        let mut alone = true;
        for (from, evidence) in others {
            alone = false;
            let says = format!("works in the schema `{schema}`, which {} owns", name(own.0));
            found.fail(Of::Component(*from), evidence.iter().copied().chain(own.1), says);
        }
        if alone {
            found.pass();
        }
    }
}
