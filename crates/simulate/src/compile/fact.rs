//! What the fact rows say of how a component runs and of a call, here or in what the environment builds on.

use plimsoll_model::behaviour::Claim;
use plimsoll_model::behaviour::serving::Serving;
use plimsoll_model::{Answer, ComponentId, EnvironmentId, EvidenceId, Field, Model, Scope, Subject, View};

use super::Compiler;

/// A count with who says it and how far from this environment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    /// The count.
    pub(super) count: u64,
    /// Who says it.
    pub(super) evidence: EvidenceId,
    /// 0 for this environment, more for those that it builds on, most for what is said everywhere.
    pub(super) depth: usize,
}

impl<'m> Compiler<'m> {
    pub(super) fn view(&self) -> View<'m> {
        View::new(self.model, self.lineage.first().copied())
    }

    /// What is said of a component's serving under a key.
    pub(super) fn says<F>(
        &self,
        component: ComponentId,
        key: impl Fn(&'m Serving) -> Option<&'m Claim<F>>,
    ) -> Option<&'m Claim<F>> {
        let model: &'m Model = self.model;
        model.behaviour.serving(component)?.along(&self.lineage, key)
    }

    /// A count that both a manifest and plimsoll.yaml may state: in each environment from this one down to those that it
    /// builds on, the claim that wins there; then what plimsoll.yaml says everywhere.
    pub(super) fn count<F: 'm>(
        &self,
        component: ComponentId,
        field: Field,
        key: impl Fn(&'m Serving) -> Option<&'m Claim<F>> + Copy,
        number: impl Fn(&'m F) -> u64 + Copy,
    ) -> Option<Counted> {
        let said = self.model.behaviour.serving(component);
        let here = |(depth, environment): (usize, &EnvironmentId)| {
            let declared = self.deployment_fact(component, *environment, field);
            let supposed = || said?.only_along(&[*environment], key).map(|c| (number(&c.value), c.evidence));
            declared.or_else(supposed).map(|(count, evidence)| Counted { count, evidence, depth })
        };
        let everywhere = || {
            let claim = key(&said?.everywhere)?;
            Some(Counted { count: number(&claim.value), evidence: claim.evidence, depth: self.lineage.len() })
        };
        self.lineage.iter().enumerate().find_map(here).or_else(everywhere)
    }

    /// What a deployment's rows say in one environment. Claims that hold everywhere come last, with the behaviour's own.
    fn deployment_fact(
        &self,
        component: ComponentId,
        environment: EnvironmentId,
        field: Field,
    ) -> Option<(u64, EvidenceId)> {
        let deployment = self.model.deployment(component, environment)?;
        let answer = View::new(self.model, Some(environment)).ask(Subject::Deployment(deployment), field);
        let winner = answer.winner.filter(|fact| fact.scope != Scope::All)?;
        Some((answer.count()?, winner.evidence))
    }

    /// What is known of the calls from one component to another.
    pub(super) fn call_fact(&self, from: ComponentId, to: ComponentId, field: Field) -> Option<Answer<'m>> {
        let model: &'m Model = self.model;
        let start = model.calls.partition_point(|call| call.from < from);
        let own = model.calls.iter().enumerate().skip(start).take_while(|(_, call)| call.from == from);
        let mut ids = own.filter(|(_, call)| call.to == to).map(|(index, _)| plimsoll_model::CallId(index as u32));
        ids.find_map(|id| {
            let answer = self.view().call(id, field);
            (!answer.is_unknown()).then_some(answer)
        })
    }
}
