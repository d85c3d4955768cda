//! Runs a program with a seed and measures.
//!
//! ```text
//! Program ── made ready ──> Image (flat code, gates, constant delays)
//!                             │
//! Seed ────────────────────> Engine ── events ──> frames move ──> meters
//!                             │
//!                        Measurements
//! ```
//!
//! Always: no names, no strings, no `dyn`, no clock, no threads but in [`replicate`]; no allocation per event once the
//! arrays have grown to what the load needs; the same program, seed and options give the same bytes on every machine.
//!
//! A hop goes through some thirty small functions, each of which the compiler alone would rather call: what stands on the
//! way of every request is `inline(always)`, which saves an eighth of all instructions; what few requests meet is not.

mod admission;
mod balance;
mod cache;
mod call;
mod code;
mod compute;
mod cores;
mod engine;
mod events;
mod fork;
mod frame;
mod gate;
mod guard;
mod hop;
mod image;
mod lock;
mod measure;
mod message;
mod meter;
mod options;
mod random;
mod replica;
mod replicate;
mod request;
mod rollout;
mod scaler;
mod source;
mod timeline;
mod ziggurat;
mod zipf;

pub use options::{Detail, EventList, Options, Seed, Traces};
pub use replicate::replicate;

use crate::measurements::{End, Measurements};
use crate::program::{Program, ProgramError};
use crate::time::Nanos;

/// Runs a program to its end and gives what was measured.
///
/// One simulated hop costs about a tenth of a microsecond and 96 bytes while it is in progress. The same program, seed
/// and options give the same measurements, bit for bit, on every machine.
///
/// # Errors
/// If [`Program::check`] finds something.
pub fn run(program: &Program, seed: Seed, options: &Options) -> Result<Measurements, ProgramError> {
    let mut run = Run::new(program, seed, options)?;
    run.advance(options.until);
    Ok(run.measurements())
}

/// A run in progress, for whoever decides on the way how long it lasts.
#[derive(Debug)]
pub struct Run {
    image: image::Image,
    engine: engine::Engine,
}

impl Run {
    /// A run at time 0. `options.until` does not bind it; [`Run::advance`] does.
    ///
    /// # Errors
    /// If [`Program::check`] finds something.
    pub fn new(program: &Program, seed: Seed, options: &Options) -> Result<Self, ProgramError> {
        program.check()?;
        let image = image::Image::of(program);
        let engine = engine::Engine::new(&image, seed.0, options);
        Ok(Self { image, engine })
    }

    /// Goes on until a time, or until one of the options ends the run; `Some` if one has.
    pub fn advance(&mut self, until: Nanos) -> Option<End> {
        self.engine.advance(&self.image, until.0)
    }

    /// Where it is.
    pub fn now(&self) -> Nanos {
        Nanos(self.engine.now)
    }

    /// How many requests of journeys have ended in measured time.
    pub fn ended(&self) -> u64 {
        self.engine.recorder.ended
    }

    /// What has been measured so far.
    pub fn measurements(&self) -> Measurements {
        self.engine.measurements(&self.image)
    }
}
