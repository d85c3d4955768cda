//! Which folder is the source of which component, so that files in it speak for the component.
//!
//! Asked in this order, the strongest first: a compose file builds the component there; a build file ties the folder to
//! the image that the component runs; the folder, or the program built in it, goes by one of the component's names; the
//! folder's name ends with one (`shop-orders-service` for `orders-service`), if only one fits.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::FileId;

use super::identity::{PartId, Parts, image_base, main_image};
use super::plain;
use crate::corpus::{Corpus, folder_of};
use crate::facts::{Build, Facts, Origin, Spelled};

/// A folder's tie to components.
#[derive(Clone, Debug)]
pub(super) struct Tie {
    pub(super) parts: BTreeSet<PartId>,
    pub(super) note: String,
    pub(super) origin: Origin,
}

/// All ties.
#[derive(Debug, Default)]
pub(super) struct Folders {
    by_folder: BTreeMap<(u32, String), Tie>,
    of_part: BTreeMap<PartId, BTreeSet<(u32, String)>>,
    build_of: BTreeMap<PartId, usize>,
}

impl Folders {
    /// The component whose source the file is in: the deepest tied folder above it, where that has one component.
    pub(super) fn owner(&self, corpus: &Corpus, file: FileId) -> Option<PartId> {
        match self.owners(corpus, file)?.parts.iter().copied().collect::<Vec<_>>()[..] {
            [part] => Some(part),
            _ => None,
        }
    }

    /// The deepest tied folder above a file.
    pub(super) fn owners(&self, corpus: &Corpus, file: FileId) -> Option<&Tie> {
        let source = corpus.source(file);
        let mut folder = corpus.folder(file);
        loop {
            if let Some(tie) = self.by_folder.get(&(source, folder.to_owned())) {
                return Some(tie);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder_of(folder);
        }
    }

    /// Whether some folder is the component's source.
    pub(super) fn has_source(&self, part: PartId) -> bool {
        self.of_part.contains_key(&part)
    }

    /// Folders of a component, in order.
    pub(super) fn of(&self, part: PartId) -> impl Iterator<Item = (u32, &str, &Tie)> {
        let own = self.of_part.get(&part).into_iter().flatten();
        own.filter_map(|key| Some((key.0, key.1.as_str(), self.by_folder.get(key)?)))
    }

    /// The build facts of the component's folder.
    pub(super) fn build_of<'f>(&self, facts: &'f Facts, part: PartId) -> Option<&'f Build> {
        self.build_of.get(&part).map(|index| &facts.builds[*index])
    }
}

/// What programs call themselves in their configuration, each with the component whose source says so.
pub(super) fn program_names<'f>(corpus: &Corpus, facts: &'f Facts, folders: &Folders) -> Vec<(PartId, &'f str)> {
    let owned = |(file, name): &'f (FileId, Spelled)| Some((folders.owner(corpus, *file)?, name.text.as_str()));
    facts.names.iter().filter_map(owned).collect()
}

/// Ties folders to components.
pub(super) fn tie(corpus: &Corpus, facts: &Facts, parts: &Parts) -> Folders {
    let mut folders = Folders::default();
    by_context(facts, parts, &mut folders);
    by_image(facts, parts, &mut folders);
    by_name(corpus, facts, parts, &mut folders);
    by_source(corpus, parts, &mut folders);
    for (index, build) in facts.builds.iter().enumerate() {
        let Some(tie) = nearest(&folders, build.source, &build.folder) else { continue };
        for part in tie.parts.clone() {
            let better = |known: &usize| facts.builds[*known].bases.is_empty() && !build.bases.is_empty();
            let replace = folders.build_of.get(&part).is_none_or(better);
            if replace {
                folders.build_of.insert(part, index);
            }
        }
    }
    languages_from_siblings(facts, &mut folders);
    folders
}

/// The tie of a folder or the nearest folder above it.
fn nearest<'t>(folders: &'t Folders, source: u32, folder: &str) -> Option<&'t Tie> {
    let mut folder = folder;
    loop {
        if let Some(tie) = folders.by_folder.get(&(source, folder.to_owned())) {
            return Some(tie);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder_of(folder);
    }
}

