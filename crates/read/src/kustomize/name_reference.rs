//! References: where an object names another whose name has changed, it gets the new name.
//!
//! # Source
//! Kustomize 5.7, `api/filters/nameref`: a candidate had the name that is written, is of the kind that the field names,
//! and can be meant from the referrer's namespace; of several, the one that went through the same prefixes and suffixes.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::At;

use super::accumulated::Accumulated;
use super::fields::{Outcome, change_text, entry, sort, spelled, value};
use super::fieldspec::{self, Make};
use super::id::{Gvk, Wanted};
use super::object::Object;
use crate::tree::{Data, Node};

/// Renames references in all objects; an object whose references are ambiguous is reported and left as it is.
pub(super) fn apply(all: &mut Accumulated, report: &mut dyn FnMut(&Object, String)) {
    let candidates = Candidates::of(&all.objects);
    if candidates.by_name.is_empty() {
        return;
    }
    for object in all.objects.iter_mut() {
        let referrer = Referrer::of(object);
        let original = object.original_id().gvk;
        let mut changes = Vec::new();
        for reference in &all.config.name_reference {
            if !candidates.has_kind(&reference.to) {
                continue;
            }
            changes.extend(
                reference.from.iter().filter(|spec| spec.on.selects(original)).map(|spec| (&reference.to, spec)),
            );
        }
        for (to, spec) in changes {
            let mut on_any_kind = spec.clone();
            // The kind may have been changed since; the specification was chosen by the kind that it came in with.
            on_any_kind.on = Wanted::default();
            let step = Step { candidates: &candidates, referrer: &referrer, to, path: &spec.path };
            let role = step.role(&object.node);
            let renamed = fieldspec::apply(&on_any_kind, &mut object.node, Make::Nothing, &mut |node| {
                step.set(node, role.as_ref())
            });
            if let Err(error) = renamed {
                report(object, error);
            }
        }
    }
}

/// Objects whose names have changed, as they are when references are followed.
struct Candidates {
    all: Vec<Candidate>,
    by_name: BTreeMap<String, Vec<usize>>,
    kinds: BTreeSet<String>,
}

struct Candidate {
    kind: String,
    group: String,
    version: String,
    name: String,
    namespace: String,
    effective_namespace: String,
    cluster: bool,
    /// The kinds and namespaces that it had; the first is the original one.
    previous: Vec<(String, String, String)>,
    original_namespace: String,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    renamed_at: Option<At>,
}

impl Candidates {
    fn of(objects: &[Object]) -> Self {
        let all: Vec<Candidate> = objects.iter().map(Candidate::of).collect();
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut kinds = BTreeSet::new();
        for (index, candidate) in all.iter().enumerate() {
            for (kind, name, _) in &candidate.previous {
                kinds.insert(kind.clone());
                let indices = by_name.entry(name.clone()).or_default();
                if indices.last() != Some(&index) {
                    indices.push(index);
                }
            }
        }
        Self { all, by_name, kinds }
    }

    fn has_kind(&self, to: &Wanted) -> bool {
        to.kind.is_empty() || self.kinds.contains(&to.kind)
    }
}

impl Candidate {
    fn of(object: &Object) -> Self {
        let id = object.id();
        let previous = object.previous.iter();
        Self {
            kind: id.gvk.kind.to_owned(),
            group: id.gvk.group.to_owned(),
            version: id.gvk.version.to_owned(),
            name: id.name.to_owned(),
            namespace: id.namespace.to_owned(),
            effective_namespace: id.effective_namespace().to_owned(),
            cluster: id.cluster,
            previous: previous.map(|each| (each.kind.clone(), each.name.clone(), each.namespace.clone())).collect(),
            original_namespace: object.original_id().effective_namespace().to_owned(),
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
            renamed_at: object.renamed_at,
        }
    }

    /// Whether it is or was of a kind.
    fn was(&self, wanted: &Wanted) -> bool {
        let (group, version) = (self.group.as_str(), self.version.as_str());
        self.previous.iter().any(|(kind, _, _)| wanted.selects(Gvk { group, version, kind }))
    }
}

/// What of the referrer decides whom it can mean.
struct Referrer {
    cluster: bool,
    effective_namespace: String,
    /// Namespaces of service accounts that a role binding names.
    bound_namespaces: BTreeSet<String>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

impl Referrer {
    fn of(object: &Object) -> Self {
        let id = object.id();
        let mut bound_namespaces = BTreeSet::new();
        if id.gvk.kind == "RoleBinding" {
            let subjects = object.node.get("subjects").map(Node::items).unwrap_or_default();
            let accounts = subjects.iter().filter(|subject| subject.str_at("kind") == Some("ServiceAccount"));
            bound_namespaces.extend(accounts.filter_map(|account| account.str_at("namespace")).map(str::to_owned));
        }
        Self {
            cluster: id.cluster,
            effective_namespace: id.effective_namespace().to_owned(),
            bound_namespaces,
            prefixes: object.prefixes.clone(),
            suffixes: object.suffixes.clone(),
        }
    }

