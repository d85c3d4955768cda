//! Values as Go has them: what a YAML file gives (maps, lists, texts, `float64`, booleans, nil), what literals and
//! functions make (`int`, `int64`, typed lists, bytes, times), and objects with methods.
//!
//! Maps are shared and can be changed (`set`), as in Go; lists cannot. Dropping a deep value does not recurse.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use crate::object::Object;
use crate::place::{Origin, Text};

/// A value, and where it comes from if somebody said so.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub data: Data,
    /// Where it comes from.
    pub origin: Option<Origin>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Data {
    /// `nil`.
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`: literals, `len`, `int`.
    Int(i64),
    /// `int64`: what most arithmetic functions give.
    Int64(i64),
    /// `float64`: every number of a YAML or JSON file.
    Float(f64),
    /// `string`.
    Text(Text),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    /// A slice.
    List(List),
    /// A map by strings.
    Map(Map),
    /// `time.Time`, in nanoseconds since 1970 and UTC.
    Time(i128),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// What has fields and methods.
    Object(Rc<dyn Object>),
}

/// What a list holds, as far as Go's type says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// `[]interface {}`.
    Any,
    /// `[]string`.
    Texts,
    /// `[]int`.
    Ints,
    /// `[][]interface {}`.
    Lists,
    /// `[]map[string]interface {}`.
    Maps,
}

/// A slice. It cannot be changed, so that it may be shared.
#[derive(Clone)]
pub struct List {
    items: Rc<ListItems>,
    /// What it holds.
    pub of: Items,
}

struct ListItems(Vec<Value>);

/// A map by strings that all its holders share: a change by one is seen by all.
#[derive(Clone)]
pub struct Map {
    entries: Rc<MapEntries>,
    /// Go's name of its type.
    pub of: Named,
}

/// Go's types of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `map[string]interface {}`.
    Any,
    /// `map[string]string`.
    Texts,
    /// `common.Values`, as Helm calls the values of a chart.
    Values,
}

struct MapEntries(RefCell<BTreeMap<Rc<str>, Value>>);

impl Value {
    /// `nil`.
    pub const NIL: Self = Self { data: Data::Nil, origin: None };

    /// A value that comes from nowhere in particular.
    pub fn new(data: Data) -> Self {
        Self { data, origin: None }
    }

    /// The same value, from somewhere.
    pub fn from_origin(mut self, origin: Option<Origin>) -> Self {
        self.origin = origin;
        self
    }

    /// A list of anything.
    pub fn list(items: Vec<Value>) -> Self {
        Self::new(Data::List(List::new(items, Items::Any)))
    }

    /// A list of texts.
    pub fn texts<T: Into<Text>>(texts: impl IntoIterator<Item = T>) -> Self {
        let items = texts.into_iter().map(|text| Self::new(Data::Text(text.into()))).collect();
        Self::new(Data::List(List::new(items, Items::Texts)))
    }

    /// A map of anything.
    pub fn map<K: Into<Rc<str>>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::new(Data::Map(Map::new(entries)))
    }

    /// Whether it is nil.
    pub fn is_nil(&self) -> bool {
        matches!(self.data, Data::Nil)
    }

    /// The text, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.data {
            Data::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items, where it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match &self.data {
            Data::List(list) => Some(list.items()),
            _ => None,
        }
    }

    /// Yes or no, where it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.data {
            Data::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// Whether a condition on it holds: Go's truth, by which zero, the empty text, list and map, and nil are false.
    pub fn is_true(&self) -> bool {
        match &self.data {
            Data::Nil => false,
            Data::Bool(flag) => *flag,
            Data::Int(n) | Data::Int64(n) | Data::Duration(n) => *n != 0,
            Data::Float(n) => *n != 0.0,
            Data::Text(text) => !text.is_empty(),
            Data::Bytes(bytes) => !bytes.is_empty(),
            Data::List(list) => !list.items().is_empty(),
            Data::Map(map) => !map.is_empty(),
            Data::Time(_) => true,
            Data::Object(object) => object.is_true(),
        }
    }

    /// Go's name of its type, as `printf "%T"` gives it.
    pub fn type_name(&self) -> String {
        match &self.data {
            Data::Nil => "<nil>".to_owned(),
            Data::Bool(_) => "bool".to_owned(),
            Data::Int(_) => "int".to_owned(),
            Data::Int64(_) => "int64".to_owned(),
            Data::Float(_) => "float64".to_owned(),
            Data::Text(_) => "string".to_owned(),
            Data::Bytes(_) => "[]uint8".to_owned(),
            Data::List(list) => match list.of {
                Items::Any => "[]interface {}",
                Items::Texts => "[]string",
                Items::Ints => "[]int",
                Items::Lists => "[][]interface {}",
                Items::Maps => "[]map[string]interface {}",
            }
            .to_owned(),
            Data::Map(map) => match map.of {
                Named::Any => "map[string]interface {}",
                Named::Texts => "map[string]string",
                Named::Values => "common.Values",
            }
            .to_owned(),
            Data::Time(_) => "time.Time".to_owned(),
            Data::Duration(_) => "time.Duration".to_owned(),
            Data::Object(object) => object.type_name().to_owned(),
        }
    }

    /// Go's name of its kind: `map`, `slice`, `string`, `float64`.
    pub fn kind(&self) -> &'static str {
        match &self.data {
            Data::Nil => "invalid",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int",
            Data::Int64(_) | Data::Duration(_) => "int64",
            Data::Float(_) => "float64",
            Data::Text(_) => "string",
            Data::Bytes(_) | Data::List(_) => "slice",
            Data::Map(_) => "map",
            Data::Time(_) => "struct",
            Data::Object(object) => object.kind(),
        }
    }
}

impl List {
    /// A list.
    pub fn new(items: Vec<Value>, of: Items) -> Self {
        Self { items: Rc::new(ListItems(items)), of }
    }

    /// What is in it.
    pub fn items(&self) -> &[Value] {
        &self.items.0
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} items]", self.items().len())
    }
}

impl Map {
    /// A map of anything.
    pub fn new<K: Into<Rc<str>>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
        Self { entries: Rc::new(MapEntries(RefCell::new(entries))), of: Named::Any }
    }

    /// The same map by another name of its type; both share what is in it.
    pub fn named(&self, of: Named) -> Self {
        Self { entries: Rc::clone(&self.entries), of }
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.entries.0.borrow().get(key).cloned()
    }

    /// Whether there is such a key.
    pub fn has(&self, key: &str) -> bool {
        self.entries.0.borrow().contains_key(key)
    }

    /// Sets the value under a key, for all who share the map.
    pub fn set(&self, key: impl Into<Rc<str>>, value: Value) {
        let before = self.entries.0.borrow_mut().insert(key.into(), value);
        drop(before);
    }

    /// Takes a key out, for all who share the map.
    pub fn remove(&self, key: &str) -> Option<Value> {
        self.entries.0.borrow_mut().remove(key)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.0.borrow().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All keys and values as they are now, sorted by key.
    pub fn entries(&self) -> Vec<(Rc<str>, Value)> {
        self.entries.0.borrow().iter().map(|(key, value)| (Rc::clone(key), value.clone())).collect()
    }

    /// Whether both are one map.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }

    /// A map of its own with the same entries.
    pub fn shallow_copy(&self) -> Self {
        Self::new(self.entries()).named(self.of)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what is in it: a map may hold itself.
        write!(f, "{{{} keys}}", self.len())
    }
}

/// Takes values apart one after the other: a chain of a million lists would overflow the stack if each dropped the next.
fn dismantle(mut rest: Vec<Value>) {
    while let Some(value) = rest.pop() {
        match value.data {
            Data::List(List { items, .. }) => {
                if let Ok(mut items) = Rc::try_unwrap(items) {
                    rest.append(&mut items.0);
                }
            }
            Data::Map(Map { entries, .. }) => {
                if let Ok(entries) = Rc::try_unwrap(entries) {
                    rest.extend(std::mem::take(&mut *entries.0.borrow_mut()).into_values());
                }
            }
            _ => {}
        }
    }
}

impl Drop for ListItems {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            dismantle(std::mem::take(&mut self.0));
        }
    }
}

impl Drop for MapEntries {
    fn drop(&mut self) {
        let entries = std::mem::take(self.0.get_mut());
        if !entries.is_empty() {
            dismantle(entries.into_values().collect());
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::new(Data::Bool(flag))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::new(Data::Text(text.into()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::new(Data::Text(text.into()))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::new(Data::Text(text))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::new(Data::Float(number))
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::new(Data::Map(map))
    }
}
