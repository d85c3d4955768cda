//! A cache in memory.

use super::Cache;
use crate::failure::Failure;
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Beyond so many entries everything is forgotten: it is a cache.
const MOST: usize = 10_000;

/// A cache in memory.
#[derive(Debug, Default)]
pub struct MemoryCache(Mutex<HashMap<String, (Vec<u8>, Instant)>>);

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = entries.get(key).filter(|(_, until)| Instant::now() < *until);
        Ok(alive.map(|(bytes, _)| bytes.clone()))
    }

    async fn set(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Failure> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if MOST <= entries.len() {
            entries.clear();
        }
        entries.insert(key.to_owned(), (bytes, Instant::now() + ttl));
        Ok(())
    }

    async fn answers(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn keeps_the_contract() {
        super::super::check_contract(&super::MemoryCache::default()).await;
    }
}
