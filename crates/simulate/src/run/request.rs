//! Requests: how they come from their sources, and how a journey ends.

use super::code::{DrawAt, Purpose};
use super::engine::Engine;
use super::events::Kind;
use super::frame::{Flags, Frame, NEVER, NO_CODE, NONE, Outcome, Request, State};
use super::image::Image;
use super::options::{Options, Traces};
use super::random::mix;
use super::source::Stream;
use crate::measurements::{End, SpanKind};
use crate::program::{Arrivals, Cause, Failure, FaultKind, JourneyId, Starts, Surge};

/// A source in a run.
#[derive(Debug)]
pub(super) struct SourceState {
    key: u64,
    stream: Option<Stream>,
    /// How many come with the event that is planned.
    coming: u64,
    /// How many have come.
    ordinal: u64,
}

/// The sources of a run, with the surges of its timeline.
pub(super) fn sources(image: &Image, seed: u64, options: &Options) -> Vec<SourceState> {
    let surge = |fault: &crate::program::Fault| match fault.kind {
        FaultKind::Load { factor } => {
            Some(Surge { factor, from: fault.from, lasts: fault.until.saturating_sub(fault.from), every: None })
        }
        _ => None,
    };
    let surges: Vec<Surge> = image.faults.iter().filter_map(surge).collect();
    let source = |source: &super::image::SourceAt| {
        let load = if source.scaled { options.load } else { 1.0 };
        let surges: &[Surge] = if matches!(source.starts, Starts::Journey(_)) { &surges } else { &[] };
        let key = mix(mix(seed, seed ^ 1), source.key);
        SourceState { key, stream: Stream::new(key, &source.arrivals, load, surges), coming: 0, ordinal: 0 }
    };
    image.sources.iter().map(source).collect()
}

impl Engine {
    /// Plans the first arrival of every source.
    pub(super) fn begin_sources(&mut self, image: &Image) {
        for (index, source) in image.sources.iter().enumerate() {
            if let Arrivals::Closed { users, .. } = source.arrivals {
                let load = if source.scaled { self.options.load } else { 1.0 };
                let users = (f64::from(users) * load).round() as u64;
                for user in 0..users {
                    let key = mix(self.sources[index].key, u64::MAX - user);
                    let think = self.draw_by(image, key, source.think);
                    self.events.at(think, Kind::Source, index as u32);
                }
            } else {
                self.plan_arrival(index);
            }
        }
    }

    #[inline(always)]
    fn plan_arrival(&mut self, source: usize) {
        let state = &mut self.sources[source];
        if let Some((at, count)) = state.stream.as_mut().and_then(Stream::next) {
            state.coming = count;
            self.events.at(at.max(self.now), Kind::Source, source as u32);
        }
    }

    /// Requests come.
    #[inline(always)]
    pub(super) fn source(&mut self, image: &Image, source: u32) {
        let state = &self.sources[source as usize];
        if state.stream.is_none() {
            return self.begin_request(image, source, true);
        }
        let count = state.coming;
        self.plan_arrival(source as usize);
        let mut left = count;
        while left > 0 {
            left -= 1;
            self.begin_request(image, source, left == 0);
        }
    }

    #[inline(always)]
    fn begin_request(&mut self, image: &Image, source: u32, last: bool) {
        if let Some(most) = self.options.most_open
            && self.frames.taken() >= most as usize
        {
            self.end = Some(End::Overfull);
            return;
        }
        let state = &mut self.sources[source as usize];
        let key = mix(state.key, state.ordinal);
        state.ordinal += 1;
        let trace = if self.options.traces == Traces::None { 0 } else { self.trace_of(key) };
        let at = self.requests.take_place();
        self.requests[at] = Request { key, source, frames: 1, trace };
        match image.sources[source as usize].starts {
            Starts::Journey(journey) => self.begin_journey(image, journey, at, key, trace, last),
            Starts::Job(operation) => self.begin_job(image, operation.0 as u16, at, key),
        }
    }

    #[inline(never)]
    fn begin_job(&mut self, image: &Image, operation: u16, request: u32, key: u64) {
        let rank = image.operations[operation as usize].rank.unwrap_or(0);
        let frame = Frame { key, request, operation, rank, start: self.now, arrived: NEVER, ..Frame::default() };
        let at = self.frames.take(frame);
        self.number(at, NONE);
        match self.choose_for_job(image, operation) {
            Some(replica) => {
                self.frames[at].replica = replica;
                self.arrive(image, at);
            }
            None => self.give_frame(at),
        }
    }

