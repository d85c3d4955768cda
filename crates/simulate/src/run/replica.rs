//! Replicas that start, fail, are repaired, and are found out about.
//!
//! A replica is off, starting, up or down. What it does to requests depends on why it is down: work is lost, or waits for
//! the repair. Callers learn of a change when their health checks do.

use super::code::Instruction;
use super::engine::{Engine, round};
use super::events::Kind;
use super::frame::{Flags, NEVER, NONE, State};
use super::image::{Binding, Image};
use super::random::mix;
use crate::program::{AtStart, Cause, Failure, FailureClock, Interrupted, ServedBy};

/// Where a replica is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It is not there.
    Off,
    /// It is being started.
    Starting,
    /// It serves.
    Up,
    /// It is being taken away: it ends what it has and gets nothing new.
    Draining,
    /// It has failed or is lost.
    Down,
}

/// How many cores count as limited, in thousandths.
const MILLI: f64 = 1000.0;

impl Engine {
    /// Brings up what runs from the start.
    pub(super) fn begin_replicas(&mut self, image: &Image) {
        for replica in 0..image.replicas.len() as u32 {
            self.draw_failure(image, replica);
            self.set_capacity(image, replica);
            if image.replicas[replica as usize].at_start == AtStart::Up {
                self.serve(image, replica, Arrival::AtStart);
            }
        }
    }

    /// A replica's timers.
    pub(super) fn replica_event(&mut self, image: &Image, replica: u32) {
        let state = &self.replicas[replica as usize];
        let (wakes, fails) = (state.wake == self.now, state.fails_at == self.now);
        if wakes {
            self.replicas[replica as usize].wake = NEVER;
            match self.replicas[replica as usize].phase {
                Phase::Starting => self.serve(image, replica, Arrival::Later),
                Phase::Down => self.repaired(image, replica),
                Phase::Up if self.replicas[replica as usize].warming => {
                    self.replicas[replica as usize].warming = false;
                    self.set_capacity(image, replica);
                }
                _ => {}
            }
        }
        if fails && self.replicas[replica as usize].phase == Phase::Up {
            self.replicas[replica as usize].fails_at = NEVER;
            self.fail(image, replica);
        }
    }

    /// A replica begins to serve.
    fn serve(&mut self, image: &Image, replica: u32, arrival: Arrival) {
        let component = image.replicas[replica as usize].component;
        let now = self.now;
        let state = &mut self.replicas[replica as usize];
        state.phase = Phase::Up;
        // What is there from the start is warm: it has served before.
        state.since = if arrival == Arrival::AtStart { 0 } else { now };
        if arrival == Arrival::AtStart && image.components[component as usize].source.warm_up.is_some() {
            state.since = NEVER;
        }
        let warm_up = image.components[component as usize].source.warm_up;
        state.warms_until = match (arrival, warm_up) {
            (Arrival::Later, Some(warm_up)) => now.saturating_add(warm_up.takes.0),
            _ => 0,
        };
        state.idle_since = now;
        state.up.up(now);
        self.count_serving(image, component, 1);
        if image.components[component as usize].served_by != ServedBy::Any {
            self.offer_primary(image, component, replica);
        }
        self.set_capacity(image, replica);
        self.count_up_time(image, replica);
        match (arrival, image.components[component as usize].source.health_check) {
            (Arrival::Later, Some(check)) if !self.replicas[replica as usize].listed => {
                let ticks = u64::from(check.passes.max(1) - 1) * check.every.0;
                self.tell(image, replica, ticks);
            }
            _ => self.list(image, replica, true),
        }
    }

    /// Takes a replica out of service, and out of the count of those that serve.
    fn unserve(&mut self, image: &Image, replica: u32, phase: Phase) {
        let component = image.replicas[replica as usize].component;
        let state = &mut self.replicas[replica as usize];
        let was_up = state.phase == Phase::Up;
        state.phase = phase;
        state.warming = false;
        state.wake = NEVER;
        state.fails_at = NEVER;
        if was_up {
            self.replicas[replica as usize].up.down(self.now);
            self.count_serving(image, component, -1);
        }
        self.set_capacity(image, replica);
    }

    fn count_serving(&mut self, image: &Image, component: u32, change: i32) {
        let now = self.now;
        let own = &image.components[component as usize];
        let state = &mut self.components[component as usize];
        state.serving = state.serving.saturating_add_signed(change);
        let serving = u64::from(state.serving);
        state.up.set(now, serving);
        let quorum = u64::from(own.source.quorum.unwrap_or(1));
        state.works.set(now, u64::from(serving >= quorum));
    }

