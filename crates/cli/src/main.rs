//! The `plimsoll` binary: arguments in, report out, exit codes.
//!
//! Not here: any logic; it parses, calls and prints. What a report says is `plimsoll-report`'s, what is true is the
//! model's.
#![allow(clippy::disallowed_methods, reason = "this is the edge: files, terminals and the process belong here")]

mod arguments;
mod ask;
mod audit;
mod commit;
mod explain;
mod init;
mod loadline;
mod progress;
mod query;
mod render;
mod review;
mod schema;
mod simulate;
mod survey;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};

/// What a run of the program comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done; nothing at or over the gate.
    Done,
    /// Findings at or over the gate, or a promise broken.
    Found,
    /// Wrong use or configuration.
    Wrong,
    /// Nothing could be read, or `--strict` and something was not.
    Unread,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Found => Self::from(1),
            Outcome::Wrong => Self::from(2),
            Outcome::Unread => Self::from(3),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.verb {
        Verb::Survey(options) => survey::run(&options),
        Verb::Audit(options) => audit::run(&options),
        Verb::Review(options) => review::run(&options),
        Verb::Rules(options) => audit::list(&options),
        Verb::Simulate(options) => simulate::run(&options),
        Verb::Loadline(options) => loadline::run(&options),
        Verb::Render(options) => render::run(&options),
        Verb::Query(options) => ask::query(&options),
        Verb::Init(options) => ask::init(&options),
        Verb::Explain(options) => explain::run(&options),
        Verb::Schema(options) => ask::schema(&options),
        Verb::Completions(options) => ask::completions(&options),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(message) => {
            eprintln!("error: {message}");
            Outcome::Wrong.into()
        }
    }
}

/// Writes an answer to stdout. A closed pipe is not an error.
pub(crate) fn answer(text: &str) -> Result<(), String> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write the answer: {error}"))
        }
        _ => Ok(()),
    }
}
