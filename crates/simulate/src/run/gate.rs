//! Gates: so many at once, the others wait. Slots, workers, pools of connections, locks and prefetch are all gates.
//!
//! Who waits is a list through the frames themselves, one for each rank, so that a queue costs no memory of its own and
//! anybody can leave it at once. Where the next one is anybody, it is an array instead.
//!
//! Not here: what happens to whom a gate lets in; that differs (`engine`, `grant`).

use super::frame::{Frame, NONE, Slab};
use super::random::Bits;
use crate::program::Order;

/// One gate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gate {
    /// How many it lets in at once; 0 while it is closed.
    pub(super) capacity: u32,
    /// How many are in.
    pub(super) inside: u32,
    /// How many wait.
    pub(super) waiting: u32,
    /// The first of its lists.
    pub(super) lists: u32,
    /// How it treats who waits.
    pub(super) policy: u32,
    /// Who is next.
    order: Order,
}

impl Gate {
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

/// All gates with their queues.
#[derive(Debug, Default)]
pub(super) struct Gates {
    pub(super) gates: Vec<Gate>,
    lists: Vec<List>,
    /// For gates whose next one is anybody: those that wait, by the number of their list.
    bags: Vec<Vec<u32>>,
}

impl Gates {
    /// Adds a gate with so many ranks.
    pub(super) fn add(&mut self, capacity: u32, policy: u32, order: Order, ranks: u32) -> u32 {
        let lists = self.lists.len() as u32;
        self.lists.extend((0..ranks).map(|_| List { first: NONE, last: NONE }));
        let bags = if order == Order::Random { self.lists.len() } else { 0 };
        if self.bags.len() < bags {
            self.bags.resize_with(bags, Vec::new);
        }
        self.gates.push(Gate { capacity, inside: 0, waiting: 0, lists, policy, order });
        self.gates.len() as u32 - 1
    }

    /// Puts a frame at the end of its rank's queue.
    #[inline(always)]
    pub(super) fn join(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        let gate = &mut self.gates[gate as usize];
        gate.waiting += 1;
        let list = gate.lists + u32::from(rank);
        if gate.order == Order::Random {
            let bag = &mut self.bags[list as usize];
            // Its place in the bag, so that it can leave.
            frames[who].link = bag.len() as u32;
            bag.push(who);
            return;
        }
        let list = &mut self.lists[list as usize];
        let frame = &mut frames[who];
        (frame.link, frame.next) = (list.last, NONE);
        match list.last {
            NONE => list.first = who,
            last => frames[last].next = who,
        }
        list.last = who;
    }

    /// Puts a frame before all others of its rank: it was interrupted and is first to go on.
    pub(super) fn rejoin(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        if self.gates[gate as usize].order != Order::FirstCome {
            return self.join(gate, rank, who, frames);
        }
        self.gates[gate as usize].waiting += 1;
        let list = &mut self.lists[(self.gates[gate as usize].lists + u32::from(rank)) as usize];
        frames[who].link = NONE;
        frames[who].next = list.first;
        match list.first {
            NONE => list.last = who,
            first => frames[first].link = who,
        }
        list.first = who;
    }

    /// Takes a frame out of its queue.
    #[inline(always)]
    pub(super) fn leave(&mut self, gate: u32, rank: u8, who: u32, frames: &mut Slab<Frame>) {
        let gate = &mut self.gates[gate as usize];
        gate.waiting -= 1;
        let list = gate.lists + u32::from(rank);
        let frame = &mut frames[who];
        let (before, behind) = (frame.link, frame.next);
        (frame.link, frame.next) = (NONE, NONE);
        if gate.order == Order::Random {
            let bag = &mut self.bags[list as usize];
            let place = before;
            bag.swap_remove(place as usize);
            if let Some(moved) = bag.get(place as usize) {
                frames[*moved].link = place;
            }
        } else {
            let list = &mut self.lists[list as usize];
            match before {
                NONE => list.first = behind,
                before => frames[before].next = behind,
            }
            match behind {
                NONE => list.last = before,
                behind => frames[behind].link = before,
            }
        }
    }

    /// The next one, still in its queue.
    #[inline(always)]
    pub(super) fn first(&self, gate: u32, ranks: u32, chance: impl FnOnce() -> Bits) -> Option<u32> {
        let at = &self.gates[gate as usize];
        if at.waiting == 0 {
            return None;
        }
        for list in at.lists..at.lists + ranks {
            match at.order {
                Order::FirstCome if self.lists[list as usize].first != NONE => {
                    return Some(self.lists[list as usize].first);
                }
                Order::LastCome if self.lists[list as usize].last != NONE => {
                    return Some(self.lists[list as usize].last);
                }
                Order::Random if !self.bags[list as usize].is_empty() => {
                    let bag = &self.bags[list as usize];
                    return Some(bag[chance().below(bag.len() as u32) as usize]);
                }
                _ => {}
            }
        }
        None
    }

    /// Who has waited longest, whatever the order.
    pub(super) fn oldest(&self, gate: u32, ranks: u32, frames: &Slab<Frame>) -> Option<u64> {
        let at = self.gates[gate as usize];
        let lists = at.lists as usize..(at.lists + ranks) as usize;
        match at.order {
            Order::Random => self.bags[lists].iter().flatten().map(|who| frames[*who].since).min(),
            _ => self.lists[lists].iter().filter(|l| l.first != NONE).map(|l| frames[l.first].since).min(),
        }
    }
}
