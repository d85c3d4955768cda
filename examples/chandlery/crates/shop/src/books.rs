//! The books of the embedded shop, for whoever checks them: what the real shop keeps in tables.

use orders::store::memory::MemoryOrders;
use serde_json::{Value, json};
use service_kit::documents::memory::MemoryDocuments;
use stock::store::memory::{MemoryStock, Row};

/// Orders, stock and picking lists, in the shape of the tables.
pub fn books(orders: &MemoryOrders, stock: &MemoryStock, picking: &MemoryDocuments) -> Value {
    let (placed, waiting) = orders.books();
    let lines = placed.iter().flat_map(|(order, _)| {
        order.lines.iter().map(|line| {
            json!({
                "order_id": order.order_id, "sku": line.sku, "quantity": line.quantity,
                "unit_price_cents": line.unit_price_cents,
            })
        })
    });
    let lines: Vec<Value> = lines.collect();
    let orders = placed.iter().map(|(order, progress)| {
        json!({
            "order_id": order.order_id, "customer_id": order.customer_id, "status": order.status.as_str(),
            "total_cents": order.total_cents, "charge_id": progress.charge_id, "step": progress.step.as_str(),
        })
    });
    let orders: Vec<Value> = orders.collect();
    let (mut levels, mut reservations, mut reservation_lines) = (Vec::new(), Vec::new(), Vec::new());
    for (key, row) in stock.books() {
        let name = key.split_once('/').map_or("", |(_, name)| name);
        match row {
            Row::Level(level) => {
                levels.push(json!({ "sku": name, "on_hand": level.on_hand, "reserved": level.reserved }));
            }
            Row::Reservation(reservation) => {
                reservations.push(json!({ "reservation_id": name, "order_id": name, "status": reservation.status }));
                reservation_lines.extend(
                    reservation
                        .lines
                        .iter()
                        .map(|(sku, quantity)| json!({ "reservation_id": name, "sku": sku, "quantity": quantity })),
                );
            }
        }
    }
    let picking = picking.all().into_iter();
    let picking: Vec<Value> = picking.filter_map(|document| serde_json::from_slice(&document.body).ok()).collect();
    json!({
        "orders": orders, "lines": lines, "levels": levels, "reservations": reservations,
        "reservation_lines": reservation_lines, "waiting": waiting, "picking": picking,
    })
}
