//! The log in NATS JetStream: one stream for the shop's topics, one for dead letters, durable pull consumers.

use super::{Consumer, Delivery, EventLog, Handle, Settlement};
use crate::{
    config::{ConfigError, Variables},
    failure::{Failure, Kind},
};
use async_nats::{
    Client, ConnectOptions, HeaderMap,
    connection::State,
    header::NATS_MESSAGE_ID,
    jetstream::{
        self, AckKind, Context,
        consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
        stream,
    },
};
use async_trait::async_trait;
use futures::StreamExt as _;
use std::{collections::HashMap, path::PathBuf, time::Duration};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// Dead letters lie apart, so that the shop's own stream can be read from its beginning without them.
const DEAD_STREAM: &str = "DEAD";
/// On so many servers of a cluster everything is kept.
const REPLICAS: usize = 3;
/// The stream of the shop itself. Another one, of a test for example, keeps its subjects and dead letters apart.
const SHOP_STREAM: &str = "SHOP";
/// The header that says where a dead letter came from.
const TOPIC: &str = "Chandlery-Topic";
/// The log's window for repetitions: longer than any relay waits before it tries again.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);
/// How long the log may take to say that it has a message.
const ACK_TIMEOUT: Duration = Duration::from_secs(2);
/// The server gives up later than we do: a process that is killed in mid-delivery must not cost a message its burial.
const DELIVERIES_LOST_TO_KILLS: i64 = 20;

/// A connection to NATS that heals itself. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Nats {
    client: Client,
    jetstream: Context,
}

