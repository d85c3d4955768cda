//! Figures of a run with their standard errors, and small programs.

use plimsoll_simulate::measurements::{JourneyWindow, Measurements, Window};
use plimsoll_simulate::program::{
    Arrivals, Call, Component, Distribution, DistributionId, JourneyId, Operation, OperationId, Program, Step,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

/// The unit of time of the textbook: service takes one of it on average.
pub(crate) const UNIT: Nanos = Nanos::from_secs(1);

/// So many units.
pub(crate) fn units(count: f64) -> Nanos {
    Nanos::from_secs_f64(count)
}

/// A program of one journey, in the making.
#[derive(Default)]
pub(crate) struct System {
    pub(crate) program: Program,
    keys: u64,
}

impl System {
    pub(crate) fn key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    pub(crate) fn exponential(&mut self, mean: f64) -> DistributionId {
        self.program.add_distribution(Distribution::exponential(units(mean)))
    }

    pub(crate) fn distribution(&mut self, distribution: Distribution) -> DistributionId {
        self.program.add_distribution(distribution)
    }

    /// A component with one operation.
    pub(crate) fn station(&mut self, component: Component, steps: Vec<Step>) -> OperationId {
        let component = self.program.add_component(component);
        let key = self.key();
        self.program.add_operation(Operation::new(component, key, steps))
    }

    /// A station with so many servers and one queue.
    pub(crate) fn servers(&mut self, count: u32, steps: Vec<Step>) -> OperationId {
        self.station(Component { workers: Some(count), ..Component::default() }, steps)
    }

    pub(crate) fn visit(&mut self, operation: OperationId) -> Step {
        Step::Call(self.program.add_call(Call::to(operation)))
    }

    pub(crate) fn journey(&mut self, steps: Vec<Step>, arrivals: Arrivals) -> JourneyId {
        let key = self.key();
        self.program.add_open_journey(key, steps, arrivals)
    }
}

/// How long to run, in units: a warm-up and so many windows.
#[derive(Clone, Copy)]
pub(crate) struct Length {
    pub(crate) warm_up: f64,
    pub(crate) window: f64,
    pub(crate) windows: usize,
}

/// Runs a system and keeps its windows after the warm-up.
#[track_caller]
pub(crate) fn measure(system: &System, seed: u64, length: Length) -> (Measurements, Vec<Window>) {
    let until = length.warm_up + length.window * length.windows as f64;
    let options =
        Options { warm_up: units(length.warm_up), window: Some(units(length.window)), ..Options::until(units(until)) };
    let measured = run(&system.program, Seed(seed), &options).expect("the program can be run");
    let windows = measured.windows.iter().filter(|window| options.warm_up <= window.from).cloned().collect();
    (measured, windows)
}

/// A figure with its standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

/// The ratio of two sums over windows, with the standard error of a ratio.
pub(crate) fn ratio(
    windows: &[Window],
    numerator: impl Fn(&Window) -> f64,
    denominator: impl Fn(&Window) -> f64,
) -> Figure {
    let pairs: Vec<(f64, f64)> = windows.iter().map(|window| (numerator(window), denominator(window))).collect();
    let count = pairs.len() as f64;
    let (top, bottom) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let value = top / bottom;
    let spread = pairs.iter().map(|pair| (pair.0 - value * pair.1).powi(2)).sum::<f64>();
    Figure { value, error: (spread * count / (count - 1.0)).sqrt() / bottom }
}

fn journey(window: &Window) -> &JourneyWindow {
    &window.journeys[0]
}

/// The mean time of the first journey, in units.
pub(crate) fn mean_latency(windows: &[Window]) -> Figure {
    ratio(windows, |w| journey(w).latency.sum() as f64 / 1e9, |w| journey(w).latency.count() as f64)
}

/// The mean time that the first journey spends in queues, in units.
pub(crate) fn mean_wait(windows: &[Window]) -> Figure {
    ratio(windows, |w| journey(w).waited.sum() as f64 / 1e9, |w| journey(w).waited.count() as f64)
}

/// The share of the first journey's requests that wait longer.
pub(crate) fn share_waiting(windows: &[Window], limit: f64) -> Figure {
    ratio(windows, |w| journey(w).waited.above(units(limit)), |w| journey(w).waited.count() as f64)
}

/// The share of the first journey's requests that fail.
pub(crate) fn share_failing(windows: &[Window]) -> Figure {
    let failed = |w: &Window| journey(w).failed.iter().map(|each| each.count).sum::<u64>() as f64;
    ratio(windows, failed, move |w| failed(w) + journey(w).latency.count() as f64)
}

/// A quantile by sectioning: that of all, with the spread of the windows' own.
pub(crate) fn quantile(measured: &Measurements, windows: &[Window], share: f64) -> Figure {
    let of = |window: &Window| journey(window).latency.quantile(share).map_or(0.0, Nanos::as_secs_f64);
    let own: Vec<f64> = windows.iter().map(of).collect();
    let value = measured.journeys[0].latency.quantile(share).expect("there are answers").as_secs_f64();
    let count = own.len() as f64;
    let spread = own.iter().map(|each| (each - value).powi(2)).sum::<f64>();
    Figure { value, error: (spread / (count - 1.0) / count).sqrt() }
}

/// A figure must agree with the exact one: within four standard errors, and within a share of it.
#[track_caller]
pub(crate) fn expect(what: &str, figure: Figure, exact: f64, within: f64) {
    let off = figure.value - exact;
    assert!(
        off.abs() <= 4.0 * figure.error && off.abs() <= within * exact.abs(),
        "{what}: {:.6} ± {:.6} for {exact} ({:+.2} %, {:+.1} standard errors)",
        figure.value,
        figure.error,
        100.0 * off / exact,
        off / figure.error
    );
}
