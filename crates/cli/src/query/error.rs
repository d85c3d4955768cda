//! What is wrong with a query, and where.

use std::fmt;

use cel::{ParseErrors, Program};

/// How many characters of a long expression an error shows.
const WINDOW: usize = 100;

/// What is wrong with an expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct QueryError {
    /// What, why, and what to do.
    pub(crate) message: String,
    /// The expression.
    pub(crate) expression: String,
    /// The line of it, from 1; 0 for all of it.
    pub(crate) line: usize,
    /// The column in characters, from 1; 0 for all of it.
    pub(crate) column: usize,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        let line = self.line.checked_sub(1).and_then(|index| self.expression.lines().nth(index));
        let Some(line) = line.filter(|_| self.column > 0) else { return Ok(()) };
        // Of a long line the part around the place is shown.
        let skipped = (self.column - 1).saturating_sub(WINDOW / 2);
        let shown: String = line.chars().skip(skipped).take(WINDOW).collect();
        let cut = |there: bool| if there { "…" } else { "" };
        let (before, after) = (cut(skipped > 0), cut(line.chars().count() > skipped + WINDOW));
        let indent = self.column - 1 - skipped + before.chars().count();
        write!(f, "\n  {before}{shown}{after}\n  {}^", " ".repeat(indent))
    }
}

impl QueryError {
    /// An error of the whole expression.
    pub(super) fn whole(expression: &str, message: String) -> Self {
        Self { message, expression: expression.to_owned(), line: 0, column: 0 }
    }

    /// The first error of the parser, in our words where it only knows its grammar's.
    pub(super) fn parse(expression: &str, errors: &ParseErrors) -> Self {
        let first = errors.errors.first();
        let (line, column) = first.map_or((0, 0), |error| error.pos);
        let said = first.map_or("", |error| error.msg.as_str());
        let message = in_our_words(said.strip_prefix("Syntax error: ").unwrap_or(said));
        let at = |number: isize| usize::try_from(number).unwrap_or(0);
        Self { message, expression: expression.to_owned(), line: at(line), column: at(column) }
    }
}

/// An error during the evaluation, at a part of the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The part's id.
    pub(super) at: u64,
    /// What, why, and what to do.
    pub(super) message: String,
    /// Whether it ends the evaluation even where `||` would go on.
    pub(super) last: bool,
}

impl Failure {
    /// A failure that another branch of a choice may make good.
    pub(super) fn new(at: u64, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), last: false }
    }

    /// With its place in the expression.
    pub(super) fn shown(self, expression: &str, program: &Program) -> QueryError {
        let start = program.source_info().offset_for(self.at).map(|(start, _)| start as usize);
        let (mut line, mut column) = (0, 0);
        if let Some(start) = start {
            let before: String = expression.chars().take(start).collect();
            line = before.matches('\n').count() + 1;
            column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        }
        QueryError { message: self.message, expression: expression.to_owned(), line, column }
    }
}

/// The parser's own words name tokens of its grammar, and all that it would have taken, which helps nobody.
fn in_our_words(said: &str) -> String {
    if said.contains("'<EOF>'") {
        return String::from("the expression ends too early; close what is open, or say what follows");
    }
    if let Some(token) = said.strip_prefix("token recognition error at: ") {
        let token = token.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(token).trim();
        return match token {
            "=" => String::from("`=` means nothing here; write `==` to compare"),
            _ if token.starts_with(['"', '\'']) => String::from("the text has no end; close its quotes"),
            _ => format!("`{token}` means nothing here; leave it out"),
        };
    }
    let said = said.split(" expecting ").next().unwrap_or(said);
    format!("not an expression here: {said}; examples are in `plimsoll query --help`")
}
