//! How much it holds: the load lines of a system, in four faces that say the same in the same words.

mod html;
mod json;
mod markdown;
mod text;
pub(crate) mod words;

pub use html::html;
pub use json::{FORMAT, json};
pub use markdown::markdown;
pub use text::{TextOptions, text};

pub(crate) use html::{figures, page};
pub(crate) use json::interval;
pub(crate) use markdown::cell;
