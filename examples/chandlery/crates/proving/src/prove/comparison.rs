//! Predicted beside measured, and what is to be thought of it.
//!
//! Pure: figures in, verdicts out.

use serde::Serialize;

use crate::bench::journey::Journey;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The line, in requests a second.
    LinePerS,
    /// The median at a load, in milliseconds.
    P50Ms,
    /// The 95th percentile at a load, in milliseconds.
    P95Ms,
    /// The 99th percentile at a load, in milliseconds.
    P99Ms,
}

/// How much of a difference is none: of the line 15 %, of p95 25 % up to 80 % of the line. Nearer to the line, and further
/// out in the tail, a run of a minute says too little, so that figures are shown and not judged.
pub fn tolerance(quantity: Quantity, share_of_line: Option<f64>) -> Option<f64> {
    match quantity {
        Quantity::LinePerS => Some(0.15),
        Quantity::P95Ms if share_of_line.is_some_and(|share| share <= 0.8) => Some(0.25),
        Quantity::P50Ms | Quantity::P95Ms | Quantity::P99Ms => None,
    }
}

/// One measurement of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The figure; none where there was nothing to measure.
    pub value: Option<f64>,
    /// Why it does not count.
    pub void: Option<Void>,
}

/// Why a reading does not count: it says more of the machine than of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "void")]
pub enum Void {
    /// More than half of all cores were busy: what was measured is waiting for a core.
    CoresBusy {
        /// The share that was.
        busy: f64,
    },
    /// The generator itself was late.
    GeneratorLate {
        /// By so much, at its p99, in milliseconds.
        p99_ms: f64,
    },
}

/// At most so much of the machine may be busy in a run that counts.
pub const MOST_BUSY: f64 = 0.5;
/// At most so late may the generator be, at its p99. A tenth of the shortest time that a journey takes.
pub const MOST_LATE_MS: f64 = 10.0;

/// Whether a run counts.
pub fn void(cpu_busy: Option<f64>, sent_late_p99_ms: f64) -> Option<Void> {
    match cpu_busy {
        Some(busy) if MOST_BUSY < busy => Some(Void::CoresBusy { busy }),
        _ if MOST_LATE_MS < sent_late_p99_ms => Some(Void::GeneratorLate { p99_ms: sent_late_p99_ms }),
        _ => None,
    }
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Of which journey.
    pub journey: Journey,
    /// What is compared.
    pub quantity: Quantity,
    /// At which share of the measured line; none for the line itself.
    pub share_of_line: Option<f64>,
    /// What was predicted.
    pub predicted: Option<f64>,
    /// The median of the readings that count.
    pub measured: Option<f64>,
    /// The lowest and the highest of them.
    pub measured_range: Option<(f64, f64)>,
    /// How many counted, of how many.
    pub counted: (usize, usize),
    /// (measured − predicted) ÷ predicted.
    pub difference: Option<f64>,
    /// How much of it is none.
    pub tolerance: Option<f64>,
    /// What is to be thought of it.
    pub verdict: Verdict,
    /// Why readings did not count.
    pub voids: Vec<Void>,
}

/// What is to be thought of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within the tolerance.
    Agrees,
    /// Beyond it: the model is wrong, or the simulator, or the shop.
    Differs,
    /// No tolerance was asked of it.
    Shown,
    /// Fewer than half of the readings count.
    Void,
}

/// Compares a prediction with repeated readings.
pub fn compare(
    journey: Journey,
    quantity: Quantity,
    share_of_line: Option<f64>,
    predicted: Option<f64>,
    readings: &[Reading],
) -> Comparison {
    let counting: Vec<&Reading> = readings.iter().filter(|reading| reading.void.is_none()).collect();
    let mut values: Vec<f64> = counting.iter().filter_map(|reading| reading.value).collect();
    values.sort_by(f64::total_cmp);
    // None where most of the readings found none: broken at rest is an answer.
    let measured = (counting.len() < values.len() * 2).then(|| median(&values)).flatten();
    let tolerance = tolerance(quantity, share_of_line);
    let difference = predicted.zip(measured).map(|(predicted, measured)| (measured - predicted) / predicted);
    let verdict = if counting.len() * 2 <= readings.len() {
        Verdict::Void
    } else {
        match (tolerance, predicted, measured, difference) {
            (None, ..) => Verdict::Shown,
            (Some(_), None, None, _) => Verdict::Agrees,
            (Some(tolerance), _, _, Some(difference)) if difference.abs() <= tolerance => Verdict::Agrees,
            _ => Verdict::Differs,
        }
    };
    Comparison {
        journey,
        quantity,
        share_of_line,
        predicted,
        measured,
        measured_range: values.first().copied().zip(values.last().copied()),
        counted: (counting.len(), readings.len()),
        difference,
        tolerance,
        verdict,
        voids: readings.iter().filter_map(|reading| reading.void).collect(),
    }
}

