//! Small programs: paced arrivals and fixed times, so that every figure is exact.

use plimsoll_simulate::measurements::{Flow, Measurements};
use plimsoll_simulate::program::{
    Arrivals, Batch, Call, Cause, Component, ComponentId, Distribution, DistributionId, Operation, OperationId,
    Program, Rate, Spacing, Step,
};
use plimsoll_simulate::{Nanos, Options, Seed, run};

/// Milliseconds.
pub(crate) const fn ms(millis: u64) -> Nanos {
    Nanos::from_millis(millis)
}

/// So many per second at equal distances.
pub(crate) fn paced(per_second: f64) -> Arrivals {
    Arrivals::Open { rate: Rate::Constant(per_second), spacing: Spacing::Paced, batch: Batch::One, surges: Vec::new() }
}

/// A program in the making.
#[derive(Default)]
pub(crate) struct Small {
    pub(crate) program: Program,
}

impl Small {
    pub(crate) fn fixed(&mut self, millis: u64) -> DistributionId {
        self.program.add_distribution(Distribution::Fixed(ms(millis)))
    }

    pub(crate) fn exponential(&mut self, millis: u64) -> DistributionId {
        self.program.add_distribution(Distribution::exponential(ms(millis)))
    }

    /// A component and its one operation.
    pub(crate) fn add(&mut self, component: Component, steps: Vec<Step>) -> (ComponentId, OperationId) {
        let component = self.program.add_component(component);
        let key = u64::from(component.0) + 1;
        (component, self.program.add_operation(Operation::new(component, key, steps)))
    }

    /// A component without limits that keeps every request so long.
    pub(crate) fn keeps(&mut self, millis: u64) -> OperationId {
        let time = self.fixed(millis);
        self.add(Component::default(), vec![Step::hold(time)]).1
    }

    /// A journey of one call.
    pub(crate) fn users(&mut self, call: Call, arrivals: Arrivals) {
        let call = self.program.add_call(call);
        self.program.add_open_journey(1, vec![Step::Call(call)], arrivals);
    }

    #[track_caller]
    pub(crate) fn run(&self, seconds: u64) -> Measurements {
        run(&self.program, Seed(1), &Options::until(Nanos::from_secs(seconds))).expect("the program can be run")
    }
}

/// How many failed by a cause.
pub(crate) fn failed_by(flow: &Flow, cause: Cause) -> u64 {
    flow.failed.iter().filter(|each| each.failure.cause == cause).map(|each| each.count).sum()
}

/// Two figures must agree within a share of the second.
#[track_caller]
pub(crate) fn near(what: &str, found: f64, exact: f64, within: f64) {
    assert!((found - exact).abs() <= within * exact.abs(), "{what}: {found} for {exact}");
}
