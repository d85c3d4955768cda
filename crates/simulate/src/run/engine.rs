//! The engine: takes one event after the other and moves frames on.
//!
//! A frame moves through its code until it has to wait for something (`run`). Whoever is freed by another's step is put
//! on the list of those whose turn it is, so that nothing here calls itself without end, and the order in which frames
//! move at one time is the order in which they were freed.
//!
//! The mechanisms stand beside, one in each file, as further functions of the engine: `request`, `call`, `admission`,
//! `compute`, `fork`, `lock`, `cache`, `message`, `replica`, `timeline`, `scaler`, `rollout`, `measure`.

use std::collections::VecDeque;

use super::cache::CacheState;
use super::code::{DrawAt, DrawFrom, Instruction, Purpose, bits};
use super::cores::Cores;
use super::events::{Event, Events, Kind};
use super::frame::{Cold, Frame, NEVER, NO_CODE, NONE, Request, Slab, State};
use super::gate::Gates;
use super::guard::{Bucket, Guard};
use super::image::{Binding, ComponentAt, Image};
use super::lock::{Hold, LockState};
use super::measure::Recorder;
use super::message::{GroupState, TopicState};
use super::meter::Meter;
use super::options::Options;
use super::random::{Bits, mix};
use super::replica::Phase;
use super::request::SourceState;
use super::timeline::Control;
use crate::measurements::{End, Histogram};
use crate::program::{Cause, Failure, OperationFault, Refusal};

/// A component in a run.
#[derive(Debug)]
pub(super) struct ComponentState {
    /// Replicas that callers know of, in order.
    pub(super) listed: Vec<u32>,
    /// The replica that takes writes.
    pub(super) primary: u32,
    /// Whose turn it is.
    pub(super) turn: u32,
    pub(super) quota: Option<Bucket>,
    /// The gates of a shared queue.
    pub(super) slot_gate: u32,
    pub(super) worker_gate: u32,
    /// Something is wrong with it, or it has rules for arriving requests.
    pub(super) checks_arrivals: bool,
    pub(super) disk_full: u32,
    /// Replicas that serve, starting ones apart.
    pub(super) serving: u32,
    pub(super) open: Meter,
    pub(super) queue: Meter,
    pub(super) busy: Meter,
    pub(super) cpu: Meter,
    pub(super) up: Meter,
    pub(super) works: Meter,
    pub(super) connections: Meter,
    pub(super) waited: Histogram,
    pub(super) over_quota: u64,
    pub(super) throttled: Meter,
    /// Arrivals so far, for its autoscaler.
    pub(super) arrivals: u64,
    pub(super) scaler: super::scaler::ScalerState,
    /// When it gets another primary, by which control, and who was deposed.
    pub(super) elect_at: u64,
    pub(super) election: u32,
    pub(super) deposed: u32,
    /// Replicas of a new version beyond those wanted.
    pub(super) surplus: u32,
    pub(super) rolled_back: bool,
}

/// A replica in a run.
#[derive(Debug)]
pub(super) struct ReplicaState {
    // What every step of a request asks, of the component as well, so that it asks in one place.
    pub(super) component: u32,
    pub(super) binding: Binding,
    /// Its own gates, or those of its component's shared queue.
    pub(super) slot_gate: u32,
    pub(super) worker_gate: u32,
    /// Work takes this many times as long, whatever else runs; nothing where cores are shared.
    pub(super) slowness: f64,
    /// It has rules that look at the time: failures while busy, a warm-up, a cold start.
    pub(super) watches: bool,
    /// Its workers can be given from one hand to the next: they are its own, nothing counts the moment between, and work takes
    /// the same time whatever else runs.
    pub(super) hands_over: bool,
    /// It is one of several, and is metered apart from its component.
    pub(super) several: bool,
    /// Requests that it has open, and those at work.
    pub(super) opened: u32,
    pub(super) working: u32,
    pub(super) cores: Option<Cores>,
    pub(super) phase: super::replica::Phase,
    /// How many faults keep it down.
    pub(super) faults: u32,
    /// Callers know of it.
    pub(super) listed: bool,
    /// It is being made ready after a time without requests.
    pub(super) warming: bool,
    /// When its phase ends.
    pub(super) wake: u64,
    /// When callers learn of its state.
    pub(super) known: u64,
    /// When it fails.
    pub(super) fails_at: u64,
    /// Until its next failure, of the time that counts.
    pub(super) to_failure: u64,
    /// Since when that time runs.
    pub(super) counting: u64,
    /// How often it has started, failed or been made ready: each draws anew.
    pub(super) incarnation: u64,
    /// When it began to serve, and until when its work takes longer for that.
    pub(super) since: u64,
    pub(super) warms_until: u64,
    /// Since when it has no open request.
    pub(super) idle_since: u64,
    /// How many times as long its version takes.
    pub(super) slow: f64,
    /// The share of requests that its version fails.
    pub(super) fails: f64,
    /// Its version is the new one.
    pub(super) renewed: bool,
    /// The slots of an adaptive limit, and when it last shrank.
    pub(super) limit: f64,
    pub(super) shrank: u64,
    pub(super) ended: u64,
    pub(super) open: Meter,
    pub(super) busy: Meter,
    pub(super) up: Meter,
    pub(super) cpu: Meter,
}

