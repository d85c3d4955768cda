//! Charts: figures in, SVG or characters out. Pure; nothing is told by colour alone.

mod axis;
mod bars;
mod lines;
mod terminal;

pub(crate) use axis::{Axis, Scale};
pub(crate) use bars::{Bar, bars};
pub(crate) use lines::{Band, Chart, Mark, Series, chart};
pub(crate) use terminal::{Plot, plot};
