//! Autoscalers: how many replicas are wanted, and how they come and go.
//!
//! # Source
//! Kubernetes, "Horizontal Pod Autoscaling": desired = ceil(current × metric / target) beyond a tolerance; replicas that
//! start count as using nothing when more are wanted; fewer only as the highest wish of the stabilisation window allows;
//! at most twice as many, or four more, at a time.

use std::collections::VecDeque;

use super::engine::Engine;
use super::image::Image;
use super::replica::Phase;
use crate::program::{Autoscaler, Metric};

/// What a scaler remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct ScalerState {
    /// What the integral of its metric was when it last looked.
    total: u128,
    /// Wishes of the stabilisation window, with their times.
    wishes: VecDeque<(u64, u32)>,
}

/// How many replicas are wanted, of `ready` that serve and `starting` that will, `used` being the metric of all together.
fn desired(scaler: &Autoscaler, target: f64, used: f64, ready: u32, starting: u32) -> u32 {
    let current = ready + starting;
    let ratio = |count: u32| used / f64::from(count.max(1)) / target;
    let whole = |ratio: f64, count: u32| (f64::from(count) * ratio - 1e-9).ceil().max(0.0) as u32;
    let among_ready = ratio(ready);
    if (among_ready - 1.0).abs() <= scaler.tolerance {
        return current;
    }
    if among_ready < 1.0 || starting == 0 {
        return whole(among_ready, ready.max(1));
    }
    // More are wanted, but some are on their way: they count as using nothing.
    let with_starting = ratio(current);
    if with_starting <= 1.0 + scaler.tolerance { current } else { whole(with_starting, current) }
}

impl Engine {
    /// A component's autoscaler looks, and changes the number of replicas.
    pub(super) fn scale(&mut self, image: &Image, component: u32) {
        let own = &image.components[component as usize];
        let Some(scaler) = own.source.autoscaler else { return };
        let now = self.now;
        let replicas = own.first..own.first + own.count;
        let count = |engine: &Self, phase| {
            replicas.clone().filter(|replica| engine.replicas[*replica as usize].phase == phase).count() as u32
        };
        let (ready, starting) = (count(self, Phase::Up), count(self, Phase::Starting));
        let (target, used) = self.metric(image, component, scaler);
        let wish = desired(&scaler, target, used, ready, starting).clamp(scaler.min, scaler.max);
        let state = &mut self.components[component as usize].scaler;
        state.wishes.push_back((now, wish));
        while state.wishes.front().is_some_and(|(at, _)| at.saturating_add(scaler.down_after.0) < now) {
            state.wishes.pop_front();
        }
        let highest = state.wishes.iter().map(|(_, wish)| *wish).max().unwrap_or(wish);
        let current = ready + starting;
        let wanted = if wish < current { highest.min(current) } else { wish.min((2 * current).max(current + 4)) };
        let off = |engine: &Self, replica: u32| {
            let state = &engine.replicas[replica as usize];
            matches!(state.phase, Phase::Off | Phase::Draining) && state.faults == 0
        };
        for replica in replicas
            .clone()
            .filter(|replica| off(self, *replica))
            .take(wanted.saturating_sub(current) as usize)
            .collect::<Vec<_>>()
        {
            self.start(image, replica);
        }
        // The youngest go first, those that start before those that serve.
        let mut surplus = current.saturating_sub(wanted);
        for phase in [Phase::Starting, Phase::Up] {
            for replica in replicas.clone().rev() {
                if surplus > 0 && self.replicas[replica as usize].phase == phase {
                    self.drain(image, replica);
                    surplus -= 1;
                }
            }
        }
    }

    /// The target for one replica and the metric of all, on average since the scaler last looked.
    fn metric(&mut self, image: &Image, component: u32, scaler: Autoscaler) -> (f64, f64) {
        let now = self.now;
        let state = &mut self.components[component as usize];
        let (target, total) = match scaler.metric {
            Metric::Cpu { target } => (target, state.cpu.total(now)),
            Metric::Slots { target } => (target, state.open.total(now)),
            Metric::Rate { target } => (target, u128::from(state.arrivals) * 1_000_000_000),
            Metric::Backlog { target } => return (target, self.backlog_of(image, component) as f64),
        };
        let before = std::mem::replace(&mut self.components[component as usize].scaler.total, total);
        (target, (total - before) as f64 / scaler.every.0 as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::{Autoscaler, desired};
    use crate::Nanos;
    use crate::program::Metric;

    #[track_caller]
    fn check(target: f64, used: f64, ready: u32, starting: u32, wanted: u32) {
        let scaler = Autoscaler {
            min: 1,
            max: 100,
            metric: Metric::Cpu { target },
            every: Nanos::from_secs(15),
            tolerance: 0.1,
            down_after: Nanos::from_secs(300),
        };
        assert_eq!(desired(&scaler, target, used, ready, starting), wanted);
    }

    #[test]
    fn the_formula_of_kubernetes() {
        // ceil(2 × 84 ÷ 60) = 3.
        check(0.60, 2.0 * 0.84, 2, 0, 3);
        check(0.60, 2.0 * 0.30, 2, 0, 1);
        // 200m against a target of 100m doubles; within a tenth nothing happens.
        check(0.100, 4.0 * 0.200, 4, 0, 8);
        check(0.100, 4.0 * 0.109, 4, 0, 4);
        check(0.100, 4.0 * 0.091, 4, 0, 4);
    }

    #[test]
    fn replicas_that_start_count_as_using_nothing() {
        check(0.60, 2.0 * 0.84, 2, 1, 3);
        check(0.60, 2.0 * 1.20, 2, 1, 4);
    }
}