/// An operation in a run: what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperationState {
    pub(super) fault: Option<OperationFault>,
    /// How many times as long its own work takes by it.
    pub(super) slow: f64,
}

impl Default for OperationState {
    fn default() -> Self {
        Self { fault: None, slow: 1.0 }
    }
}

/// A run in progress.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) now: u64,
    pub(super) seed: u64,
    pub(super) options: Options,
    pub(super) events: Events,
    pub(super) event_count: u64,
    pub(super) trace: u64,
    pub(super) end: Option<End>,
    pub(super) frames: Slab<Frame>,
    pub(super) cold: Slab<Cold>,
    pub(super) requests: Slab<Request>,
    /// Whose turn it is next, and who comes after: nearly always there is one alone.
    pub(super) next: u32,
    pub(super) ready: VecDeque<u32>,
    /// Those whose time is over, while they are gone through.
    pub(super) overdue: Vec<u32>,
    pub(super) gates: Gates,
    pub(super) components: Vec<ComponentState>,
    pub(super) replicas: Vec<ReplicaState>,
    /// Slots or workers of each replica that a shared queue has given out.
    pub(super) in_use: Vec<u32>,
    pub(super) operations: Vec<OperationState>,
    /// The first gate of each pool.
    pub(super) pool_gates: Vec<u32>,
    pub(super) locks: Vec<LockState>,
    pub(super) holds: Slab<Hold>,
    pub(super) caches: Vec<CacheState>,
    pub(super) guards: Vec<Guard>,
    pub(super) topics: Vec<TopicState>,
    pub(super) groups: Vec<GroupState>,
    pub(super) sources: Vec<SourceState>,
    pub(super) controls: Vec<Control>,
    /// Per fault of the timeline: whether it is at hand, and the replicas that it took.
    pub(super) active: Vec<bool>,
    pub(super) lost: Vec<Vec<u32>>,
    /// What is lost between places and between components, beside what the network loses by itself.
    pub(super) cuts: Vec<super::timeline::Cut>,
    pub(super) recorder: Recorder,
}

impl Engine {
    /// A run at its beginning.
    pub(super) fn new(image: &Image, seed: u64, options: &Options) -> Self {
        let mut gates = Gates::default();
        let components = image.components.iter().map(|component| component_state(component, image, &mut gates));
        let components: Vec<ComponentState> = components.collect();
        let replicas = image.replicas.iter().enumerate().map(|(index, replica)| {
            let (of, phase) = (replica.component, mix(seed, index as u64));
            let own = &image.components[of as usize];
            replica_state(of, &components[of as usize], own, image, &mut gates, phase)
        });
        let replicas: Vec<ReplicaState> = replicas.collect();
        let mut add_gates = |count: u32, capacity: u32, policy: u32| {
            let gates = (0..count).map(|_| gates.add(capacity, policy, &image.policies[policy as usize]));
            gates.fold(NONE, |first, gate| first.min(gate))
        };
        let pool_gates = image.pools.iter().map(|pool| {
            let members = pool.owner.map_or(1, |(_, count)| count);
            add_gates(members, pool.size, pool.policy)
        });
        let pool_gates = pool_gates.collect();
        let locks = image.locks.iter().zip(&image.lock_policies).map(|(lock, policy)| LockState {
            gates: add_gates(lock.keys, lock.holders, *policy),
            zipf: super::zipf::Zipf::new(lock.keys, lock.skew),
            held: Meter::default(),
            queue: Meter::default(),
            waited: Histogram::default(),
        });
        let locks = locks.collect();
        let mut engine = Self {
            now: 0,
            seed,
            options: options.clone(),
            events: image.events(options.events),
            event_count: 0,
            trace: 0,
            end: None,
            frames: Slab::new(),
            cold: Slab::new(),
            requests: Slab::new(),
            next: NONE,
            ready: VecDeque::new(),
            overdue: Vec::new(),
            components,
            in_use: vec![0; replicas.len()],
            replicas,
            operations: vec![OperationState::default(); image.operations.len()],
            pool_gates,
            locks,
            holds: Slab::new(),
            gates,
            caches: image.caches.iter().map(CacheState::new).collect(),
            guards: super::image::guards(image),
            topics: super::message::topics(&image.topics, &image.group_rules),
            groups: image.group_rules.iter().map(|group| GroupState::new(image, group)).collect(),
            sources: super::request::sources(image, seed, options),
            controls: Vec::new(),
            active: vec![false; image.faults.len()],
            lost: vec![Vec::new(); image.faults.len()],
            cuts: Vec::new(),
            recorder: Recorder::new(image, options),
        };
        engine.begin_replicas(image);
        engine.begin_timeline(image);
        engine.begin_sources(image);
        engine
    }

