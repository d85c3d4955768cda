//! Text into tokens, by the rules of Go's `text/template/parse`: trim markers, comments, and words that must end where
//! a word can end.

use crate::ast::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text between actions.
    Text,
    /// `{{`
    Left,
    /// `}}`
    Right,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `|`
    Pipe,
    /// `:=`
    Declare,
    /// `=`
    Assign,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `.name`
    Field,
    /// `$name`
    Variable,
    /// A word: a function, `true`, `nil` or a keyword.
    Word,
    Number,
    /// `'c'`
    Char,
    /// `"text"`
    Quoted,
    /// `` `text` ``
    Raw,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    /// Whether white space stands before it, inside an action.
    pub(crate) spaced: bool,
}

/// What cannot be read, and where.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) at: usize,
    pub(crate) message: String,
}

const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// All tokens of a text.
pub(crate) fn lex(text: &str) -> Result<Vec<Token>, Unread> {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), parens: 0 };
    lexer.run()?;
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    parens: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, Unread> {
        Err(Unread { at: self.at, message: message.into() })
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize, spaced: bool) {
        self.tokens.push(Token { kind, span: Span { start: start as u32, end: end as u32 }, spaced });
    }

    fn run(&mut self) -> Result<(), Unread> {
        let mut trim = false;
        loop {
            let left = self.rest().find("{{").map(|offset| self.at + offset);
            let end = left.unwrap_or(self.text.len());
            let body = left.map(|left| &self.text[left + 2..]);
            let trims_before = body.is_some_and(has_left_trim);
            let piece = &self.text[self.at..end];
            let start = if trim { end - piece.trim_start_matches(SPACES).len() } else { self.at };
            let kept = self.text[start..end].trim_end_matches(SPACES).len();
            let stop = if trims_before { start + kept } else { end };
            if start < stop {
                self.push(Kind::Text, start, stop, false);
            }
            let Some(left) = left else { return Ok(()) };
            self.at = left + 2 + if trims_before { 2 } else { 0 };
            // The space of a trim marker stays, as it divides words.
            let comment = self.rest().starts_with("/*");
            trim = if comment { self.comment()? } else { self.action(left, trims_before)? };
        }
    }

    /// A comment; says whether the text behind it is trimmed.
    fn comment(&mut self) -> Result<bool, Unread> {
        let Some(end) = self.rest().find("*/") else { return self.error("unclosed comment") };
        self.at += end + 2;
        if self.rest().starts_with("}}") {
            self.at += 2;
            return Ok(false);
        }
        if has_right_trim(self.rest()) {
            self.at += 4;
            return Ok(true);
        }
        self.error("comment ends before closing delimiter")
    }

    fn action(&mut self, left: usize, trimmed: bool) -> Result<bool, Unread> {
        self.push(Kind::Left, left, left + 2, false);
        let mut spaced = trimmed;
        loop {
            let trims = has_right_trim(self.rest());
            if trims || self.rest().starts_with("}}") {
                if self.parens > 0 {
                    return self.error("unclosed left paren");
                }
                let width = if trims { 4 } else { 2 };
                self.push(Kind::Right, self.at, self.at + width, spaced);
                self.at += width;
                return Ok(trims);
            }
            let Some(c) = self.next() else { return self.error("unclosed action") };
            if SPACES.contains(&c) {
                self.at += 1;
                spaced = true;
                continue;
            }
            self.token(c, spaced)?;
            spaced = false;
        }
    }

    fn token(&mut self, c: char, spaced: bool) -> Result<(), Unread> {
        let start = self.at;
        let after = self.rest()[c.len_utf8()..].chars().next();
        let kind = match c {
            '(' => {
                self.parens += 1;
                self.one(Kind::Open)
            }
            ')' => {
                if self.parens == 0 {
                    return self.error("unexpected right paren");
                }
                self.parens -= 1;
                self.one(Kind::Close)
            }
            '|' => self.one(Kind::Pipe),
            ',' => self.one(Kind::Comma),
            '=' => self.one(Kind::Assign),
            ':' => {
                if after != Some('=') {
                    return self.error("expected :=");
                }
                self.at += 2;
                Kind::Declare
            }
            '"' => self.quoted()?,
            '`' => {
                let Some(end) = self.rest()[1..].find('`') else { return self.error("unterminated raw quoted string") };
                self.at += end + 2;
                Kind::Raw
            }
            '\'' => self.character()?,
            '$' => {
                self.at += 1;
                self.name()?;
                Kind::Variable
            }
            '.' if !after.is_some_and(|c| c.is_ascii_digit()) => {
                self.at += 1;
                if self.at_end_of_word() {
                    Kind::Dot
                } else {
                    self.name()?;
                    Kind::Field
                }
            }
            '.' | '+' | '-' | '0'..='9' => self.number()?,
            c if is_word(c) => {
                self.name()?;
                Kind::Word
            }
            c => return self.error(format!("unrecognized character in action: {}", shown(c))),
        };
        self.push(kind, start, self.at, spaced);
        Ok(())
    }

    fn one(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    /// Letters and digits up to where a word may end.
    fn name(&mut self) -> Result<(), Unread> {
        self.at += self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len());
        if self.at_end_of_word() {
            return Ok(());
        }
        self.error(format!("bad character {}", self.next().map(shown).unwrap_or_default()))
    }

    fn at_end_of_word(&self) -> bool {
        match self.next() {
            None => true,
            Some(c) if SPACES.contains(&c) => true,
            Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(_) => self.rest().starts_with("}}"),
        }
    }

    fn quoted(&mut self) -> Result<Kind, Unread> {
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => break,
                '"' => {
                    self.at += offset + 1;
                    return Ok(Kind::Quoted);
                }
                _ => {}
            }
        }
        self.error("unterminated quoted string")
    }

    fn character(&mut self) -> Result<Kind, Unread> {
        let mut escaped = false;
        for (offset, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => break,
                '\'' => {
                    self.at += offset + 1;
                    return Ok(Kind::Char);
                }
                _ => {}
            }
        }
        self.error("unterminated character constant")
    }

    fn number(&mut self) -> Result<Kind, Unread> {
        let start = self.at;
        let is_hex = self.rest().trim_start_matches(['+', '-']).starts_with("0x");
        let mut before = ' ';
        let mut length = 0;
        for c in self.rest().chars() {
            let in_exponent = matches!(before, 'e' | 'E') && !is_hex || matches!(before, 'p' | 'P');
            let goes_on = match c {
                '+' | '-' => length == 0 || in_exponent,
                '.' | '_' => true,
                c => c.is_ascii_alphanumeric(),
            };
            if !goes_on {
                break;
            }
            before = c;
            length += 1;
        }
        self.at += length;
        if self.at_end_of_word() {
            return Ok(Kind::Number);
        }
        self.error(format!("bad number syntax: {:?}", &self.text[start..self.at]))
    }
}

/// `- ` behind the left delimiter.
fn has_left_trim(body: &str) -> bool {
    body.starts_with('-') && body[1..].starts_with(SPACES)
}

/// ` -}}`.
fn has_right_trim(rest: &str) -> bool {
    rest.starts_with(SPACES) && rest[1..].starts_with("-}}")
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// A character as Go's `%#U` shows it.
fn shown(c: char) -> String {
    format!("U+{:04X} '{c}'", c as u32)
}