/// The connection cannot even be begun.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The credentials file cannot be used.
    #[error("NATS_CREDENTIALS_FILE: cannot use the file")]
    Credentials(#[source] std::io::Error),
    /// The address is none.
    #[error("NATS_URL: cannot connect")]
    Connect(#[from] async_nats::ConnectError),
}

impl Nats {
    /// As the variables beginning with `NATS_` have it. Does not wait for the server.
    pub async fn from(variables: &Variables) -> Result<Self, NatsError> {
        let url: String = variables.required("NATS_URL")?;
        let mut options = ConnectOptions::new()
            .retry_on_initial_connect()
            .connection_timeout(Duration::from_secs(1))
            .request_timeout(Some(ACK_TIMEOUT))
            .ping_interval(Duration::from_secs(5))
            .reconnect_delay_callback(|attempt| Duration::from_millis(50 * (attempt as u64).min(10)))
            .max_reconnects(None);
        if variables.or("NATS_TLS", String::new())? == "required" {
            options = options.require_tls(true);
        }
        if let Some(authority) = variables.optional::<PathBuf>("TLS_CA_FILE")? {
            options = options.add_root_certificates(authority);
        }
        if let Some(file) = variables.optional::<PathBuf>("NATS_CREDENTIALS_FILE")? {
            options = options.credentials_file(file).await.map_err(NatsError::Credentials)?;
        }
        let client = options.connect(url).await?;
        let mut jetstream = jetstream::new(client.clone());
        jetstream.set_timeout(ACK_TIMEOUT);
        Ok(Self { client, jetstream })
    }

    /// The JetStream side.
    pub fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// On how many servers everything is kept: as `api/asyncapi.yaml` has it, or on the one that there is.
    pub fn replicas(&self) -> usize {
        if self.client.server_info().cluster.is_some() { REPLICAS } else { 1 }
    }

    /// Whether there is a server at the other end.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }
}

/// The log.
#[derive(Debug)]
pub struct NatsLog {
    nats: Nats,
    stream: String,
    topics: Vec<String>,
    streams: OnceCell<()>,
    consumers: Mutex<HashMap<String, PullConsumer>>,
}

impl NatsLog {
    /// The log in a stream that holds `topics`. Streams and consumers are made when they are first needed.
    pub fn new(nats: Nats, stream: impl Into<String>, topics: Vec<String>) -> Self {
        Self { nats, stream: stream.into(), topics, streams: OnceCell::new(), consumers: Mutex::default() }
    }

    fn dead_stream(&self) -> String {
        if self.stream == SHOP_STREAM { DEAD_STREAM.to_owned() } else { format!("{}-{DEAD_STREAM}", self.stream) }
    }

    fn subject(&self, topic: &str) -> String {
        if self.stream == SHOP_STREAM { topic.to_owned() } else { format!("{}.{topic}", self.stream) }
    }

    fn topic<'a>(&self, subject: &'a str) -> &'a str {
        let own = subject.strip_prefix(&self.stream).and_then(|rest| rest.strip_prefix('.'));
        own.unwrap_or(subject)
    }

    async fn streams(&self) -> Result<(), Failure> {
        let make = async || {
            let config = |name: &str, subjects: Vec<String>| stream::Config {
                name: name.to_owned(),
                subjects,
                max_age: Duration::from_secs(168 * 3600),
                duplicate_window: DUPLICATE_WINDOW,
                num_replicas: self.nats.replicas(),
                ..stream::Config::default()
            };
            let dead = config(&self.dead_stream(), vec![self.subject("dead.>")]);
            for config in [config(&self.stream, self.topics.iter().map(|topic| self.subject(topic)).collect()), dead] {
                self.nats.jetstream.get_or_create_stream(config).await.map_err(unavailable)?;
            }
            Ok(())
        };
        self.streams.get_or_try_init(make).await.copied()
    }

    async fn consumer(&self, consumer: &Consumer) -> Result<PullConsumer, Failure> {
        let mut known = self.consumers.lock().await;
        if let Some(found) = known.get(&consumer.name) {
            return Ok(found.clone());
        }
        self.streams().await?;
        let config = pull::Config {
            durable_name: Some(consumer.name.clone()),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: consumer.ack_wait,
            max_deliver: i64::from(consumer.max_deliver) + DELIVERIES_LOST_TO_KILLS,
            max_ack_pending: consumer.max_in_flight as i64,
            ..pull::Config::default()
        };
        let made =
            self.nats.jetstream.create_consumer_on_stream(config, self.stream.clone()).await.map_err(unavailable)?;
        known.insert(consumer.name.clone(), made.clone());
        Ok(made)
    }

    /// The messages of a request, until it is over.
    async fn gather(&self, mut batch: pull::Batch, patience: Duration) -> Result<Vec<Delivery>, Failure> {
        let mut taken = Vec::new();
        let until = tokio::time::Instant::now() + patience;
        while let Ok(Some(message)) = tokio::time::timeout_at(until, batch.next()).await {
            let message = message.map_err(unavailable)?;
            let attempt = message.info().map_err(unavailable)?.delivered.max(1) as u32;
            let (topic, payload) = (self.topic(&message.subject).to_owned(), message.payload.to_vec());
            taken.push(Delivery { topic, payload, attempt, handle: Handle::Nats(Box::new(message)) });
        }
        Ok(taken)
    }

    async fn append(&self, subject: String, headers: HeaderMap, payload: Vec<u8>) -> Result<(), Failure> {
        let sent =
            self.nats.jetstream.publish_with_headers(subject, headers, payload.into()).await.map_err(unavailable)?;
        tokio::time::timeout(ACK_TIMEOUT, sent).await.map_err(unavailable)?.map_err(unavailable)?;
        Ok(())
    }
}

fn unavailable(error: impl ToString) -> Failure {
    Failure::new(Kind::Unavailable, format!("the event log does not answer: {}", error.to_string()))
}

