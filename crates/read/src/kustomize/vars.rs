//! Vars: `$(NAME)` in some fields of some kinds stands for a field of another object.

use plimsoll_model::At;

use super::accumulated::Accumulated;
use super::config::wanted;
use super::fields::{Outcome, kind_of, sort, split_field_path, value, via_of};
use super::fieldspec::{self, FieldSpec, Make};
use super::id::{Id, Wanted};
use super::kinds;
use super::object::Object;
use crate::tree::{Data, Node, Scalar, ScalarKind};

/// A var.
#[derive(Clone, Debug)]
pub(super) struct Var {
    name: String,
    wanted: Wanted,
    object: String,
    namespace: String,
    path: String,
    at: At,
}

impl Var {
    fn of(node: &Node) -> Self {
        let text = |path: &[&str]| node.at_path(path).map(value).unwrap_or_default().to_owned();
        let mut wanted = node.get("objref").map(wanted).unwrap_or_default();
        let api_version = text(&["objref", "apiVersion"]);
        if let Some((group, version)) = api_version.split_once('/') {
            (wanted.group, wanted.version) = (group.to_owned(), version.to_owned());
        } else if !api_version.is_empty() {
            wanted.version = api_version;
        }
        let path = text(&["fieldref", "fieldPath"]);
        Self {
            name: text(&["name"]),
            wanted,
            object: text(&["objref", "name"]),
            namespace: text(&["objref", "namespace"]),
            path: if path.is_empty() { String::from("metadata.name") } else { path },
            at: node.at,
        }
    }

    fn means(&self, id: &Id<'_>) -> bool {
        if self.namespace.is_empty() {
            return self.object == id.name && self.wanted.gvk() == id.gvk;
        }
        let gvk = self.wanted.gvk();
        let api = if gvk.group.is_empty() { gvk.version.to_owned() } else { format!("{}/{}", gvk.group, gvk.version) };
        let cluster = kinds::is_cluster_scoped(&api, gvk.kind);
        Id { gvk, name: &self.object, namespace: &self.namespace, cluster }.equals(id)
    }
}

/// Adds a var.
///
/// # Errors
/// One of that name is there already.
pub(super) fn add(vars: &mut Vec<Var>, var: Var) -> Outcome<()> {
    if vars.iter().any(|has| has.name == var.name) {
        return Err(format!("the var `{}` is defined twice", var.name));
    }
    vars.push(var);
    Ok(())
}

/// Adds the vars of a kustomization, and marks the objects that they take their values from.
pub(super) fn declare(all: &mut Accumulated, list: &Node, report: &mut dyn FnMut(At, String)) {
    for node in list.items() {
        let var = Var::of(node);
        let fits = |id: &Id<'_>| var.means(id);
        let mut found: Vec<&mut Object> = all.objects.iter_mut().filter(|object| object.any_id(&fits)).collect();
        match found.as_mut_slice() {
            [] => {}
            [one] => one.vars.push(var.name.clone()),
            many => {
                let count = many.len();
                report(var.at, format!("the var `{}` could take its value from {count} objects", var.name));
                continue;
            }
        }
        if let Err(error) = add(&mut all.vars, var) {
            report(node.at, error);
        }
    }
}

/// Replaces all vars in all objects.
pub(super) fn resolve(all: &mut Accumulated, report: &mut dyn FnMut(At, String)) {
    let mut values = Vec::new();
    for var in &all.vars {
        let source = all.objects.iter().find(|object| object.vars.contains(&var.name));
        match source.map(|object| look_up(&object.node, &var.path)) {
            None => report(var.at, format!("no resource is what the var `{}` names", var.name)),
            Some(None) => {
                report(var.at, format!("the object of the var `{}` has no field `{}`", var.name, var.path));
            }
            Some(Some(node)) => values.push((var.name.clone(), node.clone())),
        }
    }
    if values.is_empty() {
        return;
    }
    for object in all.objects.iter_mut() {
        for spec in &all.config.var_reference {
            if let Err(error) = replace_in(object, spec, &values) {
                report(object.node.at, error);
            }
        }
    }
}

