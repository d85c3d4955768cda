//! The objects of a kustomization in the order in which they were gathered, found by name without a look at each.
//!
//! It is a list like any other, except that [`Objects::append`] keeps an index of names. Whoever may change an object may
//! change its name, so that the index is forgotten then and made anew for the next one that is added.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use super::fields::Outcome;
use super::object::Object;

/// Objects, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects {
    list: Vec<Object>,
    /// Where the objects of a name stand, unless one may have changed its name since.
    by_name: Option<BTreeMap<String, Vec<usize>>>,
}

impl Objects {
    /// Adds an object.
    ///
    /// # Errors
    /// One with the same id is there already.
    pub(super) fn append(&mut self, object: Object) -> Outcome<()> {
        let Self { list, by_name } = self;
        let by_name = by_name.get_or_insert_with(|| index(list));
        let id = object.id();
        let namesakes = by_name.get(id.name).map(Vec::as_slice).unwrap_or_default();
        if namesakes.iter().any(|index| list[*index].id().equals(&id)) {
            return Err(format!("{id} is there already; one id may be given to one object only"));
        }
        match by_name.get_mut(id.name) {
            Some(indices) => indices.push(list.len()),
            None => drop(by_name.insert(id.name.to_owned(), vec![list.len()])),
        }
        list.push(object);
        Ok(())
    }

    /// The objects, without what was kept beside them.
    pub(super) fn into_list(self) -> Vec<Object> {
        self.list
    }
}

/// Where the objects of each name stand.
pub(super) fn index(objects: &[Object]) -> BTreeMap<String, Vec<usize>> {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        by_name.entry(object.name().to_owned()).or_default().push(index);
    }
    by_name
}

impl Deref for Objects {
    type Target = Vec<Object>;

    fn deref(&self) -> &Vec<Object> {
        &self.list
    }
}

impl DerefMut for Objects {
    fn deref_mut(&mut self) -> &mut Vec<Object> {
        self.by_name = None;
        &mut self.list
    }
}
