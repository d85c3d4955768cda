//! What have we got: the survey of a model, in four faces that say the same in the same words.
//!
//! `outline` asks the model once; each face only lays it out. Not here: the order of exit codes, where the text goes.

mod html;
mod markdown;
mod outline;
mod text;
pub(crate) use text::paint;

use plimsoll_model::{EnvironmentId, Model, json::ModelJson};

pub use html::html;
pub(crate) use markdown::mark;
pub use markdown::markdown;
pub use text::{Colour, TextOptions, text};

/// The model's documented JSON form, `plimsoll-model/1`, pretty, with a last newline.
pub fn json(model: &Model) -> String {
    let mut out = serde_json::to_string_pretty(&ModelJson::of(model)).expect("the form has string keys only");
    out.push('\n');
    out
}

/// What a page shows beside the model.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageOptions {
    /// The environment in which components are shown; the model's default one where it is `None`.
    pub environment: Option<EnvironmentId>,
}
