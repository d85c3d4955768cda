//! Calls: attempts with their guards, retries and hedges; and what becomes of attempts that nobody waits for.
//!
//! A caller waits in `Awaiting` with a list of its open attempts. An attempt ends in one of three ways: it is answered
//! (`deliver`), its caller gives up (`timed_out`), or its caller needs it no more (`detach` alone). Each settles the
//! guards and the connection once (`settle`).

use super::code::{Instruction, Purpose, bits};
use super::engine::{Engine, round};
use super::events::Kind;
use super::frame::{Flags, Frame, NEVER, NO_CODE, NONE, Outcome, State};
use super::image::{CallAt, Image, Owner, spread};
use super::random::{Bits, mix};
use crate::measurements::SpanKind;
use crate::program::{Answer, Cause, Deadline, Failure, LateWork, Pause, Refusal};

/// The key of an attempt: its caller's, whom it asks, from where, and which attempt it is.
#[inline(always)]
pub(super) fn attempt_key(caller: u64, operation: u64, site: u32, number: u32) -> u64 {
    mix(caller ^ operation, u64::from(site) << 32 | u64::from(number))
}

/// Attempts of one round of a call are numbered below this.
pub(super) const ATTEMPTS: u32 = 1 << 16;

impl Engine {
    /// Begins a call; true if there is nothing to wait for.
    #[inline(always)]
    pub(super) fn call(&mut self, image: &Image, at: u32, call: u32, site: u32, next: u32) -> bool {
        let called = &image.calls[call as usize];
        if called.single && self.frames[at].cold == NONE {
            self.plain_call(image, at, call, called, site);
            return false;
        }
        self.call_rounds(image, at, call, site, next)
    }

    /// As `call`, where there is more to keep than the attempt.
    fn call_rounds(&mut self, image: &Image, at: u32, call: u32, site: u32, next: u32) -> bool {
        let called = &image.calls[call as usize];
        if called.plain {
            self.frames[at].state = State::Awaiting;
            self.attempt(image, at, call, site, 0);
            return false;
        }
        let count = self.draw_count(at, called.times, site);
        if called.answer == Answer::Ignored {
            (0..count).for_each(|number| self.attempt(image, at, call, site, number));
            self.frames[at].position = next;
            return true;
        }
        if count == 0 {
            self.frames[at].position = next;
            return true;
        }
        self.cold(at).rounds = count;
        self.begin_round(image, at, call, site);
        false
    }

    fn begin_round(&mut self, image: &Image, at: u32, call: u32, site: u32) {
        let called = &image.calls[call as usize];
        let now = self.now;
        let cold = self.cold(at);
        cold.within = now.saturating_add(called.within);
        (cold.attempts, cold.hedges) = (1, 0);
        let number = cold.rounds * ATTEMPTS;
        if let Some(guard) = self.guard_of(called, at) {
            let guard = &mut self.guards[guard as usize];
            guard.retries.iter_mut().chain(&mut guard.hedges).for_each(super::guard::Budget::first_attempt);
        }
        self.frames[at].state = State::Awaiting;
        if let Some(ring) = called.hedge_ring {
            self.frames[at].wake = self.events.after(now, ring, Kind::Wake, at);
        }
        self.attempt(image, at, call, site, number);
    }

    /// The guards that a caller's replica keeps for a call.
    #[inline(always)]
    fn guard_of(&self, called: &CallAt, caller: u32) -> Option<u32> {
        let base = called.guards?;
        Some(match called.caller {
            Some(first) => base + self.frames[caller].replica - first,
            None => base,
        })
    }

