//! # Helm charts
//! Renders the charts of a repository and reads what comes out as Kubernetes objects.
//! ## Reads
//! - every chart that is no part of another: with its own values, and once more with each values file that names an
//!   environment (`values-staging.yaml`, `values.staging.yaml`, `staging-values.yaml`, `values/staging.yaml`);
//! - which charts are deployed with which values, where somebody says so: Argo CD Applications and ApplicationSets (lists),
//!   Flux HelmReleases, helmfile, Skaffold. Charts that one of them names are read as it deploys them;
//! - sub-charts in `charts` or by `file://`, with their parent's values.
//!
//! ## Ignores
//! Dependencies that lie elsewhere are listed as not read. Values from ConfigMaps, Secrets and other sources are not read.
//! A release that no file names is called as its chart.
//! ## Variants
//! Charts that lie in one folder and declare no workload twice are one variant for each environment; so are the releases
//! that files of one folder declare.
//! ## Example
//! ```yaml
//! # charts/orders/templates/deployment.yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: {{ .Release.Name }} }
//! spec: { replicas: {{ .Values.replicas }} }
//! ```
//! gives the unit `orders`; its replicas stand in `values.yaml`, or in `values-production.yaml` for that environment.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::FileId;

use super::{Release, Rendered, releases, render, roots};
use crate::corpus::{Corpus, folder_of};
use crate::facts::{Facts, Variant, VariantKind};
use crate::kubernetes::read_objects;
use crate::tree::Node;

