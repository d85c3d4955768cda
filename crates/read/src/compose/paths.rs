//! Paths that a compose file names: relative to the project's folder, or to the folder of the file that is extended.
//!
//! A path is resolved once, where its file is read: what lies inside the source becomes its path there and is tagged
//! [`INSIDE`]; all else (absolute, home, URL, beyond the source) stays as it is spelled.

use crate::corpus::normal;
use crate::tree::{Data, Node};

/// The tag of a scalar that is a path inside the source.
pub(super) const INSIDE: &str = "!inside";

/// A path as seen from a folder, inside the source; `None` where it does not lie there.
pub(super) fn resolve(folder: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    if path.starts_with(['/', '~']) || is_remote(&path) || path.as_bytes().get(1) == Some(&b':') {
        return None;
    }
    normal(&format!("{folder}/{path}"))
}

/// Whether a build context or file lies on another machine.
pub(super) fn is_remote(path: &str) -> bool {
    path.contains("://") || ["git@", "github.com/", "oci:"].iter().any(|prefix| path.starts_with(prefix))
}

/// Whether the source of a mount is a path and not a volume's name.
pub(super) fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~']) || source.starts_with("\\\\") || {
        let bytes = source.as_bytes();
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/')
    }
}

/// Resolves the path of a scalar, where it is one that is not resolved yet.
pub(super) fn anchor(node: &mut Node, folder: &str) {
    if node.tag.as_deref() == Some(INSIDE) {
        return;
    }
    if let Data::Scalar(scalar) = &mut node.value
        && let Some(path) = resolve(folder, &scalar.text).filter(|_| !scalar.text.is_empty())
    {
        scalar.text = path;
        node.tag = Some(INSIDE.into());
    }
}

/// The path of a scalar inside the source, where it lies there.
pub(super) fn inside(node: &Node) -> Option<&str> {
    node.as_str().filter(|_| node.tag.as_deref() == Some(INSIDE))
}

/// A path as people see it: `.` for the source's root.
pub(super) fn shown(node: &Node) -> String {
    match inside(node) {
        Some("") => String::from("."),
        Some(path) => format!("./{path}"),
        None => node.as_str().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_resolved_and_others_are_not() {
        assert_eq!(resolve("deploy/x", "../a/./b").as_deref(), Some("deploy/a/b"));
        assert_eq!(resolve("", ".").as_deref(), Some(""));
        assert_eq!(resolve("a", "../..").as_deref(), None);
        for other in ["/etc", "~/x", "https://h/r.git#main", "git@h:r", "C:\\data"] {
            assert_eq!(resolve("a", other), None, "{other}");
        }
    }

    #[test]
    fn a_volumes_name_is_no_path() {
        assert!(is_path("./a") && is_path("/a") && is_path("~/a") && is_path("C:\\a"));
        assert!(!is_path("data") && !is_path("a.b") && !is_path("c:d"));
    }
}
