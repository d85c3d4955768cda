//! Lines inside of brackets or quotes that stand too far to the left.
//!
//! YAML 1.2 wants the lines of `[…]`, `{…}` and quoted text further in than the key they belong to; the kept parser insists
//! on it. The parsers that people run (libyaml, go-yaml) do not, and files with a closing bracket right below its key are
//! everywhere. A text that fails for this is read again with such lines moved to the right.
//!
//! Not here: any other leniency. A text that parses as it stands is never touched.

/// By how many columns a line is moved: more than any sensible indentation.
pub(crate) const MOVED: u32 = 128;

/// The text with every line moved that begins inside of brackets or quotes, and for each line whether it was.
pub(crate) fn moved_lines(text: &str) -> (String, Vec<bool>) {
    let mut scan = Scan { depth: 0, quote: None, block: None };
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut moved = Vec::new();
    for line in text.split_inclusive('\n') {
        let inside = scan.depth > 0 || scan.quote.is_some();
        let blank = line.trim().is_empty();
        moved.push(inside && !blank);
        if inside && !blank {
            out.extend(std::iter::repeat_n(' ', MOVED as usize));
        }
        out.push_str(line);
        scan.line(line.trim_end_matches(['\n', '\r']));
    }
    (out, moved)
}

struct Scan {
    /// Open brackets.
    depth: usize,
    /// The quote that is open.
    quote: Option<char>,
    /// The column that lines of a block text are right of, where one is open.
    block: Option<usize>,
}

impl Scan {
    fn line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if let Some(column) = self.block {
            if line.trim().is_empty() || indent > column {
                return;
            }
            self.block = None;
        }
        if self.depth == 0 && self.quote.is_none() && (line.starts_with("---") || line.starts_with("...")) {
            return;
        }
        let mut start = self.quote.is_none();
        let mut key_column = indent;
        let mut chars = line.char_indices().skip(if start { indent } else { 0 }).peekable();
        let mut before = ' ';
        while let Some((column, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            match self.quote {
                Some('"') if c == '\\' => {
                    chars.next();
                }
                Some('\'') if c == '\'' && next == Some('\'') => {
                    chars.next();
                }
                Some(quote) if c == quote => {
                    self.quote = None;
                    start = false;
                }
                Some(_) => {}
                None if c == '#' && before.is_whitespace() => return,
                None if start && matches!(c, '"' | '\'') => self.quote = Some(c),
                None if start && matches!(c, '|' | '>') && self.depth == 0 => {
                    self.block = Some(key_column);
                    return;
                }
                None if start && matches!(c, '&' | '!' | '*') => {
                    let ends = |c: char| c.is_whitespace() || (self.depth > 0 && matches!(c, ',' | ']' | '}'));
                    while chars.next_if(|(_, c)| !ends(*c)).is_some() {}
                }
                None if matches!(c, '[' | '{') && (start || self.depth > 0) => {
                    self.depth += 1;
                    start = true;
                }
                None if matches!(c, ']' | '}') && self.depth > 0 => {
                    self.depth -= 1;
                    start = false;
                }
                None if c == ',' && self.depth > 0 => start = true,
                None if c == ':' && next.is_none_or(char::is_whitespace) => start = true,
                None if c == ':' && self.depth > 0 && matches!(before, '"' | '\'') => start = true,
                None if start && matches!(c, '-' | '?') && self.depth == 0 && next == Some(' ') => {
                    key_column = column + 2;
                }
                None if c.is_whitespace() => {}
                None => start = false,
            }
            before = c;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[usize]) {
        let (_, moved) = moved_lines(text);
        let lines: Vec<usize> = (1..).zip(moved).filter(|(_, moved)| *moved).map(|(line, _)| line).collect();
        assert_eq!(lines, expect, "{text}");
    }

    #[test]
    fn lines_inside_of_brackets_and_quotes_are_moved() {
        check("a: [\n1,\n{b: 2,\nc: 3}\n]\nd: 1\n", &[2, 3, 4, 5]);
        check("a: \"x\ny\"\nb: 'it''s\n  z'\nc: 1\n", &[2, 4]);
        check("- &x [\n]\n- !t {\n}\n", &[2, 4]);
        check("<<: [*x, *y]\nb: 1\n", &[]);
    }

    #[test]
    fn brackets_and_quotes_in_plain_and_block_text_open_nothing() {
        check("a: it's [here {\nb: x\n", &[]);
        check("- a: |\n    [ \" '\n  b: >-\n    {\n  c: [\n  ]\n", &[6]);
        check("a: x # [ \"\nb: 1\n", &[]);
    }
}
