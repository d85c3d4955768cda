//! Values to try in place of what the model gives: of assumptions, and of what can be turned.

use plimsoll_model::graph::plain;

use super::{Compiler, Fault, knob};
use crate::assumptions::{self, Assumption, Value};

/// A value to try.
#[derive(Clone, Debug, PartialEq)]
pub enum Override {
    /// In place of an assumption's own.
    Assume(assumptions::Override),
    /// A knob, by its name, in its unit: seconds for times, per second for rates, 0 to 1 for shares.
    Turn {
        /// The knob's name: `payments.slots`.
        knob: String,
        /// The value.
        value: f64,
    },
}

impl Override {
    /// What `KEY=VALUE` asks to try. The key is the name of an assumption (`default-service-time`, for one subject alone
    /// `default-service-time@orders`) or of a knob; the value has its unit, as in plimsoll.yaml.
    ///
    /// # Errors
    /// What is wrong with the value, and how it is written. Whether there is such a knob is known when it is compiled.
    pub fn parse(key: &str, value: &str) -> Result<Self, String> {
        let (name, subject) = match key.split_once('@') {
            Some((name, subject)) => (name, Some(subject.to_owned())),
            None => (key, None),
        };
        match Assumption::from_name(name) {
            Some(assumption) => {
                let value = assumed_value(assumption, value)?;
                Ok(Self::Assume(assumptions::Override { assumption, subject, value }))
            }
            None => Ok(Self::Turn { knob: key.to_owned(), value: number(value)? }),
        }
    }
}

/// A value of the kind that an assumption has.
fn assumed_value(assumption: Assumption, text: &str) -> Result<Value, String> {
    match assumption.value() {
        Value::Nanos(_) => number(text).map(|seconds| Value::Nanos((seconds * 1e9).round() as u64)),
        Value::Number(_) => number(text).map(Value::Number),
        Value::Count(_) => number(text).map(|count| Value::Count(count.round() as u64)),
        Value::Word(own) => {
            let words = || {
                std::iter::once(own).chain(assumption.range().iter().filter_map(|value| match value {
                    Value::Word(word) => Some(*word),
                    _ => None,
                }))
            };
            let found = words().find(|word| *word == text);
            let listed: Vec<&str> = words().collect();
            found.map(Value::Word).ok_or_else(|| format!("`{text}` is none of its values: {}", listed.join(", ")))
        }
    }
}

/// A number in its base unit: `20`, `1.5s`, `800ms`, `45/s`, `95%`.
fn number(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, f64); 9] = [
        ("ns", 1e-9),
        ("us", 1e-6),
        ("ms", 1e-3),
        ("/s", 1.0),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
        ("%", 0.01),
        ("", 1.0),
    ];
    let parsed = UNITS.iter().find_map(|(unit, scale)| {
        let digits = text.trim().strip_suffix(unit)?;
        digits.trim().parse::<f64>().ok().map(|number| number * scale)
    });
    let good = parsed.filter(|number| number.is_finite() && 0.0 <= *number);
    good.ok_or_else(|| {
        format!("`{text}` is not a value; write a number with its unit, like `8`, `800ms`, `45/s` or `95%`")
    })
}

/// The assumptions among what is tried.
pub(super) fn assumed(overrides: &[Override]) -> Vec<assumptions::Override> {
    let one = |each: &Override| match each {
        Override::Assume(assumed) => Some(assumed.clone()),
        Override::Turn { .. } => None,
    };
    overrides.iter().filter_map(one).collect()
}

impl Compiler<'_> {
    /// Turns what is to be turned.
    pub(super) fn turn(&mut self, overrides: &[Override]) {
        for each in overrides {
            let Override::Turn { knob: name, value } = each else { continue };
            let knobs = knob::all(&self.program, &self.names);
            match knobs.iter().find(|knob| plain(&knob.name) == plain(name)) {
                Some(knob) => knob.turn(&mut self.program, *value),
                None => {
                    let of = name.split('.').next().unwrap_or_default();
                    let mut near: Vec<&str> = knobs.iter().map(|knob| knob.name.as_str()).collect();
                    if near.iter().any(|known| known.starts_with(of)) {
                        near.retain(|known| known.starts_with(of));
                    }
                    near.truncate(12);
                    let cure = format!("there are {}", near.join(", "));
                    self.error(Fault::NoKnob { knob: name.clone(), cure }, None);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, value: &str, expected: &str) {
        assert_eq!(format!("{:?}", Override::parse(key, value)), expected);
    }

    #[test]
    fn a_value_has_its_unit() {
        check("payments.slots", "8", r#"Ok(Turn { knob: "payments.slots", value: 8.0 })"#);
        check("psp.quota", "72/s", r#"Ok(Turn { knob: "psp.quota", value: 72.0 })"#);
        check("a -> b.timeout", "800ms", r#"Ok(Turn { knob: "a -> b.timeout", value: 0.8 })"#);
    }

    #[test]
    fn an_assumption_is_named_and_may_have_a_subject() {
        check(
            "default-service-time@orders",
            "2ms",
            r#"Ok(Assume(Override { assumption: DefaultServiceTime, subject: Some("orders"), value: Nanos(2000000) }))"#,
        );
    }

    #[test]
    fn what_is_no_value_is_said() {
        check(
            "payments.slots",
            "-8",
            r#"Err("`-8` is not a value; write a number with its unit, like `8`, `800ms`, `45/s` or `95%`")"#,
        );
        check("cpu-limit", "half", r#"Err("`half` is none of its values: quota, quota, share")"#);
    }
}
