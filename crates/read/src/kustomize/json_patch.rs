//! JSON patches: operations on the paths of an object, one after the other.
//!
//! # Source
//! RFC 6902, with the leniency of the library that kustomize uses: `replace` sets a missing key, negative indices count
//! from the end.

use super::fields::{Outcome, check_depth, value, write_out};
use super::json;
use crate::tree::{Data, Node, Scalar, ScalarKind};

/// Copies may make an object no larger than this many values.
const NODES_MAX: usize = 200_000;

/// Applies operations to an object. All or none: an object that an operation does not fit stays as it was.
pub(super) fn apply(object: &Node, operations: &[Node]) -> Outcome<Node> {
    let mut root = object.clone();
    write_out(&mut root);
    let mut budget = NODES_MAX;
    for operation in operations {
        let line = operation.at.line;
        step(&mut root, operation, &mut budget)
            .and_then(|()| check_depth(&root))
            .map_err(|error| format!("{error} (operation in line {line})"))?;
    }
    spell_out_nulls(&mut root);
    Ok(root)
}

/// The object was JSON for a moment, in which nothing is only half there.
fn spell_out_nulls(node: &mut Node) {
    match &mut node.value {
        Data::Scalar(Scalar { kind: ScalarKind::Null, text }) => *text = String::from("null"),
        Data::Scalar(_) => {}
        Data::Sequence(items) => items.iter_mut().for_each(spell_out_nulls),
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| spell_out_nulls(&mut entry.value)),
    }
}

fn step(root: &mut Node, operation: &Node, budget: &mut usize) -> Outcome<()> {
    let text = |key: &str| {
        let missing = || format!("an operation of a JSON patch without `{key}`");
        operation.get(key).filter(|node| !node.is_null()).map(value).ok_or_else(missing)
    };
    let null = || Node::scalar("null", ScalarKind::Null, operation.at);
    let given = || operation.get("value").cloned().unwrap_or_else(null);
    let path = text("path")?;
    match text("op")? {
        "add" => add(root, path, given()),
        "remove" => remove(root, path).map(drop),
        "replace" => replace(root, path, given()),
        "move" => {
            let moved = remove(root, text("from")?)?;
            add(root, path, moved)
        }
        "copy" => {
            let copied = get(root, text("from")?)?.cloned().unwrap_or_else(null);
            let size = size(&copied);
            *budget = budget.checked_sub(size).ok_or("copies make the object too large")?;
            add(root, path, copied)
        }
        "test" => {
            let has = get(root, path)?.cloned().unwrap_or_else(null);
            if same(&has, &given()) { Ok(()) } else { Err(format!("the test of `{path}` fails")) }
        }
        other => Err(format!("`{other}` is not an operation of a JSON patch")),
    }
}

fn size(node: &Node) -> usize {
    1 + node.items().iter().map(size).sum::<usize>()
        + node.entries().iter().map(|entry| size(&entry.value)).sum::<usize>()
}

fn same(a: &Node, b: &Node) -> bool {
    let text = |node: &Node| {
        let mut out = String::new();
        json::encode(node, &mut out);
        out
    };
    text(a) == text(b)
}

/// The node that holds what a path leads to, and the last part of the path. What stands before the first slash of a
/// path counts for nothing.
fn container<'n>(root: &'n mut Node, path: &str) -> Outcome<(&'n mut Node, String)> {
    let missing = || format!("the object has nothing at `{path}`");
    let (_, inner) = path.split_once('/').ok_or_else(missing)?;
    let mut parts: Vec<String> = inner.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let last = parts.pop().ok_or_else(missing)?;
    let mut node = root;
    for part in parts {
        node = match &mut node.value {
            Data::Mapping(entries) => entries.iter_mut().find(|entry| entry.key == part).map(|entry| &mut entry.value),
            Data::Sequence(items) => match index(&part, items.len()) {
                Some(at) => items.get_mut(at),
                None => None,
            },
            Data::Scalar(_) => None,
        }
        .ok_or_else(missing)?;
    }
    match node.value {
        Data::Scalar(_) => Err(missing()),
        _ => Ok((node, last)),
    }
}

/// An index, counted from the end where it is negative.
fn index(text: &str, len: usize) -> Option<usize> {
    let number: i64 = text.parse().ok()?;
    let len = i64::try_from(len).ok()?;
    usize::try_from(if number < 0 { number + len } else { number }).ok()
}

fn get<'n>(root: &'n mut Node, path: &str) -> Outcome<Option<&'n Node>> {
    if path.is_empty() {
        return Ok(Some(root));
    }
    let (node, key) = container(root, path)?;
    match &node.value {
        Data::Sequence(items) => {
            let at = index(&key, items.len()).filter(|at| *at < items.len());
            at.map(|at| Some(&items[at])).ok_or_else(|| format!("the object has no item at `{path}`"))
        }
        _ => Ok(node.get(&key)),
    }
}

fn add(root: &mut Node, path: &str, given: Node) -> Outcome<()> {
    let (node, key) = container(root, path)?;
    match &mut node.value {
        Data::Sequence(items) if key == "-" => items.push(given),
        Data::Sequence(items) => {
            let at = index(&key, items.len() + 1).filter(|at| *at <= items.len());
            items.insert(at.ok_or_else(|| format!("`{path}` is not a place in the list"))?, given);
        }
        _ => node.set(&key, given),
    }
    Ok(())
}

fn remove(root: &mut Node, path: &str) -> Outcome<Node> {
    let (node, key) = container(root, path)?;
    let missing = || format!("the object has nothing to remove at `{path}`");
    match &mut node.value {
        Data::Sequence(items) => {
            let at = index(&key, items.len()).filter(|at| *at < items.len()).ok_or_else(missing)?;
            Ok(items.remove(at))
        }
        _ => node.remove(&key).ok_or_else(missing),
    }
}

fn replace(root: &mut Node, path: &str, given: Node) -> Outcome<()> {
    if path.is_empty() {
        *root = given;
        return Ok(());
    }
    let (node, key) = container(root, path)?;
    match &mut node.value {
        Data::Sequence(items) => {
            let at = index(&key, items.len()).filter(|at| *at < items.len());
            items[at.ok_or_else(|| format!("the object has nothing to replace at `{path}`"))?] = given;
        }
        _ => node.set(&key, given),
    }
    Ok(())
}
