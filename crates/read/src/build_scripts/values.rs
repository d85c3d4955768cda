//! Variables of scripts and pipelines, as far as the same file sets them to a text.

use std::collections::BTreeMap;

/// Stands for a part that is not known.
pub(super) const UNKNOWN: char = '\u{1}';
/// Stands for the folder of the script.
pub(super) const SCRIPT: char = '\u{2}';
/// Stands for the root of the source.
pub(super) const ROOT: char = '\u{3}';

/// Rows of a matrix or turns of a loop that are followed.
const ROWS_MAX: usize = 256;
/// Substitutions inside substitutions; deeper ones are unknown.
const DEPTH_MAX: usize = 8;
/// A value that grows longer than this by substitution is no name and no path.
const LENGTH_MAX: usize = 4096;

/// One set of values by name: `TAG`, `env.TAG`, `matrix.service`.
pub(super) type Row = BTreeMap<String, String>;

/// The variables at one place of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    known: Row,
    rows: Vec<Row>,
    /// Texts that stand for an expression and hold variables themselves.
    texts: Row,
}

impl Values {
    /// Sets a variable to a text in which known variables are put in.
    pub(super) fn set(&mut self, name: &str, raw: &str) {
        let value = substitute(raw, &self.known);
        self.rows.iter_mut().for_each(|row| _ = row.remove(name));
        self.known.insert(name.to_owned(), value);
    }

    /// Sets a variable unless it is set.
    pub(super) fn set_default(&mut self, name: &str, raw: &str) {
        if !self.known.contains_key(name) {
            self.set(name, raw);
        }
    }

    /// A loop: the variable takes each of the words.
    pub(super) fn each_of(&mut self, name: &str, words: &str) {
        let words = substitute(words, &self.known);
        let clear = !words.contains(UNKNOWN) && !words.contains(['*', '$', '`']);
        self.known.remove(name);
        let row = |word: &str| Row::from([(name.to_owned(), word.to_owned())]);
        self.rows = if clear { words.split_whitespace().take(ROWS_MAX).map(row).collect() } else { Vec::new() };
    }

    /// Lets an expression between double braces stand for a text, whose variables are put in later.
    pub(super) fn stand_for(&mut self, expression: &str, text: &str) {
        self.texts.insert(expression.to_owned(), text.to_owned());
    }

    /// The text with such expressions replaced.
    pub(super) fn unfold(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, (inside, after))) =
            rest.split_once("${{").and_then(|(b, r)| Some((b, r.split_once("}}")?)))
        {
            out.push_str(before);
            match self.texts.get(inside.trim()) {
                Some(text) => out.push_str(text),
                None => out.push_str(&format!("${{{{{inside}}}}}")),
            }
            rest = after;
        }
        out + rest
    }

    /// Rows of a matrix.
    pub(super) fn add_rows(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
        self.rows.truncate(ROWS_MAX);
    }

    /// The sets of values to try for a text: each row whose variables it uses, else what is known alone.
    pub(super) fn sets_for(&self, text: &str) -> Vec<Row> {
        let used = |row: &&Row| row.keys().any(|name| text.contains(name.as_str()));
        let rows: Vec<Row> = self
            .rows
            .iter()
            .filter(used)
            .map(|row| self.known.iter().chain(row).map(|(name, value)| (name.clone(), value.clone())).collect())
            .collect();
        if rows.is_empty() { vec![self.known.clone()] } else { rows }
    }
}

/// Puts variables in; what is not known is marked.
pub(super) fn substitute(text: &str, values: &Row) -> String {
    let mut out = String::new();
    put(text, values, 0, &mut out);
    if out.len() > LENGTH_MAX { UNKNOWN.to_string() } else { out }
}

fn put(text: &str, values: &Row, depth: usize, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['$', '`', '{']) {
        out.push_str(&rest[..at]);
        if out.len() > LENGTH_MAX {
            return;
        }
        rest = &rest[at..];
        let after = if let Some(body) = rest.strip_prefix("${{").or_else(|| rest.strip_prefix("{{")) {
            let (inside, after) = body.split_once("}}").unwrap_or((body, ""));
            out.push_str(&expression(inside.trim(), values));
            after
        } else if let Some(body) = rest.strip_prefix("$$") {
            // Make's way to write the shell's own dollar sign.
            put_dollar(body, values, depth, out)
        } else if let Some(body) = rest.strip_prefix('$') {
            put_dollar(body, values, depth, out)
        } else if let Some(body) = rest.strip_prefix('`') {
            let (inside, after) = body.split_once('`').unwrap_or((body, ""));
            out.push_str(&computed(inside));
            after
        } else {
            out.push('{');
            &rest[1..]
        };
        rest = after;
    }
    out.push_str(rest);
}

