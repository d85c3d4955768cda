//! How much load a backend holds, what breaks first, and what would move it.
//!
//! Three layers, each usable alone: `compile` turns a model and a scenario into a [`program`] of flat arrays, [`mod@run`]
//! executes a program with a seed and measures, `search` finds the greatest load at which every promise still holds.
//!
//! Not here: how a model is read or joined (`read`), how an answer looks (`report`).
//! Always: pure; the same program, seed and stopping rule give the same bytes on every machine and number of threads.

pub mod assumptions;
pub mod bound;
pub mod compile;
mod math;
mod time;
pub mod answer;
pub mod measurements;
pub mod program;
pub mod run;
pub mod search;
pub mod statistics;

pub use run::{Options, Run, Seed, replicate, run};
pub use time::Nanos;
