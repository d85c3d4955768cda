//! Workloads: the objects that make pods.

use plimsoll_model::{Content, Field, Support, Value};

use super::container::{self, texts};
use super::environment::{self, ConfigMaps};
use super::object::{Object, pairs};
use super::pod;
use crate::facts::{
    About, Claim, Container, Facts, LooseName, MountedFile, Origin, Role, Spelled, Unit, Variable, VariantId,
};
use crate::join::products;
use crate::redact;
use crate::tree::Node;

/// Whether the object makes pods.
pub(super) fn is_workload(object: &Object<'_>) -> bool {
    pod_path(object).is_some()
}

/// Where the pod's spec and metadata stand: the path of the template, empty for a pod itself.
fn pod_path(object: &Object<'_>) -> Option<&'static [&'static str]> {
    match (object.group(), object.kind) {
        ("", "Pod") => Some(&[]),
        ("apps" | "extensions", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job")
        | ("argoproj.io", "Rollout")
        | ("apps.openshift.io" | "", "DeploymentConfig")
        | ("serving.knative.dev", "Service")
        | ("apps.kruise.io", "CloneSet" | "StatefulSet" | "DaemonSet") => Some(&["spec", "template"]),
        ("batch", "CronJob") => Some(&["spec", "jobTemplate", "spec", "template"]),
        _ => None,
    }
}

/// Reads a workload into a unit and its claims. Other objects are left alone.
pub(super) fn read(variant: VariantId, source: u32, object: &Object<'_>, maps: &ConfigMaps<'_>, facts: &mut Facts) {
    let Some(path) = pod_path(object) else { return };
    let Some(template) = object.node.at_path(path) else { return };
    let Some(spec) = template.get("spec") else { return };
    let index = facts.units.len();
    let volumes: Vec<&Node> = spec.get("volumes").map(Node::items).unwrap_or_default().iter().collect();
    let (containers, main) = containers(object, spec, &volumes, maps);
    let mut labels = pairs(template.at_path(&["metadata", "labels"]));
    labels.sort();
    facts.units.push(Unit {
        variant,
        form: object.kind.to_owned(),
        name: object.name.trim_end_matches('-').to_owned(),
        namespace: object.namespace().map(str::to_owned),
        labels,
        hostnames: hostnames(object, spec),
        networks: Vec::new(),
        containers,
        technology: None,
        build: None,
        source,
        support: support(object),
        starts_after: Vec::new(),
        origin: Origin::of(object.name_node()),
    });
    note_missing_maps(index, spec, maps, facts);
    claims(object, template, spec, index, facts);
    if let Some(main) = main {
        container::claim(main, index, facts);
    }
}

fn hostnames(object: &Object<'_>, spec: &Node) -> Vec<String> {
    let service = object.spec().and_then(|s| s.str_at("serviceName"));
    let own = spec.str_at("hostname");
    own.into_iter().chain(service).map(str::to_owned).collect()
}

/// Test pods say so themselves: Helm's test hook.
fn support(object: &Object<'_>) -> Option<Support> {
    let hook = object.annotation("helm.sh/hook").and_then(Node::as_str)?;
    hook.split(',').any(|each| each.trim().starts_with("test")).then_some(Support::Testing)
}

/// All containers, the main one first, and the main one's node.
fn containers<'n>(
    object: &Object<'_>,
    spec: &'n Node,
    volumes: &[&Node],
    maps: &ConfigMaps<'_>,
) -> (Vec<Container>, Option<&'n Node>) {
    let plain = spec.get("containers").map(Node::items).unwrap_or_default();
    let main = main_container(object.name, plain);
    let init = spec.get("initContainers").map(Node::items).unwrap_or_default();
    let role = |node: &Node| if node.str_at("restartPolicy") == Some("Always") { Role::Sidecar } else { Role::Init };
    let mut out = Vec::new();
    out.extend(main.map(|node| container::read(node, Role::Main, volumes, maps)));
    if !takes_map(spec, object.name)
        && let Some(main) = out.first_mut()
    {
        found_by_name(object, maps, main);
    }
    let beside = plain.iter().filter(|node| !main.is_some_and(|main| std::ptr::eq(*node, main)));
    out.extend(beside.map(|node| container::read(node, Role::Sidecar, volumes, maps)));
    out.extend(init.iter().map(|node| container::read(node, role(node), volumes, maps)));
    (out, main)
}

/// Whether the pod says that it takes a ConfigMap of that name.
fn takes_map(spec: &Node, map: &str) -> bool {
    let items = |node: &'_ Node, key: &str| node.get(key).map(Node::items).unwrap_or_default().to_vec();
    let named = |node: &Node, path: &[&str]| node.at_path(path).and_then(Node::as_str) == Some(map);
    let containers = ["containers", "initContainers"].iter().flat_map(|key| items(spec, key));
    let taken = containers.into_iter().any(|container| {
        items(&container, "envFrom").iter().any(|from| named(from, &["configMapRef", "name"]))
            || items(&container, "env").iter().any(|entry| named(entry, &["valueFrom", "configMapKeyRef", "name"]))
    });
    taken || items(spec, "volumes").iter().any(|volume| named(volume, &["configMap", "name"]))
}

/// What a program takes from the ConfigMap that is called like it, although its pod does not say so.
fn found_by_name(object: &Object<'_>, maps: &ConfigMaps<'_>, main: &mut Container) {
    for (key, value) in maps.of_program(object.name) {
        let Some(text) = environment::file_text(key, value, object.name_node()) else { continue };
        let plain_secret = value.as_str().is_some_and(|value| redact::is_plain_secret(key, value));
        if key.starts_with("application.") {
            main.files.push(MountedFile { path: format!("/config/{key}"), file: None, text: Some(text) });
        } else if !main.environment.iter().any(|known| known.name == key) {
            let Spelled { text, origin } = text;
            main.environment.push(Variable { name: key.to_owned(), value: Some(text), plain_secret, origin });
        }
    }
}

/// The container that does the work: the one named like the workload, else the first that is no known sidecar.
fn main_container<'n>(workload: &str, containers: &'n [Node]) -> Option<&'n Node> {
    let named = containers.iter().find(|node| node.str_at("name") == Some(workload));
    let working = || containers.iter().find(|node| !is_sidecar(node));
    named.or_else(working).or_else(|| containers.first())
}

