//! From the language to the model's picture of the behaviour: names become ids, each value keeps its place.
//!
//! Runs when the join knows the components, environments, topics and interfaces. A name that leads nowhere is a problem
//! with its place and the nearest that is meant; what hangs on it is left out, and the rest goes on.
//!
//! Not here: which names are the same thing (`join`), what the words of the file mean (the sections).

mod plain;
mod serving;
mod steps;
mod journeys;
mod scenarios;
mod rest;
mod standards;

use std::collections::BTreeMap;

use plimsoll_model::behaviour::guard::{Pool, PoolSays};
use plimsoll_model::behaviour::quantity::Nanos;
use plimsoll_model::behaviour::work::Work;
use plimsoll_model::behaviour::{Claim, EnvironmentRegion, LockId, PoolId, RegionId, Scoped, WorkId, Zone, ZoneId};
use plimsoll_model::graph::plain as plain_name;
use plimsoll_model::{
    At, Basis, ComponentId, EnvironmentId, Evidence, EvidenceId, JourneyId, ModelBuilder, OperationId, Problem, TopicId,
};

use super::component::Here;
use super::language::{Placed, Said};
use super::near::{listed, nearest};
use super::quantity::Duration;
use super::reference::OperationRef;
use super::system::System;
use crate::facts::Origin;
use plain::Plain;

/// Fills the behaviour of a model whose tables are built, and gives what is wrong with names.
pub(crate) fn lower(
    system: &System,
    builder: &mut ModelBuilder,
    component_of: &dyn Fn(&str) -> Option<ComponentId>,
) -> Vec<Problem> {
    let mut lower = Lower {
        system,
        builder,
        component_of,
        problems: Vec::new(),
        works: BTreeMap::new(),
        stated: BTreeMap::new(),
        pools: BTreeMap::new(),
    };
    lower.places();
    lower.register();
    lower.components();
    lower.journeys();
    lower.promises();
    lower.scenarios();
    lower.rest();
    lower.standards();
    lower.problems
}

struct Lower<'l> {
    system: &'l System,
    builder: &'l mut ModelBuilder,
    component_of: &'l dyn Fn(&str) -> Option<ComponentId>,
    problems: Vec<Problem>,
    /// Operations by component and plain name.
    works: BTreeMap<(ComponentId, String), WorkId>,
    /// Names of operations that plimsoll.yaml describes, by component.
    stated: BTreeMap<ComponentId, Vec<String>>,
    pools: BTreeMap<(ComponentId, String), PoolId>,
}

impl<'l> Lower<'l> {
    fn evidence(&mut self, origin: &Origin) -> EvidenceId {
        self.builder.evidence(Evidence {
            basis: Basis::Supposed,
            at: Some(origin.at),
            via: origin.via.as_deref().unwrap_or_default().to_vec(),
            note: String::from("plimsoll.yaml says so"),
        })
    }

    fn claim<T>(&mut self, origin: &Origin, value: T) -> Claim<T> {
        Claim { value, evidence: self.evidence(origin) }
    }

    fn said<T: Plain>(&mut self, said: &Said<T>) -> Option<Claim<T::To>> {
        said.as_ref().map(|placed| self.claim(&placed.origin, placed.value.plain()))
    }

    fn placed<T: Plain>(&mut self, placed: &Placed<T>) -> Claim<T::To> {
        self.claim(&placed.origin, placed.value.plain())
    }

    fn nanos(&mut self, said: &Said<Duration>) -> Option<Claim<Nanos>> {
        self.said(said)
    }

    fn problem(&mut self, at: At, message: String) {
        self.problems.push(Problem { at, message });
    }

    /// The environment of that name; the file's own checks have said it where there is none.
    fn environment(&self, name: &str) -> Option<EnvironmentId> {
        self.builder.model.find_environment(name)
    }

