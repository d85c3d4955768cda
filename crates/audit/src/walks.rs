//! Which journeys pass where: from what users ask, along the steps whose answer is waited for.
//!
//! Steps come from plimsoll.yaml. Where nobody says what an operation does, its component may make all of its calls: the
//! walk then goes on by components. A message is part of the journey that sends it: who handles it is at that journey's
//! risk by the delivery, not as a component.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::behaviour::guard::{Awaited, Guards};
use plimsoll_model::behaviour::work::{Doing, Step};
use plimsoll_model::behaviour::{Claim, Scoped, WorkId};
use plimsoll_model::{CallId, ComponentId, ComponentKind, EvidenceId, JourneyId, Model, OperationId, TopicId, View};

/// One call that a step makes and waits for.
#[derive(Clone, Debug)]
pub struct Leg<'m> {
    /// In which operation; `None` for what users themselves ask.
    pub in_work: Option<WorkId>,
    /// Who is asked.
    pub to: ComponentId,
    /// What is asked, where it is known.
    pub to_work: Option<WorkId>,
    /// What protects the caller.
    pub guards: &'m Guards,
    /// Where the step stands.
    pub evidence: EvidenceId,
    /// Whether a store, a cache or another component is asked.
    pub asks: Asks,
}

impl Leg<'_> {
    /// How often it is tried when each attempt fails; with a budget, no more than the budget grants on average.
    pub fn attempts(&self) -> f64 {
        let Some(retries) = &self.guards.retries else { return 1.0 };
        let max = retries.value.max.at_most().map_or(f64::INFINITY, |max| max as f64);
        1.0 + max.min(retries.value.budget.map_or(f64::INFINITY, |budget| budget.fraction()))
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// An operation of a component.
    Component,
    /// A store.
    Store,
}

/// The walk of one journey.
#[derive(Clone, Debug, Default)]
struct Walk {
    components: BTreeSet<ComponentId>,
    calls: BTreeSet<CallId>,
    works: BTreeSet<WorkId>,
    asked: BTreeSet<WorkId>,
    topics: BTreeSet<TopicId>,
}

/// The walks of all journeys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walks {
    walks: BTreeMap<JourneyId, Walk>,
}

/// The legs that steps wait for, in their order; branches and fallbacks included.
pub(crate) fn legs<'m>(steps: &'m [Claim<Step>], in_work: Option<WorkId>) -> Vec<Leg<'m>> {
    let mut out = Vec::new();
    for step in steps {
        match &step.value {
            Step::Call(call) => {
                let ignored = call.reach.answer.as_ref().is_some_and(|answer| answer.value == Awaited::Ignored);
                if !ignored {
                    let (to, to_work, guards) = (call.to, call.work, &call.guards);
                    out.push(Leg { in_work, to, to_work, guards, evidence: step.evidence, asks: Asks::Component });
                }
            }
            Step::Query(query) => {
                let (to, guards) = (query.store, &query.guards);
                out.push(Leg { in_work, to, to_work: None, guards, evidence: step.evidence, asks: Asks::Store });
            }
            _ => {}
        }
        for inner in step.value.inner() {
            out.extend(legs(std::slice::from_ref(inner), in_work));
        }
    }
    out
}

/// What an operation does in the environment; `None` where nobody says.
pub(crate) fn doing<'m>(view: View<'m>, work: WorkId) -> Option<&'m [Claim<Step>]> {
    let says: &Scoped<Doing> = &view.model.behaviour.work(work).says;
    says.pick(view.environment, |doing| doing.does.as_ref()).map(Vec::as_slice)
}

impl Walks {
    /// Walks every journey. Cost: journeys times what they reach.
    pub(crate) fn of(view: View<'_>) -> Self {
        let mut walks = BTreeMap::new();
        for journey in &view.model.behaviour.journeys {
            let mut walk = Walk::default();
            for leg in legs(&journey.steps, None) {
                walk.asked.extend(leg.to_work);
                walk.follow(view, leg.to, leg.to_work);
            }
            walks.insert(journey.id, walk);
        }
        Self { walks }
    }