    /// Handles events until a time; `Some` if the run ended before.
    pub(super) fn advance(&mut self, image: &Image, until: u64) -> Option<End> {
        while self.end.is_none() {
            let Some(event) = self.events.next(until) else {
                self.now = self.now.max(until);
                return None;
            };
            let first = self.handle(image, event);
            self.run(image, first);
        }
        self.end
    }

    /// The next frame that moves on through its code, if there is one. Whatever else has its turn before has it.
    #[inline(always)]
    fn whose_turn(&mut self, image: &Image) -> Option<u32> {
        loop {
            let next = match std::mem::replace(&mut self.next, NONE) {
                NONE => self.ready.pop_front()?,
                next => next,
            };
            let state = self.frames[next].state;
            if state == State::Running {
                return Some(next);
            }
            self.turn_other(image, next, state);
        }
    }

    /// Handles an event, and gives the frame that moves on by it at once.
    #[inline(always)]
    fn handle(&mut self, image: &Image, event: Event) -> Option<u32> {
        let (now, position) = (event.time(), event.position());
        self.now = now;
        self.event_count += 1;
        // The sequence number is part of it, so that a difference in planning shows at once.
        self.trace = (self.trace.rotate_left(5) ^ event.payload() ^ now).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        match event.kind() {
            WAKE => return self.wake(image, position),
            SOURCE => self.source(image, position),
            LIMIT => self.limit(image, position),
            CPU => self.cores_event(image, position),
            _ => self.handle_other(image, event),
        }
        None
    }

    /// What does not come from requests.
    #[inline(never)]
    fn handle_other(&mut self, image: &Image, event: Event) {
        match event.kind() {
            REPLICA => self.replica_event(image, event.position()),
            KNOWN => self.known(image, event.position()),
            _ => self.control(image, event.position()),
        }
    }

    /// A frame's own timer; gives the frame if it moves on at once.
    #[inline(always)]
    fn wake(&mut self, image: &Image, at: u32) -> Option<u32> {
        let frame = &mut self.frames[at];
        if frame.wake != self.now {
            return None;
        }
        let state = frame.state;
        match state {
            State::Computing => {
                frame.wake = NEVER;
                frame.position += 1;
                let replica = frame.replica;
                self.end_work(image, replica);
                Some(at)
            }
            State::Sleeping => {
                frame.wake = NEVER;
                frame.position += 1;
                Some(at)
            }
            _ => self.wake_other(image, at, state).then_some(at),
        }
    }

    #[inline(never)]
    fn wake_other(&mut self, image: &Image, at: u32, state: State) -> bool {
        // The rest of an interrupted piece of work is not a time.
        if matches!(state, State::Interrupted | State::Suspended | State::SuspendedOnCores | State::Free) {
            return false;
        }
        self.frames[at].wake = NEVER;
        match state {
            State::WaitSlot | State::WaitWorker | State::WaitPool | State::WaitLock => self.give_up(image, at),
            State::Looking => return self.find(image, at),
            State::Awaiting => self.hedge(image, at),
            State::Backoff => self.next_attempt(image, at),
            State::Travelling => self.arrive(image, at),
            State::Delayed => self.enter(image, at),
            State::WaitToken => self.token_came(image, at),
            State::Returning => {
                let outcome = self.cold[self.frames[at].cold].outcome;
                self.deliver(image, at, outcome);
            }
            State::Lingering => self.end_lingering(image, at),
            State::Outbox => self.reach_broker(image, at),
            State::Redelivery => self.join_backlog(image, at),
            _ => {}
        }
        false
    }

