//! What program text shows, joined: texts that name somebody, clients and servers of gRPC services, topics, protections.
//!
//! A file speaks for the component whose source folder it lies in. Where several programs share one build, as
//! `cmd/orders` and `cmd/payments` do, a folder that is called like a component is its source.
//!
//! Not here: how text is read (`crate::code`), how a host is looked up (`resolve`).
//! Always: a client without one known server makes no call; a topic whose name is not known is none.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, ComponentKind, Content, Field, FileId, InterfaceKind, Protocol};

use super::folders::Folders;
use super::identity::{PartId, Parts};
use super::interfaces::Served;
use super::mentions::{Mentioned, Place, Seen, filled, variables_of};
use super::plain;
use super::resolve::{CallRow, Calls};
use super::topics::TopicRow;
use crate::address::addresses;
use crate::corpus::Corpus;
use crate::facts::{Facts, Origin, Sight, Sighting, Variable};

/// Who speaks in which file of program text, and which variables it is given.
#[derive(Debug, Default)]
pub(super) struct Owners {
    by_file: BTreeMap<FileId, PartId>,
    variables: BTreeMap<PartId, Vec<Variable>>,
    /// Variables that stand in one place for several components, and whose files do not hold their name although
    /// another's do.
    for_others: BTreeSet<(PartId, At)>,
}

impl Owners {
    /// The owners of all files in which something was seen.
    pub(super) fn of(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders) -> Self {
        let mut owners = Self::default();
        let files: BTreeSet<FileId> = facts.sightings.iter().map(|each| each.origin.at.file).collect();
        for file in files {
            let owner = match folders.owners(corpus, file) {
                Some(_) => folders.owner(corpus, file),
                None => called_like(corpus, parts, file),
            };
            if let Some(part) = owner {
                owners.by_file.insert(file, part);
                owners.variables.entry(part).or_insert_with(|| variables_of(facts, parts, part));
            }
        }
        owners.for_others = shared_and_unread(corpus, facts, parts, folders, &owners);
        owners
    }

    /// Whether a variable of a file that several components are given speaks to others of them.
    fn is_for_others(&self, mention: &Mentioned) -> bool {
        mention.place == Place::Environment && self.for_others.contains(&(mention.by, mention.origin.at))
    }

    fn who(&self, sighting: &Sighting) -> Option<PartId> {
        self.by_file.get(&sighting.origin.at.file).copied()
    }

    /// A text with what the component is given in place of its placeholders.
    fn filled(&self, part: PartId, text: &str) -> String {
        filled(text, self.variables.get(&part).map_or(&[], Vec::as_slice))
    }
}

/// Variables that several components are given from one place, of those whose program was read and does not hold the
/// variable's name, while another's does: a file of addresses for all says whom the system knows, not who calls whom.
fn shared_and_unread(
    corpus: &Corpus,
    facts: &Facts,
    parts: &Parts,
    folders: &Folders,
    owners: &Owners,
) -> BTreeSet<(PartId, At)> {
    let mut given: BTreeMap<(At, &str), BTreeSet<PartId>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        for variable in unit.containers.iter().flat_map(|container| &container.environment) {
            let names = variable.value.as_deref().is_some_and(|value| !addresses(value).is_empty());
            if names {
                given.entry((variable.origin.at, &variable.name)).or_default().insert(parts.of_unit[index]);
            }
        }
    }
    let mut known: BTreeMap<(PartId, &str), bool> = BTreeMap::new();
    let mut out = BTreeSet::new();
    for ((at, name), given) in given.iter().filter(|(_, given)| given.len() > 1) {
        let mut holds = |part: PartId| *known.entry((part, name)).or_insert_with(|| holds(corpus, folders, part, name));
        let readers: BTreeSet<PartId> = given.iter().copied().filter(|part| holds(*part)).collect();
        if !readers.is_empty() {
            let read = |part: &&PartId| owners.variables.contains_key(*part) && !readers.contains(*part);
            out.extend(given.iter().filter(read).map(|part| (*part, *at)));
        }
    }
    out
}

/// Whether some file in the component's folders holds the name of a variable, in any of its spellings.
fn holds(corpus: &Corpus, folders: &Folders, part: PartId, name: &str) -> bool {
    const FILE_BYTES_MAX: u64 = 1 << 20;
    let dotted = name.to_lowercase().replace('_', ".");
    let bare = dotted.replace('.', "");
    let sections = name.replace("__", ":");
    let spelled = |file: FileId| {
        let text = match corpus.size(file) <= FILE_BYTES_MAX && !corpus.is_link(file) {
            true => corpus.text(file).unwrap_or_default(),
            false => "",
        };
        // `SPRING_DATASOURCE_URL` is bound by a framework, whatever the program holds.
        text.contains(name) || text.contains(&sections) || {
            let lower = text.to_lowercase();
            lower.contains(&dotted) || lower.replace(['-', '_', '.'], "").contains(&bare)
        }
    };
    name.starts_with("SPRING_") || folders.of(part).any(|(source, folder, _)| corpus.below(source, folder).any(spelled))
}

