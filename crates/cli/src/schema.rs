//! `plimsoll schema NAME`: the JSON Schemas that the program publishes.
//!
//! Not here: what they are made from (the tables of `plimsoll_read::plimsoll_yaml` and `plimsoll_model::json_schema`).

/// The names that [`schema`] knows, with what each is for.
pub(crate) const NAMES: [(&str, &str); 2] =
    [("plimsoll-yaml", "plimsoll.yaml, for editors and checks"), ("model", "what `survey --format json` prints")];

/// The JSON Schema of that name, in draft 2020-12; `None` where there is none. The same text every time.
pub(crate) fn schema(name: &str) -> Option<String> {
    match name {
        "plimsoll-yaml" => Some(plimsoll_read::plimsoll_yaml::json_schema()),
        "model" => Some(plimsoll_model::json_schema::json_schema()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_its_schema() {
        for (name, _) in NAMES {
            let text = schema(name).unwrap();
            let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
        assert_eq!(schema("nothing"), None);
    }
}