#[async_trait]
impl EventLog for NatsLog {
    async fn publish(&self, topic: &str, id: Uuid, payload: Vec<u8>) -> Result<(), Failure> {
        self.streams().await?;
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, id.to_string().as_str());
        self.append(self.subject(topic), headers, payload).await
    }

    async fn take(&self, consumer: &Consumer, most: usize, wait: Duration) -> Result<Vec<Delivery>, Failure> {
        let pull = self.consumer(consumer).await?;
        // What is there already; else the first that comes. Either request is heard out: a message that is sent to one
        // that nobody listens to any longer would be away until its time to be settled is over.
        let fetched = pull.fetch().max_messages(most).messages().await;
        let taken = match fetched {
            Ok(batch) => self.gather(batch, Duration::from_secs(1)).await?,
            Err(error) => {
                // The consumer may be gone with the server's disk: look again the next time.
                self.consumers.lock().await.remove(&consumer.name);
                return Err(unavailable(error));
            }
        };
        if !taken.is_empty() {
            return Ok(taken);
        }
        let expires = wait.max(Duration::from_millis(10));
        let batch = pull.batch().max_messages(1).expires(expires).messages().await.map_err(unavailable)?;
        self.gather(batch, expires + Duration::from_secs(1)).await
    }

    async fn settle(&self, consumer: &Consumer, delivery: &Delivery, settlement: Settlement) -> Result<(), Failure> {
        let Handle::Nats(message) = &delivery.handle else { unreachable!("a delivery goes back to its own log") };
        let settled = match settlement {
            // Acknowledged twice over: when this returns, the server knows.
            Settlement::Done => message.double_ack().await,
            Settlement::Again(after) => message.ack_with(AckKind::Nak(Some(after))).await,
            Settlement::Bury => {
                let mut headers = HeaderMap::new();
                headers.insert(TOPIC, delivery.topic.as_str());
                let number = message.info().map_err(unavailable)?.stream_sequence;
                headers.insert(NATS_MESSAGE_ID, format!("{}-{number}", consumer.name).as_str());
                self.append(self.subject(&consumer.dead_letters), headers, delivery.payload.clone()).await?;
                message.ack_with(AckKind::Term).await
            }
        };
        settled.map_err(unavailable)
    }

    async fn replay(&self, dead_letters: &str) -> Result<usize, Failure> {
        self.streams().await?;
        let grave = self.nats.jetstream.get_stream(self.dead_stream()).await.map_err(unavailable)?;
        let subject = self.subject(dead_letters);
        let mut replayed = 0;
        let mut next = 1;
        loop {
            let letter = match grave.get_first_raw_message_by_subject(&subject, next).await {
                Ok(letter) => letter,
                Err(error) if error.kind() == stream::RawMessageErrorKind::NoMessageFound => return Ok(replayed),
                Err(error) => return Err(unavailable(error)),
            };
            let topic = letter.headers.get(TOPIC).map(ToString::to_string);
            if let Some(topic) = topic {
                // Its own number makes it one message however often this is interrupted and begun again.
                let mut headers = HeaderMap::new();
                headers.insert(NATS_MESSAGE_ID, format!("replay-{subject}-{}", letter.sequence).as_str());
                self.append(self.subject(&topic), headers, letter.payload.to_vec()).await?;
                replayed += 1;
            }
            grave.delete_message(letter.sequence).await.map_err(unavailable)?;
            next = letter.sequence + 1;
        }
    }

    async fn answers(&self) -> bool {
        self.nats.is_connected()
    }
}

/// Deletes every stream and bucket whose name begins with `name` and a dash. For tests that made them.
pub async fn remove_streams(url: &str, name: &str) -> Result<(), Failure> {
    let client = async_nats::connect(url).await.map_err(unavailable)?;
    let jetstream = jetstream::new(client);
    let mut names = jetstream.stream_names();
    let mut mine = Vec::new();
    while let Some(stream) = names.next().await {
        let stream = stream.map_err(unavailable)?;
        let is_mine = |stream: &str| stream.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
        if is_mine(stream.strip_prefix("KV_").unwrap_or(&stream)) {
            mine.push(stream);
        }
    }
    for stream in mine {
        jetstream.delete_stream(stream).await.map_err(unavailable)?;
    }
    Ok(())
}
