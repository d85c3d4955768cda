//! Where things stand: template files by number, values by origin.

use gotemplate::{Origin, Place, Text, Value, yaml};
use plimsoll_model::{At, FileId};

use crate::corpus::Corpus;
use crate::tree::json::LineIndex;

/// Values files beyond this many values are read without places; the largest public one has 20,000.
const ORIGINS_MAX: usize = 2_000_000;

/// The places of one rendering.
#[derive(Default)]
pub(super) struct Places {
    templates: Vec<(FileId, Option<LineIndex>)>,
    values: Vec<At>,
}

impl Places {
    /// The number of a template file. One inside of an archive has no lines of its own.
    pub(super) fn template(&mut self, file: FileId, text: Option<&str>) -> u32 {
        self.templates.push((file, text.map(LineIndex::new)));
        self.templates.len() as u32 - 1
    }

    /// The line of a place in a template.
    pub(super) fn of_template(&self, corpus: &Corpus, place: Place) -> Option<At> {
        let (file, lines) = self.templates.get(place.file as usize)?;
        let at = match (lines, corpus.text(*file)) {
            (Some(lines), Ok(text)) => lines.at(*file, text, place.offset as usize),
            _ => At::whole(*file),
        };
        Some(at)
    }

    /// The line that states a value.
    pub(super) fn of_value(&self, origin: Origin) -> Option<At> {
        self.values.get(origin.index()).copied()
    }

    /// An origin for a place.
    pub(super) fn origin(&mut self, at: At) -> Option<Origin> {
        if self.values.len() >= ORIGINS_MAX {
            return None;
        }
        self.values.push(at);
        Origin::new(self.values.len() - 1)
    }

    /// Reads a values file: all its documents, the later ones over the earlier.
    ///
    /// # Errors
    /// The text is no YAML, or no mapping; with the line.
    pub(super) fn read(&mut self, file: FileId, text: &str) -> Result<Value, (At, String)> {
        let mut merged = Value::map(Vec::<(&str, Value)>::new());
        for (start, part) in documents(text) {
            let value = self.document(file, text, start, part)?;
            match (merged.as_map(), value.as_map()) {
                (Some(into), Some(from)) => super::values::overlay(into, from),
                _ if value.is_nil() => {}
                _ => return Err((At::new(file, 1, 1), "a values file holds keys; this one does not".to_owned())),
            }
            if merged.origin.is_none() {
                merged.origin = value.origin;
            }
        }
        Ok(merged)
    }

    fn document(&mut self, file: FileId, text: &str, start: usize, part: &str) -> Result<Value, (At, String)> {
        let lines = LineIndex::new(text);
        let plain =
            yaml::parse_with(&Text::from(part), &mut |offset| self.origin(lines.at(file, text, start + offset)));
        let error = match plain {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        // The parsers that people run let brackets end left of where they should.
        let (moved, shifts) = crate::tree::moved_lines(part);
        let first_line = lines.at(file, text, start).line;
        let moved_index = LineIndex::new(&moved);
        let again = yaml::parse_with(&Text::from(moved.as_str()), &mut |offset| {
            let mut at = moved_index.at(file, &moved, offset);
            if shifts.get(at.line as usize - 1).is_some_and(|moved| *moved) {
                at.column = at.column.saturating_sub(crate::tree::MOVED).max(1);
            }
            at.line += first_line - 1;
            self.origin(at)
        });
        again.map_err(|_| (At::new(file, error.line as u32 + first_line - 1, 1), error.message))
    }
}

/// The documents of a text: what stands between lines that begin with `---`, and where each begins.
pub(super) fn documents(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if line.starts_with("---") {
            out.push((start, &text[start..at]));
            // What follows the marker on its line belongs to the document, as a comment or a value.
            start = at + 3;
        }
        at = end;
    }
    out.push((start, &text[start..]));
    out.retain(|(_, part)| !part.trim().is_empty());
    out
}
