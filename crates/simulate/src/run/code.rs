//! The code of operations and journeys as the engine reads it: one array of small instructions, positions in place of
//! nesting. A frame keeps a position in it, and nothing else of where it is.

use super::random;
use crate::program::{Distribution, Draw, Failure, Look, Need, Program, Publish, Site, Step};

/// A draw, as a position in the list of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DrawAt(pub(super) u32);

impl DrawAt {
    /// Nothing is drawn, and it takes no time.
    pub(super) const NONE: Self = Self(u32::MAX);

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn is_some(self) -> bool {
        self != Self::NONE
    }
}

/// A draw with everything that decides it beside the frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct DrawFrom {
    /// The distribution.
    pub(super) from: u32,
    /// Where it is.
    pub(super) site: u32,
    /// Whether all of one request share it.
    pub(super) shared: bool,
    /// The mean of a draw by the frame's own key that is exponential, as most are; 0 for all others.
    pub(super) mean: f64,
}

/// One instruction: 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    /// Work, under a worker.
    Compute { cpu: DrawAt, hold: DrawAt },
    /// A call. What follows it up to `next` is what is done when it has failed for good.
    Call { call: u32, site: u32, next: u32 },
    /// A pause.
    Sleep(DrawAt),
    /// Messages.
    Publish { publish: u32, site: u32 },
    /// A look into a cache; what follows it up to `Filled` is what is done on a miss.
    Look { look: u32, site: u32, found: u32 },
    /// The end of what is done on a miss.
    Filled,
    /// Takes a lock.
    Lock { lock: u32, site: u32 },
    /// Gives the lock back that was taken last.
    Unlock,
    /// Goes on elsewhere.
    Jump(u32),
    /// One of several ways.
    Branch { first: u32, count: u32, site: u32 },
    /// Several ways at once.
    Fork { fork: u32 },
    /// Fails with some odds.
    Fail { fail: u32, site: u32 },
    /// Answers and goes on.
    Return { fail: u32 },
    /// Answers, or ends a way of a fork.
    End,
}

/// A failure that the code states, and its odds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fail {
    pub(super) odds: f64,
    pub(super) failure: Option<Failure>,
}

/// A fork.
#[derive(Clone, Debug)]
pub(super) struct Fork {
    pub(super) needs: u32,
    pub(super) branches: Vec<u32>,
    pub(super) next: u32,
}

/// A look into a cache.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookAt {
    pub(super) cache: u32,
    pub(super) hold: DrawAt,
    pub(super) timeout: u64,
}

/// A publishing step.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublishAt {
    pub(super) topic: u32,
    pub(super) times: f64,
    pub(super) hold: DrawAt,
    pub(super) outbox: DrawAt,
}

/// All code, with the tables that instructions point into.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) instructions: Vec<Instruction>,
    pub(super) draws: Vec<DrawFrom>,
    /// Odds in parts of 2^64, added up within a branch, and where its way begins.
    pub(super) ways: Vec<(u64, u32)>,
    pub(super) forks: Vec<Fork>,
    pub(super) fails: Vec<Fail>,
    pub(super) looks: Vec<LookAt>,
    pub(super) publishes: Vec<PublishAt>,
    /// Counts the sites within an operation.
    site: u32,
}

/// A site that is not counted within an operation: its number with the top bit set, so that the two cannot meet.
const NAMED: u32 = 1 << 31;

impl Code {
    /// Adds the code of an operation or journey and gives its beginning.
    pub(super) fn add(&mut self, program: &Program, steps: &[Step]) -> u32 {
        self.site = 0;
        let entry = self.here();
        self.steps(program, steps);
        self.instructions.push(Instruction::End);
        entry
    }

    /// Notes the means of exponential draws, once all are there.
    pub(super) fn note_means(&mut self, distributions: &[Distribution]) {
        for draw in self.draws.iter_mut().filter(|draw| !draw.shared) {
            if let Distribution::Exponential { mean } = distributions[draw.from as usize] {
                draw.mean = mean;
            }
        }
    }

    /// Adds a draw that stands outside of the code of operations.
    pub(super) fn add_draw(&mut self, draw: Option<Draw>, site: u32) -> DrawAt {
        let Some(draw) = draw else { return DrawAt::NONE };
        let (site, shared) = match draw.site {
            Site::Position => (site, false),
            Site::Named(name) => (name | NAMED, false),
            Site::Shared(name) => (name, true),
        };
        self.draws.push(DrawFrom { from: draw.from.0, site, shared, mean: 0.0 });
        DrawAt(self.draws.len() as u32 - 1)
    }

    fn here(&self) -> u32 {
        self.instructions.len() as u32
    }

    fn next_site(&mut self) -> u32 {
        self.site += 1;
        self.site
    }

