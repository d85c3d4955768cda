//! Frames: one per hop in progress, in one array with reused places. 96 bytes each; what few frames need stands apart in
//! `Cold`, and what all hops of one request share in `Request`.
//!
//! A frame is an attempt of its caller from the moment the call is made, and becomes the work of the callee when it
//! arrives there; so one frame is one hop. A journey's user has a frame too, unless the journey is a single bare call.
//!
//! Timers are never taken out of the event list: an event counts only if the frame's own note says the same time. A
//! place that was reused meanwhile has another note, or one at the same time, and then it is its own event that finds
//! nothing left to do.

use super::events::POSITION_BITS;
use crate::program::Failure;

/// No position.
pub(super) const NONE: u32 = u32::MAX;
/// No time.
pub(super) const NEVER: u64 = u64::MAX;

/// What a frame is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody: its place is free.
    Free,
    /// Its turn.
    Running,
    /// A slot of its component.
    WaitSlot,
    /// A worker of its component.
    WaitWorker,
    /// A worker, after it was interrupted; `wake` is the work that is left.
    Interrupted,
    /// A connection of its caller's pool.
    WaitPool,
    /// A lock.
    WaitLock,
    /// Another request's fetch for a cache.
    WaitFetch,
    /// A token of its caller's bucket, or of its component's quota.
    WaitToken,
    /// The end of its work, by a timer.
    Computing,
    /// The end of its work on shared cores.
    OnCores,
    /// Its replica's repair; `wake` is the work that is left.
    Suspended,
    /// Its replica's repair, to continue on shared cores.
    SuspendedOnCores,
    /// A pause of its own.
    Sleeping,
    /// A cache's answer.
    Looking,
    /// Answers of calls or branches.
    Awaiting,
    /// Another attempt.
    Backoff,
    /// Its arrival.
    Travelling,
    /// Its work to begin, after a delay that a fault adds.
    Delayed,
    /// Its answer's arrival.
    Returning,
    /// Nothing: it got lost on its way, or its answer did.
    Lost,
    /// Nothing: its component hangs.
    Hung,
    /// Its turn to be sent, with a connection.
    Sending,
    /// Its turn to fail, as noted in its cold part.
    Failing,
    /// Its turn to be stopped.
    Stopping,
    /// The end of its connection.
    Lingering,
    /// The broker, from an outbox.
    Outbox,
    /// A consumer.
    Backlog,
    /// Being handed out again.
    Redelivery,
}

/// What a frame is and holds, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Flags(u8);

impl Flags {
    /// The first frame of a request.
    pub(super) const ROOT: Self = Self(1);
    /// A way of a fork: it shares its host's replica and place.
    pub(super) const BRANCH: Self = Self(2);
    /// A message.
    pub(super) const MESSAGE: Self = Self(4);
    /// Its caller has gone.
    pub(super) const LATE: Self = Self(8);
    /// It has been taken in by its component.
    pub(super) const ADMITTED: Self = Self(16);
    /// It holds a connection of its caller's pool.
    pub(super) const CONNECTION: Self = Self(32);
    /// Its limit is its caller's deadline, not the call's own timeout.
    pub(super) const DEADLINE: Self = Self(64);
    /// It counts among its replica's open requests.
    pub(super) const PLACED: Self = Self(128);

    /// It counts among its replica's open requests, and has been taken in.
    pub(super) const IN_PLACE: Self = Self(Self::PLACED.0 | Self::ADMITTED.0);

    /// In place, and nothing else but perhaps the first of its request, or with a connection.
    #[inline(always)]
    pub(super) fn are_plain(self) -> bool {
        self.0 & !(Self::ROOT.0 | Self::CONNECTION.0) == Self::IN_PLACE.0
    }

    #[inline(always)]
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    #[inline(always)]
    pub(super) fn set(&mut self, other: Self) {
        self.0 |= other.0;
    }

    #[inline(always)]
    pub(super) fn clear(&mut self, other: Self) {
        self.0 &= !other.0;
    }
}

/// One hop in progress.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Decides its draws: the request's way to here.
    pub(super) key: u64,
    /// When its own timer fires.
    pub(super) wake: u64,
    /// When its caller gives up.
    pub(super) limit: u64,
    /// When its caller made the call.
    pub(super) start: u64,
    /// When it arrived at its component.
    pub(super) arrived: u64,
    /// Since when it waits in a queue.
    pub(super) since: u64,
    /// How long it has waited in queues, what it called included.
    pub(super) waited: u64,
    pub(super) request: u32,
    /// Whom it answers.
    pub(super) parent: u32,
    /// The next of its parent's open calls.
    pub(super) sibling: u32,
    /// Behind it in a queue.
    pub(super) next: u32,
    /// Before it in a queue, or the first of its own open calls: it cannot have both.
    pub(super) link: u32,
    pub(super) replica: u32,
    pub(super) position: u32,
    pub(super) cold: u32,
    pub(super) operation: u16,
    /// The call that it is an attempt of.
    pub(super) call: u16,
    pub(super) state: State,
    pub(super) flags: Flags,
    pub(super) rank: u8,
}

/// No operation or call.
pub(super) const NO_CODE: u16 = u16::MAX;

