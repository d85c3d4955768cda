//! `eq`, `lt` and their relatives, and `reflect.DeepEqual`.

use std::cmp::Ordering;

use crate::print::DEPTH_MAX;
use crate::value::{Data, Value};

/// Kinds that can be compared with their like.
#[derive(PartialEq)]
enum Basic {
    Bool,
    Int,
    Float,
    Text,
    None,
}

fn basic(value: &Value) -> Basic {
    match value.data {
        Data::Bool(_) => Basic::Bool,
        Data::Int(_) | Data::Int64(_) | Data::Duration(_) => Basic::Int,
        Data::Float(_) => Basic::Float,
        Data::Text(_) => Basic::Text,
        _ => Basic::None,
    }
}

/// `eq a b`.
pub(crate) fn equal(a: &Value, b: &Value) -> Result<bool, String> {
    if basic(a) != basic(b) {
        return if a.is_nil() || b.is_nil() { Ok(false) } else { Err("incompatible types for comparison".to_owned()) };
    }
    match (&a.data, &b.data) {
        (Data::Nil, other) | (other, Data::Nil) => Ok(matches!(other, Data::Nil)),
        (Data::Text(a), Data::Text(b)) => Ok(a.as_str() == b.as_str()),
        (Data::List(_) | Data::Map(_) | Data::Bytes(_), _) => {
            Err(format!("non-comparable type {}: {}", crate::print::plain(a), a.type_name()))
        }
        _ => Ok(deep_equal_to(a, b, Types::MayDiffer, 0)),
    }
}

/// How two numbers or texts stand to each other.
pub(crate) fn order(a: &Value, b: &Value) -> Result<Ordering, String> {
    if basic(a) == Basic::None || basic(b) == Basic::None {
        return Err("invalid type for comparison".to_owned());
    }
    if basic(a) != basic(b) {
        return Err("incompatible types for comparison".to_owned());
    }
    match (&a.data, &b.data) {
        (Data::Text(a), Data::Text(b)) => Ok(a.as_str().cmp(b)),
        (Data::Float(a), Data::Float(b)) => Ok(a.partial_cmp(b).unwrap_or(Ordering::Greater)),
        _ => match (int(a), int(b)) {
            (Some(a), Some(b)) => Ok(a.cmp(&b)),
            _ => Err("invalid type for comparison".to_owned()),
        },
    }
}

fn int(value: &Value) -> Option<i64> {
    match value.data {
        Data::Int(n) | Data::Int64(n) | Data::Duration(n) => Some(n),
        _ => None,
    }
}

/// Whether `1` as an `int` and as an `int64` are the same.
#[derive(Clone, Copy, PartialEq)]
enum Types {
    MayDiffer,
    MustAgree,
}

/// `reflect.DeepEqual`.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> bool {
    deep_equal_to(a, b, Types::MustAgree, 0)
}

fn deep_equal_to(a: &Value, b: &Value, types: Types, depth: usize) -> bool {
    if depth > DEPTH_MAX {
        return false;
    }
    match (&a.data, &b.data) {
        (Data::Nil, Data::Nil) => true,
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Int(a), Data::Int(b)) | (Data::Int64(a), Data::Int64(b)) | (Data::Duration(a), Data::Duration(b)) => {
            a == b
        }
        (Data::Int(a), Data::Int64(b)) | (Data::Int64(a), Data::Int(b)) => types == Types::MayDiffer && a == b,
        (Data::Float(a), Data::Float(b)) => a == b,
        (Data::Text(a), Data::Text(b)) => a.as_str() == b.as_str(),
        (Data::Bytes(a), Data::Bytes(b)) => a == b,
        (Data::Time(a), Data::Time(b)) => a == b,
        (Data::List(a), Data::List(b)) => {
            a.of == b.of
                && a.items().len() == b.items().len()
                && a.items().iter().zip(b.items()).all(|(a, b)| deep_equal_to(a, b, types, depth + 1))
        }
        (Data::Map(a), Data::Map(b)) => {
            a.is_same(b)
                || a.len() == b.len()
                    && a.entries()
                        .iter()
                        .zip(&b.entries())
                        .all(|((a, x), (b, y))| a == b && deep_equal_to(x, y, types, depth + 1))
        }
        (Data::Object(a), Data::Object(b)) => a.type_name() == b.type_name() && a.text() == b.text(),
        _ => false,
    }
}
