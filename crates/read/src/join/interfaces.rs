//! Which component serves a description of operations.
//!
//! A proto service goes to the component of its name (`CartService` to `cartservice`, `cart` or `cart-service`), then
//! by its package and file name, then by the folder it lies in, where no client could have copied it there. An OpenAPI
//! document goes to the component whose folder it lies in, then by the hosts that it states, its file and its title.
//! Copies of one description are one interface; operations that only one copy has are added.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{ComponentKind, InterfaceKind};

use super::folders::Folders;
use super::identity::{PartId, Parts};
use super::plain;
use crate::corpus::{Corpus, folder_of};
use crate::facts::{Described, Facts, Origin};

/// An interface and who serves it.
#[derive(Clone, Debug)]
pub(super) struct Served {
    pub(super) component: Option<PartId>,
    pub(super) described: Described,
    /// Where its copies stand.
    pub(super) origins: Vec<Origin>,
    pub(super) note: String,
}

/// Finds who serves what, and folds copies.
pub(super) fn attribute(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders) -> Vec<Served> {
    let mut by_key: BTreeMap<(InterfaceKind, String), Vec<&Described>> = BTreeMap::new();
    for described in &facts.interfaces {
        by_key.entry((described.kind, fold_key(corpus, described))).or_default().push(described);
    }
    let mut served: Vec<Served> = Vec::new();
    for copies in by_key.into_values() {
        let (component, note) = match copies[0].kind {
            InterfaceKind::Grpc => serves_proto(corpus, &copies, parts, folders),
            _ => serves_document(corpus, &copies, parts, folders),
        };
        served.push(fold(component, note, &copies));
    }
    merge_documents(&mut served);
    merge_routes(parts, &mut served);
    served
}

/// Routes in the files of one component are one interface. Where a description of the component states the same, they
/// add nothing; routes of files that are nobody's are none.
fn merge_routes(parts: &Parts, served: &mut Vec<Served>) {
    let (routes, mut kept): (Vec<Served>, Vec<Served>) =
        std::mem::take(served).into_iter().partition(|each| each.described.kind == InterfaceKind::Http);
    let mut by_part: BTreeMap<PartId, Served> = BTreeMap::new();
    for each in routes {
        let Some(part) = each.component else { continue };
        let described = kept.iter().filter(|other| other.component == Some(part));
        if described.into_iter().any(|other| other.described.kind == InterfaceKind::Openapi) {
            continue;
        }
        let whole = by_part.entry(part).or_insert_with(|| {
            let name = format!("{} routes", parts.get(part).id);
            let described = Described { name, operations: Vec::new(), ..each.described.clone() };
            Served { described, origins: Vec::new(), note: String::from("its program serves them"), ..each.clone() }
        });
        for operation in each.described.operations {
            if !whole.described.operations.iter().any(|known| same_operation(known, &operation)) {
                whole.described.operations.push(operation);
            }
        }
        whole.origins.extend(each.origins);
    }
    kept.extend(by_part.into_values());
    *served = kept;
}

/// Copies of a proto service share its full name; documents are folded by component afterwards.
fn fold_key(corpus: &Corpus, described: &Described) -> String {
    match described.kind {
        InterfaceKind::Grpc | InterfaceKind::Thrift => described.name.clone(),
        _ => corpus.files().display(described.origin.at.file),
    }
}

fn fold(component: Option<PartId>, note: String, copies: &[&Described]) -> Served {
    // The copy with most operations is the interface; others may only repeat it or add to it.
    let main = copies.iter().max_by_key(|d| (d.operations.len(), std::cmp::Reverse(d.origin.at))).copied();
    let mut described = main.cloned().unwrap_or_else(|| copies[0].clone());
    for copy in copies {
        for operation in &copy.operations {
            if !described.operations.iter().any(|known| same_operation(known, operation)) {
                described.operations.push(operation.clone());
            }
        }
    }
    Served { component, described, origins: copies.iter().map(|copy| copy.origin.clone()).collect(), note }
}

fn same_operation(a: &crate::facts::DescribedOperation, b: &crate::facts::DescribedOperation) -> bool {
    match (&a.path, &b.path) {
        (Some(a_path), Some(b_path)) => a.method == b.method && a_path == b_path,
        _ => a.name == b.name,
    }
}

/// Documents of one component that repeat each other are one interface; different ones stay.
fn merge_documents(served: &mut Vec<Served>) {
    let mut kept: Vec<Served> = Vec::new();
    for each in std::mem::take(served) {
        let twin = kept.iter_mut().find(|known| {
            known.component.is_some()
                && known.component == each.component
                && known.described.kind == each.described.kind
                && known.described.kind != InterfaceKind::Grpc
                && overlap(&known.described, &each.described)
        });
        match twin {
            Some(known) => {
                for operation in each.described.operations {
                    if !known.described.operations.iter().any(|o| same_operation(o, &operation)) {
                        known.described.operations.push(operation);
                    }
                }
                known.origins.extend(each.origins);
            }
            None => kept.push(each),
        }
    }
    *served = kept;
}

fn overlap(a: &Described, b: &Described) -> bool {
    a.operations.iter().any(|operation| b.operations.iter().any(|other| same_operation(operation, other)))
}

