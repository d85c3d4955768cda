//! Erlang's formulas: many servers before one queue, or none.
//!
//! Loads are offered loads in Erlang, `a = λ S`. All by recursion, so that no factorial overflows.

/// The share of requests that find all servers busy and are lost, where nobody waits.
///
/// # Source
/// Erlang B by its recursion, B(0) = 1, B(n) = a B(n−1) / (n + a B(n−1)): Jagerman, "Some properties of the Erlang loss
/// function", Bell System Technical Journal, 1974. It holds for every shape of service.
pub fn loss(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |below, n| offered * below / (f64::from(n) + offered * below))
}

/// The share of requests that must wait, where they wait without end; 1 where the load is not below the servers.
///
/// # Source
/// Erlang C: C = B / (1 − ρ (1 − B)); Kleinrock, Queueing Systems I, 1975, section 3.5.
pub fn waiting(servers: u32, offered: f64) -> f64 {
    let load = offered / f64::from(servers);
    if load >= 1.0 {
        return 1.0;
    }
    let lost = loss(servers, offered);
    lost / (1.0 - load * (1.0 - lost))
}

/// The mean wait in seconds of M/M/c, with `rate` per second and `service` seconds; infinite where it is not stable.
///
/// # Source
/// Kleinrock, Queueing Systems I, 1975, section 3.5.
pub fn mean_wait(servers: u32, rate: f64, service: f64) -> f64 {
    let free = f64::from(servers) / service - rate;
    if free <= 0.0 { f64::INFINITY } else { waiting(servers, rate * service) / free }
}

/// The share of requests of M/M/c that wait longer than a time in seconds.
///
/// # Source
/// P(W > t) = C exp(−(c μ − λ) t): Kleinrock, Queueing Systems I, 1975, section 3.5.
pub fn waits_longer(servers: u32, rate: f64, service: f64, time: f64) -> f64 {
    let free = f64::from(servers) / service - rate;
    if free <= 0.0 { 1.0 } else { waiting(servers, rate * service) * (-free * time).exp() }
}

/// The greatest rate per second at which at most `share` of requests wait longer than `time` seconds.
///
/// Bisects between nothing and the bound, to a part in 10⁹ of the bound.
pub fn line(servers: u32, service: f64, time: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, f64::from(servers) / service);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if waits_longer(servers, middle, service, time) <= share {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
