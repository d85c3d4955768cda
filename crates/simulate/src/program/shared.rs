//! What requests share beside replicas: locks and caches.

use super::distribution::Draw;
use super::id::ComponentId;
use crate::time::Nanos;

/// Something that only so many requests may hold at once, such as a hot row.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// How many there are of it, such as rows; at least 1.
    pub keys: u32,
    /// How uneven they are asked for: the exponent of Zipf's law; 0 is even.
    pub skew: f64,
    /// How many may hold one key at once; at least 1.
    pub holders: u32,
    /// How long a request waits for it, and then fails.
    pub wait: Option<Draw>,
}

/// A cache.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// The component that keeps it: while that is lost nothing is found.
    pub component: Option<ComponentId>,
    /// What it finds.
    pub content: CacheContent,
    /// How many requests fetch the same missing thing.
    pub fetch: Fetch,
}

/// What a cache finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CacheContent {
    /// A share of looks, whatever is asked for. After it was emptied the share grows back in a straight line over
    /// `refill` misses.
    Ratio {
        /// 0 to 1.
        hit: f64,
        /// How many misses it takes until the share is as before; 0 is at once.
        refill: u64,
    },
    /// The least recently used thing makes room (LRU); what is asked for follows Zipf's law.
    Keys {
        /// How many different things are asked for.
        keys: u32,
        /// The exponent of Zipf's law; 0 is even.
        skew: f64,
        /// How many the cache keeps.
        entries: u32,
        /// How long an entry is kept; `None` is without end.
        expiry: Option<Nanos>,
        /// Whether it is full at the start, with the things that are asked for most.
        at_start: Warmth,
    },
}

/// What a cache holds at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Warmth {
    /// Nothing.
    Cold,
    /// The things that are asked for most, of all ages.
    #[default]
    Warm,
}

/// How many requests fetch the same missing thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Fetch {
    /// Each that misses.
    #[default]
    Each,
    /// One; the others wait for it. With `CacheContent::Ratio` there are no keys to tell them apart, and each fetches.
    Single,
}
