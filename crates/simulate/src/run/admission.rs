//! How a component takes requests in: quota, shedding, slots, and queues that refuse, drop or run out of patience.

use super::code::{Instruction, Purpose, bits};
use super::engine::Engine;
use super::events::Kind;
use super::frame::{Flags, NEVER, NONE, State};
use super::gate::Gates;
use super::image::{Binding, Image, Owner};
use super::random::{Bits, mix};
use super::replica::Phase;
use crate::program::{Access, Cause, Failure, Interrupted, Priority, Refusal};
use crate::time::Nanos;

impl Engine {
    /// A request arrives at its component.
    pub(super) fn arrive(&mut self, image: &Image, at: u32) {
        let now = self.now;
        let frame = &mut self.frames[at];
        frame.arrived = now;
        frame.state = State::Running;
        let (operation, replica) = (frame.operation as usize, frame.replica);
        let component = image.operations[operation].component as usize;
        self.recorder.operations[operation].came();
        if self.components[component].checks_arrivals || self.operations[operation].fault.is_some() {
            return self.arrive_checked(image, at, operation, component, replica);
        }
        self.enter(image, at);
    }

    /// As `arrive`, where a rule of the component or a fault may stand in the way.
    fn arrive_checked(&mut self, image: &Image, at: u32, operation: usize, component: usize, replica: u32) {
        let key = self.frames[at].key;
        self.components[component].arrivals += 1;
        if self.components[component].quota.is_some() && !self.take_quota(image, at, component) {
            return;
        }
        if replica != NONE {
            let state = &self.replicas[replica as usize];
            let gone = state.phase != Phase::Up && self.work_is_lost(image, component);
            if gone && image.components[component].binding == Binding::Sending {
                return self.finish(image, at, Err(Failure::of(Cause::ReplicaLost)));
            }
            if state.fails > 0.0 && bits(key, Purpose::VersionFails).uniform() < state.fails {
                return self.finish(image, at, Err(Failure::of(Cause::Fault)));
            }
        }
        if self.components[component].disk_full > 0 && self.access(image, at) == Access::Write {
            return self.finish(image, at, Err(Failure::of(Cause::Fault)));
        }
        if let Some(fault) = self.operations[operation].fault {
            if bits(key, Purpose::Hang).uniform() < fault.hang {
                return self.hang(image, at);
            }
            if bits(key, Purpose::FaultFails).uniform() < fault.fail {
                return self.finish(image, at, Err(fault.failure));
            }
            if fault.delay.0 > 0 {
                return self.sleep(at, fault.delay.0, State::Delayed);
            }
        }
        if let Some(shed) = image.components[component].shed
            && image.ranks[self.frames[at].rank as usize] > shed.keeps
            && self.oldest_wait(image, at) > shed.above.0
        {
            return self.refuse(image, at, shed.then, Cause::Shed);
        }
        self.enter(image, at);
    }

    /// What becomes of requests at a replica of the component that is not up.
    fn work_is_lost(&self, image: &Image, component: usize) -> bool {
        let failures = image.components[component].source.failures;
        failures.is_none_or(|failures| failures.work == Interrupted::Lost)
    }

    fn access(&self, image: &Image, at: u32) -> Access {
        image.calls.get(self.frames[at].call as usize).map_or(Access::Read, |call| call.access)
    }

    /// Takes a token of the component's bucket; false if the request is refused or waits.
    fn take_quota(&mut self, image: &Image, at: u32, component: usize) -> bool {
        let then = image.components[component].quota.map_or(Refusal::Refuse, |quota| quota.then);
        let Some(bucket) = &mut self.components[component].quota else { return true };
        if then == Refusal::Wait {
            let ready = bucket.reserve(self.now);
            if ready <= self.now {
                return true;
            }
            self.components[component].over_quota += 1;
            self.sleep(at, ready - self.now, State::Delayed);
            return false;
        }
        if bucket.take(self.now) {
            return true;
        }
        self.components[component].over_quota += 1;
        self.refuse(image, at, then, Cause::Quota);
        false
    }

    /// How long the first in its queue has waited.
    fn oldest_wait(&self, image: &Image, at: u32) -> u64 {
        let gates = [self.slot_gate(at), self.worker_gate(at)];
        let waits = gates.into_iter().filter(|gate| *gate != NONE).filter_map(|gate| {
            let policy = self.gates.gates[gate as usize].policy;
            self.gates.oldest(gate, image.policies[policy as usize].ranks, &self.frames)
        });
        waits.map(|since| self.now - since).max().unwrap_or(0)
    }