/// A name without what says only that it is a service: `CartService`, `cart-svc`, `cartapi`, `grpc-cart`.
fn stem(name: &str) -> String {
    let mut rest = match name.split_once(['-', '_', '.']) {
        Some((first, after)) if matches!(first.to_lowercase().as_str(), "grpc" | "rest" | "http") => plain(after),
        _ => plain(name),
    };
    for suffix in ["service", "svc", "server", "api", "grpc"] {
        if let Some(shorter) = rest.strip_suffix(suffix).filter(|shorter| shorter.len() > 1) {
            rest = shorter.to_owned();
        }
    }
    rest
}

/// Components whose name has that stem and that could serve something.
fn with_stem(parts: &Parts, wanted: &str) -> Vec<PartId> {
    let serves = |id: &PartId| {
        let part = parts.get(*id);
        !matches!(part.kind, ComponentKind::Store | ComponentKind::Cache | ComponentKind::External | ComponentKind::Job)
            && part.support.is_none()
    };
    let named = |id: &PartId| {
        let part = parts.get(*id);
        stem(&part.id) == wanted || part.names.iter().any(|name| stem(&name.spelled) == wanted)
    };
    parts.ids().filter(serves).filter(named).collect()
}

fn one(parts: Vec<PartId>) -> Option<PartId> {
    match parts[..] {
        [part] => Some(part),
        _ => None,
    }
}

fn serves_proto(corpus: &Corpus, copies: &[&Described], parts: &Parts, folders: &Folders) -> (Option<PartId>, String) {
    let name = &copies[0].name;
    let mut segments: Vec<&str> = name.split('.').collect();
    let service = segments.pop().unwrap_or(name);
    if let Some(part) = one(with_stem(parts, &stem(service))) {
        return (Some(part), format!("the service `{service}` is named like it"));
    }
    let version = |segment: &&&str| {
        segment.len() > 1 && segment.starts_with('v') && segment[1..].starts_with(|c: char| c.is_ascii_digit())
    };
    if let Some(package) = segments.iter().rev().find(|segment| !version(segment))
        && let Some(part) = one(with_stem(parts, &stem(package)))
    {
        return (Some(part), format!("the package `{package}` is named like it"));
    }
    let by_file = copies.iter().find_map(|copy| {
        let path = corpus.path(copy.origin.at.file);
        let file = path.rsplit('/').next()?.strip_suffix(".proto")?;
        Some((one(with_stem(parts, &stem(file)))?, file.to_owned()))
    });
    if let Some((part, file)) = by_file {
        return (Some(part), format!("the file `{file}.proto` is named like it"));
    }
    // A client may keep the half that it calls; who keeps the whole is the server.
    let whole = copies.iter().map(|copy| copy.operations.len()).max().unwrap_or_default();
    let whole = copies.iter().filter(|copy| copy.operations.len() == whole);
    let owners: BTreeSet<PartId> = whole.filter_map(|copy| folders.owner(corpus, copy.origin.at.file)).collect();
    match owners.iter().copied().collect::<Vec<_>>()[..] {
        [part] => (Some(part), String::from("it lies in the component's folder")),
        _ => (None, String::new()),
    }
}

fn serves_document(
    corpus: &Corpus,
    copies: &[&Described],
    parts: &Parts,
    folders: &Folders,
) -> (Option<PartId>, String) {
    let described = copies[0];
    let file = described.origin.at.file;
    if let Some(part) = folders.owner(corpus, file) {
        return (Some(part), String::from("it lies in the component's folder"));
    }
    if described.kind == InterfaceKind::Http {
        return (None, String::new());
    }
    let by_host = described.hosts.iter().find_map(|host| {
        let label = host.split(['.', ':', '/']).next()?;
        Some((one(parts.named(label))?, host))
    });
    if let Some((part, host)) = by_host {
        return (Some(part), format!("it says that it is served at `{host}`"));
    }
    let path = corpus.path(file);
    let name = path.rsplit('/').next().unwrap_or(path);
    let file_stem = name.split('.').next().unwrap_or(name);
    let folder = folder_of(path).rsplit('/').next().unwrap_or_default();
    let candidates = [file_stem, described.name.as_str(), folder];
    for candidate in candidates {
        let cleaned = candidate.to_lowercase().replace("openapi", "").replace("swagger", "").replace(" api", "");
        let wanted = stem(cleaned.trim_matches(['-', '_', ' ', '.']));
        if wanted.len() > 1
            && let Some(part) = one(with_stem(parts, &wanted))
        {
            return (Some(part), format!("`{candidate}` is named like it"));
        }
    }
    gateway_of(parts, described)
}

/// A single document of a system with a single gateway is what the gateway serves to the world.
fn gateway_of(parts: &Parts, described: &Described) -> (Option<PartId>, String) {
    let gateways: Vec<PartId> = parts
        .ids()
        .filter(|id| parts.get(*id).kind == ComponentKind::Gateway && parts.get(*id).support.is_none())
        .collect();
    match gateways[..] {
        [part] if described.kind == InterfaceKind::Openapi => (Some(part), String::from("the system's only gateway")),
        _ => (None, String::new()),
    }
}
