//! The whole shop: in one process ([`embedded`]), or as a process for each service ([`real`]).
//!
//! Both run what `compose.yaml` runs, with its settings ([`settings`]): only addresses and stores differ.

pub mod books;
pub mod dead_letters;
pub mod embedded;
pub mod keys;
pub mod real;
pub mod serve;
pub mod servers;
pub mod settings;

/// The services, in the order in which they start. They stop the other way round.
pub const SERVICES: [&str; 9] =
    ["pricing", "stock", "payments", "orders", "catalog", "basket", "fulfil", "notify", "gateway"];
