//! Verbs that are one call each: `query`, `init`, `schema`, `completions`.

use clap::CommandFactory;

use crate::arguments::{Arguments, CompletionsArguments, InitArguments, QueryArguments, SchemaArguments};
use crate::{Outcome, answer, init as guesses, query as cel, schema as schemas, survey};

/// `plimsoll query`.
pub(crate) fn query(arguments: &QueryArguments) -> Result<Outcome, String> {
    let model = survey::read(&arguments.paths, None)?;
    let value = cel::query(&model, &arguments.expression).map_err(|error| error.to_string())?;
    let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
    answer(&format!("{text}\n"))?;
    Ok(Outcome::Done)
}

/// `plimsoll init`.
pub(crate) fn init(arguments: &InitArguments) -> Result<Outcome, String> {
    let model = survey::read(std::slice::from_ref(&arguments.path), None)?;
    let text = guesses::init(&model);
    if arguments.print {
        answer(&text)?;
        return Ok(Outcome::Done);
    }
    let file = arguments.path.join("plimsoll.yaml");
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).open(&file);
    let written = opened.and_then(|mut out| std::io::Write::write_all(&mut out, text.as_bytes()));
    match written {
        Ok(()) => {
            eprintln!("wrote {}; its first lines ask what matters most", file.display());
            Ok(Outcome::Done)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(format!("{} is there already; `plimsoll init --print` shows what would be written", file.display()))
        }
        Err(error) => Err(format!("cannot write {}: {error}", file.display())),
    }
}

/// `plimsoll schema`.
pub(crate) fn schema(arguments: &SchemaArguments) -> Result<Outcome, String> {
    let text = schemas::schema(&arguments.name).ok_or_else(|| {
        let known: Vec<&str> = schemas::NAMES.iter().map(|(name, _)| *name).collect();
        format!("there is no schema `{}`; there are {}", arguments.name, known.join(", "))
    })?;
    answer(&text)?;
    Ok(Outcome::Done)
}

/// `plimsoll completions`.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<Outcome, String> {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "plimsoll", &mut out);
    answer(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Done)
}
