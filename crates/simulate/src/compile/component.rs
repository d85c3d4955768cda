//! Components: copies and where they stand, cores, slots, queues, quotas, scaling, failing.

use plimsoll_model::behaviour::guard::{RateLimit, Refusal as Refused};
use plimsoll_model::behaviour::quantity::Limit;
use plimsoll_model::behaviour::serving::{
    self as said, Balancing as Balanced, CpuLimit, ScalerMetric, ScalerTarget, Serving,
};
use plimsoll_model::behaviour::{Claim, ZoneId};
use plimsoll_model::{self as model, ComponentKind, Field};

use super::fact::Counted;
use super::name::Name;
use super::{Compiler, Fault};
use crate::assumptions::{Assumption, Value};
use crate::program::{
    Adaptive, AtStart, Autoscaler, Balancing, ColdStart, Component, ComponentId, Cpu, FailureClock, HealthCheck,
    Interrupted, Metric, Order, PlaceId, Priority, Queue, Refusal, Replica, ReplicaFailures, Rollout, ServedBy, Shed,
    TokenBucket, WarmUp,
};
use crate::time::Nanos;

/// What is known of a component of the program while it is built.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Host {
    /// Whether any of its operations spends CPU.
    pub(super) spends: bool,
}

impl Compiler<'_> {
    /// The component in the program, made when it is first reached.
    pub(super) fn component(&mut self, id: model::ComponentId) -> ComponentId {
        if let Some(known) = self.components.get(&id) {
            return *known;
        }
        let row = self.model.component(id);
        let (word, evidence) = (row.id.clone(), row.evidence.first().copied());
        let ours = self.program.add_component(Component::default());
        self.components.insert(id, ours);
        self.hosts.push(Host::default());
        self.names.components.push(Name::new(word.clone(), evidence));
        self.names.component_ids.push(id);
        let component = self.serving(id, &word);
        self.program.components[ours.index()] = component;
        ours
    }

    fn serving(&mut self, id: model::ComponentId, word: &str) -> Component {
        let limit = |claim: Option<&Claim<Limit>>| claim.and_then(|c| c.value.at_most()).map(capped);
        let slots = self.says(id, |s| s.slots.as_ref());
        let workers = self.says(id, |s| s.workers.as_ref());
        for (claim, what) in [(slots, "slots"), (workers, "workers")] {
            if let Some(claim) = claim.filter(|claim| claim.value.at_most() == Some(0)) {
                self.error(Fault::TakesNothing { component: word.to_owned(), what }, Some(claim.evidence));
            }
        }
        let mut out = Component {
            replicas: self.replicas(id, word),
            slots: limit(slots).map(|n| n.max(1)),
            workers: limit(workers).map(|n| n.max(1)),
            cpu: Cpu::Unlimited,
            queue: self.queue(id, word),
            balancing: self
                .says(id, |s| s.balancing.as_ref())
                .map_or(Balancing::Random, |claim| balancing(claim.value, self.ledger_connections(word, claim.value))),
            priority: self.says(id, |s| s.priority.as_ref()).map_or(Priority::None, |claim| match claim.value {
                said::Priority::NonPreemptive => Priority::NonPreemptive,
                said::Priority::PreemptiveResume => Priority::PreemptiveResume,
            }),
            served_by: self.served_by(id),
            connections: self.connections(id),
            quota: self.says(id, |s| s.quota.as_ref()).map(|quota| self.bucket(&quota.value, word)),
            ..Component::default()
        };
        self.life(id, word, &mut out);
        out
    }

    fn ledger_connections(&mut self, word: &str, chosen: Balanced) -> u32 {
        match chosen {
            Balanced::PerConnection => capped(self.ledger.take(Assumption::ConnectionsPerCopy, word).count()).max(1),
            _ => 1,
        }
    }

    fn connections(&self, id: model::ComponentId) -> Option<u32> {
        let stated = self.says(id, |s| s.connections.as_ref()).map(|claim| claim.value.0);
        let declared = || self.view().component(id, Field::ConnectionsMax).count();
        stated.or_else(declared).map(capped)
    }

    fn served_by(&self, id: model::ComponentId) -> ServedBy {
        match self.says(id, |s| s.by.as_ref()).map(|claim| claim.value) {
            Some(said::ServedBy::Any) => ServedBy::Any,
            Some(said::ServedBy::ReplicasForReads) => ServedBy::ReplicasForReads,
            Some(said::ServedBy::Primary) => ServedBy::Primary,
            // A store with copies has one that takes writes, unless somebody says otherwise.
            None if self.model.component(id).kind == ComponentKind::Store => ServedBy::Primary,
            None => ServedBy::Any,
        }
    }

    /// Copies and where they stand. A third party of which nothing is said has no limit of its own.
    fn replicas(&mut self, id: model::ComponentId, word: &str) -> Vec<Replica> {
        let row = self.model.component(id);
        let says_any = self.model.behaviour.serving(id).is_some_and(|says| {
            let has =
                |s: &Serving| s.slots.is_some() || s.workers.is_some() || s.cores.is_some() || s.replicas.is_some();
            has(&says.everywhere) || says.here.iter().any(|(_, s)| has(s))
        });
        if row.kind == ComponentKind::External && !says_any {
            return Vec::new();
        }
        let (count, evidence) = self.copies(id, word);
        if count == 0 {
            self.error(Fault::NoCopies { component: word.to_owned() }, evidence);
        }
        let most = self.most_copies(id).unwrap_or(count).max(count).min(10_000);
        let places = self.places(id, word, most);
        let at_start = |index| if (index as u64) < count { AtStart::Up } else { AtStart::Off };
        let node = self.program.components.len() as u32 * 10_000;
        (0..most as usize)
            .map(|index| Replica { place: places[index], node: node + index as u32, at_start: at_start(index) })
            .collect()
    }

    /// How many copies run at the start, and who says so.
    fn copies(&mut self, id: model::ComponentId, word: &str) -> (u64, Option<model::EvidenceId>) {
        let in_zones = |s: &Serving| s.zones.iter().map(|zone| zone.copies.value.0).sum::<u64>();
        let replicas = self.count(id, Field::Replicas, |s| s.replicas.as_ref(), |count| count.0);
        let zones = self.model.behaviour.serving(id).and_then(|says| {
            says.along(&self.lineage, |s| (!s.zones.is_empty()).then_some(s))
                .map(|s| (in_zones(s), s.zones[0].copies.evidence))
        });
        // What is said of an environment wins over the scaler of one that it builds on.
        let nearer = |max: &Counted| replicas.is_none_or(|replicas| max.depth <= replicas.depth);
        let scaled = self.scaler_bounds(id).filter(|(_, max)| nearer(max)).map(|(min, max)| {
            let chosen = self.ledger.take(Assumption::Autoscaling, word);
            (if chosen == Value::Word("at its maximum") { max.count } else { min }, max.evidence)
        });
        match scaled.or(replicas.map(|r| (r.count, r.evidence))).or(zones) {
            Some((count, evidence)) => (count, Some(evidence)),
            None if self.model.behaviour.serving(id).is_some_and(|says| *says != Default::default()) => (1, None),
            None => (self.ledger.take(Assumption::DefaultReplicas, word).count(), None),
        }
    }

    /// The least and the greatest number of copies that an autoscaler makes.
    fn scaler_bounds(&self, id: model::ComponentId) -> Option<(u64, Counted)> {
        let min = self.count(id, Field::ScalerMin, |s| s.autoscaler.as_ref(), |scaler| scaler.min.0);
        let max = self.count(id, Field::ScalerMax, |s| s.autoscaler.as_ref(), |scaler| scaler.max.0);
        // Kubernetes takes 1 where no minimum is stated.
        max.map(|max| (min.map_or(1, |min| min.count), max))
    }

    /// The most copies that an autoscaler may make in the run.
    fn most_copies(&self, id: model::ComponentId) -> Option<u64> {
        self.runs_scaler().then(|| self.scaler_bounds(id).map(|(_, max)| max.count)).flatten()
    }

    fn runs_scaler(&self) -> bool {
        use plimsoll_model::behaviour::supposed::Autoscaling;
        self.model.behaviour.assumed.autoscaling.as_ref().is_some_and(|claim| claim.value == Autoscaling::AsItRuns)
    }

    /// The places of so many copies: as stated zone by zone, else in turn over the zones of the environment.
    fn places(&mut self, id: model::ComponentId, word: &str, count: u64) -> Vec<PlaceId> {
        let stated = self
            .model
            .behaviour
            .serving(id)
            .and_then(|says| says.along(&self.lineage, |s| (!s.zones.is_empty()).then_some(&s.zones)));
        let mut zones: Vec<ZoneId> = Vec::new();
        if let Some(rows) = stated {
            // In turn, so that a count other than the stated one keeps the spread.
            let mut left: Vec<(ZoneId, u64)> = rows.iter().map(|row| (row.zone, row.copies.value.0)).collect();
            while left.iter().any(|(_, n)| *n > 0) {
                for (zone, n) in left.iter_mut().filter(|(_, n)| *n > 0) {
                    zones.push(*zone);
                    *n -= 1;
                }
            }
        } else {
            zones = self.own_zones();
            if 1 < zones.len() {
                self.ledger.take(Assumption::EvenSpread, word);
            }
        }
        let places: Vec<PlaceId> = zones.iter().map(|zone| self.place(*zone)).collect();
        // Place 0 is where no zone is said.
        (0..count as usize)
            .map(|index| if places.is_empty() { PlaceId(0) } else { places[index % places.len()] })
            .collect()
    }

    /// The place of a zone. Environments that build on each other share zones of one name.
    pub(super) fn place(&self, zone: ZoneId) -> PlaceId {
        let zones = &self.model.behaviour.zones;
        let same = |environment: &model::EnvironmentId| {
            let fits = |other: &model::behaviour::Zone| {
                other.environment == Some(*environment) && other.name == zones[zone.index()].name
            };
            zones.iter().position(fits).map(|index| index as u32)
        };
        PlaceId(self.lineage.iter().find_map(same).unwrap_or(zone.0) + 1)
    }

    /// The zones of the environment, of the nearest in the lineage that has any.
    pub(super) fn own_zones(&self) -> Vec<ZoneId> {
        let zones = &self.model.behaviour.zones;
        let of = |environment: &model::EnvironmentId| -> Vec<ZoneId> {
            let own = zones.iter().enumerate().filter(|(_, zone)| zone.environment == Some(*environment));
            own.map(|(index, _)| ZoneId(index as u32)).collect()
        };
        self.lineage.iter().map(of).find(|zones| !zones.is_empty()).unwrap_or_default()
    }

    fn queue(&mut self, id: model::ComponentId, word: &str) -> Queue {
        let Some(queue) = self.says(id, |s| s.queue.as_ref()).map(|claim| &claim.value) else {
            return Queue::default();
        };
        Queue {
            length: queue.length.as_ref().and_then(|c| c.value.at_most()).map(capped),
            wait: queue.wait.as_ref().map(|wait| self.wait(&wait.value, &format!("{word} patience"))),
            order: match queue.order.as_ref().map(|claim| claim.value) {
                None | Some(said::Order::FirstCome) => Order::FirstCome,
                Some(said::Order::LastCome) => Order::LastCome,
                Some(said::Order::Random) => Order::Random,
            },
            then: queue.then.as_ref().map_or(Refusal::Refuse, |then| refusal(&then.value)),
        }
    }

    /// A token bucket; where nobody says how many come at once, that is an unknown.
    pub(super) fn bucket(&mut self, limit: &RateLimit, word: &str) -> TokenBucket {
        let per_second = limit.rate.value.0;
        let burst = match &limit.burst {
            Some(burst) => burst.value.0 as f64,
            None => per_second * self.ledger.take(Assumption::QuotaBurst, word).number().unwrap_or(1.0),
        };
        let then = limit.then.as_ref().map_or(Refusal::Refuse, |then| refusal(&then.value));
        TokenBucket { per_second, burst: burst.max(1.0), then }
    }

    /// What changes in the life of a copy: warm-up, failing, scaling, health checks.
    fn life(&mut self, id: model::ComponentId, word: &str, out: &mut Component) {
        out.warm_up = self
            .says(id, |s| s.warm_up.as_ref())
            .map(|claim| WarmUp { takes: Nanos(claim.value.takes.0), slower: claim.value.slower.0.max(1.0) });
        out.cold_start = self.says(id, |s| s.cold_start.as_ref()).map(|claim| ColdStart {
            takes: self.draw(&claim.value.takes, &format!("{word} cold start")),
            after_idle: Nanos(claim.value.after_idle.map_or(0, |idle| idle.0)),
        });
        out.adaptive = self.says(id, |s| s.adaptive.as_ref()).map(|claim| {
            let min = claim.value.min.map_or(1, |min| capped(min.0)).max(1);
            Adaptive {
                min,
                max: claim.value.max.map_or(u32::MAX, |max| capped(max.0)).max(min),
                target: Nanos(claim.value.target.0),
            }
        });
        out.shed = self.says(id, |s| s.shed.as_ref()).map(|claim| Shed {
            above: Nanos(claim.value.above.0),
            keeps: claim.value.keeps.map_or(0, |keeps| rank(keeps.0)),
            then: claim.value.then.as_ref().map_or(Refusal::Refuse, refusal),
        });
        out.health_check = self.says(id, |s| s.health_check.as_ref()).map(|claim| HealthCheck {
            every: Nanos(claim.value.every.0),
            timeout: Nanos(claim.value.timeout.map_or(1_000_000_000, |timeout| timeout.0)),
            // As Kubernetes takes them where nobody says.
            fails: claim.value.fails.map_or(3, |fails| capped(fails.0)),
            passes: claim.value.passes.map_or(1, |passes| capped(passes.0)),
        });
        out.failures = self.says(id, |s| s.failures.as_ref()).map(|claim| ReplicaFailures {
            every: self.draw(&claim.value.every, &format!("{word} fails")),
            repair: self.draw(&claim.value.repair, &format!("{word} is repaired")),
            counted: match claim.value.counted {
                None | Some(said::FailureClock::Always) => FailureClock::Always,
                Some(said::FailureClock::WhileBusy) => FailureClock::WhileBusy,
            },
            work: match claim.value.work {
                None | Some(said::Interrupted::Lost) => Interrupted::Lost,
                Some(said::Interrupted::Resumes) => Interrupted::Resumes,
                Some(said::Interrupted::Restarts) => Interrupted::Restarts,
            },
        });
        out.quorum = self.says(id, |s| s.quorum.as_ref()).map(|claim| capped(claim.value.0));
        let start_up = self.says(id, |s| s.start_up.as_ref());
        out.start_up = start_up.map(|claim| self.draw(&claim.value, &format!("{word} starts")));
        let failover = self.says(id, |s| s.failover.as_ref());
        out.failover = failover.map(|claim| self.draw(&claim.value, &format!("{word} fails over")));
        out.rollout = None;
        if self.runs_scaler() {
            out.autoscaler = self.autoscaler(id, out.replicas.len() as u32);
        }
    }

    fn autoscaler(&self, id: model::ComponentId, listed: u32) -> Option<Autoscaler> {
        let claim = self.says(id, |s| s.autoscaler.as_ref());
        let scaler = claim.map(|claim| &claim.value);
        let (min, max) = self.scaler_bounds(id)?;
        let cores = self.stated_cores(id).unwrap_or(1.0);
        let metric = match scaler.map(|s| (s.metric, &s.target)) {
            Some((ScalerMetric::Slots, target)) => Metric::Slots { target: aim(target, self.slots(id)) },
            Some((ScalerMetric::Backlog, target)) => Metric::Backlog { target: aim(target, 1.0) },
            Some((ScalerMetric::Rate, target)) => Metric::Rate { target: aim(target, 1.0) },
            Some((ScalerMetric::Cpu | ScalerMetric::Memory, target)) => Metric::Cpu { target: aim(target, cores) },
            None => Metric::Cpu { target: cores * self.declared_target(id).unwrap_or(0.8) },
        };
        Some(Autoscaler {
            min: capped(min),
            max: capped(max.count).min(listed),
            metric,
            every: Nanos(scaler.and_then(|s| s.every).map_or(15_000_000_000, |every| every.0)),
            tolerance: 0.1,
            down_after: Nanos(scaler.and_then(|s| s.down_after).map_or(300_000_000_000, |after| after.0)),
        })
    }

    /// The share of CPU that a manifest's autoscaler aims at: `cpu 60%`.
    fn declared_target(&self, id: model::ComponentId) -> Option<f64> {
        let environment = self.lineage.first().copied()?;
        let deployment = self.model.deployment(id, environment)?;
        let answer = self.view().ask(model::Subject::Deployment(deployment), Field::ScalerMetrics);
        let model::Value::List(metrics) = answer.value()? else { return None };
        let percent = metrics.iter().find_map(|metric| {
            let model::Value::Text(text) = metric else { return None };
            text.strip_prefix("cpu ")?.strip_suffix('%')?.parse::<f64>().ok()
        });
        percent.map(|percent| percent / 100.0)
    }

    fn slots(&self, id: model::ComponentId) -> f64 {
        self.says(id, |s| s.slots.as_ref()).and_then(|claim| claim.value.at_most()).map_or(1.0, |n| n as f64)
    }

    fn stated_cores(&self, id: model::ComponentId) -> Option<f64> {
        let limit = self.count(id, Field::CpuLimit, |s| s.cores.as_ref(), |cores| cores.0);
        limit.map(|limit| limit.count as f64 / 1e3)
    }

    /// Gives cores to components whose operations spend CPU; for the others nobody needs to know.
    pub(super) fn finish_components(&mut self) {
        for index in 0..self.program.components.len() {
            if self.hosts[index].spends && !self.program.components[index].replicas.is_empty() {
                let id = self.names.component_ids[index];
                let word = self.names.components[index].word.clone();
                self.program.components[index].cpu = self.cpu(id, &word);
            }
        }
        self.network();
    }

    fn cpu(&mut self, id: model::ComponentId, word: &str) -> Cpu {
        let limit = self.count(id, Field::CpuLimit, |s| s.cores.as_ref(), |cores| cores.0);
        let request = self.count(id, Field::CpuRequest, |_| None::<&Claim<()>>, |()| 0);
        let cores = match (limit, request) {
            (Some(Counted { count: 0, evidence, .. }), _) => {
                self.error(Fault::TakesNothing { component: word.to_owned(), what: "cores" }, Some(evidence));
                return Cpu::Unlimited;
            }
            (Some(limit), _) => limit.count as f64 / 1e3,
            (None, Some(request)) if 0 < request.count => {
                let times = self.ledger.take(Assumption::RequestIsCores, word).number().unwrap_or(1.0);
                return Cpu::Shared { cores: times * request.count as f64 / 1e3 };
            }
            _ => {
                let cores = self.ledger.take(Assumption::DefaultCores, word).number().unwrap_or(1.0);
                return Cpu::Shared { cores };
            }
        };
        let said = self.says(id, |s| s.cpu.as_ref()).map(|claim| claim.value);
        let share = match said {
            Some(word) => word == CpuLimit::Share,
            None => self.ledger.take(Assumption::CpuLimitIsQuota, word) == Value::Word("share"),
        };
        if share { Cpu::Shared { cores } } else { Cpu::quota(cores) }
    }

    pub(super) fn rollout(&self, id: model::ComponentId, at: Nanos) -> Rollout {
        let said = self.says(id, |s| s.rollout.as_ref()).map(|claim| &claim.value);
        Rollout {
            at,
            at_once: said.and_then(|r| r.at_once).map_or(1, |n| capped(n.0)).max(1),
            surge: said.and_then(|r| r.surge).map_or(0, |n| capped(n.0)),
            pause: Nanos(said.and_then(|r| r.pause).map_or(0, |pause| pause.0)),
            fails: 0.0,
            slow: 1.0,
            back_after: None,
        }
    }
}

