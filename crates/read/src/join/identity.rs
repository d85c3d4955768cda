//! Which units are the same component.
//!
//! Two units are one component when they go by the same name in different variants, when one Service selects both and
//! they differ only by a version, or when they run the same image of the system's own under two names in two variants
//! that know no other such pair. A merge that would put two units of one variant together by name alone is not made.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{ComponentKind, Support};

use super::plain;
use crate::facts::{Endpoint, Facts, Origin, Role, Unit, VariantId};

/// A component in the making.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The id that people see.
    pub(super) id: String,
    /// Units that are this component, ascending.
    pub(super) units: Vec<usize>,
    /// Names by which it goes: spelled, how we know, where.
    pub(super) names: Vec<PartName>,
    /// What it is.
    pub(super) kind: ComponentKind,
    /// Which product or framework.
    pub(super) technology: Option<String>,
    /// The language of its source.
    pub(super) language: Option<String>,
    /// Set where it only supports the system.
    pub(super) support: Option<Support>,
    /// Where an outside host is named, for externals, and what else shows the component.
    pub(super) origins: Vec<(Origin, String)>,
    /// Where plimsoll.yaml speaks of it.
    pub(super) supposed: Vec<(Origin, String)>,
    /// What plimsoll.yaml says that it is.
    pub(super) stated_kind: Option<ComponentKind>,
    /// Which product plimsoll.yaml says that it is.
    pub(super) stated_technology: Option<String>,
}

impl Part {
    /// A component of which nothing is known but its id and kind.
    pub(super) fn new(id: String, kind: ComponentKind) -> Self {
        Self {
            id,
            units: Vec::new(),
            names: Vec::new(),
            kind,
            technology: None,
            language: None,
            support: None,
            origins: Vec::new(),
            supposed: Vec::new(),
            stated_kind: None,
            stated_technology: None,
        }
    }
}

/// A name with how we know.
#[derive(Clone, Debug)]
pub(super) struct PartName {
    pub(super) spelled: String,
    pub(super) note: String,
    pub(super) origin: Origin,
}

/// Index into the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PartId(pub(super) usize);

/// All parts, and which unit is which.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) all: Vec<Part>,
    pub(super) of_unit: Vec<PartId>,
}

impl Parts {
    pub(super) fn get(&self, id: PartId) -> &Part {
        &self.all[id.0]
    }

    /// Every part's id.
    pub(super) fn ids(&self) -> impl Iterator<Item = PartId> + use<> {
        (0..self.all.len()).map(PartId)
    }

    /// Parts that go by a name, spelling aside.
    pub(super) fn named(&self, name: &str) -> Vec<PartId> {
        let wanted = plain(name);
        self.ids()
            .filter(|id| {
                let part = self.get(*id);
                plain(&part.id) == wanted || part.names.iter().any(|name| plain(&name.spelled) == wanted)
            })
            .collect()
    }
}

/// Groups the units into parts; names are given later, when the default variant is known.
pub(super) fn parts(facts: &Facts) -> Parts {
    let mut sets = Sets::new(facts.units.len());
    by_name(facts, &mut sets);
    by_version(facts, &mut sets);
    by_service(facts, &mut sets);
    by_image(facts, &mut sets);
    let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for unit in 0..facts.units.len() {
        by_root.entry(sets.root(unit)).or_default().push(unit);
    }
    let mut parts = Parts { all: Vec::new(), of_unit: vec![PartId(0); facts.units.len()] };
    for units in by_root.into_values() {
        let id = PartId(parts.all.len());
        for unit in &units {
            parts.of_unit[*unit] = id;
        }
        parts.all.push(Part { units, ..Part::new(String::new(), ComponentKind::Service) });
    }
    parts
}

/// Sets of units, merged by their roots; the smallest index is the root.
struct Sets {
    parent: Vec<usize>,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { parent: (0..count).collect() }
    }

    fn root(&mut self, unit: usize) -> usize {
        let mut root = unit;
        while self.parent[root] != root {
            root = self.parent[root];
        }
        self.parent[unit] = root;
        root
    }

    fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

fn by_name(facts: &Facts, sets: &mut Sets) {
    let services: BTreeSet<String> =
        facts.endpoints.iter().filter(|e| e.form == "Service").map(|e| plain(&e.name)).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        let name = plain(version_of(unit, &services).unwrap_or(&unit.name));
        match first.get(&name) {
            Some(known) => sets.merge(*known, index),
            None => {
                first.insert(name, index);
            }
        }
    }
}

