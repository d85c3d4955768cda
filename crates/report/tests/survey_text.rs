//! What people read in the terminal.

mod estate;

use expect_test::{ExpectFile, expect_file};
use plimsoll_report::survey::{Colour, TextOptions, json, text};

#[track_caller]
fn check(plan: &str, options: &TextOptions, expect: &ExpectFile) {
    expect.assert_eq(&text(&estate::model("chandlery", plan), options));
}

#[test]
fn a_small_system_fits_one_screen() {
    let options = TextOptions { paths: vec!["examples/chandlery".to_owned()], ..TextOptions::default() };
    check(estate::EIGHT, &options, &expect_file!["snapshots/eight.txt"]);
}

#[test]
fn everything_is_listed_when_asked_for() {
    let options = TextOptions { width: 120, evidence: true, unmatched: true, ..TextOptions::default() };
    check(estate::EIGHT, &options, &expect_file!["snapshots/eight_with_evidence.txt"]);
}

#[test]
fn another_environment_shows_its_own_figures() {
    let model = estate::model("chandlery", estate::EIGHT);
    let local = model.find_environment("local");
    let said = text(&model, &TextOptions { environment: local, ..TextOptions::default() });
    assert!(said.starts_with("chandlery · local · 8 components · 7 flows · read 120 files · 5 not read\n"), "{said}");
    assert!(said.contains("orders        tonic, Rust  shop      1 "), "{said}");
}

#[test]
fn seventy_components_take_three_screens() {
    let said = text(&estate::model("shop", &estate::seventy()), &TextOptions { width: 120, ..TextOptions::default() });
    assert!(said.lines().count() <= 180, "{} lines\n{said}", said.lines().count());
}

#[test]
fn tables_and_lists_keep_to_the_width() {
    let model = estate::model("shop", &estate::seventy());
    for width in [64, 80, 100, 160] {
        let said = text(&model, &TextOptions { width, ..TextOptions::default() });
        let whole =
            |line: &&str| !line.contains(".yaml:") && !line.starts_with("shop · ") && !line.starts_with("COMPONENTS");
        let wide: Vec<&str> = said.lines().filter(whole).filter(|line| line.chars().count() > width).collect();
        assert!(wide.is_empty(), "{width}: {wide:#?}");
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let model = estate::model("shop", estate::TWENTY_FIVE);
    let plain = text(&model, &TextOptions::default());
    let ansi = text(&model, &TextOptions { colour: Colour::Ansi, ..TextOptions::default() });
    let mut stripped = String::new();
    for (index, part) in ansi.split('\u{1b}').enumerate() {
        let text = if index == 0 { part } else { part.split_once('m').expect("a sequence ends with m").1 };
        stripped.push_str(text);
    }
    assert_eq!(stripped, plain);
}

#[test]
fn an_empty_system_says_what_to_do() {
    let said = text(&plimsoll_model::Model::default(), &TextOptions::default());
    assert_eq!(said, "this system · 0 components · 0 flows · read 0 files\n\nnext  plimsoll explain readers\n");
}

#[test]
fn names_cannot_steer_the_terminal() {
    let mut model = estate::model("chandlery", estate::EIGHT);
    model.components[0].id = "evil\u{1b}[2J".to_owned();
    model.loose[0].message = "line\nbreak\u{202e}".to_owned();
    let said = text(&model, &TextOptions { evidence: true, unmatched: true, ..TextOptions::default() });
    assert!(!said.contains(['\u{1b}', '\u{202e}']));
    assert!(said.contains("line break\u{fffd}"));
}

#[test]
fn json_is_one_document_that_ends_its_line() {
    let said = json(&estate::model("chandlery", estate::EIGHT));
    assert!(said.starts_with("{\n  \"format\": \"plimsoll-model/1\",\n"));
    assert!(said.ends_with("}\n"));
    assert_eq!(said, json(&estate::model("chandlery", estate::EIGHT)));
}
