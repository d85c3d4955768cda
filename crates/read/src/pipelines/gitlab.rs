//! GitLab's pipelines.
//!
//! # Source
//! "CI/CD YAML syntax reference", GitLab Docs.

use plimsoll_model::{Field, Value};

use super::steps;
use crate::facts::{Origin, PipelineFact};
use crate::redact;
use crate::tree::{Data, Node};

/// Keys of the top level that are no jobs.
const NO_JOBS: [&str; 12] = [
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "spec",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "pages",
];

/// Reads one file.
pub(super) fn read(stem: &str, root: &Node) -> PipelineFact {
    let mut pipeline = PipelineFact { name: stem.to_owned(), claims: Vec::new(), origin: Origin::of(root) };
    image(root.get("image"), &mut pipeline);
    image(root.at_path(&["default", "image"]), &mut pipeline);
    for job in root.entries().iter().filter(|entry| !NO_JOBS.contains(&entry.key.as_str())) {
        image(job.value.get("image"), &mut pipeline);
        for key in ["before_script", "script", "after_script"] {
            commands(job.value.get(key), &mut pipeline);
        }
    }
    pipeline
}

fn image(node: Option<&Node>, pipeline: &mut PipelineFact) {
    let Some(node) = node.map(|node| node.get("name").unwrap_or(node)) else { return };
    if let Some(name) = node.as_str() {
        let value = Value::Text(redact::value("image", name).into_owned());
        pipeline.add(Field::PipelineImage, value, "a job runs in it", Origin::of(node));
    }
}

/// A script is a text or a list of texts, which may be lists again.
fn commands(node: Option<&Node>, pipeline: &mut PipelineFact) {
    let Some(node) = node else { return };
    match &node.value {
        Data::Sequence(items) => items.iter().for_each(|item| commands(Some(item), pipeline)),
        _ => steps::of_command(node, pipeline),
    }
}
