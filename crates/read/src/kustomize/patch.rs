//! Patches: which objects they are for, and that an object keeps its identity while it is patched.

use plimsoll_model::{At, Problem};

use super::accumulated::Accumulated;
use super::fields::{Outcome, adopt_as_json, pass_through, spelled};
use super::json_patch;
use super::load;
use super::merge;
use super::merge_schema::Schema;
use super::object::Object;
use super::selector::Selector;
use crate::tree::yaml::Documents;
use crate::tree::{Data, Node};

/// What a patch holds.
pub(super) enum Patch {
    /// Objects to be laid over others.
    Strategic(Vec<Node>),
    /// Operations.
    Json(Vec<Node>),
}

/// What a patch may change besides.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Allowed {
    name: bool,
    kind: bool,
}

impl Allowed {
    /// Reads the options of a patch.
    pub(super) fn of(options: Option<&Node>) -> Self {
        let is = |key: &str| options.and_then(|node| node.get(key)).and_then(Node::as_bool).unwrap_or_default();
        Self { name: is("allowNameChange"), kind: is("allowKindChange") }
    }
}

impl Patch {
    /// Reads the text of a patch: a list is a JSON patch, objects are strategic merge patches.
    pub(super) fn of(documents: &Documents, through: At, problems: &mut Vec<Problem>) -> Outcome<Self> {
        match documents.roots.as_slice() {
            [Node { value: Data::Sequence(items), .. }] => {
                let mut operations: Vec<Node> = items.iter().cloned().map(adopt_as_json).collect();
                operations.iter_mut().for_each(|operation| pass_through(operation, through));
                Ok(Self::Json(operations))
            }
            [] if documents.problems.is_empty() => Ok(Self::Json(Vec::new())),
            [] => Err(String::from("is neither a strategic merge patch nor a JSON patch")),
            roots => {
                let mut patches = load::objects(roots.to_vec(), problems);
                patches.iter_mut().for_each(|patch| pass_through(patch, through));
                Ok(Self::Strategic(patches))
            }
        }
    }
}

/// Applies an entry of `patches`.
pub(super) fn apply(
    all: &mut Accumulated,
    patch: Patch,
    target: Option<&Selector>,
    allowed: Allowed,
    schema: &Schema,
) -> Outcome<()> {
    match (patch, target) {
        (Patch::Json(operations), None) if operations.is_empty() => Err(String::from("an empty patch changes nothing")),
        (Patch::Json(_), None) => Err(String::from("a JSON patch needs a `target`")),
        (Patch::Json(operations), Some(target)) => {
            for index in all.select(target)? {
                all.objects[index].store_id();
                apply_json(&mut all.objects[index], &operations)?;
            }
            Ok(())
        }
        (Patch::Strategic(patches), None) => {
            patches.into_iter().try_for_each(|patch| apply_by_id(all, patch, allowed, schema))
        }
        (Patch::Strategic(patches), Some(target)) => {
            let [patch] = patches.as_slice() else {
                return Err(String::from("several patches in one entry cannot have a `target`"));
            };
            for index in all.select(target)? {
                let fitted = fitted(patch.clone(), &all.objects[index]);
                lay_over(&mut all.objects[index], fitted, allowed, schema)?;
            }
            all.drop_gone();
            Ok(())
        }
    }
}

/// Applies a strategic merge patch to the one object that has its id.
pub(super) fn apply_by_id(all: &mut Accumulated, patch: Node, allowed: Allowed, schema: &Schema) -> Outcome<()> {
    let patch = Object::new(patch);
    let index = all.the_one(&patch.id()).map_err(|error| format!("{error}, which the patch is for"))?;
    lay_over(&mut all.objects[index], patch.node, allowed, schema)
}

/// Applies operations to one object.
pub(super) fn apply_json(object: &mut Object, operations: &[Node]) -> Outcome<()> {
    object.open_annotations();
    let patched = json_patch::apply(&object.node, operations).map_err(|error| format!("{}: {error}", object.id()))?;
    object.node = patched;
    object.settle_texts("annotations");
    Ok(())
}

/// A patch that is for objects of another id: it takes their API version, and its labels and annotations become texts.
fn fitted(patch: Node, target: &Object) -> Node {
    let mut patch = Object::new(patch);
    patch.settle_texts("labels");
    patch.settle_texts("annotations");
    let at = patch.node.at;
    patch.node.set("apiVersion", Node::text(target.api_version(), at));
    patch.node
}

/// Lays a patch over an object, which keeps kind, name and namespace unless they may change.
fn lay_over(object: &mut Object, mut patch: Node, allowed: Allowed, schema: &Schema) -> Outcome<()> {
    if allowed.name || allowed.kind {
        object.store_id();
    }
    let keep = |path: &[&str]| object.node.at_path(path).cloned();
    let (kind, name) = (keep(&["kind"]), keep(&["metadata", "name"]));
    let (namespace, api) = (keep(&["metadata", "namespace"]), keep(&["apiVersion"]));
    let line = patch.at;
    let merged = merge::merge(object.node.clone(), &mut patch, schema)
        .map_err(|error| format!("{error} ({}, patch in line {})", object.id(), line.line))?;
    let Some(merged) = merged else {
        object.node = Node::mapping(object.node.at);
        return Ok(());
    };
    object.node = merged;
    if object.is_gone() {
        return Ok(());
    }
    // An API version that the patch only repeats is still the object's own.
    if let Some(api) = api.filter(|api| spelled(api) == object.api_version()) {
        object.node.set("apiVersion", api);
    }
    if !allowed.kind
        && let Some(kind) = kind
    {
        object.node.set("kind", kind);
    }
    let at = object.node.at;
    let Some(meta) = super::fields::entry(&mut object.node, "metadata", || Node::mapping(at)) else { return Ok(()) };
    if !allowed.name
        && let Some(name) = name
    {
        meta.set("name", name);
    }
    match namespace {
        Some(namespace) if !namespace.is_null() => meta.set("namespace", namespace),
        _ => drop(meta.remove("namespace")),
    }
    Ok(())
}
