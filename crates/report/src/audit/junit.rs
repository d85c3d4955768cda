//! JUnit XML: a suite for each rule, a case for each subject that it fails on or that is waived; passes as one case.
//!
//! There is no single schema of JUnit; this is the form that Jenkins, GitLab and GitHub's reporters take.

use plimsoll_audit::State;

use super::{Judged, state_words};
use crate::words::clean;

/// The audit as JUnit XML.
pub fn junit(judged: &Judged<'_>) -> String {
    let findings = &judged.audit.findings;
    let failures = findings.iter().filter(|finding| finding.counts()).count();
    let mut suites = String::new();
    let mut tests = 0;
    for (rule, passed) in &judged.audit.passes {
        let own: Vec<_> = findings.iter().filter(|finding| finding.rule.id == rule.id).collect();
        let failed = own.iter().filter(|finding| finding.counts()).count();
        let cases = own.len() + usize::from(*passed > 0);
        if cases == 0 {
            continue;
        }
        tests += cases;
        let name = escape(&format!("{} {}", rule.id, rule.slug));
        suites.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{failed}\" skipped=\"{}\">\n",
            own.len() - failed
        ));
        if *passed > 0 {
            suites.push_str(&format!(
                "    <testcase classname=\"{}\" name=\"{passed} subjects keep it\"/>\n",
                escape(rule.id)
            ));
        }
        for finding in own {
            let head =
                format!("    <testcase classname=\"{}\" name=\"{}\">\n", escape(rule.id), escape(&finding.subject));
            let places = super::place::spots(judged.model, finding);
            let places: Vec<String> = places.iter().map(|s| format!("{}:{}:{}", s.path, s.line, s.column)).collect();
            let body = match &finding.state {
                State::Open | State::WaiverExpired { .. } => format!(
                    "      <failure message=\"{}\" type=\"{}\">{}</failure>\n",
                    escape(&judged.sentence(finding)),
                    finding.severity.word(),
                    escape(&places.join("\n"))
                ),
                state => {
                    format!("      <skipped message=\"{}\"/>\n", escape(&state_words(state).unwrap_or_default()))
                }
            };
            suites.push_str(&format!("{head}{body}    </testcase>\n"));
        }
        suites.push_str("  </testsuite>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll audit\" tests=\"{tests}\" \
         failures=\"{failures}\">\n{suites}</testsuites>\n"
    )
}

/// Text for an attribute or an element; XML 1.0 has no way to write most control characters.
fn escape(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    let mut out = String::with_capacity(text.len());
    for c in lines.join("\n").chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
