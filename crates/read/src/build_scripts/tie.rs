//! An image tied to the folder that it is built from.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId};

use super::values::{ROOT, SCRIPT, UNKNOWN};
use crate::corpus::{Corpus, folder_of, normal};
use crate::facts::{Build, Facts, Origin, Skipped};
use crate::redact;

/// Folders that one file may tie to one name; more share it and differ by their tags.
const SHARED_MAX: usize = 2;

/// What a file says of the build of an image, before its paths are looked up.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    /// Names of the image, with registry and tag; unknown parts marked.
    pub(crate) images: Vec<String>,
    /// The context as spelled.
    pub(crate) context: String,
    /// The Dockerfile as spelled.
    pub(crate) dockerfile: Option<Dockerfile>,
    /// Folders that the paths may be relative to, the likeliest first.
    pub(crate) bases: Vec<String>,
    /// Where it stands.
    pub(crate) at: At,
}

/// A Dockerfile's path and what it is relative to.
#[derive(Clone, Debug)]
pub(crate) enum Dockerfile {
    /// The context: Skaffold, bake.
    InContext(String),
    /// The folder that the command runs in: the command line.
    InWorkingFolder(String),
}

/// Looks the paths up and emits the builds; what stays open is listed as not read.
pub(crate) fn builds_of(corpus: &Corpus, file: FileId, ties: Vec<Tie>, facts: &mut Facts) {
    let mut found: Vec<(String, Place, At)> = Vec::new();
    let mut told: BTreeSet<At> = BTreeSet::new();
    for tie in ties {
        let images: BTreeSet<String> = tie.images.iter().filter_map(|image| image_name(image)).collect();
        let place = place_of(corpus, file, &tie);
        match place {
            Some(place) if !images.is_empty() => {
                found.extend(images.into_iter().map(|image| (image, place.clone(), tie.at)));
            }
            // Rows of one matrix are one line.
            place if told.insert(tie.at) => {
                let what = if place.is_none() { "the folder" } else { "the name of the image" };
                let reason = format!("line {}: {what} of this build is not clear from the file alone", tie.at.line);
                facts.not_read.push(Skipped { kind: String::from("image build"), file, reason });
            }
            _ => {}
        }
    }
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (image, place, _) in &found {
        users.entry(&place.context).or_default().insert(image);
        folders.entry(image).or_default().insert(place.dockerfile_folder.as_deref().unwrap_or(&place.context));
    }
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (image, place, at) in &found {
        if folders[image.as_str()].len() > SHARED_MAX {
            if seen.insert((image, "")) {
                let count = folders[image.as_str()].len();
                let reason = format!("line {}: `{image}` is built from {count} folders; only tags differ", at.line);
                facts.not_read.push(Skipped { kind: String::from("image build"), file, reason });
            }
            continue;
        }
        // A context that several images share says little; the folder of the Dockerfile says it.
        let own = place.dockerfile_folder.as_deref();
        let shared = users[place.context.as_str()].len() > 1 || place.context.is_empty();
        let context = (own.is_none() || !shared).then_some(place.context.as_str());
        for folder in own.into_iter().chain(context) {
            if seen.insert((image, folder)) {
                facts.builds.push(build(corpus, file, image, folder, *at));
            }
        }
    }
}

fn build(corpus: &Corpus, file: FileId, image: &str, folder: &str, at: At) -> Build {
    Build {
        source: corpus.source(file),
        folder: folder.to_owned(),
        image: Some(redact::value("image", image).into_owned()),
        bases: Vec::new(),
        language: None,
        names: Vec::new(),
        environment: Vec::new(),
        ports: Vec::new(),
        claims: Vec::new(),
        words: Vec::new(),
        files: Vec::new(),
        origin: Origin::at(at),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    context: String,
    /// The folder of the Dockerfile, where it is another one.
    dockerfile_folder: Option<String>,
}

/// The context and the Dockerfile below the first base where they are; else the context where it is a folder.
fn place_of(corpus: &Corpus, file: FileId, tie: &Tie) -> Option<Place> {
    let source = corpus.source(file);
    let contexts: Vec<(String, String)> =
        tie.bases.iter().filter_map(|base| Some((base.clone(), resolve(corpus, file, base, &tie.context)?))).collect();
    let stated = |base: &str, context: &str| match &tie.dockerfile {
        Some(Dockerfile::InContext(path)) => resolve(corpus, file, context, path),
        Some(Dockerfile::InWorkingFolder(path)) => resolve(corpus, file, base, path),
        None => resolve(corpus, file, context, "Dockerfile"),
    };
    for (base, context) in &contexts {
        let Some(dockerfile) = stated(base, context).filter(|path| corpus.lookup(source, path).is_some()) else {
            continue;
        };
        let folder = folder_of(&dockerfile).to_owned();
        return Some(Place { context: context.clone(), dockerfile_folder: (folder != *context).then_some(folder) });
    }
    let is_folder = |context: &String| corpus.below(source, context).next().is_some();
    let context = contexts.into_iter().map(|(_, context)| context).find(is_folder)?;
    // A stated Dockerfile that is not there leaves only a context of its own to go by.
    (tie.dockerfile.is_none() || !context.is_empty()).then_some(Place { context, dockerfile_folder: None })
}

/// A path inside the source. Marked beginnings stand for the folder of the script and for the root.
fn resolve(corpus: &Corpus, file: FileId, base: &str, path: &str) -> Option<String> {
    let path = path.trim().strip_prefix("dir://").unwrap_or(path.trim());
    let path = path.strip_prefix("/workspace").map_or(path.to_owned(), |rest| format!("{ROOT}{rest}"));
    if path.contains(UNKNOWN) || path.contains("://") || path.contains(['{', '$', '*']) {
        return None;
    }
    if let Some(rest) = path.strip_prefix(ROOT) {
        return normal(rest);
    }
    if let Some(rest) = path.strip_prefix(SCRIPT) {
        return normal(&format!("{}/{rest}", corpus.folder(file)));
    }
    if path.starts_with(['/', '~', '-', '#']) {
        return None;
    }
    normal(&format!("{base}/{path}"))
}

/// The name without registry, tag and digest, and without unknown folders before it; `None` where it stays open.
fn image_name(image: &str) -> Option<String> {
    let image = image.trim().trim_matches(['"', '\'']).trim_start_matches("docker://");
    let image = image.split('@').next()?;
    let last = image.rfind('/').map_or(0, |at| at + 1);
    let image = image[last..].find(':').map_or(image, |colon| &image[..last + colon]);
    let mut parts: Vec<&str> = image.split('/').collect();
    let is_host = |part: &str| part.contains(['.', ':']) || part == "localhost";
    if parts.len() > 1 && is_host(parts[0]) {
        parts.remove(0);
    }
    if let Some(open) = parts.iter().rposition(|part| part.contains(UNKNOWN)) {
        parts.drain(..=open);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let valid = !parts.is_empty() && parts.iter().all(|part| !part.is_empty() && part.chars().all(allowed));
    valid.then(|| parts.join("/"))
}
