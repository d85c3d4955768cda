//! The transformer that puts one value into fields of several objects, whole or as a part of a path.

use super::accumulated::Accumulated;
use super::fields::{Outcome, check_depth, entry, sort, spelled, split_path, value};
use super::namespace::{Namespace, Subjects};
use super::selector::Selector;
use crate::tree::{DEPTH_MAX, Data, Node};

/// Puts the value of a configuration into all its targets; without one, the name of the folder.
pub(super) fn apply(all: &mut Accumulated, config: &Node, folder: &str, targets: &[Node]) -> Outcome<()> {
    if targets.is_empty() {
        return Err(String::from("it needs at least one target"));
    }
    let stated = config.get("value").filter(|stated| !value(stated).trim().is_empty());
    let (text, at) = stated.map_or((folder, config.at), |stated| (value(stated).trim(), stated.at));
    let new = Node::text(text, at);
    for target in targets {
        let path = target.get("fieldPath").map(value).unwrap_or_default();
        let position = target.get("filePathPosition").and_then(|node| value(node).parse().ok()).unwrap_or(0usize);
        let meant = match target.get("selector").filter(|selector| !selector.is_null()) {
            Some(selector) => all.select(&Selector::of(selector))?,
            None => (0..all.objects.len()).collect(),
        };
        for index in meant {
            let object = &mut all.objects[index].node;
            if path == "metadata/namespace" {
                let namespace =
                    Namespace { name: text, at, specs: &[], subjects: Subjects::Default, unset_only: false };
                namespace.set_on(object)?;
            } else {
                let parts = split_path(path, '/');
                if path.is_empty() || parts.len() > DEPTH_MAX {
                    return Err(format!("the path `{path}` cannot be followed"));
                }
                set(object, &parts, &new, position)?;
                check_depth(object)?;
            }
        }
    }
    Ok(())
}

fn set(node: &mut Node, path: &[String], new: &Node, position: usize) -> Outcome<()> {
    let at = new.at;
    let Some((key, rest)) = path.split_first() else {
        if !matches!(node.value, Data::Scalar(_)) {
            return Err(format!("expected a single value, found {}", sort(node)));
        }
        let text = match position {
            0 => spelled(new).to_owned(),
            position => inserted(value(node), position - 1, spelled(new)),
        };
        *node = Node::text(text, at);
        return Ok(());
    };
    let make = || if rest.is_empty() { Node::text("", at) } else { Node::mapping(at) };
    let field = entry(node, key, make).ok_or_else(|| format!("`{key}` needs a mapping"))?;
    set(field, rest, new, position)
}

/// A path with one more part at a position.
fn inserted(path: &str, position: usize, part: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let is_absolute = path.starts_with('/');
    if is_absolute {
        parts.remove(0);
    }
    parts.retain(|part| !part.is_empty());
    parts.insert(position.min(parts.len()), part);
    format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"))
}
