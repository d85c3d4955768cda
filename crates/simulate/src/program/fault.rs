//! What goes wrong, and when.

use super::failure::Failure;
use super::id::{CacheId, ComponentId, OperationId, PlaceId};
use crate::time::Nanos;

/// Something that goes wrong for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// When it begins, from the start of the run.
    pub from: Nanos,
    /// When it ends; `Nanos::NEVER` is not within the run.
    pub until: Nanos,
    /// What it is.
    pub kind: FaultKind,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Everything that stands in places (a zone is one, a region is several).
    LosePlaces(Vec<PlaceId>),
    /// Everything on a node.
    LoseNode(u32),
    /// So many replicas of a component, the first ones that are up.
    LoseReplicas {
        /// Of which.
        component: ComponentId,
        /// How many.
        count: u32,
    },
    /// A whole component.
    LoseComponent(ComponentId),
    /// An operation answers badly.
    Operation {
        /// Which.
        operation: OperationId,
        /// How.
        fault: OperationFault,
    },
    /// A store has no primary for that long; then another replica is it.
    Failover(ComponentId),
    /// A cache is emptied, once, at `from`.
    Flush(CacheId),
    /// A disk is full: writes of a store fail, topics of a broker take nothing.
    DiskFull(ComponentId),
    /// Places no longer reach each other.
    CutPlaces {
        /// Some places.
        one: Vec<PlaceId>,
        /// The others.
        other: Vec<PlaceId>,
        /// The share that gets lost, 0 to 1.
        loss: f64,
    },
    /// Components no longer reach each other.
    CutComponents {
        /// One.
        one: ComponentId,
        /// The other.
        other: ComponentId,
        /// The share that gets lost, 0 to 1.
        loss: f64,
    },
    /// More of every open load.
    Load {
        /// How many times as much.
        factor: f64,
    },
}

/// What is wrong with an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperationFault {
    /// The share of requests that get no answer, 0 to 1.
    pub hang: f64,
    /// The share of the others that fail, 0 to 1.
    pub fail: f64,
    /// How they fail.
    pub failure: Failure,
    /// How many times as long its own work takes.
    pub slow: f64,
    /// How much longer it takes, without a worker.
    pub delay: Nanos,
}

impl Default for OperationFault {
    /// Nothing is wrong.
    fn default() -> Self {
        let failure = Failure::of(super::failure::Cause::Fault);
        Self { hang: 0.0, fail: 0.0, failure, slow: 1.0, delay: Nanos::ZERO }
    }
}