/// The component that the deepest folder above a file is called like, where only one is.
fn called_like(corpus: &Corpus, parts: &Parts, file: FileId) -> Option<PartId> {
    let of = |folder: &str| {
        let named: Vec<PartId> = parts.named(folder).into_iter().filter(|part| is_program(parts, *part)).collect();
        match named[..] {
            [part] => Some(part),
            _ => None,
        }
    };
    let folders: Vec<&str> = corpus.folder(file).split('/').collect();
    let above = |index: usize| if index == 0 { "" } else { folders[index - 1] };
    (0..folders.len()).rev().filter(|index| PROGRAMS.contains(&above(*index))).find_map(|index| of(folders[index]))
}

/// Folders below which each folder is a program. Others, such as `config/user`, are called after what they are for.
const PROGRAMS: &[&str] =
    &["", "cmd", "services", "service", "apps", "servers", "microservices", "packages", "projects"];

fn is_program(parts: &Parts, part: PartId) -> bool {
    let part = parts.get(part);
    matches!(part.kind, ComponentKind::Service | ComponentKind::Frontend | ComponentKind::Gateway | ComponentKind::Job)
}

/// Adds the texts that may name somebody.
pub(super) fn mentions(facts: &Facts, parts: &Parts, owners: &Owners, out: &mut Vec<Mentioned>) {
    out.retain(|mention| !owners.is_for_others(mention));
    for sighting in &facts.sightings {
        let Sight::Names { key, value, protocol, timeout } = &sighting.sight else { continue };
        let Some(by) = owners.who(sighting) else { continue };
        let value = owners.filled(by, value);
        // A DSN of PDO begins with its driver.
        let value = match value.split_once(":host=") {
            Some(("mysql" | "pgsql" | "sqlsrv", rest)) => format!("host={rest}"),
            _ => value,
        };
        let addresses = addresses(&value);
        if addresses.is_empty() || parts.get(by).support.is_some() {
            continue;
        }
        out.push(Mentioned {
            by,
            variant: None,
            key: key.clone(),
            addresses,
            value,
            origin: sighting.origin.clone(),
            place: Place::Code,
            seen: Some(Seen {
                certainty: sighting.certainty,
                note: sighting.note.clone(),
                protocol: *protocol,
                timeout: timeout.clone(),
            }),
        });
    }
}

/// The last word of a service's full name, as names are compared.
fn short(service: &str) -> String {
    plain(service.rsplit('.').next().unwrap_or(service))
}

/// Servers say who serves a description; clients call whoever serves it.
pub(super) fn services(facts: &Facts, owners: &Owners, interfaces: &mut [Served], calls: &mut Calls) {
    let mut servers: BTreeMap<String, BTreeMap<PartId, &Sighting>> = BTreeMap::new();
    for sighting in &facts.sightings {
        if let (Sight::Server(service), Some(part)) = (&sighting.sight, owners.who(sighting)) {
            servers.entry(short(service)).or_default().entry(part).or_insert(sighting);
        }
    }
    for served in interfaces.iter_mut().filter(|served| served.described.kind == InterfaceKind::Grpc) {
        let registered = servers.get(&short(&served.described.name));
        if let Some((part, _)) = registered.filter(|parts| parts.len() == 1).and_then(BTreeMap::first_key_value)
            && served.component != Some(*part)
        {
            (served.component, served.note) = (Some(*part), String::from("its program registers it"));
        }
    }
    let mut known: BTreeMap<String, BTreeSet<PartId>> =
        servers.iter().map(|(service, parts)| (service.clone(), parts.keys().copied().collect())).collect();
    for served in interfaces.iter().filter(|served| served.described.kind == InterfaceKind::Grpc) {
        if let Some(part) = served.component {
            known.entry(short(&served.described.name)).or_insert_with(|| BTreeSet::from([part]));
        }
    }
    for sighting in &facts.sightings {
        let (Sight::Client(service, by_url), Some(from)) = (&sighting.sight, owners.who(sighting)) else { continue };
        let Some(to) = known.get(&short(service)).and_then(only) else { continue };
        if to != from {
            let note = format!("{} makes a client of `{service}`", sighting.note);
            let row = add(calls, from, to, Protocol::Grpc, sighting, note);
            if *by_url && row.protocol == Protocol::Http {
                row.protocol = Protocol::Grpc;
            }
        }
    }
}

/// The only one of a set.
fn only(parts: &BTreeSet<PartId>) -> Option<PartId> {
    (parts.len() == 1).then(|| parts.first().copied()).flatten()
}

