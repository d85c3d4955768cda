//! YAML as Go's `sigs.k8s.io/yaml` reads and writes it: version 1.1, by way of JSON, so that every number is a `float64`
//! and every key a text.

mod read;
mod resolve;
mod write;

pub use read::{NotYaml, parse};
pub use resolve::{key, scalar};
pub(crate) use write::{Style, write};
