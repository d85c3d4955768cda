//! Findings of an audit of each side: which are new, which are gone.

use std::collections::BTreeSet;

use plimsoll_audit::{Audit, Day, Finding, Options, Severity, audit};
use plimsoll_model::View;

/// Findings that one side has and the other has not, by their fingerprints.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Findings of the head that the base has not and that count, the most pressing first. Their ids are the head's.
    pub new: Vec<Finding>,
    /// Findings of the base that the head has no more.
    pub fixed: Vec<Known>,
}

/// A finding by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The rule's id.
    pub rule: &'static str,
    /// How grave it was.
    pub severity: Severity,
    /// Of what it spoke.
    pub subject: String,
}

/// An audit of each side.
pub(crate) struct Audits {
    pub(crate) base: Audit,
    pub(crate) head: Audit,
}

/// Audits both sides.
pub(crate) fn audits(base: View<'_>, head: View<'_>, today: Option<&Day>) -> Audits {
    let options = Options { today: today.cloned(), ..Options::default() };
    Audits { base: audit(base, &options), head: audit(head, &options) }
}

/// What one side has and the other has not.
pub(crate) fn between(audits: &Audits) -> Standing {
    let counting = |audit: &Audit| -> BTreeSet<String> {
        audit.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.fingerprint.clone()).collect()
    };
    let (old, now) = (counting(&audits.base), counting(&audits.head));
    let gone = audits.base.findings.iter().filter(|finding| finding.counts() && !now.contains(&finding.fingerprint));
    let fixed = gone
        .map(|finding| Known { rule: finding.rule.id, severity: finding.severity, subject: finding.subject.clone() })
        .collect();
    let is_new = |finding: &&Finding| finding.counts() && !old.contains(&finding.fingerprint);
    Standing { new: audits.head.findings.iter().filter(is_new).cloned().collect(), fixed }
}
