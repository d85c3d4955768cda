//! Which lists are merged item by item when a patch meets them, and by which keys.
//!
//! Kustomize knows this from the OpenAPI of Kubernetes, or from a schema that `openapi` names. Lists that no schema calls
//! merged are replaced as a whole, as are all lists of custom resources without a schema.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::fields::value;
use crate::tree::Node;

/// A type: its fields that lead to merged lists.
#[derive(Clone, Debug, Default)]
struct Type {
    fields: BTreeMap<String, Field>,
}

#[derive(Clone, Debug)]
enum Field {
    /// A mapping of a type.
    Object(String),
    /// A list that is merged by keys, and the type of its items. Without keys its items are texts.
    Merged(Vec<String>, Option<String>),
}

/// Types by name, and the type of each kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema {
    types: Arc<BTreeMap<String, Type>>,
    kinds: Arc<BTreeMap<(String, String), String>>,
}

/// The type of one node, where a schema knows it.
#[derive(Clone, Debug)]
pub(super) struct TypeOf(String);

/// What a schema says of one field.
pub(super) enum FieldOf {
    /// Nothing that matters.
    Plain,
    /// A mapping of a type.
    Object(TypeOf),
    /// A merged list.
    Merged(Vec<String>, Option<TypeOf>),
}

impl Schema {
    /// The types of Kubernetes.
    ///
    /// # Source
    /// Kubernetes OpenAPI of 1.21, which kustomize 5 carries: `x-kubernetes-patch-strategy`,
    /// `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys`.
    pub(super) fn built_in() -> Self {
        static BUILT_IN: LazyLock<Schema> = LazyLock::new(Schema::of_tables);
        BUILT_IN.clone()
    }

    fn of_tables() -> Self {
        let mut types: BTreeMap<String, Type> = BTreeMap::new();
        for (name, fields) in TYPES {
            let fields = fields.iter().map(|(field, how)| ((*field).to_owned(), how.owned())).collect();
            types.insert((*name).to_owned(), Type { fields });
        }
        let mut kinds = BTreeMap::new();
        for (api_version, names) in KINDS {
            for name in *names {
                // A kind that is no type of its own has metadata and nothing else that is merged.
                let of = if types.contains_key(*name) { name } else { "Object" };
                kinds.insert(((*api_version).to_owned(), (*name).to_owned()), of.to_owned());
            }
        }
        Self { types: Arc::new(types), kinds: Arc::new(kinds) }
    }

    /// The types of an OpenAPI document.
    pub(super) fn of_openapi(root: &Node) -> Self {
        let (mut types, mut kinds) = (BTreeMap::new(), BTreeMap::new());
        for entry in root.get("definitions").map(Node::entries).unwrap_or_default() {
            read_type(&entry.key, &entry.value, &mut types);
            let gvks = entry.value.get("x-kubernetes-group-version-kind").map(Node::items).unwrap_or_default();
            for gvk in gvks {
                let text = |key: &str| gvk.get(key).map(value).unwrap_or_default();
                let (group, version) = (text("group"), text("version"));
                let api = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
                kinds.insert((api, text("kind").to_owned()), entry.key.clone());
            }
        }
        Self { types: Arc::new(types), kinds: Arc::new(kinds) }
    }

    /// The types of both; where both know one, those of the other.
    pub(super) fn with(&self, other: &Self) -> Self {
        let (mut types, mut kinds) = ((*self.types).clone(), (*self.kinds).clone());
        types.extend((*other.types).clone());
        kinds.extend((*other.kinds).clone());
        Self { types: Arc::new(types), kinds: Arc::new(kinds) }
    }

    /// The type of a kind.
    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<TypeOf> {
        self.kinds.get(&(api_version.to_owned(), kind.to_owned())).cloned().map(TypeOf)
    }

    /// What is known of a field.
    pub(super) fn field(&self, of: &TypeOf, key: &str) -> FieldOf {
        match self.types.get(&of.0).and_then(|of| of.fields.get(key)) {
            None => FieldOf::Plain,
            Some(Field::Object(name)) => FieldOf::Object(TypeOf(name.clone())),
            Some(Field::Merged(keys, items)) => FieldOf::Merged(keys.clone(), items.clone().map(TypeOf)),
        }
    }
}

