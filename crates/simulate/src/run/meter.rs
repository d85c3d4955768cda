//! Meters: numbers that change over time, integrated on each change, and flows of requests.

use crate::measurements::{Flow, Histogram, Level};
use crate::program::Failure;
use crate::time::Nanos;

/// A number and its integral.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    pub(super) value: u64,
    at: u64,
    integral: u128,
    /// The integral when measuring began.
    base: u128,
    highest: u64,
}

impl Meter {
    /// Moves time on.
    #[inline(always)]
    fn advance(&mut self, now: u64) {
        self.integral += u128::from(self.value) * u128::from(now - self.at);
        self.at = now;
    }

    #[inline(always)]
    pub(super) fn up(&mut self, now: u64) {
        self.advance(now);
        self.value += 1;
        self.highest = self.highest.max(self.value);
    }

    #[inline(always)]
    pub(super) fn down(&mut self, now: u64) {
        self.advance(now);
        self.value -= 1;
    }

    pub(super) fn set(&mut self, now: u64, value: u64) {
        self.advance(now);
        self.value = value;
        self.highest = self.highest.max(value);
    }

    /// Adds to the integral itself, for what is known in one piece: CPU time.
    #[inline(always)]
    pub(super) fn add(&mut self, integral: u128) {
        self.integral += integral;
    }

    /// What was before does not count.
    pub(super) fn begin(&mut self, now: u64) {
        self.advance(now);
        self.base = self.integral;
        self.highest = self.value;
    }

    /// The integral since the start of the run.
    pub(super) fn total(&mut self, now: u64) -> u128 {
        self.advance(now);
        self.integral
    }

    pub(super) fn level(mut self, now: u64) -> Level {
        self.advance(now);
        Level { integral: self.integral - self.base, highest: self.highest }
    }
}

/// A flow in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowMeter {
    pub(super) flow: Flow,
    /// How many are open, whether they came in measured time or before.
    pub(super) open: u64,
    /// Histograms are filled.
    pub(super) detailed: bool,
}

impl FlowMeter {
    pub(super) fn new(detailed: bool) -> Self {
        Self { detailed, ..Self::default() }
    }

    #[inline(always)]
    pub(super) fn came(&mut self) {
        self.flow.offered += 1;
        self.open += 1;
    }

    #[inline(always)]
    pub(super) fn succeeded(&mut self, took: u64, waited: u64) {
        self.open -= 1;
        self.flow.completed += 1;
        if self.detailed {
            self.flow.latency.record(Nanos(took));
            self.flow.waited.record(Nanos(waited));
        }
    }

    #[inline]
    pub(super) fn failed(&mut self, failure: Failure, took: u64) {
        self.open -= 1;
        self.flow.count_failure(failure, 1);
        if self.detailed {
            self.flow.latency_failed.record(Nanos(took));
        }
    }

    pub(super) fn begin(&mut self) {
        let failed = std::mem::take(&mut self.flow.failed);
        let mut histograms = [
            std::mem::take(&mut self.flow.latency),
            std::mem::take(&mut self.flow.latency_failed),
            std::mem::take(&mut self.flow.waited),
        ];
        histograms.iter_mut().for_each(Histogram::clear);
        let [latency, latency_failed, waited] = histograms;
        self.flow = Flow { open_at_start: self.open, latency, latency_failed, waited, failed, ..Flow::default() };
        self.flow.failed.clear();
    }

    pub(super) fn flow(&self) -> Flow {
        let mut flow = self.flow.clone();
        flow.open_at_end = self.open;
        flow.failed.sort_by_key(|each| each.failure);
        flow
    }
}
