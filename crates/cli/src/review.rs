//! `plimsoll review`: is this change safe.

use std::path::Path;

use plimsoll_model::{EnvironmentId, Model, View};
use plimsoll_read::source::Source;
use plimsoll_report::review::{self as faces, Reviewed};
use plimsoll_review::{Options, Verdict, review};

use crate::arguments::{ReviewArguments, ReviewFormat};
use crate::progress::Bar;
use crate::survey::{colour, configuration_problems};
use crate::{Outcome, answer, audit, commit, loadline, survey};

/// One side of a review.
struct Side {
    name: String,
    model: Model,
}

/// Runs the verb.
pub(crate) fn run(arguments: &ReviewArguments) -> Result<Outcome, String> {
    let today = audit::day(arguments.now.as_deref())?;
    let (base, head) = sides(arguments)?;
    for side in [&base, &head] {
        if let Some(outcome) = configuration_problems(&side.model) {
            return Ok(outcome);
        }
    }
    if head.model.files_read == 0 && base.model.files_read == 0 {
        return Ok(Outcome::Unread);
    }
    let (before, after) = (view(&base.model, arguments)?, view(&head.model, arguments)?);
    let options = Options {
        today: Some(today),
        simulate: !arguments.no_simulation,
        precision: arguments.precision,
        seed: arguments.seed,
        budget: arguments.budget,
        threads: loadline::threads(arguments.threads),
    };
    let mut bar = Bar::new()?;
    let review = review(before, after, &options, &mut |journey, progress| {
        bar.part(journey.to_owned(), "/s");
        bar.told(progress)
    });
    drop(bar);
    let reviewed =
        Reviewed { review: &review, base: before, head: after, base_name: &base.name, head_name: &head.name };
    answer(&match arguments.format {
        ReviewFormat::Text => faces::text(&reviewed, colour()),
        ReviewFormat::Markdown => faces::markdown(&reviewed),
        ReviewFormat::Json => faces::json(&reviewed),
    })?;
    let gate = if arguments.fail_on_warning { Verdict::Warn } else { Verdict::Block };
    Ok(if review.verdict >= gate { Outcome::Found } else { Outcome::Done })
}

/// The two models: of two commits where the first argument is a range, else of two folders.
fn sides(arguments: &ReviewArguments) -> Result<(Side, Side), String> {
    let what = &arguments.what;
    if Path::new(what).is_dir() || !what.contains("..") {
        let Some(head) = &arguments.path else {
            return Err(format!("`{what}` is no range BASE..HEAD; name a range, or two folders to compare"));
        };
        let read = |path: &Path| {
            let model = survey::read(&[path.to_owned()], arguments.threads)?;
            Ok::<Side, String>(Side { name: path.display().to_string(), model })
        };
        return Ok((read(Path::new(what))?, read(head)?));
    }
    let here = Path::new(".");
    let range = commit::range(what, arguments.path.as_deref().unwrap_or(here))?;
    let options = plimsoll_read::survey::Options { threads: arguments.threads };
    let read = |commit: commit::Commit| {
        let sources = Source::stored(&commit.files, &range.folder);
        Side { name: commit.name, model: plimsoll_read::survey::survey(sources, &options) }
    };
    Ok((read(range.base), read(range.head)))
}

/// A side as it is in the environment that was asked for; in its default one where none was, or where it has no such.
fn view<'m>(model: &'m Model, arguments: &ReviewArguments) -> Result<View<'m>, String> {
    let environment: Option<EnvironmentId> = survey::environment(model, arguments.environment.as_deref())?;
    Ok(View::new(model, environment.or(model.default_environment)))
}
