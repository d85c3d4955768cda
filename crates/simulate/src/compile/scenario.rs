//! Scenarios: what lasts changes what runs; what begins or ends in the run becomes a timeline of faults.
//!
//! A loss without a time asks about the long run: the zone stays lost. A failover, a flush and a deploy are events by
//! nature.

use plimsoll_model as model;
use plimsoll_model::behaviour::ZoneId;
use plimsoll_model::behaviour::scenario::{Cut, Loss, OperationFault as Said, Scenario};

use super::call::stated;
use super::component::capped;
use super::name::Name;
use super::{Compiler, Course, Fault};
use crate::assumptions::Assumption;
use crate::program::{
    Arrivals, Cause, ComponentId, Distribution, Failure, Fault as Timed, FaultKind, Link, OperationFault, OperationId,
    PlaceId, Rate, Scaling, Step,
};
use crate::time::Nanos;

/// When what has no time of its own happens: late enough that there is a time before it.
const BEGINS: Nanos = Nanos::from_secs(300);

impl Compiler<'_> {
    /// Lays a scenario over the program, and says how it is meant.
    pub(super) fn scenario(&mut self, index: Option<usize>) -> Course {
        let Some(index) = index else { return Course::Steady };
        let Some(scenario) = self.model.behaviour.scenarios.get(index) else {
            self.error(Fault::NoScenario, None);
            return Course::Steady;
        };
        let events = scenario.fail_over.is_some() || scenario.flush.is_some() || scenario.deploy.is_some();
        let timed = scenario.from.is_some() || scenario.until.is_some();
        let (from, until) = match (events || timed, &scenario.from, &scenario.until) {
            (false, ..) => (Nanos::ZERO, Nanos::NEVER),
            (true, Some(from), until) => {
                (Nanos(from.value.0), until.as_ref().map_or(Nanos::NEVER, |until| Nanos(until.value.0)))
            }
            // `for: 10m` without a beginning.
            (true, None, Some(until)) => (BEGINS, BEGINS.saturating_add(Nanos(until.value.0))),
            (true, None, None) => (BEGINS, Nanos::NEVER),
        };
        let course = if events || timed { Course::Timeline } else { Course::Steady };
        self.lay(scenario, from, until, course);
        course
    }

    fn lay(&mut self, scenario: &Scenario, from: Nanos, until: Nanos, course: Course) {
        for loss in &scenario.lose {
            match course {
                Course::Steady => self.lost(&loss.value, &scenario.name),
                Course::Timeline => {
                    for kind in self.losing(&loss.value) {
                        self.fault(from, until, kind, &scenario.name, loss.evidence);
                    }
                }
            }
        }
        for fault in &scenario.operations {
            for operation in self.operations_of(&fault.value) {
                let kind = FaultKind::Operation { operation, fault: operation_fault(&fault.value) };
                self.fault(from, until, kind, &scenario.name, fault.evidence);
            }
        }
        if let Some(fill) = &scenario.fill
            && let Some(component) = self.components.get(&fill.value).copied()
        {
            self.fault(from, until, FaultKind::DiskFull(component), &scenario.name, fill.evidence);
        }
        if let Some(cut) = &scenario.cut
            && let Some(kind) = self.cut(&cut.value)
        {
            self.fault(from, until, kind, &scenario.name, cut.evidence);
        }
        if let Some(load) = &scenario.load {
            match course {
                Course::Steady => self.more_load(load.value.0),
                Course::Timeline => {
                    self.fault(from, until, FaultKind::Load { factor: load.value.0 }, &scenario.name, load.evidence);
                }
            }
        }
        self.events(scenario, from);
    }

    fn events(&mut self, scenario: &Scenario, from: Nanos) {
        if let Some(fail_over) = &scenario.fail_over
            && let Some(component) = self.components.get(&fail_over.value.of).copied()
        {
            let takes = match (fail_over.value.takes, self.program.components[component.index()].failover) {
                (Some(takes), _) => Nanos(takes.0),
                (None, Some(draw)) => Nanos::from_nanos_f64(self.program.distributions[draw.from.index()].mean()),
                (None, None) => {
                    let word = self.names.components[component.index()].word.clone();
                    Nanos(self.ledger.take(Assumption::DefaultFailover, word).count())
                }
            };
            let until = from.saturating_add(takes);
            self.fault(from, until, FaultKind::Failover(component), &scenario.name, fail_over.evidence);
        }
        if let Some(flush) = &scenario.flush {
            let caches: Vec<_> =
                self.caches.iter().filter(|(store, _)| *store == flush.value).map(|(_, cache)| *cache).collect();
            for cache in caches {
                self.fault(from, from, FaultKind::Flush(cache), &scenario.name, flush.evidence);
            }
        }
        if let Some(deploy) = &scenario.deploy
            && let Some(component) = self.components.get(&deploy.value.of).copied()
        {
            let mut rollout = self.rollout(deploy.value.of, from);
            rollout.fails = deploy.value.fails.map_or(0.0, |share| share.fraction());
            rollout.slow = deploy.value.slow.map_or(1.0, |slow| slow.0);
            rollout.back_after = deploy.value.back_after.map(|after| Nanos(after.0));
            self.program.components[component.index()].rollout = Some(rollout);
        }
    }

    fn fault(&mut self, from: Nanos, until: Nanos, kind: FaultKind, word: &str, evidence: model::EvidenceId) {
        self.program.add_fault(Timed { from, until: until.max(from), kind });
        self.names.faults.push(Name::new(word, Some(evidence)));
    }

    /// Takes away what is lost for good. What has nothing left is lost as a whole.
    fn lost(&mut self, loss: &Loss, scenario: &str) {
        let kinds = self.losing(loss);
        for kind in kinds {
            match &kind {
                FaultKind::LosePlaces(places) => self.without(|place, _| places.contains(&place), scenario),
                FaultKind::LoseReplicas { component, count } => {
                    let (component, count) = (*component, *count as usize);
                    let row = &mut self.program.components[component.index()];
                    let left = row.replicas.len().saturating_sub(count);
                    if left == 0 {
                        self.gone(component, scenario);
                    } else {
                        row.replicas.drain(..count);
                    }
                }
                FaultKind::LoseComponent(component) => self.gone(*component, scenario),
                _ => {}
            }
        }
    }

    fn without(&mut self, lost: impl Fn(PlaceId, u32) -> bool, scenario: &str) {
        for index in 0..self.program.components.len() {
            let component = ComponentId(index as u32);
            let row = &mut self.program.components[index];
            if row.replicas.is_empty() {
                continue;
            }
            let left: Vec<_> = row.replicas.iter().copied().filter(|r| !lost(r.place, r.node)).collect();
            if left.is_empty() {
                self.gone(component, scenario);
            } else {
                row.replicas = left;
            }
        }
    }

    fn gone(&mut self, component: ComponentId, scenario: &str) {
        self.program.add_fault(Timed {
            from: Nanos::ZERO,
            until: Nanos::NEVER,
            kind: FaultKind::LoseComponent(component),
        });
        self.names.faults.push(Name::new(scenario, None));
    }

    /// A loss in the program's terms; nothing where it is not part of what runs.
    fn losing(&self, loss: &Loss) -> Vec<FaultKind> {
        match loss {
            Loss::Zone(zone) => vec![FaultKind::LosePlaces(vec![self.place(*zone)])],
            Loss::Region(region) => {
                let zones = self.model.behaviour.zones.iter().enumerate();
                let mut places: Vec<PlaceId> = zones
                    .filter(|(_, zone)| zone.region == Some(*region))
                    .map(|(index, _)| self.place(ZoneId(index as u32)))
                    .collect();
                let here = self.model.behaviour.environment_regions.iter();
                if here.filter(|row| self.lineage.contains(&row.environment)).any(|row| row.region.value == *region) {
                    places.push(PlaceId(0));
                }
                vec![FaultKind::LosePlaces(places)]
            }
            // A node holds one copy of whatever runs more than one.
            Loss::Node(_) => {
                let several = self.program.components.iter().enumerate().filter(|(_, row)| row.replicas.len() > 1);
                several
                    .map(|(index, _)| FaultKind::LoseReplicas { component: ComponentId(index as u32), count: 1 })
                    .collect()
            }
            Loss::Replicas(replicas) => {
                let component = self.components.get(&replicas.of).copied();
                let count = capped(replicas.count.0);
                component.map(|component| FaultKind::LoseReplicas { component, count }).into_iter().collect()
            }
            Loss::Component(id) => self.components.get(id).copied().map(FaultKind::LoseComponent).into_iter().collect(),
        }
    }

    fn operations_of(&self, fault: &Said) -> Vec<OperationId> {
        if let Some(work) = fault.work {
            return self.works.get(&work).copied().into_iter().collect();
        }
        let component = self.components.get(&fault.component).copied();
        let all = self.program.operations.iter().enumerate();
        all.filter(|(_, row)| Some(row.component) == component).map(|(index, _)| OperationId(index as u32)).collect()
    }

    fn cut(&self, cut: &Cut) -> Option<FaultKind> {
        let loss = cut.loss.map_or(1.0, |share| share.fraction());
        let [one, other] = cut.between.as_slice() else { return None };
        match (self.losing(one).pop()?, self.losing(other).pop()?) {
            (FaultKind::LosePlaces(one), FaultKind::LosePlaces(other)) => {
                Some(FaultKind::CutPlaces { one, other, loss })
            }
            (FaultKind::LoseComponent(one), FaultKind::LoseComponent(other)) => {
                Some(FaultKind::CutComponents { one, other, loss })
            }
            _ => None,
        }
    }

    fn more_load(&mut self, factor: f64) {
        for source in self.program.sources.iter_mut().filter(|source| source.scaling == Scaling::Scaled) {
            match &mut source.arrivals {
                Arrivals::Closed { users, .. } => *users = (f64::from(*users) * factor).round() as u32,
                Arrivals::Open { rate, .. } => match rate {
                    Rate::Constant(rate) => *rate *= factor,
                    Rate::Swing { mean, by, .. } => (*mean, *by) = (*mean * factor, *by * factor),
                    Rate::Modes(modes) => modes.iter_mut().for_each(|mode| mode.per_second *= factor),
                    Rate::Points { points, .. } => points.iter_mut().for_each(|point| point.per_second *= factor),
                },
            }
        }
    }

    /// Places and the way between them. Third parties have no place: what lies between is part of what they take.
    pub(super) fn network(&mut self) {
        let zones = &self.model.behaviour.zones;
        self.names.places = std::iter::once(String::new()).chain(zones.iter().map(|zone| zone.name.clone())).collect();
        let count = zones.len() as u32 + 1;
        self.program.network.places = count;
        let network = &self.model.behaviour.network;
        let said = [&network.inside_zone, &network.between_zones, &network.between_regions];
        if said.iter().all(|distance| distance.is_none()) {
            let nanos = self.ledger.take(Assumption::NoNetworkTime, "").count();
            if 0 < nanos {
                let delay = Some(self.exactly(nanos, "network"));
                self.program.network.links = vec![Link { delay, loss: 0.0 }; (count * count) as usize];
            }
        } else {
            let links: Vec<Link> = said
                .into_iter()
                .zip(["inside a zone", "between zones", "between regions"])
                .map(|(distance, word)| self.link(distance.as_ref(), word))
                .collect();
            let region =
                |place: u32| place.checked_sub(1).and_then(|zone| self.model.behaviour.zones[zone as usize].region);
            let way = |from: u32, to: u32| match (from == to, region(from) == region(to)) {
                (true, _) => links[0],
                (false, true) => links[1],
                (false, false) => links[2],
            };
            self.program.network.links = (0..count * count).map(|index| way(index / count, index % count)).collect();
        }
        if let Some(outside) = &self.model.behaviour.network.outside {
            self.far_away(outside);
        }
    }

    fn link(&mut self, distance: Option<&model::behaviour::supposed::Distance>, word: &str) -> Link {
        let Some(distance) = distance else { return Link::default() };
        Link {
            delay: distance.takes.as_ref().and_then(|takes| self.work(&takes.value, word)),
            loss: distance.loss.as_ref().map_or(0.0, |loss| loss.value.fraction()),
        }
    }

    /// Third parties lie outside: there and back.
    fn far_away(&mut self, outside: &model::behaviour::supposed::Distance) {
        for index in 0..self.program.operations.len() {
            let component = self.program.operations[index].component.index();
            let id = self.names.component_ids[component];
            if self.model.component(id).kind != model::ComponentKind::External {
                continue;
            }
            let word = self.names.operations[index].word.clone();
            let mut steps = Vec::new();
            for way in ["there", "back"] {
                if let Some(takes) = &outside.takes {
                    steps.extend(self.work(&takes.value, &format!("{word} {way}")).map(Step::Sleep));
                }
            }
            if let Some(loss) = &outside.loss {
                let failure = Failure::of(Cause::Network);
                steps.push(Step::Fail { odds: loss.value.fraction(), failure });
            }
            self.program.operations[index].steps.splice(0..0, steps);
        }
        debug_assert!(
            self.program.distributions.iter().all(|each| !matches!(each, Distribution::Samples(v) if v.is_empty()))
        );
    }
}

fn operation_fault(said: &Said) -> OperationFault {
    let share = |said: Option<model::behaviour::quantity::Share>| said.map_or(0.0, |share| share.fraction());
    OperationFault {
        hang: share(said.hang),
        fail: share(said.fail),
        failure: said
            .with
            .map_or(Failure::of(Cause::Fault), |failure| Failure { cause: Cause::Fault, ..stated(failure) }),
        slow: said.slow.map_or(1.0, |slow| slow.0),
        delay: Nanos(said.delay.map_or(0, |delay| delay.0)),
    }
}
