//! Journeys and their load: stated, or inferred from what nobody calls.

use plimsoll_model::behaviour::WorkId;
use plimsoll_model::behaviour::load::{Arrivals as Spaced, Batch as Batched, Journey as Stated, Load, Source as From};
use plimsoll_model::behaviour::work::{Every, Step as ModelStep};
use plimsoll_model::{EvidenceId, JourneyId as ModelJourneyId};

use super::component::{capped, rank};
use super::name::{Name, key};
use super::{Compiler, Fault, Journeys};
use crate::assumptions::{Assumption, Value};
use crate::program::{
    Arrivals, Batch, Between, Call, Journey, JourneyId, Mode, Rate, RatePoint, Scaling, Source, Spacing, Starts, Step,
    Surge,
};
use crate::time::Nanos;

/// More arrivals per second than any machine simulates: an hour of them would take weeks.
pub(crate) const MOST_PER_SECOND: f64 = 1e8;

impl Compiler<'_> {
    pub(super) fn journeys(&mut self, wanted: Journeys) {
        let model = self.model;
        let stated = &model.behaviour.journeys;
        for journey in stated {
            match wanted {
                Journeys::Together => self.journey(journey, Scaling::Scaled),
                Journeys::One(id) if id == journey.id => self.journey(journey, Scaling::Scaled),
                Journeys::One(id) => {
                    let word = model.journeys[id.index()].id.clone();
                    if self.ledger.take(Assumption::JourneysApart, word) == Value::Word("false") {
                        self.journey(journey, Scaling::Kept);
                    }
                }
            }
        }
        if stated.is_empty() {
            self.inferred();
        }
        if self.program.journeys.is_empty() {
            self.error(Fault::NothingToAsk, None);
        }
        if wanted == Journeys::Together {
            self.jobs();
        }
    }

    fn journey(&mut self, stated: &Stated, scaling: Scaling) {
        let named = &self.model.journeys[stated.id.index()];
        let (word, evidence) = (named.id.clone(), named.evidence.first().copied());
        let asks = stated.steps.iter().any(|step| asks(&step.value));
        if !asks {
            self.error(Fault::NoSteps { journey: word.clone() }, evidence);
            return;
        }
        let steps = self.steps(None, &stated.steps, &word);
        let patience = stated.patience.as_ref().map(|wait| self.wait(&wait.value, &format!("{word} patience")));
        let rank = stated.priority.as_ref().map_or(1, |priority| rank(priority.value.0));
        let id = self.program.add_journey(Journey { key: key(&word), rank, patience, steps });
        self.compiled_journeys.insert(stated.id, id);
        let load = stated.load.as_ref();
        let arrivals = match load {
            Some(load) => self.arrivals(&load.value, &word, load.evidence),
            None => self.default_arrivals(&word),
        };
        self.names.journeys.push(Name::new(word.clone(), evidence));
        self.expected_peaks.push(stated.expected_peak.as_ref().map(|peak| peak.value.0));
        self.source(id, &word, arrivals, scaling, load.map(|load| load.evidence).or(evidence));
    }

    fn source(
        &mut self,
        journey: JourneyId,
        word: &str,
        arrivals: Arrivals,
        scaling: Scaling,
        evidence: Option<EvidenceId>,
    ) {
        self.loads.push(mean_rate(&arrivals));
        if let Some(rate) = greatest_rate(&arrivals).filter(|rate| MOST_PER_SECOND < *rate) {
            let fault = Fault::TooMuchLoad {
                journey: word.to_owned(),
                per_second: format!("{rate:e}"),
                most: format!("{MOST_PER_SECOND:e}"),
            };
            self.error(fault, evidence);
        }
        self.program.add_source(Source { key: key(word), starts: Starts::Journey(journey), arrivals, scaling });
        self.names.sources.push(Name::new(word, evidence));
    }

    fn default_arrivals(&mut self, word: &str) -> Arrivals {
        Arrivals::poisson(self.ledger.take(Assumption::DefaultLoad, word).number().unwrap_or(1.0))
    }

    fn arrivals(&mut self, load: &Load, word: &str, evidence: EvidenceId) -> Arrivals {
        let rate = match &load.source {
            Some(From::Closed(closed)) => {
                let what = format!("{word} think");
                let think = match &closed.think {
                    Some(think) => self.draw(think, &what),
                    None => self.exactly(0, &what),
                };
                return Arrivals::Closed { users: capped(closed.users.0), think };
            }
            Some(From::Open(rate)) => match &load.swing {
                Some(swing) => Rate::Swing { mean: rate.0, by: swing.by.0, every: Nanos(swing.every.0.max(1)) },
                None => Rate::Constant(rate.0),
            },
            Some(From::Ramp(ramp)) => points(vec![(0, ramp.from.0), (ramp.over.0, ramp.to.0)], Between::Lines, None),
            Some(From::Daily(daily)) => daily_rate(daily),
            Some(From::Modes(modes)) => Rate::Modes(
                modes.iter().map(|mode| Mode { per_second: mode.rate.0, lasts: Nanos(mode.lasts.0.max(1)) }).collect(),
            ),
            Some(From::Profile(profile)) if profile.points.is_empty() => {
                self.error(Fault::FileNotRead { file: profile.file.clone() }, Some(evidence));
                Rate::Constant(0.0)
            }
            Some(From::Profile(profile)) => {
                points(profile.points.iter().map(|point| (point.at.0, point.rate.0)).collect(), Between::Steps, None)
            }
            None => Rate::Constant(self.ledger.take(Assumption::DefaultLoad, word).number().unwrap_or(1.0)),
        };
        let surges = load.burst.as_ref().map(|burst| Surge {
            factor: burst.factor.0,
            // The first comes after one round, so that there is a time before it.
            from: Nanos(burst.every.map_or(burst.lasts.0.saturating_mul(5), |every| every.0)),
            lasts: Nanos(burst.lasts.0),
            every: burst.every.map(|every| Nanos(every.0.max(burst.lasts.0).max(1))),
        });
        Arrivals::Open {
            rate,
            spacing: match load.arrivals {
                None | Some(Spaced::Poisson) => Spacing::Poisson,
                Some(Spaced::Paced) => Spacing::Paced,
            },
            batch: load.batch.as_ref().map_or(Batch::One, batch),
            surges: surges.into_iter().collect(),
        }
    }

    /// A journey for each component where requests enter.
    fn inferred(&mut self) {
        for id in self.entries() {
            let word = self.model.component(id).id.clone();
            let evidence = self.model.component(id).evidence.first().copied();
            self.ledger.take(Assumption::EntryByShape, word.as_str());
            let works: Vec<WorkId> = self.model.behaviour.works_of(id).collect();
            let targets = match works.as_slice() {
                [] => vec![self.whole(id)],
                works => works.iter().map(|work| self.operation(*work)).collect(),
            };
            let mut steps = Vec::new();
            let odds = 1.0 / targets.len() as f64;
            let mut ways = Vec::new();
            for target in targets {
                let call = self.add_call(Call::to(target), None, id, evidence);
                ways.push(crate::program::Way { odds, does: vec![Step::Call(call)] });
            }
            match ways.len() {
                1 => steps.extend(ways.into_iter().flat_map(|way| way.does)),
                _ => steps.push(Step::Branch(ways)),
            }
            let journey = self.program.add_journey(Journey { key: key(&word), rank: 1, patience: None, steps });
            let arrivals = self.default_arrivals(&word);
            self.names.journeys.push(Name::new(word.clone(), evidence));
            self.expected_peaks.push(None);
            self.source(journey, &word, arrivals, Scaling::Scaled, evidence);
        }
    }

    /// Operations that run by themselves from one time to the next, of components that are part of the program.
    fn jobs(&mut self) {
        for index in 0..self.model.behaviour.works.len() {
            let id = WorkId(index as u32);
            let work = self.model.behaviour.work(id);
            let Some(every) = work.says.along(&self.lineage, |says| says.every.as_ref()) else { continue };
            let Every::Interval(interval) = &every.value else { continue };
            if interval.0 == 0 {
                continue;
            }
            let evidence = every.evidence;
            let operation = self.operation(id);
            let word = self.names.operations[operation.index()].word.clone();
            let arrivals = Arrivals::Open {
                rate: Rate::Constant(1.0 / interval.seconds()),
                spacing: Spacing::Paced,
                batch: Batch::One,
                surges: Vec::new(),
            };
            let source = Source { key: key(&word), starts: Starts::Job(operation), arrivals, scaling: Scaling::Kept };
            self.program.add_source(source);
            self.names.sources.push(Name::new(word, Some(evidence)));
        }
    }

    /// The journey of the program that a journey of the model became.
    pub(super) fn compiled_journey(&self, id: ModelJourneyId) -> Option<JourneyId> {
        self.compiled_journeys.get(&id).copied()
    }
}

