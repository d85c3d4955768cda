//! Options of services and methods that say something of an operation.

use protox::prost_reflect::prost_types::UninterpretedOption;

use super::http_rule::{self, Binding};

/// What the options of a method say.
#[derive(Debug, Default)]
pub(super) struct MethodOptions {
    /// The HTTP method and path under which it is also reached.
    pub(super) http: Option<Binding>,
    /// Whether it may be asked twice with the effect of once.
    pub(super) idempotent: bool,
    /// Whether it is announced to be going away.
    pub(super) deprecated: bool,
    /// What could not be read of them.
    pub(super) problem: Option<String>,
}

impl MethodOptions {
    /// Reads the options as the parser leaves them: names in parts, values by kind of token.
    pub(super) fn of(options: &[UninterpretedOption], package: &str) -> Self {
        let mut out = Self { deprecated: is_deprecated(options), ..Self::default() };
        for option in options {
            let parts: Vec<&str> = option.name.iter().map(|part| part.name_part.as_str()).collect();
            match parts.as_slice() {
                ["idempotency_level"] => {
                    out.idempotent = matches!(option.identifier_value(), "NO_SIDE_EFFECTS" | "IDEMPOTENT");
                }
                [first, rest @ ..] if option.name[0].is_extension && is_http(first, package) => {
                    out.take_http(option, rest);
                }
                _ => {}
            }
        }
        out
    }

    /// `option (google.api.http) = { get: "/x" }` has its value as text; `option (google.api.http).get = "/x"` is named.
    fn take_http(&mut self, option: &UninterpretedOption, rest: &[&str]) {
        let found = match (rest, &option.aggregate_value) {
            ([], Some(text)) => http_rule::parse(text),
            ([field @ ("get" | "put" | "post" | "delete" | "patch")], _) => {
                let path = String::from_utf8_lossy(option.string_value()).into_owned();
                Ok(Some(Binding { method: field.to_ascii_uppercase(), path }))
            }
            _ => Ok(None),
        };
        match found {
            Ok(Some(binding)) => self.http = self.http.take().or(Some(binding)),
            Ok(None) => {}
            Err(reason) => {
                self.problem = Some(format!(
                    "the option `(google.api.http)` cannot be read: {reason}; the method is listed without its path"
                ));
            }
        }
    }
}

/// Whether `deprecated = true` is among the options.
pub(super) fn is_deprecated(options: &[UninterpretedOption]) -> bool {
    options.iter().any(|option| {
        option.name.len() == 1
            && !option.name[0].is_extension
            && option.name[0].name_part == "deprecated"
            && option.identifier_value() == "true"
    })
}

/// A name inside parentheses is looked up from the package outwards, so inside `google.*` it may be shorter.
fn is_http(name: &str, package: &str) -> bool {
    match name.trim_start_matches('.') {
        "google.api.http" => true,
        "api.http" => package == "google" || package.starts_with("google."),
        _ => false,
    }
}
