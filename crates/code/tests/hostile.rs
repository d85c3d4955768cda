//! Texts that nobody would write by hand: cut off, deep, mutated by chance. Always: an answer, soon, and no panic.
//!
//! The mutations come from a fixed seed, so that a run can be repeated. Guided fuzzing is in `fuzz/`.
#![allow(clippy::unwrap_used, reason = "a test")]

use plimsoll_code::languages::FAMILIES;
use plimsoll_code::{Language, read};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// The examples of all libraries of each family, as one text for each language.
fn seeds() -> Vec<(Language, String)> {
    let mut out = Vec::new();
    for (_, language, libraries) in FAMILIES {
        let text: Vec<&str> = libraries.iter().map(|library| library.example).collect();
        let text = text.join("\n");
        let others: &[Language] = match language {
            Language::Java => &[Language::Java, Language::Kotlin],
            Language::JavaScript => &[Language::JavaScript, Language::TypeScript, Language::Tsx],
            _ => &[language],
        };
        out.extend(others.iter().map(|language| (*language, text.clone())));
    }
    out
}

fn by_chance<S: Strategy>(cases: u32, strategy: S, run: impl Fn(Language, &str, S::Value)) {
    for (language, text) in seeds() {
        let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let outcome = runner.run(&strategy, |value| {
            run(language, &text, value);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{language:?}: {error}");
        }
    }
}

/// What is done to a text: where, how far, and with what.
fn mutation() -> impl Strategy<Value = (u8, Index, Index, String)> {
    let words = vec![
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "'",
        "`",
        "${",
        "%s",
        "{}",
        "<",
        ">",
        "::",
        "->",
        ".",
        "@",
        "#",
        "//",
        "/*",
        "\\",
        "=",
        "+",
        "||",
        "??",
        "?",
        ":",
        ",",
        ";",
        "\n",
        "\u{0}",
        "\u{1f600}",
        "é",
        "env(",
        "getenv(\"A\")",
        "://",
        "a = a\n",
    ];
    (0..5u8, any::<Index>(), any::<Index>(), prop::sample::select(words).prop_map(str::to_owned))
}

fn mutated(text: &str, (kind, from, to, word): &(u8, Index, Index, String)) -> String {
    let at = |index: &Index| {
        let mut at = index.index(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (from, to) = (at(from).min(at(to)), at(from).max(at(to)));
    let (head, middle, tail) = (&text[..from], &text[from..to], &text[to..]);
    match kind {
        0 => head.to_owned(),
        1 => [head, word, middle, tail].concat(),
        2 => [head, word, tail].concat(),
        3 => [head, middle, middle, tail].concat(),
        _ => [head, tail, middle].concat(),
    }
}

#[test]
fn no_mutation_of_an_example_breaks_the_reading() {
    by_chance(48, prop::collection::vec(mutation(), 1..6), |language, text, mutations| {
        let text = mutations.iter().fold(text.to_owned(), |text, each| mutated(&text, each));
        read(language, &text);
    });
}

#[test]
fn no_random_text_breaks_the_reading() {
    by_chance(48, "(\\PC|\n|\t|://|\"|\\(){0,256}", |language, _, text: String| {
        read(language, &format!("// http://a host getenv\n{text}"));
    });
}

#[test]
fn a_text_may_be_ten_thousand_levels_deep() {
    let (open, close) = ("(".repeat(10_000), ")".repeat(10_000));
    let (array, end) = ("[".repeat(10_000), "]".repeat(10_000));
    let (block, blocks) = ("{".repeat(10_000), "}".repeat(10_000));
    for language in Language::ALL {
        for text in [
            format!("x = {open}\"http://orders:80\"{close};"),
            format!("x = {array}\"http://orders:80\"{end};"),
            format!("func f() {block} url := \"http://orders:80\" {blocks}"),
            format!("x = \"http://orders:80\"{};", " + \"a\"".repeat(10_000)),
            format!("x = \"http://orders:80\"{};", ".f()".repeat(10_000)),
            format!("if (a) {}", "if (a) ".repeat(10_000)),
        ] {
            read(language, &text);
        }
    }
}

#[test]
fn names_that_refer_to_each_other_end() {
    let mut text = String::from("import os\nhost = os.getenv('HOST')\n");
    for index in 0..200 {
        text.push_str(&format!("a{index} = a{0} + a{0} + a{1}\n", (index + 1) % 200, (index + 7) % 200));
    }
    text.push_str("requests.get('http://' + a0)\n");
    read(Language::Python, &text);
}

#[test]
fn what_is_no_text_of_the_language_shows_nothing() {
    for language in Language::ALL {
        let said = read(language, "\u{0}\u{1}\u{2}PK\u{3}\u{4}");
        assert!(said.seen.is_empty() && said.constants.is_empty(), "{language:?}");
    }
}
