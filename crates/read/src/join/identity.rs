//! Which units are the same component.
//!
//! Two units are one component when they go by the same name in different variants, when one Service selects both and
//! they differ only by a version, when one answers to a host name that is the other's name elsewhere, when their names
//! differ by a word for the kind of object, when they run the same image of the system's own under two names in two
//! variants that know no other such pair, when their names differ by the system's name before one of them, or when one
//! component uses both in the same way. A merge that would put two units of one variant together by name alone is not
//! made.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, ComponentKind, Support};

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
    /// Which units the Services select.
    pub(super) selections: Selections,
    /// Parts by their ids and names, spelling aside, as far as [`Parts::index`] has seen them.
    by_name: BTreeMap<String, Vec<PartId>>,
}

impl Parts {
    pub(super) fn get(&self, id: PartId) -> &Part {
        &self.all[id.0]
    }

    /// Every part's id.
    pub(super) fn ids(&self) -> impl Iterator<Item = PartId> + use<> {
        (0..self.all.len()).map(PartId)
    }

    /// Parts that go by a name, spelling aside, in order. Names that a pass gives are found once it has called
    /// [`Parts::index`].
    pub(super) fn named(&self, name: &str) -> Vec<PartId> {
        self.by_name.get(&plain(name)).cloned().unwrap_or_default()
    }

    /// Makes all ids and names so far known to [`Parts::named`]. Cost: one look at every name.
    pub(super) fn index(&mut self) {
        let mut by_name: BTreeMap<String, Vec<PartId>> = BTreeMap::new();
        for id in self.ids() {
            let part = self.get(id);
            for name in part.names.iter().map(|name| &name.spelled).chain([&part.id]) {
                let known = by_name.entry(plain(name)).or_default();
                if known.last() != Some(&id) {
                    known.push(id);
                }
            }
        }
        self.by_name = by_name;
    }
}

