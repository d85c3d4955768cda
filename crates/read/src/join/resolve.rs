//! Every host that somebody names, followed to a component, an outside host, or nothing.
//!
//! A host is looked up as the caller's network would: Services and workloads of its own variant first, in its own
//! namespace; then names of other variants, since a host that only another variant provides is an edge there; then the
//! public names of the system's own routes; and what has a dot and is none of them is somebody else's.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{
    At, Certainty, ComponentKind, Content, Field, InterfaceKind, LooseKind, Protocol, Support, Value,
};

use super::identity::{Part, PartId, PartName, Parts, main_image};
use super::interfaces::Served;
use super::mentions::{Mentioned, Place};
use super::{plain, products};
use crate::address::{Address, AddressForm, protocol_of_key, protocol_of_port, protocol_of_scheme};
use crate::config::keys::{is_host_like_key, is_name_like_key, is_telemetry_key, tokens};
use crate::facts::{Endpoint, Facts, Origin, VariantId};

/// A call in the making.
#[derive(Clone, Debug)]
pub(super) struct CallRow {
    pub(super) from: PartId,
    pub(super) to: PartId,
    pub(super) protocol: Protocol,
    /// Whether a scheme or the callee's product says the protocol, so that an interface cannot change it.
    pub(super) sure: bool,
    /// Variants in which it is made; `None` among them is all.
    pub(super) variants: BTreeSet<Option<VariantId>>,
    /// Where and how.
    pub(super) evidence: Vec<(Origin, String)>,
    /// Names of the variables and keys.
    pub(super) keys: BTreeSet<String>,
    /// Where plimsoll.yaml says that it is made.
    pub(super) supposed: Vec<(Origin, String)>,
    /// What plimsoll.yaml says of it.
    pub(super) claims: Vec<(Field, Value, Origin)>,
    /// How sure it is that it is made, where only program text shows it: as sure as the surest place.
    pub(super) certainty: Option<Certainty>,
    /// What program text says of it.
    pub(super) seen: Vec<(Field, Content, Origin, String)>,
}

impl CallRow {
    /// A call of which nothing is known yet.
    pub(super) fn new(from: PartId, to: PartId, protocol: Protocol, sure: bool) -> Self {
        Self {
            from,
            to,
            protocol,
            sure,
            variants: BTreeSet::new(),
            evidence: Vec::new(),
            keys: BTreeSet::new(),
            supposed: Vec::new(),
            claims: Vec::new(),
            certainty: Some(Certainty::Possible),
            seen: Vec::new(),
        }
    }
}

/// Calls, and names that lead nowhere.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) rows: Vec<CallRow>,
    pub(super) loose: Vec<LooseRow>,
}

impl std::ops::Deref for Calls {
    type Target = [CallRow];

    fn deref(&self) -> &[CallRow] {
        &self.rows
    }
}

/// A name that leads nowhere.
#[derive(Clone, Debug)]
pub(super) struct LooseRow {
    pub(super) kind: LooseKind,
    pub(super) by: Option<PartId>,
    pub(super) name: String,
    pub(super) message: String,
    pub(super) candidates: Vec<String>,
    pub(super) origin: Origin,
}

/// What a host is.
enum Answer {
    Part(PartId, Option<usize>),
    Elsewhere(PartId),
    Outside,
    Nothing,
    Ignored,
}

/// Follows every mention. External components are added to the parts.
pub(super) fn resolve(
    facts: &Facts,
    parts: &mut Parts,
    mentions: &[Mentioned],
    programs: &[(PartId, &str)],
    default: Option<VariantId>,
) -> Calls {
    let names = Names::of(facts, parts, programs);
    let mut found = Found {
        facts,
        names,
        default,
        outside: BTreeMap::new(),
        rows: BTreeMap::new(),
        loose: Vec::new(),
        like: BTreeMap::new(),
        spelled: Vec::new(),
    };
    let shared = asked_by_others(mentions, parts);
    for mention in mentions {
        if !is_given_for_others(facts, mention, parts.get(mention.by), &shared) {
            found.follow(mention, parts);
        }
    }
    found.selectors(parts);
    let mut calls = Calls { rows: found.rows.into_values().collect(), loose: found.loose };
    calls.rows.retain(|row| !row.evidence.is_empty());
    // The same name that leads nowhere in several variants is one row, at the first place.
    let mut seen = BTreeSet::new();
    calls.loose.retain(|row| seen.insert((row.kind, row.by, row.name.clone(), row.message.clone())));
    calls
}

