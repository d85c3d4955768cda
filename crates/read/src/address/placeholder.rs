//! Placeholders: what a file leaves for later, in every usual spelling, and how they are filled in.
//!
//! | spelling | where | filled by [`placeholders`] |
//! |---|---|---|
//! | `${key}`, `${key:default}` | Spring | yes |
//! | `${KEY:-default}`, `${KEY-default}`, `${KEY:=default}`, `${KEY:?message}` | shells, envsubst, Compose | yes |
//! | `$(KEY)` | Kubernetes | by `lookup` only |
//! | `$KEY`, `{{ key }}`, `{key}`, `<key>`, `%KEY%`, `%(key)s`, `%s`, `#{key}` | shells, nginx, templates | no |

use std::borrow::Cow;
use std::cell::Cell;

/// Stands for each byte of a placeholder that is left; no host holds it.
pub(crate) const MASK: u8 = 0x1a;

/// Placeholders inside placeholders are followed this deep; deeper ones stay as they are.
const DEPTH_MAX: usize = 16;

/// No filled-in value grows longer than this.
const BYTES_MAX: usize = 64 << 10;

/// No placeholder is longer than this, defaults included.
const SPAN_MAX: usize = 4 << 10;

/// Placeholders that are filled for one value: values that refer to each other could multiply without end.
const FUEL: u32 = 1000;

/// Fills in `${key}` and `$(key)` from `lookup`, else `${key:default}` from its default; what has neither stays.
///
/// Keys may hold placeholders themselves, and so may what is looked up. Cycles end at a fixed depth.
///
/// ```
/// let of = |key: &str| (key == "port").then(|| String::from("8080"));
/// assert_eq!(plimsoll_read::address::placeholders("http://${host:orders}:${port}/${v}", &of), "http://orders:8080/${v}");
/// ```
pub fn placeholders<'v>(value: &'v str, lookup: &dyn Fn(&str) -> Option<String>) -> Cow<'v, str> {
    if !value.contains("${") && !value.contains("$(") {
        return Cow::Borrowed(value);
    }
    Filler { lookup, fuel: Cell::new(FUEL) }.fill(value, 0)
}

struct Filler<'l> {
    lookup: &'l dyn Fn(&str) -> Option<String>,
    fuel: Cell<u32>,
}

impl Filler<'_> {
    fn fill<'v>(&self, value: &'v str, depth: usize) -> Cow<'v, str> {
        if depth >= DEPTH_MAX || !value.contains('$') {
            return Cow::Borrowed(value);
        }
        let mut out = String::new();
        let mut rest = value;
        while let Some(start) = next_start(rest) {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let Some(end) = closing(rest, 1) else { break };
            match self.filled(&rest[2..end], rest.as_bytes()[1] == b'{', depth) {
                Some(text) if out.len() + text.len() <= BYTES_MAX => out.push_str(&text),
                _ => out.push_str(&rest[..=end]),
            }
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        Cow::Owned(out)
    }

    fn filled(&self, inside: &str, braces: bool, depth: usize) -> Option<String> {
        self.fuel.set(self.fuel.get().checked_sub(1)?);
        if !braces {
            return is_name(inside).then(|| (self.lookup)(inside)).flatten();
        }
        let (key, default) = key_and_default(inside);
        let key = self.fill(key, depth + 1);
        if let Some(text) = (self.lookup)(&key) {
            return Some(self.fill(&text, depth + 1).into_owned());
        }
        default.map(|default| self.fill(default, depth + 1).into_owned())
    }
}

/// The next `${` or `$(`.
fn next_start(text: &str) -> Option<usize> {
    text.as_bytes().windows(2).position(|pair| pair[0] == b'$' && matches!(pair[1], b'{' | b'('))
}

/// The key of a placeholder and its default, where it has one. A `:?` is a message, not a default.
fn key_and_default(inside: &str) -> (&str, Option<&str>) {
    let mut depth = 0usize;
    let bytes = inside.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => {
                let (key, rest) = (&inside[..index], &inside[index + 1..]);
                return match rest.as_bytes().first() {
                    Some(b'?' | b'+') => (key, None),
                    Some(b'-' | b'=') => (key, Some(&rest[1..])),
                    _ => (key, Some(rest)),
                };
            }
            _ => {}
        }
    }
    // `${KEY-default}`: only after a key in capitals, since Spring's keys hold hyphens.
    match inside.split_once('-') {
        Some((key, default)) if is_name(key) && !key.bytes().any(|b| b.is_ascii_lowercase()) => (key, Some(default)),
        _ => (inside, None),
    }
}

