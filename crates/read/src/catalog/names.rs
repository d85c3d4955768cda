//! Names under which an entity goes elsewhere: titles, Kubernetes labels, repositories.

use std::collections::BTreeMap;

use crate::facts::Entity;
use crate::redact;
use crate::tree::Node;

/// Keys of annotations and labels, without what stands before the `/`, whose value is a name.
const NAME_KEYS: [&str; 7] = ["kubernetes-id", "app-name", "project-slug", "service-name", "name", "instance", "app"];

/// All other names, in the order of the file, each once.
pub(super) fn other_names(name: &str, root: &Node) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut add = |key: &str, text: &str| {
        let text = redact::value(key, text.trim()).into_owned();
        if !text.is_empty() && text != name && !out.contains(&text) {
            out.push(text);
        }
    };
    for path in [&["metadata", "title"][..], &["spec", "profile", "displayName"]] {
        if let Some(text) = root.at_path(path).and_then(Node::as_str) {
            add("title", text);
        }
    }
    for notes in ["annotations", "labels"] {
        for entry in root.at_path(&["metadata", notes]).map_or(&[][..], Node::entries) {
            let key = entry.key.rsplit_once('/').map_or(entry.key.as_str(), |(_, key)| key);
            let Some(text) = entry.value.as_str() else { continue };
            if NAME_KEYS.contains(&key) {
                add(key, text);
            }
            if matches!(key, "kubernetes-label-selector" | "app-selector") {
                selected(text).for_each(|name| add(key, name));
            }
        }
    }
    out
}

/// Takes out repositories that several entities name: such a repository is a name of none of them.
pub(super) fn drop_shared_repositories(entities: &mut [Entity]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in entities.iter().flat_map(|entity| &entity.other_names).filter(|name| name.contains('/')) {
        *counts.entry(name.clone()).or_insert(0) += 1;
    }
    for entity in entities {
        entity.other_names.retain(|name| counts.get(name).is_none_or(|count| *count == 1));
    }
}

/// The names in a label selector such as `app=orders,component=api`.
fn selected(selector: &str) -> impl Iterator<Item = &str> {
    let names = selector.split(',').filter_map(|part| part.split_once('='));
    names.filter_map(|(key, value)| {
        let key = key.trim().trim_end_matches('!');
        let key = key.rsplit_once('/').map_or(key, |(_, key)| key);
        matches!(key, "app" | "name" | "instance" | "service").then(|| value.trim_start_matches('=').trim())
    })
}

/// The folder that a source location points at inside its repository, without slashes at its ends:
/// `url:https://host/org/repo/tree/main/services/orders/` is `services/orders`. `None` for the whole repository.
pub(super) fn folder(location: &str) -> Option<String> {
    let url = location.strip_prefix("url:").or_else(|| location.strip_prefix("dir:"))?;
    let inside = match url.split_once("://") {
        None => url.trim_start_matches("./"),
        Some((_, url)) => {
            let (_, branch_and_path) = ["/-/tree/", "/tree/", "/-/blob/", "/blob/", "/src/branch/", "/src/"]
                .iter()
                .find_map(|mark| url.split_once(mark))?;
            branch_and_path.split_once('/')?.1
        }
    };
    let folder = inside.split(['?', '#']).next()?.trim_matches('/');
    (!folder.is_empty() && folder != ".").then(|| redact::value("source-location", folder).into_owned())
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn a_source_location_is_a_folder_of_its_repository() {
        let check = |location: &str, expected: Option<&str>| assert_eq!(folder(location).as_deref(), expected);
        check("url:https://github.com/o/r/tree/main/services/orders/", Some("services/orders"));
        check("url:https://gitlab.example/o/p/r/-/tree/main/orders", Some("orders"));
        check("url:https://github.com/o/r/tree/main", None);
        check("url:https://github.com/o/r/", None);
        check("dir:./services/orders", Some("services/orders"));
        check("nonsense", None);
    }
}