/// What a unit is a version of: `reviews` for `reviews-v2`, where a Service goes by that name; and for what carries the
/// labels `app: reviews` and `version`.
fn version_of<'u>(unit: &'u Unit, services: &BTreeSet<String>) -> Option<&'u str> {
    let stem = without_version(&unit.name);
    if stem != unit.name && services.contains(&plain(stem)) {
        return Some(stem);
    }
    let label = |key: &str| unit.labels.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    label("version")?;
    let app = label("app").or_else(|| label("app.kubernetes.io/name"))?;
    let longer = unit.name.strip_prefix(app)?.starts_with('-');
    (longer && services.contains(&plain(app))).then_some(app)
}

/// The name without a version or colour at its end: `reviews-v2`, `orders-canary`.
pub(super) fn without_version(name: &str) -> &str {
    let Some((stem, last)) = name.rsplit_once('-') else { return name };
    let version =
        last.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    if version || matches!(last, "canary" | "stable" | "blue" | "green" | "baseline") { stem } else { name }
}

/// Versions of one workload behind one Service.
fn by_version(facts: &Facts, sets: &mut Sets) {
    for endpoint in &facts.endpoints {
        let units = selected(facts, endpoint);
        let stems: BTreeSet<&str> = units.iter().map(|unit| without_version(&facts.units[*unit].name)).collect();
        let versions = units.iter().any(|unit| without_version(&facts.units[*unit].name) != facts.units[*unit].name);
        if units.len() > 1 && stems.len() == 1 && versions {
            units.windows(2).for_each(|pair| sets.merge(pair[0], pair[1]));
        }
    }
}

/// Units that a Service selects, in its own variant and namespace.
pub(super) fn selected(facts: &Facts, endpoint: &Endpoint) -> Vec<usize> {
    if endpoint.selector.is_empty() {
        return Vec::new();
    }
    let same_place =
        |unit: &Unit| unit.namespace == endpoint.namespace || unit.namespace.is_none() || endpoint.namespace.is_none();
    let labelled = |unit: &Unit| endpoint.selector.iter().all(|pair| unit.labels.contains(pair));
    // Readers emit the units of a variant together and variants in order, so that its units are one run.
    let start = facts.units.partition_point(|unit| unit.variant < endpoint.variant);
    let own = facts.units[start..].iter().take_while(|unit| unit.variant == endpoint.variant);
    let chosen = own.enumerate().filter(|(_, unit)| same_place(unit) && labelled(unit));
    chosen.map(|(index, _)| start + index).collect()
}

/// A Service's name in one variant is a unit's name in another: the Service of `petclinic-db` is called `db`, and so is
/// the compose service. Merged unless a variant has both as units of their own.
fn by_service(facts: &Facts, sets: &mut Sets) {
    let mut units_named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        units_named.entry(plain(&unit.name)).or_default().push(index);
    }
    let mut members = members(facts, sets);
    for endpoint in &facts.endpoints {
        let units = selected(facts, endpoint);
        let roots: BTreeSet<usize> = units.iter().map(|unit| sets.root(*unit)).collect();
        let (Some(root), 1) = (roots.first().copied(), roots.len()) else { continue };
        for other in units_named.get(&plain(&endpoint.name)).into_iter().flatten() {
            let other_root = sets.root(*other);
            let root = sets.root(root);
            if root == other_root || !disjoint(&members, root, other_root) {
                continue;
            }
            sets.merge(root, other_root);
            unite(&mut members, root, other_root);
        }
    }
}

type Members = BTreeMap<usize, BTreeSet<VariantId>>;

fn members(facts: &Facts, sets: &mut Sets) -> Members {
    let mut members = Members::new();
    for (index, unit) in facts.units.iter().enumerate() {
        members.entry(sets.root(index)).or_default().insert(unit.variant);
    }
    members
}

fn disjoint(members: &Members, a: usize, b: usize) -> bool {
    match (members.get(&a), members.get(&b)) {
        (Some(a), Some(b)) => a.is_disjoint(b),
        _ => true,
    }
}

fn unite(members: &mut Members, a: usize, b: usize) {
    let gone = members.remove(&a.max(b)).unwrap_or_default();
    members.entry(a.min(b)).or_default().extend(gone);
}

/// The image's name without registry, folder, tag and digest.
pub(super) fn image_base(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split(':').next().unwrap_or(last)
}

/// The image of the unit's main container.
pub(super) fn main_image(unit: &Unit) -> Option<&str> {
    let main = unit.containers.iter().find(|container| container.role == Role::Main)?;
    main.image.as_ref().map(|image| image.text.as_str()).filter(|image| !image.is_empty())
}

