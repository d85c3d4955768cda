//! OpenSLO: objectives with their service, targets and window.
//!
//! # Source
//! OpenSLO specification, v1, "SLO".

use crate::facts::{Objective, Origin};
use crate::redact;
use crate::tree::Node;

/// Whether an object is an SLO.
pub(super) fn is(root: &Node) -> bool {
    let version = root.str_at("apiVersion").unwrap_or_default();
    version.starts_with("openslo/") && root.str_at("kind") == Some("SLO")
}

/// Reads one; without a name or a service it speaks of nothing.
pub(super) fn read(root: &Node) -> Option<Objective> {
    let name = root.at_path(&["metadata", "name"])?;
    let spec = root.get("spec")?;
    let service = spec.get("service")?;
    let objectives = spec.get("objectives").map(Node::items).unwrap_or_default();
    let targets =
        objectives.iter().filter_map(|each| each.get("target").or_else(|| each.get("targetPercent"))?.as_str());
    let window = spec.get("timeWindow").map(Node::items).unwrap_or_default().first();
    Some(Objective {
        name: redact::value("name", name.as_str()?).into_owned(),
        service: redact::value("service", service.as_str()?).into_owned(),
        targets: targets.map(|target| redact::value("target", target).into_owned()).collect(),
        window: window.and_then(|window| window.str_at("duration")).map(str::to_owned),
        origin: Origin::of(name),
    })
}
