//! The model as seen in one environment: which claim wins, and which others there are.
//!
//! Claims that disagree are kept: they are drift, and [`Answer::others`] lists them.

use crate::claim::{Basis, Content, EvidenceId, Fact, Subject};
use crate::field::{Field, Policy};
use crate::graph::Model;
use crate::noun::{CallId, ComponentId, EnvironmentId};
use crate::value::Value;

/// A model and the environment in which it is asked.
#[derive(Clone, Copy, Debug)]
pub struct View<'m> {
    /// The model.
    pub model: &'m Model,
    /// The environment; `None` asks for claims that hold everywhere.
    pub environment: Option<EnvironmentId>,
}

/// What is known of one attribute: the claim that wins and all others that hold.
#[derive(Clone, Debug)]
pub struct Answer<'m> {
    /// The claim that wins by the field's policy; `None` is unknown.
    pub winner: Option<&'m Fact>,
    /// The other claims that hold here, in the order of the policy.
    pub others: Vec<&'m Fact>,
}

impl<'m> Answer<'m> {
    /// The value, where one is stated.
    pub fn value(&self) -> Option<&'m Value> {
        match &self.winner?.content {
            Content::Stated(value) => Some(value),
            Content::Absent => None,
        }
    }

    /// Whether the attribute was looked for and is not there.
    pub fn is_absent(&self) -> bool {
        self.winner.is_some_and(|fact| fact.content == Content::Absent)
    }

    /// Whether nobody said anything.
    pub fn is_unknown(&self) -> bool {
        self.winner.is_none()
    }

    /// Claims that disagree with the winner.
    pub fn drift(&self) -> impl Iterator<Item = &'m Fact> {
        let content = self.winner.map(|fact| &fact.content);
        self.others.iter().copied().filter(move |fact| Some(&fact.content) != content)
    }

    /// The value as a count.
    pub fn count(&self) -> Option<u64> {
        match self.value()? {
            Value::Count(n)
            | Value::Millicores(n)
            | Value::Bytes(n)
            | Value::Nanos(n)
            | Value::MilliPerSecond(n)
            | Value::PartsPerMillion(n) => Some(*n),
            _ => None,
        }
    }
}

impl<'m> View<'m> {
    /// A view of a model.
    pub fn new(model: &'m Model, environment: Option<EnvironmentId>) -> Self {
        Self { model, environment }
    }

    /// What is known of a subject's attribute here. Cost: a binary search and the subject's rows.
    pub fn ask(&self, subject: Subject, field: Field) -> Answer<'m> {
        let mut holding: Vec<&Fact> = self
            .model
            .facts_of(subject)
            .iter()
            .filter(|fact| fact.field == field)
            .filter(|fact| match self.environment {
                Some(environment) => fact.scope.holds_in(environment),
                None => true,
            })
            .collect();
        holding.sort_by_key(|fact| {
            let basis = self.model.evidence(fact.evidence).basis;
            let narrow = matches!(fact.scope, crate::claim::Scope::All);
            let absent = matches!(fact.content, Content::Absent);
            (rank(field.policy(), basis), absent, narrow, fact.evidence)
        });
        let mut holding = holding.into_iter();
        Answer { winner: holding.next(), others: holding.collect() }
    }

    /// The stated rows of an attribute of which a subject may have several ([`Field::has_several`]).
    pub fn each(&self, subject: Subject, field: Field) -> impl Iterator<Item = (&'m Value, EvidenceId)> + use<'m> {
        let environment = self.environment;
        let holds = move |fact: &&Fact| environment.is_none_or(|environment| fact.scope.holds_in(environment));
        let own = self.model.facts_of(subject).iter().filter(move |fact| fact.field == field).filter(holds);
        own.filter_map(|fact| match &fact.content {
            Content::Stated(value) => Some((value, fact.evidence)),
            Content::Absent => None,
        })
    }

    /// What is known of a component.
    pub fn component(&self, component: ComponentId, field: Field) -> Answer<'m> {
        self.ask(Subject::Component(component), field)
    }

    /// What is known of how a component runs here.
    pub fn deployment(&self, component: ComponentId, field: Field) -> Answer<'m> {
        let deployment = self.environment.and_then(|environment| self.model.deployment(component, environment));
        match deployment {
            Some(id) => self.ask(Subject::Deployment(id), field),
            None => Answer { winner: None, others: Vec::new() },
        }
    }

    /// What is known of a call.
    pub fn call(&self, call: CallId, field: Field) -> Answer<'m> {
        self.ask(Subject::Call(call), field)
    }

    /// How many copies of a component are wanted here.
    pub fn replicas(&self, component: ComponentId) -> Answer<'m> {
        self.deployment(component, Field::Replicas)
    }
}

fn rank(policy: Policy, basis: Basis) -> u8 {
    use Basis::{Declared, Observed, Rehearsed, Supposed};
    let order = match policy {
        Policy::Declared => [Declared, Supposed, Rehearsed, Observed],
        Policy::Observed => [Observed, Rehearsed, Declared, Supposed],
        Policy::Supposed => [Supposed, Rehearsed, Observed, Declared],
    };
    order.iter().position(|b| *b == basis).unwrap_or(order.len()) as u8
}
