//! Texts cut, joined and quoted. What is cut out of a text keeps where it comes from.

use super::{Call, Row, strslice};
use crate::error::Failure;
use crate::place::{Builder, Text};
use crate::print;
use crate::quoted;
use crate::value::{Data, Items, List, Map, Named, Value};

pub(super) const ROWS: &[Row] = &[
    ("hello", "", |_| Ok(Value::from("Hello!"))),
    ("trim", "string", |call| Ok(trimmed(&call.marked(0), char::is_whitespace))),
    ("trimAll", "string, string", trim_all),
    ("trimall", "string, string", trim_all),
    ("trimSuffix", "string, string", trim_suffix),
    ("trimPrefix", "string, string", trim_prefix),
    ("upper", "string", |call| Ok(Value::from(call.text(0).to_uppercase()))),
    ("lower", "string", |call| Ok(Value::from(call.text(0).to_lowercase()))),
    ("trunc", "int, string", trunc),
    ("substr", "int, int, string", substr),
    ("repeat", "int, string", repeat),
    ("contains", "string, string", |call| Ok(Value::from(call.text(1).contains(call.text(0))))),
    ("hasPrefix", "string, string", |call| Ok(Value::from(call.text(1).starts_with(call.text(0))))),
    ("hasSuffix", "string, string", |call| Ok(Value::from(call.text(1).ends_with(call.text(0))))),
    ("quote", "...any", quote),
    ("squote", "...any", squote),
    ("cat", "...any", cat),
    ("indent", "int, string", |call| indent(call, "")),
    ("nindent", "int, string", |call| indent(call, "\n")),
    ("replace", "string, string, string", replace),
    ("plural", "string, string, int", |call| Ok(call.value(if call.int(2) == 1 { 0 } else { 1 }))),
    ("toString", "any", |call| Ok(Value::from(print::strval(&call.value(0))))),
    ("toStrings", "any", |call| Ok(texts(strslice(&call.value(0))))),
    ("join", "string, any", join),
    ("split", "string, string", |call| Ok(numbered(call.text(1), call.text(0), usize::MAX))),
    ("splitn", "string, int, string", splitn),
    ("splitList", "string, string", split_list),
];

fn texts(items: Vec<Value>) -> Value {
    Value::new(Data::List(List::new(items, Items::Texts)))
}

fn trimmed(text: &Text, is_space: fn(char) -> bool) -> Value {
    let start = text.len() - text.trim_start_matches(is_space).len();
    let end = text.trim_end_matches(is_space).len().max(start);
    Value::from(text.part(start, end))
}

fn trim_all(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (cut, text) = (call.marked(0), call.marked(1));
    let is_cut = |c: char| cut.contains(c);
    let start = text.len() - text.trim_start_matches(is_cut).len();
    let end = text.trim_end_matches(is_cut).len().max(start);
    Ok(Value::from(text.part(start, end)))
}

fn trim_suffix(call: &mut Call<'_>) -> Result<Value, Failure> {
    let text = call.marked(1);
    let end = text.strip_suffix(call.text(0)).map_or(text.len(), str::len);
    Ok(Value::from(text.part(0, end)))
}

fn trim_prefix(call: &mut Call<'_>) -> Result<Value, Failure> {
    let text = call.marked(1);
    let start = text.strip_prefix(call.text(0)).map_or(0, |rest| text.len() - rest.len());
    Ok(Value::from(text.part(start, text.len())))
}

/// Bytes `start..end`; a character that is cut in two is left out, where Go would give half of it.
fn bytes(text: &Text, start: usize, end: usize) -> Value {
    let mut start = start.min(text.len());
    let mut end = end.min(text.len()).max(start);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Value::from(text.part(start, end.max(start)))
}

fn trunc(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (count, text) = (call.int(0), call.marked(1));
    let size = count.unsigned_abs() as usize;
    Ok(match text.len().checked_sub(size) {
        Some(start) if count < 0 && start > 0 => bytes(&text, start, text.len()),
        _ if count >= 0 => bytes(&text, 0, size),
        _ => Value::from(text),
    })
}

fn substr(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (start, end, text) = (call.int(0), call.int(1), call.marked(2));
    let length = text.len() as i64;
    let (from, to) = match (start, end) {
        (start, end) if start < 0 => (0, end),
        (start, end) if end < 0 || end > length => (start, length),
        range => range,
    };
    if from > to || to > length || to < 0 {
        return Err(format!("runtime error: slice bounds out of range [{from}:{to}]").into());
    }
    Ok(bytes(&text, from as usize, to as usize))
}

fn repeat(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (count, text) = (call.int(0), call.marked(1));
    let Ok(count) = usize::try_from(count) else { return Err("strings: negative Repeat count".into()) };
    call.charge(0, count.saturating_mul(text.len()))?;
    let count = if text.is_empty() { 0 } else { count };
    Ok(Value::from(text.repeat(count)))
}

