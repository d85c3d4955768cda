//! What the stand-ins for third parties share: how slow, how often failing and how much they take, and what they were told.
//!
//! A stand-in answers as the real provider would, and can be told to misbehave while it runs (`PATCH /stand-in/behaviour`).
//! What it did for whom stands in its ledger, so that a drill can be judged afterwards.
//!
//! Not here: what a charge or a mail is (`stand-ins/psp`, `stand-ins/mailer`).
//! Always: an effect is written to the ledger before its answer is even drawn, so that an answer that never comes, or
//! comes as an error, may still stand for something that happened. That is what makes a third party hard.

pub mod admin;
pub mod behaviour;
pub mod gate;
pub mod ledger;
pub mod problem;
pub mod quota;
pub mod serve;

pub use admin::admin;
pub use behaviour::Behaviour;
pub use gate::Gate;
pub use ledger::{Kept, Ledger};
