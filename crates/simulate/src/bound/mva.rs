//! Mean value analysis: closed networks, exactly, for one class of users.

/// A station of a closed network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// Seconds of service per request, all visits together.
    pub demand: f64,
    /// How many servers it has.
    pub servers: u32,
}

/// What a closed network does.
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Requests per second.
    pub throughput: f64,
    /// Seconds from a request to its answer, thinking apart.
    pub response: f64,
    /// How many requests are at each station on average.
    pub at_stations: Vec<f64>,
}

/// A closed network of stations with exponential service (or processor sharing of any) and users who think.
///
/// Cost: users × stations × users. Exact, stations of several servers too.
///
/// # Source
/// Reiser and Lavenberg, "Mean-value analysis of closed multichain queueing networks", JACM 1980, with load-dependent
/// stations by their marginal probabilities.
pub fn closed(stations: &[Station], users: u32, think: f64) -> Closed {
    let count = users as usize;
    let mut at_stations = vec![0.0; stations.len()];
    // Per station: the probability of j requests there, with one user fewer in the network.
    let mut marginals: Vec<Vec<f64>> = stations.iter().map(|_| one_then_nothing(count)).collect();
    let (mut throughput, mut response) = (0.0, 0.0);
    for n in 1..=count {
        let times: Vec<f64> = stations.iter().zip(&marginals).map(|(station, p)| time(station, p, n)).collect();
        response = times.iter().sum();
        throughput = n as f64 / (think + response);
        for (index, station) in stations.iter().enumerate() {
            at_stations[index] = throughput * times[index];
            let p = &mut marginals[index];
            let rate = |j: usize| j.min(station.servers as usize) as f64 / station.demand.max(f64::MIN_POSITIVE);
            for j in (1..=n).rev() {
                p[j] = throughput / rate(j) * p[j - 1];
            }
            // What is left; rounding may take it below nothing where a station is always busy.
            p[0] = (1.0 - p[1..=n].iter().sum::<f64>()).max(0.0);
        }
    }
    Closed { throughput, response, at_stations }
}

fn one_then_nothing(count: usize) -> Vec<f64> {
    let mut p = vec![0.0; count + 1];
    p[0] = 1.0;
    p
}

/// How long a request is at a station that it finds as `p` says.
fn time(station: &Station, p: &[f64], n: usize) -> f64 {
    let rate = |j: usize| j.min(station.servers as usize) as f64 / station.demand.max(f64::MIN_POSITIVE);
    (1..=n).map(|j| j as f64 / rate(j) * p[j - 1]).sum()
}

/// The asymptotic bounds of a closed network: the most requests per second, and the least seconds to an answer.
///
/// # Source
/// Lazowska and others, Quantitative System Performance, 1984, section 5.2: X ≤ min(1 / D_max, N / (D + Z)).
pub fn asymptotes(stations: &[Station], users: u32, think: f64) -> (f64, f64) {
    let total: f64 = stations.iter().map(|station| station.demand).sum();
    let slowest = stations.iter().map(|s| s.demand / f64::from(s.servers)).fold(0.0, f64::max);
    let most = (1.0 / slowest).min(f64::from(users) / (total + think));
    (most, total.max(f64::from(users) * slowest - think))
}
