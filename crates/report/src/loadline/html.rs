//! The load lines as one page that needs nothing else: charts are SVG, and it asks nobody for anything.

use plimsoll_simulate::answer::{LoadLines, ScenarioLine};
use plimsoll_simulate::search::CurvePoint;
use plimsoll_simulate::statistics::Interval;

use super::words;
use crate::chart::{Axis, Band, Bar, Chart, Mark, Scale, Series, bars, chart};
use crate::escape::html as escaped;
use crate::figure::{figure, load, percent, signed, time};
use crate::words::clean;

/// Style of this page and of that of a run.
const STYLE: &str = include_str!("style.css");
/// What a page may do: be itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The load lines as one HTML file. The same lines give the same bytes.
pub fn html(lines: &LoadLines) -> String {
    let system = escaped(&clean(&lines.system));
    let sections: String = lines.scenarios.iter().map(section).collect();
    let body = format!(
        "<header class=\"top\"><h1>{system}</h1><p>load lines · {}</p></header>\n<main>\n{}{sections}</main>\n",
        escaped(&clean(&lines.environment)),
        overview(lines)
    );
    page(&format!("{system} · load lines"), &body)
}

/// A page around a body; the title is escaped already.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn overview(lines: &LoadLines) -> String {
    let rows: String = lines.scenarios.iter().map(overview_row).collect();
    format!(
        "<section class=\"part\"><table><caption>The load line is the greatest load at which every promise still holds; \
         the bound is where the scarcest resource is full.</caption><thead><tr><th>scenario</th><th>journey</th>\
         <th class=\"count\">load line</th><th class=\"count\">bound</th><th class=\"count\">expected peak</th>\
         <th>breaks first</th></tr></thead><tbody>{rows}</tbody></table></section>\n"
    )
}

fn overview_row(scenario: &ScenarioLine) -> String {
    let state = if scenario.holds_the_peak() { "" } else { " class=\"short\"" };
    let note = if scenario.holds_the_peak() { "" } else { " <strong>short</strong>" };
    let breaks = words::breaks(scenario).or_else(|| words::at_rest(scenario)).unwrap_or_else(|| "–".to_owned());
    format!(
        "<tr{state}><th><a href=\"#{}\">{}</a></th><td>{}</td><td class=\"count\">{}{note}</td><td class=\"count\">{}</td>\
         <td class=\"count\">{}</td><td>{}</td></tr>\n",
        anchor(scenario),
        escaped(&clean(&scenario.id)),
        escaped(&clean(&scenario.journey)),
        escaped(&words::short_line(scenario)),
        scenario.bound_per_s.map_or("–".to_owned(), figure),
        scenario.expected_peak_per_s.map_or("–".to_owned(), figure),
        escaped(&clean(&breaks)),
    )
}

fn anchor(scenario: &ScenarioLine) -> String {
    let of = |text: &str| crate::escape::fragment(&clean(text)).replace('%', "-");
    format!("{}-{}", of(&scenario.journey), of(&scenario.id))
}

fn section(scenario: &ScenarioLine) -> String {
    let mut facts = vec![("load line", words::line(scenario)), ("bound", words::bound(scenario))];
    facts.extend(words::inferred(scenario).map(|inferred| ("journeys", inferred)));
    facts.extend(words::peak(scenario).map(|peak| ("expected peak", peak)));
    facts.extend(words::breaks(scenario).map(|breaks| ("breaks first", breaks)));
    facts.extend(words::at_rest(scenario).map(|at_rest| ("at rest", at_rest)));
    facts.extend(words::two_minds(scenario).map(|two_minds| ("two minds", two_minds)));
    let facts: String =
        facts.iter().map(|(key, text)| format!("<dt>{key}</dt><dd>{}</dd>\n", escaped(&clean(text)))).collect();
    format!(
        "<section class=\"part\" id=\"{}\"><h2>{} · {}</h2>\n<dl class=\"facts\">\n{facts}</dl>\n{}{}{}{}{}</section>\n",
        anchor(scenario),
        escaped(&clean(&scenario.journey)),
        escaped(&clean(&scenario.id)),
        curves(scenario),
        ladder(scenario),
        tornado(scenario),
        unknowns(scenario),
        assumptions(scenario),
    )
}

