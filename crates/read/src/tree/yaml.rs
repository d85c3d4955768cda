//! YAML into trees: a kept parser's events, each with its place.
//!
//! Merge keys (`<<`, lists of them too) are applied; a duplicate key is a problem and the last wins; alias expansion has
//! a budget of nodes; a document that cannot be parsed is a problem with its place, and the documents after it are read.
//!
//! Not here: which version's words are booleans is asked by [`Schema`], since Kubernetes reads YAML 1.1 and Compose 1.2.

use std::collections::BTreeMap;

use plimsoll_model::{At, FileId, Problem};
use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::keys::Keys;
use super::{DEPTH_MAX, Data, Entry, Node, ScalarKind, flow};

/// Nodes that the aliases of one file may expand to. A bomb of nine levels of nine aliases would be 387 million.
const ALIAS_BUDGET: usize = 200_000;

/// Which plain words mean a boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// `yes`, `no`, `on` and `off` are booleans: Kubernetes, Helm.
    Yaml11,
    /// Only `true` and `false` are: Compose, OpenAPI, plimsoll.yaml.
    Yaml12,
}

/// The documents of one file and what could not be read of it.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// In the order of the text; empty documents left out.
    pub roots: Vec<Node>,
    /// Each with its place.
    pub problems: Vec<Problem>,
}

/// Reads all documents of a text.
pub fn parse(file: FileId, text: &str, schema: Schema) -> Documents {
    let mut out = Documents::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines_before = 0u32;
    loop {
        let mut builder = Builder::new(file, schema, lines_before);
        let mut stopped = builder.run(rest);
        if let Some(line) = stopped.filter(|_| builder.misplaced) {
            let (text, moved) = flow::moved_lines(rest);
            let mut again = Builder { moved, ..Builder::new(file, schema, lines_before) };
            let stopped_again = again.run(&text);
            if stopped_again.is_none_or(|other| other > line) {
                (builder, stopped) = (again, stopped_again);
            }
        }
        out.roots.append(&mut builder.roots);
        out.problems.append(&mut builder.problems);
        let Some(line) = stopped else { break };
        // The parser cannot go on after an error: take up again at the next document marker.
        let Some((skipped, start)) = next_document(rest, line.saturating_sub(lines_before)) else { break };
        lines_before += skipped;
        rest = &rest[start..];
    }
    out
}

/// The line count and byte offset of the first `---` line after `line` (counted from 1).
fn next_document(text: &str, line: u32) -> Option<(u32, usize)> {
    let mut offset = 0;
    for (index, each) in text.split_inclusive('\n').enumerate() {
        if index as u32 > line.saturating_sub(1) && index > 0 && each.starts_with("---") {
            return Some((index as u32, offset));
        }
        offset += each.len();
    }
    None
}

/// What a plain scalar means.
pub fn resolve_plain(text: &str, schema: Schema) -> ScalarKind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ScalarKind::Null,
        "true" | "True" | "TRUE" => return ScalarKind::Bool(true),
        "false" | "False" | "FALSE" => return ScalarKind::Bool(false),
        _ => {}
    }
    if schema == Schema::Yaml11 {
        match text {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return ScalarKind::Bool(true),
            "no" | "No" | "NO" | "off" | "Off" | "OFF" => return ScalarKind::Bool(false),
            _ => {}
        }
        // YAML 1.1 lets `_` stand between digits and knows binary numbers.
        if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')) {
            let digits = text.replace('_', "");
            let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(&digits);
            let binary = unsigned.strip_prefix("0b");
            if binary.is_some_and(|b| !b.is_empty() && b.bytes().all(|b| matches!(b, b'0' | b'1'))) {
                return ScalarKind::Integer;
            }
            return number_kind(&digits);
        }
    }
    number_kind(text)
}

/// The tag of plain dates and times in YAML 1.1. They are texts here; the tag tells them from quoted ones.
pub const TIMESTAMP: &str = "tag:yaml.org,2002:timestamp";

/// The tag of base64 texts; the text is kept as it is spelled.
pub const BINARY: &str = "tag:yaml.org,2002:binary";

/// The tag of folded texts some of whose lines are indented further; writers that fold them again may change them.
pub const FOLDED: &str = "!folded";

/// Whether a plain text is a date or time of YAML 1.1: it begins with `2006-1-2`.
fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let short = |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
    let day = rest.split(['T', 't', ' ']).next().unwrap_or_default();
    year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && short(month) && short(day)
}

