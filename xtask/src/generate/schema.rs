//! A page for people from a JSON Schema: one table per object, in the order of the schema.

use std::fmt::Write as _;

use serde_json::Value;

use super::{cell, generated_from};

/// The schemas that the binary publishes: name, title and lead of their page.
pub(super) const PUBLISHED: [(&str, &str, &str); 2] = [
    ("plimsoll-yaml", "plimsoll.yaml", "What no file can say. Every section is optional; unknown keys are errors."),
    ("model", "The JSON form", "What `plimsoll survey --format json` prints. It changes only by addition."),
];

/// The file of a schema's page; `model.md` is the page of the model's words.
pub(super) fn file_name(name: &str) -> String {
    match name {
        "model" => "json-form.md".to_owned(),
        _ => format!("{name}.md"),
    }
}

/// Writes the page of a schema.
pub(super) fn page(name: &str, title: &str, lead: &str, schema: &Value) -> String {
    let mut out = generated_from(&format!("`plimsoll schema {name}`"));
    let _ =
        write!(out, "# {title}\n\n{lead}\n\nThe same as a JSON Schema: [{name}.schema.json]({name}.schema.json).\n");
    if let Some(text) = text(schema, "description") {
        let _ = write!(out, "\n{text}\n");
    }
    object(&mut out, schema);
    for (name, definition) in entries(schema, "$defs") {
        let _ = write!(out, "\n## {name}\n\n{}\n", text(definition, "description").unwrap_or(""));
        object(&mut out, definition);
    }
    out
}

/// The table of an object's keys; nothing where it has none.
fn object(out: &mut String, schema: &Value) {
    let required: Vec<&str> = items(schema, "required").filter_map(Value::as_str).collect();
    let mut rows = String::new();
    for (key, value) in entries(schema, "properties") {
        let must = if required.contains(&key.as_str()) { "yes" } else { "" };
        let example = items(value, "examples").next().map(|e| format!(" Example: `{}`.", plain(e))).unwrap_or_default();
        let doc = format!("{}{example}", text(value, "description").unwrap_or(""));
        let _ = writeln!(rows, "| `{key}` | {} | {must} | {} |", cell(&kind(value)), cell(&doc));
    }
    if !rows.is_empty() {
        let _ = write!(out, "\n| key | type | required | what it says |\n|---|---|---|---|\n{rows}");
    }
    for part in ["additionalProperties", "items"] {
        if let Some(inner) = schema.get(part).filter(|inner| inner.get("properties").is_some()) {
            let _ = write!(out, "\nEach entry:\n");
            object(out, inner);
        }
    }
}

/// What a value may be, in words, with links to the parts of the page.
fn kind(schema: &Value) -> String {
    if let Some(name) = text(schema, "$ref").and_then(|path| path.strip_prefix("#/$defs/")) {
        let name = name.replace("%20", " ");
        return format!("[{name}](#{})", name.to_lowercase().replace(' ', "-"));
    }
    if let Some(only) = schema.get("const") {
        return format!("`{}`", plain(only));
    }
    let cases: Vec<String> = items(schema, "enum").map(|case| format!("`{}`", plain(case))).collect();
    if !cases.is_empty() {
        return cases.join(", ");
    }
    for choice in ["oneOf", "anyOf"] {
        let kinds: Vec<String> = items(schema, choice).map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    let of = |part: &str| schema.get(part).filter(|inner| inner.is_object()).map(kind);
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().map(plain).collect::<Vec<_>>().join(" or "),
        Some(Value::String(word)) if word == "array" => {
            of("items").map_or_else(|| "list".to_owned(), |k| format!("list of {k}"))
        }
        Some(Value::String(word)) if word == "object" => {
            of("additionalProperties").map_or_else(|| "object".to_owned(), |k| format!("object of {k} by name"))
        }
        Some(Value::String(word)) => word.clone(),
        _ => "any".to_owned(),
    }
}

fn text<'s>(schema: &'s Value, key: &str) -> Option<&'s str> {
    schema.get(key)?.as_str()
}

fn entries<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = (&'s String, &'s Value)> {
    schema.get(key).and_then(Value::as_object).into_iter().flatten()
}

fn items<'s>(schema: &'s Value, key: &str) -> impl Iterator<Item = &'s Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::page;

    #[test]
    fn a_schema_becomes_tables() {
        let schema = serde_json::json!({
            "description": "A system.",
            "required": ["plimsoll"],
            "properties": {
                "plimsoll": { "const": 1, "description": "The version." },
                "tier": { "type": "integer", "examples": [1] },
                "kind": { "enum": ["store", "cache"] },
                "calls": { "type": "array", "items": { "$ref": "#/$defs/Call" } },
                "names": { "type": "object", "additionalProperties": { "type": ["string", "null"] } }
            },
            "$defs": { "Call": { "description": "An edge.", "properties": { "to": { "type": "string" } } } }
        });
        let page = page("model", "The JSON form", "Lead.", &schema);
        expect![[r"
            # The JSON form

            Lead.

            The same as a JSON Schema: [model.schema.json](model.schema.json).

            A system.

            | key | type | required | what it says |
            |---|---|---|---|
            | `plimsoll` | `1` | yes | The version. |
            | `tier` | integer |  |  Example: `1`. |
            | `kind` | `store`, `cache` |  |  |
            | `calls` | list of [Call](#call) |  |  |
            | `names` | object of string or null by name |  |  |

            ## Call

            An edge.

            | key | type | required | what it says |
            |---|---|---|---|
            | `to` | string |  |  |
        "]]
        .assert_eq(page.split_once('\n').map_or("", |(_, rest)| rest));
    }
}
