//! Versions and constraints by the rules of `github.com/Masterminds/semver/v3`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::{Call, Row, int64};
use crate::object::Object;
use crate::value::{Data, Value};

pub(super) const ROWS: &[Row] = &[
    ("semver", "string", |call| Ok(Value::new(Data::Object(Rc::new(version(call.text(0))?))))),
    ("semverCompare", "string, string", |call| Ok(Value::from(satisfies(call.text(1), call.text(0))?))),
];

/// A version; parts that are not given are 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    prerelease: String,
    metadata: String,
    original: String,
}

/// Reads a version.
///
/// # Errors
/// The text is no version.
pub fn version(text: &str) -> Result<Version, String> {
    let wrong = || "invalid semantic version".to_owned();
    let body = text.strip_prefix('v').unwrap_or(text);
    let (body, metadata) = body.split_once('+').map_or((body, None), |(body, meta)| (body, Some(meta)));
    let (core, prerelease) = body.split_once('-').map_or((body, None), |(core, pre)| (core, Some(pre)));
    let parts: Vec<&str> = core.split('.').collect();
    if parts.len() > 3 || !parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) {
        return Err(wrong());
    }
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(&parts) {
        *number = part.parse().map_err(|_| wrong())?;
    }
    let identifiers = |text: &str, numeric_zero: bool| {
        text.split('.').all(|part| {
            let digits = part.bytes().all(|b| b.is_ascii_digit());
            let padded = digits && part.len() > 1 && part.starts_with('0');
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && (numeric_zero || !padded)
        })
    };
    if prerelease.is_some_and(|text| !identifiers(text, false)) || metadata.is_some_and(|text| !identifiers(text, true))
    {
        return Err(wrong());
    }
    Ok(Version {
        numbers,
        prerelease: prerelease.unwrap_or_default().to_owned(),
        metadata: metadata.unwrap_or_default().to_owned(),
        original: text.to_owned(),
    })
}

impl Version {
    fn compare(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        let releases = match (self.prerelease.as_str(), other.prerelease.as_str()) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => compare_prereleases(a, b),
        };
        numbers.then(releases)
    }
}

