//! The search for the load line: the greatest load at which every promise still holds.
//!
//! A promise is a share of requests that may be bad: too late, too long in a queue, or failed. That share grows with the
//! load, and the line is where it crosses what is allowed. The search brackets the crossing by the bound, narrows it with
//! short runs whose arrivals are one stream at different speeds, and then measures it with fresh seeds around the place.
//!
//! Not here: how a system is run. A [`Laboratory`] does that, on as many threads as it likes; tests have one of their own.
//! Always: the same laboratory, promises and options give the same line.

mod laboratory;
mod promise;
mod drift;
mod probe;
mod pilot;
mod finish;
mod line;
mod curve;
mod moves;
mod recovery;
mod backend;
mod cause;
#[cfg(test)]
mod test_systems;

pub use backend::{Backend, Judge, Length, Subject};
pub use cause::{Because, Reason, Resource, reason};
pub use curve::{Curve, CurvePoint, curve, loads_to_draw};
pub use drift::course;
pub use laboratory::{Course, Experiment, Figures, Judged, Laboratory, Observation, Progress, Stage, Variant};
pub use line::{Certainty, Line, Options, Verdict, find};
pub use moves::{Depth, Moved, Try, moves};
pub use promise::{Indicator, Promise};
pub use recovery::{Collapse, Hysteresis, Passing, collapse, collapsed, hysteresis};

#[cfg(test)]
mod tests;
