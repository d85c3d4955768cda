//! What a kustomization names that is on another machine: URLs and git repositories.
//!
//! # Source
//! Kustomize 5.7, `api/internal/git/repospec.go`: a text without a scheme is a repository if it begins with `github.com/`
//! or `github.com:`, or with a user and `@`.

/// Whether a path of a kustomization leads to another machine.
pub(super) fn is_remote(path: &str) -> bool {
    is_url(path) || is_repository(path)
}

fn is_url(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

fn is_repository(path: &str) -> bool {
    if path.starts_with('/') {
        return false;
    }
    let lower = path.to_ascii_lowercase();
    let rest = lower.strip_prefix("git::").unwrap_or(&lower);
    if let Some(rest) = rest.strip_prefix("ssh://").or_else(|| rest.strip_prefix("file://")) {
        return !rest.is_empty();
    }
    if rest.starts_with("https://") || rest.starts_with("http://") {
        return true;
    }
    let github = rest.starts_with("github.com/") || rest.starts_with("github.com:");
    let user = rest.split_once('@').is_some_and(|(user, host)| is_user(user) && host.contains([':', '/']));
    (github || user) && has_repository(rest)
}

fn is_user(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// After the host there must be an organisation and a repository, or a mark that says where the repository ends.
fn has_repository(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    let Some((_, after)) = path.split_once([':', '/']) else { return false };
    after.contains('/') || after.contains(".git")
}

/// A path without credentials and query, fit to be shown.
pub(super) fn shown(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    match path.split_once("://") {
        Some((scheme, rest)) => {
            let host_ends = rest.find('/').unwrap_or(rest.len());
            let host_starts = rest[..host_ends].rfind('@').map_or(0, |at| at + 1);
            format!("{scheme}://{}", &rest[host_starts..])
        }
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_and_urls_are_remote_and_paths_are_not() {
        let remote = [
            "https://raw.githubusercontent.com/a/b/c.yaml",
            "github.com/org/repo//deploy?ref=v1",
            "github.com/org/repo?ref=v1",
            "git@github.com:org/repo.git//deploy",
            "ssh://git@host/org/repo",
            "git::https://host/org/repo",
        ];
        for path in remote {
            assert!(is_remote(path), "{path}");
        }
        for path in ["../base", "a.yaml", "./github.com/x", "/abs/path", "user@file", "github.com"] {
            assert!(!is_remote(path), "{path}");
        }
    }

    #[test]
    fn what_is_shown_has_no_credentials() {
        assert_eq!(shown("https://user:secret@host/x.yaml?token=abc"), "https://host/x.yaml");
    }
}
