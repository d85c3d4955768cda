//! Helm's own: templates as values, YAML, JSON and TOML, and a cluster that holds nothing.

use super::{Call, Row};
use crate::error::Failure;
use crate::json::{self, Escapes};
use crate::place::Text;
use crate::toml;
use crate::value::{Data, Value};
use crate::yaml::{self, Style};

pub(super) const ROWS: &[Row] = &[
    ("include", "string, any", |call| {
        let (name, dot) = (call.text(0).to_owned(), call.value(1));
        Ok(Value::from(call.machine.include(call.names, &name, dot)?))
    }),
    ("tpl", "string, any", tpl),
    ("lookup", "string, string, string, string", |_| Ok(Value::map(Vec::<(&str, Value)>::new()))),
    ("toYaml", "any", |call| Ok(Value::from(to_yaml(call, Style::Level).unwrap_or_default()))),
    ("mustToYaml", "any", |call| {
        let text = to_yaml(call, Style::Level);
        text.map(Value::from).ok_or_else(|| "yaml: the value holds itself".into())
    }),
    ("toYamlPretty", "any", |call| Ok(Value::from(to_yaml(call, Style::Indented).unwrap_or_default()))),
    ("fromYaml", "string", |call| Ok(map_of(yaml::parse(&call.sourced(0)).map_err(|error| error.to_string())))),
    ("fromYamlArray", "string", |call| Ok(list_of(yaml::parse(&call.sourced(0)).map_err(|error| error.to_string())))),
    ("toJson", "any", |call| Ok(Value::from(json::write(&call.value(0), Escapes::Html).unwrap_or_default()))),
    ("mustToJson", "any", |call| {
        let text = json::write(&call.value(0), Escapes::Html);
        text.map(Value::from).ok_or_else(|| "json: unsupported value: encountered a cycle".into())
    }),
    ("fromJson", "string", |call| Ok(map_of(json::parse(&call.sourced(0))))),
    ("fromJsonArray", "string", |call| Ok(list_of(json::parse(&call.sourced(0))))),
    ("toToml", "any", |call| Ok(Value::from(toml::write(&call.value(0)).unwrap_or_else(|error| error)))),
    ("mustToToml", "any", |call| Ok(Value::from(toml::write(&call.value(0))?))),
    ("fromToml", "string", |call| Ok(map_of(toml::parse(&call.sourced(0))))),
];

fn tpl(call: &mut Call<'_>) -> Result<Value, Failure> {
    let text = call.sourced(0);
    let (dot, place) = (call.value(1), call.place);
    Ok(Value::from(call.machine.tpl(call.names, &text, dot, place)?))
}

fn to_yaml(call: &Call<'_>, style: Style) -> Option<Text> {
    let text = yaml::write(&call.value(0), style)?;
    let end = text.strip_suffix('\n').map_or(text.len(), str::len);
    Some(text.part(0, end))
}

/// A map, or what went wrong under the key `Error`, as Helm gives it.
fn map_of(read: Result<Value, String>) -> Value {
    let error = |message: String| Value::map([("Error", Value::from(message))]);
    match read {
        Ok(value) => match value.data {
            Data::Map(_) => value,
            Data::Nil => Value::map(Vec::<(&str, Value)>::new()),
            _ => {
                let found = json_name(&value);
                error(format!(
                    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type \
                     map[string]interface {{}}"
                ))
            }
        },
        Err(message) => error(message),
    }
}

/// A list, or a list of what went wrong, as Helm gives it.
fn list_of(read: Result<Value, String>) -> Value {
    match read {
        Ok(value) => match value.data {
            Data::List(_) => value,
            Data::Nil => Value::list(Vec::new()),
            _ => {
                let found = json_name(&value);
                Value::list(vec![Value::from(format!(
                    "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type \
                     []interface {{}}"
                ))])
            }
        },
        Err(message) => Value::list(vec![Value::from(message)]),
    }
}

fn json_name(value: &Value) -> &'static str {
    match value.data {
        Data::List(_) => "array",
        Data::Map(_) => "object",
        Data::Bool(_) => "bool",
        Data::Float(_) => "number",
        _ => "string",
    }
}
