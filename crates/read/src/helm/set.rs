//! `--set a.b[0]=1,c={x,y}`: values on the command line.
//!
//! # Source
//! `pkg/strvals/parser.go` of Helm 4.1.

use gotemplate::{Data, Map, Value};

/// Indexes beyond this are mistakes.
const INDEX_MAX: usize = 65_536;

/// Deeper keys are mistakes.
const NESTING_MAX: usize = 30;

/// Puts assignments over values.
///
/// # Errors
/// The text is no assignment.
pub fn set(values: &Map, text: &str) -> Result<(), String> {
    let mut rest = text;
    while !rest.is_empty() {
        rest = assignment(values, rest)?;
    }
    Ok(())
}

/// A step of a key.
#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
}

fn assignment<'t>(values: &Map, text: &'t str) -> Result<&'t str, String> {
    let (steps, rest) = key(text)?;
    let (value, rest) = value(rest)?;
    let Some((Step::Key(first), inner)) = steps.split_first() else {
        return Err(format!("`{text}` has no key before `=`"));
    };
    let old = values.get(first);
    values.set(first.as_str(), placed(old, inner, value)?);
    Ok(rest)
}

/// Keys up to `=`, and what follows it.
fn key(text: &str) -> Result<(Vec<Step>, &str), String> {
    let mut steps = Vec::new();
    let mut word = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => word.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' | '=' => {
                if !word.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut word)));
                }
                if c == '=' {
                    return Ok((steps, &text[at + 1..]));
                }
                if c == '[' {
                    let digits: String = chars.by_ref().map(|(_, c)| c).take_while(|c| *c != ']').collect();
                    let index = digits.parse().ok().filter(|index| *index <= INDEX_MAX);
                    steps.push(Step::Index(index.ok_or_else(|| format!("`{digits}` is no index"))?));
                }
                if steps.len() > NESTING_MAX {
                    return Err(format!("nested deeper than {NESTING_MAX} levels"));
                }
            }
            ',' => return Err(format!("key \"{word}\" has no value (cannot end with ,)")),
            c => word.push(c),
        }
    }
    Err(format!("key \"{word}\" has no value"))
}

/// A value up to `,`, and what follows it.
fn value(text: &str) -> Result<(Value, &str), String> {
    let Some(list) = text.strip_prefix('{') else {
        let (word, rest, _) = word(text, &[',']);
        return Ok((typed(&word), rest));
    };
    let mut items = Vec::new();
    let mut rest = list;
    loop {
        let (word, after, end) = word(rest, &[',', '}']);
        if end.is_none() {
            return Err("list must terminate with '}'".to_owned());
        }
        if !(word.is_empty() && end == Some('}') && items.is_empty()) {
            items.push(typed(&word));
        }
        rest = after;
        if end == Some('}') {
            return Ok((Value::list(items), rest.strip_prefix(',').unwrap_or(rest)));
        }
    }
}

/// Letters up to one of the ends; a backslash takes the next as it is.
fn word<'t>(text: &'t str, ends: &[char]) -> (String, &'t str, Option<char>) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            c if ends.contains(&c) => return (out, &text[at + 1..], Some(c)),
            c => out.push(c),
        }
    }
    (out, "", None)
}

fn typed(word: &str) -> Value {
    match word {
        "true" => Value::from(true),
        "false" => Value::from(false),
        "null" => Value::NIL,
        "0" => Value::new(Data::Int64(0)),
        _ if word.starts_with('0') => Value::from(word),
        _ => word.parse().map_or_else(|_| Value::from(word), |n| Value::new(Data::Int64(n))),
    }
}

/// The old value with a new one in its place.
fn placed(old: Option<Value>, steps: &[Step], value: Value) -> Result<Value, String> {
    match steps.split_first() {
        None => Ok(value),
        Some((Step::Key(key), inner)) => {
            let map = match old {
                Some(old) if old.as_map().is_some() => old,
                _ => Value::from(super::values::empty()),
            };
            if let Some(entries) = map.as_map() {
                let below = entries.get(key);
                entries.set(key.as_str(), placed(below, inner, value)?);
            }
            Ok(map)
        }
        Some((Step::Index(index), inner)) => {
            let mut items = old.and_then(|old| old.as_list().map(<[Value]>::to_vec)).unwrap_or_default();
            if items.len() <= *index {
                items.resize(index + 1, Value::NIL);
            }
            let below = Some(items[*index].clone()).filter(|item| !item.is_nil());
            items[*index] = placed(below, inner, value)?;
            Ok(Value::list(items))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::set;
    use gotemplate::{Options, Templates, Value};

    #[track_caller]
    fn check(assignments: &[&str], expect: &str) {
        let values = super::super::values::empty();
        for assignment in assignments {
            set(&values, assignment).unwrap();
        }
        let mut templates = Templates::new();
        templates.add("t", "{{ toJson . }}", 0).unwrap();
        assert_eq!(templates.render("t", &Value::from(values), &Options::default()).unwrap().as_str(), expect);
    }

    #[test]
    fn keys_lists_and_escapes_are_read() {
        check(&["a.b=1,c=x", "a.d=true"], r#"{"a":{"b":1,"d":true},"c":"x"}"#);
        check(&["l[1].n=x", "l[0]=y"], r#"{"l":["y",{"n":"x"}]}"#);
        check(&[r"a\.b=x\,y,n=null,z=007,e="], r#"{"a.b":"x,y","e":"","n":null,"z":"007"}"#);
        check(&["l={a,1,},m={}"], r#"{"l":["a",1,""],"m":[]}"#);
    }

    #[test]
    fn what_is_no_assignment_is_said() {
        let values = super::super::values::empty();
        assert_eq!(set(&values, "a").unwrap_err(), "key \"a\" has no value");
        assert_eq!(set(&values, "a={b").unwrap_err(), "list must terminate with '}'");
        assert!(set(&values, "a[99999999]=1").is_err());
    }
}
