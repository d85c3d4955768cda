//! The event log: topics, durable consumers, redelivery, dead letters.
//!
//! Delivery is at least once. A message is published once per id within the log's window; a consumer sees it again until
//! it acknowledges it. What cannot be handled after so many deliveries is buried under the consumer's dead letters, and
//! can be replayed from there.

use crate::{
    config::{ConfigError, Variables},
    event::Event,
    failure::Failure,
};
use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

pub mod memory;
pub mod nats;

/// A durable consumer.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// Its name; processes of one name share the messages.
    pub name: String,
    /// The topics that it reads.
    pub topics: Vec<&'static str>,
    /// A message that is not settled for so long is delivered again.
    pub ack_wait: Duration,
    /// After so many deliveries a message is buried.
    pub max_deliver: u32,
    /// Where it is buried.
    pub dead_letters: String,
    /// So many messages at once.
    pub max_in_flight: usize,
}

impl Consumer {
    /// As the variables beginning with `EVENTS_` have it.
    pub fn from(variables: &Variables, topics: Vec<&'static str>) -> Result<Self, ConfigError> {
        Ok(Self {
            name: variables.required("EVENTS_CONSUMER")?,
            topics,
            ack_wait: variables.required("EVENTS_ACK_WAIT")?,
            max_deliver: variables.required("EVENTS_MAX_DELIVER")?,
            dead_letters: variables.required("EVENTS_DEAD_LETTER_SUBJECT")?,
            max_in_flight: variables.or("EVENTS_MAX_IN_FLIGHT", 32)?,
        })
    }
}

/// A message that was handed to a consumer.
#[derive(Debug)]
pub struct Delivery {
    /// Its topic.
    pub topic: String,
    /// What it says.
    pub payload: Vec<u8>,
    /// The how-manieth delivery this is, from 1.
    pub attempt: u32,
    handle: Handle,
}

#[derive(Debug)]
enum Handle {
    Memory(u64),
    Nats(Box<async_nats::jetstream::Message>),
}

impl Delivery {
    /// The event that it carries; `None` where it is none.
    pub fn event(&self) -> Option<Event> {
        serde_json::from_slice(&self.payload).ok()
    }
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It was handled.
    Done,
    /// It is to come again, after a while.
    Again(Duration),
    /// It is buried, and does not come again by itself.
    Bury,
}

/// A log of events.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Appends a message, once per id. When it returns, the log has it.
    async fn publish(&self, topic: &str, id: Uuid, payload: Vec<u8>) -> Result<(), Failure>;

    /// The next messages of a consumer, at most `most`, after waiting at most `wait` for the first.
    async fn take(&self, consumer: &Consumer, most: usize, wait: Duration) -> Result<Vec<Delivery>, Failure>;

    /// Says what becomes of a delivery.
    async fn settle(&self, consumer: &Consumer, delivery: &Delivery, settlement: Settlement) -> Result<(), Failure>;

    /// Publishes what is buried again, under its topic, and empties the grave. Gives how many there were.
    async fn replay(&self, dead_letters: &str) -> Result<usize, Failure>;

    /// Whether the log answers.
    async fn answers(&self) -> bool;
}

/// What every log must do. Called by the tests of each; `topic` and the consumer must be the test's own.
#[cfg(any(test, feature = "contract-tests"))]
#[allow(missing_docs, reason = "a test")]
pub async fn check_contract(log: &dyn EventLog, topic: &'static str, unique: &str) {
    let consumer = |name: &str, topics: Vec<&'static str>| Consumer {
        name: format!("{name}-{unique}"),
        topics,
        ack_wait: Duration::from_millis(400),
        max_deliver: 2,
        dead_letters: format!("dead.{name}-{unique}"),
        max_in_flight: 8,
    };
    let (one, two) = (consumer("one", vec![topic]), consumer("two", vec![topic]));
    let wait = Duration::from_secs(2);
    let texts = |deliveries: &[Delivery]| -> Vec<(String, u32)> {
        let text = |delivery: &Delivery| (String::from_utf8_lossy(&delivery.payload).into_owned(), delivery.attempt);
        deliveries.iter().map(text).collect()
    };
    let told = |text: &str, attempt: u32| (text.to_owned(), attempt);
    // A consumer is there from its first look.
    for consumer in [&one, &two] {
        let first = log.take(consumer, 1, Duration::from_millis(50)).await.expect("an answer");
        assert_eq!(texts(&first), []);
    }
    let id = Uuid::new_v4();
    log.publish(topic, id, b"a".to_vec()).await.expect("appended");
    log.publish(topic, id, b"a".to_vec()).await.expect("appended once");
    log.publish(topic, Uuid::new_v4(), b"b".to_vec()).await.expect("appended");

    let mut taken = log.take(&one, 1, wait).await.expect("an answer");
    taken.extend(log.take(&one, 8, wait).await.expect("an answer"));
    assert_eq!(texts(&taken), [told("a", 1), told("b", 1)], "in order, each once");
    log.settle(&one, &taken[0], Settlement::Done).await.expect("settled");
    log.settle(&one, &taken[1], Settlement::Again(Duration::ZERO)).await.expect("settled");
    let again = log.take(&one, 8, wait).await.expect("an answer");
    assert_eq!(texts(&again), [told("b", 2)], "what was not handled comes again");
    log.settle(&one, &again[0], Settlement::Bury).await.expect("settled");
    let quiet = log.take(&one, 8, Duration::from_millis(600)).await.expect("an answer");
    assert_eq!(texts(&quiet), [], "what is done or buried does not come again");

    // The other consumer has its own pace, and forgets to settle.
    let other = log.take(&two, 8, wait).await.expect("an answer");
    assert_eq!(texts(&other), [told("a", 1), told("b", 1)]);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let other = log.take(&two, 8, wait).await.expect("an answer");
    assert_eq!(texts(&other), [told("a", 2), told("b", 2)], "what is not settled in time comes again");
    for delivery in &other {
        log.settle(&two, delivery, Settlement::Done).await.expect("settled");
    }

    assert_eq!(log.replay(&one.dead_letters).await, Ok(1));
    assert_eq!(log.replay(&one.dead_letters).await, Ok(0), "the grave is empty");
    let back = log.take(&one, 8, wait).await.expect("an answer");
    assert_eq!(texts(&back), [told("b", 1)], "from the grave");
    log.settle(&one, &back[0], Settlement::Done).await.expect("settled");
    assert!(log.answers().await);
}
