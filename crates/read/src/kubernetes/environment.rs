//! Environment variables of a container, followed to where their values stand: literals, ConfigMap keys, `$(VAR)`.
//!
//! Values of Secrets are not followed: a variable that comes from one has no value here.

use std::collections::BTreeMap;

use super::object::Object;
use crate::facts::{Origin, Spelled, Variable};
use crate::redact;
use crate::tree::Node;

/// The ConfigMaps of a variant, by name.
#[derive(Debug, Default)]
pub(super) struct ConfigMaps<'n> {
    by_name: BTreeMap<&'n str, &'n Node>,
}

impl<'n> ConfigMaps<'n> {
    /// Finds them among the objects.
    pub(super) fn of(objects: &[Object<'n>]) -> Self {
        let maps = objects.iter().filter(|object| object.kind == "ConfigMap");
        Self { by_name: maps.map(|object| (object.name, object.node)).collect() }
    }

    /// Whether there is one of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The keys and values of the one that Spring Cloud Kubernetes gives a program of that name without being told: it
    /// asks the cluster for the ConfigMap that is called like the program.
    pub(super) fn of_program(&self, name: &str) -> Vec<(&'n str, &'n Node)> {
        let is_springs = |key: &str| {
            let file = ["yml", "yaml", "properties"].iter().any(|end| key.strip_suffix(end) == Some("application."));
            file || ["spring.", "server.", "management."].iter().any(|start| key.starts_with(start))
        };
        let data: Vec<(&str, &Node)> = self.data(name).collect();
        if data.iter().any(|(key, _)| is_springs(key)) { data } else { Vec::new() }
    }

    /// The keys and values of one.
    pub(super) fn data(&self, name: &str) -> impl Iterator<Item = (&'n str, &'n Node)> + use<'n> {
        let data = self.by_name.get(name).and_then(|map| map.get("data"));
        data.map(Node::entries).unwrap_or_default().iter().map(|entry| (entry.key.as_str(), &entry.value))
    }
}

/// The variables of a container, in the order in which Kubernetes sets them: later ones of the same name win.
pub(super) fn of(container: &Node, maps: &ConfigMaps<'_>) -> Vec<Variable> {
    let mut raw: Vec<Variable> = Vec::new();
    for from in container.get("envFrom").map(Node::items).unwrap_or_default() {
        let prefix = from.str_at("prefix").unwrap_or_default();
        let Some(name) = from.at_path(&["configMapRef", "name"]) else { continue };
        for (key, value) in maps.data(name.as_str().unwrap_or_default()) {
            put(&mut raw, taken(format!("{prefix}{key}"), value, name));
        }
    }
    for entry in container.get("env").map(Node::items).unwrap_or_default() {
        if let Some(variable) = variable(entry, maps) {
            put(&mut raw, variable);
        }
    }
    resolve(raw)
}

fn put(variables: &mut Vec<Variable>, variable: Variable) {
    variables.retain(|known| known.name != variable.name);
    variables.push(variable);
}

fn taken(name: String, value: &Node, through: &Node) -> Variable {
    let value = value.clone().through(through.at);
    Variable { name, value: value.as_str().map(str::to_owned), plain_secret: false, origin: Origin::of(&value) }
}

fn variable(entry: &Node, maps: &ConfigMaps<'_>) -> Option<Variable> {
    let name = entry.str_at("name")?.to_owned();
    if let Some(value) = entry.get("value") {
        return Some(Variable {
            name,
            value: value.as_str().map(str::to_owned),
            plain_secret: false,
            origin: Origin::of(value),
        });
    }
    if let Some(reference) = entry.at_path(&["valueFrom", "configMapKeyRef"]) {
        let map = reference.str_at("name").unwrap_or_default();
        let key = reference.get("key")?;
        let found = maps.data(map).find(|(known, _)| Some(*known) == key.as_str());
        if let Some((_, value)) = found {
            return Some(taken(name, value, key));
        }
    }
    Some(Variable { name, value: None, plain_secret: false, origin: Origin::of(entry) })
}

/// Replaces `$(VAR)` by the values of variables set before; `$$` is a dollar. Then takes secrets out.
fn resolve(raw: Vec<Variable>) -> Vec<Variable> {
    let mut done: Vec<Variable> = Vec::with_capacity(raw.len());
    for mut variable in raw {
        if let Some(value) = &variable.value {
            let value = substitute(value, &done);
            variable.plain_secret = redact::is_plain_secret(&variable.name, &value);
            variable.value = Some(redact::value(&variable.name, &value).into_owned());
        }
        done.push(variable);
    }
    done
}

/// A text with `$(VAR)` replaced where the variable has a value here; others stay as they are.
pub(super) fn substitute(text: &str, variables: &[Variable]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(after) = rest.strip_prefix("$$") {
            out.push('$');
            rest = after;
            continue;
        }
        let name = rest.strip_prefix("$(").and_then(|inner| inner.split_once(')'));
        let value = name.and_then(|(name, after)| {
            let variable = variables.iter().find(|variable| variable.name == name)?;
            Some((variable.value.as_deref()?, after))
        });
        match value {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('$');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// A ConfigMap's key as a file: its text, secrets taken out.
pub(super) fn file_text(key: &str, value: &Node, through: &Node) -> Option<Spelled> {
    let text = redact::value(key, value.as_str()?).into_owned();
    Some(Spelled { text, origin: Origin::of(&value.clone().through(through.at)) })
}
