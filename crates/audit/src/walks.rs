//! Which journeys pass where: from the operations that users ask, along the calls whose answer is waited for.
//!
//! Where nobody says what an operation does, a component that is entered may make all of its calls.
//! A message is part of the journey that sends it: whoever sends to a topic puts its journeys at risk there.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{
    CallId, ComponentId, ComponentKind, Field, JourneyId, Model, OperationId, Subject, TopicId, Value, View,
};

/// The walk of one journey.
#[derive(Clone, Debug, Default)]
struct Walk {
    /// What users ask of whom, as plimsoll.yaml spells it.
    entries: Vec<(ComponentId, String)>,
    components: BTreeSet<ComponentId>,
    calls: BTreeSet<CallId>,
}

/// The walks of all journeys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walks {
    walks: BTreeMap<JourneyId, Walk>,
}

impl Walks {
    /// Walks every journey. Cost: journeys times calls.
    pub(crate) fn of(view: View<'_>) -> Self {
        let model = view.model;
        let walk = |index: usize| {
            let id = JourneyId(index as u32);
            let mut walk = Walk::default();
            for (component, asked) in entries(view, id) {
                follow(model, component, &mut walk);
                walk.entries.push((component, asked));
            }
            (id, walk)
        };
        Self { walks: (0..model.journeys.len()).map(walk).collect() }
    }

    fn where_(&self, passes: impl Fn(&Walk) -> bool) -> Vec<JourneyId> {
        self.walks.iter().filter(|(_, walk)| passes(walk)).map(|(id, _)| *id).collect()
    }

    /// Journeys that need the component's answer.
    pub(crate) fn over_component(&self, id: ComponentId) -> Vec<JourneyId> {
        self.where_(|walk| walk.components.contains(&id))
    }

    /// Journeys that need the call's answer, or that send the messages which the call takes.
    pub(crate) fn over_call(&self, id: CallId) -> Vec<JourneyId> {
        self.where_(|walk| walk.calls.contains(&id))
    }

    /// Journeys that ask the operation themselves.
    pub(crate) fn over_operation(&self, model: &Model, id: OperationId) -> Vec<JourneyId> {
        let operation = &model.operations[id.index()];
        let component = model.interfaces[operation.interface.index()].component;
        let spelled = match (&operation.method, &operation.path) {
            (Some(method), Some(path)) => format!("{method} {path}"),
            _ => operation.name.clone(),
        };
        self.where_(|walk| walk.entries.iter().any(|(of, asked)| Some(*of) == component && *asked == spelled))
    }

    /// Journeys that send to the topic.
    pub(crate) fn over_topic(&self, model: &Model, id: TopicId) -> Vec<JourneyId> {
        let producers = &model.topics[id.index()].producers;
        self.where_(|walk| producers.iter().any(|producer| walk.components.contains(producer)))
    }
}

/// What users ask, by the journey's steps: `POST /orders @ gateway`, `orders.place`.
fn entries(view: View<'_>, journey: JourneyId) -> Vec<(ComponentId, String)> {
    let steps = view.ask(Subject::Journey(journey), Field::Steps);
    let Some(Value::List(steps)) = steps.value() else { return Vec::new() };
    let component = |step: &Value| {
        let text = step.to_string();
        let (name, asked) = match text.rsplit_once('@') {
            Some((asked, name)) => (name.trim().to_owned(), asked.trim().to_owned()),
            None => text.split_once('.').map(|(name, asked)| (name.to_owned(), asked.to_owned()))?,
        };
        Some((view.model.find(&name)?, asked))
    };
    steps.iter().filter_map(component).collect()
}

/// Everything that is asked from here on and waited for.
fn follow(model: &Model, from: ComponentId, walk: &mut Walk) {
    let mut open = vec![from];
    while let Some(component) = open.pop() {
        if !walk.components.insert(component) {
            continue;
        }
        for (id, call) in model.call_ids().filter(|(_, call)| call.from == component) {
            let broker = model.component(call.to).kind == ComponentKind::Broker;
            if call.protocol.is_synchronous() && !broker {
                walk.calls.insert(id);
                open.push(call.to);
            }
        }
    }
}
