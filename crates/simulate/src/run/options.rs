//! How long a program runs, with which load, and what is kept of it.

use crate::time::Nanos;

/// What every draw of a run depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

/// How a program is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// It ends here.
    pub until: Nanos,
    /// What happens before this is not measured, but for windows.
    pub warm_up: Nanos,
    /// It ends when so many requests of journeys have ended in measured time.
    pub requests: Option<u64>,
    /// It ends with [`End::Overfull`](crate::measurements::End::Overfull) when so many hops are in progress at once: the
    /// load is not sustained.
    pub most_open: Option<u32>,
    /// Every scaled source has so many times its load. The same seed with another factor has the same arrivals, closer
    /// together or further apart, so that two loads can be compared pair by pair.
    pub load: f64,
    /// The length of a window; `None` keeps none.
    pub window: Option<Nanos>,
    /// What is measured.
    pub detail: Detail,
    /// Which requests are kept as traces.
    pub traces: Traces,
    /// What holds future events. The result is the same for all.
    pub events: EventList,
}

impl Options {
    /// All of it is measured until a time.
    pub const fn until(until: Nanos) -> Self {
        Self {
            until,
            warm_up: Nanos::ZERO,
            requests: None,
            most_open: None,
            load: 1.0,
            window: None,
            detail: Detail::Everything,
            traces: Traces::None,
            events: EventList::Automatic,
        }
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Detail {
    /// Everything.
    #[default]
    Everything,
    /// Of operations and calls only counts, without latencies, and of replicas only how many requests ended: a fifth faster or
    /// so, for runs that look for a line.
    Journeys,
}

/// Which requests are kept as traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Traces {
    /// None.
    #[default]
    None,
    /// One in so many, by its draws, until there are `most` spans.
    OneIn {
        /// 1 is all.
        every: u32,
        /// How many spans are kept.
        most: u32,
    },
}

/// What holds future events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum EventList {
    /// What is fastest for as many as there are.
    #[default]
    Automatic,
    /// A heap of four children a node.
    Heap,
    /// Buckets of time, sorted when their turn comes.
    Ladder,
}
