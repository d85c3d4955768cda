//! # A store without a backup
//! Finds stores whose backup was looked for and is not there.
//! ## Why
//! A replica follows every mistake within seconds. What was deleted by a bad deploy comes back from a backup or not at all.
//! ## Broken
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components: { basket-store: { kind: store, technology: redis, backup: null } }
//! ```
//! ## Right
//! ```yaml
//! # plimsoll.yaml
//! plimsoll: 1
//! components: { basket-store: { kind: store, technology: redis, backup: { every: 60m, keep: 14d } } }
//! ```
//! ## Do
//! Save as often as the promise on lost data asks, keep copies in another region, and bring one back every quarter.

use plimsoll_model::{ComponentKind, Field};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::{Found, evidence_of};
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "DAT-012",
    slug: "backup-missing",
    severity: Severity::Error,
    page: Page::head_of(include_str!("backup_missing.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (id, component) in estate.components().filter(|(_, component)| component.kind == ComponentKind::Store) {
        let backup = estate.view.component(id, Field::Backup);
        if backup.value().is_some() {
            found.pass();
        } else if backup.is_absent() {
            let places = component.evidence.iter().take(1).copied().chain(evidence_of(&backup));
            found.fail(Of::Component(id), places, "has no backup");
        } else {
            found.unknown(&Of::Component(id), format!("the backup of {}", component.id));
        }
    }
}
