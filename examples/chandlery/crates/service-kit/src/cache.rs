//! A cache before a slower store: cache-aside, guarded against stampedes.
//!
//! Of many who miss the same key in one process, one asks the store and all get its answer (single flight). Entries
//! expire with jitter, so that what was read together does not expire together. "There is none" is kept too, for a
//! shorter time. A cache that does not answer at once is passed by: it makes answers fast, never possible.

use crate::{
    config::{ConfigError, Percent, Variables},
    failure::Failure,
};
use async_trait::async_trait;
use futures::future::{BoxFuture, FutureExt as _, Shared, WeakShared};
use rand::Rng as _;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub mod memory;
pub mod redis;

/// A store of bytes that expire.
#[async_trait]
pub trait Cache: Send + Sync {
    /// What is kept under a key; `None` where nothing is.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure>;
    /// Keeps bytes under a key for so long.
    async fn set(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Failure>;
    /// Whether it answers.
    async fn answers(&self) -> bool;
}

/// How long entries live, and how long to wait for the cache.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Of what there is.
    pub ttl: Duration,
    /// By so much shorter, drawn by chance, between 0 and 1.
    pub jitter: f64,
    /// Of what there is not.
    pub negative_ttl: Duration,
    /// After so long the cache is passed by.
    pub timeout: Duration,
}

impl Times {
    /// As the variables beginning with `CACHE_` have it.
    pub fn from(variables: &Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            ttl: variables.required("CACHE_TTL")?,
            jitter: variables.or("CACHE_TTL_JITTER_PERCENT", Percent(10.0))?.share(),
            negative_ttl: variables.required("CACHE_NEGATIVE_TTL")?,
            timeout: variables.required("CACHE_TIMEOUT")?,
        })
    }
}

type Flight = Shared<BoxFuture<'static, Result<Vec<u8>, Failure>>>;
type WeakFlight = WeakShared<BoxFuture<'static, Result<Vec<u8>, Failure>>>;

/// Reads through a cache. Cloning shares the flights.
#[derive(Clone)]
pub struct ReadThrough {
    cache: Arc<dyn Cache>,
    times: Times,
    flights: Arc<Mutex<HashMap<String, WeakFlight>>>,
}

impl ReadThrough {
    /// Before some store.
    pub fn new(cache: Arc<dyn Cache>, times: Times) -> Self {
        Self { cache, times, flights: Arc::default() }
    }

    /// What is kept under `key`, else what `load` gives, which is kept from then on. `None` is an answer like others.
    pub async fn get<T, F>(&self, key: String, load: F) -> Result<Option<T>, Failure>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Future<Output = Result<Option<T>, Failure>> + Send + 'static,
    {
        let cached = tokio::time::timeout(self.times.timeout, self.cache.get(&key)).await;
        if let Ok(Ok(Some(bytes))) = cached
            && let Ok(value) = serde_json::from_slice(&bytes)
        {
            return Ok(value);
        }
        let bytes = self.join_flight(key, load).await?;
        Ok(serde_json::from_slice(&bytes).expect("what was just written can be read"))
    }

    fn join_flight<T, F>(&self, key: String, load: F) -> Flight
    where
        T: Serialize + Send + 'static,
        F: Future<Output = Result<Option<T>, Failure>> + Send + 'static,
    {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key).and_then(WeakShared::upgrade) {
            return flight;
        }
        // Those that have landed, or whose passengers have all left.
        flights.retain(|_, flight| flight.upgrade().is_some());
        let (this, name) = (self.clone(), key.clone());
        let flight = async move {
            let value = load.await?;
            let ttl = if value.is_some() { this.jittered() } else { this.times.negative_ttl };
            let bytes = serde_json::to_vec(&value).expect("a value is plain data");
            // Whoever waits for the value does not wait for the cache to take it.
            let kept = bytes.clone();
            tokio::spawn(
                async move { tokio::time::timeout(this.times.timeout, this.cache.set(&name, kept, ttl)).await },
            );
            Ok(bytes)
        };
        let flight = flight.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            flights.insert(key, weak);
        }
        flight
    }

    fn jittered(&self) -> Duration {
        self.times.ttl.mul_f64(1.0 - self.times.jitter * rand::rng().random::<f64>())
    }
}

/// What every cache must do. Called by the tests of each.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, reason = "a test")]
pub async fn check_contract(cache: &dyn Cache) {
    let key = format!("contract:{}", uuid::Uuid::new_v4());
    assert_eq!(cache.get(&key).await, Ok(None));
    cache.set(&key, b"one".to_vec(), Duration::from_secs(60)).await.expect("kept");
    cache.set(&key, b"two".to_vec(), Duration::from_millis(150)).await.expect("kept");
    assert_eq!(cache.get(&key).await, Ok(Some(b"two".to_vec())));
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(cache.get(&key).await, Ok(None), "it has expired");
    assert!(cache.answers().await);
}

#[cfg(test)]
mod tests {
    use super::{memory::MemoryCache, *};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    const TIMES: Times = Times {
        ttl: Duration::from_secs(300),
        jitter: 0.1,
        negative_ttl: Duration::from_secs(10),
        timeout: Duration::from_millis(50),
    };

    /// A slow store that counts how often it was asked.
    #[derive(Clone, Default)]
    struct Store(Arc<AtomicU32>);

    impl Store {
        async fn load(self, value: Option<u32>) -> Result<Option<u32>, Failure> {
            self.0.fetch_add(1, Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(value)
        }
    }

    #[tokio::test]
    async fn of_a_hundred_who_miss_one_asks() {
        let (reads, store) = (ReadThrough::new(Arc::new(MemoryCache::default()), TIMES), Store::default());
        let all = (0..100).map(|_| reads.get("a".into(), store.clone().load(Some(7))));
        let answers = futures::future::join_all(all).await;
        assert!(answers.iter().all(|answer| *answer == Ok(Some(7))));
        assert_eq!(store.0.load(Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_there_is_not_is_remembered_for_a_shorter_time() {
        let (reads, store) = (ReadThrough::new(Arc::new(MemoryCache::default()), TIMES), Store::default());
        let ask = async |value| {
            let answer = reads.get("a".into(), store.clone().load(value)).await;
            tokio::task::yield_now().await;
            (answer.unwrap(), store.0.load(Relaxed))
        };
        assert_eq!(ask(None).await, (None, 1));
        assert_eq!(ask(Some(1)).await, (None, 1));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(ask(Some(1)).await, (Some(1), 2));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(ask(Some(2)).await, (Some(1), 2));
    }

    struct Hanging;

    #[async_trait]
    impl Cache for Hanging {
        async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, Failure> {
            std::future::pending().await
        }
        async fn set(&self, _: &str, _: Vec<u8>, _: Duration) -> Result<(), Failure> {
            std::future::pending().await
        }
        async fn answers(&self) -> bool {
            false
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cache_that_hangs_is_passed_by() {
        let (reads, store) = (ReadThrough::new(Arc::new(Hanging), TIMES), Store::default());
        let began = tokio::time::Instant::now();
        assert_eq!(reads.get("a".into(), store.load(Some(1))).await, Ok(Some(1)));
        assert!(began.elapsed() < Duration::from_millis(100));
    }

    #[test]
    fn entries_expire_apart() {
        let reads = ReadThrough::new(Arc::new(MemoryCache::default()), TIMES);
        let draws: Vec<Duration> = (0..100).map(|_| reads.jittered()).collect();
        assert!(draws.iter().all(|ttl| (Duration::from_secs(270)..=Duration::from_secs(300)).contains(ttl)));
        assert!(draws.iter().any(|ttl| *ttl != draws[0]));
    }
}
