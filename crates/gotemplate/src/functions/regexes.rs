//! Regular expressions in RE2's language, which Go and the `regex` crate share; both take linear time.

use std::rc::Rc;

use regex::{Regex, RegexBuilder};

use super::{Call, Row};
use crate::error::Failure;
use crate::value::Value;

/// Compiled expressions beyond this are not run.
const SIZE_MAX: usize = 4 << 20;

pub(super) const ROWS: &[Row] = &[
    ("regexMatch", "string, string", matches),
    ("mustRegexMatch", "string, string", matches),
    ("regexFind", "string, string", find),
    ("mustRegexFind", "string, string", find),
    ("regexFindAll", "string, string, int", find_all),
    ("mustRegexFindAll", "string, string, int", find_all),
    ("regexReplaceAll", "string, string, string", replace_all),
    ("mustRegexReplaceAll", "string, string, string", replace_all),
    ("regexReplaceAllLiteral", "string, string, string", replace_literal),
    ("mustRegexReplaceAllLiteral", "string, string, string", replace_literal),
    ("regexSplit", "string, string, int", split),
    ("mustRegexSplit", "string, string, int", split),
    ("regexQuoteMeta", "string", |call| Ok(Value::from(quote_meta(call.text(0))))),
];

/// The expression of the first argument, compiled once in a rendering.
fn regex(call: &mut Call<'_>) -> Result<Rc<Regex>, Failure> {
    let pattern = call.text(0).to_owned();
    if let Some(regex) = call.machine.regexes.get(&pattern) {
        return Ok(Rc::clone(regex));
    }
    call.charge(pattern.len(), pattern.len())?;
    let compiled = RegexBuilder::new(&as_rust(&pattern)).size_limit(SIZE_MAX).build();
    let regex = compiled.map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("error parsing regexp: {reason}: `{pattern}`")
    })?;
    let regex = Rc::new(regex);
    call.machine.regexes.insert(pattern, Rc::clone(&regex));
    Ok(regex)
}

/// Go takes `\d`, `\w`, `\s` and `\b` as ASCII, `\z` as here, and a lone `{` as itself.
fn as_rust(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let escape = after.chars().next();
                let set = match escape {
                    Some('d') => "0-9",
                    Some('w') => "0-9A-Za-z_",
                    Some('s') => "\\t\\n\\x0c\\r ",
                    _ => "",
                };
                let negated = match escape {
                    Some('D') => "[^0-9]",
                    Some('W') => "[^0-9A-Za-z_]",
                    Some('S') => "[^\\t\\n\\x0c\\r ]",
                    Some('b') if !in_class => "(?-u:\\b)",
                    Some('Q') => "",
                    _ => "",
                };
                if !set.is_empty() {
                    out.push_str(&if in_class { set.to_owned() } else { format!("[{set}]") });
                } else if !negated.is_empty() {
                    out.push_str(negated);
                } else if let Some(literal) = after.strip_prefix('Q') {
                    let end = literal.find("\\E").unwrap_or(literal.len());
                    out.push_str(&regex::escape(&literal[..end]));
                    rest = literal[end..].strip_prefix("\\E").unwrap_or("");
                    continue;
                } else {
                    out.push('\\');
                    out.extend(escape);
                }
                rest = &after[escape.map_or(0, char::len_utf8)..];
                continue;
            }
            '[' if !in_class => {
                in_class = true;
                out.push('[');
                let body = after.strip_prefix('^').unwrap_or(after);
                out.push_str(&after[..after.len() - body.len()]);
                rest = body;
                // A `]` that comes first is itself.
                if let Some(body) = body.strip_prefix(']') {
                    out.push_str("\\]");
                    rest = body;
                }
                continue;
            }
            // `[:alpha:]` inside of a class.
            '[' => match after.find(":]") {
                Some(end) => {
                    out.push_str(&rest[..end + 3]);
                    rest = &after[end + 2..];
                    continue;
                }
                None => out.push_str("\\["),
            },
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(c);
            }
            '{' if !in_class && !is_count(after) => out.push_str("\\{"),
            c => out.push(c),
        }
        rest = after;
    }
    out
}

/// Whether what follows a brace is a count: `2}`, `2,}`, `2,3}`.
fn is_count(after: &str) -> bool {
    let Some(end) = after.find('}') else { return false };
    let body = &after[..end];
    body.starts_with(|c: char| c.is_ascii_digit()) && body.bytes().all(|b| b.is_ascii_digit() || b == b',')
}

fn matches(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    Ok(Value::from(regex.is_match(call.text(1))))
}

fn find(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    Ok(Value::from(regex.find(call.text(1)).map_or("", |found| found.as_str())))
}

fn find_all(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    let most = usize::try_from(call.int(2)).unwrap_or(usize::MAX);
    let found: Vec<String> = regex.find_iter(call.text(1)).take(most).map(|found| found.as_str().to_owned()).collect();
    call.charge(found.len(), 0)?;
    Ok(Value::texts(found))
}

fn replace_all(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    // Here the text is the second argument and the replacement the third.
    let (text, replacement) = (call.text(1), call.text(2));
    let size = text.len().saturating_add(text.len().saturating_add(1).saturating_mul(replacement.len()));
    let replaced = regex.replace_all(text, replacement).into_owned();
    call.charge(0, replaced.len().min(size))?;
    Ok(Value::from(replaced))
}

fn replace_literal(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    let replaced = regex.replace_all(call.text(1), regex::NoExpand(call.text(2))).into_owned();
    call.charge(0, replaced.len())?;
    Ok(Value::from(replaced))
}

/// Go's `Split`: at most `n` parts, none for 0; an empty match at the start parts nothing.
fn split(call: &mut Call<'_>) -> Result<Value, Failure> {
    let regex = regex(call)?;
    let most = call.int(2);
    let text = call.text(1);
    if most == 0 {
        return Ok(Value::texts(Vec::<String>::new()));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if !call.text(0).is_empty() && text.is_empty() {
        return Ok(Value::texts([""]));
    }
    let mut parts: Vec<String> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(text) {
        if parts.len() + 1 >= most {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(text[begin..end].to_owned());
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(text[begin..].to_owned());
    }
    Ok(Value::texts(parts))
}

fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
