//! Readers: each is one folder of `crates/read/src` with its page, an example and a test.
//!
//! A reader's page is the head of its `mod.rs` and starts with a title; `tree` and `join` have plain heads.

use super::Finding;
use crate::tree::Tree;

/// Folders of `crates/read/src` that read no format: the tree that formats are read into, and the join.
pub(crate) const NOT_READERS: [&str; 5] = ["tree", "join", "address", "redact", "source"];

/// Finds readers without a page, an example or a test.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in names(tree) {
        let path = format!("crates/read/src/{name}/mod.rs");
        let Some(text) = tree.text(&path) else {
            findings.push(Finding::new(
                &path,
                1,
                format!("the reader `{name}` has no mod.rs"),
                "write it, its page first",
            ));
            continue;
        };
        let page = page(text);
        if !page.starts_with("# ") {
            let cure = "start its head with `//! # ` and a title, then what it reads and what it ignores";
            findings.push(Finding::new(&path, 1, format!("the reader `{name}` has no page"), cure));
        }
        if !page.lines().any(|line| line.starts_with("## Example")) {
            let cure = "add `//! ## Example` with the smallest text that shows the point";
            findings.push(Finding::new(&path, 1, format!("the page of `{name}` has no example"), cure));
        }
        let folder = format!("crates/read/src/{name}/");
        if !tree.under(&folder).any(|(_, text)| text.contains("#[test]")) {
            let cure = "test what it reads: text in, facts out";
            findings.push(Finding::new(&path, 1, format!("the reader `{name}` has no test"), cure));
        }
    }
    findings
}

/// The readers' folders, sorted.
pub(crate) fn names(tree: &Tree) -> Vec<&str> {
    let mut names = tree.folders("crates/read/src/");
    names.retain(|name| !NOT_READERS.contains(name));
    names
}

/// The head of a module without its `//!`.
pub(crate) fn page(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;

    #[test]
    fn a_reader_with_page_example_and_test_is_fine() {
        let text = "//! # Compose files\n//! ## Example\n//! `services: {}`\n#[test]\nfn t() {}\n";
        let files = [("crates/read/src/compose/mod.rs", text), ("crates/read/src/tree/mod.rs", "//! A tree.\n")];
        expect_findings(check, &files, &expect![""]);
    }

    #[test]
    fn a_bare_reader_is_found() {
        let files = [("crates/read/src/compose/mod.rs", "//! Compose files.\n"), ("crates/read/src/new/x.rs", "")];
        expect_findings(
            check,
            &files,
            &expect![[r"
                crates/read/src/compose/mod.rs:1: the reader `compose` has no page; start its head with `//! # ` and a title, then what it reads and what it ignores
                crates/read/src/compose/mod.rs:1: the page of `compose` has no example; add `//! ## Example` with the smallest text that shows the point
                crates/read/src/compose/mod.rs:1: the reader `compose` has no test; test what it reads: text in, facts out
                crates/read/src/new/mod.rs:1: the reader `new` has no mod.rs; write it, its page first"]],
        );
    }
}
