//! The load lines of a system: one for each scenario and journey.

use super::Assumed;
use crate::search::{Certainty, CurvePoint, Hysteresis, Verdict};
use crate::statistics::{Change, Interval};

/// The load lines of a system.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadLines {
    /// The system's name.
    pub system: String,
    /// The environment that was asked about.
    pub environment: String,
    /// One for each scenario and journey, in the order of the model, as things are today first.
    pub scenarios: Vec<ScenarioLine>,
}

/// How much one journey holds in one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioLine {
    /// The scenario; `today` is none.
    pub id: String,
    /// The journey whose load grows.
    pub journey: String,
    /// What loads are counted in: `/s` of an open load, `users` of a closed one.
    pub unit: &'static str,
    /// The load at which the scarcest resource is full; `None` where none is limited.
    pub bound_per_s: Option<f64>,
    /// The scarcest resource.
    pub binds: Option<String>,
    /// The line.
    pub verdict: Verdict,
    /// How sure the line's own interval is.
    pub certainty: Certainty,
    /// Between which loads the line lies over the ranges of the assumptions; `None` where it rests on none with a range.
    pub over_assumptions: Option<Interval>,
    /// What breaks first.
    pub breaks: Option<Breaks>,
    /// What was promised.
    pub promises: Vec<PromiseStated>,
    /// What the business expects at most.
    pub expected_peak_per_s: Option<f64>,
    /// The load as it is now.
    pub load_per_s: Option<f64>,
    /// Each resource with the load at which it is full, the scarcest first.
    pub ladder: Vec<Rung>,
    /// What moves the line, the furthest first.
    pub moves: Vec<Move>,
    /// What is not known, what matters most first.
    pub unknowns: Vec<Unknown>,
    /// Everything that was supposed.
    pub assumptions: Vec<Assumed>,
    /// Latency and success against load.
    pub curve: Vec<CurvePoint>,
    /// Between which loads the system has two minds, where that was asked.
    pub metastable: Option<Hysteresis>,
    /// Requests simulated for it.
    pub requests: u64,
}

/// Between which loads a system is well or ill depending on what happened before.
pub type Metastable = Hysteresis;

/// A promise that was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct PromiseStated {
    /// Its name.
    pub name: String,
    /// What it says: `p95 ≤ 1.2 s`.
    pub says: String,
    /// The share of requests that it allows to be bad.
    pub allowed: f64,
}

/// What breaks first, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaks {
    /// The promise.
    pub promise: String,
    /// The mechanism behind it.
    pub mechanism: Option<Mechanism>,
    /// The resource behind it.
    pub resource: Option<String>,
    /// What was seen that says so.
    pub because: String,
}

/// Writes the enum of mechanisms with its words.
macro_rules! mechanisms {
    ($($(#[doc = $doc:literal])+ $Name:ident $word:literal,)+) => {
        /// Why a promise breaks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mechanism { $($(#[doc = $doc])+ $Name,)+ }

        impl Mechanism {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Name),+];

            /// Its word, in JSON and reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$Name => $word),+ }
            }
        }
    };
}

mechanisms! {
    /// The cores are busy.
    Saturation "cpu saturation",
    /// All workers or slots are taken while cores are free: they wait for others.
    WorkerLimit "worker limit",
    /// All connections of a pool are lent.
    Pool "pool",
    /// Requests wait for a lock that others hold.
    Lock "lock",
    /// A third party or a rate limit lets no more through.
    Quota "quota",
    /// Attempts that failed come again, and are most of the load.
    RetryStorm "retry storm",
    /// More copies come too late.
    SlowScaler "slow scaler",
    /// A cache that has lost its content sends its load to what is behind it.
    CacheStampede "cache stampede",
    /// The store accepts no more connections.
    DatabaseCeiling "database ceiling",
    /// Copies are gone with their zone.
    ZoneLoss "zone loss",
    /// Copies stand still for a while.
    Pause "pause",
    /// One copy or partition has far more to do than the others.
    HotPartition "hot partition",
    /// What is called answers slowly or not at all by itself.
    SlowDependency "slow dependency",
    /// It fails by itself, at any load.
    Failures "failures",
    /// Nobody waits for anybody: the work alone takes too long.
    ServiceTime "service time",
}

/// A resource and where it is full.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The resource: `payments slots`.
    pub resource: String,
    /// The load of the journey at which it is full.
    pub bound_per_s: f64,
    /// The arithmetic: `20 slots ÷ 0.42 s`.
    pub formula: String,
}

/// A change that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// What was changed: `payments slots`.
    pub knob: String,
    /// From what.
    pub from: String,
    /// To what.
    pub to: String,
    /// How far the line moves; `None` where that could not be told.
    pub change: Option<Change>,
    /// Whether it moves the line, after allowing for how many changes were tried.
    pub real: bool,
}

/// An assumption, and how far the line moves over its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Unknown {
    /// What is not known: `payments.charge: service time`.
    pub field: String,
    /// The assumption: `default-service-time`.
    pub assumption: String,
    /// The range that it stands for, as people read it: `1 ms to 25 ms`.
    pub range: String,
    /// The greatest change of the line over the range, without its sign; `None` where that could not be told.
    pub line_change_per_s: Option<f64>,
    /// Where no load holds: how much sooner a request may be answered over the range with nobody else there, in seconds.
    pub rest_change_s: Option<f64>,
}

impl ScenarioLine {
    /// The line with its interval, where there is one.
    pub fn line(&self) -> Option<Interval> {
        match self.verdict {
            Verdict::Holds(interval) => Some(interval),
            _ => None,
        }
    }

    /// Whether it holds what the business expects; true where nothing is expected.
    pub fn holds_the_peak(&self) -> bool {
        match (&self.verdict, self.expected_peak_per_s.or(self.load_per_s)) {
            (Verdict::BrokenAtRest { .. }, _) => false,
            (Verdict::Unbounded { .. }, _) | (_, None) => true,
            (Verdict::Holds(line), Some(peak)) => peak <= line.value,
        }
    }
}
