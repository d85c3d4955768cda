//! Operators and functions of CEL's standard library, as far as a model needs them.

use std::cmp::Ordering;

use cel::common::ast::operators;
use plimsoll_read::plimsoll_yaml::near::{listed, nearest};

use super::value::Value;

/// Functions that are known, for suggestions.
const KNOWN: [&str; 15] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "has",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "string",
    "int",
    "double",
    "type",
    "lowerAscii",
];

/// Whether there is an operator or function of that name.
pub(super) fn is_known(name: &str) -> bool {
    name == "matches" || KNOWN.contains(&name) || name.starts_with(['_', '@', '!', '-'])
}

/// What is wrong with a name of which [`is_known`] does not hold.
pub(super) fn unknown(name: &str) -> String {
    match nearest(name, KNOWN) {
        Some(near) => format!("no function is called `{name}`; did you mean `{near}`?"),
        None => format!("no function is called `{name}`; known are {}", listed(KNOWN)),
    }
}

/// Applies an operator or function to its arguments; of a method the first is what it is called on.
pub(super) fn apply<'m>(name: &str, is_method: bool, arguments: &[Value<'m>]) -> Result<Value<'m>, String> {
    match (name, arguments) {
        (operators::EQUALS, [a, b]) => Ok(Value::Bool(a.equals(b))),
        (operators::NOT_EQUALS, [a, b]) => Ok(Value::Bool(!a.equals(b))),
        (operators::LESS, [a, b]) => compared("<", a, b, Ordering::is_lt),
        (operators::LESS_EQUALS, [a, b]) => compared("<=", a, b, Ordering::is_le),
        (operators::GREATER, [a, b]) => compared(">", a, b, Ordering::is_gt),
        (operators::GREATER_EQUALS, [a, b]) => compared(">=", a, b, Ordering::is_ge),
        (operators::ADD, [a, b]) => add(a, b),
        (operators::SUBSTRACT, [a, b]) => arithmetic("-", a, b, i64::checked_sub, u64::checked_sub, |a, b| a - b),
        (operators::MULTIPLY, [a, b]) => arithmetic("*", a, b, i64::checked_mul, u64::checked_mul, |a, b| a * b),
        (operators::DIVIDE, [a, b]) => arithmetic("/", a, b, i64::checked_div, u64::checked_div, |a, b| a / b),
        (operators::MODULO, [a, b]) => arithmetic("%", a, b, i64::checked_rem, u64::checked_rem, |_, _| f64::NAN),
        (operators::LOGICAL_NOT, [Value::Bool(flag)]) => Ok(Value::Bool(!flag)),
        (operators::LOGICAL_NOT, [other]) => Err(format!("`!` turns a bool round, and this is {}", other.kind())),
        (operators::NEGATE, [Value::Int(int)]) => int.checked_neg().map(Value::Int).ok_or_else(too_large),
        (operators::NEGATE, [Value::Double(double)]) => Ok(Value::Double(-double)),
        (operators::NEGATE, [other]) => Err(format!("`-` takes a number, and this is {}", other.kind())),
        (operators::IN, [what, list]) => contained(what, list),
        ("size", [of]) => match of.size() {
            Some(size) => Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX))),
            None => Err(format!("`size` counts lists, objects and strings, and this is {}", of.kind())),
        },
        ("contains", [of, part]) if is_method => texts(name, of, part, |of, part| of.contains(part)),
        ("startsWith", [of, part]) if is_method => texts(name, of, part, |of, part| of.starts_with(part)),
        ("endsWith", [of, part]) if is_method => texts(name, of, part, |of, part| of.ends_with(part)),
        ("lowerAscii", [of]) if is_method && of.text().is_some() => {
            Ok(Value::made(of.text().unwrap_or("").to_ascii_lowercase()))
        }
        ("string", [of]) if !of.is_list() && !of.is_map() && !matches!(of, Value::Null) => {
            Ok(Value::made(of.spelled()))
        }
        ("int", [of]) => int(of),
        ("double", [of]) => double(of),
        ("type", [of]) => Ok(Value::Str(of.kind().split(' ').next_back().unwrap_or("null"))),
        ("matches", _) => {
            Err(String::from("regular expressions are not known here; use `contains`, `startsWith` or `endsWith`"))
        }
        _ => Err(wrong_arguments(name, arguments)),
    }
}

fn wrong_arguments(name: &str, arguments: &[Value<'_>]) -> String {
    let kinds: Vec<&str> = arguments.iter().map(Value::kind).collect();
    format!(
        "`{name}` cannot be asked of {}",
        if kinds.is_empty() { String::from("nothing") } else { kinds.join(" and ") }
    )
}

fn too_large() -> String {
    String::from("the number is too large; 64 bits are kept")
}

fn compared<'m>(sign: &str, a: &Value<'m>, b: &Value<'m>, holds: fn(Ordering) -> bool) -> Result<Value<'m>, String> {
    match a.compare(b) {
        Some(order) => Ok(Value::Bool(holds(order))),
        None => Err(format!(
            "`{sign}` compares two numbers or two strings, and these are {} and {}{}",
            a.kind(),
            b.kind(),
            null_hint(a, b)
        )),
    }
}

/// What to do where a value that is not stated is compared.
fn null_hint(a: &Value<'_>, b: &Value<'_>) -> &'static str {
    match (a, b) {
        (Value::Null, _) | (_, Value::Null) => "; ask `!= null &&` first, since null means not stated",
        _ => "",
    }
}

