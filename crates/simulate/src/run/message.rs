//! Messages: published, kept until taken, handled, handed out again, given up.
//!
//! A message is a frame per group. It waits in the list of its part until a consumer's replica takes it, and then runs
//! the group's operation like any request: slots, workers and queues count.

use super::code::{Purpose, bits};
use super::engine::Engine;
use super::frame::{Flags, Frame, NEVER, NONE, Outcome, State};
use super::image::{GroupAt, Image};
use super::meter::Meter;
use super::random::mix;
use crate::measurements::Histogram;
use crate::program::{Acknowledged, Cause, Failure, Group, Ordering, Pause, Topic};
use crate::time::Nanos;

/// A topic in a run: who reads it.
#[derive(Debug)]
pub(super) struct TopicState {
    groups: Vec<u32>,
}

/// A group in a run.
#[derive(Debug)]
pub(super) struct GroupState {
    /// Per part: the first and last that wait, and whether one is being handled where order is kept.
    parts: Vec<Part>,
    /// Per replica of the consumer: messages that it has taken.
    taken: Vec<u32>,
    turn: u32,
    /// Messages are being handed out: who asks for more is heard at the end.
    handing: bool,
    asked: bool,
    pub(super) backlog: Meter,
    pub(super) published: u64,
    pub(super) handled: u64,
    pub(super) redelivered: u64,
    pub(super) dead: u64,
    pub(super) age: Histogram,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    first: u32,
    last: u32,
    busy: bool,
}

pub(super) fn topics(topics: &[Topic], groups: &[Group]) -> Vec<TopicState> {
    let of = |index: usize| {
        let own = groups.iter().enumerate().filter(|(_, group)| group.topic.index() == index);
        TopicState { groups: own.map(|(group, _)| group as u32).collect() }
    };
    (0..topics.len()).map(of).collect()
}

impl GroupState {
    pub(super) fn new(image: &Image, group: &Group) -> Self {
        let parts = image.topics[group.topic.index()].partitions.max(1);
        let component = image.operations[group.operation.index()].component as usize;
        Self {
            parts: vec![Part { first: NONE, last: NONE, busy: false }; parts as usize],
            taken: vec![0; image.components[component].count as usize],
            turn: 0,
            handing: false,
            asked: false,
            backlog: Meter::default(),
            published: 0,
            handled: 0,
            redelivered: 0,
            dead: 0,
            age: Histogram::default(),
        }
    }
}

impl Engine {
    /// Publishes; true if nobody waits for the broker.
    pub(super) fn publish(&mut self, image: &Image, at: u32, publish: u32, site: u32) -> bool {
        let step = image.code.publishes[publish as usize];
        if step.outbox.0 == NONE && !self.broker_takes(image, step.topic) {
            self.finish(image, at, Err(Failure::of(Cause::Broker)));
            return false;
        }
        let count = self.draw_count(at, step.times, site);
        let delay = self.draw_time(image, at, step.outbox);
        let frame = self.frames[at];
        for number in 0..count {
            let key = mix(frame.key, u64::from(site) << 32 | u64::from(number));
            self.put_message(image, step.topic, key, &frame, delay);
        }
        let hold = self.draw_time(image, at, step.hold);
        if count > 0 && hold > 0 {
            self.sleep(at, hold, State::Sleeping);
            return false;
        }
        self.frames[at].position += 1;
        true
    }

    fn put_message(&mut self, image: &Image, topic: u32, key: u64, from: &Frame, delay: u64) {
        let rule = &image.topics[topic as usize];
        let of = if rule.keys == 0 { key } else { u64::from(bits(key, Purpose::Partition).below(rule.keys)) };
        let part = if rule.partitions == 0 { 0 } else { (mix(of, PARTS) % u64::from(rule.partitions)) as u32 };
        for index in 0..self.topics[topic as usize].groups.len() {
            let group = self.topics[topic as usize].groups[index];
            let operation = image.group_rules[group as usize].operation.0 as u16;
            let called = &image.operations[operation as usize];
            let mut frame = Frame {
                key: mix(key, called.key),
                request: from.request,
                operation,
                rank: called.rank.unwrap_or(from.rank),
                start: self.now,
                arrived: NEVER,
                ..Frame::default()
            };
            frame.flags.set(Flags::MESSAGE);
            let at = self.take_frame(frame);
            if self.requests[from.request].trace != 0 {
                self.number(at, NONE);
            }
            let now = self.now;
            let cold = self.cold(at);
            (cold.group, cold.part, cold.published) = (group, part, now);
            self.groups[group as usize].published += 1;
            if delay > 0 {
                self.sleep(at, delay, State::Outbox);
            } else {
                self.join_backlog(image, at);
            }
        }
    }

