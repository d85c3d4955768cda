//! What a service states of how it runs, by the model's table of fields.
//!
//! Compose has no liveness probe: its health check tells others when a service is ready, and restarts nothing. A service
//! without a health check may still have one in its image, so nothing is claimed then.

use plimsoll_model::{Field, Value};

use super::container::text_of;
use super::quantity::{bytes, millicores, nanos};
use super::service::{FORM, Service};
use super::{health, paths};
use crate::facts::{About, Claim, Facts, Origin, Role, Unit};
use crate::redact;
use crate::tree::{Entry, Node};

struct Claims<'c, 'p> {
    service: &'c Service<'p>,
    unit: usize,
    out: &'c mut Vec<Claim>,
}

/// Emits the claims of one service.
pub(super) fn claims(service: &Service<'_>, unit: usize, built: &Unit, facts: &mut Facts) {
    let mut claims = Claims { service, unit, out: &mut facts.claims };
    claims.stated(Field::Workload, Value::Text(FORM.to_owned()), "a service of a compose project", claims.origin());
    if let Some(name) = &built.namespace {
        claims.stated(Field::Namespace, Value::Text(name.clone()), "the compose project", claims.origin());
    }
    claims.scale();
    claims.resources();
    claims.probes();
    claims.lifetime();
    claims.security();
    claims.placement();
    claims.mounts();
    claims.exposure();
    claims.labels();
    claims.content(built);
}

