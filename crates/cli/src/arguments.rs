//! The command line: verbs, options, help with examples.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The load line for your backend.
///
/// One model of a company's backend, joined from what its repositories declare, each fact with its evidence.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, disable_help_subcommand = false, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Survey(SurveyArguments),
}

/// What have we got; what was not read; what we do not know.
///
/// Reads the folders, joins what it finds and prints the components, their calls, interfaces, stores, topics and how
/// each runs. Exits 0, 2 for wrong use or a wrong plimsoll.yaml, 3 where nothing could be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll survey                                   the current folder
  plimsoll survey ../orders ../payments             several repositories as one system
  plimsoll survey --environment staging             as it runs in staging
  plimsoll survey --format html > map.html          a map in one self-contained file
  plimsoll survey --format json | jq .calls         for scripts")]
pub(crate) struct SurveyArguments {
    /// Folders to read; several are one system. A folder that holds several git repositories is that many sources.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// The environment to show; by default the one that the survey names.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// List every name that did not join and every file that was not read.
    #[arg(long)]
    pub(crate) unmatched: bool,
    /// Show where each statement comes from.
    #[arg(long)]
    pub(crate) evidence: bool,
    /// Exit 3 where anything could not be read.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Threads that read; the result does not depend on it.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// The model, `plimsoll-model/1`.
    Json,
    /// For a pull request or a wiki.
    Markdown,
    /// One self-contained page with a map.
    Html,
}
