//! What was promised of what the program runs.

use plimsoll_model::behaviour::load::{Measure, Promise as Stated, Promised as On, Target};
use plimsoll_model::{EvidenceId, Value as Shown};

use super::{Compiler, Fault};
use crate::assumptions::Assumption;
use crate::program::{ComponentId, JourneyId, OperationId};
use crate::time::Nanos;

/// One figure that was promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Promise {
    /// Its name: `checkout-latency p95`.
    pub name: String,
    /// The figure as people read it: `p95 ≤ 1.2s`.
    pub says: String,
    /// What it is about.
    pub on: Promised,
    /// Which time its quantile counts.
    pub measure: Measure,
    /// The figure.
    pub indicator: Indicator,
    /// Who made it; `None` where it is assumed.
    pub evidence: Option<EvidenceId>,
}

/// What a promise is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promised {
    /// A journey.
    Journey(JourneyId),
    /// An operation.
    Operation(OperationId),
    /// A component: each of its operations.
    Component(ComponentId),
}

/// A figure that can be measured in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Indicator {
    /// This share of the answers, 0 to 1, comes within this time.
    Within {
        /// The share.
        share: f64,
        /// The time.
        within: Nanos,
    },
    /// This share of requests, 0 to 1, succeeds.
    Success {
        /// The share.
        share: f64,
    },
}

impl Compiler<'_> {
    /// Every figure about load. Availability, recovery and data loss are judged apart.
    pub(super) fn promises(&mut self) -> Vec<Promise> {
        let model = self.model;
        let mut out = Vec::new();
        let mut lasting = false;
        for stated in &model.behaviour.promises {
            let of_load = stated.targets.iter().any(|target| indicator(&target.value).is_some());
            match self.promised(stated) {
                Some(on) => out.extend(figures(stated, on)),
                None if of_load && self.is_about_what_runs(stated) => {
                    let on = self.word_of(&stated.on.value);
                    let fault = Fault::PromiseUnreached { promise: stated.name.clone(), on };
                    self.error(fault, Some(stated.on.evidence));
                }
                None => {}
            }
            lasting |= of_load;
        }
        if lasting && !out.is_empty() {
            self.ledger.take(Assumption::LoadAndOutagesApart, "");
        }
        for index in 0..self.program.journeys.len() {
            let journey = JourneyId(index as u32);
            if !out.iter().any(|promise| promise.on == Promised::Journey(journey)) && out.is_empty() {
                out.extend(self.assumed_promises(journey));
            }
        }
        out
    }

    fn promised(&self, stated: &Stated) -> Option<Promised> {
        match &stated.on.value {
            On::Journey(id) => self.compiled_journey(*id).map(Promised::Journey),
            On::Operation(id) => self.works.get(id).copied().map(Promised::Operation),
            On::Component(id) => self.components.get(id).copied().map(Promised::Component),
        }
    }

    /// A journey that is left at rest has promises of its own, which are looked at when it is not. An operation that no
    /// journey at all asks is a mistake.
    fn is_about_what_runs(&self, stated: &Stated) -> bool {
        let all = self.compiled_journeys.len() == self.model.behaviour.journeys.len();
        all && !matches!(stated.on.value, On::Journey(_))
    }

    fn word_of(&self, on: &On) -> String {
        match on {
            On::Journey(id) => self.model.journeys[id.index()].id.clone(),
            On::Operation(id) => self.model.behaviour.work_name(*id, self.model),
            On::Component(id) => self.model.component(*id).id.clone(),
        }
    }

    fn assumed_promises(&mut self, journey: JourneyId) -> [Promise; 2] {
        let word = self.names.journeys[journey.index()].word.clone();
        let share = self.ledger.take(Assumption::DefaultSuccess, word.as_str()).number().unwrap_or(0.99);
        let within = Nanos(self.ledger.take(Assumption::DefaultLatency, word.as_str()).count());
        let promise = |name: &str, says, indicator| Promise {
            name: format!("{word} {name} (assumed)"),
            says,
            on: Promised::Journey(journey),
            measure: Measure::Latency,
            indicator,
            evidence: None,
        };
        [
            promise("success", format!("success ≥ {}%", percent(share)), Indicator::Success { share }),
            promise("p95", format!("p95 ≤ {}", Shown::Nanos(within.0)), Indicator::Within { share: 0.95, within }),
        ]
    }
}

fn indicator(target: &Target) -> Option<(Indicator, String, String)> {
    match target {
        Target::Quantile(quantile) => {
            let (share, within) = (quantile.share.fraction(), Nanos(quantile.within.0));
            let name = match quantile.share.0 {
                999_000_000 => String::from("p999"),
                share => format!("p{}", share / 10_000_000),
            };
            let says = format!("{name} ≤ {}", Shown::Nanos(within.0));
            Some((Indicator::Within { share, within }, name, says))
        }
        Target::Success(share) => {
            let share = share.fraction();
            let says = format!("success ≥ {}%", percent(share));
            Some((Indicator::Success { share }, String::from("success"), says))
        }
        Target::Availability(_) | Target::RecoveryTime(_) | Target::DataLoss(_) => None,
    }
}

fn percent(share: f64) -> f64 {
    (share * 1e9).round() / 1e7
}

fn figures(stated: &Stated, on: Promised) -> Vec<Promise> {
    let measure = stated.measure.as_ref().map_or(Measure::Latency, |measure| measure.value);
    let figure = |target: &plimsoll_model::behaviour::Claim<Target>| {
        let (indicator, name, says) = indicator(&target.value)?;
        let name = format!("{} {name}", stated.name);
        Some(Promise { name, says, on, measure, indicator, evidence: Some(target.evidence) })
    };
    stated.targets.iter().filter_map(figure).collect()
}
