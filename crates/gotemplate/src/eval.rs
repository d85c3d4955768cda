//! Executes templates, by the rules of Go's `text/template`.
//!
//! Every action, command and loop step costs a step of the budget; templates, blocks and pipelines inside of each other
//! cost depth, so that neither time nor stack runs out.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::ast::{Block, Branch, Command, Node, Parsed, Pipe, Sets, Span, Word, WordKind};
use crate::budget::{Budget, Limits, Spent};
use crate::error::{Error, Failure};
use crate::functions::{Call, Function, Kind, Run};
use crate::methods;
use crate::parse;
use crate::place::{Builder, Place, Text};
use crate::print;
use crate::templates::{self, Definition, Names, Source, Templates};
use crate::value::{Data, Value};

/// The same template inside of itself, before Helm gives up.
const INCLUDES_MAX: u32 = 1000;

/// How a template is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What it may use.
    pub limits: Limits,
    /// What `now` gives, in seconds since 1970: the caller's clock, so that the same input gives the same bytes.
    pub now_seconds: i64,
    /// What a missing value prints.
    pub missing: Missing,
}

/// What a missing value prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// `<no value>`, as Go prints it.
    Shown,
    /// Nothing: Helm takes `<no value>` out of what it has rendered.
    Empty,
}

impl Default for Options {
    fn default() -> Self {
        Self { limits: Limits::default(), now_seconds: 0, missing: Missing::Empty }
    }
}

impl Templates {
    /// Renders a template over a value.
    ///
    /// The same templates, value and options give the same text. Every piece of the text knows the template's place, and
    /// the origin of the value that was printed there.
    ///
    /// # Errors
    /// What Go would say, with the places; or a bound that was reached.
    pub fn render(&self, name: &str, data: &Value, options: &Options) -> Result<Text, Error> {
        let mut machine = Machine::new(*options);
        let fail = |failure: Failure| {
            let Failure { message, reason, cause, inner } = failure;
            Error { message: format!("template: {message}"), reason, cause, place: inner, inner }
        };
        let Some(definition) = self.names.find(name) else {
            return Err(fail(Failure::from(format!("no template {name:?} associated with template {name:?}"))));
        };
        let text = machine.run(&self.names, definition, data.clone())?;
        Ok(match options.missing {
            Missing::Shown => text,
            Missing::Empty => without_no_value(&text),
        })
    }
}

/// The text without what stands for missing values.
fn without_no_value(text: &Text) -> Text {
    crate::functions::strings::replaced(text, "<no value>", &Text::default())
}

/// What one rendering holds on to.
pub(crate) struct Machine {
    pub(crate) options: Options,
    pub(crate) budget: Budget,
    depth: u32,
    includes: BTreeMap<Rc<str>, u32>,
    parsed: BTreeMap<String, Rc<Parsed>>,
    pub(crate) regexes: BTreeMap<String, Rc<regex::Regex>>,
    /// How many stand-ins for chance were given.
    pub(crate) drawn: u64,
}

/// One template that is being executed.
struct Frame<'d> {
    names: &'d Rc<Names>,
    definition: &'d Definition,
    variables: Vec<(Rc<str>, Value)>,
    out: Builder,
}

/// How a list of nodes ended.
#[derive(PartialEq)]
enum Flow {
    Through,
    Break,
    Continue,
}

impl Machine {
    fn new(options: Options) -> Self {
        Self {
            options,
            budget: Budget::new(options.limits),
            depth: 0,
            includes: BTreeMap::new(),
            parsed: BTreeMap::new(),
            regexes: BTreeMap::new(),
            drawn: 0,
        }
    }

    fn run(&mut self, names: &Rc<Names>, definition: &Definition, dot: Value) -> Result<Text, Error> {
        let variables = vec![("$".into(), dot.clone())];
        let mut frame = Frame { names, definition, variables, out: Builder::default() };
        self.walk(&mut frame, &definition.body, &dot)?;
        Ok(frame.out.finish())
    }

