//! Is this change safe: two models of one system, before and after, and what lies between them.
//!
//! A review says what changed, what breaks and for whom, which findings are new, what each journey then holds, and a
//! verdict with the policy that leads to it. A part that is the same on both sides costs nothing beyond the comparison:
//! a journey is simulated only where its program differs.
//!
//! Not here: where the two models come from (`read`, `cli`), how a review looks (`report`).
//! Always: a model with itself gives no change and passes.

mod attempts;
mod breaks;
mod changes;
mod journeys;
mod standing;
mod verdict;

use plimsoll_audit::Day;
use plimsoll_model::View;
use plimsoll_simulate::search::Progress;

pub use attempts::Attempts;
pub use breaks::Break;
pub use changes::{Change, Kind, Noun};
pub use journeys::{Ceiling, Held, JourneyChange};
pub use standing::{Known, Standing};
pub use verdict::{Reason, Verdict};

/// How a review is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Today, for waivers; `None` where none can expire.
    pub today: Option<Day>,
    /// Whether journeys that changed are simulated; else their closed forms alone are told.
    pub simulate: bool,
    /// Half of a load line's interval, as a share of the line.
    pub precision: f64,
    /// The first seed; both sides have the same.
    pub seed: u64,
    /// Requests that may be simulated for one line.
    pub budget: u64,
    /// Runs side by side.
    pub threads: usize,
}

/// What lies between two models.
#[derive(Clone, Debug)]
pub struct Review {
    /// What is there, gone or different, in the order of the model.
    pub changes: Vec<Change>,
    /// What others can no longer rely on.
    pub breaks: Vec<Break>,
    /// Findings that one side has and the other has not.
    pub standing: Standing,
    /// Journeys whose behaviour differs.
    pub journeys: Vec<JourneyChange>,
    /// Whether it may land.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Compares two models, each in one environment.
///
/// Cost: one pass over each model and an audit of each; then, for each journey whose program differs, two load lines of
/// some seconds. `told` hears of those, with the journey's name, and ends them by `false`.
pub fn review(
    base: View<'_>,
    head: View<'_>,
    options: &Options,
    told: &mut dyn FnMut(&str, &Progress) -> bool,
) -> Review {
    let changes = changes::between(base, head);
    let breaks = breaks::of(&changes, base, head);
    let audits = standing::audits(base, head, options.today.as_ref());
    let standing = standing::between(&audits);
    let journeys = journeys::between(base, head, &audits, options, told);
    let (verdict, reasons) = verdict::of(&changes, &breaks, &standing, &journeys);
    Review { changes, breaks, standing, journeys, verdict, reasons }
}

impl Review {
    /// Whether nothing at all differs.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.journeys.is_empty()
            && self.standing.new.is_empty()
            && self.standing.fixed.is_empty()
    }
}

#[cfg(test)]
mod tests;
