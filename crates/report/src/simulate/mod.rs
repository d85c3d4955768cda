//! One run, measured, in four faces, and its kept requests as traces.

mod html;
mod json;
mod markdown;
mod otlp;
mod text;

pub use html::html;
pub use json::{FORMAT, json};
pub use markdown::markdown;
pub use otlp::{Side, TraceSpan, otlp};
pub use text::{TextOptions, text};
