//! Future events: what happens next, in the order of time and, at one time, in the order in which it was planned.
//!
//! An event is one number: time, a sequence number and what it is, from the top bits down. So comparing two is comparing
//! integers, and the order is a function of the model alone: whatever holds the events, the run is the same.
//!
//! Three holders behind one face. *Rings*: one per distinct constant delay, where the order of planning is the order of
//! happening, so that a timeout costs no search and a dead one no place in the heap. A *heap* for delays that differ. A
//! *ladder* in its place beyond some thousand pending events.
//!
//! Not here: whether an event still means something; who planned it compares its own note of the time (`frame`).

mod heap;
mod ladder;
mod rings;

use heap::Heap;
use ladder::Ladder;
use rings::Rings;

use super::options::EventList;

/// Time, sequence and payload in one number.
type Key = u128;

/// No event.
const NEVER: Key = Key::MAX;

/// Beyond so many pending events the ladder is faster than the heap; measured by `benches/events.rs`.
const LADDER_FROM: usize = 4096;

/// What happens, with the position of what it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// A frame's own timer.
    Wake,
    /// A frame's caller gives up.
    Limit,
    /// A source's next request.
    Source,
    /// The next end of work on a replica's cores.
    Cpu,
    /// A replica fails, is repaired, has started.
    Replica,
    /// Callers learn of a replica's state.
    Known,
    /// Something on the list of what happens to the whole (`control`).
    Control,
}

/// How many bits of the payload are the position.
pub(super) const POSITION_BITS: u32 = 28;

/// A time in nanoseconds, a sequence number, a kind and a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event(Key);

impl Event {
    #[inline(always)]
    pub(super) fn time(self) -> u64 {
        (self.0 >> 64) as u64
    }

    /// The number of a kind.
    #[inline(always)]
    pub(super) fn kind(self) -> u8 {
        (self.0 as u32 >> POSITION_BITS) as u8
    }

    #[inline(always)]
    pub(super) fn position(self) -> u32 {
        self.0 as u32 & ((1 << POSITION_BITS) - 1)
    }

    /// All but the time.
    #[inline(always)]
    pub(super) fn payload(self) -> u64 {
        self.0 as u64
    }
}

/// All future events of a run.
#[derive(Debug)]
pub(super) struct Events {
    /// Events planned so far; wraps, which only turns the order of two events of one time, once in 2^32.
    sequence: u32,
    heap: Heap,
    ladder: Option<Ladder>,
    /// Beyond so many pending events the ladder takes over from the heap.
    climb_from: usize,
    rings: Rings,
}

impl Events {
    pub(super) fn new(list: EventList, constant_delays: &[u64]) -> Self {
        let ladder = (list == EventList::Ladder).then(Ladder::default);
        let climb_from = if list == EventList::Automatic { LADDER_FROM } else { usize::MAX };
        Self { sequence: 0, heap: Heap::default(), ladder, climb_from, rings: Rings::new(constant_delays) }
    }

    #[inline(always)]
    fn key(&mut self, time: u64, kind: Kind, position: u32) -> Key {
        debug_assert!(position < 1 << POSITION_BITS);
        self.sequence = self.sequence.wrapping_add(1);
        let payload = (kind as u32) << POSITION_BITS | position;
        u128::from(time) << 64 | u128::from(self.sequence) << 32 | u128::from(payload)
    }

    /// Plans an event.
    #[inline(always)]
    pub(super) fn at(&mut self, time: u64, kind: Kind, position: u32) {
        let key = self.key(time, kind, position);
        self.push(key);
    }

    fn push(&mut self, key: Key) {
        match &mut self.ladder {
            None => {
                self.heap.push(key);
                if self.heap.len() > self.climb_from {
                    self.climb();
                }
            }
            Some(ladder) => ladder.push(key),
        }
    }

    /// Plans an event a constant delay from now, and gives its time.
    #[inline]
    pub(super) fn after(&mut self, now: u64, ring: Ring, kind: Kind, position: u32) -> u64 {
        let time = now.saturating_add(self.rings.delay(ring));
        let key = self.key(time, kind, position);
        self.rings.push(ring, key);
        time
    }

    /// Takes the next event that is not after `until`. What is planned at the end of time never happens.
    #[inline(always)]
    pub(super) fn next(&mut self, until: u64) -> Option<Event> {
        let until = until.min(u64::MAX - 1);
        let planned = match &mut self.ladder {
            None => self.heap.peek(),
            Some(ladder) => ladder.peek(),
        };
        let ringed = self.rings.peek();
        if ringed < planned {
            let event = Event(ringed);
            return (event.time() <= until).then(|| {
                self.rings.pop();
                event
            });
        }
        let event = Event(planned);
        (event.time() <= until).then(|| {
            match &mut self.ladder {
                None => self.heap.pop(),
                Some(ladder) => ladder.pop(),
            }
            event
        })
    }

    /// Goes over from the heap to the ladder, for good: who has been that large may be again.
    #[cold]
    fn climb(&mut self) {
        let mut ladder = Ladder::default();
        self.heap.drain().for_each(|key| ladder.push(key));
        self.ladder = Some(ladder);
    }

    /// The ring of a constant delay, where there is one.
    pub(super) fn ring(&self, delay: u64) -> Option<Ring> {
        self.rings.find(delay)
    }
}

pub(super) use rings::Ring;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EventList, Events, Kind};

    /// Plans and takes events as `delays` say, and lists what was taken when.
    fn taken(list: EventList, delays: &[(u64, bool)]) -> Vec<(u64, u32)> {
        let mut events = Events::new(list, &[1_000]);
        let ring = events.ring(1_000).expect("it was asked for");
        let (mut now, mut taken) = (0, Vec::new());
        for (position, (delay, take)) in delays.iter().enumerate() {
            match delay {
                1_000 => {
                    events.after(now, ring, Kind::Wake, position as u32);
                }
                _ => events.at(now + delay, Kind::Wake, position as u32),
            }
            if *take && let Some(event) = events.next(u64::MAX) {
                now = event.time();
                taken.push((event.time(), event.position()));
            }
        }
        while let Some(event) = events.next(u64::MAX) {
            taken.push((event.time(), event.position()));
        }
        taken
    }

    proptest! {
        #[test]
        fn every_list_takes_the_same_events_in_the_same_order(
            delays in prop::collection::vec((prop_oneof![Just(0), Just(1_000), 0..50_u64, 0..1_000_000_u64], any::<bool>()), 0..600),
        ) {
            let heap = taken(EventList::Heap, &delays);
            prop_assert!(heap.is_sorted_by_key(|(time, _)| *time));
            prop_assert_eq!(heap.len(), delays.len());
            prop_assert_eq!(&heap, &taken(EventList::Ladder, &delays));
            prop_assert_eq!(&heap, &taken(EventList::Automatic, &delays));
        }
    }

    #[test]
    fn the_automatic_list_climbs_and_keeps_the_order() {
        let delays: Vec<(u64, bool)> = (0..20_000_u64).map(|n| (n * 7_919 % 1_000_003, n % 3 == 0)).collect();
        assert_eq!(taken(EventList::Automatic, &delays), taken(EventList::Heap, &delays));
    }
}