    #[inline(always)]
    fn begin_journey(&mut self, image: &Image, id: JourneyId, request: u32, key: u64, trace: u64, last: bool) {
        let journey = &image.journeys[id.index()];
        self.recorder.journeys[id.index()].came();
        let at = self.frames.take_place();
        let mut frame = Frame {
            key,
            request,
            start: self.now,
            arrived: NEVER,
            rank: journey.rank,
            position: journey.entry,
            state: State::Running,
            flags: Flags::ROOT,
            ..Frame::FREE
        };
        let direct = journey.direct.map(|(call, site)| (call, site, &image.calls[call as usize]));
        if let Some((call, site, called)) = direct {
            // The attempt stands for the user as well; its draws are the ones that it would have below a user.
            let operation = &image.operations[called.target as usize];
            self.recorder.calls[call as usize].came();
            frame.key = super::call::attempt_key(key, operation.key, site, 0);
            (frame.operation, frame.call) = (called.target, call);
            frame.rank = operation.rank.unwrap_or(journey.rank);
        }
        self.frames[at] = frame;
        if trace != 0 || journey.patience.is_some() {
            self.begin_watching(image, at, key, journey.patience, trace);
        }
        match direct {
            Some((_, _, called)) => self.set_out(image, at, called, last),
            None => self.let_run(at),
        }
    }

    /// A journey that is kept as a trace, or whose user does not wait for ever.
    #[inline(never)]
    fn begin_watching(&mut self, image: &Image, at: u32, key: u64, patience: DrawAt, trace: u64) {
        if trace != 0 {
            self.number(at, NONE);
        }
        if patience.is_some() {
            let limit = self.now.saturating_add(self.draw_by(image, mix(key, Purpose::Patience as u64), patience));
            self.frames[at].limit = limit;
            self.events.at(limit, Kind::Limit, at);
        }
    }

    /// A user has an answer, or has gone.
    #[inline(always)]
    pub(super) fn end_journey(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let frame = &self.frames[at];
        let (start, waited, request) = (frame.start, frame.waited, &self.requests[frame.request]);
        let (key, index, trace) = (request.key, request.source, request.trace);
        let source = &image.sources[index as usize];
        let Starts::Journey(journey) = source.starts else { return };
        self.recorder.end_journey(journey.index(), self.now - start, waited, outcome);
        if let Some(wanted) = self.options.requests
            && self.recorder.ended >= wanted
            && self.options.warm_up.0 <= self.now
        {
            self.end = Some(End::Requests);
        }
        if trace != 0 {
            self.span(at, SpanKind::Journey(journey), start, outcome);
        }
        if source.think.is_some() {
            self.think(image, key, index, source.think);
        }
    }

    /// A user thinks and comes again.
    fn think(&mut self, image: &Image, key: u64, source: u32, think: DrawAt) {
        let think = self.draw_by(image, mix(key, Purpose::Patience as u64), think);
        self.events.at(self.now.saturating_add(think), Kind::Source, source);
    }

    /// A user has waited as long as they will.
    pub(super) fn lose_patience(&mut self, image: &Image, at: u32) {
        let outcome = Err(Failure::of(Cause::Patience));
        if self.frames[at].call != NO_CODE {
            self.settle(image, at, outcome);
        }
        self.end_journey(image, at, outcome);
        self.frames[at].flags.clear(Flags::ROOT);
        if self.frames[at].operation == NO_CODE {
            // The user's own frame goes with the user; what it called is abandoned.
            self.stop(image, at);
        } else {
            self.detach(image, at);
        }
    }

    /// Whether a request is kept as a trace. Where none is, no request is looked at.
    #[inline(always)]
    pub(super) fn is_kept(&self, request: u32) -> bool {
        !matches!(self.options.traces, Traces::None) && self.requests[request].trace != 0
    }

    /// The number of a request as a trace; 0 if it is not kept.
    fn trace_of(&self, key: u64) -> u64 {
        match self.options.traces {
            Traces::None => 0,
            Traces::OneIn { every, most } => {
                let kept = mix(key, TRACED).is_multiple_of(u64::from(every.max(1)))
                    && self.recorder.spans.len() < most as usize;
                if kept { key | 1 } else { 0 }
            }
        }
    }
}

/// Decides which requests are kept.
const TRACED: u64 = 1 << 42;
