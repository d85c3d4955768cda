//! Where a search has its questions answered.

/// Which system is run: as it is, or with one thing changed. The laboratory knows what the numbers mean; 0 is as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant(pub usize);

/// A run to be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Experiment {
    /// Which system.
    pub variant: Variant,
    /// The offered load of the journey, in requests per second, or in users where the load is closed.
    pub load: f64,
    /// Chance. Runs of one seed at several loads, or of several variants, have the same draws: arrivals are one stream at
    /// different speeds.
    pub seed: u64,
    /// Requests to measure, after a warm-up that comes on top.
    pub requests: u64,
}

/// Whether a run came to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// What waits neither grows nor falls.
    Level,
    /// What waits grows without end: more comes in than is done. Its shares mean nothing but that no promise holds.
    Growing,
}

/// How one promise fared in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Judged {
    /// Bad requests; not necessarily whole, since a histogram interpolates.
    pub bad: f64,
    /// All requests that the promise is about.
    pub all: f64,
    /// How many of the bad ones fell into the first half, to see whether the warm-up was long enough.
    pub bad_early: f64,
}

/// What a plot shows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The share of requests that succeeded.
    pub success: f64,
    /// Latency of those that succeeded, in seconds: mean, median, p95, p99.
    pub mean_s: f64,
    /// Half of them were faster.
    pub p50_s: f64,
    /// 95 of 100 were faster.
    pub p95_s: f64,
    /// 99 of 100 were faster.
    pub p99_s: f64,
}

/// What a run showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// One entry for each promise, in the order of the promises.
    pub judged: Vec<Judged>,
    /// Whether it came to rest.
    pub course: Course,
    /// For plots.
    pub figures: Figures,
    /// Requests simulated in all, warm-up included: what it cost.
    pub cost: u64,
}

/// What the search is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Whether any load holds.
    AtRest,
    /// Narrowing the bracket.
    Narrowing,
    /// Measuring the line with fresh seeds.
    Measuring,
    /// The curve for the plot.
    Drawing,
    /// What would move it.
    Moving,
}

/// How far the search is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// Requests simulated so far.
    pub done: u64,
    /// Requests that the whole will take, as far as can be told.
    pub expected: u64,
    /// Between which loads the line lies, as far as is known.
    pub between: (f64, f64),
}

/// Runs systems.
pub trait Laboratory {
    /// Makes the runs and returns what they showed, in the order asked for. They may be made side by side.
    fn observe(&mut self, experiments: &[Experiment]) -> Vec<Observation>;

    /// Told after each set of runs; `false` ends the search, which then says what it knows.
    fn goes_on(&mut self, progress: &Progress) -> bool {
        let _ = progress;
        true
    }
}
