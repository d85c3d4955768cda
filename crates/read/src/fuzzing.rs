//! The entry for fuzzers: one file of any name, read by whatever reader takes it, and joined.
//!
//! Not here: the targets and seeds (`fuzz/`), the bounded run on stable (`tests/hostile.rs`).

use crate::source::Source;
use crate::survey::{Options, survey};

/// Surveys a system that is this one file. Must return whatever the bytes are.
pub fn read_file(name: &str, bytes: &[u8]) -> plimsoll_model::Model {
    let files = [(name.to_owned(), bytes.to_vec())].into_iter().collect();
    let source = Source::Memory { name: String::new(), files };
    survey(vec![source], &Options { threads: std::num::NonZeroUsize::new(1) })
}
