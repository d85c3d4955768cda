//! What happens to the whole at planned times: the end of the warm-up, windows, faults, scalers, rollouts.

use super::engine::Engine;
use super::events::Kind;
use super::frame::{NEVER, NONE};
use super::image::Image;
use super::replica::Phase;
use crate::program::{FaultKind, OperationFault, ServedBy};

/// Something that happens to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// Measuring begins.
    Measure,
    /// A window ends.
    Window,
    /// A fault begins.
    Begin(u32),
    /// A fault ends.
    End(u32),
    /// A component's autoscaler looks.
    Scale(u32),
    /// A component's rollout goes on.
    Rollout(u32),
    /// A component's rollout is taken back.
    RollBack(u32),
    /// A component gets another primary.
    Elect(u32),
}

/// A cut between places or components.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    fault: u32,
    one: Vec<u32>,
    other: Vec<u32>,
    of_components: bool,
    pub(super) loss: f64,
}

impl Cut {
    /// Whether it parts two ends, each a place and a component.
    pub(super) fn parts(&self, from: (u32, u32), to: (u32, u32)) -> bool {
        let (from, to) = if self.of_components { (from.1, to.1) } else { (from.0, to.0) };
        let between = |one: u32, other: u32| self.one.contains(&one) && self.other.contains(&other);
        between(from, to) || between(to, from)
    }
}

impl Engine {
    /// Plans everything that is known before the run.
    pub(super) fn begin_timeline(&mut self, image: &Image) {
        let plan = |engine: &mut Self, at: u64, control: Control| {
            engine.controls.push(control);
            if at != NEVER {
                engine.events.at(at, Kind::Control, engine.controls.len() as u32 - 1);
            }
        };
        if self.options.warm_up.0 > 0 {
            plan(self, self.options.warm_up.0, Control::Measure);
        }
        if let Some(window) = self.options.window.filter(|window| window.0 > 0) {
            plan(self, window.0, Control::Window);
        }
        for (index, fault) in image.faults.iter().enumerate() {
            if matches!(fault.kind, FaultKind::Load { .. }) {
                // It is part of the sources.
                continue;
            }
            plan(self, fault.from.0, Control::Begin(index as u32));
            plan(self, fault.until.0, Control::End(index as u32));
        }
        for (index, component) in image.components.iter().enumerate() {
            let index = index as u32;
            self.components[index as usize].election = self.controls.len() as u32;
            plan(self, NEVER, Control::Elect(index));
            if let Some(scaler) = component.source.autoscaler {
                plan(self, scaler.every.0, Control::Scale(index));
            }
            if let Some(rollout) = component.source.rollout {
                plan(self, rollout.at.0, Control::Rollout(index));
                let back = rollout.back_after.map_or(NEVER, |after| rollout.at.0.saturating_add(after.0));
                plan(self, back, Control::RollBack(index));
            }
        }
    }

    /// Something of the timeline.
    pub(super) fn control(&mut self, image: &Image, index: u32) {
        match self.controls[index as usize] {
            Control::Measure => self.begin_measuring(),
            Control::Window => {
                self.end_window();
                let window = self.options.window.map_or(NEVER, |window| window.0);
                self.events.at(self.now.saturating_add(window), Kind::Control, index);
            }
            Control::Begin(fault) => self.begin_fault(image, fault),
            Control::End(fault) => self.end_fault(image, fault),
            Control::Scale(component) => {
                self.scale(image, component);
                let every = image.components[component as usize].source.autoscaler.map_or(NEVER, |s| s.every.0);
                self.events.at(self.now.saturating_add(every), Kind::Control, index);
            }
            Control::Rollout(component) => {
                if let Some(next) = self.roll_out(image, component) {
                    self.events.at(self.now.saturating_add(next), Kind::Control, index);
                }
            }
            Control::RollBack(component) => self.roll_back(image, component),
            Control::Elect(component) => {
                if self.components[component as usize].elect_at == self.now {
                    self.elect(image, component);
                }
            }
        }
    }

    /// The replicas that a fault takes away.
    fn replicas_of(&self, image: &Image, kind: &FaultKind) -> Vec<u32> {
        let all = image.replicas.iter().enumerate().map(|(index, replica)| (index as u32, replica));
        match kind {
            FaultKind::LosePlaces(places) => {
                let lost = all.filter(|(_, replica)| places.iter().any(|place| place.0 == replica.place));
                lost.map(|(index, _)| index).collect()
            }
            FaultKind::LoseNode(node) => {
                all.filter(|(_, replica)| replica.node == *node).map(|(index, _)| index).collect()
            }
            FaultKind::LoseComponent(component) => {
                all.filter(|(_, replica)| replica.component == component.0).map(|(index, _)| index).collect()
            }
            FaultKind::LoseReplicas { component, count } => {
                let own = all.filter(|(index, replica)| {
                    replica.component == component.0 && self.replicas[*index as usize].phase == Phase::Up
                });
                own.map(|(index, _)| index).take(*count as usize).collect()
            }
            _ => Vec::new(),
        }
    }