    /// A request asks for a slot.
    ///
    /// It counts among its replica's open ones from here on; a replica that was idle for long must be made ready first.
    pub(super) fn enter(&mut self, image: &Image, at: u32) {
        let now = self.now;
        let frame = &mut self.frames[at];
        frame.flags.set(Flags::PLACED);
        let replica = frame.replica;
        let own = &mut self.replicas[replica as usize];
        own.opened += 1;
        if own.several {
            own.open.up(now);
        }
        let gate = own.slot_gate;
        if own.watches && own.opened == 1 {
            self.wake_up(image, replica);
        }
        self.ask_for_slot(image, at, gate);
    }

    /// Takes a slot, or waits for one.
    #[inline]
    pub(super) fn ask_for_slot(&mut self, image: &Image, at: u32, gate: u32) {
        if gate != NONE {
            let gate_state = &mut self.gates.gates[gate as usize];
            if !gate_state.has_room() {
                return self.queue_up(image, at, gate, State::WaitSlot);
            }
            gate_state.inside += 1;
            let owner = gate_state.owner;
            self.note_wait(owner, 0);
            self.bind_slot(image, at);
        }
        self.admit(image, at);
    }

    /// A replica that was idle for long is made ready before it serves.
    pub(super) fn wake_up(&mut self, image: &Image, replica: u32) {
        let state = &self.replicas[replica as usize];
        let (takes, after_idle) = image.components[state.component as usize].cold_start;
        if takes.is_some() && state.phase == Phase::Up && self.now - state.idle_since >= after_idle {
            self.make_ready(image, replica);
        }
    }

    /// The gate of the slots that a frame needs, if those are limited.
    #[inline(always)]
    pub(super) fn slot_gate(&self, at: u32) -> u32 {
        self.replicas[self.frames[at].replica as usize].slot_gate
    }

    /// Where slots are shared, the replica whose slot it is.
    fn bind_slot(&mut self, image: &Image, at: u32) {
        let replica = self.frames[at].replica;
        let own = &self.replicas[replica as usize];
        if own.binding == Binding::Slot {
            let component = own.component;
            let limit = image.components[component as usize].slots.unwrap_or(u32::MAX);
            let chosen = self.least_used(image, component, limit);
            self.in_use[chosen as usize] += 1;
            self.move_to(at, replica, chosen);
        }
    }

    /// A request of a shared queue is with another replica than it was counted at.
    #[inline(always)]
    pub(super) fn move_to(&mut self, at: u32, from: u32, to: u32) {
        if from != to {
            self.frames[at].replica = to;
            if self.frames[at].flags.has(Flags::PLACED) {
                self.replicas[from as usize].opened -= 1;
                self.replicas[to as usize].opened += 1;
                self.replicas[from as usize].open.down(self.now);
                self.replicas[to as usize].open.up(self.now);
            }
        }
    }

    /// A request has its slot.
    #[inline(always)]
    fn admit(&mut self, image: &Image, at: u32) {
        let frame = &mut self.frames[at];
        frame.flags.set(Flags::ADMITTED);
        let operation = &image.operations[frame.operation as usize];
        (frame.position, frame.state) = (operation.entry, State::Running);
        self.components[operation.component as usize].open.up(self.now);
        self.enlist(at);
    }

    /// A request finds no room at a gate.
    #[inline(always)]
    pub(super) fn queue_up(&mut self, image: &Image, at: u32, gate: u32, state: State) {
        let gate_state = &mut self.gates.gates[gate as usize];
        if !gate_state.endless {
            return self.queue_up_or_not(image, at, gate, state);
        }
        let frame = &mut self.frames[at];
        (frame.state, frame.since) = (state, self.now);
        let owner = gate_state.owner;
        Gates::join_plain(gate_state, at, &mut self.frames);
        self.queue_meter(owner, true);
    }

    /// As `queue_up`, where the queue may end, or those in it leave.
    fn queue_up_or_not(&mut self, image: &Image, at: u32, gate: u32, state: State) {
        let gate_state = &self.gates.gates[gate as usize];
        let (owner, waiting) = (gate_state.owner, gate_state.waiting);
        let policy = &image.policies[gate_state.policy as usize];
        let now = self.now;
        let frame = &mut self.frames[at];
        frame.state = state;
        frame.since = now;
        let own_rank = frame.rank;
        let rank = if policy.ranks > 1 { own_rank } else { 0 };
        if policy.priority == Priority::PreemptiveResume && self.interrupt(image, gate, own_rank) {
            return self.pass_gate(image, at, gate, state);
        }
        if waiting >= policy.length && policy.then != Refusal::Wait {
            return self.refuse(image, at, policy.then, Cause::QueueFull);
        }
        self.gates.join(gate, rank, at, &mut self.frames);
        self.queue_meter(owner, true);
        if policy.wait.is_some() && policy.then != Refusal::Wait {
            match policy.wait_ring {
                Some(ring) => {
                    let wait = self.events.after(now, ring, Kind::Wake, at);
                    self.frames[at].wake = wait;
                }
                None => {
                    let key = mix(self.frames[at].key, Purpose::QueueWait as u64 ^ u64::from(self.frames[at].position));
                    let wait = now.saturating_add(self.draw_by(image, key, policy.wait));
                    self.frames[at].wake = wait;
                    self.events.at(wait, Kind::Wake, at);
                }
            }
        }
    }

