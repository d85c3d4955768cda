//! Go's `text/template` language with sprig's and Helm's functions, and where each piece of output comes from.
//!
//! A [`Templates`] holds named texts that see each other. Rendering one gives a [`Text`]: the output, and for each piece
//! of it the template's [`Place`] and, where a value was printed, the [`Origin`] that the caller gave that value.
//! Functions that cut and indent (`nindent`, `trim`, `replace`, `printf`, `toYaml`, `tpl` …) keep both.
//!
//! ```
//! use gotemplate::{Options, Origin, Templates, Value};
//!
//! let replicas = Value::from(3.0).from_origin(Origin::new(17));
//! let values = Value::map([("replicas", replicas)]);
//! let mut templates = Templates::new();
//! templates.add("app.yaml", "replicas: {{ .replicas | default 1 }}\n", 0)?;
//!
//! let text = templates.render("app.yaml", &values, &Options::default())?;
//! assert_eq!(text.as_str(), "replicas: 3\n");
//! assert_eq!(text.values_in(10, 11), [Origin::new(17).unwrap()]);
//! assert_eq!(text.place_at(10).unwrap().offset, 13);
//! # Ok::<(), gotemplate::Error>(())
//! ```
//!
//! Always: the same templates, values and options give the same text; time, stack and memory are bounded by [`Limits`],
//! whatever the input. What Go's functions take from chance, clocks and networks are stand-ins, stated in the README.
//!
//! Not here: charts, files and what the rendered text means.

mod ast;
mod base;
mod budget;
mod compare;
mod error;
mod eval;
mod functions;
pub mod hosts;
mod json;
mod lex;
mod methods;
mod number;
mod object;
mod parse;
mod place;
mod print;
mod printf;
mod quoted;
mod templates;
mod time;
mod toml;
mod value;
pub mod yaml;

pub use budget::Limits;
pub use error::{Cause, Error};
pub use eval::{Missing, Options};
pub use functions::semver::{Version, satisfies, version};
pub use functions::{Call, names as function_names};
pub use object::Object;
pub use place::{Mark, Origin, Place, Text};
pub use templates::Templates;
pub use value::{Data, Items, List, Map, Named, Value};

/// A value that shares no map with another.
pub fn deep_copy(value: &Value) -> Value {
    fn copy(value: &Value, depth: usize) -> Value {
        let data = match &value.data {
            _ if depth > print::DEPTH_MAX => Data::Nil,
            Data::List(list) => {
                let items = list.items().iter().map(|item| copy(item, depth + 1)).collect();
                Data::List(List::new(items, list.of))
            }
            Data::Map(map) => {
                let entries = map.entries().into_iter().map(|(key, item)| (key, copy(&item, depth + 1)));
                Data::Map(Map::new(entries).named(map.of))
            }
            data => data.clone(),
        };
        Value { data, origin: value.origin }
    }
    copy(value, 0)
}
