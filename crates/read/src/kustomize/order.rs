//! The order in which objects are printed.

use plimsoll_model::At;

use super::kinds::{FIRST, LAST};
use super::object::Object;
use crate::tree::Node;

/// Sorts as `sortOptions` ask; without them as kubectl does: by kind, group, version, namespace and name.
///
/// # Errors
/// The options contradict each other; then the objects stay in the order in which they were gathered.
pub(super) fn sort(objects: &mut [Object], options: Option<&Node>) -> Result<(), (At, String)> {
    let Some(options) = options.filter(|options| !options.is_null()) else {
        by_kind(objects, FIRST, LAST);
        return Ok(());
    };
    let legacy = options.get("legacySortOptions").filter(|legacy| !legacy.is_null());
    match (options.str_at("order"), legacy) {
        (Some("fifo"), None) => Ok(()),
        (Some("fifo"), Some(legacy)) => Err((
            legacy.at,
            String::from("`legacySortOptions` mean nothing with `order: fifo`; kustomize refuses them"),
        )),
        (Some("legacy"), None) => {
            by_kind(objects, FIRST, LAST);
            Ok(())
        }
        (Some("legacy"), Some(legacy)) => {
            let list = |key: &str| -> Vec<&str> {
                legacy.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).collect()
            };
            by_kind(objects, &list("orderFirst"), &list("orderLast"));
            Ok(())
        }
        _ => Err((options.at, String::from("`order` must be `legacy` or `fifo`; kustomize refuses anything else"))),
    }
}

fn by_kind(objects: &mut [Object], first: &[&str], last: &[&str]) {
    objects.sort_by_cached_key(|object| key(object, first, last));
}

/// What is compared, in this order: the place of the kind, group with version and kind, namespace and name as one text.
type Key = (i64, Kind, String);

fn key(object: &Object, first: &[&str], last: &[&str]) -> Key {
    let id = object.id();
    let from_end = |list: &[&str]| list.iter().rposition(|kind| *kind == id.gvk.kind);
    let rank = match (from_end(last), from_end(first)) {
        (Some(index), _) => index as i64 + 1,
        (None, Some(index)) => index as i64 - first.len() as i64,
        (None, None) => 0,
    };
    let or = |text: &str, missing: &str| if text.is_empty() { missing.to_owned() } else { text.to_owned() };
    let place = format!("{}|{}", or(id.namespace, "~X"), or(id.name, "~N"));
    (rank, Kind(id.gvk.sort_text(), id.gvk.kind == "Namespace"), place)
}

/// Group, version and kind as text. The core Namespace stands before custom kinds of that name.
#[derive(PartialEq, Eq)]
struct Kind(String, bool);

impl Ord for Kind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let either_is_core = self.0.starts_with("~G") || other.0.starts_with("~G");
        if self.1 && other.1 && either_is_core { other.0.cmp(&self.0) } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Kind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
