//! Containers: image, ports, words, variables, files, and the claims that the main one makes for its unit.

use plimsoll_model::{Content, Field, Probe, ProbeKind, Value};

use super::environment::{self, ConfigMaps};
use super::quantity;
use crate::facts::{Claim, Container, Facts, MountedFile, Origin, Port, Role, Spelled};
use crate::redact;
use crate::tree::Node;

/// Reads one container.
pub(super) fn read(node: &Node, role: Role, volumes: &[&Node], maps: &ConfigMaps<'_>) -> Container {
    let environment = environment::of(node, maps);
    let raw: Vec<&Node> = ["command", "args"].iter().filter_map(|key| node.get(key)).flat_map(Node::items).collect();
    let texts: Vec<String> =
        raw.iter().map(|word| environment::substitute(word.as_str().unwrap_or_default(), &environment)).collect();
    let words = redact::words(&texts).into_iter().zip(&raw);
    Container {
        role,
        name: node.str_at("name").unwrap_or_default().to_owned(),
        image: node.get("image").and_then(spelled),
        ports: node.get("ports").map(Node::items).unwrap_or_default().iter().map(port).collect(),
        words: words.map(|(text, node)| Spelled { text, origin: Origin::of(node) }).collect(),
        files: files(node, volumes, maps),
        environment,
    }
}

fn spelled(node: &Node) -> Option<Spelled> {
    Some(Spelled { text: node.as_str()?.to_owned(), origin: Origin::of(node) })
}

fn port(node: &Node) -> Port {
    Port {
        number: node.get("containerPort").and_then(Node::as_u64).and_then(|n| u16::try_from(n).ok()),
        name: node.str_at("name").map(str::to_owned),
        target: None,
        application: None,
        published: node.get("hostPort").is_some(),
        origin: Origin::of(node.get("containerPort").unwrap_or(node)),
    }
}

/// Keys of ConfigMaps that are mounted as files.
fn files(node: &Node, volumes: &[&Node], maps: &ConfigMaps<'_>) -> Vec<MountedFile> {
    let mut out = Vec::new();
    for mount in node.get("volumeMounts").map(Node::items).unwrap_or_default() {
        let name = mount.str_at("name");
        let Some(volume) = volumes.iter().find(|volume| volume.str_at("name") == name) else { continue };
        let path = mount.str_at("mountPath").unwrap_or_default();
        let sub_path = mount.str_at("subPath");
        for map in config_maps(volume) {
            let Some(name) = map.get("name") else { continue };
            let items = map.get("items").map(Node::items).unwrap_or_default();
            for (key, value) in maps.data(name.as_str().unwrap_or_default()) {
                let item = items.iter().find(|item| item.str_at("key") == Some(key));
                if !items.is_empty() && item.is_none() {
                    continue;
                }
                let inner = item.and_then(|item| item.str_at("path")).unwrap_or(key);
                if sub_path.is_some_and(|sub| sub != inner) {
                    continue;
                }
                let path = if sub_path.is_some() {
                    path.to_owned()
                } else {
                    format!("{}/{inner}", path.trim_end_matches('/'))
                };
                out.push(MountedFile { path, file: None, text: environment::file_text(key, value, name) });
            }
        }
    }
    out
}

/// The ConfigMaps that a volume holds, plain or projected.
fn config_maps(volume: &Node) -> Vec<&Node> {
    let projected = volume.at_path(&["projected", "sources"]).map(Node::items).unwrap_or_default();
    volume.get("configMap").into_iter().chain(projected.iter().filter_map(|source| source.get("configMap"))).collect()
}

/// Claims that the main container makes for its unit.
pub(super) fn claim(node: &Node, unit: usize, facts: &mut Facts) {
    let mut claims = Claims { unit, node, out: &mut facts.claims };
    claims.text("image", Field::Image);
    claims.text("imagePullPolicy", Field::ImagePullPolicy);
    claims.quantity(&["resources", "requests", "cpu"], Field::CpuRequest);
    claims.quantity(&["resources", "limits", "cpu"], Field::CpuLimit);
    claims.quantity(&["resources", "requests", "memory"], Field::MemoryRequest);
    claims.quantity(&["resources", "limits", "memory"], Field::MemoryLimit);
    claims.probe("livenessProbe", Field::Liveness);
    claims.probe("readinessProbe", Field::Readiness);
    claims.probe("startupProbe", Field::Startup);
    claims.handler(&["lifecycle", "preStop"], Field::PreStop);
    claims.handler(&["lifecycle", "postStart"], Field::PostStart);
    claims.security();
}

/// Gathers claims of one container.
struct Claims<'c> {
    unit: usize,
    node: &'c Node,
    out: &'c mut Vec<Claim>,
}