/// One image of the system's own under two names: merged where each variant runs it once and neither has the other name.
fn by_image(facts: &Facts, sets: &mut Sets) {
    let mut by_image: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        let Some(image) = main_image(unit) else { continue };
        let base = image_base(image);
        if super::products::of_image(image).is_none() && base.len() > 2 {
            by_image.entry(base.to_lowercase()).or_default().push(index);
        }
    }
    let mut members = members(facts, sets);
    for units in by_image.into_values() {
        let roots: BTreeSet<usize> = units.iter().map(|unit| sets.root(*unit)).collect();
        let [a, b] = roots.iter().copied().collect::<Vec<_>>()[..] else { continue };
        let mut variants: Vec<VariantId> = Vec::new();
        let once = units.iter().all(|unit| {
            let variant = facts.units[*unit].variant;
            let fresh = !variants.contains(&variant);
            variants.push(variant);
            fresh
        });
        if once && disjoint(&members, a, b) {
            sets.merge(a, b);
            unite(&mut members, a, b);
        }
    }
}

/// Gives every part its id and names. The id is the name in the default variant, else the most frequent one.
pub(super) fn name(facts: &Facts, parts: &mut Parts, default: Option<VariantId>) {
    let services: BTreeSet<String> =
        facts.endpoints.iter().filter(|e| e.form == "Service").map(|e| plain(&e.name)).collect();
    for part in &mut parts.all {
        let mut count: BTreeMap<&str, (bool, usize)> = BTreeMap::new();
        for unit in &part.units {
            let unit = &facts.units[*unit];
            let several = part.units.iter().any(|u| without_version(&facts.units[*u].name) != facts.units[*u].name);
            let versioned = version_of(unit, &services);
            let stem = versioned.unwrap_or(if several { without_version(&unit.name) } else { &unit.name });
            let entry = count.entry(stem).or_default();
            entry.0 |= Some(unit.variant) == default;
            entry.1 += 1;
        }
        let best = count.iter().max_by_key(|(name, score)| (**score, std::cmp::Reverse(**name)));
        part.id = best.map(|(name, _)| (*name).to_owned()).unwrap_or_default();
        for unit in &part.units {
            unit_names(&facts.units[*unit], &mut part.names);
        }
    }
    name_by_image(facts, parts);
    for endpoint in &facts.endpoints {
        let owners: BTreeSet<PartId> = selected(facts, endpoint).iter().map(|unit| parts.of_unit[*unit]).collect();
        if let (Some(owner), 1) = (owners.first(), owners.len()) {
            let note = format!("the {} `{}` selects its pods", endpoint.form, endpoint.name);
            let names = &mut parts.all[owner.0].names;
            add_name(names, &endpoint.name, note, &endpoint.origin);
        }
    }
    make_ids_unique(parts);
}

fn unit_names(unit: &Unit, names: &mut Vec<PartName>) {
    add_name(names, &unit.name, format!("the name of the {}", unit.form), &unit.origin);
    for hostname in &unit.hostnames {
        add_name(names, hostname, format!("a host name of the {} `{}`", unit.form, unit.name), &unit.origin);
    }
}

/// The image's name is a name of the component, where no other component runs it and it is nobody's base image.
fn name_by_image(facts: &Facts, parts: &mut Parts) {
    const BASES: &[&str] = &[
        "alpine",
        "busybox",
        "ubuntu",
        "debian",
        "centos",
        "python",
        "node",
        "golang",
        "openjdk",
        "eclipse-temurin",
        "ruby",
        "php",
        "curl",
        "bash",
        "scratch",
        "distroless",
        "rust",
        "dotnet",
        "aspnet",
        "sdk",
        "jdk",
        "jre",
        "maven",
        "gradle",
    ];
    let mut users: BTreeMap<String, BTreeSet<PartId>> = BTreeMap::new();
    let mut places: Vec<(PartId, String, Origin)> = Vec::new();
    for (index, unit) in facts.units.iter().enumerate() {
        for container in unit.containers.iter().filter(|container| container.role == Role::Main) {
            let Some(image) = &container.image else { continue };
            let base = image_base(&image.text);
            let own = super::products::of_image(&image.text).is_none() && !BASES.contains(&base) && !base.contains('$');
            if own && !base.is_empty() {
                users.entry(plain(base)).or_default().insert(parts.of_unit[index]);
                places.push((parts.of_unit[index], base.to_owned(), image.origin.clone()));
            }
        }
    }
    for (part, base, origin) in places {
        if users.get(&plain(&base)).is_some_and(|users| users.len() == 1) {
            add_name(&mut parts.all[part.0].names, &base, String::from("the image's name"), &origin);
        }
    }
}

fn add_name(names: &mut Vec<PartName>, spelled: &str, note: String, origin: &Origin) {
    if !spelled.is_empty() && !names.iter().any(|name| name.spelled == spelled) {
        names.push(PartName { spelled: spelled.to_owned(), note, origin: origin.clone() });
    }
}

/// Ids are unique by construction of `by_name`, but for parts whose stems agree; those get a number.
fn make_ids_unique(parts: &mut Parts) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for part in &mut parts.all {
        let base = part.id.clone();
        let mut number = 2;
        while !taken.insert(part.id.clone()) {
            part.id = format!("{base}-{number}");
            number += 1;
        }
    }
}
