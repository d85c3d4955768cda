//! The places of a finding as machines take them: relative paths, lines and columns from 1.

use plimsoll_audit::Finding;
use plimsoll_model::{Evidence, Model};

/// A place in a file of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The source's name; empty where there is one.
    pub(super) source: String,
    /// The path from the source's root.
    pub(super) path: String,
    /// From 1.
    pub(super) line: u32,
    /// From 1.
    pub(super) column: u32,
    /// What stands there.
    pub(super) note: String,
}

/// Where a finding stands, the main place first. A place that is a whole file is its first line.
pub(super) fn spots(model: &Model, finding: &Finding) -> Vec<Spot> {
    finding.evidence.iter().filter_map(|id| spot(model, model.evidence(*id))).collect()
}

fn spot(model: &Model, evidence: &Evidence) -> Option<Spot> {
    let at = evidence.at?;
    Some(Spot {
        source: model.files.source(at.file).to_owned(),
        path: model.files.path(at.file).to_owned(),
        line: at.line.max(1),
        column: at.column.max(1),
        note: evidence.note.clone(),
    })
}
