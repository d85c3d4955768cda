//! The audit for a pull request: a table of what matters most, the rest behind a fold.

use plimsoll_audit::Finding;

use super::{Judged, state_words};
use crate::survey::mark;
use crate::words::{clean, first_place};

/// How many findings stand open.
const OPEN: usize = 10;
/// GitHub refuses comments of more than 65,536 characters.
const ROWS_MAX: usize = 200;

/// The audit as GitHub Flavored Markdown.
pub fn markdown(judged: &Judged<'_>) -> String {
    let findings = &judged.audit.findings;
    let title = judged.model.system.as_deref().unwrap_or("this system");
    let mut out = format!("# Audit of {}\n\n{}\n", mark::text(&clean(title)), mark::text(&judged.summary()));
    let (first, rest) = findings.split_at(findings.len().min(OPEN));
    if !first.is_empty() {
        out.push_str(&format!("\n{}", table(judged, first)));
    }
    if !rest.is_empty() {
        let shown = &rest[..rest.len().min(ROWS_MAX)];
        out.push_str(&format!(
            "\n<details>\n<summary>{} more</summary>\n\n{}\n</details>\n",
            rest.len(),
            table(judged, shown)
        ));
    }
    if let Some((fact, count)) = judged.audit.settles_most().first() {
        out.push_str(&format!("\nWould settle most: state {} ({count} unknown).\n", mark::text(&clean(fact))));
    }
    out
}

fn table(judged: &Judged<'_>, findings: &[Finding]) -> String {
    let mut out = String::from("| | rule | what | where | at risk | owner |\n|---|---|---|---|---|---|\n");
    for finding in findings {
        let place = first_place(judged.model, &finding.evidence).unwrap_or_default();
        let state = state_words(&finding.state).map_or_else(String::new, |state| format!(" ({state})"));
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            finding.severity.word(),
            mark::code(finding.rule.id),
            mark::message(&clean(&format!("{}{state}", judged.sentence(finding)))),
            mark::code(&place),
            mark::text(&clean(&judged.at_risk(finding).join(", "))),
            finding.owner.as_deref().map_or_else(String::new, |owner| mark::code(&clean(owner))),
        ));
    }
    out
}