    /// Makes one attempt. Its outcome comes back by `answered`, at once if a guard stands in the way.
    pub(super) fn attempt(&mut self, image: &Image, at: u32, call: u32, site: u32, number: u32) {
        let called = &image.calls[call as usize];
        let caller = &self.frames[at];
        let awaited = called.answer == Answer::Awaited;
        let now = self.now;
        let mut limit = now.saturating_add(called.timeout);
        let mut ring = called.timeout_ring;
        let mut flags = Flags::default();
        if !called.plain && awaited && caller.cold != NONE && self.cold[caller.cold].within < limit {
            limit = self.cold[caller.cold].within;
            ring = None;
        }
        if caller.limit < limit
            && caller.operation != NO_CODE
            && image.operations[caller.operation as usize].deadline == Deadline::HandedOn
        {
            limit = caller.limit;
            flags.set(Flags::DEADLINE);
        }
        self.recorder.calls[call as usize].came();
        let refused = if limit <= now { Some(Cause::Deadline) } else { None };
        let guard = self.guard_of(called, at);
        let refused = refused.or_else(|| guard.and_then(|guard| self.guard_refuses(called, guard)));
        if let Some(cause) = refused {
            let then = if cause == Cause::RateLimit { called.rate_limit } else { None };
            let failure = then.unwrap_or_default().failure(cause);
            self.recorder.calls[call as usize].failed(failure, 0);
            if awaited {
                self.answered(image, at, Err(failure));
            }
            return;
        }
        let caller = &self.frames[at];
        let operation = &image.operations[called.target as usize];
        let request = caller.request;
        let child = self.take_frame(Frame {
            key: attempt_key(caller.key, operation.key, site, number),
            wake: NEVER,
            limit,
            start: now,
            arrived: NEVER,
            since: now,
            waited: 0,
            request,
            parent: if awaited { at } else { NONE },
            sibling: if awaited { caller.link } else { NONE },
            next: NONE,
            link: NONE,
            // Until it has a replica of its own: where it comes from.
            replica: caller.replica,
            position: 0,
            cold: NONE,
            operation: called.target,
            call: call as u16,
            state: State::Running,
            flags,
            rank: operation.rank.unwrap_or(caller.rank),
        });
        if awaited {
            self.frames[at].link = child;
        }
        if self.is_kept(request) {
            self.number(child, at);
        }
        if limit != NEVER && !flags.has(Flags::DEADLINE) {
            match ring {
                Some(ring) => drop(self.events.after(now, ring, Kind::Limit, child)),
                None => self.events.at(limit, Kind::Limit, child),
            }
        }
        match guard {
            None => self.take_connection(image, child),
            Some(guard) => self.guarded(image, child, guard, called),
        }
    }

    /// Whether a guard stands in the way of a call, and which.
    fn guard_refuses(&mut self, called: &CallAt, guard: u32) -> Option<Cause> {
        let now = self.now;
        let guard = &mut self.guards[guard as usize];
        if called.at_most.is_some_and(|most| most <= guard.open) {
            return Some(Cause::Bulkhead);
        }
        let waits = matches!(called.rate_limit, Some(Refusal::Wait | Refusal::Drop));
        if let Some(bucket) = &mut guard.bucket
            && !waits
            && !bucket.take(now)
        {
            return Some(Cause::RateLimit);
        }
        if let Some(breaker) = &mut guard.breaker
            && !breaker.lets_pass(now)
        {
            return Some(Cause::BreakerOpen);
        }
        None
    }

    /// An attempt that its caller's guards let through: it may wait for a token, then for a connection.
    fn guarded(&mut self, image: &Image, child: u32, guard: u32, called: &CallAt) {
        self.guards[guard as usize].open += 1;
        self.cold(child).guard = guard;
        match called.rate_limit {
            Some(Refusal::Wait) => {
                let now = self.now;
                let ready = self.guards[guard as usize].bucket.as_mut().map_or(now, |bucket| bucket.reserve(now));
                if ready > now {
                    return self.sleep(child, ready - now, State::WaitToken);
                }
            }
            Some(Refusal::Drop) if !self.guards[guard as usize].bucket.as_mut().is_none_or(|b| b.take(self.now)) => {
                return self.lose(image, child, Failure::of(Cause::RateLimit));
            }
            _ => {}
        }
        self.take_connection(image, child);
    }

    /// A token has come.
    pub(super) fn token_came(&mut self, image: &Image, at: u32) {
        self.take_connection(image, at);
    }

    pub(super) fn take_connection(&mut self, image: &Image, at: u32) {
        let called = &image.calls[self.frames[at].call as usize];
        let Some(pool) = called.pool else { return self.send(image, at) };
        let own = &image.pools[pool as usize];
        let replica = self.frames[at].replica;
        let member = own.owner.map_or(0, |(first, count)| replica.wrapping_sub(first).min(count - 1));
        let gate = self.pool_gates[pool as usize] + member;
        self.cold(at).pool_gate = gate;
        if self.gates.gates[gate as usize].has_room() {
            self.gates.gates[gate as usize].inside += 1;
            self.note_wait(Owner::Pool(pool), 0);
            self.lend(at);
            return self.send(image, at);
        }
        self.queue_up(image, at, gate, State::WaitPool);
    }

