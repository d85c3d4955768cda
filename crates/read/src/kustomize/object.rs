//! One object on its way through the transformers: its tree, and what kustomize remembers of it until the end.

use plimsoll_model::At;

use super::fields::{change_text, entry, spelled};
use super::id::{Gvk, Id};
use super::kinds;
use super::origin::Origin;
use crate::tree::{Data, Entry, Node};

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// Its tree.
    pub(super) node: Node,
    /// The ids that it had, oldest first.
    pub(super) previous: Vec<Previous>,
    /// Prefixes and suffixes that its name was given, in order.
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    /// Whether its name gets the hash of its content: generated ones.
    pub(super) needs_hash: bool,
    /// How a generated one treats one that is there already.
    pub(super) behavior: Behavior,
    /// Vars that take their value from it.
    pub(super) vars: Vec<String>,
    /// The place that changed its name last.
    pub(super) renamed_at: Option<At>,
    /// Where it comes from, as the annotation of the build metadata says it.
    pub(super) origin: Option<Origin>,
    /// What changed it, likewise.
    pub(super) transformations: Vec<Origin>,
}

/// The annotation by which kustomize remembers whose name gets a hash; files may state it too.
pub(super) const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";

/// An id that an object had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Previous {
    pub(super) kind: String,
    pub(super) name: String,
    /// The namespace in effect.
    pub(super) namespace: String,
}

/// How a generated object treats one of the same id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Behavior {
    /// There must be none.
    #[default]
    Create,
    /// Takes its place.
    Replace,
    /// Adds to it.
    Merge,
}

impl Object {
    /// An object as its file states it.
    pub(super) fn new(node: Node) -> Self {
        let mark = node.at_path(&["metadata", "annotations", NEEDS_HASH]).map(spelled);
        Self {
            needs_hash: mark == Some("enabled"),
            node,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            behavior: Behavior::Create,
            vars: Vec::new(),
            renamed_at: None,
            origin: None,
            transformations: Vec::new(),
        }
    }

    /// Its kind; empty where none is stated.
    pub(super) fn kind(&self) -> &str {
        self.node.get("kind").map(spelled).unwrap_or_default()
    }

    /// Its API version; empty where none is stated.
    pub(super) fn api_version(&self) -> &str {
        self.node.get("apiVersion").map(spelled).unwrap_or_default()
    }

    /// Its name; empty where none is stated.
    pub(super) fn name(&self) -> &str {
        self.node.at_path(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default()
    }

    /// Its namespace; empty where none is stated.
    pub(super) fn namespace(&self) -> &str {
        self.node.at_path(&["metadata", "namespace"]).and_then(Node::as_str).unwrap_or_default()
    }

    /// Group, version and kind.
    pub(super) fn gvk(&self) -> Gvk<'_> {
        Gvk::new(self.api_version(), self.kind())
    }

