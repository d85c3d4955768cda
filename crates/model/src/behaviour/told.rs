//! How the picture of the behaviour is told in JSON: each row is written once, and its type, its JSON and its schema
//! come from it.
//!
//! Not here: what the rows mean (their own files), the rest of the form (`json`, `json_schema`).
//! Always: what nobody said is left out, never written as null or as a default.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::claim::EvidenceId;
use crate::graph::Model;
use crate::json::evidence_json;
use crate::noun::{ComponentId, EnvironmentId, JourneyId, OperationId, TeamId, TopicId};

/// Schemas of objects by name, as far as they were met.
pub type Shapes = BTreeMap<String, Json>;

/// What can be told in JSON.
pub trait Told {
    /// As JSON; `None` where there is nothing to say, and the key is left out.
    fn told(&self, model: &Model) -> Option<Json>;

    /// Its schema. Objects add themselves to the shapes and give a reference.
    fn shape(shapes: &mut Shapes) -> Json;

    /// Whether [`Told::told`] always gives something.
    const ALWAYS: bool = true;
}

/// Writes an object: its type, its JSON and its schema.
macro_rules! object {
    ($(#[doc = $doc:literal])+ $Name:ident $word:literal $($derive:ident)* {
        $($(#[doc = $key_doc:literal])+ $key:ident $($spelled:literal)?: $Type:ty;)*
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, $($derive),*)]
        pub struct $Name { $($(#[doc = $key_doc])+ pub $key: $Type,)* }

        impl $crate::behaviour::told::Told for $Name {
            fn told(&self, model: &$crate::Model) -> Option<serde_json::Value> {
                let mut out = serde_json::Map::new();
                $(if let Some(told) = self.$key.told(model) {
                    out.insert($crate::behaviour::told::spelled!($key $($spelled)?).to_owned(), told);
                })*
                Some(serde_json::Value::Object(out))
            }

            fn shape(shapes: &mut $crate::behaviour::told::Shapes) -> serde_json::Value {
                $crate::behaviour::told::register(shapes, $word, |shapes| {
                    let mut keys = $crate::behaviour::told::Keys::default();
                    $(keys.add::<$Type>($crate::behaviour::told::spelled!($key $($spelled)?), concat!($($key_doc),+), shapes);)*
                    keys.schema(concat!($($doc),+))
                })
            }
        }
    };
}

/// Writes a choice between rows: its type, its JSON (an object with one key) and its schema.
macro_rules! choice_of {
    ($(#[doc = $doc:literal])+ $Name:ident $word:literal {
        $($(#[doc = $case_doc:literal])+ $Case:ident($Type:ty) $key:literal,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub enum $Name { $($(#[doc = $case_doc])+ $Case($Type),)+ }

        impl $crate::behaviour::told::Told for $Name {
            fn told(&self, model: &$crate::Model) -> Option<serde_json::Value> {
                let (key, told) = match self { $(Self::$Case(inner) => ($key, inner.told(model)),)+ };
                Some(serde_json::json!({ key: told }))
            }

            fn shape(shapes: &mut $crate::behaviour::told::Shapes) -> serde_json::Value {
                $crate::behaviour::told::register(shapes, $word, |shapes| {
                    let mut keys = $crate::behaviour::told::Keys::default();
                    $(keys.case::<$Type>($key, concat!($($case_doc),+), shapes);)+
                    keys.choice(concat!($($doc),+))
                })
            }
        }
    };
}

/// Writes a set of words: its type, its words with what they mean, its JSON and its schema.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $Name:ident { $($(#[doc = $case_doc:literal])+ $Case:ident $word:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $Name { $($(#[doc = $case_doc])+ $Case,)+ }

        impl $Name {
            /// Every word with what it means.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($word, concat!($($case_doc),+)),)+];

            /// The word in JSON and reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$Case => $word,)+ }
            }

            /// The case that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$Case),)+ _ => None }
            }
        }

        impl $crate::behaviour::told::Told for $Name {
            fn told(&self, _: &$crate::Model) -> Option<serde_json::Value> {
                Some(serde_json::Value::from(self.word()))
            }

            fn shape(_: &mut $crate::behaviour::told::Shapes) -> serde_json::Value {
                serde_json::json!({ "enum": [$($word),+] })
            }
        }
    };
}

/// Writes a quantity: a number with its unit, its JSON and its schema.
macro_rules! quantity {
    ($(#[doc = $doc:literal])+ $Name:ident($Inner:ty) $type:literal $($derive:ident)*) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, $($derive),*)]
        pub struct $Name(pub $Inner);

        impl $crate::behaviour::told::Told for $Name {
            fn told(&self, _: &$crate::Model) -> Option<serde_json::Value> {
                Some(serde_json::Value::from(self.0))
            }

            fn shape(_: &mut $crate::behaviour::told::Shapes) -> serde_json::Value {
                serde_json::json!({ "type": $type, "minimum": 0 })
            }
        }
    };
}

/// The key's spelling: as given, or as the field is called.
macro_rules! spelled {
    ($key:ident) => {
        stringify!($key)
    };
    ($key:ident $spelled:literal) => {
        $spelled
    };
}

pub(crate) use {choice, choice_of, object, quantity, spelled};

/// Adds an object's schema under its name, once, and gives a reference to it.
pub fn register(shapes: &mut Shapes, name: &str, write: impl FnOnce(&mut Shapes) -> Json) -> Json {
    if !shapes.contains_key(name) {
        // The name is taken before the keys are written: steps hold steps.
        shapes.insert(name.to_owned(), Json::Null);
        let schema = write(shapes);
        shapes.insert(name.to_owned(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The keys of an object's schema.
#[derive(Default)]
pub struct Keys {
    properties: Map<String, Json>,
    required: Vec<&'static str>,
}

impl Keys {
    /// Adds a key, required where its value is always told.
    pub fn add<T: Told>(&mut self, key: &'static str, doc: &str, shapes: &mut Shapes) {
        self.case::<T>(key, doc, shapes);
        if T::ALWAYS {
            self.required.push(key);
        }
    }

    /// Adds a key that may be left out.
    pub fn case<T: Told>(&mut self, key: &'static str, doc: &str, shapes: &mut Shapes) {
        let mut schema = T::shape(shapes);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), Json::from(doc.trim()));
        }
        self.properties.insert(key.to_owned(), schema);
    }

    /// The schema of an object with these keys.
    pub fn schema(self, doc: &str) -> Json {
        json!({ "description": doc.trim(), "type": "object", "properties": self.properties, "required": self.required })
    }

    /// The schema of an object with one of these keys.
    pub fn choice(self, doc: &str) -> Json {
        let mut schema = self.schema(doc);
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("minProperties".to_owned(), Json::from(1));
            schema.insert("maxProperties".to_owned(), Json::from(1));
        }
        schema
    }
}

impl<T: Told> Told for Option<T> {
    const ALWAYS: bool = false;

    fn told(&self, model: &Model) -> Option<Json> {
        self.as_ref().and_then(|inner| inner.told(model))
    }

    fn shape(shapes: &mut Shapes) -> Json {
        T::shape(shapes)
    }
}

impl<T: Told> Told for Vec<T> {
    const ALWAYS: bool = false;

    fn told(&self, model: &Model) -> Option<Json> {
        (!self.is_empty()).then(|| self.iter().filter_map(|each| each.told(model)).collect())
    }

    fn shape(shapes: &mut Shapes) -> Json {
        json!({ "type": "array", "items": T::shape(shapes) })
    }
}

impl<T: Told> Told for Box<T> {
    const ALWAYS: bool = T::ALWAYS;

    fn told(&self, model: &Model) -> Option<Json> {
        self.as_ref().told(model)
    }

    fn shape(shapes: &mut Shapes) -> Json {
        T::shape(shapes)
    }
}

impl Told for bool {
    fn told(&self, _: &Model) -> Option<Json> {
        Some(Json::from(*self))
    }

    fn shape(_: &mut Shapes) -> Json {
        json!({ "type": "boolean" })
    }
}

impl Told for u64 {
    fn told(&self, _: &Model) -> Option<Json> {
        Some(Json::from(*self))
    }

    fn shape(_: &mut Shapes) -> Json {
        json!({ "type": "integer", "minimum": 0 })
    }
}

impl Told for f64 {
    fn told(&self, _: &Model) -> Option<Json> {
        Some(Json::from(*self))
    }

    fn shape(_: &mut Shapes) -> Json {
        json!({ "type": ["number", "integer"], "minimum": 0 })
    }
}

impl Told for String {
    fn told(&self, _: &Model) -> Option<Json> {
        Some(Json::from(self.as_str()))
    }

    fn shape(_: &mut Shapes) -> Json {
        json!({ "type": "string" })
    }
}

impl Told for EvidenceId {
    fn told(&self, model: &Model) -> Option<Json> {
        serde_json::to_value(evidence_json(model, *self)).ok()
    }

    fn shape(_: &mut Shapes) -> Json {
        json!({ "$ref": "#/$defs/evidence" })
    }
}

/// Ids are told by the names of what they stand for.
macro_rules! by_name {
    ($($Id:ident $name:expr;)+) => {$(
        impl Told for $Id {
            fn told(&self, model: &Model) -> Option<Json> {
                let name: fn(&Model, usize) -> &str = $name;
                Some(Json::from(name(model, self.index())))
            }

            fn shape(_: &mut Shapes) -> Json {
                json!({ "type": "string" })
            }
        }
    )+};
}

by_name! {
    ComponentId |model, index| &model.components[index].id;
    EnvironmentId |model, index| &model.environments[index].id;
    TopicId |model, index| &model.topics[index].id;
    JourneyId |model, index| &model.journeys[index].id;
    OperationId |model, index| &model.operations[index].name;
    TeamId |model, index| &model.teams[index].id;
}
