//! `plimsoll explain`: readers, passes, rules, assumptions and fields, from the heads of the modules that do the work.

use plimsoll_model::Field;
use plimsoll_simulate::assumptions::Assumption;

use crate::arguments::ExplainArguments;
use crate::{Outcome, answer};

/// Runs the verb.
pub(crate) fn run(arguments: &ExplainArguments) -> Result<Outcome, String> {
    let words: Vec<&str> = arguments.what.iter().map(String::as_str).collect();
    let text = match words[..] {
        [] => overview(),
        ["readers"] => readers(),
        ["reader", name] => reader(name)?,
        ["libraries"] => libraries()?,
        ["join"] => head(plimsoll_read::join::PAGE),
        ["left-out"] => head(plimsoll_read::left_out::PAGE),
        ["default-environment"] => head(plimsoll_read::join::DEFAULT_PAGE),
        ["fields"] => Field::ALL.iter().map(|field| format!("{}\n", line(*field))).collect(),
        ["field", name] => field(name)?,
        ["rules"] => plimsoll_audit::rules::all().iter().map(|rule| rule_line(rule)).collect(),
        ["assumptions"] => Assumption::ALL.iter().map(|each| assumption_line(*each)).collect(),
        [name] if plimsoll_audit::rules::find(name).is_some() => rule(name),
        [name] if Assumption::from_name(name).is_some() => assumption(name),
        _ => return Err(format!("`{}` cannot be explained; `plimsoll explain` lists what can", words.join(" "))),
    };
    answer(&text)?;
    Ok(Outcome::Done)
}

fn overview() -> String {
    let names: Vec<&str> = plimsoll_read::readers().iter().map(|reader| reader.name).collect();
    format!(
        "plimsoll explain readers              every reader in a line\n\
         plimsoll explain reader NAME          one of {}\n\
         plimsoll explain libraries            what source code is compared with, library by library\n\
         plimsoll explain join                 which names are the same thing, pass by pass\n\
         plimsoll explain default-environment  which way to deploy is meant when none is named\n\
         plimsoll explain left-out             tests, samples, generated and vendored files\n\
         plimsoll explain fields               every attribute that can be claimed\n\
         plimsoll explain field NAME           its type, unit and which claim wins\n\
         plimsoll explain assumptions          what is taken where no claim says anything\n\
         plimsoll explain ASSUMPTION           its value, range, reason and source\n\
         plimsoll explain rules                every rule of the audit\n\
         plimsoll explain RULE                 why, a broken and a right example, what to do\n",
        names.join(", ")
    )
}

/// The `//!` head of a module as text.
fn head(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

fn rule_line(rule: &plimsoll_audit::Rule) -> String {
    format!("{:<8} {:<28} {}\n", rule.id, rule.slug, rule.page.title())
}

fn rule(name: &str) -> String {
    let Some(rule) = plimsoll_audit::rules::find(name) else { return String::new() };
    format!("{} {} · {} · {}\n\n{}", rule.id, rule.slug, rule.severity.word(), rule.pack(), rule.page.text())
}

fn assumption_line(assumption: Assumption) -> String {
    format!("{:<30} {:<14} {}\n", assumption.name(), assumption.value().to_string(), assumption.doc())
}

fn assumption(name: &str) -> String {
    let Some(assumption) = Assumption::from_name(name) else { return String::new() };
    let range: Vec<String> = assumption.range().iter().map(ToString::to_string).collect();
    let range = match range.is_empty() {
        true => String::from("no other value is tried"),
        false => range.join(", "),
    };
    format!(
        "{} = {}\n\n{}\n\nwhy     {}\nsource  {}\nrange   {range}\nchange  assume: {{ {}: … }} in plimsoll.yaml\n",
        assumption.name(),
        assumption.value(),
        assumption.doc(),
        assumption.reason(),
        assumption.source(),
        assumption.name(),
    )
}

fn readers() -> String {
    let row = |reader: &plimsoll_read::Reader| {
        let head = head(reader.page);
        let said = head.lines().find(|line| line.starts_with("Reads") || line.contains("reads")).unwrap_or_default();
        format!("{:<14} {said}\n", reader.name)
    };
    plimsoll_read::readers().iter().map(row).collect()
}

fn reader(name: &str) -> Result<String, String> {
    let found = plimsoll_read::readers().iter().find(|reader| reader.name == name);
    let names = || plimsoll_read::readers().iter().map(|reader| reader.name).collect::<Vec<_>>().join(", ");
    found.map(|reader| head(reader.page)).ok_or_else(|| format!("there is no reader `{name}`; there are {}", names()))
}

#[cfg(feature = "languages")]
fn libraries() -> Result<String, String> {
    use std::fmt::Write as _;

    let mut out = String::new();
    for (family, language, libraries) in plimsoll_read::code::FAMILIES {
        let _ = writeln!(out, "## {family}\n");
        for library in libraries {
            let sees: Vec<&str> = library.sees.iter().map(|guard| guard.word()).collect();
            let sees =
                if sees.is_empty() { String::new() } else { format!("Sees protections: {}.\n\n", sees.join(", ")) };
            let shows = library.shows.lines().map(|line| format!("- {}\n", line.trim())).collect::<String>();
            let fence = language.name().to_lowercase();
            let _ = writeln!(out, "### {}\n\n{sees}```{fence}\n{}\n```\n\n{shows}", library.name, library.example);
        }
    }
    Ok(out)
}

#[cfg(not(feature = "languages"))]
fn libraries() -> Result<String, String> {
    Err(String::from("this binary was built without `languages`; build it with the default features"))
}

fn line(field: Field) -> String {
    format!("{:<12} {:<30} {}", field.noun().word(), field.json_name(), field.doc())
}

fn field(name: &str) -> Result<String, String> {
    let field = Field::ALL.iter().find(|field| field.json_name() == name);
    let field = field.ok_or_else(|| format!("there is no field `{name}`; `plimsoll explain fields` lists them"))?;
    Ok(format!(
        "{} of a {}\n{}\ntype {:?}, unit {}; where claims differ, {:?} ones come first\n",
        field.json_name(),
        field.noun().word(),
        field.doc(),
        field.value_type(),
        field.value_type().unit(),
        field.policy()
    ))
}