    /// The id that it has now.
    pub(super) fn id(&self) -> Id<'_> {
        let cluster = kinds::is_cluster_scoped(self.api_version(), self.kind());
        Id { gvk: self.gvk(), name: self.name(), namespace: self.namespace(), cluster }
    }

    /// The ids that it had, oldest first.
    pub(super) fn previous_ids(&self) -> impl DoubleEndedIterator<Item = Id<'_>> {
        let gvk = self.gvk();
        self.previous.iter().map(move |previous| Id {
            gvk: Gvk { kind: &previous.kind, ..gvk },
            name: &previous.name,
            namespace: &previous.namespace,
            cluster: false,
        })
    }

    /// The id with which it came in.
    pub(super) fn original_id(&self) -> Id<'_> {
        self.previous_ids().next().unwrap_or_else(|| self.id())
    }

    /// Whether a name is or was its own: a cheap look before its ids are made.
    pub(super) fn has_or_had_name(&self, name: &str) -> bool {
        self.name() == name || self.previous.iter().any(|previous| previous.name == name)
    }

    /// Whether any of its ids is one.
    pub(super) fn any_id(&self, fits: &dyn Fn(&Id<'_>) -> bool) -> bool {
        self.previous_ids().any(|id| fits(&id)) || fits(&self.id())
    }

    /// Remembers the id that it has now, before it changes.
    pub(super) fn store_id(&mut self) {
        let id = self.id();
        // A name that is empty is not remembered: kustomize keeps them in a list with commas.
        if id.name.is_empty() {
            return;
        }
        let previous = Previous {
            kind: id.gvk.kind.to_owned(),
            name: id.name.to_owned(),
            namespace: id.effective_namespace().to_owned(),
        };
        self.previous.push(previous);
    }

    /// Gives it another name.
    pub(super) fn set_name(&mut self, name: &str, through: Option<At>) {
        self.set_meta("name", name, through);
    }

    /// Gives it another namespace; none where it is empty.
    pub(super) fn set_namespace(&mut self, namespace: &str, through: Option<At>) {
        if namespace.is_empty() {
            if let Some(meta) = self.node.get_mut("metadata") {
                meta.remove("namespace");
            }
        } else {
            self.set_meta("namespace", namespace, through);
        }
    }

    fn set_meta(&mut self, key: &str, text: &str, through: Option<At>) {
        let at = through.unwrap_or(self.node.at);
        let Some(meta) = entry(&mut self.node, "metadata", || Node::mapping(at)) else { return };
        match meta.get_mut(key) {
            Some(node) if spelled(node) == text && !node.is_null() => {}
            Some(node) => change_text(node, text, through),
            None => meta.set(key, Node::text(text, at)),
        }
    }

    /// Its labels or annotations: keys with their texts as they are spelled.
    pub(super) fn texts(&self, field: &str) -> Vec<(&str, &str)> {
        let entries = self.node.at_path(&["metadata", field]).map(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| (entry.key.as_str(), spelled(&entry.value))).collect()
    }

    /// Makes all labels or annotations texts, in the order of their keys; removes the field where it is empty.
    pub(super) fn settle_texts(&mut self, field: &str) {
        let Some(meta) = self.node.get_mut("metadata") else { return };
        let Some(mut map) = meta.remove(field) else { return };
        let Data::Mapping(entries) = &mut map.value else { return };
        if entries.is_empty() {
            return;
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries.iter_mut().for_each(|entry| settle_text(&mut entry.value));
        meta.set(field, map);
    }

    /// Takes over from the object whose place this one takes: labels and annotations that it does not state itself, name,
    /// namespace, and what is remembered.
    pub(super) fn succeed(&mut self, old: &Self) {
        for field in ["labels", "annotations"] {
            let Some(theirs) = old.node.at_path(&["metadata", field]).cloned() else { continue };
            let at = theirs.at;
            let Some(meta) = entry(&mut self.node, "metadata", || Node::mapping(at)) else { continue };
            let Some(mine) = entry(meta, field, || Node::mapping(at)) else { continue };
            add_missing(mine, theirs.entries());
        }
        self.settle_texts("labels");
        self.settle_texts("annotations");
        self.set_name(old.name(), None);
        self.set_namespace(old.namespace(), None);
        self.previous.clone_from(&old.previous);
        self.prefixes.clone_from(&old.prefixes);
        self.suffixes.clone_from(&old.suffixes);
        self.vars.clone_from(&old.vars);
        self.needs_hash &= old.needs_hash;
        self.behavior = old.behavior;
        if self.origin.is_none() {
            self.origin.clone_from(&old.origin);
        }
        if self.transformations.is_empty() {
            self.transformations.clone_from(&old.transformations);
        }
    }

    /// Adds the entries of the old object's data that the new one does not have, all as texts.
    pub(super) fn merge_data(&mut self, old: &Self) {
        for field in ["data", "binaryData"] {
            let Some(theirs) = old.node.get(field) else {
                self.settle_data(field);
                continue;
            };
            let at = theirs.at;
            if let Some(mine) = entry(&mut self.node, field, || Node::mapping(at)) {
                add_missing(mine, theirs.entries());
            }
            self.settle_data(field);
        }
    }

    fn settle_data(&mut self, field: &str) {
        let Some(mut map) = self.node.remove(field) else { return };
        let Data::Mapping(entries) = &mut map.value else { return };
        if entries.is_empty() {
            return;
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        for entry in entries {
            if entry.value.is_null() {
                entry.value = Node::text("", entry.value.at);
            }
            settle_text(&mut entry.value);
        }
        self.node.set(field, map);
    }

    /// Makes room for annotations on an object of which kustomize takes notes: it keeps them there, so that a JSON patch
    /// finds the mapping even where the object's file has none.
    pub(super) fn open_annotations(&mut self) {
        if self.previous.is_empty() && self.renamed_at.is_none() && self.origin.is_none() {
            return;
        }
        let at = self.node.at;
        if let Some(meta) = entry(&mut self.node, "metadata", || Node::mapping(at)) {
            entry(meta, "annotations", || Node::mapping(at));
        }
    }

    /// Whether nothing is left of it.
    pub(super) fn is_gone(&self) -> bool {
        super::fields::is_empty(&self.node)
    }
}

fn settle_text(node: &mut Node) {
    let (at, via) = (node.at, node.via.take());
    *node = Node::text(spelled(node), at);
    node.via = via;
}

fn add_missing(mine: &mut Node, theirs: &[Entry]) {
    for entry in theirs {
        if mine.get(&entry.key).is_none() {
            mine.set(&entry.key, entry.value.clone());
        }
    }
}
