//! One run for a pull request or a wiki.

use plimsoll_simulate::answer::{FlowAnswer, RunAnswer};
use plimsoll_simulate::statistics::Interval;

use crate::figure::{figure, percent, time};
use crate::loadline::cell;

/// The run as Markdown.
pub fn markdown(run: &RunAnswer) -> String {
    let scenario = run.scenario.as_deref().unwrap_or("today");
    let mut out = format!(
        "# {} · {}\n\nEnvironment {}, seed {}, {} simulated, the first {} left out.\n",
        cell(&run.system),
        cell(scenario),
        cell(&run.environment),
        run.seed,
        time(run.horizon_s),
        time(run.warmup_s)
    );
    for (title, flows) in [("Journeys", &run.journeys), ("Operations", &run.operations), ("Calls", &run.calls)] {
        table(&mut out, title, flows);
    }
    if !run.promises.is_empty() {
        out.push_str("\n## Promises\n\n| promise | says | bad | allowed | |\n|---|---|---|---|---|\n");
        for kept in &run.promises {
            let word = if kept.bad <= kept.allowed { "kept" } else { "**broken**" };
            let (name, says) = (cell(&kept.name), cell(&kept.says));
            out.push_str(&format!(
                "| {name} | {says} | {} | {} | {word} |\n",
                percent(kept.bad),
                percent(kept.allowed)
            ));
        }
    }
    out.push_str("\n## Resources\n\n| resource | in use | waiting | wait |\n|---|---|---|---|\n");
    for resource in &run.resources {
        let used = resource.utilisation.map_or("–".to_owned(), percent);
        let (queue, wait) = (figure(resource.queue_mean), time(resource.wait_s));
        out.push_str(&format!("| {} | {used} | {queue} | {wait} |\n", cell(&resource.id)));
    }
    out
}

fn table(out: &mut String, title: &str, flows: &[FlowAnswer]) {
    if flows.is_empty() {
        return;
    }
    out.push_str(&format!(
        "\n## {title}\n\n| | offered /s | done /s | failed | mean | p50 | p95 | p99 | p99.9 |\n|---|---|---|---|---|---|---|---|---|\n"
    ));
    for flow in flows {
        let failed: Vec<String> =
            flow.failed.iter().map(|failing| format!("{} {}/s", cell(&failing.kind), figure(failing.per_s))).collect();
        let failed = if failed.is_empty() { "–".to_owned() } else { failed.join(", ") };
        let of = |value: &Option<Interval>| value.as_ref().map_or("–".to_owned(), |value| time(value.value));
        let latency = &flow.latency;
        out.push_str(&format!(
            "| {} | {} | {} | {failed} | {} | {} | {} | {} | {} |\n",
            cell(&flow.id),
            figure(flow.offered_per_s),
            figure(flow.completed_per_s),
            of(&latency.mean),
            of(&latency.p50),
            of(&latency.p95),
            of(&latency.p99),
            of(&latency.p999)
        ));
    }
}
