//! # Owned by nobody
//! Finds components that run and for which neither CODEOWNERS nor a catalogue names an owner.
//! ## Why
//! An alert at night has nobody to go to, and a review has nobody who must agree.
//! ## Broken
//! ```yaml
//! # catalog-info.yaml
//! apiVersion: backstage.io/v1alpha1
//! kind: Component
//! metadata: { name: web }
//! spec: { type: website, lifecycle: production, owner: team-web }
//! ```
//! ```yaml
//! # deploy/notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify }
//! spec:
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec: { containers: [{ name: notify, image: "shop/notify:1.4.0" }] }
//! ---
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: web }
//! spec:
//!   selector: { matchLabels: { app: web } }
//!   template:
//!     metadata: { labels: { app: web } }
//!     spec: { containers: [{ name: web, image: "shop/web:1.4.0" }] }
//! ```
//! ## Right
//! ```yaml
//! # catalog-info.yaml
//! apiVersion: backstage.io/v1alpha1
//! kind: Component
//! metadata: { name: notify }
//! spec: { type: service, lifecycle: production, owner: team-front }
//! ```
//! ```yaml
//! # deploy/notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify }
//! spec:
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec: { containers: [{ name: notify, image: "shop/notify:1.4.0" }] }
//! ```
//! ## Do
//! Name a team in the catalogue, and the same team for its folder in CODEOWNERS.

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "OWN-001",
    slug: "owner-missing",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("owner_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    // Where no file of the system names an owner, owners are kept elsewhere: unknown, not missing.
    let kept_here = estate.components().any(|(_, component)| component.owner.is_some());
    for (id, _, deployment) in estate.deployed() {
        if estate.owner(&Of::Component(id)).is_some() {
            found.pass();
        } else if kept_here {
            found.fail(Of::Component(id), deployment.evidence.iter().copied(), "is owned by nobody");
        } else {
            found.unknown(&Of::Component(id), String::from("a CODEOWNERS file or a catalogue"));
        }
    }
}
