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
    Audit(AuditArguments),
    Rules(RulesArguments),
    Render(RenderArguments),
    Query(QueryArguments),
    Init(InitArguments),
    Explain(ExplainArguments),
    Schema(SchemaArguments),
    Completions(CompletionsArguments),
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

/// Is it to standard: rules over the whole system, with evidence.
///
/// Each rule passes, fails or says which fact is missing. Shows the ten findings that matter most. Exits 1 where a finding
/// is at or over the gate, 2 for wrong use or a wrong plimsoll.yaml, 3 where nothing could be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll audit                                     the current folder
  plimsoll audit --all --fail-on warning             every finding; warnings count
  plimsoll audit --write-baseline baseline.json      keep today's debt
  plimsoll audit --baseline baseline.json            only new findings count
  plimsoll audit --format sarif > plimsoll.sarif     for code scanning")]
pub(crate) struct AuditArguments {
    /// Folders to read; several are one system.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: AuditFormat,
    /// The environment to judge; by default the one that the survey names.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Run this rule alone, by id or name; may be given several times.
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Vec<String>,
    /// Show every finding, not the first ten.
    #[arg(long)]
    pub(crate) all: bool,
    /// Show each subject that could not be judged, and the fact that would settle it.
    #[arg(long)]
    pub(crate) unknown: bool,
    /// The severity at which the exit code is 1.
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) fail_on: Gate,
    /// An earlier JSON report; what it found does not count, what is mended is named as stale.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the JSON report to this file, to be a baseline later.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// An earlier JSON report; say what is new, fixed and expired since.
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,
    /// The day on which waivers are judged, in UTC; today where left out.
    #[arg(long, value_name = "DATE")]
    pub(crate) now: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// For people.
    Text,
    /// One document, `plimsoll-audit/1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for test reports.
    Junit,
    /// Code Climate, for GitLab's code quality report.
    CodeClimate,
    /// GitHub's workflow annotations.
    Github,
    /// For a pull request or a wiki.
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Gate {
    /// Errors alone.
    Error,
    /// Warnings and errors.
    Warning,
    /// Any finding.
    Note,
    /// No finding.
    Never,
}

/// List the rules.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll rules                       every rule in a line
  plimsoll rules --pack resilience     one pack
  plimsoll explain REL-020             why, a broken and a right example, what to do")]
pub(crate) struct RulesArguments {
    /// Only rules of a pack whose name contains this.
    #[arg(long, value_name = "PACK")]
    pub(crate) pack: Option<String>,
}

/// The Kubernetes objects that a kustomization gives, as YAML.
///
/// Nothing is fetched: remote bases are named on stderr and left out. Values that look like credentials are replaced.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll render deploy/overlays/production
  plimsoll render deploy/overlays/production --origins     each value with its file and line")]
pub(crate) struct RenderArguments {
    /// The folder with a kustomization.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The folder that bases and resources may lie in; by default the git repository around FOLDER.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// Say behind each value in which file and line it stands.
    #[arg(long)]
    pub(crate) origins: bool,
    /// Print secrets as they are. For comparing with another tool; never for a log.
    #[arg(long)]
    pub(crate) reveal_secrets: bool,
}

/// Ask the model in the Common Expression Language (CEL).
///
/// The variables are the fields of `survey --format json`: components, calls, topics, interfaces, deployments, facts,
/// environments, loose, not_read, problems, journeys, promises, teams. The answer is JSON.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll query 'calls.filter(c, c.protocol == \"grpc\").map(c, c.from)'
  plimsoll query 'components.filter(c, c.kind == \"store\").map(c, c.id)' ../shop
  plimsoll query 'deployments.filter(d, d.readiness == null).map(d, d.component)'")]
pub(crate) struct QueryArguments {
    /// The expression.
    #[arg(value_name = "EXPR")]
    pub(crate) expression: String,
    /// Folders to read.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
}

/// Write a first plimsoll.yaml, with guesses marked and the questions that matter most.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll init                 writes plimsoll.yaml into the current folder
  plimsoll init --print ../shop")]
pub(crate) struct InitArguments {
    /// The folder to read; the file is written into it.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) path: PathBuf,
    /// Print it and write nothing.
    #[arg(long)]
    pub(crate) print: bool,
}

/// How things are read and joined: readers, passes of the join, fields.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll explain                    what can be explained
  plimsoll explain reader compose     what the reader of compose files reads and ignores
  plimsoll explain join               the passes of the join, in their order
  plimsoll explain field replicas     type, unit and policy of a field
  plimsoll explain REL-020            a rule: why, a broken and a right example, what to do")]
pub(crate) struct ExplainArguments {
    /// `readers`, `reader NAME`, `join`, `left-out`, `default-environment`, `fields`, `field NAME`,
    /// `assumptions`, an assumption's name, or a rule's id or name.
    #[arg(value_name = "WHAT")]
    pub(crate) what: Vec<String>,
}

/// Print a JSON Schema.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll schema plimsoll-yaml > plimsoll.schema.json
  plimsoll schema model")]
pub(crate) struct SchemaArguments {
    /// `plimsoll-yaml` or `model`.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll completions bash > /etc/bash_completion.d/plimsoll")]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}
