//! What a survey says, apart from how it looks: components by kind, calls, how each runs, and what is not known.
//!
//! Always: components of the system and supporting ones (monitoring, platform, tests) are kept apart; calls are those
//! of the chosen environment.

mod drift;
mod gap_grid;
mod gaps;
mod grid;
mod runs;
mod unknowns;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{
    Call, CallId, Component, ComponentId, ComponentKind, EnvironmentId, Model, Protocol, Support, View,
};

pub(crate) use drift::{Drift, drift};
pub(crate) use gap_grid::{gap_grids, not_read_files};
pub(crate) use gaps::{NotReadKind, loose_first, not_read_kinds};
pub(crate) use grid::{Grid, Said, absent, grids, page_grids};
pub(crate) use runs::{Presence, Runs, one, presence, runs};
pub(crate) use unknowns::{UnknownComponent, unknown_calls, unknown_components};

/// A model in one environment, with what all faces ask of it.
pub(crate) struct Outline<'m> {
    pub(crate) model: &'m Model,
    pub(crate) view: View<'m>,
    callers: Vec<BTreeSet<ComponentId>>,
    operation_counts: Vec<usize>,
}

impl<'m> Outline<'m> {
    /// The outline in an environment, or in the default one. Cost: one pass over the calls.
    pub(crate) fn of(model: &'m Model, environment: Option<EnvironmentId>) -> Self {
        let view = View::new(model, environment.or(model.default_environment));
        let callers = vec![BTreeSet::new(); model.components.len()];
        let mut outline = Self { model, view, callers, operation_counts: vec![0; model.interfaces.len()] };
        for (_, call) in outline.calls() {
            outline.callers[call.to.index()].insert(call.from);
        }
        for operation in &model.operations {
            outline.operation_counts[operation.interface.index()] += 1;
        }
        outline
    }

    /// The system's name as people see it: the one that is stated, else those of its sources.
    pub(crate) fn title(&self) -> String {
        let sources = self.model.files.sources().join(" + ");
        let named = self.model.system.as_deref().unwrap_or(&sources);
        crate::words::clean(if named.is_empty() { "this system" } else { named })
    }