/// Whether it keeps what others give it.
fn keeps(part: &Part) -> bool {
    matches!(part.kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::Broker)
}

/// Whether a store is given a variable that speaks to those who use it, as files of variables for all do: it does not
/// call what they call. A product as it comes calls only what its own variables name, and others of its cluster.
fn is_given_for_others(facts: &Facts, mention: &Mentioned, by: &Part, shared: &BTreeSet<At>) -> bool {
    #[rustfmt::skip]
    const CLUSTER: &[&str] = &[
        "zookeeper", "master", "primary", "replica", "replication", "slave", "leader", "peer", "peers", "cluster",
        "seed", "seeds", "discovery", "join", "quorum", "controller", "etcd", "nodes", "sentinel", "keeper",
    ];
    if mention.place != Place::Environment || !keeps(by) {
        return false;
    }
    let units = || by.units.iter().map(|unit| &facts.units[*unit]);
    let Some(product) = units().find_map(|unit| products::of_image(main_image(unit)?)) else {
        return shared.contains(&mention.origin.at);
    };
    // A pooler stands before a store and is told which.
    if matches!(product.name, "PgBouncer" | "Pgpool") {
        return false;
    }
    let words = tokens(&mention.key);
    let own = |word: &String| CLUSTER.contains(&word.as_str()) || product.images.contains(&word.as_str());
    !words.iter().any(own)
}

/// Places of variables that components are given which keep nothing.
fn asked_by_others(mentions: &[Mentioned], parts: &Parts) -> BTreeSet<At> {
    let asks = |mention: &&Mentioned| mention.place == Place::Environment && !keeps(parts.get(mention.by));
    mentions.iter().filter(asks).map(|mention| mention.origin.at).collect()
}

/// Who answers to a name, and the endpoint through which, where one is declared.
type Provider = (PartId, Option<usize>);

/// The tables in which hosts are looked up.
struct Names {
    /// (variant, plain name) → (part, endpoint).
    here: BTreeMap<(VariantId, String), BTreeSet<Provider>>,
    /// plain name → parts, over all variants.
    anywhere: BTreeMap<String, BTreeSet<PartId>>,
    /// Namespaces of the system.
    namespaces: BTreeSet<String>,
    /// Public host → parts.
    routes: BTreeMap<String, BTreeSet<PartId>>,
    /// Names that plimsoll.yaml gives → part.
    aliases: BTreeMap<String, PartId>,
    /// Every name of every part, spelling aside.
    spoken: BTreeSet<String>,
    /// Endpoints that lead to outside hosts.
    elsewhere: Vec<usize>,
}

/// Host names are compared in lower case; `_` and `-` are told apart in none of the systems that resolve them.
fn host_key(name: &str) -> String {
    name.to_lowercase()
}

