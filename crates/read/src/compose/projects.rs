//! Which files of a folder go together.
//!
//! A file with one of Compose's own names is a project, together with its override file, or with the files that
//! `COMPOSE_FILE` in `.env` lists. Any other file is a project of its own, unless it cannot stand alone: services without
//! image and build, or that need services, networks or volumes it does not have. Such a file is laid over the file that has them: in its
//! folder, else in a folder above. A file that a file beside or above it includes is part of that, and no project;
//! neither is one that is only extended from.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::FileId;

use super::environment::{self, Environment};
use super::load::{Project, project};
use super::recognise::{CANONICAL, OVERRIDES};
use crate::corpus::{Corpus, folder_of};
use crate::tree::Node;

/// At most this many files are laid over each other to make a file stand.
const LAYERS_MAX: usize = 4;

/// A project and the file of the project that it builds on.
pub(super) struct Found {
    /// The file after which it is called.
    pub(super) file: FileId,
    /// What its files make.
    pub(super) project: Project,
    /// What its services can count on.
    has: BTreeSet<Need>,
    /// The first files of the projects that it is laid over.
    pub(super) bases: Vec<FileId>,
    /// Whether nothing was found that makes it stand.
    pub(super) incomplete: bool,
}

/// Groups the files of a survey into projects and loads them, in the order of their last file.
pub(super) fn find(corpus: &Corpus, files: &[FileId]) -> Vec<Found> {
    let mut loaded: BTreeMap<FileId, Found> = BTreeMap::new();
    let mut taken: BTreeSet<FileId> = BTreeSet::new();
    for group in main_groups(corpus, files) {
        taken.extend(&group);
        add(corpus, &group, group[0], Vec::new(), &mut loaded);
    }
    for file in files.iter().filter(|file| !taken.contains(file)) {
        add(corpus, &[*file], *file, Vec::new(), &mut loaded);
    }
    leave_out_parts(corpus, &mut loaded);
    let lacking: Vec<FileId> = loaded.keys().copied().filter(|file| !missing(&loaded[file]).is_empty()).collect();
    let layered: Vec<(FileId, Vec<FileId>)> =
        lacking.into_iter().map(|file| (file, layers(corpus, file, &loaded))).collect();
    for (file, layers) in layered {
        if layers.is_empty() {
            if let Some(found) = loaded.get_mut(&file) {
                let services = missing(found).iter().any(|(kind, _)| *kind == "services");
                found.incomplete = services && !is_main(corpus, file);
            }
            continue;
        }
        let group: Vec<FileId> = layers.iter().copied().chain([file]).collect();
        add(corpus, &group, file, layers, &mut loaded);
    }
    loaded.into_values().collect()
}

fn add(corpus: &Corpus, group: &[FileId], key: FileId, bases: Vec<FileId>, loaded: &mut BTreeMap<FileId, Found>) {
    if let Some(project) = project(corpus, group) {
        let has = provided(&project);
        loaded.insert(key, Found { file: key, project, has, bases, incomplete: false });
    }
}

fn name_of(corpus: &Corpus, file: FileId) -> &str {
    let path = corpus.path(file);
    path.rsplit('/').next().unwrap_or(path)
}

fn is_main(corpus: &Corpus, file: FileId) -> bool {
    CANONICAL.contains(&name_of(corpus, file))
}

/// For each folder the files that `docker compose` takes there without being told.
fn main_groups(corpus: &Corpus, files: &[FileId]) -> Vec<Vec<FileId>> {
    let mut folders: BTreeMap<(u32, &str), Vec<FileId>> = BTreeMap::new();
    for file in files {
        folders.entry((corpus.source(*file), corpus.folder(*file))).or_default().push(*file);
    }
    let first = |inside: &[FileId], names: &[&str]| {
        names.iter().find_map(|name| inside.iter().copied().find(|file| name_of(corpus, *file) == *name))
    };
    let mut out = Vec::new();
    for ((source, folder), inside) in folders {
        if let Some(listed) = listed(corpus, source, folder) {
            out.push(listed);
        } else if let Some(main) = first(&inside, &CANONICAL) {
            out.push(std::iter::once(main).chain(first(&inside, &OVERRIDES)).collect());
        }
    }
    out
}

/// The files that `COMPOSE_FILE` in the folder's `.env` lists, where all of them are there.
fn listed(corpus: &Corpus, source: u32, folder: &str) -> Option<Vec<FileId>> {
    let mut variables = Environment::default();
    variables.add_files(corpus, environment::file_of(corpus, source, folder).as_slice(), &mut Vec::new());
    let list = variables.get("COMPOSE_FILE")?.text;
    let separator = variables.get("COMPOSE_PATH_SEPARATOR").map_or(String::from(":"), |setting| setting.text);
    let separator = if separator.is_empty() { ":" } else { &separator };
    let find = |path: &str| corpus.lookup(source, &format!("{folder}/{path}"));
    let files: Option<Vec<FileId>> = list.split([';']).flat_map(|part| part.split(separator)).map(find).collect();
    files.filter(|files| !files.is_empty())
}

