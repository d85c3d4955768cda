//! Arithmetic: everything is made an `int64` or a `float64` first, texts too, and what is no number counts as 0.
//!
//! # Source
//! `github.com/spf13/cast` and `github.com/shopspring/decimal`, which sprig calls.

use super::{Call, Row, int, int64, ints};
use crate::error::Failure;
use crate::number;
use crate::value::{Data, Value};

pub(super) const ROWS: &[Row] = &[
    ("atoi", "string", |call| Ok(int(number::parse_int(call.text(0), 10).unwrap_or(0)))),
    ("int", "any", |call| Ok(int(to_int(&call.value(0))))),
    ("int64", "any", |call| Ok(int64(to_int(&call.value(0))))),
    ("float64", "any", |call| Ok(Value::from(to_float(&call.value(0))))),
    ("toDecimal", "any", |call| Ok(int64(number::parse_int(&crate::print::plain(&call.value(0)), 8).unwrap_or(0)))),
    ("add1", "any", |call| Ok(int64(to_int(&call.value(0)).wrapping_add(1)))),
    ("add", "...any", |call| Ok(int64(call.arguments.iter().fold(0, |sum, n| sum.wrapping_add(to_int(n)))))),
    ("sub", "any, any", |call| Ok(int64(to_int(&call.value(0)).wrapping_sub(to_int(&call.value(1)))))),
    ("mul", "any, ...any", |call| Ok(int64(call.arguments.iter().fold(1, |n, m| n.wrapping_mul(to_int(m)))))),
    ("div", "any, any", |call| divided(call, i64::wrapping_div)),
    ("mod", "any, any", |call| divided(call, i64::wrapping_rem)),
    ("max", "any, ...any", |call| Ok(int64(call.arguments.iter().map(to_int).max().unwrap_or(0)))),
    ("biggest", "any, ...any", |call| Ok(int64(call.arguments.iter().map(to_int).max().unwrap_or(0)))),
    ("min", "any, ...any", |call| Ok(int64(call.arguments.iter().map(to_int).min().unwrap_or(0)))),
    ("maxf", "any, ...any", |call| Ok(folded(call, f64::max))),
    ("minf", "any, ...any", |call| Ok(folded(call, f64::min))),
    ("add1f", "any", |call| Ok(Value::from(decimal(to_float(&call.value(0)) + 1.0)))),
    ("addf", "...any", |call| Ok(Value::from(call.arguments.iter().fold(0.0, |sum, n| decimal(sum + to_float(n)))))),
    ("subf", "any, ...any", |call| Ok(folded(call, |a, b| decimal(a - b)))),
    ("mulf", "any, ...any", |call| Ok(folded(call, |a, b| decimal(a * b)))),
    ("divf", "any, ...any", divf),
    ("ceil", "any", |call| Ok(Value::from(to_float(&call.value(0)).ceil()))),
    ("floor", "any", |call| Ok(Value::from(to_float(&call.value(0)).floor()))),
    ("round", "any, int, ...float64", round),
    ("until", "int", |call| {
        let count = call.int(0);
        steps(call, 0, count, if count < 0 { -1 } else { 1 }).map(ints)
    }),
    ("untilStep", "int, int, int", |call| {
        let (start, stop, step) = (call.int(0), call.int(1), call.int(2));
        steps(call, start, stop, step).map(ints)
    }),
    ("seq", "...int", seq),
];

pub(super) fn to_int(value: &Value) -> i64 {
    match &value.data {
        Data::Int(n) | Data::Int64(n) | Data::Duration(n) => *n,
        Data::Float(n) => *n as i64,
        Data::Bool(flag) => i64::from(*flag),
        Data::Text(text) => {
            // `cast` takes `.0` off the end of a text.
            let whole = text.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|b| b == b'0'));
            number::parse_int(whole.map_or(text.as_str(), |(whole, _)| whole), 0).unwrap_or(0)
        }
        _ => 0,
    }
}

pub(super) fn to_float(value: &Value) -> f64 {
    match &value.data {
        Data::Int(n) | Data::Int64(n) | Data::Duration(n) => *n as f64,
        Data::Float(n) => *n,
        Data::Bool(flag) => f64::from(u8::from(*flag)),
        Data::Text(text) => number::parse_float(text).unwrap_or(0.0),
        _ => 0.0,
    }
}

/// What a sum of decimals gives: binary noise beyond 16 digits is gone.
fn decimal(n: f64) -> f64 {
    format!("{n:.15e}").parse().unwrap_or(n)
}

fn folded(call: &Call<'_>, fold: fn(f64, f64) -> f64) -> Value {
    Value::from(call.arguments.iter().map(to_float).reduce(fold).unwrap_or(0.0))
}

fn divided(call: &Call<'_>, divide: fn(i64, i64) -> i64) -> Result<Value, Failure> {
    let (a, b) = (to_int(&call.value(0)), to_int(&call.value(1)));
    if b == 0 {
        return Err("runtime error: integer divide by zero".into());
    }
    Ok(int64(divide(a, b)))
}

fn divf(call: &mut Call<'_>) -> Result<Value, Failure> {
    if call.arguments[1..].iter().any(|n| to_float(n) == 0.0) {
        return Err("decimal division by 0".into());
    }
    Ok(folded(call, |a, b| a / b))
}

fn round(call: &mut Call<'_>) -> Result<Value, Failure> {
    let on = call.arguments.get(2).map_or(0.5, to_float);
    let power = 10f64.powi(call.int(1).clamp(-300, 300) as i32);
    let digit = power * to_float(&call.value(0));
    let rounded = if digit.fract() >= on { digit.ceil() } else { digit.floor() };
    Ok(Value::from(rounded / power))
}

fn steps(call: &mut Call<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Failure> {
    let mut out = Vec::new();
    let upward = start < stop;
    if step == 0 || upward != (step > 0) {
        return Ok(out);
    }
    let count = (i128::from(stop) - i128::from(start)) / i128::from(step);
    call.charge(usize::try_from(count).unwrap_or(usize::MAX), 0)?;
    let mut n = start;
    while if upward { n < stop } else { n > stop } {
        out.push(n);
        match n.checked_add(step) {
            Some(next) => n = next,
            None => break,
        }
    }
    Ok(out)
}

fn seq(call: &mut Call<'_>) -> Result<Value, Failure> {
    let one = |from: i64, to: i64| if to < from { -1 } else { i64::from(from <= to) };
    let (start, step, end) = match call.arguments.len() {
        1 => (1, one(1, call.int(0)), call.int(0)),
        2 => (call.int(0), one(call.int(0), call.int(1)), call.int(1)),
        3 if call.int(2) < call.int(0) && call.int(1) > 0 => return Ok(Value::from("")),
        3 => (call.int(0), call.int(1), call.int(2)),
        _ => return Ok(Value::from("")),
    };
    let increment = if end < start { -1 } else { 1 };
    let numbers = steps(call, start, end.saturating_add(increment), step)?;
    Ok(Value::from(numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")))
}
