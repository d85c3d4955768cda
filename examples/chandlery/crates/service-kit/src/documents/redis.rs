//! Documents in Redis: a hash with the body and its version, changed by a script, so that compare and set are one step.

use super::{Document, Documents, expiry, version_mismatch};
use crate::{
    failure::Failure,
    redis::{Redis, explain},
};
use async_trait::async_trait;
use redis::Script;
use std::time::Duration;
use time::OffsetDateTime;

/// Documents in Redis.
#[derive(Debug)]
pub struct RedisDocuments {
    redis: Redis,
    prefix: String,
    ttl: Option<Duration>,
    put: Script,
    delete: Script,
}

/// KEYS: the document. ARGV: expected version, body, milliseconds to live (0: for ever). Gives the new version or 0.
const PUT: &str = "
local stored = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if stored ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', stored + 1, 'body', ARGV[2])
if tonumber(ARGV[3]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return stored + 1";

/// KEYS: the document. ARGV: expected version, 0 for whatever it is. Gives 1 where it is gone.
const DELETE: &str = "
local stored = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if stored ~= 0 and tonumber(ARGV[1]) ~= 0 and stored ~= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
return 1";

impl RedisDocuments {
    /// Documents whose keys begin with `prefix`, each for `ttl` after its last change.
    pub fn new(redis: Redis, prefix: impl Into<String>, ttl: Option<Duration>) -> Self {
        Self { redis, prefix: prefix.into(), ttl, put: Script::new(PUT), delete: Script::new(DELETE) }
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

#[async_trait]
impl Documents for RedisDocuments {
    async fn get(&self, key: &str) -> Result<Option<Document>, Failure> {
        let mut connection = self.redis.connection().await?;
        let key = self.key(key);
        let mut commands = redis::pipe();
        commands.cmd("HMGET").arg(&key).arg(&["version", "body"]).cmd("PTTL").arg(&key);
        let found = self.redis.span("HMGET", commands.query_async(&mut connection)).await.map_err(explain)?;
        let ((version, body), left): ((Option<u64>, Option<Vec<u8>>), i64) = found;
        let expires_at = u64::try_from(left).ok().map(|left| OffsetDateTime::now_utc() + Duration::from_millis(left));
        Ok(version.zip(body).map(|(version, body)| Document { body, version, expires_at }))
    }

    async fn put(&self, key: &str, body: Vec<u8>, expected: u64) -> Result<Document, Failure> {
        let mut connection = self.redis.connection().await?;
        let milliseconds = self.ttl.map_or(0, |ttl| ttl.as_millis() as u64);
        let mut script = self.put.key(self.key(key));
        script.arg(expected).arg(&body).arg(milliseconds);
        let version = self.redis.span("EVALSHA", script.invoke_async(&mut connection)).await.map_err(explain)?;
        match version {
            0 => Err(version_mismatch()),
            version => Ok(Document { body, version, expires_at: expiry(self.ttl) }),
        }
    }

    async fn delete(&self, key: &str, expected: u64) -> Result<(), Failure> {
        let mut connection = self.redis.connection().await?;
        let mut script = self.delete.key(self.key(key));
        script.arg(expected);
        let gone: u64 = self.redis.span("EVALSHA", script.invoke_async(&mut connection)).await.map_err(explain)?;
        if gone == 1 { Ok(()) } else { Err(version_mismatch()) }
    }

    async fn answers(&self) -> bool {
        self.redis.answers().await
    }
}
