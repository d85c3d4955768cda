//! Strategic merge: a patch laid over an object, mappings key by key, merged lists item by item, all else replaced.
//!
//! This follows kustomize's own walk step by step, since its results differ from what the Kubernetes documentation
//! promises in many small ways: patched items come first, empty null fields vanish, lists keyed by two fields may lose
//! what the patch says, `$setElementOrder` and `$deleteFromPrimitiveList` are ordinary keys.
//!
//! # Source
//! Kustomize 5.7, `kyaml/yaml/merge2` and `kyaml/yaml/walk`.

use super::fields::{Outcome, is_empty, kind_of, sort, spelled, value};
use super::merge_schema::{FieldOf, Schema, TypeOf};
use crate::tree::{Data, Node};

/// The key that says what a patch does with a mapping or list.
const DIRECTIVE: &str = "$patch";

/// Longer lists are not merged: the walk compares every item with every other. The longest hand-written ones have
/// some hundred.
const LIST_MAX: usize = 5_000;

/// Lays a patch over an object; `None` where the patch deletes it.
pub(super) fn merge(object: Node, patch: &mut Node, schema: &Schema) -> Outcome<Option<Node>> {
    Ok(Merger { schema }.walk(Some(object), Side::Is(patch), FieldOf::Plain)?.node)
}

/// The patch's side of a node.
enum Side<'p> {
    /// The patch does not have it.
    Missing,
    /// It came from the patch already: both sides are the same node.
    Same,
    /// What the patch has.
    Is(&'p mut Node),
}

/// What a step gives.
struct Walked {
    /// The merged node, if any is left.
    node: Option<Node>,
    /// Whether it is the object's own node, changed, and not the patch's.
    own: bool,
}

impl Walked {
    const NONE: Self = Self { node: None, own: false };
}

enum Directive {
    Merge,
    Replace,
    Delete,
}

#[derive(PartialEq)]
enum Kind {
    Nothing,
    Mapping,
    Sequence,
    Scalar,
}

fn kind(node: Option<&Node>) -> Kind {
    match node {
        None => Kind::Nothing,
        Some(node) if node.is_null() => Kind::Nothing,
        Some(node) => match node.value {
            Data::Mapping(_) => Kind::Mapping,
            Data::Sequence(_) => Kind::Sequence,
            Data::Scalar(_) => Kind::Scalar,
        },
    }
}

struct Merger<'s> {
    schema: &'s Schema,
}

