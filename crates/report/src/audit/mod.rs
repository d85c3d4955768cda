//! Is it to standard: the findings of an audit, in the faces that people and machines take.
//!
//! All of them say the same of the same findings. Not here: what is a finding (`plimsoll-audit`), the gate and the exit
//! code (`cli`).

mod annotations;
mod code_climate;
mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod text;

use plimsoll_audit::{Audit, Finding, Severity, State};
use plimsoll_model::{EnvironmentId, Model};

pub use annotations::annotations;
pub use code_climate::code_climate;
pub use json::{Earlier, json};
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use text::{TextOptions, text};

use crate::words::counted;

/// An audit and the model that it judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The model.
    pub model: &'a Model,
    /// The environment that was judged.
    pub environment: Option<EnvironmentId>,
    /// What was found.
    pub audit: &'a Audit,
}

impl Judged<'_> {
    /// `9 errors, 3 warnings · 1 waived, 1 waiver expired · 6 unknown`.
    fn summary(&self) -> String {
        let findings = &self.audit.findings;
        let graded =
            |severity| findings.iter().filter(move |f| f.state != State::Debt && f.severity == severity).count();
        let counts = Severity::ALL.iter().rev().map(|severity| (graded(*severity), *severity));
        let said: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, severity)| counted(count, severity.word())).collect();
        let mut parts = vec![if said.is_empty() { String::from("no findings") } else { said.join(", ") }];
        let of = |state: fn(&State) -> bool| findings.iter().filter(|finding| state(&finding.state)).count();
        let waived = of(|state| matches!(state, State::Waived { .. }));
        let expired = of(|state| matches!(state, State::WaiverExpired { .. }));
        let debt = of(|state| matches!(state, State::Debt));
        let mut kept: Vec<String> = Vec::new();
        kept.extend((waived > 0).then(|| format!("{waived} waived")));
        kept.extend((expired > 0).then(|| format!("{} expired", counted(expired, "waiver"))));
        kept.extend((debt > 0).then(|| format!("{debt} known debt")));
        if !kept.is_empty() {
            parts.push(kept.join(", "));
        }
        if !self.audit.unknowns.is_empty() {
            parts.push(format!("{} unknown", self.audit.unknowns.len()));
        }
        parts.join(" · ")
    }

    /// The journeys at risk, by name.
    fn at_risk(&self, finding: &Finding) -> Vec<&str> {
        finding.at_risk.iter().map(|id| self.model.journeys[id.index()].id.as_str()).collect()
    }

    /// What is wrong, with its subject.
    fn sentence(&self, finding: &Finding) -> String {
        format!("{} {}", finding.subject, finding.says)
    }
}

/// What a finding's state adds to it, in words; nothing for an open one.
fn state_words(state: &State) -> Option<String> {
    match state {
        State::Open => None,
        State::Waived { because, owner, until } => Some(format!("waived until {until} by {owner}: {because}")),
        State::WaiverExpired { until } => Some(format!("its waiver expired on {until}")),
        State::Debt => Some(String::from("known debt")),
    }
}
