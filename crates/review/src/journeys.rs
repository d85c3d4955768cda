//! What each journey holds before and after: load line, bound, availability ceiling, chain, attempts, timeouts.
//!
//! A journey whose program, promises and availabilities are the same on both sides is not told of. Both sides are searched
//! with the same seed, whose draws are keyed by what they are for, so that they differ by the change and little else.

use std::collections::BTreeSet;

use plimsoll_audit::{Audit, Estate};
use plimsoll_model::behaviour::load::{Promised, Target};
use plimsoll_model::{JourneyId, Model, View};
use plimsoll_simulate::answer::{Changes, NoAnswer, Question, ScenarioLine, load_line};
use plimsoll_simulate::bound;
use plimsoll_simulate::compile::{Compiled, Journeys, Options as Compiling, compile};
use plimsoll_simulate::search::Progress;

use crate::Options;
use crate::attempts::{self, Attempts};
use crate::standing::Audits;

/// A journey that behaves differently.
#[derive(Clone, Debug)]
pub struct JourneyChange {
    /// Its name.
    pub journey: String,
    /// What it held; `None` where the base does not have it.
    pub base: Option<Held>,
    /// What it holds; `None` where the head does not have it.
    pub head: Option<Held>,
}

/// What a journey holds on one side.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Why it could not be worked out, if so.
    pub problem: Option<String>,
    /// The load at which the scarcest resource is full, and which that is with its arithmetic.
    pub bound: Option<(f64, String)>,
    /// The load line; `None` where it was not asked for.
    pub line: Option<ScenarioLine>,
    /// The share of time in which it can work at best.
    pub ceiling: Option<Ceiling>,
    /// The most calls that wait for one another, the user's own included.
    pub chain: usize,
    /// Components that may be asked more than once for one request when they fail.
    pub attempts: Vec<Attempts>,
    /// Waits that outlast the caller's, as findings of rule REL-001 say them.
    pub inverted: Vec<String>,
}

/// An availability ceiling beside what was promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// The product of the availabilities of all that it cannot do without, 0 to 1.
    pub share: f64,
    /// Hard dependencies of which nothing is stated: the true ceiling is lower.
    pub unknown: Vec<String>,
    /// What was promised, 0 to 1.
    pub promised: Option<f64>,
    /// Over how many days.
    pub days: f64,
}

impl Ceiling {
    /// Minutes of the window in which it does not work, at best.
    pub fn minutes_lost(&self) -> f64 {
        (1.0 - self.share) * self.days * 1440.0
    }

    /// Minutes of the window in which it may not work.
    pub fn minutes_allowed(&self) -> Option<f64> {
        self.promised.map(|promised| (1.0 - promised) * self.days * 1440.0)
    }

    /// Whether the promise can be kept; true where none was made.
    pub fn keeps(&self) -> bool {
        self.promised.is_none_or(|promised| self.share >= promised)
    }
}

impl Held {
    /// Whether every promise about load holds at what the business expects.
    pub fn holds_the_peak(&self) -> bool {
        self.line.as_ref().is_none_or(ScenarioLine::holds_the_peak)
    }
}

/// A journey of one model as it is compiled.
struct Side<'m> {
    view: View<'m>,
    id: JourneyId,
    audit: &'m Audit,
    compiled: Result<Compiled, String>,
}

/// Every journey that behaves differently, by name.
pub(crate) fn between(
    base: View<'_>,
    head: View<'_>,
    audits: &Audits,
    options: &Options,
    told: &mut dyn FnMut(&str, &Progress) -> bool,
) -> Vec<JourneyChange> {
    let names: BTreeSet<&str> = names(base.model).chain(names(head.model)).collect();
    let mut out = Vec::new();
    for name in names {
        let before = side(base, name, &audits.base);
        let after = side(head, name, &audits.head);
        if same(before.as_ref(), after.as_ref()) {
            continue;
        }
        let mut hear = |progress: &Progress| told(name, progress);
        let base = before.map(|side| held(&side, options, &mut hear));
        let head = after.map(|side| held(&side, options, &mut hear));
        out.push(JourneyChange { journey: name.to_owned(), base, head });
    }
    out
}

fn names(model: &Model) -> impl Iterator<Item = &str> {
    model.behaviour.journeys.iter().map(|journey| model.journeys[journey.id.index()].id.as_str())
}

