//! One Kubernetes object: its kind, name and namespace, over its tree.

use crate::tree::Node;

/// An object and the parts of it that everybody asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'n> {
    /// The whole object.
    pub(super) node: &'n Node,
    /// `apps/v1`.
    pub(super) api_version: &'n str,
    /// `Deployment`.
    pub(super) kind: &'n str,
    /// `metadata.name`; `metadata.generateName` where that is all there is.
    pub(super) name: &'n str,
}

impl<'n> Object<'n> {
    /// The object, where the tree is one.
    pub(super) fn of(node: &'n Node) -> Option<Self> {
        let metadata = node.get("metadata")?;
        let name = metadata.str_at("name").or_else(|| metadata.str_at("generateName"))?;
        Some(Self { node, api_version: node.str_at("apiVersion")?, kind: node.str_at("kind")?, name })
    }

    /// The group of its API; empty for the core group.
    pub(super) fn group(&self) -> &'n str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// `metadata.namespace`, where stated.
    pub(super) fn namespace(&self) -> Option<&'n str> {
        self.node.get("metadata")?.str_at("namespace")
    }

    /// `spec`.
    pub(super) fn spec(&self) -> Option<&'n Node> {
        self.node.get("spec")
    }

    /// A metadata annotation.
    pub(super) fn annotation(&self, key: &str) -> Option<&'n Node> {
        self.node.get("metadata")?.get("annotations")?.get(key)
    }

    /// The node that its name stands in, for evidence.
    pub(super) fn name_node(&self) -> &'n Node {
        let metadata = self.node.get("metadata");
        metadata.and_then(|m| m.get("name").or_else(|| m.get("generateName"))).unwrap_or(self.node)
    }
}

/// The texts of a mapping, in order.
pub(super) fn pairs(node: Option<&Node>) -> Vec<(String, String)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|e| Some((e.key.clone(), e.value.as_str()?.to_owned()))).collect()
}

/// Whether labels hold every pair that a selector asks for; an empty selector selects nothing.
pub(super) fn selects(selector: &[(String, String)], labels: &[(String, String)]) -> bool {
    !selector.is_empty() && selector.iter().all(|pair| labels.contains(pair))
}
