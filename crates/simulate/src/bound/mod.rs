//! Closed forms: what is known of a load before an event is run.
//!
//! The **bound** is the load at which the scarcest resource is full; no load line lies above it. The ladder is every
//! resource that a journey uses, each with its own bound. Availability has a ceiling of its own.
//!
//! Not here: waiting, timeouts and whatever else makes the line lower than the bound (`run`, `search`).
//! Always: a bound counts the least that a request can take, so that it is never too low.
//!
//! # Source
//! Bottleneck bounds: Denning and Buzen, "The Operational Analysis of Queueing Network Models", 1978; Lazowska, Zahorjan,
//! Graham and Sevcik, Quantitative System Performance, 1984, chapter 5.

mod availability;
pub mod erlang;
mod ladder;
pub mod mva;
mod resource;

pub use availability::{Ceiling, at_least, ceiling};
pub use ladder::{Ladder, Rung, ladder, ladder_together};
pub use resource::{Resource, ResourceKind};

use plimsoll_model::behaviour::PoolId as ModelPoolId;

use crate::program::{CallId, ComponentId};

/// A pool that counts for the closed form alone.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedPool {
    /// Which pool of the model.
    pub model: ModelPoolId,
    /// Who keeps it.
    pub owner: ComponentId,
    /// How many connections each copy keeps.
    pub size: u32,
    /// How long a request keeps one, in seconds; the time of the call where nobody says.
    pub hold_s: Option<f64>,
    /// The calls that take one.
    pub calls: Vec<CallId>,
}

#[cfg(test)]
mod tests;
