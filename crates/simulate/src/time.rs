//! Time as whole nanoseconds: sums are exact, equal times are equal, and a run replays bit for bit.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A point of simulated time since the start of a run, or a length of it, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub u64);

impl Nanos {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const NEVER: Self = Self(u64::MAX);

    /// Whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds * 1_000_000_000)
    }

    /// Whole milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// Whole microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros * 1_000)
    }

    /// Seconds, rounded to the nearest nanosecond; what is negative or not a number counts as nothing.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self::from_nanos_f64(seconds * 1e9)
    }

    /// Nanoseconds, rounded; what is negative or not a number counts as nothing, what is too large as never.
    #[inline]
    pub fn from_nanos_f64(nanos: f64) -> Self {
        // `as` saturates, so that neither case is undefined. The signed conversion is one instruction.
        Self(((nanos + 0.5) as i64).max(0) as u64)
    }

    /// In seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 * 1e-9
    }

    /// This much later, or never.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after `other`; nothing if that is longer.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Nanos {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Nanos {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Nanos {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            nanos if nanos >= 1_000_000_000 => write!(f, "{}s", nanos as f64 / 1e9),
            nanos if nanos >= 1_000_000 => write!(f, "{}ms", nanos as f64 / 1e6),
            nanos if nanos >= 1_000 => write!(f, "{}us", nanos as f64 / 1e3),
            nanos => write!(f, "{nanos}ns"),
        }
    }
}
