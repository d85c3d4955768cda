//! The objects of a kustomization as YAML, in kustomize's order, with or without the places that state each value.

use plimsoll_model::{At, Files};

use super::Built;
use super::fields::{spelled, value};
use super::json;
use crate::redact::{self, REDACTED};
use crate::tree::write::to_yaml_with;
use crate::tree::{Data, Node, Scalar, ScalarKind};

/// Whether credentials are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reveal {
    /// As they are: what comes out can be applied to a cluster.
    Yes,
    /// Taken out: what comes out can be shown to anybody.
    No,
}

/// All objects as one multi-document YAML.
///
/// With `origins`, every object and every value has a comment that names the line which states it and the lines through
/// which it came: patches, transformers, overlays.
pub fn render(built: &Built, origins: bool, files: &Files, reveal: Reveal) -> String {
    let mut out = String::new();
    for (index, object) in built.objects.iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        if origins {
            out.push_str(&format!("# {}\n", places(object, files)));
        }
        let shown = shown(object, reveal);
        let mut note = |node: &Node| origins.then(|| places(node, files));
        out.push_str(&to_yaml_with(&shown, &mut note));
    }
    out
}

fn places(node: &Node, files: &Files) -> String {
    let place = |at: &At| match at.line {
        0 => files.display(at.file),
        line => format!("{}:{line}", files.display(at.file)),
    };
    let mut text = place(&node.at);
    for (index, at) in node.via.as_deref().unwrap_or_default().iter().enumerate() {
        text.push_str(if index == 0 { " via " } else { ", " });
        text.push_str(&place(at));
    }
    text
}

/// The object as it is printed: keys sorted, numbers as JSON spells them, credentials taken out.
///
/// A build keeps Secrets whole, since the suffix of a generated name is the hash of its content and references must
/// carry it. Printing is where they would leave the machine, so that is where they are taken out: all values of a Secret,
/// and elsewhere what looks like a credential. The names with their suffixes stay as a cluster will have them.
fn shown(object: &Node, reveal: Reveal) -> Node {
    let mut shown = object.clone();
    settle(&mut shown);
    if reveal == Reveal::No {
        let is_secret = shown.get("kind").is_some_and(|kind| spelled(kind) == "Secret");
        if let Data::Mapping(entries) = &mut shown.value {
            for entry in entries {
                if is_secret && matches!(entry.key.as_str(), "data" | "stringData") {
                    hide_all(&mut entry.value);
                } else {
                    hide_credentials(&entry.key, &mut entry.value);
                }
            }
        }
    }
    shown
}

fn settle(node: &mut Node) {
    match &mut node.value {
        Data::Mapping(entries) => {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            entries.iter_mut().for_each(|entry| settle(&mut entry.value));
        }
        Data::Sequence(items) => items.iter_mut().for_each(settle),
        Data::Scalar(scalar) => {
            if matches!(scalar.kind, ScalarKind::Integer | ScalarKind::Float) {
                match json::number(&scalar.text) {
                    Some(number) => scalar.text = number,
                    None => scalar.kind = ScalarKind::Text,
                }
            }
        }
    }
}

fn hide_all(node: &mut Node) {
    match &mut node.value {
        Data::Mapping(entries) => entries.iter_mut().for_each(|entry| hide_all(&mut entry.value)),
        Data::Sequence(items) => items.iter_mut().for_each(hide_all),
        Data::Scalar(Scalar { kind: ScalarKind::Null, .. }) => {}
        Data::Scalar(scalar) => *scalar = Scalar { text: REDACTED.to_owned(), kind: ScalarKind::Text },
    }
}

fn hide_credentials(key: &str, node: &mut Node) {
    // `env` states a name and a value side by side; the name is the key that counts.
    let named = node.get("name").filter(|_| node.get("value").is_some()).map(|name| value(name).to_owned());
    match &mut node.value {
        Data::Mapping(entries) => {
            for entry in entries {
                let key = named.as_deref().filter(|_| entry.key == "value").unwrap_or(&entry.key).to_owned();
                hide_credentials(&key, &mut entry.value);
            }
        }
        Data::Sequence(items) => items.iter_mut().for_each(|item| hide_credentials(key, item)),
        Data::Scalar(scalar) if scalar.kind == ScalarKind::Text => {
            let shown = redact::value(key, &scalar.text);
            if *shown != *scalar.text {
                scalar.text = shown.into_owned();
            }
        }
        Data::Scalar(_) => {}
    }
}
