//! Quantities with their unit in the type. All are finite and not negative; the reader of the file holds that.

use super::told::{choice_of, quantity};

quantity! {
    /// A length of time in nanoseconds.
    Nanos(u64) "integer" Eq Ord Hash
}

quantity! {
    /// A share of a whole in parts per thousand million, so that nine nines are exact.
    Share(u64) "integer" Eq Ord Hash
}

quantity! {
    /// A rate per second.
    PerSecond(f64) "number"
}

quantity! {
    /// A number without a unit: a factor, an exponent, a coefficient of variation, an average count.
    Number(f64) "number"
}

quantity! {
    /// A whole number of things.
    Count(u64) "integer" Eq Ord Hash
}

quantity! {
    /// CPU in thousandths of a core.
    Millicores(u64) "integer" Eq Ord Hash
}

quantity! {
    /// An amount of data in bytes.
    Bytes(u64) "integer" Eq Ord Hash
}

quantity! {
    /// A throughput in bytes per second.
    BytesPerSecond(u64) "integer" Eq Ord Hash
}

choice_of! {
    /// How many at most.
    Limit "limit" {
        /// At most so many.
        AtMost(Count) "at_most",
        /// Any number.
        Unlimited(bool) "unlimited",
    }
}

impl Limit {
    /// The number; `None` is any.
    pub const fn at_most(&self) -> Option<u64> {
        match self {
            Self::AtMost(Count(count)) => Some(*count),
            Self::Unlimited(_) => None,
        }
    }
}

impl Nanos {
    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Share {
    /// The whole.
    pub const ALL: Self = Self(1_000_000_000);

    /// As a number from 0 to 1.
    pub fn fraction(self) -> f64 {
        self.0 as f64 / 1e9
    }
}
