//! The log in memory, in rows. What every consumer has done with is dropped.

use super::{Consumer, Delivery, EventLog, Handle, Settlement};
use crate::{
    failure::Failure,
    rows::{Changes, Rows},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

/// A log in memory.
#[derive(Debug)]
pub struct MemoryLog {
    rows: Rows<Row>,
    /// What is in the hands of consumers. Lost with the process, so that all of it is delivered again.
    leases: Mutex<HashMap<(String, u64), Lease>>,
    appended: Notify,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Row {
    Message(Message),
    /// What a consumer has done with.
    Done,
    /// A consumer is there, and has done with everything up to here.
    Floor(u64),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Message {
    topic: String,
    id: Uuid,
    payload: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Lease {
    attempt: u32,
    until: Instant,
}

/// Keys sort as their numbers do.
fn message_key(number: u64) -> String {
    format!("message/{number:020}")
}
fn done_key(consumer: &str, number: u64) -> String {
    format!("done/{consumer}/{number:020}")
}
fn floor_key(consumer: &str) -> String {
    format!("floor/{consumer}")
}
fn dead_key(dead_letters: &str, number: u64) -> String {
    format!("dead/{dead_letters}/{number:020}")
}

fn with_prefix<'a>(
    rows: &'a BTreeMap<String, Row>,
    prefix: &str,
) -> impl DoubleEndedIterator<Item = (u64, &'a Row)> + use<'a> {
    // '0' follows '/', so that this is the whole folder.
    let range = rows.range(format!("{prefix}/")..format!("{prefix}0"));
    range.filter_map(|(key, row)| Some((key.rsplit('/').next()?.parse().ok()?, row)))
}

fn messages(rows: &BTreeMap<String, Row>) -> impl DoubleEndedIterator<Item = (u64, &Message)> {
    with_prefix(rows, "message").filter_map(|(number, row)| match row {
        Row::Message(message) => Some((number, message)),
        _ => None,
    })
}

fn floor(rows: &BTreeMap<String, Row>, consumer: &str) -> u64 {
    match rows.get(&floor_key(consumer)) {
        Some(Row::Floor(number)) => *number,
        _ => 0,
    }
}

impl MemoryLog {
    /// A log kept in `file` where there is one.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        Ok(Self { rows: Rows::open(file)?, leases: Mutex::default(), appended: Notify::new() })
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<(String, u64), Lease>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_now(&self, consumer: &Consumer, most: usize) -> Vec<Delivery> {
        self.begin(&consumer.name);
        let (mut leases, now) = (self.leases(), Instant::now());
        self.rows.read(|rows| {
            let floor = floor(rows, &consumer.name);
            let mine = messages(rows).filter(|(number, message)| {
                floor < *number
                    && consumer.topics.iter().any(|topic| *topic == message.topic)
                    && !rows.contains_key(&done_key(&consumer.name, *number))
            });
            let mut taken = Vec::new();
            for (number, message) in mine {
                let lease = leases.get(&(consumer.name.clone(), number)).copied();
                if taken.len() == most {
                    break;
                }
                if lease.is_some_and(|lease| now < lease.until) {
                    continue;
                }
                let attempt = lease.map_or(0, |lease| lease.attempt) + 1;
                leases.insert((consumer.name.clone(), number), Lease { attempt, until: now + consumer.ack_wait });
                let (topic, payload) = (message.topic.clone(), message.payload.clone());
                taken.push(Delivery { topic, payload, attempt, handle: Handle::Memory(number) });
            }
            taken
        })
    }

    /// A consumer that nobody has seen before begins with what the log has.
    fn begin(&self, consumer: &str) {
        let _ = self.rows.transact(|rows| {
            let changes = match rows.contains_key(&floor_key(consumer)) {
                true => Vec::new(),
                false => vec![(floor_key(consumer), Some(Row::Floor(0)))],
            };
            Ok::<_, Infallible>(((), changes))
        });
    }
}

/// Appends a message, unless one of its id is there.
fn append(rows: &BTreeMap<String, Row>, message: Message) -> Changes<Row> {
    if messages(rows).rev().take(10_000).any(|(_, old)| old.id == message.id && old.topic == message.topic) {
        return Vec::new();
    }
    let floors = rows.values().filter_map(|row| if let Row::Floor(number) = row { Some(*number) } else { None });
    let last = messages(rows).next_back().map_or(0, |(number, _)| number).max(floors.max().unwrap_or(0));
    vec![(message_key(last + 1), Some(Row::Message(message)))]
}

/// A consumer has done with a message: its floor rises as far as it can, and what all have done with goes.
fn done(rows: &BTreeMap<String, Row>, consumer: &Consumer, number: u64) -> Changes<Row> {
    let name = &consumer.name;
    let old = floor(rows, name);
    let is_done = |other: u64, message: &Message| {
        other == number
            || rows.contains_key(&done_key(name, other))
            || !consumer.topics.iter().any(|topic| *topic == message.topic)
    };
    let above = messages(rows).filter(|(other, _)| old < *other);
    let new = above.take_while(|(other, message)| is_done(*other, message)).last().map_or(old, |(other, _)| other);
    let mut changes = vec![(floor_key(name), Some(Row::Floor(new)))];
    if new < number {
        changes.push((done_key(name, number), Some(Row::Done)));
    }
    changes.extend((old + 1..=new).map(|number| (done_key(name, number), None)));
    let others = with_floor(rows).filter(|(other, _)| other != name).map(|(_, floor)| floor);
    let lowest = others.min().unwrap_or(new).min(new);
    changes.extend(
        messages(rows).take_while(|(number, _)| *number <= lowest).map(|(number, _)| (message_key(number), None)),
    );
    changes
}

fn with_floor(rows: &BTreeMap<String, Row>) -> impl Iterator<Item = (&str, u64)> {
    rows.iter().filter_map(|(key, row)| match row {
        Row::Floor(number) => Some((key.strip_prefix("floor/")?, *number)),
        _ => None,
    })
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn publish(&self, topic: &str, id: Uuid, payload: Vec<u8>) -> Result<(), Failure> {
        let message = Message { topic: topic.to_owned(), id, payload };
        let _ = self.rows.transact(|rows| Ok::<_, Infallible>(((), append(rows, message))));
        self.appended.notify_waiters();
        Ok(())
    }

    async fn take(&self, consumer: &Consumer, most: usize, wait: Duration) -> Result<Vec<Delivery>, Failure> {
        let until = Instant::now() + wait;
        loop {
            let taken = self.take_now(consumer, most);
            let left = until.saturating_duration_since(Instant::now());
            if !taken.is_empty() || left.is_zero() {
                return Ok(taken);
            }
            // A lease may run out meanwhile, which nobody announces.
            let nap = left.min(Duration::from_millis(20));
            let _ = tokio::time::timeout(nap, self.appended.notified()).await;
        }
    }

    async fn settle(&self, consumer: &Consumer, delivery: &Delivery, settlement: Settlement) -> Result<(), Failure> {
        let Handle::Memory(number) = delivery.handle else { unreachable!("a delivery goes back to its own log") };
        let key = (consumer.name.clone(), number);
        if let Settlement::Again(after) = settlement {
            if let Some(lease) = self.leases().get_mut(&key) {
                lease.until = Instant::now() + after;
            }
            return Ok(());
        }
        let _ = self.rows.transact(|rows| {
            let mut changes = done(rows, consumer, number);
            if settlement == Settlement::Bury {
                let row = rows.get(&message_key(number)).cloned();
                changes.extend(row.map(|row| (dead_key(&consumer.dead_letters, number), Some(row))));
            }
            Ok::<_, Infallible>(((), changes))
        });
        self.leases().remove(&key);
        Ok(())
    }

    async fn replay(&self, dead_letters: &str) -> Result<usize, Failure> {
        let grave: Vec<(u64, Message)> = self.rows.read(|rows| {
            let dead = with_prefix(rows, &format!("dead/{dead_letters}"));
            dead.filter_map(
                |(number, row)| if let Row::Message(message) = row { Some((number, message.clone())) } else { None },
            )
            .collect()
        });
        for (number, message) in &grave {
            let _ = self.rows.transact(|rows| {
                // A new id, or the log would take it for a repetition.
                let message = Message { id: Uuid::new_v4(), ..message.clone() };
                let mut changes = append(rows, message);
                changes.push((dead_key(dead_letters, *number), None));
                Ok::<_, Infallible>(((), changes))
            });
        }
        self.appended.notify_waiters();
        Ok(grave.len())
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
        let log = MemoryLog::open(None).unwrap();
        super::super::check_contract(&log, "contract.memory", "memory").await;
    }

    #[tokio::test]
    async fn what_all_have_done_with_is_dropped() {
        let log = MemoryLog::open(None).unwrap();
        let consumer = Consumer {
            name: "one".into(),
            topics: vec!["t"],
            ack_wait: Duration::from_secs(1),
            max_deliver: 5,
            dead_letters: "dead.one".into(),
            max_in_flight: 8,
        };
        for _ in 0..3 {
            log.publish("t", Uuid::new_v4(), Vec::new()).await.unwrap();
        }
        let taken = log.take(&consumer, 8, Duration::ZERO).await.unwrap();
        for index in [1, 0, 2] {
            log.settle(&consumer, &taken[index], Settlement::Done).await.unwrap();
        }
        assert_eq!(log.rows.read(|rows| rows.keys().cloned().collect::<Vec<_>>()), ["floor/one"]);
        log.publish("t", Uuid::new_v4(), Vec::new()).await.unwrap();
        assert_eq!(log.take(&consumer, 8, Duration::ZERO).await.unwrap().len(), 1, "numbers go on");
    }
}
