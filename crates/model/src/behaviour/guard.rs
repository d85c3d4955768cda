//! What protects a caller from whom it asks, and what happens to requests that are not taken.

use super::demand::{Pause, Wait};
use super::quantity::{Count, Limit, Nanos, PerSecond, Share};
use super::serving::Balancing;
use super::told::{Shapes, Told, choice, choice_of, object};
use super::work::Step;
use super::{Claim, PoolId};

choice! {
    /// How a pause is spread.
    Jitter {
        /// Not at all.
        None "none",
        /// Between half of the pause and all of it.
        Equal "equal",
        /// Between nothing and all of it.
        Full "full",
    }
}

choice! {
    /// Whether a caller waits.
    Awaited {
        /// It waits for the answer.
        Awaited "awaited",
        /// It goes on at once, and nobody learns of a failure.
        Ignored "ignored",
    }
}

/// A kind of failure, as an answer shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// An HTTP status from 100 to 599.
    Status(u16),
    /// A gRPC status, by its number.
    Grpc(u8),
    /// No answer in time.
    Timeout,
    /// Not taken.
    Refused,
    /// Any failure.
    Any,
}

/// The names of the gRPC statuses, by number.
///
/// # Source
/// gRPC, "Status codes and their use in gRPC" (doc/statuscodes.md of grpc/grpc).
const GRPC: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl Failure {
    /// The failure that a word names: `503`, `UNAVAILABLE`, `timeout`, `refused`, `error`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "timeout" => Some(Self::Timeout),
            "refused" => Some(Self::Refused),
            "error" => Some(Self::Any),
            _ => match word.parse() {
                Ok(status) => (100..600).contains(&status).then_some(Self::Status(status)),
                Err(_) => GRPC.iter().position(|name| *name == word).map(|number| Self::Grpc(number as u8)),
            },
        }
    }

    /// The word of the failure.
    pub fn word(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Grpc(number) => GRPC.get(usize::from(number)).copied().unwrap_or("UNKNOWN").to_owned(),
            Self::Timeout => String::from("timeout"),
            Self::Refused => String::from("refused"),
            Self::Any => String::from("error"),
        }
    }
}

impl Told for Failure {
    fn told(&self, _: &crate::Model) -> Option<serde_json::Value> {
        Some(serde_json::Value::from(self.word()))
    }

    fn shape(_: &mut Shapes) -> serde_json::Value {
        serde_json::json!({ "type": "string" })
    }
}

choice_of! {
    /// What happens to a request that is not taken.
    Refusal "refusal" {
        /// It is answered at once.
        Refuse(Refused) "refuse",
        /// It gets no answer.
        Drop(bool) "drop",
        /// It waits.
        Wait(bool) "wait",
    }
}

object! {
    /// An answer that refuses.
    Refused "refused" {
        /// The status, where one is said.
        status: Option<u64>;
    }
}

object! {
    /// A token bucket: how many are let through.
    RateLimit "rate_limit" {
        /// How many in the long run, per second.
        rate: Claim<PerSecond>;
        /// How many at once; an unknown where nobody says.
        burst: Option<Claim<Count>>;
        /// What happens to the others; they are refused where nobody says.
        then: Option<Claim<Refusal>>;
    }
}

object! {
    /// What protects a caller from whom it asks.
    Guards "guards" Default {
        /// How long one attempt waits for its answer, in nanoseconds.
        timeout: Option<Claim<Nanos>>;
        /// How long all attempts and pauses may take together, in nanoseconds.
        within: Option<Claim<Nanos>>;
        /// When it tries again.
        retries: Option<Claim<Retries>>;
        /// When it stops asking for a while.
        breaker: Option<Claim<Breaker>>;
        /// When it asks a second copy without giving up the first.
        hedge: Option<Claim<Hedge>>;
        /// The pool of connections that it takes one from.
        pool: Option<Claim<PoolId>>;
        /// How many of these calls one copy makes at once.
        at_most: Option<Claim<Count>>;
        /// How many of these calls one copy lets through.
        rate_limit: Option<Claim<RateLimit>>;
        /// What it does instead when the call has failed for good.
        fallback: Vec<Claim<Step>>;
    }
}

object! {
    /// When a caller tries again.
    Retries "retries" {
        /// How often at most: 2 are three attempts in all.
        max: Limit;
        /// After which failures; all where none is listed.
        on: Vec<Failure>;
        /// The pause before another attempt; none where nobody says.
        backoff: Option<Pause>;
        /// How the pause is spread.
        jitter: Option<Jitter>;
        /// Retries are at most this share of the first attempts, in parts per thousand million.
        budget: Option<Share>;
    }
}

object! {
    /// When a caller stops asking for a while.
    Breaker "breaker" {
        /// The share of failures at which it opens, in parts per thousand million.
        opens_at: Share;
        /// Over how long failures are counted, in nanoseconds.
        over: Nanos;
        /// How long it stays open, in nanoseconds.
        stays "for": Nanos;
        /// How many calls it must have seen before it opens.
        at_least: Option<Count>;
        /// How many calls it lets through to find out.
        probes: Option<Count>;
        /// An answer slower than this counts as a failure, in nanoseconds.
        slow: Option<Nanos>;
    }
}

object! {
    /// A second attempt beside a slow first one.
    Hedge "hedge" {
        /// How long the first attempt is given alone, in nanoseconds.
        after: Nanos;
        /// How many more attempts at most.
        max: Option<Count>;
        /// Hedges are at most this share of the first attempts, in parts per thousand million.
        budget: Option<Share>;
    }
}

object! {
    /// When a copy that fails is left out for a while.
    Outlier "outlier" {
        /// After how many failures in a row.
        after: Count;
        /// For how long, in nanoseconds.
        stays "for": Nanos;
        /// The share of copies that may be left out at once, in parts per thousand million.
        at_most: Option<Share>;
    }
}

object! {
    /// How a call reaches one of several copies, and whether its answer matters.
    Reach "reach" Default {
        /// Whether the answer is awaited.
        answer: Option<Claim<Awaited>>;
        /// How the copy that answers is chosen.
        balancing: Option<Claim<Balancing>>;
        /// When a copy that fails is left out.
        outlier: Option<Claim<Outlier>>;
    }
}

choice! {
    /// What a pool counts for.
    PoolCounts {
        /// For the closed form alone; the simulation leaves it out.
        ForTheBoundOnly "for the bound only",
        /// For the closed form and the simulation; where left out.
        ForBoundAndLine "for bound and line",
    }
}

object! {
    /// Connections that each copy of a component keeps to another.
    Pool "pool" {
        /// Whose.
        component: crate::ComponentId;
        /// Its name there.
        name: String;
        /// What is said of it, by environment.
        says: super::Scoped<PoolSays>;
    }
}

object! {
    /// What is said of a pool.
    PoolSays "pool_says" Default {
        /// To whom it leads.
        to: Option<Claim<crate::ComponentId>>;
        /// How many connections.
        size: Option<Claim<Count>>;
        /// How long a request waits for one, and then fails.
        wait: Option<Claim<Wait>>;
        /// How long a request keeps one, where the query does not say.
        hold: Option<Claim<super::demand::Distribution>>;
        /// What it counts for.
        counts: Option<Claim<PoolCounts>>;
    }
}