    /// The component of that name; else a problem.
    fn component(&mut self, name: &str, at: At) -> Option<ComponentId> {
        let found = (self.component_of)(name);
        if found.is_none() {
            let known: Vec<&str> = self.builder.model.components.iter().map(|c| c.id.as_str()).collect();
            let cure = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("describe it under `components`, or write one of {}", listed(known.iter().copied())),
            };
            self.problem(at, format!("no component is called `{name}`; {cure}"));
        }
        found
    }

    fn zone(&self, name: &str, environment: Option<EnvironmentId>) -> Option<ZoneId> {
        let zones = &self.builder.model.behaviour.zones;
        let fits = |zone: &&Zone| zone.name == name;
        let own = zones.iter().position(|zone| fits(&zone) && zone.environment == environment);
        own.or_else(|| zones.iter().position(|zone| fits(&zone))).map(|index| ZoneId(index as u32))
    }

    /// The zone of that name, made where nobody declared it.
    fn zone_or_new(&mut self, name: &str, environment: Option<EnvironmentId>) -> ZoneId {
        if let Some(zone) = self.zone(name, environment) {
            return zone;
        }
        let zones = &mut self.builder.model.behaviour.zones;
        zones.push(Zone { name: name.to_owned(), environment, region: None });
        ZoneId(zones.len() as u32 - 1)
    }

    fn region(&mut self, name: &str) -> RegionId {
        let regions = &mut self.builder.model.behaviour.regions;
        let index = regions.iter().position(|each| each == name).unwrap_or_else(|| {
            regions.push(name.to_owned());
            regions.len() - 1
        });
        RegionId(index as u32)
    }

    fn lock(&mut self, name: &str) -> LockId {
        let locks = &mut self.builder.model.behaviour.locks;
        let index = locks.iter().position(|each| each == name).unwrap_or_else(|| {
            locks.push(name.to_owned());
            locks.len() - 1
        });
        LockId(index as u32)
    }

    fn topic(&self, name: &str) -> Option<TopicId> {
        self.builder.model.topics.iter().position(|topic| topic.id == name).map(|index| TopicId(index as u32))
    }

    fn journey(&self, name: &str) -> Option<JourneyId> {
        self.builder.model.journeys.iter().position(|row| row.id == name).map(|index| JourneyId(index as u32))
    }

    /// Zones and regions of the environments.
    fn places(&mut self) {
        let Some(environments) = &self.system.environments else { return };
        for named in environments.value.each.iter() {
            let environment = self.environment(&named.name);
            let region = named.value.region.as_ref().map(|region| {
                let id = self.region(&region.value.name);
                self.claim(&region.origin, id)
            });
            for zone in &named.value.zones {
                let row = Zone {
                    name: zone.value.name.clone(),
                    environment,
                    region: region.as_ref().map(|region| region.value),
                };
                self.builder.model.behaviour.zones.push(row);
            }
            if let (Some(environment), Some(region)) = (environment, region) {
                self.builder.model.behaviour.environment_regions.push(EnvironmentRegion { environment, region });
            }
        }
    }

    /// Gives ids to operations and pools, so that steps may name what stands below them.
    fn register(&mut self) {
        for component in self.system.components.iter() {
            let Some(id) = (self.component_of)(&component.name) else { continue };
            let heres = component.value.environments.iter().map(|each| &each.value);
            for here in std::iter::once(&component.value.here).chain(heres) {
                for operation in here.operations.iter() {
                    self.stated.entry(id).or_default().push(operation.name.clone());
                    self.work_or_new(id, &operation.name, &Origin::at(operation.at));
                }
                for pool in here.pools.iter() {
                    self.pool_or_new(id, &pool.name);
                }
            }
        }
    }

    fn pool_or_new(&mut self, component: ComponentId, name: &str) -> PoolId {
        let pools = &mut self.builder.model.behaviour.pools;
        *self.pools.entry((component, name.to_owned())).or_insert_with(|| {
            pools.push(Pool { component, name: name.to_owned(), says: Scoped::<PoolSays>::default() });
            PoolId(pools.len() as u32 - 1)
        })
    }

    fn work_or_new(&mut self, component: ComponentId, name: &str, origin: &Origin) -> WorkId {
        let key = (component, plain_name(name));
        if let Some(id) = self.works.get(&key) {
            return *id;
        }
        let evidence = self.evidence(origin);
        let operation = self.declared(component, name);
        let works = &mut self.builder.model.behaviour.works;
        works.push(Work { component, name: name.to_owned(), operation, evidence, says: Scoped::default() });
        let id = WorkId(works.len() as u32 - 1);
        self.works.insert(key, id);
        id
    }

    /// The operation that an interface of the component declares under a name: its own, `METHOD /path`, or the method
    /// of `Service/Method`.
    fn declared(&self, component: ComponentId, name: &str) -> Option<OperationId> {
        let model = &self.builder.model;
        let wanted = plain_name(name);
        let own = |operation: &plimsoll_model::Operation| {
            model.interfaces.get(operation.interface.index()).is_some_and(|each| each.component == Some(component))
        };
        let fits = |operation: &plimsoll_model::Operation| {
            let method = operation.name.rsplit('/').next().unwrap_or_default();
            let route = operation.method.as_ref().zip(operation.path.as_ref());
            plain_name(&operation.name) == wanted
                || plain_name(method) == wanted
                || route.is_some_and(|(method, path)| plain_name(&format!("{method} {path}")) == wanted)
        };
        let found = model.operations.iter().position(|operation| own(operation) && fits(operation));
        found.map(|index| OperationId(index as u32))
    }

    /// Who is asked what. An operation that neither plimsoll.yaml nor an interface knows is a problem where either
    /// knows others; where nothing is known of the component's operations it becomes one.
    fn target(&mut self, to: &Placed<OperationRef>) -> Option<(ComponentId, Option<WorkId>)> {
        let component = self.component(&to.value.component, to.origin.at)?;
        let Some(name) = &to.value.operation else {
            // A component with a single operation is asked that one.
            let mut works = self.builder.model.behaviour.works_of(component);
            let only = works.next().filter(|_| works.next().is_none());
            return Some((component, only));
        };
        if let Some(id) = self.works.get(&(component, plain_name(name))) {
            return Some((component, Some(*id)));
        }
        let stated = self.stated.get(&component).cloned().unwrap_or_default();
        if stated.is_empty() || self.declared(component, name).is_some() {
            return Some((component, Some(self.work_or_new(component, name, &to.origin))));
        }
        let known = || stated.iter().map(String::as_str);
        let cure = match nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("described are {}; describe it under `operations`", listed(known())),
        };
        self.problem(to.origin.at, format!("`{}` has no operation `{name}`; {cure}", to.value.component));
        None
    }

    fn components(&mut self) {
        self.builder.model.behaviour.components = (0..self.builder.model.components.len())
            .map(|index| plimsoll_model::behaviour::ComponentServing {
                component: ComponentId(index as u32),
                says: Scoped::default(),
            })
            .collect();
        let system = self.system;
        for component in system.components.iter() {
            let Some(id) = (self.component_of)(&component.name) else { continue };
            self.here(id, None, &component.value.here);
            self.standing(id, &component.value);
            for here in component.value.environments.iter() {
                let Some(environment) = self.environment(&here.name) else { continue };
                self.here(id, Some(environment), &here.value);
            }
        }
    }

    fn here(&mut self, id: ComponentId, environment: Option<EnvironmentId>, here: &'l Here) {
        let serving = self.serving(environment, here);
        let row = &mut self.builder.model.behaviour.components[id.index()].says;
        *row.at(environment) = serving;
        for pool in here.pools.iter() {
            let says = self.pool(&pool.value);
            let pool = self.pool_or_new(id, &pool.name);
            *self.builder.model.behaviour.pools[pool.index()].says.at(environment) = says;
        }
        for operation in here.operations.iter() {
            let work = self.work_or_new(id, &operation.name, &Origin::at(operation.at));
            let doing = self.doing(id, &operation.value);
            *self.builder.model.behaviour.works[work.index()].says.at(environment) = doing;
            for inner in operation.value.environments.iter() {
                let Some(environment) = self.environment(&inner.name) else { continue };
                let does = (!inner.value.does.is_empty()).then(|| self.steps(Some(id), &inner.value.does));
                let fails = self.said(&inner.value.fails);
                let says = self.builder.model.behaviour.works[work.index()].says.at(Some(environment));
                says.does = does.or(says.does.take());
                says.fails = fails.or(says.fails.take());
            }
        }
    }
}