    /// The turn of a frame that is not at its code.
    #[inline(never)]
    fn turn_other(&mut self, image: &Image, at: u32, state: State) {
        match state {
            State::Sending => self.send(image, at),
            State::Failing => {
                let outcome = self.cold[self.frames[at].cold].outcome;
                self.finish(image, at, outcome);
            }
            State::Stopping => self.finish(image, at, Err(Failure::of(Cause::Stopped))),
            _ => {}
        }
    }

    /// Gives a frame its turn.
    #[inline(always)]
    pub(super) fn let_run(&mut self, at: u32) {
        self.frames[at].state = State::Running;
        self.enlist(at);
    }

    /// Puts a frame at the end of those whose turn it is.
    #[inline(always)]
    pub(super) fn enlist(&mut self, at: u32) {
        if self.is_nobodys_turn() {
            self.next = at;
        } else {
            self.ready.push_back(at);
        }
    }

    /// Nobody else moves on at this moment.
    #[inline(always)]
    pub(super) fn is_nobodys_turn(&self) -> bool {
        self.next == NONE && self.ready.is_empty()
    }

    /// Moves a frame on until it waits or ends, and after it everybody whose turn comes.
    #[inline(always)]
    fn run(&mut self, image: &Image, first: Option<u32>) {
        let mut next = first;
        while let Some(at) = next.or_else(|| self.whose_turn(image)) {
            next = None;
            loop {
                let position = self.frames[at].position;
                let goes_on = match image.code.instructions[position as usize] {
                    Instruction::Compute { cpu, hold } => {
                        let over = self.compute(image, at, cpu, hold);
                        if over {
                            self.frames[at].position = position + 1;
                        }
                        over
                    }
                    Instruction::End => {
                        self.plain_end(image, at);
                        false
                    }
                    Instruction::Call { call, site, next } => self.call(image, at, call, site, next),
                    other => self.step(image, at, position, other),
                };
                if !goes_on {
                    break;
                }
            }
        }
    }

    /// An instruction that few requests come by; true if the frame goes on at once.
    #[inline(never)]
    fn step(&mut self, image: &Image, at: u32, position: u32, instruction: Instruction) -> bool {
        match instruction {
            // Those are `run`'s own.
            Instruction::Compute { .. } | Instruction::End | Instruction::Call { .. } => {}
            Instruction::Branch { first, count, site } => {
                let chance = Bits::of(self.frames[at].key, u64::from(site)).next();
                let ways = &image.code.ways[first as usize..(first + count) as usize];
                let way = ways.iter().find(|(upto, _)| chance < *upto).or(ways.last());
                self.frames[at].position = way.map_or(position + 1, |(_, entry)| *entry);
                return true;
            }
            Instruction::Jump(to) => {
                self.frames[at].position = to;
                return true;
            }
            Instruction::Sleep(draw) => {
                let time = self.draw_time(image, at, draw);
                if time > 0 {
                    self.sleep(at, time, State::Sleeping);
                    return false;
                }
                self.frames[at].position = position + 1;
                return true;
            }
            Instruction::Lock { lock, site } => return self.lock(image, at, lock, site),
            Instruction::Unlock => {
                self.unlock(image, at);
                self.frames[at].position = position + 1;
                return true;
            }
            Instruction::Look { look, .. } => return self.look(image, at, look),
            Instruction::Filled => {
                self.filled(image, at, Ok(()));
                self.frames[at].position = position + 1;
                return true;
            }
            Instruction::Fork { fork } => self.fork(image, at, fork),
            Instruction::Publish { publish, site } => return self.publish(image, at, publish, site),
            Instruction::Fail { fail, site } => {
                let fail = image.code.fails[fail as usize];
                let chance = Bits::of(self.frames[at].key, u64::from(site)).uniform();
                if let Some(failure) = fail.failure
                    && chance < fail.odds
                {
                    self.finish(image, at, Err(failure));
                    return false;
                }
                self.frames[at].position = position + 1;
                return true;
            }
            Instruction::Return { fail } => {
                self.frames[at].position = position + 1;
                let outcome = image.code.fails[fail as usize].failure.map_or(Ok(()), Err);
                if matches!(image.code.instructions[position as usize + 1], Instruction::End) {
                    self.finish(image, at, outcome);
                    return false;
                }
                self.answer_early(image, at, outcome);
                return true;
            }
        }
        false
    }

