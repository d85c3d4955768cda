//! Forks: several ways at once, each a frame of its own on the same replica and under the same slot.

use super::engine::Engine;
use super::frame::{Flags, Frame, NEVER, NO_CODE, NONE, Outcome, State};
use super::image::Image;
use crate::program::{Cause, Failure};

impl Engine {
    /// Begins all ways of a fork.
    pub(super) fn fork(&mut self, image: &Image, at: u32, fork: u32) {
        let fork = &image.code.forks[fork as usize];
        let count = fork.branches.len() as u32;
        let cold = self.cold(at);
        (cold.open, cold.needs) = (count, fork.needs);
        if count == 0 {
            self.frames[at].position = fork.next;
            return self.let_run(at);
        }
        let host = self.frames[at];
        let first = self.frames[at].link;
        let mut before = first;
        // In the order of the list, so that the first is the first to go on.
        for entry in fork.branches.iter().rev() {
            let mut branch = Frame {
                position: *entry,
                parent: at,
                sibling: before,
                link: NONE,
                next: NONE,
                cold: NONE,
                call: NO_CODE,
                wake: NEVER,
                waited: 0,
                arrived: NEVER,
                state: State::Running,
                ..host
            };
            branch.flags = Flags::default();
            branch.flags.set(Flags::BRANCH);
            before = self.take_frame(branch);
            if self.requests[host.request].trace != 0 {
                self.number_branch(before, at);
            }
        }
        self.frames[at].link = before;
        self.frames[at].state = State::Awaiting;
        let mut branch = before;
        while branch != first {
            self.enlist(branch);
            branch = self.frames[branch].sibling;
        }
    }

    /// A way of a fork has ended.
    pub(super) fn end_branch(&mut self, image: &Image, at: u32, outcome: Outcome) {
        let frame = self.frames[at];
        let host = frame.parent;
        if host == NONE {
            return self.give_frame(at);
        }
        self.unlink(at, host);
        self.frames[host].waited += frame.waited;
        self.give_frame(at);
        let cold = self.cold(host);
        cold.open -= 1;
        match outcome {
            Ok(()) => {
                cold.needs -= 1;
                if cold.needs > 0 {
                    return;
                }
                self.drop_open(image, host, Failure::of(Cause::Stopped));
                let position = self.frames[host].position;
                let super::code::Instruction::Fork { fork } = image.code.instructions[position as usize] else {
                    return;
                };
                self.frames[host].position = image.code.forks[fork as usize].next;
                self.let_run(host);
            }
            Err(failure) if cold.open < cold.needs => {
                self.drop_open(image, host, Failure::of(Cause::Stopped));
                self.finish(image, host, Err(failure));
            }
            Err(_) => {}
        }
    }
}
