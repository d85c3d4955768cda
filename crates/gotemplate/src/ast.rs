//! What a template is once parsed: lists of nodes, each with its place in the text.

use std::rc::Rc;

use crate::functions::Function;
use crate::place::Text;

/// Bytes of a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Nodes that are executed one after the other.
pub(crate) type Block = Vec<Node>;

#[derive(Debug)]
pub(crate) enum Node {
    /// Text between actions, trimmed as the actions beside it ask.
    Text(Span),
    /// `{{ pipeline }}`.
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    /// `{{ template "name" pipeline }}`, and where a `block` stands.
    Template {
        span: Span,
        name: Rc<str>,
        argument: Option<Pipe>,
    },
    Break,
    Continue,
}

/// `if`, `with` and `range`: a pipeline, what is done with it, and what is done without.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) pipe: Pipe,
    pub(crate) then: Block,
    pub(crate) otherwise: Option<Block>,
}

/// Commands that hand their results on, and the variables that take the last one.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) span: Span,
    pub(crate) variables: Vec<Rc<str>>,
    pub(crate) sets: Sets,
    pub(crate) commands: Vec<Command>,
}

/// Whether a pipeline declares its variables or changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sets {
    /// `:=`
    New,
    /// `=`
    Old,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) span: Span,
    /// The first is what is called or evaluated.
    pub(crate) words: Vec<Word>,
}

#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) span: Span,
    pub(crate) kind: WordKind,
}

#[derive(Debug)]
pub(crate) enum WordKind {
    Dot,
    Nil,
    Bool(bool),
    Text(Text),
    Number(Number),
    /// `.a.b`
    Field(Vec<Rc<str>>),
    /// `$x.a.b`
    Variable(Rc<str>, Vec<Rc<str>>),
    Function(&'static Function),
    /// `( pipeline )`
    Pipe(Pipe),
    /// `( pipeline ).a.b`
    Chain(Box<Word>, Vec<Rc<str>>),
}

/// A constant: an `int` where it is spelled as one, and a `float64`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    pub(crate) int: Option<i64>,
    pub(crate) float: f64,
    /// Whether it is spelled with a point or exponent.
    pub(crate) is_float: bool,
}

/// All that one text holds.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) main: Rc<Block>,
    /// What `define` and `block` name, in order.
    pub(crate) defined: Vec<(Rc<str>, Rc<Block>)>,
}

/// Whether a block does nothing but print white space.
pub(crate) fn is_empty(block: &Block, text: &str) -> bool {
    block.iter().all(|node| match node {
        Node::Text(span) => text[span.start as usize..span.end as usize].trim().is_empty(),
        _ => false,
    })
}
