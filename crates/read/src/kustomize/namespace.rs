//! The namespace: set on every object that can have one, and on the fields that repeat it.

use plimsoll_model::At;

use super::accumulated::Accumulated;
use super::fields::{Outcome, spelled, value};
use super::fieldspec::{self, FieldSpec, Make};
use super::{kinds, objects};
use crate::tree::{Data, Node};

/// Which subjects of role bindings get the namespace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Subjects {
    /// Those named `default`.
    Default,
    /// All service accounts.
    ServiceAccounts,
    /// None.
    None,
}

/// What is to be set.
pub(super) struct Namespace<'a> {
    pub(super) name: &'a str,
    /// Where it is stated.
    pub(super) at: At,
    pub(super) specs: &'a [FieldSpec],
    pub(super) subjects: Subjects,
    /// Whether only objects without a namespace get it.
    pub(super) unset_only: bool,
}

impl Namespace<'_> {
    /// Sets it on all objects.
    pub(super) fn apply(&self, all: &mut Accumulated) -> Outcome<()> {
        let mut by_name = objects::index(&all.objects);
        for index in 0..all.objects.len() {
            let object = &mut all.objects[index];
            if object.is_gone() {
                continue;
            }
            let (id, name) = (object.id().to_string(), object.name().to_owned());
            object.store_id();
            self.set_on(&mut object.node).map_err(|error| format!("{id}: {error}"))?;
            let id = all.objects[index].id();
            // A Namespace is renamed by this. That it is still found by its old name does no harm: ids decide.
            if id.name != name {
                by_name.entry(id.name.to_owned()).or_default().push(index);
            }
            let namesakes = by_name.get(id.name).into_iter().flatten();
            if namesakes.filter(|index| all.objects[**index].id().equals(&id)).count() > 1 {
                return Err(format!("with the namespace, two objects are {id}"));
            }
        }
        Ok(())
    }

    /// Sets it on one object.
    pub(super) fn set_on(&self, object: &mut Node) -> Outcome<()> {
        let api_version = object.get("apiVersion").map(spelled).unwrap_or_default().to_owned();
        let kind = object.get("kind").map(spelled).unwrap_or_default().to_owned();
        if !kinds::is_cluster_scoped(&api_version, &kind) {
            let spec = FieldSpec::of_all("metadata/namespace", true);
            fieldspec::apply(&spec, object, Make::Text, &mut |node| self.set(node))?;
        }
        let binds_roles = matches!(kind.as_str(), "RoleBinding" | "ClusterRoleBinding");
        if binds_roles {
            self.set_subjects(object)?;
        }
        for spec in self.specs {
            let is_done = match spec.path.as_str() {
                "metadata/namespace" => true,
                "metadata/name" => api_version != "v1",
                "subjects/namespace" => {
                    binds_roles && matches!(spec.on.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
                }
                _ => false,
            };
            if !is_done {
                fieldspec::apply(spec, object, Make::Text, &mut |node| self.set(node))?;
            }
        }
        Ok(())
    }

    fn set_subjects(&self, object: &mut Node) -> Outcome<()> {
        let Some(subjects) = object.get_mut("subjects").filter(|subjects| !subjects.is_null()) else { return Ok(()) };
        let Data::Sequence(items) = &mut subjects.value else {
            return Err(String::from("`subjects` is not a list"));
        };
        for subject in items {
            let has = |key: &str, text: &str| subject.get(key).is_some_and(|node| value(node) == text);
            let is_meant = match self.subjects {
                Subjects::Default => has("name", "default"),
                Subjects::ServiceAccounts => has("kind", "ServiceAccount"),
                Subjects::None => false,
            };
            if !is_meant {
                continue;
            }
            let at = subject.at;
            if let Some(node) = super::fields::entry(subject, "namespace", || Node::text("", at)) {
                if node.is_null() {
                    *node = Node::text("", at);
                }
                self.set(node)?;
            }
        }
        Ok(())
    }

    fn set(&self, node: &mut Node) -> Outcome<()> {
        if !matches!(node.value, Data::Scalar(_)) {
            return Err(String::from("a namespace must be a single value"));
        }
        if self.unset_only && !value(node).is_empty() {
            return Ok(());
        }
        if spelled(node) == self.name && !node.is_null() {
            return Ok(());
        }
        *node = Node::text(self.name, self.at);
        Ok(())
    }
}
