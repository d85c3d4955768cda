//! What a question comes to, in the words of the model: what a face needs, and nothing else.
//!
//! Not here: how it is found (`search`, `run`), how it looks (`report`).

mod line;
mod run;
mod ask;
mod because;
mod bystanders;
mod changes;
mod one_run;
mod passing;
mod rest;
mod steps;
mod two_minds;
mod unknowns;

pub use ask::{Changes, NoAnswer, Question, load_line};
pub use line::{Breaks, LoadLines, Mechanism, Metastable, Move, PromiseStated, Rung, ScenarioLine, Unknown};
pub use one_run::{Ran, RunQuestion, simulate};
pub use run::{Failing, FlowAnswer, JourneyMoment, Kept, Moment, ResourceAnswer, RunAnswer, Times};

/// Something that nothing states, and what was supposed instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumed {
    /// The name by which the reference explains it: `default-service-time`.
    pub name: String,
    /// What it is about: `payments.charge: service time`.
    pub field: String,
    /// What was supposed, as people read it: `5 ms`.
    pub value: String,
}
