//! What must hold when nothing is under way any more, whatever went wrong before.
//!
//! | invariant | broken by |
//! |---|---|
//! | `no-stuck-saga` | an order that nobody finishes or undoes |
//! | `paid-once` | a confirmed order without exactly one charge over its total |
//! | `no-payment-without-order` | money taken for what is not a confirmed order |
//! | `money-adds-up` | a total that is not the sum of its lines; charges that are not the sum of the orders |
//! | `no-oversell` | a level below 0 or promised twice; stock that was taken without leaving the store room |
//! | `reserved-as-ordered` | a confirmed order whose stock was not taken, a cancelled one whose stock was not given back |
//! | `every-event-once` | an end of an order that the log was not told of, or told twice |
//! | `effect-once` | an event without exactly one effect in fulfil and one mail |
//!
//! Pure: books in, what is broken out, in a fixed order.

use std::collections::BTreeMap;

use serde::Serialize;

use super::books::{Books, ChargeStatus, Order, OrderStatus, ReservationStatus, Step, by};

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Broken {
    /// Which of the invariants above.
    pub invariant: &'static str,
    /// The order, the product or the event that shows it.
    pub subject: String,
    /// What is wrong with it.
    pub what: String,
}

/// What does not hold. `before` are the books from before the load, where they were read: with them stock is counted, and
/// only what is new since is judged.
pub fn broken(books: &Books, before: Option<&Books>) -> Vec<Broken> {
    let new = before.map_or_else(|| books.clone(), |before| books.since(before));
    let mut broken = Found::default();
    sagas(&new, &mut broken);
    payments(&new, &mut broken);
    money(&new, &mut broken);
    levels(books, before, &mut broken);
    reservations(&new, &mut broken);
    events(&new, &mut broken);
    effects(&new, &mut broken);
    broken.0
}

#[derive(Default)]
struct Found(Vec<Broken>);

impl Found {
    fn add(&mut self, invariant: &'static str, subject: &str, what: impl Into<String>) {
        self.0.push(Broken { invariant, subject: subject.to_owned(), what: what.into() });
    }
}

fn sagas(books: &Books, broken: &mut Found) {
    for order in &books.orders {
        let ended = match order.step {
            Step::Confirmed => Some(OrderStatus::Confirmed),
            Step::Undone => Some(OrderStatus::Cancelled),
            Step::Begun | Step::Reserved | Step::Charged | Step::Undoing => None,
        };
        if ended != Some(order.status) {
            let what = format!("is {:?} at step {:?}", order.status, order.step).to_lowercase();
            broken.add("no-stuck-saga", &order.order_id, what);
        }
    }
}

fn payments(books: &Books, broken: &mut Found) {
    let charges = by(&books.charges, |charge| &charge.order_id);
    let orders = by(&books.orders, |order| &order.order_id);
    for order in books.orders.iter().filter(|order| order.status == OrderStatus::Confirmed) {
        let of_order = charges.get(order.order_id.as_str()).map_or(&[][..], Vec::as_slice);
        let paid: Vec<_> = of_order.iter().filter(|charge| charge.status == ChargeStatus::Succeeded).collect();
        match paid.as_slice() {
            [charge] if charge.amount_cents != order.total_cents => {
                let what = format!("costs {} and was charged {}", order.total_cents, charge.amount_cents);
                broken.add("paid-once", &order.order_id, what);
            }
            [_] => {}
            _ => broken.add("paid-once", &order.order_id, format!("is confirmed and was charged {} times", paid.len())),
        }
    }
    for charge in books.charges.iter().filter(|charge| charge.status == ChargeStatus::Succeeded) {
        let status = orders.get(charge.order_id.as_str()).map(|orders| orders[0].status);
        if status != Some(OrderStatus::Confirmed) {
            let order =
                status.map_or("no order".to_owned(), |status| format!("an order that is {status:?}").to_lowercase());
            let what = format!("{} took {} for {order}", charge.charge_id, charge.amount_cents);
            broken.add("no-payment-without-order", &charge.order_id, what);
        }
    }
}