impl<'p> Claims<'_, 'p> {
    fn origin(&self) -> Origin {
        Origin::at(self.service.at)
    }

    fn stated(&mut self, field: Field, value: Value, note: impl Into<String>, origin: Origin) {
        self.out.push(Claim::stated(self.unit, field, value, note, origin));
    }

    fn absent(&mut self, field: Field, note: &str) {
        let origin = self.origin();
        self.out.push(Claim::absent(self.unit, field, note, origin));
    }

    /// The first of the paths at which a value stands.
    fn first(&self, paths: &[&[&str]]) -> Option<(String, &'p Node)> {
        paths.iter().find_map(|path| {
            let node = self.service.node.at_path(path).filter(|node| !node.is_null())?;
            Some((path.join("."), node))
        })
    }

    /// A quantity at the first of the paths where it can be read; absent where none has it.
    fn quantity(&mut self, field: Field, paths: &[&[&str]], read: fn(&str) -> Option<Value>) {
        let found = self.first(paths);
        match found {
            Some((path, node)) => {
                let text = node.as_str().unwrap_or_default();
                if let Some(value) = read(text) {
                    self.stated(field, value, format!("{path}: {text}"), Origin::of(node));
                }
            }
            None => self.absent(field, &format!("no {}", paths[0].join("."))),
        }
    }

    fn text(&mut self, field: Field, paths: &[&[&str]]) -> bool {
        let Some((path, node)) = self.first(paths) else { return false };
        let Some(text) = node.as_str().filter(|text| !text.is_empty()) else { return false };
        let text = redact::value(&path, text).into_owned();
        self.stated(field, Value::Text(text), path, Origin::of(node));
        true
    }

    fn flag(&mut self, field: Field, key: &str) {
        match self.service.node.get(key).map(|node| (node, flag(node))) {
            Some((node, Some(flag))) => self.stated(field, Value::Flag(flag), key, Origin::of(node)),
            Some((_, None)) => {}
            None => self.absent(field, &format!("no {key}")),
        }
    }

    fn texts(&mut self, field: Field, texts: Vec<String>, note: &str, origin: Origin) {
        if !texts.is_empty() {
            let values = texts.into_iter().map(Value::Text).collect();
            self.stated(field, Value::List(values), note, origin);
        }
    }

    fn scale(&mut self) {
        if self.service.node.at_path(&["deploy", "mode"]).and_then(Node::as_str) == Some("global") {
            return self.absent(Field::Replicas, "deploy.mode: global, one on each node");
        }
        let read = |text: &str| text.parse().ok().map(Value::Count);
        self.quantity(Field::Replicas, &[&["deploy", "replicas"], &["scale"]], read);
    }

    fn resources(&mut self) {
        let cpu = |text: &str| millicores(text).map(Value::Millicores);
        let memory = |text: &str| bytes(text).map(Value::Bytes);
        let limit = |key| ["deploy", "resources", "limits", key];
        let request = |key| ["deploy", "resources", "reservations", key];
        self.quantity(Field::CpuRequest, &[&request("cpus")], cpu);
        if !self.cpu_quota() {
            self.quantity(Field::CpuLimit, &[&limit("cpus"), &["cpus"]], cpu);
        }
        self.quantity(Field::MemoryRequest, &[&request("memory"), &["mem_reservation"]], memory);
        self.quantity(Field::MemoryLimit, &[&limit("memory"), &["mem_limit"]], memory);
    }

    /// `cpu_quota` microseconds in each `cpu_period`, where no count of cores is given.
    fn cpu_quota(&mut self) -> bool {
        if self.first(&[&["deploy", "resources", "limits", "cpus"], &["cpus"]]).is_some() {
            return false;
        }
        let Some(node) = self.service.node.get("cpu_quota") else { return false };
        let period = self.service.node.get("cpu_period").and_then(Node::as_u64).unwrap_or(100_000);
        let Some(quota) = node.as_u64().filter(|_| period > 0) else { return false };
        let value = Value::Millicores(quota.saturating_mul(1000) / period);
        self.stated(Field::CpuLimit, value, "cpu_quota in cpu_period", Origin::of(node));
        true
    }

    fn probes(&mut self) {
        self.absent(Field::Liveness, "compose restarts nothing for its health");
        if let Some(check) = self.service.node.get("healthcheck")
            && let Some(content) = health::readiness(check)
        {
            let (of, note, origin) = (About::Unit(self.unit), String::from("healthcheck"), Origin::of(check));
            self.out.push(Claim { of, field: Field::Readiness, content, note, origin });
        }
    }

    fn lifetime(&mut self) {
        if !self.text(Field::RestartPolicy, &[&["deploy", "restart_policy", "condition"], &["restart"]]) {
            self.absent(Field::RestartPolicy, "no restart");
        }
        if let Some((path, node)) = self.first(&[&["stop_grace_period"]])
            && let Some(value) = node.as_str().and_then(nanos)
        {
            self.stated(Field::TerminationGrace, Value::Nanos(value), path, Origin::of(node));
        }
        for (field, key) in [(Field::PreStop, "pre_stop"), (Field::PostStart, "post_start")] {
            if let Some(node) = self.service.node.get(key) {
                let hooks: Vec<String> = node.items().iter().map(|hook| command(hook.get("command"))).collect();
                self.stated(field, Value::Text(hooks.join("; ")), key, Origin::of(node));
            }
        }
        if let Some(update) = self.service.node.at_path(&["deploy", "update_config"]) {
            let parts: Vec<String> =
                update.entries().iter().map(|e| format!("{} {}", e.key, text_of(&e.value))).collect();
            self.stated(Field::Strategy, Value::Text(parts.join(", ")), "deploy.update_config", Origin::of(update));
        }
        self.text(Field::ImagePullPolicy, &[&["pull_policy"]]);
    }

    fn security(&mut self) {
        self.flag(Field::Privileged, "privileged");
        self.flag(Field::ReadOnlyRoot, "read_only");
        if let Some(node) = self.service.node.get("user")
            && let Some(user) = node.as_str().filter(|user| !user.is_empty())
        {
            self.stated(Field::RunAsUser, Value::Text(user.to_owned()), "user", Origin::of(node));
            let name = user.split(':').next().unwrap_or(user);
            self.stated(Field::RunAsNonRoot, Value::Flag(!matches!(name, "0" | "root")), "user", Origin::of(node));
        }
        let each = |key: &str, sign: char| {
            self.service
                .items(key)
                .iter()
                .filter_map(Node::as_str)
                .map(|name| format!("{sign}{name}"))
                .collect::<Vec<_>>()
        };
        let (added, dropped) = (each("cap_add", '+'), each("cap_drop", '-'));
        match self.first(&[&["cap_add"], &["cap_drop"]]) {
            Some((path, node)) => {
                self.texts(Field::Capabilities, [added, dropped].concat(), &path, Origin::of(node));
            }
            None => self.absent(Field::Capabilities, "no cap_add, no cap_drop"),
        }
        self.security_options();
        let shared: Vec<String> = ["network_mode", "pid", "ipc", "uts", "userns_mode"]
            .into_iter()
            .filter(|key| self.service.node.str_at(key) == Some("host"))
            .map(|key| key.trim_end_matches("_mode").to_owned())
            .collect();
        let origin = self.first(&[&["network_mode"], &["pid"], &["ipc"], &["uts"], &["userns_mode"]]);
        let origin = origin.map_or(self.origin(), |(_, node)| Origin::of(node));
        self.texts(Field::HostNamespaces, shared, "shared with the host", origin);
    }

    fn security_options(&mut self) {
        let mut escalation = false;
        for option in self.service.items("security_opt") {
            let Some(text) = option.as_str() else { continue };
            let (key, value) = text.split_once([':', '=']).unwrap_or((text, "true"));
            match key {
                "no-new-privileges" => {
                    let value = Value::Flag(value != "true");
                    self.stated(Field::PrivilegeEscalation, value, text, Origin::of(option));
                    escalation = true;
                }
                "seccomp" => {
                    self.stated(Field::Seccomp, Value::Text(value.to_owned()), text, Origin::of(option));
                }
                _ => {}
            }
        }
        if !escalation {
            self.absent(Field::PrivilegeEscalation, "no security_opt: no-new-privileges");
        }
    }

    fn placement(&mut self) {
        let Some(placement) = self.service.node.at_path(&["deploy", "placement"]) else { return };
        let list = |key: &str| placement.get(key).map_or(&[] as &[Node], Node::items);
        let constraints = list("constraints").iter().filter_map(Node::as_str).map(str::to_owned).collect();
        let spread = list("preferences").iter().filter_map(|node| node.str_at("spread")).map(str::to_owned).collect();
        self.texts(Field::NodeSelector, constraints, "deploy.placement.constraints", Origin::of(placement));
        self.texts(Field::Spread, spread, "deploy.placement.preferences", Origin::of(placement));
    }

    fn mounts(&mut self) {
        let mut volumes: Vec<String> = self.service.items("volumes").iter().filter_map(mount).collect();
        volumes.extend(self.service.items("tmpfs").iter().filter_map(Node::as_str).map(|path| format!("tmpfs {path}")));
        if let Some((path, node)) = self.first(&[&["volumes"], &["tmpfs"]]) {
            self.texts(Field::Volumes, volumes, &path, Origin::of(node));
        }
        for (field, key) in [(Field::Secrets, "secrets"), (Field::ConfigMaps, "configs")] {
            let names =
                self.service.items(key).iter().filter_map(|item| item.str_at("source")).map(str::to_owned).collect();
            if let Some((path, node)) = self.first(&[&[key]]) {
                self.texts(field, names, &path, Origin::of(node));
            }
        }
    }

    fn exposure(&mut self) {
        let ports = self.service.items("ports");
        let shown = ports.iter().filter_map(|port| {
            let target = port.str_at("target")?;
            let protocol = port.str_at("protocol").unwrap_or("tcp");
            let host = port.str_at("host_ip").map_or(String::new(), |host| format!("{host}:"));
            let published = port.str_at("published").unwrap_or("any port");
            Some(format!("published {host}{published} to {target}/{protocol}"))
        });
        match self.first(&[&["ports"]]) {
            Some((path, node)) if !ports.is_empty() => {
                self.texts(Field::Exposure, shown.collect(), &path, Origin::of(node));
            }
            _ if self.service.node.str_at("network_mode") == Some("host") => {
                let origin = self.origin();
                self.texts(Field::Exposure, vec![String::from("the host's network")], "network_mode", origin);
            }
            _ => self.absent(Field::Exposure, "publishes no port"),
        }
    }

    /// What labels tell those that watch for them: the rules of a proxy, the times of a scheduler.
    fn labels(&mut self) {
        let labels = self.service.entries("labels");
        let is_rule = |key: &str| key.starts_with("traefik.") && key.ends_with(".rule");
        let is_time = |key: &str| (key.starts_with("ofelia.") || key.contains("cronjob")) && key.ends_with(".schedule");
        let rules: Vec<&Entry> = labels.iter().filter(|label| is_rule(&label.key)).collect();
        if let Some(first) = rules.first() {
            let texts = rules.iter().map(|label| text_of(&label.value)).collect();
            self.texts(Field::Routes, texts, "labels of traefik", Origin::of(&first.value));
        }
        if let Some(time) = labels.iter().find(|label| is_time(&label.key)) {
            self.stated(Field::Schedule, Value::Text(text_of(&time.value)), time.key.as_str(), Origin::of(&time.value));
        }
    }

    /// What the container holds: image, command, ports, names of variables.
    fn content(&mut self, built: &Unit) {
        let Some(main) = built.containers.iter().find(|container| container.role == Role::Main) else { return };
        if let Some(image) = &main.image {
            self.stated(Field::Image, Value::Text(image.text.clone()), "image", image.origin.clone());
        }
        if let Some(first) = main.words.first() {
            let words = main.words.iter().map(|word| word.text.clone()).collect();
            self.texts(Field::Command, words, "entrypoint and command", first.origin.clone());
        }
        if let Some(first) = main.environment.first() {
            let names = main.environment.iter().map(|variable| variable.name.clone()).collect();
            self.texts(Field::Environment, names, "environment and env_file", first.origin.clone());
        }
        if let Some(first) = main.ports.first() {
            let number = |port: &crate::facts::Port| port.target.clone().or(port.number.map(|n| n.to_string()));
            let mut ports: Vec<String> = Vec::new();
            for number in main.ports.iter().filter_map(number) {
                if !ports.contains(&number) {
                    ports.push(number);
                }
            }
            self.texts(Field::Ports, ports, "ports and expose", first.origin.clone());
        }
        let before = built.containers.iter().filter(|container| container.role == Role::Init);
        let before = before.map(|container| container.name.clone()).collect();
        let origin = self.origin();
        self.texts(Field::InitContainers, before, "pre_start", origin);
    }
}

/// Yes or no, in every spelling that Compose takes.
fn flag(node: &Node) -> Option<bool> {
    match node.as_str()?.to_ascii_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Some(true),
        "false" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn command(node: Option<&Node>) -> String {
    super::words::words(node).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
}

/// `bind ./a to /b, read only`.
fn mount(node: &Node) -> Option<String> {
    let kind = node.str_at("type").unwrap_or("volume");
    let source = node.get("source").map(paths::shown).filter(|source| !source.is_empty());
    let target = node.str_at("target")?;
    let read_only = if node.get("read_only").and_then(flag) == Some(true) { ", read only" } else { "" };
    let source = source.map_or(String::new(), |source| format!(" {}", redact::value("source", &source)));
    Some(format!("{kind}{source} to {target}{read_only}"))
}
