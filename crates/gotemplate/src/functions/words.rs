//! Texts by their words: case, abbreviation, wrapping.
//!
//! # Source
//! `github.com/Masterminds/goutils` and `github.com/huandu/xstrings`, which sprig calls.

use super::{Call, Row};
use crate::error::Failure;
use crate::value::Value;

pub(super) const ROWS: &[Row] = &[
    ("title", "string", |call| Ok(Value::from(title(call.text(0))))),
    ("untitle", "string", |call| Ok(Value::from(untitle(call.text(0))))),
    ("nospace", "string", |call| Ok(Value::from(call.text(0).replace(char::is_whitespace, "")))),
    ("initials", "string", |call| Ok(Value::from(initials(call.text(0))))),
    ("swapcase", "string", |call| Ok(Value::from(swapcase(call.text(0))))),
    ("snakecase", "string", |call| Ok(Value::from(connected(call.text(0), '_')))),
    ("kebabcase", "string", |call| Ok(Value::from(connected(call.text(0), '-')))),
    ("camelcase", "string", |call| Ok(Value::from(pascal(call.text(0))))),
    ("abbrev", "int, string", abbrev),
    ("abbrevboth", "int, int, string", abbrevboth),
    ("wrap", "int, string", |call| Ok(Value::from(wrap(call.text(1), call.int(0), "\n", Long::Stays)))),
    ("wrapWith", "int, string, string", |call| {
        Ok(Value::from(wrap(call.text(2), call.int(0), call.text(1), Long::IsCut)))
    }),
];

/// `strings.Title`: the first letter of each word in capitals; of ASCII only letters, digits and `_` do not end a word.
fn title(text: &str) -> String {
    let mut previous = ' ';
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let ends = match previous {
            p if p.is_ascii() => !p.is_ascii_alphanumeric() && p != '_',
            p => p.is_whitespace(),
        };
        if ends {
            out.extend(c.to_uppercase())
        } else {
            out.push(c)
        }
        previous = c;
    }
    out
}

fn untitle(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut starts = true;
    for c in text.chars() {
        if starts {
            out.extend(c.to_lowercase())
        } else {
            out.push(c)
        }
        starts = c.is_whitespace();
    }
    out
}

fn initials(text: &str) -> String {
    text.split_whitespace().filter_map(|word| word.chars().next()).collect()
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() { out.extend(c.to_lowercase()) } else { out.extend(c.to_uppercase()) }
    }
    out
}

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Connector,
    Other,
}

fn class(c: char) -> Class {
    match c {
        '_' | '-' => Class::Connector,
        c if c.is_whitespace() => Class::Connector,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_numeric() => Class::Digit,
        c if c.is_alphabetic() => Class::Lower,
        _ => Class::Other,
    }
}

/// `snake_case` and `kebab-case`: words part where small letters meet capitals or digits, and where a run of capitals
/// ends before a word.
fn connected(text: &str, connector: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + 8);
    for (index, c) in chars.iter().enumerate() {
        let this = class(*c);
        let before = index.checked_sub(1).map(|before| class(chars[before]));
        let after = chars.get(index + 1).map(|after| class(*after));
        let parts = match (before, this) {
            (Some(Class::Lower), Class::Upper | Class::Digit) => true,
            (Some(Class::Digit), Class::Upper) => true,
            (Some(Class::Upper), Class::Digit) => true,
            (Some(Class::Upper), Class::Upper) => after == Some(Class::Lower),
            _ => false,
        };
        // A single small letter before a number belongs to it: `v2`.
        let version = this == Class::Digit
            && before == Some(Class::Lower)
            && index.checked_sub(2).is_none_or(|two| class(chars[two]) == Class::Connector);
        if parts && !version && !out.ends_with(connector) {
            out.push(connector);
        }
        match this {
            Class::Connector => out.push(connector),
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// `PascalCase`.
fn pascal(text: &str) -> String {
    let is_connector = |c: char| class(c) == Class::Connector;
    let lead = text.len() - text.trim_start_matches(is_connector).len();
    let mut out = text[..lead].to_owned();
    let mut starts = true;
    let mut kept = String::new();
    for c in text[lead..].chars() {
        if is_connector(c) {
            starts = true;
            kept.push(c);
        } else if starts {
            out.extend(c.to_uppercase());
            (starts, kept) = (false, String::new());
        } else {
            out.push(c);
        }
    }
    out.push_str(&kept);
    out
}

fn abbrev(call: &mut Call<'_>) -> Result<Value, Failure> {
    let width = call.int(0);
    if width < 4 {
        return Ok(call.value(1));
    }
    Ok(Value::from(abbreviated(call.text(1), 0, width as usize)))
}

fn abbrevboth(call: &mut Call<'_>) -> Result<Value, Failure> {
    let (left, right) = (call.int(0), call.int(1));
    if right < 4 || (left > 0 && right < 7) {
        return Ok(call.value(2));
    }
    Ok(Value::from(abbreviated(call.text(2), left.max(0) as usize, right as usize)))
}

fn abbreviated(text: &str, offset: usize, width: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= width {
        return text.to_owned();
    }
    let mut offset = offset.min(chars.len());
    if chars.len() - offset < width - 3 {
        offset = chars.len() - (width - 3);
    }
    let part = |start: usize, end: usize| chars[start..end.min(chars.len())].iter().collect::<String>();
    if offset <= 4 {
        return format!("{}...", part(0, width - 3));
    }
    if offset + width - 3 < chars.len() {
        return format!("...{}", abbreviated(&part(offset, chars.len()), 0, width - 3));
    }
    format!("...{}", part(chars.len() - (width - 3), chars.len()))
}

/// What becomes of a word that is longer than the line.
#[derive(Clone, Copy, PartialEq)]
enum Long {
    Stays,
    IsCut,
}

fn wrap(text: &str, width: i64, line_break: &str, long: Long) -> String {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let line_break = if line_break.is_empty() { "\n" } else { line_break };
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len() + text.len() / width);
    let mut offset = 0;
    let part = |start: usize, end: usize| chars[start..end].iter().collect::<String>();
    while chars.len() - offset > width {
        if chars[offset] == ' ' {
            offset += 1;
            continue;
        }
        let end = (offset + width + 1).min(chars.len());
        let space = (offset..end).rev().find(|at| chars[*at] == ' ');
        if let Some(at) = space {
            out.push_str(&part(offset, at));
            out.push_str(line_break);
            offset = at + 1;
        } else if long == Long::IsCut {
            out.push_str(&part(offset, offset + width));
            out.push_str(line_break);
            offset += width;
        } else {
            match (offset + width..chars.len()).find(|at| chars[*at] == ' ') {
                Some(at) => {
                    out.push_str(&part(offset, at));
                    out.push_str(line_break);
                    offset = at + 1;
                }
                None => break,
            }
        }
    }
    out.push_str(&part(offset, chars.len()));
    out
}
