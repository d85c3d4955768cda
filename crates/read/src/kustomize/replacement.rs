//! Replacements: a value copied from a field of one object to fields of others.

use plimsoll_model::At;

use super::accumulated::Accumulated;
use super::fields::{Outcome, check_depth, is_empty, kind_of, pass_through, sort, spelled, split_field_path, value};
use super::object::Object;
use super::selector::{Selector, expression};
use super::vars;
use crate::tree::{DEPTH_MAX, Data, Node, Scalar, ScalarKind};

/// Copies the value of one entry of `replacements`.
pub(super) fn apply(all: &mut Accumulated, replacement: &Node) -> Outcome<()> {
    let targets = replacement.get("targets").filter(|targets| !targets.is_null());
    let Some(targets) = targets else { return Err(String::from("a replacement needs `targets`")) };
    let given = match (replacement.get("source"), replacement.get("sourceValue")) {
        (Some(_), Some(_)) => return Err(String::from("`source` and `sourceValue` exclude each other")),
        (None, None) => return Err(String::from("a replacement needs a `source`")),
        (None, Some(given)) => vars::plain(value(given), given.at),
        (Some(source), None) => source_value(all, source)?,
    };
    targets.items().iter().try_for_each(|target| set_target(all, target, &given))
}

fn source_value(all: &Accumulated, source: &Node) -> Outcome<Node> {
    let selector = Selector::of(source);
    let mut found = all.objects.iter().filter(|object| object_is(object, &selector));
    let (one, second) = (found.next(), found.next());
    let object = one.ok_or_else(|| format!("no resource is the source {selector}"))?;
    if second.is_some() {
        return Err(format!("several resources are the source {selector}"));
    }
    let path = source.get("fieldPath").map(value).filter(|path| !path.is_empty()).unwrap_or("metadata.name");
    let parts = split_field_path(path);
    let node = parts.iter().try_fold(&object.node, |node, part| vars::step(node, part));
    let node = node.filter(|node| !is_empty(node)).ok_or_else(|| format!("{} has no `{path}`", object.id()))?;
    refined(node, source.get("options"))
}

/// The part of the value that a delimiter and an index ask for.
fn refined(node: &Node, options: Option<&Node>) -> Outcome<Node> {
    let Some(delimiter) = delimiter(options) else { return Ok(node.clone()) };
    let Data::Scalar(scalar) = &node.value else {
        return Err(format!("a `delimiter` needs a single value, found {}", sort(node)));
    };
    let index = index(options);
    let parts: Vec<&str> = scalar.text.split(delimiter).collect();
    let part = usize::try_from(index).ok().and_then(|index| parts.get(index));
    let part = part.ok_or_else(|| format!("index {index} is beyond the {} parts of the value", parts.len()))?;
    let mut out = node.clone();
    out.value = Data::Scalar(Scalar { text: (*part).to_owned(), kind: kept_kind(scalar.kind, part) });
    Ok(out)
}

fn delimiter(options: Option<&Node>) -> Option<&str> {
    options?.get("delimiter").map(value).filter(|delimiter| !delimiter.is_empty())
}

fn index(options: Option<&Node>) -> i64 {
    options.and_then(|options| options.get("index")).and_then(|node| value(node).parse().ok()).unwrap_or(0)
}

/// A text stays a text; anything else is what its new word means.
fn kept_kind(old: ScalarKind, text: &str) -> ScalarKind {
    if old == ScalarKind::Text { old } else { kind_of(text) }
}

fn object_is(object: &Object, selector: &Selector) -> bool {
    object.any_id(&|id| selector.is_id(id))
}

fn set_target(all: &mut Accumulated, target: &Node, given: &Node) -> Outcome<()> {
    let select = target.get("select").filter(|select| !select.is_null());
    let select = Selector::of(select.ok_or("a target must say which resources to `select`")?);
    let reject: Vec<Selector> =
        target.get("reject").map(Node::items).unwrap_or_default().iter().map(Selector::of).collect();
    let stated: Vec<&str> = target.get("fieldPaths").map(Node::items).unwrap_or_default().iter().map(value).collect();
    let paths = if stated.is_empty() { vec!["metadata.name"] } else { stated };
    let (by_labels, rejected) = (select.compile()?, compiled(&reject)?);
    let mut given = given.clone();
    pass_through(&mut given, target.at);
    for object in all.objects.iter_mut() {
        let is_meant = object_is(object, &select)
            && by_labels.matches_labels(object)
            && !reject.iter().any(|reject| reject.has_id() && object_is(object, reject))
            && !rejected.iter().any(|reject| reject.matches_labels(object));
        if !is_meant {
            continue;
        }
        for path in &paths {
            set_path(&mut object.node, path, target.get("options"), &given)
                .and_then(|()| check_depth(&object.node))
                .map_err(|error| format!("{}: {error}", object.id()))?;
        }
    }
    Ok(())
}

fn compiled(reject: &[Selector]) -> Outcome<Vec<super::selector::Matcher>> {
    reject.iter().filter(|reject| reject.has_labels()).map(Selector::compile).collect()
}

fn set_path(object: &mut Node, path: &str, options: Option<&Node>, given: &Node) -> Outcome<()> {
    let create = options.and_then(|options| options.get("create")).and_then(Node::as_bool).unwrap_or_default();
    let parts = split_field_path(path);
    if parts.len() > DEPTH_MAX {
        return Err(format!("the path `{path}` is too long"));
    }
    let make = create.then_some(given);
    let mut count = 0;
    visit(object, &parts, make, &mut |node| {
        count += 1;
        set(node, options, given)
    })?;
    if count == 0 {
        let could = if create { "nor can it be made" } else { "`create: true` would make it" };
        return Err(format!("there is no field `{path}` to be replaced; {could}"));
    }
    Ok(())
}

