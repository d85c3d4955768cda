//! Writes one face of a test estate to standard output, to look at: `cargo run -p plimsoll-report --example survey_page -- html 25`.

#![allow(clippy::disallowed_methods, reason = "this one is a program, for people who look at faces")]

#[path = "../tests/estate/mod.rs"]
mod estate;

use plimsoll_report::survey::{self, Colour, PageOptions, TextOptions};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let size = words.get(1).map_or("8", String::as_str);
    let model = match size {
        "8" => estate::model("chandlery", estate::EIGHT),
        "25" => estate::model("chandlery", estate::TWENTY_FIVE),
        "70" => estate::model("chandlery", &estate::seventy()),
        count => estate::model("chandlery", &estate::many(count.parse().unwrap_or(400))),
    };
    let width = words.get(2).and_then(|word| word.parse().ok()).unwrap_or(100);
    let options =
        TextOptions { width, colour: Colour::Ansi, paths: vec!["examples/chandlery".into()], ..TextOptions::default() };
    let page = match words.first().map(String::as_str) {
        Some("json") => survey::json(&model),
        Some("markdown") => survey::markdown(&model, &PageOptions::default()),
        Some("html") => survey::html(&model, &PageOptions::default()),
        Some("plain") => survey::text(&model, &TextOptions { colour: Colour::Plain, ..options }),
        Some("all") => {
            survey::text(&model, &TextOptions { colour: Colour::Plain, unmatched: true, evidence: true, ..options })
        }
        _ => survey::text(&model, &options),
    };
    print!("{page}");
}
