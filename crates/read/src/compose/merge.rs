//! How a later file, or a service that extends another, changes what is there.
//!
//! Mappings merge by key, sequences append, scalars replace; a null keeps what is there. `command`, `entrypoint` and
//! `healthcheck.test` replace; `environment`, `labels` and their like merge by name; ports, mounts, configs, secrets and
//! the like are told apart by their place in the container, and the later one counts. `!reset` takes out, `!override`
//! replaces.
//!
//! Always: both sides are in long form (`canonical`), so that only like meets like.
//!
//! # Source
//! The Compose specification, "Merge" and "Use multiple Compose files"; where it is silent, `docker compose config`.

use std::collections::{BTreeMap, btree_map};

use plimsoll_model::Problem;

use crate::tree::{Data, Entry, Node};

const RESET: &str = "!reset";
const OVERRIDE: &str = "!override";

/// How two values of one key are made one.
enum Rule {
    /// By their kinds.
    ByKind,
    /// The later one counts, a null too.
    Replace,
    /// By key, and a null of the later one counts.
    Names,
    /// Options merge where the driver is the same.
    Logging,
    /// A list whose items are told apart by a key.
    Unique(fn(&Node) -> String),
}

fn rule(path: &[String]) -> Rule {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["services", _, "command" | "entrypoint"] | ["services", _, "healthcheck", "test"] => Rule::Replace,
        ["services", _, "environment" | "labels" | "annotations" | "sysctls"]
        | ["services", _, "build", "args" | "labels" | "additional_contexts"]
        | ["services", _, "deploy", "labels"]
        | ["networks" | "volumes" | "configs" | "secrets", _, "labels"] => Rule::Names,
        ["services", _, "logging"] => Rule::Logging,
        ["services", _, "ports"] => Rule::Unique(port_key),
        ["services", _, "volumes" | "devices"] => Rule::Unique(|node| mounted_at(node, "")),
        ["services", _, "configs"] => Rule::Unique(|node| mounted_at(node, "")),
        ["services", _, "secrets"] => Rule::Unique(|node| mounted_at(node, "/run/secrets")),
        ["services", _, "env_file"] => Rule::Unique(|node| node.str_at("path").unwrap_or_default().to_owned()),
        [
            "services",
            _,
            "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "expose" | "links" | "profiles" | "tmpfs"
            | "label_file" | "extra_hosts",
        ]
        | ["services", _, "networks", _, "aliases" | "link_local_ips"]
        | ["services", _, "build", "tags" | "platforms"] => Rule::Unique(|node| before_equals(node).to_owned()),
        _ => Rule::ByKind,
    }
}

fn before_equals(node: &Node) -> &str {
    let text = node.as_str().unwrap_or_default();
    text.split_once('=').map_or(text, |(key, _)| key)
}

fn port_key(node: &Node) -> String {
    let part = |key, other| node.str_at(key).unwrap_or(other).to_owned();
    let (host, protocol) = (part("host_ip", "0.0.0.0"), part("protocol", "tcp"));
    format!("{host}:{}:{}/{protocol}", part("published", ""), part("target", ""))
}

fn mounted_at(node: &Node, folder: &str) -> String {
    match node.str_at("target") {
        Some(target) => target.to_owned(),
        None => format!("{folder}/{}", node.str_at("source").or(node.as_str()).unwrap_or_default()),
    }
}

