//! Values into YAML, byte for byte as Go's emitter writes them, since templates cut the text with `indent` and `trim`.
//!
//! # Source
//! `stringv` of `sigs.k8s.io/yaml/goyaml.v2` and the scalar analysis of libyaml's emitter below it.

use super::resolve::{self, Meaning};
use crate::json;
use crate::number;
use crate::place::{Builder, Text};
use crate::print::DEPTH_MAX;
use crate::value::{Data, Value};

/// Lines are folded at the first space beyond this column.
const WIDTH: usize = 80;

/// How lists below keys stand.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Style {
    /// As deep as their key: `toYaml`.
    Level,
    /// Two columns deeper: `toYamlPretty`.
    Indented,
}

/// A value as YAML, with a line feed at its end. Nothing where it is nested too deep, as a map that holds itself.
pub(crate) fn write(value: &Value, style: Style) -> Option<Text> {
    let mut writer = Writer { out: Builder::default(), column: 0, style };
    writer.node(value, 0, Position::Root, 0)?;
    Some(writer.out.finish())
}

#[derive(Clone, Copy, PartialEq)]
enum Position {
    Root,
    /// After `key:`.
    Key,
    /// After `- `.
    Dash,
}

struct Writer {
    out: Builder,
    /// Characters on the line so far.
    column: usize,
    style: Style,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = text[at + 1..].chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn spaces(&mut self, count: usize) {
        self.push(&" ".repeat(count));
    }

    fn node(&mut self, value: &Value, indent: usize, position: Position, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match &value.data {
            Data::Object(object) => return self.node(&object.plain(), indent, position, depth + 1),
            Data::List(list) if !list.items().is_empty() => {
                if position == Position::Key {
                    self.push("\n");
                }
                for (index, item) in list.items().iter().enumerate() {
                    if index > 0 || position != Position::Dash {
                        self.spaces(indent);
                    }
                    self.push("- ");
                    self.node(item, indent + 2, Position::Dash, depth + 1)?;
                }
            }
            Data::Map(map) if !map.is_empty() => {
                if position == Position::Key {
                    self.push("\n");
                }
                for (index, (key, item)) in map.entries().iter().enumerate() {
                    if index > 0 || position != Position::Dash {
                        self.spaces(indent);
                    }
                    self.text(key, indent, Place::Key);
                    self.push(":");
                    let level = self.style == Style::Level && matches!(item.data, Data::List(_));
                    self.node(item, if level { indent } else { indent + 2 }, Position::Key, depth + 1)?;
                }
            }
            _ => {
                if position == Position::Key {
                    self.push(" ");
                }
                self.scalar(value, indent.max(if position == Position::Root { 2 } else { 0 }));
                self.push("\n");
            }
        }
        Some(())
    }

    fn scalar(&mut self, value: &Value, indent: usize) {
        if value.origin.is_some() {
            self.out.mark(None, value.origin, false);
        }
        match &value.data {
            Data::Nil => self.push("null"),
            Data::Bool(flag) => self.push(if *flag { "true" } else { "false" }),
            Data::Int(n) | Data::Int64(n) | Data::Duration(n) => self.push(&n.to_string()),
            Data::Float(n) => {
                let text = json::float(*n);
                let whole = matches!(resolve::meaning(&text), Meaning::Int(_));
                self.push(&if whole { text } else { number::float(*n) });
            }
            Data::Text(text) if value.origin.is_none() && !text.marks().is_empty() => {
                let mark = text.marks()[0];
                self.out.mark(mark.place, mark.value, false);
                self.text(text, indent, Place::Value);
                self.out.mark(None, None, false);
            }
            Data::Text(text) => self.text(text, indent, Place::Value),
            Data::List(_) => self.push("[]"),
            Data::Map(_) => self.push("{}"),
            Data::Bytes(_) | Data::Time(_) | Data::Object(_) => {
                let text = json::write(value, json::Escapes::Plain).unwrap_or_default();
                let text = text.trim_matches('"').to_owned();
                self.text(&text, indent, Place::Value);
            }
        }
        if value.origin.is_some() {
            self.out.mark(None, None, false);
        }
    }

    fn text(&mut self, text: &str, indent: usize, place: Place) {
        let facts = Facts::of(text);
        let is_text = resolve::meaning_of_text(text) && !resolve::is_sexagesimal(text);
        if text.contains('\n') {
            if place == Place::Value && facts.block_allowed {
                return self.literal(text, indent);
            }
            return self.double(text, indent, place);
        }
        if !is_text {
            return self.double(text, indent, place);
        }
        if facts.plain_allowed {
            return self.plain(text, indent, place);
        }
        if facts.single_allowed {
            return self.single(text, indent, place);
        }
        self.double(text, indent, place)
    }

