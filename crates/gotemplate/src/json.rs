//! JSON as Go's `encoding/json` writes and reads it.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::number;
use crate::place::{Builder, Text};
use crate::print::DEPTH_MAX;
use crate::time::Civil;
use crate::value::{Data, Value};

/// Whether `<`, `>` and `&` are escaped, as they are unless somebody asks for raw JSON.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Escapes {
    Html,
    Plain,
}

/// A float as Go's JSON has it.
pub(crate) fn float(number: f64) -> String {
    number::json_float(number)
}

/// A value as JSON on one line; nothing where it is nested too deep or holds what JSON cannot.
pub(crate) fn write(value: &Value, escapes: Escapes) -> Option<Text> {
    let mut out = Builder::default();
    node(&mut out, value, escapes, None, 0)?;
    Some(out.finish())
}

/// A value as JSON in lines, two columns for a level.
pub(crate) fn write_pretty(value: &Value) -> Option<Text> {
    let mut out = Builder::default();
    node(&mut out, value, Escapes::Html, Some(0), 0)?;
    Some(out.finish())
}

fn node(out: &mut Builder, value: &Value, escapes: Escapes, indent: Option<usize>, depth: usize) -> Option<()> {
    if depth > DEPTH_MAX {
        return None;
    }
    if value.origin.is_some() {
        out.mark(None, value.origin, false);
    }
    let inner = indent.map(|indent| indent + 1);
    let line = |out: &mut Builder, indent: Option<usize>| {
        if let Some(indent) = indent {
            out.push_str("\n");
            out.push_str(&"  ".repeat(indent));
        }
    };
    match &value.data {
        Data::Nil => out.push_str("null"),
        Data::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Data::Int(n) | Data::Int64(n) | Data::Duration(n) => out.push_str(&n.to_string()),
        Data::Float(n) if n.is_finite() => out.push_str(&float(*n)),
        Data::Float(_) => return None,
        Data::Text(text) => string(out, text, escapes),
        Data::Bytes(bytes) => string(out, &crate::base::base64(bytes), escapes),
        Data::Time(nanos) => string(out, &Civil::of(*nanos).rfc3339(), escapes),
        Data::Object(object) => node(out, &object.plain(), escapes, indent, depth + 1)?,
        Data::List(list) => {
            out.push_str("[");
            for (index, item) in list.items().iter().enumerate() {
                if index > 0 {
                    out.push_str(",");
                }
                line(out, inner);
                node(out, item, escapes, inner, depth + 1)?;
            }
            if !list.items().is_empty() {
                line(out, indent);
            }
            out.push_str("]");
        }
        Data::Map(map) => {
            out.push_str("{");
            for (index, (key, item)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.push_str(",");
                }
                line(out, inner);
                string(out, key, escapes);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                node(out, item, escapes, inner, depth + 1)?;
            }
            if !map.is_empty() {
                line(out, indent);
            }
            out.push_str("}");
        }
    }
    if value.origin.is_some() {
        out.mark(None, None, false);
    }
    Some(())
}

fn string(out: &mut Builder, text: &str, escapes: Escapes) {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '<' | '>' | '&' if escapes == Escapes::Html => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            '\u{2028}' | '\u{2029}' => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c if (c as u32) < 0x20 => quoted.push_str(&format!("\\u{:04x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    out.push_str(&quoted);
}

/// Reads JSON. Its nesting is bounded by the parser.
pub(crate) fn parse(text: &Text) -> Result<Value, String> {
    let origin = match text.values_in(0, text.len()).as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    match serde_json::from_str::<Json>(text) {
        Ok(json) => Ok(value(json).from_origin(origin)),
        Err(error) if error.is_eof() => Err("unexpected end of JSON input".to_owned()),
        Err(error) => Err(format!("invalid JSON: {error}")),
    }
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::NIL,
        Json::Bool(flag) => Value::from(flag),
        Json::Number(number) => Value::from(number.as_f64().unwrap_or_default()),
        Json::String(text) => Value::from(text),
        Json::Array(items) => Value::list(items.into_iter().map(value).collect()),
        Json::Object(entries) => Value::map(entries.into_iter().map(|(key, item)| (Rc::<str>::from(key), value(item)))),
    }
}
