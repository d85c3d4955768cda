//! Values with places: the small tree that every structured format is read into.
//!
//! A node knows where its text stands and, when it came through a patch, an overlay or an interpolation, through which
//! other places it came. Depth is bounded when a tree is built, so that walking it by recursion is safe.
//!
//! Not here: the parsers ([`yaml`], [`json`], [`toml`]), what a tree means (the readers).

mod flow;
pub mod json;
mod keys;
pub mod toml;
pub mod write;
pub mod yaml;

pub(crate) use flow::{MOVED, moved_lines};

use std::sync::Arc;

use plimsoll_model::At;

/// No tree is deeper than this; deeper input is a problem with its place.
pub const DEPTH_MAX: usize = 128;

/// A value, where it stands, and through which places it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Data,
    /// Where its text stands.
    pub at: At,
    /// Places through which it came, innermost first: variable, patch, overlay.
    pub via: Option<Arc<[At]>>,
    /// A YAML tag other than the core schema's, such as `!reset`.
    pub tag: Option<Box<str>>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// One value.
    Scalar(Scalar),
    /// Several values.
    Sequence(Vec<Node>),
    /// Values by key, in the order of the text; keys are unique.
    Mapping(Vec<Entry>),
}

/// One key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_at: At,
    /// The value.
    pub value: Node,
}

/// One value: its text and what it means in its format.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// As it is spelled, without quotes and escapes.
    pub text: String,
    /// What it means.
    pub kind: ScalarKind,
}

/// What a scalar means in its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarKind {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number; the text keeps its digits.
    Integer,
    /// A number with a fraction or exponent.
    Float,
    /// Text.
    Text,
}

impl Node {
    /// A node at a place.
    pub fn new(value: Data, at: At) -> Self {
        Self { value, at, via: None, tag: None }
    }

    /// A text at a place.
    pub fn text(text: impl Into<String>, at: At) -> Self {
        Self::new(Data::Scalar(Scalar { text: text.into(), kind: ScalarKind::Text }), at)
    }

    /// A scalar of some kind at a place.
    pub fn scalar(text: impl Into<String>, kind: ScalarKind, at: At) -> Self {
        Self::new(Data::Scalar(Scalar { text: text.into(), kind }), at)
    }

    /// An empty mapping at a place.
    pub fn mapping(at: At) -> Self {
        Self::new(Data::Mapping(Vec::new()), at)
    }

    /// The same node, having come through one more place.
    pub fn through(mut self, at: At) -> Self {
        let mut places: Vec<At> = self.via.as_deref().unwrap_or_default().to_vec();
        places.push(at);
        self.via = Some(places.into());
        self
    }

    /// The value under a key, where this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value under a key, for change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        match &mut self.value {
            Data::Mapping(entries) => entries.iter_mut().find(|e| e.key == key).map(|e| &mut e.value),
            _ => None,
        }
    }

    /// The value at a path of keys.
    pub fn at_path(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries, where this is a mapping; else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Data::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items, where this is a sequence; else none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Data::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar that is not null.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Data::Scalar(Scalar { kind: ScalarKind::Null, .. }) => None,
            Data::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text under a key, where it is a scalar that is not null.
    pub fn str_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Yes or no, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Data::Scalar(Scalar { kind: ScalarKind::Bool(flag), .. }) => Some(*flag),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_str()?.parse().ok()
    }

    /// Whether it is null or not given a value.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Data::Scalar(Scalar { kind: ScalarKind::Null, .. }))
    }

    /// Whether it is a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(&self.value, Data::Mapping(_))
    }

    /// Whether it is a sequence.
    pub fn is_sequence(&self) -> bool {
        matches!(&self.value, Data::Sequence(_))
    }

    /// Sets or replaces the value under a key; a scalar or sequence becomes a mapping.
    pub fn set(&mut self, key: &str, value: Node) {
        if !self.is_mapping() {
            self.value = Data::Mapping(Vec::new());
        }
        if let Data::Mapping(entries) = &mut self.value {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => entry.value = value,
                None => entries.push(Entry { key: key.to_owned(), key_at: value.at, value }),
            }
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        match &mut self.value {
            Data::Mapping(entries) => {
                let index = entries.iter().position(|entry| entry.key == key)?;
                Some(entries.remove(index).value)
            }
            _ => None,
        }
    }

    /// Calls `visit` with every scalar below and the path of keys to it; sequence items add their index.
    pub fn each_scalar<'n>(&'n self, visit: &mut dyn FnMut(&[PathStep<'n>], &'n Node)) {
        fn walk<'n>(node: &'n Node, path: &mut Vec<PathStep<'n>>, visit: &mut dyn FnMut(&[PathStep<'n>], &'n Node)) {
            match &node.value {
                Data::Scalar(_) => visit(path, node),
                Data::Sequence(items) => {
                    for (index, item) in items.iter().enumerate() {
                        path.push(PathStep::Index(index));
                        walk(item, path, visit);
                        path.pop();
                    }
                }
                Data::Mapping(entries) => {
                    for entry in entries {
                        path.push(PathStep::Key(&entry.key));
                        walk(&entry.value, path, visit);
                        path.pop();
                    }
                }
            }
        }
        walk(self, &mut Vec::new(), visit);
    }
}

/// One step from a node to a value below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathStep<'n> {
    /// Into a mapping.
    Key(&'n str),
    /// Into a sequence.
    Index(usize),
}
