//! TOML as the encoder that Helm uses writes it (BurntSushi's), and TOML read with a kept parser.

use std::rc::Rc;

use toml_edit::{DocumentMut, Item, TableLike, Value as Toml};

use crate::json;
use crate::place::Text;
use crate::print::DEPTH_MAX;
use crate::time::Civil;
use crate::value::{Data, Map, Value};

/// A map as TOML.
///
/// # Errors
/// TOML holds no nil, and its top is a table.
pub(crate) fn write(value: &Value) -> Result<String, String> {
    let value = match &value.data {
        Data::Object(object) => object.plain(),
        _ => value.clone(),
    };
    let Some(map) = value.as_map() else { return Err("toml: top-level values must be Go maps or structs".to_owned()) };
    let mut out = String::new();
    table(&mut out, &[], map)?;
    Ok(out)
}

fn is_table(value: &Value) -> bool {
    matches!(value.data, Data::Map(_))
}

fn is_table_list(value: &Value) -> bool {
    value.as_list().is_some_and(|items| !items.is_empty() && items.iter().all(is_table))
}

fn table(out: &mut String, path: &[String], map: &Map) -> Result<(), String> {
    if path.len() > DEPTH_MAX {
        return Err("toml: nested too deep".to_owned());
    }
    let entries = map.entries();
    for (key, value) in entries.iter().filter(|(_, value)| !value.is_nil() && !is_table(value) && !is_table_list(value))
    {
        out.push_str(&"  ".repeat(path.len()));
        out.push_str(&format!("{} = {}\n", bare(key), inline(value, 0)?));
    }
    for (key, value) in entries.iter().filter(|(_, value)| is_table(value) || is_table_list(value)) {
        let mut inner = path.to_vec();
        inner.push(bare(key));
        let (indent, name) = ("  ".repeat(path.len()), inner.join("."));
        match &value.data {
            Data::Map(map) => {
                if path.is_empty() && !out.is_empty() {
                    out.push('\n');
                }
                out.push_str(&format!("{indent}[{name}]\n"));
                table(out, &inner, map)?;
            }
            _ => {
                for item in value.as_list().unwrap_or_default() {
                    if !out.is_empty() {
                        out.push('\n');
                    }
                    out.push_str(&format!("{indent}[[{name}]]\n"));
                    if let Some(map) = item.as_map() {
                        table(out, &inner, map)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn bare(key: &str) -> String {
    let is_bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_bare { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn inline(value: &Value, depth: usize) -> Result<String, String> {
    if depth > DEPTH_MAX {
        return Err("toml: nested too deep".to_owned());
    }
    Ok(match &value.data {
        Data::Nil => return Err("toml: cannot encode array with nil element".to_owned()),
        Data::Bool(flag) => flag.to_string(),
        Data::Int(n) | Data::Int64(n) => n.to_string(),
        Data::Duration(n) => quoted(&crate::time::duration_text(*n)),
        Data::Float(n) => {
            let text = json::float(*n);
            if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
        }
        Data::Text(text) => quoted(text),
        Data::Bytes(bytes) => {
            format!("[{}]", bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", "))
        }
        Data::Time(nanos) => Civil::of(*nanos).rfc3339(),
        Data::Object(object) => inline(&object.plain(), depth + 1)?,
        Data::List(list) => {
            let items: Result<Vec<_>, _> = list.items().iter().map(|item| inline(item, depth + 1)).collect();
            format!("[{}]", items?.join(", "))
        }
        Data::Map(map) => {
            let one = |(key, item): &(Rc<str>, Value)| Ok(format!("{} = {}", bare(key), inline(item, depth + 1)?));
            let items: Result<Vec<_>, String> = map.entries().iter().map(one).collect();
            format!("{{{}}}", items?.join(", "))
        }
    })
}

/// Reads TOML into a map. Whole numbers are `int64`.
pub(crate) fn parse(text: &Text) -> Result<Value, String> {
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    Ok(from_table(document.as_table()))
}

fn from_table(table: &dyn TableLike) -> Value {
    Value::map(table.iter().map(|(key, item)| (Rc::<str>::from(key), from_item(item))))
}

fn from_item(item: &Item) -> Value {
    match item {
        Item::Value(value) => from_value(value),
        Item::Table(table) => from_table(table),
        Item::ArrayOfTables(tables) => Value::list(tables.iter().map(|table| from_table(table)).collect()),
        Item::None => Value::NIL,
    }
}

fn from_value(value: &Toml) -> Value {
    match value {
        Toml::String(text) => Value::from(text.value().as_str()),
        Toml::Integer(n) => Value::new(Data::Int64(*n.value())),
        Toml::Float(n) => Value::from(*n.value()),
        Toml::Boolean(flag) => Value::from(*flag.value()),
        Toml::Datetime(time) => Value::from(time.value().to_string()),
        Toml::Array(items) => Value::list(items.iter().map(from_value).collect()),
        Toml::InlineTable(table) => from_table(table),
    }
}