    /// Whether a topic's broker takes and hands out messages.
    fn broker_takes(&self, image: &Image, topic: u32) -> bool {
        image.topics[topic as usize].broker.is_none_or(|broker| {
            let broker = &self.components[broker.index()];
            broker.serving > 0 && broker.disk_full == 0
        })
    }

    /// A message leaves its outbox. While the broker is not there it waits all the same: nothing is handed out.
    pub(super) fn reach_broker(&mut self, image: &Image, at: u32) {
        self.join_backlog(image, at);
    }

    /// A message waits to be handed out; one that was handed out before where order is kept comes first.
    pub(super) fn join_backlog(&mut self, image: &Image, at: u32) {
        let cold = *self.cold(at);
        let in_order = image.group_rules[cold.group as usize].ordering == Ordering::PerPartition;
        let group = &mut self.groups[cold.group as usize];
        group.backlog.up(self.now);
        let part = &mut group.parts[cold.part as usize];
        let frame = &mut self.frames[at];
        (frame.state, frame.since, frame.next) = (State::Backlog, self.now, NONE);
        if in_order && cold.deliveries > 0 {
            frame.next = part.first;
            part.first = at;
            if part.last == NONE {
                part.last = at;
            }
            part.busy = false;
        } else {
            let last = std::mem::replace(&mut part.last, at);
            match last {
                NONE => part.first = at,
                last => self.frames[last].next = at,
            }
        }
        self.hand_out(image, cold.group, cold.part);
    }

    /// Hands out what waits in one part, as far as somebody takes it.
    fn hand_out(&mut self, image: &Image, group: u32, part: u32) {
        let rule = &image.group_rules[group as usize];
        if !self.broker_takes(image, rule.topic.0) {
            return;
        }
        if std::mem::replace(&mut self.groups[group as usize].handing, true) {
            self.groups[group as usize].asked = true;
            return;
        }
        loop {
            let own = self.groups[group as usize].parts[part as usize];
            if own.first == NONE || (own.busy && rule.ordering == Ordering::PerPartition) {
                break;
            }
            let Some(replica) = self.consumer(image, group, part) else { break };
            let at = own.first;
            let next = self.frames[at].next;
            let state = &mut self.groups[group as usize];
            state.backlog.down(self.now);
            let component = image.operations[rule.operation.index()].component as usize;
            let member = replica - image.components[component].first;
            state.taken[member as usize] += 1;
            let own = &mut state.parts[part as usize];
            (own.first, own.busy) = (next, true);
            if next == NONE {
                own.last = NONE;
            }
            let frame = &mut self.frames[at];
            frame.waited += self.now - frame.since;
            (frame.replica, frame.next, frame.state) = (replica, NONE, State::Running);
            let cold = self.cold(at);
            cold.deliveries += 1;
            cold.taken_at = member;
            if rule.acknowledged == Acknowledged::Before {
                self.count_handled(at);
            }
            self.arrive(image, at);
        }
        self.groups[group as usize].handing = false;
        if std::mem::take(&mut self.groups[group as usize].asked) {
            self.hand_out_all(image, group);
        }
    }