impl Claims<'_> {
    fn stated(&mut self, field: Field, value: Value, note: &str, origin: Origin) {
        self.out.push(Claim::stated(self.unit, field, value, note, origin));
    }

    fn absent(&mut self, field: Field, looked_for: &str) {
        let note = format!("no `{looked_for}` in the container");
        self.out.push(Claim::absent(self.unit, field, note, Origin::of(self.node)));
    }

    fn text(&mut self, key: &str, field: Field) {
        if let Some(node) = self.node.get(key)
            && let Some(text) = node.as_str()
        {
            let (value, note) = (Value::Text(redact::value(key, text).into_owned()), format!("{key}: {text}"));
            self.stated(field, value, &redact::value(key, &note), Origin::of(node));
        }
    }

    fn quantity(&mut self, path: &[&str], field: Field) {
        let spelled = path.join(".");
        let Some(node) = self.node.at_path(path) else { return self.absent(field, &spelled) };
        let text = node.as_str().unwrap_or_default();
        let value = match field {
            Field::CpuRequest | Field::CpuLimit => quantity::millicores(text).map(Value::Millicores),
            _ => quantity::bytes(text).map(Value::Bytes),
        };
        if let Some(value) = value {
            self.stated(field, value, &format!("{spelled}: {text}"), Origin::of(node));
        }
    }

    fn probe(&mut self, key: &str, field: Field) {
        match self.node.get(key).and_then(|node| Some((node, probe(node)?))) {
            Some((node, probe)) => self.stated(field, Value::Probe(probe), key, Origin::of(node)),
            None => self.absent(field, key),
        }
    }

    fn handler(&mut self, path: &[&str], field: Field) {
        if let Some(node) = self.node.at_path(path) {
            let text = match probe(node) {
                Some(probe) => Value::Probe(probe).to_string(),
                None => format!("sleep {}s", node.at_path(&["sleep", "seconds"]).and_then(Node::as_str).unwrap_or("?")),
            };
            self.stated(field, Value::Text(text), &path.join("."), Origin::of(node));
        }
    }

    fn security(&mut self) {
        let Some(context) = self.node.get("securityContext") else { return };
        for (key, field) in SECURITY_FLAGS {
            if let Some(node) = context.get(key)
                && let Some(flag) = node.as_bool()
            {
                self.stated(*field, Value::Flag(flag), &format!("{key}: {flag}"), Origin::of(node));
            }
        }
        if let Some(node) = context.get("runAsUser")
            && let Some(user) = node.as_str()
        {
            self.stated(Field::RunAsUser, Value::Text(user.to_owned()), "runAsUser", Origin::of(node));
        }
        if let Some(node) = context.get("capabilities") {
            let side = |key: &str, sign: char| {
                let items = node.get(key).map(Node::items).unwrap_or_default();
                items.iter().filter_map(Node::as_str).map(|c| Value::Text(format!("{sign}{c}"))).collect::<Vec<_>>()
            };
            let all = [side("add", '+'), side("drop", '-')].concat();
            self.stated(Field::Capabilities, Value::List(all), "capabilities", Origin::of(node));
        }
        if let Some(node) = context.at_path(&["seccompProfile", "type"])
            && let Some(text) = node.as_str()
        {
            self.stated(Field::Seccomp, Value::Text(text.to_owned()), "seccompProfile", Origin::of(node));
        }
    }
}

/// Flags of a security context.
pub(super) const SECURITY_FLAGS: &[(&str, Field)] = &[
    ("runAsNonRoot", Field::RunAsNonRoot),
    ("readOnlyRootFilesystem", Field::ReadOnlyRoot),
    ("privileged", Field::Privileged),
    ("allowPrivilegeEscalation", Field::PrivilegeEscalation),
];

/// A probe or lifecycle handler; `None` for one that says nothing of how it asks.
fn probe(node: &Node) -> Option<Probe> {
    let port = |inner: &Node| inner.str_at("port").map(str::to_owned);
    let seconds = |key: &str| node.get(key).and_then(Node::as_u64);
    let (kind, port, path) = if let Some(http) = node.get("httpGet") {
        (ProbeKind::Http, port(http), http.str_at("path").map(|path| redact::value("url", path).into_owned()))
    } else if let Some(grpc) = node.get("grpc") {
        (ProbeKind::Grpc, port(grpc), grpc.str_at("service").map(str::to_owned))
    } else if let Some(tcp) = node.get("tcpSocket") {
        (ProbeKind::Tcp, port(tcp), None)
    } else {
        let words: Vec<String> =
            node.at_path(&["exec", "command"])?.items().iter().filter_map(|w| Some(w.as_str()?.to_owned())).collect();
        (ProbeKind::Exec, None, Some(redact::words(&words).join(" ")))
    };
    Some(Probe {
        kind,
        port,
        path,
        period_s: seconds("periodSeconds"),
        timeout_s: seconds("timeoutSeconds"),
        failure_threshold: seconds("failureThreshold"),
        initial_delay_s: seconds("initialDelaySeconds"),
    })
}

/// A list of words as a claim's content.
pub(super) fn texts(words: impl IntoIterator<Item = String>) -> Content {
    Content::Stated(Value::List(words.into_iter().map(Value::Text).collect()))
}
