//! Queueing systems with known answers, each built by hand as a program and run by the engine.
//!
//! A figure must lie within four standard errors of the exact one (for all figures here together that fails once in
//! two hundred trees by chance; the seeds are fixed, so that it fails for all or for none) and within a few percent. The
//! standard error is that of batch means over windows that are long beside the memory of the system.

mod erlang;
mod measured;
mod queues;
mod shop;
