//! `plimsoll audit` and `plimsoll rules`: is it to standard.

use std::path::Path;

use plimsoll_audit::{Baseline, Day, Options, Severity, audit, rules};
use plimsoll_report::audit::{self as faces, Earlier, Judged};

use crate::arguments::{AuditArguments, AuditFormat, Gate, RulesArguments};
use crate::survey::{colour, configuration_problems, environment, read};
use crate::{Outcome, answer};

/// Runs the verb.
pub(crate) fn run(arguments: &AuditArguments) -> Result<Outcome, String> {
    for name in &arguments.rule {
        known(name)?;
    }
    let today = day(arguments.now.as_deref())?;
    let baseline = arguments.baseline.as_deref().map(report).transpose()?;
    let earlier = arguments.since.as_deref().map(report).transpose()?;
    let model = read(&arguments.paths, None)?;
    let environment = environment(&model, arguments.environment.as_deref())?.or(model.default_environment);
    let options = Options {
        only: arguments.rule.clone(),
        today: Some(today),
        baseline: baseline.map(|earlier| Baseline { entries: earlier.open().clone() }),
    };
    let audit = audit(plimsoll_model::View::new(&model, environment), &options);
    let judged = Judged { model: &model, environment, audit: &audit };
    if let Some(path) = &arguments.write_baseline {
        std::fs::write(path, faces::json(&judged))
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
    }
    let text = match arguments.format {
        AuditFormat::Json => faces::json(&judged),
        AuditFormat::Sarif => faces::sarif(&judged),
        AuditFormat::Junit => faces::junit(&judged),
        AuditFormat::CodeClimate => faces::code_climate(&judged),
        AuditFormat::Github => faces::annotations(&judged),
        AuditFormat::Markdown => faces::markdown(&judged),
        AuditFormat::Text => faces::text(
            &judged,
            &faces::TextOptions {
                colour: colour(),
                all: arguments.all,
                unknown: arguments.unknown,
                paths: arguments.paths.iter().map(|path| path.display().to_string()).collect(),
                since: earlier.map_or_else(Vec::new, |earlier| earlier.changes(&audit.findings)),
            },
        ),
    };
    answer(&text)?;
    if let Some(outcome) = configuration_problems(&model) {
        return Ok(outcome);
    }
    if model.files_read == 0 {
        eprintln!("nothing here could be read: `plimsoll survey --unmatched` says why");
        return Ok(Outcome::Unread);
    }
    let gate = match arguments.fail_on {
        Gate::Error => Some(Severity::Error),
        Gate::Warning => Some(Severity::Warning),
        Gate::Note => Some(Severity::Note),
        Gate::Never => None,
    };
    let over = gate.is_some_and(|gate| audit.open(gate).next().is_some());
    Ok(if over { Outcome::Found } else { Outcome::Done })
}

/// Lists the rules.
pub(crate) fn list(arguments: &RulesArguments) -> Result<Outcome, String> {
    let mut out = String::new();
    for rule in rules::all() {
        let wanted = arguments.pack.as_deref().is_none_or(|pack| rule.pack().contains(pack));
        if wanted {
            out.push_str(&format!(
                "{:<8} {:<8} {:<28} {}\n",
                rule.id,
                rule.severity.word(),
                rule.slug,
                rule.page.title()
            ));
        }
    }
    answer(&out)?;
    Ok(Outcome::Done)
}

fn known(name: &str) -> Result<(), String> {
    rules::find(name).map(|_| ()).ok_or_else(|| format!("there is no rule `{name}`; `plimsoll rules` lists them"))
}

fn report(path: &Path) -> Result<Earlier, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Earlier::read(&text).map_err(|what| format!("`{}` {what}", path.display()))
}

/// The day that was asked for; today in UTC where none was.
pub(crate) fn day(asked: Option<&str>) -> Result<Day, String> {
    match asked {
        Some(text) => Day::parse(text).ok_or_else(|| format!("--now: `{text}` is no day; write it like 2027-03-31")),
        None => Ok(today()),
    }
}

/// Today in UTC.
fn today() -> Day {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    let (year, month, day) = civil(days);
    Day::parse(&format!("{year:04}-{month:02}-{day:02}")).expect("a day of the calendar is a day")
}

/// Year, month and day of so many days after 1970-01-01.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_785), (2026, 11, 28));
    }
}
