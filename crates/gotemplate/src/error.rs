//! What went wrong, said as Go says it.

use std::fmt;

use crate::budget::Spent;
use crate::place::Place;

/// Why a template cannot be parsed or rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// All of it, as Go writes it: `template: NAME:LINE:COLUMN: executing "NAME" at <.a.b>: …`.
    pub message: String,
    /// The last part alone.
    pub reason: String,
    /// What kind of reason it is.
    pub cause: Cause,
    /// Where the outermost template stood.
    pub place: Option<Place>,
    /// Where the innermost template stood.
    pub inner: Option<Place>,
}

/// Why rendering stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The text is no template.
    Syntax,
    /// A value, a function or a name does not fit.
    Execution,
    /// The template itself asked for it: `fail`, `required`.
    Asked,
    /// A bound was reached.
    Limit,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// What a function or an evaluation says of its failure, before its place is known.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) reason: String,
    pub(crate) cause: Cause,
    pub(crate) inner: Option<Place>,
}

impl Failure {
    pub(crate) fn asked(message: &str) -> Self {
        Self { cause: Cause::Asked, ..Self::from(message.to_owned()) }
    }

    /// The same, with something said before it.
    pub(crate) fn within(mut self, before: &str) -> Self {
        self.message = format!("{before}{}", self.message);
        self
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self { reason: message.clone(), message, cause: Cause::Execution, inner: None }
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::from(message.to_owned())
    }
}

impl From<Spent> for Failure {
    fn from(spent: Spent) -> Self {
        Self { cause: Cause::Limit, ..Self::from(spent.to_string()) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let Error { message, reason, cause, place, inner } = error;
        Self { message, reason, cause, inner: inner.or(place) }
    }
}
