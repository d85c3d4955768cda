//! The stages of a Dockerfile, and the last one with what it stands on.

use std::ops::Range;

use parse_dockerfile::{Command, Flag, Instruction, Source};
use plimsoll_model::{At, FileId, Problem};

use super::expand::{Expanded, Scope, Setting, expand};
use super::text::{self, RawWord};
use crate::facts::{Origin, Port, Spelled, Variable};
use crate::redact;
use crate::tree::json::LineIndex;

/// Stages of one file that are read; the largest hand-written ones have a fifth.
const STAGES_MAX: usize = 256;

/// What a Dockerfile builds.
pub(super) struct Image {
    /// Where its first `FROM` stands.
    pub(super) at: At,
    /// All stages, in the order of the text; never empty.
    pub(super) stages: Vec<Stage>,
}

/// A stage, with what it takes over from the stage that it stands on.
#[derive(Clone, Default)]
pub(super) struct Stage {
    /// The name that others call it by, in lower case.
    pub(super) name: Option<String>,
    /// The image that it stands on in the end.
    pub(super) base: Option<Spelled>,
    /// The stage that it stands on directly.
    pub(super) parent: Option<usize>,
    /// Stages and images that files are copied from, as spelled.
    pub(super) copied_from: Vec<String>,
    /// Its own part of the text.
    pub(super) text: String,
    /// Where it begins.
    pub(super) at: Option<At>,
    pub(super) environment: Vec<Variable>,
    pub(super) ports: Vec<Port>,
    pub(super) user: Option<Spelled>,
    pub(super) entrypoint: Vec<Spelled>,
    pub(super) command: Vec<Spelled>,
    pub(super) copies: Vec<Copy>,
    folder: String,
    scope: Scope,
}

/// Files that are put into the image.
#[derive(Clone)]
pub(super) struct Copy {
    /// From the context.
    pub(super) sources: Vec<String>,
    /// Texts that stand in the Dockerfile itself, under their name there.
    pub(super) texts: Vec<Spelled>,
    /// Where to, as an absolute path where the working folder is known.
    pub(super) destination: String,
}

impl Image {
    /// The stage that the image is made of.
    pub(super) fn last(&self) -> &Stage {
        &self.stages[self.stages.len() - 1]
    }
}

/// Reads the stages. `None` where there is none; the reason is then a problem.
pub(super) fn read(file: FileId, text: &str, problems: &mut Vec<Problem>) -> Option<Image> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let escape = text::escape_of(text);
    let ready = text::ready(file, text, escape, problems);
    let lines = LineIndex::new(text);
    let mut reader = Reader { file, text, lines: &lines, escape, global: Scope::new(), stages: Vec::new(), begin: 0 };
    for instruction in parse_dockerfile::parse_iter(&ready).ok()?.map_while(Result::ok) {
        if let (Instruction::From(from), STAGES_MAX..) = (&instruction, reader.stages.len()) {
            let at = reader.at(from.from.span.start);
            problems.push(Problem { at, message: format!("more than {STAGES_MAX} stages; the rest is left out") });
            break;
        }
        reader.take(&instruction);
    }
    reader.end_stage(text.len());
    let at = reader.stages.first()?.at?;
    Some(Image { at, stages: reader.stages })
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    lines: &'t LineIndex,
    escape: char,
    global: Scope,
    stages: Vec<Stage>,
    begin: usize,
}

