//! The transformers of a kustomization, in the order in which kustomize runs them, whatever the order of the file.

use plimsoll_model::{At, FileId};

use super::accumulated::Accumulated;
use super::build::{Builder, Kustomization};
use super::fields::{Outcome, spelled, value};
use super::fieldspec::FieldSpec;
use super::images::Image;
use super::name::End;
use super::namespace::{Namespace, Subjects};
use super::origin::Origin;
use super::patch::{self, Allowed, Patch};
use super::selector::Selector;
use super::{file, labels, load, name, replacement, replicas};
use crate::tree::Node;
use crate::tree::yaml::Documents;

impl Builder<'_> {
    /// Runs all transformers.
    pub(super) fn transform(&mut self, kustomization: &Kustomization, all: &mut Accumulated) {
        let by = kustomization.file;
        for entry in kustomization.items("patchesStrategicMerge") {
            let done = self.strategic(by, entry, all);
            self.settle(entry.at, done, all);
        }
        self.note(by, kustomization.items("patchesStrategicMerge").len().min(1), "PatchStrategicMergeTransformer", all);
        for entry in kustomization.items("patches") {
            let done = self.patch(by, entry, all);
            self.settle(entry.at, done, all);
            self.note(by, 1, "PatchTransformer", all);
        }
        self.transform_names(kustomization, all);
        self.transform_labels(kustomization, all);
        for entry in kustomization.items("patchesJson6902") {
            let done = self.json_6902(by, entry, "patch", all);
            self.settle(entry.at, done, all);
            self.note(by, 1, "PatchJson6902Transformer", all);
        }
        for entry in kustomization.items("replicas") {
            let specs = all.config.replicas.clone();
            let done = replicas::apply(all, entry, &specs);
            self.settle(entry.at, done, all);
            self.note(by, 1, "ReplicaCountTransformer", all);
        }
        for entry in kustomization.items("images").iter().chain(kustomization.items("imageTags")) {
            let specs = all.config.images.clone();
            let done = Image::of(entry).and_then(|image| image.apply(all, &specs));
            self.settle(entry.at, done, all);
            self.note(by, 1, "ImageTagTransformer", all);
        }
        for entry in kustomization.items("replacements") {
            self.replacements(by, entry, all);
        }
        self.note(by, kustomization.items("replacements").len().min(1), "ReplacementTransformer", all);
        let configured = self.plugins(kustomization, "transformers");
        for config in configured {
            self.run_transformer(kustomization, &config, all);
        }
        for entry in kustomization.items("validators") {
            let reason = String::from("a validator is a program and changes nothing; it is not run");
            self.skip("kustomize validator", entry.at.file, reason);
        }
    }

    fn transform_names(&mut self, kustomization: &Kustomization, all: &mut Accumulated) {
        let by = kustomization.file;
        if let Some((text, at)) = kustomization.text("namespace") {
            let specs = all.config.namespace.clone();
            let namespace = Namespace { name: text, at, specs: &specs, subjects: Subjects::Default, unset_only: false };
            let done = namespace.apply(all);
            self.settle(at, done, all);
            self.note(by, 1, "NamespaceTransformer", all);
        }
        for (key, end, kind) in
            [("namePrefix", End::Prefix, "PrefixTransformer"), ("nameSuffix", End::Suffix, "SuffixTransformer")]
        {
            if let Some((text, at)) = kustomization.text(key) {
                let specs = if end == End::Prefix { &all.config.name_prefix } else { &all.config.name_suffix }.clone();
                let done = name::apply(all, end, text, at, &specs);
                self.settle(at, done, all);
                self.note(by, 1, kind, all);
            }
        }
    }

    fn transform_labels(&mut self, kustomization: &Kustomization, all: &mut Accumulated) {
        let by = kustomization.file;
        let entries = kustomization.items("labels");
        for entry in entries {
            let pairs = entry.get("pairs").map(Node::entries).unwrap_or_default();
            let done = labels::specs_of(entry, &all.config).and_then(|specs| labels::apply(all, pairs, &specs));
            self.settle(entry.at, done, all);
            self.note(by, 1, "LabelTransformer", all);
        }
        let common = kustomization.root.get("commonLabels").filter(|common| !common.entries().is_empty());
        if let Some(common) = common {
            let specs = all.config.common_labels.clone();
            let done = labels::apply(all, common.entries(), &specs);
            self.settle(common.at, done, all);
        }
        if common.is_some() || !entries.is_empty() {
            self.note(by, 1, "LabelTransformer", all);
        }
        if let Some(common) = kustomization.root.get("commonAnnotations").filter(|node| !node.entries().is_empty()) {
            let specs = all.config.common_annotations.clone();
            let done = labels::apply(all, common.entries(), &specs);
            self.settle(common.at, done, all);
            self.note(by, 1, "AnnotationsTransformer", all);
        }
    }

    /// Reports what a transformer could not do, and drops what it has emptied.
    pub(super) fn settle(&mut self, at: At, done: Outcome<()>, all: &mut Accumulated) {
        if let Err(error) = done {
            self.refused(at, error);
        }
        all.drop_gone();
    }

    /// Notes on all objects that a transformer of this kind ran, where the build metadata asks for it.
    fn note(&mut self, by: FileId, times: usize, kind: &str, all: &mut Accumulated) {
        if times > 0 && self.metadata.any() {
            let origin = Origin::built_in(&self.relative(by), kind);
            note(&origin, all);
        }
    }

    /// A patch of `patchesStrategicMerge`: objects in place, or a file of them.
    pub(super) fn strategic(&mut self, by: FileId, entry: &Node, all: &mut Accumulated) -> Outcome<()> {
        let documents = load::embedded(self.corpus, entry);
        let documents = if documents.roots.iter().any(Node::is_mapping) {
            documents
        } else {
            match self.file_of(by, entry, spelled(entry), "patch") {
                Some(file) => load::documents(self.corpus, file).clone(),
                None => return Ok(()),
            }
        };
        let at = entry.at;
        self.strategic_documents(&documents, at, all)
    }

    /// Lays all patches of a text over the objects that have their ids.
    pub(super) fn strategic_documents(&mut self, documents: &Documents, at: At, all: &mut Accumulated) -> Outcome<()> {
        match Patch::of(documents, at, &mut self.problems)? {
            Patch::Json(_) => Err(String::from("a strategic merge patch is an object, and there is none here")),
            Patch::Strategic(patches) => {
                self.schema_needed = true;
                let schema = self.schema.clone();
                for patch in patches {
                    let done = patch::apply_by_id(all, patch, Allowed::default(), &schema);
                    self.settle(at, done, all);
                }
                Ok(())
            }
        }
    }

    /// A patch of `patches`: strategic or JSON, in place or in a file.
    pub(super) fn patch(&mut self, by: FileId, entry: &Node, all: &mut Accumulated) -> Outcome<()> {
        let stated = |key: &str| entry.get(key).filter(|node| !value(node).trim().is_empty());
        let documents = match (stated("patch"), stated("path")) {
            (None, None) => return Err(String::from("a patch needs `patch` or `path`")),
            (Some(_), Some(_)) => return Err(String::from("`patch` and `path` exclude each other")),
            (Some(text), None) => self.patch_text(value(text).trim(), load::embedded(self.corpus, text))?,
            (None, Some(path)) => match self.file_of(by, path, value(path), "patch") {
                Some(file) => {
                    let text = self.corpus.text(file).unwrap_or_default();
                    self.patch_text(text, load::documents(self.corpus, file).clone())?
                }
                None => return Ok(()),
            },
        };
        let target = entry.get("target").filter(|target| !target.is_null()).map(Selector::of);
        let patch = Patch::of(&documents, entry.at, &mut self.problems)?;
        self.schema_needed |= matches!(patch, Patch::Strategic(_));
        let schema = self.schema.clone();
        patch::apply(all, patch, target.as_ref(), Allowed::of(entry.get("options")), &schema)
    }

    /// The documents of a patch, unless kustomize would not read its text.
    fn patch_text(&self, text: &str, documents: Documents) -> Outcome<Documents> {
        if load::is_broken_json(text) {
            return Err(String::from("a patch that begins with `[` must be JSON, keys in quotes"));
        }
        Ok(documents)
    }

    /// A patch of `patchesJson6902`; `text_key` is the key of the text in place.
    pub(super) fn json_6902(&mut self, by: FileId, entry: &Node, text_key: &str, all: &mut Accumulated) -> Outcome<()> {
        let stated = |key: &str| entry.get(key).filter(|node| !value(node).is_empty());
        let target = entry.get("target").map(Selector::of).unwrap_or_default();
        if target.name.is_empty() {
            return Err(String::from("the `target` of a JSON patch needs a `name`"));
        }
        let documents = match (stated(text_key), stated("path")) {
            (None, None) => return Err(format!("a JSON patch needs `{text_key}` or `path`")),
            (Some(_), Some(_)) => return Err(format!("`{text_key}` and `path` exclude each other")),
            (Some(text), None) => self.patch_text(value(text).trim(), load::embedded(self.corpus, text))?,
            (None, Some(path)) => match self.file_of(by, path, value(path), "patch") {
                Some(file) => {
                    let text = self.corpus.text(file).unwrap_or_default();
                    self.patch_text(text, load::documents(self.corpus, file).clone())?
                }
                None => return Ok(()),
            },
        };
        let Patch::Json(operations) = Patch::of(&documents, entry.at, &mut self.problems)? else {
            return Err(String::from("a JSON patch is a list of operations, and this is none"));
        };
        if operations.is_empty() {
            return Err(String::from("the patch is empty"));
        }
        all.select(&target)?.into_iter().try_for_each(|index| patch::apply_json(&mut all.objects[index], &operations))
    }

    /// An entry of `replacements`: in place, or a file of them.
    pub(super) fn replacements(&mut self, by: FileId, entry: &Node, all: &mut Accumulated) {
        let Some(path) = entry.get("path").filter(|path| !value(path).is_empty()) else {
            let done = replacement::apply(all, entry);
            self.settle(entry.at, done, all);
            return;
        };
        if entry.get("source").is_some() || entry.get("targets").is_some() {
            self.problem(entry.at, "a replacement stands in place or in a file, not in both; kustomize refuses it");
        }
        let Some(file) = self.file_of(by, path, value(path), "replacement") else { return };
        let Some(root) = load::documents(self.corpus, file).roots.first().cloned() else {
            self.problem(path.at, "the file holds no replacement");
            return;
        };
        let list = file::replacements(root, &mut self.problems);
        for inner in list.items() {
            let done = replacement::apply(all, inner);
            self.settle(inner.at, done, all);
        }
    }
}

/// Notes on all objects that a transformer ran. What has no origin yet was made by it.
pub(super) fn note(origin: &Origin, all: &mut Accumulated) {
    for object in all.objects.iter_mut() {
        match object.origin {
            Some(_) => object.transformations.push(origin.clone()),
            None => object.origin = Some(origin.clone()),
        }
    }
}

/// Field specifications of a transformer that is given as a file.
pub(super) fn specs_of(config: &Node) -> Vec<FieldSpec> {
    config.get("fieldSpecs").map(super::config::field_specs).unwrap_or_default()
}
