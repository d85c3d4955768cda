//! The variables of a container: `environment` over `env_file`, each with the place where its value stands.

use std::collections::BTreeMap;

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
    let mut out = Variables::of(Vec::new());
    let own = Variables::of(own);
    for item in service.items("env_file") {
        from_file(service, item, unit, &own, &mut out, facts);
    }
    own.all.into_iter().for_each(|variable| out.put(variable));
    out.all
}

fn variable(name: &str, value: Option<String>, origin: Origin) -> Variable {
    let plain_secret = value.as_ref().is_some_and(|value| redact::is_plain_secret(name, value));
    let value = value.map(|value| redact::value(name, &value).into_owned());
    Variable { name: name.to_owned(), value, plain_secret, origin }
}

/// Variables of which the last with one name counts.
struct Variables {
    all: Vec<Variable>,
    places: BTreeMap<String, usize>,
}

impl Variables {
    fn of(all: Vec<Variable>) -> Self {
        let places = all.iter().enumerate().map(|(index, variable)| (variable.name.clone(), index)).collect();
        Self { all, places }
    }

    fn put(&mut self, variable: Variable) {
        match self.places.get(&variable.name) {
            Some(index) => self.all[*index] = variable,
            None => {
                self.places.insert(variable.name.clone(), self.all.len());
                self.all.push(variable);
            }
        }
    }

    fn get(&self, name: &str) -> Option<Setting> {
        let variable = &self.all[*self.places.get(name)?];
        let mut places = vec![variable.origin.at];
        places.extend(variable.origin.via.as_deref().unwrap_or_default());
        Some(Setting { text: variable.value.clone()?, places })
    }
}

fn from_file(service: &Service<'_>, item: &Node, unit: usize, own: &Variables, out: &mut Variables, facts: &mut Facts) {
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
    let earlier = Variables::of(out.all.clone());
    let outer = |name: &str| project.environment.get(name).or_else(|| own.get(name)).or_else(|| earlier.get(name));
    let found = if item.str_at("format") == Some("raw") {
        service.corpus.text(file).map(|text| dotenv::parse_raw(file, text)).unwrap_or_default()
    } else {
        environment::read(service.corpus, file, &outer, &mut facts.problems)
    };
    for entry in found.entries {
        let Some(setting) = entry.value.or_else(|| outer(&entry.key)) else { continue };
        let mut node = Node { via: path.via.clone(), ..Node::mapping(path.at) };
        came_through(&mut node, setting.places);
        out.put(variable(&entry.key, Some(setting.text), Origin::of(&node)));
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
