//! What a run notes while it goes on, and how measurements are made of it.

use super::engine::Engine;
use super::frame::{Frame, NEVER, NONE, Outcome};
use super::image::Image;
use super::meter::{FlowMeter, Meter};
use super::options::{Detail, Options};
use crate::measurements::{
    ComponentUse, End, GroupUse, Histogram, JourneyWindow, LockUse, Measurements, PoolUse, ReplicaUse, Span, SpanKind,
    Window,
};
use crate::program::Failure;
use crate::time::Nanos;

/// A pool's meters.
#[derive(Clone, Debug, Default)]
pub(super) struct PoolMeter {
    pub(super) lent: Meter,
    pub(super) queue: Meter,
    pub(super) waited: Histogram,
}

/// How much of a component there is.
#[derive(Clone, Debug, Default)]
pub(super) struct ComponentMeter {
    pub(super) slots: Meter,
    pub(super) workers: Meter,
    pub(super) millicores: Meter,
}

/// Totals at the beginning of a window.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    busy: u128,
    queue: u128,
    up: u128,
}

/// What is noted.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) journeys: Vec<FlowMeter>,
    pub(super) operations: Vec<FlowMeter>,
    pub(super) calls: Vec<FlowMeter>,
    pub(super) pools: Vec<PoolMeter>,
    pub(super) components: Vec<ComponentMeter>,
    /// Everything is measured, not only journeys.
    pub(super) detailed: bool,
    /// Requests of journeys that have ended in measured time.
    pub(super) ended: u64,
    /// How many end the run.
    pub(super) enough: u64,
    measured_from: u64,
    windows: Vec<Window>,
    window: Option<Vec<JourneyWindow>>,
    window_from: u64,
    offered_before: Vec<u64>,
    before: Vec<Before>,
    backlog_before: Vec<u128>,
    pub(super) spans: Vec<Span>,
    span_ids: u64,
}

impl Recorder {
    pub(super) fn new(image: &Image, options: &Options) -> Self {
        let everything = options.detail == Detail::Everything;
        let flows = |count, detailed| vec![FlowMeter::new(detailed); count];
        let journeys = image.journeys.len();
        Self {
            journeys: flows(journeys, true),
            operations: flows(image.operations.len(), everything),
            calls: flows(image.calls.len(), everything),
            pools: vec![PoolMeter::default(); image.pools.len()],
            components: vec![ComponentMeter::default(); image.components.len()],
            detailed: everything,
            ended: 0,
            enough: options.requests.unwrap_or(u64::MAX),
            measured_from: options.warm_up.0,
            windows: Vec::new(),
            window: options.window.map(|_| vec![JourneyWindow::default(); journeys]),
            window_from: 0,
            offered_before: vec![0; journeys],
            before: vec![Before::default(); image.components.len()],
            backlog_before: vec![0; image.groups.len()],
            spans: Vec::new(),
            span_ids: 0,
        }
    }

    #[inline(always)]
    pub(super) fn end_journey(&mut self, journey: usize, took: u64, waited: u64, outcome: Outcome) {
        self.ended += 1;
        let meter = &mut self.journeys[journey];
        match outcome {
            Ok(()) => meter.succeeded(took, waited),
            Err(failure) => meter.failed(failure, took),
        }
        if let Some(window) = &mut self.window {
            note(&mut window[journey], took, waited, outcome);
        }
    }
}

fn note(window: &mut JourneyWindow, took: u64, waited: u64, outcome: Outcome) {
    match outcome {
        Ok(()) => {
            window.latency.record(Nanos(took));
            window.waited.record(Nanos(waited));
        }
        Err(failure) => count(window, failure),
    }
}

fn count(window: &mut JourneyWindow, failure: Failure) {
    match window.failed.iter_mut().find(|each| each.failure == failure) {
        Some(known) => known.count += 1,
        None => window.failed.push(crate::measurements::Failed { failure, count: 1 }),
    }
}