fn add<'m>(a: &Value<'m>, b: &Value<'m>) -> Result<Value<'m>, String> {
    if let (Some(a), Some(b)) = (a.text(), b.text()) {
        return Ok(Value::made(format!("{a}{b}")));
    }
    if a.is_list() && b.is_list() {
        let mut items = a.items().unwrap_or_default();
        items.extend(b.items().unwrap_or_default());
        return Ok(Value::list(items));
    }
    arithmetic("+", a, b, i64::checked_add, u64::checked_add, |a, b| a + b)
}

fn arithmetic<'m>(
    sign: &str,
    a: &Value<'m>,
    b: &Value<'m>,
    ints: fn(i64, i64) -> Option<i64>,
    uints: fn(u64, u64) -> Option<u64>,
    doubles: fn(f64, f64) -> f64,
) -> Result<Value<'m>, String> {
    let divides = matches!(sign, "/" | "%");
    match (a, b) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) if divides => {
            Err(format!("`{sign}` by 0 has no result; leave such items out first"))
        }
        (Value::Int(a), Value::Int(b)) => ints(*a, *b).map(Value::Int).ok_or_else(too_large),
        (Value::Uint(a), Value::Uint(b)) => uints(*a, *b).map(Value::Uint).ok_or_else(too_large),
        (Value::Double(a), Value::Double(b)) if sign != "%" => Ok(Value::Double(doubles(*a, *b))),
        _ => {
            let (kinds, hint) = (format!("{} and {}", a.kind(), b.kind()), null_hint(a, b));
            Err(format!("`{sign}` takes two values of one type, and these are {kinds}{hint}"))
        }
    }
}

fn contained<'m>(what: &Value<'m>, list: &Value<'m>) -> Result<Value<'m>, String> {
    match list {
        _ if list.is_map() => Ok(Value::Bool(list.field(what).is_some())),
        _ if list.is_list() => Ok(Value::Bool(list.items().unwrap_or_default().iter().any(|item| item.equals(what)))),
        _ => Err(format!("`in` looks into a list or an object, and this is {}", list.kind())),
    }
}

fn texts<'m>(name: &str, of: &Value<'m>, part: &Value<'m>, holds: fn(&str, &str) -> bool) -> Result<Value<'m>, String> {
    match (of.text(), part.text()) {
        (Some(of), Some(part)) => Ok(Value::Bool(holds(of, part))),
        _ => {
            let (kinds, hint) = (format!("{} and {}", of.kind(), part.kind()), null_hint(of, part));
            Err(format!("`{name}` takes two strings, and these are {kinds}{hint}"))
        }
    }
}

fn int<'m>(of: &Value<'m>) -> Result<Value<'m>, String> {
    let wrong = || format!("`int` reads whole numbers, and this is {}", of.kind());
    match of {
        Value::Int(int) => Ok(Value::Int(*int)),
        Value::Uint(uint) => i64::try_from(*uint).map(Value::Int).map_err(|_| too_large()),
        Value::Double(double) if double.abs() < 9.2e18 => Ok(Value::Int(*double as i64)),
        Value::Double(_) => Err(too_large()),
        _ => of.text().and_then(|text| text.parse().ok()).map(Value::Int).ok_or_else(wrong),
    }
}

fn double<'m>(of: &Value<'m>) -> Result<Value<'m>, String> {
    let wrong = || format!("`double` reads numbers, and this is {}", of.kind());
    match of {
        Value::Double(double) => Ok(Value::Double(*double)),
        Value::Int(int) => Ok(Value::Double(*int as f64)),
        Value::Uint(uint) => Ok(Value::Double(*uint as f64)),
        _ => of.text().and_then(|text| text.parse().ok()).map(Value::Double).ok_or_else(wrong),
    }
}

/// An item of a list by its number from 0, or a value of an object by its key.
pub(super) fn index<'m>(of: &Value<'m>, index: &Value<'m>) -> Result<Value<'m>, String> {
    if of.is_map() {
        let missing = || format!("there is no key `{}` here", index.spelled());
        return of.field(index).ok_or_else(missing);
    }
    let number = match index {
        Value::Int(int) => usize::try_from(*int).ok(),
        Value::Uint(uint) => usize::try_from(*uint).ok(),
        _ => {
            return Err(format!(
                "{} is indexed by {}; lists take a number from 0, objects a key",
                of.kind(),
                index.kind()
            ));
        }
    };
    let found = match of {
        Value::Array(items) => number.and_then(|number| items.get(number)).map(Value::of),
        Value::List(items, _) => number.and_then(|number| items.get(number)).cloned(),
        _ => return Err(format!("{} has no items; lists and objects have", of.kind())),
    };
    let size = of.size().unwrap_or(0);
    found.ok_or_else(|| format!("the list has {size} items, counted from 0, and no item {}", index.spelled()))
}
