//! Locks: rows and other things that only so many requests may hold at once. Each key is a gate.

use super::code::{Instruction, bits};
use super::engine::Engine;
use super::frame::{NONE, State};
use super::image::{Image, Owner};
use super::meter::Meter;
use super::random::{Bits, mix};
use super::zipf::Zipf;
use crate::measurements::Histogram;

/// A lock in a run.
#[derive(Debug)]
pub(super) struct LockState {
    /// The gate of its first key.
    pub(super) gates: u32,
    pub(super) zipf: Zipf,
    pub(super) held: Meter,
    pub(super) queue: Meter,
    pub(super) waited: Histogram,
}

/// A lock that a frame holds, and the one that it took before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    gate: u32,
    lock: u32,
    before: u32,
}

impl Default for Hold {
    fn default() -> Self {
        Self { gate: NONE, lock: NONE, before: NONE }
    }
}

impl Engine {
    /// Takes a lock; true if it is free.
    pub(super) fn lock(&mut self, image: &Image, at: u32, lock: u32, site: u32) -> bool {
        let mut chance = Bits::of(self.frames[at].key, u64::from(site));
        let state = &self.locks[lock as usize];
        let gate = state.gates + state.zipf.draw(&mut chance);
        self.cold(at).lock_gate = gate;
        if self.gates.gates[gate as usize].has_room() {
            self.gates.gates[gate as usize].inside += 1;
            self.note_wait(Owner::Lock(lock), 0);
            self.hold(at, gate, lock);
            self.frames[at].position += 1;
            return true;
        }
        self.queue_up(image, at, gate, State::WaitLock);
        false
    }

    fn hold(&mut self, at: u32, gate: u32, lock: u32) {
        self.locks[lock as usize].held.up(self.now);
        let before = self.cold(at).hold;
        let hold = self.holds.take(Hold { gate, lock, before });
        self.cold(at).hold = hold;
    }

    /// A frame that waited has its lock.
    pub(super) fn locked(&mut self, image: &Image, at: u32) {
        let Instruction::Lock { lock, .. } = image.code.instructions[self.frames[at].position as usize] else { return };
        let gate = self.cold(at).lock_gate;
        self.hold(at, gate, lock);
        self.frames[at].position += 1;
        self.let_run(at);
    }

    /// Gives back the lock that was taken last.
    pub(super) fn unlock(&mut self, image: &Image, at: u32) {
        let hold = self.cold(at).hold;
        if hold == NONE {
            return;
        }
        let Hold { gate, lock, before } = self.holds[hold];
        self.cold(at).hold = before;
        self.holds.give(hold);
        self.locks[lock as usize].held.down(self.now);
        self.release(image, gate);
    }

    /// Gives back everything that a frame keeps by itself: locks, and the fetch that others wait for.
    pub(super) fn let_go(&mut self, image: &Image, at: u32, outcome: super::frame::Outcome) {
        while self.cold[self.frames[at].cold].hold != NONE {
            self.unlock(image, at);
        }
        if self.cold[self.frames[at].cold].fetch.0 != NONE {
            self.filled(image, at, outcome);
        }
    }

    /// Bits for the key of a frame at a place in its code.
    pub(super) fn key_bits(&self, at: u32, site: u32) -> Bits {
        bits(mix(self.frames[at].key, u64::from(site)), super::code::Purpose::Order)
    }
}
