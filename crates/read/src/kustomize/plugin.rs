//! Generators and transformers that are given as objects: those that are built in run, programs and functions do not.

use plimsoll_model::{FileId, Problem};

use super::accumulated::Accumulated;
use super::build::{Builder, Kustomization};
use super::fields::{Outcome, value};
use super::generate::Kind;
use super::images::Image;
use super::name::{self, End};
use super::namespace::{Namespace, Subjects};
use super::object::Object;
use super::origin::Origin;
use super::transform::{note, specs_of};
use super::{hash, labels, load, replicas, value_add};
use crate::tree::Node;

impl Builder<'_> {
    /// The objects that `generators` or `transformers` name: in place, in a file, or built from a folder.
    pub(super) fn plugins(&mut self, kustomization: &Kustomization, key: &str) -> Vec<Object> {
        let mut all = Accumulated::default();
        for entry in kustomization.items(key) {
            let documents = load::embedded(self.corpus, entry);
            if !documents.roots.iter().any(Node::is_mapping) {
                self.resource(kustomization.file, entry, &mut all);
                continue;
            }
            let path = self.relative(kustomization.file);
            for node in load::objects(documents.roots, &mut self.problems) {
                let mut object = Object::new(node);
                object.origin = Some(Origin { path: path.clone(), ..Origin::default() });
                all.objects.push(object);
            }
        }
        all.objects.into_list()
    }

    /// Adds what a generator makes.
    pub(super) fn run_generator(&mut self, kustomization: &Kustomization, config: &Object, all: &mut Accumulated) {
        let origin = origin_of(config);
        let kind = match (config.api_version(), config.kind()) {
            ("builtin", "ConfigMapGenerator") => Kind::ConfigMap,
            ("builtin", "SecretGenerator") => Kind::Secret,
            ("builtin", "HelmChartInflationGenerator") => return self.skip_chart(&config.node),
            ("builtin", "IAMPolicyGenerator") => return self.service_account(config, &origin, all),
            _ => return self.skip_program(config, "generator"),
        };
        let mut entry = config.node.clone();
        for key in ["name", "namespace"] {
            let stated = entry.get(key).is_some_and(|node| !value(node).is_empty());
            if let Some(node) = config.node.at_path(&["metadata", key]).filter(|_| !stated) {
                entry.set(key, node.clone());
            }
        }
        self.generate_one(kustomization.file, kind, &entry, None, &origin, all);
    }

    fn skip_program(&mut self, config: &Object, what: &str) {
        let (kind, api_version) = (config.kind(), config.api_version());
        let reason =
            format!("the {what} {kind} ({api_version}) is a program; what it makes or changes is missing here");
        self.skip(&format!("kustomize {what}"), config.node.at.file, reason);
    }

    /// A service account that is bound to one of a cloud.
    fn service_account(&mut self, config: &Object, origin: &Origin, all: &mut Accumulated) {
        let at = config.node.at;
        let text = |path: &[&str]| config.node.at_path(path).map(value).unwrap_or_default();
        if text(&["cloud"]) != "gke" {
            let message = format!("the cloud `{}` is not known; kustomize refuses it", text(&["cloud"]));
            return self.problem(at, message);
        }
        let account = format!(
            "{}@{}.iam.gserviceaccount.com",
            text(&["serviceAccount", "name"]),
            text(&["serviceAccount", "projectId"])
        );
        let mut annotations = Node::mapping(at);
        annotations.set("iam.gke.io/gcp-service-account", Node::text(account, at));
        let mut meta = Node::mapping(at);
        meta.set("annotations", annotations);
        meta.set("name", Node::text(text(&["kubernetesService", "name"]), at));
        if !text(&["kubernetesService", "namespace"]).is_empty() {
            meta.set("namespace", Node::text(text(&["kubernetesService", "namespace"]), at));
        }
        let mut node = Node::mapping(at);
        node.set("apiVersion", Node::text("v1", at));
        node.set("kind", Node::text("ServiceAccount", at));
        node.set("metadata", meta);
        let mut object = Object::new(node);
        object.origin = self.metadata.any().then(|| origin.clone());
        let done = all.absorb(object);
        self.settle(at, done, all);
    }

    /// Runs a transformer over all objects.
    pub(super) fn run_transformer(&mut self, kustomization: &Kustomization, config: &Object, all: &mut Accumulated) {
        if config.api_version() != "builtin" {
            return self.skip_program(config, "transformer");
        }
        let done = self.transform_by(kustomization.file, config, all);
        match done {
            None => self.skip_program(config, "transformer"),
            Some(done) => {
                self.settle(config.node.at, done, all);
                if self.metadata.any() {
                    note(&origin_of(config), all);
                }
            }
        }
    }

    /// Runs a built-in transformer; `None` where there is none of that kind.
    fn transform_by(&mut self, by: FileId, config: &Object, all: &mut Accumulated) -> Option<Outcome<()>> {
        let node = &config.node;
        let specs = specs_of(node);
        let pairs = |key: &str| node.get(key).map(Node::entries).unwrap_or_default();
        let end = |all: &mut Accumulated, end: End, key: &str| match node.get(key) {
            Some(text) => name::apply(all, end, value(text), text.at, &specs),
            None => Ok(()),
        };
        Some(match config.kind() {
            "AnnotationsTransformer" => labels::apply(all, pairs("annotations"), &specs),
            "LabelTransformer" => labels::apply(all, pairs("labels"), &specs),
            "PrefixTransformer" => end(all, End::Prefix, "prefix"),
            "SuffixTransformer" => end(all, End::Suffix, "suffix"),
            "PrefixSuffixTransformer" => end(all, End::Prefix, "prefix").and_then(|()| end(all, End::Suffix, "suffix")),
            "NamespaceTransformer" => namespace(node, all),
            "ImageTagTransformer" => {
                let null = Node::mapping(node.at);
                Image::of(node.get("imageTag").unwrap_or(&null)).and_then(|image| image.apply(all, &specs))
            }
            "ReplicaCountTransformer" => {
                let null = Node::mapping(node.at);
                replicas::apply(all, node.get("replica").unwrap_or(&null), &specs)
            }
            "PatchTransformer" => self.patch(by, node, all),
            "PatchJson6902Transformer" => self.json_6902(by, node, "jsonOp", all),
            "PatchStrategicMergeTransformer" => self.strategic_by(by, node, all),
            "ReplacementTransformer" => {
                for entry in node.get("replacements").map(Node::items).unwrap_or_default() {
                    self.replacements(by, entry, all);
                }
                Ok(())
            }
            "ValueAddTransformer" => self.value_add(by, node, all),
            "HashTransformer" => {
                add_hashes(all, &mut self.problems);
                Ok(())
            }
            _ => return None,
        })
    }

    fn strategic_by(&mut self, by: FileId, node: &Node, all: &mut Accumulated) -> Outcome<()> {
        for entry in node.get("paths").map(Node::items).unwrap_or_default() {
            let done = self.strategic(by, entry, all);
            self.settle(entry.at, done, all);
        }
        match node.get("patches").filter(|text| !value(text).is_empty()) {
            Some(text) => {
                let documents = load::embedded(self.corpus, text);
                self.strategic_documents(&documents, text.at, all)
            }
            None => Ok(()),
        }
    }

    fn value_add(&mut self, by: FileId, node: &Node, all: &mut Accumulated) -> Outcome<()> {
        let folder = self.corpus.folder(by).rsplit('/').next().unwrap_or_default().to_owned();
        let mut targets: Vec<Node> = node.get("targets").map(Node::items).unwrap_or_default().to_vec();
        if let Some(path) = node.get("targetFilePath").filter(|path| !value(path).is_empty())
            && let Some(file) = self.file_of(by, path, value(path), "file")
            && let Some(root) = load::documents(self.corpus, file).roots.first()
        {
            targets.extend(root.get("targets").map(Node::items).unwrap_or_default().iter().cloned());
        }
        value_add::apply(all, node, &folder, &targets)
    }
}

