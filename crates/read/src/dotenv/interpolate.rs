//! Variables inside of texts, as Compose writes them: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
//! `${NAME:?why}`, `${NAME?why}`, `${NAME:+other}`, `${NAME+other}` and `$$` for a dollar sign. Defaults nest.
//!
//! The value and the default of a variable whose name is that of a credential are taken out as they are put in, since the
//! text around them does not show what they are. A `$` before anything else stays as it is. What cannot be read as a variable stays and is told as [`Fault::Invalid`].
//!
//! # Source
//! The Compose specification, "Interpolation"; where it is silent, what `docker compose config` prints.

use plimsoll_model::At;

use crate::redact;

/// Variables may stand in the defaults of variables at most this deep.
const NESTING_MAX: usize = 64;

/// A text with its variables put in is no longer than this, unless it was before: variables made of variables double.
const BYTES_MAX: usize = 64 << 10;

/// At most this many places and faults of one text are kept.
const KEPT_MAX: usize = 32;

/// The value of a variable and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub text: String,
    /// Where it stands, then the places through which it came there; empty for what the tool itself knows.
    pub places: Vec<At>,
}

/// A text with its variables put in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpolated {
    /// The text.
    pub text: String,
    /// The places of the values that went into it, in the order of the text.
    pub places: Vec<At>,
    /// What was wrong, in the order of the text.
    pub faults: Vec<Fault>,
}

/// What can be wrong with a variable in a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The variable is set nowhere and has no default; the empty text was taken.
    Unset(String),
    /// The variable must be set (`:?`), and is not: its name and the message.
    Required(String, String),
    /// A `${` that begins no variable.
    Invalid(String),
    /// The text would become too long; variables from here on are left out.
    TooLong,
}

/// Puts variables into a text. `lookup` knows the variables that are set.
pub fn interpolate(text: &str, lookup: &dyn Fn(&str) -> Option<Setting>) -> Interpolated {
    let mut out = Interpolated::default();
    expand(text, lookup, &mut out, 0);
    out
}

impl Interpolated {
    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < KEPT_MAX {
            self.faults.push(fault);
        }
    }

    fn value(&mut self, text: &str, places: &[At]) {
        if self.text.len() + text.len() > BYTES_MAX {
            return self.fault(Fault::TooLong);
        }
        self.text.push_str(text);
        if !text.is_empty() {
            self.places.extend(places);
            self.places.truncate(KEPT_MAX);
        }
    }
}

fn expand(text: &str, lookup: &dyn Fn(&str) -> Option<Setting>, out: &mut Interpolated, depth: usize) {
    let mut rest = text;
    let last_brace = text.rfind('}').unwrap_or(0);
    while let Some(dollar) = rest.find('$') {
        out.text.push_str(&rest[..dollar]);
        let after = &rest[dollar + 1..];
        if let Some(left) = after.strip_prefix('$') {
            out.text.push('$');
            rest = left;
        } else if let Some(inside) = after.strip_prefix('{') {
            // What no brace closes is not looked through to its end again and again.
            let closed = text.len() - inside.len() <= last_brace && depth < NESTING_MAX;
            match closed.then(|| braced(inside)).flatten() {
                Some((variable, left)) => {
                    variable.put(lookup, out, depth);
                    rest = left;
                }
                None => {
                    out.fault(Fault::Invalid(rest[dollar..].chars().take(40).collect()));
                    out.text.push_str("${");
                    rest = inside;
                }
            }
        } else {
            let name = name_length(after);
            if name == 0 {
                out.text.push('$');
            } else {
                Variable { name: &after[..name], form: Form::Plain }.put(lookup, out, depth);
            }
            rest = &after[name..];
        }
    }
    out.text.push_str(rest);
}

/// The length of the name at the beginning of a text.
fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()
}

struct Variable<'t> {
    name: &'t str,
    form: Form<'t>,
}

/// What stands behind the name. `empty`: whether an empty value counts as not set, as the colon says.
enum Form<'t> {
    Plain,
    Default { empty: bool, other: &'t str },
    Required { empty: bool, why: &'t str },
    Instead { empty: bool, other: &'t str },
}

/// A variable behind `${`, and what follows its closing brace.
fn braced(inside: &str) -> Option<(Variable<'_>, &str)> {
    let length = name_length(inside);
    if length == 0 {
        return None;
    }
    let (name, behind) = inside.split_at(length);
    if let Some(left) = behind.strip_prefix('}') {
        return Some((Variable { name, form: Form::Plain }, left));
    }
    let (empty, operator) = match behind.strip_prefix(':') {
        Some(operator) => (true, operator),
        None => (false, behind),
    };
    let body = operator.get(1..).filter(|_| operator.starts_with(['-', '?', '+']))?;
    let end = closing_brace(body)?;
    let (other, left) = (&body[..end], &body[end + 1..]);
    let form = match operator.as_bytes()[0] {
        b'-' => Form::Default { empty, other },
        b'?' => Form::Required { empty, why: other },
        _ => Form::Instead { empty, other },
    };
    Some((Variable { name, form }, left))
}

/// The offset of the brace that closes an opened one; braces inside come in pairs. Where they do not, the last one.
fn closing_brace(body: &str) -> Option<usize> {
    let mut open = 1usize;
    for (offset, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(offset);
                }
            }
            _ => {}
        }
    }
    body.rfind('}')
}