    /// A connection is lent.
    pub(super) fn lend(&mut self, at: u32) {
        let now = self.now;
        self.frames[at].flags.set(Flags::CONNECTION);
        self.cold(at).lent = now;
    }

    /// An attempt gets its replica and sets out.
    pub(super) fn send(&mut self, image: &Image, at: u32) {
        let frame = &self.frames[at];
        let called = &image.calls[frame.call as usize];
        if frame.flags.has(Flags::CONNECTION) && !self.connect(image, at, called) {
            return self.deliver(image, at, Err(Failure::of(Cause::Connections)));
        }
        self.set_out(image, at, called, false);
    }

    /// As `set_out`, on any way and to a component that checks who comes.
    #[inline(never)]
    pub(super) fn set_out_checked(&mut self, image: &Image, at: u32, called: &CallAt) {
        let Some(replica) = self.choose(image, at, called) else {
            return self.deliver(image, at, Err(Failure::of(Cause::NoReplica)));
        };
        if image.is_wide
            && let frame = self.frames[at]
            && let Some(delay) = self.way(image, &frame, replica, Purpose::Network)
        {
            self.frames[at].replica = replica;
            return match delay {
                NEVER => self.lose(image, at, Failure::of(Cause::Network)),
                0 => self.arrive(image, at),
                delay => self.sleep(at, delay, State::Travelling),
            };
        }
        self.frames[at].replica = replica;
        self.arrive(image, at);
    }

    /// Counts a connection at the component and in the pool; false if it accepts no more.
    fn connect(&mut self, image: &Image, at: u32, called: &CallAt) -> bool {
        let component = called.component as usize;
        self.components[component].connections.up(self.now);
        if let Some(pool) = called.pool {
            self.recorder.pools[pool as usize].lent.up(self.now);
        }
        // From here on giving the connection back counts it out.
        self.cold(at).connected = true;
        self.components[component].connections.value <= u64::from(image.components[component].connections)
    }

    /// An operation or a way of a fork has ended.
    #[inline]
    pub(super) fn finish(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let frame = &self.frames[at];
        let (flags, arrived, call) = (frame.flags, frame.arrived, frame.call);
        let mut outcome = outcome;
        if frame.cold != NONE {
            self.let_go(image, at, outcome);
        }
        if flags.has(Flags::BRANCH) {
            return self.end_branch(image, at, outcome);
        }
        if arrived != NEVER {
            if outcome.is_ok()
                && let Some(failure) = self.fails_by_itself(image, at)
            {
                outcome = Err(failure);
            }
            self.leave(image, at);
            self.record_operation(at, outcome);
        }
        if flags.has(Flags::MESSAGE) {
            return self.end_message(image, at, outcome);
        }
        if image.is_wide
            && call != NO_CODE
            && let Some(delay) = self.way_back(image, at)
            && delay > 0
        {
            if delay == NEVER {
                return self.lose(image, at, Failure::of(Cause::Network));
            }
            self.cold(at).outcome = outcome;
            return self.sleep(at, delay, State::Returning);
        }
        self.deliver(image, at, outcome);
    }

    #[inline(always)]
    pub(super) fn record_operation(&mut self, at: u32, outcome: Outcome) {
        let frame = &mut self.frames[at];
        // It has left its component for good.
        let arrived = std::mem::replace(&mut frame.arrived, NEVER);
        let (request, operation, took) = (frame.request, frame.operation, self.now - arrived);
        let meter = &mut self.recorder.operations[operation as usize];
        match outcome {
            Ok(()) => meter.succeeded(took, frame.waited),
            Err(failure) => meter.failed(failure, took),
        }
        if self.is_kept(request) {
            let kind = SpanKind::Operation(crate::program::OperationId(u32::from(operation)));
            self.span(at, kind, arrived, outcome);
        }
    }

    /// An attempt's answer is there.
    #[inline]
    pub(super) fn deliver(&mut self, image: &Image, at: u32, outcome: Outcome) {
        if self.frames[at].call != NO_CODE {
            self.settle(image, at, outcome);
        }
        let frame = &self.frames[at];
        if frame.flags.has(Flags::ROOT) {
            self.end_journey(image, at, outcome);
            return self.give_or_linger(image, at);
        }
        let (parent, waited) = (frame.parent, frame.waited);
        if parent == NONE {
            return self.give_or_linger(image, at);
        }
        self.unlink(at, parent);
        self.frames[parent].waited += waited;
        self.give_or_linger(image, at);
        self.answered(image, parent, outcome);
    }

