//! How the tree of a plimsoll.yaml becomes typed values: each value keeps its place, each mistake is a problem with its
//! place, and reading goes on, so that one run lists all mistakes.
//!
//! Always: a mistake in one entry costs that entry alone; nothing is dropped without a problem.

use plimsoll_model::{At, Problem};

use super::near::{listed, nearest};
use super::table::{Key, Quantity, Shape, Table};
use crate::facts::Origin;
use crate::tree::{Data, Entry, Node};

/// What the file says under a key that may be left out, with its place.
pub type Said<T> = Option<Placed<T>>;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub origin: Origin,
}

/// Values by names that the author chose, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Names<T>(pub Vec<NamedValue<T>>);

/// A name that the author chose and what stands under it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedValue<T> {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub at: At,
    /// What stands under it.
    pub value: T,
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Names<T> {
    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|each| each.name == name).map(|each| &each.value)
    }

    /// Names, places and values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &NamedValue<T>> {
        self.0.iter()
    }

    /// The names alone.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|each| each.name.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What can stand in a place of the file.
pub trait Form: Sized {
    /// In the terms of the schema.
    fn shape() -> Shape;

    /// Reads it; `None` after a problem.
    fn read(node: &Node, reading: &mut Reading) -> Option<Self>;

    /// What holds where the key is left out; `None` where it must be there.
    fn missing() -> Option<Self> {
        None
    }
}

/// A mapping with the keys of a table.
pub trait Section: Sized {
    /// Its table.
    const TABLE: &'static Table;

    /// Takes its keys; `None` after a problem.
    fn take(fields: &mut Fields<'_>, reading: &mut Reading) -> Option<Self>;
}

/// What went wrong so far, and under which keys the reader is.
#[derive(Debug, Default)]
pub struct Reading {
    /// In the order in which they were found.
    pub problems: Vec<Problem>,
    /// Whether entries were left out after a problem, so that what seems to be missing may be there.
    pub gaps: bool,
    path: Vec<String>,
}

impl Reading {
    /// Notes a problem: what, why, what to do. The keys above it are put before it.
    pub fn problem(&mut self, at: At, message: impl AsRef<str>) {
        let path = self.path.join(".");
        let message = match path.is_empty() {
            true => message.as_ref().to_owned(),
            false => format!("{path}: {}", message.as_ref()),
        };
        self.problems.push(Problem { at, message });
    }

    /// Reads what is under a key.
    pub fn under<T>(&mut self, key: impl Into<String>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key.into());
        let value = read(self);
        self.path.pop();
        value
    }

    /// Says that something else was wanted here.
    pub fn wanted(&mut self, node: &Node, wanted: &str, example: &str) {
        self.problem(
            node.at,
            format!("this is {}, and {wanted} is wanted; write it like `{example}`", described(node)),
        );
    }

    /// A text of the file as an error may show it: credentials taken out.
    pub fn shown(&self, text: &str) -> String {
        let key = self.path.last().map_or("", String::as_str);
        crate::redact::value(key, text).into_owned()
    }

    /// The text of a scalar; else a problem.
    pub fn text<'n>(&mut self, node: &'n Node, quantity: &Quantity) -> Option<&'n str> {
        let text = node.as_str();
        if text.is_none() {
            self.wanted(node, quantity.wanted, quantity.examples[0]);
        }
        text
    }

    /// A quantity by its parser, which says what is wrong with a text.
    pub fn quantity<T>(
        &mut self,
        node: &Node,
        quantity: &Quantity,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        // Credentials are taken out under the key that they stand under, before anything is made of the text.
        let text = self.text(node, quantity)?.trim();
        let text = self.shown(text);
        let found = parse(&text);
        if let Err(why) = &found {
            self.problem(node.at, format!("`{text}` is not {}: {why}", quantity.wanted));
        }
        found.ok()
    }

    /// One of the words; else a problem with the nearest.
    pub fn word(&mut self, node: &Node, words: &[(&'static str, &'static str)]) -> Option<&'static str> {
        let known = || words.iter().map(|(word, _)| *word);
        let Some(text) = node.as_str() else {
            self.problem(node.at, format!("this is {}, and one of {} is wanted", described(node), listed(known())));
            return None;
        };
        let found = known().find(|word| *word == text);
        if found.is_none() {
            let cure = match nearest(text, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", listed(known())),
            };
            let shown = self.shown(text);
            self.problem(node.at, format!("`{shown}` is not a word that may stand here; {cure}"));
        }
        found
    }
}

/// A node as an error calls it.
pub fn described(node: &Node) -> String {
    match &node.value {
        Data::Mapping(_) => String::from("a mapping"),
        Data::Sequence(_) => String::from("a list"),
        Data::Scalar(_) if node.is_null() => String::from("empty"),
        Data::Scalar(scalar) => format!("`{}`", crate::redact::value("", &scalar.text)),
    }
}

/// The entries of a mapping, of which a section takes one after the other.
pub struct Fields<'n> {
    entries: Vec<Option<&'n Entry>>,
    at: At,
    called: &'static str,
}

