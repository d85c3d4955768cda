//! What comes first: what is grave, then what touches the journeys that are worth most, then the more critical tier.
//!
//! The weight of a journey is its expected peak times what one is worth; a journey of no stated worth counts by its load.
//! Ties go by rule and subject, so that the order never depends on how the files were read.

use crate::estate::Estate;
use crate::finding::{Finding, Of};

/// Sorts findings, the most pressing first.
pub(crate) fn sort(estate: &Estate<'_>, findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let weight = |finding: &Finding| -> f64 { finding.at_risk.iter().map(|journey| estate.weight(*journey)).sum() };
        (b.severity.cmp(&a.severity))
            .then_with(|| weight(b).total_cmp(&weight(a)))
            .then_with(|| tier(estate, a).cmp(&tier(estate, b)))
            .then_with(|| a.rule.id.cmp(b.rule.id))
            .then_with(|| a.subject.cmp(&b.subject))
    });
}

/// The subject's tier; components of no stated tier come last.
fn tier(estate: &Estate<'_>, finding: &Finding) -> u64 {
    let component = match &finding.of {
        Of::Component(id) => Some(*id),
        Of::Call(id) => Some(estate.model().calls[id.index()].from),
        _ => None,
    };
    component.and_then(|id| estate.tier(id)).unwrap_or(u64::MAX)
}
