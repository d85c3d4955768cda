//! One service of a project as a unit: names, networks, what it is built from and waits for.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, LooseKind, Support};

use super::container::{container, text_of};
use super::load::Project;
use super::projects::{Found, stands};
use super::{build, claims, variables};
use crate::corpus::Corpus;
use crate::facts::{About, Container, Facts, LooseName, Mention, Origin, Role, Spelled, Unit, VariantId};
use crate::join::products::is_sidecar;
use crate::redact;
use crate::tree::{Entry, Node};

/// What a unit of compose is called.
pub(super) const FORM: &str = "compose service";

/// One service and what it stands in.
#[derive(Clone, Copy)]
pub(super) struct Service<'p> {
    /// Its name.
    pub(super) name: &'p str,
    /// Where its name stands.
    pub(super) at: At,
    /// What is stated of it, in long form.
    pub(super) node: &'p Node,
    /// Its project.
    pub(super) project: &'p Project,
    /// What its project has, by name.
    pub(super) named: &'p Named<'p>,
    /// The files.
    pub(super) corpus: &'p Corpus,
}

impl<'p> Service<'p> {
    fn of(entry: &'p Entry, project: &'p Project, named: &'p Named<'p>, corpus: &'p Corpus) -> Self {
        Self { name: &entry.key, at: entry.key_at, node: &entry.value, project, named, corpus }
    }

    /// The entries of a mapping below it.
    pub(super) fn entries(&self, key: &str) -> &'p [Entry] {
        self.node.get(key).map_or(&[], Node::entries)
    }

    /// The items of a sequence below it.
    pub(super) fn items(&self, key: &str) -> &'p [Node] {
        self.node.get(key).map_or(&[], Node::items)
    }
}

/// What a project has, by name.
pub(super) struct Named<'p> {
    services: BTreeMap<&'p str, &'p Node>,
    networks: BTreeMap<&'p str, &'p Node>,
    /// Its configs.
    pub(super) configs: BTreeMap<&'p str, &'p Node>,
    /// Names that `links` of others give a service: `links: [db:database]` lets that one call it `database`.
    links: BTreeMap<&'p str, Vec<&'p str>>,
}

impl<'p> Named<'p> {
    fn of(project: &'p Project) -> Self {
        let each = |kind| {
            let entries = project.root.get(kind).map_or(&[] as &[Entry], Node::entries);
            entries.iter().map(|entry| (entry.key.as_str(), &entry.value)).collect::<BTreeMap<_, _>>()
        };
        let mut links: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let all =
            services(project).iter().flat_map(|entry| entry.value.get("links").map_or(&[] as &[Node], Node::items));
        for (target, alias) in all.filter_map(|link| link.as_str()?.split_once(':')) {
            links.entry(target).or_default().push(alias);
        }
        Self { services: each("services"), networks: each("networks"), configs: each("configs"), links }
    }

    /// The service beside which another stands as its sidecar: in its network, and called after it (`orders-dapr` beside
    /// `orders`) or known to serve whatever it stands beside.
    fn served<'s>(&self, service: &Service<'s>) -> Option<&'s str> {
        let main = service.node.str_at("network_mode")?.strip_prefix("service:")?;
        let after_it = service.name.strip_prefix(main).is_some_and(|rest| rest.starts_with(['-', '_', '.']));
        let sidecar = after_it || is_sidecar(service.name, service.node.str_at("image").unwrap_or_default());
        (sidecar && main != service.name && self.services.contains_key(main)).then_some(main)
    }
}

