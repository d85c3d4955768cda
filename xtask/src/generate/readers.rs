//! The page of the readers: the head of each reader's module, under one title.

use super::generated_from;
use crate::tidy::readers;
use crate::tree::Tree;

/// Writes the page.
pub(super) fn page(tree: &Tree) -> String {
    let mut out = generated_from("the heads of `crates/read/src/*/mod.rs`");
    out.push_str("# Readers\n\n");
    out.push_str("What each reader takes, what it makes of it, and what it leaves alone. ");
    out.push_str("`plimsoll explain READER` prints the same page.\n");
    for name in readers::names(tree) {
        let Some(text) = tree.text(&format!("crates/read/src/{name}/mod.rs")) else { continue };
        out.push('\n');
        out.push_str(&one_deeper(&readers::page(text)));
    }
    out
}

/// A page whose headings are one level deeper, and whose links into the code are plain code.
pub(super) fn one_deeper(page: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for line in page.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let is_heading = !in_code && line.starts_with('#');
        // A link such as [`crate::redact`] is for rustdoc; here only its text means something.
        let line = if in_code { line.to_owned() } else { line.replace("[`", "`").replace("`]", "`") };
        out.push_str(if is_heading { "#" } else { "" });
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{one_deeper, page};
    use crate::tree::Tree;

    #[test]
    fn headings_go_one_level_down_but_not_in_code() {
        let text = "# Compose\n## Reads\nsee [`crate::redact`]\n```yaml\n# a comment\n```\n";
        assert_eq!(one_deeper(text), "## Compose\n### Reads\nsee `crate::redact`\n```yaml\n# a comment\n```\n");
    }

    #[test]
    fn every_reader_has_its_part_and_the_join_has_none() {
        let files =
            [("crates/read/src/compose/mod.rs", "//! # Compose\n"), ("crates/read/src/join/mod.rs", "//! # Join\n")];
        let page = page(&Tree::of(&files));
        assert!(page.ends_with("\n## Compose\n"), "{page}");
    }
}
