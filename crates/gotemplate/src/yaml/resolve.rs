//! What a plain scalar means in YAML 1.1 as Go's parser has it.

use crate::number;
use crate::value::{Data, Value};

/// The value of a plain scalar, as `sigs.k8s.io/yaml` gives it: numbers are `float64`, dates are texts.
///
/// `None` for what JSON cannot hold: infinity and what is not a number.
pub fn scalar(text: &str) -> Option<Value> {
    let data = match meaning(text) {
        Meaning::Null => Data::Nil,
        Meaning::Bool(flag) => Data::Bool(flag),
        Meaning::Int(n) => Data::Float(n as f64),
        Meaning::Float(n) if n.is_finite() => Data::Float(n),
        Meaning::Float(_) => return None,
        Meaning::Date | Meaning::Text => Data::Text(text.into()),
    };
    Some(Value::new(data))
}

/// A plain scalar as a key: JSON has only texts.
pub fn key(text: &str) -> String {
    match meaning(text) {
        Meaning::Null => "null".to_owned(),
        Meaning::Bool(flag) => flag.to_string(),
        Meaning::Int(n) => n.to_string(),
        Meaning::Float(n) => number::float(n),
        Meaning::Date | Meaning::Text => text.to_owned(),
    }
}

/// What a plain scalar means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Meaning {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// A text that only quotes keep from being a date.
    Date,
    Text,
}

/// # Source
/// `resolve` of `sigs.k8s.io/yaml/goyaml.v2`.
pub(crate) fn meaning(text: &str) -> Meaning {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Meaning::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Meaning::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Meaning::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Meaning::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Meaning::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Meaning::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let first = text.as_bytes()[0];
    if first == b'.' {
        return match text.parse::<f64>() {
            Ok(number) if is_float(text) => Meaning::Float(number),
            _ => Meaning::Text,
        };
    }
    if !first.is_ascii_digit() && !matches!(first, b'+' | b'-') {
        return Meaning::Text;
    }
    if is_date(text) {
        return Meaning::Date;
    }
    let plain = text.replace('_', "");
    if let Some(int) = int(&plain) {
        return Meaning::Int(int);
    }
    if is_float(&plain) {
        return plain.parse().map_or(Meaning::Text, Meaning::Float);
    }
    Meaning::Text
}

/// Go's `ParseInt` and `ParseUint` with base 0.
fn int(text: &str) -> Option<i128> {
    if let Some(int) = number::parse_int(text, 0) {
        return Some(i128::from(int));
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    (digits && !text.starts_with('0')).then(|| text.parse::<u64>().ok()).flatten().map(i128::from)
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (digits, power) = match unsigned.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, Some(power.strip_prefix(['-', '+']).unwrap_or(power))),
        None => (unsigned, None),
    };
    let all = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = digits.contains('.');
    all(whole)
        && all(fraction)
        && (!whole.is_empty() || (point && !fraction.is_empty()))
        && power.is_none_or(|power| !power.is_empty() && all(power))
}

/// `2006-1-2`, alone or with a time behind it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let short = |text: &str| text.len() <= 2 && all(text);
    let number = |text: &str| text.parse::<u32>().unwrap_or(99);
    let (day, time) = match rest.find(['T', 't', ' ']) {
        Some(at) => (&rest[..at], Some(rest[at + 1..].trim())),
        None => (rest, None),
    };
    let dated = year.len() == 4 && all(year) && short(month) && short(day) && number(month) <= 12 && number(day) <= 31;
    dated && time.is_none_or(|time| time.split(':').count() >= 3 && time.starts_with(|c: char| c.is_ascii_digit()))
}

/// `1:20:30`: a number to some readers of YAML 1.1.
pub(crate) fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let sixty = |text: &str| matches!(text.len(), 1 | 2) && digits(text) && text.parse::<u32>().is_ok_and(|n| n < 60);
    let Some((last, middle)) = rest.split_last() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && middle.iter().all(|part| sixty(part))
        && sixty(last)
        && digits(fraction)
}

/// Whether a text without quotes would be read as a text.
pub(crate) fn meaning_of_text(text: &str) -> bool {
    meaning(text) == Meaning::Text
}