    /// `include`: a template's text as a value.
    pub(crate) fn include(&mut self, names: &Rc<Names>, name: &str, dot: Value) -> Result<Text, Failure> {
        let Some(definition) = names.find(name) else {
            return Err(format!("template: no template {name:?} associated with template \"gotpl\"").into());
        };
        let definition = definition.clone();
        let count = self.includes.entry(name.into()).or_insert(0);
        if *count > INCLUDES_MAX {
            return Err(
                format!("rendering template has a nested reference name: {name}: unable to execute template").into()
            );
        }
        *count += 1;
        let result = self.run(names, &definition, dot);
        if let Some(count) = self.includes.get_mut(name) {
            *count -= 1;
        }
        Ok(result?)
    }

    /// `tpl`: a text as a template.
    pub(crate) fn tpl(
        &mut self,
        names: &Rc<Names>,
        text: &Text,
        dot: Value,
        place: Option<Place>,
    ) -> Result<Text, Failure> {
        if !text.contains("{{") {
            return Ok(text.clone());
        }
        self.budget.bytes(text.len())?;
        let source = Source { name: "gotpl".into(), text: text.clone(), file: None, made_at: place };
        let source = Rc::new(source);
        let parsed = match self.parsed.get(text.as_str()) {
            Some(parsed) => Rc::clone(parsed),
            None => {
                let parsed = parse::parse(text).map_err(|unread| {
                    let before = format!("cannot parse template {}: ", crate::quoted::quote(text));
                    Failure::from(templates::syntax(&source, &unread)).within(&before)
                })?;
                let parsed = Rc::new(parsed);
                self.parsed.insert(text.as_str().to_owned(), Rc::clone(&parsed));
                parsed
            }
        };
        let names = Names::above(names, &source, &parsed);
        let definition = Definition { name: "gotpl".into(), body: Rc::clone(&parsed.main), source };
        let rendered = self.run(&names, &definition, dot).map_err(|error| {
            let before = format!("error during tpl function execution for {}: ", crate::quoted::quote(text));
            Failure::from(error).within(&before)
        })?;
        Ok(without_no_value(&rendered))
    }

    fn deeper(&mut self) -> Result<(), Spent> {
        self.depth += 1;
        self.budget.depth(self.depth)
    }

    /// The error at a place of the template that is being executed.
    fn error(&self, frame: &Frame<'_>, at: Span, failure: Failure) -> Error {
        let source = &frame.definition.source;
        let Failure { message, reason, cause, inner } = failure;
        let place = source.place(at.start);
        Error {
            message: format!(
                "template: {}: executing {:?} at <{}>: {message}",
                source.shown(at.start),
                frame.definition.name,
                source.spelled(at)
            ),
            reason,
            cause,
            place,
            inner: inner.or(place),
        }
    }

    fn walk(&mut self, frame: &mut Frame<'_>, block: &Block, dot: &Value) -> Result<Flow, Error> {
        let whole = Span { start: 0, end: 0 };
        let deeper = self.deeper();
        deeper.map_err(|spent| self.error(frame, whole, spent.into()))?;
        let known = frame.variables.len();
        let mut flow = Flow::Through;
        for node in block {
            flow = self.node(frame, node, dot)?;
            if flow != Flow::Through {
                break;
            }
        }
        frame.variables.truncate(known);
        self.depth -= 1;
        Ok(flow)
    }

