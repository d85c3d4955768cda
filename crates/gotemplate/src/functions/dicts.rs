//! Maps. `set`, `unset` and the merges change the map that they are given, as in Go.
//!
//! `keys` and `values` come sorted, where Go gives them in an order of chance.

use std::rc::Rc;

use super::{Call, Row};
use crate::error::Failure;
use crate::print::{self, DEPTH_MAX};
use crate::value::{Data, Map, Value};

pub(super) const ROWS: &[Row] = &[
    ("dict", "...any", dict),
    ("get", "map, string", |call| Ok(call.map(0).get(call.text(1)).unwrap_or_else(|| Value::from("")))),
    ("set", "map, string, any", set),
    ("unset", "map, string", |call| {
        call.map(0).remove(call.text(1));
        Ok(call.value(0))
    }),
    ("hasKey", "map, string", |call| Ok(Value::from(call.map(0).has(call.text(1))))),
    ("pluck", "string, ...map", pluck),
    ("keys", "...map", |call| {
        let all = (0..call.arguments.len()).flat_map(|index| call.map(index).entries());
        Ok(Value::texts(all.map(|(key, _)| key.to_string())))
    }),
    ("values", "map", |call| Ok(Value::list(call.map(0).entries().into_iter().map(|(_, value)| value).collect()))),
    ("pick", "map, ...string", pick),
    ("omit", "map, ...string", omit),
    ("merge", "map, ...map", |call| merged(call, Overwrite::No)),
    ("mustMerge", "map, ...map", |call| merged(call, Overwrite::No)),
    ("mergeOverwrite", "map, ...map", |call| merged(call, Overwrite::Yes)),
    ("mustMergeOverwrite", "map, ...map", |call| merged(call, Overwrite::Yes)),
    ("deepCopy", "any", |call| copied(call)),
    ("mustDeepCopy", "any", |call| copied(call)),
    ("dig", "...any", dig),
];

fn dict(call: &mut Call<'_>) -> Result<Value, Failure> {
    let pairs = call.arguments.chunks(2);
    let entry = |pair: &[Value]| {
        let key: Rc<str> = print::strval(&pair[0]).as_str().into();
        (key, pair.get(1).cloned().unwrap_or_else(|| Value::from("")))
    };
    Ok(Value::map(pairs.map(entry)))
}

fn set(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(0);
    let Some(map) = value.as_map() else { return Err("assignment to entry in nil map".into()) };
    map.set(call.text(1), call.value(2));
    Ok(value)
}

fn pluck(call: &mut Call<'_>) -> Result<Value, Failure> {
    let key = call.text(0);
    let found = (1..call.arguments.len()).filter_map(|index| call.map(index).get(key));
    Ok(Value::list(found.collect()))
}

fn pick(call: &mut Call<'_>) -> Result<Value, Failure> {
    let map = call.map(0);
    let keys = call.arguments[1..].iter().filter_map(Value::as_str);
    Ok(Value::map(keys.filter_map(|key| Some((Rc::<str>::from(key), map.get(key)?)))))
}

fn omit(call: &mut Call<'_>) -> Result<Value, Failure> {
    let omitted: Vec<&str> = call.arguments[1..].iter().filter_map(Value::as_str).collect();
    let kept = call.map(0).entries().into_iter().filter(|(key, _)| !omitted.contains(&&**key));
    Ok(Value::map(kept))
}

/// Whether what is there already gives way.
#[derive(Clone, Copy, PartialEq)]
enum Overwrite {
    Yes,
    No,
}

fn merged(call: &mut Call<'_>, overwrite: Overwrite) -> Result<Value, Failure> {
    let target = call.map(0);
    for index in 1..call.arguments.len() {
        let source = call.map(index);
        if !merge(call, &target, &source, overwrite, 0)? {
            return Ok(Value::from(""));
        }
    }
    Ok(match call.value(0) {
        value if value.is_nil() => Value::from(target),
        value => value,
    })
}

/// `mergo.Merge`: what is empty counts as not given. False where it is nested too deep.
fn merge(call: &mut Call<'_>, target: &Map, source: &Map, overwrite: Overwrite, depth: usize) -> Result<bool, Failure> {
    if depth > DEPTH_MAX || target.is_same(source) {
        return Ok(depth <= DEPTH_MAX);
    }
    let entries = source.entries();
    call.charge(entries.len(), 0)?;
    for (key, value) in entries {
        let old = target.get(&key);
        match (&value.data, old.as_ref().map(|old| &old.data)) {
            (Data::Nil, _) if overwrite == Overwrite::No => {}
            (Data::Map(inner), Some(Data::Map(old))) if !old.is_empty() => {
                let done = merge(call, old, inner, overwrite, depth + 1)?;
                if !done {
                    return Ok(false);
                }
            }
            // An empty list replaces none that is not.
            (Data::List(list), Some(Data::List(old))) if list.items().is_empty() && !old.items().is_empty() => {}
            _ if overwrite == Overwrite::Yes || !old.as_ref().is_some_and(Value::is_true) => target.set(key, value),
            _ => {}
        }
    }
    Ok(true)
}

fn copied(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(0);
    if value.is_nil() {
        return Err("deepCopy error: reflect: call of reflect.Value.Type on zero Value".into());
    }
    copy(call, &value, 0)
}

fn copy(call: &mut Call<'_>, value: &Value, depth: usize) -> Result<Value, Failure> {
    if depth > DEPTH_MAX {
        return Err(format!("nested deeper than {DEPTH_MAX} levels").into());
    }
    call.charge(1, 0)?;
    let data = match &value.data {
        Data::List(list) => {
            let items: Result<Vec<_>, _> = list.items().iter().map(|item| copy(call, item, depth + 1)).collect();
            Data::List(crate::value::List::new(items?, list.of))
        }
        Data::Map(map) => {
            let mut entries = Vec::with_capacity(map.len());
            for (key, item) in map.entries() {
                entries.push((key, copy(call, &item, depth + 1)?));
            }
            Data::Map(Map::new(entries).named(map.of))
        }
        data => data.clone(),
    };
    Ok(Value { data, origin: value.origin })
}

fn dig(call: &mut Call<'_>) -> Result<Value, Failure> {
    let [keys @ .., fallback, start] = call.arguments.as_slice() else {
        return Err("dig needs at least three arguments".into());
    };
    if keys.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let mut value = start.clone();
    for key in keys {
        let Some(key) = key.as_str() else {
            return Err(format!("interface conversion: interface {{}} is {}, not string", key.type_name()).into());
        };
        let Some(map) = value.as_map() else {
            let name = value.type_name();
            let name = if value.is_nil() { "nil" } else { &name };
            return Err(format!("interface conversion: interface {{}} is {name}, not map[string]interface {{}}").into());
        };
        match map.get(key) {
            Some(found) => value = found,
            None => return Ok(fallback.clone()),
        }
    }
    Ok(value)
}
