//! Files that an entity points at: the targets of a Location, the definition of an API.
//!
//! Every catalogue file of the survey is read whether a Location names it or not; here it is only seen whether the targets
//! are there.

use ignore::gitignore::GitignoreBuilder;
use plimsoll_model::{FileId, LooseKind};

use crate::corpus::{Corpus, normal};
use crate::facts::{Entity, Facts, LooseName, Origin, Skipped, Spelled};
use crate::redact;
use crate::tree::Node;

/// The targets of a Location, each a relation `target`: paths inside the source where they are files of the survey.
pub(super) fn targets(corpus: &Corpus, file: FileId, root: &Node, entity: &mut Entity, facts: &mut Facts) {
    let Some(spec) = root.get("spec") else { return };
    let one = spec.get("target").into_iter();
    let many = spec.get("targets").map_or(&[][..], Node::items).iter();
    for node in one.chain(many) {
        follow(corpus, file, "target", node, entity, facts);
    }
}

/// The definition of an API, a relation `definition`: a path inside the source, a place elsewhere, or `in place`.
pub(super) fn definition(corpus: &Corpus, file: FileId, root: &Node, entity: &mut Entity, facts: &mut Facts) {
    let Some(node) = root.at_path(&["spec", "definition"]) else { return };
    let place = ["$text", "$openapi", "$asyncapi", "$json", "$yaml"].iter().find_map(|key| node.get(key));
    if let Some(place) = place {
        follow(corpus, file, "definition", place, entity, facts);
    } else if !node.is_null() {
        let text = String::from("in place");
        entity.relations.push((String::from("definition"), Spelled { text, origin: Origin::of(node) }));
    }
}

/// Where a text points.
enum Pointed {
    /// At files of the survey, by their paths.
    Here(Vec<String>),
    /// At something that is not in the survey.
    Elsewhere,
    /// At a file that should be in the survey and is not.
    Nowhere,
}

fn follow(corpus: &Corpus, file: FileId, relation: &str, node: &Node, entity: &mut Entity, facts: &mut Facts) {
    let Some(text) = node.as_str() else { return };
    let shown = redact::value(relation, text).into_owned();
    let mut relate = |text: String| {
        entity.relations.push((relation.to_owned(), Spelled { text, origin: Origin::of(node) }));
    };
    match point(corpus, file, text) {
        Pointed::Here(paths) => paths.into_iter().for_each(relate),
        Pointed::Elsewhere => {
            let reason = format!("{shown} is not part of the survey");
            facts.not_read.push(Skipped { kind: format!("remote catalogue {relation}"), file, reason });
            relate(shown);
        }
        Pointed::Nowhere => facts.loose.push(LooseName {
            kind: LooseKind::DanglingReference,
            by: None,
            message: format!("{} `{}` points at `{shown}`, which is not there", entity.kind, entity.name),
            name: shown,
            origin: Origin::of(node),
        }),
    }
}

fn point(corpus: &Corpus, file: FileId, text: &str) -> Pointed {
    if let Some((_, url)) = text.split_once("://") {
        let inside = ["/-/blob/", "/blob/", "/-/raw/", "/raw/"].iter().find_map(|mark| url.split_once(mark));
        let path = inside.and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
        // A file at the root may be that of any repository; one in a folder is taken for ours where we have it.
        let here = path.filter(|path| path.contains('/') && corpus.lookup(corpus.source(file), path).is_some());
        return here.map_or(Pointed::Elsewhere, |path| Pointed::Here(vec![path.to_owned()]));
    }
    let folder = corpus.folder(file);
    let Some(path) = normal(&format!("{folder}/{text}")) else { return Pointed::Elsewhere };
    let source = corpus.source(file);
    if !path.contains(['*', '?', '{']) {
        return match corpus.lookup(source, &path) {
            Some(_) => Pointed::Here(vec![path]),
            None => Pointed::Nowhere,
        };
    }
    let mut builder = GitignoreBuilder::new("");
    let Ok(matcher) = builder.add_line(None, &format!("/{path}")).and_then(|builder| builder.build()) else {
        return Pointed::Nowhere;
    };
    let fixed = path.split(['*', '?', '{']).next().unwrap_or("");
    let below = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
    let files = corpus.below(source, below).map(|file| corpus.path(file));
    let found: Vec<String> = files.filter(|path| matcher.matched(path, false).is_ignore()).map(str::to_owned).collect();
    if found.is_empty() { Pointed::Nowhere } else { Pointed::Here(found) }
}
