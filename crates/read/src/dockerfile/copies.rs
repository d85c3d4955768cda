//! Configuration files that are put into an image.

use plimsoll_model::FileId;

use super::program;
use super::stages::{Copy, Image};
use crate::corpus::Corpus;
use crate::facts::{Build, Facts, MountedFile, Skipped};

/// Files of one image that are listed; more than this is material, not configuration.
const FILES_MAX: usize = 200;

/// Endings of configuration files.
const ENDINGS: [&str; 17] = [
    "cfg",
    "cnf",
    "conf",
    "config",
    "env",
    "hcl",
    "ini",
    "json",
    "lua",
    "properties",
    "template",
    "tmpl",
    "toml",
    "vcl",
    "xml",
    "yaml",
    "yml",
];

/// Files with such an ending that say how to build, not how to run.
const BUILD_NAMES: [&str; 14] = [
    "angular.json",
    "cargo.toml",
    "composer.json",
    "global.json",
    "nest-cli.json",
    "nuget.config",
    "nx.json",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "pom.xml",
    "pyproject.toml",
    "turbo.json",
];

/// Lists the configuration files that the last stage copies from the files of the survey.
pub(super) fn of_image(corpus: &Corpus, dockerfile: FileId, image: &Image, facts: &mut Facts, build: &mut Build) {
    for copy in &image.last().copies {
        for text in &copy.texts {
            let path = copy.destination.clone();
            build.files.push(MountedFile { path, file: None, text: Some(text.clone()) });
        }
        for source in &copy.sources {
            for (file, path) in found(corpus, dockerfile, copy, source) {
                build.files.push(MountedFile { path, file: Some(file), text: None });
            }
        }
    }
    if build.files.len() > FILES_MAX {
        let reason = format!("it copies {} configuration files; the first {FILES_MAX} are taken", build.files.len());
        facts.not_read.push(Skipped { kind: String::from("copied files"), file: dockerfile, reason });
        build.files.truncate(FILES_MAX);
    }
}

/// The files that one source means, each with its path in the image.
fn found(corpus: &Corpus, dockerfile: FileId, copy: &Copy, source: &str) -> Vec<(FileId, String)> {
    let source = source.trim_start_matches('/').trim_start_matches("./").trim_end_matches('/');
    // The whole context says no more than the folder that it is.
    if source.is_empty()
        || source == "."
        || source.starts_with("node_modules")
        || source.contains("://")
        || source.contains('$')
    {
        return Vec::new();
    }
    // The context is not stated here: the folder of the Dockerfile, else one above.
    let mut folder = corpus.folder(dockerfile);
    loop {
        let path = if folder.is_empty() { source.to_owned() } else { format!("{folder}/{source}") };
        let here = files_at(corpus, corpus.source(dockerfile), &path, copy);
        if !here.is_empty() || folder.is_empty() {
            return here;
        }
        folder = crate::corpus::folder_of(folder);
    }
}

fn files_at(corpus: &Corpus, source: u32, path: &str, copy: &Copy) -> Vec<(FileId, String)> {
    let Some(path) = crate::corpus::normal(path).filter(|path| !path.is_empty()) else { return Vec::new() };
    let destination = &copy.destination;
    let into_folder = destination.ends_with('/') || destination.ends_with("/.") || copy.sources.len() > 1;
    let below = |name: &str| format!("{}/{name}", destination.trim_end_matches("/.").trim_end_matches('/'));
    if let Some(file) = corpus.lookup(source, &path) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let target = if into_folder || destination == "." { below(name) } else { destination.clone() };
        return if is_configuration(&path, &target) { vec![(file, target)] } else { Vec::new() };
    }
    let (folder, pattern) = match path.rsplit_once('/') {
        _ if !path.contains(['*', '?']) => (path.as_str(), None),
        Some((folder, pattern)) => (folder, Some(pattern)),
        None => ("", Some(path.as_str())),
    };
    if pattern.is_none() && is_program(corpus, source, folder) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for file in corpus.below(source, folder).take(FILES_MAX * 50) {
        let inside = corpus.path(file).get(folder.len()..).unwrap_or_default().trim_start_matches('/');
        let matched = pattern.is_none_or(|pattern| !inside.contains('/') && matches_pattern(pattern, inside));
        let target = below(inside);
        if matched && !is_left_out(inside) && is_configuration(inside, &target) {
            out.push((file, target));
        }
    }
    out
}

/// Whether a folder is a program as a whole: it says how to build itself.
fn is_program(corpus: &Corpus, source: u32, folder: &str) -> bool {
    corpus.below(source, folder).any(|file| {
        let path = corpus.path(file);
        corpus.folder(file) == folder
            && (super::kind_of(path) != super::NameKind::Other || program::is_build_file(path))
    })
}

/// Folders of what was fetched, and of what is not run.
fn is_left_out(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "node_modules" | "vendor" | "test" | "tests") || part.starts_with('.'))
}

fn is_configuration(path: &str, target: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let lists_names = BUILD_NAMES.contains(&name.as_str()) || name.starts_with("tsconfig");
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !lists_names && (ENDINGS.contains(&ending) || target.starts_with("/etc/"))
}

/// `*` and `?` inside one name.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if p < pattern.len() && (pattern[p] == '?' || pattern[p] == name[n]) && pattern[p] != '*' {
            p += 1;
            n += 1;
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            n = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}