impl Reader<'_> {
    fn at(&self, offset: usize) -> At {
        self.lines.at(self.file, self.text, offset)
    }

    fn words(&self, span: Range<usize>) -> Vec<RawWord> {
        text::words(self.text, span, self.escape)
    }

    fn expand(&self, raw: &str) -> Expanded {
        expand(raw, self.escape, self.stages.last().map_or(&self.global, |stage| &stage.scope))
    }

    fn spelled(&self, expanded: Expanded, offset: usize) -> Spelled {
        let via = (!expanded.via.is_empty()).then(|| expanded.via.into());
        Spelled { text: expanded.text, origin: Origin { at: self.at(offset), via } }
    }

    fn end_stage(&mut self, end: usize) {
        let text = self.text.get(self.begin..end).unwrap_or_default().to_owned();
        if let Some(stage) = self.stages.last_mut() {
            stage.text = text;
        }
    }

    fn take(&mut self, instruction: &Instruction<'_>) {
        match instruction {
            Instruction::From(from) => {
                let name = from.as_.as_ref().map(|(_, name)| name.value.to_ascii_lowercase());
                self.from(from.from.span.start, from.image.span.clone(), name);
            }
            Instruction::Arg(arg) => self.arguments(arg.arguments.span.clone()),
            Instruction::Env(env) => self.environment(env.arguments.span.clone()),
            Instruction::Copy(copy) => self.copy(&copy.options, &copy.src, &copy.dest.value),
            Instruction::Add(add) => self.copy(&add.options, &add.src, &add.dest.value),
            Instruction::Expose(expose) => {
                for port in &expose.arguments {
                    self.port(&port.value, port.span.start);
                }
            }
            Instruction::User(user) => {
                let user_at = user.arguments.span.start;
                let user = self.spelled(self.expand(&user.arguments.value), user_at);
                self.on_stage(|stage| stage.user = Some(user));
            }
            Instruction::Workdir(workdir) => {
                let folder = self.expand(&workdir.arguments.value).text;
                self.on_stage(|stage| stage.folder = joined(&stage.folder, &folder));
            }
            Instruction::Entrypoint(entrypoint) => {
                let words = self.command(&entrypoint.arguments);
                // A new entry point takes back the command of the image below.
                self.on_stage(|stage| {
                    stage.entrypoint = words;
                    stage.command.clear();
                });
            }
            Instruction::Cmd(command) => {
                let words = self.command(&command.arguments);
                self.on_stage(|stage| stage.command = words);
            }
            _ => {}
        }
    }

    fn on_stage(&mut self, change: impl FnOnce(&mut Stage)) {
        if let Some(stage) = self.stages.last_mut() {
            change(stage);
        }
    }

    fn from(&mut self, offset: usize, image: Range<usize>, name: Option<String>) {
        self.end_stage(offset);
        self.begin = offset;
        // Variables in FROM are those before the first stage, whatever the stages set.
        let raw = self.text.get(image.clone()).unwrap_or_default();
        let mut base = expand(raw, self.escape, &self.global);
        base.text = redact::value("image", &base.text).into_owned();
        let called = base.text.to_ascii_lowercase();
        let parent = self.stages.iter().position(|stage| stage.name.as_ref() == Some(&called));
        let mut stage = match parent {
            Some(index) => self.stages[index].clone(),
            None => Stage { base: Some(self.spelled(base, image.start)), ..Stage::default() },
        };
        stage.copied_from.clear();
        stage.parent = parent;
        stage.name = name;
        stage.at = Some(self.at(offset));
        self.stages.push(stage);
    }

    fn arguments(&mut self, span: Range<usize>) {
        for word in self.words(span) {
            let (name, raw) = match word.raw.split_once('=') {
                Some((name, raw)) => (name.to_owned(), Some(raw)),
                None => (word.raw.clone(), None),
            };
            let before = self.global.get(&name).cloned().filter(|_| !self.stages.is_empty());
            let given = raw.map(|raw| self.expand(raw)).filter(|expanded| expanded.complete);
            let stated = given.map(|expanded| redact::value(&name, &expanded.text).into_owned());
            let own = Setting { value: stated, at: self.at(word.start), environment: false };
            let setting = if raw.is_some() { own } else { before.unwrap_or(own) };
            let scope = self.stages.last_mut().map_or(&mut self.global, |stage| &mut stage.scope);
            if !scope.get(&name).is_some_and(|known| known.environment) {
                scope.insert(name, setting);
            }
        }
    }

    fn environment(&mut self, span: Range<usize>) {
        let words = self.words(span.clone());
        let Some(first) = words.first() else { return };
        if first.raw.contains('=') {
            // All values of one instruction see the variables as they were before it.
            let pairs: Vec<(String, Expanded, usize)> = words
                .iter()
                .filter_map(|word| {
                    let (name, raw) = word.raw.split_once('=')?;
                    Some((name.to_owned(), self.expand(raw), word.start))
                })
                .collect();
            for (name, value, start) in pairs {
                self.set(&name, value, start);
            }
        } else if let Some(second) = words.get(1) {
            // The old form: everything after the name is the value.
            let rest: Vec<String> = words[1..].iter().map(|word| self.expand(&word.raw).text).collect();
            let mut value = self.expand(&second.raw);
            value.complete = words[1..].iter().all(|word| self.expand(&word.raw).complete);
            value.text = rest.join(" ");
            self.set(&first.raw, value, first.start);
        }
    }

    fn set(&mut self, name: &str, value: Expanded, start: usize) {
        // A variable alone that is given from outside says nothing; `$PATH:/x` says something.
        let bare = value.text.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}');
        let alone = bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let nothing_known = !value.complete && value.text.starts_with('$') && alone;
        let text = (!nothing_known).then(|| redact::value(name, &value.text).into_owned());
        let at = self.at(start);
        let via = (!value.via.is_empty()).then(|| value.via.into());
        let variable =
            Variable { name: name.to_owned(), value: text.clone(), plain_secret: false, origin: Origin { at, via } };
        self.on_stage(|stage| {
            if stage.scope.get(name).is_some_and(|known| known.environment) {
                stage.environment.retain(|known| known.name != variable.name);
            }
            stage.environment.push(variable);
            stage.scope.insert(name.to_owned(), Setting { value: text, at, environment: true });
        });
    }

    fn port(&mut self, raw: &str, offset: usize) {
        /// A range of more ports than this is a rule, not a list.
        const RANGE_MAX: usize = 64;
        let text = self.expand(raw).text;
        let bare = text.split('/').next().unwrap_or_default();
        let (first, last) = bare.split_once('-').unwrap_or((bare, bare));
        // A port that is given from outside is not known here.
        let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { return };
        let origin = Origin::at(self.at(offset));
        for number in (first..=last).take(RANGE_MAX) {
            let number = Some(number);
            let port =
                Port { number, name: None, target: None, application: None, published: false, origin: origin.clone() };
            self.on_stage(|stage| {
                if !stage.ports.iter().any(|known| known.number == port.number) {
                    stage.ports.push(port);
                }
            });
        }
    }

    fn command(&self, command: &Command<'_>) -> Vec<Spelled> {
        let words: Vec<Spelled> = match command {
            // The exec form is not seen by a shell, so that variables in it are not put in.
            Command::Exec(words) => {
                let plain = |text: &str| Expanded { text: text.to_owned(), complete: true, via: Vec::new() };
                words.value.iter().map(|word| self.spelled(plain(&word.value), word.span.start)).collect()
            }
            Command::Shell(shell) => {
                let words = self.words(shell.span.clone());
                words.into_iter().map(|word| self.spelled(self.expand(&word.raw), word.start)).collect()
            }
            _ => Vec::new(),
        };
        redacted(words)
    }

    fn copy(&mut self, options: &[Flag<'_>], sources: &[Source<'_>], destination: &str) {
        let option = |name: &str| options.iter().find(|flag| flag.name.value.eq_ignore_ascii_case(name));
        if let Some(from) = option("from").and_then(|flag| flag.value.as_ref()) {
            let from = expand(&from.value, self.escape, &self.global).text;
            self.on_stage(|stage| stage.copied_from.push(from));
            return;
        }
        let mut copy = Copy { sources: Vec::new(), texts: Vec::new(), destination: String::new() };
        let folder = self.stages.last().map_or("", |stage| &stage.folder);
        copy.destination = joined(folder, &self.expand(destination).text);
        for source in sources {
            match source {
                Source::Path(path) => copy.sources.push(self.expand(&path.value).text),
                Source::HereDoc(document) => {
                    let text = redact::value("", &document.value).into_owned();
                    let origin = Origin::at(self.at(document.span.start));
                    copy.texts.push(Spelled { text, origin });
                }
                _ => {}
            }
        }
        self.on_stage(|stage| stage.copies.push(copy));
    }
}

/// A path below a folder, unless it is absolute.
fn joined(folder: &str, path: &str) -> String {
    if path.starts_with(['/', '$']) || folder.is_empty() {
        return path.to_owned();
    }
    format!("{}/{}", folder.trim_end_matches('/'), path.strip_prefix("./").unwrap_or(path))
}

/// Words with secrets taken out: `--key=value` by its key, and a value by the option before it.
fn redacted(words: Vec<Spelled>) -> Vec<Spelled> {
    let mut option = String::new();
    words
        .into_iter()
        .map(|mut word| {
            let text = match word.text.split_once('=') {
                Some((key, value)) => format!("{key}={}", redact::value(key, value)),
                None => redact::value(&option, &word.text).into_owned(),
            };
            option = if word.text.starts_with('-') { word.text.clone() } else { String::new() };
            word.text = text;
            word
        })
        .collect()
}
