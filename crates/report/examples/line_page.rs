//! Writes one face of a load line or of a run to standard output, to look at: `cargo run -p plimsoll-report --example line_page -- loadline html`.

#![allow(clippy::disallowed_methods, reason = "this one is a program, for people who look at faces")]

#[path = "../tests/line/mod.rs"]
mod line;

use plimsoll_report::survey::Colour;
use plimsoll_report::{loadline, simulate};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let page = match words.as_slice() {
        ["simulate", "html"] => simulate::html(&line::run()),
        ["simulate", ..] => {
            simulate::text(&line::run(), &simulate::TextOptions { colour: Colour::Ansi, ..Default::default() })
        }
        [_, "html"] => loadline::html(&line::lines()),
        [_, "markdown"] => loadline::markdown(&line::lines()),
        _ => loadline::text(&line::lines(), &loadline::TextOptions { colour: Colour::Ansi, ..Default::default() }),
    };
    print!("{page}");
}
