//! Continuation lines that YAML forbids and libyaml takes: inside `[…]`, `{…}` and quotes they may stand at the margin.
//!
//! ```yaml
//! command: [
//!   run
//! ]
//! ```
//!
//! Everything in the Kubernetes world is read with libyaml or a port of it, and manifests are written like this. The
//! white space that begins such a line means nothing, so the text is given more of it and read again.
//!
//! Not here: whether a text needs it. It is tried where the text as it stands is not valid.

use std::collections::BTreeMap;

/// A text with more white space before its continuation lines: the text, and by how much which lines (from 1) moved.
pub(super) fn widened(text: &str) -> (String, BTreeMap<u32, u32>) {
    let mut scanner = Scanner::default();
    let (mut out, mut moved) = (String::with_capacity(text.len() + text.len() / 8), BTreeMap::new());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if scanner.is_inside() && !line.trim().is_empty() {
            let by = scanner.margin.min(MARGIN_MAX) + 1;
            out.extend(std::iter::repeat_n(' ', by));
            moved.insert(index as u32 + 1, by as u32);
        }
        out.push_str(line);
        scanner.line(line.trim_end_matches(['\n', '\r']));
    }
    (out, moved)
}

/// Lines are moved no further than this, so that a text cannot grow beyond measure.
const MARGIN_MAX: usize = 255;

/// Knows whether a line begins inside brackets or quotes. It follows lines, not YAML: where it is wrong, the text that
/// comes out is not valid either.
#[derive(Default)]
struct Scanner {
    /// How many brackets are open.
    depth: usize,
    /// The quote that is open.
    quote: Option<char>,
    /// The column that the lines of a block text must exceed.
    block: Option<usize>,
    /// The indentation of the line that opened the outermost bracket or quote.
    margin: usize,
}

impl Scanner {
    fn is_inside(&self) -> bool {
        self.depth > 0 || self.quote.is_some()
    }

    fn line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if !self.is_inside() {
            if let Some(column) = self.block {
                if line.trim().is_empty() || indent > column {
                    return;
                }
                self.block = None;
            }
            self.margin = key_column(line).1;
        }
        let mut before = None;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if let Some(quote) = self.quote {
                match c {
                    '\\' if quote == '"' => drop(chars.next()),
                    '\'' if quote == '\'' && chars.next_if(|(_, next)| *next == '\'').is_some() => {}
                    c if c == quote => self.quote = None,
                    _ => {}
                }
                before = Some(c);
                continue;
            }
            if c == '#' && line[..at].ends_with([' ', '\t']) || c == '#' && at == 0 {
                return;
            }
            match c {
                '"' | '\'' if self.opens(line, at, before) => self.quote = Some(c),
                '[' | '{' if self.opens(line, at, before) => self.depth += 1,
                ']' | '}' => self.depth = self.depth.saturating_sub(1),
                '|' | '>' if self.depth == 0 && self.opens(line, at, before) => {
                    self.block = Some(block_column(line, at));
                    return;
                }
                _ => {}
            }
            if !c.is_whitespace() {
                before = Some(c);
            }
        }
    }

    /// Whether a value may begin at this place of a line.
    fn opens(&self, line: &str, at: usize, before: Option<char>) -> bool {
        if self.depth > 0 {
            return before.is_none_or(|c| matches!(c, '[' | '{' | ',' | ':'));
        }
        let is_apart = at == 0 || line[..at].ends_with([' ', '\t']);
        if !is_apart {
            return false;
        }
        let head = line[..at].trim_end();
        let last = head.rsplit(' ').next().unwrap_or_default();
        head.ends_with(':') || matches!(last, "" | "-" | "?") || last.starts_with(['!', '&'])
    }
}

/// Where the first key of a line stands, after its dashes, and where its last dash or else that key stands.
fn key_column(line: &str) -> (usize, usize) {
    let (mut key, mut dash) = (0, None);
    loop {
        let rest = &line[key..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if !rest.trim_start().starts_with("- ") {
            key += spaces;
            return (key, dash.unwrap_or(key));
        }
        dash = Some(key + spaces);
        key += spaces + 1;
    }
}

/// The column that the lines of a block text must exceed: that of its key, or of the dash before it.
fn block_column(line: &str, at: usize) -> usize {
    let (key, dash) = key_column(line);
    if key == at { dash } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&widened(text).0);
    }

    #[test]
    fn lines_inside_brackets_and_quotes_move_and_no_others() {
        check(
            "a:\n  b: [\n  x, # ]\n]\n  c: \"one\n two\"\n  d: it's [not] \"open\n  e: 'it''s\n\n  x'\n",
            expect![[r#"
                a:
                  b: [
                     x, # ]
                   ]
                  c: "one
                    two"
                  d: it's [not] "open
                  e: 'it''s

                     x'
            "#]],
        );
    }

    #[test]
    fn block_texts_stay_whatever_they_hold() {
        check(
            "- a: |\n    [ \"\n  b: {\n}\n- >-\n  '\n- x\n",
            expect![[r#"
                - a: |
                    [ "
                  b: {
                   }
                - >-
                  '
                - x
            "#]],
        );
    }
}
