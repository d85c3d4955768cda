//! Configuration that names others.

pub mod keys;