impl Frame {
    /// A free place.
    pub(super) const FREE: Self = Self {
        key: 0,
        wake: NEVER,
        limit: NEVER,
        start: 0,
        arrived: 0,
        since: 0,
        waited: 0,
        request: NONE,
        parent: NONE,
        sibling: NONE,
        next: NONE,
        link: NONE,
        replica: NONE,
        position: 0,
        cold: NONE,
        operation: NO_CODE,
        call: NO_CODE,
        state: State::Free,
        flags: Flags(0),
        rank: 0,
    };
}

impl Default for Frame {
    fn default() -> Self {
        Self::FREE
    }
}

/// What few frames need. As it is at first, it says of a caller what is so of one that has none: a single attempt was made, in
/// a single round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cold {
    /// As an attempt: its connection is counted at the component.
    pub(super) connected: bool,
    /// As a caller: when all attempts together must be over.
    pub(super) within: u64,
    /// As a caller: how many rounds are left, this one included.
    pub(super) rounds: u32,
    /// As a caller: attempts made in this round.
    pub(super) attempts: u32,
    /// As a caller: hedges made in this round.
    pub(super) hedges: u32,
    /// As a caller or a host: attempts or branches that are open.
    pub(super) open: u32,
    /// As a host of a fork: how many more must succeed.
    pub(super) needs: u32,
    /// As an attempt: its caller's guards.
    pub(super) guard: u32,
    /// As an attempt: the gate of the pool that it is lent a connection of.
    pub(super) pool_gate: u32,
    /// The lock that it holds, or waits for, last: a position among the holds.
    pub(super) hold: u32,
    /// The gate that it waits at for a lock.
    pub(super) lock_gate: u32,
    /// What it fetches for a cache: the cache and the key.
    pub(super) fetch: (u32, u32),
    /// As a message: its group, its part, and how often it was handed out.
    pub(super) group: u32,
    pub(super) part: u32,
    pub(super) deliveries: u32,
    /// As a message: the gate of the consumer that took it.
    pub(super) taken_at: u32,
    /// As a message: when it was published.
    pub(super) published: u64,
    /// As an attempt: since when it has its connection.
    pub(super) lent: u64,
    /// How it ended, while its answer is on its way.
    pub(super) outcome: Outcome,
    /// For traces: its own number, its parent's, and the number of its attempt.
    pub(super) span: u64,
    pub(super) span_parent: u64,
}

impl Cold {
    const FREE: Self = Self {
        connected: false,
        within: NEVER,
        rounds: 1,
        attempts: 1,
        hedges: 0,
        open: 0,
        needs: 0,
        guard: NONE,
        pool_gate: NONE,
        hold: NONE,
        lock_gate: NONE,
        fetch: (NONE, NONE),
        group: NONE,
        part: NONE,
        deliveries: 0,
        taken_at: NONE,
        published: 0,
        lent: 0,
        outcome: Ok(()),
        span: 0,
        span_parent: 0,
    };

    /// Nothing but a connection is kept in it.
    #[inline(always)]
    pub(super) fn has_connection_alone(&self) -> bool {
        (self.guard & self.hold & self.fetch.0) == NONE && self.span == 0
    }
}

impl Default for Cold {
    fn default() -> Self {
        Self::FREE
    }
}

/// What all hops of one request share.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Request {
    /// Decides the draws that its parts share, and where it is sent by its key.
    pub(super) key: u64,
    /// The source that it came from.
    pub(super) source: u32,
    /// How many frames it has.
    pub(super) frames: u32,
    /// Its number as a trace; 0 is not kept.
    pub(super) trace: u64,
}

/// An array with reused places.
#[derive(Debug)]
pub(super) struct Slab<T> {
    items: Vec<T>,
    free: Vec<u32>,
}

impl<T: Copy + Default> Slab<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }

    /// Takes a place whose item is still another's.
    #[inline(always)]
    pub(super) fn take_place(&mut self) -> u32 {
        match self.free.pop() {
            Some(place) => place,
            None => self.grow(T::default()),
        }
    }

    /// Takes a place.
    #[inline(always)]
    pub(super) fn take(&mut self, item: T) -> u32 {
        match self.free.pop() {
            Some(place) => {
                self.items[place as usize] = item;
                place
            }
            None => self.grow(item),
        }
    }

    #[cold]
    fn grow(&mut self, item: T) -> u32 {
        // What an event can say of a place.
        assert!(self.items.len() < 1 << POSITION_BITS, "more than 2^28 requests are open at once");
        self.items.push(item);
        // Room for all to be free, so that giving back never allocates.
        self.free.reserve(self.items.capacity() - self.free.len());
        self.items.len() as u32 - 1
    }

    /// Gives a place back.
    #[inline(always)]
    pub(super) fn give(&mut self, place: u32) {
        self.free.push(place);
    }

    /// How many places are taken.
    pub(super) fn taken(&self) -> usize {
        self.items.len() - self.free.len()
    }

    /// How many places there are, free ones included.
    pub(super) fn places(&self) -> u32 {
        self.items.len() as u32
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, place: u32) -> &T {
        &self.items[place as usize]
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline(always)]
    fn index_mut(&mut self, place: u32) -> &mut T {
        &mut self.items[place as usize]
    }
}

/// How something ended.
pub(super) type Outcome = Result<(), Failure>;

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_frame_is_at_most_96_bytes() {
        assert!(size_of::<Frame>() <= 96, "{}", size_of::<Frame>());
    }
}
