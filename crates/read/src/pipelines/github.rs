//! GitHub's workflows.
//!
//! # Source
//! "Workflow syntax for GitHub Actions", GitHub Docs.

use plimsoll_model::{Field, Value};

use super::steps;
use crate::facts::{Origin, PipelineFact};
use crate::redact;
use crate::tree::{Data, Node};

/// Reads one workflow. Its id is the name of the file, which stays when its title changes.
pub(super) fn read(stem: &str, root: &Node) -> PipelineFact {
    let mut pipeline = PipelineFact { name: stem.to_owned(), claims: Vec::new(), origin: Origin::of(root) };
    if let Some(title) = root.get("name").and_then(Node::as_str).filter(|title| *title != stem) {
        let origin = Origin::of(root.get("name").unwrap_or(root));
        pipeline.add(Field::PipelineTitle, text(title), "its name", origin);
    }
    if let Some(on) = root.get("on") {
        triggers(on, &mut pipeline);
    }
    permissions(root, "every job", &mut pipeline);
    for job in root.get("jobs").map(Node::entries).unwrap_or_default() {
        permissions(&job.value, &job.key, &mut pipeline);
        if let Some(uses) = job.value.get("uses") {
            action(uses, &mut pipeline);
        }
        for step in job.value.get("steps").map(Node::items).unwrap_or_default() {
            if let Some(uses) = step.get("uses") {
                action(uses, &mut pipeline);
                steps::of_action(uses, &mut pipeline);
            }
            if let Some(run) = step.get("run") {
                steps::of_command(run, &mut pipeline);
            }
        }
        let image = job.value.get("container").map(|container| container.get("image").unwrap_or(container));
        if let Some(image) = image.filter(|image| image.as_str().is_some()) {
            pipeline.add(Field::PipelineImage, spelled(image), "a job runs in it", Origin::of(image));
        }
    }
    pipeline
}

/// `on: push`, `on: [push]`, `on: { push: { branches: [main] } }`.
fn triggers(on: &Node, pipeline: &mut PipelineFact) {
    match &on.value {
        Data::Mapping(entries) => {
            for entry in entries {
                let branches = entry.value.get("branches").map(Node::items).unwrap_or_default();
                let names: Vec<&str> = branches.iter().filter_map(Node::as_str).collect();
                let said = format!("{} {}", entry.key, names.join(" "));
                let origin = Origin::at(entry.key_at);
                pipeline.add(Field::Trigger, text(said.trim()), "sets it off", origin);
            }
        }
        Data::Sequence(items) => items.iter().for_each(|item| triggers(item, pipeline)),
        Data::Scalar(_) => pipeline.add(Field::Trigger, spelled(on), "sets it off", Origin::of(on)),
    }
}

/// `permissions: write-all`, or single ones. What is not stated is what the repository grants.
fn permissions(node: &Node, of: &str, pipeline: &mut PipelineFact) {
    let Some(permissions) = node.get("permissions") else { return };
    if permissions.as_str().is_some() {
        pipeline.add(Field::PipelineRight, spelled(permissions), format!("of {of}"), Origin::of(permissions));
    }
    for entry in permissions.entries() {
        let said = format!("{}: {}", entry.key, entry.value.as_str().unwrap_or_default());
        pipeline.add(Field::PipelineRight, text(&said), format!("of {of}"), Origin::of(&entry.value));
    }
}

fn action(uses: &Node, pipeline: &mut PipelineFact) {
    if uses.as_str().is_some() {
        pipeline.add(Field::Action, spelled(uses), "a step uses it", Origin::of(uses));
    }
}

fn spelled(node: &Node) -> Value {
    text(node.as_str().unwrap_or_default())
}

fn text(text: &str) -> Value {
    Value::Text(redact::value("uses", text).into_owned())
}