/// Groups the units into parts; names are given later, when the default variant is known.
pub(super) fn parts(facts: &Facts) -> Parts {
    let mut sets = Sets::new(facts.units.len());
    let selections = Selections::of(facts);
    by_name(facts, &mut sets);
    by_version(facts, &selections, &mut sets);
    by_service(facts, &selections, &mut sets);
    by_host_name(facts, &mut sets);
    by_form(facts, &mut sets);
    by_image(facts, &mut sets);
    by_prefix(facts, &mut sets);
    by_use(facts, &selections, &mut sets);
    let mut by_root: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for unit in 0..facts.units.len() {
        by_root.entry(sets.root(unit)).or_default().push(unit);
    }
    let mut parts = Parts { of_unit: vec![PartId(0); facts.units.len()], selections, ..Parts::default() };
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
fn by_version(facts: &Facts, selections: &Selections, sets: &mut Sets) {
    for endpoint in 0..facts.endpoints.len() {
        let units = selections.by(endpoint);
        let stems: BTreeSet<&str> = units.iter().map(|unit| without_version(&facts.units[*unit].name)).collect();
        let versions = units.iter().any(|unit| without_version(&facts.units[*unit].name) != facts.units[*unit].name);
        if units.len() > 1 && stems.len() == 1 && versions {
            units.windows(2).for_each(|pair| sets.merge(pair[0], pair[1]));
        }
    }
}

/// Units that each endpoint selects, in its own variant and namespace, by the endpoint's index.
#[derive(Debug, Default)]
pub(super) struct Selections(Vec<Vec<usize>>);

impl Selections {
    /// Finds them all. Cost: one look at every label, then the units that share the rarest label of each selector.
    pub(super) fn of(facts: &Facts) -> Self {
        let mut labelled: BTreeMap<(VariantId, &str, &str), Vec<usize>> = BTreeMap::new();
        for (index, unit) in facts.units.iter().enumerate() {
            for (key, value) in &unit.labels {
                labelled.entry((unit.variant, key, value)).or_default().push(index);
            }
        }
        let chosen = |endpoint: &Endpoint| -> Vec<usize> {
            let lists = endpoint.selector.iter().map(|(key, value)| labelled.get(&(endpoint.variant, key, value)));
            let lists: Option<Vec<&Vec<usize>>> = lists.collect();
            let Some(rarest) = lists.and_then(|lists| lists.into_iter().min_by_key(|list| list.len())) else {
                return Vec::new();
            };
            rarest.iter().copied().filter(|unit| selects(endpoint, &facts.units[*unit])).collect()
        };
        Self(facts.endpoints.iter().map(chosen).collect())
    }

    /// The units that the endpoint of that index selects, ascending.
    pub(super) fn by(&self, endpoint: usize) -> &[usize] {
        &self.0[endpoint]
    }
}

fn selects(endpoint: &Endpoint, unit: &Unit) -> bool {
    let same_place = unit.namespace == endpoint.namespace || unit.namespace.is_none() || endpoint.namespace.is_none();
    same_place && endpoint.selector.iter().all(|pair| unit.labels.contains(pair))
}

/// A Service's name in one variant is a unit's name in another: the Service of `petclinic-db` is called `db`, and so is
/// the compose service. Merged unless a variant has both as units of their own.
fn by_service(facts: &Facts, selections: &Selections, sets: &mut Sets) {
    let units_named = units_named(facts);
    let mut members = members(facts, sets);
    for (index, endpoint) in facts.endpoints.iter().enumerate() {
        let units = selections.by(index);
        let roots: BTreeSet<usize> = units.iter().map(|unit| sets.root(*unit)).collect();
        let (Some(root), 1) = (roots.first().copied(), roots.len()) else { continue };
        for other in units_named.get(&plain(&endpoint.name)).into_iter().flatten() {
            merge_apart(sets, &mut members, root, *other);
        }
    }
}

/// A host name or network alias in one variant is a unit's name in another: `orders-jvm`, which answers to `orders`, is
/// what is called so elsewhere. Merged where both are variants of one system and neither has both.
fn by_host_name(facts: &Facts, sets: &mut Sets) {
    let units_named = units_named(facts);
    let systems = Systems::of(facts, sets);
    let mut members = members(facts, sets);
    for (index, unit) in facts.units.iter().enumerate() {
        for other in unit.hostnames.iter().filter_map(|name| units_named.get(&plain(name))).flatten() {
            if systems.one(unit.variant, facts.units[*other].variant) {
                merge_apart(sets, &mut members, index, *other);
            }
        }
    }
}

/// A name whose last word only says what kind of object it is: `orders-depl` is what another variant calls `orders`.
/// Merged where both are variants of one system and neither has both.
fn by_form(facts: &Facts, sets: &mut Sets) {
    let units_named = units_named(facts);
    let stem_of = |unit: &Unit| without_form(&unit.name).map(plain);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, unit) in facts.units.iter().enumerate() {
        let others = stem_of(unit).and_then(|stem| units_named.get(&stem));
        pairs.extend(others.into_iter().flatten().map(|other| (index, *other)));
    }
    let variants = |(a, b): (usize, usize)| (facts.units[a].variant, facts.units[b].variant);
    let mut shared: BTreeMap<(VariantId, VariantId), usize> = BTreeMap::new();
    for pair in &pairs {
        *shared.entry(variants(*pair)).or_default() += 1;
    }
    let systems = Systems::of(facts, sets);
    let mut members = members(facts, sets);
    for (a, b) in pairs {
        let (of_a, of_b) = variants((a, b));
        if systems.one_with(of_a, of_b, shared[&(of_a, of_b)]) {
            merge_apart(sets, &mut members, a, b);
        }
    }
}

/// The name before a word at its end that only says what kind of object it is, and before what a template adds to that:
/// `orders` of `orders-depl` and of `orders-deployment-${STAGE}`. `None` where there is no such word.
fn without_form(name: &str) -> Option<&str> {
    const FORMS: &[&str] = &["deployment", "deploy", "depl", "dep", "statefulset", "sts", "daemonset", "pod"];
    let (stem, last) = without_placeholder(name).rsplit_once('-')?;
    (!stem.is_empty() && FORMS.contains(&last)).then_some(stem)
}

/// The name before what a template fills in at its end: `mongo` of `mongo-${STAGE:-dev}`.
fn without_placeholder(name: &str) -> &str {
    let fixed = name.split("${").next().unwrap_or(name).trim_end_matches('-');
    if fixed.is_empty() { name } else { fixed }
}

/// Units by their names, spelling aside.
fn units_named(facts: &Facts) -> BTreeMap<String, Vec<usize>> {
    let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        named.entry(plain(&unit.name)).or_default().push(index);
    }
    named
}

