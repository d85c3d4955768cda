//! The availability ceiling: no journey works more often than all that it cannot do without.

use crate::compile::Compiled;
use crate::program::JourneyId;

/// The share of time in which a journey can work at best.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// 0 to 1; the product over the hard dependencies whose availability is stated.
    pub share: f64,
    /// What went into it: component and its availability, in the order of the program.
    pub of: Vec<(String, f64)>,
    /// Hard dependencies of which nothing is stated: the true ceiling is lower.
    pub unknown: Vec<String>,
}

/// The ceiling of a journey: the product over the components that it waits for.
///
/// A component that is asked only where a cache misses, or by one of several ways, counts as the others do: without it
/// some requests fail.
///
/// # Source
/// Series systems of independent parts: Barlow and Proschan, Mathematical Theory of Reliability, 1965. The assumption is
/// `independent-hard-dependencies`.
pub fn ceiling(compiled: &Compiled, journey: JourneyId) -> Ceiling {
    let visits = &compiled.visits.operations[journey.index()];
    let mut out = Ceiling { share: 1.0, of: Vec::new(), unknown: Vec::new() };
    for (index, name) in compiled.names.components.iter().enumerate() {
        let asked = compiled.program.operations.iter().zip(visits);
        if !asked.into_iter().any(|(row, visits)| row.component.index() == index && 0.0 < *visits) {
            continue;
        }
        match compiled.availability[index] {
            Some(share) => {
                out.share *= share;
                out.of.push((name.word.clone(), share));
            }
            None => out.unknown.push(name.word.clone()),
        }
    }
    out
}

impl Ceiling {
    /// Minutes in a window of so many days in which it does not work, at best.
    pub fn minutes_lost(&self, days: f64) -> f64 {
        (1.0 - self.share) * days * 1440.0
    }
}

/// The availability of `k` of `n` parts, each of which works a share of time by itself.
///
/// # Source
/// Binomial distribution; Barlow and Proschan, 1965: k-out-of-n systems.
pub fn at_least(k: u32, n: u32, share: f64) -> f64 {
    let mut term = (1.0 - share).powi(n as i32);
    let mut below = 0.0;
    for working in 0..k.min(n + 1) {
        below += term;
        let (working, n) = (f64::from(working), f64::from(n));
        term *= (n - working) / (working + 1.0) * share / (1.0 - share);
    }
    1.0 - below
}