fn is_sidecar(node: &Node) -> bool {
    products::is_sidecar(node.str_at("name").unwrap_or_default(), node.str_at("image").unwrap_or_default())
}

/// ConfigMaps that are asked for and not declared lead nowhere.
fn note_missing_maps(unit: usize, spec: &Node, maps: &ConfigMaps<'_>, facts: &mut Facts) {
    let mut missing: Vec<(String, Origin)> = Vec::new();
    let containers = ["containers", "initContainers"].iter().filter_map(|key| spec.get(key)).flat_map(Node::items);
    for container in containers {
        let from =
            container.get("envFrom").map(Node::items).unwrap_or_default().iter().filter_map(|e| e.get("configMapRef"));
        let keys = container.get("env").map(Node::items).unwrap_or_default();
        let keys = keys.iter().filter_map(|e| e.at_path(&["valueFrom", "configMapKeyRef"]));
        for reference in from.chain(keys) {
            let optional = reference.get("optional").and_then(Node::as_bool) == Some(true);
            if let Some(node) = reference.get("name").filter(|_| !optional)
                && let Some(name) = node.as_str()
                && !maps.has(name)
                && !missing.iter().any(|(known, _)| known == name)
            {
                missing.push((name.to_owned(), Origin::of(node)));
            }
        }
    }
    for (name, origin) in missing {
        facts.loose.push(LooseName {
            kind: plimsoll_model::LooseKind::DanglingReference,
            by: Some(About::Unit(unit)),
            message: format!("the ConfigMap `{name}` is used here and declared nowhere in this variant"),
            name,
            origin,
        });
    }
}

/// Claims of the workload and its pod.
fn claims(object: &Object<'_>, template: &Node, spec: &Node, unit: usize, facts: &mut Facts) {
    let name = object.name_node();
    let mut add = |field, content, note: &str, node: &Node| {
        let origin = Origin::of(node);
        facts.claims.push(Claim { of: About::Unit(unit), field, content, note: note.to_owned(), origin });
    };
    let stated = Content::Stated;
    add(Field::Workload, stated(Value::Text(object.kind.to_owned())), object.kind, name);
    let own = object.spec();
    if let Some(namespace) = object.node.at_path(&["metadata", "namespace"])
        && let Some(text) = namespace.as_str()
    {
        add(Field::Namespace, stated(Value::Text(text.to_owned())), "namespace", namespace);
    }
    match own.and_then(|spec| spec.get("replicas")) {
        Some(node) if node.as_u64().is_some() => {
            let count = node.as_u64().unwrap_or_default();
            add(Field::Replicas, stated(Value::Count(count)), &format!("replicas: {count}"), node);
        }
        _ if matches!(object.kind, "DaemonSet" | "Pod" | "Job" | "CronJob") => {}
        _ => add(Field::Replicas, Content::Absent, "no `replicas` in the workload", name),
    }
    if let Some(node) = own.and_then(|spec| spec.get("schedule"))
        && let Some(text) = node.as_str()
    {
        add(Field::Schedule, stated(Value::Text(text.to_owned())), "schedule", node);
    }
    let strategy = own.and_then(|spec| spec.get("strategy").or_else(|| spec.get("updateStrategy")));
    if let Some(node) = strategy {
        add(Field::Strategy, stated(Value::Text(strategy_text(node))), "strategy", node);
    }
    let storage: Vec<&Node> = own
        .and_then(|spec| spec.get("volumeClaimTemplates"))
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|claim| claim.at_path(&["spec", "resources", "requests", "storage"]))
        .collect();
    let bytes: u64 = storage.iter().filter_map(|node| super::quantity::bytes(node.as_str()?)).sum();
    if let Some(first) = storage.first() {
        add(Field::Storage, stated(Value::Bytes(bytes)), "volumeClaimTemplates", first);
    }
    let words = |role: Role| {
        let unit = &facts.units[unit];
        unit.containers.iter().filter(|c| c.role == role).map(|c| c.name.clone()).collect::<Vec<_>>()
    };
    let (side, init) = (words(Role::Sidecar), words(Role::Init));
    let mut more = Vec::new();
    if !side.is_empty() {
        more.push((Field::Sidecars, texts(side)));
    }
    if !init.is_empty() {
        more.push((Field::InitContainers, texts(init)));
    }
    for (field, content) in more {
        facts.claims.push(Claim {
            of: About::Unit(unit),
            field,
            content,
            note: String::from("containers"),
            origin: Origin::of(spec),
        });
    }
    pod::claim(template, spec, unit, facts);
}

fn strategy_text(node: &Node) -> String {
    let kind = node.str_at("type").unwrap_or("RollingUpdate");
    let rolling = node.get("rollingUpdate");
    let part =
        |key: &str| rolling.and_then(|r| r.str_at(key)).map(|value| format!(" {key} {value}")).unwrap_or_default();
    format!("{kind}{}{}", part("maxSurge"), part("maxUnavailable"))
}
