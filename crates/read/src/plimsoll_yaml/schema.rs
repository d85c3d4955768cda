//! The JSON Schema of plimsoll.yaml (draft 2020-12), from the table.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::language::Section;
use super::system::System;
use super::table::{Key, Quantity, Shape, Table};
use crate::tree::yaml::{Schema, parse};
use crate::tree::{Data, Node, ScalarKind};

/// Where the schema is published.
const ID: &str = "https://plimsoll.dev/schema/plimsoll-yaml/1.json";

/// The JSON Schema of the language, with a description and an example for every key. The same text every time.
pub fn json_schema() -> String {
    let mut found = Found::default();
    let mut root = section(System::TABLE, &mut found);
    let mut definitions: BTreeMap<&'static str, Value> = BTreeMap::new();
    while let Some(table) = found.next() {
        let value = section(table, &mut found);
        definitions.insert(table.name, value);
    }
    for (name, quantity_row) in &found.quantities {
        definitions.insert(name, quantity(quantity_row));
    }
    let mut schema = Map::new();
    schema.insert(String::from("$schema"), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert(String::from("$id"), json!(ID));
    schema.insert(String::from("title"), json!("plimsoll.yaml"));
    if let Value::Object(keys) = &mut root {
        schema.append(keys);
    }
    schema.insert(String::from("required"), json!(["plimsoll"]));
    schema.insert(String::from("$defs"), json!(definitions));
    let text = serde_json::to_string_pretty(&Value::Object(schema));
    text.expect("a schema of strings and maps has a text") + "\n"
}

/// Tables and quantities that the schema refers to.
#[derive(Default)]
struct Found {
    waiting: Vec<&'static Table>,
    tables: BTreeMap<&'static str, ()>,
    quantities: BTreeMap<&'static str, &'static Quantity>,
}

impl Found {
    fn next(&mut self) -> Option<&'static Table> {
        self.waiting.pop()
    }
}

fn section(table: &'static Table, found: &mut Found) -> Value {
    let keys = (table.keys)();
    let mut properties = Map::new();
    for key in &keys {
        properties.insert(key.name.to_owned(), described(key, found));
    }
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut out = Map::new();
    out.insert(String::from("description"), json!(table.doc.trim()));
    out.insert(String::from("type"), json!("object"));
    out.insert(String::from("properties"), Value::Object(properties));
    match (table.open)() {
        Some(open) if open.name == super::language::ANY => {
            out.insert(String::from("additionalProperties"), described(&open, found));
        }
        Some(open) => {
            out.insert(String::from("patternProperties"), json!({ open.name: described(&open, found) }));
            out.insert(String::from("additionalProperties"), json!(false));
        }
        None => {
            out.insert(String::from("additionalProperties"), json!(false));
        }
    }
    if !required.is_empty() {
        out.insert(String::from("required"), json!(required));
    }
    Value::Object(out)
}

fn described(key: &Key, found: &mut Found) -> Value {
    let mut out = Map::new();
    out.insert(String::from("description"), json!(key.doc.trim()));
    if let Value::Object(mut keys) = shape(&key.shape, found) {
        out.append(&mut keys);
    }
    out.insert(String::from("examples"), json!([example(key.example)]));
    Value::Object(out)
}

fn shape(shape_of: &Shape, found: &mut Found) -> Value {
    match shape_of {
        Shape::Section(table) => {
            if found.tables.insert(table.name, ()).is_none() {
                found.waiting.push(table);
            }
            json!({ "$ref": format!("#/$defs/{}", table.name) })
        }
        Shape::Names(_, of) => json!({ "type": "object", "additionalProperties": shape(of, found) }),
        Shape::List(of) => json!({ "type": "array", "items": shape(of, found) }),
        Shape::Either(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(|each| shape(each, found)).collect();
            json!({ "anyOf": shapes })
        }
        Shape::Quantity(row) => {
            found.quantities.insert(row.name, row);
            json!({ "$ref": format!("#/$defs/{}", row.name.replace(' ', "%20")) })
        }
        Shape::Words(words) => json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() }),
        Shape::Flag => json!({ "type": "boolean" }),
    }
}

fn quantity(row: &Quantity) -> Value {
    let types = if row.number { json!(["number", "string"]) } else { json!("string") };
    let examples: Vec<Value> = row.examples.iter().map(|text| example(text)).collect();
    json!({ "description": row.doc.trim(), "type": types, "pattern": row.pattern, "examples": examples })
}

/// An example's YAML as JSON.
fn example(text: &str) -> Value {
    let documents = parse(plimsoll_model::FileId(0), text, Schema::Yaml12);
    documents.roots.first().map_or(Value::Null, json_of)
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Data::Mapping(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.value))).collect())
        }
        Data::Sequence(items) => Value::Array(items.iter().map(json_of).collect()),
        Data::Scalar(scalar) => match scalar.kind {
            ScalarKind::Null => Value::Null,
            ScalarKind::Bool(flag) => json!(flag),
            ScalarKind::Integer | ScalarKind::Float => {
                serde_json::from_str(&scalar.text).unwrap_or_else(|_| json!(scalar.text))
            }
            ScalarKind::Text => json!(scalar.text),
        },
    }
}
