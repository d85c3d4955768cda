//! Where requests come from: the times of arrivals, from one master stream per source.
//!
//! An arrival comes when the integral of the rate has grown by the next step of the stream: an exponential step for
//! Poisson arrivals, a step of 1 for paced ones. A load factor multiplies the rate and leaves the stream as it is, so that
//! the same requests come, closer together. Every shape of a rate is a chain of straight lines, over which the integral
//! is solved exactly.
//!
//! # Source
//! Inversion of the integrated rate: Çinlar, "Introduction to Stochastic Processes", 1975. Modes: Fischer and
//! Meier-Hellstern, "The Markov-modulated Poisson process cookbook", 1993.

use super::random::{Bits, mix};
use crate::math;
use crate::program::{Arrivals, Batch, Between, Mode, Rate, RatePoint, Spacing, Surge};

/// How many straight lines stand for one period of a sine: at most 0.008 % of its height off.
const LINES_OF_A_SINE: u64 = 256;

/// In nanoseconds: 292 years, which a signed number holds.
const END_OF_TIME: f64 = 9.2e18;

/// What a source's draws are for.
#[derive(Clone, Copy)]
enum Purpose {
    Step = 1,
    Mode,
    Batch,
}

/// The stream of one open source.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    key: u64,
    /// Decides the steps between arrivals.
    step_key: u64,
    /// Requests per nanosecond, where neither a curve nor a surge changes it.
    steady: Option<f64>,
    /// They come one by one, by Poisson's law at a rate that does not change.
    is_plain: bool,
    plain_rate: f64,
    rate: Shape,
    spacing: Spacing,
    batch: Batch,
    surges: Vec<Surge>,
    load: f64,
    /// Arrivals so far.
    ordinal: u64,
    /// Up to where the integral has been taken, in nanoseconds.
    at: f64,
}

#[derive(Clone, Debug)]
enum Shape {
    Constant(f64),
    Points { points: Vec<RatePoint>, between: Between, every: Option<u64> },
    Modes { modes: Vec<Mode>, index: u64, ends: f64 },
}

/// A straight line of a rate: requests per nanosecond at both ends, and its end.
struct Line {
    from: f64,
    to: f64,
    end: f64,
}

impl Stream {
    /// The stream of open arrivals; `None` where users come again by themselves.
    pub(super) fn new(seed_key: u64, arrivals: &Arrivals, load: f64, more: &[Surge]) -> Option<Self> {
        let Arrivals::Open { rate, spacing, batch, surges } = arrivals else { return None };
        let rate = match rate {
            Rate::Constant(per_second) => Shape::Constant(*per_second),
            Rate::Points { points, between, every } => {
                Shape::Points { points: points.clone(), between: *between, every: every.map(|every| every.0) }
            }
            Rate::Swing { mean, by, every } => {
                let point = |index: u64| RatePoint {
                    at: crate::Nanos((u128::from(every.0) * u128::from(index) / u128::from(LINES_OF_A_SINE)) as u64),
                    per_second: (mean + by * math::sin_turns(index as f64 / LINES_OF_A_SINE as f64)).max(0.0),
                };
                let points = (0..=LINES_OF_A_SINE).map(point).collect();
                Shape::Points { points, between: Between::Lines, every: Some(every.0) }
            }
            Rate::Modes(modes) => Shape::Modes { modes: modes.clone(), index: u64::MAX, ends: 0.0 },
        };
        let surges: Vec<Surge> = surges.iter().chain(more).copied().collect();
        let steady = match rate {
            Shape::Constant(per_second) if surges.is_empty() => Some(per_second * load * 1e-9),
            _ => None,
        };
        let step_key = mix(seed_key, Purpose::Step as u64);
        let (key, spacing, batch) = (seed_key, *spacing, *batch);
        let is_plain = steady.is_some() && spacing == Spacing::Poisson && matches!(batch, Batch::One);
        let plain_rate = steady.unwrap_or(0.0);
        Some(Self {
            key,
            step_key,
            steady,
            is_plain,
            plain_rate,
            rate,
            spacing,
            batch,
            surges,
            load,
            ordinal: 0,
            at: 0.0,
        })
    }

