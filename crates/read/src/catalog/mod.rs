//! # Software catalogue: Backstage's catalog-info.yaml
//!
//! It reads every YAML document with an `apiVersion` of `backstage.io` (and `scaffolder.backstage.io`), whatever the file is
//! called: Component, API, Resource, System, Domain, Group, User, Location, Template. References are written out whole, as
//! `kind:namespace/name` in lower case, so that `orders` and `component:default/Orders` are the same. Annotations and labels
//! that carry a name elsewhere (Kubernetes id and label selector, Argo CD application, a repository that no other entity
//! names) become other names; the folder that a source location points at becomes the source folder.
//!
//! It ignores how entities are shown and who may see them. Kinds that a plug-in adds are listed as not read, files that are
//! templates of a catalogue too. An entity without a name, a reference that cannot be read and a target that is not there
//! are problems or loose names with their place.
//!
//! ## Example
//!
//! ```yaml
//! apiVersion: backstage.io/v1alpha1
//! kind: Component
//! metadata:
//!   name: orders
//!   annotations: { backstage.io/kubernetes-id: orders-service }
//! spec:
//!   type: service
//!   lifecycle: production
//!   owner: team-orders
//!   dependsOn: [resource:orders-db]
//! ```
//!
//! gives the entity `component:default/orders`, also called `orders-service`, in production, owned by
//! `group:default/team-orders`, which depends on `resource:default/orders-db`.

mod entity;
mod location;
mod names;

use plimsoll_model::{FileId, Problem};

pub use entity::reference;

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};
use crate::tree::Node;
use crate::tree::yaml::Schema;

/// The reader of catalogues.
pub const READER: crate::Reader = crate::Reader { name: "catalog", page: include_str!("mod.rs"), takes, read };

/// Kinds that are read, as they are spelled.
const KINDS: [&str; 9] = ["Component", "API", "Resource", "System", "Domain", "Group", "User", "Location", "Template"];

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    yaml && corpus.text(file).is_ok_and(|text| text.lines().any(is_catalogue_version))
}

/// Whether a line states that its document is an entity.
fn is_catalogue_version(line: &str) -> bool {
    let value = line.trim_start_matches(['-', ' ']).strip_prefix("apiVersion:");
    value.is_some_and(|value| is_catalogue(value.trim().trim_matches(['"', '\''])))
}

fn is_catalogue(version: &str) -> bool {
    version.starts_with("backstage.io/") || version.starts_with("scaffolder.backstage.io/")
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let mut files = files.to_vec();
    files.sort();
    for file in files {
        if is_skeleton(corpus, file) {
            let reason = String::from("is a template, whose names are filled in when something is made of it");
            facts.not_read.push(Skipped { kind: String::from("catalogue template"), file, reason });
            continue;
        }
        for root in &corpus.yaml(file, Schema::Yaml12).roots {
            read_document(corpus, file, root, &mut facts);
        }
    }
    names::drop_shared_repositories(&mut facts.entities);
    facts
}

/// Whether the catalogue's own names are placeholders. Placeholders elsewhere are the text of a scaffolder's steps.
fn is_skeleton(corpus: &Corpus, file: FileId) -> bool {
    let Ok(text) = corpus.text(file) else { return false };
    let mut metadata = false;
    for line in text.lines() {
        if !line.starts_with([' ', '#']) {
            metadata = line.starts_with("metadata:");
        }
        if metadata && line.trim_start().starts_with("name:") && line.contains("{{") {
            return true;
        }
        if line.trim_start().starts_with("{%") || line.contains("{{ cookiecutter") || line.contains("{{cookiecutter") {
            return true;
        }
    }
    false
}

fn read_document(corpus: &Corpus, file: FileId, root: &Node, facts: &mut Facts) {
    if !root.str_at("apiVersion").is_some_and(is_catalogue) {
        return;
    }
    let Some(kind) = root.str_at("kind") else {
        let message = "an entity without `kind`, so it is left out; add it, like `kind: Component`";
        facts.problems.push(Problem { at: root.at, message: message.to_owned() });
        return;
    };
    let Some(kind) = KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind)) else {
        let reason = String::from("this kind of entity is not known here");
        facts.not_read.push(Skipped { kind: format!("catalogue {kind}"), file, reason });
        return;
    };
    let name = root.at_path(&["metadata", "name"]).and_then(|node| node.as_str()).filter(|name| !name.is_empty());
    let Some(name) = name else {
        let at = root.get("metadata").map_or(root.at, |metadata| metadata.at);
        let message =
            format!("a {kind} without `metadata.name`, so nothing can refer to it and it is left out; add the name");
        facts.problems.push(Problem { at, message });
        return;
    };
    let mut entity = entity::read(kind, name, root, &mut facts.problems);
    match *kind {
        "Location" => location::targets(corpus, file, root, &mut entity, facts),
        "API" => location::definition(corpus, file, root, &mut entity, facts),
        _ => {}
    }
    facts.entities.push(entity);
}

#[cfg(test)]
mod tests;
