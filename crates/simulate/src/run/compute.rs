//! Work of a component itself: workers, cores, and work that is interrupted.
//!
//! Where work takes the same time whatever runs beside it (a worker with its own core, or one worker on a share), it is
//! one timer. Where cores are shared, `cores` says when it ends.

use super::code::{DrawAt, Instruction};
use super::engine::{Engine, round};
use super::events::Kind;
use super::frame::{Flags, NEVER, NONE, State};
use super::image::{Binding, Image};

impl Engine {
    /// Begins a computing step; true if it is over already.
    #[inline(always)]
    pub(super) fn compute(&mut self, image: &Image, at: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let replica = self.frames[at].replica;
        if replica == NONE {
            // A user computes on a machine of their own.
            let time = round(self.draw(image, at, cpu) + self.draw(image, at, hold));
            if time > 0 {
                self.sleep(at, time, State::Sleeping);
            }
            return time == 0;
        }
        let own = &self.replicas[replica as usize];
        let (gate, binding) = (own.worker_gate, own.binding);
        if gate == NONE {
            return self.begin_work(image, at, cpu, hold);
        }
        let gate_state = &mut self.gates.gates[gate as usize];
        if !gate_state.has_room() {
            self.queue_up(image, at, gate, State::WaitWorker);
            return false;
        }
        gate_state.inside += 1;
        self.note_no_wait(image, gate);
        if binding == Binding::Worker {
            self.bind_worker(image, at);
        }
        let over = self.begin_work(image, at, cpu, hold);
        if over {
            self.release_worker(image, at, gate);
        }
        over
    }

    /// The gate of the workers that a frame needs, if those are limited.
    #[inline(always)]
    pub(super) fn worker_gate(&self, at: u32) -> u32 {
        self.replicas[self.frames[at].replica as usize].worker_gate
    }

    /// Where workers are shared, the replica whose worker it is.
    #[inline(always)]
    pub(super) fn bind_worker(&mut self, image: &Image, at: u32) {
        let replica = self.frames[at].replica;
        let own = &self.replicas[replica as usize];
        if own.binding == Binding::Worker {
            let component = own.component;
            let limit = image.components[component as usize].workers.unwrap_or(u32::MAX);
            let chosen = self.least_used(image, component, limit);
            self.in_use[chosen as usize] += 1;
            self.move_to(at, replica, chosen);
        }
    }

    /// Does the work that a worker was taken for; true if it takes no time.
    #[inline(always)]
    pub(super) fn begin_work(&mut self, image: &Image, at: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let replica = self.frames[at].replica as usize;
        let work = self.draw(image, at, cpu) * self.slowness(image, at, replica);
        // What a fault slows is all that the operation does; a version or a cold start slows its computing alone.
        let held = self.draw(image, at, hold) * self.operations[self.frames[at].operation as usize].slow;
        let slowness = self.replicas[replica].slowness;
        if slowness == 0.0 && work > 0.0 {
            self.begin_busy(image, replica, work);
            self.frames[at].state = State::OnCores;
            self.on_cores(replica, at, work);
            return false;
        }
        let time = round(work * slowness + held);
        if time == 0 {
            return true;
        }
        self.begin_busy(image, replica, work);
        self.sleep(at, time, State::Computing);
        false
    }

    /// How many times as long work takes now: by a fault, a version, a start not long ago.
    #[inline(always)]
    fn slowness(&self, image: &Image, at: u32, replica: usize) -> f64 {
        let state = &self.replicas[replica];
        let factor = self.operations[self.frames[at].operation as usize].slow * state.slow;
        if state.since == NEVER {
            return factor;
        }
        match &image.components[state.component as usize].source.warm_up {
            Some(warm_up) if self.now < state.since.saturating_add(warm_up.takes.0) => {
                let left = 1.0 - (self.now - state.since) as f64 / warm_up.takes.0 as f64;
                factor * (1.0 + (warm_up.slower - 1.0) * left)
            }
            _ => factor,
        }
    }

    /// One more is at work, and its CPU time counts from where it begins.
    #[inline(always)]
    fn begin_busy(&mut self, image: &Image, replica: usize, work: f64) {
        // Through a signed number, whose conversion is one instruction.
        let (now, work) = (self.now, work as i64 as u128);
        let own = &mut self.replicas[replica];
        own.working += 1;
        if own.several {
            own.busy.up(now);
            own.cpu.add(work);
        }
        let state = &mut self.components[own.component as usize];
        state.busy.up(now);
        state.cpu.add(work);
        if own.watches && own.working == 1 {
            self.count_busy_time(image, replica as u32, true);
        }
    }

    #[inline(always)]
    fn end_busy(&mut self, image: &Image, replica: usize) {
        let own = &mut self.replicas[replica];
        own.working -= 1;
        if own.several {
            own.busy.down(self.now);
        }
        self.components[own.component as usize].busy.down(self.now);
        if own.watches && own.working == 0 {
            self.count_busy_time(image, replica as u32, false);
        }
    }

    fn on_cores(&mut self, replica: usize, at: u32, work: f64) {
        if let Some(cores) = &mut self.replicas[replica].cores {
            cores.begin(self.now, at, work);
            self.plan_cores(replica);
        }
    }

    /// Plans the next event of a replica's cores, unless one is planned that comes no later: it will plan again.
    pub(super) fn plan_cores(&mut self, replica: usize) {
        let Some(cores) = &mut self.replicas[replica].cores else { return };
        let next = cores.next();
        if next < cores.planned {
            cores.planned = next;
            self.events.at(next, Kind::Cpu, replica as u32);
        }
    }

