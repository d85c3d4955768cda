//! Secrets that stand beside their name inside of a value: `Password=…;`, `?token=…`, `"secret": "…"`, `<password>…<`.

use std::ops::Range;

use crate::address::url::floor;

use super::{is_secret_value, keys::is_secret_key};

/// An opening tag is no longer than this.
const TAG_BYTES_MAX: usize = 256;

/// A user part before an `@` is no longer than this.
const USER_BYTES_MAX: usize = 256;

/// Finds fields of every usual spelling.
pub(super) fn fields(text: &str, found: &mut Vec<Range<usize>>) {
    let connection = is_connection_string(text);
    let mut done = 0;
    for (index, byte) in text.bytes().enumerate() {
        if index < done {
            continue;
        }
        let span = match byte {
            b'=' => assigned(text, index, connection),
            b':' => labelled(text, index),
            b'>' => tagged(text, index),
            _ => None,
        };
        done = span.as_ref().map_or(done, |span| span.end);
        found.extend(span);
    }
    if text.contains(char::is_whitespace) {
        headers(text, found);
        statements(text, found);
    }
}

/// Whether all parts between semicolons are keys with values, so that a value may hold spaces and commas.
fn is_connection_string(text: &str) -> bool {
    let parts: Vec<&str> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.len() > 1 && !text.contains('\n') && parts.iter().filter(|part| part.contains('=')).count() + 1 >= parts.len()
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The key that ends before `end`, spaces and quotes between them left out.
fn key_before(text: &str, end: usize) -> Option<&str> {
    let before = text[..end].trim_end_matches([' ', '\t']).trim_end_matches(['"', '\'', '\\', ']']);
    let length = before.bytes().rev().take_while(|b| is_key_byte(*b)).count();
    let key = &before[before.len() - length..];
    (!key.is_empty()).then_some(key)
}

/// `key=value`, `key = value`, `key => value`.
fn assigned(text: &str, equals: usize, connection: bool) -> Option<Range<usize>> {
    let key = key_before(text, equals)?;
    if !is_secret_key(key) {
        return None;
    }
    let rest = &text[equals + 1..];
    let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '>', '=']).len();
    let start = equals + 1 + skipped;
    let end = quoted_end(text, start).unwrap_or_else(|| {
        let tail = &text[start..];
        let ends = |(index, c): &(usize, char)| match c {
            ';' | '\n' | '\r' => true,
            ',' => next_is_key(&tail[index + 1..]),
            '"' | '\'' | '`' => true,
            '&' | '#' => !connection,
            c => c.is_whitespace() && !connection,
        };
        start + tail.char_indices().find(ends).map_or(tail.len(), |(index, _)| index)
    });
    taken(text, key, start..end)
}

/// Whether `name=` follows.
fn next_is_key(text: &str) -> bool {
    let text = text.trim_start();
    let length = text.bytes().take_while(|b| is_key_byte(*b)).count();
    length > 0 && text[length..].trim_start().starts_with('=')
}

/// `key: value`, `"key": "value"`. A colon without a space or quote after it separates a host from its port.
fn labelled(text: &str, colon: usize) -> Option<Range<usize>> {
    let rest = &text[colon + 1..];
    let trimmed = rest.trim_start_matches([' ', '\t']);
    let start = colon + 1 + rest.len() - trimmed.len();
    let quoted = trimmed.starts_with(['"', '\'', '\\']);
    if trimmed.is_empty() || trimmed.starts_with(['\n', '\r']) || (trimmed.len() == rest.len() && !quoted) {
        return None;
    }
    let key = key_before(text, colon)?;
    if !is_secret_key(key) || matches!(key.to_ascii_lowercase().as_str(), "auth") {
        return None;
    }
    let flow = text[..colon].contains('{');
    let end = quoted_end(text, start).unwrap_or_else(|| {
        let tail = &text[start..];
        let ends = |c: char| matches!(c, '\n' | '\r' | '"' | '\'') || (flow && matches!(c, ',' | '}'));
        start + tail.find(ends).unwrap_or(tail.len())
    });
    taken(text, key, start..end)
}

/// `<password>value</password>`.
fn tagged(text: &str, close: usize) -> Option<Range<usize>> {
    let near = floor(text, close.saturating_sub(TAG_BYTES_MAX));
    let open = near + text[near..close].rfind('<')?;
    let name = text[open + 1..close].split_whitespace().next()?;
    if name.starts_with(['/', '!', '?']) || !is_secret_key(name) {
        return None;
    }
    let length = text[close + 1..].find('<')?;
    taken(text, name, close + 1..close + 1 + length)
}

