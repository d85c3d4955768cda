//! Work of a component itself: workers, cores, and work that is interrupted.
//!
//! Where work takes the same time whatever runs beside it (a worker with its own core, or one worker on a share), it is
//! one timer. Where cores are shared, `cores` says when it ends.

use super::code::{DrawAt, Instruction};
use super::engine::{Engine, draw_for, round};
use super::events::Kind;
use super::frame::{Flags, NEVER, NONE, State};
use super::gate::Gates;
use super::image::{Binding, ComponentAt, Image};
use crate::time::Nanos;

impl Engine {
    /// Begins a computing step; true if it is over already.
    #[inline(always)]
    pub(super) fn compute(&mut self, image: &Image, at: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        match self.frames[at].replica {
            NONE => self.compute_alone(image, at, cpu, hold),
            replica => self.compute_at(image, at, replica, cpu, hold),
        }
    }

    /// As `compute`, at a replica.
    #[inline(always)]
    pub(super) fn compute_at(&mut self, image: &Image, at: u32, replica: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let own = &self.replicas[replica as usize];
        let gate = own.worker_gate;
        if gate == NONE {
            return self.begin_work(image, at, replica, cpu, hold);
        }
        let gate_state = &mut self.gates.gates[gate as usize];
        if !gate_state.has_room() {
            self.queue_up(image, at, gate, State::WaitWorker);
            return false;
        }
        gate_state.inside += 1;
        if self.recorder.detailed || own.binding == Binding::Worker {
            return self.compute_bound(image, at, gate, cpu, hold);
        }
        let over = self.begin_work(image, at, replica, cpu, hold);
        if over {
            self.release(image, gate);
        }
        over
    }

    /// As `compute`, with a worker of the gate, where waits are noted in detail or the worker is a shared one.
    #[inline(never)]
    fn compute_bound(&mut self, image: &Image, at: u32, gate: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let owner = self.gates.gates[gate as usize].owner;
        self.note_wait(owner, 0);
        self.bind_worker(image, at);
        let replica = self.frames[at].replica;
        let over = self.begin_work(image, at, replica, cpu, hold);
        if over {
            self.in_use[replica as usize] -= u32::from(self.replicas[replica as usize].binding == Binding::Worker);
            self.release(image, gate);
        }
        over
    }

    /// A user computes on a machine of their own.
    fn compute_alone(&mut self, image: &Image, at: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let time = round(self.draw(image, at, cpu) + self.draw(image, at, hold));
        if time > 0 {
            self.sleep(at, time, State::Sleeping);
        }
        time == 0
    }

    /// The gate of the workers that a frame needs, if those are limited.
    #[inline(always)]
    pub(super) fn worker_gate(&self, at: u32) -> u32 {
        self.replicas[self.frames[at].replica as usize].worker_gate
    }

    /// Where workers are shared, the replica whose worker it is.
    pub(super) fn bind_worker(&mut self, image: &Image, at: u32) -> u32 {
        let replica = self.frames[at].replica;
        let own = &self.replicas[replica as usize];
        if own.binding != Binding::Worker {
            return replica;
        }
        let component = own.component;
        let limit = image.components[component as usize].workers.unwrap_or(u32::MAX);
        let chosen = self.least_used(image, component, limit);
        self.in_use[chosen as usize] += 1;
        self.move_to(at, replica, chosen);
        chosen
    }

    /// Does the work that a worker of a replica was taken for; true if it takes no time.
    #[inline(always)]
    pub(super) fn begin_work(&mut self, image: &Image, at: u32, replica: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let now = self.now;
        let frame = &mut self.frames[at];
        let own = &mut self.replicas[replica as usize];
        if own.slowness == 0.0 || now < own.warms_until || image.slows {
            return self.begin_slow_work(image, at, replica, cpu, hold);
        }
        let work = draw_for(image, &self.requests, frame, cpu);
        let time = round(work * own.slowness + draw_for(image, &self.requests, frame, hold));
        if time == 0 {
            return true;
        }
        let wake = now.saturating_add(time);
        (frame.state, frame.wake) = (State::Computing, wake);
        // Through a signed number, whose conversion is one instruction.
        let counted = work as i64 as u64;
        own.working += 1;
        if own.several {
            own.busy.up(now);
            own.cpu.add(counted);
        }
        let starts = own.watches && own.working == 1;
        let component = &mut self.components[own.component as usize];
        component.busy.up(now);
        component.cpu.add(counted);
        if starts {
            self.count_busy_time(image, replica, true);
        }
        self.events.at(wake, Kind::Wake, at);
        false
    }

