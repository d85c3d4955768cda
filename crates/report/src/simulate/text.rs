//! What `plimsoll simulate` prints on a terminal.

use plimsoll_simulate::answer::{FlowAnswer, RunAnswer};
use plimsoll_simulate::statistics::Interval;

use crate::figure::{figure, percent, time};
use crate::survey::Colour;
use crate::survey::paint::{Ink, paint};
use crate::words::{clean, counted, cut};

/// How the text is laid out.
#[derive(Clone, Debug)]
pub struct TextOptions {
    /// Characters in a line.
    pub width: usize,
    /// Whether text carries colour.
    pub colour: Colour,
    /// Whether operations and calls are listed as well.
    pub all: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 100, colour: Colour::Plain, all: false }
    }
}

/// The run as text, with a newline at the end of each line.
pub fn text(run: &RunAnswer, options: &TextOptions) -> String {
    let mut sheet = Sheet { options, out: String::new() };
    let scenario = run.scenario.as_deref().unwrap_or("today");
    let head = format!("{} · {} · {}", clean(&run.system), clean(&run.environment), clean(scenario));
    sheet.row(Ink::Heading, &head);
    sheet.row(Ink::Quiet, &described(run));
    if let Some(ended) = &run.ended {
        sheet.row(Ink::Problem, &clean(ended));
    }
    for (from, until, what) in &run.faults {
        let until = until.map_or("to the end".to_owned(), |until| format!("until {}", time(until)));
        sheet.row(Ink::Unknown, &format!("from {} {until}: {}", time(*from), clean(what)));
    }
    flows(&mut sheet, "JOURNEYS", &run.journeys);
    if options.all {
        flows(&mut sheet, "OPERATIONS", &run.operations);
        flows(&mut sheet, "CALLS", &run.calls);
    }
    promises(&mut sheet, run);
    resources(&mut sheet, run);
    if !options.all && !run.operations.is_empty() {
        sheet.out.push('\n');
        let more = format!(
            "{} and {} are listed with --all",
            counted(run.operations.len(), "operation"),
            counted(run.calls.len(), "call")
        );
        sheet.row(Ink::Quiet, &more);
    }
    sheet.row(Ink::Text, "next  plimsoll loadline");
    sheet.out
}

fn described(run: &RunAnswer) -> String {
    let mut parts = vec![
        format!("seed {}", run.seed),
        format!("{} simulated, the first {} left out", time(run.horizon_s), time(run.warmup_s)),
    ];
    if !run.assumptions.is_empty() {
        parts.push(format!("resting on {}", counted(run.assumptions.len(), "assumption")));
    }
    parts.join(" · ")
}

fn flows(sheet: &mut Sheet<'_>, title: &str, flows: &[FlowAnswer]) {
    if flows.is_empty() {
        return;
    }
    sheet.out.push('\n');
    let widest = flows.iter().map(|flow| flow.id.chars().count()).max().unwrap_or(0).clamp(8, 40);
    let head = format!(
        "{title:<w$}  {:>9} {:>9} {:>9}  {:>8} {:>8} {:>8} {:>8} {:>8}",
        "offered",
        "done",
        "failing",
        "mean",
        "p50",
        "p95",
        "p99",
        "p99.9",
        w = widest + 2
    );
    sheet.row(Ink::Quiet, &head);
    for flow in flows {
        let failing: f64 = flow.failed.iter().map(|failing| failing.per_s).sum();
        let ended = flow.completed_per_s + failing;
        let share = if ended > 0.0 { failing / ended } else { 0.0 };
        let of = |value: &Option<Interval>| value.as_ref().map_or("–".to_owned(), |value| time(value.value));
        let latency = &flow.latency;
        let row = format!(
            "  {:<widest$}  {:>7}/s {:>7}/s {:>9}  {:>8} {:>8} {:>8} {:>8} {:>8}",
            cut(&clean(&flow.id), widest),
            figure(flow.offered_per_s),
            figure(flow.completed_per_s),
            percent(share),
            of(&latency.mean),
            of(&latency.p50),
            of(&latency.p95),
            of(&latency.p99),
            of(&latency.p999)
        );
        sheet.row(if share > 0.01 { Ink::Problem } else { Ink::Text }, &row);
        for failing in &flow.failed {
            sheet.row(Ink::Quiet, &format!("    {} {}/s", clean(&failing.kind), figure(failing.per_s)));
        }
        if let Some(p95) = latency.p95 {
            let range = format!("    p95 {} to {}, 95 %", time(p95.low), time(p95.high));
            sheet.row(Ink::Quiet, &range);
        }
    }
}

fn promises(sheet: &mut Sheet<'_>, run: &RunAnswer) {
    if run.promises.is_empty() {
        return;
    }
    sheet.out.push('\n');
    sheet.row(Ink::Quiet, "PROMISES");
    for kept in &run.promises {
        let holds = kept.bad <= kept.allowed;
        let (ink, word) = if holds { (Ink::Text, "kept") } else { (Ink::Problem, "broken") };
        let row = format!(
            "  {word:<7} {}  {}: {} bad of {} allowed",
            clean(&kept.name),
            clean(&kept.says),
            percent(kept.bad),
            percent(kept.allowed)
        );
        sheet.row(ink, &row);
    }
}

fn resources(sheet: &mut Sheet<'_>, run: &RunAnswer) {
    let mut busiest: Vec<&_> = run.resources.iter().collect();
    busiest.sort_by(|a, b| b.utilisation.unwrap_or(0.0).total_cmp(&a.utilisation.unwrap_or(0.0)));
    if busiest.is_empty() {
        return;
    }
    let shown = if sheet.options.all { busiest.len() } else { busiest.len().min(10) };
    sheet.out.push('\n');
    let widest = busiest.iter().map(|resource| resource.id.chars().count()).max().unwrap_or(0).clamp(9, 40);
    sheet.row(
        Ink::Quiet,
        &format!("{:<w$}  {:>6}  {:<20}  {:>8}  {:>8}", "RESOURCES", "in use", "", "waiting", "wait", w = widest + 2),
    );
    for resource in &busiest[..shown] {
        let share = resource.utilisation.unwrap_or(0.0);
        let filled = (share * 20.0).round().clamp(0.0, 20.0) as usize;
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(20 - filled));
        let row = format!(
            "  {:<widest$}  {:>6}  {bar}  {:>8}  {:>8}",
            cut(&clean(&resource.id), widest),
            resource.utilisation.map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0)),
            figure(resource.queue_mean),
            time(resource.wait_s)
        );
        sheet.row(if share > 0.9 { Ink::Problem } else { Ink::Text }, &row);
    }
}

struct Sheet<'o> {
    options: &'o TextOptions,
    out: String,
}

impl Sheet<'_> {
    fn row(&mut self, ink: Ink, text: &str) {
        self.out.push_str(&paint(self.options.colour, ink, cut(text, self.options.width).trim_end()));
        self.out.push('\n');
    }
}
