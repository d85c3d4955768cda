//! Defaults, choices and failures.

use super::{Call, Row};
use crate::error::Failure;
use crate::value::{Data, Value};

pub(super) const ROWS: &[Row] = &[
    ("default", "any, ...any", |call| {
        let given = call.value(1);
        Ok(if is_empty(&given) { call.value(0) } else { given })
    }),
    ("empty", "any", |call| Ok(Value::from(is_empty(&call.value(0))))),
    ("coalesce", "...any", |call| {
        let found = call.arguments.iter().find(|value| !is_empty(value));
        Ok(found.cloned().unwrap_or(Value::NIL))
    }),
    ("all", "...any", |call| Ok(Value::from(!call.arguments.iter().any(is_empty)))),
    ("any", "...any", |call| Ok(Value::from(!call.arguments.iter().all(is_empty)))),
    ("ternary", "any, any, bool", |call| Ok(call.value(if call.bool(2) { 0 } else { 1 }))),
    ("fail", "string", |call| Err(Failure::asked(call.text(0)))),
    ("required", "string, any", required),
];

/// sprig's idea of what is not given; structs always are.
fn is_empty(value: &Value) -> bool {
    !value.is_true() && !matches!(value.data, Data::Time(_))
}

fn required(call: &mut Call<'_>) -> Result<Value, Failure> {
    let value = call.value(1);
    if value.is_nil() || value.as_str() == Some("") {
        return Err(Failure::asked(call.text(0)));
    }
    Ok(value)
}
