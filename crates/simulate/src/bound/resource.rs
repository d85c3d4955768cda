//! The resources of a program: how many servers each has, and how long a request of each operation keeps one.

use super::ClosedPool;
use crate::compile::Compiled;
use crate::compile::{own_time, write_share};
use crate::program::{CallId, Component, ComponentId, Cpu, LockId, OperationId, PoolId, Program, ServedBy};

/// What is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResourceKind {
    /// Cores of a component's copies.
    Cpu(ComponentId),
    /// Workers of a component's copies.
    Workers(ComponentId),
    /// Slots of a component's copies.
    Slots(ComponentId),
    /// Requests per second that a component grants.
    Quota(ComponentId),
    /// Connections that a component accepts.
    Connections(ComponentId),
    /// Connections of a pool.
    Pool(PoolId),
    /// Connections of a pool that counts for the bound alone, by its position.
    ClosedPool(u32),
    /// The holders of a lock's most wanted key.
    Lock(LockId),
    /// The calls of one kind that a component's copies make at once.
    Bulkhead(CallId),
    /// The calls of one kind that a component's copies let through.
    RateLimit(CallId),
}

/// A resource with what a journey demands of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// What it is.
    pub kind: ResourceKind,
    /// What people call it: `payments slots`.
    pub word: String,
    /// How many there are: cores, slots, connections; per second for quotas.
    pub servers: f64,
    /// How the servers come about: `4 × 5 slots`.
    pub made_of: String,
    /// Per journey: seconds of a server per request; for quotas, requests of it per request.
    pub demands: Vec<f64>,
    /// Whether users wait for any of it; else it is work beside their requests.
    pub awaited: bool,
}

/// Every resource that any journey uses.
pub(super) fn resources(compiled: &Compiled) -> Vec<Resource> {
    let mut out = Vec::new();
    let form = Form { compiled, program: &compiled.program };
    for index in 0..form.program.components.len() {
        form.component(ComponentId(index as u32), &mut out);
    }
    for (index, pool) in form.program.pools.iter().enumerate() {
        let calls: Vec<CallId> = form.calls(|call| call.pool == Some(PoolId(index as u32)));
        let owners = pool.owner.map_or(1, |owner| form.copies(owner));
        let word = format!("{} pool", compiled.names.pools[index].word);
        let kind = ResourceKind::Pool(PoolId(index as u32));
        out.extend(form.pool(kind, word, owners, pool.size, &calls, None));
    }
    for (index, pool) in compiled.closed_pools.iter().enumerate() {
        let ClosedPool { owner, size, hold_s, calls, .. } = pool;
        let name = compiled.names.components[owner.index()].word.clone();
        let to = calls.first().map(|call| form.program.calls[call.index()].target);
        let to = to.map(|to| form.program.operations[to.index()].component);
        let word = match to {
            Some(to) => format!("{} pool of {name}", compiled.names.components[to.index()].word),
            None => format!("pool of {name}"),
        };
        let kind = ResourceKind::ClosedPool(index as u32);
        out.extend(form.pool(kind, word, form.copies(*owner), *size, calls, *hold_s));
    }
    form.locks(&mut out);
    form.guards(&mut out);
    out.retain(|resource| resource.demands.iter().any(|demand| 0.0 < *demand));
    out
}

/// Copies that share a kind of work: their name, how many they are, and which share of an operation's visits they take.
type Part<'p> = (&'static str, u32, Box<dyn Fn(usize, OperationId) -> f64 + 'p>);

struct Form<'c> {
    compiled: &'c Compiled,
    program: &'c Program,
}

