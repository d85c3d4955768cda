//! The checks of the house, one per file. Each is a pure function from the tree to what there is to do.

mod directions;
mod leftovers;
mod links;
pub(crate) mod readers;
mod reasons;
mod rooms;

use std::fmt;

use crate::tree::Tree;

/// Something to mend: where, what, and how.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
    cure: String,
}

impl Finding {
    /// A finding in a line, counted from 1.
    fn new(path: &str, line: usize, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}; {}", self.path, self.line, self.what, self.cure)
    }
}

/// Runs every check. Findings come in the order of path and line.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree) -> Vec<Finding>; 6] =
        [rooms::check, directions::check, links::check, leftovers::check, reasons::check, readers::check];
    let mut findings: Vec<Finding> = checks.iter().flat_map(|check| check(tree)).collect();
    findings.sort();
    findings
}

/// The first line, from 1, that a test picks; 1 where it picks none.
fn line_where(text: &str, test: impl Fn(&str) -> bool) -> usize {
    text.lines().position(test).map_or(1, |index| index + 1)
}

/// Checks a broken sample in the form that people see.
#[cfg(test)]
#[track_caller]
fn expect_findings(check: fn(&Tree) -> Vec<Finding>, files: &[(&str, &str)], expect: &expect_test::Expect) {
    let findings: Vec<String> = check(&Tree::of(files)).iter().map(Finding::to_string).collect();
    expect.assert_eq(&findings.join("\n"));
}
