//! Values as kustomize reads and writes them: what a plain word means, what counts as empty, how a value is set.
//!
//! Kustomize reads YAML 1.2 with numbers and dates of 1.1. The corpus has the trees of YAML 1.1, which differ in the
//! words `yes`, `no`, `on` and `off`; [`adopt`] turns them back into texts.

use std::sync::Arc;

use plimsoll_model::At;

use super::json;
use crate::tree::yaml::{BINARY, FOLDED, Schema, TIMESTAMP, resolve_plain};
use crate::tree::{DEPTH_MAX, Data, Node, Scalar, ScalarKind};

/// Failing says what kustomize would refuse; the caller knows the place.
pub(super) type Outcome<T> = Result<T, String>;

/// What a plain word means to kustomize.
pub(super) fn kind_of(text: &str) -> ScalarKind {
    match resolve_plain(text, Schema::Yaml11) {
        ScalarKind::Bool(_) if is_word_of_yaml_11(text) => ScalarKind::Text,
        kind => kind,
    }
}

fn is_word_of_yaml_11(text: &str) -> bool {
    !text.eq_ignore_ascii_case("true") && !text.eq_ignore_ascii_case("false")
}

/// A tree of the corpus as kustomize sees it.
pub(super) fn adopt(mut node: Node) -> Node {
    each(&mut node, &mut |node| {
        if let Data::Scalar(scalar) = &mut node.value
            && matches!(scalar.kind, ScalarKind::Bool(_))
            && is_word_of_yaml_11(&scalar.text)
        {
            scalar.kind = ScalarKind::Text;
        }
    });
    node
}

/// A tree that becomes JSON at once, without going through kustomize's YAML writer: dates and folded texts stay.
pub(super) fn adopt_as_json(node: Node) -> Node {
    let mut node = adopt(node);
    each(&mut node, &mut |node| node.tag = None);
    node
}

/// What kustomize's YAML writer makes of a tree: dates become times, base64 becomes text, folded texts are folded again.
pub(super) fn write_out(node: &mut Node) {
    each(node, &mut |node| {
        let Data::Scalar(scalar) = &mut node.value else { return };
        let written = match node.tag.as_deref() {
            Some(TIMESTAMP) => json::timestamp(&scalar.text),
            Some(BINARY) => json::from_base64(&scalar.text),
            Some(FOLDED) => Some(folded_again(&scalar.text)),
            _ => None,
        };
        if let Some(text) = written {
            scalar.text = text;
            node.tag = None;
        }
    });
}

fn each(node: &mut Node, change: &mut dyn FnMut(&mut Node)) {
    match &mut node.value {
        Data::Sequence(items) => items.iter_mut().for_each(|item| each(item, change)),
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| each(&mut entry.value, change)),
        Data::Scalar(_) => {}
    }
    change(node);
}

/// A folded text as kustomize's YAML writer folds it again: it sets a blank line before every line break that follows a
/// line which is not indented, and before an indented line that blank line becomes part of the text.
fn folded_again(text: &str) -> String {
    let is_indented = |line: &str| line.starts_with([' ', '\t']);
    // A space before a line break makes the writer quote the text, which changes nothing.
    if text.contains(" \n") || text.ends_with(' ') {
        return text.to_owned();
    }
    let first_is_indented = text.starts_with([' ', '\t', '\n']);
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(end) = rest.find('\n') {
        let (line, after) = rest.split_at(end);
        let next = after.trim_start_matches('\n');
        let breaks = after.len() - next.len();
        let written = breaks + usize::from(!is_indented(line) && !first_is_indented);
        out.push_str(line);
        let read = match next {
            "" if breaks == 1 => 1,
            "" => written,
            next if is_indented(line) || is_indented(next) => written,
            _ => written - 1,
        };
        out.push_str(&if read == 0 { String::from(" ") } else { "\n".repeat(read) });
        rest = next;
    }
    out + rest
}

