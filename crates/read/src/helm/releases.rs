//! Which charts are deployed with which values, as the tools that deploy them say.

use plimsoll_model::FileId;

use super::Release;
use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped};
use crate::tree::yaml::Schema;
use crate::tree::{Data, Node};

/// A release that a file declares.
pub(super) struct Said {
    pub(super) by: FileId,
    pub(super) chart: FileId,
    pub(super) release: Release,
}

/// All releases of charts that are here.
pub(super) fn said(corpus: &Corpus, charts: &[FileId], facts: &mut Facts) -> Vec<Said> {
    let mut finder = Finder { corpus, charts, facts, found: Vec::new() };
    for file in corpus.ids().filter(|file| may_declare(corpus, *file)) {
        let is_helmfile = name_of(corpus, file).starts_with("helmfile");
        for root in &corpus.yaml(file, Schema::Yaml11).roots {
            match root.str_at("kind") {
                Some("Application") if is_argo(root) => finder.argo(file, root.at_path(&["spec"])),
                Some("ApplicationSet") if is_argo(root) => finder.argo_set(file, root),
                Some("HelmRelease") => finder.flux(file, root),
                _ if root.str_at("apiVersion").is_some_and(|api| api.starts_with("skaffold/")) => {
                    finder.skaffold(file, root);
                }
                _ if is_helmfile => finder.helmfile(file, root),
                _ => {}
            }
        }
    }
    finder.found
}

fn name_of(corpus: &Corpus, file: FileId) -> &str {
    corpus.path(file).rsplit('/').next().unwrap_or_default()
}

/// A cheap look before parsing.
fn may_declare(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    let marks = ["kind: Application", "kind: HelmRelease", "chartPath:", "releases:"];
    (path.ends_with(".yaml") || path.ends_with(".yml"))
        && !crate::kubernetes::in_chart(corpus, file)
        && corpus.text(file).is_ok_and(|text| marks.iter().any(|mark| text.contains(mark)))
}

fn is_argo(root: &Node) -> bool {
    root.str_at("apiVersion").is_some_and(|api| api.starts_with("argoproj.io/"))
}

struct Finder<'f> {
    corpus: &'f Corpus,
    charts: &'f [FileId],
    facts: &'f mut Facts,
    found: Vec<Said>,
}

/// Where paths of a values file begin.
#[derive(Clone, Copy)]
enum From {
    /// At the folder of the chart, or the root where they begin with `/`.
    Chart(FileId),
    /// At the file that names them.
    File,
}

