//! The rule of the house: data flows one way, and each crate's `Cargo.toml` says so.
//!
//! Test dependencies count too: a test that needs a crate to the right belongs to that crate. A test may read real files
//! where a record says so.

use toml_edit::{DocumentMut, Item, TableLike};

use super::{Finding, line_where};
use crate::tree::Tree;

/// Which of our crates a crate may depend on. A new edge is a decision: write its ADR, then add it here.
const MAY_DEPEND_ON: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("gotemplate", &[]),
    ("code", &[]),
    ("read", &["model", "gotemplate", "code"]),
    ("observe", &["model"]),
    ("audit", &["model"]),
    ("simulate", &["model"]),
    ("review", &["model", "audit", "simulate"]),
    ("plan", &["model", "audit", "review", "simulate"]),
    ("report", &["model", "audit", "review", "simulate", "plan", "observe"]),
    ("scaffold", &["model", "audit", "report"]),
    ("store", &["model"]),
    ("server", &["model", "read", "observe", "audit", "review", "simulate", "plan", "report", "scaffold", "store"]),
    (
        "cli",
        &[
            "model",
            "gotemplate",
            "read",
            "observe",
            "audit",
            "review",
            "simulate",
            "plan",
            "report",
            "scaffold",
            "store",
            "server",
        ],
    ),
];

/// Which of our crates the tests of a crate may depend on besides. Rules and reviews are tested on real
/// files (ADR 0010, ADR 0018).
const TESTS_MAY_DEPEND_ON: [(&str, &[&str]); 2] = [("audit", &["read"]), ("review", &["read"])];

/// Finds crates that depend on what stands to their right.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in tree.folders("crates/") {
        let path = format!("crates/{name}/Cargo.toml");
        let Some(text) = tree.text(&path) else {
            findings.push(Finding::new(&path, 1, "the crate has no Cargo.toml", "write it"));
            continue;
        };
        match text.parse::<DocumentMut>() {
            Ok(manifest) => check_manifest(name, &path, text, &manifest, &mut findings),
            Err(error) => findings.push(Finding::new(&path, 1, format!("not TOML: {}", error.message()), "mend it")),
        }
    }
    findings
}

fn check_manifest(name: &str, path: &str, text: &str, manifest: &DocumentMut, findings: &mut Vec<Finding>) {
    let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(of, _)| *of == name) else {
        let cure = "write an ADR for its place in the house and add it to xtask/src/tidy/directions.rs";
        findings.push(Finding::new(path, 1, format!("nothing says what `{name}` may depend on"), cure));
        return;
    };
    let tests = TESTS_MAY_DEPEND_ON.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, crates)| *crates);
    let in_tests = |ours: &str| {
        tests.contains(&ours) && manifest.get("dependencies").and_then(|d| d.get(format!("plimsoll-{ours}"))).is_none()
    };
    for (dependency, item) in dependencies(manifest.as_table()) {
        let line = line_where(text, |line| line.trim_start().starts_with(dependency));
        match dependency.strip_prefix("plimsoll-") {
            Some(ours) if !allowed.contains(&ours) && !in_tests(ours) => {
                let what = format!("`{name}` may not depend on `{ours}`");
                let cure = "data flows read, observe → model → analyses → report → server, cli: move the code";
                findings.push(Finding::new(path, line, what, cure));
            }
            _ if !from_workspace(item) => {
                let what = format!("`{dependency}` names its own version");
                let cure = "write it to [workspace.dependencies] with its reason, and `.workspace = true` here";
                findings.push(Finding::new(path, line, what, cure));
            }
            _ => {}
        }
    }
}

/// Every dependency of a manifest: for the code, for tests, for build scripts, and for single targets.
fn dependencies(manifest: &dyn TableLike) -> Vec<(&str, &Item)> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let own = kinds.iter().filter_map(|kind| manifest.get(kind)?.as_table_like()).flat_map(|table| table.iter());
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let of_targets = targets.into_iter().flat_map(|targets| targets.iter()).filter_map(|(_, t)| t.as_table_like());
    own.chain(of_targets.flat_map(dependencies)).collect()
}

fn from_workspace(item: &Item) -> bool {
    let stated = item.as_table_like().and_then(|table| table.get("workspace"));
    stated.and_then(Item::as_bool).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;

    #[test]
    fn the_direction_of_data_is_fine() {
        let files = [
            ("crates/model/Cargo.toml", "[dependencies]\nserde.workspace = true\n"),
            ("crates/read/Cargo.toml", "[dependencies]\nplimsoll-model.workspace = true\n"),
            ("crates/cli/Cargo.toml", "[dependencies]\nplimsoll-read = { workspace = true }\n"),
        ];
        expect_findings(check, &files, &expect![""]);
    }

    #[test]
    fn a_dependency_against_the_direction_is_found_in_tests_and_targets_too() {
        let files = [
            ("crates/model/Cargo.toml", "[dependencies]\nplimsoll-read.workspace = true\n"),
            ("crates/read/Cargo.toml", "[dev-dependencies]\nplimsoll-report.workspace = true\n"),
            ("crates/report/Cargo.toml", "[target.'cfg(unix)'.dependencies]\nplimsoll-read = { workspace = true }\n"),
        ];
        expect_findings(
            check,
            &files,
            &expect![[r"
                crates/model/Cargo.toml:2: `model` may not depend on `read`; data flows read, observe → model → analyses → report → server, cli: move the code
                crates/read/Cargo.toml:2: `read` may not depend on `report`; data flows read, observe → model → analyses → report → server, cli: move the code
                crates/report/Cargo.toml:2: `report` may not depend on `read`; data flows read, observe → model → analyses → report → server, cli: move the code"]],
        );
    }

    #[test]
    fn an_own_version_and_an_unknown_crate_are_found() {
        let files = [
            ("crates/read/Cargo.toml", "[dependencies]\nignore = \"0.4\"\n"),
            ("crates/novel/Cargo.toml", "[dependencies]\n"),
        ];
        expect_findings(
            check,
            &files,
            &expect![[r"
                crates/novel/Cargo.toml:1: nothing says what `novel` may depend on; write an ADR for its place in the house and add it to xtask/src/tidy/directions.rs
                crates/read/Cargo.toml:2: `ignore` names its own version; write it to [workspace.dependencies] with its reason, and `.workspace = true` here"]],
        );
    }
}