fn replace_in(object: &mut Object, spec: &FieldSpec, values: &[(String, Node)]) -> Outcome<()> {
    fieldspec::apply(spec, &mut object.node, Make::Nothing, &mut |node| match &mut node.value {
        Data::Scalar(_) => {
            replace(node, values);
            Ok(())
        }
        Data::Mapping(entries) => {
            entries.iter_mut().for_each(|entry| replace(&mut entry.value, values));
            Ok(())
        }
        Data::Sequence(items) => items.iter_mut().try_for_each(|item| match &item.value {
            Data::Scalar(Scalar { kind: ScalarKind::Text, .. }) => {
                replace(item, values);
                Ok(())
            }
            _ => Err(format!("expected a text in a list, found {}", sort(item))),
        }),
    })
}

/// Replaces `$(NAME)` in a text. A text that is nothing but that becomes the value itself, number or not.
fn replace(node: &mut Node, values: &[(String, Node)]) {
    let Data::Scalar(Scalar { kind: ScalarKind::Text, text }) = &node.value else { return };
    if !text.contains('$') {
        return;
    }
    let whole = text.strip_prefix("$(").and_then(|text| text.strip_suffix(')')).filter(|name| !name.contains(')'));
    let found = |name: &str| values.iter().find(|(has, _)| has == name).map(|(_, node)| node);
    let scalar = |node: &Node| matches!(node.value, Data::Scalar(_));
    if let Some(new) = whole.and_then(found).filter(|new| scalar(new)) {
        let via = via_of(node, Some(new.at));
        node.value = new.value.clone();
        node.via = via;
        return;
    }
    let (expanded, first) = expand(text, &|name| found(name).filter(|node| scalar(node)));
    if expanded != *text {
        let via = via_of(node, first);
        node.value = Data::Scalar(Scalar { text: expanded, kind: ScalarKind::Text });
        node.via = via;
    }
}

/// The text with its vars replaced, and where the first of them is stated. `$$` is a dollar sign.
fn expand<'v>(text: &str, found: &dyn Fn(&str) -> Option<&'v Node>) -> (String, Option<At>) {
    let (mut out, mut first) = (String::new(), None);
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            match found(name) {
                Some(node) => {
                    out.push_str(value(node));
                    first = first.or(Some(node.at));
                }
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    (out, first)
}

/// The value at a path: `spec.ports[0].port`, `spec.ports.0.port`, `spec.containers.[name=a].image`.
fn look_up<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    let mut node = node;
    for part in split_field_path(path) {
        let (field, index) = match part.strip_suffix(']').and_then(|part| part.rsplit_once('[')) {
            Some((field, index)) if index.bytes().all(|b| b.is_ascii_digit()) => (field.to_owned(), Some(index)),
            _ => (part.clone(), None),
        };
        if !field.is_empty() {
            node = step(node, &field)?;
        }
        if let Some(index) = index {
            node = node.items().get(index.parse::<usize>().ok()?)?;
        }
    }
    Some(node)
}

/// One part of a path without wildcards: a key, an index, `-` for the last item, `[key=value]`.
pub(super) fn step<'n>(node: &'n Node, part: &str) -> Option<&'n Node> {
    let part = part.trim();
    if part.is_empty() {
        return Some(node);
    }
    if let Ok(index) = part.parse::<usize>() {
        return node.items().get(index);
    }
    if part == "-" {
        return node.items().last();
    }
    match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')).and_then(|part| part.split_once('=')) {
        Some(("", text)) => node.items().iter().find(|item| super::fields::spelled(item) == text),
        Some((key, text)) => {
            node.items().iter().find(|item| item.get(key).is_some_and(|has| super::fields::spelled(has) == text))
        }
        None => node.get(part).filter(|_| !node.is_null()),
    }
}

/// The kind that a text set without quotes has; shared with replacements.
pub(super) fn plain(text: &str, at: At) -> Node {
    Node::scalar(text, kind_of(text), at)
}
