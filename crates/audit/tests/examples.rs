//! Both examples of every rule, read like anybody's files: the broken one is found, the right one is not.

use plimsoll_audit::{Audit, Options, Rule, audit, rules};
use plimsoll_read::source::Source;
use plimsoll_read::survey;

fn run(rule: &Rule, section: &str) -> Audit {
    let files = rule.page.example(section);
    assert!(!files.is_empty(), "{} has no example under `{section}`", rule.id);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let model = survey::survey(vec![Source::memory(&files)], &survey::Options::default());
    assert_eq!(model.configuration_errors, 0, "{} {section}: {:?}", rule.id, model.problems);
    audit(model.by_default(), &Options { only: vec![rule.id.to_owned()], ..Options::default() })
}

#[test]
fn every_broken_example_is_found() {
    let mut missed = Vec::new();
    for rule in rules::all() {
        let audit = run(rule, "Broken");
        missed.extend(audit.findings.is_empty().then_some(rule.id));
        for finding in &audit.findings {
            assert!(!finding.evidence.is_empty(), "{} shows no place", rule.id);
        }
    }
    assert!(missed.is_empty(), "rules that do not find their own broken example: {missed:?}");
}

#[test]
fn no_right_example_is_found_and_each_is_judged() {
    for rule in rules::all() {
        let audit = run(rule, "Right");
        let found: Vec<String> = audit.findings.iter().map(|f| format!("{} {}", f.subject, f.says)).collect();
        assert!(found.is_empty(), "{} finds its own right example: {found:?}", rule.id);
        let passed: usize = audit.passes.iter().map(|(_, passed)| passed).sum();
        assert!(passed > 0, "{} judges nothing in its right example", rule.id);
    }
}
