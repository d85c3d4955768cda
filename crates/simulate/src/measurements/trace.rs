//! Requests that were kept as traces, for export as spans.

use crate::program::{CallId, Failure, JourneyId, OperationId};
use crate::time::Nanos;

/// One part of a kept request: the journey itself, a call as its caller sees it, or an operation at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which request: the same for all spans of one.
    pub trace: u64,
    /// A number of its own within the run, from 1.
    pub id: u64,
    /// The span that it is part of; 0 is none.
    pub parent: u64,
    /// What it is.
    pub kind: SpanKind,
    /// The replica that it ran on, as a position in `Measurements::replicas`.
    pub replica: Option<u32>,
    /// When it began.
    pub start: Nanos,
    /// When it ended.
    pub end: Nanos,
    /// What it spent waiting in queues.
    pub waited: Nanos,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A journey, as its user sees it.
    Journey(JourneyId),
    /// One attempt of a call, as its caller sees it.
    Call(CallId),
    /// An operation, as the component that has it sees it.
    Operation(OperationId),
}