impl Finder<'_> {
    /// The chart at a path: from the root of the source, or from the file that names it.
    fn chart(&self, by: FileId, path: &str) -> Option<FileId> {
        let path = path.trim_end_matches('/');
        let corpus = self.corpus;
        let inside = format!("{}/Chart.yaml", path.trim_start_matches("./"));
        let found =
            corpus.beside(by, &format!("{path}/Chart.yaml")).or_else(|| corpus.lookup(corpus.source(by), &inside));
        found.filter(|chart| self.charts.contains(chart))
    }

    fn values(&mut self, by: FileId, from: From, list: Option<&Node>) -> Vec<FileId> {
        let mut out = Vec::new();
        for item in list.map(Node::items).unwrap_or_default() {
            let Some(path) = item.as_str() else { continue };
            let inside = path.strip_prefix("$values/").or_else(|| path.strip_prefix('/'));
            let found = match (inside, from) {
                (Some(path), _) => self.corpus.lookup(self.corpus.source(by), path),
                (None, From::Chart(chart)) => self.corpus.beside(chart, path),
                (None, From::File) => self.corpus.beside(by, path),
            };
            match found {
                Some(file) => out.push(file),
                None => {
                    let reason = format!("the values file `{}` is not here", crate::redact::value("path", path));
                    self.facts.not_read.push(Skipped { kind: String::from("Helm values"), file: by, reason });
                }
            }
        }
        out
    }

    fn push(&mut self, by: FileId, chart: FileId, release: Release) {
        self.found.push(Said { by, chart, release });
    }

    fn argo(&mut self, by: FileId, spec: Option<&Node>) {
        let Some(spec) = spec else { return };
        let several = spec.get("sources").map(Node::items).unwrap_or_default();
        for source in spec.get("source").into_iter().chain(several) {
            let Some(chart) = source.str_at("path").and_then(|path| self.chart(by, path)) else { continue };
            let helm = source.get("helm");
            let at = |key: &str| helm.and_then(|helm| helm.get(key));
            let mut release = named(self.corpus, chart, at("releaseName").and_then(Node::as_str));
            if let Some(namespace) = spec.at_path(&["destination", "namespace"]).and_then(Node::as_str) {
                namespace.clone_into(&mut release.namespace);
            }
            release.values = self.values(by, From::Chart(chart), at("valueFiles"));
            release.inline.extend(at("values").and_then(|text| inline(by, text)));
            release.inline.extend(at("valuesObject").cloned());
            for parameter in at("parameters").map(Node::items).unwrap_or_default() {
                if let (Some(name), Some(value)) = (parameter.str_at("name"), parameter.str_at("value")) {
                    release.set.push(format!("{name}={}", value.replace(',', "\\,")));
                }
            }
            self.push(by, chart, release);
        }
    }

    /// A template of applications: once for each element of its lists.
    fn argo_set(&mut self, by: FileId, root: &Node) {
        let generators = root.at_path(&["spec", "generators"]).map(Node::items).unwrap_or_default();
        let elements = generators.iter().filter_map(|generator| generator.at_path(&["list", "elements"]));
        let Some(spec) = root.at_path(&["spec", "template", "spec"]) else { return };
        for element in elements.flat_map(Node::items) {
            let mut filled = spec.clone();
            fill(&mut filled, element);
            self.argo(by, Some(&filled));
        }
    }

    fn flux(&mut self, by: FileId, root: &Node) {
        let Some(spec) = root.get("spec") else { return };
        let path = spec.at_path(&["chart", "spec", "chart"]).and_then(Node::as_str);
        let Some(chart) = path.and_then(|path| self.chart(by, path)) else { return };
        let metadata = |key: &str| root.get("metadata").and_then(|metadata| metadata.str_at(key));
        let mut release = named(self.corpus, chart, spec.str_at("releaseName").or_else(|| metadata("name")));
        if let Some(namespace) = spec.str_at("targetNamespace").or_else(|| metadata("namespace")) {
            namespace.clone_into(&mut release.namespace);
        }
        let files = spec.at_path(&["chart", "spec", "valuesFiles"]);
        release.values = self.values(by, From::Chart(chart), files);
        release.inline.extend(spec.get("values").cloned());
        if spec.get("valuesFrom").is_some_and(|from| !from.items().is_empty()) {
            let reason = String::from("values from ConfigMaps and Secrets are not read");
            self.facts.not_read.push(Skipped { kind: String::from("Helm values"), file: by, reason });
        }
        self.push(by, chart, release);
    }

    fn skaffold(&mut self, by: FileId, root: &Node) {
        let profiles = root.get("profiles").map(Node::items).unwrap_or_default();
        for part in std::iter::once(root).chain(profiles) {
            for section in ["deploy", "manifests"] {
                let releases = part.at_path(&[section, "helm", "releases"]).map(Node::items).unwrap_or_default();
                for each in releases {
                    let Some(chart) = each.str_at("chartPath").and_then(|path| self.chart(by, path)) else { continue };
                    let mut release = named(self.corpus, chart, each.str_at("name"));
                    if let Some(namespace) = each.str_at("namespace") {
                        namespace.clone_into(&mut release.namespace);
                    }
                    release.values = self.values(by, From::File, each.get("valuesFiles"));
                    release.set.extend(assignments(each.get("setValues")));
                    self.push(by, chart, release);
                }
            }
        }
    }

    fn helmfile(&mut self, by: FileId, root: &Node) {
        for each in root.get("releases").map(Node::items).unwrap_or_default() {
            let Some(chart) = each.str_at("chart").and_then(|path| self.chart(by, path)) else { continue };
            let mut release = named(self.corpus, chart, each.str_at("name"));
            if let Some(namespace) = each.str_at("namespace") {
                namespace.clone_into(&mut release.namespace);
            }
            release.values = self.values(by, From::File, each.get("values"));
            let maps = each.get("values").map(Node::items).unwrap_or_default();
            release.inline.extend(maps.iter().filter(|item| item.is_mapping()).cloned());
            for set in each.get("set").map(Node::items).unwrap_or_default() {
                if let (Some(name), Some(value)) = (set.str_at("name"), set.str_at("value")) {
                    release.set.push(format!("{name}={}", value.replace(',', "\\,")));
                }
            }
            self.push(by, chart, release);
        }
    }
}

/// A release by its name, or by its chart's folder where nobody names it.
fn named(corpus: &Corpus, chart: FileId, name: Option<&str>) -> Release {
    let folder = corpus.folder(chart).rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("release");
    let name = name.filter(|name| !name.contains("{{")).unwrap_or(folder);
    Release { name: name.to_owned(), ..Release::default() }
}

/// Values that stand as a text in a manifest. Their lines are those of the text's first.
fn inline(by: FileId, text: &Node) -> Option<Node> {
    let spelled = text.as_str()?;
    let mut root = crate::tree::yaml::parse(by, spelled, Schema::Yaml11).roots.into_iter().next()?;
    shift(&mut root, text.at.line);
    Some(root)
}

fn shift(node: &mut Node, lines: u32) {
    node.at.line += lines;
    match &mut node.value {
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| shift(&mut entry.value, lines)),
        Data::Sequence(items) => items.iter_mut().for_each(|item| shift(item, lines)),
        Data::Scalar(_) => {}
    }
}

/// Puts the parameters of an element into `{{name}}` and `{{.name}}`.
fn fill(node: &mut Node, element: &Node) {
    match &mut node.value {
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| fill(&mut entry.value, element)),
        Data::Sequence(items) => items.iter_mut().for_each(|item| fill(item, element)),
        Data::Scalar(scalar) => {
            for entry in element.entries() {
                let Some(value) = entry.value.as_str() else { continue };
                for dot in ["", "."] {
                    for space in ["", " "] {
                        let placeholder = format!("{{{{{space}{dot}{}{space}}}}}", entry.key);
                        scalar.text = scalar.text.replace(&placeholder, value);
                    }
                }
            }
        }
    }
}

/// A mapping of keys and values as assignments.
fn assignments(node: Option<&Node>) -> Vec<String> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let one = |entry: &crate::tree::Entry| Some(format!("{}={}", entry.key, entry.value.as_str()?.replace(',', "\\,")));
    entries.iter().filter_map(one).collect()
}
