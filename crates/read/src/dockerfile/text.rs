//! The text of a Dockerfile made ready for its parser, and words with their places.
//!
//! Every change keeps the length, so that offsets still fit the file: here-documents of `RUN` become blanks, since the
//! parser knows them only as the first word; so does an instruction that it cannot take, so that the rest is read.

use std::collections::BTreeMap;
use std::ops::Range;

use plimsoll_model::{At, FileId, Problem};

use crate::tree::json::LineIndex;

/// Errors of one file that are told before it is given up.
const PROBLEMS_MAX: usize = 20;

/// The text that the parser takes. What had to be left out is a problem with its place.
pub(super) fn ready(file: FileId, text: &str, escape: char, problems: &mut Vec<Problem>) -> String {
    let mut ready = without_run_documents(text, escape);
    let lines = LineIndex::new(text);
    for _ in 0..PROBLEMS_MAX {
        let error = match parse_dockerfile::parse_iter(&ready) {
            Ok(mut instructions) => instructions.find_map(Result::err),
            Err(error) => Some(error),
        };
        let Some(error) = error else { break };
        let whole = instruction_at(&ready, error.line(), escape);
        let Some(range) = whole.filter(|range| !ready[range.clone()].trim().is_empty()) else {
            let message = format!("not a Dockerfile: {error:#}; the file is left out");
            problems.push(Problem { at: At::whole(file), message });
            return String::new();
        };
        let start = range.start + ready[range.clone()].len() - ready[range.clone()].trim_start().len();
        // A word that is no instruction may be a variable with its value: only the name is told.
        let told = format!("{error:#}");
        let told = told.split_once('=').map_or(told.clone(), |(name, _)| format!("{name}=…'"));
        let message = format!("not valid in a Dockerfile: {told}; this instruction is left out");
        problems.push(Problem { at: lines.at(file, text, start), message });
        blank(&mut ready, range);
    }
    ready
}

/// The character that continues a line: a backslash unless a directive at the top says otherwise.
pub(super) fn escape_of(text: &str) -> char {
    for line in text.lines() {
        let Some(comment) = line.trim_start().strip_prefix('#') else { break };
        let Some((key, value)) = comment.split_once('=') else { break };
        if key.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

fn blank(text: &mut String, range: Range<usize>) {
    let blanked: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &blanked);
}

/// The instruction that covers a line, counted from 1, with its continued lines.
fn instruction_at(text: &str, line: usize, escape: char) -> Option<Range<usize>> {
    let mut offset = 0;
    let (mut start, mut continued) = (0, false);
    for (index, each) in text.split_inclusive('\n').enumerate() {
        if !continued {
            start = offset;
        }
        offset += each.len();
        let comment = each.trim_start().starts_with('#');
        continued = if comment { continued } else { each.trim_end().ends_with(escape) };
        if index + 1 >= line && !continued {
            return (line > 0).then_some(start..offset);
        }
    }
    (line > 0 && start < offset).then_some(start..offset)
}

/// The text with the here-documents of `RUN` blanked out.
fn without_run_documents(text: &str, escape: char) -> String {
    let mut out = text.to_owned();
    let (mut offset, mut in_run, mut continued) = (0, false, false);
    let mut ends: Vec<String> = Vec::new();
    let last_of = last_lines(text);
    for line in text.split_inclusive('\n') {
        let range = offset..offset + line.len();
        offset = range.end;
        // The documents follow the instruction with all of its continued lines.
        if let Some(end) = ends.first().filter(|_| !continued) {
            if line.trim_end_matches(['\n', '\r']).trim_start_matches('\t') == end {
                ends.remove(0);
            }
            blank(&mut out, range);
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') || (continued && trimmed.is_empty()) {
            continue;
        }
        if !continued {
            in_run = trimmed.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("run "));
        }
        continued = line.trim_end().ends_with(escape);
        if in_run {
            for (at, end) in document_marks(line) {
                if last_of.get(end.as_str()).is_some_and(|last| *last >= range.end) {
                    blank(&mut out, range.start + at..range.start + at + 2);
                    ends.push(end);
                }
            }
        }
    }
    out
}

/// Where each line stands for the last time, where the text has here-documents at all.
fn last_lines(text: &str) -> BTreeMap<&str, usize> {
    let mut offset = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        offset += line.len();
        (line.trim_end_matches(['\n', '\r']).trim_start_matches('\t'), offset - line.len())
    });
    if text.contains("<<") { lines.collect() } else { BTreeMap::new() }
}

/// Places of `<<WORD` in a line, with the word that ends the document.
fn document_marks(line: &str) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for (at, _) in line.match_indices("<<") {
        if line[..at].ends_with('<') || line[at + 2..].starts_with('<') {
            continue;
        }
        let rest = line[at + 2..].trim_start_matches('-').trim_start_matches(['"', '\'']);
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            marks.push((at, word));
        }
    }
    marks
}

/// A word as it is spelled, quotes and escapes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawWord {
    /// The spelling, continued lines joined.
    pub(super) raw: String,
    /// The byte offset at which it begins.
    pub(super) start: usize,
}

/// The words of a range: blanks outside of quotes separate them, continued lines are joined, comments between left out.
pub(super) fn words(text: &str, range: Range<usize>, escape: char) -> Vec<RawWord> {
    let mut out: Vec<RawWord> = Vec::new();
    let mut open: Option<RawWord> = None;
    let mut quote: Option<char> = None;
    let mut at = range.start;
    let body = text.get(range.clone()).unwrap_or_default();
    while let Some(c) = body.get(at - range.start..).and_then(|rest| rest.chars().next()) {
        let rest = &body[at - range.start..];
        if let Some(length) = (c == escape).then(|| continuation(rest)).flatten() {
            at += length;
            continue;
        }
        if quote.is_none() && c.is_whitespace() {
            out.extend(open.take());
            at += c.len_utf8();
            continue;
        }
        let word = open.get_or_insert_with(|| RawWord { raw: String::new(), start: at });
        word.raw.push(c);
        at += c.len_utf8();
        if c == escape && quote != Some('\'') {
            if let Some(next) = rest[c.len_utf8()..].chars().next() {
                word.raw.push(next);
                at += next.len_utf8();
            }
        } else if matches!(c, '"' | '\'') {
            quote = match quote {
                None => Some(c),
                Some(open) if open == c => None,
                same => same,
            };
        }
    }
    out.extend(open);
    out
}

/// The length of an escape character, the end of its line, and the comment lines after it.
fn continuation(rest: &str) -> Option<usize> {
    let (line, _) = rest.split_once('\n')?;
    let mut characters = line.chars();
    characters.next()?;
    if !characters.as_str().trim().is_empty() {
        return None;
    }
    let mut length = line.len() + 1;
    for line in rest[length..].split_inclusive('\n') {
        if !line.trim_start().starts_with('#') {
            break;
        }
        length += line.len();
    }
    Some(length)
}