    /// The replica that takes the next message of a part, if one has room.
    fn consumer(&mut self, image: &Image, group: u32, part: u32) -> Option<u32> {
        let rule = &image.group_rules[group as usize];
        let component = image.operations[rule.operation.index()].component as usize;
        let first = image.components[component].first;
        let listed = &self.components[component].listed;
        let state = &mut self.groups[group as usize];
        let has_room = |replica: &u32| state.taken[(*replica - first) as usize] < rule.prefetch;
        if image.topics[rule.topic.index()].partitions > 0 {
            let owner = *listed.get(part as usize % listed.len().max(1))?;
            return has_room(&owner).then_some(owner);
        }
        // In turn, from the one after the last.
        let count = listed.len();
        let start = state.turn as usize;
        let chosen = (0..count).map(|step| listed[(start + step) % count]).find(has_room)?;
        state.turn = state.turn.wrapping_add(1);
        Some(chosen)
    }

    fn count_handled(&mut self, at: u32) {
        let (now, cold) = (self.now, *self.cold(at));
        let group = &mut self.groups[cold.group as usize];
        group.handled += 1;
        group.age.record(Nanos(now - cold.published));
    }

    /// A message's operation has ended.
    pub(super) fn end_message(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let cold = *self.cold(at);
        let rule = &image.group_rules[cold.group as usize];
        let group = &mut self.groups[cold.group as usize];
        group.taken[cold.taken_at as usize] -= 1;
        let again = outcome.is_err()
            && rule.acknowledged == Acknowledged::After
            && rule.redeliveries.is_none_or(|most| cold.deliveries <= most);
        if again {
            group.redelivered += 1;
            let pause = self.redelivery_pause(image, at, cold.group, cold.deliveries);
            let frame = &mut self.frames[at];
            (frame.arrived, frame.position, frame.replica) = (NEVER, 0, NONE);
            frame.flags = Flags::default();
            frame.flags.set(Flags::MESSAGE);
            // Each time it is handed out draws anew.
            frame.key = mix(frame.key, AGAIN);
            self.sleep(at, pause, State::Redelivery);
        } else {
            group.parts[cold.part as usize].busy = false;
            if outcome.is_ok() && rule.acknowledged == Acknowledged::After {
                self.count_handled(at);
            } else if outcome.is_err() && rule.acknowledged == Acknowledged::After {
                self.groups[cold.group as usize].dead += 1;
                if let Some(topic) = rule.dead_letters {
                    let frame = self.frames[at];
                    self.put_message(image, topic.0, frame.key, &frame, 0);
                }
            }
            self.give_frame(at);
        }
        self.hand_out_all(image, cold.group);
    }

    fn redelivery_pause(&self, image: &Image, at: u32, group: u32, deliveries: u32) -> u64 {
        let GroupAt { backoff, .. } = image.groups[group as usize];
        match image.group_rules[group as usize].pause {
            Pause::None => 0,
            Pause::Drawn(_) => self.draw_by(image, mix(self.frames[at].key, Purpose::Backoff as u64), backoff),
            Pause::Growing { first, factor, most } => {
                let grown = crate::math::pow(factor.max(1e-9), f64::from(deliveries.max(1) - 1)) * first.0 as f64;
                super::engine::round(grown.min(most.0 as f64))
            }
        }
    }

    /// Hands out what waits in all parts of a group.
    pub(super) fn hand_out_all(&mut self, image: &Image, group: u32) {
        for part in 0..self.groups[group as usize].parts.len() as u32 {
            self.hand_out(image, group, part);
        }
    }

    /// A component has changed: what its groups wait for, or what waits at its topics, may go on.
    pub(super) fn hand_out_for(&mut self, image: &Image, component: u32) {
        for group in 0..self.groups.len() as u32 {
            let rule = &image.group_rules[group as usize];
            let reads = image.operations[rule.operation.index()].component == component;
            let keeps = image.topics[rule.topic.index()].broker.is_some_and(|broker| broker.0 == component);
            if reads || keeps {
                self.hand_out_all(image, group);
            }
        }
    }

    /// Messages that wait for a component's groups.
    pub(super) fn backlog_of(&mut self, image: &Image, component: u32) -> u64 {
        let own = |group: &usize| image.operations[image.group_rules[*group].operation.index()].component == component;
        (0..self.groups.len()).filter(own).map(|group| self.groups[group].backlog.value).sum()
    }
}

/// Spreads keys over parts.
const PARTS: u64 = 1 << 43;
/// Marks a message that is handed out again.
const AGAIN: u64 = 1 << 44;