/// Latency and failures against load.
fn curves(scenario: &ScenarioLine) -> String {
    let loads = || scenario.curve.iter().map(|point| point.load).chain(scenario.expected_peak_per_s).chain([0.0]);
    let Some(x) = Axis::holding(Scale::Even, loads()).filter(|_| scenario.curve.len() > 1) else {
        return String::new();
    };
    let x_name = format!("offered load, {}", scenario.unit);
    let name = format!("{} in {}", scenario.journey, scenario.id);
    let latencies = |class, label: &str, of: fn(&CurvePoint) -> Interval| Series {
        name: label.to_owned(),
        class,
        points: scenario.curve.iter().map(|point| band(point.load, of(point))).filter(|band| band.low > 0.0).collect(),
    };
    let series = vec![
        latencies("c", "p99", |point| point.p99_s),
        latencies("b", "p95", |point| point.p95_s),
        latencies("a", "p50", |point| point.p50_s),
    ];
    let values = series.iter().flat_map(|series| &series.points).flat_map(|band| [band.low, band.high]);
    let latency = Axis::holding(Scale::Ratio, values).map(|y| {
        chart(&Chart {
            title: format!("Latency of {name} against load"),
            x,
            y,
            x_name: &x_name,
            y_label: time,
            x_label: figure,
            series,
            upright: uprights(scenario),
            level: Vec::new(),
            shaded: Vec::new(),
        })
    });
    // A share of 0 has no place on an axis of ratios: one in a hundred thousand is as near as it gets.
    const LEAST: f64 = 1e-5;
    let failing = |point: &CurvePoint| {
        let of = |success: f64| (1.0 - success).max(LEAST);
        Interval::new(of(point.success.value), of(point.success.high), of(point.success.low))
    };
    let success = Series {
        name: "failing".to_owned(),
        class: "d",
        points: scenario.curve.iter().map(|point| band(point.load, failing(point))).collect(),
    };
    let allowed = scenario.promises.iter().filter(|promise| promise.says.starts_with("success"));
    let level = allowed.map(|promise| Mark {
        at: promise.allowed,
        label: format!("{}: {} may fail", promise.name, percent(promise.allowed)),
        class: "limit",
    });
    let failures = chart(&Chart {
        title: format!("Failing share of {name} against load"),
        x,
        y: Axis { scale: Scale::Ratio, low: LEAST, high: 1.0 },
        x_name: &x_name,
        y_label: percent,
        x_label: figure,
        series: vec![success],
        upright: uprights(scenario),
        level: level.collect(),
        shaded: Vec::new(),
    });
    figures("Latency and failures against load", &[latency.unwrap_or_default(), failures])
}

fn uprights(scenario: &ScenarioLine) -> Vec<Mark> {
    let mark = |at: f64, what: &str, class| Mark { at, label: format!("{what} {}", load(at, scenario.unit)), class };
    let line = scenario.line().map(|line| mark(line.value, "line", "theline"));
    let peak = scenario.expected_peak_per_s.map(|peak| mark(peak, "peak", "peak"));
    line.into_iter().chain(peak).collect()
}

fn band(x: f64, interval: Interval) -> Band {
    Band { x, value: interval.value, low: interval.low, high: interval.high }
}

pub(crate) fn figures(caption: &str, charts: &[String]) -> String {
    format!(
        "<figure><figcaption>{}</figcaption>\n<div class=\"charts\">{}</div></figure>\n",
        escaped(caption),
        charts.concat()
    )
}

fn ladder(scenario: &ScenarioLine) -> String {
    if scenario.ladder.is_empty() {
        return String::new();
    }
    let rungs: Vec<Bar> = scenario
        .ladder
        .iter()
        .map(|rung| Bar {
            name: clean(&rung.resource),
            value: rung.bound_per_s,
            low: rung.bound_per_s,
            high: rung.bound_per_s,
            label: format!("{}  {}", load(rung.bound_per_s, scenario.unit), clean(&rung.formula)),
            class: "a",
        })
        .collect();
    figures("The ladder: at which load each resource is full", &[bars("Bounds of the resources", &rungs)])
}

fn tornado(scenario: &ScenarioLine) -> String {
    let told = scenario.moves.iter().filter_map(|moved| Some((moved, moved.change?)));
    let rows: Vec<Bar> = told
        .map(|(moved, change)| Bar {
            name: clean(&format!("{} {} → {}", moved.knob, moved.from, moved.to)),
            value: change.difference.value,
            low: change.difference.low,
            high: change.difference.high,
            label: format!("{}{}", signed(change.difference.value), if moved.real { "" } else { " (may be chance)" }),
            class: if moved.real { "b" } else { "quiet" },
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let caption = format!("What moves the line, in {}, with 95 % intervals", scenario.unit);
    figures(&caption, &[bars("How far each change moves the line", &rows)])
}

fn unknowns(scenario: &ScenarioLine) -> String {
    if scenario.unknowns.is_empty() {
        return String::new();
    }
    let rows: String = scenario
        .unknowns
        .iter()
        .map(|unknown| {
            format!(
                "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escaped(&clean(&unknown.field)),
                escaped(&clean(&unknown.assumption)),
                escaped(&clean(&unknown.range)),
                escaped(&words::unsure(unknown, scenario.unit))
            )
        })
        .collect();
    format!(
        "<table><caption>What is not known, what matters most first</caption><thead><tr><th>what</th><th>assumed</th>\
         <th>over</th><th>effect</th></tr></thead><tbody>{rows}</tbody></table>\n"
    )
}

fn assumptions(scenario: &ScenarioLine) -> String {
    if scenario.assumptions.is_empty() {
        return String::new();
    }
    let rows: String = scenario
        .assumptions
        .iter()
        .map(|assumed| {
            let of = |text: &str| escaped(&clean(text));
            format!(
                "<tr><th>{}</th><td>{}</td><td>{}</td></tr>\n",
                of(&assumed.name),
                of(&assumed.field),
                of(&assumed.value)
            )
        })
        .collect();
    format!(
        "<details><summary>Rests on {}</summary><table><thead><tr><th>assumption</th><th>of</th><th>value</th></tr></thead>\
         <tbody>{rows}</tbody></table></details>\n",
        crate::words::counted(scenario.assumptions.len(), "assumption")
    )
}
