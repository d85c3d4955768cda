//! Values as JSON: the form in which kustomize hands objects over, and of which it makes the hash of a name.
//!
//! Numbers are spelled as Go spells them, so that `0o17`, `1_000` and `1e3` come out as 15, 1000 and 1000.

use crate::tree::{Data, Node, Scalar, ScalarKind};

/// A tree as compact JSON with sorted keys, escaped as Go's encoder does.
pub(super) fn encode(node: &Node, out: &mut String) {
    match &node.value {
        Data::Scalar(scalar) => encode_scalar(scalar, out),
        Data::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                encode(item, out);
            }
            out.push(']');
        }
        Data::Mapping(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            out.push('{');
            for (index, entry) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                text(&entry.key, out);
                out.push(':');
                encode(&entry.value, out);
            }
            out.push('}');
        }
    }
}

fn encode_scalar(scalar: &Scalar, out: &mut String) {
    match scalar.kind {
        ScalarKind::Null => out.push_str("null"),
        ScalarKind::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
        ScalarKind::Integer | ScalarKind::Float => match number(&scalar.text) {
            Some(number) => out.push_str(&number),
            None => text(&scalar.text, out),
        },
        ScalarKind::Text => text(&scalar.text, out),
    }
}

/// A quoted text, with `<`, `>` and `&` escaped too.
pub(super) fn text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number in the one spelling that Go's JSON has for it; `None` for what JSON cannot say.
pub(super) fn number(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    if let Some(whole) = whole(&plain) {
        return Some(whole);
    }
    let float: f64 = plain.parse().ok()?;
    float.is_finite().then(|| go_float(float))
}

/// A whole number of 64 bits in any base; a leading zero means octal.
fn whole(plain: &str) -> Option<String> {
    let (negative, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let lower = unsigned.to_ascii_lowercase();
    let (digits, base) = if let Some(hex) = lower.strip_prefix("0x") {
        (hex, 16)
    } else if let Some(octal) = lower.strip_prefix("0o") {
        (octal, 8)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        (binary, 2)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (&lower[1..], 8)
    } else {
        (lower.as_str(), 10)
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let value = u64::from_str_radix(digits, base).ok()?;
    match negative {
        true if value > i64::MIN.unsigned_abs() => None,
        true => Some(format!("{}", -i128::from(value))),
        false => Some(value.to_string()),
    }
}

/// A float as Go's JSON encoder spells it: plain digits between 1e-6 and 1e21, an exponent beyond.
fn go_float(float: f64) -> String {
    let size = float.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{float:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    if float == 0.0 && float.is_sign_negative() { String::from("-0") } else { format!("{float}") }
}

/// A date or time of YAML 1.1 as RFC 3339 has it; `None` where it is no time after all.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..=at], text[at + 1..].trim()))),
        None => (text, None),
    };
    let mut parts = date.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=days(year, month)).contains(&day) {
        return None;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    let Some((separator, time)) = time else { return Some(format!("{date}T00:00:00Z")) };
    let zone_at = time.find(['Z', '+', '-']);
    let (clock, zone) = match (separator, zone_at) {
        (" ", None) => (time, "Z"),
        (" ", Some(_)) => return None,
        (_, Some(at)) => (&time[..at], &time[at..]),
        (_, None) => return None,
    };
    let zone_fits = zone == "Z"
        || (zone.len() == 6
            && zone.as_bytes()[3] == b':'
            && zone[1..].bytes().all(|b| b.is_ascii_digit() || b == b':'));
    if !zone_fits {
        return None;
    }
    let zone = if zone == "+00:00" || zone == "-00:00" { "Z" } else { zone };
    Some(format!("{date}T{}{zone}", clock_text(clock)?))
}

fn clock_text(clock: &str) -> Option<String> {
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = whole.split(':').map(|part| part.parse::<u32>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    if !fits || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { String::new() } else { format!(".{fraction}") };
    Some(format!("{hour:02}:{minute:02}:{second:02}{fraction}"))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64, broken into lines of 70 where it is longer, as kustomize writes it into Secrets.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut whole = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
        for place in 0..4 {
            if place <= chunk.len() {
                whole.push(char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]));
            } else {
                whole.push('=');
            }
        }
    }
    if whole.len() < LINE {
        return whole;
    }
    whole.as_bytes().chunks(LINE).flat_map(|line| line.iter().map(|b| char::from(*b)).chain(['\n'])).collect()
}

/// Characters of a line of base64.
const LINE: usize = 70;

/// The text that base64 spells, where it is one.
pub(super) fn from_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        bits = bits << 6 | ALPHABET.iter().position(|a| *a == byte)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_spelling_of_go() {
        let cases = [
            ("0777", "511"),
            ("0899", "899"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("0b11", "3"),
            ("1_000", "1000"),
            ("1e3", "1000"),
            ("1.", "1"),
            (".5", "0.5"),
            ("+12", "12"),
            ("-7", "-7"),
            ("12345678901234567890123", "1.2345678901234568e+22"),
            ("18446744073709551615", "18446744073709551615"),
            ("1e21", "1e+21"),
            ("0.0000001", "1e-7"),
            ("1.10", "1.1"),
        ];
        for (text, expected) in cases {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(number(".inf"), None);
    }

    #[test]
    fn dates_become_times_of_rfc_3339() {
        assert_eq!(timestamp("2020-01-01").as_deref(), Some("2020-01-01T00:00:00Z"));
        assert_eq!(timestamp("2001-12-14t21:59:43.10-05:00").as_deref(), Some("2001-12-14T21:59:43.1-05:00"));
        assert_eq!(timestamp("2001-12-14 21:59:43").as_deref(), Some("2001-12-14T21:59:43Z"));
        assert_eq!(timestamp("2001-02-30"), None);
    }

    #[test]
    fn long_base64_is_broken_into_lines() {
        assert_eq!(base64(b"admin"), "YWRtaW4=");
        let long = base64(&[b'a'; 60]);
        assert!(long.lines().all(|line| line.len() <= 70) && long.ends_with('\n'));
        assert_eq!(from_base64(&long).as_deref(), Some("a".repeat(60).as_str()));
    }
}
