//! Who owns what: CODEOWNERS by the component's folder and manifests, catalogue entities by name.

use std::collections::BTreeMap;

use plimsoll_model::LooseKind;

use super::folders::Folders;
use super::identity::{PartId, Parts};
use super::resolve::LooseRow;
use crate::corpus::Corpus;
use crate::facts::{Entity, Facts, Origin};

/// What the catalogue and the owners' file say.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Owner by component, with how we know.
    pub(super) owner: BTreeMap<PartId, Vec<(String, String, Origin)>>,
    /// Entity by component.
    pub(super) entity: BTreeMap<PartId, Vec<usize>>,
    /// Teams by name.
    pub(super) teams: BTreeMap<String, Vec<Origin>>,
    /// Entities that match nothing.
    pub(super) loose: Vec<LooseRow>,
}

/// Finds owners and entities.
pub(super) fn find(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders) -> People {
    let mut people = People::default();
    for (index, entity) in facts.entities.iter().enumerate() {
        match entity.kind.as_str() {
            "Component" | "Resource" => match_entity(index, entity, parts, &mut people),
            "Group" => people.teams.entry(entity.name.clone()).or_default().push(entity.origin.clone()),
            _ => {}
        }
    }
    by_path(corpus, facts, parts, folders, &mut people);
    people
}

/// A team by its own name: `@shop/team-money`, `group:default/team-money` and `team-money` are one.
fn team(spelled: &str) -> &str {
    if spelled.contains('@') && !spelled.starts_with('@') {
        return spelled;
    }
    let last = spelled.rsplit(['/', ':']).next().unwrap_or(spelled);
    last.strip_prefix('@').unwrap_or(last)
}

fn match_entity(index: usize, entity: &Entity, parts: &Parts, people: &mut People) {
    let names = std::iter::once(&entity.name).chain(&entity.other_names);
    let mut found: Vec<PartId> = Vec::new();
    for name in names {
        found = parts.named(name);
        if !found.is_empty() {
            break;
        }
    }
    match found[..] {
        [part] => {
            people.entity.entry(part).or_default().push(index);
            if let Some(owner) = &entity.owner {
                let note = format!("the catalogue's {} says `{}`", entity.kind, owner.text);
                let row = (team(&owner.text).to_owned(), note, owner.origin.clone());
                people.owner.entry(part).or_default().push(row);
            }
        }
        [] => people.loose.push(LooseRow {
            kind: LooseKind::Unmatched,
            by: None,
            name: entity.name.clone(),
            message: format!("the catalogue's {} `{}` matches nothing that runs", entity.kind, entity.name),
            candidates: Vec::new(),
            origin: entity.origin.clone(),
        }),
        _ => people.loose.push(LooseRow {
            kind: LooseKind::Ambiguous,
            by: None,
            name: entity.name.clone(),
            message: format!("the catalogue's {} `{}` could be several components", entity.kind, entity.name),
            candidates: found.iter().map(|part| parts.get(*part).id.clone()).collect(),
            origin: entity.origin.clone(),
        }),
    }
}

/// The owner of the component's folder; where it has none, of the file that deploys it.
fn by_path(corpus: &Corpus, facts: &Facts, parts: &Parts, folders: &Folders, people: &mut People) {
    if facts.owners.is_empty() {
        return;
    }
    for part in parts.ids() {
        let mut places: Vec<(u32, String)> = folders
            .of(part)
            .map(|(source, folder, _)| (source, format!("{folder}/x").trim_start_matches('/').to_owned()))
            .collect();
        if places.is_empty() {
            let units = parts.get(part).units.iter().map(|unit| facts.units[*unit].origin.at.file);
            places.extend(units.map(|file| (corpus.source(file), corpus.path(file).to_owned())));
        }
        for (source, path) in places {
            let Some(owned) = crate::codeowners::owner_of(&facts.owners, source, &path) else { continue };
            if owned.owners.is_empty() {
                continue;
            }
            let teams: Vec<&str> = owned.owners.iter().map(|owner| team(owner)).collect();
            let note = format!("the owners' file says `{}` of `{}`", owned.owners.join(" "), owned.pattern);
            people.owner.entry(part).or_default().push((teams.join(" "), note, owned.origin.clone()));
            for team in teams {
                people.teams.entry(team.to_owned()).or_default().push(owned.origin.clone());
            }
            break;
        }
    }
}
