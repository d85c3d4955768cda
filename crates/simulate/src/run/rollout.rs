//! Rolling deploys: a new version takes the place of the old one, some replicas at a time.

use super::engine::Engine;
use super::image::Image;
use super::replica::Phase;
use crate::program::Rollout;

impl Engine {
    /// One step of a rollout; gives the time to the next, or nothing when it is done.
    pub(super) fn roll_out(&mut self, image: &Image, component: u32) -> Option<u64> {
        let own = &image.components[component as usize];
        let rollout = own.source.rollout?;
        if self.components[component as usize].rolled_back {
            return None;
        }
        let replicas = own.first..own.first + own.count;
        let with = |engine: &Self, wanted: Phase, renewed: bool| -> Vec<u32> {
            let fits = |replica: &u32| {
                let state = &engine.replicas[*replica as usize];
                state.phase == wanted && state.renewed == renewed && state.faults == 0
            };
            replicas.clone().filter(fits).collect()
        };
        let old = with(self, Phase::Up, false);
        if old.is_empty() {
            return None;
        }
        let surplus = self.components[component as usize].surplus;
        let spare = with(self, Phase::Off, false);
        let at_once = rollout.at_once as usize;
        if surplus > 0 {
            // The new ones of the last step serve; as many old ones go, and make room for the next.
            old.iter().take(surplus as usize).for_each(|replica| self.drain(image, *replica));
            self.components[component as usize].surplus = 0;
        } else if rollout.surge > 0 && !spare.is_empty() {
            let more: Vec<u32> = spare.into_iter().take(at_once.min(rollout.surge as usize)).collect();
            self.components[component as usize].surplus = more.len() as u32;
            more.into_iter().for_each(|replica| self.renew(image, replica, rollout));
        } else {
            for replica in old.into_iter().take(at_once) {
                self.drain(image, replica);
                self.renew(image, replica, rollout);
            }
        }
        let starting = replicas.clone().map(|replica| &self.replicas[replica as usize]);
        let starting = starting.filter(|state| state.phase == Phase::Starting).map(|state| state.wake);
        let ready = starting.max().unwrap_or(self.now);
        Some(ready - self.now + rollout.pause.0.max(1))
    }

    fn renew(&mut self, image: &Image, replica: u32, rollout: Rollout) {
        let state = &mut self.replicas[replica as usize];
        (state.renewed, state.slow, state.fails) = (true, rollout.slow, rollout.fails);
        self.start(image, replica);
    }

    /// The old version is back everywhere, at once.
    pub(super) fn roll_back(&mut self, image: &Image, component: u32) {
        let own = &image.components[component as usize];
        self.components[component as usize].rolled_back = true;
        for replica in own.first..own.first + own.count {
            let state = &mut self.replicas[replica as usize];
            (state.slow, state.fails) = (1.0, 0.0);
        }
    }
}
