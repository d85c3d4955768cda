//! What `plimsoll survey` prints on a terminal.
//!
//! Sections that have nothing to say are left out; the last line is the next useful command.
//! Always: at most three screens of 60 lines for 70 components, unless more was asked for.

mod gaps;
pub(crate) mod paint;
mod parts;
mod sheet;
mod table;
mod wires;

use plimsoll_model::{EnvironmentId, Model};

use super::outline::Outline;
use sheet::Sheet;

pub use paint::Colour;

/// How the text is laid out and how much of it there is.
#[derive(Clone, Debug)]
pub struct TextOptions {
    /// Characters in a line.
    pub width: usize,
    /// Whether text carries colour.
    pub colour: Colour,
    /// Whether each component, call, interface and topic is followed by the places that show it.
    pub evidence: bool,
    /// Whether everything that was not read or did not join is listed, and not only counted.
    pub unmatched: bool,
    /// The environment in which components are shown; the model's default one where it is `None`.
    pub environment: Option<EnvironmentId>,
    /// The paths as they were typed, for the command in the last line.
    pub paths: Vec<String>,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            width: 100,
            colour: Colour::Plain,
            evidence: false,
            unmatched: false,
            environment: None,
            paths: Vec::new(),
        }
    }
}

/// The survey as text, with a newline at the end of each line. Cost: linear in the model, sorted where shown sorted.
pub fn text(model: &Model, options: &TextOptions) -> String {
    let outline = Outline::of(model, options.environment);
    let mut sheet = Sheet::new(options);
    parts::head(&mut sheet, &outline);
    parts::components(&mut sheet, &outline);
    wires::calls(&mut sheet, &outline);
    wires::interfaces(&mut sheet, &outline);
    wires::stores(&mut sheet, &outline);
    wires::topics(&mut sheet, &outline);
    parts::supporting(&mut sheet, &outline);
    gaps::loose(&mut sheet, &outline);
    gaps::drift(&mut sheet, &outline);
    gaps::unknowns(&mut sheet, &outline);
    gaps::not_read(&mut sheet, &outline);
    gaps::problems(&mut sheet, &outline);
    parts::environments(&mut sheet, &outline);
    parts::next(&mut sheet, &outline);
    sheet.out
}