/// Takes out files that are part of another project: included, or only extended from.
fn leave_out_parts(corpus: &Corpus, loaded: &mut BTreeMap<FileId, Found>) {
    let above = |file: FileId, part: FileId| {
        let (folder, inner) = (corpus.folder(file), corpus.folder(part));
        folder.is_empty() || inner == folder || inner.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let mut parts: BTreeSet<FileId> = BTreeSet::new();
    for (file, found) in loaded.iter() {
        let project = &found.project;
        let theirs = project.parts.iter().filter(|part| *part != file && above(*file, **part));
        parts.extend(theirs.filter(|part| project.included.contains(part) || !is_main(corpus, **part)));
    }
    loaded.retain(|file, _| !parts.contains(file));
}

/// Something at the top of a project that its services need: `services` and a name, `networks` and a name.
type Need = (&'static str, String);

/// What a project needs and does not have: services without image and build, or only waited for; networks, volumes,
/// configs and secrets that are not declared.
fn missing(found: &Found) -> BTreeSet<Need> {
    let mut out = BTreeSet::new();
    for entry in found.project.root.get("services").map_or(&[] as &[_], Node::entries) {
        let mut need = |kind: &'static str, name: &str| {
            let need = (kind, name.to_owned());
            if !found.has.contains(&need) {
                out.insert(need);
            }
        };
        let service = &entry.value;
        need("services", &entry.key);
        let entries = |key| service.get(key).map_or(&[] as &[_], Node::entries);
        for before in entries("depends_on") {
            if before.value.get("required").and_then(Node::as_bool) != Some(false) {
                need("services", &before.key);
            }
        }
        entries("networks").iter().filter(|network| network.key != "default").for_each(|n| need("networks", &n.key));
        let items = |key| service.get(key).map_or(&[] as &[_], Node::items).iter();
        for mount in items("volumes").filter(|mount| mount.str_at("type") == Some("volume")) {
            mount.str_at("source").into_iter().for_each(|name| need("volumes", name));
        }
        for kind in ["configs", "secrets"] {
            items(kind).filter_map(|grant| grant.str_at("source")).for_each(|name| need(kind, name));
        }
    }
    out
}

/// Whether a service says what it runs.
pub(super) fn stands(service: &Node) -> bool {
    ["image", "build", "provider"].iter().any(|key| service.get(key).is_some_and(|value| !value.is_null()))
}

/// The files beneath a file that lacks something, the lowest first.
fn layers(corpus: &Corpus, file: FileId, loaded: &BTreeMap<FileId, Found>) -> Vec<FileId> {
    let mut lacking = missing(&loaded[&file]);
    let mut layers = Vec::new();
    while !lacking.is_empty() && layers.len() < LAYERS_MAX {
        let Some(base) = best(corpus, file, &layers, &lacking, loaded) else { break };
        lacking.retain(|need| !loaded[&base].has.contains(need));
        let had = |need: &Need| layers.iter().chain([&file]).any(|layer| loaded[layer].has.contains(need));
        lacking.extend(missing(&loaded[&base]).into_iter().filter(|need| !had(need)));
        // A main file is the lowest; what is found later stands between it and the file.
        if is_main(corpus, base) {
            layers.insert(0, base);
        } else {
            layers.push(base);
        }
    }
    layers
}

/// Services that say what they run, and what else is declared.
fn provided(project: &Project) -> BTreeSet<Need> {
    let each = |kind: &'static str| {
        let entries = project.root.get(kind).map_or(&[] as &[_], Node::entries).iter();
        let there = entries.filter(move |entry| kind != "services" || stands(&entry.value));
        there.map(move |entry| (kind, entry.key.clone()))
    };
    ["services", "networks", "volumes", "configs", "secrets"].into_iter().flat_map(each).collect()
}

/// The file that has most of what is lacking: beside it first, then in the folders above; a main file before others.
fn best(
    corpus: &Corpus,
    file: FileId,
    layers: &[FileId],
    lacking: &BTreeSet<Need>,
    loaded: &BTreeMap<FileId, Found>,
) -> Option<FileId> {
    let source = corpus.source(file);
    let mut folder = Some(corpus.folder(file));
    while let Some(here) = folder {
        let rank = |other: &FileId| {
            let count = lacking.iter().filter(|need| loaded[other].has.contains(*need)).count();
            let like = common_start(name_of(corpus, *other), name_of(corpus, file));
            (count, is_main(corpus, *other), like, std::cmp::Reverse(*other))
        };
        let found = loaded
            .keys()
            .copied()
            .filter(|other| *other != file && !layers.contains(other))
            .filter(|other| corpus.source(*other) == source && corpus.folder(*other) == here)
            .map(|other| (rank(&other), other))
            .filter(|((count, ..), _)| *count > 0)
            .max();
        if let Some((_, found)) = found {
            return Some(found);
        }
        folder = (!here.is_empty()).then(|| folder_of(here));
    }
    None
}

fn common_start(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count()
}
