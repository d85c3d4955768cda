//! One entity: who owns it, what it is part of, whom it needs.

use plimsoll_model::{Field, Problem, Value};

use super::names;
use crate::facts::{Entity, Origin, Spelled};
use crate::redact;
use crate::tree::Node;

/// A key of `spec` that refers to other entities: the key, the relation as Backstage calls it, the kind that is meant when
/// the reference names none.
const RELATIONS: [(&str, &str, &str); 15] = [
    ("owner", "ownedBy", "group"),
    ("system", "partOf", "system"),
    ("domain", "partOf", "domain"),
    ("subdomainOf", "partOf", "domain"),
    ("subcomponentOf", "partOf", "component"),
    ("providesApis", "providesApi", "api"),
    ("consumesApis", "consumesApi", "api"),
    ("dependsOn", "dependsOn", "component"),
    ("dependencyOf", "dependencyOf", "component"),
    ("parent", "childOf", "group"),
    ("children", "parentOf", "group"),
    ("members", "hasMember", "user"),
    ("memberOf", "memberOf", "group"),
    ("implementsApis", "providesApi", "api"),
    ("subsystemOf", "partOf", "system"),
];

/// Reads the entity of a document whose kind and name are known.
pub(super) fn read(kind: &str, name: &str, root: &Node, problems: &mut Vec<Problem>) -> Entity {
    let metadata = root.get("metadata");
    let spec = root.get("spec");
    let text = |node: Option<&Node>, key: &str| {
        let node = node?.get(key)?;
        Some(Spelled { text: redact::value(key, node.as_str()?).into_owned(), origin: Origin::of(node) })
    };
    let namespace = text(metadata, "namespace").map_or_else(|| String::from("default"), |n| n.text.to_lowercase());
    let mut relations = Vec::new();
    for (key, relation, default) in RELATIONS {
        let Some(value) = spec.and_then(|spec| spec.get(key)).filter(|value| !value.is_null()) else { continue };
        let many = if value.is_sequence() { value.items() } else { std::slice::from_ref(value) };
        for one in many {
            let found = one.as_str().and_then(|text| reference(text, default, &namespace));
            match found {
                Some(text) => relations.push((relation.to_owned(), Spelled { text, origin: Origin::of(one) })),
                None => problems.push(Problem { at: one.at, message: unreadable(key, one) }),
            }
        }
    }
    Entity {
        kind: kind.to_owned(),
        name: name.to_owned(),
        namespace,
        other_names: names::other_names(name, root),
        description: text(metadata, "description").map(|d| d.text.split_whitespace().collect::<Vec<_>>().join(" ")),
        owner: text(spec, "owner"),
        form: text(spec, "type"),
        details: details(kind, root),
        relations,
        origin: Origin::of(metadata.and_then(|metadata| metadata.get("name")).unwrap_or(root)),
    }
}

fn unreadable(key: &str, node: &Node) -> String {
    let shown = match node.as_str() {
        Some(text) => format!("`{}`", redact::value(key, text)),
        None => String::from("this"),
    };
    format!("`{key}` refers to nothing: {shown} is not a reference and is left out; write it like `group:default/name`")
}

/// A reference written out whole, `kind:namespace/name` in lower case; `None` where it is not one.
pub fn reference(text: &str, default_kind: &str, default_namespace: &str) -> Option<String> {
    let (kind, rest) = match text.trim().split_once(':') {
        Some((kind, rest)) => (kind, rest),
        None => (default_kind, text.trim()),
    };
    let (namespace, name) = rest.split_once('/').unwrap_or((default_namespace, rest));
    let good = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '/'));
    let whole = good(kind) && good(namespace) && good(name);
    whole.then(|| format!("{kind}:{namespace}/{name}").to_lowercase())
}

/// Languages that tags name.
const LANGUAGES: [(&str, &str); 20] = [
    ("c#", "csharp"),
    ("clojure", "clojure"),
    ("cpp", "cpp"),
    ("csharp", "csharp"),
    ("dotnet", "csharp"),
    ("elixir", "elixir"),
    ("erlang", "erlang"),
    ("go", "go"),
    ("golang", "go"),
    ("groovy", "groovy"),
    ("java", "java"),
    ("javascript", "javascript"),
    ("kotlin", "kotlin"),
    ("php", "php"),
    ("python", "python"),
    ("ruby", "ruby"),
    ("rust", "rust"),
    ("scala", "scala"),
    ("swift", "swift"),
    ("typescript", "typescript"),
];

fn details(kind: &str, root: &Node) -> Vec<(Field, Value, Origin)> {
    let mut out = Vec::new();
    if let Some(lifecycle) = root.at_path(&["spec", "lifecycle"]).filter(|node| node.as_str().is_some()) {
        let text = redact::value("lifecycle", lifecycle.as_str().unwrap_or("")).into_owned();
        out.push((Field::Lifecycle, Value::Text(text), Origin::of(lifecycle)));
    }
    for notes in ["labels", "annotations"] {
        for entry in root.at_path(&["metadata", notes]).map_or(&[][..], Node::entries) {
            let key = entry.key.rsplit_once('/').map_or(entry.key.as_str(), |(_, key)| key);
            if let Some(tier) = entry.value.as_u64().filter(|_| key == "tier") {
                out.push((Field::Tier, Value::Count(tier), Origin::of(&entry.value)));
            }
            if let Some(folder) = entry.value.as_str().filter(|_| key == "source-location").and_then(names::folder) {
                out.push((Field::SourceFolder, Value::Text(folder), Origin::of(&entry.value)));
            }
        }
    }
    let tags = root.at_path(&["metadata", "tags"]).filter(|_| kind == "Component").map_or(&[][..], Node::items);
    let mut languages = tags.iter().filter_map(|tag| {
        let word = tag.as_str()?.to_lowercase();
        let (_, language) = LANGUAGES.iter().find(|(name, _)| *name == word)?;
        Some((*language, tag))
    });
    // Two languages among the tags say nothing about which of them it is written in.
    if let (Some((language, tag)), None) = (languages.next(), languages.next()) {
        out.push((Field::Language, Value::Text(language.to_owned()), Origin::of(tag)));
    }
    let links = root.at_path(&["metadata", "links"]).map_or(&[][..], Node::items);
    let links: Vec<&Node> =
        links.iter().filter_map(|link| link.get("url")).filter(|url| url.as_str().is_some()).collect();
    if let Some(first) = links.first() {
        let text = |url: &&Node| Value::Text(redact::value("url", url.as_str().unwrap_or("")).into_owned());
        out.push((Field::Links, Value::List(links.iter().map(text).collect()), Origin::of(first)));
    }
    out
}
