//! Gates: so many at once, the others wait. Slots, workers, pools of connections, locks and prefetch are all gates.
//!
//! Who waits is a list through the frames themselves, one for each rank, so that a queue costs no memory of its own and
//! anybody can leave it at once. Where the next one is anybody, it is an array instead.
//!
//! Not here: what happens to whom a gate lets in; that differs (`engine`, `grant`).

use super::frame::{Frame, NONE, Slab};
use super::image::{Owner, Policy};
use super::random::Bits;
use crate::program::{Order, Refusal};

/// One gate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    /// How many it lets in at once; 0 while it is closed.
    pub(super) capacity: u32,
    /// How many are in.
    pub(super) inside: u32,
    /// How many wait.
    pub(super) waiting: u32,
    /// How it treats who waits.
    pub(super) policy: u32,
    /// Whose it is.
    pub(super) owner: Owner,
    /// Those that wait at the lowest rank.
    list: List,
    /// The first of its lists for further ranks.
    more: u32,
    /// Who is next.
    order: Order,
    /// First come, first served, of one rank.
    pub(super) plain: bool,
    /// Plain, and nobody is refused or leaves.
    pub(super) endless: bool,
}

impl Gate {
    /// Who has waited longest at a plain gate.
    #[inline(always)]
    pub(super) fn first(&self) -> u32 {
        self.list.first
    }

    #[inline(always)]
    pub(super) fn has_room(&self) -> bool {
        self.inside < self.capacity
    }
}

/// Those that wait at one rank.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    first: u32,
    last: u32,
}

impl List {
    const EMPTY: Self = Self { first: NONE, last: NONE };

    #[inline(always)]
    fn push(&mut self, who: u32, frames: &mut Slab<Frame>) {
        let frame = &mut frames[who];
        (frame.link, frame.next) = (self.last, NONE);
        match self.last {
            NONE => self.first = who,
            last => frames[last].next = who,
        }
        self.last = who;
    }
}

/// All gates with their queues.
#[derive(Debug, Default)]
pub(super) struct Gates {
    pub(super) gates: Vec<Gate>,
    lists: Vec<List>,
    /// For gates whose next one is anybody: those that wait, one array for each rank.
    bags: Vec<Vec<u32>>,
}

impl Gates {
    /// Adds a gate.
    pub(super) fn add(&mut self, capacity: u32, policy: u32, rule: &Policy) -> u32 {
        let more = match rule.order {
            Order::Random => {
                let more = self.bags.len();
                self.bags.resize_with(more + rule.ranks as usize, Vec::new);
                more
            }
            _ => {
                let more = self.lists.len();
                self.lists.resize(more + rule.ranks as usize - 1, List::EMPTY);
                more
            }
        };
        let plain = rule.order == Order::FirstCome && rule.ranks == 1;
        let waits = !rule.wait.is_some() || rule.then == Refusal::Wait;
        self.gates.push(Gate {
            capacity,
            inside: 0,
            waiting: 0,
            policy,
            owner: rule.owner,
            list: List::EMPTY,
            more: more as u32,
            order: rule.order,
            plain,
            endless: plain && waits && rule.length == u32::MAX,
        });
        self.gates.len() as u32 - 1
    }

    /// The list of a rank.
    fn list(&mut self, gate: u32, rank: u8) -> &mut List {
        let gate = &mut self.gates[gate as usize];
        match u32::from(rank) {
            0 => &mut gate.list,
            rank => &mut self.lists[(gate.more + rank - 1) as usize],
        }
    }

    /// Puts a frame at the end of a plain gate's queue.
    #[inline(always)]
    pub(super) fn join_plain(gate: &mut Gate, who: u32, frames: &mut Slab<Frame>) {
        gate.waiting += 1;
        gate.list.push(who, frames);
    }

    /// The first of a plain gate, out of its queue.
    #[inline(always)]
    pub(super) fn take_first(gate: &mut Gate, frames: &mut Slab<Frame>) -> u32 {
        let who = gate.list.first;
        let frame = &mut frames[who];
        let behind = frame.next;
        (frame.link, frame.next) = (NONE, NONE);
        gate.waiting -= 1;
        gate.list.first = behind;
        match behind {
            NONE => gate.list.last = NONE,
            behind => frames[behind].link = NONE,
        }
        who
    }

    /// Puts a frame at the end of its rank's queue.
    pub(super) fn join(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        let at = &mut self.gates[gate as usize];
        at.waiting += 1;
        if at.order == Order::Random {
            let bag = &mut self.bags[(at.more + u32::from(rank)) as usize];
            // Its place in the bag, so that it can leave.
            frames[who].link = bag.len() as u32;
            return bag.push(who);
        }
        self.list(gate, rank).push(who, frames);
    }

    /// Puts a frame before all others of its rank: it was interrupted and is first to go on.
    pub(super) fn rejoin(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        if self.gates[gate as usize].order != Order::FirstCome {
            return self.join(gate, rank, who, frames);
        }
        self.gates[gate as usize].waiting += 1;
        let list = self.list(gate, rank);
        frames[who].link = NONE;
        frames[who].next = list.first;
        match list.first {
            NONE => list.last = who,
            first => frames[first].link = who,
        }
        list.first = who;
    }

    /// Takes a frame out of its queue.
    pub(super) fn leave(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        let at = &mut self.gates[gate as usize];
        at.waiting -= 1;
        let frame = &mut frames[who];
        let (before, behind) = (frame.link, frame.next);
        (frame.link, frame.next) = (NONE, NONE);
        if at.order == Order::Random {
            let bag = &mut self.bags[(at.more + u32::from(rank)) as usize];
            let place = before;
            bag.swap_remove(place as usize);
            if let Some(moved) = bag.get(place as usize) {
                frames[*moved].link = place;
            }
            return;
        }
        let list = self.list(gate, rank);
        match before {
            NONE => list.first = behind,
            before => frames[before].next = behind,
        }
        match behind {
            NONE => list.last = before,
            behind => frames[behind].link = before,
        }
    }

    /// The next one, still in its queue.
    pub(super) fn first(&self, gate: u32, ranks: u32, chance: impl FnOnce() -> Bits) -> Option<u32> {
        let at = &self.gates[gate as usize];
        if at.waiting == 0 {
            return None;
        }
        if at.order == Order::Random {
            let bags = &self.bags[at.more as usize..(at.more + ranks) as usize];
            let bag = bags.iter().find(|bag| !bag.is_empty())?;
            return Some(bag[chance().below(bag.len() as u32) as usize]);
        }
        let list = self.lists_of(at, ranks).find(|list| list.first != NONE)?;
        Some(if at.order == Order::FirstCome { list.first } else { list.last })
    }

    /// Who has waited longest, whatever the order.
    pub(super) fn oldest(&self, gate: u32, ranks: u32, frames: &Slab<Frame>) -> Option<u64> {
        let at = &self.gates[gate as usize];
        match at.order {
            Order::Random => {
                let bags = &self.bags[at.more as usize..(at.more + ranks) as usize];
                bags.iter().flatten().map(|who| frames[*who].since).min()
            }
            _ => self.lists_of(at, ranks).filter(|l| l.first != NONE).map(|l| frames[l.first].since).min(),
        }
    }

    /// The lists of a gate, the lowest rank first.
    fn lists_of<'a>(&'a self, gate: &'a Gate, ranks: u32) -> impl Iterator<Item = &'a List> {
        let more = &self.lists[gate.more as usize..(gate.more + ranks - 1) as usize];
        std::iter::once(&gate.list).chain(more)
    }
}
