//! What an operation does, as a tree of steps. The program keeps it as flat code (`code`).

use super::call::Draws;
use super::distribution::Draw;
use super::failure::Failure;
use super::id::{CacheId, CallId, LockId, TopicId};
use crate::time::Nanos;

/// One step; steps follow one another.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Work of the component itself, under a worker where those are limited: first `cpu`, which competes for cores, then
    /// `hold`, which takes its time whatever the cores do.
    Compute {
        /// Time on one core at full speed.
        cpu: Option<Draw>,
        /// Time in addition.
        hold: Option<Draw>,
    },
    /// Asks another component.
    Call(CallId),
    /// Waits without doing anything and without a worker.
    Sleep(Draw),
    /// Sends messages.
    Publish(Publish),
    /// Looks into a cache.
    Look(Look),
    /// Holds a lock while steps run.
    Lock {
        /// Which.
        lock: LockId,
        /// What is done meanwhile.
        does: Vec<Step>,
    },
    /// One way of several; what is left of 1 does nothing.
    Branch(Vec<Way>),
    /// Several at once; goes on when `needs` of them have succeeded, fails when they no longer can. Those still running
    /// are then abandoned.
    Fork {
        /// How many must succeed; all of them is a plain join.
        needs: Need,
        /// Each runs its steps one after the other.
        branches: Vec<Vec<Step>>,
    },
    /// Ends with a failure, with some odds.
    Fail {
        /// 0 to 1.
        odds: f64,
        /// Which.
        failure: Failure,
    },
    /// Gives the answer: `None` is success. What follows is done without anybody waiting for it.
    Return(Option<Failure>),
}

impl Step {
    /// Work that competes for cores.
    pub fn cpu(draw: impl Into<Draw>) -> Self {
        Self::Compute { cpu: Some(draw.into()), hold: None }
    }

    /// Work that takes its time whatever the cores do.
    pub fn hold(draw: impl Into<Draw>) -> Self {
        Self::Compute { cpu: None, hold: Some(draw.into()) }
    }
}

/// One way of a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// 0 to 1.
    pub odds: f64,
    /// What is done.
    pub does: Vec<Step>,
}

/// How many branches of a fork must succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// All of them.
    All,
    /// So many, at least 1.
    First(u32),
}

/// Sends messages to a topic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Publish {
    /// The topic.
    pub topic: TopicId,
    /// How many for each request, on average, as `Call::times`.
    pub times: f64,
    /// How long the sender waits until the broker has taken them; `None` is not at all.
    pub hold: Option<Draw>,
    /// How long after the step the message reaches the broker (a transactional outbox); `None` is at once, and then the
    /// step fails while the broker is not there.
    pub outbox: Option<Draw>,
}

/// Looks into a cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// The cache.
    pub cache: CacheId,
    /// How long a look takes.
    pub hold: Option<Draw>,
    /// How long a look may take; then it counts as not found. A look at a cache that is lost takes so long.
    pub timeout: Option<Nanos>,
    /// What follows when the answer is not there; afterwards the cache has it.
    pub on_miss: Vec<Step>,
}

impl Draws for Step {
    fn draws(&self, each: &mut dyn FnMut(Draw)) {
        match self {
            Self::Compute { cpu, hold } => [cpu, hold].into_iter().flatten().for_each(|draw| each(*draw)),
            Self::Sleep(draw) => each(*draw),
            Self::Publish(publish) => [publish.hold, publish.outbox].into_iter().flatten().for_each(each),
            Self::Look(look) => {
                if let Some(hold) = look.hold {
                    each(hold);
                }
                look.on_miss.draws(each);
            }
            Self::Lock { does, .. } => does.draws(each),
            Self::Branch(ways) => ways.iter().for_each(|way| way.does.draws(each)),
            Self::Fork { branches, .. } => branches.iter().for_each(|branch| branch.draws(each)),
            Self::Call(_) | Self::Fail { .. } | Self::Return(_) => {}
        }
    }
}

impl Draws for Vec<Step> {
    fn draws(&self, each: &mut dyn FnMut(Draw)) {
        self.iter().for_each(|step| step.draws(each));
    }
}
