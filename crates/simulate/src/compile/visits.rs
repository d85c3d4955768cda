//! How often each operation is asked per request of a journey, and how long it takes alone: the figures of the closed
//! forms. Nominal: nothing fails, so nothing is tried again; faults of the scenario are in force.
//!
//! # Source
//! Forced flow law: Denning and Buzen, "The Operational Analysis of Queueing Network Models", 1978.

use crate::math;
use crate::program::{
    Access, Answer, CacheContent, CallId, Cpu, Draw, FaultKind, LockId, Need, OperationFault, OperationId, Program,
    Step,
};

/// Expected figures per request of each journey.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visits {
    /// Per journey and operation: how often it is asked while the user waits.
    pub operations: Vec<Vec<f64>>,
    /// Per journey and operation: how often it is asked beside or after, by messages and calls that nobody waits for.
    pub beside: Vec<Vec<f64>>,
    /// Per journey and call: how often it is made, awaited or not.
    pub calls: Vec<Vec<f64>>,
    /// Per journey and lock: how long it is held, in seconds.
    pub locks: Vec<Vec<f64>>,
    /// Per operation: how long it takes with nobody else there, in seconds.
    pub times: Vec<f64>,
}

/// A cycle that goes round without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitError {
    /// The operation in it that is asked most.
    pub operation: OperationId,
}

/// What one operation or journey does on average.
#[derive(Clone, Debug, Default)]
struct Summary {
    /// CPU of its own, in seconds of one core.
    cpu: f64,
    /// Time of its own that is not CPU: holds, sleeps, looks.
    hold: f64,
    /// Calls: how often, and whether the answer is awaited.
    calls: Vec<(CallId, f64, bool)>,
    /// Operations that messages of it cause.
    messages: Vec<(OperationId, f64)>,
    /// Time under each lock.
    locks: Vec<Held>,
    /// Branches at once that are all awaited: the longest counts.
    forks: Vec<(f64, Vec<Summary>)>,
}

/// How long a lock is held.
#[derive(Clone, Debug)]
struct Held {
    lock: LockId,
    /// By work of its own, in seconds.
    own: f64,
    /// By calls: how often each is made meanwhile.
    calls: Vec<(CallId, f64)>,
}

/// More rounds than any sensible chain of calls needs to converge.
const ROUNDS: usize = 100_000;

impl Visits {
    pub(super) fn of(program: &Program) -> Result<Self, VisitError> {
        let works: Vec<Summary> =
            program.operations.iter().map(|operation| summary(program, &operation.steps)).collect();
        let edges: Vec<Vec<(OperationId, f64, bool)>> = works.iter().map(|work| all_edges(program, work)).collect();
        let times = times(program, &works)?;
        let mut out = Self { times, ..Self::default() };
        for journey in &program.journeys {
            let own = summary(program, &journey.steps);
            let start = all_edges(program, &own);
            let (awaited, beside) = flows(&edges, &start)?;
            let mut calls = vec![0.0; program.calls.len()];
            let mut locks = vec![0.0; program.locks.len()];
            let total = |index: usize| awaited[index] + beside[index];
            let all = works.iter().enumerate().map(|(index, work)| (work, total(index)));
            for (work, times) in all.chain(std::iter::once((&own, 1.0))) {
                add_calls(work, times, &mut calls);
                for held in &work.locks {
                    let by_call = |(call, n): &(CallId, f64)| n * call_time(program, *call, &out.times);
                    let inner: f64 = held.calls.iter().map(by_call).sum();
                    locks[held.lock.index()] += times * (held.own + inner);
                }
            }
            out.operations.push(awaited);
            out.beside.push(beside);
            out.calls.push(calls);
            out.locks.push(locks);
        }
        Ok(out)
    }

    /// How long a call takes alone, in seconds, with what its callee suffers in the scenario.
    pub fn call_seconds(&self, program: &Program, call: CallId) -> f64 {
        call_time(program, call, &self.times)
    }
}

/// CPU and other time of an operation by itself, in seconds.
pub(crate) fn own_time(program: &Program, operation: OperationId) -> (f64, f64) {
    let work = summary(program, &program.operations[operation.index()].steps);
    let fault = fault_of(program, operation);
    let forks = |pick: fn(&Summary) -> f64| -> f64 { all(&work).into_iter().map(pick).sum() };
    (forks(|s| s.cpu) * fault.slow, forks(|s| s.hold) * fault.slow)
}

/// A summary with those inside of its forks.
fn all(work: &Summary) -> Vec<&Summary> {
    let mut out = vec![work];
    for (_, branches) in &work.forks {
        branches.iter().for_each(|branch| out.extend(all(branch)));
    }
    out
}

fn mean(program: &Program, draw: Draw) -> f64 {
    program.distributions[draw.from.index()].mean() / 1e9
}

