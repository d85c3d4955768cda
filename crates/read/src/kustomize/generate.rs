//! Generators: ConfigMaps and Secrets made of literals, files and variables.

use plimsoll_model::{At, FileId};

use super::fields::{Outcome, value, via_of};
use super::json;
use super::object::{Behavior, Object};
use crate::corpus::{Corpus, FILE_BYTES_MAX};
use crate::tree::{Entry, Node, ScalarKind};

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

/// A key with its value.
struct Pair {
    key: String,
    bytes: Vec<u8>,
    at: At,
}

/// Finds a file that a generator names; fails with the reason why not.
pub(super) type Find<'f> = &'f mut dyn FnMut(&Node, &str) -> Outcome<FileId>;

/// Makes the object of one entry of `configMapGenerator` or `secretGenerator`. `defaults` are the `generatorOptions`.
pub(super) fn object(
    corpus: &Corpus,
    kind: Kind,
    entry: &Node,
    defaults: Option<&Node>,
    find: Find<'_>,
) -> Outcome<Object> {
    let options = Options::of(entry.get("options"), defaults);
    let at = entry.at;
    let text = |key: &str| entry.get(key).map(value).unwrap_or_default();
    let mut node = Node::mapping(at);
    node.set("apiVersion", Node::text("v1", at));
    node.set("kind", Node::text(if kind == Kind::ConfigMap { "ConfigMap" } else { "Secret" }, at));
    let mut meta = Node::mapping(at);
    let name = entry.get("name").filter(|name| !value(name).is_empty());
    let Some(name) = name else { return Err(String::from("a generator without `name`")) };
    meta.set("name", Node::text(value(name), name.at));
    if let Some(namespace) = entry.get("namespace").filter(|namespace| !value(namespace).is_empty()) {
        meta.set("namespace", Node::text(value(namespace), namespace.at));
    }
    for (field, pairs) in [("labels", &options.labels), ("annotations", &options.annotations)] {
        if !pairs.is_empty() {
            let mut map = Node::mapping(at);
            pairs.iter().for_each(|pair| map.set(&pair.key, pair.value.clone()));
            meta.set(field, map);
        }
    }
    node.set("metadata", meta);
    if kind == Kind::Secret {
        let stated = entry.get("type").filter(|stated| !value(stated).is_empty());
        let (kind, at) = stated.map_or(("Opaque", at), |stated| (value(stated), stated.at));
        node.set("type", Node::text(kind, at));
        node.set("data", Node::mapping(entry.at));
    }
    let mut pairs = pairs(corpus, entry, find)?;
    pairs.sort_by(|a, b| a.key.cmp(&b.key));
    if let Some(twice) = pairs.windows(2).find(|pair| pair[0].key == pair[1].key) {
        return Err(format!("the key `{}` is given twice", twice[0].key));
    }
    pairs.into_iter().for_each(|pair| put(&mut node, kind, pair, at));
    if options.immutable {
        node.set("immutable", Node::scalar("true", ScalarKind::Bool(true), at));
    }
    let mut object = Object::new(node);
    object.needs_hash = !options.disable_hash;
    object.renamed_at = Some(at);
    object.behavior = match text("behavior") {
        "merge" => Behavior::Merge,
        "replace" => Behavior::Replace,
        _ => Behavior::Create,
    };
    Ok(object)
}

fn put(node: &mut Node, kind: Kind, pair: Pair, through: At) {
    let (field, text) = match (kind, String::from_utf8(pair.bytes)) {
        (Kind::ConfigMap, Ok(text)) => ("data", text),
        (Kind::ConfigMap, Err(bytes)) => ("binaryData", json::base64(bytes.as_bytes())),
        (Kind::Secret, Ok(text)) => ("data", json::base64(text.as_bytes())),
        (Kind::Secret, Err(bytes)) => ("data", json::base64(bytes.as_bytes())),
    };
    let mut new = Node::text(text, pair.at);
    if pair.at.file != through.file {
        new.via = via_of(&new, Some(through));
    }
    if let Some(map) = super::fields::entry(node, field, || Node::mapping(through)) {
        map.set(&pair.key, new);
    }
}

