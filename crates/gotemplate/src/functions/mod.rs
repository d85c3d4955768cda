//! Every function, with its signature as Go spells it; what an argument may be is checked before a function runs.
//!
//! One file for each family: the language's own, sprig's, Helm's. What depends on chance, a clock, a network or keys is
//! a deterministic stand-in, and its file says so.

mod builtin;
mod chance;
mod dates;
mod dicts;
mod encodings;
mod flow;
mod helm;
mod lists;
mod numbers;
mod paths;
mod reflection;
mod regexes;
pub(crate) mod semver;
pub(crate) mod strings;
mod words;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use crate::error::Failure;
use crate::eval::Machine;
use crate::place::{Builder, Place, Text};
use crate::print;
use crate::templates::Names;
use crate::value::{Data, Items, List, Map, Named, Value};

/// A function as templates call it.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) takes: Vec<Kind>,
    /// What any number of further arguments may be.
    pub(crate) rest: Option<Kind>,
    pub(crate) run: Run,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    Plain(Plain),
    /// `and`, `or`: arguments are evaluated up to the first whose truth is this.
    Choice(bool),
}

/// Arguments that fit the signature in, a value out.
pub(crate) type Plain = fn(&mut Call<'_>) -> Result<Value, Failure>;

/// One row of a family: name, signature, what it does.
type Row = (&'static str, &'static str, Plain);

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Any,
    Text,
    Int,
    Bool,
    Float,
    Map,
    List,
    Time,
}

impl Kind {
    fn of(spelled: &str) -> Self {
        match spelled {
            "string" => Self::Text,
            "int" => Self::Int,
            "bool" => Self::Bool,
            "float64" => Self::Float,
            "map" => Self::Map,
            "list" => Self::List,
            "time" => Self::Time,
            _ => Self::Any,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Float => "float64",
            Self::Map => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Time => "time.Time",
        }
    }

    pub(crate) fn can_be_nil(self) -> bool {
        matches!(self, Self::Any | Self::Map | Self::List)
    }

    /// The value, where it fits.
    pub(crate) fn accept(self, value: Value) -> Result<Value, String> {
        let fits = match (self, &value.data) {
            (Self::Any, _) => true,
            (kind, Data::Nil) if kind.can_be_nil() => true,
            (_, Data::Nil) => return Err(format!("invalid value; expected {}", self.name())),
            (Self::Text, Data::Text(_))
            | (Self::Int, Data::Int(_))
            | (Self::Bool, Data::Bool(_))
            | (Self::Float, Data::Float(_))
            | (Self::Time, Data::Time(_)) => true,
            (Self::Map, Data::Map(map)) => map.of != Named::Texts,
            (Self::List, Data::List(list)) => list.of == Items::Any,
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        Err(format!("wrong type for value; expected {}; got {}", self.name(), value.type_name()))
    }
}

static FUNCTIONS: LazyLock<BTreeMap<&'static str, Function>> = LazyLock::new(|| {
    let families: [&[Row]; 15] = [
        builtin::ROWS,
        strings::ROWS,
        words::ROWS,
        numbers::ROWS,
        lists::ROWS,
        dicts::ROWS,
        dates::ROWS,
        encodings::ROWS,
        regexes::ROWS,
        reflection::ROWS,
        paths::ROWS,
        semver::ROWS,
        flow::ROWS,
        chance::ROWS,
        helm::ROWS,
    ];
    let plain = families.iter().flat_map(|rows| rows.iter());
    let mut functions: BTreeMap<&str, Function> =
        plain.map(|(name, signature, run)| (*name, function(name, signature, Run::Plain(*run)))).collect();
    for (name, stops_at) in [("and", false), ("or", true)] {
        functions.insert(name, function(name, "any, ...any", Run::Choice(stops_at)));
    }
    functions
});

fn function(name: &'static str, signature: &str, run: Run) -> Function {
    let mut takes = Vec::new();
    let mut rest = None;
    for part in signature.split(", ").filter(|part| !part.is_empty()) {
        match part.strip_prefix("...") {
            Some(part) => rest = Some(Kind::of(part)),
            None => takes.push(Kind::of(part)),
        }
    }
    Function { name, takes, rest, run }
}

