//! Words that the language shares with the model: each is defined once, there.

pub use plimsoll_model::behaviour::demand::DistributionShape;
pub use plimsoll_model::behaviour::guard::{Awaited, Jitter, PoolCounts};
pub use plimsoll_model::behaviour::load::{Arrivals, Measure};
pub use plimsoll_model::behaviour::serving::{
    Balancing, CpuLimit, FailureClock, Interrupted, Order, Priority, ReplicationKind, ScalerMetric, ServedBy,
};
pub use plimsoll_model::behaviour::supposed::Autoscaling;
pub use plimsoll_model::behaviour::work::{Acknowledged, Deadline, Idempotent, LateWork};

use super::language::{Form, Reading};
use super::table::Shape;
use crate::tree::Node;

/// Reads a set of words of the model.
macro_rules! shared {
    ($($Word:ident)+) => {$(
        impl Form for $Word {
            fn shape() -> Shape {
                Shape::Words(Self::WORDS)
            }

            fn read(node: &Node, reading: &mut Reading) -> Option<Self> {
                Self::from_word(reading.word(node, Self::WORDS)?)
            }
        }
    )+};
}

shared! {
    Acknowledged Arrivals Autoscaling Awaited Balancing CpuLimit Deadline DistributionShape FailureClock Idempotent
    Interrupted Jitter LateWork Measure Order PoolCounts Priority ReplicationKind ScalerMetric ServedBy
}