/// What follows a dollar sign; returns what follows that.
fn put_dollar<'t>(body: &'t str, values: &Row, depth: usize, out: &mut String) -> &'t str {
    let braced = body.strip_prefix('{').map(|rest| balanced(rest, '{', '}'));
    let called = body.strip_prefix('(').map(|rest| balanced(rest, '(', ')'));
    if let Some((inside, after)) = braced {
        out.push_str(&parameter(inside, values, depth));
        return after;
    }
    if let Some((inside, after)) = called {
        match values.get(inside) {
            Some(value) => out.push_str(value),
            None => out.push_str(&moved(inside, values).unwrap_or_else(|| computed(inside))),
        }
        return after;
    }
    let length = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
    let (name, after) = body.split_at(length);
    match name {
        "" => out.push('$'),
        _ => out.push_str(&lookup(name, values)),
    }
    after
}

/// `X`, `X:-default`; other forms are unknown.
fn parameter(inside: &str, values: &Row, depth: usize) -> String {
    let length = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    let (name, modifier) = inside.split_at(length);
    let default = modifier.strip_prefix(":-").or_else(|| modifier.strip_prefix('-'));
    match (values.get(name), default) {
        (Some(value), _) if modifier.is_empty() || default.is_some() => value.clone(),
        (None, Some(default)) if depth < DEPTH_MAX => {
            let mut out = String::new();
            put(default, values, depth + 1, &mut out);
            out
        }
        (None, None) if modifier.is_empty() => lookup(name, values),
        _ => UNKNOWN.to_string(),
    }
}

/// Names that every pipeline knows for the root of the source.
const ROOTS: [&str; 7] =
    ["PWD", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE", "TRAVIS_BUILD_DIR", "CURDIR", "github.workspace"];

fn lookup(name: &str, values: &Row) -> String {
    match values.get(name) {
        Some(value) => value.clone(),
        None if ROOTS.contains(&name) => ROOT.to_string(),
        None => UNKNOWN.to_string(),
    }
}

/// `env.TAG`, `matrix.service`: what stands between double braces.
fn expression(inside: &str, values: &Row) -> String {
    let name = inside.strip_prefix('.').unwrap_or(inside);
    // What a step of the same file puts out is known by its own name.
    let output = name.strip_prefix("steps.").and_then(|step| step.split_once('.')).map(|(_, output)| output);
    lookup(output.unwrap_or(name), values)
}

/// `cd "$DIR/.." && pwd` with a folder that is known.
fn moved(inside: &str, values: &Row) -> Option<String> {
    let (target, rest) = inside.trim().strip_prefix("cd ")?.split_once(['&', ';'])?;
    let target = target.trim().trim_matches(['"', '\'']);
    let simple = rest.trim_start_matches(['&', ' ']).starts_with("pwd") && !target.contains(['(', '`']);
    let target = simple.then(|| substitute(target, values))?;
    target.starts_with([SCRIPT, ROOT]).then_some(target)
}

/// What a command gives, where it is one of those that everybody uses to find a folder.
fn computed(inside: &str) -> String {
    if inside.contains("dirname") && (inside.contains("$0") || inside.contains("BASH_SOURCE")) {
        return format!("{SCRIPT}{}", "/..".repeat(inside.matches("/..").count().min(DEPTH_MAX)));
    }
    if inside.contains("--show-toplevel") || inside.trim() == "pwd" {
        return ROOT.to_string();
    }
    UNKNOWN.to_string()
}

/// What stands before the closing mark that belongs to an opening one, and what follows it.
fn balanced(rest: &str, open: char, close: char) -> (&str, &str) {
    let mut depth = 1usize;
    for (at, c) in rest.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return (&rest[..at], &rest[at + 1..]);
            }
        }
    }
    (rest, "")
}
