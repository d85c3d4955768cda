//! `plimsoll render`: the objects that a kustomization gives.

use std::path::{Path, PathBuf};

use plimsoll_read::corpus::Corpus;
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
    let inside = folder.strip_prefix(&root).map_err(|_| {
        format!("`{}` is not below `{}`; name a --root that holds it", folder.display(), root.display())
    })?;
    let inside = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let corpus = Corpus::open(vec![Source::folder(root)]);
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let file = names.iter().find_map(|name| corpus.lookup(0, &format!("{inside}/{name}")));
    let Some(file) = file else {
        return Err(format!("`{}` holds no kustomization.yaml", arguments.folder.display()));
    };
    let built = kustomize::build(&corpus, file);
    let reveal = if arguments.reveal_secrets { Reveal::Yes } else { Reveal::No };
    answer(&kustomize::render(&built, arguments.origins, corpus.files(), reveal))?;
    for problem in &built.problems {
        let place = corpus.files().display(problem.at.file);
        eprintln!("{place}:{}:{}: {}", problem.at.line, problem.at.column, problem.message);
    }
    for skipped in &built.skipped {
        eprintln!("{}: not read: {}: {}", corpus.files().display(skipped.file), skipped.kind, skipped.reason);
    }
    Ok(if built.objects.is_empty() { Outcome::Unread } else { Outcome::Done })
}

fn real(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize().map_err(|error| format!("`{}` cannot be opened: {error}", path.display()))
}

/// The git repository around a folder, else the folder itself and what lies beside it.
fn repository(folder: &Path) -> PathBuf {
    let around = folder.ancestors().find(|above| above.join(".git").exists());
    around.or(folder.parent()).unwrap_or(folder).to_path_buf()
}
