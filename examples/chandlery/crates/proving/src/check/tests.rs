//! Each invariant is broken once, from books in which everything holds.

use super::books::*;
use super::invariants::broken;

/// One order that went well (`ok`), and one that was undone after its charge (`no`).
fn sound() -> Books {
    let order = |id: &str, status, step| Order {
        order_id: id.into(),
        customer_id: "c".into(),
        status,
        total_cents: 300,
        charge_id: Some(format!("ch-{id}")),
        step,
    };
    let line = |id: &str| Line { order_id: id.into(), sku: "ROPE".into(), quantity: 2, unit_price_cents: 150 };
    let reservation = |id: &str, status| Reservation { reservation_id: format!("r-{id}"), order_id: id.into(), status };
    let reserved = |id: &str| ReservationLine { reservation_id: format!("r-{id}"), sku: "ROPE".into(), quantity: 2 };
    let event = |id: &str, topic: &str| Event {
        event_id: format!("e-{id}"),
        topic: topic.into(),
        subject: id.into(),
        relayed: true,
    };
    let charge =
        |id: &str, status| Charge { charge_id: format!("ch-{id}"), order_id: id.into(), amount_cents: 300, status };
    let mail = |id: &str| Mail { idempotency_key: format!("e-{id}"), order_id: id.into(), template: "t".into() };
    let picking = |id: &str, withdrawn| Picking { order_id: id.into(), withdrawn, events: vec![format!("e-{id}")] };
    Books {
        orders: vec![
            order("ok", OrderStatus::Confirmed, Step::Confirmed),
            order("no", OrderStatus::Cancelled, Step::Undone),
        ],
        lines: vec![line("ok"), line("no")],
        levels: vec![Level { sku: "ROPE".into(), on_hand: 98, reserved: 0 }],
        reservations: vec![reservation("ok", ReservationStatus::Taken), reservation("no", ReservationStatus::Released)],
        reservation_lines: vec![reserved("ok"), reserved("no")],
        outbox: vec![event("ok", "orders.placed"), event("no", "orders.cancelled")],
        picking: vec![picking("ok", false), picking("no", true)],
        charges: vec![charge("ok", ChargeStatus::Succeeded), charge("no", ChargeStatus::Refunded)],
        mails: vec![mail("ok"), mail("no")],
    }
}

/// The store room before anything was sold.
fn before() -> Books {
    Books { levels: vec![Level { sku: "ROPE".into(), on_hand: 100, reserved: 0 }], ..Books::default() }
}