impl Merger<'_> {
    fn walk(&self, dest: Option<Node>, side: Side<'_>, of: FieldOf) -> Outcome<Walked> {
        let theirs = match &side {
            Side::Is(node) => kind(Some(node)),
            Side::Missing | Side::Same => Kind::Nothing,
        };
        let own = kind(dest.as_ref());
        if let (Some(dest), Side::Is(patch)) = (&dest, &side)
            && own != Kind::Nothing
            && theirs != Kind::Nothing
            && own != theirs
        {
            let line = patch.at.line;
            return Err(format!("the patch has {} in line {line} where the object has {}", sort(patch), sort(dest)));
        }
        match if own == Kind::Nothing { theirs } else { own } {
            Kind::Mapping | Kind::Nothing => {
                let of = self.type_of(of, dest.as_ref(), &side);
                self.walk_map(dest, side, of)
            }
            Kind::Sequence => match of {
                FieldOf::Merged(keys, items) => self.walk_list(dest, side, &keys, items),
                FieldOf::Plain | FieldOf::Object(_) => Ok(replaced(dest, side)),
            },
            Kind::Scalar => Ok(replaced(dest, side)),
        }
    }

    /// The type that the schema gives, or that of an object inside an object.
    fn type_of(&self, of: FieldOf, dest: Option<&Node>, side: &Side<'_>) -> Option<TypeOf> {
        if let FieldOf::Object(of) = of {
            return Some(of);
        }
        let patch = match side {
            Side::Is(patch) => Some(&**patch),
            Side::Missing | Side::Same => None,
        };
        [dest, patch].into_iter().flatten().find_map(|node| {
            let text = |key: &str| node.get(key).map(value).filter(|text| !text.is_empty());
            self.schema.of_kind(text("apiVersion")?, text("kind")?)
        })
    }

    fn walk_map(&self, dest: Option<Node>, mut side: Side<'_>, of: Option<TypeOf>) -> Outcome<Walked> {
        let dest_is_nothing = kind(dest.as_ref()) == Kind::Nothing;
        let mut own = true;
        let mut dest = match (dest, &mut side) {
            (dest, Side::Missing) if dest_is_nothing => {
                // A null that is spelled out stays; one that is only a missing value vanishes.
                return Ok(Walked { node: dest.filter(|dest| !spelled(dest).is_empty()), own: true });
            }
            (_, Side::Same) if dest_is_nothing => return Ok(Walked::NONE),
            (_, Side::Is(patch)) if dest_is_nothing => {
                if patch.is_null() || matches!(directive_of_map(patch), Ok(Directive::Delete)) {
                    return Ok(Walked::NONE);
                }
                own = false;
                (**patch).clone()
            }
            (Some(dest), Side::Missing) => dest,
            (Some(mut dest), Side::Same) => match directive_of_map(&mut dest)? {
                Directive::Delete => return Ok(Walked::NONE),
                Directive::Replace | Directive::Merge => dest,
            },
            (Some(dest), Side::Is(patch)) => {
                if patch.is_null() {
                    return Ok(Walked::NONE);
                }
                match directive_of_map(patch)? {
                    Directive::Delete => return Ok(Walked::NONE),
                    Directive::Merge => dest,
                    Directive::Replace => {
                        own = false;
                        (**patch).clone()
                    }
                }
            }
            (None, _) => return Ok(Walked::NONE),
        };
        if !own {
            side = Side::Same;
        }
        self.walk_fields(&mut dest, &mut side, of.as_ref())?;
        Ok(Walked { node: Some(dest), own })
    }

    fn walk_fields(&self, dest: &mut Node, side: &mut Side<'_>, of: Option<&TypeOf>) -> Outcome<()> {
        let mut keys: Vec<String> = dest.entries().iter().map(|entry| entry.key.clone()).collect();
        if let Side::Is(patch) = side {
            keys.extend(patch.entries().iter().map(|entry| entry.key.clone()));
        }
        keys.sort();
        keys.dedup();
        for key in keys {
            let field_of = of.map_or(FieldOf::Plain, |of| self.schema.field(of, &key));
            let field = dest.get_mut(&key).map(|node| std::mem::replace(node, Node::mapping(node.at)));
            let (theirs, key_at) = match side {
                Side::Same if field.is_some() => (Side::Same, None),
                Side::Same | Side::Missing => (Side::Missing, None),
                Side::Is(patch) => {
                    let key_at = patch.entries().iter().find(|entry| entry.key == key).map(|entry| entry.key_at);
                    (patch.get_mut(&key).map_or(Side::Missing, Side::Is), key_at)
                }
            };
            match self.walk(field, theirs, field_of)?.node {
                None => drop(dest.remove(&key)),
                Some(node) => set(dest, &key, node, key_at),
            }
        }
        Ok(())
    }

    fn walk_list(
        &self,
        dest: Option<Node>,
        side: Side<'_>,
        keys: &[String],
        items_of: Option<TypeOf>,
    ) -> Outcome<Walked> {
        let mut own = true;
        let (mut dest, mut side) = match (dest.filter(|dest| !dest.is_null()), side) {
            (None, Side::Is(patch)) => {
                own = false;
                (patch.clone(), Side::Same)
            }
            (None, Side::Same | Side::Missing) => return Ok(Walked::NONE),
            (Some(_), Side::Is(patch)) if patch.is_null() => return Ok(Walked::NONE),
            (Some(dest), Side::Is(patch)) => match directive_of_list(patch)? {
                Directive::Delete => return Ok(Walked::NONE),
                Directive::Merge => (dest, Side::Is(patch)),
                Directive::Replace => {
                    own = false;
                    (patch.clone(), Side::Same)
                }
            },
            (Some(mut dest), Side::Same) => match directive_of_list(&mut dest)? {
                Directive::Delete => return Ok(Walked::NONE),
                Directive::Merge | Directive::Replace => (dest, Side::Same),
            },
            (Some(dest), Side::Missing) => (dest, Side::Missing),
        };
        let at = dest.at;
        let via = dest.via.clone();
        let Data::Sequence(items) = &mut dest.value else { return Ok(Walked { node: Some(dest), own }) };
        let items = std::mem::take(items);
        let patch_items = match &mut side {
            Side::Is(patch) => match &mut patch.value {
                Data::Sequence(items) => Items::Are(items),
                _ => Items::Missing,
            },
            Side::Same => Items::Same,
            Side::Missing => Items::Missing,
        };
        let merged = self.merge_items(items, patch_items, keys, items_of.as_ref())?;
        let mut node = Node::new(Data::Sequence(merged), at);
        node.via = via;
        Ok(Walked { node: Some(node), own })
    }

    /// Merges the items of two lists: those that the patch names come first, in its order.
    fn merge_items(
        &self,
        mut dest: Vec<Node>,
        mut patch: Items<'_>,
        keys: &[String],
        of: Option<&TypeOf>,
    ) -> Outcome<Vec<Node>> {
        if dest.len() + patch.len() > LIST_MAX {
            return Err(format!("a list of more than {LIST_MAX} items is not merged"));
        }
        let (keys, mut all) = if keys.is_empty() {
            (vec![String::new()], patch.first(&dest, &|item| vec![spelled(item).to_owned()]))
        } else {
            (keys.to_vec(), patch.first(&dest, &|item| keys.iter().map(|key| key_text(item, key)).collect()))
        };
        if keys.len() > 1 {
            unify(&mut all);
        }
        let mut added: Vec<Node> = Vec::new();
        let mut last_keys: Vec<String> = Vec::new();
        for values in &all {
            let (valid_keys, valid_values) = valid(&all, values, &keys);
            // An item that states one key only is looked up by that one.
            let (stated_keys, stated) = valid(std::slice::from_ref(&valid_values), &valid_values, &valid_keys);
            let index = find(&dest, &stated_keys, &stated);
            let theirs = patch.find(index, &stated_keys, &stated);
            let field_of = of.map_or(FieldOf::Plain, |of| FieldOf::Object(of.clone()));
            let walked = self.walk(index.map(|index| dest[index].clone()), theirs, field_of)?;
            match walked.node.filter(|node| !is_nothing(node)) {
                None => set_item(&mut dest, None, &valid_keys, &valid_values)?,
                Some(mut node) => {
                    state_keys(&mut node, &valid_keys, &valid_values);
                    if let Some(index) = index.filter(|_| walked.own) {
                        dest[index] = node.clone();
                    }
                    set_item(&mut added, Some(node), &valid_keys, &valid_values)?;
                }
            }
            last_keys = valid_keys;
        }
        if all.is_empty() { Ok(dest) } else { append_items(added, dest, &last_keys) }
    }
}