fn namespace(node: &Node, all: &mut Accumulated) -> Outcome<()> {
    let Some(stated) = node.at_path(&["metadata", "namespace"]).filter(|stated| !value(stated).is_empty()) else {
        return Ok(());
    };
    let subjects = match node.str_at("setRoleBindingSubjects").unwrap_or_default() {
        "" | "defaultOnly" => Subjects::Default,
        "allServiceAccounts" => Subjects::ServiceAccounts,
        "none" => Subjects::None,
        other => return Err(format!("`setRoleBindingSubjects: {other}` is not known")),
    };
    let unset_only = node.get("unsetOnly").and_then(Node::as_bool).unwrap_or_default();
    Namespace { name: value(stated), at: stated.at, specs: &specs_of(node), subjects, unset_only }.apply(all)
}

/// Gives generated objects the hash of their content.
pub(super) fn add_hashes(all: &mut Accumulated, problems: &mut Vec<Problem>) {
    for object in all.objects.iter_mut().filter(|object| object.needs_hash) {
        let Some(hash) = hash::of(object) else {
            let message = format!("{}: the suffix that an annotation asks for is not added to the name", object.id());
            problems.push(Problem { at: object.node.at, message });
            continue;
        };
        let name = format!("{}-{hash}", object.name());
        object.store_id();
        object.set_name(&name, object.renamed_at);
    }
}

fn origin_of(config: &Object) -> Origin {
    let by = [config.api_version(), config.kind(), config.name(), config.namespace()].map(str::to_owned);
    let configured_in = config.origin.as_ref().map(|origin| origin.path.clone()).unwrap_or_default();
    Origin { path: String::new(), configured_in, configured_by: Some(by) }
}
