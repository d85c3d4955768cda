//! Short forms made long, so that everything after this sees one form of each thing.
//!
//! `KEY=value` lists become mappings, lists of names mappings to nothing, a lone text a list of one, a short port, mount
//! or build its long form; paths are resolved. A YAML tag (`!reset`) stays where it was.

use std::collections::BTreeMap;

use plimsoll_model::Problem;

use super::{mounts, paths, ports};
use crate::tree::{Data, Entry, Node, ScalarKind};

/// Brings one file into long form. Relative paths are seen from `folder`.
pub(super) fn file(root: &mut Node, folder: &str, problems: &mut Vec<Problem>) {
    each_value(root.get_mut("services"), |_, entry| service(entry, folder, problems));
    for kind in ["configs", "secrets"] {
        each_value(root.get_mut(kind), |_, entry| {
            if let Some(file) = entry.get_mut("file") {
                paths::anchor(file, folder);
            }
        });
    }
    for kind in ["networks", "volumes", "configs", "secrets"] {
        each_value(root.get_mut(kind), |_, entry| variables(entry.get_mut("labels")));
    }
}

fn each_value(node: Option<&mut Node>, mut change: impl FnMut(&str, &mut Node)) {
    if let Some(Node { value: Data::Mapping(entries), .. }) = node {
        for entry in entries {
            change(&entry.key, &mut entry.value);
        }
    }
}

fn each_item(node: Option<&mut Node>, mut change: impl FnMut(&mut Node)) {
    if let Some(Node { value: Data::Sequence(items), .. }) = node {
        items.iter_mut().for_each(&mut change);
    }
}

/// Brings a service into long form.
pub(super) fn service(service: &mut Node, folder: &str, problems: &mut Vec<Problem>) {
    for key in ["environment", "labels", "annotations", "sysctls", "storage_opt"] {
        variables(service.get_mut(key));
    }
    for key in ["networks", "models", "depends_on"] {
        names(service.get_mut(key));
    }
    for key in ["env_file", "label_file", "dns", "dns_search", "dns_opt", "tmpfs", "profiles"] {
        list(service.get_mut(key));
    }
    wrap(service.get_mut("build"), "context");
    wrap(service.get_mut("extends"), "service");
    if let Some(build) = service.get_mut("build") {
        build_paths(build, folder);
    }
    if let Some(deploy) = service.get_mut("deploy") {
        variables(deploy.get_mut("labels"));
    }
    if let Some(file) = service.get_mut("extends").and_then(|extends| extends.get_mut("file")) {
        paths::anchor(file, folder);
    }
    each_item(service.get_mut("env_file"), |item| {
        wrap(Some(item), "path");
        if let Some(path) = item.get_mut("path") {
            paths::anchor(path, folder);
        }
    });
    each_item(service.get_mut("label_file"), |item| paths::anchor(item, folder));
    for key in ["configs", "secrets"] {
        each_item(service.get_mut(key), |item| wrap(Some(item), "source"));
    }
    each_item(service.get_mut("volumes"), |item| mounts::long_form(item, folder, problems));
    if let Some(Node { value: Data::Sequence(items), .. }) = service.get_mut("ports") {
        *items = std::mem::take(items).into_iter().flat_map(|item| ports::long_form(item, problems)).collect();
    }
    super::merge::without_doubles(service);
}

fn build_paths(build: &mut Node, folder: &str) {
    for key in ["args", "labels", "additional_contexts"] {
        variables(build.get_mut(key));
    }
    if let Some(context) = build.get_mut("context") {
        paths::anchor(context, folder);
    }
    each_value(build.get_mut("additional_contexts"), |_, context| {
        if !context.as_str().is_some_and(|text| text.starts_with("service:")) {
            paths::anchor(context, folder);
        }
    });
}

/// A list of `KEY=value` or `KEY` becomes a mapping; the last of two with one key counts.
fn variables(node: Option<&mut Node>) {
    let Some(node) = node else { return };
    let Data::Sequence(items) = &mut node.value else { return };
    let mut out = ByKey::default();
    for item in std::mem::take(items) {
        // `- KEY: value` is a mapping in a list: wrong, but what is meant is plain.
        if let Data::Mapping(entries) = item.value {
            entries.into_iter().for_each(|entry| out.place(entry));
            continue;
        }
        let Data::Scalar(scalar) = item.value else { continue };
        let key_at = item.via.as_deref().and_then(|via| via.last().copied()).unwrap_or(item.at);
        let (key, value) = match scalar.text.split_once('=') {
            Some((key, value)) => (key.to_owned(), Node::text(value, item.at)),
            None => (scalar.text, Node::scalar("", ScalarKind::Null, item.at)),
        };
        out.place(Entry { key, key_at, value: Node { via: item.via, tag: item.tag, ..value } });
    }
    node.value = Data::Mapping(out.entries);
}

/// Entries of which the last with one key counts.
#[derive(Default)]
struct ByKey {
    entries: Vec<Entry>,
    places: BTreeMap<String, usize>,
}

impl ByKey {
    fn place(&mut self, entry: Entry) {
        match self.places.get(&entry.key) {
            Some(index) => self.entries[*index] = entry,
            None => {
                self.places.insert(entry.key.clone(), self.entries.len());
                self.entries.push(entry);
            }
        }
    }
}

/// A list of names becomes a mapping of them to nothing.
fn names(node: Option<&mut Node>) {
    let Some(node) = node else { return };
    let Data::Sequence(items) = &mut node.value else { return };
    let mut out = ByKey::default();
    for item in std::mem::take(items) {
        if let Some(key) = item.as_str().map(str::to_owned) {
            let value = Node { via: item.via, ..Node::scalar("", ScalarKind::Null, item.at) };
            out.place(Entry { key, key_at: item.at, value });
        }
    }
    node.value = Data::Mapping(out.entries);
}

/// A lone text becomes a list of one.
fn list(node: Option<&mut Node>) {
    if let Some(node) = node
        && node.as_str().is_some()
    {
        let item = Node { tag: None, ..node.clone() };
        node.value = Data::Sequence(vec![item]);
    }
}

/// A lone text becomes a mapping with one key.
fn wrap(node: Option<&mut Node>, key: &str) {
    if let Some(node) = node
        && node.as_str().is_some()
    {
        let value = Node { tag: None, ..node.clone() };
        node.value = Data::Mapping(vec![Entry { key: key.to_owned(), key_at: value.at, value }]);
    }
}