/// A part more is later; numbers come before texts.
fn compare_prereleases(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => match (x.parse::<u64>(), y.parse::<u64>()) {
                (Ok(x), Ok(y)) => x.cmp(&y),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                _ => x.cmp(y),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Whether a version meets a constraint: alternatives by `||`, all parts of one by `,` or a space.
///
/// # Errors
/// One of the two is malformed.
pub fn satisfies(text: &str, constraint: &str) -> Result<bool, String> {
    let mut alternatives = Vec::new();
    for alternative in constraint.split("||") {
        alternatives.push(comparisons(alternative).ok_or_else(|| format!("improper constraint: {constraint}"))?);
    }
    let version = version(text)?;
    Ok(alternatives.iter().any(|parts| parts.iter().all(|part| part.holds(&version))))
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    /// `=` and none: with parts left out it is `~`.
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

#[derive(Debug)]
struct Comparison {
    operator: Operator,
    version: Version,
    /// Whether a part is left out or a wildcard, and which.
    dirty: bool,
    minor_dirty: bool,
    patch_dirty: bool,
}

fn comparisons(text: &str) -> Option<Vec<Comparison>> {
    let mut words: Vec<String> = Vec::new();
    // An operator may stand apart from its version, and `a - b` is a range.
    let spaced = text.replace(',', " ");
    let mut rest = spaced.split_whitespace().peekable();
    while let Some(word) = rest.next() {
        if word == "-" {
            let low = words.pop()?;
            words.push(format!(">={low}"));
            words.push(format!("<={}", rest.next()?));
        } else if word.bytes().all(|b| b"=!<>~^".contains(&b)) {
            words.push(format!("{word}{}", rest.next()?));
        } else {
            words.push(word.to_owned());
        }
    }
    let words = words.iter().flat_map(|word| split_operators(word)).collect::<Vec<_>>();
    if words.is_empty() {
        return None;
    }
    words.iter().map(|word| comparison(word)).collect()
}

/// `>=1.0<2.0` is two comparisons.
fn split_operators(word: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut in_version = false;
    for c in word.chars() {
        let operator = "=!<>~^".contains(c);
        if operator && in_version {
            parts.push(String::new());
        }
        in_version = !operator;
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

fn comparison(word: &str) -> Option<Comparison> {
    let end = word.find(|c| !"=!<>~^".contains(c)).unwrap_or(word.len());
    let operator = match &word[..end] {
        "" | "=" | "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        ">=" | "=>" => Operator::GreaterOrEqual,
        "<=" | "=<" => Operator::LessOrEqual,
        "~" | "~>" => Operator::Tilde,
        "^" => Operator::Caret,
        _ => return None,
    };
    let body = word[end..].strip_prefix('v').unwrap_or(&word[end..]);
    let suffix = body.find(['-', '+']).unwrap_or(body.len());
    let (core, suffix) = body.split_at(suffix);
    let parts: Vec<&str> = core.split('.').collect();
    let wild = |index: usize| parts.get(index).is_none_or(|part| matches!(*part, "x" | "X" | "*" | ""));
    if parts.len() > 3 {
        return None;
    }
    let (spelled, dirty, minor_dirty, patch_dirty) = if wild(0) {
        (format!("0.0.0{suffix}"), true, false, false)
    } else if wild(1) {
        (format!("{}.0.0{suffix}", parts[0]), true, true, false)
    } else if wild(2) {
        (format!("{}.{}.0{suffix}", parts[0], parts[1]), true, false, true)
    } else {
        (format!("{core}{suffix}"), false, false, false)
    };
    Some(Comparison { operator, version: version(&spelled).ok()?, dirty, minor_dirty, patch_dirty })
}

impl Comparison {
    fn holds(&self, version: &Version) -> bool {
        let con = &self.version;
        let pre_only_there = !version.prerelease.is_empty() && con.prerelease.is_empty();
        if pre_only_there && self.operator != Operator::NotEqual {
            return false;
        }
        let ([major, minor, patch], [c_major, c_minor, c_patch]) = (version.numbers, con.numbers);
        let order = version.compare(con);
        match self.operator {
            Operator::NotEqual if self.dirty => {
                if pre_only_there {
                    return false;
                }
                if major != c_major || (minor != c_minor && !self.minor_dirty) {
                    return true;
                }
                !self.minor_dirty && patch != c_patch && !self.patch_dirty
            }
            Operator::NotEqual => order != Ordering::Equal,
            Operator::Greater if !self.dirty => order == Ordering::Greater,
            Operator::Greater => match major.cmp(&c_major) {
                Ordering::Greater => true,
                Ordering::Less => false,
                Ordering::Equal if self.minor_dirty => false,
                Ordering::Equal if self.patch_dirty => minor > c_minor,
                Ordering::Equal => order == Ordering::Greater,
            },
            Operator::Less => order == Ordering::Less,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::LessOrEqual if !self.dirty => order != Ordering::Greater,
            Operator::LessOrEqual => !(major > c_major || (major == c_major && minor > c_minor && !self.minor_dirty)),
            Operator::Equal if !self.dirty => order == Ordering::Equal,
            Operator::Equal | Operator::Tilde => {
                if order == Ordering::Less {
                    return false;
                }
                if con.numbers == [0, 0, 0] && !self.minor_dirty && !self.patch_dirty {
                    return true;
                }
                major == c_major && (minor == c_minor || self.minor_dirty)
            }
            Operator::Caret => {
                if order == Ordering::Less {
                    return false;
                }
                if c_major > 0 || self.minor_dirty {
                    return major == c_major;
                }
                if major > 0 {
                    return false;
                }
                if c_minor > 0 || self.patch_dirty {
                    return minor == c_minor;
                }
                minor == 0 && patch == c_patch
            }
        }
    }
}

impl Object for Version {
    fn type_name(&self) -> &str {
        "*semver.Version"
    }

    fn kind(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(
            name,
            "Major"
                | "Minor"
                | "Patch"
                | "Prerelease"
                | "Metadata"
                | "Original"
                | "String"
                | "Compare"
                | "Equal"
                | "GreaterThan"
                | "LessThan"
                | "GreaterThanEqual"
                | "LessThanEqual"
        )
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Result<Value, String> {
        let number = |index: usize| Ok(int64(self.numbers[index] as i64));
        let order = || {
            let other = call.arguments.first().map(crate::print::plain).unwrap_or_default();
            version(&other).map(|other| self.compare(&other))
        };
        match name {
            "Major" => number(0),
            "Minor" => number(1),
            "Patch" => number(2),
            "Prerelease" => Ok(Value::from(self.prerelease.as_str())),
            "Metadata" => Ok(Value::from(self.metadata.as_str())),
            "Original" => Ok(Value::from(self.original.as_str())),
            "Compare" => Ok(super::int(order()? as i64)),
            "Equal" => Ok(Value::from(order()?.is_eq())),
            "GreaterThan" => Ok(Value::from(order()?.is_gt())),
            "LessThan" => Ok(Value::from(order()?.is_lt())),
            "GreaterThanEqual" => Ok(Value::from(order()?.is_ge())),
            "LessThanEqual" => Ok(Value::from(order()?.is_le())),
            _ => Ok(Value::from(self.text())),
        }
    }

    fn text(&self) -> String {
        let [major, minor, patch] = self.numbers;
        let mut out = format!("{major}.{minor}.{patch}");
        if !self.prerelease.is_empty() {
            out.push_str(&format!("-{}", self.prerelease));
        }
        if !self.metadata.is_empty() {
            out.push_str(&format!("+{}", self.metadata));
        }
        out
    }

    fn plain(&self) -> Value {
        Value::from(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::satisfies;

    #[track_caller]
    fn check(constraint: &str, yes: &[&str], no: &[&str]) {
        for version in yes {
            assert_eq!(satisfies(version, constraint), Ok(true), "{version} {constraint}");
        }
        for version in no {
            assert_eq!(satisfies(version, constraint), Ok(false), "{version} {constraint}");
        }
    }

    #[test]
    fn ranges_hold_for_what_is_in_them() {
        check(">=1.2.0", &["1.2.0", "v1.35.0", "2.0"], &["1.1.9", "1.3.0-alpha"]);
        check(">=1.2.0-0", &["1.2.0", "1.3.0-alpha", "1.25.3-gke.100"], &["1.1.9"]);
        check("^1.2", &["1.2.0", "1.9.9"], &["2.0.0", "1.1.0"]);
        check("^0.2.3", &["0.2.9"], &["0.3.0", "0.2.2"]);
        check("~1.2.3", &["1.2.9"], &["1.3.0"]);
        check("1.x", &["1.0.0", "1.9.0"], &["2.0.0"]);
        check("*", &["0.0.0", "9.9.9"], &["1.0.0-rc.1"]);
        check("1.2 - 1.4", &["1.2.0", "1.4.9"], &["1.5.0", "1.1.0"]);
        check(">= 1.2, < 2 || >3", &["1.5.0", "4.0.0"], &["2.5.0", "3.1.0"]);
        check("!=1.2", &["1.3.0"], &["1.2.5"]);
        check(">1.2", &["1.3.0"], &["1.2.5"]);
    }
}