/// Calls `set` with every node at a path: keys, indices, `*` for every item, `[key=expression]` for those that match.
/// With a value to make room for, what is missing is made.
fn visit(
    node: &mut Node,
    path: &[String],
    make: Option<&Node>,
    set: &mut dyn FnMut(&mut Node) -> Outcome<()>,
) -> Outcome<()> {
    let Some((part, rest)) = path.split_first() else { return set(node) };
    if let Ok(index) = part.parse::<usize>() {
        return visit_index(node, index, rest, make, set);
    }
    if part.starts_with('[') && part.ends_with(']') {
        return visit_matching(node, part, rest, make, set);
    }
    if part == "*" {
        let Data::Sequence(items) = &mut node.value else {
            return Err(format!("`*` needs a list, found {}", sort(node)));
        };
        return items.iter_mut().try_for_each(|item| visit(item, rest, make, set));
    }
    if node.is_null() {
        return Ok(());
    }
    if !node.is_mapping() {
        return Err(format!("`{part}` needs a mapping, found {}", sort(node)));
    }
    if let (None, Some(given)) = (node.get(part), make) {
        node.set(part, made(rest, given));
    }
    node.get_mut(part).map_or(Ok(()), |field| visit(field, rest, make, set))
}

fn visit_index(
    node: &mut Node,
    index: usize,
    rest: &[String],
    make: Option<&Node>,
    set: &mut dyn FnMut(&mut Node) -> Outcome<()>,
) -> Outcome<()> {
    let Data::Sequence(items) = &mut node.value else {
        return Err(format!("index {index} needs a list, found {}", sort(node)));
    };
    if let (Some(given), true) = (make, items.len() == index) {
        items.push(made(rest, given));
    }
    let count = items.len();
    let item = items.get_mut(index).ok_or_else(|| format!("index {index} is beyond the {count} items of the list"))?;
    visit(item, rest, make, set)
}

fn visit_matching(
    node: &mut Node,
    part: &str,
    rest: &[String],
    make: Option<&Node>,
    set: &mut dyn FnMut(&mut Node) -> Outcome<()>,
) -> Outcome<()> {
    let inner = &part[1..part.len() - 1];
    let (key, pattern) = inner.split_once('=').ok_or_else(|| format!("`{part}` must be of the form [key=value]"))?;
    let wanted = expression(pattern)?;
    let at = node.at;
    let Data::Sequence(items) = &mut node.value else {
        return if node.is_null() { Ok(()) } else { Err(format!("`{part}` needs a list, found {}", sort(node))) };
    };
    let is_meant = |item: &Node| match key {
        "" => matches!(item.value, Data::Scalar(_)) && wanted.is_match(spelled(item)),
        key => item.get(key).is_some_and(|has| wanted.is_match(spelled(has))),
    };
    let mut count = 0;
    let mut counted = |node: &mut Node| {
        count += 1;
        set(node)
    };
    for item in items.iter_mut().filter(|item| is_meant(item)) {
        if key.is_empty() {
            counted(item)?;
        } else {
            visit(item, rest, make, &mut counted)?;
        }
    }
    if count > 0 || make.is_none() {
        return Ok(());
    }
    let text = vars::plain(pattern, at);
    let mut item = if key.is_empty() { text.clone() } else { Node::mapping(at) };
    if !key.is_empty() {
        item.set(key, text);
    }
    items.push(item);
    match items.last_mut() {
        Some(item) if key.is_empty() => set(item),
        Some(item) => visit(item, rest, make, set),
        None => Ok(()),
    }
}

/// What is made for a missing field: a list or mapping for the next part of the path, else room for the value.
fn made(rest: &[String], given: &Node) -> Node {
    let at = given.at;
    match rest.first() {
        Some(next) if next.starts_with('[') && next.ends_with(']') || next.parse::<usize>().is_ok() => {
            Node::new(Data::Sequence(Vec::new()), at)
        }
        Some(_) => Node::mapping(at),
        None => match given.value {
            Data::Scalar(_) => fresh(at),
            Data::Sequence(_) => Node::new(Data::Sequence(Vec::new()), at),
            Data::Mapping(_) => Node::mapping(at),
        },
    }
}

/// Room for a single value. Its empty word means null, so that the word that is set decides what it is.
fn fresh(at: At) -> Node {
    Node::scalar("", ScalarKind::Null, at)
}

fn set(node: &mut Node, options: Option<&Node>, given: &Node) -> Outcome<()> {
    let mut new = given.clone();
    if let Some(delimiter) = delimiter(options) {
        let Data::Scalar(scalar) = &node.value else {
            return Err(format!("a `delimiter` needs a single value, found {}", sort(node)));
        };
        let mut parts: Vec<&str> = scalar.text.split(delimiter).collect();
        let text = value(given);
        match usize::try_from(index(options)) {
            Err(_) => parts.insert(0, text),
            Ok(index) if index >= parts.len() => parts.push(text),
            Ok(index) => parts[index] = text,
        }
        let joined = parts.join(delimiter);
        let kind = kept_kind(scalar.kind, &joined);
        new.value = Data::Scalar(Scalar { text: joined, kind });
    }
    if let Data::Scalar(scalar) = &node.value {
        // A single value keeps its type, and takes no more than the text of a list or mapping, which is empty.
        let text = spelled(&new).to_owned();
        let kind = kept_kind(scalar.kind, &text);
        new.value = Data::Scalar(Scalar { text, kind });
    }
    *node = new;
    Ok(())
}
