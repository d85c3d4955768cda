//! A cache in Redis.

use super::Cache;
use crate::{
    failure::Failure,
    redis::{Redis, explain},
};
use async_trait::async_trait;
use std::time::Duration;

/// A cache in Redis.
#[derive(Debug)]
pub struct RedisCache {
    redis: Redis,
    prefix: String,
}

impl RedisCache {
    /// Entries whose keys begin with `prefix`.
    pub fn new(redis: Redis, prefix: impl Into<String>) -> Self {
        Self { redis, prefix: prefix.into() }
    }
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        let mut connection = self.redis.connection().await?;
        let mut command = redis::cmd("GET");
        command.arg(format!("{}{key}", self.prefix));
        self.redis.span("GET", command.query_async(&mut connection)).await.map_err(explain)
    }

    async fn set(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Failure> {
        let mut connection = self.redis.connection().await?;
        let mut command = redis::cmd("SET");
        command.arg(format!("{}{key}", self.prefix)).arg(bytes).arg("PX").arg(ttl.as_millis().max(1) as u64);
        self.redis.span("SET", command.query_async(&mut connection)).await.map_err(explain)
    }

    async fn answers(&self) -> bool {
        self.redis.answers().await
    }
}