fn number_kind(text: &str) -> ScalarKind {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
        return ScalarKind::Integer;
    }
    let hex = unsigned.strip_prefix("0x").is_some_and(|h| !h.is_empty() && h.bytes().all(|b| b.is_ascii_hexdigit()));
    let octal =
        unsigned.strip_prefix("0o").is_some_and(|o| !o.is_empty() && o.bytes().all(|b| matches!(b, b'0'..=b'7')));
    if hex || octal {
        return ScalarKind::Integer;
    }
    if matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return ScalarKind::Float;
    }
    let starts = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let shaped = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if starts && shaped && unsigned.bytes().any(|b| b.is_ascii_digit()) && text.parse::<f64>().is_ok() {
        return ScalarKind::Float;
    }
    ScalarKind::Text
}

/// An open collection.
enum Open {
    Sequence { node: Node, anchor: usize },
    Mapping { node: Node, anchor: usize, key: Option<(String, At)>, merges: Vec<Node>, keys: Keys },
}

struct Builder {
    file: FileId,
    schema: Schema,
    lines_before: u32,
    roots: Vec<Node>,
    problems: Vec<Problem>,
    stack: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    budget: usize,
    /// A document that is too deep or expands too far is dropped as a whole.
    spoiled: bool,
    /// Whether the text failed for a line that stands too far to the left.
    misplaced: bool,
    /// Lines that [`flow`] has moved to the right.
    moved: Vec<bool>,
    /// Where the text ends, in characters, if its last line is not ended.
    open_end: Option<usize>,
}

impl Builder {
    fn new(file: FileId, schema: Schema, lines_before: u32) -> Self {
        Self {
            file,
            schema,
            lines_before,
            roots: Vec::new(),
            problems: Vec::new(),
            stack: Vec::new(),
            anchors: BTreeMap::new(),
            budget: ALIAS_BUDGET,
            spoiled: false,
            misplaced: false,
            moved: Vec::new(),
            open_end: None,
        }
    }

