//! The model itself: dense tables with integer ids, adjacency by index, and the fact rows.
//!
//! Not here: which names are the same thing (`read`'s join decides that before it builds a model).
//! Always: facts are sorted by subject, field and scope; calls by caller, callee and protocol; all ids are in range.

use crate::claim::{Evidence, EvidenceId, Fact, Subject};
use crate::noun::{
    Call, CallId, Component, ComponentId, Deployment, DeploymentId, Environment, EnvironmentId, Interface, Loose,
    Named, NotRead, Operation, Problem, Topic,
};
use crate::place::Files;
use crate::view::View;

/// One typed picture of a backend.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The system's name, where one is stated.
    pub system: Option<String>,
    /// The files that evidence points at.
    pub files: Files,
    /// How many files were read.
    pub files_read: usize,
    /// How many errors plimsoll.yaml has; the problems say which.
    pub configuration_errors: usize,
    /// Where it runs.
    pub environments: Vec<Environment>,
    /// The environment that is meant when none is named.
    pub default_environment: Option<EnvironmentId>,
    /// What runs or is called, sorted by id.
    pub components: Vec<Component>,
    /// Who calls whom, sorted.
    pub calls: Vec<Call>,
    /// Queues, streams and subjects, sorted by name.
    pub topics: Vec<Topic>,
    /// Descriptions of operations.
    pub interfaces: Vec<Interface>,
    /// What can be asked, in the order of the interfaces.
    pub operations: Vec<Operation>,
    /// How components run, sorted by component and environment.
    pub deployments: Vec<Deployment>,
    /// What users come for.
    pub journeys: Vec<Named>,
    /// What is promised.
    pub promises: Vec<Named>,
    /// Who answers for parts.
    pub teams: Vec<Named>,
    /// Schemas of stores and topics.
    pub schemas: Vec<Named>,
    /// Pipelines to production.
    pub pipelines: Vec<Named>,
    /// What may go wrong, as plimsoll.yaml names it.
    pub faults: Vec<Named>,
    /// What the business wants.
    pub goals: Vec<Named>,
    /// How it behaves, as far as somebody says it.
    pub behaviour: crate::behaviour::Behaviour,
    /// Every claim.
    pub facts: Vec<Fact>,
    /// What the claims and nouns rest on.
    pub evidence: Vec<Evidence>,
    /// Names that did not join.
    pub loose: Vec<Loose>,
    /// What was not read.
    pub not_read: Vec<NotRead>,
    /// What could not be used.
    pub problems: Vec<Problem>,
}

impl Model {
    /// The component's row.
    pub fn component(&self, id: ComponentId) -> &Component {
        &self.components[id.index()]
    }

    /// The environment's row.
    pub fn environment(&self, id: EnvironmentId) -> &Environment {
        &self.environments[id.index()]
    }

    /// The evidence's row.
    pub fn evidence(&self, id: EvidenceId) -> &Evidence {
        &self.evidence[id.0 as usize]
    }

    /// The component of that name or alias, case and `-_. ` aside.
    pub fn find(&self, name: &str) -> Option<ComponentId> {
        let wanted = plain(name);
        let answers = |component: &Component| {
            plain(&component.id) == wanted || component.aliases.iter().any(|alias| plain(&alias.name) == wanted)
        };
        self.components.iter().position(answers).map(|index| ComponentId(index as u32))
    }

    /// The environment of that name.
    pub fn find_environment(&self, name: &str) -> Option<EnvironmentId> {
        self.environments.iter().position(|e| e.id == name).map(|index| EnvironmentId(index as u32))
    }

    /// An environment and those that it builds on, nearest first; empty where there is none.
    pub fn lineage(&self, environment: Option<EnvironmentId>) -> Vec<EnvironmentId> {
        let mut out: Vec<EnvironmentId> = environment.into_iter().collect();
        let mut next = 0;
        while let Some(id) = out.get(next).copied() {
            let parents = self.environment(id).parents.iter().filter(|parent| !out.contains(parent));
            out.extend(parents.copied().collect::<Vec<_>>());
            next += 1;
        }
        out
    }

    /// Calls that a component makes. Cost: a binary search.
    pub fn calls_from(&self, from: ComponentId) -> &[Call] {
        let start = self.calls.partition_point(|call| call.from < from);
        let end = self.calls.partition_point(|call| call.from <= from);
        &self.calls[start..end]
    }

    /// Calls that a component receives. Cost: one pass over the calls.
    pub fn calls_to(&self, to: ComponentId) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.to == to)
    }

    /// The id of a call by its index.
    pub fn call_ids(&self) -> impl Iterator<Item = (CallId, &Call)> {
        self.calls.iter().enumerate().map(|(index, call)| (CallId(index as u32), call))
    }

    /// How a component runs in an environment.
    pub fn deployment(&self, component: ComponentId, environment: EnvironmentId) -> Option<DeploymentId> {
        self.deployments
            .binary_search_by_key(&(component, environment), |d| (d.component, d.environment))
            .ok()
            .map(|index| DeploymentId(index as u32))
    }

    /// The rows of one subject, in the order of field and scope. Cost: a binary search.
    pub fn facts_of(&self, subject: Subject) -> &[Fact] {
        let start = self.facts.partition_point(|fact| fact.subject < subject);
        let end = self.facts.partition_point(|fact| fact.subject <= subject);
        &self.facts[start..end]
    }

    /// The model as it is in one environment.
    pub fn in_environment(&self, environment: EnvironmentId) -> View<'_> {
        View::new(self, Some(environment))
    }

    /// The model as it is in the default environment, or everywhere where there is none.
    pub fn by_default(&self) -> View<'_> {
        View::new(self, self.default_environment)
    }
}

/// A name without case and `-_. `, by which spellings of the same name are compared.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Collects evidence and facts, each evidence once, and seals them into a [`Model`].
#[derive(Debug, Default)]
pub struct ModelBuilder {
    /// The model as far as it is built; tables may be filled in any order.
    pub model: Model,
    known: std::collections::BTreeMap<Evidence, EvidenceId>,
}

impl ModelBuilder {
    /// The id of an evidence, which is stored once however often it is given.
    pub fn evidence(&mut self, evidence: Evidence) -> EvidenceId {
        if let Some(id) = self.known.get(&evidence) {
            return *id;
        }
        let id = EvidenceId(u32::try_from(self.model.evidence.len()).expect("fewer than 4 billion evidences"));
        self.model.evidence.push(evidence.clone());
        self.known.insert(evidence, id);
        id
    }

    /// Adds one claim.
    pub fn fact(&mut self, fact: Fact) {
        self.model.facts.push(fact);
    }

    /// Sorts what must be sorted, drops rows that say the same twice, and checks that every id is in range.
    pub fn seal(mut self) -> Model {
        self.model.facts.sort();
        self.model.facts.dedup();
        let components = self.model.components.len();
        assert!(self.model.calls.iter().all(|c| c.from.index() < components && c.to.index() < components));
        assert!(self.model.calls.is_sorted_by_key(|c| (c.from, c.to, c.protocol)));
        assert!(self.model.deployments.is_sorted_by_key(|d| (d.component, d.environment)));
        self.model
    }
}
