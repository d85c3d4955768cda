//! Which manifests belong together where no kustomization says so.
//!
//! A folder tree is one variant as long as no workload is declared twice in it. Where a subfolder or file declares one
//! that another declares too, they are ways to deploy the same thing and each is a variant of its own.
//!
//! Rules, in this order:
//! 1. A file whose name is another's with words more, and that declares a workload of that one (`web-istio.yaml` beside
//!    `web.yaml`), is a variation of it. Variations of a folder with the same words are one way to deploy.
//! 2. Other files of one folder that declare the same workload are apart; files that clash with none stay together.
//! 3. A folder takes up its subfolders' groups that clash neither with it nor with each other.
//! 4. Files without a workload (routes, policies, settings) go with the largest group that lies in the same folder alone;
//!    from another folder they could overlay what is not theirs, and stay apart.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::FileId;

use super::object::Object;
use super::{objects_of, workload};
use crate::corpus::{Corpus, folder_of};

/// Files that are deployed together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The folder, or the file where it stands alone.
    pub(super) path: String,
    /// The files, in order.
    pub(super) files: Vec<FileId>,
    /// Whether it only adds to another group.
    pub(super) optional: bool,
    /// Whether it is a variation of files that another group has.
    varies: bool,
    identities: BTreeSet<String>,
}

impl Group {
    /// The path as people see it: with the source's name where there are several.
    pub(super) fn shown(&self, corpus: &Corpus) -> String {
        match self.files.first() {
            Some(first) if corpus.files().sources().len() > 1 => {
                format!("{}:{}", corpus.files().source(*first), self.path)
            }
            _ => self.path.clone(),
        }
    }

    fn clashes(&self, other: &Self) -> bool {
        !self.identities.is_disjoint(&other.identities)
    }

    fn absorb(&mut self, other: Self) {
        self.files.extend(other.files);
        self.files.sort();
        self.identities.extend(other.identities);
    }
}

/// The groups of all files, in the order of their paths.
pub(super) fn groups(corpus: &Corpus, files: &[FileId]) -> Vec<Group> {
    let mut by_source: BTreeMap<u32, Vec<FileId>> = BTreeMap::new();
    for file in files {
        by_source.entry(corpus.source(*file)).or_default().push(*file);
    }
    by_source.into_values().flat_map(|files| groups_of_source(corpus, &files)).collect()
}

fn groups_of_source(corpus: &Corpus, files: &[FileId]) -> Vec<Group> {
    let mut by_folder: BTreeMap<String, Vec<Group>> = BTreeMap::new();
    for file in files {
        let objects = objects_of(corpus, *file);
        let found: Vec<Object<'_>> = objects.iter().filter_map(Object::of).collect();
        if found.is_empty() {
            continue;
        }
        let workloads = found.iter().filter(|object| workload::is_workload(object));
        let identities = workloads.map(|object| format!("{}/{}", object.kind, object.name)).collect();
        let path = corpus.path(*file).to_owned();
        let group = Group { path, files: vec![*file], optional: false, varies: false, identities };
        by_folder.entry(corpus.folder(*file).to_owned()).or_default().push(group);
    }
    let mut folders: BTreeSet<String> = by_folder.keys().cloned().collect();
    for folder in by_folder.keys() {
        let mut above = folder.as_str();
        while !above.is_empty() {
            above = folder_of(above);
            folders.insert(above.to_owned());
        }
    }
    // Deepest folders first, so that each finds its subfolders done.
    let mut done: BTreeMap<String, Vec<Group>> = BTreeMap::new();
    for folder in folders.iter().rev() {
        let own = together(corpus, folder, by_folder.remove(folder).unwrap_or_default());
        let below: Vec<String> =
            done.keys().filter(|inner| folder_of(inner) == folder && inner.as_str() != folder).cloned().collect();
        let mut all = own;
        for inner in below {
            all.extend(done.remove(&inner).unwrap_or_default());
        }
        done.insert(folder.clone(), take_up(corpus, folder, all));
    }
    let mut groups: Vec<Group> = done.into_values().flatten().collect();
    groups.sort_by(|a, b| a.path.cmp(&b.path));
    groups
}

