//! `$ref`: a pointer inside the file, or into another file of the same source.

use std::cell::RefCell;
use std::collections::BTreeMap;

use plimsoll_model::{At, FileId};

use super::recognise;
use crate::corpus::Corpus;
use crate::tree::Node;

/// References that lead to references; a circle ends here.
const HOPS_MAX: usize = 16;

/// Mappings of at least this size are indexed; most have ten keys, `paths` may have thousands.
const INDEX_FROM: usize = 64;

/// Looks keys of large mappings up by an index that is built once.
#[derive(Default)]
pub(super) struct Lookup<'c> {
    large: RefCell<BTreeMap<At, BTreeMap<&'c str, &'c Node>>>,
}

impl<'c> Lookup<'c> {
    fn get(&self, node: &'c Node, key: &str) -> Option<&'c Node> {
        let entries = node.entries();
        if entries.len() < INDEX_FROM {
            return node.get(key);
        }
        let mut large = self.large.borrow_mut();
        let index = || entries.iter().map(|entry| (entry.key.as_str(), &entry.value)).collect();
        large.entry(node.at).or_insert_with(index).get(key).copied()
    }
}

/// A value with the file that its own references are relative to, and the references that led to it.
#[derive(Clone)]
pub(super) struct Reached<'c> {
    /// The value.
    pub(super) node: &'c Node,
    /// The file that it stands in.
    pub(super) file: FileId,
    /// The document of that file that it stands in.
    pub(super) root: &'c Node,
    /// The references, the last one first.
    pub(super) via: Vec<At>,
}

/// Why a reference leads nowhere.
pub(super) enum Lost {
    /// It leads out of what is surveyed.
    Remote(String, At),
    /// It should lead to something here.
    Broken(String, At),
}

impl<'c> Reached<'c> {
    /// The values below each other that references chain: this one, then what its `$ref` leads to, and so on.
    /// The siblings of a `$ref` count, so all of them are given; the first that has a key is the one that holds.
    pub(super) fn chain(self, corpus: &'c Corpus, lookup: &Lookup<'c>) -> (Vec<Self>, Option<Lost>) {
        let mut chain = vec![self];
        for _ in 0..HOPS_MAX {
            let last = &chain[chain.len() - 1];
            let Some(reference) = last.node.get("$ref") else { return (chain, None) };
            let Some(target) = reference.as_str() else { return (chain, None) };
            match last.follow(corpus, lookup, target, reference.at) {
                Ok(next) => chain.push(next),
                Err(lost) => return (chain, Some(lost)),
            }
        }
        let at = chain[chain.len() - 1].node.at;
        (chain, Some(Lost::Broken(format!("more than {HOPS_MAX} references lead to each other here"), at)))
    }

    fn follow(&self, corpus: &'c Corpus, lookup: &Lookup<'c>, target: &str, at: At) -> Result<Self, Lost> {
        let (path, pointer) = target.split_once('#').unwrap_or((target, ""));
        let broken = |what: &str| Lost::Broken(format!("`$ref: {}` leads nowhere: {what}", shown(target)), at);
        if path.contains("://") {
            return Err(Lost::Remote(shown(target), at));
        }
        let (file, root) = if path.is_empty() {
            (self.file, self.root)
        } else {
            let file = corpus.beside(self.file, &decoded(path)).ok_or_else(|| broken("there is no such file"))?;
            let root = recognise::tree(corpus, file).roots.first();
            (file, root.ok_or_else(|| broken("the file has no value that can be read"))?)
        };
        let node = pointed(root, pointer, lookup).ok_or_else(|| broken("the file has no such key"))?;
        let mut via = vec![at];
        via.extend(&self.via);
        Ok(Self { node, file, root, via })
    }
}

/// A reference as it may be shown.
fn shown(target: &str) -> String {
    crate::redact::value("$ref", target).into_owned()
}

/// The value that a JSON pointer (RFC 6901) names; the empty one names the whole.
fn pointed<'n>(root: &'n Node, pointer: &str, lookup: &Lookup<'n>) -> Option<&'n Node> {
    let pointer = decoded(pointer);
    let Some(steps) = pointer.strip_prefix('/') else { return pointer.is_empty().then_some(root) };
    steps.split('/').try_fold(root, |node, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        lookup.get(node, &step).or_else(|| node.items().get(step.parse::<usize>().ok()?))
    })
}

/// Text with `%2F` and the like decoded; what is no valid escape stays.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
