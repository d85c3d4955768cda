//! The syntax of nginx, with places: words, quotes, comments, blocks.
//!
//! No kept crate reads it with places: the one there is knows a fixed list of directives, and stops at the first other one.
//! Templates are read as they stand: `${NAME}`, `{{ name }}` and `<%= name %>` are part of their word, `{% … %}` is skipped.
//! The text of Lua blocks is skipped by its braces.
//!
//! Reference: `ngx_conf_read_token` in nginx's `src/core/ngx_conf_file.c`.

use plimsoll_model::{At, FileId, Problem};

/// Blocks nested deeper than this are not read; nginx's own nest five deep.
const DEPTH_MAX: usize = 64;

/// A word of a directive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: At,
}

/// A directive; blocks are directives that others have as their parent.
#[derive(Clone, Debug)]
pub(super) struct Directive {
    pub(super) name: Word,
    pub(super) arguments: Vec<Word>,
    /// Index of the block that it stands in.
    pub(super) parent: Option<usize>,
}

/// The directives of a text, and what could not be read of it.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) directives: Vec<Directive>,
    pub(super) problems: Vec<Problem>,
    /// Where the first block of Lua stands.
    pub(super) lua: Option<At>,
}

/// Reads a text to its end, whatever it holds.
pub(super) fn parse(file: FileId, text: &str) -> Parsed {
    let mut reader = Reader { chars: text.chars().collect(), index: 0, line: 1, column: 1, file };
    let mut out = Parsed::default();
    let mut words: Vec<Word> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while let Some(token) = reader.token() {
        match token {
            Token::Word(word) => words.push(word),
            Token::End => {
                close_directive(&mut words, &open, &mut out);
            }
            Token::Open(at) => {
                let lua = words.first().is_some_and(|word| word.text.ends_with("_by_lua_block"));
                let directive = close_directive(&mut words, &open, &mut out);
                if lua {
                    out.lua.get_or_insert(at);
                    reader.skip_lua();
                } else if open.len() >= DEPTH_MAX {
                    let message = format!("blocks nested deeper than {DEPTH_MAX}; the rest of the file is left out");
                    out.problems.push(Problem { at, message });
                    return out;
                } else {
                    // A block without a name keeps its contents together all the same.
                    open.push(directive.unwrap_or_else(|| out.directives.len().saturating_sub(1)));
                }
            }
            Token::Close(at) => {
                close_directive(&mut words, &open, &mut out);
                if open.pop().is_none() {
                    let message = "a `}` that closes nothing; reading goes on after it".to_owned();
                    out.problems.push(Problem { at, message });
                }
            }
        }
    }
    close_directive(&mut words, &open, &mut out);
    out
}

/// Makes a directive of the words so far; returns its index.
fn close_directive(words: &mut Vec<Word>, open: &[usize], out: &mut Parsed) -> Option<usize> {
    let mut taken = std::mem::take(words).into_iter();
    let name = taken.next()?;
    if name.text.contains("_by_lua") {
        out.lua.get_or_insert(name.at);
    }
    out.directives.push(Directive { name, arguments: taken.collect(), parent: open.last().copied() });
    Some(out.directives.len() - 1)
}

enum Token {
    Word(Word),
    End,
    Open(At),
    Close(At),
}

struct Reader {
    chars: Vec<char>,
    index: usize,
    line: u32,
    column: u32,
    file: FileId,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.index + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.index += 1;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(c)
    }

    fn at(&self) -> At {
        At::new(self.file, self.line, self.column)
    }

    fn skip_past(&mut self, first: char, second: char) {
        while let Some(c) = self.next() {
            if c == first && self.peek(0) == Some(second) {
                self.next();
                return;
            }
        }
    }

    fn token(&mut self) -> Option<Token> {
        loop {
            let at = self.at();
            match (self.peek(0)?, self.peek(1)) {
                (c, _) if c.is_whitespace() => {
                    self.next();
                }
                ('#', _) => while self.next().is_some_and(|c| c != '\n') {},
                ('{', Some('%')) => self.skip_past('%', '}'),
                ('{', Some('{')) => return Some(Token::Word(self.word(at))),
                ('{', _) => {
                    self.next();
                    return Some(Token::Open(at));
                }
                ('}', _) => {
                    self.next();
                    return Some(Token::Close(at));
                }
                (';', _) => {
                    self.next();
                    return Some(Token::End);
                }
                _ => return Some(Token::Word(self.word(at))),
            }
        }
    }

    fn word(&mut self, at: At) -> Word {
        let mut text = String::new();
        if let Some(quote) = self.peek(0).filter(|c| matches!(c, '"' | '\'')) {
            self.next();
            while let Some(c) = self.next() {
                match c {
                    '\\' => text.extend(self.next()),
                    c if c == quote => break,
                    c => text.push(c),
                }
            }
            return Word { text, at };
        }
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                (c, _) if c.is_whitespace() || matches!(c, ';' | '}') => break,
                ('$', Some('{')) => self.take_until(&mut text, '}', 1),
                ('{', Some('{')) => self.take_until(&mut text, '}', 2),
                ('<', Some('%')) => self.take_until(&mut text, '>', 1),
                ('{', _) => break,
                ('\\', Some(escaped)) => {
                    text.push('\\');
                    text.push(escaped);
                    self.next();
                    self.next();
                }
                (c, _) => {
                    text.push(c);
                    self.next();
                }
            }
        }
        // A word of nothing would be read for ever.
        if text.is_empty() {
            text.extend(self.next());
        }
        Word { text, at }
    }

    /// Takes all up to and with `count` closing characters.
    fn take_until(&mut self, text: &mut String, close: char, count: usize) {
        let mut left = count;
        while let Some(c) = self.next() {
            text.push(c);
            if c == close {
                left -= 1;
                if left == 0 {
                    return;
                }
            }
        }
    }

    /// Skips to the brace that closes a block of Lua; strings and comments may hold others.
    fn skip_lua(&mut self) {
        let mut depth = 1usize;
        while let Some(c) = self.next() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                '-' if self.peek(0) == Some('-') => while self.next().is_some_and(|c| c != '\n') {},
                '"' | '\'' => {
                    while let Some(inside) = self.next() {
                        match inside {
                            '\\' => {
                                self.next();
                            }
                            '\n' => break,
                            inside if inside == c => break,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
}