/// Of sorted values: the middle one, or the mean of the two in the middle.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length.is_multiple_of(2) => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
        _ => Some(sorted[middle]),
    }
}

/// Whether a promise was predicted to hold under a fault, and held.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair {
    /// The scenario of `plimsoll.yaml`.
    pub scenario: String,
    /// The journey.
    pub journey: Journey,
    /// So many came a second.
    pub load_per_s: f64,
    /// Whether it was to hold.
    pub predicted_holds: bool,
    /// Whether it held; none where the run does not count.
    pub measured_holds: Option<bool>,
    /// The share that was done.
    pub success: f64,
    /// Their 95th percentile, in milliseconds.
    pub p95_ms: f64,
}

impl Pair {
    /// Whether both say the same; none where there was no measurement.
    pub fn agrees(&self) -> Option<bool> {
        self.measured_holds.map(|measured| measured == self.predicted_holds)
    }
}

/// The share of pairs that agree, of those that were measured.
pub fn agreement(pairs: &[Pair]) -> Option<f64> {
    let judged: Vec<bool> = pairs.iter().filter_map(Pair::agrees).collect();
    (!judged.is_empty()).then(|| judged.iter().filter(|agrees| **agrees).count() as f64 / judged.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares lines; `f64::INFINITY` stands for a reading that is void, `NAN` for one that found none.
    #[track_caller]
    fn check(predicted: Option<f64>, readings: &[f64], expect: (Option<f64>, Verdict)) {
        let reading = |value: &f64| Reading {
            value: value.is_finite().then_some(*value),
            void: value.is_infinite().then_some(Void::CoresBusy { busy: 0.9 }),
        };
        let readings: Vec<Reading> = readings.iter().map(reading).collect();
        let found = compare(Journey::Checkout, Quantity::LinePerS, None, predicted, &readings);
        assert_eq!((found.measured, found.verdict), expect);
    }

    const VOID: f64 = f64::INFINITY;
    const NONE: f64 = f64::NAN;

    #[test]
    fn the_median_is_held_against_the_tolerance() {
        check(Some(30.0), &[33.0, 29.0, 90.0], (Some(33.0), Verdict::Agrees));
        check(Some(30.0), &[36.0, 37.0, 29.0], (Some(36.0), Verdict::Differs));
    }

    #[test]
    fn a_busy_machine_makes_a_run_void_and_not_failed() {
        check(Some(30.0), &[29.0, VOID, 31.0], (Some(30.0), Verdict::Agrees));
        check(Some(30.0), &[90.0, VOID, VOID], (Some(90.0), Verdict::Void));
        check(Some(30.0), &[VOID, VOID, VOID], (None, Verdict::Void));
    }

    #[test]
    fn broken_at_rest_is_an_answer_that_can_be_right() {
        check(None, &[NONE, NONE, NONE], (None, Verdict::Agrees));
        check(None, &[NONE, NONE, 5.0], (None, Verdict::Agrees));
        check(None, &[5.0, 6.0, NONE], (Some(5.5), Verdict::Differs));
        check(Some(5.0), &[NONE, NONE, 5.0], (None, Verdict::Differs));
    }

    #[test]
    fn latency_is_judged_up_to_four_fifths_of_the_line() {
        assert_eq!(tolerance(Quantity::P95Ms, Some(0.8)), Some(0.25));
        assert_eq!(tolerance(Quantity::P95Ms, Some(0.95)), None);
        assert_eq!(tolerance(Quantity::P99Ms, Some(0.5)), None);
    }

    #[test]
    fn what_makes_a_run_void() {
        assert_eq!(void(Some(0.5), 10.0), None);
        assert_eq!(void(Some(0.51), 1.0), Some(Void::CoresBusy { busy: 0.51 }));
        assert_eq!(void(None, 11.0), Some(Void::GeneratorLate { p99_ms: 11.0 }));
    }
}
