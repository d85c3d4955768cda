//! Whether what waits grows without end, told from how much waits at even intervals.

use super::laboratory::Course;
use crate::statistics::series::{mean, variance};

/// Judges a run by its backlog (requests in the system) at even intervals, the warm-up included.
///
/// A queue that is merely full goes up and down; one that is offered more than it does goes up. Growing means: each quarter of the
/// run holds clearly more than the one before, and the last far more than the second. An error costs little
/// either way, since a search asks again with other seeds: at 95 % of what a server can do it is made for fewer than one run in a hundred.
///
/// # Source
/// The fluid limit: above saturation the backlog grows in proportion to time (Dai, "On Positive Harris Recurrence of Multiclass
/// Queueing Networks", 1995), so that quarters stand as 1 : 3 : 5 : 7.
pub fn course(backlog: &[f64]) -> Course {
    /// Fewer requests than this may wait in any system that works.
    const FEW: f64 = 200.0;
    let quarter = backlog.len() / 4;
    if quarter < 4 {
        return Course::Level;
    }
    let quarters: Vec<&[f64]> = backlog[backlog.len() - 4 * quarter..].chunks_exact(quarter).collect();
    let means: Vec<f64> = quarters.iter().map(|part| mean(part)).collect();
    let rising = means.windows(2).all(|pair| pair[0] * 1.1 < pair[1]);
    let spread = quarters.iter().map(|part| variance(part)).sum::<f64>() / 4.0;
    let clear = means[3] - means[0] > 3.0 * (spread / quarter as f64).sqrt();
    if rising && clear && means[3] > FEW && means[3] > 1.7 * means[1] { Course::Growing } else { Course::Level }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::test_queue::{Uniform, covered};

    /// Requests in an M/M/1 system at 64 even times over so many arrivals, from empty.
    fn backlog(load: f64, arrivals: u64, seed: u64) -> Vec<f64> {
        let mut chance = Uniform::new(seed);
        let step = (2 * arrivals / 64).max(1);
        let mut inside: f64 = 0.0;
        let mut seen = Vec::new();
        for event in 0..2 * arrivals {
            // Uniformised: an arrival or a (possibly idle) departure.
            if chance.draw() < load / (1.0 + load) {
                inside += 1.0
            } else {
                inside = (inside - 1.0).max(0.0)
            }
            if event % step == 0 {
                seen.push(inside);
            }
        }
        seen
    }

    #[test]
    fn overload_is_seen_and_a_busy_server_is_not_taken_for_it() {
        let seen = covered(200, |seed| course(&backlog(1.1, 20_000, seed)) == Course::Growing);
        assert!(seen >= 198, "{seen} of 200");
        let mistaken = covered(200, |seed| course(&backlog(0.95, 20_000, seed)) == Course::Growing);
        assert!(mistaken <= 4, "{mistaken} of 200");
    }

    #[test]
    fn a_short_run_says_nothing() {
        assert_eq!(course(&[0.0, 500.0, 1000.0]), Course::Level);
    }
}
