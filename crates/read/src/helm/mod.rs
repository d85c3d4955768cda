//! # Helm
//! Renders charts natively: the objects that `helm template CHART` prints, each value with the template's line and the
//! line of the values file that states it.
//! ## Reads
//! Charts of both versions (`Chart.yaml`, `requirements.yaml`), `values.yaml` and any number of values files over it,
//! sub-charts in `charts` (folders and `.tgz`) or named by `file://`, library charts, aliases, conditions, tags,
//! `import-values`, globals, `.helmignore`, `crds`. Hooks and tests are told from what keeps running.
//! ## Leaves out
//! Dependencies that lie elsewhere: each is listed, and the rest is rendered without it. `values.schema.json` is not
//! checked. `lookup` finds an empty cluster. What chance gives (`randAlphaNum`, `genCA` …) is a stand-in.
//! ## Example
//! ```yaml
//! # templates/deployment.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: {{ .Release.Name }}-orders }
//! spec: { replicas: {{ .Values.replicas }} }
//! ```
//! ## Out
//! The Deployment `shop-orders` with the replicas that `values.yaml` says: the number stands at its line there, and came
//! through the line of the template.
//!
//! The behaviour is that of Helm 4.1, held by a comparison with it in the tests.

mod archive;
mod capabilities;
mod chart;
mod dependencies;
mod engine;
mod ignore;
mod objects;
mod order;
mod places;
mod reader;
mod releases;
mod set;
mod show;
mod values;

use plimsoll_model::{At, FileId, Problem};

use crate::corpus::Corpus;
use crate::facts::Skipped;
use crate::tree::Node;

pub use reader::READER;
pub(crate) use reader::short_name;
pub use set::set;
pub use show::show;

/// How a chart is installed.
#[derive(Clone, Debug)]
pub struct Release {
    /// `.Release.Name`.
    pub name: String,
    /// `.Release.Namespace`.
    pub namespace: String,
    /// The cluster's version.
    pub kube_version: String,
    /// Values files over the chart's own, the last one over all.
    pub values: Vec<FileId>,
    /// Values over those: (`a.b`, place) trees as a manifest of another tool states them.
    pub inline: Vec<Node>,
    /// `--set` assignments over those.
    pub set: Vec<String>,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            kube_version: capabilities::KUBE_VERSION.to_owned(),
            values: Vec::new(),
            inline: Vec::new(),
            set: Vec::new(),
        }
    }
}

/// What a chart gives.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// The objects that keep running, in the order in which Helm installs them.
    pub objects: Vec<Node>,
    /// Objects that run at a moment: before or after an installation, or as its test.
    pub hooks: Vec<Node>,
    /// Objects of `crds`.
    pub crds: Vec<Node>,
    /// Why Helm would print nothing, if it would; the rest is rendered all the same.
    pub failure: Option<Problem>,
    /// Every file that went in.
    pub used: Vec<FileId>,
    /// What could not be used.
    pub problems: Vec<Problem>,
    /// What was not read, and why.
    pub skipped: Vec<Skipped>,
    /// Dependencies that lie elsewhere.
    pub missing: Vec<String>,
    /// Whether it is a library, which is never installed by itself.
    pub is_library: bool,
}

/// Charts that stand by themselves, by their `Chart.yaml`, in order: those that lie in another's `charts` are its parts.
pub fn roots(corpus: &Corpus) -> Vec<FileId> {
    let is_chart = |file: &FileId| corpus.path(*file).rsplit('/').next() == Some("Chart.yaml");
    corpus.ids().filter(is_chart).filter(|file| !corpus.is_link(*file) && !is_part(corpus, *file)).collect()
}

/// Whether a chart lies in `charts` of another.
fn is_part(corpus: &Corpus, chart_yaml: FileId) -> bool {
    let folder = corpus.folder(chart_yaml);
    let mut parts: Vec<&str> = folder.split('/').collect();
    while let Some(last) = parts.pop() {
        if last == "charts" && corpus.lookup(corpus.source(chart_yaml), &above(&parts, "Chart.yaml")).is_some() {
            return true;
        }
    }
    false
}

fn above(parts: &[&str], name: &str) -> String {
    if parts.is_empty() { name.to_owned() } else { format!("{}/{name}", parts.join("/")) }
}

/// Renders a chart. Pure over the corpus: the same files and release give the same objects.
///
/// Cost: each template is parsed once and executed once; steps, bytes and depth are bounded for each.
///
/// # Source
/// <https://helm.sh/docs/topics/charts/>, Helm 4.1.
pub fn render(corpus: &Corpus, chart_yaml: FileId, release: &Release) -> Rendered {
    let mut loader = chart::Loader::new(corpus);
    let chart = loader.load(chart_yaml);
    let mut rendered = Rendered::default();
    match chart {
        Some(chart) => engine::render(&mut loader, chart, release, &mut rendered),
        None => rendered.failure = loader.problems.first().cloned(),
    }
    rendered.used = loader.used;
    rendered.used.sort();
    rendered.used.dedup();
    rendered.problems.append(&mut loader.problems);
    rendered.skipped.append(&mut loader.skipped);
    if let Some(failure) = &rendered.failure
        && !rendered.problems.contains(failure)
    {
        rendered.problems.insert(0, failure.clone());
    }
    rendered
}

/// A problem of a whole chart.
fn problem(file: FileId, message: impl Into<String>) -> Problem {
    Problem { at: At::new(file, 1, 1), message: message.into() }
}