impl Engine {
    /// The warm-up is over: what was noted so far does not count.
    pub(super) fn begin_measuring(&mut self) {
        let now = self.now;
        let recorder = &mut self.recorder;
        recorder.ended = 0;
        for (meter, offered) in recorder.journeys.iter_mut().zip(&mut recorder.offered_before) {
            // The window at hand goes on: what came in it before counts in it.
            *offered = offered.wrapping_sub(meter.flow.offered);
            meter.begin();
        }
        recorder.operations.iter_mut().chain(&mut recorder.calls).for_each(FlowMeter::begin);
        for pool in &mut recorder.pools {
            pool.lent.begin(now);
            pool.queue.begin(now);
            pool.waited.clear();
        }
        for meter in &mut recorder.components {
            meter.slots.begin(now);
            meter.workers.begin(now);
            meter.millicores.begin(now);
        }
        for component in &mut self.components {
            let meters = [
                &mut component.open,
                &mut component.queue,
                &mut component.busy,
                &mut component.cpu,
                &mut component.up,
                &mut component.works,
                &mut component.connections,
                &mut component.throttled,
            ];
            meters.into_iter().for_each(|meter| meter.begin(now));
            component.waited.clear();
            component.over_quota = 0;
        }
        for replica in &mut self.replicas {
            [&mut replica.open, &mut replica.busy, &mut replica.up, &mut replica.cpu]
                .into_iter()
                .for_each(|meter| meter.begin(now));
            replica.ended = 0;
        }
        for lock in &mut self.locks {
            lock.held.begin(now);
            lock.queue.begin(now);
            lock.waited.clear();
        }
        self.caches.iter_mut().for_each(|cache| cache.used = crate::measurements::CacheUse::default());
        for group in &mut self.groups {
            group.backlog.begin(now);
            (group.published, group.handled, group.redelivered, group.dead) = (0, 0, 0, 0);
            group.age.clear();
        }
    }

    /// Closes the window at hand and begins the next.
    pub(super) fn end_window(&mut self) {
        let now = self.now;
        let recorder = &mut self.recorder;
        let Some(open) = &mut recorder.window else { return };
        let fresh = vec![JourneyWindow::default(); open.len()];
        let mut journeys = std::mem::replace(open, fresh);
        for ((journey, meter), before) in journeys.iter_mut().zip(&recorder.journeys).zip(&mut recorder.offered_before)
        {
            journey.offered = meter.flow.offered.wrapping_sub(*before);
            *before = meter.flow.offered;
            journey.failed.sort_by_key(|each| each.failure);
        }
        let length = (now - recorder.window_from).max(1) as f64;
        let mut window = Window { from: Nanos(recorder.window_from), until: Nanos(now), journeys, ..Window::default() };
        for (component, before) in self.components.iter_mut().zip(&mut recorder.before) {
            let after = Before {
                busy: component.busy.total(now),
                queue: component.queue.total(now),
                up: component.up.total(now),
            };
            window.busy.push((after.busy - before.busy) as f64 / length);
            window.queue.push((after.queue - before.queue) as f64 / length);
            window.up.push((after.up - before.up) as f64 / length);
            *before = after;
        }
        for (group, before) in self.groups.iter_mut().zip(&mut recorder.backlog_before) {
            let after = group.backlog.total(now);
            window.backlog.push((after - *before) as f64 / length);
            *before = after;
        }
        recorder.window_from = now;
        recorder.windows.push(window);
    }