    /// A replica fails by itself.
    fn fail(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        let Some(rule) = image.components[component].source.failures else { return };
        self.unserve(image, replica, Phase::Down);
        match rule.work {
            Interrupted::Lost => {
                self.lose_work(image, replica);
                self.tell_of_loss(image, replica);
            }
            Interrupted::Resumes => self.suspend(image, replica, Interrupted::Resumes),
            Interrupted::Restarts => self.suspend(image, replica, Interrupted::Restarts),
        }
        let repair = self.draw_of_replica(image, replica, image.components[component].repair);
        self.plan_replica(replica, repair);
    }

    /// A failed replica has been repaired.
    fn repaired(&mut self, image: &Image, replica: u32) {
        if self.replicas[replica as usize].faults > 0 {
            return;
        }
        self.draw_failure(image, replica);
        self.serve(image, replica, Arrival::Later);
        self.resume(image, replica);
    }

    /// Plans the end of a replica's phase.
    pub(super) fn plan_replica(&mut self, replica: u32, after: u64) {
        let wake = self.now.saturating_add(after);
        self.replicas[replica as usize].wake = wake;
        self.events.at(wake, Kind::Replica, replica);
    }

    /// A draw of a replica, anew for each of its incarnations.
    pub(super) fn draw_of_replica(&mut self, image: &Image, replica: u32, draw: super::code::DrawAt) -> u64 {
        let state = &mut self.replicas[replica as usize];
        state.incarnation += 1;
        let key = mix(mix(self.seed ^ OF_REPLICA, u64::from(replica)), state.incarnation);
        self.draw_by(image, key, draw)
    }

    fn draw_failure(&mut self, image: &Image, replica: u32) {
        let draw = image.components[image.replicas[replica as usize].component as usize].fails_every;
        if draw.is_some() {
            let time = self.draw_of_replica(image, replica, draw);
            self.replicas[replica as usize].to_failure = time;
        }
    }

    /// Where all time counts until the next failure, it begins to count.
    fn count_up_time(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        let Some(rule) = image.components[component].source.failures else { return };
        if rule.counted == FailureClock::Always || self.replicas[replica as usize].working > 0 {
            self.plan_failure(replica);
        }
    }

    fn plan_failure(&mut self, replica: u32) {
        let state = &mut self.replicas[replica as usize];
        state.counting = self.now;
        state.fails_at = self.now.saturating_add(state.to_failure);
        self.events.at(state.fails_at, Kind::Replica, replica);
    }

    /// Where only busy time counts until the next failure, it begins or stops to count.
    #[inline]
    pub(super) fn count_busy_time(&mut self, image: &Image, replica: u32, begins: bool) {
        let component = image.replicas[replica as usize].component as usize;
        if image.components[component].fails_every.is_some() {
            self.count_failing_time(image, replica, component, begins);
        }
    }

    fn count_failing_time(&mut self, image: &Image, replica: u32, component: usize, begins: bool) {
        let counted = image.components[component].source.failures.map(|rule| rule.counted);
        if counted != Some(FailureClock::WhileBusy) || self.replicas[replica as usize].phase != Phase::Up {
            return;
        }
        if begins {
            return self.plan_failure(replica);
        }
        let state = &mut self.replicas[replica as usize];
        state.to_failure = state.fails_at.saturating_sub(self.now);
        state.fails_at = NEVER;
    }

    /// What a replica works on stands still until its repair.
    fn suspend(&mut self, image: &Image, replica: u32, work: Interrupted) {
        let now = self.now;
        if work == Interrupted::Resumes
            && let Some(cores) = &mut self.replicas[replica as usize].cores
        {
            cores.freeze(now, true);
        }
        for at in 0..self.frames.places() {
            if self.frames[at].replica != replica {
                continue;
            }
            match (self.frames[at].state, work) {
                (State::Computing, Interrupted::Resumes) => {
                    self.frames[at].wake -= now;
                    self.frames[at].state = State::Suspended;
                }
                (State::Computing, _) => {
                    // As long as it takes from the beginning: the same draws.
                    let Instruction::Compute { cpu, hold } = image.code.instructions[self.frames[at].position as usize]
                    else {
                        continue;
                    };
                    let slowness =
                        image.components[image.replicas[replica as usize].component as usize].slowness.unwrap_or(1.0);
                    let whole = self.draw(image, at, cpu) * slowness + self.draw(image, at, hold);
                    self.frames[at].wake = round(whole);
                    self.frames[at].state = State::Suspended;
                }
                (State::OnCores, Interrupted::Restarts) => {
                    if let Some(cores) = &mut self.replicas[replica as usize].cores {
                        cores.remove(now, at);
                    }
                    self.frames[at].state = State::SuspendedOnCores;
                }
                _ => {}
            }
        }
    }