fn money(books: &Books, broken: &mut Found) {
    let lines = by(&books.lines, |line| &line.order_id);
    let confirmed = |order: &&Order| order.status == OrderStatus::Confirmed;
    for order in &books.orders {
        let lines = lines.get(order.order_id.as_str()).map_or(&[][..], Vec::as_slice);
        let sum: i64 = lines.iter().map(|line| line.quantity * line.unit_price_cents).sum();
        if sum != order.total_cents {
            broken.add("money-adds-up", &order.order_id, format!("costs {}, its lines {sum}", order.total_cents));
        }
    }
    let ordered: i64 = books.orders.iter().filter(confirmed).map(|order| order.total_cents).sum();
    let taken: i64 = books
        .charges
        .iter()
        .filter(|charge| charge.status == ChargeStatus::Succeeded)
        .map(|charge| charge.amount_cents)
        .sum();
    if ordered != taken {
        broken.add("money-adds-up", "all", format!("confirmed orders cost {ordered}, the provider has {taken}"));
    }
}

fn levels(books: &Books, before: Option<&Books>, broken: &mut Found) {
    let held = reserved_by_sku(books, ReservationStatus::Held);
    let taken = reserved_by_sku(books, ReservationStatus::Taken);
    let taken_before = before.map(|before| reserved_by_sku(before, ReservationStatus::Taken));
    let levels_before = before.map(|before| by(&before.levels, |level| &level.sku));
    for level in &books.levels {
        let sku = level.sku.as_str();
        if level.on_hand < 0 || level.reserved < 0 || level.on_hand < level.reserved {
            let what = format!("{} on hand, {} reserved", level.on_hand, level.reserved);
            broken.add("no-oversell", sku, what);
        }
        let held = held.get(sku).copied().unwrap_or(0);
        if level.reserved != held {
            broken.add("no-oversell", sku, format!("{} reserved, {held} of it for somebody", level.reserved));
        }
        let (Some(taken_before), Some(levels_before)) = (&taken_before, &levels_before) else { continue };
        let Some(level_before) = levels_before.get(sku).map(|levels| levels[0]) else { continue };
        let taken = taken.get(sku).copied().unwrap_or(0) - taken_before.get(sku).copied().unwrap_or(0);
        let left = level_before.on_hand - level.on_hand;
        if left != taken {
            broken.add("no-oversell", sku, format!("{left} left the store room, {taken} of it for an order"));
        }
    }
}

/// How many of each product stand in reservations of this status.
fn reserved_by_sku(books: &Books, status: ReservationStatus) -> BTreeMap<&str, i64> {
    let lines = by(&books.reservation_lines, |line| &line.reservation_id);
    let mut sums = BTreeMap::new();
    for reservation in books.reservations.iter().filter(|reservation| reservation.status == status) {
        for line in lines.get(reservation.reservation_id.as_str()).into_iter().flatten() {
            *sums.entry(line.sku.as_str()).or_default() += line.quantity;
        }
    }
    sums
}

