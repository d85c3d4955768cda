//! What became of the requests of a run.
//!
//! Latency counts from the moment at which a customer meant to come, not from when the generator got round to sending: a
//! server that stalls must not stop the clock that judges it (coordinated omission; Tene, "How NOT to Measure Latency").

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::journey::Promise;

/// How one request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 2xx.
    Done,
    /// 429: a rate, a slot or a quota was used up, and nothing was done.
    Refused,
    /// 504, or no answer within the customer's patience.
    Late,
    /// Anything else, a connection that broke included.
    Failed,
}

impl Outcome {
    /// Of an answer with this status; `None` where the connection broke.
    pub fn of_status(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Done,
            Some(429) => Self::Refused,
            Some(504) => Self::Late,
            _ => Self::Failed,
        }
    }
}

/// One request, as it is added to the tally.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// The answer's status; none where there was no answer.
    pub status: Option<u16>,
    /// Whether an answer that is an error was a problem document.
    pub is_problem: bool,
    /// From the intended start to the whole answer.
    pub latency: Duration,
    /// From the intended start to when it was sent: the generator's own lateness.
    pub sent_late: Duration,
}

/// Counts and histograms of one run.
#[derive(Clone)]
pub struct Tally {
    /// All that were meant to come.
    pub offered: u64,
    /// Of those, by how they ended.
    pub done: u64,
    /// See [`Outcome::Refused`].
    pub refused: u64,
    /// See [`Outcome::Late`].
    pub late: u64,
    /// See [`Outcome::Failed`].
    pub failed: u64,
    /// Errors that came without a problem document. Must be 0.
    pub without_problem: u64,
    /// Answers by status; 0 stands for no answer.
    pub statuses: BTreeMap<u16, u64>,
    latency_us: Histogram<u64>,
    sent_late_us: Histogram<u64>,
}

/// Latencies of those that were done, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Mean.
    pub mean_ms: f64,
    /// Median.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// 99.9th percentile.
    pub p999_ms: f64,
    /// The longest.
    pub max_ms: f64,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Both parts hold.
    Held,
    /// Too few succeeded.
    SuccessBroken,
    /// They took too long.
    LatencyBroken,
}

impl Default for Tally {
    fn default() -> Self {
        // 1 µs to 10 minutes at three digits: what is longer counts as 10 minutes.
        let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order");
        Self {
            offered: 0,
            done: 0,
            refused: 0,
            late: 0,
            failed: 0,
            without_problem: 0,
            statuses: BTreeMap::new(),
            latency_us: histogram(),
            sent_late_us: histogram(),
        }
    }
}

impl Tally {
    /// Counts one request.
    pub fn add(&mut self, ended: Ended) {
        self.offered += 1;
        *self.statuses.entry(ended.status.unwrap_or(0)).or_default() += 1;
        match ended.outcome {
            Outcome::Done => {
                self.done += 1;
                self.latency_us.saturating_record(micros(ended.latency));
            }
            Outcome::Refused => self.refused += 1,
            Outcome::Late => self.late += 1,
            Outcome::Failed => self.failed += 1,
        }
        if ended.outcome != Outcome::Done && ended.status.is_some() && !ended.is_problem {
            self.without_problem += 1;
        }
        self.sent_late_us.saturating_record(micros(ended.sent_late));
    }

    /// The share that was done, 0 to 1; 1 where nobody came.
    pub fn success(&self) -> f64 {
        if self.offered == 0 { 1.0 } else { self.done as f64 / self.offered as f64 }
    }

    /// Of those that were done.
    pub fn latency(&self) -> Latency {
        let at = |quantile| self.latency_us.value_at_quantile(quantile) as f64 / 1e3;
        Latency {
            mean_ms: self.latency_us.mean() / 1e3,
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: self.latency_us.max() as f64 / 1e3,
        }
    }

    /// How late the generator itself was at its 99th percentile, in milliseconds.
    pub fn sent_late_p99_ms(&self) -> f64 {
        self.sent_late_us.value_at_quantile(0.99) as f64 / 1e3
    }

    /// Whether the promise was kept in this run.
    pub fn kept(&self, promise: Promise) -> Kept {
        if self.success() < promise.success {
            return Kept::SuccessBroken;
        }
        match promise.latency_p95_ms {
            Some(limit) if limit < self.latency().p95_ms => Kept::LatencyBroken,
            _ => Kept::Held,
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISE: Promise = Promise { success: 0.9, latency_p95_ms: Some(100.0) };

    /// `(status, latency in ms, is a problem)`, so many times.
    fn tally(answers: &[(u16, u64, bool, u32)]) -> Tally {
        let mut tally = Tally::default();
        for &(status, latency_ms, is_problem, times) in answers {
            let status = (status != 0).then_some(status);
            for _ in 0..times {
                tally.add(Ended {
                    outcome: Outcome::of_status(status),
                    status,
                    is_problem,
                    latency: Duration::from_millis(latency_ms),
                    sent_late: Duration::ZERO,
                });
            }
        }
        tally
    }

    #[test]
    fn every_request_is_counted_once_by_how_it_ended() {
        let tally =
            tally(&[(201, 10, false, 5), (429, 1, true, 2), (504, 1500, true, 1), (0, 5, false, 1), (500, 5, true, 1)]);
        assert_eq!((tally.offered, tally.done, tally.refused, tally.late, tally.failed), (10, 5, 2, 1, 2));
        assert_eq!(tally.statuses.into_iter().collect::<Vec<_>>(), [(0, 1), (201, 5), (429, 2), (500, 1), (504, 1)]);
    }

    #[test]
    fn an_error_without_a_problem_document_is_counted_and_a_broken_connection_is_none() {
        assert_eq!(
            tally(&[(503, 1, false, 2), (503, 1, true, 3), (0, 1, false, 4), (200, 1, false, 5)]).without_problem,
            2
        );
    }

    #[test]
    fn the_promise_breaks_by_success_before_latency() {
        assert_eq!(tally(&[(200, 50, false, 9), (429, 1, true, 1)]).kept(PROMISE), Kept::Held);
        assert_eq!(tally(&[(200, 500, false, 8), (429, 1, true, 2)]).kept(PROMISE), Kept::SuccessBroken);
        assert_eq!(tally(&[(200, 50, false, 90), (200, 500, false, 10)]).kept(PROMISE), Kept::LatencyBroken);
    }

    #[test]
    fn percentiles_are_within_a_thousandth() {
        let mut all = Tally::default();
        for ms in 1..=1000 {
            all.add(Ended {
                outcome: Outcome::Done,
                status: Some(200),
                is_problem: false,
                latency: Duration::from_millis(ms),
                sent_late: Duration::ZERO,
            });
        }
        let latency = all.latency();
        for (measured, exact) in [(latency.p50_ms, 500.0), (latency.p95_ms, 950.0), (latency.p99_ms, 990.0)] {
            assert!((measured / exact - 1.0).abs() < 1e-3, "{measured} for {exact}");
        }
    }
}
