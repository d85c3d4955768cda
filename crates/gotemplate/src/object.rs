//! Values with fields and methods, which a host gives to its templates: Helm's `.Files`, `.Capabilities`.

use std::fmt;

use crate::functions::Call;
use crate::value::Value;

/// Something with fields and methods. Outsiders add their own.
pub trait Object: fmt::Debug {
    /// Go's name of its type, for messages and `typeOf`.
    fn type_name(&self) -> &str;

    /// Go's name of its kind.
    fn kind(&self) -> &'static str {
        "struct"
    }

    /// Whether a condition on it holds; a struct always is true.
    fn is_true(&self) -> bool {
        true
    }

    /// A field or the entry of a map. `None`: there is no such field.
    fn field(&self, name: &str) -> Option<Value>;

    /// Whether there is a method of this name.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Calls a method.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn call(&self, name: &str, call: &mut Call<'_>) -> Result<Value, String> {
        let _ = call;
        Err(format!("there is no method {name}"))
    }

    /// How it is printed.
    fn text(&self) -> String;

    /// It as plain data, for `toYaml`, `toJson` and `range`.
    fn plain(&self) -> Value;
}
