//! # Variables
//! Reads files of variables (`.env`), as Compose reads them, each value with its place. A file speaks for the component
//! whose folder it lies in; what a compose file takes from it is the compose reader's.
//!
//! Lines of `NAME=value`, `NAME: value`, `export NAME=value`, or `NAME` alone, which takes the value that the shell or
//! the project gives. A value without quotes ends at the line's end or at ` #`; in single quotes it is taken as it
//! stands; in double quotes it may span lines, has escapes, and variables are put in, as they are without quotes.
//! A later entry sees earlier ones.
//!
//! Not here: which file a compose project takes (`compose`). Not read as configuration: samples (`.env.example`) and test
//! files (`.env.test`).
//!
//! ## Example
//! `orders/.env` with `DB_URL=postgres://orders-db/orders` gives the mention `DB_URL` of what is built in `orders`.
//!
//! ## Source
//! The Compose specification, "env_file" and "Env_file format".

pub mod interpolate;

use std::collections::BTreeMap;

use plimsoll_model::{At, FileId, Problem};

use crate::config::pairs::Pair;
use crate::corpus::Corpus;
use crate::facts::{About, Facts};

use interpolate::{Fault, Setting, interpolate};

/// The reader of files of variables.
pub const READER: crate::Reader = crate::Reader { name: "dotenv", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    const NOT_IN_USE: &[&str] = &["example", "sample", "template", "dist", "test", "defaults"];
    let path = corpus.path(file);
    let name = path.rsplit('/').next().unwrap_or(path);
    let rest = name.strip_prefix(".env");
    rest.is_some_and(|rest| {
        (rest.is_empty() || rest.starts_with('.')) && !rest.split('.').any(|word| NOT_IN_USE.contains(&word))
    })
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    for file in files {
        let text = match corpus.text(*file) {
            Ok(text) => text,
            Err(why) => {
                facts.problems.push(Problem { at: At::whole(*file), message: why.to_owned() });
                continue;
            }
        };
        let variables = parse(*file, text, &|_| None);
        let pairs: Vec<Pair> = variables
            .entries
            .iter()
            .filter_map(|entry| {
                let setting = entry.value.as_ref()?;
                Some(Pair::at(entry.key.clone(), crate::redact::value(&entry.key, &setting.text), entry.key_at))
            })
            .collect();
        facts.mentions.extend(crate::config::read_pairs(&pairs, About::File(*file), &|_| None));
        facts.problems.extend(variables.problems);
    }
    facts
}

/// One entry of a file of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The variable's name.
    pub key: String,
    /// The value; `None` for a name alone.
    pub value: Option<Setting>,
    /// Where the name stands.
    pub key_at: At,
}

/// The entries of one file and what could not be read of it.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// In the order of the text; a name may come twice, and then the last counts.
    pub entries: Vec<Entry>,
    /// Lines that are no entries; each with its place.
    pub problems: Vec<Problem>,
}

/// Reads a file of variables. `outer` knows what is set outside of the file, which comes before what the file says.
pub fn parse(file: FileId, text: &str, outer: &dyn Fn(&str) -> Option<Setting>) -> Variables {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        Reader { file, rest: text, line: 1, column: 1, outer, set: BTreeMap::new(), out: Variables::default() };
    while reader.next_statement() {}
    reader.out
}

/// Reads lines of `NAME=value` without quotes, comments or variables, as `format: raw` asks for.
pub fn parse_raw(file: FileId, text: &str) -> Variables {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Variables::default();
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let key_at = At::new(file, index as u32 + 1, (line.len() - trimmed.len()) as u32 + 1);
        let (key, value) = match trimmed.split_once('=') {
            Some((key, value)) => {
                let at = At::new(file, key_at.line, key_at.column + key.chars().count() as u32 + 1);
                (key, Some(Setting { text: value.to_owned(), places: vec![at] }))
            }
            None => (trimmed.trim_end(), None),
        };
        out.entries.push(Entry { key: key.to_owned(), value, key_at });
    }
    out
}

struct Reader<'t> {
    file: FileId,
    rest: &'t str,
    line: u32,
    column: u32,
    outer: &'t dyn Fn(&str) -> Option<Setting>,
    set: BTreeMap<String, Setting>,
    out: Variables,
}

