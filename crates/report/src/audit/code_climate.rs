//! Code Climate's issues, as GitLab's code quality report takes them: an array, a fingerprint for each.

use plimsoll_audit::Severity;
use serde_json::{Value, json};

use super::Judged;
use super::json::pretty;
use super::place::spots;

/// The findings that count as Code Climate issues. GitLab shows one for each fingerprint.
pub fn code_climate(judged: &Judged<'_>) -> String {
    let issues = judged.audit.findings.iter().filter(|finding| finding.counts()).map(|finding| {
        let spots = spots(judged.model, finding);
        let (path, line) = spots.first().map_or((".", 1), |spot| (spot.path.as_str(), spot.line));
        let severity = match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Note => "info",
        };
        json!({
            "type": "issue",
            "check_name": finding.rule.id,
            "description": judged.sentence(finding),
            "categories": ["Bug Risk"],
            "fingerprint": finding.fingerprint,
            "severity": severity,
            "location": { "path": path, "lines": { "begin": line } },
        })
    });
    pretty(&Value::Array(issues.collect()))
}
