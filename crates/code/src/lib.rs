//! Program text to what it shows of a system: whom it calls, what it serves, which topics it sends to and takes from,
//! what protects it. Text in, sightings out.
//!
//! A text is looked through for the names of known libraries and for what could be an address; where neither is there,
//! it is not parsed. What is left is parsed by tree-sitter, laid into few shapes that all languages share,
//! and compared with tables of libraries ([`languages`]): data, each with an example that a test reads. Texts are put
//! together where the program puts them together; what it takes from its environment stays a placeholder.
//!
//! Not here: which component a file belongs to, and who is meant by a host (`plimsoll-read`). No file is opened, no
//! program run, no type inferred. Always: any bytes give an answer; what is too deep, large or broken shows less.

mod gather;
mod language;
pub mod languages;
pub mod library;
mod seen;
mod shape;
mod text;
mod tongue;

pub use language::{Language, is_generated, is_of_tests};
pub use library::Library;
pub use seen::{Guard, Said, Seen, Timeout, What};
pub use tongue::{Words, constants, read};