/// Lays `over` upon `base`, both at `path`. What cannot be merged is a problem, and `over` counts.
pub(super) fn merge(base: Node, over: Node, path: &mut Vec<String>, problems: &mut Vec<Problem>) -> Node {
    match rule(path) {
        Rule::Replace => return settled(over),
        Rule::Logging if differs(&base, &over) => return settled(over),
        _ => {}
    }
    if over.is_null() {
        return base;
    }
    if base.is_null() {
        return settled(over);
    }
    let (at, tag, over_at, via) = (base.at, base.tag.clone(), over.at, base.via.clone());
    match (base.value, over.value) {
        (Data::Mapping(entries), Data::Mapping(changes)) => {
            let entries = merge_entries(entries, changes, path, problems);
            Node { value: Data::Mapping(entries), at, via, tag }
        }
        (Data::Sequence(mut items), Data::Sequence(more)) => {
            items.extend(more.into_iter().filter(|item| item.tag.as_deref() != Some(RESET)).map(settled));
            if let Rule::Unique(key) = rule(path) {
                items = unique(items, key);
            }
            Node { value: Data::Sequence(items), at, via, tag }
        }
        (Data::Scalar(_), value @ Data::Scalar(_)) => Node { value, at: over_at, via: over.via, tag: over.tag },
        (_, value) => {
            let key = path.last().map_or("the file", String::as_str);
            let message = format!("`{key}` is of another kind here than in what it changes; this one counts");
            problems.push(Problem { at: over_at, message });
            settled(Node { value, at: over_at, via: over.via, tag: over.tag })
        }
    }
}

fn differs(base: &Node, over: &Node) -> bool {
    matches!((base.str_at("driver"), over.str_at("driver")), (Some(base), Some(over)) if base != over)
}

fn merge_entries(
    base: Vec<Entry>,
    changes: Vec<Entry>,
    path: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Vec<Entry> {
    let names = matches!(rule(path), Rule::Names);
    let mut places: BTreeMap<String, usize> =
        base.iter().enumerate().map(|(index, entry)| (entry.key.clone(), index)).collect();
    let mut entries: Vec<Option<Entry>> = base.into_iter().map(Some).collect();
    for change in changes {
        let tag = change.value.tag.as_deref();
        let (reset, replaces) = (tag == Some(RESET), names || tag == Some(OVERRIDE));
        let Some(index) = places.get(&change.key).copied() else {
            if !reset {
                places.insert(change.key.clone(), entries.len());
                entries.push(Some(Entry { value: settled(change.value), ..change }));
            }
            continue;
        };
        let before = entries[index].take().filter(|_| !replaces);
        entries[index] = match before {
            _ if reset => None,
            None => Some(Entry { value: settled(change.value), ..change }),
            Some(entry) => {
                path.push(change.key);
                let value = merge(entry.value, change.value, path, problems);
                path.pop();
                Some(Entry { key: entry.key, key_at: entry.key_at, value })
            }
        };
    }
    entries.into_iter().flatten().collect()
}

/// A value that nothing stands beneath: what it resets is not there, what it overrides is itself.
pub(super) fn settled(mut node: Node) -> Node {
    if node.tag.as_deref() == Some(OVERRIDE) {
        node.tag = None;
    }
    let kept = |node: &Node| node.tag.as_deref() != Some(RESET);
    node.value = match node.value {
        Data::Mapping(entries) => Data::Mapping(
            entries
                .into_iter()
                .filter(|entry| kept(&entry.value))
                .map(|entry| Entry { value: settled(entry.value), ..entry })
                .collect(),
        ),
        Data::Sequence(items) => Data::Sequence(items.into_iter().filter(kept).map(settled).collect()),
        scalar => scalar,
    };
    node
}

/// Items told apart by a key: the later one takes the place of the earlier.
fn unique(items: Vec<Node>, key: fn(&Node) -> String) -> Vec<Node> {
    let mut places = BTreeMap::new();
    let mut out: Vec<Node> = Vec::with_capacity(items.len());
    for item in items {
        match places.entry(key(&item)) {
            btree_map::Entry::Occupied(place) => out[*place.get()] = item,
            btree_map::Entry::Vacant(place) => {
                place.insert(out.len());
                out.push(item);
            }
        }
    }
    out
}

/// Applies uniqueness inside one file, where nothing is merged.
pub(super) fn without_doubles(service: &mut Node) {
    for key in ["ports", "volumes", "configs", "secrets", "env_file", "expose", "devices"] {
        let path = [String::from("services"), String::new(), key.to_owned()];
        if let (Rule::Unique(by), Some(node)) = (rule(&path), service.get_mut(key))
            && let Data::Sequence(items) = &mut node.value
        {
            *items = unique(std::mem::take(items), by);
        }
    }
}
