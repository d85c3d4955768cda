//! The time that a bench has worked, waiting for a core apart.

use std::time::{SystemTime, UNIX_EPOCH};

/// CPU time of this thread by the kernel's account, in seconds, where it keeps one; elsewhere the time on the wall.
///
/// On a machine with other work, a round that loses its core for a moment would otherwise count as a slow one.
pub(crate) fn worked() -> f64 {
    match std::fs::read_to_string("/proc/thread-self/schedstat") {
        Ok(account) => {
            let nanos = account.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok());
            nanos.expect("the account begins with nanoseconds") * 1e-9
        }
        Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64()),
    }
}