fn add<'c>(
    calls: &'c mut Calls,
    from: PartId,
    to: PartId,
    protocol: Protocol,
    sighting: &Sighting,
    note: String,
) -> &'c mut CallRow {
    let row = match calls.rows.iter().position(|row| row.from == from && row.to == to) {
        Some(index) => &mut calls.rows[index],
        None => {
            calls.rows.push(CallRow::new(from, to, protocol, true));
            let last = calls.rows.len() - 1;
            &mut calls.rows[last]
        }
    };
    if !row.sure {
        (row.protocol, row.sure) = (protocol, true);
    }
    row.certainty = row.certainty.map(|known| known.min(sighting.certainty));
    row.variants.insert(None);
    if !row.evidence.iter().any(|(origin, _)| origin.at == sighting.origin.at) {
        row.evidence.push((sighting.origin.clone(), note));
    }
    row
}

/// Who sends to and takes from which topic; the broker of the system is reached by whoever does.
pub(super) fn topics(facts: &Facts, parts: &Parts, owners: &Owners, topics: &mut Vec<TopicRow>, calls: &mut Calls) {
    for sighting in &facts.sightings {
        let (Sight::Sends(spelled, protocol) | Sight::Takes(spelled, protocol)) = &sighting.sight else { continue };
        let Some(part) = owners.who(sighting) else { continue };
        let name = owners.filled(part, spelled);
        let kinds = ["/queues/", "/queue/", "/topics/", "/topic/", "queue://", "topic://", "queue:", "topic:"];
        let name = kinds.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(&name).to_owned();
        if name.contains(['$', '{', '%', '*']) || name.is_empty() {
            continue;
        }
        let broker = broker(parts, calls, part, *protocol);
        let sends = matches!(sighting.sight, Sight::Sends(..));
        if let Some((broker, spoken)) = broker {
            let verb = if sends { "sends to" } else { "takes from" };
            add(calls, part, broker, spoken, sighting, format!("{} {verb} `{name}`", sighting.note));
        }
        let index = topics.iter().position(|row| plain(&row.name) == plain(&name)).unwrap_or_else(|| {
            topics.push(TopicRow::new(name.clone(), broker.map(|(broker, _)| broker)));
            topics.len() - 1
        });
        let row = &mut topics[index];
        row.users.remove(&part);
        if sends {
            row.producers.insert(part)
        } else {
            row.consumers.insert(part)
        };
        if !row.evidence.iter().any(|(origin, _)| origin.at == sighting.origin.at) {
            row.evidence.push((
                sighting.origin.clone(),
                format!("{} {}", sighting.note, if sends { "sends" } else { "takes" }),
            ));
        }
    }
    topics.sort_by(|a, b| a.name.cmp(&b.name));
}

/// The broker that a component uses: the only one that it reaches, else the only one of the system that speaks so.
fn broker(parts: &Parts, calls: &Calls, part: PartId, protocol: Option<Protocol>) -> Option<(PartId, Protocol)> {
    let spoken = |broker: PartId| {
        let product = parts.get(broker).technology.as_deref().and_then(super::products::named);
        protocol.or(product.map(|product| product.protocol))
    };
    let fits = |broker: &PartId| {
        let product = parts.get(*broker).technology.as_deref().and_then(super::products::named);
        parts.get(*broker).kind == ComponentKind::Broker
            && product.is_none_or(|product| protocol.is_none_or(|protocol| product.protocol == protocol))
    };
    let reached: BTreeSet<PartId> =
        calls.rows.iter().filter(|row| row.from == part).map(|row| row.to).filter(|to| fits(to)).collect();
    let all: BTreeSet<PartId> = parts.ids().filter(|id| fits(id)).collect();
    let broker = only(&reached).or_else(|| only(&all))?;
    Some((broker, spoken(broker)?))
}

/// What protects a component, as its program text shows.
pub(super) fn guards<'f>(
    facts: &'f Facts,
    owners: &'f Owners,
    part: PartId,
) -> impl Iterator<Item = (&'f String, &'f str, &'f Origin)> {
    let mut seen = BTreeSet::new();
    facts.sightings.iter().filter_map(move |sighting| {
        let Sight::Guards(text) = &sighting.sight else { return None };
        let own = owners.who(sighting) == Some(part) && seen.insert(text);
        own.then_some((text, sighting.note.as_str(), &sighting.origin))
    })
}

/// What is said of one field of a call: that there is none only where no place says anything else.
pub(super) fn settled(
    seen: &[(Field, Content, Origin, String)],
) -> impl Iterator<Item = &(Field, Content, Origin, String)> {
    let states = |field: Field| seen.iter().any(|(each, content, ..)| *each == field && *content != Content::Absent);
    let mut kept = BTreeSet::new();
    seen.iter().filter(move |(field, content, ..)| {
        let fits = *content != Content::Absent || !states(*field);
        fits && kept.insert((*field, content.clone()))
    })
}
