//! Runs a program with a seed and measures.

mod options;

pub use options::{Detail, EventList, Options, Seed, Traces};
