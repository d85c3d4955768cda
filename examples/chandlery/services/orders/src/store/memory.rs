//! Orders in memory, in rows: for the embedded shop and for tests.

use super::{After, KEYS_KEPT, Move, Orders, Placed, Request};
use crate::order::{Order, Progress, Status, Step};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use service_kit::{
    failure::Failure,
    outbox::{Outbox, Outgoing, Send},
    rows::{Changes, Rows},
};
use std::{collections::BTreeMap, convert::Infallible, io, path::Path, time::Duration};
use time::OffsetDateTime;
use uuid::Uuid;

/// Orders in memory.
#[derive(Debug)]
pub struct MemoryOrders(Rows<Row>);

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Row {
    Order(Box<Record>),
    /// Whose order stands under a customer's key, and since when.
    Key {
        order_id: Uuid,
        fingerprint: [u8; 32],
        since: OffsetDateTime,
    },
    /// A customer's order, for lists.
    Listed,
    /// A saga that is under way, and when it may be taken up.
    Open(OffsetDateTime),
    /// An event on its way.
    Event(Outgoing),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    order: Order,
    key: String,
    progress: Progress,
}

fn order_key(order_id: Uuid) -> String {
    format!("order/{order_id}")
}
fn open_key(order_id: Uuid) -> String {
    format!("open/{order_id}")
}
fn key_key(customer_id: Uuid, key: &str) -> String {
    format!("key/{customer_id}/{key}")
}
/// Ids of orders grow with time, so that this sorts by age.
fn listed_key(order: &Order) -> String {
    format!("listed/{}/{}", order.customer_id, order.order_id)
}

fn in_folder<'a>(
    rows: &'a BTreeMap<String, Row>,
    folder: &str,
) -> impl DoubleEndedIterator<Item = (&'a str, &'a Row)> + use<'a> {
    // '0' follows '/', so that this is the whole folder.
    rows.range(format!("{folder}/")..format!("{folder}0")).map(|(key, row)| (key.as_str(), row))
}

fn record(rows: &BTreeMap<String, Row>, order_id: Uuid) -> Option<&Record> {
    match rows.get(&order_key(order_id)) {
        Some(Row::Order(record)) => Some(record),
        _ => None,
    }
}

fn last_part(key: &str) -> Option<Uuid> {
    key.rsplit('/').next()?.parse().ok()
}

impl MemoryOrders {
    /// Kept in `file` where there is one.
    pub fn open(file: Option<&Path>) -> io::Result<Self> {
        Rows::open(file).map(Self)
    }

    /// Every order with its progress, and the ids of the events that still wait: for whoever checks the books.
    pub fn books(&self) -> (Vec<(Order, Progress)>, Vec<Uuid>) {
        self.0.read(|rows| {
            let orders = in_folder(rows, "order").filter_map(|(_, row)| match row {
                Row::Order(record) => Some((record.order.clone(), record.progress.clone())),
                _ => None,
            });
            (orders.collect(), waiting(rows).map(|(_, outgoing)| outgoing.event.id).collect())
        })
    }

    fn change<T>(&self, run: impl FnOnce(&BTreeMap<String, Row>) -> (T, Changes<Row>)) -> T {
        match self.0.transact(|rows| Ok::<_, Infallible>(run(rows))) {
            Ok(result) => result,
            Err(never) => match never {},
        }
    }
}

fn waiting(rows: &BTreeMap<String, Row>) -> impl Iterator<Item = (&str, &Outgoing)> {
    in_folder(rows, "event").filter_map(|(key, row)| match row {
        Row::Event(outgoing) => Some((key, outgoing)),
        _ => None,
    })
}

/// The saga after a move, or `None` where it does not stand where the move begins.
fn moved(progress: &Progress, to: &Move) -> Option<Progress> {
    use Step::{Begun, Charged, Confirmed, Reserved, Undoing, Undone};
    let (from, step): (&[Step], _) = match to {
        Move::Reserved => (&[Begun], Reserved),
        Move::Charged(_) => (&[Begun, Reserved], Charged),
        Move::Confirmed(_) => (&[Charged], Confirmed),
        Move::Undoing(_) => (&[Begun, Reserved, Charged], Undoing),
        Move::Undone { .. } => (&[Undoing], Undone),
    };
    let mut next = Progress { step, updated_at: OffsetDateTime::now_utc(), ..progress.clone() };
    match to {
        Move::Charged(charge_id) => next.charge_id = Some(charge_id.clone()),
        Move::Undoing(reason) => next.reason = Some(*reason),
        _ => {}
    }
    from.contains(&progress.step).then_some(next)
}

#[async_trait]
impl Orders for MemoryOrders {
    async fn by_key(&self, customer_id: Uuid, key: &str) -> Result<Option<Placed>, Failure> {
        Ok(self.0.read(|rows| match rows.get(&key_key(customer_id, key)) {
            Some(Row::Key { order_id, fingerprint, since }) if OffsetDateTime::now_utc() < *since + KEYS_KEPT => {
                let Record { order, progress, .. } = record(rows, *order_id)?;
                Some(Placed { order: order.clone(), fingerprint: *fingerprint, reason: progress.reason })
            }
            _ => None,
        }))
    }

