//! Values as text, as Go's `fmt` prints them: `%v`, `Print`, `Println`.
//!
//! Nesting is bounded: a map may hold itself.

use crate::number;
use crate::place::{Builder, Text};
use crate::time;
use crate::value::{Data, Value};

/// Deeper values are printed as `...`.
pub(crate) const DEPTH_MAX: usize = 200;

/// What an action prints: a missing value is `<no value>`.
pub(crate) fn action(value: &Value) -> Text {
    match &value.data {
        Data::Nil => "<no value>".into(),
        _ => text(value),
    }
}

/// As `%v`, keeping where a text comes from.
pub(crate) fn text(value: &Value) -> Text {
    match &value.data {
        Data::Text(text) => text.clone(),
        _ => plain(value).into(),
    }
}

/// As sprig's `strval`: bytes are a text.
pub(crate) fn strval(value: &Value) -> Text {
    match &value.data {
        Data::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        _ => text(value),
    }
}

/// As `%v`.
pub(crate) fn plain(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    if depth > DEPTH_MAX {
        out.push_str("...");
        return;
    }
    match &value.data {
        Data::Nil => out.push_str("<nil>"),
        Data::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Data::Int(n) | Data::Int64(n) => out.push_str(&n.to_string()),
        Data::Float(n) => out.push_str(&number::float(*n)),
        Data::Text(text) => out.push_str(text),
        Data::Time(nanos) => out.push_str(&time::Civil::of(*nanos).default_text()),
        Data::Duration(nanos) => out.push_str(&time::duration_text(*nanos)),
        Data::Object(object) => out.push_str(&object.text()),
        Data::Bytes(bytes) => {
            let items: Vec<String> = bytes.iter().map(u8::to_string).collect();
            out.push_str(&format!("[{}]", items.join(" ")));
        }
        Data::List(list) => {
            out.push('[');
            for (index, item) in list.items().iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write(out, item, depth + 1);
            }
            out.push(']');
        }
        Data::Map(map) => {
            out.push_str("map[");
            for (index, (key, value)) in map.entries().iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                out.push_str(key);
                out.push(':');
                write(out, value, depth + 1);
            }
            out.push(']');
        }
    }
}

/// `Print`: a space between two operands where neither is a text.
pub(crate) fn print(values: &[Value]) -> Text {
    let mut out = Builder::default();
    for (index, value) in values.iter().enumerate() {
        let texts = index > 0 && (value.as_str().is_some() || values[index - 1].as_str().is_some());
        if index > 0 && !texts {
            out.push_str(" ");
        }
        push(&mut out, value);
    }
    out.finish()
}

/// `Println`.
pub(crate) fn println(values: &[Value]) -> Text {
    let mut out = Builder::default();
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push_str(" ");
        }
        push(&mut out, value);
    }
    out.push_str("\n");
    out.finish()
}

/// Adds a value, marked with where it comes from.
pub(crate) fn push(out: &mut Builder, value: &Value) {
    push_as(out, value, &text(value));
}

/// Adds a text that a value was made into.
pub(crate) fn push_as(out: &mut Builder, value: &Value, text: &Text) {
    if value.origin.is_some() && text.marks().is_empty() {
        out.mark(None, value.origin, false);
        out.push_str(text);
        out.mark(None, None, false);
    } else {
        out.push(text);
    }
}