/// The share of looks that do not find the answer.
fn miss(content: &CacheContent) -> f64 {
    match *content {
        CacheContent::Ratio { hit, .. } => 1.0 - hit,
        CacheContent::Keys { keys, skew, entries, .. } => {
            // What is asked for most is what a full cache keeps: the least that any rule of replacement misses.
            let weight = |rank: u32| math::pow(f64::from(rank), -skew);
            let kept: f64 = (1..=entries.min(keys)).map(weight).sum();
            let rest: f64 = (entries.min(keys) + 1..=keys).map(weight).sum();
            rest / (kept + rest)
        }
    }
}

fn summary(program: &Program, steps: &[Step]) -> Summary {
    let mut out = Summary::default();
    collect(program, steps, 1.0, &mut true, &mut out);
    out
}

/// Adds what steps do `times` over. `awaited` turns false once the answer is given.
fn collect(program: &Program, steps: &[Step], times: f64, awaited: &mut bool, out: &mut Summary) {
    for step in steps {
        match step {
            Step::Compute { cpu, hold } => {
                out.cpu += times * cpu.map_or(0.0, |cpu| mean(program, cpu));
                out.hold += times * hold.map_or(0.0, |hold| mean(program, hold));
            }
            Step::Sleep(draw) => out.hold += times * mean(program, *draw),
            Step::Call(id) => {
                let call = &program.calls[id.index()];
                let waits = *awaited && call.answer == Answer::Awaited;
                out.calls.push((*id, times * call.times, waits));
            }
            Step::Publish(publish) => {
                if let Some(hold) = publish.hold {
                    out.hold += times * mean(program, hold);
                }
                for group in program.groups.iter().filter(|group| group.topic == publish.topic) {
                    out.messages.push((group.operation, times * publish.times));
                }
            }
            Step::Look(look) => {
                out.hold += times * look.hold.map_or(0.0, |hold| mean(program, hold));
                let miss = miss(&program.caches[look.cache.index()].content);
                collect(program, &look.on_miss, times * miss, awaited, out);
            }
            Step::Lock { lock, does } => {
                let mut inner = Summary::default();
                collect(program, does, 1.0, &mut true, &mut inner);
                let calls = all(&inner).iter().flat_map(|s| &s.calls).map(|(call, n, _)| (*call, n * times)).collect();
                let own: f64 = all(&inner).iter().map(|s| s.cpu + s.hold).sum();
                out.locks.push(Held { lock: *lock, own: own * times, calls });
                collect(program, does, times, awaited, out);
            }
            Step::Branch(ways) => {
                for way in ways {
                    collect(program, &way.does, times * way.odds, &mut awaited.clone(), out);
                }
            }
            Step::Fork { needs, branches } => {
                let branches = branches.iter().map(|branch| {
                    let mut inner = Summary::default();
                    collect(program, branch, 1.0, &mut awaited.clone(), &mut inner);
                    inner
                });
                // Of a fork that goes on before all are done no time is counted: the least that it can take.
                let whole = if *needs == Need::All { times } else { 0.0 };
                let branches: Vec<Summary> = branches.map(|branch| scaled(branch, times)).collect();
                out.forks.push((whole, branches));
            }
            Step::Return(_) => *awaited = false,
            Step::Fail { .. } => {}
        }
    }
}

fn scaled(mut summary: Summary, times: f64) -> Summary {
    summary.cpu *= times;
    summary.hold *= times;
    summary.calls.iter_mut().for_each(|(_, n, _)| *n *= times);
    summary.messages.iter_mut().for_each(|(_, n)| *n *= times);
    summary
}

/// Every operation that one asks, how often, and whether it is awaited.
fn all_edges(program: &Program, work: &Summary) -> Vec<(OperationId, f64, bool)> {
    let mut out = Vec::new();
    for part in all(work) {
        out.extend(part.calls.iter().map(|(call, n, waits)| (program.calls[call.index()].target, *n, *waits)));
        out.extend(part.messages.iter().map(|(operation, n)| (*operation, *n, false)));
    }
    out
}

fn add_calls(work: &Summary, times: f64, calls: &mut [f64]) {
    for part in all(work) {
        for (call, n, _) in &part.calls {
            calls[call.index()] += times * n;
        }
    }
}

/// Expected visits, awaited and beside, from what a journey asks. Iterates `v = start + v P` until nothing changes.
fn flows(
    edges: &[Vec<(OperationId, f64, bool)>],
    start: &[(OperationId, f64, bool)],
) -> Result<(Vec<f64>, Vec<f64>), VisitError> {
    let count = edges.len();
    let (mut awaited, mut beside) = (vec![0.0; count], vec![0.0; count]);
    let (mut wave, mut side) = (vec![0.0; count], vec![0.0; count]);
    for (operation, n, waits) in start {
        (if *waits { &mut wave } else { &mut side })[operation.index()] += n;
    }
    for _ in 0..ROUNDS {
        let size: f64 = wave.iter().chain(&side).sum();
        for index in 0..count {
            awaited[index] += wave[index];
            beside[index] += side[index];
        }
        // Below this a further round changes no digit that is printed.
        if size < 1e-13 {
            return Ok((awaited, beside));
        }
        if size > 1e12 {
            break;
        }
        let (mut next, mut next_side) = (vec![0.0; count], vec![0.0; count]);
        for (index, out) in edges.iter().enumerate() {
            for (operation, n, waits) in out {
                next[operation.index()] += if *waits { wave[index] * n } else { 0.0 };
                next_side[operation.index()] += n * if *waits { side[index] } else { wave[index] + side[index] };
            }
        }
        (wave, side) = (next, next_side);
    }
    let most = (0..count).max_by(|a, b| (awaited[*a] + beside[*a]).total_cmp(&(awaited[*b] + beside[*b])));
    Err(VisitError { operation: OperationId(most.unwrap_or(0) as u32) })
}

