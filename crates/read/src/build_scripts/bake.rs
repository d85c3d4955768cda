//! Targets of Docker's bake: `docker-bake.hcl` and `docker-bake.json`.
//!
//! Of the HCL only blocks and keys with a text or a list of texts are looked at; functions and matrices are unknown.

use plimsoll_model::{At, FileId};

use super::tie::{Dockerfile, Tie};
use super::values::{UNKNOWN, Values, substitute};
use crate::corpus::Corpus;
use crate::tree::Node;

/// The builds that the targets state.
pub(super) fn ties(corpus: &Corpus, file: FileId, text: &str) -> Vec<Tie> {
    let targets = if corpus.path(file).ends_with(".json") { json(corpus, file) } else { hcl(file, text) };
    let base = corpus.folder(file).to_owned();
    let stated = targets.iter().filter(|target| !target.images.is_empty());
    stated
        .map(|target| {
            let parent = |name: &String| targets.iter().find(|each| each.name == *name);
            let context =
                target.context.clone().or_else(|| target.parents.iter().find_map(|p| parent(p)?.context.clone()));
            Tie {
                images: target.images.clone(),
                context: context.unwrap_or_else(|| String::from(".")),
                dockerfile: target.dockerfile.clone().map(Dockerfile::InContext),
                bases: vec![base.clone()],
                at: target.at,
            }
        })
        .collect()
}

struct Target {
    name: String,
    images: Vec<String>,
    context: Option<String>,
    dockerfile: Option<String>,
    parents: Vec<String>,
    at: At,
}

fn json(corpus: &Corpus, file: FileId) -> Vec<Target> {
    let Some(root) = corpus.json(file).roots.first() else { return Vec::new() };
    let mut values = Values::default();
    for variable in root.get("variable").map_or(&[][..], Node::entries) {
        values.set(&variable.key, variable.value.str_at("default").unwrap_or_default());
    }
    let row = values.sets_for("").into_iter().next().unwrap_or_default();
    let texts = |node: &Node, key: &str| {
        let items = node.get(key).map_or(&[][..], Node::items);
        items.iter().filter_map(Node::as_str).map(|text| substitute(text, &row)).collect::<Vec<_>>()
    };
    let targets = root.get("target").map_or(&[][..], Node::entries).iter();
    targets
        .map(|entry| Target {
            name: entry.key.clone(),
            images: texts(&entry.value, "tags"),
            context: entry.value.str_at("context").map(|text| substitute(text, &row)),
            dockerfile: entry.value.str_at("dockerfile").map(|text| substitute(text, &row)),
            parents: texts(&entry.value, "inherits"),
            at: entry.key_at,
        })
        .collect()
}

fn hcl(file: FileId, text: &str) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    let mut values = Values::default();
    let (mut block, mut depth, mut list): (Option<(String, String)>, usize, Option<String>) = (None, 0, None);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(['#', '/']) {
            continue;
        }
        if depth == 0 {
            let name = line.split('"').nth(1).unwrap_or_default().to_owned();
            let kind = line.split_whitespace().next().unwrap_or_default().to_owned();
            if kind == "target" {
                let at = At::new(file, index as u32 + 1, 1);
                let name = name.clone();
                let (images, parents) = (Vec::new(), Vec::new());
                targets.push(Target { name, images, context: None, dockerfile: None, parents, at });
            }
            block = Some((kind, name));
        }
        let within = depth;
        depth = (depth + line.matches('{').count() - line.matches("${").count())
            .saturating_sub(line.matches('}').count() - line.matches("${").count().min(line.matches('}').count()));
        let Some((kind, name)) = &block else { continue };
        let (key, value) = match (line.split_once('='), &list) {
            (_, Some(key)) => (key.clone(), line),
            (Some((key, value)), None) if within > 0 || line.contains('{') => {
                let key = key.rsplit('{').next().unwrap_or(key);
                (key.trim().to_owned(), value.trim())
            }
            _ => continue,
        };
        list = (list.is_some() || value.starts_with('[')).then(|| key.clone()).filter(|_| !value.contains(']'));
        let texts: Vec<&str> = value.split('"').skip(1).step_by(2).collect();
        let row = values.sets_for("").into_iter().next().unwrap_or_default();
        let known = |text: &str| if text.contains('(') { UNKNOWN.to_string() } else { substitute(text, &row) };
        match (kind.as_str(), key.as_str(), targets.last_mut()) {
            ("variable", "default", _) => values.set(name, texts.first().copied().unwrap_or_default()),
            ("target", "tags", Some(target)) => target.images.extend(texts.iter().map(|text| known(text))),
            ("target", "inherits", Some(target)) => target.parents.extend(texts.iter().map(|text| known(text))),
            ("target", "context", Some(target)) => target.context = texts.first().map(|text| known(text)),
            ("target", "dockerfile", Some(target)) => target.dockerfile = texts.first().map(|text| known(text)),
            _ => {}
        }
    }
    targets
}