/// The index of the bracket that closes the one at `open`.
fn closing(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (opens, closes) = if bytes.get(open)? == &b'{' { (b'{', b'}') } else { (b'(', b')') };
    let mut depth = 0usize;
    for (index, byte) in bytes.iter().enumerate().skip(open).take(SPAN_MAX) {
        if *byte == opens {
            depth += 1;
            if depth > DEPTH_MAX {
                return None;
            }
        } else if *byte == closes {
            depth -= 1;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
}

/// Whether a value holds a placeholder of any spelling.
pub fn has_placeholder(value: &str) -> bool {
    masked(value).bytes().any(|b| b == MASK)
}

/// Whether a value holds a placeholder that spells out a default.
pub(crate) fn has_default(value: &str) -> bool {
    value.match_indices("${").any(|(start, _)| {
        let inside = closing(value, start + 1).map(|end| &value[start + 2..end]);
        inside
            .and_then(|inside| key_and_default(inside).1)
            .is_some_and(|default| !default.is_empty() && !default.starts_with("${"))
    })
}

/// The text with every byte of every placeholder replaced by [`MASK`]; it has the same length.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|b| matches!(b, b'$' | b'{' | b'<' | b'%' | b'#')) {
        return Cow::Borrowed(text);
    }
    let mut out: Vec<u8> = text.as_bytes().to_vec();
    let mut index = 0;
    while index < out.len() {
        let length = placeholder_at(text, index);
        out[index..index + length].fill(MASK);
        index += length.max(1);
    }
    match String::from_utf8(out) {
        Ok(masked) => Cow::Owned(masked),
        Err(_) => Cow::Borrowed(text),
    }
}

/// The length of the placeholder that begins at a byte; 0 where none does.
fn placeholder_at(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let next = bytes.get(start + 1).copied().unwrap_or(0);
    match bytes[start] {
        b'$' | b'#' if next == b'{' => closing(text, start + 1).map_or(0, |end| end + 1 - start),
        b'$' if next == b'(' => parenthesised(text, start + 2).map_or(0, |end| end + 1 - start),
        b'$' if next == b'$' => 1,
        b'$' => match word_length(&bytes[start + 1..]) {
            0 => 0,
            length => 1 + length,
        },
        b'{' if next == b'{' => {
            let reach = bytes.len().min(start + SPAN_MAX);
            let inside = bytes.get(start + 2..reach).unwrap_or_default();
            match inside.windows(2).position(|two| two == b"}}" || two == b"{{") {
                Some(end) if inside[end] == b'}' => end + 4,
                _ => 0,
            }
        }
        b'{' => enclosed(text, start, b'}'),
        b'<' => enclosed(text, start, b'>'),
        b'%' if next == b'(' => parenthesised(text, start + 2)
            .map_or(0, |end| end + 1 - start + usize::from(bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic))),
        b'%' if matches!(next, b's' | b'd' | b'v') && !bytes.get(start + 2).is_some_and(u8::is_ascii_alphanumeric) => 2,
        b'%' if next.is_ascii_uppercase() => match word_length(&bytes[start + 1..]) {
            length if length > 2 && bytes.get(start + 1 + length) == Some(&b'%') => length + 2,
            _ => 0,
        },
        _ => 0,
    }
}

/// Where the parenthesis closes that holds a name from `start` on, and nothing else.
fn parenthesised(text: &str, start: usize) -> Option<usize> {
    let inside = text.as_bytes().get(start..)?;
    let length = inside.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'.' | b'-')).count();
    (inside.get(length) == Some(&b')') && is_name(&text[start..start + length])).then_some(start + length)
}

fn word_length(bytes: &[u8]) -> usize {
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()
}

/// `{name}`, `<name>`: a name and nothing else between the brackets.
fn enclosed(text: &str, start: usize, close: u8) -> usize {
    let inside = &text.as_bytes()[start + 1..];
    let Some(length) = inside.iter().take(64).position(|b| *b == close) else { return 0 };
    match text.get(start + 1..start + 1 + length) {
        Some(name) if is_name(name) => length + 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expect: &str) {
        let lookup = |key: &str| match key {
            "db.host" => Some(String::from("orders-db")),
            "name" => Some(String::from("db.host")),
            "loop" => Some(String::from("x${loop}${loop}")),
            "PORT" => Some(String::from("80")),
            _ => None,
        };
        assert_eq!(placeholders(value, &lookup), expect);
    }

    #[test]
    fn a_key_that_is_known_wins_over_the_default() {
        check("${db.host:other}:5432", "orders-db:5432");
        check("$(PORT)", "80");
    }

    #[test]
    fn defaults_of_spring_and_of_shells() {
        check("http://${x:orders}:${y:-80}/", "http://orders:80/");
        check("${URL:http://orders:80/a}", "http://orders:80/a");
        check("${HOST-orders}", "orders");
        check("${eureka-host}", "${eureka-host}");
        check("${x:}", "");
        check("${x:?must be set}", "${x:?must be set}");
    }

    #[test]
    fn nested_ones_are_filled_from_the_inside() {
        check("${a:${b:${c:deep}}}", "deep");
        check("${${name}}", "orders-db");
    }

    #[test]
    fn what_has_neither_value_nor_default_stays() {
        check("http://${x}:$(Y)/${", "http://${x}:$(Y)/${");
    }

    #[test]
    fn a_value_that_holds_itself_ends() {
        let many = "${loop}".repeat(100);
        assert!(placeholders("${loop}", &|_| Some(many.clone())).len() <= 2 * BYTES_MAX);
    }

    #[test]
    fn masks_keep_the_length() {
        for text in
            ["a${é}b", "$HOST:80", "{{ .Values.x }}:80", "{host}", "<host>", "%(host)s", "%s:%d", "$(X)", "%HOST%"]
        {
            assert_eq!(masked(text).len(), text.len());
            assert!(masked(text).bytes().any(|b| b == MASK), "{text}");
        }
        assert_eq!(masked("a <b c> {1,2} 50% $5"), "a <b c> {1,2} 50% $5");
    }
}
