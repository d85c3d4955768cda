//! Labels and annotations: entries that are put under many fields of every object.

use super::accumulated::Accumulated;
use super::fields::{Outcome, sort};
use super::fieldspec::{self, FieldSpec, Make};
use crate::tree::{Data, Entry, Node};

/// Puts entries under the fields of every object, in the order of their keys.
pub(super) fn apply(all: &mut Accumulated, pairs: &[Entry], specs: &[FieldSpec]) -> Outcome<()> {
    let mut pairs: Vec<&Entry> = pairs.iter().collect();
    pairs.sort_by(|a, b| a.key.cmp(&b.key));
    for object in all.objects.iter_mut() {
        let id = object.id().to_string();
        for pair in &pairs {
            for spec in specs {
                fieldspec::apply(spec, &mut object.node, Make::Mapping, &mut |map| put(map, pair))
                    .map_err(|error| format!("{id}: {error}"))?;
            }
        }
    }
    Ok(())
}

fn put(map: &mut Node, pair: &Entry) -> Outcome<()> {
    match map.value {
        Data::Mapping(_) => map.set(&pair.key, pair.value.clone()),
        _ if map.is_null() => {}
        _ => return Err(format!("`{}` needs a mapping, found {}", pair.key, sort(map))),
    }
    Ok(())
}

/// The fields that an entry of `labels` means.
pub(super) fn specs_of(label: &Node, config: &super::config::Config) -> Outcome<Vec<FieldSpec>> {
    let is = |key: &str| label.get(key).and_then(Node::as_bool).unwrap_or_default();
    let mut specs = label.get("fields").map(super::config::field_specs).unwrap_or_default();
    fieldspec::merge(&mut specs, &config.labels)?;
    if is("includeSelectors") {
        fieldspec::merge(&mut specs, &config.common_labels)?;
        return Ok(specs);
    }
    if is("includeTemplates") {
        fieldspec::merge(&mut specs, &config.template_labels)?;
    }
    fieldspec::merge(&mut specs, &[FieldSpec::of_all("metadata/labels", true)])?;
    Ok(specs)
}
