//! YAML texts into values: a kept parser's events, read by Go's rules.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::resolve;
use crate::place::Text;
use crate::value::{Data, Map, Value};

/// Deeper documents are not read.
const DEPTH_MAX: usize = 128;

/// Values that aliases may expand to.
const ALIAS_BUDGET: usize = 200_000;

/// Why a text is no YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYaml {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for NotYaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error converting YAML to JSON: yaml: line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for NotYaml {}

/// Reads the first document of a text. An empty one is nil.
///
/// What a scalar is made of keeps where it comes from, as far as the text knows it.
///
/// # Errors
/// The text is no YAML, is nested too deep, or its aliases expand too far.
pub fn parse(text: &Text) -> Result<Value, NotYaml> {
    let source = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - source.len();
    let mut reader = Reader {
        text,
        skipped,
        offsets: Offsets::of(source),
        open_end: (!source.ends_with('\n')).then(|| source.chars().count()),
        stack: Vec::new(),
        anchors: BTreeMap::new(),
        budget: ALIAS_BUDGET,
        done: None,
    };
    let mut parser = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::DocumentEnd, _)) => break,
            Ok((event, span)) => reader.take(event, span)?,
            Err(error) => {
                return Err(NotYaml { line: error.marker().line(), message: error.info().to_owned() });
            }
        }
    }
    Ok(reader.done.unwrap_or(Value::NIL))
}

/// Characters to bytes.
struct Offsets(Option<Vec<u32>>);

impl Offsets {
    fn of(text: &str) -> Self {
        let all = || text.char_indices().map(|(at, _)| at as u32).chain([text.len() as u32]).collect();
        Self((!text.is_ascii()).then(all))
    }

    fn byte(&self, character: usize) -> usize {
        match &self.0 {
            None => character,
            Some(offsets) => offsets.get(character).or(offsets.last()).map_or(0, |at| *at as usize),
        }
    }
}

enum Open {
    List { items: Vec<Value>, anchor: usize },
    Map { map: Map, anchor: usize, key: Option<Rc<str>>, merges: Vec<Value> },
}

struct Reader<'t> {
    text: &'t Text,
    skipped: usize,
    offsets: Offsets,
    open_end: Option<usize>,
    stack: Vec<Open>,
    anchors: BTreeMap<usize, (Value, usize)>,
    budget: usize,
    done: Option<Value>,
}

impl Reader<'_> {
    fn error<T>(span: Span, message: impl Into<String>) -> Result<T, NotYaml> {
        Err(NotYaml { line: span.start.line(), message: message.into() })
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), NotYaml> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), span)?;
                self.anchor(anchor, &value);
                self.place(value, style == ScalarStyle::Plain, span)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::List { items: Vec::new(), anchor }, span),
            Event::MappingStart(anchor, _) => {
                let map = Map::new(Vec::<(Rc<str>, Value)>::new());
                self.open(Open::Map { map, anchor, key: None, merges: Vec::new() }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (value, anchor) = match self.stack.pop() {
                    Some(Open::List { items, anchor }) => (Value::list(items), anchor),
                    Some(Open::Map { map, anchor, merges, .. }) => {
                        merges.into_iter().for_each(|merge| self.merge(&map, merge));
                        (Value::from(map), anchor)
                    }
                    None => return Ok(()),
                };
                self.anchor(anchor, &value);
                self.place(value, false, span)
            }
            Event::Alias(id) => match self.anchors.get(&id) {
                None => Self::error(span, "unknown anchor"),
                Some((_, size)) if *size > self.budget => Self::error(span, "document contains excessive aliasing"),
                Some((value, size)) => {
                    self.budget -= size;
                    let copy = crate::deep_copy(value);
                    self.place(copy, false, span)
                }
            },
            _ => Ok(()),
        }
    }

    fn open(&mut self, open: Open, span: Span) -> Result<(), NotYaml> {
        if self.stack.len() >= DEPTH_MAX {
            return Self::error(span, format!("nested deeper than {DEPTH_MAX} levels"));
        }
        self.stack.push(open);
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, value: &Value) {
        if anchor > 0 {
            let size = size(value);
            self.anchors.insert(anchor, (value.clone(), size));
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Value, NotYaml> {
        let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
        let plain = match core {
            Some("str" | "binary") => false,
            Some("int" | "float" | "bool" | "null") => true,
            _ => style == ScalarStyle::Plain,
        };
        // A block keeps the line break of its last line, which the end of the text may not have.
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let open = block && self.open_end.is_some_and(|end| span.end.index() >= end);
        let text = text.strip_suffix('\n').filter(|_| open).unwrap_or(text);
        let start = self.skipped + self.offsets.byte(span.start.index());
        let end = self.skipped + self.offsets.byte(span.end.index());
        let origin = self.text.values_in(start, end).first().copied();
        if core == Some("float") {
            let number = text.replace('_', "").parse::<f64>();
            return Ok(number.map_or_else(|_| Value::from(text), Value::from).from_origin(origin));
        }
        if !plain {
            return Ok(Value::from(self.spelled(text, start, end)).from_origin(origin));
        }
        match resolve::scalar(text) {
            Some(Value { data: Data::Text(_), .. }) => {
                Ok(Value::from(self.spelled(text, start, end)).from_origin(origin))
            }
            Some(value) => Ok(value.from_origin(origin)),
            None => Self::error(span, format!("json: unsupported value: {text}")),
        }
    }

    /// The text of a scalar: a part of the source where it is spelled there as it is, so that its marks stay.
    fn spelled(&self, text: &str, start: usize, end: usize) -> Text {
        if self.text.marks().is_empty() || end > self.text.len() || start > end {
            return text.into();
        }
        match self.text.get(start..end).and_then(|source| source.find(text)) {
            Some(at) if !text.is_empty() => self.text.part(start + at, start + at + text.len()),
            _ => text.into(),
        }
    }

    fn merge(&self, map: &Map, merge: Value) {
        match merge.data {
            Data::Map(other) => {
                for (key, value) in other.entries() {
                    if !map.has(&key) {
                        map.set(key, value);
                    }
                }
            }
            Data::List(list) => list.items().iter().for_each(|item| self.merge(map, item.clone())),
            _ => {}
        }
    }

    fn place(&mut self, value: Value, plain: bool, span: Span) -> Result<(), NotYaml> {
        match self.stack.last_mut() {
            None => self.done = Some(value),
            Some(Open::List { items, .. }) => items.push(value),
            Some(Open::Map { map, key, merges, .. }) => match key.take() {
                None => match &value.data {
                    Data::Map(_) | Data::List(_) => {
                        return Self::error(span, "invalid map key");
                    }
                    Data::Text(text) if plain => *key = Some(resolve::key(text).into()),
                    Data::Text(text) => *key = Some(Rc::from(text.as_str())),
                    Data::Nil => *key = Some("null".into()),
                    _ => *key = Some(crate::print::plain(&value).into()),
                },
                Some(name) if &*name == "<<" && matches!(value.data, Data::Map(_) | Data::List(_)) => {
                    merges.push(value);
                }
                Some(name) => map.set(name, value),
            },
        }
        Ok(())
    }
}

fn size(value: &Value) -> usize {
    1 + match &value.data {
        Data::Text(text) => text.len() / 64,
        Data::List(list) => list.items().iter().map(size).sum(),
        Data::Map(map) => map.entries().iter().map(|(_, value)| size(value)).sum(),
        _ => 0,
    }
}