/// Whether a step asks anybody anything.
fn asks(step: &ModelStep) -> bool {
    match step {
        ModelStep::Call(_) | ModelStep::Query(_) => true,
        other => other.inner().iter().any(|inner| asks(&inner.value)),
    }
}

fn batch(said: &Batched) -> Batch {
    use plimsoll_model::behaviour::demand::DistributionShape;
    match said.shape {
        DistributionShape::Fixed => Batch::Fixed(said.mean.0.round().max(1.0) as u32),
        _ => Batch::Geometric { mean: said.mean.0.max(1.0) },
    }
}

fn points(of: Vec<(u64, f64)>, between: Between, every: Option<Nanos>) -> Rate {
    let points = of.into_iter().map(|(at, per_second)| RatePoint { at: Nanos(at), per_second }).collect();
    Rate::Points { points, between, every }
}

/// A day of nanoseconds.
const DAY: u64 = 86_400_000_000_000;

/// A daily curve, straight lines from point to point and over midnight.
fn daily_rate(daily: &[plimsoll_model::behaviour::load::DailyPoint]) -> Rate {
    let mut rows: Vec<(u64, f64)> = daily.iter().map(|point| (point.at.0, point.rate.0)).collect();
    rows.sort_by_key(|row| row.0);
    if let (Some(first), Some(last)) = (rows.first().copied(), rows.last().copied()) {
        let gap = (DAY - last.0 + first.0).max(1) as f64;
        let midnight = last.1 + (first.1 - last.1) * (DAY - last.0) as f64 / gap;
        if first.0 != 0 {
            rows.insert(0, (0, midnight));
        }
        rows.push((DAY, if first.0 == 0 { first.1 } else { midnight }));
    }
    points(rows, Between::Lines, Some(Nanos(DAY)))
}

