//! The time that a bench has worked, waiting for a core apart.

/// CPU time of this thread by the kernel's account, in seconds, where it tells; elsewhere time on the wall since the epoch.
///
/// On a machine with other work, a round that loses its core for a moment would otherwise count as a slow one.
pub(crate) fn worked() -> f64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = account.as_ref().and_then(|account| account.split_whitespace().next()?.parse::<f64>().ok());
    nanos.filter(|nanos| *nanos > 0.0).map_or_else(on_the_wall, |nanos| nanos * 1e-9)
}

fn on_the_wall() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}
