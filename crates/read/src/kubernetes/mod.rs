//! # Kubernetes
//! Reads manifests: YAML or JSON files that hold objects with `apiVersion` and `kind`, alone, as several documents or as
//! a `List`; and what a kustomization builds from them.
//!
//! ## Reads
//! - workloads whole: Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Pod, Argo
//!   Rollout, Knative Service, OpenShift DeploymentConfig: images, commands, ports, probes, resources, environment
//!   (`env`, `envFrom`, ConfigMap keys, `$(VAR)`), security context, affinity, spread, lifecycle, volumes, init and side
//!   containers;
//! - Service of every kind, Ingress, Gateway API routes, OpenShift Route;
//! - HorizontalPodAutoscaler, PodDisruptionBudget, NetworkPolicy, ResourceQuota and LimitRange (listed);
//! - ConfigMap keys into environment variables and mounted files; Secrets by name only;
//! - custom resources of well-known operators that make a store or broker run.
//!
//! ## Ignores
//! Values of Secrets. Kinds that it does not know are listed as not read.
//!
//! ## Variants
//! Each kustomization that no other one builds on is a variant. Manifests outside of kustomizations are a variant each
//! folder tree, split where two files declare the same workload (see `grouping`).
//!
//! ## Example
//! ```yaml
//! apiVersion: apps/v1
//! kind: Deployment
//! metadata: { name: orders }
//! spec:
//!   replicas: 3
//!   template: { spec: { containers: [{ name: orders, image: shop/orders:1 }] } }
//! ```
//! gives the unit `orders` with the claims `replicas = 3`, `image = shop/orders:1`, and that it has no probes and no
//! limits.

mod container;
mod endpoint;
mod environment;
mod grouping;
mod object;
mod operators;
mod pod;
pub mod quantity;
mod scaling;
#[cfg(test)]
mod tests;
mod workload;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::FileId;

use crate::corpus::Corpus;
use crate::facts::{Facts, Skipped, Variant, VariantId, VariantKind};
use crate::join::is_production;
use crate::kustomize;
use crate::tree::Node;
use crate::tree::yaml::Schema;
use object::Object;

/// The reader of Kubernetes objects.
pub const READER: crate::Reader = crate::Reader { name: "kubernetes", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    if kustomize::is_kustomization(path) {
        return true;
    }
    if in_chart(corpus, file) {
        return false;
    }
    let by_name = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
    by_name && corpus.text(file).is_ok_and(|text| looks_like_objects(path, text))
}

/// A cheap look before parsing: both keys somewhere at the start of a line or object.
fn looks_like_objects(path: &str, text: &str) -> bool {
    if !text.contains("apiVersion") || !text.contains("kind") || is_template(path, text) {
        return false;
    }
    !text.contains("apiVersion: backstage.io/") && !text.contains("apiVersion: skaffold/")
}

/// Whether a file is a part of a Helm chart: below a folder that has a `Chart.yaml`, in `templates`, `crds` or `charts`.
pub(crate) fn in_chart(corpus: &Corpus, file: FileId) -> bool {
    let source = corpus.source(file);
    let mut folder = corpus.folder(file);
    let mut below = "";
    loop {
        if corpus.lookup(source, &format!("{folder}/Chart.yaml")).is_some() {
            return matches!(below, "templates" | "crds" | "charts" | "");
        }
        if folder.is_empty() {
            return false;
        }
        below = folder.rsplit('/').next().unwrap_or(folder);
        folder = crate::corpus::folder_of(folder);
    }
}

/// Whether a file is a Helm template, which is not YAML before it is rendered.
pub(crate) fn is_template(path: &str, text: &str) -> bool {
    text.contains("{{") && (path.contains("/templates/") || path.starts_with("templates/"))
}

/// The objects of one file: every document, `List`s expanded. Documents that are no objects are left out.
pub fn objects_of(corpus: &Corpus, file: FileId) -> Vec<Node> {
    let documents =
        if corpus.path(file).ends_with(".json") { corpus.json(file) } else { corpus.yaml(file, Schema::Yaml11) };
    documents.roots.iter().flat_map(expand).collect()
}

fn expand(root: &Node) -> Vec<Node> {
    let is_list = root.str_at("kind").is_some_and(|kind| kind.ends_with("List")) && root.get("items").is_some();
    if is_list {
        return root.get("items").map(|items| items.items().iter().flat_map(expand).collect()).unwrap_or_default();
    }
    if root.is_sequence() {
        return root.items().iter().flat_map(expand).collect();
    }
    if Object::of(root).is_some() { vec![root.clone()] } else { Vec::new() }
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let (kustomizations, plain): (Vec<FileId>, Vec<FileId>) =
        files.iter().partition(|file| kustomize::is_kustomization(corpus.path(**file)));
    let used = read_kustomizations(corpus, &kustomizations, &mut facts);
    let rest: Vec<FileId> = plain.into_iter().filter(|file| !used.contains(file)).collect();
    for group in grouping::groups(corpus, &rest) {
        let objects: Vec<Node> = group.files.iter().flat_map(|file| objects_of(corpus, *file)).collect();
        let optional = group.optional;
        if let Some(first) = group.files.first() {
            let variant = Variant {
                kind: VariantKind::Manifests,
                path: group.shown(corpus),
                source: corpus.source(*first),
                folder: group.path,
                files: group.files,
                bases: Vec::new(),
                optional,
            };
            read_objects(variant, &objects, &mut facts);
        }
    }
    facts
}

