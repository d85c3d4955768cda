//! `plimsoll render`: the objects that a kustomization or a chart gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plimsoll_model::{FileId, Problem};
use plimsoll_read::corpus::Corpus;
use plimsoll_read::facts::Skipped;
use plimsoll_read::helm::{self, Release};
use plimsoll_read::kustomize::{self, Reveal};
use plimsoll_read::source::Source;

use crate::arguments::RenderArguments;
use crate::{Outcome, answer};

/// Runs the verb.
pub(crate) fn run(arguments: &RenderArguments) -> Result<Outcome, String> {
    let folder = real(&arguments.folder)?;
    let root = match &arguments.root {
        Some(root) => real(root)?,
        None => repository(&folder),
    };
    let inside = inside(&folder, &root).ok_or_else(|| {
        format!("`{}` is not below `{}`; name a --root that holds it", folder.display(), root.display())
    })?;
    let given = values_files(&arguments.values)?;
    let sources = vec![Source::folder(root.clone()), Source::Memory { name: String::new(), files: given }];
    let corpus = Corpus::open(sources);
    let find = |names: &[&str]| names.iter().find_map(|name| corpus.lookup(0, &format!("{inside}/{name}")));
    if let Some(file) = find(&["kustomization.yaml", "kustomization.yml", "Kustomization"]) {
        return kustomization(arguments, &corpus, file);
    }
    if let Some(file) = find(&["Chart.yaml"]) {
        return chart(arguments, &corpus, file, &root);
    }
    Err(format!("`{}` holds no kustomization.yaml and no Chart.yaml", arguments.folder.display()))
}

fn kustomization(arguments: &RenderArguments, corpus: &Corpus, file: FileId) -> Result<Outcome, String> {
    let built = kustomize::build(corpus, file);
    answer(&kustomize::render(&built, arguments.origins, corpus.files(), reveal(arguments)))?;
    tell(corpus, &built.problems, &built.skipped);
    Ok(if built.objects.is_empty() { Outcome::Unread } else { Outcome::Done })
}

fn chart(arguments: &RenderArguments, corpus: &Corpus, file: FileId, root: &Path) -> Result<Outcome, String> {
    let mut release = Release {
        name: arguments.release.clone(),
        namespace: arguments.namespace.clone(),
        set: arguments.set.clone(),
        ..Release::default()
    };
    if let Some(version) = &arguments.kube_version {
        release.kube_version.clone_from(version);
    }
    for path in &arguments.values {
        // A values file of the repository keeps its place there; another is named as it was given.
        let own = real(path).ok().and_then(|path| inside(&path, root)).and_then(|path| corpus.lookup(0, &path));
        let file =
            own.or_else(|| corpus.ids().find(|file| corpus.source(*file) == 1 && corpus.path(*file) == shown(path)));
        release.values.push(file.ok_or_else(|| format!("`{}` cannot be read", path.display()))?);
    }
    let rendered = helm::render(corpus, file, &release);
    answer(&helm::show(&rendered, arguments.origins, corpus.files(), reveal(arguments)))?;
    tell(corpus, &rendered.problems, &rendered.skipped);
    Ok(if rendered.failure.is_some() { Outcome::Unread } else { Outcome::Done })
}

fn reveal(arguments: &RenderArguments) -> Reveal {
    if arguments.reveal_secrets { Reveal::Yes } else { Reveal::No }
}

fn tell(corpus: &Corpus, problems: &[Problem], skipped: &[Skipped]) {
    for problem in problems {
        let place = corpus.files().display(problem.at.file);
        eprintln!("{place}:{}:{}: {}", problem.at.line, problem.at.column, problem.message);
    }
    for skipped in skipped {
        eprintln!("{}: not read: {}: {}", corpus.files().display(skipped.file), skipped.kind, skipped.reason);
    }
}

/// Values files by the paths that were given, since they may lie anywhere.
fn values_files(paths: &[PathBuf]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
        Ok((shown(path), bytes))
    };
    paths.iter().map(read).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn real(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("`{}` cannot be opened: {error}", path.display()))
}

/// The path inside a root, with `/`.
fn inside(path: &Path, root: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).ok()?;
    Some(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// The git repository around a folder, else the folder itself and what lies beside it.
fn repository(folder: &Path) -> PathBuf {
    let around = folder.ancestors().find(|above| above.join(".git").exists());
    around.or(folder.parent()).unwrap_or(folder).to_path_buf()
}