    fn node(&mut self, frame: &mut Frame<'_>, node: &Node, dot: &Value) -> Result<Flow, Error> {
        match node {
            Node::Text(span) => self.text(frame, *span)?,
            Node::Action(pipe) => {
                let value = self.pipe(frame, pipe, dot)?;
                if pipe.variables.is_empty() {
                    let text = print::action(&value);
                    self.charge(frame, pipe.span, text.len())?;
                    let place = frame.definition.source.place(pipe.span.start);
                    frame.out.print(&text, place, value.origin);
                }
            }
            Node::If(branch) => return self.branch(frame, branch, dot, false),
            Node::With(branch) => return self.branch(frame, branch, dot, true),
            Node::Range(branch) => return self.range(frame, branch, dot),
            Node::Template { span, name, argument } => {
                let dot = match argument {
                    Some(pipe) => self.pipe(frame, pipe, dot)?,
                    None => Value::NIL,
                };
                let names = Rc::clone(frame.names);
                let Some(definition) = names.find(name).cloned() else {
                    let failure = format!("template {name:?} not defined");
                    return Err(self.error(frame, *span, failure.into()));
                };
                let text = self.run(&names, &definition, dot)?;
                frame.out.print(&text, frame.definition.source.place(span.start), None);
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Through)
    }

    fn charge(&mut self, frame: &Frame<'_>, at: Span, bytes: usize) -> Result<(), Error> {
        let charged = self.budget.bytes(bytes).and_then(|()| self.budget.steps(1));
        charged.map_err(|spent| self.error(frame, at, spent.into()))
    }

    fn text(&mut self, frame: &mut Frame<'_>, span: Span) -> Result<(), Error> {
        self.charge(frame, span, (span.end - span.start) as usize)?;
        let source = &frame.definition.source;
        if source.file.is_some() {
            frame.out.mark(source.place(span.start), None, true);
            frame.out.push_str(source.spelled(span));
        } else {
            let part = source.text.part(span.start as usize, span.end as usize);
            frame.out.print(&part, source.made_at, None);
        }
        Ok(())
    }

    fn branch(&mut self, frame: &mut Frame<'_>, branch: &Branch, dot: &Value, is_with: bool) -> Result<Flow, Error> {
        let known = frame.variables.len();
        let value = self.pipe(frame, &branch.pipe, dot)?;
        let flow = if value.is_true() {
            self.walk(frame, &branch.then, if is_with { &value } else { dot })
        } else if let Some(otherwise) = &branch.otherwise {
            self.walk(frame, otherwise, dot)
        } else {
            Ok(Flow::Through)
        };
        frame.variables.truncate(known);
        flow
    }

    fn range(&mut self, frame: &mut Frame<'_>, branch: &Branch, dot: &Value) -> Result<Flow, Error> {
        let known = frame.variables.len();
        // The variables of the loop take keys and values; what the pipeline gives stays in none of them.
        let value = self.commands(frame, &branch.pipe, dot)?;
        let plain = match &value.data {
            Data::Object(object) => object.plain(),
            _ => value.clone(),
        };
        let int = |n: usize| Value::new(Data::Int(n as i64));
        let mut done = 0;
        let mut left = false;
        match &plain.data {
            Data::Nil => {}
            Data::Int(count) | Data::Int64(count) => {
                for index in 0..(*count).max(0) as usize {
                    done += 1;
                    if self.turn(frame, branch, int(index), int(index), Pair::One)? == Flow::Break {
                        left = true;
                        break;
                    }
                }
            }
            Data::List(list) => {
                for (index, item) in list.items().iter().enumerate() {
                    done += 1;
                    if self.turn(frame, branch, int(index), item.clone(), Pair::Two)? == Flow::Break {
                        left = true;
                        break;
                    }
                }
            }
            Data::Bytes(bytes) => {
                for (index, byte) in bytes.iter().enumerate() {
                    done += 1;
                    if self.turn(frame, branch, int(index), int(usize::from(*byte)), Pair::Two)? == Flow::Break {
                        left = true;
                        break;
                    }
                }
            }
            Data::Map(map) => {
                for (key, item) in map.entries() {
                    done += 1;
                    let key = Value::from(&*key).from_origin(item.origin);
                    if self.turn(frame, branch, key, item, Pair::Two)? == Flow::Break {
                        left = true;
                        break;
                    }
                }
            }
            _ => {
                let failure = format!("range can't iterate over {}", print::plain(&value));
                return Err(self.error(frame, branch.pipe.span, failure.into()));
            }
        }
        frame.variables.truncate(known);
        match &branch.otherwise {
            Some(otherwise) if done == 0 && !left => self.walk(frame, otherwise, dot),
            _ => Ok(Flow::Through),
        }
    }

    /// One turn of a loop.
    fn turn(
        &mut self,
        frame: &mut Frame<'_>,
        branch: &Branch,
        key: Value,
        item: Value,
        pair: Pair,
    ) -> Result<Flow, Error> {
        self.charge(frame, branch.pipe.span, 0)?;
        let known = frame.variables.len();
        let values = match (branch.pipe.variables.len(), pair) {
            (0, _) => Vec::new(),
            (1, _) => vec![item.clone()],
            (_, Pair::Two) => vec![key, item.clone()],
            (_, Pair::One) => {
                let failure = "can't use more than one iteration variable here".into();
                return Err(self.error(frame, branch.pipe.span, failure));
            }
        };
        for (name, value) in branch.pipe.variables.iter().zip(values) {
            set(frame, branch.pipe.sets, name, value);
        }
        let flow = self.walk(frame, &branch.then, &item);
        frame.variables.truncate(known);
        flow
    }

    /// Evaluates a pipeline and gives its variables the result.
    fn pipe(&mut self, frame: &mut Frame<'_>, pipe: &Pipe, dot: &Value) -> Result<Value, Error> {
        let value = self.commands(frame, pipe, dot)?;
        for name in &pipe.variables {
            set(frame, pipe.sets, name, value.clone());
        }
        Ok(value)
    }

    fn commands(&mut self, frame: &mut Frame<'_>, pipe: &Pipe, dot: &Value) -> Result<Value, Error> {
        self.charge(frame, pipe.span, 0)?;
        let deeper = self.deeper();
        deeper.map_err(|spent| self.error(frame, pipe.span, spent.into()))?;
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(frame, command, dot, last)?);
        }
        self.depth -= 1;
        Ok(last.unwrap_or(Value::NIL))
    }

    fn command(
        &mut self,
        frame: &mut Frame<'_>,
        command: &Command,
        dot: &Value,
        last: Option<Value>,
    ) -> Result<Value, Error> {
        self.charge(frame, command.span, 0)?;
        let first = &command.words[0];
        let takes_none = command.words.len() == 1 && last.is_none();
        let given = Given { words: &command.words[1..], last, dot };
        match &first.kind {
            WordKind::Function(function) => return self.call(frame, command.span, function, given),
            WordKind::Field(fields) => return self.fields(frame, first.span, dot.clone(), fields, given),
            WordKind::Variable(name, fields) if !fields.is_empty() => {
                let value = variable(frame, name);
                return self.fields(frame, first.span, value, fields, given);
            }
            WordKind::Chain(word, fields) => {
                let value = self.word(frame, word, dot)?;
                return self.fields(frame, first.span, value, fields, given);
            }
            _ => {}
        }
        if !takes_none {
            let failure =
                format!("can't give argument to non-function {}", frame.definition.source.spelled(first.span));
            return Err(self.error(frame, first.span, failure.into()));
        }
        match first.kind {
            WordKind::Nil => Err(self.error(frame, first.span, "nil is not a command".into())),
            _ => self.word(frame, first, dot),
        }
    }

    /// The value of a word by itself.
    fn word(&mut self, frame: &mut Frame<'_>, word: &Word, dot: &Value) -> Result<Value, Error> {
        let none = Given { words: &[], last: None, dot };
        Ok(match &word.kind {
            WordKind::Dot => dot.clone(),
            WordKind::Nil => Value::NIL,
            WordKind::Bool(flag) => Value::from(*flag),
            WordKind::Text(text) => Value::from(text.clone()),
            WordKind::Number(number) => match number.int {
                Some(int) if !number.is_float => Value::new(Data::Int(int)),
                _ => Value::from(number.float),
            },
            WordKind::Field(fields) => self.fields(frame, word.span, dot.clone(), fields, none)?,
            WordKind::Variable(name, fields) => {
                let value = variable(frame, name);
                self.fields(frame, word.span, value, fields, none)?
            }
            WordKind::Function(function) => self.call(frame, word.span, function, none)?,
            WordKind::Pipe(pipe) => self.pipe(frame, pipe, dot)?,
            WordKind::Chain(inner, fields) => {
                let value = self.word(frame, inner, dot)?;
                self.fields(frame, word.span, value, fields, none)?
            }
        })
    }

    /// A chain of fields, of which the last may be a method that takes arguments.
    fn fields(
        &mut self,
        frame: &mut Frame<'_>,
        span: Span,
        start: Value,
        fields: &[Rc<str>],
        given: Given<'_>,
    ) -> Result<Value, Error> {
        let Some((last, inner)) = fields.split_last() else { return Ok(start) };
        let mut value = start;
        let mut within = Within::Start;
        for field in inner {
            let none = Given { words: &[], last: None, dot: given.dot };
            value = self.field(frame, span, value, field, within, none)?;
            within = Within::Chain;
        }
        self.field(frame, span, value, last, within, given)
    }

    fn field(
        &mut self,
        frame: &mut Frame<'_>,
        span: Span,
        receiver: Value,
        name: &str,
        within: Within,
        given: Given<'_>,
    ) -> Result<Value, Error> {
        let type_name = match within {
            Within::Start => receiver.type_name(),
            Within::Chain => "interface {}".to_owned(),
        };
        if methods::has(&receiver, name) {
            let mut arguments = Vec::with_capacity(given.words.len() + 1);
            for word in given.words {
                arguments.push(self.word(frame, word, given.dot)?);
            }
            arguments.extend(given.last);
            let place = frame.definition.source.place(span.start);
            let names = Rc::clone(frame.names);
            let mut call = Call { machine: self, names: &names, place, arguments, name };
            let result = methods::call(&receiver, name, &mut call);
            return result.map_err(|failure| {
                let before = format!("error calling {name}: ");
                self.error(frame, span, failure.within(&before))
            });
        }
        let has_arguments = !given.words.is_empty() || given.last.is_some();
        let found = match &receiver.data {
            Data::Nil if within == Within::Start => return Ok(Value::NIL),
            Data::Nil => Err(format!("nil pointer evaluating interface {{}}.{name}")),
            Data::Map(_) if has_arguments => Err(format!("{name} is not a method but has arguments")),
            Data::Map(map) => Ok(map.get(name).unwrap_or(Value::NIL)),
            Data::Object(object) => match object.field(name) {
                Some(_) if has_arguments => Err(format!("{name} has arguments but cannot be invoked as function")),
                Some(value) => Ok(value),
                None => Err(format!("can't evaluate field {name} in type {type_name}")),
            },
            _ => Err(format!("can't evaluate field {name} in type {type_name}")),
        };
        found.map_err(|failure| self.error(frame, span, failure.into()))
    }

    fn call(
        &mut self,
        frame: &mut Frame<'_>,
        span: Span,
        function: &'static Function,
        given: Given<'_>,
    ) -> Result<Value, Error> {
        let count = given.words.len() + usize::from(given.last.is_some());
        let wrong = match function.rest {
            Some(_) if count < function.takes.len() => {
                Some(format!("want at least {} got {count}", function.takes.len()))
            }
            None if count != function.takes.len() => Some(format!("want {} got {count}", function.takes.len())),
            _ => None,
        };
        if let Some(wrong) = wrong {
            let failure = format!("wrong number of args for {}: {wrong}", function.name);
            return Err(self.error(frame, span, failure.into()));
        }
        let kind = |index: usize| function.takes.get(index).copied().or(function.rest).unwrap_or(Kind::Any);
        let run = match function.run {
            Run::Choice(stops_at) => return self.choice(frame, given, stops_at),
            Run::Plain(run) => run,
        };
        let mut arguments = Vec::with_capacity(count);
        for (index, word) in given.words.iter().enumerate() {
            arguments.push(self.argument(frame, word, given.dot, kind(index))?);
        }
        if let Some(last) = given.last {
            let fitting = kind(count - 1).accept(last);
            arguments.push(fitting.map_err(|failure| self.error(frame, span, failure.into()))?);
        }
        let place = frame.definition.source.place(span.start);
        let origin = arguments.iter().rev().find_map(|argument| argument.origin);
        let names = Rc::clone(frame.names);
        let mut call = Call { machine: self, names: &names, place, arguments, name: function.name };
        let result = run(&mut call);
        match result {
            Ok(value) => {
                let is_scalar = !matches!(value.data, Data::List(_) | Data::Map(_) | Data::Object(_) | Data::Bool(_));
                let marked = matches!(&value.data, Data::Text(text) if !text.marks().is_empty());
                if let Data::Text(text) = &value.data {
                    self.charge(frame, span, text.len())?;
                }
                let inherits = value.origin.is_none() && is_scalar && !marked;
                Ok(if inherits { value.from_origin(origin) } else { value })
            }
            Err(failure) => {
                let before = format!("error calling {}: ", function.name);
                Err(self.error(frame, span, failure.within(&before)))
            }
        }
    }

    /// `and` and `or`: the first value whose truth is as asked, else the last; what follows it is not evaluated.
    fn choice(&mut self, frame: &mut Frame<'_>, given: Given<'_>, stops_at: bool) -> Result<Value, Error> {
        let mut value = Value::NIL;
        for word in given.words {
            value = self.word(frame, word, given.dot)?;
            if value.is_true() == stops_at {
                return Ok(value);
            }
        }
        Ok(given.last.unwrap_or(value))
    }

    /// A word as an argument of a kind.
    fn argument(&mut self, frame: &mut Frame<'_>, word: &Word, dot: &Value, kind: Kind) -> Result<Value, Error> {
        let spelled = frame.definition.source.spelled(word.span);
        let failure = match (&word.kind, kind) {
            (WordKind::Nil, kind) if !kind.can_be_nil() => format!("cannot assign nil to {}", kind.name()),
            (WordKind::Number(number), Kind::Int) => match number.int {
                Some(int) => return Ok(Value::new(Data::Int(int))),
                None => format!("expected integer; found {spelled}"),
            },
            (WordKind::Number(number), Kind::Float) => return Ok(Value::from(number.float)),
            (WordKind::Number(_) | WordKind::Bool(_), Kind::Text) => format!("expected string; found {spelled}"),
            (WordKind::Text(_) | WordKind::Bool(_), Kind::Int) => format!("expected integer; found {spelled}"),
            (WordKind::Text(_) | WordKind::Bool(_), Kind::Float) => format!("expected float; found {spelled}"),
            (WordKind::Text(_) | WordKind::Number(_), Kind::Bool) => format!("expected bool; found {spelled}"),
            _ => {
                let value = self.word(frame, word, dot)?;
                match kind.accept(value) {
                    Ok(value) => return Ok(value),
                    Err(failure) => failure,
                }
            }
        };
        Err(self.error(frame, word.span, failure.into()))
    }
}

/// Whether a loop gives a key with each value.
#[derive(Clone, Copy)]
enum Pair {
    One,
    Two,
}

/// Whether a field is asked of what a chain starts with, or of what a field before it gave.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    Start,
    Chain,
}

/// Arguments before they are evaluated.
struct Given<'w> {
    words: &'w [Word],
    /// What the command before has handed on.
    last: Option<Value>,
    dot: &'w Value,
}

fn set(frame: &mut Frame<'_>, sets: Sets, name: &Rc<str>, value: Value) {
    match sets {
        Sets::New => frame.variables.push((Rc::clone(name), value)),
        Sets::Old => {
            if let Some((_, old)) = frame.variables.iter_mut().rev().find(|(known, _)| known == name) {
                *old = value;
            }
        }
    }
}

fn variable(frame: &Frame<'_>, name: &str) -> Value {
    let found = frame.variables.iter().rev().find(|(known, _)| **known == *name);
    found.map_or(Value::NIL, |(_, value)| value.clone())
}