/// The end of what is quoted at `start`, with or without backslashes before the quotes.
fn quoted_end(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let opening = rest.trim_start_matches('\\');
    let quote = opening.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let slashes = rest.len() - opening.len();
    let inside = start + slashes + 1;
    let closing = format!("{}{quote}", &rest[..slashes]);
    let mut from = inside;
    loop {
        let offset = text[from..].find(&closing)?;
        let at = from + offset;
        // `\"` inside of plain quotes goes on.
        if slashes == 0 && text[..at].ends_with('\\') && !text[..at].ends_with("\\\\") {
            from = at + 1;
            continue;
        }
        return Some(at + closing.len());
    }
}

/// The span without its quotes, where it holds a secret.
fn taken(text: &str, key: &str, span: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(span.clone())?;
    let inner = part.trim().trim_start_matches(['\\', '"', '\'']).trim_end_matches(['\\', '"', '\'']);
    let offset = part.find(inner)?;
    let start = span.start + offset;
    (!inner.is_empty() && is_secret_value(key, inner)).then_some(start..start + inner.len())
}

/// `Bearer …` and `Basic …`, wherever they stand.
fn headers(text: &str, found: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for word in ["bearer ", "basic ", "token "] {
        for (begin, _) in lower.match_indices(word) {
            if lower[..begin].bytes().last().is_some_and(|b| b.is_ascii_alphanumeric()) {
                continue;
            }
            let start = begin + word.len();
            let length =
                text[start..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b"+/=_-.~".contains(b)).count();
            let token = &text[start..start + length];
            let mixed = token.bytes().any(|b| b.is_ascii_digit() || b == b'=')
                || token.bytes().skip(1).any(|b| b.is_ascii_uppercase());
            let long = if word == "token " { 20 } else { 8 };
            if length >= long && mixed {
                found.push(start..start + length);
            }
        }
    }
}

/// `IDENTIFIED BY 'x'`, `PASSWORD 'x'` of SQL; `requirepass x` of Redis; `login u password p` of netrc.
fn statements(text: &str, found: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for (word, bare) in [("identified by ", true), ("password ", false), ("requirepass ", true), ("masterauth ", true)]
    {
        for (begin, _) in lower.match_indices(word) {
            let start = begin + word.len();
            let start = start + (text[start..].len() - text[start..].trim_start_matches([' ', '\t', '"']).len());
            let netrc = word == "password " && lower[..begin].contains("login ");
            if text[..begin].bytes().last().is_some_and(is_key_byte) {
                continue;
            }
            let span = match quoted_end(text, start) {
                Some(end) => start..end,
                None if bare || netrc => {
                    let tail = &text[start..];
                    start
                        ..start + tail.find(|c: char| c.is_whitespace() || matches!(c, ';' | '"')).unwrap_or(tail.len())
                }
                None => continue,
            };
            found.extend(taken(text, "password", span));
        }
    }
}

/// `user:password@host` without a scheme: Go MySQL's `u:p@tcp(h)`, `u:p@h:5672`, Oracle's `thin:u/p@h`.
pub(super) fn users_without_scheme(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices('@') {
        let after = &text[at + 1..];
        let host = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')).count();
        let next = after.as_bytes().get(host).copied();
        let reached = (host > 0 || after.starts_with(['(', '[']))
            && (matches!(next, Some(b':' | b'(' | b'/' | b'?')) || after[..host].contains('.') || host == 0);
        let near = floor(text, at.saturating_sub(USER_BYTES_MAX));
        let oracle = text[near..at].contains(":thin:");
        if (!reached && !oracle) || matches!(&after[..host], "sha256" | "sha512") {
            continue;
        }
        let begin = text[near..at]
            .rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '=' | '<'))
            .map_or(near, |index| near + index + 1);
        let user = &text[begin..at];
        if user.contains("://") {
            continue;
        }
        if let Some(thin) = user.find(":thin:") {
            found.push(begin + thin + 6..at);
            continue;
        }
        if user.split_once(':').is_some_and(|(name, password)| !name.contains('/') && !password.is_empty()) {
            found.push(begin..at);
        }
    }
}
