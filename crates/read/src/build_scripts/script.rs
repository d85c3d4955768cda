//! Scripts line by line: variables, loops, the working folder, and the builds.

use plimsoll_model::{At, FileId};

use super::command::{self, Tool};
use super::tie::Tie;
use super::values::{ROOT, SCRIPT, UNKNOWN, Values, substitute};
use crate::corpus::Corpus;
use crate::tree::json::LineIndex;

/// A line that is longer, its continuations included, was not written by hand and is not looked at.
const LINE_BYTES_MAX: usize = 16 << 10;

/// How a script is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A shell script: the working folder is kept from line to line.
    Shell,
    /// A Makefile: each line begins in the same folder.
    Make,
    /// A Jenkinsfile.
    Groovy,
    /// The scripts of package.json.
    Package,
    /// Text of a pipeline.
    Pipeline,
}

/// The builds that a script states.
pub(super) fn ties(corpus: &Corpus, file: FileId, text: &str, form: Form) -> Vec<Tie> {
    ties_with(corpus, file, text, form, Values::default())
}

/// The builds that a script states, with variables that are set before it.
pub(super) fn ties_with(corpus: &Corpus, file: FileId, text: &str, form: Form, values: Values) -> Vec<Tie> {
    let lines = LineIndex::new(text);
    let own = corpus.folder(file).to_owned();
    let start = match form {
        Form::Pipeline | Form::Groovy => vec![String::new(), own],
        _ if own.is_empty() => vec![own],
        _ => vec![own, String::new()],
    };
    let mut reader = Reader { form, values, start: start.clone(), folders: start, ties: Vec::new() };
    for (offset, line) in logical_lines(text) {
        if line.len() > LINE_BYTES_MAX || reader.ties.len() > super::TIES_MAX {
            continue;
        }
        let place = |inside: usize| lines.at(file, text, offset + inside);
        reader.line(&line, &place);
    }
    reader.ties
}

/// Lines with those that continue them, with the offset of the first. Continuations become blanks of the same length.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let (mut offset, mut continued) = (0, false);
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        let comment = trimmed.trim_start().starts_with('#');
        let body = trimmed.strip_suffix('\\').unwrap_or(trimmed);
        let padded = format!("{body}{}", " ".repeat(line.len() - body.len()));
        match out.last_mut() {
            Some((_, open)) if continued => open.push_str(&if comment { " ".repeat(line.len()) } else { padded }),
            _ if comment => {}
            _ => out.push((offset, padded)),
        }
        if !comment {
            continued = trimmed.ends_with('\\');
        }
        offset += line.len();
    }
    out
}

struct Reader {
    form: Form,
    values: Values,
    start: Vec<String>,
    folders: Vec<String>,
    ties: Vec<Tie>,
}

impl Reader {
    fn line(&mut self, line: &str, place: &dyn Fn(usize) -> At) {
        self.assignment(line);
        self.loop_head(line);
        let builds = command::builds_in(line);
        if builds.is_empty() {
            if self.form == Form::Shell {
                self.change_folder(line.trim());
            }
            return;
        }
        for (tool, end) in builds {
            let words = command::words(&line[end..]);
            let at = place(line[..end].rfind(|c: char| !c.is_whitespace()).map_or(0, |_| start_of(line, end)));
            let folders = self.folders_before(&line[..end]);
            for row in self.values.sets_for(line) {
                match tool {
                    Tool::Docker => self.ties.extend(command::docker(&words, &row, &folders, at)),
                    Tool::Ko => self.ties.extend(command::ko(&words, &row, &folders, at)),
                }
            }
        }
    }

