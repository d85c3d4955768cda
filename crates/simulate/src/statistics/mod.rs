//! What a finite run tells about an endless one: estimates with intervals that hold what they say.
//!
//! Neighbouring requests see the same queue, so a run of a million requests may hold as much as a few thousand
//! independent ones. An interval that forgets this covers the truth one time in five; none here forgets it.
//!
//! Not here: how a run measures (`measurements`), which load to try next (`search`).
//! Always: pure functions of their arguments; an interval that cannot be had is `None`, never a guess.

pub mod special;
pub mod interval;
pub mod series;
pub mod warm_up;
pub mod batch_means;
pub mod quantile;
pub mod share;
pub mod sequential;
pub mod monotone;
pub mod jackknife;
pub mod root;
pub mod several;

#[cfg(test)]
pub(crate) mod test_queue;

pub use batch_means::{Ratio, ratio_of_sums};
pub use interval::Interval;
pub use quantile::{TooFew, quantile};
pub use root::{Root, Trial, root};
pub use several::{Change, holm};