/// Merges two units where no variant has both of what they are.
fn merge_apart(sets: &mut Sets, members: &mut Members, a: usize, b: usize) {
    let (a, b) = (sets.root(a), sets.root(b));
    if a != b && disjoint(members, a, b) {
        sets.merge(a, b);
        unite(members, a, b);
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
        if once {
            merge_apart(sets, &mut members, a, b);
        }
    }
}

/// At least this many names of a variant begin with the system's name, and at least half of them, for it to be one.
const PREFIXED_MIN: usize = 3;

/// The system's name before the names of one variant: `shop-orders`, `shop-db` here are `orders` and `db` where no other
/// name of the file says whose they are. Merged where both are variants of one system and neither has both, unless they
/// run different products.
fn by_prefix(facts: &Facts, sets: &mut Sets) {
    let mut members = members(facts, sets);
    let systems = Systems::of(facts, sets);
    let mut named: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate() {
        named.entry(plain(&unit.name)).or_default().insert(index);
    }
    let product = |unit: usize| main_image(&facts.units[unit]).and_then(super::products::of_image);
    let differ = |a: usize, b: usize| matches!((product(a), product(b)), (Some(a), Some(b)) if a.name != b.name);
    for (variant, prefix) in prefixes(facts) {
        let mut pairs: BTreeMap<VariantId, Vec<(usize, usize)>> = BTreeMap::new();
        for (index, unit) in facts.units.iter().enumerate().filter(|(_, unit)| unit.variant == variant) {
            let rest = unit.name.strip_prefix(&prefix).and_then(|rest| named.get(&plain(rest)));
            for other in rest.into_iter().flatten().filter(|other| !differ(index, **other)) {
                pairs.entry(facts.units[*other].variant).or_default().push((index, *other));
            }
        }
        for (other, pairs) in pairs {
            if systems.one_with(variant, other, pairs.len()) {
                pairs.iter().for_each(|(a, b)| merge_apart(sets, &mut members, *a, *b));
            }
        }
    }
}

/// Variants with the first word, and the sign after it, that most of their names begin with.
fn prefixes(facts: &Facts) -> Vec<(VariantId, String)> {
    let mut names: BTreeMap<VariantId, BTreeSet<&str>> = BTreeMap::new();
    for unit in &facts.units {
        names.entry(unit.variant).or_default().insert(&unit.name);
    }
    let prefix = |names: &BTreeSet<&str>| {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names {
            if let Some(end) = name.find(['-', '_']) {
                *count.entry(&name[..=end]).or_default() += 1;
            }
        }
        let (prefix, count) = count.into_iter().max_by_key(|(prefix, count)| (*count, std::cmp::Reverse(*prefix)))?;
        let word = prefix.trim_end_matches(['-', '_']);
        let says_what = super::products::of_image(word).is_some() || matches!(word, "service" | "app" | "svc" | "api");
        (count >= PREFIXED_MIN && count * 2 >= names.len() && !says_what).then(|| prefix.to_owned())
    };
    names.iter().filter_map(|(variant, names)| Some((*variant, prefix(names)?))).collect()
}

/// What one variable of one component leads to in two variants is one store under two names: `CART_DB=cart-redis` here,
/// `CART_DB=redis-db` there; and so is a component's only store of a product in each. Merged where both run the same product, both are variants of one system, and neither has
/// both.
fn by_use(facts: &Facts, selections: &Selections, sets: &mut Sets) {
    let products = products_of_units(facts);
    let mut stores: BTreeMap<(VariantId, String), BTreeSet<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate().filter(|(index, _)| products[*index].is_some()) {
        for name in unit.hostnames.iter().chain([&unit.name]) {
            stores.entry((unit.variant, name.to_lowercase())).or_default().insert(index);
        }
    }
    for (index, endpoint) in facts.endpoints.iter().enumerate().filter(|(_, endpoint)| endpoint.form == "Service") {
        for unit in selections.by(index).iter().filter(|unit| products[**unit].is_some()) {
            stores.entry((endpoint.variant, endpoint.name.to_lowercase())).or_default().insert(*unit);
        }
    }
    let mut uses: BTreeMap<(usize, &str), BTreeSet<usize>> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate().filter(|(index, _)| products[*index].is_none()) {
        for variable in unit.containers.iter().flat_map(|container| &container.environment) {
            let found = variable.value.as_deref().map(crate::address::addresses).unwrap_or_default();
            for address in found {
                let name = address.host.split('.').next().unwrap_or_default().to_lowercase();
                let used = stores.get(&(unit.variant, name)).into_iter().flatten();
                uses.entry((sets.root(index), &variable.name)).or_default().extend(used);
            }
        }
    }
    let mut of_user: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for ((user, _), used) in &uses {
        of_user.entry(*user).or_default().extend(used);
    }
    let systems = Systems::of(facts, sets);
    let mut members = members(facts, sets);
    for used in uses.into_values().chain(of_user.into_values()) {
        let mut by_product: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for unit in used {
            by_product.entry(products[unit].unwrap_or_default()).or_default().push(unit);
        }
        for units in by_product.into_values() {
            let variants: BTreeSet<VariantId> = units.iter().map(|unit| facts.units[*unit].variant).collect();
            // Several of one product in one variant could each be the one of another.
            if variants.len() < units.len() {
                continue;
            }
            for pair in units.windows(2) {
                if systems.one(facts.units[pair[0]].variant, facts.units[pair[1]].variant) {
                    merge_apart(sets, &mut members, pair[0], pair[1]);
                }
            }
        }
    }
}

