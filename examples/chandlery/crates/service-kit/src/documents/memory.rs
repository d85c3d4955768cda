//! Documents in memory, in rows.

use super::{Document, Documents, expiry, version_mismatch};
use crate::{failure::Failure, rows::Rows};
use async_trait::async_trait;
use std::{io, path::Path, time::Duration};
use time::OffsetDateTime;

/// Documents in memory.
#[derive(Debug)]
pub struct MemoryDocuments {
    rows: Rows<Document>,
    ttl: Option<Duration>,
}

impl MemoryDocuments {
    /// Each lives for `ttl` after its last change; kept in `file` where there is one.
    pub fn open(file: Option<&Path>, ttl: Option<Duration>) -> io::Result<Self> {
        Ok(Self { rows: Rows::open(file)?, ttl })
    }

    /// Every document that has not expired.
    pub fn all(&self) -> Vec<Document> {
        self.rows.read(|rows| rows.values().filter(is_alive).cloned().collect())
    }
}

fn is_alive(document: &&Document) -> bool {
    document.expires_at.is_none_or(|at| OffsetDateTime::now_utc() < at)
}

#[async_trait]
impl Documents for MemoryDocuments {
    async fn get(&self, key: &str) -> Result<Option<Document>, Failure> {
        Ok(self.rows.read(|rows| rows.get(key).filter(is_alive).cloned()))
    }

    async fn put(&self, key: &str, body: Vec<u8>, expected: u64) -> Result<Document, Failure> {
        self.rows.transact(|rows| {
            let stored = rows.get(key).filter(is_alive).map_or(0, |document| document.version);
            if stored != expected {
                return Err(version_mismatch());
            }
            let document = Document { body, version: stored + 1, expires_at: expiry(self.ttl) };
            Ok((document.clone(), vec![(key.to_owned(), Some(document))]))
        })
    }

    async fn delete(&self, key: &str, expected: u64) -> Result<(), Failure> {
        self.rows.transact(|rows| match rows.get(key).filter(is_alive) {
            Some(document) if expected != 0 && document.version != expected => Err(version_mismatch()),
            _ => Ok(((), vec![(key.to_owned(), None)])),
        })
    }

    async fn answers(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_contract() {
        super::super::check_contract(&MemoryDocuments::open(None, None).unwrap()).await;
    }

    #[tokio::test]
    async fn what_has_expired_is_gone() {
        let store = MemoryDocuments::open(None, Some(Duration::ZERO)).unwrap();
        store.put("a", b"x".into(), 0).await.unwrap();
        assert_eq!(store.get("a").await, Ok(None));
        store.put("a", b"y".into(), 0).await.unwrap();
    }
}