    /// The environment's name, where there is one.
    pub(crate) fn environment(&self) -> Option<&'m str> {
        self.view.environment.map(|id| self.model.environment(id).id.as_str())
    }

    /// All components with their ids.
    pub(crate) fn components(&self) -> impl Iterator<Item = (ComponentId, &'m Component)> + use<'m> {
        self.model.components.iter().enumerate().map(|(index, row)| (ComponentId(index as u32), row))
    }

    /// Components of the system itself.
    pub(crate) fn own(&self) -> impl Iterator<Item = (ComponentId, &'m Component)> + use<'m> {
        self.components().filter(|(_, component)| component.support.is_none())
    }

    /// The system's own components by kind, from the edge inwards; empty kinds are left out.
    pub(crate) fn by_kind(&self) -> Vec<(ComponentKind, Vec<ComponentId>)> {
        let of_kind =
            |kind: ComponentKind| self.own().filter(|(_, row)| row.kind == kind).map(|(id, _)| id).collect::<Vec<_>>();
        FROM_THE_EDGE.iter().map(|kind| (*kind, of_kind(*kind))).filter(|(_, ids)| !ids.is_empty()).collect()
    }

    /// Supporting components by what they do.
    pub(crate) fn supporting(&self) -> Vec<(Support, Vec<ComponentId>)> {
        let with = |support: Support| {
            self.components().filter(|(_, row)| row.support == Some(support)).map(|(id, _)| id).collect::<Vec<_>>()
        };
        Support::ALL.iter().map(|support| (*support, with(*support))).filter(|(_, ids)| !ids.is_empty()).collect()
    }

    /// The component's name, safe to print.
    pub(crate) fn name(&self, id: ComponentId) -> String {
        crate::words::clean(&self.model.component(id).id)
    }

    /// Several names.
    pub(crate) fn names(&self, ids: impl IntoIterator<Item = ComponentId>) -> Vec<String> {
        ids.into_iter().map(|id| self.name(id)).collect()
    }

    /// Calls between the system's own components in this environment.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (CallId, &'m Call)> + use<'m> {
        let environment = self.view.environment;
        self.calls_anywhere().filter(move |(_, call)| is_made_in(call, environment))
    }

    /// Whether a call is one of [`Self::calls`].
    pub(crate) fn is_shown(&self, call: &Call) -> bool {
        let own = |id: ComponentId| self.model.component(id).support.is_none();
        own(call.from) && own(call.to) && is_made_in(call, self.view.environment)
    }

    /// Calls between the system's own components in any environment.
    pub(crate) fn calls_anywhere(&self) -> impl Iterator<Item = (CallId, &'m Call)> + use<'m> {
        let model = self.model;
        let own = move |id: ComponentId| model.component(id).support.is_none();
        model.call_ids().filter(move |(_, call)| own(call.from) && own(call.to))
    }

    /// The same model in another environment, for questions about deployments.
    pub(crate) fn elsewhere(&self, environment: EnvironmentId) -> Self {
        let view = View::new(self.model, Some(environment));
        Self { model: self.model, view, callers: Vec::new(), operation_counts: Vec::new() }
    }

    /// How many pairs of components talk.
    pub(crate) fn flow_count(&self) -> usize {
        self.callers.iter().map(BTreeSet::len).sum()
    }

    /// How many components call this one.
    pub(crate) fn fan_in(&self, id: ComponentId) -> usize {
        self.callers[id.index()].len()
    }

    /// Who calls a component, once each.
    pub(crate) fn callers(&self, id: ComponentId) -> impl Iterator<Item = ComponentId> + '_ {
        self.callers[id.index()].iter().copied()
    }

    /// What each caller calls, by protocol.
    pub(crate) fn by_caller(&self) -> BTreeMap<ComponentId, BTreeMap<Protocol, Vec<ComponentId>>> {
        let mut callers: BTreeMap<ComponentId, BTreeMap<Protocol, Vec<ComponentId>>> = BTreeMap::new();
        for (_, call) in self.calls() {
            let callees = callers.entry(call.from).or_default().entry(call.protocol).or_default();
            if callees.last() != Some(&call.to) {
                callees.push(call.to);
            }
        }
        callers
    }

    /// How many operations an interface has.
    pub(crate) fn operation_count(&self, interface: usize) -> usize {
        self.operation_counts[interface]
    }

    /// Whether any environment says how the component runs. Cost: a binary search.
    pub(crate) fn runs_somewhere(&self, id: ComponentId) -> bool {
        self.model.deployments.binary_search_by_key(&id, |deployment| deployment.component).is_ok()
    }
}

fn is_made_in(call: &Call, environment: Option<EnvironmentId>) -> bool {
    environment.is_none_or(|e| call.environments.is_empty() || call.environments.contains(&e))
}

/// The order in which people read a backend: from its edge inwards.
pub(crate) const FROM_THE_EDGE: [ComponentKind; 8] = [
    ComponentKind::Frontend,
    ComponentKind::Gateway,
    ComponentKind::Service,
    ComponentKind::Job,
    ComponentKind::Broker,
    ComponentKind::Cache,
    ComponentKind::Store,
    ComponentKind::External,
];

/// `→` where the caller waits for an answer, `⇢` where it does not.
pub(crate) const fn arrow(protocol: Protocol) -> &'static str {
    if protocol.is_synchronous() { "→" } else { "⇢" }
}

/// Technology and language as one phrase.
pub(crate) fn built_with(component: &Component) -> String {
    let parts = [component.technology.as_deref(), component.language.as_deref()];
    let mut parts: Vec<String> = parts.into_iter().flatten().map(crate::words::clean).collect();
    parts.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    parts.join(", ")
}

/// The technology, or the language where that is all that is known.
pub(crate) fn product(component: &Component) -> String {
    let known = component.technology.as_deref().or(component.language.as_deref());
    known.map(crate::words::clean).unwrap_or_default()
}