/// The product of each unit: by its image, else by a server's own variable that no other unit of the variant is given.
fn products_of_units(facts: &Facts) -> Vec<Option<&'static str>> {
    let mut given: BTreeMap<(VariantId, At), usize> = BTreeMap::new();
    let servers = |unit: &'_ Unit| {
        let main = unit.containers.iter().filter(|container| container.role == Role::Main);
        let variables = main.flat_map(|container| &container.environment);
        let found = variables.filter_map(|v| Some((v.origin.at, super::products::of_server_variable(&v.name)?)));
        found.collect::<Vec<_>>()
    };
    for unit in &facts.units {
        for (at, _) in servers(unit) {
            *given.entry((unit.variant, at)).or_default() += 1;
        }
    }
    let product = |unit: &Unit| {
        let own = || servers(unit).into_iter().find(|(at, _)| given.get(&(unit.variant, *at)) == Some(&1));
        main_image(unit).and_then(super::products::of_image).or_else(|| own().map(|(_, product)| product))
    };
    facts.units.iter().map(|unit| product(unit).map(|product| product.name)).collect()
}

/// Which components each variant runs, to tell two ways of deploying one system from two systems.
struct Systems {
    run: BTreeMap<VariantId, BTreeSet<usize>>,
}

impl Systems {
    fn of(facts: &Facts, sets: &mut Sets) -> Self {
        let mut run: BTreeMap<VariantId, BTreeSet<usize>> = BTreeMap::new();
        for (index, unit) in facts.units.iter().enumerate() {
            run.entry(unit.variant).or_default().insert(sets.root(index));
        }
        Self { run }
    }

    /// Whether at least a third of what the smaller of two variants runs is in the larger one too: stores, which may have
    /// other names, are often the rest.
    fn one(&self, a: VariantId, b: VariantId) -> bool {
        self.one_with(a, b, 0)
    }

    /// The same where so many more are held to be in both.
    fn one_with(&self, a: VariantId, b: VariantId, more: usize) -> bool {
        let (Some(a), Some(b)) = (self.run.get(&a), self.run.get(&b)) else { return false };
        (a.intersection(b).count() + more) * 3 >= a.len().min(b.len())
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
            let entry = count.entry(without_placeholder(stem)).or_default();
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
    for (index, endpoint) in facts.endpoints.iter().enumerate() {
        let owners: BTreeSet<PartId> = parts.selections.by(index).iter().map(|unit| parts.of_unit[*unit]).collect();
        if let (Some(owner), 1) = (owners.first(), owners.len()) {
            let note = format!("the {} `{}` selects its pods", endpoint.form, endpoint.name);
            let names = &mut parts.all[owner.0].names;
            add_name(names, &endpoint.name, note, &endpoint.origin);
        }
    }
    make_ids_unique(parts);
    parts.index();
    name_without_form(facts, parts);
    parts.index();
}

/// The name without a word at its end that only says what kind of object it is: `orders-depl`, `orders-db-statefulset`.
/// A name of the component too, unless another component goes by it.
fn name_without_form(facts: &Facts, parts: &mut Parts) {
    for (index, unit) in facts.units.iter().enumerate() {
        let Some(stem) = without_form(&unit.name).filter(|stem| parts.named(stem).is_empty()) else { continue };
        let note = format!("the name of the {} without the word for its kind", unit.form);
        add_name(&mut parts.all[parts.of_unit[index].0].names, stem, note, &unit.origin);
    }
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
