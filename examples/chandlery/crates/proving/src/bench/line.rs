//! The line: the highest rate at which a promise is kept.
//!
//! Doubles until the promise breaks, then halves the gap until it is narrow enough. What it asks is given to it, so that the
//! search is tested against lines that are known.

use serde::Serialize;

/// What a search may do.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// The first rate that is tried, per second.
    pub from_per_s: f64,
    /// No rate above this is tried.
    pub at_most_per_s: f64,
    /// The gap between the highest rate that held and the lowest that broke, as a share of the former, at which it is enough.
    pub precision: f64,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Line {
    /// It lies between these: the first held, the second broke.
    Between {
        /// The highest rate that held.
        held_per_s: f64,
        /// The lowest rate that broke.
        broke_per_s: f64,
    },
    /// It broke at the lowest rate that is worth trying.
    BrokenAtRest {
        /// That rate.
        broke_per_s: f64,
    },
    /// It held at the highest rate that may be tried.
    Beyond {
        /// That rate.
        held_per_s: f64,
    },
}

impl Line {
    /// One figure for it: the middle of the two; `None` where there is none.
    pub fn per_s(self) -> Option<f64> {
        match self {
            Self::Between { held_per_s, broke_per_s } => Some((held_per_s + broke_per_s) / 2.0),
            Self::Beyond { held_per_s } => Some(held_per_s),
            Self::BrokenAtRest { .. } => None,
        }
    }
}

/// Below this rate no run is long enough to say anything.
const LEAST_PER_S: f64 = 0.5;

impl Search {
    /// Searches, asking `holds` at one rate after the other.
    ///
    /// # Errors
    /// What `holds` fails with.
    pub async fn run<E>(self, mut holds: impl AsyncFnMut(f64) -> Result<bool, E>) -> Result<Line, E> {
        let mut rate = self.from_per_s.clamp(LEAST_PER_S, self.at_most_per_s);
        let (mut held, mut broke) = if holds(rate).await? {
            loop {
                if self.at_most_per_s <= rate {
                    return Ok(Line::Beyond { held_per_s: rate });
                }
                let next = (rate * 2.0).min(self.at_most_per_s);
                if !holds(next).await? {
                    break (rate, next);
                }
                rate = next;
            }
        } else {
            loop {
                if rate <= LEAST_PER_S {
                    return Ok(Line::BrokenAtRest { broke_per_s: rate });
                }
                let next = (rate / 2.0).max(LEAST_PER_S);
                if holds(next).await? {
                    break (next, rate);
                }
                rate = next;
            }
        };
        while self.precision * held < broke - held {
            let middle = (held + broke) / 2.0;
            if holds(middle).await? {
                held = middle;
            } else {
                broke = middle;
            }
        }
        Ok(Line::Between { held_per_s: held, broke_per_s: broke })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const SEARCH: Search = Search { from_per_s: 12.0, at_most_per_s: 500.0, precision: 0.05 };

    /// Searches for a line that is known; answers with what was found and how many rates were tried.
    fn search(line: f64) -> (Line, usize) {
        let mut tried = 0;
        let ask = async |rate: f64| {
            tried += 1;
            Ok::<_, Infallible>(rate <= line)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let Ok(found) = runtime.block_on(SEARCH.run(ask));
        (found, tried)
    }

    #[test]
    fn a_line_above_or_below_the_first_rate_is_bracketed() {
        for line in [0.7, 3.0, 11.9, 12.0, 28.4, 42.3, 499.0] {
            let (Line::Between { held_per_s, broke_per_s }, tried) = search(line).to_owned() else { panic!("{line}") };
            assert!(held_per_s <= line && line < broke_per_s, "{held_per_s} {line} {broke_per_s}");
            assert!(broke_per_s - held_per_s <= 0.05 * held_per_s, "{held_per_s} {broke_per_s}");
            assert!(tried <= 12, "{line}: {tried} rates");
        }
    }

    #[test]
    fn what_never_holds_is_broken_at_rest_and_what_always_holds_is_beyond() {
        assert_eq!(search(0.1).0, Line::BrokenAtRest { broke_per_s: 0.5 });
        assert_eq!(search(1e9).0, Line::Beyond { held_per_s: 500.0 });
    }
}