    async fn begin(&self, order: &Order, request: &Request, lease: Duration) -> Result<bool, Failure> {
        Ok(self.change(|rows| {
            let (now, key) = (OffsetDateTime::now_utc(), key_key(order.customer_id, &request.key));
            if matches!(rows.get(&key), Some(Row::Key { since, .. }) if now < *since + KEYS_KEPT) {
                return (false, Vec::new());
            }
            let progress = Progress { step: Step::Begun, reason: None, charge_id: None, updated_at: now };
            let record = Record { order: order.clone(), key: request.key.clone(), progress };
            let taken = Row::Key { order_id: order.order_id, fingerprint: request.fingerprint, since: now };
            let changes = vec![
                (order_key(order.order_id), Some(Row::Order(Box::new(record)))),
                (key, Some(taken)),
                (listed_key(order), Some(Row::Listed)),
                (open_key(order.order_id), Some(Row::Open(now + lease))),
            ];
            (true, changes)
        }))
    }

    async fn advance(&self, order: &Order, to: Move, lease: Duration) -> Result<bool, Failure> {
        Ok(self.change(|rows| {
            let Some(record) = record(rows, order.order_id) else { return (false, Vec::new()) };
            let Some(progress) = moved(&record.progress, &to) else { return (false, Vec::new()) };
            let status = match to {
                Move::Confirmed(_) => Status::Confirmed,
                Move::Undone { .. } => Status::Cancelled,
                _ => record.order.status,
            };
            let next = Record { order: Order { status, ..record.order.clone() }, progress, key: record.key.clone() };
            let open = matches!(status, Status::Pending).then(|| Row::Open(OffsetDateTime::now_utc() + lease));
            let mut changes =
                vec![(order_key(order.order_id), Some(Row::Order(Box::new(next)))), (open_key(order.order_id), open)];
            if let Move::Undone { free_key: true, .. } = to {
                changes.push((key_key(order.customer_id, &record.key), None));
            }
            if let Move::Confirmed(event) | Move::Undone { event, .. } = to {
                // Ids of events grow with time, so that the folder sorts by age.
                changes.push((format!("event/{}", event.event.id), Some(Row::Event(event))));
            }
            (true, changes)
        }))
    }

    async fn postpone(&self, order: &Order, by: Duration) -> Result<(), Failure> {
        self.change(|rows| {
            let open = Row::Open(OffsetDateTime::now_utc() + by);
            let is_open = rows.contains_key(&open_key(order.order_id));
            ((), if is_open { vec![(open_key(order.order_id), Some(open))] } else { Vec::new() })
        });
        Ok(())
    }

    async fn due(&self, most: i64, lease: Duration) -> Result<Vec<(Order, Progress)>, Failure> {
        Ok(self.change(|rows| {
            let now = OffsetDateTime::now_utc();
            let due = in_folder(rows, "open").filter(|(_, row)| matches!(row, Row::Open(at) if *at <= now));
            let due = due.filter_map(|(key, _)| record(rows, last_part(key)?)).take(most as usize);
            let due: Vec<_> = due.map(|record| (record.order.clone(), record.progress.clone())).collect();
            let lent = due.iter().map(|(order, _)| (open_key(order.order_id), Some(Row::Open(now + lease)))).collect();
            (due, lent)
        }))
    }

    async fn get(&self, order_id: Uuid, customer_id: Uuid) -> Result<Option<Order>, Failure> {
        let mine = |record: &&Record| record.order.customer_id == customer_id;
        Ok(self.0.read(|rows| record(rows, order_id).filter(mine).map(|record| record.order.clone())))
    }

    async fn list(&self, customer_id: Uuid, after: Option<After>, most: i64) -> Result<Vec<Order>, Failure> {
        Ok(self.0.read(|rows| {
            let ids = in_folder(rows, &format!("listed/{customer_id}")).rev().filter_map(|(key, _)| last_part(key));
            let later = ids.filter(|id| after.is_none_or(|after| *id < after.order_id));
            later.filter_map(|id| record(rows, id)).map(|record| record.order.clone()).take(most as usize).collect()
        }))
    }

    async fn answers(&self) -> bool {
        true
    }
}

#[async_trait]
impl Outbox for MemoryOrders {
    async fn relay(&self, most: usize, send: Send<'_>) -> Result<usize, Failure> {
        let batch =
            |rows: &BTreeMap<String, Row>| waiting(rows).map(|(_, outgoing)| outgoing.clone()).take(most).collect();
        let batch: Vec<Outgoing> = self.0.read(batch);
        if batch.is_empty() {
            return Ok(0);
        }
        let count = batch.len();
        let sent = send(batch).await;
        let all = sent.len() == count;
        self.change(|_| ((), sent.iter().map(|id| (format!("event/{id}"), None)).collect()));
        Ok(if all { count } else { 0 })
    }

    async fn forget(&self, _: Duration) -> Result<(), Failure> {
        // The log in memory needs no rebuilding: what was relayed is gone already.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_the_contract() {
        super::super::check_contract(&MemoryOrders::open(None).unwrap()).await;
    }
}