/// Files of one folder: variations apart, and those that clash with none one group named after the folder.
fn together(corpus: &Corpus, folder: &str, files: Vec<Group>) -> Vec<Group> {
    let (mut groups, varied) = variations(folder, files);
    groups.extend(varied);
    take_up(corpus, folder, groups)
}

/// The name of a file without its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Takes variations of other files out of a folder's files, those with the same words as one group.
fn variations(folder: &str, files: Vec<Group>) -> (Vec<Group>, Vec<Group>) {
    let by_stem: BTreeMap<&str, &Group> = files.iter().map(|group| (stem(&group.path), group)).collect();
    let words = |group: &Group| -> Option<String> {
        let own = stem(&group.path);
        let starts = own.match_indices(['-', '_', '.']).map(|(at, _)| at);
        let of = starts.into_iter().find(|at| by_stem.get(&own[..*at]).is_some_and(|other| other.clashes(group)))?;
        Some(own[of..].to_owned())
    };
    let said: Vec<Option<String>> = files.iter().map(words).collect();
    let everything: BTreeSet<String> = files.iter().flat_map(|group| group.identities.iter().cloned()).collect();
    let mut plain = Vec::new();
    let mut varied: BTreeMap<String, Group> = BTreeMap::new();
    for (group, words) in files.into_iter().zip(said) {
        match words {
            None => plain.push(group),
            Some(words) => match varied.get_mut(&words) {
                Some(known) => {
                    known.path = format!("{folder}/*{words}").trim_start_matches('/').to_owned();
                    known.absorb(group);
                }
                None => {
                    varied.insert(words, group);
                }
            },
        }
    }
    let only = |mut group: Group| {
        // What leaves some workloads to the plain files only adds to them.
        group.optional = group.identities != everything;
        group.varies = true;
        group
    };
    (plain, varied.into_values().map(only).collect())
}

/// Joins groups that clash with no other into one group named after the folder. Variations stay as they are.
fn take_up(corpus: &Corpus, folder: &str, groups: Vec<Group>) -> Vec<Group> {
    let (varied, groups): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| group.varies);
    let mut groups = joined(corpus, folder, groups);
    groups.extend(varied);
    groups
}

fn joined(corpus: &Corpus, folder: &str, groups: Vec<Group>) -> Vec<Group> {
    let mut declared: BTreeMap<&str, usize> = BTreeMap::new();
    for identity in groups.iter().flat_map(|group| &group.identities) {
        *declared.entry(identity).or_default() += 1;
    }
    let twice = |identity: &String| declared[identity.as_str()] > 1;
    let clashing: Vec<bool> = groups.iter().map(|group| group.identities.iter().any(twice)).collect();
    if groups.len() < 2 || clashing.iter().all(|clash| *clash) {
        return groups;
    }
    let mut apart: Vec<Group> = Vec::new();
    let mut joined = Group {
        path: folder.to_owned(),
        files: Vec::new(),
        optional: false,
        varies: false,
        identities: BTreeSet::new(),
    };
    for (group, clash) in groups.into_iter().zip(&clashing) {
        if *clash {
            apart.push(group);
        } else {
            joined.absorb(group);
        }
    }
    // What declares no workload only adds to what does.
    if joined.identities.is_empty() && !apart.is_empty() {
        let here =
            |group: &&mut Group| group.path == folder || folder_of(&group.path) == folder && group.files.len() == 1;
        let beside = folder_of(&joined_path(&joined, corpus)) == folder;
        match apart.iter_mut().filter(here).max_by_key(|group| group.identities.len()) {
            Some(main) if beside => main.absorb(joined),
            _ => apart.push(joined),
        }
    } else {
        if !apart.is_empty() {
            joined.optional = true;
        }
        apart.push(joined);
    }
    apart
}

/// The deepest path among a group's files: one below the folder shows that not all of it lies there.
fn joined_path(group: &Group, corpus: &Corpus) -> String {
    let paths = group.files.iter().map(|file| corpus.path(*file));
    paths.max_by_key(|path| path.split('/').count()).unwrap_or_default().to_owned()
}
