//! The plain way of a request through a component, in one piece: a call that nothing guards, an arrival that nothing checks,
//! an end at which nothing is kept. Nearly all hops of nearly all systems are plain.
//!
//! It does what `call`, `balance` and `admission` do one after the other, and looks each part up once. Whatever is not plain
//! goes their way; both ways give the same events in the same order.

use super::call::{ATTEMPTS, attempt_key};
use super::code::Instruction;
use super::engine::Engine;
use super::events::Kind;
use super::frame::{Flags, Frame, NEVER, NO_CODE, NONE, State};
use super::image::{Binding, CallAt, Image};
use crate::program::{Cause, Deadline, Failure};
use crate::time::Nanos;

impl Engine {
    /// Makes the first attempt of a single call, of a frame of which no more is kept.
    #[inline(always)]
    pub(super) fn plain_call(&mut self, image: &Image, at: u32, call: u32, called: &CallAt, site: u32) {
        let now = self.now;
        let limit = now.saturating_add(called.timeout);
        let caller = &mut self.frames[at];
        let number = if called.plain { 0 } else { ATTEMPTS };
        let hands_on = caller.limit < limit
            && caller.operation != NO_CODE
            && image.operations[caller.operation as usize].deadline == Deadline::HandedOn;
        if hands_on || limit <= now {
            caller.state = State::Awaiting;
            return self.attempt(image, at, call, site, number);
        }
        caller.state = State::Awaiting;
        let (key, request, sibling, from, rank) =
            (caller.key, caller.request, caller.link, caller.replica, caller.rank);
        self.requests[request].frames += 1;
        self.recorder.calls[call as usize].came();
        let operation = &image.operations[called.target as usize];
        let child = self.frames.take_place();
        let frame = &mut self.frames[child];
        *frame = Frame {
            key: attempt_key(key, operation.key, site, number),
            wake: NEVER,
            limit,
            start: now,
            arrived: NEVER,
            since: now,
            waited: 0,
            request,
            parent: at,
            sibling,
            next: NONE,
            link: NONE,
            replica: from,
            position: 0,
            cold: NONE,
            operation: called.target,
            call: call as u16,
            state: State::Running,
            flags: Flags::default(),
            rank: operation.rank.unwrap_or(rank),
        };
        self.frames[at].link = child;
        if limit != NEVER {
            match called.timeout_ring {
                Some(ring) => drop(self.events.after(now, ring, Kind::Limit, child)),
                None => self.events.at(limit, Kind::Limit, child),
            }
        }
        if called.pool.is_some() {
            return self.take_connection(image, child);
        }
        self.set_out(image, child, called, true);
    }

    /// A plain attempt gets its replica and arrives there. Where nobody else has a turn before, it begins with its work.
    #[inline(always)]
    pub(super) fn set_out(&mut self, image: &Image, at: u32, called: &CallAt, last: bool) {
        let now = self.now;
        let component = &self.components[called.component as usize];
        if component.checks_arrivals || called.to_primary || image.is_wide {
            return self.set_out_checked(image, at, called);
        }
        let replica = match component.listed.as_slice() {
            [only] => *only,
            [] => return self.set_out_checked(image, at, called),
            _ => {
                let attempt = self.frames[at];
                match self.choose_of_several(image, &attempt, called) {
                    Some(replica) => replica,
                    None => return self.deliver(image, at, Err(Failure::of(Cause::NoReplica))),
                }
            }
        };
        self.recorder.operations[called.target as usize].came();
        let own = &mut self.replicas[replica as usize];
        own.opened += 1;
        if own.several {
            own.open.up(now);
        }
        let frame = &mut self.frames[at];
        (frame.replica, frame.arrived, frame.state) = (replica, now, State::Running);
        let gate = own.slot_gate;
        if own.watches && own.opened == 1 {
            frame.flags.set(Flags::PLACED);
            self.wake_up(image, replica);
            return self.ask_for_slot(image, at, gate);
        }
        if gate != NONE {
            if own.binding != Binding::Sending {
                frame.flags.set(Flags::PLACED);
                return self.ask_for_slot(image, at, gate);
            }
            let gate_state = &mut self.gates.gates[gate as usize];
            if !gate_state.has_room() {
                frame.flags.set(Flags::PLACED);
                return self.queue_up(image, at, gate, State::WaitSlot);
            }
            gate_state.inside += 1;
            if self.recorder.detailed {
                self.components[called.component as usize].waited.record(Nanos::ZERO);
            }
        }
        frame.flags.set(Flags::IN_PLACE);
        let operation = &image.operations[called.target as usize];
        frame.position = operation.entry;
        self.components[called.component as usize].open.up(now);
        if let Some((cpu, hold)) = operation.begins
            && last
            && self.is_nobodys_turn()
        {
            if self.compute_at(image, at, replica, cpu, hold) {
                self.frames[at].position += 1;
                self.enlist(at);
            }
        } else {
            self.enlist(at);
        }
    }

    /// An operation has come to its end with success.
    #[inline(always)]
    pub(super) fn plain_end(&mut self, image: &Image, at: u32) {
        let now = self.now;
        let frame = &mut self.frames[at];
        let Frame { cold, flags, call, operation, request, parent, sibling, arrived, start, waited, replica, .. } =
            *frame;
        let is_plain = flags.are_plain() && arrived != NEVER && call != NO_CODE;
        if !is_plain || !image.operations[operation as usize].plain_end {
            if flags == Flags::ROOT && cold == NONE && call == NO_CODE && operation == NO_CODE {
                // A user whose journey is over.
                self.end_journey(image, at, Ok(()));
                return self.give_frame(at);
            }
            return self.finish(image, at, Ok(()));
        }
        let pooled = flags.has(Flags::CONNECTION);
        if cold != NONE
            && !(pooled && self.cold[cold].has_connection_alone() && image.calls[call as usize].hold.is_none())
        {
            return self.finish(image, at, Ok(()));
        }
        frame.arrived = NEVER;
        let own = &mut self.replicas[replica as usize];
        own.ended += 1;
        own.opened -= 1;
        own.idle_since = now;
        if own.several {
            own.open.down(now);
        }
        let (gate, binding) = (own.slot_gate, own.binding);
        self.components[own.component as usize].open.down(now);
        if gate != NONE {
            if binding == Binding::Slot {
                self.in_use[replica as usize] -= 1;
            }
            self.release(image, gate);
        }
        self.recorder.operations[operation as usize].succeeded(now - arrived, waited);
        self.recorder.calls[call as usize].succeeded(now - start, waited);
        if flags.has(Flags::ROOT) {
            self.end_journey(image, at, Ok(()));
            return self.give_frame(at);
        }
        if parent != NONE {
            let caller = &mut self.frames[parent];
            caller.waited += waited;
            if caller.link == at {
                caller.link = sibling;
            } else {
                self.unlink_further(at, sibling, parent);
            }
        }
        if pooled {
            self.give_connection(image, at);
        }
        if cold != NONE {
            self.cold.give(cold);
        }
        let frame = &mut self.frames[at];
        (frame.state, frame.wake, frame.limit) = (State::Free, NEVER, NEVER);
        self.frames.give(at);
        let shared = &mut self.requests[request];
        shared.frames -= 1;
        if shared.frames == 0 {
            self.requests.give(request);
        }
        if parent == NONE {
            return;
        }
        let caller = &mut self.frames[parent];
        if let Instruction::Call { call, next, .. } = image.code.instructions[caller.position as usize]
            && caller.cold == NONE
            && image.calls[call as usize].single
        {
            caller.position = next;
            return self.let_run(parent);
        }
        self.answered(image, parent, Ok(()));
    }
}