impl Names {
    fn of(facts: &Facts, parts: &Parts, programs: &[(PartId, &str)]) -> Self {
        let mut names = Self {
            here: BTreeMap::new(),
            anywhere: BTreeMap::new(),
            namespaces: BTreeSet::new(),
            routes: BTreeMap::new(),
            aliases: BTreeMap::new(),
            spoken: BTreeSet::new(),
            elsewhere: Vec::new(),
        };
        let leads_out = |(_, endpoint): &(usize, &Endpoint)| endpoint.exposure == "ExternalName";
        names.elsewhere.extend(facts.endpoints.iter().enumerate().filter(leads_out).map(|(index, _)| index));
        for part in parts.ids() {
            let stated = parts.get(part).names.iter().filter(|name| name.note == "plimsoll.yaml says so");
            names.aliases.extend(stated.map(|name| (host_key(&name.spelled), part)));
            let all = parts.get(part).names.iter().map(|name| &name.spelled).chain([&parts.get(part).id]);
            names.spoken.extend(all.map(|name| plain(name)));
        }
        for (index, unit) in facts.units.iter().enumerate() {
            let part = parts.of_unit[index];
            names.namespaces.extend(unit.namespace.clone());
            for name in std::iter::once(&unit.name).chain(&unit.hostnames) {
                names.put(unit.variant, name, part, None);
            }
        }
        for (index, endpoint) in facts.endpoints.iter().enumerate() {
            names.namespaces.extend(endpoint.namespace.clone());
            if endpoint.form == "Service" {
                let selected: BTreeSet<PartId> =
                    parts.selections.by(index).iter().map(|unit| parts.of_unit[*unit]).collect();
                for part in selected {
                    names.put(endpoint.variant, &endpoint.name, part, Some(index));
                }
            }
        }
        // What only plimsoll.yaml describes is reached by the name that it has there.
        for part in
            parts.ids().filter(|part| parts.get(*part).units.is_empty() && !parts.get(*part).supposed.is_empty())
        {
            let host = host_key(&parts.get(part).id);
            if !names.anywhere.contains_key(&host) {
                names.aliases.entry(host).or_insert(part);
            }
        }
        // Discovery knows a program by the name that it gives itself, where no workload or Service goes by that.
        let taken: BTreeSet<String> = names.anywhere.keys().cloned().collect();
        for (part, name) in programs.iter().filter(|(_, name)| !taken.contains(&host_key(name))) {
            for unit in &parts.get(*part).units {
                names.put(facts.units[*unit].variant, name, *part, None);
            }
        }
        for endpoint in &facts.endpoints {
            let targets: BTreeSet<PartId> = endpoint
                .targets
                .iter()
                .filter_map(|target| names.here.get(&(endpoint.variant, host_key(&target.name))))
                .flatten()
                .map(|(part, _)| *part)
                .collect();
            for host in &endpoint.hosts {
                names.routes.entry(host_key(&host.text)).or_default().extend(&targets);
            }
        }
        names
    }

    fn put(&mut self, variant: VariantId, name: &str, part: PartId, endpoint: Option<usize>) {
        let entry = self.here.entry((variant, host_key(name))).or_default();
        // A Service's row says more than a workload's of the same name.
        if endpoint.is_some() {
            entry.remove(&(part, None));
        }
        if endpoint.is_some() || !entry.iter().any(|(known, _)| *known == part) {
            entry.insert((part, endpoint));
        }
        self.anywhere.entry(host_key(name)).or_default().insert(part);
    }

    /// The name of the Service in a host, without namespace and cluster domain; `None` for an outside host.
    fn service_of<'h>(&self, host: &'h str) -> Option<&'h str> {
        let labels: Vec<&'h str> = host.split('.').collect();
        // Compose allows dots in a name and an alias: `catalog.api`, `id.shop.test`.
        if labels.len() == 1 || self.anywhere.contains_key(&host_key(host)) {
            return Some(host);
        }
        if let Some(svc) = labels.iter().position(|label| *label == "svc") {
            return (svc >= 2).then(|| labels[svc - 2]);
        }
        if host.ends_with(".cluster.local") {
            return Some(labels[0]);
        }
        let known = |label: &str| self.anywhere.contains_key(&host_key(label));
        // `cart.shop`: a Service and a namespace of the system; `redis-0.redis`: a pod and its headless Service.
        match labels[..] {
            [service, namespace] if known(service) && self.namespaces.contains(namespace) => Some(service),
            [pod, service]
                if known(service) && pod.starts_with(service) && pod.ends_with(|c: char| c.is_ascii_digit()) =>
            {
                Some(service)
            }
            [service, "internal" | "local" | "localdomain" | "lan" | "docker"] if known(service) => Some(service),
            [service, "service", "consul"] => Some(service),
            _ => None,
        }
    }
}

struct Found<'f> {
    facts: &'f Facts,
    names: Names,
    default: Option<VariantId>,
    outside: BTreeMap<String, PartId>,
    rows: BTreeMap<(PartId, PartId), CallRow>,
    loose: Vec<LooseRow>,
    /// For each host that led nowhere, the known names like it: many files name the same one.
    like: BTreeMap<String, Vec<String>>,
    /// Every known name with its plain spelling, once a host has led nowhere.
    spelled: Vec<(String, String)>,
}