    /// What stood still goes on.
    fn resume(&mut self, image: &Image, replica: u32) {
        let now = self.now;
        if let Some(cores) = &mut self.replicas[replica as usize].cores {
            cores.freeze(now, false);
        }
        for at in 0..self.frames.places() {
            if self.frames[at].replica != replica {
                continue;
            }
            match self.frames[at].state {
                State::Suspended => {
                    let left = self.frames[at].wake;
                    self.sleep(at, left, State::Computing);
                }
                State::SuspendedOnCores => {
                    let Instruction::Compute { cpu, .. } = image.code.instructions[self.frames[at].position as usize]
                    else {
                        continue;
                    };
                    let work = self.draw(image, at, cpu);
                    self.frames[at].state = State::OnCores;
                    if let Some(cores) = &mut self.replicas[replica as usize].cores {
                        cores.begin(now, at, work);
                    }
                }
                _ => {}
            }
        }
        self.plan_cores(replica as usize);
    }

    /// A replica is gone, and with it everything that it worked on or had waiting.
    pub(super) fn lose_work(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component;
        let shared = image.components[component as usize].binding != Binding::Sending;
        for at in 0..self.frames.places() {
            let frame = &self.frames[at];
            let here = frame.replica == replica
                && frame.state != State::Free
                && frame.arrived != NEVER
                && image.operations[frame.operation as usize].component == component;
            // Who waits in a shared queue is with no replica yet.
            let waits = shared && matches!(frame.state, State::WaitSlot | State::WaitWorker | State::Interrupted);
            if here && !waits {
                self.kill(image, at, Failure::of(Cause::ReplicaLost));
            }
        }
    }

    /// A replica that was started by a fault's end, a scaler or a rollout.
    pub(super) fn start(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        let takes = self.draw_of_replica(image, replica, image.components[component].start_up);
        self.replicas[replica as usize].phase = Phase::Starting;
        self.draw_failure(image, replica);
        self.plan_replica(replica, takes);
    }

    /// A replica gets nothing new and ends what it has.
    pub(super) fn drain(&mut self, image: &Image, replica: u32) {
        match self.replicas[replica as usize].phase {
            Phase::Up => self.unserve(image, replica, Phase::Draining),
            Phase::Starting => self.replicas[replica as usize].phase = Phase::Off,
            _ => {}
        }
        self.list(image, replica, false);
    }

    /// A fault takes a replica away.
    pub(super) fn take_down(&mut self, image: &Image, replica: u32) {
        self.replicas[replica as usize].faults += 1;
        if !matches!(self.replicas[replica as usize].phase, Phase::Off | Phase::Down) {
            self.unserve(image, replica, Phase::Down);
            self.lose_work(image, replica);
            self.tell_of_loss(image, replica);
        } else if self.replicas[replica as usize].phase == Phase::Down {
            // It had failed by itself, and its repair no longer helps.
            self.replicas[replica as usize].wake = NEVER;
        }
        self.lose_primary(image, replica);
    }

    /// A fault's end gives a replica back: it is started anew.
    pub(super) fn bring_back(&mut self, image: &Image, replica: u32) {
        let state = &mut self.replicas[replica as usize];
        state.faults = state.faults.saturating_sub(1);
        if state.faults == 0 && state.phase == Phase::Down {
            self.start(image, replica);
        }
    }

    /// A replica that was idle is made ready before it serves.
    pub(super) fn make_ready(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        let takes = self.draw_of_replica(image, replica, image.components[component].cold_start.0);
        self.replicas[replica as usize].warming = true;
        self.set_capacity(image, replica);
        self.plan_replica(replica, takes);
    }

    /// Callers learn that a replica is gone.
    fn tell_of_loss(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component as usize;
        self.lose_primary(image, replica);
        match image.components[component].source.health_check {
            Some(check) => {
                let ticks = u64::from(check.fails.max(1) - 1) * check.every.0 + check.timeout.0;
                self.tell(image, replica, ticks);
            }
            None => self.list(image, replica, false),
        }
    }

    /// Callers learn of a change so long after the next check.
    fn tell(&mut self, image: &Image, replica: u32, after: u64) {
        let component = image.replicas[replica as usize].component as usize;
        let every = image.components[component].source.health_check.map_or(1, |check| check.every.0.max(1));
        // Each replica is checked at moments of its own.
        let phase = mix(self.seed ^ OF_REPLICA, u64::from(replica)) % every;
        let next = every - (self.now + phase) % every;
        let known = self.now.saturating_add(next).saturating_add(after);
        self.replicas[replica as usize].known = known;
        self.events.at(known, Kind::Known, replica);
    }

    /// Callers know now.
    pub(super) fn known(&mut self, image: &Image, replica: u32) {
        if self.replicas[replica as usize].known == self.now {
            let serves = self.replicas[replica as usize].phase == Phase::Up;
            self.list(image, replica, serves);
        }
    }

