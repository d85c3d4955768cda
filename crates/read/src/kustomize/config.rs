//! The transformer configuration: which fields the transformers know, built in and added by `configurations` and `crds`.
//!
//! # Source
//! Kustomize 5.7, `api/internal/konfig/builtinpluginconsts`.

use std::sync::{Arc, LazyLock};

use super::fields::{Outcome, value};
use super::fieldspec::{self, FieldSpec};
use super::id::Wanted;
use crate::tree::Node;

/// The fields that each transformer changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Config {
    pub(super) name_prefix: Vec<FieldSpec>,
    pub(super) name_suffix: Vec<FieldSpec>,
    pub(super) namespace: Vec<FieldSpec>,
    pub(super) common_labels: Vec<FieldSpec>,
    pub(super) labels: Vec<FieldSpec>,
    pub(super) template_labels: Vec<FieldSpec>,
    pub(super) common_annotations: Vec<FieldSpec>,
    pub(super) name_reference: Vec<NameReference>,
    pub(super) var_reference: Vec<FieldSpec>,
    pub(super) images: Vec<FieldSpec>,
    pub(super) replicas: Vec<FieldSpec>,
}

/// Fields that hold the name of an object of some kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NameReference {
    pub(super) to: Wanted,
    pub(super) from: Vec<FieldSpec>,
}

impl Config {
    /// The one that is built in. It is made once, so that whoever has it can be told from its address.
    pub(super) fn built_in() -> Arc<Self> {
        static BUILT_IN: LazyLock<Arc<Config>> = LazyLock::new(|| Arc::new(Config::of_tables()));
        Arc::clone(&BUILT_IN)
    }

    fn of_tables() -> Self {
        let mut config = Self {
            name_prefix: vec![FieldSpec::of_all("metadata/name", false)],
            name_suffix: vec![FieldSpec::of_all("metadata/name", false)],
            namespace: specs(NAMESPACE),
            common_labels: specs(SELECTOR_LABELS),
            labels: Vec::new(),
            template_labels: specs(METADATA_LABELS),
            common_annotations: specs(ANNOTATIONS),
            name_reference: name_references(),
            var_reference: var_references(),
            images: IMAGES.iter().map(|path| FieldSpec::of_all(path, true)).collect(),
            replicas: specs(REPLICAS),
        };
        config.common_labels.extend(specs(METADATA_LABELS));
        // Once through the rules of merging, so that adding it to itself later changes nothing.
        let mut settled = Self::default();
        settled.merge(&config).expect("the tables do not contradict each other, or no test of this crate would pass");
        settled
    }

    /// Whether it has no field at all.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what another one has beyond this.
    pub(super) fn merge(&mut self, other: &Self) -> Outcome<()> {
        for (into, from) in [
            (&mut self.name_prefix, &other.name_prefix),
            (&mut self.name_suffix, &other.name_suffix),
            (&mut self.namespace, &other.namespace),
            (&mut self.common_labels, &other.common_labels),
            (&mut self.labels, &other.labels),
            (&mut self.template_labels, &other.template_labels),
            (&mut self.common_annotations, &other.common_annotations),
            (&mut self.var_reference, &other.var_reference),
            (&mut self.images, &other.images),
            (&mut self.replicas, &other.replicas),
        ] {
            fieldspec::merge(into, from)?;
        }
        for reference in &other.name_reference {
            match self.name_reference.iter_mut().find(|has| has.to == reference.to) {
                Some(has) => fieldspec::merge(&mut has.from, &reference.from)?,
                None => self.name_reference.push(reference.clone()),
            }
        }
        self.sort();
        Ok(())
    }

    fn sort(&mut self) {
        self.name_reference.sort_by_key(|reference| reference.to.gvk().sort_key());
        for specs in [
            &mut self.name_prefix,
            &mut self.name_suffix,
            &mut self.namespace,
            &mut self.common_labels,
            &mut self.common_annotations,
            &mut self.var_reference,
            &mut self.images,
            &mut self.replicas,
        ] {
            specs.sort_by_key(|spec| spec.on.gvk().sort_key());
        }
    }