    /// As `begin_work`, where cores are shared, or something may make work take longer: a fault, a version, a start not long
    /// ago.
    #[inline(never)]
    fn begin_slow_work(&mut self, image: &Image, at: u32, replica: u32, cpu: DrawAt, hold: DrawAt) -> bool {
        let now = self.now;
        let own = &mut self.replicas[replica as usize];
        let frame = &mut self.frames[at];
        // A fault slows all that the operation does; a version or a cold start slows its computing alone.
        let fault = self.operations[frame.operation as usize].slow;
        let mut slower = fault * own.slow;
        if now < own.warms_until {
            slower *= warmth(&image.components[own.component as usize], now - own.since);
        }
        let work = draw_for(image, &self.requests, frame, cpu) * slower;
        let on_cores = own.slowness == 0.0 && work > 0.0;
        let time = round(work * own.slowness + draw_for(image, &self.requests, frame, hold) * fault);
        if time == 0 && !on_cores {
            return true;
        }
        let counted = work as i64 as u64;
        if own.several {
            own.cpu.add(counted);
        }
        self.components[own.component as usize].cpu.add(counted);
        self.begin_busy(image, replica as usize);
        if on_cores {
            self.frames[at].state = State::OnCores;
            self.on_cores(replica as usize, at, work);
        } else {
            self.sleep(at, time, State::Computing);
        }
        false
    }

    /// One more is at work.
    fn begin_busy(&mut self, image: &Image, replica: usize) {
        let now = self.now;
        let own = &mut self.replicas[replica];
        own.working += 1;
        if own.several {
            own.busy.up(now);
        }
        self.components[own.component as usize].busy.up(now);
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
                self.stop_work(image, at);
                self.frames[at].position += 1;
                self.let_run(at);
            }
        }
        let cores = self.replicas[replica as usize].cores.as_mut();
        let throttled = cores.map_or(0, |cores| std::mem::take(&mut cores.throttled));
        self.components[component].throttled.add(throttled);
        self.plan_cores(replica as usize);
    }

    /// Work at a replica is over by itself: the next one in the queue has the worker, or it is free.
    #[inline(always)]
    pub(super) fn end_work(&mut self, image: &Image, replica: u32) {
        let own = &self.replicas[replica as usize];
        let gate = own.worker_gate;
        if gate != NONE && own.hands_over {
            let gate_state = &self.gates.gates[gate as usize];
            let full = gate_state.waiting > 0 && gate_state.inside <= gate_state.capacity;
            if full && gate_state.plain && self.now >= own.warms_until && self.hand_over(image, replica, gate) {
                return;
            }
        }
        self.free_worker(image, replica);
    }

    /// Gives a worker from one hand to the next: as many are at work as before. False if the next one's work takes no time,
    /// and then nothing has happened yet.
    #[inline(always)]
    fn hand_over(&mut self, image: &Image, replica: u32, gate: u32) -> bool {
        let now = self.now;
        let gate_state = &mut self.gates.gates[gate as usize];
        let at = gate_state.first();
        let frame = &mut self.frames[at];
        let Instruction::Compute { cpu, hold } = image.code.instructions[frame.position as usize] else { return false };
        let own = &mut self.replicas[replica as usize];
        let work = draw_for(image, &self.requests, frame, cpu);
        let time = round(work * own.slowness + draw_for(image, &self.requests, frame, hold));
        if time == 0 {
            return false;
        }
        let (wake, waited) = (now.saturating_add(time), now - frame.since);
        frame.waited += waited;
        (frame.state, frame.wake) = (State::Computing, wake);
        let counted = work as i64 as u64;
        if own.several {
            own.cpu.add(counted);
        }
        let component = &mut self.components[own.component as usize];
        component.cpu.add(counted);
        component.queue.down(now);
        if self.recorder.detailed {
            component.waited.record(Nanos(waited));
        }
        Gates::take_first(gate_state, &mut self.frames);
        self.events.at(wake, Kind::Wake, at);
        true
    }

    /// Gives the worker back, wherever in its work the frame is.
    pub(super) fn stop_work(&mut self, image: &Image, at: u32) {
        self.free_worker(image, self.frames[at].replica);
    }

    #[inline]
    fn free_worker(&mut self, image: &Image, replica: u32) {
        let own = &mut self.replicas[replica as usize];
        own.working -= 1;
        if own.several {
            own.busy.down(self.now);
        }
        let (gate, binding, idle) = (own.worker_gate, own.binding, own.watches && own.working == 0);
        self.components[own.component as usize].busy.down(self.now);
        if idle {
            self.count_busy_time(image, replica, false);
        }
        if gate != NONE {
            if binding == Binding::Worker {
                self.in_use[replica as usize] -= 1;
            }
            self.release(image, gate);
        }
    }

    /// At a gate that interrupts: interrupts the work of the highest rank number, if that is above `rank`; true if there was
    /// one.
    pub(super) fn interrupt(&mut self, image: &Image, gate: u32, rank: u8) -> bool {
        let owner = self.gates.gates[gate as usize].owner;
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
        self.queue_meter(owner, true);
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
        self.begin_busy(image, replica);
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

/// How many times as long work takes so long after a replica's start, while it warms up.
#[cold]
fn warmth(component: &ComponentAt, since_start: u64) -> f64 {
    component.source.warm_up.map_or(1.0, |warm_up| {
        let left = 1.0 - since_start as f64 / warm_up.takes.0 as f64;
        1.0 + (warm_up.slower - 1.0) * left
    })
}
