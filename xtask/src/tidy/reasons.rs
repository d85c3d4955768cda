//! Reasons: each dependency of the workspace has a comment above it that says why we need it.
//!
//! A dependency whose name begins with its neighbour's (`serde`, `serde_json`) shares the neighbour's reason.

use super::Finding;
use crate::tree::Tree;

/// Finds dependencies without a reason.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let path = "Cargo.toml";
    let section =
        tree.text(path).unwrap_or("").lines().enumerate().skip_while(|(_, l)| *l != "[workspace.dependencies]");
    let mut findings = Vec::new();
    let mut above = "";
    for (index, line) in section.skip(1).take_while(|(_, line)| !line.starts_with('[')) {
        if let Some(name) = dependency(line) {
            let explained = above.starts_with("# ") || dependency(above).is_some_and(|before| name.starts_with(before));
            if !explained && !name.starts_with("plimsoll-") {
                let what = format!("`{name}` has no reason");
                findings.push(Finding::new(path, index + 1, what, "say in a comment line above why we need it"));
            }
        }
        above = line;
    }
    findings
}

fn dependency(line: &str) -> Option<&str> {
    let (name, _) = line.split_once('=')?;
    let name = name.trim();
    (!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')).then_some(name)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::expect_findings;
    use super::check;

    #[test]
    fn a_reason_above_or_a_family_above_is_enough() {
        let manifest = "[workspace.dependencies]\nplimsoll-model = { path = \"crates/model\" }\n\
            # The JSON form.\nserde = \"1\"\nserde_json = \"1\"\n";
        expect_findings(check, &[("Cargo.toml", manifest)], &expect![""]);
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[workspace.dependencies]\n# The walk.\nignore = \"0.4\"\nitoa = \"1\"\n\nryu = \"1\"\n\n[profile.dev]\ndebug = 0\n";
        expect_findings(
            check,
            &[("Cargo.toml", manifest)],
            &expect![[r"
                Cargo.toml:4: `itoa` has no reason; say in a comment line above why we need it
                Cargo.toml:6: `ryu` has no reason; say in a comment line above why we need it"]],
        );
    }
}