/// Where the Dockerfile shows no language but a build file of the same folder does, the latter is preferred.
fn languages_from_siblings(facts: &Facts, folders: &mut Folders) {
    let mut known: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    for (index, build) in facts.builds.iter().enumerate() {
        if build.language.is_some() && !build.bases.is_empty() {
            known.entry((build.source, &build.folder)).or_insert(index);
        }
    }
    for index in folders.build_of.values_mut() {
        let build = &facts.builds[*index];
        if build.language.is_none()
            && let Some(sibling) = known.get(&(build.source, build.folder.as_str()))
        {
            *index = *sibling;
        }
    }
}

fn add(folders: &mut Folders, source: u32, folder: &str, part: PartId, note: String, origin: &Origin) {
    let key = (source, folder.to_owned());
    let tie = folders.by_folder.entry(key.clone()).or_insert_with(|| Tie {
        parts: BTreeSet::new(),
        note,
        origin: origin.clone(),
    });
    tie.parts.insert(part);
    folders.of_part.entry(part).or_default().insert(key);
}

fn by_context(facts: &Facts, parts: &Parts, folders: &mut Folders) {
    for (index, unit) in facts.units.iter().enumerate() {
        let Some(build) = &unit.build else { continue };
        // A context that is the whole repository says nothing of the folder; its Dockerfile's folder does.
        let dockerfile = build.dockerfile.as_deref().map(folder_of).unwrap_or_default();
        let folder =
            if build.folder.is_empty() || dockerfile.len() > build.folder.len() { dockerfile } else { &build.folder };
        if !folder.is_empty() {
            let note = format!("`{}` is built from `{folder}`", unit.name);
            add(folders, unit.source, folder, parts.of_unit[index], note, &unit.origin);
        }
    }
}

fn by_image(facts: &Facts, parts: &Parts, folders: &mut Folders) {
    let mut by_image: BTreeMap<String, BTreeSet<PartId>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        if let Some(image) = main_image(unit) {
            by_image.entry(plain(image_base(image))).or_default().insert(parts.of_unit[index]);
        }
    }
    for build in &facts.builds {
        let Some(image) = &build.image else { continue };
        if build.folder.is_empty() {
            continue;
        }
        for part in by_image.get(&plain(image_base(image))).into_iter().flatten() {
            if tied(folders, build.source, &build.folder) {
                continue;
            }
            let note = format!("the image `{image}` is built from `{}`", build.folder);
            add(folders, build.source, &build.folder, *part, note, &build.origin);
        }
    }
}

fn tied(folders: &Folders, source: u32, folder: &str) -> bool {
    folders.by_folder.contains_key(&(source, folder.to_owned()))
}

/// Folder names that say nothing of what is built there.
const GENERIC: &[&str] = &[
    "src",
    "app",
    "docker",
    "build",
    "cmd",
    "service",
    "server",
    "main",
    "code",
    "source",
    "images",
    "container",
    "deploy",
];

/// The names that configuration files give the program of each folder that builds something: those of the files whose
/// deepest such folder it is.
fn configured<'f>(corpus: &'f Corpus, facts: &'f Facts) -> BTreeMap<(u32, &'f str), Vec<&'f str>> {
    let building: BTreeSet<(u32, &str)> =
        facts.builds.iter().map(|build| (build.source, build.folder.as_str())).collect();
    let mut out: BTreeMap<(u32, &str), Vec<&str>> = BTreeMap::new();
    for (file, name) in &facts.names {
        let mut folder = corpus.folder(*file);
        loop {
            if let Some(key) = building.get(&(corpus.source(*file), folder)) {
                out.entry(*key).or_default().push(&name.text);
                break;
            }
            if folder.is_empty() {
                break;
            }
            folder = folder_of(folder);
        }
    }
    out
}

