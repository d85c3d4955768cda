//! Values merged by Helm's rules: user values over a chart's own, parents over sub-charts, globals down, null deletes.
//!
//! # Source
//! `pkg/chart/common/util/coalesce.go` of Helm 4.1. Maps are shared and changed in place, as there.

use gotemplate::{Data, Map, Value, deep_copy};

use super::chart::Chart;

/// The key under which values are seen by all charts.
const GLOBAL: &str = "global";

/// Whether null is kept until a later merge, or deletes now.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Nulls {
    Keep,
    Delete,
}

pub(super) fn empty() -> Map {
    Map::new(Vec::<(&str, Value)>::new())
}

/// A map of its own, all the way down.
pub(super) fn copy(map: &Map) -> Map {
    match deep_copy(&Value::from(map.clone())).data {
        Data::Map(map) => map,
        _ => empty(),
    }
}

/// Puts `from` over `into`: maps are merged, all else is replaced, null stays null.
pub(super) fn overlay(into: &Map, from: &Map) {
    for (key, value) in from.entries() {
        match (into.get(&key).and_then(|old| old.as_map().cloned()), value.as_map()) {
            (Some(old), Some(new)) => overlay(&old, new),
            _ => into.set(key, value),
        }
    }
}

/// All values of a chart and its sub-charts: `values` over the charts' own.
///
/// # Errors
/// A sub-chart's name is a key that holds no map.
pub(super) fn coalesced(chart: &Chart, values: &Map, nulls: Nulls) -> Result<Map, String> {
    let values = copy(values);
    coalesce(chart, &values, nulls)?;
    Ok(values)
}

fn coalesce(chart: &Chart, values: &Map, nulls: Nulls) -> Result<(), String> {
    coalesce_own(chart, values, nulls);
    for sub in &chart.charts {
        let inner = match values.get(&sub.name) {
            None => {
                let inner = empty();
                values.set(sub.name.as_str(), Value::from(inner.clone()));
                inner
            }
            Some(value) => match value.as_map() {
                Some(map) => map.clone(),
                None => return Err(format!("type mismatch on {}: {}", sub.name, value.type_name())),
            },
        };
        coalesce_globals(&inner, values);
        coalesce(sub, &inner, nulls)?;
    }
    Ok(())
}

fn coalesce_own(chart: &Chart, values: &Map, nulls: Nulls) {
    for (key, own) in copy(&chart.values).entries() {
        match values.get(&key) {
            Some(value) if value.is_nil() && nulls == Nulls::Delete => {
                values.remove(&key);
            }
            Some(value) => {
                if let (Some(into), Some(from)) = (value.as_map(), own.as_map()) {
                    // What is meant for a sub-chart keeps its nulls, which delete there.
                    let is_chart = chart.charts.iter().any(|sub| *sub.name == *key);
                    merge(into, from, if is_chart { Nulls::Keep } else { nulls });
                }
            }
            None => values.set(key, own),
        }
    }
}

fn coalesce_globals(into: &Map, from: &Map) {
    let global = |map: &Map| match map.get(GLOBAL) {
        None => Some(empty()),
        Some(value) => value.as_map().cloned(),
    };
    let (Some(own), Some(outer)) = (global(into), global(from)) else { return };
    for (key, value) in outer.entries() {
        let old = own.get(&key);
        match (value.as_map(), old.as_ref()) {
            (Some(map), None) => own.set(key, Value::from(map.shallow_copy()).from_origin(value.origin)),
            (Some(map), Some(old)) => {
                if let Some(old) = old.as_map() {
                    let merged = map.shallow_copy();
                    merge(&merged, old, Nulls::Keep);
                    own.set(key, Value::from(merged).from_origin(value.origin));
                }
            }
            (None, Some(old)) if old.as_map().is_some() => {}
            (None, _) => own.set(key, value),
        }
    }
    into.set(GLOBAL, Value::from(own));
}

/// Merges `from` into `into`, which wins; both may be changed.
pub(super) fn merge(into: &Map, from: &Map, nulls: Nulls) {
    let given: Vec<_> = from.entries().into_iter().filter(|(_, value)| !value.is_nil()).map(|(key, _)| key).collect();
    for (key, value) in into.entries() {
        if value.is_nil() {
            from.set(key, Value::NIL);
        }
    }
    for (key, value) in from.entries() {
        match into.get(&key) {
            Some(old) if nulls == Nulls::Delete && old.is_nil() && given.contains(&key) => {
                into.remove(&key);
            }
            None => into.set(key, value),
            Some(old) => {
                if let (Some(old), Some(value)) = (old.as_map(), value.as_map()) {
                    merge(old, value, nulls);
                }
            }
        }
    }
}

/// The value at a path with dots.
pub(super) fn at_path(map: &Map, path: &str) -> Option<Value> {
    let mut keys = path.split('.');
    let mut value = map.get(keys.next()?)?;
    for key in keys {
        value = value.as_map()?.get(key)?;
    }
    Some(value)
}
