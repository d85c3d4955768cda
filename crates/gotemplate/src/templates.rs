//! Named templates: files, and what they define.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::ast::{Block, Parsed, Span, is_empty};
use crate::error::{Cause, Error};
use crate::lex::Unread;
use crate::parse;
use crate::place::{Place, Text};

/// A text that was parsed, and where it comes from.
#[derive(Debug)]
pub(crate) struct Source {
    /// As messages name it.
    pub(crate) name: Rc<str>,
    pub(crate) text: Text,
    /// The caller's number of the file; none for a text that a template made (`tpl`).
    pub(crate) file: Option<u32>,
    /// Where such a text was made.
    pub(crate) made_at: Option<Place>,
}

impl Source {
    /// The place in a file of a byte of the text.
    pub(crate) fn place(&self, offset: u32) -> Option<Place> {
        match self.file {
            Some(file) => Some(Place { file, offset }),
            None => self.text.place_at(offset as usize).or(self.made_at),
        }
    }

    pub(crate) fn spelled(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// `NAME:LINE:COLUMN`, the line from 1 and the column from 0, as Go has it.
    pub(crate) fn shown(&self, offset: u32) -> String {
        let (line, column) = line_and_column(&self.text, offset as usize);
        format!("{}:{line}:{column}", self.name)
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rfind('\n').map_or(before.len(), |at| before.len() - at - 1))
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: Rc<str>,
    pub(crate) body: Rc<Block>,
    pub(crate) source: Rc<Source>,
}

/// Names in layers: what a `tpl` defines is seen by itself only.
#[derive(Debug, Default)]
pub(crate) struct Names {
    own: BTreeMap<Rc<str>, Definition>,
    below: Option<Rc<Names>>,
}

impl Names {
    pub(crate) fn find(&self, name: &str) -> Option<&Definition> {
        let mut layer = self;
        loop {
            match (layer.own.get(name), &layer.below) {
                (Some(found), _) => return Some(found),
                (None, Some(below)) => layer = below,
                (None, None) => return None,
            }
        }
    }

    /// A layer above this one.
    pub(crate) fn above(below: &Rc<Self>, source: &Rc<Source>, parsed: &Parsed) -> Rc<Self> {
        if parsed.defined.is_empty() {
            return Rc::clone(below);
        }
        let mut names = Self { own: BTreeMap::new(), below: Some(Rc::clone(below)) };
        names.define_all(source, parsed);
        Rc::new(names)
    }

    fn define_all(&mut self, source: &Rc<Source>, parsed: &Parsed) {
        for (name, body) in &parsed.defined {
            self.define(name, body, source);
        }
    }

    /// Defines a name anew. One that prints nothing does not replace one that does.
    fn define(&mut self, name: &Rc<str>, body: &Rc<Block>, source: &Rc<Source>) {
        if is_empty(body, &source.text) && self.find(name).is_some() {
            return;
        }
        let definition = Definition { name: Rc::clone(name), body: Rc::clone(body), source: Rc::clone(source) };
        self.own.insert(Rc::clone(name), definition);
    }
}

/// A set of templates that see each other.
#[derive(Debug, Default)]
pub struct Templates {
    pub(crate) names: Rc<Names>,
}

impl Templates {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses a template and all that it defines. A name that is defined again takes the later meaning.
    ///
    /// `file` is the number by which places name the text; it is the caller's own.
    ///
    /// # Errors
    /// The text is no template; the error has the line.
    pub fn add(&mut self, name: &str, text: &str, file: u32) -> Result<(), Error> {
        let name: Rc<str> = name.into();
        let source = Rc::new(Source { name: Rc::clone(&name), text: text.into(), file: Some(file), made_at: None });
        let parsed = parse::parse(text).map_err(|unread| syntax(&source, &unread))?;
        // Names are only added before anything is rendered, so that nobody shares them yet.
        let names = Rc::get_mut(&mut self.names).expect("rendering borrows the templates, and adding needs them alone");
        names.define_all(&source, &parsed);
        names.define(&name, &parsed.main, &source);
        Ok(())
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.find(name).is_some()
    }
}

/// The error of a text that is no template.
pub(crate) fn syntax(source: &Source, unread: &Unread) -> Error {
    let (line, _) = line_and_column(&source.text, unread.at);
    let place = source.place(unread.at as u32);
    Error {
        message: format!("template: {}:{line}: {}", source.name, unread.message),
        reason: unread.message.clone(),
        cause: Cause::Syntax,
        place,
        inner: place,
    }
}