    /// A place was made at a gate by interrupting somebody.
    fn pass_gate(&mut self, image: &Image, at: u32, gate: u32, state: State) {
        self.gates.gates[gate as usize].inside += 1;
        self.note_wait(self.gates.gates[gate as usize].owner, 0);
        self.let_in(image, at, gate, state);
    }

    /// A request has waited as long as it will.
    pub(super) fn give_up(&mut self, image: &Image, at: u32) {
        let gate = self.leave_queue(image, at);
        let policy = &image.policies[self.gates.gates[gate as usize].policy as usize];
        let cause = match policy.owner {
            Owner::Pool(_) => Cause::PoolWait,
            Owner::Lock(_) => Cause::LockWait,
            Owner::Component(_) => Cause::QueueWait,
        };
        self.refuse(image, at, policy.then, cause);
    }

    /// Takes a frame out of the queue that it waits in, and gives the gate.
    pub(super) fn leave_queue(&mut self, image: &Image, at: u32) -> u32 {
        let gate = self.waits_at(at);
        let gate_state = &self.gates.gates[gate as usize];
        let (index, owner) = (gate_state.policy, gate_state.owner);
        let rank = if image.policies[index as usize].ranks > 1 { self.frames[at].rank } else { 0 };
        self.gates.leave(gate, rank, at, &mut self.frames);
        self.queue_meter(owner, false);
        let frame = &mut self.frames[at];
        frame.waited += self.now - frame.since;
        frame.wake = NEVER;
        gate
    }

    /// The gate that a frame waits at.
    fn waits_at(&self, at: u32) -> u32 {
        let frame = &self.frames[at];
        match frame.state {
            State::WaitSlot => self.slot_gate(at),
            State::WaitPool => self.cold[frame.cold].pool_gate,
            State::WaitLock => self.cold[frame.cold].lock_gate,
            State::Interrupted if self.worker_gate(at) == NONE => self.slot_gate(at),
            _ => self.worker_gate(at),
        }
    }

    /// Somebody has left a gate: the next one may come in.
    #[inline(always)]
    pub(super) fn release(&mut self, image: &Image, gate: u32) {
        let gate_state = &mut self.gates.gates[gate as usize];
        gate_state.inside -= 1;
        if gate_state.waiting > 0 {
            self.grant(image, gate);
        }
    }

    /// Lets in as many as there is room for.
    pub(super) fn grant(&mut self, image: &Image, gate: u32) {
        loop {
            let gate_state = &mut self.gates.gates[gate as usize];
            if !gate_state.has_room() || gate_state.waiting == 0 {
                return;
            }
            gate_state.inside += 1;
            let owner = gate_state.owner;
            let at = match gate_state.plain {
                true => Gates::take_first(gate_state, &mut self.frames),
                false => self.take_next(image, gate),
            };
            self.queue_meter(owner, false);
            let frame = &mut self.frames[at];
            let waited = self.now - frame.since;
            frame.waited += waited;
            let state = frame.state;
            if state != State::Interrupted {
                frame.wake = NEVER;
            }
            self.note_wait(owner, waited);
            if state == State::WaitWorker {
                self.let_work(image, at, gate);
            } else {
                self.let_in(image, at, gate, state);
            }
        }
    }

    /// A frame has the worker that it waited for.
    #[inline(always)]
    fn let_work(&mut self, image: &Image, at: u32, gate: u32) {
        let frame = &self.frames[at];
        let (replica, instruction) = (frame.replica, image.code.instructions[frame.position as usize]);
        let Instruction::Compute { cpu, hold } = instruction else { return };
        let shared = self.replicas[replica as usize].binding == Binding::Worker;
        let replica = if shared { self.bind_worker(image, at) } else { replica };
        if self.begin_work(image, at, replica, cpu, hold) {
            // It takes no time: the place is free again, and the loop that let it in goes on.
            self.in_use[replica as usize] -= u32::from(shared);
            self.gates.gates[gate as usize].inside -= 1;
            self.frames[at].position += 1;
            self.let_run(at);
        }
    }