    /// Counts an attempt that has ended, and gives back what it held of its caller, but for a connection that is kept.
    #[inline(always)]
    pub(super) fn settle(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let frame = &self.frames[at];
        let took = self.now - frame.start;
        let meter = &mut self.recorder.calls[frame.call as usize];
        match outcome {
            Ok(()) => meter.succeeded(took, frame.waited),
            Err(failure) => meter.failed(failure, took),
        }
        if frame.cold != NONE {
            self.settle_cold(image, at, outcome, took);
        }
    }

    /// As `settle`, for an attempt of which more is kept.
    fn settle_cold(&mut self, image: &Image, at: u32, outcome: Outcome, took: u64) {
        let frame = self.frames[at];
        if self.is_kept(frame.request) {
            self.span(at, SpanKind::Call(crate::program::CallId(u32::from(frame.call))), frame.start, outcome);
        }
        let guard = self.cold[frame.cold].guard;
        if guard != NONE {
            self.settle_guard(image, &frame, guard, outcome, took);
        }
    }

    fn settle_guard(&mut self, image: &Image, frame: &Frame, guard: u32, outcome: Outcome, took: u64) {
        let now = self.now;
        let called = &image.calls[frame.call as usize];
        let guard = &mut self.guards[guard as usize];
        guard.open -= 1;
        if let Some(breaker) = &mut guard.breaker {
            breaker.note(now, outcome.is_ok(), took);
        }
        if let Some(rule) = called.outlier {
            let first = image.components[called.component as usize].first;
            let listed = self.components[called.component as usize].listed.len();
            let left_out = guard.outliers.iter().filter(|(_, until)| now < *until).count();
            let Some((failures, until)) = guard.outliers.get_mut(frame.replica.wrapping_sub(first) as usize) else {
                return;
            };
            *failures = if outcome.is_ok() { 0 } else { *failures + 1 };
            if *failures >= rule.after && ((left_out + 1) as f64) <= rule.at_most * listed as f64 {
                (*failures, *until) = (0, now.saturating_add(rule.out_for.0));
            }
        }
    }

    /// Gives a frame back, unless its connection is kept for longer.
    #[inline(always)]
    fn give_or_linger(&mut self, image: &Image, at: u32) {
        if self.frames[at].flags.has(Flags::CONNECTION) {
            let frame = self.frames[at];
            let called = &image.calls[frame.call as usize];
            if called.hold.is_some() {
                let hold = Bits::of(mix(frame.key, Purpose::Hold as u64), 0);
                let from = image.code.draws[called.hold.0 as usize];
                let hold = round({ hold }.draw(&image.distributions[from.from as usize]));
                let until = self.cold[frame.cold].lent.saturating_add(hold);
                if self.now < until {
                    let frame = &mut self.frames[at];
                    (frame.parent, frame.limit) = (NONE, NEVER);
                    return self.sleep(at, until - self.now, State::Lingering);
                }
            }
            self.give_connection(image, at);
        }
        self.give_frame(at);
    }

    /// A connection has been kept long enough.
    pub(super) fn end_lingering(&mut self, image: &Image, at: u32) {
        self.give_connection(image, at);
        self.give_frame(at);
    }

    pub(super) fn give_connection(&mut self, image: &Image, at: u32) {
        let frame = &mut self.frames[at];
        let called = &image.calls[frame.call as usize];
        frame.flags.clear(Flags::CONNECTION);
        let cold = &mut self.cold[frame.cold];
        let gate = cold.pool_gate;
        if std::mem::take(&mut cold.connected) {
            self.components[called.component as usize].connections.down(self.now);
            if let Some(pool) = called.pool {
                self.recorder.pools[pool as usize].lent.down(self.now);
            }
        }
        self.release(image, gate);
    }