impl Variable<'_> {
    fn put(&self, lookup: &dyn Fn(&str) -> Option<Setting>, out: &mut Interpolated, depth: usize) {
        let set = lookup(self.name);
        let counts = |empty: bool| set.as_ref().is_some_and(|setting| !(empty && setting.text.is_empty()));
        match self.form {
            Form::Default { empty, other } if !counts(empty) => {
                let mut default = Interpolated::default();
                expand(other, lookup, &mut default, depth + 1);
                out.value(&redact::value(self.name, &default.text), &default.places);
                default.faults.into_iter().for_each(|fault| out.fault(fault));
                return;
            }
            Form::Required { empty, why } if !counts(empty) => {
                let mut message = Interpolated::default();
                expand(why, lookup, &mut message, depth + 1);
                out.fault(Fault::Required(self.name.to_owned(), message.text));
            }
            Form::Instead { empty, other } if counts(empty) => return expand(other, lookup, out, depth + 1),
            Form::Plain if set.is_none() => out.fault(Fault::Unset(self.name.to_owned())),
            _ => {}
        }
        if let Some(setting) = set {
            out.value(&redact::value(self.name, &setting.text), &setting.places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lookup(name: &str) -> Option<Setting> {
        let text = match name {
            "A" => "a",
            "B" => "b",
            "EMPTY" => "",
            _ => return None,
        };
        Some(Setting { text: text.to_owned(), places: Vec::new() })
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = interpolate(text, &lookup);
        let faults: String = found.faults.iter().map(|fault| format!(" {fault:?}")).collect();
        assert_eq!(format!("{}{faults}", found.text), expect, "{text}");
    }

    #[test]
    fn plain_and_braced_names_are_replaced() {
        check("$A ${B} $A$B ${A}${B} x$A-y", "a b ab ab xa-y");
        check("$UNSET|", "| Unset(\"UNSET\")");
    }

    #[test]
    fn a_double_dollar_is_one_and_a_lone_one_stays() {
        check("$$A $${A} $1 $ 5$", "$A ${A} $1 $ 5$");
    }

    #[test]
    fn defaults_are_taken_where_the_variable_is_unset_or_with_a_colon_empty() {
        check("${X:-d} ${X-d} ${EMPTY:-d} [${EMPTY-d}] ${A:-d}", "d d d [] a");
        check("${X:-}|${X-}", "|");
    }

    #[test]
    fn defaults_nest_to_any_depth() {
        check("${X:-${Y:-${Z:-$A}}}/${X:-p${A}q${B:-r}}", "a/paqb");
        check(r#"${X:-{"a":{"b":"${A}"}}}"#, r#"{"a":{"b":"a"}}"#);
    }

    #[test]
    fn the_first_operator_counts() {
        check("${X:-a:?b} ${X-:-c} ${X:-http://h:80/?q=-1}", "a:?b :-c http://h:80/?q=-1");
    }

    #[test]
    fn alternatives_are_taken_where_the_variable_is_set() {
        check("[${A:+x}] [${EMPTY:+x}] [${EMPTY+x}] [${U:+x}] [${U+x}]", "[x] [] [x] [] []");
    }

    #[test]
    fn a_required_variable_that_is_not_set_is_told_with_its_message() {
        check("${X:?set $A}|${A?}", "|a Required(\"X\", \"set a\")");
        check("${EMPTY:?no}|${EMPTY?no}", "| Required(\"EMPTY\", \"no\")");
    }

    #[test]
    fn what_is_no_variable_stays_and_is_told() {
        check("${ A}", "${ A} Invalid(\"${ A}\")");
        check("${A", "${A Invalid(\"${A\")");
        check("${A!x} $B", "${A!x} b Invalid(\"${A!x} $B\")");
    }

    #[test]
    fn variables_that_double_stop_somewhere() {
        let long = "x".repeat(BYTES_MAX / 2 + 1);
        let found = interpolate("$A$A", &|_| Some(Setting { text: long.clone(), places: Vec::new() }));
        assert_eq!((found.text.len(), found.faults), (long.len(), vec![Fault::TooLong]));
    }

    #[test]
    fn what_nothing_closes_takes_no_longer_than_it_is_long() {
        let text = "${A:-".repeat(100_000);
        assert_eq!(interpolate(&text, &lookup).text, text);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[$={}:?+A \n\u{e9}-]{0,60}") {
            interpolate(&text, &lookup);
        }
    }
}