/// Reads one definition; types that are written in place get a name of their own.
fn read_type(name: &str, node: &Node, types: &mut BTreeMap<String, Type>) {
    let mut fields = BTreeMap::new();
    for entry in node.get("properties").map(Node::entries).unwrap_or_default() {
        let inner = format!("{name}/{}", entry.key);
        let property = &entry.value;
        let strategy = property.get("x-kubernetes-patch-strategy").map(value).unwrap_or_default();
        if let Some(items) = property.get("items") {
            if strategy.split(',').any(|each| each == "merge") {
                let type_name = type_name(&inner, items, types);
                fields.insert(entry.key.clone(), Field::Merged(merge_keys(property), Some(type_name)));
            }
        } else {
            let type_name = type_name(&inner, property, types);
            fields.insert(entry.key.clone(), Field::Object(type_name));
        }
    }
    types.insert(name.to_owned(), Type { fields });
}

fn type_name(inner: &str, node: &Node, types: &mut BTreeMap<String, Type>) -> String {
    if let Some(reference) = node.str_at("$ref") {
        return reference.trim_start_matches("#/definitions/").to_owned();
    }
    read_type(inner, node, types);
    inner.to_owned()
}

fn merge_keys(property: &Node) -> Vec<String> {
    if let Some(keys) = property.get("x-kubernetes-list-map-keys") {
        return keys.items().iter().map(|key| value(key).to_owned()).collect();
    }
    property.str_at("x-kubernetes-patch-merge-key").map(str::to_owned).into_iter().collect()
}

