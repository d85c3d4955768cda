//! How the backend behaves: what operations do and how long it takes, how components serve, what protects a call, how
//! often users come, what was promised, what may go wrong, what things cost.
//!
//! Rows of claims like the rest of the model, each with its evidence and scoped by environment; kinds are enums and
//! everything that is named is an index. What nobody says is left open: an analysis takes a named assumption for it.
//!
//! Not here: what a file looks like (crate `read`), what is assumed where nothing is said (crate `simulate`).
//! Always: every id is in range of its model; `components` has one row for each component of the model, in its order.

pub mod told;
pub mod quantity;
pub mod demand;
pub mod guard;
pub mod serving;
pub mod work;
pub mod load;
pub mod scenario;
pub mod supposed;
pub mod standards;

use serde_json::Value as Json;

use crate::claim::EvidenceId;
use crate::graph::Model;
use crate::noun::{ComponentId, EnvironmentId};
use told::{Shapes, Told, object};

/// Index types of the rows here.
macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $Id:ident $name:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Id(pub u32);

        impl $Id {
            /// As an index into its table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl Told for $Id {
            fn told(&self, model: &Model) -> Option<Json> {
                let name: fn(&Model, usize) -> String = $name;
                Some(Json::from(name(model, self.index())))
            }

            fn shape(_: &mut Shapes) -> Json {
                serde_json::json!({ "type": "string" })
            }
        }
    )+};
}

ids! {
    /// Index of an operation's work.
    WorkId |model, index| model.behaviour.work_name(WorkId(index as u32), model);
    /// Index of a pool.
    PoolId |model, index| model.behaviour.pools[index].name.clone();
    /// Index of a zone.
    ZoneId |model, index| model.behaviour.zones[index].name.clone();
    /// Index of a region.
    RegionId |model, index| model.behaviour.regions[index].clone();
    /// Index of a lock.
    LockId |model, index| model.behaviour.locks[index].clone();
}

/// Something that is said, and how we know.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim<T> {
    /// What is said.
    pub value: T,
    /// How we know.
    pub evidence: EvidenceId,
}

impl<T: Told> Told for Claim<T> {
    fn told(&self, model: &Model) -> Option<Json> {
        Some(serde_json::json!({ "value": self.value.told(model)?, "evidence": self.evidence.told(model) }))
    }

    fn shape(shapes: &mut Shapes) -> Json {
        let value = T::shape(shapes);
        serde_json::json!({
            "type": "object",
            "properties": { "value": value, "evidence": EvidenceId::shape(shapes) },
            "required": ["value", "evidence"],
        })
    }
}

/// What is said everywhere and, key by key in its place, in single environments.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Scoped<T> {
    /// What holds where nothing else is said.
    pub everywhere: T,
    /// What holds in one environment only, in the order of the file.
    pub here: Vec<(EnvironmentId, T)>,
}

impl<T> Scoped<T> {
    /// What is said in an environment under a key: there, else everywhere. [`Scoped::along`] looks into what the
    /// environment builds on, too.
    pub fn pick<'s, F: 's>(
        &'s self,
        environment: Option<EnvironmentId>,
        key: impl Fn(&'s T) -> Option<&'s F>,
    ) -> Option<&'s F> {
        self.along(environment.as_slice(), key)
    }

    /// What is said under a key in an environment and those that it builds on, nearest first ([`Model::lineage`]); else
    /// what is said everywhere.
    pub fn along<'s, F: 's>(
        &'s self,
        lineage: &[EnvironmentId],
        key: impl Fn(&'s T) -> Option<&'s F>,
    ) -> Option<&'s F> {
        self.only_along(lineage, &key).or_else(|| key(&self.everywhere))
    }

    /// What is said under a key in these environments and not everywhere.
    pub fn only_along<'s, F: 's>(
        &'s self,
        lineage: &[EnvironmentId],
        key: impl Fn(&'s T) -> Option<&'s F>,
    ) -> Option<&'s F> {
        lineage.iter().find_map(|id| self.said_in(*id).and_then(&key))
    }

    /// What is said in an environment as a whole: there or in one that it builds on, else everywhere.
    pub fn whole_along(&self, lineage: &[EnvironmentId]) -> &T {
        lineage.iter().find_map(|id| self.said_in(*id)).unwrap_or(&self.everywhere)
    }

    /// What is said in an environment as a whole: there, else everywhere.
    pub fn whole(&self, environment: Option<EnvironmentId>) -> &T {
        self.whole_along(environment.as_slice())
    }

    fn said_in(&self, environment: EnvironmentId) -> Option<&T> {
        self.here.iter().find(|(id, _)| *id == environment).map(|(_, says)| says)
    }

