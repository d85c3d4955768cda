//! The suffix of a generated name: ten characters that change with the content.
//!
//! # Source
//! Kustomize 5.7, `api/hasher`: SHA-256 of the object's JSON, the first ten hexadecimal digits, of which 0, 1, 3, a and
//! e become g, h, k, m and t, so that no word comes out.

use sha2::{Digest, Sha256};

use super::fields::spelled;
use super::json;
use super::object::Object;
use crate::tree::{Data, Node};

/// The suffix of an object's name; `None` for kinds that are no data. Kustomize hashes those, where an annotation asks
/// for it, by its inner form of their text, columns and comments included.
pub(super) fn of(object: &Object) -> Option<String> {
    let mut text = String::new();
    match object.kind() {
        "ConfigMap" => config_map(&object.node, &mut text),
        "Secret" => secret(&object.node, &mut text),
        _ => return None,
    }
    let digits: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    let disguise = |digit: char| match digit {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        digit => digit,
    };
    Some(digits.chars().take(10).map(disguise).collect())
}

// The name that goes in is always empty: kustomize looks for a key that is called `metadata/name`.

fn config_map(node: &Node, out: &mut String) {
    out.push('{');
    if node.get("binaryData").is_some_and(Node::is_mapping) {
        field("binaryData", node, out);
    }
    field("data", node, out);
    out.push_str("\"kind\":\"ConfigMap\",\"name\":\"\"}");
}

fn secret(node: &Node, out: &mut String) {
    out.push('{');
    field("data", node, out);
    out.push_str("\"kind\":\"Secret\",\"name\":\"\",");
    if node.get("stringData").is_some_and(Node::is_mapping) {
        field("stringData", node, out);
    }
    field("type", node, out);
    out.pop();
    out.push('}');
}

/// A key, its value (a single one as text, a missing one as the empty text) and a comma.
fn field(key: &str, node: &Node, out: &mut String) {
    json::text(key, out);
    out.push(':');
    match node.get(key) {
        None => json::text("", out),
        Some(value) => match value.value {
            Data::Scalar(_) => json::text(spelled(value), out),
            _ => json::encode(value, out),
        },
    }
    out.push(',');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::yaml::{Schema, parse};
    use plimsoll_model::FileId;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let root = parse(FileId(0), text, Schema::Yaml11).roots.remove(0);
        assert_eq!(of(&Object::new(root)).as_deref(), Some(expected));
    }

    #[test]
    fn empty_and_filled_maps_have_the_suffixes_that_kustomize_gives() {
        check("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "6ct58987ht");
        check("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {one: ''}}", "9g67k2htb6");
        check("{apiVersion: v1, kind: Secret, type: my-type, metadata: {name: a}, data: {one: ''}}", "74bd68bm66");
    }
}