/// The reader of charts.
pub const READER: crate::Reader = crate::Reader { name: "helm", page: include_str!("reader.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let Some(chart) = chart_around(corpus, file) else { return false };
    let inside = inside(corpus, chart, file);
    let name = inside.rsplit('/').next().unwrap_or_default();
    matches!(name, "Chart.yaml" | "Chart.lock" | "requirements.yaml" | "requirements.lock" | ".helmignore")
        || name.starts_with("values.")
        || environment_of(&inside).is_some()
        || ["templates/", "charts/", "crds/"].iter().any(|folder| inside.starts_with(folder))
}

/// The outermost chart that a file lies in.
fn chart_around(corpus: &Corpus, file: FileId) -> Option<FileId> {
    let mut folder = corpus.folder(file);
    let mut found = None;
    loop {
        let path = if folder.is_empty() { "Chart.yaml".to_owned() } else { format!("{folder}/Chart.yaml") };
        found = corpus.lookup(corpus.source(file), &path).or(found);
        if folder.is_empty() {
            return found;
        }
        folder = folder_of(folder);
    }
}

/// The path of a file in a chart.
fn inside(corpus: &Corpus, chart: FileId, file: FileId) -> String {
    let folder = corpus.folder(chart);
    let path = corpus.path(file);
    path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/').to_owned()
}

/// The environment that a values file in a chart names: `staging` of `values-staging.yaml`.
fn environment_of(inside: &str) -> Option<&str> {
    let stem = inside.strip_suffix(".yaml").or_else(|| inside.strip_suffix(".yml"))?;
    let named = match stem.rsplit_once('/') {
        Some(("values" | "env" | "envs" | "environments", name)) => Some(name),
        Some(_) => None,
        None => stem
            .strip_prefix("values-")
            .or_else(|| stem.strip_prefix("values."))
            .or_else(|| stem.strip_prefix("values_"))
            .or_else(|| stem.strip_suffix("-values"))
            .or_else(|| stem.strip_suffix(".values")),
    };
    named.filter(|name| !name.is_empty() && *name != "schema" && *name != "values")
}

/// The short name of an environment by its variant: the last part of its path.
pub(crate) fn short_name(folder: &str) -> String {
    folder.rsplit('/').next().unwrap_or(folder).to_owned()
}

/// A chart, how it is installed, and in which variant.
struct Installed {
    /// What the variant is called: a folder, and an environment in it.
    variant: (u32, String),
    release: Release,
    chart: FileId,
    /// The file that says so, where one does.
    said_by: Option<FileId>,
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let charts: Vec<FileId> = roots(corpus).into_iter().filter(|chart| files.contains(chart)).collect();
    let said = releases::said(corpus, &charts, &mut facts);
    let by_tools: BTreeSet<FileId> = said.iter().map(|said| said.chart).collect();
    let mut installed: Vec<Installed> = said
        .into_iter()
        .map(|said| Installed {
            variant: (corpus.source(said.by), corpus.folder(said.by).to_owned()),
            release: said.release,
            chart: said.chart,
            said_by: Some(said.by),
        })
        .collect();
    let others: Vec<FileId> = charts.into_iter().filter(|chart| !by_tools.contains(chart)).collect();
    installed.extend(by_values(corpus, &others, files));
    let mut groups: BTreeMap<(u32, String), Vec<Installed>> = BTreeMap::new();
    for each in installed {
        groups.entry(each.variant.clone()).or_default().push(each);
    }
    for ((source, folder), group) in groups {
        read_group(corpus, source, &folder, group, &mut facts);
    }
    facts.problems.sort();
    facts.problems.dedup();
    facts
}

/// Charts with their own values, and with those of each environment that their files name.
fn by_values(corpus: &Corpus, charts: &[FileId], files: &[FileId]) -> Vec<Installed> {
    let mut environments: BTreeMap<FileId, BTreeMap<String, FileId>> = BTreeMap::new();
    for file in files {
        let Some(chart) = chart_around(corpus, *file).filter(|chart| charts.contains(chart)) else { continue };
        if let Some(name) = environment_of(&inside(corpus, chart, *file)) {
            environments.entry(chart).or_default().insert(name.to_owned(), *file);
        }
    }
    let mut out = Vec::new();
    for chart in charts {
        let folder = corpus.folder(*chart);
        let beside = |other: &FileId| folder_of(corpus.folder(*other)) == folder_of(folder);
        let several = charts.iter().filter(|other| beside(other)).count() > 1;
        let base = if several { folder_of(folder) } else { folder };
        let name = corpus.folder(*chart).rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("release");
        let release = Release { name: name.to_owned(), ..Release::default() };
        out.push(Installed {
            variant: (corpus.source(*chart), base.to_owned()),
            release: release.clone(),
            chart: *chart,
            said_by: None,
        });
        let around: BTreeSet<&String> = environments
            .iter()
            .filter(|(other, _)| beside(other) || *other == chart)
            .flat_map(|(_, names)| names.keys())
            .collect();
        for environment in around {
            let values = environments.get(chart).and_then(|own| own.get(environment)).copied();
            let folder = if base.is_empty() { environment.clone() } else { format!("{base}/{environment}") };
            out.push(Installed {
                variant: (corpus.source(*chart), folder),
                release: Release { values: values.into_iter().collect(), ..release.clone() },
                chart: *chart,
                said_by: None,
            });
        }
    }
    out
}

fn read_group(corpus: &Corpus, source: u32, folder: &str, group: Vec<Installed>, facts: &mut Facts) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut together: (Vec<FileId>, Vec<Node>) = Default::default();
    for each in group {
        let mut rendered = render(corpus, each.chart, &each.release);
        facts.problems.append(&mut rendered.problems);
        facts.not_read.append(&mut rendered.skipped);
        if rendered.is_library {
            continue;
        }
        let (mut used, objects) = used_and_objects(rendered);
        used.extend(each.said_by);
        let names: BTreeSet<String> = objects.iter().filter_map(workload).collect();
        if taken.is_disjoint(&names) {
            taken.extend(names);
            together.0.append(&mut used);
            together.1.extend(objects);
        } else {
            // Two ways to deploy the same thing are two variants.
            let own = corpus.folder(each.chart).to_owned();
            read_variant(corpus, source, own, used, &objects, facts);
        }
    }
    read_variant(corpus, source, folder.to_owned(), together.0, &together.1, facts);
}

fn used_and_objects(rendered: Rendered) -> (Vec<FileId>, Vec<Node>) {
    let objects = rendered.objects.into_iter().chain(rendered.hooks).collect();
    (rendered.used, objects)
}

/// What tells a workload from others of a variant.
fn workload(object: &Node) -> Option<String> {
    let kind = object.str_at("kind")?;
    let name = object.at_path(&["metadata", "name"])?.as_str()?;
    matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob").then(|| format!("{kind}/{name}"))
}

fn read_variant(
    corpus: &Corpus,
    source: u32,
    folder: String,
    mut files: Vec<FileId>,
    objects: &[Node],
    facts: &mut Facts,
) {
    files.sort();
    files.dedup();
    let Some(first) = files.first() else { return };
    let several = corpus.files().sources().len() > 1;
    let path = match (several, folder.is_empty()) {
        (true, _) => format!("{}:{folder}", corpus.files().source(*first)),
        (false, true) => corpus.files().display(*first),
        (false, false) => folder.clone(),
    };
    let variant = Variant { kind: VariantKind::Helm, path, source, folder, files, bases: Vec::new(), optional: false };
    read_objects(variant, objects, facts);
}
