//! Rates: a token bucket for each customer, so that one of them cannot use up what all share.

use crate::config::Rate;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Buckets are forgotten beyond so many, the full ones first: memory stays bounded whatever comes.
const MOST_BUCKETS: usize = 100_000;

/// A bucket for each key.
#[derive(Debug)]
pub struct RateLimit<K> {
    rate: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// What became of a token that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Taken {
    /// It was there; so many are left.
    Yes {
        /// Whole tokens that are left.
        left: u64,
    },
    /// It was not; there will be one after so long.
    No {
        /// How long it takes.
        wait: Duration,
    },
}

impl<K: Eq + Hash + Clone> RateLimit<K> {
    /// `rate` for each key, with a burst of `burst`.
    pub fn new(rate: Rate, burst: f64) -> Self {
        Self { rate: rate.per_second, burst: burst.max(1.0), buckets: Mutex::default() }
    }

    /// Takes one token of a key.
    pub fn take(&self, key: &K) -> Taken {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST_BUCKETS <= buckets.len() && !buckets.contains_key(key) {
            buckets.retain(|_, bucket| bucket.filled(self.rate, self.burst, now) < self.burst);
            if MOST_BUCKETS <= buckets.len() {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key.clone()).or_insert(Bucket { tokens: self.burst, at: now });
        *bucket = Bucket { tokens: bucket.filled(self.rate, self.burst, now), at: now };
        if bucket.tokens < 1.0 {
            return Taken::No { wait: Duration::from_secs_f64((1.0 - bucket.tokens) / self.rate) };
        }
        bucket.tokens -= 1.0;
        Taken::Yes { left: bucket.tokens as u64 }
    }
}

impl Bucket {
    fn filled(&self, rate: f64, burst: f64, now: Instant) -> f64 {
        (self.tokens + rate * now.duration_since(self.at).as_secs_f64()).min(burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_the_rate() {
        let limit = RateLimit::new(Rate { per_second: 20.0 }, 40.0);
        let taken = (0..100).filter(|_| matches!(limit.take(&"anna"), Taken::Yes { .. })).count();
        assert_eq!(taken, 40);
        assert_eq!(limit.take(&"anna"), Taken::No { wait: Duration::from_millis(50) });
        tokio::time::advance(Duration::from_secs(1)).await;
        let taken = (0..100).filter(|_| matches!(limit.take(&"anna"), Taken::Yes { .. })).count();
        assert_eq!(taken, 20);
    }

    #[tokio::test(start_paused = true)]
    async fn customers_do_not_share() {
        let limit = RateLimit::new(Rate { per_second: 1.0 }, 1.0);
        assert_eq!(limit.take(&"anna"), Taken::Yes { left: 0 });
        assert_eq!(limit.take(&"bert"), Taken::Yes { left: 0 });
    }
}
