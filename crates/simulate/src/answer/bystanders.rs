//! What users never feel: work beside their requests that meets none of them on any component, lock or cache.
//!
//! A message that is handled by components of its own, or a job that runs there, changes no answer and costs time in every run.
//! The search leaves them out; draws have keys, so that every other draw is the same, and so is the line.
//!
//! Not here: what work beside takes of what users share. That stays.

use std::collections::BTreeSet;

use crate::program::{Operation, OperationId, Program, Starts, Step, Topic};

/// The program without the messages and jobs that meet neither a journey nor one of these operations.
pub(super) fn without_bystanders(program: &Program, judged: &[OperationId]) -> Program {
    let mut met = Met::default();
    program.journeys.iter().for_each(|journey| met.steps(program, &journey.steps));
    judged.iter().for_each(|operation| met.operation(program, *operation));
    let mut works: Vec<Work> = works(program);
    // Whoever meets what users meet is met too, until nobody else is.
    while let Some(at) = works.iter().position(|work| met.meets(&work.met)) {
        let work = works.swap_remove(at);
        met.add(&work);
    }
    let mut out = program.clone();
    if works.iter().any(|work| work.group.is_some()) {
        // A topic that nobody writes to: ids stay what they are.
        let silent = out.add_topic(Topic { broker: None, partitions: 0, keys: 0 });
        works.iter().filter_map(|work| work.group).for_each(|group| out.groups[group].topic = silent);
    }
    let mut index = 0;
    out.sources.retain(|_| {
        index += 1;
        !works.iter().any(|work| work.source == Some(index - 1))
    });
    out
}

/// Work beside requests: of a group that reads a topic, or of a job.
struct Work {
    group: Option<usize>,
    source: Option<usize>,
    /// The topic that it reads.
    reads: Option<u32>,
    met: Met,
}

fn works(program: &Program) -> Vec<Work> {
    let of = |operation: OperationId| {
        let mut met = Met::default();
        met.operation(program, operation);
        met
    };
    let groups = program.groups.iter().enumerate().map(|(at, group)| {
        let mut met = of(group.operation);
        met.writes.extend(group.dead_letters.map(|topic| topic.0));
        Work { group: Some(at), source: None, reads: Some(group.topic.0), met }
    });
    let jobs = (0..program.sources.len()).filter_map(|at| {
        let met = of(job(program, at)?);
        Some(Work { group: None, source: Some(at), reads: None, met })
    });
    groups.chain(jobs).collect()
}

fn job(program: &Program, source: usize) -> Option<OperationId> {
    match program.sources[source].starts {
        Starts::Job(operation) => Some(operation),
        Starts::Journey(_) => None,
    }
}

/// What requests meet on their way, by positions.
#[derive(Default)]
struct Met {
    operations: BTreeSet<u32>,
    components: BTreeSet<u32>,
    locks: BTreeSet<u32>,
    caches: BTreeSet<u32>,
    /// Topics that are written to.
    writes: BTreeSet<u32>,
    /// Topics whose readers are met.
    read: BTreeSet<u32>,
}

impl Met {
    /// Whether another meets something of this, or causes what does.
    fn meets(&self, other: &Self) -> bool {
        !self.components.is_disjoint(&other.components)
            || !self.locks.is_disjoint(&other.locks)
            || !self.caches.is_disjoint(&other.caches)
            || !self.read.is_disjoint(&other.writes)
    }

    fn add(&mut self, work: &Work) {
        self.components.extend(&work.met.components);
        self.locks.extend(&work.met.locks);
        self.caches.extend(&work.met.caches);
        self.read.extend(work.reads);
    }

    fn operation(&mut self, program: &Program, id: OperationId) {
        if self.operations.insert(id.0) {
            let Operation { component, steps, .. } = &program.operations[id.index()];
            self.components.insert(component.0);
            self.steps(program, steps);
        }
    }

    fn steps(&mut self, program: &Program, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Call(id) => {
                    let call = &program.calls[id.index()];
                    self.operation(program, call.target);
                    self.steps(program, &call.fallback);
                }
                Step::Look(look) => {
                    self.caches.insert(look.cache.0);
                    self.steps(program, &look.on_miss);
                }
                Step::Lock { lock, does } => {
                    self.locks.insert(lock.0);
                    self.steps(program, does);
                }
                Step::Publish(publish) => {
                    self.writes.insert(publish.topic.0);
                }
                Step::Branch(ways) => ways.iter().for_each(|way| self.steps(program, &way.does)),
                Step::Fork { branches, .. } => branches.iter().for_each(|branch| self.steps(program, branch)),
                Step::Compute { .. } | Step::Sleep(_) | Step::Fail { .. } | Step::Return(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Acknowledged, Ordering, Pause};
    use crate::program::{Arrivals, Call, Component, Distribution, Group, Publish, TopicId};
    use crate::run::{Options, Seed, run};
    use crate::time::Nanos;

    /// Users ask a server that publishes to a topic, which a reader handles: on a component of its own, or on the server.
    fn program(shared: bool) -> Program {
        let mut program = Program::default();
        let second = program.add_distribution(Distribution::exponential(Nanos::from_secs(1)));
        let server = program.add_component(Component { workers: Some(1), ..Component::default() });
        let apart = program.add_component(Component { workers: Some(1), ..Component::default() });
        let topic = program.add_topic(Topic { broker: None, partitions: 0, keys: 0 });
        let publish = Step::Publish(Publish { topic, times: 1.0, hold: None, outbox: None });
        let visit = program.add_operation(Operation::new(server, 1, vec![Step::cpu(second), publish]));
        let reader = if shared { server } else { apart };
        let handle = program.add_operation(Operation::new(reader, 2, vec![Step::cpu(second)]));
        program.add_group(Group {
            topic,
            operation: handle,
            prefetch: 1,
            acknowledged: Acknowledged::After,
            redeliveries: Some(0),
            pause: Pause::None,
            dead_letters: None,
            ordering: Ordering::Free,
        });
        let call = program.add_call(Call::to(visit));
        program.add_open_journey(1, vec![Step::Call(call)], Arrivals::poisson(0.4));
        program
    }

    #[test]
    fn a_reader_on_its_own_is_left_out_and_no_answer_changes() {
        let whole = program(false);
        let left = without_bystanders(&whole, &[]);
        assert_eq!(left.groups[0].topic, TopicId(1));
        let measured = |program: &Program| {
            let options = Options::until(Nanos::from_secs(10_000));
            run(program, Seed(1), &options).unwrap()
        };
        assert_eq!(measured(&whole).journeys, measured(&left).journeys);
    }

    #[test]
    fn a_reader_that_shares_a_component_stays() {
        let whole = program(true);
        assert_eq!(without_bystanders(&whole, &[]), whole);
    }

    #[test]
    fn what_is_judged_stays() {
        let whole = program(false);
        assert_eq!(without_bystanders(&whole, &[OperationId(1)]), whole);
    }
}
