//! Times and durations. `now` is what the caller says; every zone is UTC, since zone data differs between machines.

use super::{Call, Row, int64};
use crate::error::Failure;
use crate::number;
use crate::time::{self, Civil, SECOND, ZERO_TIME, duration_text, parse_duration};
use crate::value::{Data, Value};

pub(super) const ROWS: &[Row] = &[
    ("now", "", |call| Ok(Value::new(Data::Time(now(call))))),
    ("date", "string, any", |call| Ok(Value::from(Civil::of(time_of(call, 1)).format(call.text(0))))),
    ("dateInZone", "string, any, string", |call| Ok(Value::from(Civil::of(time_of(call, 1)).format(call.text(0))))),
    ("date_in_zone", "string, any, string", |call| Ok(Value::from(Civil::of(time_of(call, 1)).format(call.text(0))))),
    ("htmlDate", "any", |call| Ok(Value::from(Civil::of(time_of(call, 0)).format("2006-01-02")))),
    ("htmlDateInZone", "any, string", |call| Ok(Value::from(Civil::of(time_of(call, 0)).format("2006-01-02")))),
    ("dateModify", "string, time", |call| Ok(modified(call).unwrap_or_else(|_| call.value(1)))),
    ("date_modify", "string, time", |call| Ok(modified(call).unwrap_or_else(|_| call.value(1)))),
    ("mustDateModify", "string, time", |call| modified(call)),
    ("must_date_modify", "string, time", |call| modified(call)),
    ("toDate", "string, string", |call| Ok(read(call).unwrap_or(Value::new(Data::Time(ZERO_TIME))))),
    ("mustToDate", "string, string", |call| read(call)),
    ("unixEpoch", "time", |call| Ok(Value::from(time_of(call, 0).div_euclid(SECOND).to_string()))),
    ("ago", "any", |call| {
        let elapsed = (now(call) - time_of(call, 0)).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        Ok(Value::from(duration_text((elapsed as i64).div_euclid(1_000_000_000).saturating_mul(1_000_000_000))))
    }),
    ("duration", "any", duration),
    ("durationRound", "any", duration_round),
    ("mustToDuration", "any", |call| Ok(Value::new(Data::Duration(as_duration(&call.value(0))?)))),
    ("durationSeconds", "any", |call| Ok(Value::from(nanos(call) as f64 / 1e9))),
    ("durationMilliseconds", "any", |call| Ok(int64(nanos(call) / 1_000_000))),
    ("durationMicroseconds", "any", |call| Ok(int64(nanos(call) / 1_000))),
    ("durationNanoseconds", "any", |call| Ok(int64(nanos(call)))),
    ("durationMinutes", "any", |call| Ok(Value::from(nanos(call) as f64 / 60e9))),
    ("durationHours", "any", |call| Ok(Value::from(nanos(call) as f64 / 3600e9))),
    ("durationDays", "any", |call| Ok(Value::from(nanos(call) as f64 / 3600e9 / 24.0))),
    ("durationWeeks", "any", |call| Ok(Value::from(nanos(call) as f64 / 3600e9 / 24.0 / 7.0))),
    ("durationRoundTo", "any, any", |call| Ok(Value::new(Data::Duration(to_multiple(call, Halves::Up))))),
    ("durationTruncateTo", "any, any", |call| Ok(Value::new(Data::Duration(to_multiple(call, Halves::Cut))))),
];

fn now(call: &Call<'_>) -> i128 {
    i128::from(call.machine.options.now_seconds) * SECOND
}

/// A time, or whole numbers as seconds since 1970; anything else is now.
fn time_of(call: &Call<'_>, index: usize) -> i128 {
    match call.value(index).data {
        Data::Time(nanos) => nanos,
        Data::Int(seconds) | Data::Int64(seconds) => i128::from(seconds) * SECOND,
        _ => now(call),
    }
}

fn modified(call: &Call<'_>) -> Result<Value, Failure> {
    let by = call.text(0);
    let nanos = parse_duration(by).ok_or_else(|| format!("time: invalid duration {by:?}"))?;
    Ok(Value::new(Data::Time(time_of(call, 1) + i128::from(nanos))))
}

fn read(call: &Call<'_>) -> Result<Value, Failure> {
    let (layout, text) = (call.text(0), call.text(1));
    let read = time::parse(layout, text);
    let nanos = read.ok_or_else(|| format!("parsing time {text:?} as {layout:?}: cannot parse {text:?}"))?;
    Ok(Value::new(Data::Time(nanos)))
}

fn duration(call: &mut Call<'_>) -> Result<Value, Failure> {
    let seconds = match &call.value(0).data {
        Data::Text(text) => number::parse_int(text, 10).unwrap_or(0),
        Data::Int64(n) => *n,
        _ => 0,
    };
    Ok(Value::from(duration_text(seconds.saturating_mul(1_000_000_000))))
}

fn duration_round(call: &mut Call<'_>) -> Result<Value, Failure> {
    let nanos = match &call.value(0).data {
        Data::Text(text) => parse_duration(text).unwrap_or(0),
        Data::Int64(n) => *n,
        Data::Time(time) => (now(call) - time).clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64,
        _ => 0,
    };
    let seconds = nanos.unsigned_abs() / 1_000_000_000;
    let beyond = nanos.unsigned_abs();
    let units = [(365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s")];
    let unit = units.iter().find(|(size, _)| beyond > size * 1_000_000_000u64);
    Ok(Value::from(unit.map_or("0s".to_owned(), |(size, name)| format!("{}{name}", seconds / size))))
}

/// A duration as Go spells it, or a number of seconds.
fn as_duration(value: &Value) -> Result<i64, Failure> {
    let seconds = |n: f64| {
        if !n.is_finite() {
            return Err(Failure::from(format!("invalid duration seconds: {}", number::float(n))));
        }
        let nanos = n * 1e9;
        if nanos.abs() > 9.2e18 {
            return Err(format!("duration seconds overflow: {}", number::float(n)).into());
        }
        Ok(nanos as i64)
    };
    match &value.data {
        Data::Duration(nanos) => Ok(*nanos),
        Data::Text(text) => {
            let text = text.trim();
            if text.is_empty() {
                return Err("empty duration".into());
            }
            match (parse_duration(text), number::parse_float(text)) {
                (Some(nanos), _) => Ok(nanos),
                (None, Some(n)) => seconds(n),
                _ => Err(format!("could not parse duration {text:?}").into()),
            }
        }
        Data::Int(n) | Data::Int64(n) => {
            n.checked_mul(1_000_000_000).ok_or_else(|| format!("duration seconds overflow: {n}").into())
        }
        Data::Float(n) => seconds(*n),
        Data::Nil => Err("invalid duration".into()),
        _ => Err(format!("unsupported duration type {}", value.type_name()).into()),
    }
}

fn nanos(call: &Call<'_>) -> i64 {
    as_duration(&call.value(0)).unwrap_or(0)
}

/// What becomes of half a unit.
#[derive(Clone, Copy, PartialEq)]
enum Halves {
    Up,
    Cut,
}

fn to_multiple(call: &Call<'_>, halves: Halves) -> i64 {
    let value = nanos(call);
    let unit = as_duration(&call.value(1)).unwrap_or(0);
    if unit <= 0 {
        return value;
    }
    let rest = value % unit;
    let cut = value - rest;
    if halves == Halves::Up && rest.unsigned_abs() * 2 >= unit.unsigned_abs() {
        return cut.saturating_add(unit.saturating_mul(value.signum()));
    }
    cut
}