    /// One that a file of `configurations` states.
    pub(super) fn of_file(root: &Node) -> Self {
        let list = |key: &str| root.get(key).map(field_specs).unwrap_or_default();
        Self {
            name_prefix: list("namePrefix"),
            name_suffix: list("nameSuffix"),
            namespace: list("namespace"),
            common_labels: list("commonLabels"),
            labels: list("labels"),
            template_labels: list("templateLabels"),
            common_annotations: list("commonAnnotations"),
            var_reference: list("varReference"),
            images: list("images"),
            replicas: list("replicas"),
            name_reference: root.get("nameReference").map_or_else(Vec::new, |references| {
                let reference = |node: &Node| NameReference {
                    to: wanted(node),
                    from: node.get("fieldSpecs").map(field_specs).unwrap_or_default(),
                };
                references.items().iter().map(reference).collect()
            }),
        }
    }
}

/// What the definitions of custom resources say of their fields (`crds`).
pub(super) fn of_definitions(root: &Node) -> Config {
    let mut config = Config::default();
    for entry in root.entries() {
        let has = |key: &str| entry.value.at_path(&["Schema", "properties", key]).is_some();
        if has("kind") && has("apiVersion") && has("metadata") {
            let kind = entry.key.rsplit('.').next().unwrap_or_default();
            add_definition(&mut config, kind, root, &entry.key, &mut Vec::new());
        }
    }
    config
}

/// Definitions may name each other in a circle; deeper than this no field is told apart.
const DEFINITIONS_DEEP: usize = 16;

fn add_definition(config: &mut Config, kind: &str, root: &Node, name: &str, path: &mut Vec<String>) {
    let Some(properties) = root.get(name).and_then(|node| node.at_path(&["Schema", "properties"])) else { return };
    if path.len() >= DEFINITIONS_DEEP {
        return;
    }
    let on = Wanted { kind: kind.to_owned(), ..Wanted::default() };
    for property in properties.entries() {
        path.push(property.key.clone());
        let text = |key: &str| property.value.get(key).map(value);
        let spec = FieldSpec { on: on.clone(), path: path.join("/"), create: false };
        if text("x-kubernetes-annotation").is_some() {
            config.common_annotations.push(spec.clone());
        }
        if text("x-kubernetes-label-selector").is_some() {
            config.common_labels.push(spec.clone());
        }
        if text("x-kubernetes-identity").is_some() {
            config.name_prefix.push(spec.clone());
        }
        let version = text("x-kubernetes-object-ref-api-version");
        if let (Some(version), Some(to)) = (version, text("x-kubernetes-object-ref-kind")) {
            let key = text("x-kubernetes-object-ref-name-key").unwrap_or("name");
            let to = Wanted { version: version.to_owned(), kind: to.to_owned(), ..Wanted::default() };
            let path = format!("{}/{key}", spec.path);
            config.name_reference.push(NameReference { to, from: vec![FieldSpec { path, ..spec }] });
        }
        if let Some(inner) = text("$ref") {
            add_definition(config, kind, root, inner, path);
        }
        path.pop();
    }
}

/// Group, version and kind as a mapping states them.
pub(super) fn wanted(node: &Node) -> Wanted {
    let text = |key: &str| node.get(key).map(value).unwrap_or_default().to_owned();
    Wanted { group: text("group"), version: text("version"), kind: text("kind") }
}

/// Field specifications as a list states them.
pub(super) fn field_specs(list: &Node) -> Vec<FieldSpec> {
    let spec = |node: &Node| FieldSpec {
        on: wanted(node),
        path: node.get("path").map(value).unwrap_or_default().to_owned(),
        create: node.get("create").and_then(Node::as_bool).unwrap_or_default(),
    };
    list.items().iter().map(spec).collect()
}

/// A row of a table: group, version and kind (empty: any), path, whether it is made where missing.
type Row = (&'static str, &'static str, &'static str, &'static str, bool);

fn specs(rows: &[Row]) -> Vec<FieldSpec> {
    rows.iter().map(|row| spec(*row)).collect()
}

fn spec((group, version, kind, path, create): Row) -> FieldSpec {
    let on = Wanted { group: group.to_owned(), version: version.to_owned(), kind: kind.to_owned() };
    FieldSpec { on, path: path.to_owned(), create }
}

