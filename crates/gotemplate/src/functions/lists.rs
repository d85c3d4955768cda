//! Lists. None is ever changed: each function gives a new one.

use super::{Call, Row};
use crate::compare::deep_equal;
use crate::error::Failure;
use crate::functions::numbers::to_int;
use crate::print;
use crate::value::{Data, Items, List, Value};

pub(super) const ROWS: &[Row] = &[
    ("list", "...any", |call| Ok(Value::list(std::mem::take(&mut call.arguments)))),
    ("tuple", "...any", |call| Ok(Value::list(std::mem::take(&mut call.arguments)))),
    ("append", "any, any", append),
    ("mustAppend", "any, any", append),
    ("push", "any, any", append),
    ("mustPush", "any, any", append),
    ("prepend", "any, any", prepend),
    ("mustPrepend", "any, any", prepend),
    ("first", "any", |call| Ok(call.items(0, "find first on")?.first().cloned().unwrap_or(Value::NIL))),
    ("mustFirst", "any", |call| Ok(call.items(0, "find first on")?.first().cloned().unwrap_or(Value::NIL))),
    ("last", "any", |call| Ok(call.items(0, "find last on")?.last().cloned().unwrap_or(Value::NIL))),
    ("mustLast", "any", |call| Ok(call.items(0, "find last on")?.last().cloned().unwrap_or(Value::NIL))),
    ("rest", "any", |call| Ok(Value::list(call.items(0, "find rest on")?.into_iter().skip(1).collect()))),
    ("mustRest", "any", |call| Ok(Value::list(call.items(0, "find rest on")?.into_iter().skip(1).collect()))),
    ("initial", "any", initial),
    ("mustInitial", "any", initial),
    ("reverse", "any", |call| Ok(Value::list(call.items(0, "find reverse on")?.into_iter().rev().collect()))),
    ("mustReverse", "any", |call| Ok(Value::list(call.items(0, "find reverse on")?.into_iter().rev().collect()))),
    ("compact", "any", compact),
    ("mustCompact", "any", compact),
    ("uniq", "any", uniq),
    ("mustUniq", "any", uniq),
    ("without", "any, ...any", without),
    ("mustWithout", "any, ...any", without),
    ("has", "any, any", has),
    ("mustHas", "any, any", has),
    ("slice", "any, ...any", slice),
    ("mustSlice", "any, ...any", slice),
    ("concat", "...any", concat),
    ("chunk", "int, any", chunk),
    ("mustChunk", "int, any", chunk),
    ("sortAlpha", "any", sort_alpha),
];

fn append(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut items = call.items(0, "push on")?;
    call.charge(items.len(), 0)?;
    items.push(call.value(1));
    Ok(Value::list(items))
}

fn prepend(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut items = call.items(0, "prepend on")?;
    call.charge(items.len(), 0)?;
    items.insert(0, call.value(1));
    Ok(Value::list(items))
}

fn initial(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut items = call.items(0, "find initial on")?;
    items.pop();
    Ok(Value::list(items))
}

fn compact(call: &mut Call<'_>) -> Result<Value, Failure> {
    let items = call.items(0, "compact on")?;
    Ok(Value::list(items.into_iter().filter(|item| item.is_true() || matches!(item.data, Data::Object(_))).collect()))
}

/// Whether a list holds a value; each comparison is a step.
fn holds(call: &mut Call<'_>, items: &[Value], wanted: &Value) -> Result<bool, Failure> {
    call.charge(items.len(), 0)?;
    Ok(items.iter().any(|item| deep_equal(item, wanted)))
}

fn uniq(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut out: Vec<Value> = Vec::new();
    for item in call.items(0, "find uniq on")? {
        if !holds(call, &out, &item)? {
            out.push(item);
        }
    }
    Ok(Value::list(out))
}

fn without(call: &mut Call<'_>) -> Result<Value, Failure> {
    let omitted = call.arguments[1..].to_vec();
    let mut out = Vec::new();
    for item in call.items(0, "find without on")? {
        if !holds(call, &omitted, &item)? {
            out.push(item);
        }
    }
    Ok(Value::list(out))
}

fn has(call: &mut Call<'_>) -> Result<Value, Failure> {
    if call.value(1).is_nil() {
        return Ok(Value::from(false));
    }
    let items = call.items(1, "find has on")?;
    let wanted = call.value(0);
    holds(call, &items, &wanted).map(Value::from)
}

fn slice(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(0);
    let of = match &value.data {
        Data::List(list) => list.of,
        _ => Items::Any,
    };
    let items = call.items(0, "slice")?;
    if items.is_empty() {
        return Ok(Value::NIL);
    }
    let start = call.arguments.get(1).map_or(0, to_int);
    let end = call.arguments.get(2).map_or(items.len() as i64, to_int);
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) if start <= end && end <= items.len() => {
            Ok(Value::new(Data::List(List::new(items[start..end].to_vec(), of))))
        }
        _ => Err("reflect.Value.Slice: slice index out of bounds".into()),
    }
}

fn concat(call: &mut Call<'_>) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for index in 0..call.arguments.len() {
        let value = call.value(index);
        match &value.data {
            Data::List(list) => out.extend(list.items().iter().cloned()),
            Data::Nil => return Err("runtime error: invalid memory address or nil pointer dereference".into()),
            _ => return Err(format!("Cannot concat type {} as list", value.kind()).into()),
        }
        call.charge(out.len(), 0)?;
    }
    Ok(Value::list(out))
}

fn chunk(call: &mut Call<'_>) -> Result<Value, Failure> {
    let items = call.items(1, "chunk")?;
    let Some(size) = usize::try_from(call.int(0)).ok().filter(|size| *size > 0) else {
        return Err("runtime error: makeslice: len out of range".into());
    };
    let chunks = items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect();
    Ok(Value::new(Data::List(List::new(chunks, Items::Lists))))
}

fn sort_alpha(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(0);
    if !matches!(value.data, Data::List(_) | Data::Bytes(_) | Data::Object(_)) {
        return Ok(Value::texts([print::strval(&value)]));
    }
    let mut items = super::strslice(&value);
    call.charge(items.len(), 0)?;
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::new(Data::List(List::new(items, Items::Texts))))
}
