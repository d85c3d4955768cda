//! `plimsoll survey`: what have we got.

use std::io::IsTerminal;
use std::path::PathBuf;

use plimsoll_model::{EnvironmentId, Model};
use plimsoll_read::source::Source;
use plimsoll_report::survey::{self, Colour, PageOptions, TextOptions};

use crate::arguments::{Format, SurveyArguments};
use crate::{Outcome, answer};

/// Runs the verb.
pub(crate) fn run(arguments: &SurveyArguments) -> Result<Outcome, String> {
    let model = read(&arguments.paths, arguments.threads)?;
    let environment = environment(&model, arguments.environment.as_deref())?;
    let page = PageOptions { environment };
    let text = match arguments.format {
        Format::Json => survey::json(&model),
        Format::Markdown => survey::markdown(&model, &page),
        Format::Html => survey::html(&model, &page),
        Format::Text => survey::text(
            &model,
            &TextOptions {
                width: width(),
                colour: colour(),
                evidence: arguments.evidence,
                unmatched: arguments.unmatched,
                environment,
                paths: arguments.paths.iter().map(|path| path.display().to_string()).collect(),
            },
        ),
    };
    answer(&text)?;
    if let Some(outcome) = configuration_problems(&model) {
        return Ok(outcome);
    }
    if model.files_read == 0 || (arguments.strict && !model.problems.is_empty()) {
        return Ok(Outcome::Unread);
    }
    Ok(Outcome::Done)
}

/// Says what is wrong with plimsoll.yaml, where anything is.
pub(crate) fn configuration_problems(model: &Model) -> Option<Outcome> {
    if model.configuration_errors == 0 {
        return None;
    }
    for problem in &model.problems {
        let file = model.files.display(problem.at.file);
        if file.ends_with("plimsoll.yaml") {
            // What is wrong with a whole file stands on no line of it.
            let place = match problem.at.line {
                0 => file,
                line => format!("{file}:{line}:{}", problem.at.column),
            };
            eprintln!("{place}: {}", problem.message);
        }
    }
    Some(Outcome::Wrong)
}

/// Surveys folders; an argument that is no folder is an error that says so.
pub(crate) fn read(paths: &[PathBuf], threads: Option<std::num::NonZeroUsize>) -> Result<Model, String> {
    for path in paths {
        if !path.is_dir() {
            let what =
                if path.exists() { "is a file, not a folder; name the folder that holds it" } else { "does not exist" };
            return Err(format!("`{}` {what}", path.display()));
        }
    }
    let options = plimsoll_read::survey::Options { threads };
    Ok(plimsoll_read::survey::survey(Source::folders(paths), &options))
}

pub(crate) fn environment(model: &Model, name: Option<&str>) -> Result<Option<EnvironmentId>, String> {
    let Some(name) = name else { return Ok(None) };
    model.find_environment(name).map(Some).ok_or_else(|| {
        let known: Vec<&str> = model.environments.iter().map(|environment| environment.id.as_str()).collect();
        format!("there is no environment `{name}`; there are {}", known.join(", "))
    })
}

pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.filter(|_| std::io::stdout().is_terminal()).unwrap_or(120)
}

pub(crate) fn colour() -> Colour {
    let wanted = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted { Colour::Ansi } else { Colour::Plain }
}