    /// Puts a replica on the list that callers choose from, or takes it off.
    fn list(&mut self, image: &Image, replica: u32, listed: bool) {
        let component = image.replicas[replica as usize].component;
        self.replicas[replica as usize].known = NEVER;
        self.replicas[replica as usize].listed = listed;
        let list = &mut self.components[component as usize].listed;
        match (list.binary_search(&replica), listed) {
            (Err(place), true) => list.insert(place, replica),
            (Ok(place), false) => drop(list.remove(place)),
            _ => return,
        }
        self.hand_out_for(image, component);
    }

    /// A replica may become the primary if there is none and nobody is to step in.
    fn offer_primary(&mut self, image: &Image, component: u32, replica: u32) {
        let state = &mut self.components[component as usize];
        let waits = state.elect_at != NEVER;
        if state.primary == NONE && !waits {
            state.primary = replica;
            self.set_capacity(image, replica);
        }
    }

    /// The primary is lost: another replica steps in after the time of a failover, or all wait for it.
    fn lose_primary(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component;
        if self.components[component as usize].primary != replica {
            return;
        }
        self.components[component as usize].primary = NONE;
        let failover = image.components[component as usize].failover;
        if image.components[component as usize].served_by != ServedBy::Any && failover.is_some() {
            let takes = self.draw_of_replica(image, replica, failover);
            self.plan_election(component, takes);
        }
    }

    /// How many a replica lets in: its own gates, or its part of a shared queue's.
    pub(super) fn set_capacity(&mut self, image: &Image, replica: u32) {
        let component = image.replicas[replica as usize].component;
        let own = &image.components[component as usize];
        let state = &self.replicas[replica as usize];
        let open = match state.phase {
            Phase::Up | Phase::Draining => !state.warming,
            // A replica that is replaced in its place ends what it had.
            Phase::Starting | Phase::Off => own.binding == Binding::Sending,
            Phase::Down => false,
        };
        let slots = match own.adaptive {
            Some(_) => Some(state.limit as u32),
            None => own.slots,
        };
        let of = |limit: Option<u32>| if open { limit.unwrap_or(0) } else { 0 };
        let gates = [
            (state.slot_gate, of(slots), own.binding == Binding::Slot),
            (state.worker_gate, of(own.workers), own.binding == Binding::Worker),
        ];
        for (gate, capacity, _) in gates.into_iter().filter(|(_, _, shared)| !shared) {
            self.set_gate(image, gate, capacity);
        }
        let (gate, limit) = match own.binding {
            Binding::Sending => return self.meter_capacity(image, component),
            Binding::Slot => (self.components[component as usize].slot_gate, own.slots),
            Binding::Worker => (self.components[component as usize].worker_gate, own.workers),
        };
        let serving = (own.first..own.first + own.count).filter(|each| self.gives_room(image, *each)).count();
        let capacity = serving as u64 * u64::from(limit.unwrap_or(0));
        self.set_gate(image, gate, u32::try_from(capacity).unwrap_or(u32::MAX));
        self.meter_capacity(image, component);
    }

    fn set_gate(&mut self, image: &Image, gate: u32, capacity: u32) {
        if gate == NONE || self.gates.gates[gate as usize].capacity == capacity {
            return;
        }
        self.gates.gates[gate as usize].capacity = capacity;
        self.grant(image, gate);
    }

    /// Notes how many slots, workers and cores there are.
    fn meter_capacity(&mut self, image: &Image, component: u32) {
        let own = &image.components[component as usize];
        let serving = (own.first..own.first + own.count).filter(|each| self.gives_room(image, *each)).count() as f64;
        let now = self.now;
        let meters = &mut self.recorder.components[component as usize];
        let limit = |limit: Option<u32>| limit.map_or(0, |limit| (serving * f64::from(limit)) as u64);
        // A gate that only exists to be closed limits nothing.
        let slots = own.source.slots.or(own.adaptive.map(|adaptive| adaptive.max));
        meters.slots.set(now, limit(slots));
        meters.workers.set(now, limit(own.workers));
        let cores = match own.cpu {
            crate::program::Cpu::Unlimited => 0.0,
            crate::program::Cpu::Shared { cores } | crate::program::Cpu::Quota { cores, .. } => cores,
        };
        meters.millicores.set(now, (serving * cores * MILLI) as u64);
    }

    /// Kills a frame with everything below it that shares its replica.
    fn kill(&mut self, image: &Image, at: u32, failure: Failure) {
        if self.frames[at].flags.has(Flags::BRANCH) {
            return;
        }
        self.end_now(image, at, failure);
    }
}

/// Whether a replica is there from the start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    AtStart,
    Later,
}

/// Marks draws that belong to replicas.
const OF_REPLICA: u64 = 1 << 45;