    fn draw(&mut self, draw: Option<Draw>) -> DrawAt {
        let site = self.next_site();
        self.add_draw(draw, site)
    }

    /// Leaves room for an instruction that is known later.
    fn reserve(&mut self) -> usize {
        self.instructions.push(Instruction::End);
        self.instructions.len() - 1
    }

    fn steps(&mut self, program: &Program, steps: &[Step]) {
        steps.iter().for_each(|step| self.step(program, step));
    }

    fn step(&mut self, program: &Program, step: &Step) {
        match step {
            Step::Compute { cpu, hold } => {
                let (cpu, hold) = (self.draw(*cpu), self.draw(*hold));
                self.instructions.push(Instruction::Compute { cpu, hold });
            }
            Step::Call(call) => {
                let (site, at) = (self.next_site(), self.reserve());
                self.steps(program, &program.calls[call.index()].fallback);
                self.instructions[at] = Instruction::Call { call: call.0, site, next: self.here() };
            }
            Step::Sleep(draw) => {
                let draw = self.draw(Some(*draw));
                self.instructions.push(Instruction::Sleep(draw));
            }
            Step::Publish(publish) => self.publish(*publish),
            Step::Look(look) => self.look(program, look),
            Step::Lock { lock, does } => {
                let site = self.next_site();
                self.instructions.push(Instruction::Lock { lock: lock.0, site });
                self.steps(program, does);
                self.instructions.push(Instruction::Unlock);
            }
            Step::Branch(ways) => {
                let (site, at) = (self.next_site(), self.reserve());
                let (mut below, mut taken, mut ends) = (0.0, Vec::new(), Vec::new());
                for way in ways {
                    below += way.odds;
                    let upto = if below >= 1.0 - 1e-12 { u64::MAX } else { (below * 2.0_f64.powi(64)) as u64 };
                    taken.push((upto, self.here()));
                    self.steps(program, &way.does);
                    ends.push(self.reserve());
                }
                let next = self.here();
                // What is left of all odds passes the branch by.
                taken.push((u64::MAX, next));
                ends.into_iter().for_each(|end| self.instructions[end] = Instruction::Jump(next));
                let (first, count) = (self.ways.len() as u32, taken.len() as u32);
                self.ways.extend(taken);
                self.instructions[at] = Instruction::Branch { first, count, site };
            }
            Step::Fork { needs, branches } => {
                let at = self.reserve();
                let mut entries = Vec::new();
                for branch in branches {
                    entries.push(self.here());
                    self.steps(program, branch);
                    self.instructions.push(Instruction::End);
                }
                let needs = match needs {
                    Need::All => branches.len() as u32,
                    Need::First(count) => *count,
                };
                self.forks.push(Fork { needs, branches: entries, next: self.here() });
                self.instructions[at] = Instruction::Fork { fork: self.forks.len() as u32 - 1 };
            }
            Step::Fail { odds, failure } => {
                let (site, fail) = (self.next_site(), self.fail(*odds, Some(*failure)));
                self.instructions.push(Instruction::Fail { fail, site });
            }
            Step::Return(failure) => {
                let fail = self.fail(1.0, *failure);
                self.instructions.push(Instruction::Return { fail });
            }
        }
    }

    fn fail(&mut self, odds: f64, failure: Option<Failure>) -> u32 {
        self.fails.push(Fail { odds, failure });
        self.fails.len() as u32 - 1
    }

    fn publish(&mut self, publish: Publish) {
        let (hold, outbox, site) = (self.draw(publish.hold), self.draw(publish.outbox), self.next_site());
        self.publishes.push(PublishAt { topic: publish.topic.0, times: publish.times, hold, outbox });
        self.instructions.push(Instruction::Publish { publish: self.publishes.len() as u32 - 1, site });
    }

    fn look(&mut self, program: &Program, look: &Look) {
        let (hold, site, at) = (self.draw(look.hold), self.next_site(), self.reserve());
        let timeout = look.timeout.map_or(u64::MAX, |timeout| timeout.0);
        self.looks.push(LookAt { cache: look.cache.0, hold, timeout });
        let index = self.looks.len() as u32 - 1;
        self.steps(program, &look.on_miss);
        self.instructions.push(Instruction::Filled);
        self.instructions[at] = Instruction::Look { look: index, site, found: self.here() };
    }
}

/// Bits for a purpose that is not a step, such as the choice of a replica: numbers that no site has.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(super) enum Purpose {
    Balance = 1 << 40,
    Network,
    Hang,
    Fails,
    FaultFails,
    VersionFails,
    Jitter,
    Backoff,
    Times,
    Patience,
    QueueWait,
    Order,
    Partition,
    Connection,
    Hold,
    Back,
}

/// Bits of a frame for a purpose.
pub(super) fn bits(key: u64, purpose: Purpose) -> random::Bits {
    random::Bits::of(key, purpose as u64)
}
