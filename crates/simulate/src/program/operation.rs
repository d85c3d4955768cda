//! Operations: what a component can be asked, and how it treats callers who have gone.

use super::id::ComponentId;
use super::step::Step;

/// One thing that a component can be asked, or that it does by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Whose.
    pub component: ComponentId,
    /// A number of its name, which keys its draws; two operations have different ones.
    pub key: u64,
    /// What it does.
    pub steps: Vec<Step>,
    /// The share of requests that fail without a cause from outside, 0 to 1; it is found out at their end.
    pub fails: f64,
    /// How those fail.
    pub failure: super::Failure,
    /// What becomes of its caller's deadline.
    pub deadline: Deadline,
    /// What happens to its work when the caller has gone.
    pub late_work: LateWork,
    /// Its rank whoever asks; `None` is the rank of the journey.
    pub rank: Option<u8>,
}

impl Operation {
    /// An operation that takes some steps and does nothing else unusual.
    pub const fn new(component: ComponentId, key: u64, steps: Vec<Step>) -> Self {
        Self {
            component,
            key,
            steps,
            fails: 0.0,
            failure: super::Failure::of(super::Cause::Stated),
            deadline: Deadline::Ignored,
            late_work: LateWork::RunsOn,
            rank: None,
        }
    }
}

/// What becomes of the deadline that a caller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Deadline {
    /// Callees do not learn of it.
    #[default]
    Ignored,
    /// Every call gets what is left of it.
    HandedOn,
}

/// What happens to work that nobody waits for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LateWork {
    /// It is finished all the same.
    #[default]
    RunsOn,
    /// It is stopped, and everything that it holds is given back.
    Stops,
}