/// The function of a name.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.get(name)
}

/// The names of all functions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.keys().copied()
}

/// One call: the arguments, and what a function may ask of the rendering around it.
pub struct Call<'m> {
    pub(crate) machine: &'m mut Machine,
    pub(crate) names: &'m Rc<Names>,
    pub(crate) place: Option<Place>,
    pub(crate) arguments: Vec<Value>,
    pub(crate) name: &'m str,
}

impl Call<'_> {
    /// The arguments.
    pub fn arguments(&self) -> &[Value] {
        &self.arguments
    }

    /// An argument that is a text; empty where it is none.
    pub fn text(&self, index: usize) -> &str {
        self.arguments.get(index).and_then(Value::as_str).unwrap_or_default()
    }

    /// An argument that is a text, with where it comes from.
    pub(crate) fn marked(&self, index: usize) -> Text {
        match self.arguments.get(index).map(|value| &value.data) {
            Some(Data::Text(text)) => text.clone(),
            _ => Text::default(),
        }
    }

    /// An argument that is a text, each byte of it coming from the value that it is.
    pub(crate) fn sourced(&self, index: usize) -> Text {
        let text = self.marked(index);
        let origin = self.arguments.get(index).and_then(|value| value.origin);
        if origin.is_none() || !text.marks().is_empty() {
            return text;
        }
        let mut out = Builder::default();
        out.mark(None, origin, false);
        out.push_str(&text);
        out.finish()
    }

    pub(crate) fn int(&self, index: usize) -> i64 {
        match self.arguments.get(index).map(|value| &value.data) {
            Some(Data::Int(n) | Data::Int64(n)) => *n,
            _ => 0,
        }
    }

    pub(crate) fn bool(&self, index: usize) -> bool {
        self.arguments.get(index).and_then(Value::as_bool).unwrap_or_default()
    }

    /// An argument that is a map; an empty one for nil.
    pub(crate) fn map(&self, index: usize) -> Map {
        match self.arguments.get(index).map(|value| &value.data) {
            Some(Data::Map(map)) => map.clone(),
            _ => Map::new(Vec::<(Rc<str>, Value)>::new()),
        }
    }

    pub(crate) fn value(&self, index: usize) -> Value {
        self.arguments.get(index).cloned().unwrap_or(Value::NIL)
    }

    /// The items of an argument that must be a list.
    pub(crate) fn items(&self, index: usize, verb: &str) -> Result<Vec<Value>, Failure> {
        let value = self.value(index);
        match &value.data {
            Data::List(list) => Ok(list.items().to_vec()),
            Data::Bytes(bytes) => Ok(bytes.iter().map(|byte| Value::new(Data::Int(i64::from(*byte)))).collect()),
            Data::Object(object) if object.kind() == "slice" => {
                Ok(object.plain().as_list().unwrap_or_default().to_vec())
            }
            Data::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
            _ => Err(format!("Cannot {verb} type {}", value.kind()).into()),
        }
    }

    /// Takes steps and bytes from the budget before something large is made.
    pub(crate) fn charge(&mut self, steps: usize, bytes: usize) -> Result<(), Failure> {
        self.machine.budget.steps(steps as u64)?;
        self.machine.budget.bytes(bytes)?;
        Ok(())
    }
}

/// A list of whole numbers.
pub(crate) fn ints(items: Vec<i64>) -> Value {
    let items = items.into_iter().map(|n| Value::new(Data::Int(n))).collect();
    Value::new(Data::List(List::new(items, Items::Ints)))
}

fn int(n: i64) -> Value {
    Value::new(Data::Int(n))
}

fn int64(n: i64) -> Value {
    Value::new(Data::Int64(n))
}

/// sprig's `strslice`: a list as texts, nil left out; anything else as one text.
fn strslice(value: &Value) -> Vec<Value> {
    let text = |value: &Value| {
        let text = print::strval(value);
        Value::from(text).from_origin(value.origin)
    };
    match &value.data {
        Data::Nil => Vec::new(),
        Data::List(list) => list.items().iter().filter(|item| !item.is_nil()).map(text).collect(),
        Data::Object(object) if object.kind() == "slice" => strslice(&object.plain()),
        _ => vec![text(value)],
    }
}
