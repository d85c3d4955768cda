//! Replicas: counts set on workloads by name.

use super::accumulated::Accumulated;
use super::fields::{Outcome, value};
use super::fieldspec::{self, FieldSpec, Make};
use crate::tree::{Node, ScalarKind};

/// Sets the count of an entry of `replicas`.
///
/// # Errors
/// No object of the kinds that can have replicas has the name.
pub(super) fn apply(all: &mut Accumulated, entry: &Node, specs: &[FieldSpec]) -> Outcome<()> {
    let name = entry.get("name").map(value).unwrap_or_default();
    let zero = Node::scalar("0", ScalarKind::Integer, entry.at);
    let count = entry.get("count").cloned().unwrap_or(zero);
    let mut found = false;
    for spec in specs {
        for object in all.objects.iter_mut() {
            if !object.any_id(&|id| id.name == name && spec.on.selects(id.gvk)) {
                continue;
            }
            found = true;
            let mut set = |node: &mut Node| {
                node.clone_from(&count);
                Ok(())
            };
            fieldspec::apply(spec, &mut object.node, Make::Text, &mut set)?;
        }
    }
    if found { Ok(()) } else { Err(format!("no Deployment, StatefulSet or ReplicaSet is called `{name}`")) }
}
