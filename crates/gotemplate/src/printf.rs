//! `printf`, by the rules of Go's `fmt`: verbs, flags, width, precision, argument indexes, and what it says of mistakes.

use crate::number;
use crate::place::{Builder, Text};
use crate::print;
use crate::quoted;
use crate::value::{Data, Value};

/// Widths and precisions beyond this are mistakes, as in Go.
const SIZE_MAX: usize = 1_000_000;

#[derive(Clone, Copy, Default)]
struct Flags {
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Formats `values`. What is printed of a value keeps where it comes from.
pub(crate) fn printf(format: &Text, values: &[Value]) -> Text {
    let mut out = Builder::default();
    let mut printer = Printer { values, next: 0, reordered: false };
    let mut rest = 0;
    while let Some(offset) = format[rest..].find('%') {
        out.push_part(format, rest, rest + offset);
        rest = rest + offset + 1;
        rest += printer.verb(&mut out, &format[rest..]);
    }
    out.push_part(format, rest, format.len());
    if !printer.reordered && printer.next < values.len() {
        let extra = &values[printer.next..];
        let shown: Vec<String> = extra.iter().map(with_type).collect();
        out.push_str(&format!("%!(EXTRA {})", shown.join(", ")));
    }
    out.finish()
}

fn with_type(value: &Value) -> String {
    match value.data {
        Data::Nil => "<nil>".to_owned(),
        _ => format!("{}={}", value.type_name(), print::plain(value)),
    }
}

struct Printer<'v> {
    values: &'v [Value],
    next: usize,
    reordered: bool,
}

impl Printer<'_> {
    /// Formats what follows a `%`; says how many bytes that was.
    fn verb(&mut self, out: &mut Builder, spec: &str) -> usize {
        let mut flags = Flags::default();
        let mut at = 0;
        let byte = |at: usize| spec.as_bytes().get(at).copied();
        loop {
            match byte(at) {
                Some(b'-') => (flags.minus, flags.zero) = (true, false),
                Some(b'+') => flags.plus = true,
                Some(b'#') => flags.sharp = true,
                Some(b' ') => flags.space = true,
                Some(b'0') => flags.zero = !flags.minus,
                _ => break,
            }
            at += 1;
        }
        let mut bad_index = !self.index(spec, &mut at);
        if byte(at) == Some(b'*') {
            at += 1;
            let width = self.taken_int();
            if width.is_some_and(|width| width < 0) {
                (flags.minus, flags.zero) = (true, false);
            }
            flags.width = width.map(|width| width.unsigned_abs() as usize).filter(|width| *width <= SIZE_MAX);
            if flags.width.is_none() {
                out.push_str("%!(BADWIDTH)");
            }
        } else {
            flags.width = digits(spec, &mut at);
        }
        if byte(at) == Some(b'.') {
            at += 1;
            bad_index |= !self.index(spec, &mut at);
            if byte(at) == Some(b'*') {
                at += 1;
                flags.precision = self.taken_int().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= SIZE_MAX);
                if flags.precision.is_none() {
                    out.push_str("%!(BADPREC)");
                }
            } else {
                flags.precision = Some(digits(spec, &mut at).unwrap_or(0));
            }
        }
        bad_index |= !self.index(spec, &mut at);
        let Some(verb) = spec[at..].chars().next() else {
            out.push_str("%!(NOVERB)");
            return at;
        };
        at += verb.len_utf8();
        if verb == '%' {
            out.push_str("%");
        } else if bad_index {
            out.push_str(&format!("%!{verb}(BADINDEX)"));
        } else if let Some(value) = self.values.get(self.next) {
            self.next += 1;
            format_value(out, value, verb, flags);
        } else {
            out.push_str(&format!("%!{verb}(MISSING)"));
        }
        at
    }

    /// `[n]`: which argument comes next. False where the index is wrong.
    fn index(&mut self, spec: &str, at: &mut usize) -> bool {
        let Some(body) = spec[*at..].strip_prefix('[') else { return true };
        self.reordered = true;
        let Some(end) = body.find(']') else {
            *at += 1;
            return false;
        };
        *at += end + 2;
        match body[..end].parse::<usize>() {
            Ok(number) if (1..=self.values.len()).contains(&number) => {
                self.next = number - 1;
                true
            }
            _ => false,
        }
    }

    fn taken_int(&mut self) -> Option<i64> {
        let value = self.values.get(self.next)?;
        self.next += 1;
        match value.data {
            Data::Int(n) | Data::Int64(n) => Some(n),
            _ => None,
        }
    }
}

