//! Pipelines: their commands as text, and the steps that say the parts of a build one by one.

use std::collections::BTreeMap;

use plimsoll_model::FileId;

use super::command;
use super::script::{self, Form};
use super::tie::{Dockerfile, Tie};
use super::values::{Row, Values, substitute};
use crate::corpus::Corpus;
use crate::tree::yaml::Schema;
use crate::tree::{Data, Node};

/// Rows that the lists of one matrix may make.
const ROWS_MAX: usize = 256;

/// The builds that a pipeline states.
pub(super) fn ties(corpus: &Corpus, file: FileId, text: &str) -> Vec<Tie> {
    let roots = &corpus.yaml(file, Schema::Yaml12).roots;
    let mut values = Values::default();
    let mut stated = BTreeMap::new();
    roots.iter().for_each(|root| variables(root, &mut stated));
    for (name, text) in stated.into_iter().filter_map(|(name, text)| Some((name, text?))) {
        values.set(&name, &text);
        values.set(&format!("env.{name}"), &text);
    }
    outputs(text, &mut values);
    roots.iter().for_each(|root| matrices(root, &mut values));
    let mut ties = script::ties_with(corpus, file, text, Form::Pipeline, values.clone());
    for root in roots {
        steps(corpus, file, root, &values, &mut ties);
    }
    ties
}

/// Keys under which a pipeline sets variables.
const SETTINGS: [&str; 3] = ["env", "substitutions", "variables"];

/// Variables that the file sets anywhere; none where two places differ.
fn variables(node: &Node, out: &mut BTreeMap<String, Option<String>>) {
    for entry in SETTINGS.iter().filter_map(|key| node.get(key)).flat_map(Node::entries) {
        let Some(text) = entry.value.as_str() else { continue };
        let known = out.entry(entry.key.clone()).or_insert_with(|| Some(text.to_owned()));
        if known.as_deref() != Some(text) {
            *known = None;
        }
    }
    children(node).for_each(|child| variables(child, out));
}

/// What steps put out for later ones: `echo "X=y" >> $GITHUB_OUTPUT`, `::set-output name=X::y`.
fn outputs(text: &str, values: &mut Values) {
    let mut stated: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for line in text.lines() {
        let pair = if let Some((_, rest)) = line.split_once("::set-output name=") {
            rest.split_once("::")
        } else if line.contains("GITHUB_OUTPUT") || line.contains("GITHUB_ENV") {
            line.split_once("echo ").and_then(|(_, rest)| rest.split(">>").next()?.trim().split_once('='))
        } else {
            None
        };
        let Some((name, value)) = pair else { continue };
        let (name, value) = (name.trim_matches(['"', '\'', ' ']), value.trim_matches(['"', '\'', ' ', ')']));
        let known = stated.entry(name).or_insert(Some(value));
        if *known != Some(value) {
            *known = None;
        }
    }
    for (name, value) in stated.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        values.set(&format!("outputs.{name}"), value);
        values.set(&format!("env.{name}"), value);
    }
}

fn matrices(node: &Node, values: &mut Values) {
    if let Some(matrix) = node.get("matrix").filter(|matrix| matrix.is_mapping()) {
        values.add_rows(rows(matrix));
    }
    children(node).for_each(|child| matrices(child, values));
}

fn children(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match &node.value {
        Data::Scalar(_) => Box::new(std::iter::empty()),
        Data::Sequence(items) => Box::new(items.iter()),
        Data::Mapping(entries) => Box::new(entries.iter().map(|entry| &entry.value)),
    }
}

/// The rows of a matrix: every combination of its lists, then what `include` adds.
fn rows(matrix: &Node) -> Vec<Row> {
    let lists = matrix.entries().iter().filter(|entry| !matches!(entry.key.as_str(), "include" | "exclude"));
    let mut rows = vec![Row::new()];
    for list in lists.filter(|list| list.value.is_sequence()) {
        let cells: Vec<Row> = list.value.items().iter().map(|item| cells(&list.key, item)).collect();
        let with = |row: &Row, cell: &Row| row.iter().chain(cell).map(|(k, v)| (k.clone(), v.clone())).collect();
        rows = rows.iter().flat_map(|row| cells.iter().map(move |cell| with(row, cell))).take(ROWS_MAX).collect();
    }
    rows.retain(|row| !row.is_empty());
    for included in matrix.get("include").map_or(&[][..], Node::items) {
        let added: Row = included.entries().iter().flat_map(|entry| cells(&entry.key, &entry.value)).collect();
        let fits = |row: &Row| {
            let mut shared = added.iter().filter_map(|(name, value)| Some(row.get(name)? == value)).peekable();
            shared.peek().is_some() && shared.all(|same| same)
        };
        if rows.iter().any(fits) {
            rows.iter_mut().filter(|row| fits(row)).for_each(|row| row.extend(added.clone()));
        } else {
            rows.push(added);
        }
    }
    rows
}

