//! `plimsoll loadline`: how much it holds, what breaks first, what would move it.

use std::num::NonZeroUsize;

use plimsoll_model::{EnvironmentId, JourneyId, Model};
use plimsoll_report::loadline as faces;
use plimsoll_simulate::answer::{Changes, LoadLines, NoAnswer, Question, load_line};

use crate::arguments::{LineFormat, LoadlineArguments};
use crate::progress::Bar;
use crate::survey::{colour, configuration_problems, environment, read, width};
use crate::{Outcome, answer};

/// Runs the verb.
pub(crate) fn run(arguments: &LoadlineArguments) -> Result<Outcome, String> {
    let model = read(&arguments.paths, None)?;
    if let Some(outcome) = configuration_problems(&model) {
        return Ok(outcome);
    }
    let environment = environment(&model, arguments.environment.as_deref())?.or(model.default_environment);
    let asked = asked(&model, arguments, environment)?;
    let mut bar = Bar::new()?;
    let mut lines = LoadLines {
        system: model.system.clone().unwrap_or_else(|| "system".to_owned()),
        environment: environment.map_or_else(|| "everywhere".to_owned(), |id| model.environment(id).id.clone()),
        scenarios: Vec::new(),
    };
    let mut wrong = false;
    for (scenario, journey) in &asked {
        let question = question(arguments, environment, *scenario, *journey);
        bar.part(named(&model, *scenario, *journey), "/s");
        match load_line(&model, &question, &mut |progress| bar.told(progress)) {
            Ok(line) => lines.scenarios.push(line),
            Err(NoAnswer::Change(problem)) => return Err(problem),
            Err(NoAnswer::Uncompiled(errors)) => {
                wrong = true;
                errors.iter().for_each(|error| eprintln!("error: {}", located(&model, error)));
            }
        }
        if bar.stopped() {
            break;
        }
    }
    let stopped = bar.stopped();
    drop(bar);
    if wrong && lines.scenarios.is_empty() {
        return Ok(if model.files_read == 0 { Outcome::Unread } else { Outcome::Wrong });
    }
    answer(&match arguments.format {
        LineFormat::Json => faces::json(&lines),
        LineFormat::Markdown => faces::markdown(&lines),
        LineFormat::Html => faces::html(&lines),
        LineFormat::Text => {
            faces::text(&lines, &faces::TextOptions { width: width(), colour: colour(), ..Default::default() })
        }
    })?;
    if stopped {
        eprintln!("stopped: {} of {} lines, the last one as far as it was known", lines.scenarios.len(), asked.len());
    }
    let short = lines.scenarios.iter().any(|line| !line.holds_the_peak());
    Ok(match (wrong, short) {
        (true, _) => Outcome::Wrong,
        (false, true) => Outcome::Found,
        (false, false) => Outcome::Done,
    })
}

/// The precision of lines of scenarios that nobody named.
const IN_PASSING: f64 = 0.04;

fn question(
    arguments: &LoadlineArguments,
    environment: Option<EnvironmentId>,
    scenario: Option<usize>,
    journey: Option<JourneyId>,
) -> Question {
    // Of scenarios that nobody named, the line alone is told, a little less exactly: there may be a dozen.
    let in_passing = scenario.is_some() && arguments.scenario.is_empty() && arguments.what_if.is_empty();
    let changes = match (arguments.line_only || in_passing, arguments.what_if.is_empty()) {
        (true, _) => Changes::None,
        (false, true) => Changes::All,
        (false, false) => Changes::These(arguments.what_if.clone()),
    };
    Question {
        environment,
        scenario,
        journey,
        precision: if in_passing { arguments.precision.max(IN_PASSING) } else { arguments.precision },
        seed: arguments.seed,
        budget: arguments.budget,
        threads: threads(arguments.threads),
        changes,
    }
}

/// As many threads as there are cores, where nobody says; no result depends on it.
pub(crate) fn threads(asked: Option<NonZeroUsize>) -> usize {
    asked.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// A scenario, where today is none, and a journey, where all together are none.
type Asked = (Option<usize>, Option<JourneyId>);

/// Which scenarios and journeys are asked about: those that were named, else all of them.
fn asked(
    model: &Model,
    arguments: &LoadlineArguments,
    environment: Option<EnvironmentId>,
) -> Result<Vec<Asked>, String> {
    let scenarios = scenarios(model, &arguments.scenario, environment)?;
    let journeys = journeys(model, &arguments.journey)?;
    Ok(journeys.iter().flat_map(|journey| scenarios.iter().map(|scenario| (*scenario, *journey))).collect())
}

fn scenarios(
    model: &Model,
    names: &[String],
    environment: Option<EnvironmentId>,
) -> Result<Vec<Option<usize>>, String> {
    if names.is_empty() {
        let elsewhere = |scenario: &plimsoll_model::behaviour::scenario::Scenario| {
            scenario.environment.as_ref().is_some_and(|of| Some(of.value) != environment)
        };
        let here = model.behaviour.scenarios.iter().enumerate().filter(|(_, scenario)| !elsewhere(scenario));
        return Ok(std::iter::once(None).chain(here.map(|(at, _)| Some(at))).collect());
    }
    names.iter().map(|name| scenario(model, name)).collect()
}

/// The scenario of a name; `today` is none.
pub(crate) fn scenario(model: &Model, name: &str) -> Result<Option<usize>, String> {
    if name == "today" {
        return Ok(None);
    }
    let all = &model.behaviour.scenarios;
    all.iter().position(|scenario| scenario.name == name).map(Some).ok_or_else(|| {
        let known = std::iter::once("today").chain(all.iter().map(|scenario| scenario.name.as_str()));
        format!("there is no scenario `{name}`; there are {}", known.collect::<Vec<_>>().join(", "))
    })
}

/// Journeys with a load of their own, or those that were named; together where none is stated.
fn journeys(model: &Model, names: &[String]) -> Result<Vec<Option<JourneyId>>, String> {
    let stated = &model.behaviour.journeys;
    if names.is_empty() {
        let loaded = stated.iter().filter(|journey| journey.load.is_some() || journey.expected_peak.is_some());
        let ids: Vec<_> = loaded.map(|journey| Some(journey.id)).collect();
        return Ok(match (ids.is_empty(), stated.is_empty()) {
            (false, _) => ids,
            (true, false) => stated.iter().map(|journey| Some(journey.id)).collect(),
            (true, true) => vec![None],
        });
    }
    let of = |name: &String| {
        let found = stated.iter().find(|journey| model.journeys[journey.id.index()].id == *name);
        found.map(|journey| Some(journey.id)).ok_or_else(|| {
            let known: Vec<&str> =
                stated.iter().map(|journey| model.journeys[journey.id.index()].id.as_str()).collect();
            format!("there is no journey `{name}`; there are {}", known.join(", "))
        })
    };
    names.iter().map(of).collect()
}

fn named(model: &Model, scenario: Option<usize>, journey: Option<JourneyId>) -> String {
    let journey = journey.map_or("all journeys", |id| model.journeys[id.index()].id.as_str());
    let scenario = scenario.map_or("today", |at| model.behaviour.scenarios[at].name.as_str());
    format!("{journey} · {scenario}")
}

/// An error of the compiler with the place that it is about.
pub(crate) fn located(model: &Model, error: &plimsoll_simulate::compile::CompileError) -> String {
    let at = error.evidence.and_then(|id| model.evidence(id).at);
    match at {
        Some(at) => format!("{}:{}:{}: {error}", model.files.display(at.file), at.line, at.column),
        None => error.to_string(),
    }
}