    fn same_affixes(&self, candidate: &Candidate, empty_fits: bool) -> bool {
        let fits = |a: &[String], b: &[String]| {
            let none = empty_fits && (a.is_empty() || b.is_empty());
            none || ends_alike(a, b)
        };
        fits(&candidate.prefixes, &self.prefixes) && fits(&candidate.suffixes, &self.suffixes)
    }
}

/// Whether the shorter of two lists is the end of the longer; an empty one is the end of an empty one only.
fn ends_alike(a: &[String], b: &[String]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}

/// One field of one referrer.
struct Step<'a> {
    candidates: &'a Candidates,
    referrer: &'a Referrer,
    to: &'a Wanted,
    path: &'a str,
}

impl Step<'_> {
    /// The kind that a role binding states for its role.
    fn role(&self, referrer: &Node) -> Option<Wanted> {
        if !self.path.ends_with("roleRef/name") {
            return None;
        }
        let role = referrer.get("roleRef")?;
        let text = |key: &str| role.get(key).map(|node| spelled(node).to_owned());
        Some(Wanted { group: text("apiGroup")?, version: String::new(), kind: text("kind")? })
    }

    fn set(&self, node: &mut Node, role: Option<&Wanted>) -> Outcome<()> {
        if node.is_null() {
            return Ok(());
        }
        match &mut node.value {
            Data::Scalar(_) => self.set_text(node, role),
            Data::Mapping(_) => self.set_mapping(node, role),
            Data::Sequence(items) => {
                for item in items {
                    match item.value {
                        Data::Scalar(_) if item.is_null() => {}
                        Data::Scalar(_) => self.set_text(item, role)?,
                        Data::Mapping(_) => self.set_mapping(item, role)?,
                        Data::Sequence(_) => return Err(format!("expected a name in a list, found {}", sort(item))),
                    }
                }
                Ok(())
            }
        }
    }

    fn set_text(&self, node: &mut Node, role: Option<&Wanted>) -> Outcome<()> {
        let found = self.find(spelled(node), role, &|_| true, &|a, b| a.name == b.name)?;
        if let Some(candidate) = found.filter(|candidate| candidate.name != spelled(node)) {
            change_text(node, &candidate.name, candidate.renamed_at);
        }
        Ok(())
    }

    /// A mapping with `name`, and with `namespace` where it may name an object of another.
    fn set_mapping(&self, node: &mut Node, role: Option<&Wanted>) -> Outcome<()> {
        let Some(name) = node.get("name").map(|name| spelled(name).to_owned()) else {
            return Err(String::from("a reference without `name`"));
        };
        let stated = node.get("namespace").map(|namespace| spelled(namespace).to_owned());
        let in_original = |candidate: &Candidate| stated.as_ref() == Some(&candidate.original_namespace);
        let any_original =
            self.candidates.all.iter().any(|each| self.referrer.can_mean_at_all(each) && in_original(each));
        let in_stated = |candidate: &Candidate| match &stated {
            None => true,
            Some(_) if any_original => in_original(candidate),
            Some(stated) => *stated == candidate.effective_namespace,
        };
        let same = |a: &Candidate, b: &Candidate| a.name == b.name && a.namespace == b.namespace;
        let Some(found) = self.find(&name, role, &in_stated, &same)? else { return Ok(()) };
        if found.name == name && found.namespace.is_empty() {
            return Ok(());
        }
        if let Some(field) = node.get_mut("name").filter(|field| spelled(field) != found.name) {
            change_text(field, &found.name, found.renamed_at);
        }
        if !found.namespace.is_empty() {
            let at = node.at;
            if let Some(field) = entry(node, "namespace", || Node::text("", at))
                && value(field) != found.namespace
            {
                change_text(field, &found.namespace, found.renamed_at);
            }
        }
        Ok(())
    }

    /// The object that a name means; none where nothing renamed is meant.
    fn find(
        &self,
        name: &str,
        role: Option<&Wanted>,
        in_stated: &dyn Fn(&Candidate) -> bool,
        same: &dyn Fn(&Candidate, &Candidate) -> bool,
    ) -> Outcome<Option<&Candidate>> {
        let named = self.candidates.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<&Candidate> = named
            .iter()
            .map(|index| &self.candidates.all[*index])
            .filter(|each| self.referrer.can_mean_at_all(each) && in_stated(each))
            .filter(|each| each.was(self.to) && role.is_none_or(|role| each.was(role)))
            .filter(|each| self.referrer.is_in_reach(each))
            .collect();
        if found.len() != 1 {
            found.retain(|candidate| self.referrer.same_affixes(candidate, true));
        }
        if found.len() > 1 {
            found.retain(|candidate| self.referrer.same_affixes(candidate, false));
        }
        match found.as_slice() {
            [] => Ok(None),
            [first, rest @ ..] if rest.iter().all(|other| same(first, other)) => Ok(Some(first)),
            [first, ..] => {
                let kind = &first.kind;
                Err(format!("`{name}` at `{}` may mean {} objects of kind {kind}", self.path, found.len()))
            }
        }
    }
}

impl Referrer {
    /// Whether an object is among those that a resource of this namespace could refer to.
    fn can_mean_at_all(&self, candidate: &Candidate) -> bool {
        self.cluster
            || candidate.cluster
            || self.effective_namespace == candidate.effective_namespace
            || self.bound_namespaces.contains(&candidate.namespace)
    }

    /// Whether it is in the same namespace; service accounts are in reach from all.
    fn is_in_reach(&self, candidate: &Candidate) -> bool {
        self.cluster
            || candidate.cluster
            || candidate.kind == "ServiceAccount"
            || self.effective_namespace == candidate.effective_namespace
    }
}
