//! `plimsoll-simulate/1`: one run for scripts. Within /1 it changes by addition only.

use plimsoll_simulate::answer::{FlowAnswer, RunAnswer, Times};
use plimsoll_simulate::statistics::Interval;
use serde_json::{Value, json as value};

use crate::loadline::interval;

/// The form's name.
pub const FORMAT: &str = "plimsoll-simulate/1";

/// The run as one JSON document, pretty, with a last newline. A latency is `null` where the run is too short to tell it.
pub fn json(run: &RunAnswer) -> String {
    let flows = |flows: &[FlowAnswer]| flows.iter().map(flow).collect::<Vec<_>>();
    let document = value!({
        "format": FORMAT,
        "system": run.system,
        "environment": run.environment,
        "scenario": run.scenario,
        "seed": run.seed,
        "horizon_s": run.horizon_s,
        "warmup_s": run.warmup_s,
        "ended_early": run.ended,
        "assumptions": run.assumptions.iter().map(|assumed| value!({
            "name": assumed.name, "field": assumed.field, "value": assumed.value,
        })).collect::<Vec<_>>(),
        "journeys": flows(&run.journeys),
        "operations": flows(&run.operations),
        "calls": flows(&run.calls),
        "resources": run.resources.iter().map(|resource| value!({
            "id": resource.id, "utilisation": resource.utilisation,
            "queue_mean": resource.queue_mean, "wait_s": resource.wait_s,
        })).collect::<Vec<_>>(),
        "promises": run.promises.iter().map(|kept| value!({
            "name": kept.name, "says": kept.says, "bad": kept.bad, "allowed": kept.allowed, "kept": kept.bad <= kept.allowed,
        })).collect::<Vec<_>>(),
        "faults": run.faults.iter().map(|(from, until, what)| value!({
            "from_s": from, "until_s": until, "what": what,
        })).collect::<Vec<_>>(),
        "timeline": run.timeline.iter().map(|moment| value!({
            "from_s": moment.from_s, "until_s": moment.until_s,
            "journeys": moment.journeys.iter().map(|journey| value!({
                "offered_per_s": journey.offered_per_s, "success": journey.success, "p95_s": journey.p95_s,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    let mut out = serde_json::to_string_pretty(&document).expect("the form has string keys only");
    out.push('\n');
    out
}

fn flow(flow: &FlowAnswer) -> Value {
    value!({
        "id": flow.id,
        "offered_per_s": flow.offered_per_s,
        "completed_per_s": flow.completed_per_s,
        "failed": flow.failed.iter().map(|failing| value!({ "kind": failing.kind, "per_s": failing.per_s })).collect::<Vec<_>>(),
        "retries_per_s": flow.retries_per_s,
        "latency_s": times(&flow.latency),
    })
}

fn times(times: &Times) -> Value {
    let of = |time: &Option<Interval>| time.as_ref().map(interval);
    value!({
        "mean": of(&times.mean), "p50": of(&times.p50), "p95": of(&times.p95), "p99": of(&times.p99), "p999": of(&times.p999),
    })
}
