//! # An image without a fixed version
//! Finds images with no tag, with the tag `latest`, and of no digest.
//! ## Why
//! Two copies of the same workload may run different code, a rollback brings back nothing, and whoever can push the tag can
//! change what runs.
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
//!     spec: { containers: [{ name: orders, image: "shop/orders:latest" }] }
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
//! ## Do
//! Name a version, better its digest; let the pipeline write it.

use plimsoll_model::Field;

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "DEL-003",
    slug: "image-not-pinned",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("image_not_pinned.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, _) in estate.deployed() {
        let image = estate.view.deployment(id, Field::Image);
        let Some(name) = image.value().map(ToString::to_string) else { continue };
        match what_is_loose(&name) {
            Some(what) => {
                found.fail(Of::Component(id), evidence_of(&image), format!("runs the image `{name}`, {what}"))
            }
            None => found.pass(),
        }
    }
}

/// What is not fixed about an image's name. A name that is filled in by the pipeline is no name yet.
fn what_is_loose(name: &str) -> Option<&'static str> {
    if name.contains('@') || name.contains(['$', '{']) || name.is_empty() {
        return None;
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    match last.split_once(':') {
        None => Some("which has no tag"),
        Some((_, "latest")) => Some("whose tag moves"),
        Some(_) => None,
    }
}
