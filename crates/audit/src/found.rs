//! Where a rule puts its answers: pass, fail or unknown, subject by subject.

use plimsoll_model::{Answer, EvidenceId};

use crate::estate::Estate;
use crate::finding::{Finding, Of, State, Unknown, fingerprint_of};
use crate::rule::{Rule, Severity};

/// The answers of one rule.
pub struct Found<'e> {
    rule: &'static Rule,
    estate: &'e Estate<'e>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unknowns: Vec<Unknown>,
    pub(crate) passed: usize,
}

impl<'e> Found<'e> {
    /// None yet.
    pub fn new(rule: &'static Rule, estate: &'e Estate<'e>) -> Self {
        Self { rule, estate, findings: Vec::new(), unknowns: Vec::new(), passed: 0 }
    }

    /// The subject keeps the rule.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// The subject breaks the rule. `says` follows its name: `has no readiness probe`. The first evidence is the place to
    /// look at.
    pub fn fail(&mut self, of: Of, evidence: impl IntoIterator<Item = EvidenceId>, says: impl Into<String>) {
        self.fail_as(self.rule.severity, of, evidence, says);
    }

    /// As [`Found::fail`], more or less grave than the rule says.
    pub fn fail_as(
        &mut self,
        severity: Severity,
        of: Of,
        evidence: impl IntoIterator<Item = EvidenceId>,
        says: impl Into<String>,
    ) {
        let subject = of.name(self.estate.model());
        let mut places: Vec<EvidenceId> = Vec::new();
        for evidence in evidence {
            if !places.contains(&evidence) {
                places.push(evidence);
            }
        }
        self.findings.push(Finding {
            rule: self.rule,
            severity,
            fingerprint: fingerprint_of(self.rule, &subject),
            at_risk: self.estate.at_risk(&of),
            owner: self.estate.owner(&of),
            subject,
            of,
            says: says.into(),
            evidence: places,
            state: State::Open,
        });
    }

    /// The fact that would decide is not known.
    pub fn unknown(&mut self, of: &Of, settled_by: impl Into<String>) {
        let subject = of.name(self.estate.model());
        self.unknowns.push(Unknown { rule: self.rule, subject, settled_by: settled_by.into() });
    }
}

/// Where an answer is known from.
pub fn evidence_of(answer: &Answer<'_>) -> Option<EvidenceId> {
    answer.winner.map(|fact| fact.evidence)
}
