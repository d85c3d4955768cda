//! Types and kinds by Go's names.

use super::Row;
use crate::compare::deep_equal;
use crate::value::Value;

pub(super) const ROWS: &[Row] = &[
    ("typeOf", "any", |call| Ok(Value::from(call.value(0).type_name()))),
    ("typeIs", "string, any", |call| Ok(Value::from(call.value(1).type_name() == call.text(0)))),
    ("typeIsLike", "string, any", |call| {
        let name = call.value(1).type_name();
        Ok(Value::from(name == call.text(0) || name.strip_prefix('*') == Some(call.text(0))))
    }),
    ("kindOf", "any", |call| Ok(Value::from(call.value(0).kind()))),
    ("kindIs", "string, any", |call| Ok(Value::from(call.value(1).kind() == call.text(0)))),
    ("deepEqual", "any, any", |call| Ok(Value::from(deep_equal(&call.value(0), &call.value(1))))),
];
