//! The objects of a chart as YAML, as `helm template` gives them: what keeps running, then hooks and tests.

use plimsoll_model::Files;

use super::Rendered;
use crate::kustomize::{Built, Reveal, render};

/// All objects as one multi-document YAML; with `origins`, each value with its places.
pub fn show(rendered: &Rendered, origins: bool, files: &Files, reveal: Reveal) -> String {
    let objects = rendered.objects.iter().chain(&rendered.hooks).cloned().collect();
    render(&Built { objects, ..Built::default() }, origins, files, reveal)
}