    fn where_(&self, passes: impl Fn(&Walk) -> bool) -> Vec<JourneyId> {
        self.walks.iter().filter(|(_, walk)| passes(walk)).map(|(id, _)| *id).collect()
    }

    /// Journeys that need the component's answer.
    pub(crate) fn over_component(&self, id: ComponentId) -> Vec<JourneyId> {
        self.where_(|walk| walk.components.contains(&id))
    }

    /// Journeys that need the call's answer, or that send the messages which the call carries.
    pub(crate) fn over_call(&self, view: View<'_>, id: CallId) -> Vec<JourneyId> {
        let call = &view.model.calls[id.index()];
        let taken = consumed(view, call.from);
        self.where_(|walk| walk.calls.contains(&id) || taken.iter().any(|topic| walk.topics.contains(topic)))
    }

    /// Journeys that come to the operation.
    pub(crate) fn over_work(&self, id: WorkId) -> Vec<JourneyId> {
        self.where_(|walk| walk.works.contains(&id))
    }

    /// Journeys that ask the operation themselves.
    pub(crate) fn over_operation(&self, model: &Model, id: OperationId) -> Vec<JourneyId> {
        let is = |work: &WorkId| model.behaviour.work(*work).operation == Some(id);
        self.where_(|walk| walk.asked.iter().any(is))
    }

    /// Journeys that send to the topic.
    pub(crate) fn over_topic(&self, id: TopicId) -> Vec<JourneyId> {
        self.where_(|walk| walk.topics.contains(&id))
    }
}

/// Topics whose messages a component handles.
fn consumed(view: View<'_>, component: ComponentId) -> BTreeSet<TopicId> {
    let behaviour = &view.model.behaviour;
    let works = behaviour.works_of(component).filter_map(|work| {
        let says = &behaviour.work(work).says;
        says.pick(view.environment, |doing| doing.consumes.as_ref()).map(|consumes| consumes.value.topic)
    });
    let declared = view.model.topics.iter().enumerate();
    let declared = declared.filter(|(_, topic)| topic.consumers.contains(&component));
    works.chain(declared.map(|(index, _)| TopicId(index as u32))).collect()
}

impl Walk {
    /// Everything that is asked from here on and waited for.
    fn follow(&mut self, view: View<'_>, component: ComponentId, work: Option<WorkId>) {
        let Some((work, steps)) = work.and_then(|work| Some((work, doing(view, work)?))) else {
            self.follow_all(view, component);
            return;
        };
        self.components.insert(component);
        if !self.works.insert(work) {
            return;
        }
        self.topics.extend(published(steps));
        for leg in legs(steps, Some(work)) {
            let made = view.model.calls_from(component);
            let first = view.model.calls.partition_point(|call| call.from < component);
            let own = made.iter().enumerate().filter(|(_, call)| call.to == leg.to);
            self.calls.extend(own.map(|(index, _)| CallId((first + index) as u32)));
            match leg.asks {
                Asks::Component => self.follow(view, leg.to, leg.to_work),
                Asks::Store => {
                    self.components.insert(leg.to);
                }
            }
        }
    }

    /// As [`Walk::follow`] where nobody says what an operation does: along all calls of its component.
    fn follow_all(&mut self, view: View<'_>, from: ComponentId) {
        let model = view.model;
        let mut open = vec![from];
        while let Some(component) = open.pop() {
            if !self.components.insert(component) {
                continue;
            }
            for (id, call) in model.call_ids().filter(|(_, call)| call.from == component) {
                let broker = model.component(call.to).kind == ComponentKind::Broker;
                if call.protocol.is_synchronous() && !broker {
                    self.calls.insert(id);
                    open.push(call.to);
                }
            }
        }
    }
}

/// Topics that steps send to.
fn published(steps: &[Claim<Step>]) -> Vec<TopicId> {
    let own = |step: &Claim<Step>| match &step.value {
        Step::Publish(publish) => vec![publish.topic],
        other => other.inner().into_iter().flat_map(|inner| published(std::slice::from_ref(inner))).collect(),
    };
    steps.iter().flat_map(own).collect()
}