    /// Lets a frame wait for its own timer.
    #[inline(always)]
    pub(super) fn sleep(&mut self, at: u32, time: u64, state: State) {
        let wake = self.now.saturating_add(time);
        let frame = &mut self.frames[at];
        frame.state = state;
        frame.wake = wake;
        self.events.at(wake, Kind::Wake, at);
    }

    /// Draws a time in nanoseconds.
    #[inline(always)]
    pub(super) fn draw(&self, image: &Image, at: u32, draw: DrawAt) -> f64 {
        draw_for(image, &self.requests, &self.frames[at], draw)
    }

    #[inline(always)]
    pub(super) fn draw_time(&self, image: &Image, at: u32, draw: DrawAt) -> u64 {
        round(self.draw(image, at, draw))
    }

    /// Draws by a key that is not a frame's.
    pub(super) fn draw_by(&self, image: &Image, key: u64, draw: DrawAt) -> u64 {
        let Some(from) = image.code.draws.get(draw.0 as usize) else { return 0 };
        round(Bits::of(key, u64::from(from.site)).draw(&image.distributions[from.from as usize]))
    }

    /// Draws a number of times: the whole part, and one more with the odds of the rest.
    pub(super) fn draw_count(&self, at: u32, times: f64, site: u32) -> u32 {
        let whole = times.floor();
        let rest = times - whole;
        let more = rest > 0.0 && bits(mix(self.frames[at].key, u64::from(site)), Purpose::Times).uniform() < rest;
        whole as u32 + u32::from(more)
    }

    /// The cold part of a frame, which it gets if it has none.
    #[inline(always)]
    pub(super) fn cold(&mut self, at: u32) -> &mut Cold {
        let frame = &mut self.frames[at];
        if frame.cold == NONE {
            frame.cold = self.cold.take_place();
            self.cold[frame.cold] = Cold::default();
        }
        &mut self.cold[frame.cold]
    }

    /// Takes a frame of a request.
    #[inline(always)]
    pub(super) fn take_frame(&mut self, frame: Frame) -> u32 {
        self.requests[frame.request].frames += 1;
        self.frames.take(frame)
    }

    /// Gives a frame back, and its request with the last one.
    #[inline(always)]
    pub(super) fn give_frame(&mut self, at: u32) {
        let frame = &mut self.frames[at];
        frame.state = State::Free;
        frame.wake = NEVER;
        frame.limit = NEVER;
        let (request, cold) = (frame.request, frame.cold);
        if cold != NONE {
            self.cold.give(cold);
        }
        self.frames.give(at);
        let shared = &mut self.requests[request];
        shared.frames -= 1;
        if shared.frames == 0 {
            self.requests.give(request);
        }
    }

    /// Takes a frame out of its parent's open calls.
    #[inline(always)]
    pub(super) fn unlink(&mut self, at: u32, parent: u32) {
        let sibling = self.frames[at].sibling;
        let caller = &mut self.frames[parent];
        if caller.link == at {
            caller.link = sibling;
        } else {
            self.unlink_further(at, sibling, parent);
        }
    }

    /// As `unlink`, for one that is not the first.
    pub(super) fn unlink_further(&mut self, at: u32, sibling: u32, parent: u32) {
        let mut before = self.frames[parent].link;
        while before != NONE && self.frames[before].sibling != at {
            before = self.frames[before].sibling;
        }
        if before != NONE {
            self.frames[before].sibling = sibling;
        }
    }

    /// What happens to a frame that is not taken: it fails, or its caller hears nothing.
    pub(super) fn refuse(&mut self, image: &Image, at: u32, then: Refusal, cause: Cause) {
        if then == Refusal::Drop && self.frames[at].call != NO_CODE {
            return self.lose(image, at, then.failure(cause));
        }
        self.finish(image, at, Err(then.failure(cause)));
    }
}

const WAKE: u8 = Kind::Wake as u8;
const SOURCE: u8 = Kind::Source as u8;
const LIMIT: u8 = Kind::Limit as u8;
const CPU: u8 = Kind::Cpu as u8;
const REPLICA: u8 = Kind::Replica as u8;
const KNOWN: u8 = Kind::Known as u8;