    /// An attempt of a caller has ended; the caller goes on, tries again or fails.
    pub(super) fn answered(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let position = self.frames[at].position;
        let Instruction::Call { call, site, next } = image.code.instructions[position as usize] else { return };
        let called = &image.calls[call as usize];
        if !called.plain {
            match outcome {
                Ok(()) => {
                    self.frames[at].wake = NEVER;
                    self.drop_open(image, at, Failure::of(Cause::Stopped));
                    let cold = self.cold(at);
                    cold.rounds -= 1;
                    if cold.rounds > 0 {
                        return self.begin_round(image, at, call, site);
                    }
                }
                // A hedge may still succeed.
                Err(_) if self.frames[at].link != NONE => return,
                Err(failure) => {
                    self.frames[at].wake = NEVER;
                    if let Some(pause) = self.tries_again(image, called, at, failure) {
                        return self.sleep(at, pause, State::Backoff);
                    }
                }
            }
        }
        match outcome {
            Ok(()) => self.frames[at].position = next,
            Err(failure) if next == position + 1 => return self.finish(image, at, Err(failure)),
            Err(_) => self.frames[at].position = position + 1,
        }
        self.let_run(at);
    }

    /// How long a caller pauses before it tries again, if it does.
    fn tries_again(&mut self, image: &Image, called: &CallAt, at: u32, failure: Failure) -> Option<u64> {
        let retries = called.retries.as_ref()?;
        let frame = self.frames[at];
        let cold = *self.cold(at);
        let made = cold.attempts;
        if !retries.on.contains(failure) || retries.max.is_some_and(|max| max < made) {
            return None;
        }
        let number = cold.rounds * ATTEMPTS + made;
        let drawn = mix(frame.key, u64::from(frame.position) << 32 | u64::from(number));
        let pause = match retries.backoff {
            Pause::None => 0.0,
            Pause::Drawn(_) => self.draw_by(image, mix(drawn, Purpose::Backoff as u64), called.backoff) as f64,
            Pause::Growing { first, factor, most } => {
                let grown = crate::math::pow(factor.max(1e-9), f64::from(made - 1)) * first.0 as f64;
                grown.min(most.0 as f64)
            }
        };
        let pause = round(spread(retries.jitter, pause, || bits(drawn, Purpose::Jitter).uniform()));
        let hands_on =
            frame.operation != NO_CODE && image.operations[frame.operation as usize].deadline == Deadline::HandedOn;
        let until = if hands_on { cold.within.min(frame.limit) } else { cold.within };
        if until <= self.now.saturating_add(pause) {
            return None;
        }
        if let Some(guard) = self.guard_of(called, at)
            && let Some(budget) = &mut self.guards[guard as usize].retries
            && !budget.take()
        {
            return None;
        }
        Some(pause)
    }

    /// The pause before another attempt is over.
    pub(super) fn next_attempt(&mut self, image: &Image, at: u32) {
        let Instruction::Call { call, site, .. } = image.code.instructions[self.frames[at].position as usize] else {
            return;
        };
        self.recorder.calls[call as usize].flow.retries += 1;
        let now = self.now;
        let cold = self.cold(at);
        let number = cold.rounds * ATTEMPTS + cold.attempts % ATTEMPTS;
        cold.attempts += 1;
        self.frames[at].state = State::Awaiting;
        if let Some(ring) = image.calls[call as usize].hedge_ring {
            self.frames[at].wake = self.events.after(now, ring, Kind::Wake, at);
        }
        self.attempt(image, at, call, site, number);
    }

    /// An attempt has been given its time alone: another one is made beside it.
    pub(super) fn hedge(&mut self, image: &Image, at: u32) {
        let Instruction::Call { call, site, .. } = image.code.instructions[self.frames[at].position as usize] else {
            return;
        };
        let called = &image.calls[call as usize];
        let Some(rule) = called.hedge else { return };
        let cold = self.cold[self.frames[at].cold];
        if cold.hedges >= rule.max || self.frames[at].link == NONE {
            return;
        }
        if let Some(guard) = self.guard_of(called, at)
            && let Some(budget) = &mut self.guards[guard as usize].hedges
            && !budget.take()
        {
            return;
        }
        self.recorder.calls[call as usize].flow.hedges += 1;
        let now = self.now;
        let cold = self.cold(at);
        let number = cold.rounds * ATTEMPTS + cold.attempts % ATTEMPTS;
        cold.attempts += 1;
        cold.hedges += 1;
        if cold.hedges < rule.max
            && let Some(ring) = called.hedge_ring
        {
            self.frames[at].wake = self.events.after(now, ring, Kind::Wake, at);
        }
        self.attempt(image, at, call, site, number);
    }