impl<'n> Fields<'n> {
    /// The entries of a mapping.
    pub fn new(node: &'n Node, called: &'static str) -> Self {
        Self { entries: node.entries().iter().map(Some).collect(), at: node.at, called }
    }

    /// Whether a key stands here and is not taken yet.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().flatten().any(|entry| entry.key == key)
    }

    /// Takes a key. A key without a value counts as left out.
    pub fn take<T: Form>(&mut self, key: &'static str, reading: &mut Reading) -> Option<T> {
        let slot = self.entries.iter_mut().find(|slot| slot.is_some_and(|entry| entry.key == key));
        match slot.and_then(Option::take).filter(|entry| !entry.value.is_null()) {
            Some(entry) => reading.under(key, |reading| T::read(&entry.value, reading)).or_else(T::missing),
            None => {
                let missing = T::missing();
                if missing.is_none() {
                    reading.problem(self.at, format!("{} needs the key `{key}`; add it", self.called));
                }
                missing
            }
        }
    }

    /// Takes every key that is left and is not spelled like a fixed one.
    pub fn take_open<T: Form>(&mut self, pattern: &str, reading: &mut Reading) -> Names<T> {
        let mut names = Vec::new();
        for slot in &mut self.entries {
            let Some(entry) = slot.take_if(|entry| pattern == ANY || looks_like_operation(&entry.key)) else {
                continue;
            };
            let value = reading.under(entry.key.clone(), |reading| T::read(&entry.value, reading));
            names.extend(value.map(|value| NamedValue { name: entry.key.clone(), at: entry.key_at, value }));
        }
        Names(names)
    }

    /// Says which keys are left and what they may have been meant to be.
    pub fn finish(self, keys: &[Key], reading: &mut Reading) {
        for entry in self.entries.into_iter().flatten() {
            let (key, called) = (&entry.key, self.called);
            let names = || keys.iter().map(|each| each.name);
            let cure = match (home(key, keys), nearest(key, names())) {
                (Some(home), _) => format!("it stands under `{home}`"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("its keys are {}", listed(names())),
            };
            reading.problem(entry.key_at, format!("`{key}` is not a key of {called}, so it says nothing; {cure}"));
        }
    }
}

/// The key under whose section a name stands.
fn home(name: &str, keys: &[Key]) -> Option<&'static str> {
    let holds = |key: &&Key| match &key.shape {
        Shape::Section(table) => (table.keys)().iter().any(|inner| inner.name == name),
        _ => false,
    };
    keys.iter().find(holds).map(|key| key.name)
}

/// The pattern of open keys that may be spelled in any way.
pub const ANY: &str = ".+";

/// The pattern of open keys that name an operation: `psp.charge`, `GET /orders @ gateway`.
pub const OPERATION: &str = r"\.|@";

fn looks_like_operation(key: &str) -> bool {
    key.contains(['.', '@'])
}

/// Reads a mapping as a section. A name with nothing under it is a section without keys.
pub fn read_section<S: Section>(node: &Node, reading: &mut Reading) -> Option<S> {
    let keys = (S::TABLE.keys)();
    if !node.is_mapping() && !node.is_null() {
        let example = keys.first().map_or(String::new(), |key| format!("{}: {}", key.name, key.example));
        let message =
            format!("this is {}, and {} is wanted; write keys, like `{example}`", described(node), S::TABLE.called);
        reading.problem(node.at, message);
        return None;
    }
    let mut fields = Fields::new(node, S::TABLE.called);
    let section = S::take(&mut fields, reading);
    fields.finish(&keys, reading);
    section
}

impl<T: Form> Form for Option<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        T::read(node, reading).map(Some)
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: Form> Form for Placed<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        T::read(node, reading).map(|value| Self { value, origin: Origin::of(node) })
    }
}

impl<T: Form> Form for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if !node.is_sequence() {
            let message = format!("this is {}, and a list is wanted; write each item after a `- `", described(node));
            reading.problem(node.at, message);
            return None;
        }
        let item = |(index, item)| reading.under(format!("{}", index + 1), |reading| T::read(item, reading));
        Some(node.items().iter().enumerate().filter_map(item).collect())
    }

    fn missing() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Form> Form for Names<T> {
    fn shape() -> Shape {
        Shape::Names("name", Box::new(T::shape()))
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if !node.is_mapping() {
            let message =
                format!("this is {}, and names with a value each are wanted, like `name: …`", described(node));
            reading.problem(node.at, message);
            return None;
        }
        Some(Fields::new(node, "this").take_open(ANY, reading))
    }

    fn missing() -> Option<Self> {
        Some(Self::default())
    }
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct OneOrMore<T>(pub Vec<T>);

impl<T: Form> Form for OneOrMore<T> {
    fn shape() -> Shape {
        Shape::Either(vec![T::shape(), Shape::List(Box::new(T::shape()))])
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        if node.is_sequence() { Vec::read(node, reading) } else { T::read(node, reading).map(|one| vec![one]) }
            .map(Self)
    }

    fn missing() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

impl Form for bool {
    fn shape() -> Shape {
        Shape::Flag
    }

    fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
        let flag = node.as_bool();
        if flag.is_none() {
            reading.wanted(node, "`true` or `false`", "true");
        }
        flag
    }
}
