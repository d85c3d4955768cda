//! Replications side by side: the only place of this crate that knows of threads.
//!
//! Which thread runs which replication does not matter: each depends on its seed alone, and the results are handed out in
//! the order of the seeds. A test runs 1, 2 and 16 threads and compares bytes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Options, Seed, run};
use crate::measurements::Measurements;
use crate::program::{Program, ProgramError};

/// Runs a program once for each seed, on so many threads, and gives the measurements in the order of the seeds.
///
/// # Errors
/// If [`Program::check`] finds something.
pub fn replicate(
    program: &Program,
    seeds: &[Seed],
    options: &Options,
    threads: usize,
) -> Result<Vec<Measurements>, ProgramError> {
    program.check()?;
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Result<Measurements, ProgramError>>>> = seeds.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < seeds.len()) {
            let measured = run(program, seeds[index], options);
            *done[index].lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(measured);
        }
    };
    if threads <= 1 {
        work();
    } else {
        // Replications share nothing, so that neither their number nor their order changes a result (ADR 0016).
        #[expect(clippy::disallowed_methods, reason = "results are handed out in the order of the seeds")]
        std::thread::scope(|scope| {
            (0..threads.min(seeds.len())).for_each(|_| drop(scope.spawn(work)));
        });
    }
    let taken = done.into_iter().map(|each| each.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
    taken.map(|each| each.expect("every index was taken once")).collect()
}