fn quote(call: &mut Call<'_>) -> Result<Value, Failure> {
    each_quoted(call, |value| quoted::quote(&print::strval(value)))
}

fn squote(call: &mut Call<'_>) -> Result<Value, Failure> {
    each_quoted(call, |value| format!("'{}'", print::plain(value)))
}

/// What is not nil, quoted, with spaces between.
fn each_quoted(call: &mut Call<'_>, quote: fn(&Value) -> String) -> Result<Value, Failure> {
    let mut out = Builder::default();
    for (index, value) in call.arguments.iter().filter(|value| !value.is_nil()).enumerate() {
        if index > 0 {
            out.push_str(" ");
        }
        let mark = match &value.data {
            Data::Text(text) => text.marks().first().copied(),
            _ => None,
        };
        let origin = value.origin.or(mark.and_then(|mark| mark.value));
        let place = mark.and_then(|mark| mark.place);
        if origin.is_some() || place.is_some() {
            out.mark(place, origin, false);
        }
        out.push_str(&quote(value));
    }
    Ok(Value::from(out.finish()))
}

fn cat(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut out = Builder::default();
    for (index, value) in call.arguments.iter().filter(|value| !value.is_nil()).enumerate() {
        if index > 0 {
            out.push_str(" ");
        }
        print::push(&mut out, value);
    }
    Ok(Value::from(out.finish()))
}

fn indent(call: &mut Call<'_>, before: &str) -> Result<Value, Failure> {
    let text = call.marked(1);
    let Ok(count) = usize::try_from(call.int(0)) else { return Err("strings: negative Repeat count".into()) };
    let lines = text.matches('\n').count() + 1;
    call.charge(lines, count.saturating_mul(lines).saturating_add(text.len()))?;
    let pad = " ".repeat(count);
    let mut out = Builder::default();
    out.push_str(before);
    out.push_str(&pad);
    let mut done = 0;
    for (at, _) in text.match_indices('\n') {
        out.push_part(&text, done, at + 1);
        out.push_str(&pad);
        done = at + 1;
    }
    out.push_part(&text, done, text.len());
    Ok(Value::from(out.finish()))
}

fn replace(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (old, new, text) = (call.text(0), call.marked(1), call.marked(2));
    if old.is_empty() {
        let size = text.len().saturating_add(1).saturating_mul(new.len() + 1);
        let replaced = text.replace("", &new);
        call.charge(0, size)?;
        return Ok(Value::from(replaced));
    }
    let size = text.len().saturating_add(text.matches(old).count().saturating_mul(new.len()));
    let old = old.to_owned();
    call.charge(0, size)?;
    Ok(Value::from(replaced(&text, &old, &new)))
}

/// Every `old` as `new`; what stays keeps where it comes from.
pub(crate) fn replaced(text: &Text, old: &str, new: &Text) -> Text {
    let mut found = text.match_indices(old).peekable();
    if found.peek().is_none() {
        return text.clone();
    }
    let mut out = Builder::default();
    let mut done = 0;
    for (at, _) in found {
        out.push_part(text, done, at);
        if let Some(mark) = text.mark_at(at) {
            out.mark(mark.place, mark.value, false);
        }
        out.push_str(new);
        done = at + old.len();
    }
    out.push_part(text, done, text.len());
    out.finish()
}

fn join(call: &mut Call<'_>) -> Result<Value, Failure> {
    let separator = call.marked(0);
    let items = strslice(&call.value(1));
    let size = items.iter().filter_map(Value::as_str).map(|text| text.len() + separator.len()).sum();
    call.charge(items.len(), size)?;
    let mut out = Builder::default();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(&separator);
        }
        print::push(&mut out, item);
    }
    Ok(Value::from(out.finish()))
}

/// `strings.Split`: an empty separator parts the characters.
fn parts<'t>(text: &'t str, separator: &str, most: usize) -> Vec<&'t str> {
    if most == 0 {
        return Vec::new();
    }
    if !separator.is_empty() {
        return text.splitn(most, separator).collect();
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).take(most).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

/// `_0`, `_1` and so on.
fn numbered(text: &str, separator: &str, most: usize) -> Value {
    let parts = parts(text, separator, most);
    let entries = parts.into_iter().enumerate().map(|(index, part)| (format!("_{index}"), Value::from(part)));
    Value::from(Map::new(entries).named(Named::Texts))
}

fn splitn(call: &mut Call<'_>) -> Result<Value, Failure> {
    let most = usize::try_from(call.int(1)).unwrap_or(usize::MAX);
    Ok(numbered(call.text(2), call.text(0), most))
}

fn split_list(call: &mut Call<'_>) -> Result<Value, Failure> {
    let text = call.text(1);
    let items: Vec<Value> = parts(text, call.text(0), usize::MAX)
        .into_iter()
        .map(|part| Value::from(part).from_origin(call.arguments[1].origin))
        .collect();
    call.charge(items.len(), 0)?;
    Ok(texts(items))
}
