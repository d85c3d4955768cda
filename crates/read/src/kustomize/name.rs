//! Name prefixes and suffixes.

use plimsoll_model::At;

use super::accumulated::Accumulated;
use super::fields::{Outcome, change_text, spelled};
use super::fieldspec::{self, FieldSpec, Make};
use super::id::Gvk;
use crate::tree::Data;

/// Which end of a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// Before it.
    Prefix,
    /// After it.
    Suffix,
}

/// Kinds whose names mean something to others and are never changed.
fn is_fixed(gvk: Gvk<'_>) -> bool {
    matches!(gvk.kind, "CustomResourceDefinition" | "Namespace")
        || (gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io")
}

/// Adds a text to the names of all objects.
pub(super) fn apply(all: &mut Accumulated, end: End, text: &str, at: At, specs: &[FieldSpec]) -> Outcome<()> {
    for object in all.objects.iter_mut() {
        let original = object.original_id().gvk;
        if is_fixed(original) {
            continue;
        }
        let fitting: Vec<&FieldSpec> = specs.iter().filter(|spec| spec.on.selects(original)).collect();
        for spec in fitting {
            if spec.path == "metadata/name" && !text.is_empty() {
                match end {
                    End::Prefix => object.prefixes.push(text.to_owned()),
                    End::Suffix => object.suffixes.push(text.to_owned()),
                }
                object.store_id();
                object.renamed_at = Some(at);
            }
            fieldspec::apply(spec, &mut object.node, Make::Text, &mut |node| {
                if !matches!(node.value, Data::Scalar(_)) {
                    return Err(String::from("a name must be a single value"));
                }
                let name = match end {
                    End::Prefix => format!("{text}{}", spelled(node)),
                    End::Suffix => format!("{}{text}", spelled(node)),
                };
                change_text(node, &name, Some(at));
                Ok(())
            })?;
        }
    }
    Ok(())
}