fn reservations(books: &Books, broken: &mut Found) {
    let of_order = by(&books.reservations, |reservation| &reservation.order_id);
    let reserved = by(&books.reservation_lines, |line| &line.reservation_id);
    let ordered = by(&books.lines, |line| &line.order_id);
    for order in &books.orders {
        let all = of_order.get(order.order_id.as_str()).map_or(&[][..], Vec::as_slice);
        let of = |status| all.iter().filter(move |reservation| reservation.status == status);
        let (held, taken) = (of(ReservationStatus::Held).count(), of(ReservationStatus::Taken).count());
        let right = match order.status {
            OrderStatus::Confirmed => (held, taken) == (0, 1),
            OrderStatus::Cancelled => (held, taken) == (0, 0),
            OrderStatus::Pending => true,
        };
        if !right {
            let what = format!("is {:?}, with {held} reservations held and {taken} taken", order.status).to_lowercase();
            broken.add("reserved-as-ordered", &order.order_id, what);
        }
        for reservation in of(ReservationStatus::Taken) {
            let sum = |sku_quantity: &mut dyn Iterator<Item = (&str, i64)>| {
                let mut sums: BTreeMap<String, i64> = BTreeMap::new();
                for (sku, quantity) in sku_quantity {
                    *sums.entry(sku.to_owned()).or_default() += quantity;
                }
                sums
            };
            let lines = reserved.get(reservation.reservation_id.as_str()).into_iter().flatten();
            let taken = sum(&mut lines.map(|line| (line.sku.as_str(), line.quantity)));
            let lines = ordered.get(order.order_id.as_str()).into_iter().flatten();
            let wanted = sum(&mut lines.map(|line| (line.sku.as_str(), line.quantity)));
            if taken != wanted {
                broken.add("reserved-as-ordered", &order.order_id, format!("ordered {wanted:?}, took {taken:?}"));
            }
        }
    }
    let orders = by(&books.orders, |order| &order.order_id);
    for reservation in books.reservations.iter().filter(|one| one.status != ReservationStatus::Released) {
        if !orders.contains_key(reservation.order_id.as_str()) {
            broken.add("reserved-as-ordered", &reservation.order_id, "has stock, and is no order");
        }
    }
}

fn events(books: &Books, broken: &mut Found) {
    let of_order = by(&books.outbox, |event| &event.subject);
    for order in &books.orders {
        let events = of_order.get(order.order_id.as_str()).map_or(&[][..], Vec::as_slice);
        let of = |topic| events.iter().filter(|event| event.topic == topic).count();
        let (placed, cancelled) = (of("orders.placed"), of("orders.cancelled"));
        let right = match order.status {
            OrderStatus::Confirmed => (placed, cancelled) == (1, 0),
            OrderStatus::Cancelled => placed <= 1 && cancelled == 1,
            OrderStatus::Pending => (placed, cancelled) == (0, 0),
        };
        if !right {
            let what = format!("is {:?}, and the log was told {placed} times that it was placed and {cancelled} times that it was cancelled", order.status).to_lowercase();
            broken.add("every-event-once", &order.order_id, what);
        }
    }
    for event in books.outbox.iter().filter(|event| !event.relayed) {
        broken.add("every-event-once", &event.event_id, format!("{} is not relayed", event.topic));
    }
}

fn effects(books: &Books, broken: &mut Found) {
    let mails = by(&books.mails, |mail| &mail.idempotency_key);
    let lists = by(&books.picking, |list| &list.order_id);
    for event in &books.outbox {
        let sent = mails.get(event.event_id.as_str()).map_or(0, Vec::len);
        if sent != 1 {
            broken.add("effect-once", &event.event_id, format!("{sent} mails for {}", event.topic));
        }
        let handled = lists.get(event.subject.as_str()).into_iter().flatten();
        let times = handled.flat_map(|list| &list.events).filter(|id| **id == event.event_id).count();
        if times != 1 {
            broken.add("effect-once", &event.event_id, format!("fulfil has {} {times} times", event.topic));
        }
    }
    let events = by(&books.outbox, |event| &event.event_id);
    for mail in books.mails.iter().filter(|mail| !events.contains_key(mail.idempotency_key.as_str())) {
        broken.add("effect-once", &mail.idempotency_key, "a mail for what is no event");
    }
    let orders = by(&books.orders, |order| &order.order_id);
    for list in &books.picking {
        let status = orders.get(list.order_id.as_str()).map(|orders| orders[0].status);
        let right = match status {
            Some(OrderStatus::Confirmed) => !list.withdrawn,
            Some(OrderStatus::Cancelled) => list.withdrawn,
            Some(OrderStatus::Pending) | None => false,
        };
        if !right {
            let kind = if list.withdrawn { "a withdrawn picking list" } else { "a picking list" };
            let order = status.map_or("no order".to_owned(), |status| format!("{status:?}").to_lowercase());
            broken.add("effect-once", &list.order_id, format!("{kind} for what is {order}"));
        }
    }
}
