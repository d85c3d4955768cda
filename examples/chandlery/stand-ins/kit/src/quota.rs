//! A token bucket: so many per second, so many at once.
//!
//! Not here: the clock. Time comes in as an argument, so that a test needs none.

use std::time::Duration;

/// Holds at most `burst` tokens and gains `rate` a second. A request takes one, or is refused.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    tokens: f64,
    at: Duration,
}

/// What the bucket says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Admission {
    /// It took one.
    Taken,
    /// Refused; a token will be there after so long.
    Refused {
        /// A token will be there after so long.
        retry_after: Duration,
    },
}

impl TokenBucket {
    /// A full bucket at time `now`, which is any time that only grows.
    pub fn full(burst: f64, now: Duration) -> Self {
        Self { tokens: burst, at: now }
    }

    /// Takes a token if there is one.
    pub fn take(&mut self, rate_per_s: f64, burst: f64, now: Duration) -> Admission {
        let gained = now.saturating_sub(self.at).as_secs_f64() * rate_per_s;
        self.tokens = (self.tokens + gained).min(burst);
        self.at = self.at.max(now);
        if 1.0 <= self.tokens {
            self.tokens -= 1.0;
            return Admission::Taken;
        }
        // A rate of 0 never has one again; a day stands for never.
        let wait_s = if rate_per_s > 0.0 { ((1.0 - self.tokens) / rate_per_s).min(86_400.0) } else { 86_400.0 };
        Admission::Refused { retry_after: Duration::from_secs_f64(wait_s) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let mut bucket = TokenBucket::full(80.0, Duration::ZERO);
        // 100 a second for 10 s, against 40 a second and 80 at once: 80 + 400, give or take the last one.
        let taken =
            (0..1000).filter(|i| bucket.take(40.0, 80.0, Duration::from_millis(i * 10)) == Admission::Taken).count();
        assert!((478..=480).contains(&taken), "{taken}");
    }

    #[test]
    fn a_refusal_says_when_to_come_again() {
        let mut bucket = TokenBucket::full(1.0, Duration::ZERO);
        assert_eq!(bucket.take(4.0, 1.0, Duration::ZERO), Admission::Taken);
        let Admission::Refused { retry_after } = bucket.take(4.0, 1.0, Duration::ZERO) else { panic!("taken") };
        assert_eq!(retry_after, Duration::from_millis(250));
        assert_eq!(bucket.take(4.0, 1.0, retry_after), Admission::Taken);
    }
}