    /// A frame's limit is over, if it still is that frame's: its caller gives up, and with it everything below that was
    /// called with what was left of the same time.
    pub(super) fn limit(&mut self, image: &Image, at: u32) {
        let frame = &self.frames[at];
        let hosted = frame.flags.has(Flags::BRANCH) && frame.parent != NONE;
        if frame.limit != self.now || frame.state == State::Free || hosted {
            return;
        }
        // All are listed before the first gives up, since that may take the tree apart.
        let mut overdue = std::mem::take(&mut self.overdue);
        overdue.push(at);
        self.list_overdue(at, &mut overdue);
        for each in overdue.drain(..) {
            let frame = &self.frames[each];
            // A place that was reused meanwhile has a later limit.
            if frame.limit == self.now && frame.state != State::Free {
                self.timed_out(image, each);
            }
        }
        self.overdue = overdue;
    }

    fn list_overdue(&self, at: u32, overdue: &mut Vec<u32>) {
        let frame = &self.frames[at];
        if frame.state != State::Awaiting {
            return;
        }
        let mut child = frame.link;
        while child != NONE {
            let frame = &self.frames[child];
            let is_overdue = frame.flags.has(Flags::DEADLINE) && frame.limit == self.now;
            if is_overdue {
                overdue.push(child);
            }
            if is_overdue || frame.flags.has(Flags::BRANCH) {
                self.list_overdue(child, overdue);
            }
            child = frame.sibling;
        }
    }

    /// A frame whose limit its caller would have watched is alone from here on, and watches it itself.
    fn watch_limit(&mut self, at: u32) {
        let frame = &self.frames[at];
        let unwatched = frame.flags.has(Flags::DEADLINE) || frame.flags.has(Flags::BRANCH);
        if unwatched && self.now < frame.limit && frame.limit != NEVER {
            self.events.at(frame.limit, Kind::Limit, at);
        }
    }

    /// A caller gives up an attempt.
    fn timed_out(&mut self, image: &Image, at: u32) {
        let frame = self.frames[at];
        if frame.flags.has(Flags::ROOT) {
            return self.lose_patience(image, at);
        }
        if frame.call == NO_CODE || frame.state == State::Lingering {
            return;
        }
        let cause = if frame.flags.has(Flags::DEADLINE) { Cause::Deadline } else { Cause::Timeout };
        let outcome = Err(Failure::of(cause));
        let parent = frame.parent;
        if parent != NONE {
            self.unlink(at, parent);
            // The time that it spent in queues is time that its caller spent there.
            let waiting = self.waits_since(at).map_or(0, |since| self.now - since);
            self.frames[parent].waited += frame.waited + waiting;
        }
        self.settle(image, at, outcome);
        self.detach(image, at);
        if parent != NONE {
            self.answered(image, parent, outcome);
        }
    }

    /// Since when a frame waits in a queue, if it does.
    fn waits_since(&self, at: u32) -> Option<u64> {
        let frame = &self.frames[at];
        let waits = [State::WaitSlot, State::WaitWorker, State::WaitPool, State::WaitLock, State::Interrupted];
        waits.contains(&frame.state).then_some(frame.since)
    }

    /// Nobody waits for an attempt any more; its guards are settled.
    pub(super) fn detach(&mut self, image: &Image, at: u32) {
        if self.frames[at].flags.has(Flags::CONNECTION) {
            self.give_connection(image, at);
        }
        let frame = &mut self.frames[at];
        frame.parent = NONE;
        frame.call = NO_CODE;
        frame.flags.set(Flags::LATE);
        match frame.state {
            State::WaitPool => {
                self.leave_queue(image, at);
                self.give_frame(at);
            }
            State::WaitToken | State::Travelling | State::Lost | State::Returning => self.give_frame(at),
            State::Sending => frame.state = State::Stopping,
            State::Hung => {
                self.record_operation(at, Err(Failure::of(Cause::Fault)));
                self.give_frame(at);
            }
            _ => {
                let operation = &image.operations[frame.operation as usize];
                self.recorder.operations[frame.operation as usize].flow.late += 1;
                match operation.late_work {
                    LateWork::Stops => self.stop(image, at),
                    LateWork::RunsOn => self.watch_limit(at),
                }
            }
        }
    }

    /// Stops a frame wherever it is, and gives back everything that it holds.
    pub(super) fn stop(&mut self, image: &Image, at: u32) {
        self.end_now(image, at, Failure::of(Cause::Stopped));
    }