    /// Reads events until the end or an error; returns the line of the error.
    fn run(&mut self, text: &str) -> Option<u32> {
        self.open_end = (!text.ends_with('\n')).then(|| text.chars().count());
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => {
                    self.take(event, span);
                    if self.spoiled {
                        return self.problems.last().map(|problem| problem.at.line);
                    }
                }
                Err(error) => {
                    let line = error.marker().line() as u32 + self.lines_before;
                    let column = self.column(error.marker().line(), error.marker().col());
                    let at = At::new(self.file, line.max(1), column);
                    self.misplaced = error.info().contains("indentation");
                    let message = format!("not valid YAML: {}; this document is left out", error.info());
                    self.problems.push(Problem { at, message });
                    return Some(line);
                }
            }
        }
        None
    }

    fn at(&self, span: Span) -> At {
        let column = self.column(span.start.line(), span.start.col());
        At::new(self.file, span.start.line() as u32 + self.lines_before, column)
    }

    /// The column in the text as it was given, from 1.
    fn column(&self, line: usize, column: usize) -> u32 {
        let moved = line.checked_sub(1).and_then(|index| self.moved.get(index)).is_some_and(|moved| *moved);
        (column as u32).saturating_sub(if moved { flow::MOVED } else { 0 }) + 1
    }

    fn problem(&mut self, at: At, message: impl Into<String>) {
        self.problems.push(Problem { at, message: message.into() });
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        let at = self.at(span);
        match event {
            Event::DocumentStart(_) => {
                self.stack.clear();
                self.anchors.clear();
            }
            Event::Scalar(text, style, anchor, tag) => {
                // A block keeps the line break of its last line, which the end of the text may not have.
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let is_open = is_block && self.open_end.is_some_and(|end| span.end.index() >= end);
                let text = text.strip_suffix('\n').filter(|_| is_open).unwrap_or(&text);
                let node = self.scalar(text, style, tag.as_deref(), at);
                self.anchor(anchor, &node);
                self.place(node);
            }
            Event::SequenceStart(anchor, tag) => {
                let node = tagged(Node::new(Data::Sequence(Vec::new()), at), tag.as_deref());
                self.open(Open::Sequence { node, anchor }, at);
            }
            Event::MappingStart(anchor, tag) => {
                let node = tagged(Node::mapping(at), tag.as_deref());
                self.open(Open::Mapping { node, anchor, key: None, merges: Vec::new(), keys: Keys::default() }, at);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id, at),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn open(&mut self, open: Open, at: At) {
        if self.stack.len() >= DEPTH_MAX {
            self.problem(at, format!("nested deeper than {DEPTH_MAX} levels; this document is left out"));
            self.spoiled = true;
            return;
        }
        self.stack.push(open);
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, at: At) -> Node {
        let mut kind = match style {
            ScalarStyle::Plain => resolve_plain(text, self.schema),
            _ => ScalarKind::Text,
        };
        if let Some(tag) = tag.filter(|tag| tag.is_yaml_core_schema()) {
            kind = match tag.suffix.as_str() {
                "str" | "binary" => ScalarKind::Text,
                "null" => ScalarKind::Null,
                _ if kind == ScalarKind::Text => resolve_plain(text, self.schema),
                _ => kind,
            };
        }
        let mut node = tagged(Node::scalar(text, kind, at), tag);
        if tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "binary") {
            node.tag = Some(BINARY.into());
        } else if self.schema == Schema::Yaml11
            && style == ScalarStyle::Plain
            && tag.is_none()
            && kind == ScalarKind::Text
            && is_timestamp(text)
        {
            node.tag = Some(TIMESTAMP.into());
        } else if style == ScalarStyle::Folded && tag.is_none() && text.contains(['\n', '\t', ' ']) {
            let is_indented = |line: &str| line.starts_with([' ', '\t']);
            if text.lines().any(is_indented) {
                node.tag = Some(FOLDED.into());
            }
        }
        node
    }

    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            let size = size(node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    fn alias(&mut self, id: usize, at: At) {
        let Some((node, size)) = self.anchors.get(&id) else {
            self.problem(at, "an alias to an anchor that is not complete here; taken as null");
            self.place(Node::scalar("", ScalarKind::Null, at));
            return;
        };
        if *size > self.budget {
            self.problem(at, format!("aliases expand to more than {ALIAS_BUDGET} values; this document is left out"));
            self.spoiled = true;
            return;
        }
        self.budget -= size;
        let node = node.clone();
        if self.stack.len() + depth(&node) > DEPTH_MAX {
            self.problem(at, format!("nested deeper than {DEPTH_MAX} levels; this document is left out"));
            self.spoiled = true;
            return;
        }
        self.place(node);
    }

    fn close(&mut self) {
        match self.stack.pop() {
            Some(Open::Sequence { node, anchor }) => {
                self.anchor(anchor, &node);
                self.place(node);
            }
            Some(Open::Mapping { mut node, anchor, merges, mut keys, .. }) => {
                for merge in merges {
                    self.merge(&mut node, merge, &mut keys);
                }
                self.anchor(anchor, &node);
                self.place(node);
            }
            None => {}
        }
    }

    /// Keys of the merged mapping that are not there yet are added; earlier merges win over later ones.
    fn merge(&mut self, node: &mut Node, merge: Node, keys: &mut Keys) {
        match merge.value {
            Data::Mapping(entries) => {
                if let Data::Mapping(own) = &mut node.value {
                    for entry in entries {
                        if keys.find(own, &entry.key).is_none() {
                            own.push(entry);
                        }
                    }
                }
            }
            Data::Sequence(items) => {
                for item in items {
                    self.merge(node, item, keys);
                }
            }
            Data::Scalar(_) => self.problem(merge.at, "`<<` merges mappings only; this value is left out"),
        }
    }

    fn place(&mut self, node: Node) {
        let (file_at, duplicate) = match self.stack.last_mut() {
            None => {
                if !node.is_null() {
                    self.roots.push(node);
                }
                return;
            }
            Some(Open::Sequence { node: Node { value: Data::Sequence(items), .. }, .. }) => {
                items.push(node);
                return;
            }
            Some(Open::Sequence { .. }) => return,
            Some(Open::Mapping { node: mapping, key, merges, keys, .. }) => match key.take() {
                None => {
                    let at = node.at;
                    match node.value {
                        Data::Scalar(scalar) => {
                            *key = Some((scalar.text, at));
                            return;
                        }
                        _ => {
                            *key = Some((String::from("?"), at));
                            (at, None)
                        }
                    }
                }
                Some((name, _)) if name == "<<" && !matches!(node.value, Data::Scalar(_)) => {
                    merges.push(node);
                    return;
                }
                Some((name, key_at)) => {
                    let Data::Mapping(entries) = &mut mapping.value else { return };
                    match keys.find(entries, &name) {
                        Some(index) => {
                            entries[index].value = node;
                            entries[index].key_at = key_at;
                            (key_at, Some(name))
                        }
                        None => {
                            entries.push(Entry { key: name, key_at, value: node });
                            return;
                        }
                    }
                }
            },
        };
        match duplicate {
            Some(name) => self.problem(file_at, format!("the key `{name}` is given twice; the last one counts")),
            None => self.problem(file_at, "a mapping or list as a key is not read; write the key as text"),
        }
    }
}

fn tagged(mut node: Node, tag: Option<&Tag>) -> Node {
    if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
        node.tag = Some(format!("{}{}", tag.handle, tag.suffix).into_boxed_str());
    }
    node
}

