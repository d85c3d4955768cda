//! The variables of a container: `environment` over `env_file`, each with the place where its value stands.

use plimsoll_model::LooseKind;

use super::container::text_of;
use super::environment::{self, came_through};
use super::paths;
use super::service::Service;
use crate::dotenv::{self, interpolate::Setting};
use crate::facts::{About, Facts, LooseName, Origin, Variable};
use crate::redact;
use crate::tree::Node;

/// The variables of a service. A name alone takes the project's value; one that is set nowhere has none.
pub(super) fn variables(service: &Service<'_>, unit: usize, facts: &mut Facts) -> Vec<Variable> {
    let own: Vec<Variable> = service
        .entries("environment")
        .iter()
        .map(|entry| {
            let mut node = entry.value.clone();
            let set = if node.is_null() { service.project.environment.get(&entry.key) } else { None };
            let text = match set {
                Some(setting) => {
                    came_through(&mut node, setting.places);
                    Some(setting.text)
                }
                None if node.is_null() => None,
                None => Some(text_of(&node)),
            };
            variable(&entry.key, text, Origin::of(&node))
        })
        .collect();
    let mut out: Vec<Variable> = Vec::new();
    for item in service.items("env_file") {
        from_file(service, item, unit, &own, &mut out, facts);
    }
    for variable in own {
        put(&mut out, variable);
    }
    out
}

fn variable(name: &str, value: Option<String>, origin: Origin) -> Variable {
    let value = value.map(|value| redact::value(name, &value).into_owned());
    Variable { name: name.to_owned(), value, origin }
}

fn put(variables: &mut Vec<Variable>, variable: Variable) {
    match variables.iter_mut().find(|other| other.name == variable.name) {
        Some(other) => *other = variable,
        None => variables.push(variable),
    }
}

fn from_file(
    service: &Service<'_>,
    item: &Node,
    unit: usize,
    own: &[Variable],
    out: &mut Vec<Variable>,
    facts: &mut Facts,
) {
    let Some(path) = item.get("path") else { return };
    let project = service.project;
    let file = paths::inside(path).and_then(|path| environment::with_stand_in(service.corpus, project.source, path));
    let Some(file) = file else {
        if item.get("required").and_then(Node::as_bool) != Some(false) {
            let name = paths::shown(path);
            let message = format!("takes its variables from `{name}`, which is not among the files that were read");
            let kind = LooseKind::DanglingReference;
            facts.loose.push(LooseName { kind, by: Some(About::Unit(unit)), name, message, origin: Origin::of(path) });
        }
        return;
    };
    let set = |name: &str, variables: &[Variable]| {
        let variable = variables.iter().find(|variable| variable.name == name)?;
        let mut places = vec![variable.origin.at];
        places.extend(variable.origin.via.as_deref().unwrap_or_default());
        Some(Setting { text: variable.value.clone()?, places })
    };
    let earlier = out.clone();
    let outer = |name: &str| project.environment.get(name).or_else(|| set(name, own)).or_else(|| set(name, &earlier));
    let found = if item.str_at("format") == Some("raw") {
        service.corpus.text(file).map(|text| dotenv::parse_raw(file, text)).unwrap_or_default()
    } else {
        environment::read(service.corpus, file, &outer, &mut facts.problems)
    };
    for entry in found.entries {
        let Some(setting) = entry.value.or_else(|| outer(&entry.key)) else { continue };
        let mut node = Node { via: path.via.clone(), ..Node::mapping(path.at) };
        came_through(&mut node, setting.places);
        put(out, variable(&entry.key, Some(setting.text), Origin::of(&node)));
    }
}

/// Labels from `label_file`.
pub(super) fn label_files(service: &Service<'_>) -> Vec<(String, String)> {
    let source = service.project.source;
    service
        .items("label_file")
        .iter()
        .filter_map(|item| service.corpus.lookup(source, paths::inside(item)?))
        .flat_map(|file| environment::read(service.corpus, file, &|_| None, &mut Vec::new()).entries)
        .map(|entry| {
            let value = entry.value.map_or(String::new(), |setting| setting.text);
            (entry.key.clone(), redact::value(&entry.key, &value).into_owned())
        })
        .collect()
}