/// Marks draws that all parts of a request share.
const SHARED: u64 = 1 << 41;

/// Draws a time in nanoseconds for a frame.
#[inline(always)]
pub(super) fn draw_for(image: &Image, requests: &Slab<Request>, frame: &Frame, draw: DrawAt) -> f64 {
    match image.code.draws.get(draw.0 as usize) {
        None => 0.0,
        Some(from) if from.mean > 0.0 => from.mean * Bits::of(frame.key, u64::from(from.site)).exponential(),
        Some(from) => draw_other(image, requests, frame, from),
    }
}

fn draw_other(image: &Image, requests: &Slab<Request>, frame: &Frame, from: &DrawFrom) -> f64 {
    let key = if from.shared { mix(requests[frame.request].key, SHARED) } else { frame.key };
    Bits::of(key, u64::from(from.site)).draw(&image.distributions[from.from as usize])
}

/// To whole nanoseconds; what is negative is nothing.
#[inline(always)]
pub(super) fn round(nanos: f64) -> u64 {
    ((nanos + 0.5) as i64).max(0) as u64
}

fn component_state(component: &ComponentAt, image: &Image, gates: &mut Gates) -> ComponentState {
    let policy = &image.policies[component.policy as usize];
    let mut shared = |wanted| match component.binding {
        binding if binding == wanted => gates.add(0, component.policy, policy),
        _ => NONE,
    };
    let source = &component.source;
    let checks = !component.plain_arrival
        || source.failures.is_some()
        || source.rollout.is_some()
        || source.autoscaler.is_some()
        || source.health_check.is_some();
    ComponentState {
        listed: Vec::with_capacity(component.count as usize),
        primary: NONE,
        turn: 0,
        quota: component.quota.map(Bucket::new),
        slot_gate: shared(Binding::Slot),
        worker_gate: shared(Binding::Worker),
        // A fault of the timeline may strike anywhere.
        checks_arrivals: checks || !image.faults.is_empty(),
        disk_full: 0,
        serving: 0,
        open: Meter::default(),
        queue: Meter::default(),
        busy: Meter::default(),
        cpu: Meter::default(),
        up: Meter::default(),
        works: Meter::default(),
        connections: Meter::default(),
        waited: Histogram::default(),
        over_quota: 0,
        throttled: Meter::default(),
        arrivals: 0,
        scaler: super::scaler::ScalerState::default(),
        elect_at: NEVER,
        election: NONE,
        deposed: NONE,
        surplus: 0,
        rolled_back: false,
    }
}

fn replica_state(
    of: u32,
    state: &ComponentState,
    component: &ComponentAt,
    image: &Image,
    gates: &mut Gates,
    phase: u64,
) -> ReplicaState {
    let policy = &image.policies[component.policy as usize];
    let mut own = |limit: Option<u32>, shared_at, shared| match limit {
        Some(_) if component.binding == shared_at => shared,
        Some(_) => gates.add(0, component.policy, policy),
        None => NONE,
    };
    ReplicaState {
        component: of,
        binding: component.binding,
        slot_gate: own(component.slots, Binding::Slot, state.slot_gate),
        worker_gate: own(component.workers, Binding::Worker, state.worker_gate),
        slowness: component.slowness.unwrap_or(0.0),
        watches: component.fails_every.is_some() || component.cold_start.0.is_some(),
        hands_over: component.binding != Binding::Worker
            && component.slowness.is_some()
            && component.fails_every.is_none()
            && !image.slows,
        several: component.count > 1,
        opened: 0,
        working: 0,
        cores: component.slowness.is_none().then(|| Cores::new(component.cpu, phase)),
        phase: Phase::Off,
        faults: 0,
        listed: false,
        warming: false,
        wake: NEVER,
        known: NEVER,
        fails_at: NEVER,
        to_failure: NEVER,
        counting: 0,
        incarnation: 0,
        since: 0,
        warms_until: 0,
        idle_since: 0,
        slow: 1.0,
        fails: 0.0,
        renewed: false,
        limit: component.adaptive.map_or(0.0, |adaptive| f64::from(adaptive.min)),
        shrank: 0,
        ended: 0,
        open: Meter::default(),
        busy: Meter::default(),
        up: Meter::default(),
        cpu: Meter::default(),
    }
}
