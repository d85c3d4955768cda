//! The objects that a kustomization has gathered so far, with the configuration and vars that came with them.

use std::sync::Arc;

use plimsoll_model::At;

use super::config::Config;
use super::fields::Outcome;
use super::id::Id;
use super::object::{Behavior, Object};
use super::objects::Objects;
use super::selector::Selector;
use super::vars::Var;

/// What has been gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Accumulated {
    pub(super) objects: Objects,
    pub(super) config: Arc<Config>,
    pub(super) vars: Vec<Var>,
}

impl Accumulated {
    /// Adds a generated object, or puts it in the place of the one it replaces or merges into.
    pub(super) fn absorb(&mut self, mut object: Object) -> Outcome<()> {
        let id = object.id();
        let found = self.find_any(&id);
        match (found.as_slice(), object.behavior) {
            ([], Behavior::Create) => return self.objects.append(object),
            ([], _) => return Err(format!("{id} does not exist; nothing to merge into or replace")),
            ([_], Behavior::Create) => {
                return Err(format!("{id} is there already; say `behavior: merge` or `behavior: replace`"));
            }
            ([_], _) => {}
            _ => return Err(format!("{id} could be merged into several objects")),
        }
        let index = found[0];
        let old = &self.objects[index];
        match object.behavior {
            Behavior::Merge => {
                let origin = old.origin.clone();
                object.succeed(old);
                object.merge_data(old);
                if origin.is_some() {
                    object.origin = origin;
                }
            }
            _ => object.succeed(old),
        }
        self.objects[index] = object;
        Ok(())
    }

    /// Indices of the objects that have or had an id.
    pub(super) fn find_any(&self, id: &Id<'_>) -> Vec<usize> {
        let fits = |has: &Id<'_>| has.name == id.name && has.equals(id);
        self.matching(&|object| object.has_or_had_name(id.name) && object.any_id(&fits))
    }

    /// The one object that has or had an id.
    pub(super) fn the_one(&self, id: &Id<'_>) -> Outcome<usize> {
        match self.find_any(id).as_slice() {
            [one] => Ok(*one),
            [] => Err(format!("no resource is {id}")),
            _ => Err(format!("several resources are or were {id}")),
        }
    }

    /// Indices of the objects that a selector means.
    pub(super) fn select(&self, selector: &Selector) -> Outcome<Vec<usize>> {
        let matcher = selector.compile()?;
        Ok(self.matching(&|object| matcher.matches(object)))
    }

    fn matching(&self, fits: &dyn Fn(&Object) -> bool) -> Vec<usize> {
        (0..self.objects.len()).filter(|index| !self.objects[*index].is_gone() && fits(&self.objects[*index])).collect()
    }

    /// Drops what transformers have emptied.
    pub(super) fn drop_gone(&mut self) {
        self.objects.retain(|object| !object.is_gone());
    }

    /// Adds fields that transformers know. Mostly they are the built-in ones, which everything has in common.
    pub(super) fn configure(&mut self, config: &Arc<Config>) -> Outcome<()> {
        if Arc::ptr_eq(&self.config, config) {
            return Ok(());
        }
        if self.config.is_empty() {
            self.config = Arc::clone(config);
            return Ok(());
        }
        Arc::make_mut(&mut self.config).merge(config)
    }

    /// Adds all that another one has gathered; what cannot be added is reported and left out.
    pub(super) fn merge(&mut self, other: Self, report: &mut dyn FnMut(Option<At>, String)) {
        for object in other.objects.into_list() {
            let at = object.node.at;
            if let Err(error) = self.objects.append(object) {
                report(Some(at), error);
            }
        }
        if let Err(error) = self.configure(&other.config) {
            report(None, error);
        }
        for var in other.vars {
            if let Err(error) = super::vars::add(&mut self.vars, var) {
                report(None, error);
            }
        }
    }
}
