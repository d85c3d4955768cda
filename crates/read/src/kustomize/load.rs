//! Texts into objects: documents of files and of texts inside a kustomization, lists expanded, each checked for what
//! kustomize asks of an object.

use plimsoll_model::{At, FileId, Problem};

use super::fields::{adopt, is_empty, spelled};
use crate::corpus::Corpus;
use crate::tree::json;
use crate::tree::yaml::{self, Documents, Schema};
use crate::tree::{Data, Node};

/// The documents of a file.
pub(super) fn documents(corpus: &Corpus, file: FileId) -> &Documents {
    let documents = corpus.yaml(file, Schema::Yaml11);
    if !documents.problems.is_empty() && corpus.path(file).ends_with(".json") {
        return corpus.json(file);
    }
    documents
}

/// The objects of a file.
pub(super) fn file(corpus: &Corpus, file: FileId, problems: &mut Vec<Problem>) -> Vec<Node> {
    let documents = documents(corpus, file);
    // What the parser found is reported with the corpus; only that nothing came out is worth a word more.
    if documents.roots.is_empty() && !documents.problems.is_empty() {
        problems.extend(documents.problems.iter().cloned());
    }
    objects(documents.roots.clone(), problems)
}

/// A text that stands inside a kustomization: its documents, each value at the line where it is written there.
pub(super) fn embedded(corpus: &Corpus, node: &Node) -> Documents {
    let text = spelled(node);
    let mut documents = yaml::parse(node.at.file, text, Schema::Yaml11);
    let shift = Shift::of(corpus, node.at, text);
    documents.roots.iter_mut().for_each(|root| shift.tree(root));
    documents.problems.iter_mut().for_each(|problem| problem.at = shift.place(problem.at));
    documents
}

/// Whether a text begins like a JSON list and is none: kustomize reads such a patch as JSON and nothing else.
pub(super) fn is_broken_json(text: &str) -> bool {
    text.starts_with('[') && !json::parse(FileId(0), text).problems.is_empty()
}

/// From places in an embedded text to places in its file.
enum Shift {
    /// A block of lines: so many lines down, so many columns to the right.
    Block { at: At, lines: u32, columns: u32 },
    /// Anything else: the place where the text begins.
    Whole(At),
}

impl Shift {
    fn of(corpus: &Corpus, at: At, text: &str) -> Self {
        let source = corpus.text(at.file).unwrap_or_default();
        let first = text.lines().position(|line| !line.trim().is_empty()).unwrap_or(0);
        let line = text.lines().nth(first).unwrap_or_default();
        // The parser gives the place of `|` or of the first line after it; the first line's own words decide.
        for below in 0..=1u32 {
            let index = (at.line + below) as usize + first;
            let Some(written) = index.checked_sub(1).and_then(|index| source.lines().nth(index)) else { continue };
            if text.contains('\n') && written.trim_end().ends_with(line.trim_end()) && !line.trim().is_empty() {
                let columns = written.trim_end().chars().count() - line.trim_end().chars().count();
                return Self::Block { at, lines: at.line + below - 1, columns: columns as u32 };
            }
        }
        Self::Whole(at)
    }

    fn place(&self, place: At) -> At {
        match self {
            Self::Block { at, lines, columns } => At::new(at.file, place.line + lines, place.column + columns),
            Self::Whole(at) => *at,
        }
    }

    fn tree(&self, node: &mut Node) {
        node.at = self.place(node.at);
        match &mut node.value {
            Data::Scalar(_) => {}
            Data::Sequence(items) => items.iter_mut().for_each(|item| self.tree(item)),
            Data::Mapping(entries) => {
                for entry in entries {
                    entry.key_at = self.place(entry.key_at);
                    self.tree(&mut entry.value);
                }
            }
        }
    }
}

/// Documents as objects: lists are replaced by what they hold; what has no kind or name is a problem and left out.
pub(super) fn objects(roots: Vec<Node>, problems: &mut Vec<Problem>) -> Vec<Node> {
    let mut queue: Vec<Node> = match <[Node; 1]>::try_from(roots) {
        // A file that is one list stands for its items, in their place.
        Ok([root]) if is_plain_list(&root) => items_of(root),
        Ok([root]) => vec![root],
        Err(roots) => roots,
    };
    queue.retain(|node| !is_empty(node) && is_object(node, problems));
    let mut out = Vec::new();
    // Items of other lists come after all that stands in the file; lists in lists come after those.
    while !queue.is_empty() {
        let mut later = Vec::new();
        for node in queue {
            if node.get("kind").is_some_and(|kind| spelled(kind).ends_with("List")) && node.get("items").is_some() {
                let mut items = items_of(node);
                items.retain(|node| !is_empty(node) && is_object(node, problems));
                later.append(&mut items);
            } else {
                out.push(adopt(node));
            }
        }
        queue = later;
    }
    out
}

fn is_plain_list(node: &Node) -> bool {
    node.get("kind").is_some_and(|kind| matches!(spelled(kind), "List" | "ResourceList")) && node.get("items").is_some()
}

fn items_of(mut list: Node) -> Vec<Node> {
    match list.remove("items").map(|items| items.value) {
        Some(Data::Sequence(items)) => items,
        _ => Vec::new(),
    }
}

fn is_object(node: &Node, problems: &mut Vec<Problem>) -> bool {
    let mut refuse = |message: &str| {
        problems.push(Problem { at: node.at, message: message.to_owned() });
        false
    };
    if !node.is_mapping() {
        return refuse("this is no Kubernetes object but a list or a single value; kustomize refuses it");
    }
    let kind = node.get("kind").map(spelled).unwrap_or_default();
    if kind.is_empty() {
        return refuse("an object without `kind`; kustomize refuses it");
    }
    let named = node.at_path(&["metadata", "name"]).and_then(Node::as_str).is_some_and(|name| !name.is_empty());
    if !kind.ends_with("List") && !named {
        return refuse("an object without `metadata.name`; kustomize refuses it");
    }
    true
}
