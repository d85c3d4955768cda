//! Operations of a description: each pair of a path and an HTTP method.

use std::collections::BTreeSet;

use plimsoll_model::{At, Content, Field, Problem, Value};

use super::recognise::Document;
use super::reference::{Lookup, Lost, Reached};
use crate::corpus::Corpus;
use crate::facts::{DescribedOperation, Facts, Origin, Skipped};
use crate::redact;
use crate::tree::{Entry, Node};

/// Keys of a path item that are operations; `query` since OpenAPI 3.2, `trace` since 3.0.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// The operations in the order of the text.
pub(super) fn of<'c>(corpus: &'c Corpus, document: &Document<'c>, facts: &mut Facts) -> Vec<DescribedOperation> {
    let mut reader = Reader { corpus, facts, lookup: Lookup::default(), operations: Vec::new() };
    let Some(paths) = document.root.get("paths").filter(|paths| !paths.is_null()) else { return Vec::new() };
    let paths = Reached { node: paths, file: document.file, root: document.root, via: Vec::new() };
    reader.paths(paths);
    reader.operations
}

struct Reader<'c, 'f> {
    corpus: &'c Corpus,
    facts: &'f mut Facts,
    lookup: Lookup<'c>,
    operations: Vec<DescribedOperation>,
}

impl<'c> Reader<'c, '_> {
    fn paths(&mut self, paths: Reached<'c>) {
        let mut seen = BTreeSet::new();
        for part in self.chain(paths, "`paths`") {
            for entry in part.node.entries() {
                let own = entry.key.starts_with("x-") || entry.key == "$ref";
                if !own && seen.insert(&entry.key) {
                    self.path_item(&entry.key, Reached { node: &entry.value, ..part.clone() });
                }
            }
        }
    }

    fn path_item(&mut self, path: &'c str, item: Reached<'c>) {
        if item.node.is_null() {
            return;
        }
        let mut seen = BTreeSet::new();
        for part in self.chain(item, "a path") {
            for entry in part.node.entries() {
                let reached = Reached { node: &entry.value, ..part.clone() };
                if entry.key == "additionalOperations" {
                    for other in entry.value.entries() {
                        if seen.insert(&other.key) {
                            self.operation(path, other, Reached { node: &other.value, ..part.clone() });
                        }
                    }
                } else if METHODS.contains(&entry.key.as_str()) && seen.insert(&entry.key) {
                    self.operation(path, entry, reached);
                }
            }
        }
    }

    fn operation(&mut self, path: &str, entry: &Entry, operation: Reached<'c>) {
        let via = operation.via.clone();
        let parts = self.chain(operation, "an operation");
        if parts.is_empty() {
            return;
        }
        let stated = |key: &str| parts.iter().find_map(|part| part.node.get(key));
        let method = entry.key.to_ascii_uppercase();
        let id = stated("operationId").and_then(Node::as_str).filter(|id| !id.is_empty());
        let deprecated = stated("deprecated").and_then(Node::as_bool) == Some(true);
        let path = redact::value("path", path).into_owned();
        let mut claims = Vec::new();
        if deprecated {
            claims.push((Field::Deprecated, Content::Stated(Value::Flag(true))));
        }
        let media: BTreeSet<&str> = parts
            .iter()
            .filter_map(|part| Some(Reached { node: part.node.get("responses")?, ..part.clone() }))
            .flat_map(|responses| self.error_media(responses))
            .collect();
        if !media.is_empty() {
            let media = media.into_iter().map(|name| Value::Text(redact::value("media", name).into_owned()));
            claims.push((Field::ErrorMedia, Content::Stated(Value::List(media.collect()))));
        }
        self.operations.push(DescribedOperation {
            name: id.map_or_else(|| format!("{method} {path}"), |id| redact::value("operationId", id).into_owned()),
            method: Some(method),
            path: Some(path),
            claims,
            origin: Origin { at: entry.key_at, via: (!via.is_empty()).then(|| via.into()) },
        });
    }

    /// The media types of the answers that tell of an error; none where they have no body.
    fn error_media(&self, responses: Reached<'c>) -> Vec<&'c str> {
        let tells = |status: &str| status.starts_with(['4', '5']) || status == "default";
        let mut out = Vec::new();
        for entry in responses.node.entries().iter().filter(|entry| tells(&entry.key)) {
            let response = Reached { node: &entry.value, ..responses.clone() };
            // What is lost on the way is told where the description as a whole is checked.
            let (chain, _) = response.chain(self.corpus, &self.lookup);
            let content = chain.iter().find_map(|part| part.node.get("content"));
            out.extend(content.map(Node::entries).unwrap_or_default().iter().map(|entry| entry.key.as_str()));
        }
        out
    }

    /// The mappings that a value and its references give; what is lost on the way is told.
    fn chain(&mut self, reached: Reached<'c>, what: &str) -> Vec<Reached<'c>> {
        let (mut parts, lost) = reached.chain(self.corpus, &self.lookup);
        match lost {
            Some(Lost::Broken(message, at)) => self.problem(at, message),
            Some(Lost::Remote(target, at)) => self.facts.not_read.push(Skipped {
                kind: String::from("remote reference"),
                file: at.file,
                reason: format!("`$ref: {target}` at line {} leads to another machine; nothing is fetched", at.line),
            }),
            None => {}
        }
        parts.retain(|part| {
            let mapping = part.node.is_mapping();
            if !mapping {
                self.facts.problems.push(Problem {
                    at: part.node.at,
                    message: format!("{what} is not a mapping; it is left out: write its keys below it"),
                });
            }
            mapping
        });
        parts
    }

    fn problem(&mut self, at: At, message: String) {
        self.facts.problems.push(Problem { at, message });
    }
}
