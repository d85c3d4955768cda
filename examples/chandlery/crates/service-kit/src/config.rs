//! Configuration: typed values from the environment, and errors that name the variable.
//!
//! A service reads all that it needs once, when it starts, and refuses to start on the first wrong value.
//! [`Variables`] is the environment or a map, so that a test and the embedded shop configure a service the same way.

use std::{collections::BTreeMap, env, path::PathBuf, time::Duration};

/// Where a service's settings come from.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, String>);

/// A setting that is missing or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no such variable, and no default for it.
    #[error("{name} is not set")]
    Missing {
        /// The variable's name.
        name: String,
    },
    /// The variable's text is not what it should be. The text itself is not shown: it may be a secret.
    #[error("{name} is no {expected}")]
    Invalid {
        /// The variable's name.
        name: String,
        /// What it should have been.
        expected: &'static str,
    },
    /// It states what this program does not do.
    #[error("{name} can be `{does}` alone: this program does nothing else")]
    Other {
        /// The variable's name.
        name: String,
        /// What this program does.
        does: &'static str,
    },
}

impl Variables {
    /// The process's environment.
    pub fn from_env() -> Self {
        Self(env::vars().collect())
    }

    /// This map and nothing else.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The same with one more value, which wins.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// A value that must be there.
    pub fn required<T: Value>(&self, name: &str) -> Result<T, ConfigError> {
        self.optional(name)?.ok_or_else(|| ConfigError::Missing { name: name.to_owned() })
    }

    /// A value with a default.
    pub fn or<T: Value>(&self, name: &str, default: T) -> Result<T, ConfigError> {
        Ok(self.optional(name)?.unwrap_or(default))
    }

    /// Makes sure that a setting, where it is set, says what this program does anyway. A manifest may state how a service
    /// behaves, for its readers; it must not state what is not so.
    pub fn only(&self, name: &str, does: &'static str) -> Result<(), ConfigError> {
        let said: String = self.or(name, does.to_owned())?;
        let other = || ConfigError::Other { name: name.to_owned(), does };
        if said == does { Ok(()) } else { Err(other()) }
    }

    /// A value that may be absent. An empty text counts as absent, as shells and manifests have it.
    pub fn optional<T: Value>(&self, name: &str) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.0.get(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        let invalid = || ConfigError::Invalid { name: name.to_owned(), expected: T::EXPECTED };
        T::parse(text).map(Some).ok_or_else(invalid)
    }

    /// Every name and value, for handing them to a child process.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What can be written in a variable.
pub trait Value: Sized {
    /// How an error calls it.
    const EXPECTED: &'static str;
    /// The value, or `None` where the text is none.
    fn parse(text: &str) -> Option<Self>;
}

impl Value for String {
    const EXPECTED: &'static str = "text";
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

impl Value for PathBuf {
    const EXPECTED: &'static str = "path";
    fn parse(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl Value for $number {
            const EXPECTED: &'static str = "number that fits";
            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}
number!(u16, u32, u64, usize);

impl Value for f64 {
    const EXPECTED: &'static str = "number of 0 or more";
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &f64| number.is_finite() && 0.0 <= *number)
    }
}

/// `250us`, `1500ms`, `5s`, `15m`, `336h`.
impl Value for Duration {
    const EXPECTED: &'static str = "duration such as 1500ms, 5s, 15m or 168h";
    fn parse(text: &str) -> Option<Self> {
        let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().ok()?;
        match unit {
            "us" => Some(Self::from_micros(number)),
            "ms" => Some(Self::from_millis(number)),
            "s" => Some(Self::from_secs(number)),
            "m" => Some(Self::from_secs(number.checked_mul(60)?)),
            "h" => Some(Self::from_secs(number.checked_mul(3600)?)),
            _ => None,
        }
    }
}

/// A share between 0 and 1, written in percent: `10` is 0.1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(pub f64);

impl Percent {
    /// Between 0 and 1.
    pub fn share(self) -> f64 {
        self.0 / 100.0
    }
}

impl Value for Percent {
    const EXPECTED: &'static str = "percentage between 0 and 100";
    fn parse(text: &str) -> Option<Self> {
        f64::parse(text).filter(|percent| *percent <= 100.0).map(Self)
    }
}

/// So many a second, written `20/s`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many a second; more than 0.
    pub per_second: f64,
}

impl Value for Rate {
    const EXPECTED: &'static str = "rate such as 20/s";
    fn parse(text: &str) -> Option<Self> {
        let per_second = f64::parse(text.strip_suffix("/s")?)?;
        (0.0 < per_second).then_some(Self { per_second })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: Value + PartialEq + std::fmt::Debug>(text: &str, expect: Option<T>) {
        assert_eq!(T::parse(text), expect, "{text}");
    }

    #[test]
    fn durations_say_their_unit() {
        check("1500ms", Some(Duration::from_millis(1500)));
        check("336h", Some(Duration::from_secs(336 * 3600)));
        check("15m", Some(Duration::from_secs(900)));
        check::<Duration>("15", None);
        check::<Duration>("-1s", None);
        check::<Duration>("1.5s", None);
        check::<Duration>("99999999999999999999h", None);
    }

    #[test]
    fn rates_and_percentages_have_bounds() {
        check("20/s", Some(Rate { per_second: 20.0 }));
        check::<Rate>("20", None);
        check::<Rate>("0/s", None);
        check("10", Some(Percent(10.0)));
        check::<Percent>("101", None);
        check::<f64>("inf", None);
    }

    #[test]
    fn an_error_names_the_variable_and_hides_its_text() {
        let variables = Variables::from_pairs([("PSP_TIMEOUT", "secret")]);
        let error = variables.required::<Duration>("PSP_TIMEOUT").unwrap_err();
        assert_eq!(error.to_string(), "PSP_TIMEOUT is no duration such as 1500ms, 5s, 15m or 168h");
        let error = variables.required::<u16>("GRPC_PORT").unwrap_err();
        assert_eq!(error.to_string(), "GRPC_PORT is not set");
    }

    #[test]
    fn what_a_manifest_states_must_be_so() {
        let stated = |value: &str| Variables::from_pairs([("PSP_WHEN_FULL", value)]).only("PSP_WHEN_FULL", "refuse");
        assert_eq!(stated("refuse"), Ok(()));
        assert_eq!(stated(""), Ok(()));
        assert_eq!(
            stated("queue").unwrap_err().to_string(),
            "PSP_WHEN_FULL can be `refuse` alone: this program does nothing else"
        );
    }

    #[test]
    fn an_empty_text_is_absent() {
        let variables = Variables::from_pairs([("MAX_IN_FLIGHT", "")]);
        assert_eq!(variables.or("MAX_IN_FLIGHT", 7_usize), Ok(7));
    }
}
