//! Latency and success against load: what the plot shows, with how sure each point is.

use super::laboratory::{Course, Experiment, Figures, Laboratory, Observation, Progress, Stage, Variant};
use crate::statistics::Interval;
use crate::statistics::batch_means::of_replications;

/// One load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// The offered load.
    pub load: f64,
    /// The share of requests that succeed.
    pub success: Interval,
    /// Latency of those that succeed, in seconds.
    pub p50_s: Interval,
    /// 95 of 100 are faster.
    pub p95_s: Interval,
    /// 99 of 100 are faster.
    pub p99_s: Interval,
    /// Whether it came to rest there.
    pub course: Course,
}

/// Points in the order of their loads.
pub type Curve = Vec<CurvePoint>;

/// Runs at each point; the interval is over them.
const RUNS: usize = 6;

/// Measures points at the given loads with the same seeds at each, so that the curve is smooth. Loads at which the backlog grows are
/// kept: their figures are those of so long a run, not of a steady state.
pub fn curve(
    laboratory: &mut impl Laboratory,
    variant: Variant,
    loads: &[f64],
    requests: u64,
    seed: u64,
    confidence: f64,
) -> Curve {
    let mut points = Vec::new();
    let mut done = 0;
    for load in loads {
        let experiments: Vec<Experiment> =
            (0..RUNS as u64).map(|at| Experiment { variant, load: *load, seed: seed + at, requests }).collect();
        let seen = laboratory.observe(&experiments);
        done += seen.iter().map(|seen| seen.cost).sum::<u64>();
        points.push(point(*load, &seen, confidence));
        let expected = done / points.len() as u64 * loads.len() as u64;
        if !laboratory.goes_on(&Progress { stage: Stage::Drawing, done, expected, between: (*load, *load) }) {
            break;
        }
    }
    points
}

fn point(load: f64, seen: &[Observation], confidence: f64) -> CurvePoint {
    let over = |of: fn(&Figures) -> f64| {
        let values: Vec<f64> = seen.iter().map(|seen| of(&seen.figures)).collect();
        of_replications(&values, confidence).unwrap_or_else(|| Interval::exact(values.first().copied().unwrap_or(0.0)))
    };
    let growing = seen.iter().filter(|seen| seen.course == Course::Growing).count();
    let success = over(|figures| figures.success);
    CurvePoint {
        load,
        success: Interval::new(success.value, success.low.max(0.0), success.high.min(1.0)),
        p50_s: over(|figures| figures.p50_s).at_least(0.0),
        p95_s: over(|figures| figures.p95_s).at_least(0.0),
        p99_s: over(|figures| figures.p99_s).at_least(0.0),
        course: if 2 * growing > seen.len() { Course::Growing } else { Course::Level },
    }
}

/// Loads for a plot: even steps up to the line, closer around it, and a little beyond.
pub fn loads_to_draw(line: f64) -> Vec<f64> {
    [0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.88, 0.94, 0.98, 1.0, 1.02, 1.05, 1.1].iter().map(|share| share * line).collect()
}
