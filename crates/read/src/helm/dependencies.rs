//! Which sub-charts take part, under which names, and what they give their parent.
//!
//! # Source
//! `pkg/chart/v2/util/dependencies.go` of Helm 4.1.

use gotemplate::{Map, Value, satisfies};

use super::chart::{Chart, Dependency};
use super::values::{self, Nulls, at_path, coalesced, copy, merge};

/// Takes out what is switched off, gives aliases their names, and imports values, all the way down.
///
/// # Errors
/// The values do not fit the charts.
pub(super) fn process(chart: &mut Chart, given: &Map) -> Result<(), String> {
    enable(chart, given, "")?;
    import(chart)
}

/// Dependencies of a chart that none of its charts is.
pub(super) fn missing(chart: &Chart) -> Vec<&Dependency> {
    let is_there = |wanted: &&Dependency| !chart.charts.iter().any(|known| known.name == wanted.name);
    chart.dependencies.iter().filter(is_there).collect()
}

fn is_wanted(dependency: &Dependency, chart: &Chart) -> bool {
    chart.name == dependency.name && satisfies(&chart.version, &dependency.version).unwrap_or(false)
}

fn enable(chart: &mut Chart, given: &Map, path: &str) -> Result<(), String> {
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    let mut charts: Vec<Chart> = Vec::new();
    for known in &chart.charts {
        if !chart.dependencies.iter().any(|wanted| is_wanted(wanted, known)) {
            charts.push(known.clone());
        }
    }
    for wanted in &mut chart.dependencies {
        if let Some(known) = chart.charts.iter().find(|known| is_wanted(wanted, known)) {
            let mut taken = known.clone();
            if !wanted.alias.is_empty() {
                taken.name.clone_from(&wanted.alias);
            }
            charts.push(taken);
        }
        if !wanted.alias.is_empty() {
            wanted.name.clone_from(&wanted.alias);
        }
        wanted.enabled = true;
    }
    chart.charts = charts;
    let all = coalesced(chart, given, Nulls::Delete)?;
    let tags = all.get("tags").and_then(|tags| tags.as_map().cloned());
    for wanted in &mut chart.dependencies {
        if let Some(tags) = &tags {
            by_tags(wanted, tags);
        }
        by_condition(wanted, &all, path);
    }
    let off: Vec<String> =
        chart.dependencies.iter().filter(|wanted| !wanted.enabled).map(|wanted| wanted.name.clone()).collect();
    chart.charts.retain(|known| !off.contains(&known.name));
    chart.dependencies.retain(|wanted| !off.contains(&wanted.name));
    for known in &mut chart.charts {
        let below = format!("{path}{}.", known.name);
        enable(known, &all, &below)?;
    }
    Ok(())
}

/// One tag that is on suffices; without any, one that is off switches it off.
fn by_tags(wanted: &mut Dependency, tags: &Map) {
    let states: Vec<bool> = wanted.tags.iter().filter_map(|tag| tags.get(tag)?.as_bool()).collect();
    wanted.enabled = states.is_empty() || states.contains(&true);
}

/// The first path that leads to a boolean decides.
fn by_condition(wanted: &mut Dependency, all: &Map, path: &str) {
    let found = wanted.condition.trim().split(',').filter(|part| !part.is_empty()).find_map(|part| {
        let value = at_path(all, &format!("{path}{part}"))?;
        value.as_bool()
    });
    wanted.enabled = found.unwrap_or(wanted.enabled);
}

fn import(chart: &mut Chart) -> Result<(), String> {
    for known in &mut chart.charts {
        import(known)?;
    }
    if chart.dependencies.is_empty() {
        return Ok(());
    }
    let all = coalesced(chart, &values::empty(), Nulls::Keep)?;
    let imported = values::empty();
    for wanted in &chart.dependencies {
        for import in &wanted.imports {
            let (child, parent) = match (import.as_str(), import.as_map()) {
                (Some(name), _) => (format!("exports.{name}"), ".".to_owned()),
                (_, Some(map)) => {
                    let text = |key: &str| map.get(key).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
                    (text("child"), text("parent"))
                }
                _ => continue,
            };
            let Some(table) = at_path(&all, &format!("{}.{child}", wanted.name)) else { continue };
            if let Some(table) = table.as_map() {
                merge(&imported, &below(&parent, table), Nulls::Keep);
            }
        }
    }
    let own = copy(&all);
    merge(&own, &imported, Nulls::Keep);
    chart.values = own;
    Ok(())
}

/// A map at a path: `{ a: { b: table } }` for `a.b`.
fn below(path: &str, table: &Map) -> Map {
    if path == "." {
        return copy(table);
    }
    path.rsplit('.').fold(copy(table), |inner, key| Map::new([(key, Value::from(inner))]))
}
