//! The table of a proof, for people.

use std::fmt::Write;

use super::Proof;
use super::comparison::{Comparison, Pair, Quantity, Verdict, Void, agreement};

/// The whole proof.
pub fn text(proof: &Proof) -> String {
    let mut text = String::from(
        "journey    what            at     predicted   measured (range)          difference   tolerance   verdict\n",
    );
    for row in &proof.comparisons {
        let _ = writeln!(text, "{}", comparison(row));
        for void in &row.voids {
            let _ = writeln!(text, "             void: {}", reason(void));
        }
    }
    if !proof.pairs.is_empty() {
        text += "\nunder a fault, at half the line\nscenario                          journey    load/s   predicted   measured   done      p95 ms\n";
        for pair in &proof.pairs {
            let _ = writeln!(text, "{}", pair_line(pair));
        }
        let judged = proof.pairs.iter().filter(|pair| pair.agrees().is_some()).count();
        let share =
            agreement(&proof.pairs).map_or_else(|| "none".to_owned(), |share| format!("{:.0} %", share * 100.0));
        let _ = writeln!(text, "{share} of {judged} verdicts agree (at least 90 %)");
    }
    text
}

fn comparison(row: &Comparison) -> String {
    let (name, digits) = match row.quantity {
        Quantity::LinePerS => ("line, req/s", 1),
        Quantity::P50Ms => ("p50, ms", 0),
        Quantity::P95Ms => ("p95, ms", 0),
        Quantity::P99Ms => ("p99, ms", 0),
    };
    let figure = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |value| format!("{value:.digits$}"));
    let percent = |value: Option<f64>, sign: bool| {
        value.map_or_else(
            || "–".to_owned(),
            |value| if sign { format!("{:+.0} %", value * 100.0) } else { format!("{:.0} %", value * 100.0) },
        )
    };
    let range = row.measured_range.map_or_else(String::new, |(low, high)| format!(" ({low:.digits$}–{high:.digits$})"));
    format!(
        "{:<10} {:<15} {:<6} {:<11} {:<25} {:<12} {:<11} {}{}",
        row.journey.name(),
        name,
        percent(row.share_of_line, false),
        figure(row.predicted),
        figure(row.measured) + &range,
        percent(row.difference, true),
        percent(row.tolerance, false),
        word(row.verdict),
        if row.counted.0 < row.counted.1 {
            format!(" ({} of {} runs count)", row.counted.0, row.counted.1)
        } else {
            String::new()
        },
    )
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::Differs => "DIFFERS",
        Verdict::Shown => "shown",
        Verdict::Void => "void",
    }
}

fn reason(void: &Void) -> String {
    match void {
        Void::CoresBusy { busy } => format!("{:.0} % of the machine's cores were busy", busy * 100.0),
        Void::GeneratorLate { p99_ms } => format!("the generator was {p99_ms:.0} ms late at its p99"),
    }
}

fn pair_line(pair: &Pair) -> String {
    let holds = |holds: bool| if holds { "held" } else { "broken" };
    format!(
        "{:<33} {:<10} {:<8.1} {:<11} {:<10} {:<9} {:<8.0} {}",
        pair.scenario,
        pair.journey.name(),
        pair.load_per_s,
        holds(pair.predicted_holds),
        pair.measured_holds.map_or("void", holds),
        format!("{:.1} %", pair.success * 100.0),
        pair.p95_ms,
        if pair.agrees() == Some(false) { "DIFFERS" } else { "" },
    )
    .trim_end()
    .to_owned()
}
