//! Field specifications: which fields of which kinds a transformer changes, and the walk to them.
//!
//! A path is `spec/template/metadata/labels`; lists on the way are entered at every item, and `containers[]` says that a
//! list is expected. `\/` is a slash inside a key.

use super::fields::{Outcome, sort, split_path};
use super::id::{Gvk, Wanted};
use crate::tree::{Data, Node};

/// A field of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldSpec {
    /// Objects that have it; what is empty matches all.
    pub(super) on: Wanted,
    /// The way to it.
    pub(super) path: String,
    /// Whether the field is made where it is missing.
    pub(super) create: bool,
}

impl FieldSpec {
    /// A field of all kinds.
    pub(super) fn of_all(path: &str, create: bool) -> Self {
        Self { on: Wanted::default(), path: path.to_owned(), create }
    }

    /// Whether a later specification says nothing beyond this one.
    fn covered_by(&self, other: &Self) -> bool {
        other.on.selects(self.on.gvk()) && self.path == other.path
    }
}

/// Adds specifications that are not there yet.
///
/// # Errors
/// Two that differ in `create` alone contradict each other.
pub(super) fn merge(into: &mut Vec<FieldSpec>, from: &[FieldSpec]) -> Outcome<()> {
    for spec in from {
        match into.iter().find(|has| has.covered_by(spec)) {
            Some(has) if has.create != spec.create => {
                return Err(format!(
                    "conflicting field specifications for `{}`: one creates it, one does not",
                    spec.path
                ));
            }
            Some(_) => {}
            None => into.push(spec.clone()),
        }
    }
    Ok(())
}

/// What is made of a field that is missing or null.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Make {
    /// Nothing.
    Nothing,
    /// An empty text.
    Text,
    /// An empty mapping.
    Mapping,
}

/// Calls `set` with every field of an object that a specification means.
pub(super) fn apply(
    spec: &FieldSpec,
    object: &mut Node,
    make: Make,
    set: &mut dyn FnMut(&mut Node) -> Outcome<()>,
) -> Outcome<()> {
    let gvk = Gvk::new(object.str_at("apiVersion").unwrap_or_default(), object.str_at("kind").unwrap_or_default());
    if !spec.on.selects(gvk) {
        return Ok(());
    }
    let path = split_path(&spec.path, '/');
    let make = if spec.create { make } else { Make::Nothing };
    walk(object, &path, make, set).map_err(|error| format!("{error} (on the way to `{}`)", spec.path))
}

fn walk(node: &mut Node, path: &[String], make: Make, set: &mut dyn FnMut(&mut Node) -> Outcome<()>) -> Outcome<()> {
    let Some((key, rest)) = path.split_first() else { return set(node) };
    if node.is_null() {
        return Ok(());
    }
    match &mut node.value {
        Data::Sequence(items) => items.iter_mut().try_for_each(|item| walk(item, path, make, set)),
        Data::Mapping(_) => {
            let name = key.strip_suffix("[]");
            match field(node, name.unwrap_or(key), name.is_some(), rest.is_empty(), make)? {
                Some(field) => walk(field, rest, make, set),
                None => Ok(()),
            }
        }
        Data::Scalar(_) => Err(format!("expected a list or a mapping, found {}", sort(node))),
    }
}

/// The field under a key, made where that is wanted. A list is never made, but null becomes an empty one.
fn field<'n>(node: &'n mut Node, key: &str, is_list: bool, is_last: bool, make: Make) -> Outcome<Option<&'n mut Node>> {
    if key.is_empty() {
        return Err(String::from("a field without a name cannot be set"));
    }
    let at = node.at;
    let empty = match (make, is_list, is_last) {
        (_, true, _) => Some(Data::Sequence(Vec::new())),
        (Make::Nothing, ..) => None,
        (Make::Text, _, true) => Some(Node::text("", at).value),
        _ => Some(Data::Mapping(Vec::new())),
    };
    if node.get(key).is_none()
        && !is_list
        && let Some(empty) = &empty
    {
        node.set(key, Node::new(empty.clone(), at));
    }
    let Some(field) = node.get_mut(key) else { return Ok(None) };
    if field.is_null()
        && let Some(empty) = empty
    {
        field.value = empty;
    }
    Ok(Some(field))
}
