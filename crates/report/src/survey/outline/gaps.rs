//! What was not read and which names did not join, in the order in which people want them.

use std::collections::BTreeMap;

use plimsoll_model::{Loose, Model};

/// One kind of file that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotReadKind {
    pub(crate) kind: String,
    pub(crate) count: usize,
    /// The commonest reason; the first by name where several are as common.
    pub(crate) reason: String,
    /// How many other reasons there are.
    pub(crate) other_reasons: usize,
    /// The first path, as an example.
    pub(crate) example: String,
}

/// What was not read, by kind, the largest first.
pub(crate) fn not_read_kinds(model: &Model) -> Vec<NotReadKind> {
    let mut kinds: BTreeMap<&str, (BTreeMap<&str, usize>, &str)> = BTreeMap::new();
    for row in &model.not_read {
        let (reasons, example) = kinds.entry(&row.kind).or_insert_with(|| (BTreeMap::new(), &row.path));
        *reasons.entry(&row.reason).or_default() += 1;
        *example = (*example).min(&row.path);
    }
    let mut rows: Vec<NotReadKind> =
        kinds.into_iter().map(|(kind, (reasons, path))| row(kind, &reasons, path)).collect();
    rows.sort_by(|a, b| (b.count, &a.kind).cmp(&(a.count, &b.kind)));
    rows
}

fn row(kind: &str, reasons: &BTreeMap<&str, usize>, example: &str) -> NotReadKind {
    let commonest = reasons.iter().max_by_key(|(reason, count)| (**count, std::cmp::Reverse(**reason)));
    NotReadKind {
        kind: kind.to_owned(),
        count: reasons.values().sum(),
        reason: commonest.map_or_else(String::new, |(reason, _)| (*reason).to_owned()),
        other_reasons: reasons.len() - 1,
        example: example.to_owned(),
    }
}

/// Names that did not join: dangling before ambiguous before unmatched, then by user and name.
pub(crate) fn loose_first(model: &Model) -> Vec<&Loose> {
    let mut rows: Vec<&Loose> = model.loose.iter().collect();
    rows.sort_by_key(|row| (row.kind, row.component, &row.name));
    rows
}
