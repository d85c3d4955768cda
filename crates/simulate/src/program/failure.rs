//! How a request fails: the status that its caller sees, and the mechanism behind it.

use std::fmt;

/// A failure as it travels to the caller and as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failure {
    /// The HTTP status that it is answered with; what has no status of its own has the nearest one.
    pub code: u16,
    /// What brought it about first; it stays the same on its way up.
    pub cause: Cause,
}

/// Writes the enum of causes with its words.
macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $Name:ident $word:literal $code:literal,)+) => {
        /// What makes a request fail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Cause { $($(#[doc = $doc])+ $Name,)+ }

        impl Cause {
            /// All causes, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$Name),+];

            /// Its word, as reports print it.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$Name => $word),+ }
            }

            /// The status that it is answered with where nothing else is said.
            pub const fn code(self) -> u16 {
                match self { $(Self::$Name => $code),+ }
            }
        }
    };
}

causes! {
    /// The code says so: a failing step, or the share of requests that fail by themselves.
    Stated "stated" 500,
    /// An attempt got no answer in time.
    Timeout "timeout" 504,
    /// What was left of the caller's deadline was used up before the call was made.
    Deadline "deadline" 504,
    /// The user went away.
    Patience "patience" 499,
    /// The queue was full.
    QueueFull "queue full" 503,
    /// It waited in a queue as long as it may.
    QueueWait "queue wait" 503,
    /// It was turned away to keep the queue short.
    Shed "shed" 503,
    /// No connection of the pool came free in time.
    PoolWait "pool wait" 503,
    /// The store accepts no more connections.
    Connections "connections" 503,
    /// The caller makes as many of these calls as it may at once.
    Bulkhead "bulkhead" 503,
    /// The caller's token bucket was empty.
    RateLimit "rate limit" 429,
    /// The callee's token bucket was empty.
    Quota "quota" 429,
    /// The breaker was open.
    BreakerOpen "breaker open" 503,
    /// The lock was not free in time.
    LockWait "lock wait" 503,
    /// No replica was there to ask.
    NoReplica "no replica" 503,
    /// The replica was lost while it worked on it.
    ReplicaLost "replica lost" 503,
    /// The network lost it.
    Network "network" 503,
    /// A fault of the scenario.
    Fault "fault" 500,
    /// Its caller had gone and it was stopped.
    Stopped "stopped" 499,
    /// The topic's broker was not there, or its disk was full.
    Broker "broker" 503,
}

impl Failure {
    /// A failure with the status that its cause has by itself.
    pub const fn of(cause: Cause) -> Self {
        Self { code: cause.code(), cause }
    }

    /// A failure that the code states.
    pub const fn stated(code: u16) -> Self {
        Self { code, cause: Cause::Stated }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.cause.word())
    }
}

/// What happens to a request that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Refusal {
    /// It is answered at once; `None` is the status of its cause.
    #[default]
    Refuse,
    /// It is answered at once with a status.
    RefuseWith(u16),
    /// It gets no answer: its caller waits until it gives up.
    Drop,
    /// It waits until it can be taken.
    Wait,
}

impl Refusal {
    /// The failure that the caller sees.
    pub(crate) const fn failure(self, cause: Cause) -> Failure {
        match self {
            Self::RefuseWith(code) => Failure { code, cause },
            _ => Failure::of(cause),
        }
    }
}

/// Which failures are meant.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Failures {
    /// All of them.
    #[default]
    All,
    /// Those with one of these statuses, or by one of these causes.
    Only {
        /// Statuses.
        codes: Vec<u16>,
        /// Causes.
        causes: Vec<Cause>,
    },
}

impl Failures {
    /// Those with one of these statuses.
    pub fn with_codes(codes: &[u16]) -> Self {
        Self::Only { codes: codes.to_vec(), causes: Vec::new() }
    }

    /// Whether a failure is one of them.
    pub fn contains(&self, failure: Failure) -> bool {
        match self {
            Self::All => true,
            Self::Only { codes, causes } => codes.contains(&failure.code) || causes.contains(&failure.cause),
        }
    }
}