/// Options of a generator over those of all generators.
struct Options {
    labels: Vec<Entry>,
    annotations: Vec<Entry>,
    disable_hash: bool,
    immutable: bool,
}

impl Options {
    fn of(own: Option<&Node>, defaults: Option<&Node>) -> Self {
        let map = |key: &str| {
            let entries = |node: Option<&Node>| -> Vec<Entry> {
                node.and_then(|node| node.get(key)).map(Node::entries).unwrap_or_default().to_vec()
            };
            let mut all = entries(own);
            for entry in entries(defaults) {
                if !all.iter().any(|has| has.key == entry.key) {
                    all.push(entry);
                }
            }
            all.sort_by(|a, b| a.key.cmp(&b.key));
            all
        };
        // A `false` of one cannot take back the `true` of all: kustomize does not tell it from nothing.
        let is = |key: &str| [own, defaults].into_iter().flatten().any(|node| flag(node, key));
        Self {
            labels: map("labels"),
            annotations: map("annotations"),
            disable_hash: is("disableNameSuffixHash"),
            immutable: is("immutable"),
        }
    }
}

fn flag(node: &Node, key: &str) -> bool {
    node.get(key).and_then(Node::as_bool).unwrap_or_default()
}

/// All keys and values: variables first, then literals, then files.
fn pairs(corpus: &Corpus, entry: &Node, find: Find<'_>) -> Outcome<Vec<Pair>> {
    let items = |key: &str| entry.get(key).map(Node::items).unwrap_or_default();
    let mut out = Vec::new();
    for env in items("envs").iter().chain(entry.get("env").filter(|env| !value(env).is_empty())) {
        let file = find(env, value(env))?;
        variables(&corpus.bytes(file)?, file, &mut out)?;
    }
    for literal in items("literals") {
        out.push(of_literal(literal)?);
    }
    for named in items("files") {
        let (key, path) = key_and_path(value(named))?;
        let file = find(named, path)?;
        let bytes = corpus.bytes(file).map_err(|reason| format!("`{path}` {reason}"))?;
        out.push(Pair { key: key.to_owned(), bytes, at: At::new(file, 1, 1) });
    }
    let size: usize = out.iter().map(|pair| pair.bytes.len()).sum();
    if size as u64 > 2 * FILE_BYTES_MAX {
        return Err(String::from("more than 16 MiB of data; a cluster takes one"));
    }
    Ok(out)
}

/// `key=value`, the value with its outer quotes taken off.
fn of_literal(literal: &Node) -> Outcome<Pair> {
    let text = value(literal);
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => {
            Ok(Pair { key: key.to_owned(), bytes: unquoted(value).as_bytes().to_vec(), at: literal.at })
        }
        // The value may be a secret: it is not shown.
        _ => Err(format!("the literal in line {} is not of the form key=value", literal.at.line)),
    }
}

fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// `path`, whose last part is the key, or `key=path`.
fn key_and_path(source: &str) -> Outcome<(&str, &str)> {
    match source.split('=').collect::<Vec<_>>().as_slice() {
        [path] => Ok((path.trim_end_matches('/').rsplit('/').next().unwrap_or(path), path)),
        ["", path] => Err(format!("the file `{path}` is given without a key before `=`")),
        [key, ""] => Err(format!("the key `{key}` is given without a file after `=`")),
        [key, path] => Ok((key, path)),
        _ => Err(format!("`{source}` has more than one `=`")),
    }
}

/// The lines of a file of variables: `KEY=value`, `#` begins a comment line, quotes belong to the value.
fn variables(bytes: &[u8], file: FileId, out: &mut Vec<Pair>) -> Outcome<()> {
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = index as u32 + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = std::str::from_utf8(line).map_err(|_| format!("line {number} of the variables is not UTF-8"))?;
        let line = if index == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let line = line.trim_start();
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        if key.is_empty() && line.starts_with('=') || line.is_empty() || line.starts_with('#') {
            continue;
        }
        out.push(Pair { key: key.to_owned(), bytes: value.as_bytes().to_vec(), at: At::new(file, number, 1) });
    }
    Ok(())
}