    /// Ends a frame with a failure wherever it is, and gives back everything that it holds.
    pub(super) fn end_now(&mut self, image: &Image, at: u32, failure: Failure) {
        match self.frames[at].state {
            // They are on the list of those whose turn it is.
            State::Running | State::Sending | State::Failing => {
                self.frames[at].state = State::Stopping;
                return;
            }
            State::Stopping | State::Free => return,
            State::WaitSlot | State::WaitWorker | State::WaitLock => drop(self.leave_queue(image, at)),
            State::Interrupted => self.leave_interrupted(image, at),
            State::Computing | State::Suspended => self.stop_work(image, at),
            State::OnCores | State::SuspendedOnCores => {
                let replica = self.frames[at].replica as usize;
                let now = self.now;
                if let Some(cores) = &mut self.replicas[replica].cores {
                    cores.remove(now, at);
                }
                self.stop_work(image, at);
                self.plan_cores(replica);
            }
            State::WaitFetch => self.leave_fetch(at),
            State::Awaiting => self.drop_open(image, at, failure),
            _ => {}
        }
        self.frames[at].wake = NEVER;
        self.finish(image, at, Err(failure));
    }

    /// Abandons everything that a frame has open.
    pub(super) fn drop_open(&mut self, image: &Image, at: u32, because: Failure) {
        loop {
            let child = self.frames[at].link;
            if child == NONE || self.frames[at].state != State::Awaiting {
                return;
            }
            self.unlink(child, at);
            if self.frames[child].flags.has(Flags::BRANCH) {
                self.frames[child].parent = NONE;
                let operation = self.frames[child].operation;
                let stops = image.operations.get(operation as usize).is_none_or(|o| o.late_work == LateWork::Stops);
                // A way of a fork does not outlive the replica that it runs on.
                if stops || because.cause == Cause::ReplicaLost {
                    self.end_now(image, child, because);
                } else {
                    self.watch_limit(child);
                }
            } else {
                self.settle(image, child, Err(because));
                self.detach(image, child);
            }
        }
    }

    /// An attempt gets no answer: it waits until its caller gives up.
    pub(super) fn lose(&mut self, image: &Image, at: u32, failure: Failure) {
        if self.frames[at].cold != NONE {
            self.let_go(image, at, Err(failure));
        }
        if self.frames[at].arrived != NEVER {
            self.leave(image, at);
            self.record_operation(at, Err(failure));
        }
        self.frames[at].flags.clear(Flags::ADMITTED);
        self.frames[at].flags.clear(Flags::PLACED);
        let frame = self.frames[at];
        if frame.parent == NONE && !frame.flags.has(Flags::ROOT) {
            // Nobody will ever ask for it.
            return self.deliver(image, at, Err(failure));
        }
        self.frames[at].state = State::Lost;
        self.frames[at].wake = NEVER;
    }

    /// A request hangs in its component, and keeps nothing there.
    pub(super) fn hang(&mut self, image: &Image, at: u32) {
        let frame = self.frames[at];
        if frame.parent == NONE && !frame.flags.has(Flags::ROOT) {
            return self.finish(image, at, Err(Failure::of(Cause::Fault)));
        }
        self.frames[at].state = State::Hung;
        self.frames[at].wake = NEVER;
    }

    /// Gives the answer before the end: what follows is done by itself.
    pub(super) fn answer_early(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let frame = self.frames[at];
        if frame.flags.has(Flags::BRANCH) || frame.flags.has(Flags::MESSAGE) {
            return;
        }
        if frame.arrived != NEVER {
            self.leave(image, at);
            self.record_operation(at, outcome);
        }
        if frame.call != NO_CODE {
            self.settle(image, at, outcome);
            if frame.flags.has(Flags::CONNECTION) {
                self.give_connection(image, at);
            }
        }
        if frame.flags.has(Flags::ROOT) {
            self.end_journey(image, at, outcome);
        }
        let own = &mut self.frames[at];
        [Flags::ADMITTED, Flags::PLACED, Flags::ROOT].into_iter().for_each(|flag| own.flags.clear(flag));
        own.flags.set(Flags::LATE);
        (own.parent, own.call, own.limit, own.arrived) = (NONE, NO_CODE, NEVER, NEVER);
        if frame.parent != NONE {
            self.unlink(at, frame.parent);
            self.frames[frame.parent].waited += frame.waited;
            self.answered(image, frame.parent, outcome);
        }
    }
}
