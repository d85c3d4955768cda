//! What a promise asks of each request.

/// What makes a request bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Indicator {
    /// Answered later than so many seconds, or not with success: who gets an error got no answer in time.
    Latency {
        /// The latest answer that is in time, in seconds.
        within_s: f64,
    },
    /// Waited in queues longer than so many seconds, whatever came of it.
    Wait {
        /// The longest wait that is in order, in seconds.
        within_s: f64,
    },
    /// Not answered with success.
    Success,
}

/// A promise, as the share of requests that may be bad: `p95 ≤ 1.2 s` allows 5 % to be later than 1.2 s.
///
/// Against the quantile itself, the share is a mean, so that its error is known, and it crosses its limit at the same load.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// Its name, with the figure that it states: `checkout-latency p95`.
    pub name: String,
    /// What makes a request bad.
    pub indicator: Indicator,
    /// The share that may be bad, above 0 and below 1.
    pub allowed: f64,
}

impl Promise {
    /// A promise; `None` where nothing or everything may be bad, which no finite number of runs can tell apart from almost.
    pub fn new(name: impl Into<String>, indicator: Indicator, allowed: f64) -> Option<Self> {
        (0.0 < allowed && allowed < 1.0).then(|| Self { name: name.into(), indicator, allowed })
    }
}
