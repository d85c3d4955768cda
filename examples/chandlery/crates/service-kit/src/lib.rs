//! What every service of the shop needs, once.
//!
//! A service reads its settings ([`config`]), opens its stores ([`postgres`], [`redis`], [`documents`], [`cache`],
//! [`log`]), and hands its door, its checks and its jobs to [`service::Service`], which lives its life. Around every call
//! the kit keeps deadlines ([`call`]), sheds load ([`shed`]), names failures ([`failure`]) and tells what happened
//! ([`telemetry`]). Towards others it waits, retries and gives up within bounds ([`outbound`], [`third_party`],
//! [`retry`], [`breaker`], [`slots`]).
//!
//! Not here: anything that knows what the shop sells.

// A service's life.
pub mod config;
pub mod health;
pub mod listen;
pub mod service;
pub mod telemetry;

// Around every call that comes in.
pub mod call;
pub mod failure;
pub mod grpc;
pub mod rate;
pub mod rest;
pub mod shed;
pub mod token;
pub mod work;

// Around every call that goes out.
pub mod breaker;
pub mod outbound;
pub mod retry;
pub mod slots;
pub mod third_party;

// Stores, in memory and real.
pub mod cache;
pub mod documents;
pub mod postgres;
pub mod redis;
pub mod rows;

// Events.
pub mod consume;
pub mod event;
pub mod log;
pub mod outbox;

/// Waits for all of them, side by side.
pub use futures::future::join_all;
