//! How long a request takes with nobody else there, and where: what no number of copies mends.
//!
//! Always: in closed form, from expected visits; branches that run at once are counted one after the other.

use super::line::{Breaks, Mechanism};
use crate::compile::{Compiled, own_time};
use crate::program::{Cpu, OperationId};

/// What a request takes of one component.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    component: usize,
    /// Seconds that pass.
    seconds: f64,
    /// Seconds of CPU in them, at full speed.
    cpu_s: f64,
}

/// How long the requests of all journeys take together with nobody else there, in seconds.
pub(super) fn rest_seconds(compiled: &Compiled) -> f64 {
    parts(compiled).iter().map(|part| part.seconds).sum()
}

fn parts(compiled: &Compiled) -> Vec<Part> {
    let program = &compiled.program;
    let mut parts: Vec<Part> =
        (0..program.components.len()).map(|component| Part { component, seconds: 0.0, cpu_s: 0.0 }).collect();
    for (index, operation) in program.operations.iter().enumerate() {
        let visits: f64 = compiled.visits.operations.iter().map(|row| row[index]).sum();
        let (cpu, hold) = own_time(program, OperationId(index as u32));
        let part = &mut parts[operation.component.index()];
        part.seconds += visits * (hold + elapsed(&program.components[operation.component.index()].cpu, cpu));
        part.cpu_s += visits * cpu;
    }
    parts
}

/// How long so much CPU time takes a request that is alone: a quota lets it run until the period's share is used.
fn elapsed(cpu: &Cpu, seconds: f64) -> f64 {
    match cpu {
        Cpu::Unlimited => seconds,
        Cpu::Shared { cores } => seconds / cores.min(1.0),
        Cpu::Quota { cores, period, .. } => {
            let share = cores * period.as_secs_f64();
            if seconds <= share { seconds } else { seconds / cores.min(1.0) }
        }
    }
}

/// The component in which a request that is too slow by itself spends most of its time, where there is one.
pub(super) fn with_the_longest_work(breaks: Breaks, compiled: &Compiled) -> Breaks {
    let parts = parts(compiled);
    let total: f64 = parts.iter().map(|part| part.seconds).sum();
    let longest = parts.into_iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds));
    let Some(longest) = longest.filter(|part| {
        breaks.mechanism == Some(Mechanism::ServiceTime) && breaks.resource.is_none() && 0.3 * total < part.seconds
    }) else {
        return breaks;
    };
    let word = compiled.names.components[longest.component].word.clone();
    let of = |seconds: f64| if seconds < 1.0 { format!("{:.3} ms", seconds * 1e3) } else { format!("{seconds:.2} s") };
    let cpu = &compiled.program.components[longest.component].cpu;
    let limit = match cpu {
        Cpu::Shared { cores } | Cpu::Quota { cores, .. }
            if 1.5 * longest.cpu_s < longest.seconds && 0.0 < longest.cpu_s =>
        {
            format!("; its {cores} cores make that of {} of CPU", of(longest.cpu_s))
        }
        _ => String::new(),
    };
    let because = format!(
        "nobody waits for anybody: of {} that a request takes by itself, {} are there{limit}",
        of(total),
        of(longest.seconds)
    );
    Breaks { resource: Some(word), because, ..breaks }
}
