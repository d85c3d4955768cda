//! Debt that is known: the findings of an earlier day, by fingerprint. New debt counts, old debt is kept apart, and what
//! was mended is stale and must leave the list.

use std::collections::BTreeMap;

use crate::finding::{Finding, State};

/// Findings that were there before: what each says, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Rule and subject for people, by fingerprint.
    pub entries: BTreeMap<String, String>,
}

impl Baseline {
    /// The open findings of an audit.
    pub fn of(findings: &[Finding]) -> Self {
        let open = findings.iter().filter(|finding| finding.counts());
        Self { entries: open.map(|f| (f.fingerprint.clone(), format!("{} {}", f.rule.id, f.subject))).collect() }
    }

    /// Marks known debt, and names the entries that no finding answers to.
    pub(crate) fn apply(&self, findings: &mut [Finding]) -> Vec<String> {
        let mut stale = self.entries.clone();
        for finding in findings {
            if stale.remove(&finding.fingerprint).is_some() && finding.counts() {
                finding.state = State::Debt;
            }
        }
        stale.into_values().collect()
    }
}
