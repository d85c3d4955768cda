//! # Pipelines: how a commit gets to production
//!
//! Reads GitHub's workflows (`.github/workflows/*.yml`) and GitLab's `.gitlab-ci.yml`, one pipeline for each file.
//!
//! ## Reads
//! What sets it off (`on`, with branches), each action that it uses with its version (`uses`), each image that a job runs
//! in, the rights of its token (`permissions`), and the commands of its steps by what they are known to do: test, check,
//! build, deploy.
//!
//! ## Ignores
//! Expressions, conditions, matrices, caches, and what an action does inside. Included files of GitLab are named and not
//! followed. Which image a step builds from which folder is the build scripts' reader's.
//!
//! ## Example
//! ```yaml
//! name: ci
//! on: { push: { branches: [main] } }
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps:
//!       - uses: actions/checkout@v5
//!       - run: cargo test
//! ```
//! gives the pipeline `ci`, set off by `push main`, which uses the action `actions/checkout@v5` and tests.

mod github;
mod gitlab;
mod steps;

use plimsoll_model::FileId;

use crate::corpus::Corpus;
use crate::facts::Facts;
use crate::tree::yaml::Schema;

/// The reader of pipelines.
pub const READER: crate::Reader = crate::Reader { name: "pipelines", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    is_github(corpus.path(file)) || is_gitlab(corpus.path(file))
}

/// A file directly in the folder of workflows, at the root of a source.
fn is_github(path: &str) -> bool {
    let inside = path.strip_prefix(".github/workflows/");
    inside.is_some_and(|name| !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml")))
}

fn is_gitlab(path: &str) -> bool {
    path == ".gitlab-ci.yml" || path == ".gitlab-ci.yaml"
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for file in files {
        // `on` is a switch in YAML 1.1, and both platforms read it as a word.
        let documents = corpus.yaml(*file, Schema::Yaml12);
        let Some(root) = documents.roots.first().filter(|root| root.is_mapping()) else { continue };
        let path = corpus.path(*file);
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim_start_matches('.');
        facts.pipelines.push(match is_github(path) {
            true => github::read(stem, root),
            false => gitlab::read(stem, root),
        });
    }
    facts
}

#[cfg(test)]
mod tests;
