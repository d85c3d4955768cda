//! Keys and values with their places: the one form that every configuration format is brought into.

use plimsoll_model::At;

use crate::facts::Origin;
use crate::tree::{Data, Node, Scalar};

/// A key, its value as the file spells it, and where the value stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The path of keys, joined with dots; items of lists add their index: `routes[0].uri`.
    pub key: String,
    /// The value as spelled.
    pub value: String,
    /// Where the value stands.
    pub origin: Origin,
}

impl Pair {
    /// A pair at a place.
    pub fn at(key: impl Into<String>, value: impl Into<String>, at: At) -> Self {
        Self { key: key.into(), value: value.into(), origin: Origin::at(at) }
    }

    /// Whether the value switches something off.
    pub(super) fn is_off(value: &str) -> bool {
        ["false", "no", "off", "0", "disabled"].iter().any(|word| value.eq_ignore_ascii_case(word))
    }
}

/// All values of a tree that are not null, in the order of the text.
pub fn of_tree(root: &Node) -> Vec<Pair> {
    let mut out = Vec::new();
    walk(root, &mut String::new(), &mut out);
    out
}

// Trees are at most 128 deep.
fn walk(node: &Node, key: &mut String, out: &mut Vec<Pair>) {
    let length = key.len();
    match &node.value {
        Data::Scalar(Scalar { text, .. }) => {
            if !node.is_null() {
                out.push(Pair { key: key.clone(), value: text.clone(), origin: Origin::of(node) });
            }
        }
        Data::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                *key += &format!("[{index}]");
                walk(item, key, out);
                key.truncate(length);
            }
        }
        Data::Mapping(entries) => {
            for entry in entries {
                if length > 0 {
                    key.push('.');
                }
                key.push_str(&entry.key);
                walk(&entry.value, key, out);
                key.truncate(length);
            }
        }
    }
}
