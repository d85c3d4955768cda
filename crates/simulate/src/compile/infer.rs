//! What is inferred where plimsoll.yaml says nothing: calls from the call graph, journeys from what nobody calls.

use plimsoll_model::{self as model, ComponentKind, Field};

use super::Compiler;
use crate::assumptions::Assumption;
use crate::program::{Call, Step};

impl Compiler<'_> {
    /// The calls that a component is known to make in this environment and waits for, each so often per request as is
    /// known or assumed. What leads back to a component whose request it is, is left out.
    pub(super) fn known_calls(&mut self, id: model::ComponentId) -> Vec<Step> {
        let model = self.model;
        let mut steps = Vec::new();
        let mut seen: Vec<model::ComponentId> = Vec::new();
        for call in model.calls_from(id) {
            if !self.is_made(call) || seen.contains(&call.to) {
                continue;
            }
            seen.push(call.to);
            let edge = format!("{} -> {}", model.component(id).id, model.component(call.to).id);
            if self.inferring.contains(&call.to) {
                self.ledger.take(Assumption::NoCallsInCircles, edge);
                continue;
            }
            let times = match self.call_fact(id, call.to, Field::TimesPerRequest).and_then(|answer| answer.count()) {
                Some(thousandths) => thousandths as f64 / 1e3,
                None => self.ledger.take(Assumption::CallsPerRequest, edge).number().unwrap_or(1.0),
            };
            let target = self.whole(call.to);
            let mut row = Call::to(target);
            row.times = times;
            self.guard_by_facts(&mut row, id, call.to);
            steps.push(Step::Call(self.add_call(row, Some(id), call.to, call.evidence.first().copied())));
        }
        steps
    }

    /// Whether a request waits for the call in this environment. What supports the system is not part of its requests.
    fn is_made(&self, call: &model::Call) -> bool {
        let supports = |id| self.model.component(id).support.is_some();
        let here = call.environments.is_empty()
            || self.lineage.is_empty()
            || call.environments.iter().any(|environment| self.lineage.contains(environment));
        let kind = self.model.component(call.to).kind;
        here && call.protocol.is_synchronous()
            && kind != ComponentKind::Broker
            && !supports(call.from)
            && !supports(call.to)
    }

    /// Components where requests enter, as far as the call graph shows it: gateways and frontends that nobody calls, else
    /// services that nobody calls and that call somebody, else services that nobody calls, else gateways and frontends.
    pub(super) fn entries(&self) -> Vec<model::ComponentId> {
        let model = self.model;
        let called = |id: model::ComponentId| {
            // Jobs make load or come by schedule: what they call is entered from outside.
            let makes_load = |from: model::ComponentId| model.component(from).kind == ComponentKind::Job;
            let calls = |call: &&model::Call| call.to == id && call.from != id && self.is_made(call);
            model.calls.iter().filter(calls).any(|call| !makes_load(call.from))
        };
        let calls = |id: model::ComponentId| model.calls_from(id).iter().any(|call| self.is_made(call));
        let runs = |id: model::ComponentId| {
            self.lineage.is_empty()
                || self.lineage.iter().any(|environment| model.deployment(id, *environment).is_some())
                || model.behaviour.serving(id).is_some_and(|says| *says != Default::default())
        };
        let all = (0..model.components.len() as u32).map(model::ComponentId);
        let own: Vec<model::ComponentId> =
            all.filter(|id| model.component(*id).support.is_none() && runs(*id)).collect();
        let of = |fits: &dyn Fn(model::ComponentId) -> bool| -> Vec<model::ComponentId> {
            own.iter().copied().filter(|id| fits(*id)).collect()
        };
        let kind = |id: model::ComponentId| model.component(id).kind;
        let edge = |id| matches!(kind(id), ComponentKind::Gateway | ComponentKind::Frontend);
        let service = |id| kind(id) == ComponentKind::Service;
        let edges = of(&|id| edge(id) && !called(id));
        let callers = of(&|id| service(id) && !called(id) && calls(id));
        let services = of(&|id| service(id) && !called(id));
        // Where they all call each other, the edges are entered all the same.
        let called_edges = of(&edge);
        [edges, callers, services, called_edges].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }
}