/// Emits the services of a project.
pub(super) fn emit(corpus: &Corpus, found: &Found, variant: VariantId, facts: &mut Facts) {
    let project = &found.project;
    let named = Named::of(project);
    let all = services(project).iter().map(|entry| Service::of(entry, project, &named, corpus));
    let sidecars: Vec<(&str, Service<'_>)> = all.filter_map(|one| Some((named.served(&one)?, one))).collect();
    for entry in services(project) {
        let service = Service::of(entry, project, &named, corpus);
        if !entry.value.is_mapping() || named.served(&service).is_some() {
            continue;
        }
        let layered = found.incomplete || !found.bases.is_empty();
        if !stands(&entry.value) && layered {
            facts.loose.push(not_there(&service));
            continue;
        }
        let index = facts.units.len();
        let variables = variables::variables(&service, index, facts);
        let mut unit = unit(&service, variant, variables, facts);
        for (_, sidecar) in sidecars.iter().filter(|(main, _)| *main == service.name) {
            let variables = variables::variables(sidecar, index, facts);
            let containers = container(sidecar, variables, facts);
            unit.containers.extend(containers.into_iter().map(|one| Container { role: Role::Sidecar, ..one }));
        }
        claims::claims(&service, index, &unit, facts);
        facts.units.push(unit);
        mention_external_links(&service, index, facts);
    }
    build::tie_images(project, facts);
}

fn services(project: &Project) -> &[Entry] {
    project.root.get("services").map_or(&[], Node::entries)
}

fn not_there(service: &Service<'_>) -> LooseName {
    let name = service.name;
    LooseName {
        kind: LooseKind::DanglingReference,
        by: None,
        name: name.to_owned(),
        message: format!("changes the service `{name}`, which no compose file beside or above it has"),
        origin: Origin::at(service.at),
    }
}

fn unit(service: &Service<'_>, variant: VariantId, variables: Vec<crate::facts::Variable>, facts: &mut Facts) -> Unit {
    let project = service.project;
    let mut containers = container(service, variables, facts);
    containers.extend(super::container::run_before(service));
    Unit {
        variant,
        form: FORM.to_owned(),
        name: service.name.to_owned(),
        namespace: project.name.clone(),
        labels: labels(service),
        hostnames: hostnames(service),
        networks: networks(service),
        containers,
        technology: None,
        build: build::context(service, facts),
        source: project.source,
        support: support(service),
        starts_after: starts_after(service),
        origin: Origin::at(service.at),
    }
}

fn labels(service: &Service<'_>) -> Vec<(String, String)> {
    let deploy = service.node.at_path(&["deploy", "labels"]).map_or(&[] as &[Entry], Node::entries);
    let pair = |entry: &Entry| (entry.key.clone(), redact::value(&entry.key, &text_of(&entry.value)).into_owned());
    let mut out: Vec<(String, String)> = variables::label_files(service);
    out.extend(service.entries("labels").iter().chain(deploy).map(pair));
    let named = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    out.extend(service.items("profiles").iter().filter_map(Node::as_str).map(|profile| named("profile", profile)));
    if let Some(provider) = service.node.at_path(&["provider", "type"]).and_then(Node::as_str) {
        out.push(named("provider", provider));
    }
    out.extend(service.entries("models").iter().map(|model| named("model", &model.key)));
    out
}

/// Names by which it is reached beside its own.
fn hostnames(service: &Service<'_>) -> Vec<String> {
    let (mut out, mut seen): (Vec<String>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    let mut add = |name: &str| {
        if !name.is_empty() && name != service.name && seen.insert(name.to_owned()) {
            out.push(name.to_owned());
        }
    };
    if let Some(name) = service.node.str_at("container_name") {
        add(name);
    }
    if let Some(host) = service.node.str_at("hostname") {
        add(host);
        if let Some(domain) = service.node.str_at("domainname") {
            add(&format!("{host}.{domain}"));
        }
    }
    for network in service.entries("networks") {
        let aliases = network.value.get("aliases").map_or(&[] as &[Node], Node::items);
        aliases.iter().filter_map(Node::as_str).for_each(&mut add);
    }
    service.named.links.get(service.name).into_iter().flatten().for_each(|alias| add(alias));
    out
}

/// Networks by the name that is stated for them, else by their key.
fn networks(service: &Service<'_>) -> Vec<String> {
    networks_of(service, service.node, 0)
}

fn networks_of<'p>(service: &Service<'p>, node: &'p Node, depth: usize) -> Vec<String> {
    match node.str_at("network_mode") {
        Some("none") => return Vec::new(),
        Some(mode) => {
            let other = mode.strip_prefix("service:").and_then(|name| service.named.services.get(name).copied());
            return match other {
                Some(other) if depth < 8 => networks_of(service, other, depth + 1),
                _ => vec![mode.to_owned()],
            };
        }
        None => {}
    }
    let named = |key: &str| {
        let stated = service.named.networks.get(key).copied();
        let external = |network: &'p Node| network.at_path(&["external", "name"]).and_then(Node::as_str);
        let name = stated.and_then(|network| network.str_at("name").or_else(|| external(network)));
        name.unwrap_or(key).to_owned()
    };
    let own = node.get("networks").map_or(&[] as &[Entry], Node::entries);
    if own.is_empty() { vec![named("default")] } else { own.iter().map(|network| named(&network.key)).collect() }
}

/// What it is for, where all its profiles say so: they keep it from being started with the rest.
fn support(service: &Service<'_>) -> Option<Support> {
    let profiles = service.items("profiles");
    let mut kinds = profiles.iter().map(|profile| profile.as_str().and_then(support_of));
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

fn support_of(profile: &str) -> Option<Support> {
    let mut words = profile.split(['-', '_', '.', ':']).map(str::to_ascii_lowercase);
    words.find_map(|word| match word.as_str() {
        "test" | "tests" | "testing" | "e2e" | "integration" | "loadtest" | "benchmark" | "bench" | "perf" | "ci"
        | "debug" => Some(Support::Testing),
        "monitoring" | "observability" | "o11y" | "metrics" | "tracing" | "telemetry" | "logging" => {
            Some(Support::Monitoring)
        }
        "tools" | "tooling" | "devtools" => Some(Support::Platform),
        _ => None,
    })
}

/// What Compose starts before it: a hint for whoever joins, never a call.
fn starts_after(service: &Service<'_>) -> Vec<Spelled> {
    let (mut out, mut seen): (Vec<Spelled>, BTreeSet<String>) = (Vec::new(), BTreeSet::new());
    let mut add = |name: &str, origin: Origin| {
        if seen.insert(name.to_owned()) {
            out.push(Spelled { text: name.to_owned(), origin });
        }
    };
    for entry in service.entries("depends_on") {
        add(&entry.key, Origin::at(entry.key_at));
    }
    for link in service.items("links") {
        let name = link.as_str().unwrap_or_default();
        add(name.split(':').next().unwrap_or(name), Origin::of(link));
    }
    for from in service.items("volumes_from") {
        let text = from.as_str().unwrap_or_default();
        if !text.starts_with("container:") {
            add(text.split(':').next().unwrap_or(text), Origin::of(from));
        }
    }
    for key in ["network_mode", "ipc", "pid"] {
        if let Some(node) = service.node.get(key)
            && let Some(name) = node.as_str().and_then(|text| text.strip_prefix("service:"))
        {
            add(name, Origin::of(node));
        }
    }
    out
}

/// `external_links` name containers of other projects, which nothing else here does.
fn mention_external_links(service: &Service<'_>, unit: usize, facts: &mut Facts) {
    for link in service.items("external_links") {
        let Some(text) = link.as_str() else { continue };
        let (by, key) = (About::Unit(unit), String::from("external_links"));
        let value = text.split(':').next().unwrap_or(text).to_owned();
        let origin = Origin::of(link);
        facts.mentions.push(Mention { by, key, value, spelled: None, profile: None, origin });
    }
}
