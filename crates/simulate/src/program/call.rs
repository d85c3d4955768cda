//! Calls: one component asks another, with everything that protects the one who asks.

use super::component::{Balancing, TokenBucket};
use super::distribution::Draw;
use super::failure::Failures;
use super::id::{ComponentId, OperationId, PoolId};
use super::step::Step;
use crate::time::Nanos;

/// One place in the code from which an operation is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is asked.
    pub target: OperationId,
    /// How often for each request, one after the other: the whole part always, one more with the odds of the rest.
    pub times: f64,
    /// Whether the caller waits for the answer.
    pub answer: Answer,
    /// Whether it changes data: it goes to the primary where the callee is `ServedBy::ReplicasForReads`.
    pub access: Access,
    /// How long one attempt waits for its answer, from the moment it is made; waiting for a connection counts.
    pub timeout: Option<Nanos>,
    /// How long all attempts and pauses may take together.
    pub within: Option<Nanos>,
    /// When it is tried again.
    pub retries: Option<Retries>,
    /// When it stops asking for a while; each replica of the caller has its own.
    pub breaker: Option<Breaker>,
    /// When a second attempt is made beside the first.
    pub hedge: Option<Hedge>,
    /// The pool that an attempt takes a connection from.
    pub pool: Option<PoolId>,
    /// How long a connection is kept in all, if longer than the answer takes.
    pub hold: Option<Draw>,
    /// How many of these calls one replica of the caller makes at once; beyond that they fail at once.
    pub at_most: Option<u32>,
    /// How many of these calls one replica of the caller lets through.
    pub rate_limit: Option<TokenBucket>,
    /// What is done instead when it has failed for good; the request then goes on. Empty is nothing: the caller fails.
    pub fallback: Vec<Step>,
    /// How the replica that answers is chosen; `None` is as the callee says.
    pub balancing: Option<Balancing>,
    /// When a replica that fails is left out.
    pub outlier: Option<Outlier>,
}

impl Call {
    /// A call without guards.
    pub const fn to(target: OperationId) -> Self {
        Self {
            target,
            times: 1.0,
            answer: Answer::Awaited,
            access: Access::Read,
            timeout: None,
            within: None,
            retries: None,
            breaker: None,
            hedge: None,
            pool: None,
            hold: None,
            at_most: None,
            rate_limit: None,
            fallback: Vec::new(),
            balancing: None,
            outlier: None,
        }
    }
}

/// Whether a caller waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Answer {
    /// It waits for the answer.
    #[default]
    Awaited,
    /// It goes on at once, and does not learn of a failure.
    Ignored,
}

/// Whether a call changes data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Access {
    /// It does not.
    #[default]
    Read,
    /// It does.
    Write,
}

/// When a call is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retries {
    /// How often at most; `None` is without end.
    pub max: Option<u32>,
    /// After which failures.
    pub on: Failures,
    /// The pause before another attempt.
    pub backoff: Pause,
    /// How the pause is spread.
    pub jitter: Jitter,
    /// Retries are at most this share of first attempts, per replica of the caller; `None` is without a budget. The
    /// bucket holds ten retries' worth at most, and is full at the start.
    pub budget: Option<f64>,
}

impl Retries {
    /// At once, after any failure.
    pub const fn at_most(max: u32) -> Self {
        Self { max: Some(max), on: Failures::All, backoff: Pause::None, jitter: Jitter::None, budget: None }
    }
}

/// How long somebody pauses before trying again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pause {
    /// Not at all.
    None,
    /// Drawn each time.
    Drawn(Draw),
    /// Longer each time.
    Growing {
        /// Before the second attempt.
        first: Nanos,
        /// How many times as long each further pause is.
        factor: f64,
        /// The longest.
        most: Nanos,
    },
}

/// How a pause is spread.
///
/// # Source
/// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Jitter {
    /// Not at all.
    #[default]
    None,
    /// Between half of the pause and all of it.
    Equal,
    /// Between nothing and all of it.
    Full,
}

/// When a caller stops asking for a while. Failures and calls are counted in ten parts of `over`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Breaker {
    /// The share of failures at which it opens, 0 to 1.
    pub opens_at: f64,
    /// Over how long they are counted.
    pub over: Nanos,
    /// How long it stays open before it lets probes through.
    pub open_for: Nanos,
    /// How many calls it must have seen.
    pub at_least: u32,
    /// How many calls it lets through to find out; all must succeed.
    pub probes: u32,
    /// A slower answer counts as a failure.
    pub slow: Option<Nanos>,
}

/// A second attempt beside a slow first one; the first answer counts and the others are abandoned.
///
/// # Source
/// Dean and Barroso, "The Tail at Scale", CACM 2013.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hedge {
    /// How long the attempts so far are given alone.
    pub after: Nanos,
    /// How many more attempts at most.
    pub max: u32,
    /// Hedges are at most this share of first attempts; `None` is without a budget.
    pub budget: Option<f64>,
}

/// When a replica that fails is left out for a while, as each replica of the caller sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// After how many failures in a row.
    pub after: u32,
    /// For how long.
    pub out_for: Nanos,
    /// The share of replicas that may be left out at once, 0 to 1.
    pub at_most: f64,
}

/// Connections that each replica of a component keeps to another component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Who keeps it; `None` is the users.
    pub owner: Option<ComponentId>,
    /// How many, per replica of the owner.
    pub size: u32,
    /// How long a request waits for one, and then fails.
    pub wait: Option<Draw>,
}

/// Whatever holds draws.
pub(crate) trait Draws {
    /// Visits them.
    fn draws(&self, each: &mut dyn FnMut(Draw));
}

impl Draws for Call {
    fn draws(&self, each: &mut dyn FnMut(Draw)) {
        if let Some(hold) = self.hold {
            each(hold);
        }
        if let Some(Retries { backoff: Pause::Drawn(draw), .. }) = self.retries {
            each(draw);
        }
    }
}