impl Found<'_> {
    fn follow(&mut self, mention: &Mentioned, parts: &mut Parts) {
        let telemetry = is_telemetry_key(&mention.key);
        for address in &mention.addresses {
            if !self.counts(mention, address) {
                continue;
            }
            match self.look_up(mention, address) {
                Answer::Part(part, endpoint) => {
                    self.call(mention, address, part, parts, mention.variant);
                    self.check_port(mention, address, endpoint);
                }
                Answer::Elsewhere(part) => {
                    self.call(mention, address, part, parts, mention.variant);
                    self.not_here(mention, address, part, parts);
                }
                Answer::Outside if telemetry || mention.place == Place::Wait || !leads_out(mention, address) => {}
                Answer::Outside => {
                    let part = self.outside(address, parts, mention);
                    self.call(mention, address, part, parts, mention.variant);
                }
                Answer::Nothing if matches!(mention.place, Place::Wait | Place::Code) => {}
                Answer::Nothing => self.dangling(mention, address),
                Answer::Ignored => {}
            }
        }
    }

    /// Whether an address of that form counts where it stands.
    fn counts(&self, mention: &Mentioned, address: &Address) -> bool {
        if address.form != AddressForm::Bare {
            return true;
        }
        let host_like = is_host_like_key(&mention.key);
        match mention.place {
            Place::Environment | Place::Configuration => host_like || !is_name_like_key(&mention.key),
            Place::Code => host_like || mention.seen.as_ref().is_some_and(|seen| seen.certainty == Certainty::Sure),
            // The words of a command are read with the command that they belong to.
            Place::Argument | Place::Wait => true,
        }
    }

    fn look_up(&self, mention: &Mentioned, address: &Address) -> Answer {
        let host = host_key(&address.host);
        let client = mention.seen.as_ref().is_some_and(|seen| seen.certainty == Certainty::Sure);
        let sure = address.form != AddressForm::Bare || is_host_like_key(&mention.key) || client;
        if let Some(part) = self.names.aliases.get(&host) {
            return Answer::Part(*part, None);
        }
        let Some(service) = self.names.service_of(&host) else {
            return match self.names.routes.get(&host) {
                Some(parts) if parts.len() == 1 => match parts.first() {
                    Some(part) => Answer::Part(*part, None),
                    None => Answer::Ignored,
                },
                Some(_) => Answer::Ignored,
                // `basket.data` beside a component `basket-data` is a name that nothing goes by, not a public host.
                None if self.names.spoken.contains(&plain(&host)) => Answer::Nothing,
                None if sure && is_public(&host) => Answer::Outside,
                None => Answer::Ignored,
            };
        };
        let variants = match mention.variant {
            Some(variant) => vec![variant],
            None => self.default.into_iter().chain((0..self.facts.variants.len()).map(VariantId)).collect(),
        };
        for variant in variants {
            let Some(found) = self.names.here.get(&(variant, service.to_owned())) else { continue };
            let parts: BTreeSet<PartId> = found.iter().map(|(part, _)| *part).collect();
            if let (Some((part, endpoint)), 1) = (found.iter().next_back(), parts.len()) {
                return Answer::Part(*part, *endpoint);
            }
            return Answer::Ignored;
        }
        let elsewhere = self.names.anywhere.get(service);
        match elsewhere.map(|parts| parts.iter().copied().collect::<Vec<_>>()).as_deref() {
            Some([part]) => Answer::Elsewhere(*part),
            Some(_) => Answer::Ignored,
            None if self.is_external_name(mention, service) => Answer::Outside,
            None if address.form == AddressForm::Bare => {
                if is_host_like_key(&mention.key) && looks_like_host(service) {
                    Answer::Nothing
                } else {
                    Answer::Ignored
                }
            }
            None => Answer::Nothing,
        }
    }

    fn is_external_name(&self, mention: &Mentioned, service: &str) -> bool {
        self.external_name(mention, service).is_some()
    }

    /// The Service without pods that leads to an outside host.
    fn external_name(&self, mention: &Mentioned, service: &str) -> Option<&Endpoint> {
        let fits = |endpoint: &&Endpoint| {
            endpoint.name == service && mention.variant.is_none_or(|variant| variant == endpoint.variant)
        };
        self.names.elsewhere.iter().map(|index| &self.facts.endpoints[*index]).find(fits)
    }

    fn outside(&mut self, address: &Address, parts: &mut Parts, mention: &Mentioned) -> PartId {
        let named = self.names.service_of(&host_key(&address.host)).map(str::to_owned);
        let target = named.and_then(|service| {
            let endpoint = self.external_name(mention, &service)?;
            Some((service, endpoint.targets.first()?.name.clone()))
        });
        let (host, alias) = match target {
            Some((service, host)) => (host.to_lowercase(), Some(service)),
            None => (host_key(&address.host), None),
        };
        let origin = mention.origin.clone();
        let protocol =
            address.scheme.as_deref().and_then(protocol_of_scheme).or(address.port.and_then(protocol_of_port));
        let part = *self.outside.entry(host.clone()).or_insert_with(|| {
            parts.all.push(Part::new(host.clone(), ComponentKind::External));
            PartId(parts.all.len() - 1)
        });
        let _ = protocol;
        let part_row = &mut parts.all[part.0];
        if part_row.origins.is_empty() {
            part_row.origins.push((origin.clone(), format!("named by `{}`", mention.key)));
        }
        if let Some(alias) = alias.filter(|alias| !part_row.names.iter().any(|name| name.spelled == *alias)) {
            part_row.names.push(PartName { spelled: alias, note: String::from("an ExternalName Service"), origin });
        }
        part
    }

    fn call(&mut self, mention: &Mentioned, address: &Address, to: PartId, parts: &Parts, variant: Option<VariantId>) {
        if to == mention.by {
            return;
        }
        let (protocol, sure) = protocol(mention, address, parts.get(mention.by), parts.get(to));
        let row = self.rows.entry((mention.by, to)).or_insert_with(|| CallRow::new(mention.by, to, protocol, sure));
        row.certainty = match &mention.seen {
            Some(seen) => row.certainty.map(|known| known.min(seen.certainty)),
            None => None,
        };
        if let Some(seen) = &mention.seen
            && let Some(timeout) = &seen.timeout
        {
            row.seen.push((Field::Timeout, timeout.clone(), mention.origin.clone(), seen.note.clone()));
        }
        // A wait before the start adds to an edge and never makes one.
        if mention.place == Place::Wait && row.evidence.is_empty() {
            return;
        }
        if sure && !row.sure {
            (row.protocol, row.sure) = (protocol, true);
        }
        row.variants.insert(variant);
        if !mention.key.is_empty() {
            row.keys.insert(mention.key.clone());
        }
        let note = if let Some(seen) = &mention.seen {
            format!("{} names `{}`", seen.note, shown(address))
        } else if mention.key.is_empty() {
            format!("a command names `{}`", address.host)
        } else {
            format!("`{}` names `{}`", mention.key, shown(address))
        };
        if !row.evidence.iter().any(|(origin, _)| origin.at == mention.origin.at) {
            row.evidence.push((mention.origin.clone(), note));
        }
    }

    fn check_port(&mut self, mention: &Mentioned, address: &Address, endpoint: Option<usize>) {
        let (Some(port), Some(endpoint)) = (address.port, endpoint) else { return };
        let endpoint = &self.facts.endpoints[endpoint];
        let open: Vec<u16> = endpoint.ports.iter().filter_map(|port| port.number).collect();
        if open.is_empty()
            || open.contains(&port)
            || endpoint.exposure == "headless"
            || matches!(mention.place, Place::Wait | Place::Code)
        {
            return;
        }
        self.loose.push(LooseRow {
            kind: LooseKind::DanglingPort,
            by: Some(mention.by),
            name: format!("{}:{port}", address.host),
            message: format!("the Service `{}` opens {}, not {port}", endpoint.name, list(&open)),
            candidates: open.iter().map(ToString::to_string).collect(),
            origin: mention.origin.clone(),
        });
    }

    fn not_here(&mut self, mention: &Mentioned, address: &Address, part: PartId, parts: &Parts) {
        if matches!(mention.place, Place::Wait | Place::Code) {
            return;
        }
        let units = &parts.get(part).units;
        let variants: BTreeSet<&str> =
            units.iter().map(|unit| self.facts.variants[self.facts.units[*unit].variant.0].path.as_str()).collect();
        let shown: Vec<&str> = variants.into_iter().collect();
        self.loose.push(LooseRow {
            kind: LooseKind::DanglingHost,
            by: Some(mention.by),
            name: address.host.clone(),
            message: format!("`{}` is not deployed by this variant, only by {}", address.host, few(&shown)),
            candidates: vec![parts.get(part).id.clone()],
            origin: mention.origin.clone(),
        });
    }

    fn dangling(&mut self, mention: &Mentioned, address: &Address) {
        if is_telemetry_key(&mention.key) {
            return;
        }
        let candidates = self.like(&address.host);
        self.loose.push(LooseRow {
            kind: LooseKind::DanglingHost,
            by: Some(mention.by),
            name: address.host.clone(),
            message: format!("`{}` names `{}`, which nothing here provides", mention.key, address.host),
            candidates,
            origin: mention.origin.clone(),
        });
    }

    /// Known names of which one contains the other, spelling aside.
    fn like(&mut self, host: &str) -> Vec<String> {
        const SHORTEST: usize = 4;
        if let Some(known) = self.like.get(host) {
            return known.clone();
        }
        if self.spelled.is_empty() {
            let long = self.names.anywhere.keys().map(|name| (plain(name), name.clone()));
            self.spelled = long.filter(|(plain, _)| plain.len() >= SHORTEST).collect();
        }
        let wanted = plain(host);
        let like = |plain: &str| wanted.len() >= SHORTEST && (plain.contains(&wanted) || wanted.contains(plain));
        let found: Vec<String> =
            self.spelled.iter().filter(|(plain, _)| like(plain)).map(|(_, name)| name.clone()).collect();
        self.like.insert(host.to_owned(), found.clone());
        found
    }

    /// Services that select nothing in their own variant.
    fn selectors(&mut self, parts: &Parts) {
        let run: BTreeSet<VariantId> = self.facts.units.iter().map(|unit| unit.variant).collect();
        for (index, endpoint) in self.facts.endpoints.iter().enumerate().filter(|(_, each)| each.form == "Service") {
            // A folder that only adds Services to what another deploys selects nothing by itself.
            let adds = self.facts.variants[endpoint.variant.0].optional || !run.contains(&endpoint.variant);
            if adds || endpoint.selector.is_empty() || !parts.selections.by(index).is_empty() {
                continue;
            }
            let selector: Vec<String> = endpoint.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            self.loose.push(LooseRow {
                kind: LooseKind::DanglingSelector,
                by: None,
                name: endpoint.name.clone(),
                message: format!(
                    "the Service `{}` selects {}, which no pod of this variant carries",
                    endpoint.name,
                    selector.join(", ")
                ),
                candidates: Vec::new(),
                origin: endpoint.origin.clone(),
            });
        }
    }
}