    /// `X=y`, `export X=y`, `X := y`, `X ?= y`, and `X: y` in a pipeline.
    fn assignment(&mut self, line: &str) {
        let line = line.trim();
        let line = ["export ", "local ", "readonly ", "declare ", "def ", "- export ", "- "]
            .iter()
            .find_map(|word| line.strip_prefix(word))
            .unwrap_or(line)
            .trim_start();
        let length = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
        let (name, rest) = line.split_at(length);
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let spaced = matches!(self.form, Form::Make | Form::Groovy);
        let mark = if spaced { rest.trim_start() } else { rest };
        let colon = self.form == Form::Pipeline && !name.bytes().any(|byte| byte.is_ascii_lowercase());
        let value = [":=", "::=", "?=", "="].iter().find_map(|sign| Some((*sign, mark.strip_prefix(sign)?)));
        let value = value.or_else(|| Some((":", mark.strip_prefix(": ").filter(|_| colon)?)));
        let Some((sign, value)) = value.filter(|_| named) else { return };
        if mark.starts_with("==") {
            return;
        }
        let value = assigned(value, self.form);
        if sign == "?=" {
            self.values.set_default(name, &value);
        } else {
            self.values.set(name, &value);
        }
        if self.form == Form::Pipeline {
            self.values.set(&format!("env.{name}"), &value);
        }
    }

    /// `for x in a b c; do`
    fn loop_head(&mut self, line: &str) {
        let Some(rest) = line.trim_start().trim_start_matches('@').strip_prefix("for ") else { return };
        let Some((name, words)) = rest.split_once(" in ") else { return };
        let words = words.split("; do").next().unwrap_or(words).trim_end_matches(['\\', ' ']).trim_end_matches(';');
        self.values.each_of(name.trim(), words.trim().trim_matches('"'));
    }

    fn change_folder(&mut self, line: &str) {
        let word = line.strip_prefix("cd ").or_else(|| line.strip_prefix("pushd "));
        if let Some(target) = word {
            self.folders = self.moved(&self.folders, target);
        } else if line == "cd" || line.starts_with("popd") {
            self.folders.clone_from(&self.start);
        }
    }

    /// The folders that a command runs in, with a `cd` before it on the same line.
    fn folders_before(&self, before: &str) -> Vec<String> {
        let mut folders = self.folders.clone();
        for (at, _) in before.match_indices("cd ") {
            if before[..at].is_empty() || before[..at].ends_with([' ', '\t', '(', ';', '@', '&', '"', '\'']) {
                folders = self.moved(&folders, &before[at + 3..]);
            }
        }
        folders
    }

    fn moved(&self, folders: &[String], target: &str) -> Vec<String> {
        let words = command::words(target);
        let Some(target) = words.first() else { return folders.to_vec() };
        let row = self.values.sets_for("").into_iter().next().unwrap_or_default();
        let target = substitute(target, &row);
        if target.starts_with([SCRIPT, ROOT]) || target.starts_with('/') {
            return vec![target];
        }
        if target.contains(UNKNOWN) || target == "-" {
            return self.start.clone();
        }
        folders.iter().map(|folder| format!("{folder}/{target}")).collect()
    }
}

/// The value of an assignment without its quotes; commands after it are left out.
fn assigned(value: &str, form: Form) -> String {
    let value = value.trim();
    let quoted = value.starts_with(['"', '\'']);
    let body = value.trim_start_matches(['"', '\'']);
    match value.chars().next().filter(|_| quoted) {
        Some(quote) => body.split(quote).next().unwrap_or(body).to_owned(),
        None if form == Form::Shell && !value.contains("$(") && !value.contains('`') => {
            value.split([' ', ';', '\t']).next().unwrap_or(value).to_owned()
        }
        None => value.split(" #").next().unwrap_or(value).trim().to_owned(),
    }
}

/// Where the command begins whose verb ends at an offset.
fn start_of(line: &str, end: usize) -> usize {
    let before = &line[..end];
    let cut = before.rfind("&&").map(|at| at + 2).into_iter().chain(before.rfind(';').map(|at| at + 1)).max();
    let from = cut.unwrap_or(0);
    from + before[from..].len() - before[from..].trim_start().len()
}