/// A count as the program holds it.
pub(super) fn capped(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A rank as the program holds it.
pub(super) fn rank(rank: u64) -> u8 {
    u8::try_from(rank).unwrap_or(u8::MAX)
}

fn aim(target: &ScalerTarget, whole: f64) -> f64 {
    match target {
        ScalerTarget::Share(share) => share.fraction() * whole,
        ScalerTarget::Count(count) => count.0 as f64,
        ScalerTarget::Rate(rate) => rate.0,
    }
}

/// What happens to a request that is not taken.
pub(super) fn refusal(said: &Refused) -> Refusal {
    match said {
        Refused::Refuse(refused) => match refused.status {
            Some(status) => Refusal::RefuseWith(status as u16),
            None => Refusal::Refuse,
        },
        Refused::Drop(_) => Refusal::Drop,
        Refused::Wait(_) => Refusal::Wait,
    }
}

/// How a request finds its copy, in the program's words.
pub(super) const fn balancing(said: Balanced, connections: u32) -> Balancing {
    match said {
        Balanced::Random => Balancing::Random,
        Balanced::RoundRobin => Balancing::RoundRobin,
        Balanced::LeastRequests => Balancing::LeastRequests,
        Balanced::TwoChoices => Balancing::TwoChoices,
        Balanced::ConsistentHash => Balancing::ConsistentHash,
        Balanced::PerConnection => Balancing::PerConnection { connections },
        Balanced::Sticky => Balancing::Sticky,
        Balanced::ZoneAware => Balancing::ZoneAware,
        Balanced::SharedQueue => Balancing::SharedQueue,
    }
}
