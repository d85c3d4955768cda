//! Scenarios: what goes wrong, when, and how the business gets back.

use plimsoll_model::behaviour::quantity::{Count, Nanos};
use plimsoll_model::behaviour::scenario::{
    BadDeploy, Cut, FailOver, Known as ModelKnown, Loss as ModelLoss, OperationFault as Fault, RecoverStep as Step,
    Replicas, Scenario as Row,
};
use plimsoll_model::behaviour::{Claim, RegionId};
use plimsoll_model::{At, ComponentId, TeamId};

use super::super::language::{NamedValue, Placed};
use super::super::reference::{Loss, Name, OperationRef};
use super::super::scenario::{Known, OperationFault, Recover, RecoverEvidence, RecoverStep, Scenario};
use super::Lower;
use super::plain::{Plain, of};
use crate::facts::Origin;

impl Lower<'_> {
    pub(super) fn scenarios(&mut self) {
        let system = self.system;
        for named in system.scenarios.iter() {
            let row = self.scenario(named);
            self.builder.model.behaviour.scenarios.push(row);
        }
    }

    fn scenario(&mut self, named: &NamedValue<Scenario>) -> Row {
        let value = &named.value;
        let from = self.said(&value.from);
        let begins = from.as_ref().map_or(0, |from| from.value.0);
        let lasts = value.for_.as_ref().map(|lasts| {
            let end = Nanos(begins.saturating_add(lasts.value.nanos));
            self.claim(&lasts.origin, end)
        });
        let environment = value.environment.as_ref().and_then(|name| {
            let id = self.environment(&name.value.name)?;
            Some(self.claim(&name.origin, id))
        });
        Row {
            name: named.name.clone(),
            evidence: self.evidence(&Origin::at(named.at)),
            lose: value.lose.0.iter().filter_map(|loss| self.loss(loss)).collect(),
            fail_over: value.fail_over.as_ref().and_then(|store| {
                let fail_over = FailOver { of: self.named(store)?, takes: of(&value.takes) };
                Some(self.claim(&store.origin, fail_over))
            }),
            flush: value.flush.as_ref().and_then(|name| self.named_claim(name)),
            fill: value.fill.as_ref().and_then(|name| self.named_claim(name)),
            cut: value.cut.as_ref().map(|cut| {
                let between = cut.value.between.iter().filter_map(|loss| Some(self.loss(loss)?.value)).collect();
                self.claim(&cut.origin, Cut { between, loss: of(&cut.value.loss) })
            }),
            deploy: value.deploy.as_ref().and_then(|deploy| {
                let bad = &deploy.value;
                let row = BadDeploy {
                    of: self.named(&bad.of)?,
                    fails: of(&bad.fails),
                    slow: of(&bad.slow),
                    back_after: of(&bad.back_after),
                };
                Some(self.claim(&deploy.origin, row))
            }),
            load: self.said(&value.load),
            from,
            until: self.said(&value.until).or(lasts),
            environment,
            operations: value.operations.iter().filter_map(|fault| self.fault(fault)).collect(),
            recover: self.recovery(value),
        }
    }

    fn named(&mut self, name: &Placed<Name>) -> Option<ComponentId> {
        self.component(&name.value.name, name.origin.at)
    }

    fn named_claim(&mut self, name: &Placed<Name>) -> Option<Claim<ComponentId>> {
        let id = self.named(name)?;
        Some(self.claim(&name.origin, id))
    }

    fn loss(&mut self, loss: &Placed<Loss>) -> Option<Claim<ModelLoss>> {
        let at = loss.origin.at;
        let value = match &loss.value {
            Loss::Zone(name) => match self.zone(name, self.builder.model.default_environment) {
                Some(zone) => ModelLoss::Zone(zone),
                None => {
                    let message = format!(
                        "nothing stands in a zone `{name}`, so its loss changes nothing; say under `components` who runs \
                         there, like `zones: {{ {name}: 1 }}`"
                    );
                    self.problem(at, message);
                    return None;
                }
            },
            Loss::Region(name) => ModelLoss::Region(self.known_region(name, at)?),
            Loss::Node(name) => ModelLoss::Node(name.clone()),
            Loss::Replicas(count, name) => {
                ModelLoss::Replicas(Replicas { of: self.component(name, at)?, count: Count(*count) })
            }
            Loss::Component(name) => ModelLoss::Component(self.component(name, at)?),
        };
        Some(self.claim(&loss.origin, value))
    }

    fn known_region(&mut self, name: &str, at: At) -> Option<RegionId> {
        let known = self.builder.model.behaviour.regions.iter().any(|region| region == name);
        if !known {
            let message = format!(
                "no environment stands in a region `{name}`, so its loss changes nothing; name it under `environments`"
            );
            self.problem(at, message);
            return None;
        }
        Some(self.region(name))
    }

    /// `psp.charge`, `METHOD /path @ component`, or `psp.*` for all of a component.
    fn fault(&mut self, named: &NamedValue<OperationFault>) -> Option<Claim<Fault>> {
        let origin = Origin::at(named.at);
        let reference = match named.name.strip_suffix(".*") {
            Some(component) => OperationRef { component: component.to_owned(), operation: None },
            None => match named.name.rsplit_once('@') {
                Some((operation, component)) => OperationRef {
                    component: component.trim().to_owned(),
                    operation: Some(operation.trim().to_owned()),
                },
                None => {
                    let (component, operation) = named.name.split_once('.')?;
                    OperationRef { component: component.to_owned(), operation: Some(operation.to_owned()) }
                }
            },
        };
        let all = reference.operation.is_none();
        let (component, work) = self.target(&Placed { value: reference, origin: origin.clone() })?;
        let value = &named.value;
        let row = Fault {
            component,
            work: work.filter(|_| !all),
            hang: of(&value.hang),
            fail: of(&value.fail),
            with: of(&value.with_),
            slow: of(&value.slow),
            delay: of(&value.delay),
        };
        Some(self.claim(&origin, row))
    }

    fn recovery(&mut self, scenario: &Scenario) -> Vec<Step> {
        let names: Vec<&str> = scenario.recover.names().collect();
        scenario.recover.iter().map(|step| self.recover_step(step, &names)).collect()
    }

    fn recover_step(&mut self, named: &NamedValue<RecoverStep>, names: &[&str]) -> Step {
        let evidence = self.evidence(&Origin::at(named.at));
        let empty = Step {
            name: named.name.clone(),
            evidence,
            takes: None,
            of: None,
            after: Vec::new(),
            journeys: Vec::new(),
            from: None,
            to: None,
            then: None,
            owner: None,
            known: None,
            rehearsed: None,
            record: None,
        };
        match &named.value {
            RecoverStep::Takes(takes) => Step { takes: Some(self.placed(takes)), ..empty },
            RecoverStep::Section(section) => self.recover_section(section, names, empty),
        }
    }

    fn recover_section(&mut self, section: &Recover, names: &[&str], empty: Step) -> Step {
        let place = |after: &Placed<Name>| names.iter().position(|name| *name == after.value.name);
        let rehearsed = section.evidence.as_ref().and_then(|evidence| match &evidence.value {
            RecoverEvidence::Rehearsed(drill) => Some(drill),
            RecoverEvidence::Known(_) => None,
        });
        let known = section.evidence.as_ref().map(|evidence| match evidence.value {
            RecoverEvidence::Known(Known::Declared) => ModelKnown::Declared,
            RecoverEvidence::Known(Known::Supposed) => ModelKnown::Supposed,
            RecoverEvidence::Rehearsed(_) => ModelKnown::Rehearsed,
        });
        let owner = section.owner.as_ref().and_then(|owner| {
            let index = self.builder.model.teams.iter().position(|team| team.id == owner.value.name)?;
            Some(TeamId(index as u32))
        });
        Step {
            takes: self.said(&section.takes),
            of: section.of.as_ref().and_then(|name| self.named_claim(name)),
            after: section.after.iter().filter_map(place).map(|index| index as u64).collect(),
            journeys: section.for_.iter().filter_map(|name| self.journey(&name.value.name)).collect(),
            from: of(&section.from),
            to: of(&section.to),
            then: self.said(&section.then),
            owner,
            known,
            rehearsed: rehearsed.map(|drill| drill.rehearsed.value.plain()),
            record: rehearsed.and_then(|drill| of(&drill.record)),
            ..empty
        }
    }
}
