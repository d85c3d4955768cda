//! The sheet that sections write on: headings, tables, and wrapped lines with a hanging indent.

use super::TextOptions;
use super::paint::{Ink, paint};
use super::table::{Cell, Table};

/// How far a section's lines stand in.
pub(crate) const INDENT: usize = 2;
/// How many rows of a gap are shown until everything is asked for.
pub(crate) const FEW: usize = 6;

/// Text so far, and how it is to look.
pub(crate) struct Sheet<'o> {
    pub(crate) options: &'o TextOptions,
    pub(crate) out: String,
}

impl<'o> Sheet<'o> {
    pub(crate) fn new(options: &'o TextOptions) -> Self {
        Self { options, out: String::new() }
    }

    /// A heading after an empty line, and a remark beside it.
    pub(crate) fn heading(&mut self, heading: &str, remark: &str) {
        self.out.push('\n');
        self.out.push_str(&self.ink(Ink::Heading, heading));
        if !remark.is_empty() {
            self.out.push_str("  ");
            self.out.push_str(&self.ink(Ink::Quiet, remark));
        }
        self.out.push('\n');
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.out.push_str(&table.render(self.options.width, self.options.colour, INDENT));
    }

    /// One line that stands in, cut to the width.
    pub(crate) fn line(&mut self, ink: Ink, text: &str) {
        let text = crate::words::cut(text, self.options.width.saturating_sub(INDENT));
        self.out.push_str(&" ".repeat(INDENT));
        self.out.push_str(&self.ink(ink, &text));
        self.out.push('\n');
    }

    /// One line that stands in and is never cut, since places are there to be copied.
    pub(crate) fn whole(&mut self, ink: Ink, text: &str) {
        self.out.push_str(&" ".repeat(INDENT));
        self.out.push_str(&self.ink(ink, text));
        self.out.push('\n');
    }

    /// A sentence that stands in and wraps between words, further in from its second line on.
    pub(crate) fn sentence(&mut self, ink: Ink, text: &str) {
        let room = self.options.width.saturating_sub(INDENT * 3).max(20);
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        for (index, line) in lines.iter().enumerate() {
            let further = if index > 0 { INDENT * 2 } else { 0 };
            self.out.push_str(&" ".repeat(INDENT + further));
            self.out.push_str(&self.ink(ink, line));
            self.out.push('\n');
        }
    }

    /// A name in a column of its own, then pieces that wrap beside it. A piece is never broken, only cut.
    pub(crate) fn beside(&mut self, name: &Cell, column: usize, pieces: &[Cell]) {
        let left = INDENT + column + 2;
        let room = self.options.width.saturating_sub(left).max(12);
        let shown = crate::words::cut(&name.1, column);
        let mut line = " ".repeat(INDENT);
        line.push_str(&self.ink(name.0, &shown));
        line.push_str(&" ".repeat(column.saturating_sub(shown.chars().count()) + 2));
        let mut used = 0;
        for (ink, piece) in pieces {
            let piece = crate::words::cut(piece, room);
            let length = piece.chars().count();
            if used > 0 && used + 1 + length > room {
                self.out.push_str(line.trim_end());
                self.out.push('\n');
                line = " ".repeat(left);
                used = 0;
            }
            let piece = if used == 0 { piece.trim_start() } else { &piece };
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(&self.ink(*ink, piece));
            used += piece.chars().count();
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// How many rows of so many are shown.
    pub(crate) fn shown(&self, count: usize) -> usize {
        if self.options.unmatched || count <= FEW + 1 { count } else { FEW }
    }

    /// Says how many rows were left out, and how to see them.
    pub(crate) fn rest(&mut self, count: usize) {
        let rest = count - self.shown(count);
        if rest > 0 {
            self.line(Ink::Quiet, &format!("… and {rest} more: --unmatched lists them"));
        }
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        paint(self.options.colour, ink, text)
    }
}

/// A column wide enough for the names, within reason.
pub(crate) fn name_column<'a>(names: impl Iterator<Item = &'a String>) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or(0).min(28)
}
