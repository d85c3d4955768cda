//! `plimsoll-loadline/1`: the load lines for scripts. Within /1 it changes by addition only.

use plimsoll_simulate::answer::{LoadLines, Mechanism, ScenarioLine};
use plimsoll_simulate::search::{Course, CurvePoint, Hysteresis, Verdict};
use plimsoll_simulate::statistics::Interval;
use serde_json::{Value, json as value};

/// The form's name.
pub const FORMAT: &str = "plimsoll-loadline/1";

/// The lines as one JSON document, pretty, with a last newline.
pub fn json(lines: &LoadLines) -> String {
    let document = value!({
        "format": FORMAT,
        "system": lines.system,
        "environment": lines.environment,
        "scenarios": lines.scenarios.iter().map(scenario).collect::<Vec<_>>(),
    });
    let mut out = serde_json::to_string_pretty(&document).expect("the form has string keys only");
    out.push('\n');
    out
}

fn scenario(line: &ScenarioLine) -> Value {
    value!({
        "id": line.id,
        "journey": line.journey,
        "unit": line.unit,
        "bound_per_s": line.bound_per_s,
        "binds": line.binds,
        "line_per_s": line.line().as_ref().map(interval),
        "line_over_assumptions_per_s": line.over_assumptions.as_ref().map(interval),
        "verdict": verdict(&line.verdict),
        "breaks": line.breaks.as_ref().map(|breaks| value!({
            "promise": breaks.promise,
            "mechanism": breaks.mechanism.map(Mechanism::word),
            "resource": breaks.resource,
            "because": breaks.because,
        })),
        "holds_expected_peak": line.holds_the_peak(),
        "expected_peak_per_s": line.expected_peak_per_s,
        "load_per_s": line.load_per_s,
        "promises": line.promises.iter().map(|promise| value!({
            "name": promise.name, "says": promise.says, "allowed": promise.allowed,
        })).collect::<Vec<_>>(),
        "ladder": line.ladder.iter().map(|rung| value!({
            "resource": rung.resource, "bound_per_s": rung.bound_per_s, "formula": rung.formula,
        })).collect::<Vec<_>>(),
        "moves": line.moves.iter().map(|moved| value!({
            "knob": moved.knob, "from": moved.from, "to": moved.to, "real": moved.real,
            "line_change_per_s": moved.change.as_ref().map(|change| interval(&change.difference)),
            "chance": moved.change.as_ref().map(|change| change.chance),
        })).collect::<Vec<_>>(),
        "unknowns": line.unknowns.iter().map(|unknown| value!({
            "field": unknown.field, "assumption": unknown.assumption, "range": unknown.range,
            "line_change_per_s": unknown.line_change_per_s,
            "rest_change_s": unknown.rest_change_s,
        })).collect::<Vec<_>>(),
        "assumptions": line.assumptions.iter().map(|assumed| value!({
            "name": assumed.name, "field": assumed.field, "value": assumed.value,
        })).collect::<Vec<_>>(),
        "curve": line.curve.iter().map(point).collect::<Vec<_>>(),
        "metastable": line.metastable.as_ref().map(metastable),
        "requests": line.requests,
    })
}

fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Holds(_) => "holds",
        Verdict::BrokenAtRest { .. } => "broken_at_rest",
        Verdict::Unbounded { .. } => "unbounded",
    }
}

fn point(point: &CurvePoint) -> Value {
    value!({
        "load_per_s": point.load,
        "success": interval(&point.success),
        "latency_s": {
            "p50": interval(&point.p50_s), "p95": interval(&point.p95_s), "p99": interval(&point.p99_s),
        },
        "backlog_grows": point.course == Course::Growing,
    })
}

fn metastable(pair: &Hysteresis) -> Value {
    value!({
        "tips_at_per_s": pair.tips_at.onset.as_ref().map(interval),
        "recovers_at_per_s": pair.recovers_at.onset.as_ref().map(interval),
    })
}

pub(crate) fn interval(interval: &Interval) -> Value {
    value!({ "value": interval.value, "low": interval.low, "high": interval.high })
}