    /// When the next ones arrive, and how many at once; `None` if never.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<(u64, u64)> {
        if !self.is_plain {
            return self.next_of_any();
        }
        self.at += Bits::of(self.step_key, self.ordinal).exponential() / self.plain_rate;
        self.ordinal += 1;
        (self.at < END_OF_TIME).then_some((self.at as i64 as u64, 1))
    }

    #[inline(never)]
    fn next_of_any(&mut self) -> Option<(u64, u64)> {
        let mut bits = Bits::of(self.step_key, self.ordinal);
        let step = match self.spacing {
            Spacing::Poisson => bits.exponential(),
            Spacing::Paced => 1.0,
        };
        let count = match self.batch {
            Batch::One => 1,
            Batch::Fixed(count) => u64::from(count),
            Batch::Geometric { mean } => Bits::of(mix(self.key, Purpose::Batch as u64), self.ordinal).geometric(mean),
        };
        self.ordinal += 1;
        match self.steady {
            Some(per_nanosecond) => self.at += step / per_nanosecond,
            None => self.pass(step)?,
        }
        // Beyond the end of time there is nothing.
        (self.at < END_OF_TIME).then_some((self.at as u64, count))
    }

    /// Moves on until the integral has grown by `step`.
    fn pass(&mut self, mut step: f64) -> Option<()> {
        loop {
            let line = self.line()?;
            let length = line.end - self.at;
            let whole = f64::midpoint(line.from, line.to) * length;
            if step < whole || (whole > 0.0 && length == f64::INFINITY) {
                // from·x + (to − from)/(2·length)·x² = step, in the form that keeps its digits.
                let slope = if length == f64::INFINITY { 0.0 } else { (line.to - line.from) / length };
                let root = (line.from * line.from + 2.0 * slope * step).max(0.0).sqrt();
                self.at += (2.0 * step / (line.from + root)).min(length);
                return Some(());
            }
            if length == f64::INFINITY {
                return None;
            }
            step -= whole;
            self.at = line.end;
        }
    }

    /// The line at hand, with surges and the load factor; `None` if nothing comes any more.
    fn line(&mut self) -> Option<Line> {
        let mut line = self.bare_line()?;
        let mut factor = self.load;
        for surge in &self.surges {
            let (now, ends) = surge_at(surge, self.at);
            factor *= now;
            if ends < line.end {
                line.to = line.from + (line.to - line.from) * ((ends - self.at) / (line.end - self.at));
                line.end = ends;
            }
        }
        line.from *= factor * 1e-9;
        line.to *= factor * 1e-9;
        Some(line)
    }

    fn bare_line(&mut self) -> Option<Line> {
        match &mut self.rate {
            Shape::Constant(rate) => Some(Line { from: *rate, to: *rate, end: f64::INFINITY }),
            Shape::Points { points, between, every } => Some(points_at(points, *between, *every, self.at)),
            Shape::Modes { modes, index, ends } => {
                while *ends <= self.at {
                    *index = index.wrapping_add(1);
                    let mode = &modes[(*index % modes.len() as u64) as usize];
                    let length = Bits::of(mix(self.key, Purpose::Mode as u64), *index).exponential();
                    *ends += length * mode.lasts.0 as f64;
                }
                let rate = modes[(*index % modes.len() as u64) as usize].per_second;
                Some(Line { from: rate, to: rate, end: *ends })
            }
        }
    }
}

/// The line between points at a time.
fn points_at(points: &[RatePoint], between: Between, every: Option<u64>, at: f64) -> Line {
    let (round, within) = match every {
        // The floor of the quotient may be off by one at the seam, where both sides mean the same.
        Some(every) => {
            let round = (at / every as f64).floor() * every as f64;
            (round, (at - round).max(0.0))
        }
        None => (0.0, at),
    };
    let behind = points.partition_point(|point| point.at.0 as f64 <= within);
    let here = &points[behind.max(1) - 1];
    let wrapped = every.map(|every| (every as f64, points[0].per_second));
    let next = points.get(behind).map(|point| (point.at.0 as f64, point.per_second)).or(wrapped);
    let Some((end, rate)) = next else {
        return Line { from: here.per_second, to: here.per_second, end: f64::INFINITY };
    };
    let end_at = if round + end > at { round + end } else { at + 1.0 };
    match between {
        Between::Steps => Line { from: here.per_second, to: here.per_second, end: end_at },
        Between::Lines => {
            let start = here.at.0 as f64;
            let share = ((within - start) / (end - start)).clamp(0.0, 1.0);
            Line { from: here.per_second + (rate - here.per_second) * share, to: rate, end: end_at }
        }
    }
}