/// Spoils sound books, and compares what is broken then: `invariant subject: what`, one a line.
#[track_caller]
fn check(spoil: impl FnOnce(&mut Books), expect: &[&str]) {
    let mut books = sound();
    spoil(&mut books);
    let found: Vec<String> = broken(&books, Some(&before()))
        .into_iter()
        .map(|broken| format!("{} {}: {}", broken.invariant, broken.subject, broken.what))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn sound_books_are_sound_and_nothing_is_under_way() {
    check(|_| {}, &[]);
    assert_eq!(sound().under_way(), None);
}

#[test]
fn a_saga_that_stopped_is_found() {
    check(|books| books.orders[1].step = Step::Undoing, &["no-stuck-saga no: is cancelled at step undoing"]);
}

#[test]
fn an_order_without_payment_is_found() {
    check(
        |books| books.charges[0].status = ChargeStatus::Refunded,
        &[
            "paid-once ok: is confirmed and was charged 0 times",
            "money-adds-up all: confirmed orders cost 300, the provider has 0",
        ],
    );
}

#[test]
fn a_double_charge_is_found() {
    check(
        |books| {
            let second = Charge { charge_id: "ch-2".into(), ..books.charges[0].clone() };
            books.charges.push(second);
        },
        &[
            "paid-once ok: is confirmed and was charged 2 times",
            "money-adds-up all: confirmed orders cost 300, the provider has 600",
        ],
    );
}

#[test]
fn a_payment_without_an_order_is_found() {
    check(
        |books| books.charges[1].status = ChargeStatus::Succeeded,
        &[
            "no-payment-without-order no: ch-no took 300 for an order that is cancelled",
            "money-adds-up all: confirmed orders cost 300, the provider has 600",
        ],
    );
}

#[test]
fn a_charge_over_another_sum_is_found() {
    check(
        |books| books.charges[0].amount_cents = 299,
        &[
            "paid-once ok: costs 300 and was charged 299",
            "money-adds-up all: confirmed orders cost 300, the provider has 299",
        ],
    );
}

#[test]
fn an_order_that_costs_other_than_its_lines_is_found() {
    check(|books| books.lines[1].quantity = 1, &["money-adds-up no: costs 300, its lines 150"]);
}

#[test]
fn stock_that_is_promised_twice_is_found() {
    check(
        |books| books.levels[0].reserved = 99,
        &["no-oversell ROPE: 98 on hand, 99 reserved", "no-oversell ROPE: 99 reserved, 0 of it for somebody"],
    );
}

#[test]
fn stock_that_was_sold_and_stayed_is_found() {
    check(|books| books.levels[0].on_hand = 100, &["no-oversell ROPE: 0 left the store room, 2 of it for an order"]);
}

#[test]
fn stock_that_an_undone_order_keeps_is_found() {
    check(
        |books| {
            books.reservations[1].status = ReservationStatus::Held;
            books.levels[0].reserved = 2;
        },
        &["reserved-as-ordered no: is cancelled, with 1 reservations held and 0 taken"],
    );
}

#[test]
fn an_order_that_took_other_than_was_ordered_is_found() {
    check(
        |books| {
            books.reservation_lines[0].quantity = 1;
            books.levels[0].on_hand = 99;
        },
        &[r#"reserved-as-ordered ok: ordered {"ROPE": 2}, took {"ROPE": 1}"#],
    );
}

#[test]
fn an_end_that_the_log_was_not_told_of_is_found() {
    check(
        |books| {
            books.outbox.pop();
            books.mails.pop();
            books.picking.pop();
        },
        &[
            "every-event-once no: is cancelled, and the log was told 0 times that it was placed and 0 times that it was cancelled",
        ],
    );
}

#[test]
fn an_event_that_waits_in_the_outbox_is_found() {
    check(|books| books.outbox[0].relayed = false, &["every-event-once e-ok: orders.placed is not relayed"]);
}

#[test]
fn an_effect_that_came_twice_or_never_is_found() {
    check(
        |books| {
            let second = books.mails[0].clone();
            books.mails.push(second);
            books.picking[1].events.clear();
        },
        &["effect-once e-ok: 2 mails for orders.placed", "effect-once e-no: fulfil has orders.cancelled 0 times"],
    );
}

#[test]
fn a_picking_list_for_an_undone_order_is_found() {
    check(|books| books.picking[1].withdrawn = false, &["effect-once no: a picking list for what is cancelled"]);
}

#[test]
fn what_was_there_before_is_not_judged() {
    let mut before = sound();
    before.charges.clear();
    let mut after = before.clone();
    after.orders[0].step = Step::Charged;
    assert_eq!(broken(&after, Some(&before)), []);
    assert_eq!(after.since(&before).under_way(), None);
    assert!(!broken(&after, None).is_empty());
}

#[test]
fn what_is_under_way_is_told() {
    let told = |spoil: fn(&mut Books)| {
        let mut books = sound();
        spoil(&mut books);
        books.under_way()
    };
    assert_eq!(told(|books| books.orders[0].step = Step::Charged).as_deref(), Some("1 sagas"));
    assert_eq!(told(|books| books.outbox[0].relayed = false).as_deref(), Some("1 events in the outbox"));
    assert_eq!(told(|books| drop(books.mails.pop())).as_deref(), Some("1 mails"));
    assert_eq!(told(|books| books.picking[0].events.clear()).as_deref(), Some("1 events for fulfil"));
}
