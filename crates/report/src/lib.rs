//! Every face that is not the web: terminal, Markdown, JSON, one HTML page.
//!
//! A face is a pure function from a model to text: no file, no clock, no terminal is asked. The same model and options
//! give the same bytes.
//!
//! Not here: what is true of the model (the analyses decide), where the text goes (`cli` writes it).

pub mod survey;
pub mod audit;
pub mod loadline;
pub mod review;
pub mod simulate;

mod chart;
mod escape;
mod figure;
mod layout;
mod words;
