//! # An action that is not pinned
//! Finds actions of a pipeline that are named by a branch or a tag, not by a commit.
//! ## Why
//! Whoever can move the tag runs code with the pipeline's token and secrets. It has happened to widely used actions.
//! ## Broken
//! ```yaml
//! # .github/workflows/ci.yml
//! on: push
//! jobs: { test: { runs-on: ubuntu-24.04, steps: [{ uses: actions/checkout@v5 }] } }
//! ```
//! ## Right
//! ```yaml
//! # .github/workflows/ci.yml
//! on: push
//! jobs:
//!   test:
//!     runs-on: ubuntu-24.04
//!     steps: [{ uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 }]
//! ```
//! ## Do
//! Write the commit with the version as a comment; let a bot propose updates.

use plimsoll_model::{EvidenceId, Field, PipelineId, Subject};

use crate::estate::Estate;
use crate::finding::Of;
use crate::found::Found;
use crate::rule::{Page, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "SEC-008",
    slug: "action-not-pinned",
    severity: Severity::Warning,
    page: Page::head_of(include_str!("action_not_pinned.rs")),
    check,
};

fn check(estate: &Estate<'_>, found: &mut Found<'_>) {
    for (index, pipeline) in estate.model().pipelines.iter().enumerate() {
        let actions = estate.view.each(Subject::Pipeline(PipelineId(index as u32)), Field::Action);
        let loose = actions.map(|(action, evidence)| (action.to_string(), evidence)).filter(|(name, _)| is_loose(name));
        let (mut names, places): (Vec<String>, Vec<EvidenceId>) = loose.unzip();
        names.sort();
        names.dedup();
        match names.len() {
            0 => found.pass(),
            1 => {
                let says = format!("uses `{}`, which is not pinned to a commit", names[0]);
                found.fail(Of::Named(pipeline.id.clone()), places, says);
            }
            count => {
                let says = format!("uses {count} actions that are not pinned to a commit, such as `{}`", names[0]);
                found.fail(Of::Named(pipeline.id.clone()), places, says);
            }
        }
    }
}

/// Whether what an action's name means can change: not a file of the same repository, not a commit, not a digest.
fn is_loose(name: &str) -> bool {
    let own = name.starts_with("./") || name.starts_with("../");
    let version = name.rsplit_once('@').map_or("", |(_, version)| version);
    let commit = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    !own && !commit && !version.starts_with("sha256:") && !name.contains("${{")
}
