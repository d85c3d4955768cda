//! From a file or an embedded text to documents of pairs, and from these to mentions and names.

use std::collections::BTreeMap;

use plimsoll_model::{At, FileId, Problem};

use super::kind::{Kind, kind};
use super::mentions::{Context, mentions};
use super::pairs::{self, Pair};
use super::{lines, ocelot, spring};
use crate::corpus::{Corpus, folder_of};
use crate::facts::{About, Mention, Spelled};
use crate::redact;
use crate::tree::yaml::{Documents, Schema};
use crate::tree::{json, toml, yaml};

/// The documents of one file, each as its pairs. Problems of trees are the corpus's to tell.
#[derive(Clone, Default)]
pub(super) struct Read {
    pub(super) documents: Vec<Vec<Pair>>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn documents_of(corpus: &Corpus, file: FileId) -> Read {
    let Some(kind) = kind(corpus.path(file)) else { return Read::default() };
    let text = match corpus.text(file) {
        Ok(text) => text,
        Err(reason) => {
            return Read {
                documents: Vec::new(),
                problems: vec![Problem { at: At::whole(file), message: reason.to_owned() }],
            };
        }
    };
    let of_trees = |documents: &Documents| Read {
        documents: documents.roots.iter().map(pairs::of_tree).collect(),
        problems: Vec::new(),
    };
    match kind {
        Kind::SpringYaml | Kind::Yaml | Kind::MaybeSpringYaml if !is_template(text) => {
            of_trees(corpus.yaml(file, Schema::Yaml12))
        }
        Kind::Json if !is_template(text) => of_trees(corpus.json(file)),
        Kind::Toml if !is_template(text) => of_trees(corpus.toml(file)),
        _ => documents_of_lines(kind, file, text),
    }
}

pub(super) fn documents_of_lines(kind: Kind, file: FileId, text: &str) -> Read {
    match kind {
        Kind::SpringProperties | Kind::Properties => {
            let (documents, problems) = lines::properties(file, text);
            Read { documents, problems }
        }
        _ => Read { documents: vec![lines::lines(file, text)], problems: Vec::new() },
    }
}

/// The environment or profile that a file's name limits it to.
pub(super) fn file_profile(path: &str, kind: Kind) -> Option<String> {
    let stem = spring::stem(path);
    let spring = ["application", "bootstrap"].iter().find_map(|start| spring::profile_of_name(stem, start));
    let (base, end) = stem.rsplit_once('.').unwrap_or((stem, ""));
    let dotnet = base.eq_ignore_ascii_case("appsettings") || spring::is_environment(end);
    let in_config = matches!(folder_of(path).rsplit('/').next(), Some("config"));
    let node = (kind == Kind::Json && in_config && spring::is_environment(stem) && stem != "default").then_some(stem);
    match kind {
        Kind::SpringYaml | Kind::SpringProperties => spring,
        _ => Some(end).filter(|end| dotnet && !end.is_empty()).or(node),
    }
    .map(str::to_owned)
}

/// The facts of the documents of one file.
#[derive(Default)]
pub(super) struct DocumentFacts {
    pub(super) mentions: Vec<Mention>,
    pub(super) names: Vec<Spelled>,
}

pub(super) fn document_facts(
    documents: Vec<Vec<Pair>>,
    by: &About,
    profile: Option<&str>,
    shared: Option<&BTreeMap<String, String>>,
) -> DocumentFacts {
    let mut out = DocumentFacts::default();
    let mut base: BTreeMap<String, String> = BTreeMap::new();
    for mut pairs in documents {
        spring::zuul_routes(&mut pairs);
        ocelot::routes(&mut pairs);
        let profile = spring::profile(&pairs, profile);
        let own: BTreeMap<&str, &str> = pairs.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
        let lookup = |key: &str| {
            let own = own.get(key).map(|value| (*value).to_owned());
            own.or_else(|| base.get(key).cloned()).or_else(|| shared?.get(key).cloned())
        };
        if let Some(name) = spring::name(&pairs) {
            let text = crate::address::placeholders(&name.value, &lookup).into_owned();
            out.names.push(Spelled { text: redact::value(&name.key, &text).into_owned(), origin: name.origin.clone() });
        }
        out.mentions.extend(mentions(&pairs, &Context { by: by.clone(), profile: profile.clone(), lookup: &lookup }));
        if profile.is_none() {
            base.extend(pairs.into_iter().map(|pair| (pair.key, pair.value)));
        }
    }
    out
}

/// The same for a text that is embedded in another file.
pub(super) fn documents_of_text(kind: Kind, file: FileId, text: &str) -> Read {
    let of_trees = |documents: Documents| Read {
        documents: documents.roots.iter().map(pairs::of_tree).collect(),
        problems: documents.problems,
    };
    match kind {
        Kind::SpringYaml | Kind::Yaml | Kind::MaybeSpringYaml if !is_template(text) => {
            of_trees(yaml::parse(file, text, Schema::Yaml12))
        }
        Kind::Json if !is_template(text) => of_trees(json::parse(file, text)),
        Kind::Toml if !is_template(text) => of_trees(toml::parse(file, text)),
        _ => documents_of_lines(kind, file, text),
    }
}

/// Whether a text is a template of its format, which no parser of that format reads.
pub(super) fn is_template(text: &str) -> bool {
    let control = |line: &str| {
        let line = line.trim_start().trim_start_matches('#').trim_start();
        line.starts_with("{{") || line.starts_with("{%") || line.starts_with("<%")
    };
    text.lines().any(control)
}
