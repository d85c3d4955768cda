//! Whether a change may land, and the policy that says so.
//!
//! | blocks | warns |
//! |---|---|
//! | a journey's line or ceiling no longer keeps what it promised, and did before | a line that falls by more than a twentieth |
//! | a new finding of severity error | a new finding of severity warning |
//! | something went that somebody still uses | something went that nobody is known to use |
//! | a journey can no longer be worked out | |

use plimsoll_audit::Severity;
use plimsoll_simulate::search::Verdict as Searched;

use crate::breaks::Break;
use crate::changes::Change;
use crate::journeys::{Held, JourneyChange};
use crate::standing::Standing;

/// Whether a change may land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing differs.
    NoChange,
    /// Nothing speaks against it.
    Pass,
    /// Somebody should look.
    Warn,
    /// It should not land as it is.
    Block,
}

impl Verdict {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoChange => "no change",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// One reason for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it leads to by itself.
    pub verdict: Verdict,
    /// What is the matter, as a clause: `1 promise broken`.
    pub says: String,
}

/// A line that falls by more than this share warns.
const FALL: f64 = 0.05;

pub(crate) fn of(
    changes: &[Change],
    breaks: &[Break],
    standing: &Standing,
    journeys: &[JourneyChange],
) -> (Verdict, Vec<Reason>) {
    let mut reasons = Vec::new();
    let mut say = |verdict, count: usize, says: String| {
        if count > 0 {
            reasons.push(Reason { verdict, says });
        }
    };
    let broken: usize = journeys.iter().map(broken).sum();
    say(Verdict::Block, broken, format!("{} broken", counted(broken, "promise")));
    let lost = journeys.iter().filter(|change| is_lost(change)).count();
    say(Verdict::Block, lost, format!("{} can no longer be worked out", counted(lost, "journey")));
    let (used, unused): (Vec<&Break>, Vec<&Break>) = breaks.iter().partition(|each| !each.used_by.is_empty());
    say(Verdict::Block, used.len(), format!("{} that others use", counted(used.len(), "removal")));
    for (severity, verdict) in [(Severity::Error, Verdict::Block), (Severity::Warning, Verdict::Warn)] {
        let new: Vec<&str> =
            standing.new.iter().filter(|finding| finding.severity == severity).map(|finding| finding.rule.id).collect();
        let mut rules = new.clone();
        rules.sort_unstable();
        rules.dedup();
        let what = counted(new.len(), &format!("new {}", severity.word()));
        say(verdict, new.len(), format!("{what}: {}", rules.join(", ")));
    }
    let fallen = journeys.iter().filter(|change| fall(change).is_some_and(|fall| fall > FALL)).count();
    say(Verdict::Warn, fallen, format!("{} lower by more than 5 %", counted(fallen, "load line")));
    say(Verdict::Warn, unused.len(), format!("{} that nobody is known to use", counted(unused.len(), "removal")));
    let nothing = changes.is_empty() && journeys.is_empty() && standing.new.is_empty() && standing.fixed.is_empty();
    let least = if nothing { Verdict::NoChange } else { Verdict::Pass };
    (reasons.iter().map(|reason| reason.verdict).max().unwrap_or(least), reasons)
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Promises of a journey that were kept and are not any more.
fn broken(change: &JourneyChange) -> usize {
    let Some(head) = &change.head else { return 0 };
    let kept = |of: fn(&Held) -> bool| change.base.as_ref().is_none_or(of);
    let ceiling = |held: &Held| held.ceiling.as_ref().is_none_or(crate::Ceiling::keeps);
    let load = Held::holds_the_peak;
    usize::from(kept(ceiling) && !ceiling(head)) + usize::from(kept(load) && !load(head))
}

fn is_lost(change: &JourneyChange) -> bool {
    let problem = |held: &Option<Held>| held.as_ref().is_some_and(|held| held.problem.is_some());
    problem(&change.head) && !problem(&change.base)
}

/// By which share the line falls; by that of the bound where there are no lines.
fn fall(change: &JourneyChange) -> Option<f64> {
    let (base, head) = (change.base.as_ref()?, change.head.as_ref()?);
    let line = |held: &Held| match &held.line {
        Some(line) => match line.verdict {
            Searched::Holds(line) => Some(line.value),
            Searched::BrokenAtRest { .. } => Some(0.0),
            Searched::Unbounded { .. } => None,
        },
        None => held.bound.as_ref().map(|(bound, _)| *bound),
    };
    let (before, after) = (line(base)?, line(head)?);
    (before > 0.0).then(|| 1.0 - after / before)
}