    fn fold(&mut self, indent: usize) {
        self.push("\n");
        self.spaces(indent);
    }

    fn plain(&mut self, text: &str, indent: usize, place: Place) {
        let mut spaced = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == ' ' {
                if place == Place::Value && !spaced && self.column > WIDTH && chars.peek() != Some(&' ') {
                    self.fold(indent);
                } else {
                    self.push(" ");
                }
                spaced = true;
            } else {
                self.push(c.encode_utf8(&mut [0; 4]));
                spaced = false;
            }
        }
    }

    fn single(&mut self, text: &str, indent: usize, place: Place) {
        self.push("'");
        let mut spaced = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            if c == ' ' {
                let inside = at > 0 && next.is_some();
                if place == Place::Value && !spaced && self.column > WIDTH && inside && next != Some(' ') {
                    self.fold(indent);
                } else {
                    self.push(" ");
                }
                spaced = true;
            } else {
                if c == '\'' {
                    self.push("'");
                }
                self.push(c.encode_utf8(&mut [0; 4]));
                spaced = false;
            }
        }
        self.push("'");
    }

    fn double(&mut self, text: &str, indent: usize, place: Place) {
        self.push("\"");
        let mut spaced = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            if c == ' ' {
                if place == Place::Value && !spaced && self.column > WIDTH && at > 0 && next.is_some() {
                    self.fold(indent);
                    if next == Some(' ') {
                        self.push("\\");
                    }
                } else {
                    self.push(" ");
                }
                spaced = true;
                continue;
            }
            spaced = false;
            match escape(c) {
                Some(escape) => self.push(&escape),
                None => self.push(c.encode_utf8(&mut [0; 4])),
            }
        }
        self.push("\"");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.push("|");
        if text.starts_with([' ', '\n']) {
            self.push("2");
        }
        if !text.ends_with('\n') {
            self.push("-");
        } else if text == "\n" || text.ends_with("\n\n") {
            self.push("+");
        }
        self.push("\n");
        // The line feed of the last line is written by who called.
        let body = text.strip_suffix('\n').unwrap_or(text);
        for (index, line) in body.split('\n').enumerate() {
            if index > 0 {
                self.push("\n");
            }
            if !line.is_empty() {
                self.spaces(indent);
                self.push(line);
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Key,
    Value,
}

/// Which styles a text can be written in.
struct Facts {
    plain_allowed: bool,
    single_allowed: bool,
    block_allowed: bool,
}

impl Facts {
    /// libyaml's `yaml_emitter_analyze_scalar`, outside of flow collections.
    fn of(text: &str) -> Self {
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut breaks, mut special) = (false, false);
        let (mut break_space, mut space_break) = (false, false);
        let (mut previous_space, mut previous_break) = (false, false);
        let mut preceded = true;
        let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let mut chars = text.chars().peekable();
        let mut first = true;
        while let Some(c) = chars.next() {
            let followed = chars.peek().is_none_or(|next| *next == ' ' || *next == '\t' || is_break(*next));
            indicators |= match c {
                '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`'
                    if first =>
                {
                    true
                }
                '?' | '-' if first => followed,
                ':' => followed,
                '#' => preceded,
                _ => false,
            };
            special |= !is_printable(c);
            if c == ' ' {
                break_space |= previous_break;
                (previous_space, previous_break) = (true, false);
            } else if is_break(c) {
                breaks = true;
                space_break |= previous_space;
                (previous_space, previous_break) = (false, true);
            } else {
                (previous_space, previous_break) = (false, false);
            }
            preceded = c == ' ' || c == '\t' || is_break(c);
            first = false;
        }
        let edges = |c: char| c == ' ' || is_break(c);
        let edged = text.starts_with(edges) || text.ends_with(edges);
        Self {
            plain_allowed: !(text.is_empty() || edged || breaks || special || indicators || break_space || space_break),
            single_allowed: !(break_space || space_break || special),
            block_allowed: !(text.ends_with(' ') || space_break || special),
        }
    }
}

/// What libyaml calls printable: of the basic plane, without tabs and carriage returns.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn escape(c: char) -> Option<String> {
    let escape = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\0' => "\\0",
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\x0b' => "\\v",
        '\x0c' => "\\f",
        '\r' => "\\r",
        '\x1b' => "\\e",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        c if is_printable(c) => return None,
        c if (c as u32) <= 0xff => return Some(format!("\\x{:02X}", c as u32)),
        c if (c as u32) <= 0xffff => return Some(format!("\\u{:04X}", c as u32)),
        c => return Some(format!("\\U{:08X}", c as u32)),
    };
    Some(escape.to_owned())
}
