//! What `standards:` of plimsoll.yaml changes: how grave a rule is, for the whole system or a part of it.

use plimsoll_model::behaviour::standards::Setting;

use crate::estate::Estate;
use crate::finding::{Finding, Of};
use crate::rule::Severity;

/// Sets the severity of findings as stated, and drops those of rules that are off. Of several settings the last that fits
/// counts.
pub(crate) fn apply(estate: &Estate<'_>, findings: &mut Vec<Finding>) {
    let settings = &estate.model().behaviour.standards.settings;
    findings.retain_mut(|finding| {
        let fitting = settings.iter().rev().filter(|setting| fits(estate, setting, finding));
        let Some(word) = fitting.filter_map(|setting| setting.severity.as_deref()).next() else { return true };
        match Severity::ALL.iter().find(|severity| severity.word() == word) {
            Some(severity) => {
                finding.severity = *severity;
                true
            }
            None => false,
        }
    });
}

fn fits(estate: &Estate<'_>, setting: &Setting, finding: &Finding) -> bool {
    let component = match &finding.of {
        Of::Component(id) => Some(*id),
        Of::Call(id) | Of::Delivery(id) => Some(estate.model().calls[id.index()].from),
        Of::Work(id) => Some(estate.model().behaviour.work(*id).component),
        Of::Asked { by, .. } => Some(*by),
        Of::Topic(_) | Of::Operation(_) | Of::Named(_) => None,
    };
    let tier = component.and_then(|id| estate.tier(id));
    let of_tier = setting.tiers.is_empty() || tier.is_some_and(|tier| setting.tiers.contains(&tier));
    let of_owner = setting.owners.is_empty() || finding.owner.as_ref().is_some_and(|o| setting.owners.contains(o));
    let of_subject = setting.subjects.is_empty() || setting.subjects.contains(&finding.subject);
    let here = setting.environments.is_empty()
        || estate.view.environment.is_some_and(|environment| setting.environments.contains(&environment));
    finding.rule.is_called(&setting.rule) && of_tier && of_owner && of_subject && here
}