/// How long operations take alone. Iterates until nothing changes: operations may lead back to themselves.
fn times(program: &Program, works: &[Summary]) -> Result<Vec<f64>, VisitError> {
    let mut times = vec![0.0; works.len()];
    for _ in 0..ROUNDS {
        let next: Vec<f64> = works
            .iter()
            .enumerate()
            .map(|(index, work)| {
                let fault = fault_of(program, OperationId(index as u32));
                seconds(program, index, work, &times, fault.slow) + fault.delay.as_secs_f64()
            })
            .collect();
        let moved = next.iter().zip(&times).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let largest = next.iter().copied().fold(0.0, f64::max);
        times = next;
        if moved <= 1e-13 * largest.max(1.0) {
            return Ok(times);
        }
        if largest > 1e12 {
            break;
        }
    }
    let most = (0..times.len()).max_by(|a, b| times[*a].total_cmp(&times[*b]));
    Err(VisitError { operation: OperationId(most.unwrap_or(0) as u32) })
}

fn seconds(program: &Program, index: usize, work: &Summary, times: &[f64], slow: f64) -> f64 {
    let component = program.operations[index].component.index();
    let speed = match program.components[component].cpu {
        Cpu::Shared { cores } => cores.min(1.0),
        // Alone and short, a request runs at full speed until the quota is used.
        Cpu::Unlimited | Cpu::Quota { .. } => 1.0,
    };
    let calls = work.calls.iter().filter(|(.., waits)| *waits);
    let calls: f64 = calls.map(|(call, n, _)| n * call_time(program, *call, times)).sum();
    let fork = |(whole, branches): &(f64, Vec<Summary>)| match *whole {
        0.0 => 0.0,
        _ => branches.iter().map(|branch| seconds(program, index, branch, times, slow)).fold(0.0, f64::max),
    };
    let forks: f64 = work.forks.iter().map(fork).sum();
    slow * (work.cpu / speed + work.hold) + calls + forks
}

fn call_time(program: &Program, call: CallId, times: &[f64]) -> f64 {
    let row = &program.calls[call.index()];
    let hang = fault_of(program, row.target).hang;
    let answered = times[row.target.index()];
    match (hang, row.timeout.or(row.within)) {
        (0.0, _) => answered,
        (hang, Some(limit)) => (1.0 - hang) * answered + hang * limit.as_secs_f64(),
        (_, None) => f64::INFINITY,
    }
}

/// What an operation suffers in the scenario; several faults of one operation add up.
fn fault_of(program: &Program, operation: OperationId) -> OperationFault {
    let mut out = OperationFault::default();
    for fault in &program.faults {
        if let FaultKind::Operation { operation: of, fault } = &fault.kind
            && *of == operation
        {
            out.hang = 1.0 - (1.0 - out.hang) * (1.0 - fault.hang);
            out.slow *= fault.slow;
            out.delay = out.delay.saturating_add(fault.delay);
        }
    }
    out
}

/// The share of an operation's visits that change data.
pub(crate) fn write_share(program: &Program, visits: &[f64], operation: OperationId) -> f64 {
    let calls = program.calls.iter().enumerate().filter(|(_, call)| call.target == operation);
    let (mut writes, mut total) = (0.0, 0.0);
    for (index, call) in calls {
        total += visits[index];
        if call.access == Access::Write {
            writes += visits[index];
        }
    }
    if total > 0.0 { writes / total } else { 0.0 }
}

/// Whether steps make a call, however deep.
pub(crate) fn makes(program: &Program, steps: &[Step], call: CallId) -> bool {
    let inside = |steps: &[Step]| makes(program, steps, call);
    steps.iter().any(|step| match step {
        Step::Call(id) => *id == call || inside(&program.calls[id.index()].fallback),
        Step::Look(look) => inside(&look.on_miss),
        Step::Lock { does, .. } => inside(does),
        Step::Branch(ways) => ways.iter().any(|way| inside(&way.does)),
        Step::Fork { branches, .. } => branches.iter().any(|branch| inside(branch)),
        Step::Compute { .. } | Step::Sleep(_) | Step::Publish(_) | Step::Fail { .. } | Step::Return(_) => false,
    })
}
