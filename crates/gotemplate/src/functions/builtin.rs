//! The functions of the language itself.

use super::{Call, Row, int};
use crate::compare;
use crate::error::Failure;
use crate::print;
use crate::printf::printf;
use crate::value::{Data, Value};

pub(super) const ROWS: &[Row] = &[
    ("not", "any", |call| Ok(Value::from(!call.value(0).is_true()))),
    ("len", "any", len),
    ("index", "any, ...any", index),
    ("eq", "any, ...any", eq),
    ("ne", "any, any", |call| Ok(Value::from(!compare::equal(&call.value(0), &call.value(1))?))),
    ("lt", "any, any", |call| order(call, |order| order.is_lt())),
    ("le", "any, any", |call| order(call, |order| order.is_le())),
    ("gt", "any, any", |call| order(call, |order| order.is_gt())),
    ("ge", "any, any", |call| order(call, |order| order.is_ge())),
    ("print", "...any", |call| Ok(Value::from(print::print(&call.arguments)))),
    ("println", "...any", |call| Ok(Value::from(print::println(&call.arguments)))),
    ("printf", "string, ...any", |call| Ok(Value::from(printf(&call.marked(0), &call.arguments[1..])))),
    ("html", "...any", |call| Ok(Value::from(html(&print::print(&call.arguments))))),
    ("js", "...any", |call| Ok(Value::from(js(&print::print(&call.arguments))))),
    ("urlquery", "...any", |call| Ok(Value::from(urlquery(&print::print(&call.arguments))))),
    ("call", "any, ...any", |_| Err("call of non-function".into())),
];

fn order(call: &mut Call<'_>, holds: fn(std::cmp::Ordering) -> bool) -> Result<Value, Failure> {
    Ok(Value::from(holds(compare::order(&call.value(0), &call.value(1))?)))
}

fn eq(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (first, others) = call.arguments.split_first().ok_or("missing argument for comparison")?;
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if compare::equal(first, other)? {
            return Ok(Value::from(true));
        }
    }
    Ok(Value::from(false))
}

fn len(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(0);
    let length = match &value.data {
        Data::Text(text) => text.len(),
        Data::Bytes(bytes) => bytes.len(),
        Data::List(list) => list.items().len(),
        Data::Map(map) => map.len(),
        Data::Object(object) => match object.plain().data {
            Data::List(list) => list.items().len(),
            Data::Map(map) if object.kind() == "map" => map.len(),
            _ => return Err(format!("len of type {}", value.type_name()).into()),
        },
        Data::Nil => return Err("len of nil pointer".into()),
        _ => return Err(format!("len of type {}", value.type_name()).into()),
    };
    Ok(int(length as i64))
}

fn index(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut item = call.value(0);
    if item.is_nil() {
        return Err("index of untyped nil".into());
    }
    for key in &call.arguments[1..] {
        item = match &item.data {
            Data::Nil => return Err("index of nil pointer".into()),
            Data::Map(map) => match &key.data {
                Data::Text(key) => map.get(key).unwrap_or(Value::NIL),
                Data::Nil => return Err("value is nil; should be string".into()),
                _ => return Err(format!("value has type {}; should be string", key.type_name()).into()),
            },
            Data::Object(object) if object.kind() == "map" => match &key.data {
                Data::Text(key) => object.field(key).unwrap_or(Value::NIL),
                _ => return Err(format!("value has type {}; should be string", key.type_name()).into()),
            },
            Data::List(list) => element(list.items(), key)?,
            Data::Text(text) => {
                let bytes: Vec<Value> = text.bytes().map(|byte| int(i64::from(byte))).collect();
                element(&bytes, key)?
            }
            _ => return Err(format!("can't index item of type {}", item.type_name()).into()),
        };
    }
    Ok(item)
}

fn element(items: &[Value], key: &Value) -> Result<Value, String> {
    let index = match key.data {
        Data::Int(n) | Data::Int64(n) => n,
        Data::Nil => return Err("cannot index slice/array with nil".to_owned()),
        _ => return Err(format!("cannot index slice/array with type {}", key.type_name())),
    };
    let found = usize::try_from(index).ok().and_then(|index| items.get(index));
    found.cloned().ok_or_else(|| format!("index out of range: {index}"))
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' => out.push_str(&format!("\\u{:04X}", c as u32)),
            c if (c as u32) < 0x20 || !crate::quoted::is_printable(c) => {
                out.push_str(&format!("\\u{:04X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out
}

/// `url.QueryEscape`.
pub(super) fn urlquery(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
