//! `plimsoll simulate`: one run, measured.

use plimsoll_model::Model;
use plimsoll_report::simulate::{self as faces, Side, TraceSpan};
use plimsoll_simulate::answer::{NoAnswer, Ran, RunQuestion, simulate};
use plimsoll_simulate::measurements::{Span, SpanKind};
use plimsoll_simulate::run::Traces;

use crate::arguments::{LineFormat, SimulateArguments};
use crate::loadline::{located, scenario};
use crate::progress::Bar;
use crate::survey::{colour, configuration_problems, environment, read, width};
use crate::{Outcome, answer};

/// Spans that are written at most: Jaeger reads so many at once.
const MOST_SPANS: u32 = 20_000;
/// When a simulated run is said to begin: fixed, so that the same run gives the same file. 2026-01-01T00:00:00Z.
const EPOCH_NS: u64 = 1_767_225_600_000_000_000;

/// Runs the verb.
pub(crate) fn run(arguments: &SimulateArguments) -> Result<Outcome, String> {
    let model = read(&arguments.paths, None)?;
    if let Some(outcome) = configuration_problems(&model) {
        return Ok(outcome);
    }
    let question = RunQuestion {
        environment: environment(&model, arguments.environment.as_deref())?.or(model.default_environment),
        scenario: arguments.scenario.as_deref().map_or(Ok(None), |name| scenario(&model, name))?,
        loads: arguments.load.iter().map(|load| (load.journey.clone(), load.per_second)).collect(),
        duration_s: arguments.duration,
        precision: arguments.until,
        seed: arguments.seed,
        traces: arguments.trace.as_ref().map_or(Traces::None, |_| Traces::OneIn { every: 1, most: MOST_SPANS }),
    };
    let mut bar = Bar::new()?;
    bar.part("one run".to_owned(), "/s");
    let told = &mut |done: f64, wanted: f64| {
        bar.show(&format!("{done:.0} of {wanted:.0} simulated seconds"), done / wanted);
        !bar.stopped()
    };
    let ran = match simulate(&model, &question, told) {
        Ok(ran) => ran,
        Err(NoAnswer::Change(problem)) => return Err(problem),
        Err(NoAnswer::Uncompiled(errors)) => {
            drop(bar);
            errors.iter().for_each(|error| eprintln!("error: {}", located(&model, error)));
            return Ok(if model.files_read == 0 { Outcome::Unread } else { Outcome::Wrong });
        }
    };
    drop(bar);
    if let Some(path) = &arguments.trace {
        let text = faces::otlp(&spans(&model, &ran), &ran.answer.system, EPOCH_NS);
        std::fs::write(path, text).map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        eprintln!("wrote {} spans to {}", ran.spans.len(), path.display());
    }
    answer(&match arguments.format {
        LineFormat::Json => faces::json(&ran.answer),
        LineFormat::Markdown => faces::markdown(&ran.answer),
        LineFormat::Html => faces::html(&ran.answer),
        LineFormat::Text => {
            faces::text(&ran.answer, &faces::TextOptions { width: width(), colour: colour(), all: arguments.all })
        }
    })?;
    Ok(Outcome::Done)
}

/// Kept requests in the words of the model.
fn spans(model: &Model, ran: &Ran) -> Vec<TraceSpan> {
    let names = &ran.compiled.names;
    let component =
        |id: plimsoll_simulate::program::ComponentId| model.component(names.component_ids[id.0 as usize]).id.clone();
    let of = |span: &Span| {
        let (service, name, side) = match span.kind {
            SpanKind::Journey(id) => ("users".to_owned(), names.journeys[id.0 as usize].word.clone(), Side::Inside),
            SpanKind::Call(id) => {
                let word = &names.calls[id.0 as usize].word;
                let caller = word.split([' ', '.']).next().unwrap_or(word);
                (caller.to_owned(), word.clone(), Side::Caller)
            }
            SpanKind::Operation(id) => {
                let operation = &ran.compiled.program.operations[id.0 as usize];
                (component(operation.component), names.operations[id.0 as usize].word.clone(), Side::Callee)
            }
        };
        TraceSpan {
            service,
            name,
            // Never all zeros, which the protocol forbids.
            trace: (u128::from(ran.answer.seed) << 64 | u128::from(span.trace)) + 1,
            id: span.id,
            parent: span.parent,
            side,
            start_ns: span.start.0,
            end_ns: span.end.0,
            failure: span.failure.map(|failure| failure.to_string()),
            waited_ns: span.waited.0,
            replica: span.replica,
        }
    };
    ran.spans.iter().map(of).collect()
}
