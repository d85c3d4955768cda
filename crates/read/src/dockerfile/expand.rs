//! Variables in the words of a Dockerfile: `$X`, `${X:-default}` and their like, quotes and escapes.

use std::collections::BTreeMap;

use plimsoll_model::At;

/// Defaults that hold variables that have defaults; deeper ones stay as they are spelled.
const DEPTH_MAX: usize = 8;

/// A value that grows longer than this by substitution is nothing that a person wrote.
const LENGTH_MAX: usize = 2048;

/// What is known of the variables at one place of a file.
pub(super) type Scope = BTreeMap<String, Setting>;

/// A variable that is set.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Its value; `None` where it is declared and given from outside.
    pub(super) value: Option<String>,
    /// Where it is set.
    pub(super) at: At,
    /// Whether `ENV` sets it: then `ARG` does not change it.
    pub(super) environment: bool,
}

/// A word with its variables put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    /// The text; a variable that is not known stays as it is spelled.
    pub(super) text: String,
    /// Where the variables are set that went into it.
    pub(super) via: Vec<At>,
    /// Whether every variable was known.
    pub(super) complete: bool,
}

/// Takes quotes and escapes off and puts variables in.
pub(super) fn expand(raw: &str, escape: char, scope: &Scope) -> Expanded {
    let mut out = Expanded { complete: true, ..Expanded::default() };
    Expander { escape, scope }.run(raw, 0, &mut out);
    out
}

struct Expander<'s> {
    escape: char,
    scope: &'s Scope,
}

impl Expander<'_> {
    fn run(&self, raw: &str, depth: usize, out: &mut Expanded) {
        let mut quote: Option<char> = None;
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            rest = match c {
                '\'' | '"' if quote.is_none_or(|open| open == c) => {
                    quote = if quote.is_some() { None } else { Some(c) };
                    after
                }
                '$' if quote != Some('\'') => self.variable(after, depth, out),
                _ if c == self.escape && quote != Some('\'') => escaped(c, after, quote, out),
                _ => {
                    out.text.push(c);
                    after
                }
            };
        }
    }

    /// Puts one variable in; `rest` begins after the dollar sign. Returns what follows.
    fn variable<'r>(&self, rest: &'r str, depth: usize, out: &mut Expanded) -> &'r str {
        if let Some((inside, after)) = braced(rest) {
            if depth >= DEPTH_MAX || !self.braces(inside, depth, out) {
                out.text.push_str(&format!("${{{inside}}}"));
                out.complete = false;
            }
            return after;
        }
        let length = name_length(rest);
        let (name, after) = rest.split_at(length);
        if name.is_empty() {
            out.text.push('$');
        } else if !self.put(name, out) {
            out.text.push_str(&format!("${name}"));
            out.complete = false;
        }
        after
    }

    /// `X`, `X:-word`, `X-word`, `X:+word`, `X+word`, `X:?word`: whether it could be decided.
    fn braces(&self, inside: &str, depth: usize, out: &mut Expanded) -> bool {
        let (name, modifier) = inside.split_at(name_length(inside));
        let setting = self.scope.get(name);
        let value = setting.and_then(|setting| setting.value.as_deref());
        let (empty_counts, modifier) = match modifier.strip_prefix(':') {
            Some(modifier) => (false, modifier),
            None => (true, modifier),
        };
        let is_set = value.is_some_and(|value| empty_counts || !value.is_empty());
        match modifier.chars().next() {
            None => self.put(name, out),
            Some('-') if is_set => self.put(name, out),
            Some('-') => {
                self.run(&modifier[1..], depth + 1, out);
                true
            }
            Some('+') => {
                if is_set {
                    self.run(&modifier[1..], depth + 1, out);
                }
                true
            }
            Some('?') => self.put(name, out),
            Some(_) => false,
        }
    }

    fn put(&self, name: &str, out: &mut Expanded) -> bool {
        let Some(Setting { value: Some(value), at, .. }) = self.scope.get(name) else { return false };
        if out.text.len() + value.len() > LENGTH_MAX {
            return false;
        }
        out.text.push_str(value);
        out.via.push(*at);
        true
    }
}

/// Inside double quotes only the quote, the dollar sign and the escape itself can be escaped.
fn escaped<'r>(escape: char, after: &'r str, quote: Option<char>, out: &mut Expanded) -> &'r str {
    let Some(next) = after.chars().next() else {
        out.text.push(escape);
        return after;
    };
    if quote == Some('"') && !matches!(next, '"' | '$') && next != escape {
        out.text.push(escape);
    }
    out.text.push(next);
    &after[next.len_utf8()..]
}

/// What stands between braces that belong together, and what follows them.
fn braced(rest: &str) -> Option<(&str, &str)> {
    let body = rest.strip_prefix('{')?;
    let mut depth = 1usize;
    for (at, c) in body.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&body[..at], &body[at + 1..]));
        }
    }
    None
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}