const NAMESPACE: &[Row] = &[
    ("", "", "Namespace", "metadata/name", true),
    ("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
    (
        "apiextensions.k8s.io",
        "",
        "CustomResourceDefinition",
        "spec/conversion/webhook/clientConfig/service/namespace",
        false,
    ),
];

const AFFINITY_PREFERRED: &str = "spec/template/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels";
const AFFINITY_REQUIRED: &str =
    "spec/template/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels";
const ANTI_AFFINITY_PREFERRED: &str = "spec/template/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels";
const ANTI_AFFINITY_REQUIRED: &str = "spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels";
const SPREAD: &str = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels";

const SELECTOR_LABELS: &[Row] = &[
    ("", "v1", "Service", "spec/selector", true),
    ("", "v1", "ReplicationController", "spec/selector", true),
    ("", "", "Deployment", "spec/selector/matchLabels", true),
    ("apps", "", "Deployment", AFFINITY_PREFERRED, false),
    ("apps", "", "Deployment", AFFINITY_REQUIRED, false),
    ("apps", "", "Deployment", ANTI_AFFINITY_PREFERRED, false),
    ("apps", "", "Deployment", ANTI_AFFINITY_REQUIRED, false),
    ("apps", "", "Deployment", SPREAD, false),
    ("", "", "ReplicaSet", "spec/selector/matchLabels", true),
    ("", "", "DaemonSet", "spec/selector/matchLabels", true),
    ("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
    ("apps", "", "StatefulSet", AFFINITY_PREFERRED, false),
    ("apps", "", "StatefulSet", AFFINITY_REQUIRED, false),
    ("apps", "", "StatefulSet", ANTI_AFFINITY_PREFERRED, false),
    ("apps", "", "StatefulSet", ANTI_AFFINITY_REQUIRED, false),
    ("apps", "", "StatefulSet", SPREAD, false),
    ("batch", "", "Job", "spec/selector/matchLabels", false),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
    ("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/ingress/from/podSelector/matchLabels", false),
    ("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
];

const METADATA_LABELS: &[Row] = &[
    ("", "", "", "metadata/labels", true),
    ("", "v1", "ReplicationController", "spec/template/metadata/labels", true),
    ("", "", "Deployment", "spec/template/metadata/labels", true),
    ("", "", "ReplicaSet", "spec/template/metadata/labels", true),
    ("", "", "DaemonSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/template/metadata/labels", true),
    ("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true),
    ("batch", "", "Job", "spec/template/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/labels", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/labels", true),
];

const ANNOTATIONS: &[Row] = &[
    ("", "", "", "metadata/annotations", true),
    ("", "v1", "ReplicationController", "spec/template/metadata/annotations", true),
    ("", "", "Deployment", "spec/template/metadata/annotations", true),
    ("", "", "ReplicaSet", "spec/template/metadata/annotations", true),
    ("", "", "DaemonSet", "spec/template/metadata/annotations", true),
    ("", "", "StatefulSet", "spec/template/metadata/annotations", true),
    ("batch", "", "Job", "spec/template/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/metadata/annotations", true),
    ("batch", "", "CronJob", "spec/jobTemplate/spec/template/metadata/annotations", true),
];

const IMAGES: [&str; 6] = [
    "spec/containers[]/image",
    "spec/initContainers[]/image",
    "spec/volumes[]/image/reference",
    "spec/template/spec/containers[]/image",
    "spec/template/spec/initContainers[]/image",
    "spec/template/spec/volumes[]/image/reference",
];

const REPLICAS: &[Row] = &[
    ("", "", "Deployment", "spec/replicas", true),
    ("", "", "ReplicationController", "spec/replicas", true),
    ("", "", "ReplicaSet", "spec/replicas", true),
    ("", "", "StatefulSet", "spec/replicas", true),
];

/// Where each kind keeps the specification of its pods.
const POD_SPECS: [(&str, &str); 9] = [
    ("Pod", "spec"),
    ("PodTemplate", "template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("ReplicationController", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
];

fn pod_spec(kind: &str) -> &'static str {
    POD_SPECS.iter().find(|(has, _)| *has == kind).map_or("", |(_, path)| path)
}

/// Kinds whose pods may name ConfigMaps and Secrets.
const NAME_DATA: [&str; 8] =
    ["Pod", "PodTemplate", "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "Job", "CronJob"];

/// Kinds whose pods may name a service account, a claim or a priority.
const NAME_OTHERS: [&str; 7] =
    ["Pod", "StatefulSet", "Deployment", "ReplicationController", "CronJob", "Job", "DaemonSet"];

const TO_CONFIG_MAP: [&str; 6] = [
    "volumes/configMap/name",
    "containers/env/valueFrom/configMapKeyRef/name",
    "initContainers/env/valueFrom/configMapKeyRef/name",
    "containers/envFrom/configMapRef/name",
    "initContainers/envFrom/configMapRef/name",
    "volumes/projected/sources/configMap/name",
];

const TO_SECRET: [&str; 7] = [
    "volumes/secret/secretName",
    "containers/env/valueFrom/secretKeyRef/name",
    "initContainers/env/valueFrom/secretKeyRef/name",
    "containers/envFrom/secretRef/name",
    "initContainers/envFrom/secretRef/name",
    "imagePullSecrets/name",
    "volumes/projected/sources/secret/name",
];

/// References from the pods of some kinds.
fn from_pods(kinds: &[&str], fields: &[&str], pod_version: &str) -> Vec<FieldSpec> {
    let mut out = Vec::new();
    for kind in kinds {
        for field in fields {
            let version = if *kind == "Pod" { pod_version } else { "" };
            let on = Wanted { version: version.to_owned(), kind: (*kind).to_owned(), ..Wanted::default() };
            out.push(FieldSpec { on, path: format!("{}/{field}", pod_spec(kind)), create: false });
        }
    }
    out
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

const OTHERS_TO_CONFIG_MAP: &[Row] = &[
    ("", "", "Node", "spec/configSource/configMap", false),
    ("", "", "Role", "rules/resourceNames", false),
    ("", "", "ClusterRole", "rules/resourceNames", false),
    ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap", false),
];

const OTHERS_TO_SECRET: &[Row] = &[
    ("", "", "Ingress", "spec/tls/secretName", false),
    ("", "", "Ingress", "metadata/annotations/ingress.kubernetes.io\\/auth-secret", false),
    ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret", false),
    ("", "", "Ingress", "metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret", false),
    ("", "", "ServiceAccount", "imagePullSecrets/name", false),
    ("", "", "StorageClass", "parameters/secretName", false),
    ("", "", "StorageClass", "parameters/adminSecretName", false),
    ("", "", "StorageClass", "parameters/userSecretName", false),
    ("", "", "StorageClass", "parameters/secretRef", false),
    ("", "", "Role", "rules/resourceNames", false),
    ("", "", "ClusterRole", "rules/resourceNames", false),
    ("serving.knative.dev", "v1", "Service", "spec/template/spec/containers/env/valueFrom/secretKeyRef/name", false),
    ("", "", "PersistentVolume", "spec/azureFile/secretName", false),
];

const TO_SERVICE: &[Row] = &[
    ("apps", "", "StatefulSet", "spec/serviceName", false),
    ("", "", "Ingress", "spec/rules/http/paths/backend/serviceName", false),
    ("", "", "Ingress", "spec/backend/serviceName", false),
    ("", "", "Ingress", "spec/rules/http/paths/backend/service/name", false),
    ("", "", "Ingress", "spec/defaultBackend/service/name", false),
    ("apiregistration.k8s.io", "", "APIService", "spec/service/name", false),
    (ADMISSION, "", "ValidatingWebhookConfiguration", "webhooks/clientConfig/service", false),
    (ADMISSION, "", "MutatingWebhookConfiguration", "webhooks/clientConfig/service", false),
];

/// References to the kinds that nothing but a few fields name: group, version and kind of the target, and the fields.
const OTHERS: &[(&str, &str, &str, &[Row])] = &[
    (RBAC, "", "Role", &[(RBAC, "", "RoleBinding", "roleRef/name", false)]),
    (
        RBAC,
        "",
        "ClusterRole",
        &[(RBAC, "", "RoleBinding", "roleRef/name", false), (RBAC, "", "ClusterRoleBinding", "roleRef/name", false)],
    ),
    (
        "",
        "v1",
        "PersistentVolume",
        &[
            ("", "", "PersistentVolumeClaim", "spec/volumeName", false),
            ("", "", "ClusterRole", "rules/resourceNames", false),
        ],
    ),
    (
        "storage.k8s.io",
        "v1",
        "StorageClass",
        &[
            ("", "", "PersistentVolume", "spec/storageClassName", false),
            ("", "", "PersistentVolumeClaim", "spec/storageClassName", false),
            ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName", false),
        ],
    ),
    // The group that kustomize states here is none that exists, so that no reference is ever found: kept as it is.
    ("networking.k8s.io/v1", "v1", "IngressClass", &[("", "", "Ingress", "spec/ingressClassName", false)]),
    (
        ADMISSION,
        "",
        "ValidatingAdmissionPolicy",
        &[(ADMISSION, "", "ValidatingAdmissionPolicyBinding", "spec/policyName", false)],
    ),
];

fn name_references() -> Vec<NameReference> {
    let to = |group: &str, version: &str, kind: &str| Wanted {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
    };
    let scaled = specs(&[("", "", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name", false)]);
    let subjects =
        specs(&[(RBAC, "", "RoleBinding", "subjects", false), (RBAC, "", "ClusterRoleBinding", "subjects", false)]);
    let mut out: Vec<NameReference> = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
        .iter()
        .map(|kind| NameReference { to: to("", "", kind), from: scaled.clone() })
        .collect();
    let joined = |mut first: Vec<FieldSpec>, second: Vec<FieldSpec>| {
        first.extend(second);
        first
    };
    let pods = |field: &str| from_pods(&NAME_OTHERS, &[field], "");
    let data = |fields: &[&str], others: &[Row]| joined(from_pods(&NAME_DATA, fields, "v1"), specs(others));
    out.extend([
        NameReference { to: to("", "v1", "ConfigMap"), from: data(&TO_CONFIG_MAP, OTHERS_TO_CONFIG_MAP) },
        NameReference { to: to("", "v1", "Secret"), from: data(&TO_SECRET, OTHERS_TO_SECRET) },
        NameReference { to: to("", "v1", "Service"), from: specs(TO_SERVICE) },
        NameReference { to: to("", "v1", "ServiceAccount"), from: joined(subjects, pods("serviceAccountName")) },
        NameReference {
            to: to("", "v1", "PersistentVolumeClaim"),
            from: pods("volumes/persistentVolumeClaim/claimName"),
        },
        NameReference { to: to("scheduling.k8s.io", "v1", "PriorityClass"), from: pods("priorityClassName") },
    ]);
    for (group, version, kind, rows) in OTHERS {
        out.push(NameReference { to: to(group, version, kind), from: specs(rows) });
    }
    out
}

/// Fields of containers in which `$(NAME)` stands for a var.
const VARS_IN_PODS: [&str; 9] = [
    "containers/args",
    "containers/command",
    "containers/env/value",
    "containers/volumeMounts/mountPath",
    "initContainers/args",
    "initContainers/command",
    "initContainers/env/value",
    "initContainers/volumeMounts/mountPath",
    "volumes/nfs/server",
];

const VARS_ELSEWHERE: &[Row] = &[
    ("", "", "CronJob", "spec/jobTemplate/spec/template/volumes/nfs/server", false),
    ("", "", "Deployment", "spec/template/metadata/annotations", false),
    ("", "", "Ingress", "spec/rules/host", false),
    ("", "", "Ingress", "spec/tls/hosts", false),
    ("", "", "Ingress", "spec/tls/secretName", false),
    ("", "", "Service", "spec/ports/port", false),
    ("", "", "Service", "spec/ports/targetPort", false),
    ("", "", "StatefulSet", "spec/volumeClaimTemplates/spec/nfs/server", false),
    ("", "", "PersistentVolume", "spec/nfs/server", false),
    ("", "", "", "metadata/labels", false),
    ("", "", "", "metadata/annotations", false),
];

fn var_references() -> Vec<FieldSpec> {
    let all = from_pods(&["DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet"], &VARS_IN_PODS, "");
    let without_nfs = from_pods(&["CronJob", "StatefulSet"], &VARS_IN_PODS[..8], "");
    all.into_iter().chain(without_nfs).chain(specs(VARS_ELSEWHERE)).collect()
}