/// How much of the budget a value takes: each node, and each 64 bytes of its text.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Data::Scalar(scalar) => scalar.text.len() / 64,
        Data::Sequence(items) => items.iter().map(size).sum(),
        Data::Mapping(entries) => entries.iter().map(|entry| size(&entry.value)).sum(),
    }
}

fn depth(node: &Node) -> usize {
    1 + match &node.value {
        Data::Scalar(_) => 0,
        Data::Sequence(items) => items.iter().map(depth).max().unwrap_or(0),
        Data::Mapping(entries) => entries.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::write::to_yaml;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expect: Expect) {
        let documents = parse(FileId(0), text, Schema::Yaml12);
        let mut shown: String = documents.roots.iter().map(|root| format!("{}---\n", to_yaml(root))).collect();
        for problem in &documents.problems {
            shown += &format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message);
        }
        expect.assert_eq(&shown);
    }

    #[test]
    fn merges_of_lists_are_applied_and_own_keys_win() {
        check(
            "a: &a { x: 1, y: 2 }\nb: &b { y: 3, z: 4 }\nc: { <<: [*a, *b], x: 9 }\n",
            expect![[r#"
                a:
                  x: 1
                  "y": 2
                b:
                  "y": 3
                  z: 4
                c:
                  x: 9
                  "y": 2
                  z: 4
                ---
            "#]],
        );
    }

    #[test]
    fn brackets_and_quotes_may_end_left_of_where_they_should() {
        check(
            "a:\n  b: [\n    1\n  ]\n  c: {\nd: \"x\n y\"\n}\ne: 1\n",
            expect![[r#"
                a:
                  b:
                  - 1
                  c:
                    d: x y
                e: 1
                ---
            "#]],
        );
    }

    #[test]
    fn a_block_ends_without_a_line_break_where_the_text_does() {
        let text = |text: &str| {
            let documents = parse(FileId(0), text, Schema::Yaml12);
            documents.roots[0].str_at("a").unwrap().to_owned()
        };
        assert_eq!(text("a: |\n  x\n  y"), "x\ny");
        assert_eq!(text("a: |\n  x\n  y\n"), "x\ny\n");
        assert_eq!(text("a: |\n  x\nb: 1"), "x\n");
        assert_eq!(text("a: |-\n  x"), "x");
    }

    #[test]
    fn a_duplicate_key_is_a_problem_and_the_last_wins() {
        check(
            "a: 1\nb: 2\na: 3\n",
            expect![[r#"
                a: 3
                b: 2
                ---
                3:1 the key `a` is given twice; the last one counts
            "#]],
        );
    }

    #[test]
    fn a_broken_document_does_not_stop_the_next() {
        check(
            "a: 1\n---\nb: [1, 2\nc: }\n---\nd: 4\n",
            expect![[r#"
                a: 1
                ---
                d: 4
                ---
                4:2 not valid YAML: illegal placement of ':' indicator; this document is left out
            "#]],
        );
    }

    #[test]
    fn an_alias_bomb_is_dropped_with_its_place() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let previous = format!("*a{}, ", level - 1).repeat(9);
            text += &format!("a{level}: &a{level} [{previous}]\n");
        }
        let documents = parse(FileId(0), &text, Schema::Yaml12);
        assert_eq!(documents.roots.len(), 0);
        assert!(documents.problems[0].message.contains("aliases expand"));
    }

    #[test]
    fn ten_thousand_levels_are_a_problem_not_a_crash() {
        let text = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let documents = parse(FileId(0), &text, Schema::Yaml12);
        assert_eq!(documents.roots.len(), 0);
        assert_eq!(documents.problems.len(), 1);
    }
}
