//! Which assumptions an answer rests on, each with its subject, its value and who overrode it.

use std::fmt;

use plimsoll_model::EvidenceId;

use super::Assumption;

/// A value that is assumed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A length of time in nanoseconds.
    Nanos(u64),
    /// A number or share, from 0.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// A word.
    Word(&'static str),
}

impl Value {
    /// As a number in its unit; `None` for a word.
    pub const fn number(self) -> Option<f64> {
        match self {
            Self::Nanos(count) | Self::Count(count) => Some(count as f64),
            Self::Number(number) => Some(number),
            Self::Word(_) => None,
        }
    }

    /// As a whole number; a fraction is rounded.
    pub const fn count(self) -> u64 {
        match self {
            Self::Nanos(count) | Self::Count(count) => count,
            Self::Number(number) => number as u64,
            Self::Word(_) => 0,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nanos(nanos) => write!(f, "{}", plimsoll_model::Value::Nanos(*nanos)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Count(count) => write!(f, "{count}"),
            Self::Word(word) => write!(f, "{word}"),
        }
    }
}

/// An assumption that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Which.
    pub assumption: Assumption,
    /// What it was taken of, as people name it: `orders`, `orders -> payments`; empty for the system as a whole.
    pub subject: String,
    /// The value.
    pub value: Value,
    /// Who chose this value instead of the table's: a place in plimsoll.yaml.
    pub overridden: Option<EvidenceId>,
}

impl Taken {
    /// What else may well be true of it: an override for each other value of the assumption's range.
    pub fn variants(&self) -> Vec<Override> {
        let others = self.assumption.range().iter().filter(|value| **value != self.value);
        let variant = |value: &Value| Override {
            assumption: self.assumption,
            subject: Some(self.subject.clone()),
            value: *value,
        };
        others.map(variant).collect()
    }
}

/// A value that an analysis tries in place of an assumption's own, to see how far the answer moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Which assumption.
    pub assumption: Assumption,
    /// Of which subject; of all where `None`.
    pub subject: Option<String>,
    /// The value to take.
    pub value: Value,
}

/// Gives values of assumptions and remembers which were asked for.
#[derive(Debug, Default)]
pub struct Ledger {
    stated: Vec<(Assumption, Value, EvidenceId)>,
    tried: Vec<Override>,
    taken: Vec<Taken>,
}

impl Ledger {
    /// With what plimsoll.yaml states under `assume` and what an analysis tries.
    pub fn new(stated: Vec<(Assumption, Value, EvidenceId)>, tried: Vec<Override>) -> Self {
        Self { stated, tried, taken: Vec::new() }
    }

    /// Takes an assumption for a subject, and notes it.
    pub fn take(&mut self, assumption: Assumption, subject: impl Into<String>) -> Value {
        let subject = subject.into();
        let fits = |tried: &&Override| {
            tried.assumption == assumption && tried.subject.as_ref().is_none_or(|each| *each == subject)
        };
        let stated = self.stated.iter().find(|(each, ..)| *each == assumption);
        let value = self.tried.iter().find(fits).map(|tried| tried.value);
        let value = value.or(stated.map(|(_, value, _)| *value)).unwrap_or(assumption.value());
        let row = Taken { assumption, subject, value, overridden: stated.map(|(.., evidence)| *evidence) };
        if !self.taken.contains(&row) {
            self.taken.push(row);
        }
        value
    }

    /// All that was taken, sorted by assumption and subject.
    pub fn into_taken(mut self) -> Vec<Taken> {
        self.taken.sort_by(|a, b| (a.assumption, &a.subject).cmp(&(b.assumption, &b.subject)));
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_wins_over_what_is_stated_and_that_over_the_table() {
        let (time, stated) = (Assumption::DefaultServiceTime, Value::Nanos(7));
        let tried = Override { assumption: time, subject: Some(String::from("orders")), value: Value::Nanos(9) };
        let mut ledger = Ledger::new(vec![(time, stated, EvidenceId(3))], vec![tried]);
        assert_eq!(ledger.take(time, "orders"), Value::Nanos(9));
        assert_eq!(ledger.take(time, "stock"), stated);
        assert_eq!(ledger.take(Assumption::DefaultReplicas, "stock"), Value::Count(1));
        assert_eq!(ledger.into_taken().len(), 3);
    }

    #[test]
    fn an_assumption_is_noted_once_for_each_subject() {
        let mut ledger = Ledger::default();
        for subject in ["a", "b", "a"] {
            ledger.take(Assumption::DefaultCores, subject);
        }
        assert_eq!(ledger.into_taken().len(), 2);
    }
}
