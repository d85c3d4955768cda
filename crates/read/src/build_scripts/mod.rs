//! # Build scripts and pipelines
//! Reads which folder an image is built from, where a script or a pipeline says so.
//!
//! ## Reads
//! - Shell scripts, Makefiles, Jenkinsfiles, Taskfiles, `package.json` scripts and the pipelines of GitHub, GitLab,
//!   Google Cloud Build, CircleCI, Azure and others: `docker build`, `docker buildx build`, `podman build`, `buildah bud`
//!   with their tags, file and context; `ko build`.
//! - GitHub's `docker/build-push-action`, Cloud Build's steps, arguments of Kaniko, for every row of a matrix.
//! - `docker_build` of Tiltfiles, targets of `docker-bake.hcl` and `.json`.
//!
//! Variables that the same file sets to a text, and loops over a list of words, are put in. A part of an image's name
//! that is not known is left out where the rest is clear: `$REGISTRY/orders:$TAG` is `orders`.
//!
//! ## Ignores
//! What a script computes. A build whose image or folder stays open is listed as not read.
//!
//! ## Example
//! ```text
//! TAG ?= latest
//! image:
//!     docker build -t $(REGISTRY)/orders:$(TAG) services/orders
//! ```
//! gives the build of the image `orders` from the folder `services/orders`.

mod bake;
mod command;
mod script;
pub(crate) mod tie;
mod tilt;
mod values;
mod workflow;

use plimsoll_model::{At, FileId, Problem};

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};

/// The reader of build scripts and pipelines.
pub const READER: crate::Reader = crate::Reader { name: "build_scripts", page: include_str!("mod.rs"), takes, read };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Shell,
    Make,
    Groovy,
    Pipeline,
    Package,
    Tilt,
    Bake,
}

/// Words of which a build of an image needs one.
const SIGNS: [&str; 9] =
    ["build -", "build \\", "build .", "buildx", "build-push-action", "buildah", "kaniko", "docker_build", "target"];

/// The largest hand-written script is a tenth of it.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Builds of one file that are followed.
const TIES_MAX: usize = 5000;

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let Some(kind) = kind_of(corpus.path(file)) else { return false };
    let sign = |text: &str| SIGNS.iter().any(|sign| text.contains(sign)) || text.contains("docker") || ko(text);
    corpus.text(file).is_ok_and(|text| kind == Kind::Bake || sign(text))
}

fn ko(text: &str) -> bool {
    ["ko build", "ko publish", "ko apply", "ko resolve"].iter().any(|sign| text.contains(sign))
}

fn kind_of(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let folder = crate::corpus::folder_of(path);
    match (name.as_str(), ending) {
        ("makefile" | "gnumakefile" | "justfile", _) | (_, "mk") => Some(Kind::Make),
        (_, "sh" | "bash" | "zsh") => Some(Kind::Shell),
        ("jenkinsfile", _) | (_, "jenkinsfile") => Some(Kind::Groovy),
        ("tiltfile", _) | (_, "tiltfile") => Some(Kind::Tilt),
        (_, "hcl" | "json") if name.starts_with("docker-bake") => Some(Kind::Bake),
        ("package.json", _) if !path.split('/').any(|part| part == "node_modules") => Some(Kind::Package),
        (_, "yaml" | "yml") => is_pipeline(&name, folder).then_some(Kind::Pipeline),
        _ => None,
    }
}

fn is_pipeline(name: &str, folder: &str) -> bool {
    const NAMES: [&str; 8] = [
        ".gitlab-ci",
        ".travis",
        "azure-pipelines",
        "bitbucket-pipelines",
        "buildspec",
        ".drone",
        "taskfile",
        ".woodpecker",
    ];
    const FOLDERS: [&str; 8] =
        [".github", ".gitlab", ".circleci", ".tekton", ".buildkite", ".woodpecker", "cloudbuild", "tekton"];
    NAMES.iter().any(|known| name.starts_with(known))
        || name.contains("cloudbuild")
        || name.contains("kaniko")
        || folder.split('/').any(|part| FOLDERS.contains(&part))
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for &file in files {
        let text = match corpus.text(file) {
            Ok(text) => text,
            Err(reason) => {
                facts.problems.push(Problem { at: At::whole(file), message: reason.to_owned() });
                continue;
            }
        };
        if text.len() > TEXT_BYTES_MAX {
            let reason = format!("{} KiB are more than a script may have", text.len() >> 10);
            facts.not_read.push(Skipped { kind: String::from("build script"), file, reason });
            continue;
        }
        let ties = match kind_of(corpus.path(file)) {
            Some(Kind::Shell) => script::ties(corpus, file, text, script::Form::Shell),
            Some(Kind::Make) => script::ties(corpus, file, text, script::Form::Make),
            Some(Kind::Groovy) => script::ties(corpus, file, text, script::Form::Groovy),
            Some(Kind::Package) => script::ties(corpus, file, text, script::Form::Package),
            Some(Kind::Pipeline) => workflow::ties(corpus, file, text),
            Some(Kind::Tilt) => tilt::ties(corpus, file, text),
            Some(Kind::Bake) => bake::ties(corpus, file, text),
            None => Vec::new(),
        };
        tie::builds_of(corpus, file, ties, &mut facts);
    }
    facts
}

#[cfg(test)]
mod tests;