/// A field of the table below.
enum How {
    Is(&'static str),
    By(&'static [&'static str], &'static str),
}

use How::{By, Is};

impl How {
    fn owned(&self) -> Field {
        match self {
            Is(name) => Field::Object((*name).to_owned()),
            By(keys, items) => {
                let items = (!items.is_empty()).then(|| (*items).to_owned());
                Field::Merged(keys.iter().map(|key| (*key).to_owned()).collect(), items)
            }
        }
    }
}

const META: (&str, How) = ("metadata", Is("ObjectMeta"));
const CONDITIONS: (&str, How) = ("status", Is("Conditions"));
const TEMPLATED: (&str, How) = ("spec", Is("Templated"));

const TYPES: &[(&str, &[(&str, How)])] = &[
    ("Object", &[META]),
    ("ObjectMeta", &[("finalizers", By(&[], "")), ("ownerReferences", By(&["uid"], ""))]),
    ("Conditions", &[("conditions", By(&["type"], ""))]),
    ("MutatingWebhookConfiguration", &[META, ("webhooks", By(&["name"], ""))]),
    ("ValidatingWebhookConfiguration", &[META, ("webhooks", By(&["name"], ""))]),
    ("APIService", &[META, CONDITIONS]),
    ("Deployment", &[META, TEMPLATED, CONDITIONS]),
    ("DaemonSet", &[META, TEMPLATED, CONDITIONS]),
    ("ReplicaSet", &[META, TEMPLATED, CONDITIONS]),
    ("StatefulSet", &[META, TEMPLATED, CONDITIONS]),
    ("ReplicationController", &[META, TEMPLATED, CONDITIONS]),
    ("Job", &[META, TEMPLATED, CONDITIONS]),
    ("CronJob", &[META, ("spec", Is("CronJobSpec"))]),
    ("CronJobSpec", &[("jobTemplate", Is("JobTemplateSpec"))]),
    ("JobTemplateSpec", &[META, TEMPLATED]),
    ("PodTemplate", &[META, ("template", Is("PodTemplateSpec"))]),
    ("PodDisruptionBudget", &[META, CONDITIONS]),
    ("CSINode", &[META, ("spec", Is("CSINodeSpec"))]),
    ("CSINodeSpec", &[("drivers", By(&["name"], ""))]),
    ("ComponentStatus", &[META, ("conditions", By(&["type"], ""))]),
    ("Namespace", &[META, CONDITIONS]),
    ("Node", &[META, ("spec", Is("NodeSpec")), ("status", Is("NodeStatus"))]),
    ("NodeSpec", &[("podCIDRs", By(&[], ""))]),
    ("NodeStatus", &[("addresses", By(&["type"], "")), ("conditions", By(&["type"], ""))]),
    ("PersistentVolumeClaim", &[META, CONDITIONS]),
    ("Pod", &[META, ("spec", Is("PodSpec")), ("status", Is("PodStatus"))]),
    ("PodStatus", &[("conditions", By(&["type"], "")), ("podIPs", By(&["ip"], ""))]),
    ("Service", &[META, ("spec", Is("ServiceSpec")), CONDITIONS]),
    ("ServiceSpec", &[("ports", By(&["port", "protocol"], ""))]),
    ("ServiceAccount", &[META, ("secrets", By(&["name"], ""))]),
    ("Templated", &[("template", Is("PodTemplateSpec"))]),
    ("PodTemplateSpec", &[META, ("spec", Is("PodSpec"))]),
    (
        "PodSpec",
        &[
            ("containers", By(&["name"], "Container")),
            ("ephemeralContainers", By(&["name"], "EphemeralContainer")),
            ("hostAliases", By(&["ip"], "")),
            ("imagePullSecrets", By(&["name"], "")),
            ("initContainers", By(&["name"], "Container")),
            ("topologySpreadConstraints", By(&["topologyKey", "whenUnsatisfiable"], "")),
            ("volumes", By(&["name"], "Volume")),
        ],
    ),
    ("Volume", &[("ephemeral", Is("EphemeralVolumeSource"))]),
    ("EphemeralVolumeSource", &[("volumeClaimTemplate", Is("Object"))]),
    (
        "Container",
        &[
            ("env", By(&["name"], "")),
            ("ports", By(&["containerPort", "protocol"], "")),
            ("volumeDevices", By(&["devicePath"], "")),
            ("volumeMounts", By(&["mountPath"], "")),
        ],
    ),
    (
        "EphemeralContainer",
        &[
            ("env", By(&["name"], "")),
            ("volumeDevices", By(&["devicePath"], "")),
            ("volumeMounts", By(&["mountPath"], "")),
        ],
    ),
];

const RBAC_KINDS: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Kinds that the schema knows. Others, such as `autoscaling/v2` or `extensions/v1beta1` Deployments, have no schema.
const KINDS: &[(&str, &[&str])] = &[
    ("admissionregistration.k8s.io/v1", WEBHOOKS),
    ("admissionregistration.k8s.io/v1beta1", WEBHOOKS),
    ("apiextensions.k8s.io/v1", &["CustomResourceDefinition"]),
    ("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io/v1", &["APIService"]),
    ("apiregistration.k8s.io/v1beta1", &["APIService"]),
    ("apps/v1", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("authentication.k8s.io/v1", &["TokenRequest", "TokenReview"]),
    ("autoscaling/v1", &["HorizontalPodAutoscaler", "Scale"]),
    ("autoscaling/v2beta1", &["HorizontalPodAutoscaler"]),
    ("autoscaling/v2beta2", &["HorizontalPodAutoscaler"]),
    ("batch/v1", &["CronJob", "Job"]),
    ("batch/v1beta1", &["CronJob"]),
    ("certificates.k8s.io/v1", &["CertificateSigningRequest"]),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"]),
    ("coordination.k8s.io/v1", &["Lease"]),
    ("coordination.k8s.io/v1beta1", &["Lease"]),
    ("discovery.k8s.io/v1", &["EndpointSlice"]),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"]),
    ("events.k8s.io/v1", &["Event"]),
    ("events.k8s.io/v1beta1", &["Event"]),
    ("extensions/v1beta1", &["Ingress"]),
    ("flowcontrol.apiserver.k8s.io/v1beta1", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io/v1", &["Ingress", "IngressClass", "NetworkPolicy"]),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"]),
    ("node.k8s.io/v1", &["RuntimeClass"]),
    ("node.k8s.io/v1beta1", &["RuntimeClass"]),
    ("policy/v1", &["PodDisruptionBudget"]),
    ("policy/v1beta1", &["Eviction", "PodDisruptionBudget", "PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io/v1", RBAC_KINDS),
    ("rbac.authorization.k8s.io/v1beta1", RBAC_KINDS),
    ("scheduling.k8s.io/v1", &["PriorityClass"]),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"]),
    ("storage.k8s.io/v1", &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"]),
    ("storage.k8s.io/v1beta1", &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"]),
    (
        "v1",
        &[
            "Binding",
            "ComponentStatus",
            "ConfigMap",
            "Endpoints",
            "Event",
            "LimitRange",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "Pod",
            "PodTemplate",
            "ReplicationController",
            "ResourceQuota",
            "Secret",
            "Service",
            "ServiceAccount",
        ],
    ),
];
