//! Which objects a patch or replacement is for: regular expressions over ids, and label and annotation selectors.

use regex::Regex;

use super::fields::{Outcome, value};
use super::id::{Id, Wanted};
use super::object::Object;
use crate::tree::Node;

/// A selector as it is stated; what is empty matches all.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    pub(super) wanted: Wanted,
    pub(super) name: String,
    pub(super) namespace: String,
    labels: String,
    annotations: String,
}

impl Selector {
    /// Reads one.
    pub(super) fn of(node: &Node) -> Self {
        let text = |key: &str| node.get(key).map(value).unwrap_or_default().to_owned();
        Self {
            wanted: super::config::wanted(node),
            name: text("name"),
            namespace: text("namespace"),
            labels: text("labelSelector"),
            annotations: text("annotationSelector"),
        }
    }

    /// Whether it asks for an id at all.
    pub(super) fn has_id(&self) -> bool {
        self.wanted != Wanted::default() || !self.name.is_empty() || !self.namespace.is_empty()
    }

    /// Whether it asks for labels or annotations.
    pub(super) fn has_labels(&self) -> bool {
        !self.labels.is_empty() || !self.annotations.is_empty()
    }

    /// Whether an id is meant, word by word: replacements know no regular expressions.
    pub(super) fn is_id(&self, id: &Id<'_>) -> bool {
        let effective =
            |namespace: &str| if namespace.is_empty() { String::from("default") } else { namespace.to_owned() };
        (self.name.is_empty() || self.name == id.name)
            && (self.namespace.is_empty() || effective(&self.namespace) == effective(id.namespace))
            && self.wanted.selects(id.gvk)
    }

    /// Makes its expressions ready.
    pub(super) fn compile(&self) -> Outcome<Matcher> {
        let [group, version, kind, name, namespace] =
            [&self.wanted.group, &self.wanted.version, &self.wanted.kind, &self.name, &self.namespace]
                .map(|pattern| anchored(pattern));
        Ok(Matcher {
            group: group?,
            version: version?,
            kind: kind?,
            name: name?,
            namespace: namespace?,
            labels: requirements(&self.labels)?,
            annotations: requirements(&self.annotations)?,
        })
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            ("group", &self.wanted.group),
            ("version", &self.wanted.version),
            ("kind", &self.wanted.kind),
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("labelSelector", &self.labels),
            ("annotationSelector", &self.annotations),
        ];
        let stated: Vec<String> =
            parts.iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| format!("{key}: {text}")).collect();
        write!(f, "{{ {} }}", stated.join(", "))
    }
}

fn anchored(pattern: &str) -> Outcome<Option<Regex>> {
    if pattern.is_empty() {
        return Ok(None);
    }
    expression(&format!("^(?:{pattern})$")).map(Some)
}

/// A regular expression, bounded in size.
pub(super) fn expression(pattern: &str) -> Outcome<Regex> {
    let built = regex::RegexBuilder::new(pattern).size_limit(1 << 20).build();
    built.map_err(|_| format!("`{pattern}` is not a regular expression"))
}

/// A selector, ready to be asked.
pub(super) struct Matcher {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

impl Matcher {
    /// Whether an object is meant, by the name that it has or the one with which it came in.
    pub(super) fn matches(&self, object: &Object) -> bool {
        let fits = |expression: &Option<Regex>, text: &str| expression.as_ref().is_none_or(|e| e.is_match(text));
        let (now, first) = (object.id(), object.original_id());
        (fits(&self.namespace, first.effective_namespace()) || fits(&self.namespace, now.effective_namespace()))
            && (fits(&self.name, first.name) || fits(&self.name, now.name))
            && fits(&self.group, now.gvk.group)
            && fits(&self.version, now.gvk.version)
            && fits(&self.kind, now.gvk.kind)
            && self.matches_labels(object)
    }

    /// Whether an object has the labels and annotations that are asked for.
    pub(super) fn matches_labels(&self, object: &Object) -> bool {
        let (labels, annotations) = (object.texts("labels"), object.texts("annotations"));
        self.labels.iter().all(|requirement| requirement.holds(&labels))
            && self.annotations.iter().all(|requirement| requirement.holds(&annotations))
    }
}

/// One requirement of a label selector.
struct Requirement {
    key: String,
    test: Test,
}

enum Test {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Greater(i64),
    Less(i64),
}

impl Requirement {
    fn holds(&self, labels: &[(&str, &str)]) -> bool {
        let has = labels.iter().find(|(key, _)| *key == self.key).map(|(_, text)| *text);
        match (&self.test, has) {
            (Test::Exists, has) => has.is_some(),
            (Test::Missing, has) => has.is_none(),
            (Test::In(texts), Some(has)) => texts.iter().any(|text| text == has),
            (Test::NotIn(texts), Some(has)) => !texts.iter().any(|text| text == has),
            (Test::Greater(than), Some(has)) => has.parse::<i64>().is_ok_and(|has| has > *than),
            (Test::Less(than), Some(has)) => has.parse::<i64>().is_ok_and(|has| has < *than),
            (Test::NotIn(_), None) => true,
            (Test::In(_) | Test::Greater(_) | Test::Less(_), None) => false,
        }
    }
}

/// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`.
///
/// # Source
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api>
fn requirements(text: &str) -> Outcome<Vec<Requirement>> {
    let wrong = || format!("`{text}` is not a label selector");
    let mut out = Vec::new();
    let mut words = words(text).into_iter().peekable();
    while let Some(word) = words.next() {
        let negated = word == "!";
        let key = if negated { words.next().ok_or_else(wrong)? } else { word };
        if is_symbol(&key) {
            return Err(wrong());
        }
        let test = match words.next().as_deref() {
            None | Some(",") if negated => Test::Missing,
            None | Some(",") => Test::Exists,
            Some(operator) => {
                let test = test(operator, &mut words).ok_or_else(wrong)?;
                if words.next().is_some_and(|next| next != ",") {
                    return Err(wrong());
                }
                test
            }
        };
        out.push(Requirement { key, test });
    }
    Ok(out)
}

fn test(operator: &str, words: &mut std::iter::Peekable<std::vec::IntoIter<String>>) -> Option<Test> {
    if matches!(operator, "in" | "notin") {
        let texts = list(words)?;
        return Some(if operator == "in" { Test::In(texts) } else { Test::NotIn(texts) });
    }
    let text = words.next_if(|word| !is_symbol(word)).unwrap_or_default();
    match operator {
        "=" | "==" => Some(Test::In(vec![text])),
        "!=" => Some(Test::NotIn(vec![text])),
        ">" => text.parse().ok().map(Test::Greater),
        "<" => text.parse().ok().map(Test::Less),
        _ => None,
    }
}

/// `(a,b)`; an empty place between commas is the empty text.
fn list(words: &mut impl Iterator<Item = String>) -> Option<Vec<String>> {
    if words.next()? != "(" {
        return None;
    }
    let mut texts = vec![String::new()];
    loop {
        match words.next()?.as_str() {
            ")" => return Some(texts),
            "," => texts.push(String::new()),
            word if is_symbol(word) => return None,
            word => texts.last_mut()?.push_str(word),
        }
    }
}

fn is_symbol(word: &str) -> bool {
    matches!(word, "," | "(" | ")" | "!" | "=" | "==" | "!=" | ">" | "<")
}

fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_whitespace() && !"=!(),<>".contains(c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        match c {
            '=' | '!' if chars.next_if_eq(&'=').is_some() => out.push(format!("{c}=")),
            c if c.is_whitespace() => {}
            c => out.push(c.to_string()),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}
