//! The reference page of plimsoll.yaml, in Markdown, from the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::language::Section;
use super::system::System;
use super::table::{Key, Quantity, Shape, Table};

/// What the page says before the tables.
const LEAD: &str = "\
The file stands at the root of a repository and says what no other file can: journeys, promises, how long things take, what
may go wrong. Every section is optional. An unknown key and a value of the wrong form are errors with line and column.

Units are part of every quantity. Under `environments` of a component stands what differs from one environment to another;
what stands beside it holds everywhere else.
";

/// The reference page: every section with its keys, every quantity, every word. The same text every time.
pub fn reference() -> String {
    let mut found = Found { order: vec![System::TABLE], ..Found::default() };
    let mut out = format!("# plimsoll.yaml\n\n{LEAD}");
    let mut index = 0;
    while let Some(table) = found.order.get(index).copied() {
        section(&mut out, table, &mut found);
        index += 1;
    }
    out.push_str("\n## Quantities\n\n| form | what it is | examples |\n|---|---|---|\n");
    for row in found.quantities.values() {
        let examples: Vec<String> = row.examples.iter().map(|text| format!("`{text}`")).collect();
        let _ = writeln!(out, "| {} | {} | {} |", row.name, cell(row.doc), cell(&examples.join(", ")));
    }
    out
}

/// Sections in the order in which the page names them, and quantities by name.
#[derive(Default)]
struct Found {
    order: Vec<&'static Table>,
    quantities: BTreeMap<&'static str, &'static Quantity>,
}

fn section(out: &mut String, table: &'static Table, found: &mut Found) {
    let _ = write!(
        out,
        "\n## {}\n\n{}\n\n| key | what stands there | what it says | example |\n|---|---|---|---|\n",
        table.name,
        table.doc.trim()
    );
    for key in (table.keys)() {
        row(out, &key, &format!("`{}`{}", key.name, if key.required { " (needed)" } else { "" }), found);
    }
    if let Some(open) = (table.open)() {
        row(out, &open, "any other", found);
    }
}

fn row(out: &mut String, key: &Key, name: &str, found: &mut Found) {
    let stands = words(&key.shape, found);
    let _ = writeln!(out, "| {name} | {} | {} | `{}` |", cell(&stands), cell(key.doc), cell(key.example));
}

fn words(shape: &Shape, found: &mut Found) -> String {
    match shape {
        Shape::Section(table) => {
            if !found.order.iter().any(|known| known.name == table.name) {
                found.order.push(table);
            }
            format!("[{}](#{})", table.name, table.name.to_lowercase())
        }
        Shape::Names(_, of) => format!("names, each with {}", words(of, found)),
        Shape::List(of) => format!("list of {}", words(of, found)),
        Shape::Either(shapes) => {
            let each: Vec<String> = shapes.iter().map(|shape| words(shape, found)).collect();
            each.join(" or ")
        }
        Shape::Quantity(row) => {
            found.quantities.insert(row.name, row);
            row.name.to_owned()
        }
        Shape::Words(known) => {
            let word = |(word, doc): &(&str, &str)| match doc.trim() {
                "" => format!("`{word}`"),
                doc => format!("`{word}`: {}", doc.trim_end_matches('.')),
            };
            known.iter().map(word).collect::<Vec<_>>().join("; ")
        }
        Shape::Flag => String::from("`true` or `false`"),
    }
}

fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}