fn digits(spec: &str, at: &mut usize) -> Option<usize> {
    let body = &spec[*at..];
    let end = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    let number = body[..end].parse().ok().filter(|number| *number <= SIZE_MAX)?;
    *at += end;
    Some(number)
}

fn format_value(out: &mut Builder, value: &Value, verb: char, flags: Flags) {
    let as_it_is = !flags.sharp && flags.width.is_none() && flags.precision.is_none();
    if as_it_is && matches!(verb, 'v' | 's') && value.as_str().is_some() {
        print::push(out, value);
        return;
    }
    let text = formatted(value, verb, flags, 0);
    print::push_as(out, value, &text.into());
}

fn formatted(value: &Value, verb: char, flags: Flags, depth: usize) -> String {
    if depth > print::DEPTH_MAX {
        return "...".to_owned();
    }
    // `%+v` names the fields of structs, and asks for no sign.
    let flags = Flags { plus: flags.plus && verb != 'v', ..flags };
    match verb {
        'T' => return pad(value.type_name(), flags),
        'v' if flags.sharp => return go_syntax(value, depth),
        _ => {}
    }
    let bad = || match value.data {
        Data::Nil => format!("%!{verb}(<nil>)"),
        _ => format!("%!{verb}({}={})", value.type_name(), print::plain(value)),
    };
    match (&value.data, verb) {
        (Data::Nil, 'v') => pad("<nil>".to_owned(), flags),
        (Data::Bool(flag), 'v' | 't') => pad(flag.to_string(), flags),
        (Data::Int(n) | Data::Int64(n), _) => integer(*n, verb, flags).unwrap_or_else(bad),
        (Data::Float(n), _) => float(*n, verb, flags).unwrap_or_else(bad),
        (Data::Text(text), _) => string(text, verb, flags).unwrap_or_else(bad),
        (Data::Bytes(bytes), 's' | 'q' | 'x' | 'X') => {
            string(&String::from_utf8_lossy(bytes), verb, flags).unwrap_or_else(bad)
        }
        (Data::Duration(n), 'd') => integer(*n, verb, flags).unwrap_or_else(bad),
        (Data::Time(_) | Data::Duration(_) | Data::Object(_), 'v' | 's' | 'q') => {
            string(&print::plain(value), verb, flags).unwrap_or_else(bad)
        }
        (Data::List(list), _) => {
            let items: Vec<String> = list.items().iter().map(|item| formatted(item, verb, flags, depth + 1)).collect();
            format!("[{}]", items.join(" "))
        }
        (Data::Map(map), _) => {
            let one = |(key, value): &(std::rc::Rc<str>, Value)| {
                let key = formatted(&Value::from(&**key), verb, flags, depth + 1);
                format!("{key}:{}", formatted(value, verb, flags, depth + 1))
            };
            format!("map[{}]", map.entries().iter().map(one).collect::<Vec<_>>().join(" "))
        }
        _ => bad(),
    }
}

/// `%#v`.
fn go_syntax(value: &Value, depth: usize) -> String {
    if depth > print::DEPTH_MAX {
        return "...".to_owned();
    }
    let inner = |value: &Value| match value.data {
        Data::Nil => "interface {}(nil)".to_owned(),
        _ => go_syntax(value, depth + 1),
    };
    match &value.data {
        Data::Nil => "<nil>".to_owned(),
        Data::Text(text) => quoted::quote(text),
        Data::List(list) => {
            let items: Vec<String> = list.items().iter().map(inner).collect();
            format!("{}{{{}}}", value.type_name(), items.join(", "))
        }
        Data::Map(map) => {
            let entries = map.entries();
            let items: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", quoted::quote(key), inner(value))).collect();
            format!("{}{{{}}}", value.type_name(), items.join(", "))
        }
        _ => print::plain(value),
    }
}

fn pad(text: String, flags: Flags) -> String {
    let length = text.chars().count();
    let Some(missing) = flags.width.and_then(|width| width.checked_sub(length)) else { return text };
    if flags.minus {
        format!("{text}{}", " ".repeat(missing))
    } else if flags.zero {
        // Zeros stand between the sign and the digits.
        match text.strip_prefix(['-', '+']) {
            Some(digits) => format!("{}{}{digits}", &text[..1], "0".repeat(missing)),
            None => format!("{}{text}", "0".repeat(missing)),
        }
    } else {
        format!("{}{text}", " ".repeat(missing))
    }
}