/// Builds every kustomization; returns the files that they use.
fn read_kustomizations(corpus: &Corpus, kustomizations: &[FileId], facts: &mut Facts) -> BTreeSet<FileId> {
    let mut used = BTreeSet::new();
    let mut overlays: BTreeMap<(u32, String), Vec<String>> = BTreeMap::new();
    let mut built = Vec::new();
    let results = corpus.each(kustomizations, |file| kustomize::build(corpus, *file));
    for (file, result) in kustomizations.iter().zip(results) {
        used.extend(result.used.iter().copied());
        for base in &result.bases {
            overlays.entry(base.clone()).or_default().push(corpus.folder(*file).to_owned());
        }
        built.push((*file, result));
    }
    for (file, result) in built {
        let folder = corpus.folder(file).to_owned();
        facts.problems.extend(result.problems);
        facts.not_read.extend(result.skipped);
        // A base is read as part of what builds on it; a component only where nothing applies it. Where several build on
        // a base and none of them says that it is production, the base is what people deploy that want none of them.
        let built_on = overlays.get(&(corpus.source(file), folder.clone()));
        let alone = built_on.is_some_and(|overlays| overlays.len() > 1 && !overlays.iter().any(|o| is_production(o)));
        if built_on.is_some() && (result.is_component || !alone) {
            continue;
        }
        let shown = if folder.is_empty() { corpus.files().display(file) } else { shown_folder(corpus, file, &folder) };
        let own_bases = result.bases.into_iter().filter(|(source, _)| *source == corpus.source(file));
        let own_bases = own_bases.map(|(_, folder)| folder).collect();
        let variant = Variant {
            kind: VariantKind::Kustomize,
            path: shown,
            source: corpus.source(file),
            folder,
            files: result.used,
            bases: own_bases,
            optional: result.is_component,
        };
        read_objects(variant, &result.objects, facts);
    }
    facts.problems.sort();
    facts.problems.dedup();
    used
}

/// A folder as people see it: with its source's name where there are several.
fn shown_folder(corpus: &Corpus, file: FileId, folder: &str) -> String {
    if corpus.files().sources().len() > 1 {
        format!("{}:{folder}", corpus.files().source(file))
    } else {
        folder.to_owned()
    }
}

/// Reads the objects of one variant into facts. A variant without anything that runs or answers adds none.
pub fn read_objects(variant: Variant, nodes: &[Node], facts: &mut Facts) {
    let objects: Vec<Object<'_>> = nodes.iter().filter_map(Object::of).collect();
    let id = VariantId(facts.variants.len());
    let (units, endpoints) = (facts.units.len(), facts.endpoints.len());
    let maps = environment::ConfigMaps::of(&objects);
    for object in &objects {
        workload::read(id, variant.source, object, &maps, facts);
        operators::read(id, variant.source, object, facts);
        endpoint::read(id, object, facts);
    }
    scaling::read(units..facts.units.len(), &objects, facts);
    list_unknown(&objects, facts);
    if facts.units.len() > units || facts.endpoints.len() > endpoints {
        facts.variants.push(variant);
    }
}

/// Kinds whose objects say nothing that the model holds, or are followed from others.
const SILENT: &[&str] = &[
    "ConfigMap",
    "Secret",
    "Namespace",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "ClusterRole",
    "ClusterRoleBinding",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "PriorityClass",
    "ResourceQuota",
    "LimitRange",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "Endpoints",
    "EndpointSlice",
    "IngressClass",
    "GatewayClass",
    "Gateway",
    "PodSecurityPolicy",
];

fn list_unknown(objects: &[Object<'_>], facts: &mut Facts) {
    let mut seen: BTreeMap<(FileId, String), ()> = BTreeMap::new();
    for object in objects {
        let known = workload::is_workload(object)
            || endpoint::is_endpoint(object)
            || operators::is_operated(object)
            || is_objective(object)
            || (SILENT.contains(&object.kind) && !object.group().contains('.') || is_builtin(object));
        if known || seen.insert((object.node.at.file, object.kind.to_owned()), ()).is_some() {
            continue;
        }
        let family = if object.api_version.starts_with("openslo/") { "OpenSLO" } else { "Kubernetes" };
        let reason = format!("objects of kind {} ({}) are not read", object.kind, object.api_version);
        let kind = format!("{family} {}", object.kind);
        facts.not_read.push(Skipped { kind, file: object.node.at.file, reason });
    }
}

/// Whether the reader of objectives reads it.
fn is_objective(object: &Object<'_>) -> bool {
    let slo = object.kind == "SLO" && object.api_version.starts_with("openslo/");
    slo || object.kind == "PrometheusRule" && object.group() == "monitoring.coreos.com"
}

fn is_builtin(object: &Object<'_>) -> bool {
    SILENT.contains(&object.kind)
        && (object.group().ends_with(".k8s.io")
            || matches!(object.group(), "policy" | "autoscaling" | "apps" | "extensions" | ""))
}
