//! The `google.api.http` annotation: HTTP method and path of a method.
//!
//! Its schema is small and stands here, so that no repository needs to hold a copy of `google/api/http.proto`.

use std::sync::OnceLock;

use protox::prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage, Value};

/// The annotation as its documentation defines it (google/api/http.proto), without comments.
const SCHEMA: &str = r#"
syntax = "proto3";
package google.api;
message HttpRule {
  string selector = 1;
  oneof pattern {
    string get = 2;
    string put = 3;
    string post = 4;
    string delete = 5;
    string patch = 6;
    CustomHttpPattern custom = 8;
  }
  string body = 7;
  string response_body = 12;
  repeated HttpRule additional_bindings = 11;
}
message CustomHttpPattern { string kind = 1; string path = 2; }
"#;

/// Bindings nest one level by their documentation; the parser of the text format descends by recursion.
const BRACES_MAX: usize = 16;

/// An HTTP method and a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// In capitals.
    pub(super) method: String,
    /// With its variables in braces.
    pub(super) path: String,
}

/// The first binding of an annotation's text, where it has one.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn parse(text: &str) -> Result<Option<Binding>, String> {
    if braces(text) > BRACES_MAX {
        return Err(format!("its braces nest deeper than {BRACES_MAX} levels"));
    }
    let rule = DynamicMessage::parse_text_format(schema(), text).map_err(|error| error.to_string())?;
    Ok(first_binding(&rule))
}

fn first_binding(rule: &DynamicMessage) -> Option<Binding> {
    for method in ["get", "put", "post", "delete", "patch"] {
        if let Some(Value::String(path)) = rule.get_field_by_name(method).as_deref().filter(|_| has(rule, method)) {
            return Some(Binding { method: method.to_ascii_uppercase(), path: path.clone() });
        }
    }
    if let Some(Value::Message(custom)) = rule.get_field_by_name("custom").as_deref().filter(|_| has(rule, "custom")) {
        let text = |name: &str| custom.get_field_by_name(name)?.as_str().map(str::to_owned);
        return Some(Binding { method: text("kind")?.to_ascii_uppercase(), path: text("path")? });
    }
    let bindings = rule.get_field_by_name("additional_bindings")?;
    bindings.as_list()?.iter().find_map(|each| first_binding(each.as_message()?))
}

fn has(rule: &DynamicMessage, field: &str) -> bool {
    rule.descriptor().get_field_by_name(field).is_some_and(|field| rule.has_field(&field))
}

fn braces(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b'{' | b'<' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b'>' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn schema() -> MessageDescriptor {
    static RULE: OnceLock<MessageDescriptor> = OnceLock::new();
    let load = || {
        let file = protox_parse::parse("http.proto", SCHEMA).expect("the schema above is valid");
        let mut pool = DescriptorPool::new();
        pool.add_file_descriptor_proto(file).expect("the schema above needs no imports");
        pool.get_message_by_name("google.api.HttpRule").expect("the schema above defines it")
    };
    RULE.get_or_init(load).clone()
}
