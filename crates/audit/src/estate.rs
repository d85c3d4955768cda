//! The model in one environment, with what several rules ask: who depends on whom, which journeys pass where, who owns.

use plimsoll_model::behaviour::work::{Doing, Step, Work};
use plimsoll_model::behaviour::{Claim, WorkId};
use plimsoll_model::{
    Basis, Call, CallId, Component, ComponentId, ComponentKind, Deployment, EvidenceId, Field, JourneyId, Model,
    Subject, View,
};

use crate::finding::Of;
use crate::rule::Rule;
use crate::walks::{self, Leg, Walks};

/// What rules ask.
pub struct Estate<'m> {
    /// The model in the environment that is audited.
    pub view: View<'m>,
    walks: Walks,
}

impl<'m> Estate<'m> {
    /// Gathers it. Cost: one walk for each journey.
    pub fn of(view: View<'m>) -> Self {
        Self { view, walks: Walks::of(view) }
    }

    /// The model.
    pub fn model(&self) -> &'m Model {
        self.view.model
    }

    /// Components of the system itself, with their ids.
    pub fn components(&self) -> impl Iterator<Item = (ComponentId, &'m Component)> {
        let rows = self.view.model.components.iter().enumerate();
        rows.map(|(index, row)| (ComponentId(index as u32), row)).filter(|(_, row)| row.support.is_none())
    }

    /// Components that run in this environment, with how.
    pub fn deployed(&self) -> impl Iterator<Item = (ComponentId, &'m Component, &'m Deployment)> {
        let view = self.view;
        self.components().filter_map(move |(id, row)| {
            let deployment = view.model.deployment(id, view.environment?)?;
            Some((id, row, &view.model.deployments[deployment.index()]))
        })
    }

    /// Calls that are made in this environment.
    pub fn calls(&self) -> impl Iterator<Item = (CallId, &'m Call)> {
        let here = self.view.environment;
        let made = move |call: &Call| {
            call.environments.is_empty() || here.is_none_or(|environment| call.environments.contains(&environment))
        };
        let supports = |id: ComponentId| self.view.model.component(id).support.is_some();
        self.view.model.call_ids().filter(move |(_, call)| made(call) && !supports(call.from) && !supports(call.to))
    }

    /// How critical a component is: 1 is the most. `None` where nobody says.
    pub fn tier(&self, component: ComponentId) -> Option<u64> {
        self.view.component(component, Field::Tier).count()
    }

    /// Where a component's tier is stated.
    pub fn tier_evidence(&self, component: ComponentId) -> Option<EvidenceId> {
        self.view.component(component, Field::Tier).winner.map(|fact| fact.evidence)
    }

    /// Whether others wait for its answers: it is called, or it is a service, gateway or frontend.
    pub fn serves(&self, component: ComponentId) -> bool {
        match self.model().component(component).kind {
            ComponentKind::Job => false,
            ComponentKind::Service | ComponentKind::Gateway | ComponentKind::Frontend => true,
            _ => self.model().calls_to(component).next().is_some(),
        }
    }

    /// Journeys that a breach puts at risk.
    pub fn at_risk(&self, of: &Of) -> Vec<JourneyId> {
        match of {
            Of::Component(id) => self.walks.over_component(*id),
            Of::Call(id) | Of::Delivery(id) => self.walks.over_call(self.view, *id),
            Of::Work(id) | Of::Asked { by: _, work: id } => self.walks.over_work(*id),
            Of::Operation(id) => self.walks.over_operation(self.model(), *id),
            Of::Topic(id) => self.walks.over_topic(*id),
            Of::Named(_) => Vec::new(),
        }
    }

    /// Who answers for a subject: for a call, the caller.
    pub fn owner(&self, of: &Of) -> Option<String> {
        let model = self.model();
        let component = match of {
            Of::Component(id) => *id,
            Of::Call(id) | Of::Delivery(id) => model.calls[id.index()].from,
            Of::Work(id) => model.behaviour.work(*id).component,
            Of::Asked { by, .. } => *by,
            Of::Operation(id) => model.interfaces[model.operations[id.index()].interface.index()].component?,
            Of::Topic(id) => model.topics[id.index()].broker?,
            Of::Named(_) => return None,
        };
        let said = || self.view.component(component, Field::Owner).value().map(ToString::to_string);
        model.component(component).owner.clone().or_else(said)
    }

    /// What an operation does here; `None` where nobody says.
    pub fn doing(&self, work: WorkId) -> Option<&'m [Claim<Step>]> {
        walks::doing(self.view, work)
    }

    /// What is said of an operation here under a key.
    pub fn says<F>(&self, work: WorkId, key: impl Fn(&'m Doing) -> Option<&'m F>) -> Option<&'m F> {
        self.view.model.behaviour.work(work).says.pick(self.view.environment, key)
    }

    /// Operations that plimsoll.yaml describes.
    pub fn works(&self) -> impl Iterator<Item = (WorkId, &'m Work)> {
        self.view.model.behaviour.works.iter().enumerate().map(|(index, work)| (WorkId(index as u32), work))
    }

    /// What the operation asks of others and waits for.
    pub fn legs(&self, work: WorkId) -> Vec<Leg<'m>> {
        self.doing(work).map_or_else(Vec::new, |steps| walks::legs(steps, Some(work)))
    }

    /// What a journey asks and waits for.
    pub fn journey_legs(&self, journey: JourneyId) -> Vec<Leg<'m>> {
        let stated = self.view.model.behaviour.journeys.iter().find(|stated| stated.id == journey);
        stated.map_or_else(Vec::new, |stated| walks::legs(&stated.steps, None))
    }

    /// The call of the model that a step makes.
    pub fn call_of(&self, leg: &Leg<'_>) -> Option<CallId> {
        let from = self.view.model.behaviour.work(leg.in_work?).component;
        self.model().call_ids().find(|(_, call)| call.from == from && call.to == leg.to).map(|(id, _)| id)
    }

    /// What a file declares of a step's call, and where. plimsoll.yaml is not a file that declares.
    pub fn declared(&self, leg: &Leg<'_>, field: Field) -> Option<(u64, EvidenceId)> {
        let answer = self.view.call(self.call_of(leg)?, field);
        let winner = answer.winner?;
        let declared = self.model().evidence(winner.evidence).basis == Basis::Declared;
        Some((answer.count()?, winner.evidence)).filter(|_| declared)
    }

    /// A parameter of a rule, as `standards:` states it for the whole system.
    pub fn parameter(&self, rule: &Rule, name: &str) -> Option<&'m str> {
        let settings = self.view.model.behaviour.standards.settings.iter().rev();
        let whole = settings
            .filter(|setting| setting.tiers.is_empty() && setting.subjects.is_empty() && setting.owners.is_empty());
        let mut own = whole.filter(|setting| rule.is_called(&setting.rule)).flat_map(|setting| &setting.parameters);
        own.find(|parameter| parameter.name == name).map(|parameter| parameter.value.as_str())
    }

    /// What a journey is worth an hour at its expected peak, in millionths of its currency; else the number of requests.
    pub fn weight(&self, journey: JourneyId) -> f64 {
        let ask = |field| self.view.ask(Subject::Journey(journey), field);
        let peak = ask(Field::ExpectedPeak).count().or_else(|| ask(Field::Load).count()).unwrap_or(1000);
        let worth = ask(Field::Worth).value().map(ToString::to_string);
        let worth = worth.and_then(|text| text.split(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0);
        peak as f64 / 1000.0 * (1.0 + worth)
    }
}
