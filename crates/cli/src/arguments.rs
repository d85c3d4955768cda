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
    Review(ReviewArguments),
    Rules(RulesArguments),
    Simulate(SimulateArguments),
    Loadline(LoadlineArguments),
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

/// Is this change safe: what it alters, breaks and risks.
///
/// Surveys both sides and compares them: what came, went or changed; what others still rely on; new findings of the
/// audit; and for each journey whose behaviour differs its load line, bound, availability ceiling, longest chain, attempts
/// and timeouts, before and after. Exits 1 where the verdict is block.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll review main..HEAD                        what this branch changes
  plimsoll review main...HEAD shop                  since it parted from main, of the folder shop
  plimsoll review old new                           two folders
  plimsoll review main..HEAD --format markdown      a comment for the pull request
  plimsoll review main..HEAD --no-simulation        closed forms alone, in a second")]
pub(crate) struct ReviewArguments {
    /// Two commits, BASE..HEAD, or the folder before.
    #[arg(value_name = "BASE..HEAD")]
    pub(crate) what: String,
    /// The folder of the repository that is the system; or the folder after.
    #[arg(value_name = "PATH")]
    pub(crate) path: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ReviewFormat,
    /// The environment to compare; by default the one that the survey names.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Do not simulate: bounds and ceilings, and no load lines.
    #[arg(long)]
    pub(crate) no_simulation: bool,
    /// Exit 1 on a warning too.
    #[arg(long)]
    pub(crate) fail_on_warning: bool,
    /// Half of a line's interval, as a share of it.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "2%")]
    pub(crate) precision: f64,
    /// The seed; the same one gives the same answer.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Requests that may be simulated for one line.
    #[arg(long, value_name = "N", default_value_t = 25_000_000)]
    pub(crate) budget: u64,
    /// Runs made side by side; the result does not depend on it.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// The day on which waivers are judged, in UTC; today where left out.
    #[arg(long, value_name = "DATE")]
    pub(crate) now: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    /// For people.
    Text,
    /// A comment for a pull request.
    Markdown,
    /// One document, `plimsoll-review/1`.
    Json,
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

/// One run of the system, measured.
///
/// Simulates what plimsoll.yaml and the repositories say, with today's load or another, in a scenario or none. The same seed gives the same
/// run. Exits 0; 2 for wrong use, a wrong plimsoll.yaml or a system that cannot be run; 3 where nothing could be read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll simulate                                     today's load, as long as it takes to know p95 within 5 %
  plimsoll simulate --load checkout=40/s --duration 10m
  plimsoll simulate --scenario psp-hangs --format html > run.html
  plimsoll simulate --until 1% --seed 7 --all
  plimsoll simulate --duration 1m --trace out.json      requests as OTLP, which Jaeger reads")]
pub(crate) struct SimulateArguments {
    /// Folders to read; several are one system.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: LineFormat,
    /// The environment to run; by default the one that the survey names.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// The scenario to run; by default nothing goes wrong.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Option<String>,
    /// The load of a journey in place of today's; may be given several times.
    #[arg(long, value_name = "JOURNEY=RATE", value_parser = LoadOf::parse)]
    pub(crate) load: Vec<LoadOf>,
    /// How long to simulate, such as `10m`; by default as long as `--until` asks for.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) duration: Option<f64>,
    /// How well p95 of each journey is to be known, such as `1%`: half of its interval, as a share of it.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "5%")]
    pub(crate) until: f64,
    /// The seed; the same one gives the same run.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// List operations and calls as well.
    #[arg(long)]
    pub(crate) all: bool,
    /// Write requests as traces (OTLP in JSON) to a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

/// How much it holds in each scenario, what breaks first, and what would move it.
///
/// The load line is the greatest load at which every promise still holds; the bound is where the scarcest resource is full. Exits 0 where
/// each line is at or above the expected peak, 1 where one is below, 2 for wrong use or a system that cannot be run, 3 where nothing could
/// be read. Ctrl-C prints what is known so far.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll loadline                                         all journeys and scenarios
  plimsoll loadline --journey checkout --scenario zone-a-loss
  plimsoll loadline --journey checkout --precision 1%
  plimsoll loadline --what-if 'payments replicas=6'         would that help?
  plimsoll loadline --format html > line.html               with charts")]
pub(crate) struct LoadlineArguments {
    /// Folders to read; several are one system.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: LineFormat,
    /// The environment to look at; by default the one that the survey names.
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// One scenario; `today` is none. By default today and each scenario of plimsoll.yaml.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Vec<String>,
    /// One journey; by default each that something was promised of.
    #[arg(long, value_name = "NAME")]
    pub(crate) journey: Vec<String>,
    /// Half of the line's interval, as a share of it.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value = "2%")]
    pub(crate) precision: f64,
    /// A change to try, such as `payments replicas=6`; may be given several times. By default every knob is turned a little.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) what_if: Vec<(String, String)>,
    /// Try no changes: the line alone.
    #[arg(long, conflicts_with = "what_if")]
    pub(crate) line_only: bool,
    /// The seed; the same one gives the same answer.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Requests that may be simulated for one line.
    #[arg(long, value_name = "N", default_value_t = 25_000_000)]
    pub(crate) budget: u64,
    /// Runs that are made side by side; the answer does not depend on it.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineFormat {
    /// For people.
    Text,
    /// For scripts: `plimsoll-simulate/1`, `plimsoll-loadline/1`.
    Json,
    /// For a pull request or a wiki.
    Markdown,
    /// One self-contained page with charts.
    Html,
}

/// The load of a journey.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LoadOf {
    /// Which.
    pub(crate) journey: String,
    /// Per second.
    pub(crate) per_second: f64,
}

impl LoadOf {
    fn parse(text: &str) -> Result<Self, String> {
        let (journey, rate) = key_value(text)?;
        let number = rate.strip_suffix("/s").unwrap_or(&rate).trim();
        let per_second = number.parse().ok().filter(|rate: &f64| rate.is_finite() && 0.0 < *rate);
        let per_second = per_second.ok_or_else(|| format!("`{rate}` is no rate; write it like `40/s`, above 0"))?;
        Ok(Self { journey, per_second })
    }
}

/// `KEY=VALUE`, at the last `=`, since a key may be a path with one.
fn key_value(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    parts
        .filter(|(key, value)| !key.is_empty() && !value.is_empty())
        .ok_or_else(|| format!("`{text}` has no `KEY=VALUE`"))
}

/// `2%` or `0.02`, above 0 and at most a half.
fn share(text: &str) -> Result<f64, String> {
    let parsed = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|percent: f64| percent / 100.0),
        None => text.parse().ok(),
    };
    parsed
        .filter(|share| 0.0005 <= *share && *share <= 0.5)
        .ok_or_else(|| format!("`{text}` is no share that can be reached; write it like `2%`, from 0.05% to 50%"))
}