/// Folders that build something, by their own or their program's name.
fn by_name(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &mut Folders) {
    let mut names: BTreeMap<String, BTreeSet<PartId>> = BTreeMap::new();
    for id in parts.ids() {
        let part = parts.get(id);
        for name in part.names.iter().map(|name| name.spelled.as_str()).chain([part.id.as_str()]) {
            names.entry(plain(name)).or_default().insert(id);
        }
    }
    let configured = configured(corpus, facts);
    let built: BTreeSet<(PartId, u32)> =
        parts.ids().flat_map(|id| folders.of(id).map(move |(source, ..)| (id, source)).collect::<Vec<_>>()).collect();
    for build in &facts.builds {
        if tied(folders, build.source, &build.folder) {
            continue;
        }
        let segments: Vec<&str> = build.folder.split('/').filter(|s| !s.is_empty()).collect();
        let depth = segments.iter().rposition(|segment| !GENERIC.contains(&segment.to_lowercase().as_str()));
        let Some(depth) = depth else { continue };
        let folder = segments[..=depth].join("/");
        if tied(folders, build.source, &folder) {
            continue;
        }
        let configured = configured.get(&(build.source, build.folder.as_str())).into_iter().flatten().copied();
        let own = configured.chain(build.names.iter().map(|name| name.text.as_str()));
        let spelled: Vec<&str> = std::iter::once(segments[depth]).chain(own).collect();
        let exact = spelled.iter().find_map(|name| names.get(&plain(name)).filter(|parts| parts.len() == 1));
        let found = exact.cloned().or_else(|| by_suffix(&spelled, &names));
        // A library that is called after a product is not the product; only an image of it can be.
        let fits = |id: &PartId| !build.bases.is_empty() || !runs_a_product(facts, parts, *id);
        // Where a build file says where it is built, a folder that is called like it is another's.
        let found = found.and_then(|parts| parts.into_iter().next()).filter(fits);
        let part = found.filter(|id| !built.contains(&(*id, build.source)));
        if let Some(part) = part {
            let note = format!("`{folder}` builds a program of that name");
            add(folders, build.source, &folder, part, note, &build.origin);
        }
    }
}

/// Whether it runs a product's own image.
fn runs_a_product(facts: &Facts, parts: &Parts, part: PartId) -> bool {
    let images = parts.get(part).units.iter().filter_map(|unit| main_image(&facts.units[*unit]));
    images.into_iter().any(|image| super::products::of_image(image).is_some())
}

/// `shop-orders-service` ends with `orders-service`; `orders` with or without the word `service` is the same.
fn by_suffix(spelled: &[&str], names: &BTreeMap<String, BTreeSet<PartId>>) -> Option<BTreeSet<PartId>> {
    let words = |name: &str| -> Vec<String> {
        let split = name.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty());
        split.map(str::to_lowercase).collect()
    };
    let mut candidates: BTreeMap<usize, BTreeSet<PartId>> = BTreeMap::new();
    for name in spelled {
        let words = words(name);
        for start in 0..words.len() {
            let rest: String = words[start..].concat();
            let stem = rest.strip_suffix("service").or_else(|| rest.strip_suffix("svc")).unwrap_or(&rest);
            for form in [rest.clone(), stem.to_owned(), format!("{stem}service"), format!("{stem}svc")] {
                if form.len() > 2
                    && let Some(parts) = names.get(&form).filter(|parts| parts.len() == 1)
                {
                    candidates.entry(words.len() - start).or_default().extend(parts.iter().copied());
                }
            }
        }
    }
    // The longest run of words decides; two components at the same length are ambiguous.
    candidates.into_iter().next_back().map(|(_, parts)| parts).filter(|parts| parts.len() == 1)
}

/// A repository of several is the source of the component that it is named after.
fn by_source(corpus: &Corpus, parts: &Parts, folders: &mut Folders) {
    let sources = corpus.files().sources();
    if sources.len() < 2 {
        return;
    }
    for (index, name) in sources.iter().enumerate() {
        let Some(file) = corpus.below(index as u32, "").next() else { continue };
        if let [part] = parts.named(name)[..] {
            let origin = Origin::at(plimsoll_model::At::whole(file));
            add(folders, index as u32, "", part, format!("the repository is called `{name}`"), &origin);
        }
    }
}