impl Form<'_> {
    fn copies(&self, component: ComponentId) -> u32 {
        self.program.components[component.index()].replicas.len() as u32
    }

    fn operations(&self, component: ComponentId) -> impl Iterator<Item = OperationId> + '_ {
        let all = self.program.operations.iter().enumerate();
        all.filter(move |(_, row)| row.component == component).map(|(index, _)| OperationId(index as u32))
    }

    fn calls(&self, fits: impl Fn(&crate::program::Call) -> bool) -> Vec<CallId> {
        let all = self.program.calls.iter().enumerate();
        all.filter(|(_, call)| fits(call)).map(|(index, _)| CallId(index as u32)).collect()
    }

    /// Per journey: the sum over operations of visits times what one visit takes.
    fn demand(&self, component: ComponentId, each: impl Fn(usize, OperationId) -> f64) -> Vec<f64> {
        let visits = &self.compiled.visits;
        let journey = |journey: usize| -> f64 {
            let of = |operation: OperationId| {
                let index = operation.index();
                (visits.operations[journey][index] + visits.beside[journey][index]) * each(journey, operation)
            };
            self.operations(component).map(of).sum()
        };
        (0..visits.operations.len()).map(journey).collect()
    }

    fn awaited(&self, component: ComponentId) -> bool {
        let visits = &self.compiled.visits.operations;
        self.operations(component).any(|operation| visits.iter().any(|row| 0.0 < row[operation.index()]))
    }

    fn component(&self, id: ComponentId, out: &mut Vec<Resource>) {
        let row = &self.program.components[id.index()];
        let word = &self.compiled.names.components[id.index()].word;
        let awaited = self.awaited(id);
        let mut add = |kind, what: &str, servers: f64, made_of: String, demands: Vec<f64>| {
            out.push(Resource { kind, word: format!("{word} {what}"), servers, made_of, demands, awaited });
        };
        if let Some(quota) = row.quota {
            let demands = self.demand(id, |_, _| 1.0);
            add(ResourceKind::Quota(id), "quota", quota.per_second, format!("{}/s", quota.per_second), demands);
        }
        if row.replicas.is_empty() {
            return;
        }
        self.cpu(id, row, &mut add);
        let copies = self.serving(row);
        let slots = row.adaptive.map(|adaptive| adaptive.max).or(row.slots);
        if let Some(slots) = slots.filter(|slots| *slots < u32::MAX) {
            let demands = self.demand(id, |_, operation| self.compiled.visits.times[operation.index()]);
            let servers = f64::from(copies) * f64::from(slots);
            add(ResourceKind::Slots(id), "slots", servers, format!("{copies} × {slots} slots"), demands);
        }
        self.connections(id, row, out);
    }

    /// How many copies answer: all, or the primary.
    fn serving(&self, row: &Component) -> u32 {
        if row.served_by == ServedBy::Any { row.replicas.len() as u32 } else { 1 }
    }

    /// Cores and workers. Where workers only ever wait for cores, the cores say it all.
    fn cpu(&self, id: ComponentId, row: &Component, add: &mut impl FnMut(ResourceKind, &str, f64, String, Vec<f64>)) {
        let cores = match row.cpu {
            Cpu::Unlimited => f64::INFINITY,
            Cpu::Shared { cores } | Cpu::Quota { cores, .. } => cores,
        };
        let all = row.replicas.len() as u32;
        let split = row.served_by == ServedBy::ReplicasForReads && 1 < all;
        let visits = &self.compiled.visits.calls;
        let share = |journey: usize, operation: OperationId| write_share(self.program, &visits[journey], operation);
        let parts: Vec<Part<'_>> = match split {
            true => vec![
                ("primary ", 1, Box::new(share)),
                ("replicas ", all - 1, Box::new(move |journey, operation| 1.0 - share(journey, operation))),
            ],
            false => vec![("", self.serving(row), Box::new(|_, _| 1.0))],
        };
        for (part, copies, weight) in parts {
            if cores.is_finite() {
                let demands = self.demand(id, |j, o| weight(j, o) * own_time(self.program, o).0);
                let made_of = format!("{copies} × {cores} cores");
                let what = format!("{part}CPU");
                add(ResourceKind::Cpu(id), &what, f64::from(copies) * cores, made_of, demands);
            }
            let Some(workers) = row.workers else { continue };
            // Several workers at work share the cores; one uses at most one.
            let speed = (cores / f64::from(workers)).min(1.0);
            let demands = self.demand(id, |j, o| {
                let (cpu, hold) = own_time(self.program, o);
                weight(j, o) * (cpu / speed + hold)
            });
            let held = self.demand(id, |j, o| weight(j, o) * own_time(self.program, o).1);
            if held.iter().any(|held| 0.0 < *held) || f64::from(workers) < cores {
                let made_of = format!("{copies} × {workers} workers");
                let what = format!("{part}workers");
                add(ResourceKind::Workers(id), &what, f64::from(copies) * f64::from(workers), made_of, demands);
            }
        }
    }

    /// Connections that a store accepts, where the pools that lead to it could ask for more.
    fn connections(&self, id: ComponentId, row: &Component, out: &mut Vec<Resource>) {
        let Some(most) = row.connections else { return };
        let to = |call: &crate::program::Call| self.program.operations[call.target.index()].component == id;
        let calls = self.calls(|call| to(call) && call.pool.is_some());
        let mut pools: Vec<PoolId> = calls.iter().filter_map(|call| self.program.calls[call.index()].pool).collect();
        pools.sort_unstable();
        pools.dedup();
        let asked: u32 = pools
            .iter()
            .map(|pool| &self.program.pools[pool.index()])
            .map(|pool| pool.size * pool.owner.map_or(1, |owner| self.copies(owner)))
            .sum();
        if asked <= most {
            return;
        }
        let word = format!("{} connections", self.compiled.names.components[id.index()].word);
        out.extend(self.pool(ResourceKind::Connections(id), word, 1, most, &calls, None));
    }

    fn pool(
        &self,
        kind: ResourceKind,
        word: String,
        owners: u32,
        size: u32,
        calls: &[CallId],
        hold: Option<f64>,
    ) -> Option<Resource> {
        let visits = &self.compiled.visits;
        let seconds = |call: CallId| {
            let row = &self.program.calls[call.index()];
            let answer = visits.call_seconds(self.program, call);
            let kept = row.hold.map(|hold| self.program.distributions[hold.from.index()].mean() / 1e9);
            hold.unwrap_or_else(|| kept.map_or(answer, |kept| kept.max(answer)))
        };
        let journey = |row: &Vec<f64>| -> f64 { calls.iter().map(|call| row[call.index()] * seconds(*call)).sum() };
        let demands = visits.calls.iter().map(journey).collect();
        let servers = f64::from(owners) * f64::from(size);
        let made_of = format!("{owners} × {size} connections");
        (!calls.is_empty()).then_some(Resource { kind, word, servers, made_of, demands, awaited: true })
    }

    /// The most wanted key of each lock.
    fn locks(&self, out: &mut Vec<Resource>) {
        for (index, lock) in self.program.locks.iter().enumerate() {
            let weight = |rank: u32| crate::math::pow(f64::from(rank), -lock.skew);
            let hottest = 1.0 / (1..=lock.keys).map(weight).sum::<f64>();
            let demands = self.compiled.visits.locks.iter().map(|row| row[index] * hottest).collect();
            let word = format!("{} lock", self.compiled.names.locks[index].word);
            let made_of = match lock.keys {
                1 => format!("{} holders", lock.holders),
                keys => format!("{} holders of the hottest of {keys} keys", lock.holders),
            };
            let kind = ResourceKind::Lock(LockId(index as u32));
            out.push(Resource { kind, word, servers: f64::from(lock.holders), made_of, demands, awaited: true });
        }
    }

    /// What callers let through by themselves.
    fn guards(&self, out: &mut Vec<Resource>) {
        for (index, call) in self.program.calls.iter().enumerate() {
            let id = CallId(index as u32);
            let word = &self.compiled.names.calls[index].word;
            let owner = self.owner(id);
            let copies = owner.map_or(1, |owner| self.copies(owner).max(1));
            let made = |per: f64| self.compiled.visits.calls.iter().map(|row| row[index] * per).collect::<Vec<f64>>();
            if let Some(most) = call.at_most {
                let demands = made(self.compiled.visits.call_seconds(self.program, id));
                let servers = f64::from(copies) * f64::from(most);
                out.push(Resource {
                    kind: ResourceKind::Bulkhead(id),
                    word: format!("{word} bulkhead"),
                    servers,
                    made_of: format!("{copies} × {most} at once"),
                    demands,
                    awaited: true,
                });
            }
            if let Some(limit) = call.rate_limit {
                out.push(Resource {
                    kind: ResourceKind::RateLimit(id),
                    word: format!("{word} rate limit"),
                    servers: f64::from(copies) * limit.per_second,
                    made_of: format!("{copies} × {}/s", limit.per_second),
                    demands: made(1.0),
                    awaited: true,
                });
            }
        }
    }

    /// The component whose operation makes a call.
    fn owner(&self, call: CallId) -> Option<ComponentId> {
        let makes = |steps: &[crate::program::Step]| crate::compile::makes(self.program, steps, call);
        let operation = self.program.operations.iter().find(|operation| makes(&operation.steps));
        operation.map(|operation| operation.component)
    }
}