/// Space that does not end a line.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

impl<'t> Reader<'t> {
    fn at(&self) -> At {
        At::new(self.file, self.line, self.column)
    }

    /// Takes some bytes off, keeping count of the place.
    fn advance(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        for c in taken.chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = rest;
        taken
    }

    fn skip(&mut self, what: impl Fn(char) -> bool) {
        let length = self.rest.find(|c| !what(c)).unwrap_or(self.rest.len());
        self.advance(length);
    }

    fn skip_line(&mut self) {
        self.advance(self.rest.find('\n').map_or(self.rest.len(), |end| end + 1));
    }

    /// Reads one entry or comment; false at the end of the text.
    fn next_statement(&mut self) -> bool {
        self.skip(char::is_whitespace);
        if self.rest.is_empty() {
            return false;
        }
        if self.rest.starts_with('#') {
            self.skip_line();
            return true;
        }
        if let Some(left) = self.rest.strip_prefix("export").filter(|left| left.starts_with(char::is_whitespace)) {
            self.advance(self.rest.len() - left.trim_start_matches(is_blank).len());
        }
        match self.key() {
            Ok((key, key_at, Separator::Sign)) => self.entry(key, key_at),
            Ok((key, key_at, Separator::End)) => self.out.entries.push(Entry { key, value: None, key_at }),
            Err(message) => {
                self.out.problems.push(Problem { at: self.at(), message });
                self.skip_line();
            }
        }
        true
    }

    /// The name, its place and what ends it; the separator is taken off.
    fn key(&mut self) -> Result<(String, At, Separator), String> {
        let end = self.rest.find(['=', ':', '\n']).unwrap_or(self.rest.len());
        let key = self.rest[..end].trim_end();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
        if key.is_empty() || !key.chars().all(fits) {
            let shown: String = key.chars().take(24).collect();
            return Err(format!("`{shown}` is not a variable's name; the line is left out; write NAME=value"));
        }
        let (key, key_at) = (key.to_owned(), self.at());
        let separator = if self.rest[end..].starts_with(['=', ':']) { Separator::Sign } else { Separator::End };
        self.advance((end + 1).min(self.rest.len()));
        Ok((key, key_at, separator))
    }

    fn entry(&mut self, key: String, key_at: At) {
        self.skip(is_blank);
        let at = self.at();
        let raw = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => match self.quoted(quote) {
                Some(value) if quote == '\'' => Ok(value),
                Some(value) => Err(escapes(&value)),
                None => {
                    let message = format!("the quoted value of `{key}` has no end; the line is left out");
                    self.out.problems.push(Problem { at, message });
                    self.skip_line();
                    return;
                }
            },
            _ => {
                let line = self.rest.split('\n').next().unwrap_or_default();
                let value = line.split(" #").next().unwrap_or_default().trim_end().to_owned();
                self.skip_line();
                Err(value)
            }
        };
        let value = match raw {
            Ok(literal) => Setting { text: literal, places: vec![at] },
            Err(template) => self.expanded(&template, at),
        };
        self.set.insert(key.clone(), value.clone());
        self.out.entries.push(Entry { key, value: Some(value), key_at });
    }

    /// What stands between quotes, with `\"` made plain; the rest of the line stays. `None` without a closing quote.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut value = String::new();
        let mut escaped = false;
        for (offset, c) in self.rest.char_indices().skip(1) {
            if c == quote && !escaped {
                self.advance(offset + 1);
                return Some(value);
            }
            if c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if escaped && c != quote {
                value.push('\\');
            }
            escaped = false;
            value.push(c);
        }
        None
    }

    /// A value with its variables put in. Where it is made of others, its place is that of the first of them.
    fn expanded(&mut self, template: &str, at: At) -> Setting {
        let found = interpolate(template, &|name| (self.outer)(name).or_else(|| self.set.get(name).cloned()));
        for fault in found.faults {
            let message = match fault {
                Fault::Unset(_) => continue,
                Fault::Required(name, why) => format!("`{name}` must be set: {why}; the empty text is taken"),
                Fault::Invalid(text) => format!("`{text}` is not a variable; write `$$` for a dollar sign"),
                Fault::TooLong => String::from("the value becomes too long; variables in it are left out"),
            };
            self.out.problems.push(Problem { at, message });
        }
        let mut places = found.places;
        places.push(at);
        Setting { text: found.text, places }
    }
}