fn side<'m>(view: View<'m>, name: &str, audit: &'m Audit) -> Option<Side<'m>> {
    let journeys = &view.model.behaviour.journeys;
    let id = journeys.iter().map(|journey| journey.id).find(|id| view.model.journeys[id.index()].id == name)?;
    let asked = Compiling { environment: view.environment, journeys: Journeys::One(id), ..Compiling::default() };
    let said = |errors: Vec<_>| errors.first().map_or_else(String::new, ToString::to_string);
    Some(Side { view, id, audit, compiled: compile(view.model, &asked).map_err(said) })
}

/// Whether the journey behaves the same on both sides, as far as the models say.
fn same(base: Option<&Side<'_>>, head: Option<&Side<'_>>) -> bool {
    let (Some(base), Some(head)) = (base, head) else { return false };
    let compiled = match (&base.compiled, &head.compiled) {
        (Ok(before), Ok(after)) => {
            let promised = |compiled: &Compiled| -> Vec<(String, String)> {
                compiled.promises.iter().map(|promise| (promise.name.clone(), promise.says.clone())).collect()
            };
            before.program == after.program
                && before.availability == after.availability
                && before.closed_pools == after.closed_pools
                && before.expected_peaks == after.expected_peaks
                && promised(before) == promised(after)
        }
        (Err(before), Err(after)) => before == after,
        _ => false,
    };
    compiled && inverted(base) == inverted(head)
}

fn held(side: &Side<'_>, options: &Options, told: &mut dyn FnMut(&Progress) -> bool) -> Held {
    let walked = attempts::walked(&Estate::of(side.view), side.id);
    let mut out = Held { chain: walked.chain, attempts: walked.attempts, inverted: inverted(side), ..Held::default() };
    let compiled = match &side.compiled {
        Ok(compiled) => compiled,
        Err(problem) => return Held { problem: Some(problem.clone()), ..out },
    };
    let name = &side.view.model.journeys[side.id.index()].id;
    let position = compiled.names.journeys.iter().position(|named| named.word == *name).unwrap_or(0);
    let journey = plimsoll_simulate::program::JourneyId(position as u32);
    let rungs = bound::ladder(compiled, journey).rungs;
    out.bound = rungs.first().map(|rung| (rung.bound_per_s, format!("{}, {}", rung.resource, rung.formula)));
    out.ceiling = Some(ceiling(side, &bound::ceiling(compiled, journey)));
    if options.simulate {
        let question = Question {
            environment: side.view.environment,
            scenario: None,
            journey: Some(side.id),
            precision: options.precision,
            seed: options.seed,
            budget: options.budget,
            threads: options.threads,
            changes: Changes::None,
        };
        match load_line(side.view.model, &question, told) {
            Ok(line) => out.line = Some(line),
            Err(NoAnswer::Change(problem)) => out.problem = Some(problem),
            Err(NoAnswer::Uncompiled(errors)) => out.problem = errors.first().map(ToString::to_string),
        }
    }
    out
}

/// The ceiling beside the promise of success or availability. A window that nobody states is 30 days.
fn ceiling(side: &Side<'_>, found: &bound::Ceiling) -> Ceiling {
    const DAYS: f64 = 30.0;
    let mut out = Ceiling { share: found.share, unknown: found.unknown.clone(), promised: None, days: DAYS };
    for promise in &side.view.model.behaviour.promises {
        if promise.on.value != Promised::Journey(side.id) {
            continue;
        }
        for target in &promise.targets {
            if let Target::Success(share) | Target::Availability(share) = &target.value {
                out.promised = Some(out.promised.unwrap_or(0.0).max(share.fraction()));
                out.days = promise.window.as_ref().map_or(DAYS, |window| window.value.0 as f64 / 86_400e9);
            }
        }
    }
    out
}

/// Waits on the journey's way that outlast the caller's.
fn inverted(side: &Side<'_>) -> Vec<String> {
    let own = side.audit.findings.iter().filter(|finding| finding.rule.id == "REL-001" && finding.counts());
    let own = own.filter(|finding| finding.at_risk.contains(&side.id));
    own.map(|finding| format!("{} {}", finding.subject, finding.says)).collect()
}
