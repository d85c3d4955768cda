//! The call that a task works for: until when its answer is of use, and how much it matters.
//!
//! A server opens the scope, every client call inside reads it: so a deadline is handed on without a word in between.
//! Over gRPC it travels as `grpc-timeout`, over HTTP as `x-deadline-ms`; both say what is *left*, so that clocks need
//! not agree.

use std::{future::Future, time::Duration};
use tokio::time::Instant;

/// The HTTP header with the milliseconds that are left.
pub const DEADLINE_HEADER: &str = "x-deadline-ms";
/// The header and metadata key with the priority.
pub const PRIORITY_HEADER: &str = "x-priority";

/// What is kept when not everything can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Dropped first: browsing.
    Sheddable,
    /// Most calls.
    #[default]
    Normal,
    /// Dropped last: whoever is about to pay.
    Critical,
}

impl Priority {
    /// As it is written in a header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sheddable => "sheddable",
            Self::Normal => "normal",
            Self::Critical => "critical",
        }
    }

    /// From a header; anything unknown is normal.
    pub fn parse(text: &str) -> Self {
        match text {
            "sheddable" => Self::Sheddable,
            "critical" => Self::Critical,
            _ => Self::Normal,
        }
    }
}

/// What a task needs to know of the call that it works for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Call {
    /// When nobody waits any longer. `None`: somebody always does.
    pub deadline: Option<Instant>,
    /// How much it matters.
    pub priority: Priority,
}

tokio::task_local! {
    static CURRENT: Call;
}

impl Call {
    /// The call of this task; without deadline where there is none.
    pub fn current() -> Self {
        CURRENT.try_with(|call| *call).unwrap_or_default()
    }

    /// Runs a future on behalf of this call.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// The same call with a deadline that is at most `limit` away.
    pub fn within(self, limit: Duration) -> Self {
        let limit = Instant::now() + limit;
        Self { deadline: Some(self.deadline.map_or(limit, |deadline| deadline.min(limit))), ..self }
    }

    /// What is left, at most `limit`.
    pub fn left(self, limit: Duration) -> Duration {
        self.deadline.map_or(limit, |deadline| deadline.saturating_duration_since(Instant::now()).min(limit))
    }

    /// Whether nobody waits any longer.
    pub fn is_over(self) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= Instant::now())
    }
}

/// Reads `grpc-timeout`: at most eight digits and a unit, as the gRPC specification has it ("PROTOCOL-HTTP2").
pub fn parse_grpc_timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.is_empty() || 8 < number.len() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grpc_timeout_has_a_unit_and_at_most_eight_digits() {
        assert_eq!(parse_grpc_timeout("1500m"), Some(Duration::from_millis(1500)));
        assert_eq!(parse_grpc_timeout("2S"), Some(Duration::from_secs(2)));
        assert_eq!(parse_grpc_timeout("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        for wrong in ["", "S", "1500", "-1S", "123456789m", "1é"] {
            assert_eq!(parse_grpc_timeout(wrong), None, "{wrong}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_only_comes_closer() {
        let call = Call::default().within(Duration::from_secs(2));
        assert_eq!(call.within(Duration::from_secs(5)).left(Duration::MAX), Duration::from_secs(2));
        assert_eq!(call.left(Duration::from_secs(1)), Duration::from_secs(1));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!((call.left(Duration::MAX), call.is_over()), (Duration::ZERO, true));
    }

    #[tokio::test]
    async fn a_task_sees_the_call_that_it_works_for() {
        let call = Call { priority: Priority::Critical, ..Call::default() };
        assert_eq!(call.scope(async { Call::current().priority }).await, Priority::Critical);
        assert_eq!(Call::current().priority, Priority::Normal);
    }
}