    /// What has been measured up to now.
    pub(super) fn measurements(&self, image: &Image) -> Measurements {
        let now = self.now;
        let recorder = &self.recorder;
        let measured = now.saturating_sub(recorder.measured_from);
        let flows = |meters: &[FlowMeter]| meters.iter().map(FlowMeter::flow).collect();
        let components = self.components.iter().zip(&recorder.components).map(|(state, there)| ComponentUse {
            up: state.up.level(now),
            works: state.works.level(now),
            open: state.open.level(now),
            queue: state.queue.level(now),
            waited: state.waited.clone(),
            busy: state.busy.level(now),
            cpu: state.cpu.level(now),
            slots: there.slots.level(now),
            workers: there.workers.level(now),
            millicores: there.millicores.level(now),
            throttled: state.throttled.level(now),
            connections: state.connections.level(now),
            over_quota: state.over_quota,
        });
        let replicas = self.replicas.iter().map(|state| {
            let own = &self.components[state.component as usize];
            // The only replica of a component is metered there.
            let (open, busy, cpu) = if image.components[state.component as usize].count > 1 {
                (&state.open, &state.busy, &state.cpu)
            } else {
                (&own.open, &own.busy, &own.cpu)
            };
            ReplicaUse {
                up: state.up.level(now),
                open: open.level(now),
                busy: busy.level(now),
                cpu: cpu.level(now),
                ended: state.ended,
            }
        });
        let pools = recorder.pools.iter().map(|pool| PoolUse {
            lent: pool.lent.level(now),
            queue: pool.queue.level(now),
            waited: pool.waited.clone(),
        });
        let locks = self.locks.iter().map(|lock| LockUse {
            held: lock.held.level(now),
            queue: lock.queue.level(now),
            waited: lock.waited.clone(),
        });
        let groups = self.groups.iter().map(|group| GroupUse {
            published: group.published,
            handled: group.handled,
            redelivered: group.redelivered,
            dead: group.dead,
            backlog: group.backlog.level(now),
            age: group.age.clone(),
        });
        debug_assert_eq!(image.components.len(), self.components.len());
        Measurements {
            runs: 1,
            measured: Nanos(measured),
            end: self.end.unwrap_or(End::Time),
            events: self.event_count,
            trace: self.trace,
            journeys: flows(&recorder.journeys),
            operations: flows(&recorder.operations),
            calls: flows(&recorder.calls),
            components: components.collect(),
            replicas: replicas.collect(),
            pools: pools.collect(),
            locks: locks.collect(),
            caches: self.caches.iter().map(|cache| cache.used).collect(),
            groups: groups.collect(),
            windows: recorder.windows.clone(),
            spans: recorder.spans.clone(),
        }
    }

    /// Numbers a frame of a kept request: its call and its operation have a span each.
    pub(super) fn number(&mut self, at: u32, caller: u32) {
        if self.requests[self.frames[at].request].trace == 0 {
            return;
        }
        let parent = if caller == NONE { 0 } else { self.own_span(caller) };
        self.recorder.span_ids += 2;
        let id = self.recorder.span_ids;
        let cold = self.cold(at);
        (cold.span, cold.span_parent) = (id, parent);
    }

    /// A branch speaks for its host.
    pub(super) fn number_branch(&mut self, at: u32, host: u32) {
        let span = self.own_span(host);
        self.cold(at).span = span;
    }

    fn own_span(&self, at: u32) -> u64 {
        let cold = self.frames[at].cold;
        if cold == NONE { 0 } else { self.cold[cold].span }
    }

    /// Notes a span, if its request is kept.
    #[inline]
    pub(super) fn span(&mut self, at: u32, kind: SpanKind, start: u64, outcome: Outcome) {
        let frame = self.frames[at];
        let trace = self.requests[frame.request].trace;
        if trace != 0 {
            self.note_span(&frame, trace, kind, start, outcome);
        }
    }

    #[cold]
    fn note_span(&mut self, frame: &Frame, trace: u64, kind: SpanKind, start: u64, outcome: Outcome) {
        let most = match self.options.traces {
            super::options::Traces::OneIn { most, .. } => most as usize,
            super::options::Traces::None => 0,
        };
        if self.recorder.spans.len() >= most || frame.cold == NONE {
            return;
        }
        let cold = &self.cold[frame.cold];
        // The call is the parent of the operation that it asks: its number is one below. A user's own frame has one span.
        let (id, parent) = match kind {
            SpanKind::Operation(_) if frame.call != super::frame::NO_CODE => (cold.span, cold.span - 1),
            SpanKind::Operation(_) | SpanKind::Journey(_) => (cold.span, cold.span_parent),
            SpanKind::Call(_) => (cold.span - 1, cold.span_parent),
        };
        let replica = (frame.replica != NONE && matches!(kind, SpanKind::Operation(_))).then_some(frame.replica);
        self.recorder.spans.push(Span {
            trace,
            id,
            parent,
            kind,
            replica,
            start: Nanos(if start == NEVER { frame.start } else { start }),
            end: Nanos(self.now),
            waited: Nanos(frame.waited),
            failure: outcome.err(),
        });
    }
}
