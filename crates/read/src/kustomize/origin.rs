//! Build metadata: annotations that say where an object comes from and what changed it, and the label of the builder.

use super::fields::{entry, write_out};
use super::object::{NEEDS_HASH, Object};
use crate::tree::Node;

/// The kustomize whose behaviour this is, as `managedByLabel` names it.
const BUILDER: &str = "kustomize-v5.7.1";

const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// Where something comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The file that states an object, relative to the folder that is built.
    pub(super) path: String,
    /// The file that configures a generator or transformer.
    pub(super) configured_in: String,
    /// What is configured: API version, kind, name, namespace.
    pub(super) configured_by: Option<[String; 4]>,
}

impl Origin {
    /// The origin of what a built-in generator makes or a built-in transformer changes.
    pub(super) fn built_in(configured_in: &str, kind: &str) -> Self {
        let by = ["builtin", kind, "", ""].map(str::to_owned);
        Self { configured_in: configured_in.to_owned(), configured_by: Some(by), ..Self::default() }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut push = |indent: &str, key: &str, text: &str| {
            if !text.is_empty() {
                lines.push(format!("{indent}{key}: {text}"));
            }
        };
        push("", "path", &self.path);
        push("", "configuredIn", &self.configured_in);
        if let Some([api_version, kind, name, namespace]) = &self.configured_by {
            push("", "configuredBy", " ");
            push("  ", "apiVersion", api_version);
            push("  ", "kind", kind);
            push("  ", "name", name);
            push("  ", "namespace", namespace);
        }
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }
}

/// Which build metadata is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub(super) origins: bool,
    pub(super) transformers: bool,
    pub(super) managed_by: bool,
}

impl Wanted {
    /// Reads the list `buildMetadata`.
    pub(super) fn of(list: Option<&Node>) -> Self {
        let items = list.map(Node::items).unwrap_or_default();
        let has = |option: &str| items.iter().any(|item| item.as_str() == Some(option));
        Self {
            origins: has("originAnnotations"),
            transformers: has("transformerAnnotations"),
            managed_by: has("managedByLabel"),
        }
    }

    /// Whether origins must be followed.
    pub(super) fn any(self) -> bool {
        self.origins || self.transformers || self.managed_by
    }

    /// Writes what is asked for, and takes out what was noted on the way.
    pub(super) fn finish(self, object: &mut Object) {
        for key in NOTED {
            take_annotation(object, key);
        }
        if self.managed_by {
            set(object, "labels", MANAGED_BY, BUILDER);
        }
        if self.origins
            && let Some(origin) = object.origin.clone()
        {
            set(object, "annotations", ORIGIN, &format!("{}\n", origin.lines().join("\n")));
        }
        if self.transformers && !object.transformations.is_empty() {
            let texts: Vec<String> =
                object.transformations.iter().map(|each| format!("- {}\n", each.lines().join("\n  "))).collect();
            set(object, "annotations", TRANSFORMATIONS, &texts.concat());
        }
        if self.managed_by {
            object.settle_texts("labels");
        }
        // Kustomize writes all annotations anew at the end, so that numbers and booleans among them become texts.
        object.settle_texts("annotations");
        write_out(&mut object.node);
    }
}

/// Annotations with which kustomize and functions take notes; none of them is in the output.
const NOTED: [&str; 19] = [
    ORIGIN,
    TRANSFORMATIONS,
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/suffixes",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/generatorBehavior",
    NEEDS_HASH,
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
];

fn take_annotation(object: &mut Object, key: &str) {
    if let Some(annotations) = object.node.get_mut("metadata").and_then(|meta| meta.get_mut("annotations")) {
        annotations.remove(key);
    }
}

fn set(object: &mut Object, field: &str, key: &str, text: &str) {
    let at = object.node.at;
    let Some(meta) = entry(&mut object.node, "metadata", || Node::mapping(at)) else { return };
    if let Some(map) = entry(meta, field, || Node::mapping(at)) {
        map.set(key, Node::text(text, at));
    }
}