/// Requests per second on average; `None` for a closed load.
fn mean_rate(arrivals: &Arrivals) -> Option<f64> {
    let Arrivals::Open { rate, batch, .. } = arrivals else { return None };
    let each = match batch {
        Batch::One => 1.0,
        Batch::Fixed(size) => f64::from(*size),
        Batch::Geometric { mean } => *mean,
    };
    Some(
        each * match rate {
            Rate::Constant(rate) => *rate,
            Rate::Swing { mean, .. } => *mean,
            Rate::Modes(modes) => {
                let total: f64 = modes.iter().map(|mode| mode.lasts.as_secs_f64()).sum();
                modes.iter().map(|mode| mode.per_second * mode.lasts.as_secs_f64()).sum::<f64>() / total
            }
            Rate::Points { points, between, .. } => average(points, *between),
        },
    )
}

/// The average between the first and the last point.
fn average(points: &[RatePoint], between: Between) -> f64 {
    let length = |pair: &[RatePoint]| (pair[1].at.0 - pair[0].at.0) as f64;
    let height = |pair: &[RatePoint]| match between {
        Between::Lines => f64::midpoint(pair[0].per_second, pair[1].per_second),
        Between::Steps => pair[0].per_second,
    };
    let total: f64 = points.windows(2).map(length).sum();
    match total {
        0.0 => points.last().map_or(0.0, |point| point.per_second),
        total => points.windows(2).map(|pair| length(pair) * height(pair)).sum::<f64>() / total,
    }
}

fn greatest_rate(arrivals: &Arrivals) -> Option<f64> {
    let Arrivals::Open { rate, surges, .. } = arrivals else { return None };
    let highest = match rate {
        Rate::Constant(rate) => *rate,
        Rate::Swing { mean, by, .. } => mean + by,
        Rate::Modes(modes) => modes.iter().map(|mode| mode.per_second).fold(0.0, f64::max),
        Rate::Points { points, .. } => points.iter().map(|point| point.per_second).fold(0.0, f64::max),
    };
    Some(highest * surges.iter().map(|surge| surge.factor.max(1.0)).product::<f64>())
}
