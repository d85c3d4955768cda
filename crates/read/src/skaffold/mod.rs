//! # Skaffold
//! Reads which folder each image is built from.
//!
//! ## Reads
//! YAML documents whose `apiVersion` begins with `skaffold/`, in a file of any name: `build.artifacts` of the
//! configuration, of its profiles, and those that a profile's patch adds. An artifact ties its `image` to its `context`
//! (its own folder where none is given), for `docker` to the folder of the Dockerfile, for `jib` to the module, for `ko`
//! to the main package, for `bazel` to the package of the target.
//!
//! ## Ignores
//! What is deployed: the manifests are read by their own readers. `requires`: every file is read by itself, and its
//! paths are relative to it; a configuration in another repository is listed as not read.
//!
//! ## Example
//! ```text
//! apiVersion: skaffold/v4beta11
//! build: { artifacts: [{ image: orders, context: src/orders }] }
//! ```
//! gives the build of the image `orders` from the folder `src/orders`.

use plimsoll_model::{At, FileId, Problem};

use crate::build_scripts::tie::{Dockerfile, Tie, builds_of};
use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};
use crate::tree::Node;
use crate::tree::yaml::Schema;

/// The reader of Skaffold configurations.
pub const READER: crate::Reader = crate::Reader { name: "skaffold", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    yaml && corpus.text(file).is_ok_and(|text| text.contains("skaffold/v")) && !configurations(corpus, file).is_empty()
}

fn configurations(corpus: &Corpus, file: FileId) -> Vec<&Node> {
    let is_one = |root: &&Node| root.str_at("apiVersion").is_some_and(|version| version.starts_with("skaffold/"));
    corpus.yaml(file, Schema::Yaml12).roots.iter().filter(is_one).collect()
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for &file in files {
        let mut ties = Vec::new();
        for root in configurations(corpus, file) {
            requirements(corpus, file, root, &mut facts);
            for artifact in artifacts(root, &mut facts) {
                ties.extend(tie(corpus, file, artifact, &mut facts));
            }
        }
        builds_of(corpus, file, ties, &mut facts);
    }
    facts
}

/// The artifacts of the configuration and of its profiles.
fn artifacts<'n>(root: &'n Node, facts: &mut Facts) -> Vec<&'n Node> {
    let mut out: Vec<&Node> = Vec::new();
    let profiles = root.get("profiles").map_or(&[][..], Node::items);
    for part in std::iter::once(root).chain(profiles) {
        match part.at_path(&["build", "artifacts"]) {
            Some(list) if list.is_sequence() => out.extend(list.items()),
            Some(other) if !other.is_null() => facts.problems.push(problem(other.at, "`artifacts` is not a list")),
            _ => {}
        }
        for patch in part.get("patches").map_or(&[][..], Node::items) {
            let path = patch.str_at("path").unwrap_or_default();
            let value = patch.get("value").filter(|value| value.get("image").is_some());
            out.extend(value.filter(|_| path.starts_with("/build/artifacts/")));
        }
    }
    out
}

fn tie(corpus: &Corpus, file: FileId, artifact: &Node, facts: &mut Facts) -> Option<Tie> {
    let Some(image) = artifact.get("image").filter(|image| image.as_str().is_some()) else {
        facts.problems.push(problem(artifact.at, "an artifact has no `image`"));
        return None;
    };
    let context = artifact.str_at("context").or_else(|| artifact.str_at("workspace")).unwrap_or(".");
    let below = |keys: &[&str]| artifact.at_path(keys).and_then(Node::as_str);
    let module = below(&["jib", "project"])
        .or_else(|| below(&["jibMaven", "module"]))
        .or_else(|| below(&["jibGradle", "project"]))
        .map(|module| module.rsplit(':').next().unwrap_or(module).to_owned());
    let package = below(&["ko", "main"]).or_else(|| below(&["ko", "dir"])).map(str::to_owned);
    let target = below(&["bazel", "target"]).and_then(|target| target.trim_start_matches('@').split_once("//"));
    let target = target.map(|(_, rest)| rest.split(':').next().unwrap_or(rest).to_owned());
    let inside = module.or(package).or(target);
    let dockerfile = below(&["docker", "dockerfile"]).or_else(|| below(&["kaniko", "dockerfile"]));
    Some(Tie {
        images: vec![image.as_str()?.to_owned()],
        context: inside.map_or_else(|| context.to_owned(), |inside| format!("{context}/{inside}")),
        dockerfile: dockerfile.map(|path| Dockerfile::InContext(path.to_owned())),
        bases: vec![corpus.folder(file).to_owned()],
        at: image.at,
    })
}

fn requirements(corpus: &Corpus, file: FileId, root: &Node, facts: &mut Facts) {
    for required in root.get("requires").map_or(&[][..], Node::items) {
        if let Some(repository) = required.at_path(&["git", "repo"]).and_then(Node::as_str) {
            let reason = format!("`{}` is in another repository", crate::redact::value("repo", repository));
            facts.not_read.push(Skipped { kind: String::from("remote Skaffold configuration"), file, reason });
        } else if let Some(path) = required.get("path").filter(|path| path.as_str().is_some_and(|p| !p.contains("{{")))
        {
            let text = path.as_str().unwrap_or_default().trim_end_matches('/');
            let names = [text.to_owned(), format!("{text}/skaffold.yaml"), format!("{text}/skaffold.yml")];
            if !names.iter().any(|name| corpus.beside(file, name).is_some()) {
                let shown = crate::redact::value("path", text);
                facts
                    .problems
                    .push(problem(path.at, &format!("`requires` names `{shown}`, and there is no such file")));
            }
        }
    }
}

fn problem(at: At, what: &str) -> Problem {
    Problem { at, message: format!("{what}; it is left out, the rest is read") }
}

#[cfg(test)]
mod tests;