/// The factor of a surge at a time, and until when it holds.
fn surge_at(surge: &Surge, at: f64) -> (f64, f64) {
    let (from, lasts) = (surge.from.0 as f64, surge.lasts.0 as f64);
    if at < from {
        return (1.0, from);
    }
    let round = surge.every.map_or(0.0, |every| ((at - from) / every.0 as f64).floor() * every.0 as f64);
    let start = from + round;
    if at < start + lasts {
        (surge.factor, start + lasts)
    } else {
        (1.0, surge.every.map_or(f64::INFINITY, |every| start + every.0 as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use crate::Nanos;
    use crate::program::{Arrivals, Batch, Between, Mode, Rate, RatePoint, Spacing, Surge};

    fn open(rate: Rate, spacing: Spacing, surges: Vec<Surge>) -> Arrivals {
        Arrivals::Open { rate, spacing, batch: Batch::One, surges }
    }

    /// How many arrive in each of so many seconds.
    fn per_second(arrivals: &Arrivals, load: f64, seconds: usize) -> Vec<u64> {
        let mut stream = Stream::new(1, arrivals, load, &[]).expect("it is open");
        let mut counts = vec![0; seconds];
        while let Some((at, count)) = stream.next()
            && let Some(second) = counts.get_mut((at / 1_000_000_000) as usize)
        {
            *second += count;
        }
        counts
    }

    #[test]
    fn paced_arrivals_follow_a_ramp() {
        let point = |at, per_second| RatePoint { at: Nanos::from_secs(at), per_second };
        let points = vec![point(0, 0.0), point(10, 100.0)];
        let ramp = Rate::Points { points, between: Between::Lines, every: None };
        let counts = per_second(&open(ramp, Spacing::Paced, Vec::new()), 1.0, 14);
        // The integral is 5 t²: 5, 15, 25 … a second, then 100.
        let wanted = [5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 100, 100, 100, 100];
        assert!(counts.iter().zip(wanted).all(|(count, wanted)| count.abs_diff(wanted) <= 1), "{counts:?}");
    }

    #[test]
    fn a_daily_curve_begins_again_and_a_recorded_one_has_steps() {
        let point = |at, per_second| RatePoint { at: Nanos::from_secs(at), per_second };
        let points = vec![point(0, 10.0), point(2, 30.0)];
        let steps = Rate::Points { points, between: Between::Steps, every: Some(Nanos::from_secs(4)) };
        let counts = per_second(&open(steps, Spacing::Paced, Vec::new()), 1.0, 8);
        let wanted = [10, 10, 30, 30, 10, 10, 30, 30];
        assert!(counts.iter().zip(wanted).all(|(count, wanted)| count.abs_diff(wanted) <= 1), "{counts:?}");
    }

    #[test]
    fn surges_multiply_and_come_again() {
        let surge = Surge {
            factor: 3.0,
            from: Nanos::from_secs(1),
            lasts: Nanos::from_secs(1),
            every: Some(Nanos::from_secs(3)),
        };
        let counts = per_second(&open(Rate::Constant(100.0), Spacing::Paced, vec![surge]), 1.0, 6);
        let wanted = [100, 300, 100, 100, 300, 100];
        assert!(counts.iter().zip(wanted).all(|(count, wanted)| count.abs_diff(wanted) <= 1), "{counts:?}");
    }

    #[test]
    fn a_load_factor_moves_the_same_arrivals_closer() {
        let arrivals = Arrivals::poisson(7.0);
        let times = |load| {
            let mut stream = Stream::new(1, &arrivals, load, &[]).expect("it is open");
            (0..1000).filter_map(|_| stream.next()).map(|(at, _)| at as f64 * load).collect::<Vec<_>>()
        };
        assert!(times(1.0).iter().zip(times(2.5)).all(|(one, other)| (one - other).abs() < 10.0));
    }

    #[test]
    fn modes_have_their_mean_rate() {
        let mode = |per_second, lasts| Mode { per_second, lasts: Nanos::from_millis(lasts) };
        let modes = Rate::Modes(vec![mode(10.0, 300), mode(100.0, 100)]);
        let total: u64 = per_second(&open(modes, Spacing::Poisson, Vec::new()), 1.0, 20_000).iter().sum();
        // (10 · 0.3 + 100 · 0.1) / 0.4 = 32.5; the standard error is about 0.3 %.
        assert!((total as f64 / 20_000.0 / 32.5 - 1.0).abs() < 0.015, "{total}");
    }

    #[test]
    fn a_sine_has_its_phase() {
        let swing = Rate::Swing { mean: 1000.0, by: 600.0, every: Nanos::from_secs(4) };
        let counts = per_second(&open(swing, Spacing::Paced, Vec::new()), 1.0, 4);
        // 1000 ± 600 · 2/π over each quarter of the period.
        let (high, low) = (1000.0 + 1200.0 / std::f64::consts::PI, 1000.0 - 1200.0 / std::f64::consts::PI);
        for (count, wanted) in counts.iter().zip([high, high, low, low]) {
            assert!((*count as f64 - wanted).abs() < 2.0, "{counts:?}");
        }
    }

    #[test]
    fn a_rate_of_nothing_gives_nothing() {
        assert_eq!(per_second(&open(Rate::Constant(0.0), Spacing::Poisson, Vec::new()), 1.0, 3), [0, 0, 0]);
    }
}
