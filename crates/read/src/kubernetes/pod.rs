//! What a pod's spec claims beside its containers: places, rights, volumes, endings.

use plimsoll_model::{Content, Field, Value};

use super::container::{SECURITY_FLAGS, texts};
use crate::facts::{About, Claim, Facts, Origin};
use crate::tree::Node;

/// Claims of the pod for its unit.
pub(super) fn claim(template: &Node, spec: &Node, unit: usize, facts: &mut Facts) {
    let mut claims = Claims { unit, out: &mut facts.claims };
    for (key, field) in TEXTS {
        if let Some(node) = spec.get(key)
            && let Some(text) = node.as_str()
        {
            claims.add(*field, Content::Stated(Value::Text(text.to_owned())), key, node);
        }
    }
    if let Some(node) = spec.get("terminationGracePeriodSeconds")
        && let Some(seconds) = node.as_u64()
    {
        let nanos = seconds.saturating_mul(1_000_000_000);
        claims.add(
            Field::TerminationGrace,
            Content::Stated(Value::Nanos(nanos)),
            "terminationGracePeriodSeconds",
            node,
        );
    }
    if let Some(node) = spec.get("automountServiceAccountToken")
        && let Some(flag) = node.as_bool()
    {
        claims.add(Field::TokenMounted, Content::Stated(Value::Flag(flag)), "automountServiceAccountToken", node);
    }
    claims.security(spec);
    claims.places(spec);
    claims.volumes(spec);
    claims.names(spec);
    let _ = template;
}

/// Fields of a pod's spec that are plain texts.
const TEXTS: &[(&str, Field)] = &[
    ("restartPolicy", Field::RestartPolicy),
    ("serviceAccountName", Field::ServiceAccount),
    ("priorityClassName", Field::PriorityClass),
];

struct Claims<'c> {
    unit: usize,
    out: &'c mut Vec<Claim>,
}

impl Claims<'_> {
    fn add(&mut self, field: Field, content: Content, note: &str, node: &Node) {
        let origin = Origin::of(node);
        self.out.push(Claim { of: About::Unit(self.unit), field, content, note: note.to_owned(), origin });
    }

    fn list(&mut self, field: Field, words: Vec<String>, note: &str, node: &Node) {
        if !words.is_empty() {
            self.add(field, texts(words), note, node);
        }
    }

    fn security(&mut self, spec: &Node) {
        let host: Vec<String> = ["hostNetwork", "hostPID", "hostIPC"]
            .into_iter()
            .filter(|key| spec.get(key).and_then(Node::as_bool) == Some(true))
            .map(str::to_owned)
            .collect();
        self.list(Field::HostNamespaces, host, "host namespaces", spec);
        let Some(context) = spec.get("securityContext") else { return };
        for (key, field) in SECURITY_FLAGS {
            if let Some(node) = context.get(key)
                && let Some(flag) = node.as_bool()
            {
                self.add(*field, Content::Stated(Value::Flag(flag)), key, node);
            }
        }
        if let Some(node) = context.get("runAsUser")
            && let Some(user) = node.as_str()
        {
            self.add(Field::RunAsUser, Content::Stated(Value::Text(user.to_owned())), "runAsUser", node);
        }
        if let Some(node) = context.at_path(&["seccompProfile", "type"])
            && let Some(text) = node.as_str()
        {
            self.add(Field::Seccomp, Content::Stated(Value::Text(text.to_owned())), "seccompProfile", node);
        }
    }

    fn places(&mut self, spec: &Node) {
        if let Some(node) = spec.get("topologySpreadConstraints") {
            let word = |each: &Node| {
                let key = each.str_at("topologyKey")?;
                let when = each.str_at("whenUnsatisfiable").unwrap_or("DoNotSchedule");
                Some(format!("{key} maxSkew {} {when}", each.str_at("maxSkew").unwrap_or("1")))
            };
            self.list(Field::Spread, node.items().iter().filter_map(word).collect(), "topologySpreadConstraints", node);
        }
        if let Some(node) = spec.get("affinity") {
            let word = |entry: &crate::tree::Entry| {
                let rules = entry.value.entries().iter().map(|rule| format!("{} {}", entry.key, rule.key));
                rules.collect::<Vec<_>>()
            };
            self.list(Field::Affinity, node.entries().iter().flat_map(word).collect(), "affinity", node);
        }
        if let Some(node) = spec.get("nodeSelector") {
            let word = |e: &crate::tree::Entry| Some(format!("{}={}", e.key, e.value.as_str()?));
            self.list(Field::NodeSelector, node.entries().iter().filter_map(word).collect(), "nodeSelector", node);
        }
        if let Some(node) = spec.get("tolerations") {
            let word = |each: &Node| {
                let key = each.str_at("key").unwrap_or("*");
                format!("{key} {}", each.str_at("effect").unwrap_or("all effects"))
            };
            self.list(Field::Tolerations, node.items().iter().map(word).collect(), "tolerations", node);
        }
    }

    fn volumes(&mut self, spec: &Node) {
        let Some(node) = spec.get("volumes") else { return };
        let word = |volume: &Node| {
            let kind = volume.entries().iter().map(|entry| entry.key.as_str()).find(|key| *key != "name")?;
            Some(format!("{} {kind}", volume.str_at("name")?))
        };
        self.list(Field::Volumes, node.items().iter().filter_map(word).collect(), "volumes", node);
    }

    /// Secrets and ConfigMaps by name, variables by name.
    fn names(&mut self, spec: &Node) {
        let (mut secrets, mut maps, mut variables) = (Vec::new(), Vec::new(), Vec::new());
        let note = |list: &mut Vec<String>, name: Option<&str>| {
            if let Some(name) = name.filter(|name| !list.iter().any(|known| known == name)) {
                list.push(name.to_owned());
            }
        };
        for container in spec.get("containers").map(Node::items).unwrap_or_default() {
            for entry in container.get("env").map(Node::items).unwrap_or_default() {
                note(&mut variables, entry.str_at("name"));
                note(&mut secrets, entry.at_path(&["valueFrom", "secretKeyRef"]).and_then(|r| r.str_at("name")));
                note(&mut maps, entry.at_path(&["valueFrom", "configMapKeyRef"]).and_then(|r| r.str_at("name")));
            }
            for entry in container.get("envFrom").map(Node::items).unwrap_or_default() {
                note(&mut secrets, entry.get("secretRef").and_then(|r| r.str_at("name")));
                note(&mut maps, entry.get("configMapRef").and_then(|r| r.str_at("name")));
            }
        }
        for volume in spec.get("volumes").map(Node::items).unwrap_or_default() {
            note(&mut secrets, volume.get("secret").and_then(|r| r.str_at("secretName")));
            note(&mut maps, volume.get("configMap").and_then(|r| r.str_at("name")));
        }
        self.list(Field::Secrets, secrets, "secrets by name", spec);
        self.list(Field::ConfigMaps, maps, "configMaps by name", spec);
        self.list(Field::Environment, variables, "variables by name", spec);
    }
}
