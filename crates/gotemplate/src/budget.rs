//! Bounds: no template runs for ever, prints without end or overflows the stack.

use std::fmt;

/// What one rendering may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes and commands that are executed. The largest public charts need a million.
    pub steps: u64,
    /// Bytes of all texts that are made, output included.
    pub bytes: u64,
    /// Templates, blocks and parentheses inside of each other while running. Each takes a few kilobytes of stack.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 20_000_000, bytes: 512 << 20, depth: 220 }
    }
}

/// What is left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    limits: Limits,
    steps: u64,
    bytes: u64,
}

/// A bound that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spent {
    Steps(u64),
    Bytes(u64),
    Depth(u32),
}

impl fmt::Display for Spent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(limit) => write!(f, "more than {limit} steps"),
            Self::Bytes(limit) => write!(f, "more than {limit} bytes of text"),
            Self::Depth(limit) => write!(f, "nested deeper than {limit} levels"),
        }
    }
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, steps: 0, bytes: 0 }
    }

    pub(crate) fn steps(&mut self, count: u64) -> Result<(), Spent> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > self.limits.steps { Err(Spent::Steps(self.limits.steps)) } else { Ok(()) }
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<(), Spent> {
        self.bytes = self.bytes.saturating_add(count as u64);
        if self.bytes > self.limits.bytes { Err(Spent::Bytes(self.limits.bytes)) } else { Ok(()) }
    }

    pub(crate) fn depth(&self, depth: u32) -> Result<(), Spent> {
        if depth > self.limits.depth { Err(Spent::Depth(self.limits.depth)) } else { Ok(()) }
    }
}
