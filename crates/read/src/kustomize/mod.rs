//! # Kustomize
//! Builds kustomizations natively: the objects that `kubectl kustomize FOLDER` prints, each value with its place.
//! ## Reads
//! `kustomization.yaml`, `kustomization.yml`, `Kustomization`, and every file that they name: resources (files, folders,
//! lists), bases, components, generators of ConfigMaps and Secrets with their name suffix hash, strategic merge and
//! JSON 6902 patches, replacements, vars, name prefix and suffix with the references to the names, namespace, labels,
//! annotations, images, replicas, transformer configurations, `openapi` and `crds` schemas, sort options, build
//! metadata, and the built-in generators and transformers given as files.
//! ## Leaves out
//! Remote bases and resources, Helm charts, and functions that are programs: each is listed with its reason, and the build
//! goes on without it. What `kubectl kustomize` refuses is a problem with its place; the rest is built all the same.
//! ## Example
//! ```yaml
//! # overlay/kustomization.yaml
//! resources: [../base]
//! namePrefix: prod-
//! images: [{ name: orders, newTag: "1.4" }]
//! ```
//! ## Out
//! The objects of `../base`, named `prod-…` wherever they are named, with the image `orders:1.4`; every value knows the
//! line that states it and the lines of the overlay through which it came.
//!
//! The behaviour is that of kustomize 5.7 (as in kubectl 1.35), held by a comparison with kubectl in the tests. Secrets
//! stay whole in memory, since the hash of a name is made of them; [`render`] takes them out.

mod accumulated;
mod build;
mod config;
mod fields;
mod fieldspec;
mod file;
mod generate;
mod hash;
mod id;
mod images;
mod json;
mod json_patch;
mod kinds;
mod labels;
mod load;
mod merge;
mod merge_schema;
mod name;
mod name_reference;
mod namespace;
mod object;
mod objects;
mod order;
mod origin;
mod patch;
mod plugin;
mod remote;
mod render;
mod replacement;
mod replicas;
mod selector;
#[cfg(test)]
mod tests;
mod transform;
mod value_add;
mod vars;

use plimsoll_model::{FileId, Problem};

use crate::corpus::Corpus;
use crate::facts::Skipped;
use crate::tree::Node;
use crate::tree::yaml::Schema;

pub use render::{Reveal, render};

/// What a kustomization gives.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The objects, in the order in which kustomize prints them.
    pub objects: Vec<Node>,
    /// Every file that went in, kustomizations included, in order.
    pub used: Vec<FileId>,
    /// Sources and folders of the kustomizations and components that it builds on, directly or through others, in order.
    pub bases: Vec<(u32, String)>,
    /// Whether it is a component: an optional part that is applied to another.
    pub is_component: bool,
    /// What kustomize would refuse, and what could not be used.
    pub problems: Vec<Problem>,
    /// What was not read, and why.
    pub skipped: Vec<Skipped>,
}

/// Names of kustomizations, in the order in which kustomize looks for them.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a file is a kustomization, by its name.
pub fn is_kustomization(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| NAMES.contains(&name))
}

/// All kustomizations of a corpus, in order. A file of that name which states another API is none.
pub fn list(corpus: &Corpus) -> Vec<FileId> {
    corpus.ids().filter(|file| is_kustomization(corpus.path(*file)) && other_api(corpus, *file).is_none()).collect()
}

/// The API of a file that has the name of a kustomization and is something else, such as an object of Flux.
fn other_api(corpus: &Corpus, file: FileId) -> Option<&str> {
    let api = corpus.yaml(file, Schema::Yaml11).roots.first()?.str_at("apiVersion")?;
    (!api.starts_with("kustomize.config.k8s.io/") && api.contains('/')).then_some(api)
}

/// Builds a kustomization. Pure over the corpus: the same files give the same objects, in whatever order they were found.
///
/// Cost: each file is parsed once for the corpus; each base is built once for a call, however often it is named.
/// Nesting, the number of objects and the size of every tree are bounded.
///
/// # Source
/// <https://kubectl.docs.kubernetes.io/references/kustomize/>, kustomize 5.7.
pub fn build(corpus: &Corpus, kustomization: FileId) -> Built {
    build::Builder::new(corpus).build(kustomization)
}
