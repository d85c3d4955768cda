//! Load, faults and the invariants: what the shop carries, and whether it stays right while parts of it fail.
//!
//! - [`bench`]: customers come at a rate, whether answers come or not; the highest rate that keeps a promise.
//! - [`fault`]: a part is slow, fails, hangs, is cut off or killed, for real.
//! - [`check`]: what must hold afterwards: no order without payment, nothing sold twice, every event's effect once.
//! - [`drill`]: load, faults and check together: random hits, overload, rolling restart.
//! - [`prove`]: what Plimsoll predicted beside what was measured.
//!
//! All of it talks to the shop from outside, over its public API, its stores and what the stand-ins wrote down: a service
//! that is asked whether it is right would say yes.

pub mod bench;
pub mod fault;
pub mod check;
pub mod drill;
pub mod prove;
pub mod machine;
pub mod shop;

use std::process::ExitCode;

use serde::Serialize;

/// The verbs of `chandlery` that are not `up`.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum Command {
    /// Load one journey, and count what becomes of it.
    Bench(bench::Bench),
    /// Make a part slow, fail, hang, be cut off or die.
    Fault(fault::FaultArgs),
    /// Whether everything is right: orders, money, stock, events.
    Check(check::Check),
    /// Hit the shop under load, and see whether it stays right.
    #[command(subcommand)]
    Drill(drill::Drill),
    /// What Plimsoll predicts, beside what is measured.
    Prove(prove::Prove),
}

/// How an answer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people.
    Text,
    /// One JSON document.
    Json,
}

/// Runs a verb. What goes wrong is said on stderr, with its causes, and is exit code 2.
pub async fn run(command: Command) -> ExitCode {
    let ran = match command {
        Command::Bench(bench) => bench.run().await.map_err(Box::<dyn std::error::Error>::from),
        Command::Fault(fault) => fault.run().await.map_err(Box::from),
        Command::Check(check) => check.run().await.map_err(Box::from),
        Command::Drill(drill) => drill.run().await.map_err(Box::from),
        Command::Prove(prove) => prove.run().await.map_err(Box::from),
    };
    ran.unwrap_or_else(|error| {
        eprintln!("chandlery: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            eprintln!("  because {error}");
            cause = error.source();
        }
        ExitCode::from(2)
    })
}

/// Prints the answer in the form that was asked for.
fn print<T: Serialize>(form: Form, document: &T, text: impl FnOnce() -> String) {
    match form {
        Form::Text => print!("{}", text()),
        Form::Json => println!("{}", serde_json::to_string_pretty(document).expect("a report is plain data")),
    }
}