fn signed(negative: bool, flags: Flags, digits: String) -> String {
    match (negative, flags.plus, flags.space) {
        (true, ..) => format!("-{digits}"),
        (false, true, _) => format!("+{digits}"),
        (false, false, true) => format!(" {digits}"),
        _ => digits,
    }
}

fn integer(n: i64, verb: char, flags: Flags) -> Option<String> {
    let size = n.unsigned_abs();
    let digits = match verb {
        'v' | 'd' => size.to_string(),
        'b' => format!("{}{size:b}", if flags.sharp { "0b" } else { "" }),
        'o' => format!("{}{size:o}", if flags.sharp { "0" } else { "" }),
        'O' => format!("0o{size:o}"),
        'x' => format!("{}{size:x}", if flags.sharp { "0x" } else { "" }),
        'X' => format!("{}{size:X}", if flags.sharp { "0X" } else { "" }),
        'c' => return Some(pad(character(n).to_string(), flags)),
        'q' => return Some(pad(format!("'{}'", quoted_character(character(n))), flags)),
        'U' => return Some(pad(format!("U+{n:04X}"), flags)),
        _ => return None,
    };
    let digits = match flags.precision {
        Some(precision) => format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len()))),
        None => digits,
    };
    let flags = Flags { zero: flags.zero && flags.precision.is_none(), ..flags };
    Some(pad(signed(n < 0, flags, digits), flags))
}

fn character(n: i64) -> char {
    u32::try_from(n).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')
}

fn quoted_character(c: char) -> String {
    match c {
        '\'' => "\\'".to_owned(),
        '"' => "\"".to_owned(),
        c => quoted::escaped(c).unwrap_or_else(|| c.to_string()),
    }
}

fn float(n: f64, verb: char, flags: Flags) -> Option<String> {
    let size = n.abs();
    let text = match (verb, flags.precision) {
        _ if !n.is_finite() => number::general(n, 0, 0).trim_start_matches(['+', '-']).to_owned(),
        ('v' | 'g', None) => number::float(size),
        ('G', None) => number::float(size).to_uppercase(),
        ('v' | 'g' | 'G', Some(precision)) => {
            let text = significant(size, precision.clamp(1, 300));
            if verb == 'G' { text.to_uppercase() } else { text }
        }
        ('f' | 'F', precision) => format!("{size:.*}", precision.unwrap_or(6).min(2000)),
        ('e' | 'E', precision) => {
            let text = exponent(&format!("{size:.*e}", precision.unwrap_or(6).min(2000)));
            if verb == 'E' { text.to_uppercase() } else { text }
        }
        _ => return None,
    };
    let flags = if n.is_finite() { flags } else { Flags { zero: false, ..flags } };
    Some(pad(signed(n.is_sign_negative() && !n.is_nan(), flags, text), flags))
}

/// `%g` with a precision: so many digits, trailing zeros gone, an exponent below -4 and from the precision on.
fn significant(n: f64, precision: usize) -> String {
    let scientific = format!("{n:.*e}", precision - 1);
    let Some((digits, power)) = scientific.split_once('e') else { return scientific };
    let power: i32 = power.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if power < -4 || power >= precision as i32 {
        return exponent(&format!("{}e{power}", trim(digits)));
    }
    trim(&format!("{n:.*}", (precision as i32 - 1 - power).max(0) as usize))
}

/// `1e5` as `1e+05`.
fn exponent(text: &str) -> String {
    let Some((digits, power)) = text.split_once('e') else { return text.to_owned() };
    let power: i32 = power.parse().unwrap_or(0);
    format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

fn string(text: &str, verb: char, flags: Flags) -> Option<String> {
    let cut: String = match flags.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    let shown = match verb {
        'v' | 's' => cut,
        'q' if flags.sharp && !cut.contains(['`', '\n', '\u{7f}']) => format!("`{cut}`"),
        'q' => quoted::quote(&cut),
        'x' => cut.bytes().map(|byte| format!("{byte:02x}")).collect(),
        'X' => cut.bytes().map(|byte| format!("{byte:02X}")).collect(),
        _ => return None,
    };
    Some(pad(shown, flags))
}
