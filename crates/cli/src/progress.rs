//! How far a long question is: a bar on stderr with the time left, and the wish to stop.
//!
//! Nothing is shown in the first second, nor where stderr is no terminal.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use plimsoll_simulate::search::{Progress, Stage};

/// Work that takes less has no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar.
pub(crate) struct Bar {
    begun: Instant,
    /// When the part of the work that is counted now began.
    part: Instant,
    stage: Option<Stage>,
    what: String,
    unit: &'static str,
    terminal: bool,
    shown: bool,
    stop: Arc<AtomicBool>,
}

impl Bar {
    /// A bar that is not shown yet. From now on the first Ctrl-C asks to stop, the second one ends the process.
    pub(crate) fn new() -> Result<Self, String> {
        let stop = Arc::new(AtomicBool::new(false));
        let told = |error: std::io::Error| format!("cannot listen to Ctrl-C: {error}");
        let interrupt = signal_hook::consts::SIGINT;
        // In this order: the second signal finds the flag set, and ends.
        signal_hook::flag::register_conditional_shutdown(interrupt, 130, Arc::clone(&stop)).map_err(told)?;
        signal_hook::flag::register(interrupt, Arc::clone(&stop)).map_err(told)?;
        let (now, terminal) = (Instant::now(), std::io::stderr().is_terminal());
        Ok(Self { begun: now, part: now, stage: None, what: String::new(), unit: "/s", terminal, shown: false, stop })
    }

    /// Goes on to another part of the work.
    pub(crate) fn part(&mut self, what: String, unit: &'static str) {
        (self.what, self.unit, self.stage, self.part) = (what, unit, None, Instant::now());
    }

    /// Whether Ctrl-C was pressed.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Shows how far a search is; `false` if it is to stop.
    pub(crate) fn told(&mut self, progress: &Progress) -> bool {
        if self.stage != Some(progress.stage) {
            self.stage = Some(progress.stage);
        }
        let doing = match progress.stage {
            Stage::AtRest => "at rest",
            Stage::Narrowing => "narrowing",
            Stage::Measuring => "measuring",
            Stage::Drawing => "drawing",
            Stage::Moving => "what moves it",
        };
        let (low, high) = progress.between;
        let between = if low < high { format!("  {low:.3}–{high:.3} {}", self.unit) } else { String::new() };
        self.show(&format!("{doing}{between}"), progress.done as f64 / progress.expected.max(1) as f64);
        !self.stopped()
    }

    /// Shows a share of the work that is done.
    pub(crate) fn show(&mut self, doing: &str, share: f64) {
        if !self.terminal || self.begun.elapsed() < PATIENCE {
            return;
        }
        let share = share.clamp(0.0, 1.0);
        let left = if share > 0.02 { self.part.elapsed().mul_f64((1.0 - share) / share) } else { Duration::MAX };
        let left =
            if left < Duration::from_secs(36_000) { format!("{} s left", left.as_secs() + 1) } else { String::new() };
        let filled = (share * 20.0) as usize;
        let bar = format!("{}{}", "█".repeat(filled), "░".repeat(20 - filled));
        let mut err = std::io::stderr().lock();
        // A bar that cannot be shown is no reason to stop.
        let _ = write!(err, "\r\u{1b}[2K{}  {bar}  {doing}  {left}", self.what).and_then(|()| err.flush());
        self.shown = true;
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[2K");
        }
    }
}