/// Items of the patch's side of a list.
enum Items<'p> {
    Missing,
    Same,
    Are(&'p mut Vec<Node>),
}

impl Items<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Are(items) => items.len(),
            Self::Missing | Self::Same => 0,
        }
    }

    /// What identifies each item, those of the patch first, each once.
    fn first(&self, dest: &[Node], values: &dyn Fn(&Node) -> Vec<String>) -> Vec<Vec<String>> {
        let own: &[Node] = match self {
            Self::Are(items) => items,
            Self::Missing | Self::Same => &[],
        };
        let mut seen = std::collections::BTreeSet::new();
        own.iter().chain(dest).map(values).filter(|values| seen.insert(values.clone())).collect()
    }

    fn find(&mut self, dest_index: Option<usize>, keys: &[String], values: &[String]) -> Side<'_> {
        match self {
            Self::Missing => Side::Missing,
            Self::Same => dest_index.map_or(Side::Missing, |_| Side::Same),
            Self::Are(items) => match find(items, keys, values) {
                Some(index) => Side::Is(&mut items[index]),
                None => Side::Missing,
            },
        }
    }
}

/// Null or `{}`.
fn is_nothing(node: &Node) -> bool {
    is_empty(node) && !node.is_sequence()
}

fn replaced(dest: Option<Node>, side: Side<'_>) -> Walked {
    let (node, own) = match side {
        Side::Is(patch) => (Some(patch.clone()), false),
        Side::Missing | Side::Same => (dest, true),
    };
    Walked { node: node.filter(|node| !node.is_null()), own }
}

