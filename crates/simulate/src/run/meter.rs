//! Meters: numbers that change over time, integrated on each change, and flows of requests.

use crate::measurements::{Flow, Histogram, Level};
use crate::program::Failure;
use crate::time::Nanos;

/// A number and its integral.
///
/// The integral of a number that steps by one is its value times the time, less the time of each step up, plus that of each
/// step down: a step is an addition, and nothing is multiplied until somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    pub(super) value: u64,
    highest: u64,
    /// What is missing from value times time. It wraps: only the sum of both means something.
    off: u128,
    /// The integral when measuring began.
    base: u128,
}

impl Meter {
    #[inline(always)]
    pub(super) fn up(&mut self, now: u64) {
        self.value += 1;
        self.highest = self.highest.max(self.value);
        self.off = self.off.wrapping_sub(u128::from(now));
    }

    #[inline(always)]
    pub(super) fn down(&mut self, now: u64) {
        self.value -= 1;
        self.off = self.off.wrapping_add(u128::from(now));
    }

    pub(super) fn set(&mut self, now: u64, value: u64) {
        let before = self.total(now);
        self.value = value;
        self.highest = self.highest.max(value);
        self.off = self.off.wrapping_add(before.wrapping_sub(self.total(now)));
    }

    /// Adds to the integral itself, for what is known in one piece: CPU time.
    #[inline(always)]
    pub(super) fn add(&mut self, integral: u64) {
        self.off = self.off.wrapping_add(u128::from(integral));
    }

    /// What was before does not count.
    pub(super) fn begin(&mut self, now: u64) {
        self.base = self.total(now);
        self.highest = self.value;
    }

    /// The integral since the start of the run.
    pub(super) fn total(&self, now: u64) -> u128 {
        (u128::from(self.value) * u128::from(now)).wrapping_add(self.off)
    }

    pub(super) fn level(&self, now: u64) -> Level {
        Level { integral: self.total(now) - self.base, highest: self.highest }
    }
}

/// A flow in the making.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowMeter {
    pub(super) flow: Flow,
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
    }

    /// How many are open, whether they came in measured time or before.
    fn open(&self) -> u64 {
        self.flow.open_at_start + self.flow.offered - self.flow.completed - self.flow.failed()
    }

    #[inline(always)]
    pub(super) fn succeeded(&mut self, took: u64, waited: u64) {
        self.flow.completed += 1;
        if self.detailed {
            self.flow.latency.record(Nanos(took));
            self.flow.waited.record(Nanos(waited));
        }
    }

    #[inline]
    pub(super) fn failed(&mut self, failure: Failure, took: u64) {
        self.flow.count_failure(failure, 1);
        if self.detailed {
            self.flow.latency_failed.record(Nanos(took));
        }
    }

    pub(super) fn begin(&mut self) {
        let open_at_start = self.open();
        let failed = std::mem::take(&mut self.flow.failed);
        let mut histograms = [
            std::mem::take(&mut self.flow.latency),
            std::mem::take(&mut self.flow.latency_failed),
            std::mem::take(&mut self.flow.waited),
        ];
        histograms.iter_mut().for_each(Histogram::clear);
        let [latency, latency_failed, waited] = histograms;
        self.flow = Flow { open_at_start, latency, latency_failed, waited, failed, ..Flow::default() };
        self.flow.failed.clear();
    }

    pub(super) fn flow(&self) -> Flow {
        let mut flow = self.flow.clone();
        flow.open_at_end = self.open();
        flow.failed.sort_by_key(|each| each.failure);
        flow
    }
}