/// One value of a matrix by name; a mapping gives a name for each of its keys.
fn cells(key: &str, item: &Node) -> Row {
    let name = format!("matrix.{key}");
    match item.as_str() {
        Some(text) => Row::from([(name, text.to_owned())]),
        None => item
            .entries()
            .iter()
            .filter_map(|entry| Some((format!("{name}.{}", entry.key), entry.value.as_str()?.to_owned())))
            .collect(),
    }
}

fn steps(corpus: &Corpus, file: FileId, node: &Node, values: &Values, ties: &mut Vec<Tie>) {
    if ties.len() > super::TIES_MAX {
        return;
    }
    let mut own = values.clone();
    for key in SETTINGS {
        for entry in node.get(key).map_or(&[][..], Node::entries) {
            if let Some(text) = entry.value.as_str() {
                own.set(&entry.key, text);
                own.set(&format!("env.{}", entry.key), text);
            }
        }
    }
    for step in node.get("steps").map_or(&[][..], Node::items) {
        let names = step.str_at("uses").is_some_and(|action| action.contains("metadata-action"));
        if let (true, Some(id), Some(images)) = (names, step.str_at("id"), step.at_path(&["with", "images"])) {
            own.stand_for(&format!("steps.{id}.outputs.tags"), images.as_str().unwrap_or_default());
        }
    }
    let inherits = ["steps"].iter().chain(&SETTINGS).any(|key| node.get(key).is_some());
    let values = if inherits { &own } else { values };
    if let Some(action) = node.str_at("uses") {
        ties.extend(action_step(action, node, values));
    }
    if let Some(arguments) = node.get("args").filter(|arguments| arguments.is_sequence()) {
        ties.extend(argument_step(corpus, file, node, arguments, values));
    }
    children(node).for_each(|child| steps(corpus, file, child, values, ties));
}

/// A step that hands the parts of the build to an action.
fn action_step(action: &str, step: &Node, values: &Values) -> Vec<Tie> {
    if !action.contains("build-push-action") && !action.contains("buildah-build") {
        return Vec::new();
    }
    let Some(with) = step.get("with") else { return Vec::new() };
    let text = |keys: &[&str]| keys.iter().find_map(|key| with.str_at(key)).unwrap_or_default();
    // Where the name stands by itself, the tags are only tags.
    let images = values.unfold(text(&["repository", "image", "images", "tags", "outputs"]));
    let context = with.str_at("context").or_else(|| with.str_at("path")).unwrap_or(".");
    let file = text(&["file", "containerfiles", "dockerfiles", "dockerfile"]);
    let used = format!("{images} {context} {file}");
    let place = with.get("tags").or_else(|| with.get("image")).unwrap_or(with);
    values
        .sets_for(&used)
        .iter()
        .map(|row| Tie {
            images: substitute(&images, row).split([',', '\n', ' ']).filter_map(tag).collect(),
            context: substitute(context, row),
            dockerfile: (!file.is_empty()).then(|| Dockerfile::InWorkingFolder(substitute(file, row))),
            bases: vec![String::new()],
            at: place.at,
        })
        .filter(|tie| !tie.images.is_empty())
        .collect()
}

fn tag(part: &str) -> Option<String> {
    let part = part.trim();
    let named = part.strip_prefix("name=").unwrap_or(part);
    (!named.is_empty() && !named.contains('=')).then(|| named.to_owned())
}

/// A step that is an image with arguments: Cloud Build, Kaniko in a pod or a task.
fn argument_step(corpus: &Corpus, file: FileId, step: &Node, arguments: &Node, values: &Values) -> Vec<Tie> {
    let words: Vec<String> = arguments.items().iter().filter_map(Node::as_str).map(str::to_owned).collect();
    let runs = |word: &str| {
        ["name", "image", "entrypoint"].iter().filter_map(|key| step.str_at(key)).any(|text| text.contains(word))
    };
    let folder = step.str_at("dir").unwrap_or_default().to_owned();
    let bases = if folder.is_empty() { vec![String::new(), corpus.folder(file).to_owned()] } else { vec![folder] };
    let joined = words.join(" ");
    let verb = words.iter().position(|word| word == "build").filter(|at| *at < 2 && runs("docker"));
    values
        .sets_for(&joined)
        .iter()
        .filter_map(|row| match verb {
            Some(verb) => command::docker(&words[verb + 1..], row, &bases, arguments.at),
            None if joined.contains("--destination") && runs("kaniko") => {
                command::kaniko(&words, row, &bases, arguments.at)
            }
            None => None,
        })
        .collect()
}