/// The text of a scalar as it is spelled, that of null too; empty for anything else.
pub(super) fn spelled(node: &Node) -> &str {
    match &node.value {
        Data::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// The text of a scalar; empty for null and for anything else.
pub(super) fn value(node: &Node) -> &str {
    node.as_str().unwrap_or_default()
}

/// Null, `{}` or `[]`.
pub(super) fn is_empty(node: &Node) -> bool {
    match &node.value {
        Data::Scalar(scalar) => scalar.kind == ScalarKind::Null,
        Data::Sequence(items) => items.is_empty(),
        Data::Mapping(entries) => entries.is_empty(),
    }
}

/// What sort of node it is, in words.
pub(super) fn sort(node: &Node) -> &'static str {
    match node.value {
        Data::Scalar(_) => "a single value",
        Data::Sequence(_) => "a list",
        Data::Mapping(_) => "a mapping",
    }
}

/// Places of a value that was changed on its way: those of the old one, and the place of the change.
pub(super) fn via_of(old: &Node, through: Option<At>) -> Option<Arc<[At]>> {
    let mut places: Vec<At> = old.via.as_deref().unwrap_or_default().to_vec();
    places.extend(through.filter(|at| !places.contains(at)));
    (!places.is_empty()).then(|| places.into())
}

/// Changes the text of a scalar where it stands, as a word without quotes: a text stays one, else the word decides.
pub(super) fn change_text(node: &mut Node, text: &str, through: Option<At>) {
    let kind = match &node.value {
        Data::Scalar(Scalar { kind: ScalarKind::Text, .. }) => ScalarKind::Text,
        _ => kind_of(text),
    };
    node.via = via_of(node, through);
    node.tag = None;
    node.value = Data::Scalar(Scalar { text: text.to_owned(), kind });
}

/// Marks all values below as having come through a place.
pub(super) fn pass_through(node: &mut Node, through: At) {
    match &mut node.value {
        Data::Sequence(items) => items.iter_mut().for_each(|item| pass_through(item, through)),
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| pass_through(&mut entry.value, through)),
        Data::Scalar(_) => {}
    }
    node.via = via_of(node, Some(through));
}

/// The value under a key, made by `new` where there is none; `None` where this is no mapping.
pub(super) fn entry<'n>(node: &'n mut Node, key: &str, new: impl FnOnce() -> Node) -> Option<&'n mut Node> {
    if !node.is_mapping() {
        return None;
    }
    if node.get(key).is_none() {
        node.set(key, new());
    }
    node.get_mut(key)
}

/// Refuses trees that grew deeper than any that is read, so that walking them by recursion stays safe.
pub(super) fn check_depth(node: &Node) -> Outcome<()> {
    fn fits(node: &Node, left: usize) -> bool {
        let Some(left) = left.checked_sub(1) else { return false };
        node.items().iter().all(|item| fits(item, left)) && node.entries().iter().all(|entry| fits(&entry.value, left))
    }
    if fits(node, DEPTH_MAX) { Ok(()) } else { Err(format!("the object grows deeper than {DEPTH_MAX} levels")) }
}

/// Splits a path at a delimiter that no `\` stands before. An empty first part is left out.
pub(super) fn split_path(path: &str, delimiter: char) -> Vec<String> {
    let mut parts: Vec<&str> = path.split(delimiter).collect();
    if parts.len() > 1 && parts[0].is_empty() {
        parts.remove(0);
    }
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
    }
    out
}

/// Splits a path at dots that no `\` stands before and that no brackets enclose: `a.[b.c/d].e`, `a.[name=b.c].d`.
pub(super) fn split_field_path(path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut parts = split_path(path, '.').into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            out.push(part);
            continue;
        }
        let mut bracketed = part;
        for next in parts.by_ref() {
            bracketed.push('.');
            bracketed.push_str(&next);
            if next.ends_with(']') {
                break;
            }
        }
        if bracketed.contains('=') {
            out.push(bracketed);
        } else {
            out.push(bracketed.trim_matches(['[', ']']).to_owned());
        }
    }
    out
}
