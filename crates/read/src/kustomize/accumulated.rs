//! The objects that a kustomization has gathered so far, with the configuration and vars that came with them.

use super::config::Config;
use super::fields::Outcome;
use super::id::Id;
use super::object::{Behavior, Object};
use super::selector::Selector;
use super::vars::Var;

/// What has been gathered.
#[derive(Clone, Debug, Default)]
pub(super) struct Accumulated {
    pub(super) objects: Vec<Object>,
    pub(super) config: Config,
    pub(super) vars: Vec<Var>,
}

impl Accumulated {
    /// Adds an object.
    ///
    /// # Errors
    /// One with the same id is there already.
    pub(super) fn append(&mut self, object: Object) -> Outcome<()> {
        let id = object.id();
        if self.objects.iter().any(|has| has.id().equals(&id)) {
            return Err(format!("{id} is there already; one id may be given to one object only"));
        }
        self.objects.push(object);
        Ok(())
    }

    /// Adds a generated object, or puts it in the place of the one it replaces or merges into.
    pub(super) fn absorb(&mut self, mut object: Object) -> Outcome<()> {
        let id = object.id();
        let found = self.find_any(&id);
        match (found.as_slice(), object.behavior) {
            ([], Behavior::Create) => return self.append(object),
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
        let fits = |has: &Id<'_>| has.equals(id);
        self.matching(&|object| object.any_id(&fits))
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

    /// Adds all that another one has gathered; what cannot be added is reported and left out.
    pub(super) fn merge(&mut self, other: Self, report: &mut dyn FnMut(Option<&Object>, String)) {
        for object in other.objects {
            let kept = object.clone();
            if let Err(error) = self.append(object) {
                report(Some(&kept), error);
            }
        }
        if let Err(error) = self.config.merge(&other.config) {
            report(None, error);
        }
        for var in other.vars {
            if let Err(error) = super::vars::add(&mut self.vars, var) {
                report(None, error);
            }
        }
    }
}
