//! # A credential in plain text
//! Finds variables of a workload whose value is written where everybody who reads the repository sees it. The value itself is
//! in no report.
//! ## Why
//! Whoever has read the repository once has it for ever: laptops, forks, caches, logs. Nobody can change it without a deploy.
//! ## Broken
//! ```yaml
//! # notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify }
//! spec:
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec:
//!       containers:
//!         - name: notify
//!           image: shop/notify:1.4.0
//!           env: [{ name: MAILER_API_KEY, value: "k-81f2c04b7a9e4d53" }]
//! ```
//! ## Right
//! ```yaml
//! # notify.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: notify }
//! spec:
//!   selector: { matchLabels: { app: notify } }
//!   template:
//!     metadata: { labels: { app: notify } }
//!     spec:
//!       containers:
//!         - name: notify
//!           image: shop/notify:1.4.0
//!           env: [{ name: MAILER_API_KEY, valueFrom: { secretKeyRef: { name: mailer, key: api-key } } }]
//! ```
//! ## Do
//! Change the credential today, since it is known; keep the new one in a secret store and refer to it.

use plimsoll_model::{EvidenceId, Field, Subject};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "SEC-002",
    slug: "plain-secret",
    severity: Severity::Error,
    page: Page::head_of(include_str!("plain_secret.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, _, _) in estate.deployed() {
        let Some(deployment) = estate.view.environment.and_then(|here| estate.model().deployment(id, here)) else {
            continue;
        };
        let rows = estate.view.each(Subject::Deployment(deployment), Field::PlainSecret);
        let (names, places): (Vec<String>, Vec<EvidenceId>) =
            rows.map(|(name, evidence)| (name.to_string(), evidence)).unzip();
        match names.is_empty() {
            true => found.pass(),
            false => found.fail(Of::Component(id), places, format!("carries {} in plain text", listed(names))),
        }
    }
}

fn listed(mut names: Vec<String>) -> String {
    names.sort();
    names.dedup();
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