fn set(dest: &mut Node, key: &str, node: Node, key_at: Option<plimsoll_model::At>) {
    let is_new = dest.get(key).is_none();
    dest.set(key, node);
    if let (true, Some(key_at), Data::Mapping(entries)) = (is_new, key_at, &mut dest.value)
        && let Some(entry) = entries.last_mut()
    {
        entry.key_at = key_at;
    }
}

/// Reads and takes out the directive of a mapping.
fn directive_of_map(node: &mut Node) -> Outcome<Directive> {
    let Some(stated) = node.get(DIRECTIVE) else { return Ok(Directive::Merge) };
    let directive = directive(spelled(stated))?;
    node.remove(DIRECTIVE);
    Ok(directive)
}

/// Reads and takes out the directive of a list: an item that holds nothing else.
fn directive_of_list(node: &mut Node) -> Outcome<Directive> {
    let Some(item) = node.items().iter().find(|item| item.get(DIRECTIVE).is_some()) else {
        return Ok(Directive::Merge);
    };
    if item.entries().len() > 1 {
        return Ok(Directive::Merge);
    }
    let text = item.get(DIRECTIVE).map(spelled).unwrap_or_default().to_owned();
    let directive = directive(&text)?;
    if let Data::Sequence(items) = &mut node.value {
        set_item(items, None, &[DIRECTIVE.to_owned()], &[text])?;
    }
    Ok(directive)
}

fn directive(text: &str) -> Outcome<Directive> {
    match text {
        "merge" => Ok(Directive::Merge),
        "replace" => Ok(Directive::Replace),
        "delete" => Ok(Directive::Delete),
        other => Err(format!("`$patch: {other}` is not known; it may be merge, replace or delete")),
    }
}

fn key_text(item: &Node, key: &str) -> String {
    item.get(key).filter(|value| !is_empty(value)).map(spelled).unwrap_or_default().to_owned()
}

/// The first item that has these values under these keys; without keys, that is this value.
fn find(items: &[Node], keys: &[String], values: &[String]) -> Option<usize> {
    if keys.first().is_none_or(String::is_empty) {
        return items.iter().position(|item| values.first().is_some_and(|value| spelled(item) == value));
    }
    if keys.len() != values.len() {
        return None;
    }
    items.iter().position(|item| {
        let fits = |(key, value): (&String, &String)| item.get(key).is_some_and(|has| spelled(has) == value);
        item.is_mapping() && keys.iter().zip(values).all(fits)
    })
}

