//! Rooms: every crate has a head that says what it is, real content, and a line in the code map; no room is a drawer.

use super::{Finding, line_where};
use crate::tree::Tree;

/// Where the code map stands.
const MAP: &str = "docs/explanation/architecture.md";

/// Names that say nothing of what is inside.
const DRAWERS: [&str; 6] = ["utils", "util", "helpers", "helper", "common", "misc"];

/// A crate with fewer lines of code has nothing to be a room for.
const CODE_LINES_MIN: usize = 10;

/// Finds empty, unnamed and unlisted rooms.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for room in tree.folders("crates/") {
        check_room(tree, room, &mut findings);
    }
    for (path, text) in our_sources(tree) {
        check_head(path, text, &mut findings);
        check_name(path, &mut findings);
    }
    check_map(tree, &mut findings);
    findings
}

fn our_sources(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    let ours = ["crates/", "xtask/"].into_iter().flat_map(|folder| tree.under(folder));
    ours.filter(|(path, _)| path.ends_with(".rs") && path.contains("/src/"))
}

fn check_room(tree: &Tree, room: &str, findings: &mut Vec<Finding>) {
    let source = format!("crates/{room}/src/");
    let Some(root) = ["lib.rs", "main.rs"].iter().map(|name| format!("{source}{name}")).find(|path| tree.has(path))
    else {
        let cure = "write src/lib.rs or src/main.rs, or remove the folder";
        findings.push(Finding::new(&format!("crates/{room}/Cargo.toml"), 1, "the crate has no source", cure));
        return;
    };
    let code: usize = tree.under(&source).map(|(_, text)| code_lines(text)).sum();
    if code < CODE_LINES_MIN {
        let what = format!("the crate holds {code} lines of code");
        findings.push(Finding::new(
            &root,
            1,
            what,
            "a crate appears with its first real content: fill it or remove it",
        ));
    }
}

fn code_lines(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

fn check_head(path: &str, text: &str, findings: &mut Vec<Finding>) {
    // A reader's page starts with a title; the sentence follows it.
    let mut lines = text.lines().map(|line| line.strip_prefix("//!").unwrap_or("").trim());
    let first = lines.next().unwrap_or("");
    let mut after = || lines.find(|line| !line.is_empty()).unwrap_or("");
    let sentence = if first.starts_with("# ") { after() } else { first };
    if sentence.len() < 15 {
        let cure = "start with `//! ` and a sentence that says what the module is";
        findings.push(Finding::new(path, 1, "the module has no head", cure));
    }
}

fn check_name(path: &str, findings: &mut Vec<Finding>) {
    let drawer = path.split('/').find(|part| DRAWERS.contains(&part.trim_end_matches(".rs")));
    if let Some(drawer) = drawer {
        let cure = "name the module after its noun, next to its first user";
        findings.push(Finding::new(path, 1, format!("`{drawer}` says nothing of what is inside"), cure));
    }
}

fn check_map(tree: &Tree, findings: &mut Vec<Finding>) {
    let Some(map) = tree.text(MAP) else {
        findings.push(Finding::new(MAP, 1, "the code map is missing", "write it"));
        return;
    };
    let listed = listed(map);
    let rooms = tree.folders("crates/");
    for room in rooms.iter().filter(|room| !listed.contains(room)) {
        let what = format!("the code map lacks `crates/{room}`");
        findings.push(Finding::new(MAP, 1, what, "add its line"));
    }
    for name in listed.iter().filter(|name| !rooms.contains(*name)) {
        let line = line_where(map, |line| line.contains(&format!("`crates/{name}")));
        findings.push(Finding::new(MAP, line, format!("there is no `crates/{name}`"), "remove its line"));
    }
}

/// The crates that a text names as `crates/NAME`, or as a path below one.
fn listed(map: &str) -> Vec<&str> {
    let names = map.split("`crates/").skip(1).filter_map(|rest| rest.split(['/', '`']).next());
    names.filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;

    const HEAD: &str = "//! What it is, in a sentence.\n\
        fn a() {}\nfn b() {}\nfn c() {}\nfn d() {}\nfn e() {}\nfn f() {}\nfn g() {}\nfn h() {}\nfn i() {}\nfn j() {}\n";

    #[test]
    fn a_filled_listed_room_is_fine() {
        let files = [("crates/model/src/lib.rs", HEAD), (super::MAP, "| `crates/model` | the model |")];
        expect_findings(check, &files, &expect![""]);
    }

    #[test]
    fn an_empty_unlisted_room_is_found() {
        let files = [("crates/plan/src/lib.rs", "//! soon\n"), (super::MAP, "")];
        expect_findings(
            check,
            &files,
            &expect![[r"
                crates/plan/src/lib.rs:1: the crate holds 0 lines of code; a crate appears with its first real content: fill it or remove it
                crates/plan/src/lib.rs:1: the module has no head; start with `//! ` and a sentence that says what the module is
                docs/explanation/architecture.md:1: the code map lacks `crates/plan`; add its line"]],
        );
    }

    #[test]
    fn a_drawer_a_crate_without_source_and_a_stale_map_line_are_found() {
        let files = [
            ("crates/read/src/lib.rs", HEAD),
            ("crates/read/src/utils.rs", HEAD),
            ("crates/serve/Cargo.toml", ""),
            (super::MAP, "`crates/read/src/*`\n`crates/serve`\n`crates/gone`\n`crates/*`"),
        ];
        expect_findings(
            check,
            &files,
            &expect![[r"
                crates/serve/Cargo.toml:1: the crate has no source; write src/lib.rs or src/main.rs, or remove the folder
                crates/read/src/utils.rs:1: `utils.rs` says nothing of what is inside; name the module after its noun, next to its first user
                docs/explanation/architecture.md:3: there is no `crates/gone`; remove its line"]],
        );
    }
}
