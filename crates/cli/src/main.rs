//! The `plimsoll` binary.
#![allow(dead_code, reason = "the verbs are wired in one place")]

mod query;

fn main() {}