    /// What is said in one environment, made where there is nothing yet.
    pub fn at(&mut self, environment: Option<EnvironmentId>) -> &mut T
    where
        T: Default,
    {
        let Some(environment) = environment else { return &mut self.everywhere };
        let index = self.here.iter().position(|(id, _)| *id == environment).unwrap_or_else(|| {
            self.here.push((environment, T::default()));
            self.here.len() - 1
        });
        &mut self.here[index].1
    }
}

impl<T: Told> Told for Scoped<T> {
    fn told(&self, model: &Model) -> Option<Json> {
        let here = self.here.iter().map(|(environment, says)| {
            serde_json::json!({ "environment": environment.told(model), "says": says.told(model) })
        });
        let here: Vec<Json> = here.collect();
        let mut out = serde_json::json!({ "everywhere": self.everywhere.told(model) });
        if let (false, Some(out)) = (here.is_empty(), out.as_object_mut()) {
            out.insert("here".to_owned(), Json::from(here));
        }
        Some(out)
    }

    fn shape(shapes: &mut Shapes) -> Json {
        let says = T::shape(shapes);
        serde_json::json!({
            "type": "object",
            "properties": {
                "everywhere": says,
                "here": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "environment": { "type": "string" }, "says": says },
                    "required": ["environment", "says"],
                } },
            },
            "required": ["everywhere"],
        })
    }
}

object! {
    /// A zone: what fails together.
    Zone "zone" {
        /// Its name.
        name: String;
        /// The environment that it belongs to.
        environment: Option<EnvironmentId>;
        /// The region that it stands in.
        region: Option<RegionId>;
    }
}

object! {
    /// How one component serves.
    ComponentServing "component_serving" {
        /// Which component.
        component: ComponentId;
        /// What is said of it, by environment.
        says: Scoped<serving::Serving>;
    }
}

object! {
    /// How the backend behaves, as far as somebody says it.
    Behaviour "behaviour" Default {
        /// Zones, in the order in which they are named.
        zones: Vec<Zone>;
        /// Regions, by name.
        regions: Vec<String>;
        /// The region that each environment stands in, where it is said.
        environment_regions: Vec<EnvironmentRegion>;
        /// How components serve: one row for each, in the order of the model.
        components: Vec<ComponentServing>;
        /// What holds of components in every environment.
        standing: Vec<supposed::Standing>;
        /// What operations do.
        works: Vec<work::Work>;
        /// Pools of connections.
        pools: Vec<guard::Pool>;
        /// Names of locks; the same name is the same lock everywhere.
        locks: Vec<String>;
        /// What users come for, in the order of the model's journeys.
        journeys: Vec<load::Journey>;
        /// What was promised, in the order of the model's promises.
        promises: Vec<load::Promise>;
        /// What may go wrong, in the order of the model's faults.
        scenarios: Vec<scenario::Scenario>;
        /// What still works while a part is missing.
        degraded: Vec<supposed::DegradedMode>;
        /// How far places are from each other.
        network: supposed::Network;
        /// Named assumptions that somebody changed.
        assumed: supposed::Assumed;
        /// What things cost.
        prices: supposed::Prices;
        /// What the audit is held to.
        standards: standards::Standards;
    }
}

object! {
    /// The region that an environment stands in.
    EnvironmentRegion "environment_region" {
        /// The environment.
        environment: EnvironmentId;
        /// The region.
        region: Claim<RegionId>;
    }
}

impl Behaviour {
    /// What is said of how a component serves; `None` where nothing was read about any.
    pub fn serving(&self, component: ComponentId) -> Option<&Scoped<serving::Serving>> {
        self.components.get(component.index()).map(|row| &row.says)
    }

    /// What an operation does.
    pub fn work(&self, id: WorkId) -> &work::Work {
        &self.works[id.index()]
    }

    /// Operations of a component, in the order in which they were named. Cost: one pass.
    pub fn works_of(&self, component: ComponentId) -> impl Iterator<Item = WorkId> {
        let own = self.works.iter().enumerate().filter(move |(_, work)| work.component == component);
        own.map(|(index, _)| WorkId(index as u32))
    }

    /// An operation as people write it: `orders.place`, or `POST /orders @ gateway`.
    pub fn work_name(&self, id: WorkId, model: &Model) -> String {
        let work = self.work(id);
        let component = &model.component(work.component).id;
        match work.name.contains(' ') {
            true => format!("{} @ {component}", work.name),
            false => format!("{component}.{}", work.name),
        }
    }

    /// The scenario of that name.
    pub fn scenario(&self, name: &str) -> Option<&scenario::Scenario> {
        self.scenarios.iter().find(|scenario| scenario.name == name)
    }
}

#[cfg(test)]
pub(crate) mod tests;
