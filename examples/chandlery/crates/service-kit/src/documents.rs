//! Documents by key, each with a version against lost updates, and an expiry.
//!
//! A change says the version that it was made from; where that is not the stored one, nothing changes. A new document is
//! made from version 0. Baskets live here, and what a consumer of events has already handled.

use crate::failure::{Failure, Kind};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use time::OffsetDateTime;

pub mod memory;
pub mod nats;
pub mod redis;

/// A document as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it says.
    pub body: Vec<u8>,
    /// Grows with every change; never 0.
    pub version: u64,
    /// When it goes by itself.
    pub expires_at: Option<OffsetDateTime>,
}

/// A change was made from a version that is not the stored one.
pub fn version_mismatch() -> Failure {
    Failure::new(Kind::VersionMismatch, "it was changed meanwhile")
}

/// A store of documents.
#[async_trait]
pub trait Documents: Send + Sync {
    /// The document; `None` where there is none or it has expired.
    async fn get(&self, key: &str) -> Result<Option<Document>, Failure>;

    /// Replaces a document that has version `expected`, 0 for none. Gives its new version and when it expires.
    async fn put(&self, key: &str, body: Vec<u8>, expected: u64) -> Result<Document, Failure>;

    /// Forgets a document; `expected` 0 means whatever its version is. None there is done already.
    async fn delete(&self, key: &str, expected: u64) -> Result<(), Failure>;

    /// Whether the store answers.
    async fn answers(&self) -> bool;
}

/// When a document that is written now expires.
fn expiry(ttl: Option<Duration>) -> Option<OffsetDateTime> {
    ttl.map(|ttl| OffsetDateTime::now_utc() + ttl)
}

/// What every store of documents must do. Called by the tests of each.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, reason = "a test")]
pub async fn check_contract(store: &dyn Documents) {
    use crate::failure::Kind::VersionMismatch;
    let key = format!("contract.{}", uuid::Uuid::new_v4());
    let kind = |result: Result<Document, Failure>| result.map_err(|failure| failure.kind).map(|document| document.body);

    assert_eq!(store.get(&key).await, Ok(None));
    assert_eq!(kind(store.put(&key, b"x".into(), 7).await), Err(VersionMismatch), "there is none of version 7");
    let first = store.put(&key, b"one".into(), 0).await.expect("a new one");
    assert!(0 < first.version);
    assert_eq!(kind(store.put(&key, b"x".into(), 0).await), Err(VersionMismatch), "there is one already");
    let second = store.put(&key, b"two".into(), first.version).await.expect("made from the stored one");
    assert!(first.version < second.version);
    assert_eq!(kind(store.put(&key, b"x".into(), first.version).await), Err(VersionMismatch), "lost update");
    let found = store.get(&key).await.expect("an answer").expect("a document");
    assert_eq!((found.body, found.version), (b"two".to_vec(), second.version));

    let attempts = (0..8).map(|number: u8| store.put(&key, vec![number], second.version));
    let wins = futures::future::join_all(attempts).await.into_iter().filter(Result::is_ok).count();
    assert_eq!(wins, 1, "of eight changes from one version one wins");

    let refused = store.delete(&key, second.version).await.map_err(|failure| failure.kind);
    assert_eq!(refused, Err(VersionMismatch));
    assert_eq!(store.delete(&key, 0).await, Ok(()));
    assert_eq!(store.delete(&key, 0).await, Ok(()), "done already is done");
    assert_eq!(store.get(&key).await, Ok(None));
    store.put(&key, b"again".into(), 0).await.expect("a new one after the old one went");
    store.delete(&key, 0).await.expect("cleaned up");
    assert!(store.answers().await);
}
