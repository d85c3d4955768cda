//! Tokens into a tree, by the grammar of Go's `text/template/parse`.
//!
//! Nesting is bounded, so that walking a tree cannot overflow the stack.

use std::rc::Rc;

use crate::ast::{Block, Branch, Command, Node, Number, Parsed, Pipe, Sets, Span, Word, WordKind};
use crate::functions;
use crate::lex::{Kind, Token, Unread, lex};
use crate::place::Text;
use crate::quoted::unquote;

/// Blocks and parentheses inside of each other; the deepest of public charts is 14.
const NESTING_MAX: usize = 100;

/// Parses one text.
pub(crate) fn parse(text: &str) -> Result<Parsed, Unread> {
    let tokens = lex(text)?;
    let mut parser =
        Parser { text, tokens: &tokens, at: 0, variables: vec!["$".into()], depth: 0, ranges: 0, defined: Vec::new() };
    let main = parser.top()?;
    Ok(Parsed { main: Rc::new(main), defined: parser.defined })
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    /// Those that can be seen here.
    variables: Vec<Rc<str>>,
    depth: usize,
    /// Loops around this place.
    ranges: usize,
    defined: Vec<(Rc<str>, Rc<Block>)>,
}

/// What ends a list of nodes.
#[derive(Clone, Copy, PartialEq)]
enum End {
    End,
    Else,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self, context: &str) -> Result<Token, Unread> {
        match self.peek() {
            Some(token) => {
                self.at += 1;
                Ok(token)
            }
            None => Err(self.error_at(self.text.len(), &format!("unexpected EOF in {context}"))),
        }
    }

    fn spelled(&self, token: Token) -> &'t str {
        &self.text[token.span.start as usize..token.span.end as usize]
    }

    fn error_at(&self, at: usize, message: &str) -> Unread {
        Unread { at, message: message.to_owned() }
    }

    fn unexpected<T>(&self, token: Token, context: &str) -> Result<T, Unread> {
        let spelled = match token.kind {
            Kind::Word if is_keyword(self.spelled(token)) => format!("<{}>", self.spelled(token)),
            Kind::Left | Kind::Right => format!("{:?}", self.spelled(token)),
            _ => format!("{:?}", self.spelled(token)),
        };
        Err(self.error_at(token.span.start as usize, &format!("unexpected {spelled} in {context}")))
    }

    fn expect(&mut self, kind: Kind, context: &str) -> Result<Token, Unread> {
        let token = self.next(context)?;
        if token.kind == kind { Ok(token) } else { self.unexpected(token, context) }
    }

    /// The keyword of an action that begins here.
    fn keyword(&self) -> Option<&'t str> {
        let (left, word) = (self.tokens.get(self.at)?, self.tokens.get(self.at + 1)?);
        (left.kind == Kind::Left && word.kind == Kind::Word).then(|| self.spelled(*word)).filter(|w| is_keyword(w))
    }

    fn top(&mut self) -> Result<Block, Unread> {
        let mut nodes = Block::new();
        while let Some(token) = self.peek() {
            match self.keyword() {
                Some("define") => self.define()?,
                Some(word @ ("end" | "else")) => {
                    let message = format!("unexpected {{{{{word}}}}}");
                    return Err(self.error_at(token.span.start as usize, &message));
                }
                _ => nodes.extend(self.node()?),
            }
        }
        Ok(nodes)
    }

    fn define(&mut self) -> Result<(), Unread> {
        self.at += 2;
        let name = self.template_name("define clause")?;
        self.expect(Kind::Right, "define clause")?;
        let (variables, ranges) = (std::mem::replace(&mut self.variables, vec!["$".into()]), self.ranges);
        self.ranges = 0;
        let (body, end) = self.list()?;
        (self.variables, self.ranges) = (variables, ranges);
        if end == End::Else {
            return Err(self.error_at(self.last_end(), "unexpected {{else}} in define clause"));
        }
        self.expect(Kind::Right, "end")?;
        self.add_definition(name, body)
    }

    fn add_definition(&mut self, name: Rc<str>, body: Block) -> Result<(), Unread> {
        let is_empty = |block: &Block| crate::ast::is_empty(block, self.text);
        match self.defined.iter_mut().find(|(other, _)| *other == name) {
            None => self.defined.push((name, Rc::new(body))),
            Some((_, old)) if is_empty(old) => *old = Rc::new(body),
            Some(_) if is_empty(&body) => {}
            Some(_) => {
                return Err(self.error_at(self.last_end(), &format!("multiple definition of template {name:?}")));
            }
        }
        Ok(())
    }

    fn last_end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.start as usize)
    }

    fn template_name(&mut self, context: &str) -> Result<Rc<str>, Unread> {
        let token = self.next(context)?;
        match token.kind {
            Kind::Quoted | Kind::Raw => Ok(self.literal(token)?.into()),
            _ => self.unexpected(token, context),
        }
    }

    fn literal(&self, token: Token) -> Result<String, Unread> {
        let spelled = self.spelled(token);
        let unread = || self.error_at(token.span.start as usize, "invalid syntax");
        match token.kind {
            Kind::Raw => Ok(spelled[1..spelled.len() - 1].replace('\r', "")),
            _ => unquote(&spelled[1..spelled.len() - 1]).ok_or_else(unread),
        }
    }

    /// Nodes up to `end` or `else`, whose word is passed.
    fn list(&mut self) -> Result<(Block, End), Unread> {
        self.deeper()?;
        let mut nodes = Block::new();
        loop {
            if self.peek().is_none() {
                return Err(self.error_at(self.text.len(), "unexpected EOF"));
            }
            let end = match self.keyword() {
                Some("end") => Some(End::End),
                Some("else") => Some(End::Else),
                Some("define") => return Err(self.error_at(self.last_end(), "unexpected {{define}}")),
                _ => None,
            };
            if let Some(end) = end {
                self.at += 2;
                self.depth -= 1;
                return Ok((nodes, end));
            }
            nodes.extend(self.node()?);
        }
    }

    fn deeper(&mut self) -> Result<(), Unread> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(self.error_at(self.last_end(), &format!("nested deeper than {NESTING_MAX} levels")));
        }
        Ok(())
    }

    fn node(&mut self) -> Result<Option<Node>, Unread> {
        let token = self.next("template")?;
        if token.kind == Kind::Text {
            return Ok(Some(Node::Text(token.span)));
        }
        let word = self.peek().filter(|word| word.kind == Kind::Word).map(|word| self.spelled(word));
        let known = self.variables.len();
        let node = match word {
            Some("if") => Node::If(self.branch("if")?),
            Some("with") => Node::With(self.branch("with")?),
            Some("range") => Node::Range(self.branch("range")?),
            Some("template") => self.template(token)?,
            Some("block") => self.block(token)?,
            Some(word @ ("break" | "continue")) => self.leave(word)?,
            _ => {
                let pipe = self.pipe("command", Kind::Right)?;
                // What an action declares is seen to the end of the list around it.
                return Ok(Some(Node::Action(pipe)));
            }
        };
        self.variables.truncate(known);
        Ok(Some(node))
    }

    fn leave(&mut self, word: &str) -> Result<Node, Unread> {
        self.at += 1;
        let token = self.next(word)?;
        if token.kind != Kind::Right {
            return self.unexpected(token, &format!("{{{{{word}}}}}"));
        }
        if self.ranges == 0 {
            let message = format!("{{{{{word}}}}} outside {{{{range}}}}");
            return Err(self.error_at(token.span.start as usize, &message));
        }
        Ok(if word == "break" { Node::Break } else { Node::Continue })
    }

    fn branch(&mut self, word: &str) -> Result<Branch, Unread> {
        self.at += 1;
        let known = self.variables.len();
        let pipe = self.pipe(word, Kind::Right)?;
        let inside = usize::from(word == "range");
        self.ranges += inside;
        let inner = self.variables.len();
        let (then, end) = self.list()?;
        self.ranges -= inside;
        self.variables.truncate(inner);
        let mut otherwise = None;
        if end == End::Else {
            let next = self.peek().filter(|token| token.kind == Kind::Word).map(|token| self.spelled(token));
            match next {
                // `else if` is `else` with an `if` inside, and one `end` for both.
                Some(again @ ("if" | "with")) if again == word => {
                    self.deeper()?;
                    let branch = self.branch(again)?;
                    self.depth -= 1;
                    self.variables.truncate(known);
                    let node = if again == "if" { Node::If(branch) } else { Node::With(branch) };
                    return Ok(Branch { pipe, then, otherwise: Some(vec![node]) });
                }
                _ => {}
            }
            self.expect(Kind::Right, "else")?;
            let (nodes, end) = self.list()?;
            if end == End::Else {
                return Err(self.error_at(self.last_end(), "expected end; found {{else}}"));
            }
            otherwise = Some(nodes);
        }
        self.expect(Kind::Right, "end")?;
        self.variables.truncate(known);
        Ok(Branch { pipe, then, otherwise })
    }

    fn template(&mut self, left: Token) -> Result<Node, Unread> {
        self.at += 1;
        let name = self.template_name("template clause")?;
        let argument = match self.peek() {
            Some(token) if token.kind == Kind::Right => {
                self.at += 1;
                None
            }
            _ => Some(self.pipe("template clause", Kind::Right)?),
        };
        Ok(Node::Template { span: self.from(left), name, argument })
    }

    fn block(&mut self, left: Token) -> Result<Node, Unread> {
        self.at += 1;
        let name = self.template_name("block clause")?;
        let argument = Some(self.pipe("block clause", Kind::Right)?);
        let span = self.from(left);
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (body, end) = self.list()?;
        (self.variables, self.ranges) = (variables, ranges);
        if end == End::Else {
            return Err(self.error_at(self.last_end(), "unexpected {{else}} in block clause"));
        }
        self.expect(Kind::Right, "end")?;
        self.add_definition(Rc::clone(&name), body)?;
        Ok(Node::Template { span, name, argument })
    }

    fn from(&self, left: Token) -> Span {
        let end = self.tokens.get(self.at - 1).map_or(left.span.end, |token| token.span.end);
        Span { start: left.span.start, end }
    }

    /// A pipeline up to and with the token that ends it.
    fn pipe(&mut self, context: &str, end: Kind) -> Result<Pipe, Unread> {
        self.deeper()?;
        let first = self.peek().map_or(Span { start: 0, end: 0 }, |token| token.span);
        let (variables, sets) = self.declarations(context)?;
        let mut commands = Vec::new();
        loop {
            let token = self.next(context)?;
            if token.kind == end {
                if commands.is_empty() {
                    return Err(self.error_at(token.span.start as usize, &format!("missing value for {context}")));
                }
                self.check_pipeline(&commands)?;
                self.depth -= 1;
                let stop = commands.last().map_or(token.span.start, |command: &Command| command.span.end);
                return Ok(Pipe { span: Span { start: first.start, end: stop }, variables, sets, commands });
            }
            self.at -= 1;
            match token.kind {
                Kind::Right | Kind::Close | Kind::Pipe | Kind::Comma | Kind::Assign | Kind::Declare => {
                    return self.unexpected(token, context);
                }
                _ => {}
            }
            commands.push(self.command(end)?);
        }
    }

    /// Only the first command of a pipeline may be a value.
    fn check_pipeline(&self, commands: &[Command]) -> Result<(), Unread> {
        for (index, command) in commands.iter().enumerate().skip(1) {
            let first = &command.words[0];
            if matches!(
                first.kind,
                WordKind::Bool(_) | WordKind::Dot | WordKind::Nil | WordKind::Number(_) | WordKind::Text(_)
            ) {
                let message = format!("non executable command in pipeline stage {}", index + 1);
                return Err(self.error_at(first.span.start as usize, &message));
            }
        }
        Ok(())
    }

    /// `$x :=`, `$x =`, and in a `range` `$key, $value :=`.
    fn declarations(&mut self, context: &str) -> Result<(Vec<Rc<str>>, Sets), Unread> {
        let kind_at = |offset: usize| self.tokens.get(self.at + offset).map(|token| token.kind);
        let (names, operator) = match (kind_at(0), kind_at(1), kind_at(2), kind_at(3)) {
            (Some(Kind::Variable), Some(Kind::Declare | Kind::Assign), ..) => (1, self.at + 1),
            (Some(Kind::Variable), Some(Kind::Comma), Some(Kind::Variable), Some(Kind::Declare | Kind::Assign))
                if context == "range" =>
            {
                (2, self.at + 3)
            }
            (Some(Kind::Variable), Some(Kind::Comma), ..) => {
                let token = self.tokens[self.at + 1];
                return Err(self.error_at(token.span.start as usize, &format!("too many declarations in {context}")));
            }
            _ => return Ok((Vec::new(), Sets::New)),
        };
        let sets = if self.tokens[operator].kind == Kind::Declare { Sets::New } else { Sets::Old };
        let variables: Vec<Rc<str>> =
            (0..names).map(|index| Rc::from(self.spelled(self.tokens[self.at + 2 * index]))).collect();
        if sets == Sets::Old {
            for variable in &variables {
                self.known(variable, self.tokens[self.at])?;
            }
        } else {
            self.variables.extend(variables.iter().cloned());
        }
        self.at = operator + 1;
        Ok((variables, sets))
    }

    fn known(&self, variable: &str, token: Token) -> Result<(), Unread> {
        if self.variables.iter().any(|known| **known == *variable) {
            return Ok(());
        }
        Err(self.error_at(token.span.start as usize, &format!("undefined variable {variable:?}")))
    }

    /// Words up to `|` or what ends the pipeline.
    fn command(&mut self, end: Kind) -> Result<Command, Unread> {
        let mut words: Vec<Word> = Vec::new();
        loop {
            let Some(token) = self.peek() else {
                return Err(self.error_at(self.text.len(), "unexpected EOF in operand"));
            };
            match token.kind {
                kind if kind == end => break,
                Kind::Pipe => {
                    self.at += 1;
                    if self.peek().is_none_or(|next| next.kind == end) {
                        return Err(self.error_at(token.span.start as usize, "missing value for command"));
                    }
                    break;
                }
                Kind::Right | Kind::Close | Kind::Comma | Kind::Assign | Kind::Declare => {
                    return self.unexpected(token, "operand");
                }
                _ => {}
            }
            if !words.is_empty() && !token.spaced && token.kind != Kind::Open {
                return self.unexpected(token, "operand");
            }
            words.push(self.operand()?);
        }
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            return Err(self.error_at(self.last_end(), "empty command"));
        };
        let span = Span { start: first.span.start, end: last.span.end };
        Ok(Command { span, words })
    }

    /// A word and the fields that follow it without a space.
    fn operand(&mut self) -> Result<Word, Unread> {
        let mut word = self.word()?;
        let mut fields: Vec<Rc<str>> = Vec::new();
        let start = word.span.start;
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Field && !token.spaced) {
            fields.push(self.spelled(token)[1..].into());
            self.at += 1;
            word.span.end = token.span.end;
        }
        if fields.is_empty() {
            return Ok(word);
        }
        match &mut word.kind {
            WordKind::Field(own) | WordKind::Variable(_, own) => own.append(&mut fields),
            WordKind::Bool(_) | WordKind::Text(_) | WordKind::Number(_) | WordKind::Nil | WordKind::Dot => {
                let spelled = &self.text[start as usize..word.span.end as usize];
                return Err(self.error_at(start as usize, &format!("unexpected . after term {spelled:?}")));
            }
            _ => {
                let span = word.span;
                word = Word { span, kind: WordKind::Chain(Box::new(word), fields) };
            }
        }
        Ok(word)
    }

    fn word(&mut self) -> Result<Word, Unread> {
        let token = self.next("operand")?;
        let spelled = self.spelled(token);
        let kind = match token.kind {
            Kind::Dot => WordKind::Dot,
            Kind::Field => WordKind::Field(vec![spelled[1..].into()]),
            Kind::Variable => {
                self.known(spelled, token)?;
                WordKind::Variable(spelled.into(), Vec::new())
            }
            Kind::Quoted | Kind::Raw => WordKind::Text(Text::from(self.literal(token)?)),
            Kind::Number | Kind::Char => match number(spelled) {
                Some(number) => WordKind::Number(number),
                None => {
                    let message = format!("illegal number syntax: {spelled:?}");
                    return Err(self.error_at(token.span.start as usize, &message));
                }
            },
            Kind::Open => {
                let pipe = self.pipe("parenthesized pipeline", Kind::Close)?;
                let span = self.from(token);
                return Ok(Word { span, kind: WordKind::Pipe(pipe) });
            }
            Kind::Word => match spelled {
                "true" => WordKind::Bool(true),
                "false" => WordKind::Bool(false),
                "nil" => WordKind::Nil,
                _ if is_keyword(spelled) => return self.unexpected(token, "operand"),
                _ => match functions::find(spelled) {
                    Some(function) => WordKind::Function(function),
                    None => {
                        let message = format!("function {spelled:?} not defined");
                        return Err(self.error_at(token.span.start as usize, &message));
                    }
                },
            },
            _ => return self.unexpected(token, "operand"),
        };
        Ok(Word { span: token.span, kind })
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(word, "block" | "break" | "continue" | "define" | "else" | "end" | "if" | "range" | "template" | "with")
}

/// A constant as Go spells it: decimal, `0x`, `0o`, `0b`, a leading zero for octal, `_` between digits, a character.
fn number(spelled: &str) -> Option<Number> {
    if let Some(body) = spelled.strip_prefix('\'') {
        let text = unquote(body.strip_suffix('\'')?)?;
        let mut chars = text.chars();
        let c = chars.next().filter(|_| chars.next().is_none())?;
        return Some(Number { int: Some(i64::from(c as u32)), float: f64::from(c as u32), is_float: false });
    }
    if let Some(int) = crate::number::parse_int(spelled, 0) {
        return Some(Number { int: Some(int), float: int as f64, is_float: false });
    }
    let float = crate::number::parse_float(spelled).filter(|float| float.is_finite())?;
    let int = (float.fract() == 0.0 && float.abs() < 9.0e18).then_some(float as i64);
    Some(Number { int, float, is_float: true })
}
