//! GitHub's workflow annotations: the ten that matter most, since GitHub shows ten of a kind for a step and drops the rest
//! without a word; the rest is a count.
//!
//! # Source
//! "Workflow commands for GitHub Actions", GitHub Docs: the escapes of data and of properties.

use plimsoll_audit::Severity;

use super::Judged;
use super::place::spots;

const SHOWN: usize = 10;

/// The findings that count as annotations, one a line.
pub fn annotations(judged: &Judged<'_>) -> String {
    let open: Vec<_> = judged.audit.findings.iter().filter(|finding| finding.counts()).collect();
    let mut out = String::new();
    for finding in open.iter().take(SHOWN) {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = vec![format!("title={}", property(&format!("{} {}", finding.rule.id, finding.rule.slug)))];
        if let Some(spot) = spots(judged.model, finding).first() {
            properties.insert(0, format!("file={},line={},col={}", property(&spot.path), spot.line, spot.column));
        }
        let says = data(&judged.sentence(finding));
        out.push_str(&format!("::{word} {}::{says}\n", properties.join(",")));
    }
    if open.len() > SHOWN {
        out.push_str(&format!("::notice::and {} more: the report has all\n", open.len() - SHOWN));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
