//! The gRPC interfaces of `proto/`, as Rust types. Nothing here is written by hand but the names of the modules.

/// Baskets.
pub mod basket {
    tonic::include_proto!("chandlery.basket.v1");
}
/// The range.
pub mod catalog {
    tonic::include_proto!("chandlery.catalog.v1");
}
/// Orders.
pub mod orders {
    tonic::include_proto!("chandlery.orders.v1");
}
/// Payments.
pub mod payments {
    tonic::include_proto!("chandlery.payments.v1");
}
/// Prices.
pub mod pricing {
    tonic::include_proto!("chandlery.pricing.v1");
}
/// Stock.
pub mod stock {
    tonic::include_proto!("chandlery.stock.v1");
}

/// Every interface with its comments, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A moment as protobuf has it.
pub fn timestamp(at: time::OffsetDateTime) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.unix_timestamp(), nanos: at.nanosecond() as i32 }
}

/// A moment from protobuf's form; `None` where it is no moment.
pub fn moment(at: &prost_types::Timestamp) -> Option<time::OffsetDateTime> {
    let nanos = i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos);
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}
