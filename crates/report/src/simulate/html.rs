//! One run as a page that needs nothing else: its time line first, its figures below.

use plimsoll_simulate::answer::{FlowAnswer, JourneyMoment, RunAnswer};
use plimsoll_simulate::statistics::Interval;

use crate::chart::{Axis, Band, Bar, Chart, Scale, Series, bars, chart};
use crate::escape::html as escaped;
use crate::figure::{figure, percent, time};
use crate::loadline::{figures, page};
use crate::words::clean;

/// The run as one HTML file. The same run gives the same bytes.
pub fn html(run: &RunAnswer) -> String {
    let system = escaped(&clean(&run.system));
    let scenario = escaped(&clean(run.scenario.as_deref().unwrap_or("today")));
    let flows: String = [("Journeys", &run.journeys), ("Operations", &run.operations), ("Calls", &run.calls)]
        .iter()
        .map(|(title, flows)| table(title, flows))
        .collect();
    let body = format!(
        "<header class=\"top\"><h1>{system}</h1><p>{scenario} · {} · seed {} · {} simulated, the first {} left out</p></header>\n\
         <main>\n{}{}{}{flows}</main>\n",
        escaped(&clean(&run.environment)),
        run.seed,
        time(run.horizon_s),
        time(run.warmup_s),
        timeline(run),
        promises(run),
        resources(run),
    );
    page(&format!("{system} · one run"), &body)
}

/// Latency, success and load over time, with the faults shaded.
fn timeline(run: &RunAnswer) -> String {
    if run.timeline.len() < 2 {
        return String::new();
    }
    let x = Axis { scale: Scale::Even, low: 0.0, high: run.horizon_s };
    let shaded: Vec<(f64, f64, String)> = run
        .faults
        .iter()
        .map(|(from, until, what)| (*from, until.unwrap_or(run.horizon_s).min(run.horizon_s), clean(what)))
        .collect();
    const CLASSES: [&str; 4] = ["a", "b", "c", "d"];
    let series = |of: fn(&JourneyMoment) -> Option<f64>| -> Vec<Series> {
        run.journeys
            .iter()
            .enumerate()
            .map(|(at, journey)| Series {
                name: clean(&journey.id),
                class: CLASSES[at % CLASSES.len()],
                points: run
                    .timeline
                    .iter()
                    .filter_map(|moment| {
                        let value = of(moment.journeys.get(at)?)?;
                        let x = (moment.from_s + moment.until_s) / 2.0;
                        Some(Band { x, value, low: value, high: value })
                    })
                    .collect(),
            })
            .filter(|series| !series.points.is_empty())
            .collect()
    };
    let drawn = |title: &str, scale: Scale, series: Vec<Series>, fixed: Option<Axis>, y_label: fn(f64) -> String| {
        let values = series.iter().flat_map(|series| &series.points).map(|point| point.value);
        let Some(y) = fixed.or_else(|| Axis::holding(scale, values)) else { return String::new() };
        let x_name = "simulated time";
        let shaded = shaded.clone();
        chart(&Chart {
            title: title.to_owned(),
            x,
            y,
            x_name,
            y_label,
            x_label: time,
            series,
            upright: Vec::new(),
            level: Vec::new(),
            shaded,
        })
    };
    let share = Axis { scale: Scale::Even, low: 0.0, high: 1.0 };
    let most = run.timeline.iter().flat_map(|moment| &moment.journeys).map(|journey| journey.offered_per_s);
    let loads = Axis { scale: Scale::Even, low: 0.0, high: most.fold(1e-9, f64::max) * 1.1 };
    let charts = [
        drawn("p95 over time", Scale::Ratio, series(|moment| moment.p95_s.filter(|p95| *p95 > 0.0)), None, time),
        drawn("Success over time", Scale::Even, series(|moment| Some(moment.success)), Some(share), percent),
        drawn(
            "Offered load over time",
            Scale::Even,
            series(|moment| Some(moment.offered_per_s)),
            Some(loads),
            |load| format!("{} /s", figure(load)),
        ),
    ];
    figures("The run over time: p95, success, offered load; what went wrong is shaded", &charts)
}

fn promises(run: &RunAnswer) -> String {
    if run.promises.is_empty() {
        return String::new();
    }
    let row = |kept: &plimsoll_simulate::answer::Kept| {
        let (class, word) =
            if kept.bad <= kept.allowed { ("", "kept") } else { (" class=\"short\"", "<strong>broken</strong>") };
        format!(
            "<tr{class}><th>{}</th><td>{}</td><td class=\"count\">{}</td><td class=\"count\">{}</td><td>{word}</td></tr>\n",
            escaped(&clean(&kept.name)),
            escaped(&clean(&kept.says)),
            percent(kept.bad),
            percent(kept.allowed)
        )
    };
    let rows: String = run.promises.iter().map(row).collect();
    format!(
        "<section class=\"part\"><h2>Promises</h2><table><thead><tr><th>promise</th><th>says</th><th class=\"count\">bad</th>\
         <th class=\"count\">allowed</th><th></th></tr></thead><tbody>{rows}</tbody></table></section>\n"
    )
}

fn resources(run: &RunAnswer) -> String {
    let mut used: Vec<_> =
        run.resources.iter().filter_map(|resource| Some((resource, resource.utilisation?))).collect();
    used.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rows: Vec<Bar> = used
        .iter()
        .take(24)
        .map(|(resource, share)| Bar {
            name: clean(&resource.id),
            value: *share,
            low: *share,
            high: *share,
            label: format!("{} · {} waiting, {}", percent(*share), figure(resource.queue_mean), time(resource.wait_s)),
            class: "a",
        })
        .collect();
    if rows.is_empty() {
        String::new()
    } else {
        figures("How much of each resource was in use", &[bars("In use", &rows)])
    }
}

fn table(title: &str, flows: &[FlowAnswer]) -> String {
    if flows.is_empty() {
        return String::new();
    }
    let of = |value: &Option<Interval>| match value {
        None => "<td class=\"count\">–</td>".to_owned(),
        Some(value) => format!(
            "<td class=\"count\" title=\"{} to {}\">{}</td>",
            time(value.low),
            time(value.high),
            time(value.value)
        ),
    };
    let row = |flow: &FlowAnswer| {
        let failed: Vec<String> =
            flow.failed.iter().map(|failing| format!("{} {}/s", clean(&failing.kind), figure(failing.per_s))).collect();
        let latency = &flow.latency;
        let times: String = [&latency.mean, &latency.p50, &latency.p95, &latency.p99, &latency.p999].map(of).concat();
        format!(
            "<tr><th>{}</th><td class=\"count\">{}</td><td class=\"count\">{}</td><td>{}</td>{times}</tr>\n",
            escaped(&clean(&flow.id)),
            figure(flow.offered_per_s),
            figure(flow.completed_per_s),
            escaped(&failed.join(", ")),
        )
    };
    let heads = ["offered /s", "done /s"].map(|head| format!("<th class=\"count\">{head}</th>")).concat();
    let times = ["mean", "p50", "p95", "p99", "p99.9"].map(|head| format!("<th class=\"count\">{head}</th>")).concat();
    format!(
        "<section class=\"part\"><h2>{title}</h2><table><thead><tr><th></th>{heads}<th>failed</th>{times}</tr></thead>\
         <tbody>{}</tbody></table></section>\n",
        flows.iter().map(row).collect::<String>()
    )
}