    /// Something happens on a replica's cores, unless it has changed since.
    pub(super) fn cores_event(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        let now = self.now;
        let Some(cores) = &mut self.replicas[replica as usize].cores else { return };
        if cores.planned != now {
            return;
        }
        cores.planned = NEVER;
        while let Some(at) = self.replicas[replica as usize].cores.as_mut().and_then(|cores| cores.ended(now)) {
            // What is kept for a time after the work on the cores is drawn by the same key as at the beginning.
            let hold = match image.code.instructions[self.frames[at].position as usize] {
                Instruction::Compute { hold, .. } => self.draw_time(image, at, hold),
                _ => 0,
            };
            if hold > 0 {
                self.sleep(at, hold, State::Computing);
            } else {
                self.end_work(image, at);
                self.let_run(at);
            }
        }
        let cores = self.replicas[replica as usize].cores.as_mut();
        let throttled = cores.map_or(0, |cores| std::mem::take(&mut cores.throttled));
        self.components[component].throttled.add(u128::from(throttled));
        self.plan_cores(replica as usize);
    }

    /// Ends a computing step: its worker is free, and the next step is at hand.
    #[inline(always)]
    pub(super) fn end_work(&mut self, image: &Image, at: u32) {
        self.stop_work(image, at);
        self.frames[at].position += 1;
    }

    /// Gives the worker back, wherever in its work the frame is.
    #[inline(always)]
    pub(super) fn stop_work(&mut self, image: &Image, at: u32) {
        let replica = self.frames[at].replica as usize;
        self.end_busy(image, replica);
        let own = &self.replicas[replica];
        let gate = own.worker_gate;
        if gate != NONE {
            if own.binding == Binding::Worker {
                self.in_use[replica] -= 1;
            }
            self.release(image, gate);
        }
    }

    #[inline(always)]
    fn release_worker(&mut self, image: &Image, at: u32, gate: u32) {
        let replica = self.frames[at].replica as usize;
        if self.replicas[replica].binding == Binding::Worker {
            self.in_use[replica] -= 1;
        }
        self.release(image, gate);
    }

    /// At a gate that interrupts: interrupts the work of the highest rank number, if that is above `rank`; true if there was
    /// one.
    pub(super) fn interrupt(&mut self, image: &Image, gate: u32, rank: u8) -> bool {
        let policy = self.gates.gates[gate as usize].policy;
        // Who works is found by looking at all frames: priorities that interrupt are rare, and their systems small.
        let at_work = (0..self.frames.places()).filter(|at| {
            let frame = &self.frames[*at];
            let works = matches!(frame.state, State::Computing | State::OnCores);
            works && rank < frame.rank && self.holds_at(*at, gate)
        });
        // Of equals the one that began last loses least.
        let Some(victim) = at_work.max_by_key(|at| (self.frames[*at].rank, self.frames[*at].arrived, *at)) else {
            return false;
        };
        let replica = self.frames[victim].replica as usize;
        let left = match self.frames[victim].state {
            State::OnCores => {
                let cores = self.replicas[replica].cores.as_mut();
                round(cores.and_then(|cores| cores.remove(self.now, victim)).unwrap_or(0.0))
            }
            _ => self.frames[victim].wake - self.now,
        };
        self.end_busy(image, replica);
        let given = match image.components[image.replicas[replica].component as usize].binding {
            Binding::Sending => false,
            Binding::Slot => self.worker_gate(victim) == NONE,
            Binding::Worker => true,
        };
        self.in_use[replica] -= u32::from(given);
        let frame = &mut self.frames[victim];
        (frame.state, frame.wake, frame.since) = (State::Interrupted, left, self.now);
        let rank = frame.rank;
        self.gates.gates[gate as usize].inside -= 1;
        self.gates.rejoin(gate, rank, victim, &mut self.frames);
        self.queue_meter(image, policy, true);
        self.plan_cores(replica);
        true
    }

    /// Whether a frame that works does so through this gate.
    fn holds_at(&self, at: u32, gate: u32) -> bool {
        let replica = self.frames[at].replica;
        if replica == NONE {
            return false;
        }
        let workers = self.worker_gate(at);
        // A way of a fork works under its host's slot, and cannot give it away.
        let own = self.frames[at].flags.has(Flags::ADMITTED);
        workers == gate || (workers == NONE && own && self.slot_gate(at) == gate)
    }

    /// Takes a frame out of the queue of those that were interrupted. Where it gave its slot away, it has it again for the
    /// moment in which it ends.
    pub(super) fn leave_interrupted(&mut self, image: &Image, at: u32) {
        let gate = self.leave_queue(image, at);
        if self.worker_gate(at) == NONE {
            self.gates.gates[gate as usize].inside += 1;
            let replica = self.frames[at].replica as usize;
            if image.components[image.replicas[replica].component as usize].binding == Binding::Slot {
                self.in_use[replica] += 1;
            }
        }
    }

    /// Goes on with work that was interrupted.
    pub(super) fn resume_work(&mut self, image: &Image, at: u32) {
        self.bind_worker(image, at);
        let replica = self.frames[at].replica as usize;
        let component = image.replicas[replica].component as usize;
        // All of its CPU time was counted when it began.
        self.begin_busy(image, replica, 0.0);
        let left = self.frames[at].wake;
        if image.components[component].slowness.is_none() {
            self.frames[at].wake = NEVER;
            self.frames[at].state = State::OnCores;
            if let Some(cores) = &mut self.replicas[replica].cores {
                cores.begin(self.now, at, left as f64);
            }
            self.plan_cores(replica);
        } else {
            self.sleep(at, left, State::Computing);
        }
    }
}