/// Puts an item in the place of those with the same values, or at the end; without one, takes those out. Items that
/// are null or empty go in any case.
fn set_item(items: &mut Vec<Node>, item: Option<Node>, keys: &[String], values: &[String]) -> Outcome<()> {
    let by_key = keys.first().is_some_and(|key| !key.is_empty()) && values.first().is_some_and(|v| !v.is_empty());
    let mut found = false;
    let mut out = Vec::with_capacity(items.len() + 1);
    for has in std::mem::take(items) {
        if is_nothing(&has) {
            continue;
        }
        if !has.is_mapping() && by_key {
            out.push(has);
        } else if !matches_item(&has, keys, values)? {
            if !values.is_empty() {
                out.push(has);
            }
        } else {
            found = true;
            out.extend(item.clone());
        }
    }
    if let Some(item) = item.filter(|item| !found && !item.is_null()) {
        out.push(item);
    }
    *items = out;
    Ok(())
}

/// Keys beyond the values are taken as matched where the one before was: kustomize keeps its last answer.
fn matches_item(item: &Node, keys: &[String], values: &[String]) -> Outcome<bool> {
    let mut matched = false;
    for (index, key) in keys.iter().enumerate() {
        if let Some(wanted) = values.get(index) {
            matched = if key.is_empty() {
                if !matches!(item.value, Data::Scalar(_)) {
                    return Err(format!("expected a single value in a list, found {}", sort(item)));
                }
                value(item) == wanted
            } else {
                if !item.is_mapping() {
                    return Err(format!("expected a mapping in a list, found {}", sort(item)));
                }
                item.get(key).is_some_and(|has| wanted.is_empty() || spelled(has) == wanted)
            };
        }
        if !matched {
            return Ok(false);
        }
    }
    Ok(matched)
}

/// Adds the items of the second list to the first: each in the place of those with the same values, or at the end.
fn append_items(mut to: Vec<Node>, from: Vec<Node>, keys: &[String]) -> Outcome<Vec<Node>> {
    for item in from {
        if keys.first().is_none_or(String::is_empty) {
            let value = [spelled(&item).to_owned()];
            set_item(&mut to, Some(item), &[String::new()], &value)?;
            continue;
        }
        if !item.is_mapping() && !item.is_null() {
            return Err(format!("expected a mapping in a list, found {}", sort(&item)));
        }
        let mut values = Vec::new();
        for key in keys {
            match item.get(key) {
                Some(value) => values.push(spelled(value).to_owned()),
                None => to.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            set_item(&mut to, None, keys, &values)?;
        }
        set_item(&mut to, Some(item), keys, &values)?;
    }
    Ok(to)
}

/// Of several keys, those that any item states; all where none does.
fn valid(all: &[Vec<String>], values: &[String], keys: &[String]) -> (Vec<String>, Vec<String>) {
    let stated = |index: usize| all.iter().any(|values| values.get(index).is_some_and(|value| !value.is_empty()));
    if !(0..keys.len()).any(stated) {
        return (keys.to_vec(), values.to_vec());
    }
    let kept = (0..keys.len()).filter(|index| stated(*index));
    kept.map(|index| (keys[index].clone(), values[index].clone())).unzip()
}

/// Items that state one of two keys only are taken for those that state both.
fn unify(all: &mut [Vec<String>]) {
    for i in 0..all.len() {
        let first = all[i].clone();
        for j in 0..all.len() {
            if let Some(values) = unified(&first, &all[j]) {
                all[i].clone_from(&values);
                all[j] = values;
            }
        }
    }
}

fn unified(a: &[String], b: &[String]) -> Option<Vec<String>> {
    if a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a != b && !a.is_empty() && !b.is_empty()) {
        return None;
    }
    let common = a.iter().zip(b).any(|(a, b)| a == b);
    common.then(|| a.iter().zip(b).map(|(a, b)| if a.is_empty() { b.clone() } else { a.clone() }).collect())
}

/// A merged item states its keys.
fn state_keys(node: &mut Node, keys: &[String], values: &[String]) {
    if !node.is_mapping() {
        return;
    }
    for (key, value) in keys.iter().zip(values) {
        if node.get(key).is_none() && !value.is_empty() {
            let at = node.at;
            node.set(key, Node::scalar(value.clone(), kind_of(value), at));
        }
    }
}