    fn begin_fault(&mut self, image: &Image, fault: u32) {
        let kind = &image.faults[fault as usize].kind;
        self.active[fault as usize] = true;
        match kind {
            FaultKind::LosePlaces(_)
            | FaultKind::LoseNode(_)
            | FaultKind::LoseComponent(_)
            | FaultKind::LoseReplicas { .. } => {
                let lost = self.replicas_of(image, kind);
                lost.iter().for_each(|replica| self.take_down(image, *replica));
                self.lost[fault as usize] = lost;
            }
            FaultKind::Operation { operation, .. } => self.set_operation_fault(image, operation.index()),
            FaultKind::Failover(component) => self.begin_failover(image, component.0, fault),
            FaultKind::Flush(cache) => self.caches[cache.index()].flush(),
            FaultKind::DiskFull(component) => self.components[component.index()].disk_full += 1,
            FaultKind::CutPlaces { one, other, loss } => {
                let numbers = |places: &[crate::program::PlaceId]| places.iter().map(|place| place.0).collect();
                let (one, other) = (numbers(one), numbers(other));
                self.cuts.push(Cut { fault, one, other, of_components: false, loss: *loss });
            }
            FaultKind::CutComponents { one, other, loss } => {
                let (one, other) = (vec![one.0], vec![other.0]);
                self.cuts.push(Cut { fault, one, other, of_components: true, loss: *loss });
            }
            FaultKind::Load { .. } => {}
        }
    }

    fn end_fault(&mut self, image: &Image, fault: u32) {
        self.active[fault as usize] = false;
        match &image.faults[fault as usize].kind {
            FaultKind::LosePlaces(_)
            | FaultKind::LoseNode(_)
            | FaultKind::LoseComponent(_)
            | FaultKind::LoseReplicas { .. } => {
                let lost = std::mem::take(&mut self.lost[fault as usize]);
                lost.iter().for_each(|replica| self.bring_back(image, *replica));
            }
            FaultKind::Operation { operation, .. } => self.set_operation_fault(image, operation.index()),
            FaultKind::Failover(component) => self.elect(image, component.0),
            FaultKind::DiskFull(component) => {
                self.components[component.index()].disk_full -= 1;
                self.hand_out_for(image, component.0);
            }
            FaultKind::CutPlaces { .. } | FaultKind::CutComponents { .. } => {
                self.cuts.retain(|cut| cut.fault != fault);
            }
            FaultKind::Flush(_) | FaultKind::Load { .. } => {}
        }
    }

    /// What is wrong with an operation now: all faults at hand together.
    fn set_operation_fault(&mut self, image: &Image, operation: usize) {
        let mut together: Option<OperationFault> = None;
        for (index, fault) in image.faults.iter().enumerate() {
            let FaultKind::Operation { operation: of, fault } = &fault.kind else { continue };
            if of.index() != operation || !self.active[index] {
                continue;
            }
            let so_far = together.unwrap_or_default();
            let either = |one: f64, other: f64| 1.0 - (1.0 - one) * (1.0 - other);
            together = Some(OperationFault {
                hang: either(so_far.hang, fault.hang),
                fail: either(so_far.fail, fault.fail),
                failure: fault.failure,
                slow: so_far.slow * fault.slow,
                delay: so_far.delay + fault.delay,
            });
        }
        self.operations[operation].fault = together;
        self.operations[operation].slow = together.map_or(1.0, |fault| fault.slow);
    }

    /// A store loses its primary.
    fn begin_failover(&mut self, image: &Image, component: u32, fault: u32) {
        let old = self.components[component as usize].primary;
        if old == NONE || image.components[component as usize].served_by == ServedBy::Any {
            return;
        }
        self.components[component as usize].primary = NONE;
        self.components[component as usize].deposed = old;
        self.set_capacity(image, old);
        self.lose_work(image, old);
        let until = image.faults[fault as usize].until.0;
        let failover = image.components[component as usize].failover;
        if until == NEVER && failover.is_some() {
            let takes = self.draw_of_replica(image, old, failover);
            self.plan_election(component, takes);
        } else {
            // Nobody steps in before the fault ends.
            self.components[component as usize].elect_at = until;
        }
    }

    /// Plans that a component gets a primary.
    pub(super) fn plan_election(&mut self, component: u32, after: u64) {
        let at = self.now.saturating_add(after);
        self.components[component as usize].elect_at = at;
        let control = self.components[component as usize].election;
        self.events.at(at, Kind::Control, control);
    }

    /// Makes the first replica that is up the primary, the old one last.
    fn elect(&mut self, image: &Image, component: u32) {
        let own = &image.components[component as usize];
        let state = &self.components[component as usize];
        let up = (own.first..own.first + own.count)
            .filter(|replica| self.replicas[*replica as usize].phase == Phase::Up)
            .min_by_key(|replica| (*replica == state.deposed, *replica));
        let state = &mut self.components[component as usize];
        state.elect_at = NEVER;
        state.deposed = NONE;
        if state.primary == NONE {
            state.primary = up.unwrap_or(NONE);
        }
        if let Some(primary) = up {
            self.set_capacity(image, primary);
        }
    }
}
