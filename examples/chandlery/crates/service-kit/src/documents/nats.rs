//! Documents in a key-value bucket of NATS: a key's revision is the document's version.

use super::{Document, Documents, expiry, version_mismatch};
use crate::{
    failure::{Failure, Kind},
    log::nats::Nats,
};
use async_nats::jetstream::{
    kv::{CreateErrorKind, Operation, Store, UpdateErrorKind},
    stream::{self, DiscardPolicy},
};
use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Documents in a bucket, which is made when it is first needed.
#[derive(Debug)]
pub struct NatsDocuments {
    nats: Nats,
    bucket: String,
    ttl: Option<Duration>,
    store: OnceCell<Store>,
}

impl NatsDocuments {
    /// The documents of one bucket, each for `ttl` after its last change.
    pub fn new(nats: Nats, bucket: impl Into<String>, ttl: Option<Duration>) -> Self {
        Self { nats, bucket: bucket.into(), ttl, store: OnceCell::new() }
    }

    async fn store(&self) -> Result<&Store, Failure> {
        let open = async || {
            // A bucket is a stream of this form (NATS ADR-8). Made by hand: the client's own way asks the server for
            // figures that servers before 2.10 do not have.
            let config = stream::Config {
                name: format!("KV_{}", self.bucket),
                subjects: vec![format!("$KV.{}.>", self.bucket)],
                max_messages_per_subject: 1,
                max_age: self.ttl.unwrap_or_default(),
                discard: DiscardPolicy::New,
                allow_rollup: true,
                deny_delete: true,
                allow_direct: true,
                num_replicas: self.nats.replicas(),
                ..stream::Config::default()
            };
            self.nats.jetstream().get_or_create_stream(config).await.map_err(unavailable)?;
            self.nats.jetstream().get_key_value(&self.bucket).await.map_err(unavailable)
        };
        self.store.get_or_try_init(open).await
    }
}

fn unavailable(error: impl ToString) -> Failure {
    Failure::new(Kind::Unavailable, format!("the bucket does not answer: {}", error.to_string()))
}

#[async_trait]
impl Documents for NatsDocuments {
    async fn get(&self, key: &str) -> Result<Option<Document>, Failure> {
        let entry = self.store().await?.entry(key).await.map_err(unavailable)?;
        let entry = entry.filter(|entry| entry.operation == Operation::Put);
        Ok(entry.map(|entry| Document {
            body: entry.value.to_vec(),
            version: entry.revision,
            expires_at: self.ttl.map(|ttl| entry.created + ttl),
        }))
    }

    async fn put(&self, key: &str, body: Vec<u8>, expected: u64) -> Result<Document, Failure> {
        let store = self.store().await?;
        let version = if expected == 0 {
            store.create(key, body.clone().into()).await.map_err(|error| match error.kind() {
                CreateErrorKind::AlreadyExists => version_mismatch(),
                _ => unavailable(error),
            })?
        } else {
            store.update(key, body.clone().into(), expected).await.map_err(|error| match error.kind() {
                UpdateErrorKind::WrongLastRevision => version_mismatch(),
                _ => unavailable(error),
            })?
        };
        Ok(Document { body, version, expires_at: expiry(self.ttl) })
    }

    async fn delete(&self, key: &str, expected: u64) -> Result<(), Failure> {
        let store = self.store().await?;
        let Some(document) = self.get(key).await? else { return Ok(()) };
        if expected != 0 && document.version != expected {
            return Err(version_mismatch());
        }
        store.delete_expect_revision(key, Some(document.version)).await.map_err(|_| version_mismatch())
    }

    async fn answers(&self) -> bool {
        self.nats.is_connected()
    }
}