enum Separator {
    Sign,
    End,
}

/// Escapes inside of double quotes. `\$` becomes `$$`, which is a dollar sign once variables are put in.
fn escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let rest = chars.as_str();
        match chars.next() {
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('c') => out.push_str("\\c"),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('v') => out.push('\u{b}'),
            Some('$') => out.push_str("$$"),
            Some('"') => out.push('"'),
            Some('\\') => out.push('\\'),
            Some('0') => {
                let digits = &rest[1..][..rest[1..].bytes().take(3).take_while(u8::is_ascii_digit).count()];
                match u8::from_str_radix(digits, 8).ok().filter(|_| digits.len() == 3) {
                    Some(byte) => out.push(char::from(byte)),
                    None => {
                        out.push_str("\\0");
                        out.push_str(digits);
                    }
                }
                chars = rest[1 + digits.len()..].chars();
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: Expect) {
        let outer = |name: &str| (name == "OUTER").then(|| Setting { text: "o".into(), places: Vec::new() });
        let found = parse(FileId(0), text, &outer);
        let mut shown = String::new();
        for entry in &found.entries {
            let value = match &entry.value {
                Some(setting) => {
                    let places: Vec<String> =
                        setting.places.iter().map(|at| format!("{}:{}", at.line, at.column)).collect();
                    format!("{:?} {}", setting.text, places.join(" via "))
                }
                None => String::from("-"),
            };
            shown += &format!("{} {value}\n", entry.key);
        }
        for problem in &found.problems {
            shown += &format!("! {}:{} {}\n", problem.at.line, problem.at.column, problem.message);
        }
        expect.assert_eq(&shown);
    }

    #[test]
    fn lines_comments_and_export() {
        check(
            "# one\nA=1\n  export B = two words  # note\nC=x#y\nD=\n\nE: yaml\r\nF",
            expect![[r#"
                A "1" 2:3
                B "two words" 3:14
                C "x#y" 4:3
                D "" 5:3
                E "yaml" 7:4
                F -
            "#]],
        );
    }

    #[test]
    fn quotes_escapes_and_several_lines() {
        check(
            "A='$X \\n it\\'s' # note\nB=\"a\\tb \\\"q\\\" \\$X $A\"\nC=\"one\ntwo\"\nD='p\nq'\nE=3\n",
            expect![[r#"
                A "$X \\n it's" 1:3
                B "a\tb \"q\" $X $X \\n it's" 1:3 via 2:3
                C "one\ntwo" 3:3
                D "p\nq" 5:3
                E "3" 7:3
            "#]],
        );
    }

    #[test]
    fn values_see_earlier_ones_and_what_is_set_outside() {
        check(
            "HOST=db\nURL=pg://${HOST}:${PORT:-5432}/${OUTER}\nLATE=$NEVER|\n",
            expect![[r#"
                HOST "db" 1:6
                URL "pg://db:5432/o" 1:6 via 2:5
                LATE "|" 3:6
            "#]],
        );
    }

    #[test]
    fn what_is_no_entry_is_told_and_the_rest_is_read() {
        check(
            "what is this\nA=1\n= 2\nB=\"open\nC=3\n",
            expect![[r#"
                A "1" 2:3
                C "3" 5:3
                ! 1:1 `what is this` is not a variable's name; the line is left out; write NAME=value
                ! 3:1 `` is not a variable's name; the line is left out; write NAME=value
                ! 4:3 the quoted value of `B` has no end; the line is left out
            "#]],
        );
    }

    #[test]
    fn raw_files_are_taken_as_they_stand() {
        let found = parse_raw(FileId(0), "A=\"$X\" # y\n\n#c\nB\n");
        let shown: Vec<_> =
            found.entries.iter().map(|e| (e.key.as_str(), e.value.as_ref().map(|v| v.text.as_str()))).collect();
        assert_eq!(shown, [("A", Some("\"$X\" # y")), ("B", None)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[A-C=:\"'\\\\$0-9{}# \n\t\u{e9}]{0,80}") {
            parse(FileId(0), &text, &|_| None);
            parse_raw(FileId(0), &text);
        }
    }
}
