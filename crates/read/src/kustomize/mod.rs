//! Kustomize (placeholder until merged).
use crate::corpus::Corpus;
use crate::facts::Skipped;
use crate::tree::Node;
use plimsoll_model::{FileId, Problem};

/// What a kustomization gives.
#[derive(Default)]
pub struct Built {
    /// The objects.
    pub objects: Vec<Node>,
    /// Files used.
    pub used: Vec<FileId>,
    /// Bases.
    pub bases: Vec<String>,
    /// Whether it is a component.
    pub is_component: bool,
    /// Problems.
    pub problems: Vec<Problem>,
    /// Skipped.
    pub skipped: Vec<Skipped>,
}

/// Whether it is one.
pub fn is_kustomization(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("kustomization.yaml" | "kustomization.yml" | "Kustomization"))
}

/// Builds.
pub fn build(_corpus: &Corpus, _file: FileId) -> Built {
    Built::default()
}
