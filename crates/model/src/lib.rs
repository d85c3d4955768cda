//! One typed picture of a company's backend, joined from what is declared, observed, rehearsed and supposed.
//!
//! Everything else fills this model (`read`) or asks it (`report` and the analyses). It knows no file format and does
//! no input or output: no file, socket, clock, thread or randomness.
//!
//! Not here: how a file is read, how names are joined, how a report looks.
//! Always: an attribute is never a bare value but a row of [`Fact`]s, each with its [`Evidence`]; no row is *unknown*.

pub mod place;
pub mod value;
pub mod field;
pub mod claim;
pub mod noun;
pub mod graph;
pub mod view;
pub mod behaviour;
pub mod json;
pub mod json_schema;

pub use claim::{Basis, Content, Evidence, EvidenceId, Fact, Scope, Subject};
pub use field::{Field, Policy, ValueType};
pub use graph::{Model, ModelBuilder};
pub use noun::*;
pub use place::{At, FileId, Files};
pub use value::{Probe, ProbeKind, Value};
pub use view::{Answer, View};
