//! Settings of rules and waivers, with their subjects as findings name them.

use plimsoll_model::behaviour::standards::{Parameter, Setting, Standards, Waiver};

use super::super::language::Names;
use super::super::quantity::Date;
use super::super::reference::Subject;
use super::super::standards::RuleSetting;
use super::Lower;
use crate::facts::Origin;

impl Lower<'_> {
    pub(super) fn standards(&mut self) {
        let system = self.system;
        let mut out = Standards::default();
        if let Some(standards) = system.standards.as_ref().map(|standards| &standards.value) {
            out.profile = standards.profile.as_ref().map(|profile| profile.value.name.clone());
            out.settings = self.settings(&standards.rules);
            for scope in &standards.scopes {
                let environments = scope.environment.iter().filter_map(|name| self.environment(&name.value.name));
                let environments: Vec<_> = environments.collect();
                let mut settings = self.settings(&scope.rules);
                for setting in &mut settings {
                    setting.tiers = scope.tier.iter().map(|tier| tier.value.count).collect();
                    setting.subjects = scope.on.iter().map(|on| name_of(&on.value)).collect();
                    setting.owners = scope.owner.iter().map(|owner| owner.value.name.clone()).collect();
                    setting.environments.clone_from(&environments);
                }
                out.settings.extend(settings);
            }
        }
        for waiver in &system.waivers {
            out.waivers.push(Waiver {
                rule: waiver.rule.value.name.clone(),
                on: name_of(&waiver.on.value),
                because: waiver.because.value.text.clone(),
                owner: waiver.owner.value.name.clone(),
                until: day(&waiver.until.value),
                evidence: self.evidence(&waiver.rule.origin),
            });
        }
        self.builder.model.behaviour.standards = out;
    }

    fn settings(&mut self, rules: &Names<RuleSetting>) -> Vec<Setting> {
        let rows = rules.iter().map(|named| Setting {
            rule: named.name.clone(),
            severity: named.value.severity.as_ref().map(|severity| severity.value.word().to_owned()),
            parameters: named
                .value
                .parameters
                .iter()
                .map(|each| Parameter { name: each.name.clone(), value: each.value.0.value.clone() })
                .collect(),
            tiers: Vec::new(),
            subjects: Vec::new(),
            owners: Vec::new(),
            environments: Vec::new(),
            evidence: self.evidence(&Origin::at(named.at)),
        });
        rows.collect()
    }
}

/// A subject as findings name it.
fn name_of(subject: &Subject) -> String {
    match subject {
        Subject::Component(name) => name.clone(),
        Subject::Call(from, to) => format!("{from} → {to}"),
        Subject::Operation(operation) => {
            format!("{} {}", operation.component, operation.operation.as_deref().unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        Subject::Journey(_) | Subject::Promise(_) => subject.to_string(),
    }
}

fn day(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}
