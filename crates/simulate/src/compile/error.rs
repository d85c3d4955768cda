//! What cannot be compiled.

use plimsoll_model::EvidenceId;

/// Something that cannot be compiled, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct CompileError {
    /// What it is.
    pub fault: Fault,
    /// Where it stands in the model's evidence; `None` where it is of the system as a whole.
    pub evidence: Option<EvidenceId>,
}

/// Why something cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is nothing to ask.
    #[error(
        "no journey is stated and none can be inferred: nothing here answers requests; state `journeys` in plimsoll.yaml"
    )]
    NothingToAsk,
    /// A journey asks nothing.
    #[error("journey `{journey}` asks nothing; list what it asks under `steps`")]
    NoSteps {
        /// Which.
        journey: String,
    },
    /// A cycle of calls that goes round more than once on average.
    #[error("a request of `{operation}` leads back to it without end; lower the odds of the way back, or take it out")]
    Endless {
        /// The operation in the cycle that is asked most.
        operation: String,
    },
    /// A promise about what nobody asks.
    #[error("promise `{promise}` is about `{on}`, which no journey asks; name another operation or journey")]
    PromiseUnreached {
        /// The promise.
        promise: String,
        /// What it is about.
        on: String,
    },
    /// A load that no machine can simulate.
    #[error("journey `{journey}` comes {per_second}/s, more than can be simulated; at most {most}/s")]
    TooMuchLoad {
        /// The journey.
        journey: String,
        /// Its load, as written.
        per_second: String,
        /// The most.
        most: String,
    },
    /// A component that has no copies.
    #[error("`{component}` has no copies, so nobody can ask it; say how many under `replicas`")]
    NoCopies {
        /// Which.
        component: String,
    },
    /// A component that takes nothing in.
    #[error("`{component}` has 0 {what}, so it takes nothing in; give it at least one")]
    TakesNothing {
        /// Which.
        component: String,
        /// `slots`, `workers` or `cores`.
        what: &'static str,
    },
    /// Figures that stand in a file which was not read.
    #[error("`{file}` holds figures that were not read; give them in place, or put the file beside plimsoll.yaml")]
    FileNotRead {
        /// The file.
        file: String,
    },
    /// What is to be turned is not there.
    #[error("there is no `{knob}` to turn; {cure}")]
    NoKnob {
        /// As it was asked for.
        knob: String,
        /// What there is.
        cure: String,
    },
    /// There is no scenario of that number.
    #[error("there is no such scenario")]
    NoScenario,
    /// The program that came out cannot be run.
    #[error("the system cannot be run: {what}")]
    Unsound {
        /// What the program's check says.
        what: String,
    },
}