/// `10m`, `90s`, `1h`, `500ms`, in seconds.
fn duration(text: &str) -> Result<f64, String> {
    let units = [("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
    let parsed = units.iter().find_map(|(unit, seconds)| {
        let number: f64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        Some(number * seconds)
    });
    parsed
        .filter(|seconds| seconds.is_finite() && 0.0 < *seconds)
        .ok_or_else(|| format!("`{text}` is no duration; write it like `90s`, `10m` or `1h`"))
}

/// The Kubernetes objects that a kustomization or a Helm chart gives, as YAML.
///
/// Nothing is fetched: remote bases and charts are named on stderr and left out. Values that look like credentials are
/// replaced. Exits 3 where kustomize or Helm would print nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  plimsoll render deploy/overlays/production
  plimsoll render deploy/overlays/production --origins     each value with its file and line
  plimsoll render charts/shop --values charts/shop/values-production.yaml --set replicas=3 --origins")]
pub(crate) struct RenderArguments {
    /// The folder with a kustomization or a Helm chart.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The folder that bases, resources and charts may lie in; by default the git repository around FOLDER.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) root: Option<PathBuf>,
    /// A values file over the chart's own; several, the last one over all.
    #[arg(long, short = 'f', value_name = "FILE")]
    pub(crate) values: Vec<PathBuf>,
    /// Values over the files, such as `a.b[0]=1,c={x,y}`.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The release's name.
    #[arg(long, value_name = "NAME", default_value = "release-name")]
    pub(crate) release: String,
    /// The release's namespace.
    #[arg(long, short, value_name = "NAME", default_value = "default")]
    pub(crate) namespace: String,
    /// The cluster's version that templates see; by default Helm's own.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,
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
