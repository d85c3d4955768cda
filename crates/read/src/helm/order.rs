//! The order in which Helm installs objects.

use crate::tree::Node;

/// # Source
/// `InstallOrder` of `pkg/release/v1/util/kind_sorter.go`, Helm 4.1.
const KINDS: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Sorts by kind; kinds that Helm does not know come last, by name. Objects of a kind keep their order.
pub(super) fn sort(objects: &mut [Node]) {
    objects.sort_by_key(|object| {
        let kind = object.str_at("kind").unwrap_or_default();
        match KINDS.iter().position(|known| *known == kind) {
            Some(rank) => (rank, String::new()),
            None => (KINDS.len(), kind.to_owned()),
        }
    });
}