fn shown(address: &Address) -> String {
    let scheme = address.scheme.as_ref().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    let port = address.port.map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}{}{port}", address.host)
}

fn list(ports: &[u16]) -> String {
    ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The first three of a list and how many more there are.
fn few(all: &[&str]) -> String {
    match all.len() {
        0..=3 => all.join(", "),
        count => format!("{} and {} more", all[..3].join(", "), count - 3),
    }
}

/// A single label that could be a host and is no ordinary word of configuration.
fn looks_like_host(name: &str) -> bool {
    name.len() > 2
        && name.contains('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a host with dots belongs to somebody else, rather than being a file, a version or a package.
fn is_public(host: &str) -> bool {
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    const DOCUMENTS: &[&str] = &[
        "w3.org",
        "www.w3.org",
        "schema.org",
        "json-schema.org",
        "xmlns.com",
        "www.apache.org",
        "schemas.microsoft.com",
    ];
    const FILES: &[&str] = &[
        "yaml",
        "yml",
        "json",
        "js",
        "ts",
        "go",
        "py",
        "java",
        "xml",
        "conf",
        "sh",
        "sql",
        "txt",
        "md",
        "html",
        "css",
        "png",
        "jar",
        "properties",
        "toml",
        "local",
        "internal",
        "svc",
        "localhost",
        "test",
        "example",
        "invalid",
    ];
    // Names that are kept for examples belong to nobody: RFC 2606.
    let example = ["example.com", "example.org", "example.net"]
        .iter()
        .any(|kept| host.strip_suffix(kept).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    last.len() >= 2
        && !example
        && last.bytes().all(|b| b.is_ascii_alphabetic())
        && !FILES.contains(&last)
        && !DOCUMENTS.contains(&host)
        && host.split('.').all(|label| !label.is_empty())
}

/// Whether a host in program text that is none of the system is somebody whom the program calls: a library is given it,
/// or it is the value of what is called like a host. Links, namespaces and names of documents are none.
fn leads_out(mention: &Mentioned, address: &Address) -> bool {
    let Some(seen) = &mention.seen else { return true };
    seen.certainty == Certainty::Sure || (seen.certainty == Certainty::Likely && address.form == AddressForm::Url)
}

/// What is spoken, and whether that is sure. A scheme decides; then what the callee is; then the key and the port.
fn protocol(mention: &Mentioned, address: &Address, from: &Part, to: &Part) -> (Protocol, bool) {
    let product = to.technology.as_deref().and_then(products::named);
    let by_scheme = address.scheme.as_deref().and_then(protocol_of_scheme);
    let by_library = mention.seen.as_ref().and_then(|seen| seen.protocol);
    // `http://` to a gRPC channel is how its library spells the address.
    if let Some(protocol) = by_library.filter(|protocol| {
        !matches!(protocol, Protocol::Http)
            && matches!(by_scheme, None | Some(Protocol::Http | Protocol::Tcp | Protocol::Dns))
    }) {
        return (protocol, true);
    }
    if to.support == Some(Support::Monitoring) {
        let by_port = address.port.and_then(protocol_of_port);
        return (by_port.or(by_scheme).unwrap_or(Protocol::Otlp), true);
    }
    let keeps = keeps(to);
    match (by_scheme, product) {
        // A search store is asked over http and still is one; a gateway only passes on what it was asked.
        (Some(Protocol::Http), Some(product))
            if from.kind != ComponentKind::Gateway
                && matches!(product.protocol, Protocol::Elasticsearch | Protocol::S3) =>
        {
            (product.protocol, true)
        }
        (Some(Protocol::Tcp | Protocol::Dns), Some(product)) if keeps => (product.protocol, true),
        (Some(scheme), _) if scheme != Protocol::Tcp => (scheme, true),
        (_, Some(product)) if keeps || product.protocol != Protocol::Http => (product.protocol, true),
        _ => by_key_or_port(mention, address, to),
    }
}

fn by_key_or_port(mention: &Mentioned, address: &Address, to: &Part) -> (Protocol, bool) {
    let key = mention.key.to_lowercase();
    if key.contains("grpc") || address.port == Some(50051) {
        return (Protocol::Grpc, true);
    }
    let keeps = keeps(to);
    if let Some(protocol) = protocol_of_key(&mention.key).filter(|_| keeps) {
        return (protocol, true);
    }
    let by_port = address.port.and_then(protocol_of_port).filter(|protocol| *protocol != Protocol::Http);
    let fits = |protocol: &Protocol| to.kind != ComponentKind::Service || *protocol == Protocol::Grpc;
    match by_port.filter(fits) {
        Some(protocol) => (protocol, true),
        None if matches!(address.port, Some(80 | 443)) => (Protocol::Http, true),
        None if matches!(to.kind, ComponentKind::Store) => (Protocol::Sql, false),
        None if matches!(to.kind, ComponentKind::Cache) => (Protocol::Redis, false),
        None => (Protocol::Http, false),
    }
}

/// A call whose protocol nothing else says speaks what the callee serves.
pub(super) fn with_interfaces(mut calls: Calls, parts: &Parts, interfaces: &[Served]) -> Calls {
    for row in calls.rows.iter_mut().filter(|row| !row.sure) {
        let served: BTreeSet<InterfaceKind> =
            interfaces.iter().filter(|i| i.component == Some(row.to)).map(|i| i.described.kind).collect();
        if served.contains(&InterfaceKind::Grpc) && !served.contains(&InterfaceKind::Openapi) {
            row.protocol = Protocol::Grpc;
        }
        let _ = parts;
    }
    calls
}
