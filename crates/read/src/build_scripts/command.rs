//! Command lines that build an image.

use plimsoll_model::At;

use super::tie::{Dockerfile, Tie};
use super::values::{Row, UNKNOWN, substitute};

/// Options of `docker build` that stand alone; all others that begin with `--` and have no `=` take the next word.
const FLAGS: [&str; 12] = [
    "--push",
    "--load",
    "--pull",
    "--no-cache",
    "--rm",
    "--force-rm",
    "--quiet",
    "-q",
    "--squash",
    "--compress",
    "--debug",
    "--disable-content-trust",
];

/// A tool that builds: which words its command line has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    /// `docker build` and its like.
    Docker,
    /// `ko build`.
    Ko,
}

/// Builds on a line: the tool and the offset at which its arguments begin.
pub(super) fn builds_in(line: &str) -> Vec<(Tool, usize)> {
    let mut out = Vec::new();
    for verb in ["build", "bud", "publish", "apply", "resolve"] {
        for (at, _) in line.match_indices(verb) {
            let end = at + verb.len();
            let alone = line[..at].ends_with([' ', '\t']) && line[end..].starts_with([' ', '\t']);
            if let Some(tool) = alone.then(|| tool_before(&line[..at], verb)).flatten() {
                out.push((tool, end));
            }
        }
    }
    out.sort_by_key(|(_, at)| *at);
    out
}

fn tool_before(before: &str, verb: &str) -> Option<Tool> {
    let mut words = before.split_whitespace().rev();
    let mut word = words.next()?;
    if matches!(word, "buildx" | "image" | "builder") {
        word = words.next()?;
    }
    let bare = word.trim_matches(['"', '\'', '@', '-', '(', '`', '[', ',', '{', '}', ')', '$', '|', '!']);
    let name = bare.rsplit('/').next().unwrap_or(bare);
    // A variable for the tool: $(CONTAINER_TOOL) build …
    let upper = name.to_ascii_uppercase();
    let variable = word.contains('$') && ["DOCKER", "CONTAINER", "PODMAN", "ENGINE"].iter().any(|w| upper.contains(w));
    match name {
        "docker" | "podman" | "nerdctl" | "buildah" if verb == "build" || verb == "bud" => Some(Tool::Docker),
        "ko" | "KO" if verb != "bud" => Some(Tool::Ko),
        _ if variable && verb == "build" => Some(Tool::Docker),
        _ => None,
    }
}

/// The arguments up to the end of the command, quotes taken off.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut nested = 0usize;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        let opens = previous == '$' && matches!(c, '(' | '{');
        if opens || (nested > 0 && matches!(c, '(' | '{')) {
            nested += 1;
        } else if nested > 0 && matches!(c, ')' | '}') {
            nested -= 1;
            word.get_or_insert_default().push(c);
            previous = c;
            continue;
        }
        previous = c;
        if nested > 0 {
            word.get_or_insert_default().push(c);
            continue;
        }
        match c {
            '"' | '\'' if quote == Some(c) => quote = None,
            // A quote that nobody closes ends the text that the command stands in.
            '"' | '\'' if quote.is_none() && !line[at + 1..].contains(c) => break,
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            _ if quote.is_some() => word.get_or_insert_default().push(c),
            ';' | '&' | '|' | ')' | '>' | '<' | '\n' => break,
            '\\' => {}
            _ if c.is_whitespace() => out.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out
}

/// What the arguments of `docker build` say. `None` where they name no image.
pub(super) fn docker(words: &[String], values: &Row, bases: &[String], at: At) -> Option<Tie> {
    let (mut images, mut dockerfile, mut positional) = (Vec::new(), None, Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (option, mut value) = match word.split_once('=') {
            Some((option, value)) if word.starts_with('-') => (option, Some(value.to_owned())),
            _ => (word.as_str(), None),
        };
        if !option.starts_with('-') || option == "-" {
            positional.push(substitute(word, values));
            continue;
        }
        // `-tname` is one word, too.
        let short = option.get(..2).filter(|_| option.len() > 2 && !option.starts_with("--"));
        if let Some(short @ ("-t" | "-f")) = short {
            value = Some(word[2..].to_owned());
            take(short, value, values, &mut images, &mut dockerfile);
            continue;
        }
        if value.is_none() && !FLAGS.contains(&option) {
            value = rest.next().cloned();
        }
        take(option, value, values, &mut images, &mut dockerfile);
    }
    // Words that are variables may be options; the last one that is clear is the context.
    let context = positional.into_iter().rev().find(|word| !word.is_empty() && !word.starts_with(UNKNOWN));
    let images: Vec<String> = images.into_iter().filter(|image| !image.is_empty()).collect();
    let context = context.unwrap_or_else(|| UNKNOWN.to_string());
    (!images.is_empty()).then(|| Tie { images, context, dockerfile, bases: bases.to_vec(), at })
}

fn take(
    option: &str,
    value: Option<String>,
    values: &Row,
    images: &mut Vec<String>,
    dockerfile: &mut Option<Dockerfile>,
) {
    let value = value.map(|value| substitute(&value, values)).unwrap_or_default();
    match option {
        "-t" | "--tag" => images.push(value),
        "-f" | "--file" => *dockerfile = Some(Dockerfile::InWorkingFolder(value)),
        _ => {}
    }
}

/// What the arguments of `ko build` say: each package is an image by its last folder.
pub(super) fn ko(words: &[String], values: &Row, bases: &[String], at: At) -> Vec<Tie> {
    let paths = words.iter().map(|word| substitute(word, values));
    let packages = paths.filter(|path| path.starts_with("./") && !path.ends_with("...") && path.len() > 2);
    packages
        .map(|path| {
            let image = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
            Tie { images: vec![image], context: path, dockerfile: None, bases: bases.to_vec(), at }
        })
        .collect()
}

/// What the arguments of Kaniko's executor say.
pub(super) fn kaniko(words: &[String], values: &Row, bases: &[String], at: At) -> Option<Tie> {
    let mut tie = Tie { images: Vec::new(), context: String::from("."), dockerfile: None, bases: bases.to_vec(), at };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option, value.to_owned()),
            None if word.starts_with('-') => (word.as_str(), rest.clone().next().cloned().unwrap_or_default()),
            None => continue,
        };
        let value = substitute(&value, values);
        match option {
            "--destination" | "-d" => tie.images.push(value),
            "--context" | "-c" => tie.context = value,
            "--context-sub-path" => tie.context = format!("{}/{value}", tie.context),
            "--dockerfile" | "-f" => tie.dockerfile = Some(Dockerfile::InContext(value)),
            _ => {}
        }
    }
    (!tie.images.is_empty()).then_some(tie)
}