    /// Takes the next one out of the queue of a gate with an order of its own.
    fn take_next(&mut self, image: &Image, gate: u32) -> u32 {
        let ranks = image.policies[self.gates.gates[gate as usize].policy as usize].ranks;
        let chance = || Bits::of(mix(self.seed, u64::from(gate)), self.now ^ Purpose::Order as u64);
        let at = self.gates.first(gate, ranks, chance).expect("somebody waits");
        let rank = if ranks > 1 { self.frames[at].rank } else { 0 };
        self.gates.leave(gate, rank, at, &mut self.frames);
        at
    }

    /// What a frame does that a gate has let in.
    #[inline(never)]
    fn let_in(&mut self, image: &Image, at: u32, gate: u32, state: State) {
        match state {
            State::WaitSlot => {
                self.bind_slot(image, at);
                self.admit(image, at);
            }
            State::WaitWorker => self.let_work(image, at, gate),
            State::Interrupted => {
                if self.worker_gate(at) == NONE {
                    self.bind_slot(image, at);
                }
                self.resume_work(image, at);
            }
            State::WaitPool => {
                self.lend(at);
                self.frames[at].state = State::Sending;
                self.enlist(at);
            }
            State::WaitLock => self.locked(image, at),
            _ => {}
        }
    }

    /// Counts one more or fewer in the queue of a gate's owner.
    #[inline(always)]
    pub(super) fn queue_meter(&mut self, owner: Owner, joins: bool) {
        let now = self.now;
        let meter = match owner {
            Owner::Component(component) => &mut self.components[component as usize].queue,
            Owner::Pool(pool) => &mut self.recorder.pools[pool as usize].queue,
            Owner::Lock(lock) => &mut self.locks[lock as usize].queue,
        };
        if joins { meter.up(now) } else { meter.down(now) }
    }

    /// Counts how long somebody has waited.
    #[inline(always)]
    pub(super) fn note_wait(&mut self, owner: Owner, waited: u64) {
        match owner {
            Owner::Component(component) => {
                if self.recorder.detailed {
                    self.components[component as usize].waited.record(Nanos(waited));
                }
            }
            Owner::Pool(pool) => self.recorder.pools[pool as usize].waited.record(Nanos(waited)),
            Owner::Lock(lock) => self.locks[lock as usize].waited.record(Nanos(waited)),
        }
    }

    /// A request leaves its component.
    #[inline(always)]
    pub(super) fn leave(&mut self, image: &Image, at: u32) {
        let frame = &self.frames[at];
        let (flags, replica, arrived) = (frame.flags, frame.replica, frame.arrived);
        if !flags.has(Flags::PLACED) {
            return;
        }
        let own = &mut self.replicas[replica as usize];
        own.ended += 1;
        own.opened -= 1;
        own.idle_since = self.now;
        if own.several {
            own.open.down(self.now);
        }
        if !flags.has(Flags::ADMITTED) {
            return;
        }
        let (gate, component, binding) = (own.slot_gate, own.component as usize, own.binding);
        self.components[component].open.down(self.now);
        if gate != NONE {
            if binding == Binding::Slot {
                self.in_use[replica as usize] -= 1;
            }
            if image.components[component].adaptive.is_some() {
                self.adapt(image, replica, self.now - arrived);
            }
            self.release(image, gate);
        }
    }

    /// Moves an adaptive limit by an answer's latency.
    fn adapt(&mut self, image: &Image, replica: u32, latency: u64) {
        let component = image.replicas[replica as usize].component as usize;
        let Some(adaptive) = image.components[component].adaptive else { return };
        let state = &mut self.replicas[replica as usize];
        if latency <= adaptive.target.0 {
            state.limit += 1.0 / state.limit;
        } else if self.now - state.shrank >= adaptive.target.0 {
            state.limit *= 0.9;
            state.shrank = self.now;
        }
        state.limit = state.limit.clamp(f64::from(adaptive.min), f64::from(adaptive.max));
        self.set_capacity(image, replica);
    }

    /// The bits that decide about a frame's component's own failures.
    pub(super) fn fails_by_itself(&self, image: &Image, at: u32) -> Option<Failure> {
        let operation = &image.operations[self.frames[at].operation as usize];
        let fails = operation.fails > 0.0 && bits(self.frames[at].key, Purpose::Fails).uniform() < operation.fails;
        fails.then_some(operation.failure)
    }
}
