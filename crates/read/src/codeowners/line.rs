//! One line of CODEOWNERS: a comment, a section, or a pattern with owners.

use plimsoll_model::{At, FileId, Problem};

use crate::facts::{Origin, OwnedPath};

/// Whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Platform {
    /// No sections, no exclusions.
    GitHub,
    /// Sections, default owners, exclusions.
    GitLab,
}

/// What was read so far, and the section that holds.
pub(super) struct Reading {
    file: FileId,
    source: u32,
    platform: Platform,
    section: Option<String>,
    defaults: Vec<String>,
    /// In the order of the file.
    pub(super) owned: Vec<OwnedPath>,
    /// In the order of the file.
    pub(super) problems: Vec<Problem>,
}

/// A word of a line and its column.
struct Word {
    text: String,
    column: u32,
}

impl Reading {
    pub(super) fn new(file: FileId, source: u32, platform: Platform) -> Self {
        let (owned, problems) = (Vec::new(), Vec::new());
        Self { file, source, platform, section: None, defaults: Vec::new(), owned, problems }
    }

    /// Reads one line.
    pub(super) fn take(&mut self, number: u32, line: &str) {
        if let Some((name, rest, column)) = section(line).filter(|_| self.platform == Platform::GitLab) {
            let words = words(rest, column);
            self.defaults = self.owners(number, &words);
            // Sections of the same name are one, whatever the case.
            let known = self.owned.iter().filter_map(|owned| owned.section.as_ref());
            let known = known.into_iter().find(|known| known.eq_ignore_ascii_case(name)).cloned();
            self.section = Some(known.unwrap_or_else(|| name.to_owned()));
            return;
        }
        let words = words(line, 1);
        let Some((pattern, owners)) = words.split_first() else { return };
        let at = At::new(self.file, number, pattern.column);
        let excluded = pattern.text.strip_prefix('!');
        if excluded.is_some() && self.platform == Platform::GitHub {
            let message = format!(
                "`{}` begins with `!`, which means nothing in CODEOWNERS, so the line is left out; to say that nobody owns \
                 a path, write it without owners",
                pattern.text
            );
            self.problems.push(Problem { at, message });
            return;
        }
        let stated = !owners.is_empty();
        let owners = match excluded {
            Some(_) => Vec::new(),
            None if stated => self.owners(number, owners),
            None => self.defaults.clone(),
        };
        if stated && owners.is_empty() && excluded.is_none() {
            return;
        }
        let pattern = excluded.unwrap_or(&pattern.text).to_owned();
        let section = self.section.clone();
        self.owned.push(OwnedPath { source: self.source, section, pattern, owners, origin: Origin::at(at) });
    }

    /// Those of the words that name owners; the others are problems.
    fn owners(&mut self, number: u32, words: &[Word]) -> Vec<String> {
        let mut owners = Vec::new();
        for word in words {
            if is_owner(&word.text) {
                owners.push(word.text.clone());
                continue;
            }
            let message = format!(
                "`{}` is not an owner, so it owns nothing; write `@user`, `@organisation/team` or an address with `@`",
                crate::redact::value("owner", &word.text)
            );
            self.problems.push(Problem { at: At::new(self.file, number, word.column), message });
        }
        owners
    }
}

/// `@user`, `@organisation/team`, `@@role`, or an address.
fn is_owner(text: &str) -> bool {
    match text.split_once('@') {
        Some(("", name)) => !name.trim_start_matches('@').is_empty(),
        Some((user, host)) => !user.is_empty() && host.contains('.') && !host.contains('@'),
        None => false,
    }
}

/// The name of a section, what stands after its brackets, and the column of that: `^[Name][2] @default`.
pub(super) fn section(line: &str) -> Option<(&str, &str, u32)> {
    let trimmed = line.trim_start();
    let (name, mut rest) = trimmed.strip_prefix('^').unwrap_or(trimmed).strip_prefix('[')?.split_once(']')?;
    if let Some((approvals, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        if approvals.is_empty() || !approvals.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        rest = after;
    }
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let column = line.chars().count() - rest.chars().count() + 1;
    (ends && !name.trim().is_empty()).then_some((name.trim(), rest, column as u32))
}

/// The words of a line up to a comment. A backslash keeps a space or `#` inside of a word.
fn words(line: &str, first_column: u32) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut inside, mut escaped) = (false, false);
    for (index, letter) in line.chars().enumerate() {
        if !escaped && letter == '#' && !inside {
            break;
        }
        if letter.is_whitespace() && !escaped {
            inside = false;
            continue;
        }
        if !inside {
            words.push(Word { text: String::new(), column: first_column + index as u32 });
            inside = true;
        }
        if let Some(word) = words.last_mut() {
            word.text.push(letter);
        }
        escaped = letter == '\\' && !escaped;
    }
    words
}
