//! The page of the model: nouns, words and the one table of fields.

use std::fmt::Write as _;

use plimsoll_model::noun::{ComponentKind, InterfaceKind, LooseKind, Protocol, Support};
use plimsoll_model::{Field, Noun, Policy, ValueType};

use super::{cell, generated_from};
use crate::tree::Tree;

/// Where the words and their sentences stand.
const NOUNS: &str = "crates/model/src/noun.rs";

/// Writes the page.
pub(super) fn page(tree: &Tree) -> String {
    let mut out = generated_from("`crates/model`");
    out.push_str("# The model\n\n");
    out.push_str("What a survey can say, in the words that JSON, reports and `query` use.\n\n");
    out.push_str("## Nouns\n\n| noun | what it is |\n|---|---|\n");
    for noun in Noun::ALL {
        row(&mut out, &[&code(noun.word()), noun.doc()]);
    }
    let source = tree.text(NOUNS).unwrap_or("");
    let sentences = |words: Vec<&'static str>| words.into_iter().map(|w| (w, sentence(source, w))).collect::<Vec<_>>();
    words(&mut out, "Kinds of components", &sentences(ComponentKind::ALL.iter().map(|k| k.word()).collect()));
    protocols(&mut out, source);
    words(&mut out, "Kinds of interfaces", &sentences(InterfaceKind::ALL.iter().map(|k| k.word()).collect()));
    words(&mut out, "What a supporting component does", &sentences(Support::ALL.iter().map(|k| k.word()).collect()));
    words(&mut out, "Why a name did not join", &sentences(LooseKind::ALL.iter().map(|k| k.word()).collect()));
    fields(&mut out);
    out
}

fn words(out: &mut String, title: &str, words: &[(&str, String)]) {
    let _ = write!(out, "\n## {title}\n\n| word | what it means |\n|---|---|\n");
    for (word, doc) in words {
        row(out, &[&code(word), doc]);
    }
}

fn protocols(out: &mut String, source: &str) {
    out.push_str("\n## Protocols\n\n| word | what it means | the caller |\n|---|---|---|\n");
    for protocol in Protocol::ALL {
        let waits = if protocol.is_synchronous() { "waits for an answer" } else { "goes on" };
        row(out, &[&code(protocol.word()), &sentence(source, protocol.word()), waits]);
    }
}

fn fields(out: &mut String) {
    out.push_str("\n## Fields\n\n");
    out.push_str(
        "Each attribute is a row of claims. Where several claims hold in an environment, the policy says which wins:\n\n\
         - `declared`: what is wanted. Declared before supposed, rehearsed, observed.\n\
         - `observed`: what is. Observed before rehearsed, declared, supposed.\n\
         - `supposed`: what may be. Supposed before rehearsed, observed, declared.\n\n\
         The others are kept, and are drift where they disagree. A field with no claim at all is unknown.\n",
    );
    for noun in Noun::ALL {
        let of_noun: Vec<&Field> = Field::ALL.iter().filter(|field| field.noun() == *noun).collect();
        if of_noun.is_empty() {
            continue;
        }
        let _ = write!(
            out,
            "\n### Of a {}\n\n| field | type | unit | policy | what it says |\n|---|---|---|---|---|\n",
            noun.word()
        );
        for field in of_noun {
            let kind = field.value_type();
            row(
                out,
                &[&code(field.json_name()), type_word(kind), kind.unit(), policy_word(field.policy()), field.doc()],
            );
        }
    }
}

fn row(out: &mut String, cells: &[&str]) {
    out.push('|');
    for text in cells {
        let _ = write!(out, " {} |", cell(text));
    }
    out.push('\n');
}

fn code(word: &str) -> String {
    format!("`{word}`")
}

fn type_word(kind: ValueType) -> &'static str {
    match kind {
        ValueType::Flag => "yes or no",
        ValueType::Count
        | ValueType::Millicores
        | ValueType::Bytes
        | ValueType::Nanos
        | ValueType::MilliPerSecond
        | ValueType::PartsPerMillion => "whole number",
        ValueType::Text => "text",
        ValueType::Probe => "probe",
        ValueType::Texts => "list of texts",
    }
}

fn policy_word(policy: Policy) -> &'static str {
    match policy {
        Policy::Declared => "declared",
        Policy::Observed => "observed",
        Policy::Supposed => "supposed",
    }
}

/// The sentence above a word in a table of words: `/// Keeps data.` before `Store "store",`.
fn sentence(source: &str, word: &str) -> String {
    let line = format!(" \"{word}\",");
    let mut doc: Vec<&str> = Vec::new();
    for text in source.lines().map(str::trim) {
        match text.strip_prefix("///") {
            Some(more) => doc.push(more.trim()),
            None if text.ends_with(&line) => return doc.join(" "),
            None => doc.clear(),
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::{page, sentence};
    use crate::tree::Tree;

    #[test]
    fn the_sentence_above_a_word_is_found() {
        let source = "/// Runs.\nService \"service\",\n/// Keeps data:\n/// rows.\nStore \"store\",\n";
        assert_eq!(sentence(source, "store"), "Keeps data: rows.");
        assert_eq!(sentence(source, "none"), "");
    }

    #[test]
    fn every_field_and_every_word_of_the_model_has_its_row_and_sentence() {
        let noun = include_str!("../../../crates/model/src/noun.rs");
        let page = page(&Tree::of(&[(super::NOUNS, noun)]));
        for field in plimsoll_model::Field::ALL {
            assert!(page.contains(&format!("| `{}` |", field.json_name())), "{}", field.json_name());
        }
        assert!(!page.contains("|  |"), "a cell is empty");
    }
}
