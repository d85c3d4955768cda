//! What a table of a library is, and how its patterns are compared with a call, an annotation, a base class or a binding.
//!
//! | pattern | fits |
//! |---|---|
//! | `requests.get\|post` | a call `requests.get(…)` or `requests.post(…)`, whatever stands before |
//! | `.publish` | a call of that method on something |
//! | `~.get` | a call of that method on what is called like a router: `app`, `router`, `v1`, `apiGroup` |
//! | `New*Client` | a call whose last word fits; `*` is what is seen |
//! | `*Grpc.newBlockingStub` | the same in the word before |
//! | `new HttpClient` | the making of an object, in the languages that say `new` |
//! | `@KafkaListener` | an annotation, attribute or decorator |
//! | `<*ImplBase` | a base class |
//! | `=Timeout` | a name that is given a value: a field, a named argument, a key |

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use crate::language::Language;
use crate::seen::Guard;

/// How one library shows what it does.
#[derive(Debug)]
pub struct Library {
    /// Its name.
    pub name: &'static str,
    /// The table counts only in files that hold one of these; in all where there are none.
    pub needles: &'static [&'static str],
    /// What shows what.
    pub sights: &'static [Sight],
    /// Protections that the table can see: only of these may it say that there is none.
    pub sees: &'static [Guard],
    /// A text that shows it.
    pub example: &'static str,
    /// What is seen in the example, line by line.
    pub shows: &'static str,
}

/// A pattern and what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// The pattern.
    pub on: &'static str,
    /// What it shows.
    pub does: Does,
}

/// A pattern and what it shows.
pub(crate) const fn on(on: &'static str, does: Does) -> Sight {
    Sight { on, does }
}

/// Which argument is meant.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// By its position, from 0; also where the call names it.
    At(usize),
    /// By its name, in the call or in an object that is given to it.
    Named(&'static str),
    /// By its name, else by its position.
    Either(&'static str, usize),
    /// By its name in an object that an argument of that name is: `queue: { name: "orders" }`.
    Within(&'static str, &'static str),
    /// The value that a binding gives, or what is called upon.
    Own,
    /// None.
    None,
}

/// Units of bare numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Thousandths of seconds.
    Millis,
    /// The language's own type says it: `5 * time.Second`, `Duration.ofSeconds(5)`.
    Typed,
}

/// Where a call says how long it waits.
#[derive(Clone, Copy, Debug)]
pub enum Wait {
    /// Not at this call.
    Elsewhere,
    /// In this argument, in this unit; without it, it waits for ever.
    Here(Arg, Unit),
    /// In this argument; without it, something else may limit it.
    Maybe(Arg, Unit),
}

/// What a pattern shows.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// Somebody is called whose address stands in the argument.
    Calls(Arg, &'static str, Wait),
    /// A gRPC client: `*` is the service.
    Client,
    /// A gRPC client: the service is the type in angle brackets, without `Client`.
    ClientOfType,
    /// The gRPC service `*` is served.
    Server,
    /// The gRPC service that the argument names is served.
    ServerOf(Arg),
    /// A route is served; the method is the last word of the pattern, or stands in `method` or `methods`.
    Route(Arg),
    /// Routes of a class or group begin with this.
    Prefix(Arg),
    /// Messages are sent.
    Sends(Arg, &'static str),
    /// Messages are taken.
    Takes(Arg, &'static str),
    /// A protection.
    Guards(Guard, Arg),
    /// What people read: texts in it name nobody.
    Silent,
}

/// What kind of node a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// A call.
    Call,
    /// The making of an object.
    Make,
    /// An annotation.
    Note,
    /// A base class.
    Base,
    /// A binding.
    Bind,
}

#[derive(Clone, Copy, Debug)]
struct Pattern {
    library: usize,
    does: Does,
    /// Words before the last, as spelled; empty where anything may stand there.
    before: &'static str,
    /// The last word, with at most one `*`.
    last: &'static str,
}

/// The tables of a language, made ready.
pub(crate) struct Tables {
    flat: Vec<&'static Library>,
    plain: BTreeMap<(Form, &'static str), Vec<Pattern>>,
    starred: Vec<(Form, Pattern)>,
    finder: AhoCorasick,
    /// Which libraries a needle stands for; `None` is what makes a text worth parsing by itself.
    of_needle: Vec<Option<usize>>,
    always: Vec<usize>,
}

/// A pattern that fits.
pub(crate) struct Hit<'s> {
    pub(crate) library: &'static str,
    pub(crate) does: Does,
    /// What `*` stands for; the last word where the pattern has none.
    pub(crate) star: &'s str,
    /// The last word.
    pub(crate) word: &'s str,
}

/// Texts that may name somebody whatever the library.
const WORTH: &[&str] = &[
    "://",
    "getenv",
    "Getenv",
    "environ",
    "process.env",
    "ENV[",
    "ENV.fetch",
    "env::var",
    "_ENV",
    "Environment.Get",
    "host",
    "Host",
    "HOST",
    "env(",
];

impl Tables {
    pub(crate) fn of(libraries: &'static [&'static [Library]]) -> Self {
        let flat: Vec<&'static Library> = libraries.iter().flat_map(|each| each.iter()).collect();
        let (mut plain, mut starred): (BTreeMap<_, Vec<Pattern>>, _) = (BTreeMap::new(), Vec::new());
        let (mut needles, mut of_needle, mut always) = (Vec::new(), Vec::new(), Vec::new());
        for (index, library) in flat.iter().enumerate() {
            for sight in library.sights {
                let (form, rest) = form_of(sight.on);
                let split = rest.rfind(['.', ':', '>']).map_or(0, |at| at + 1);
                let (before, lasts) = (rest[..split].trim_end_matches(['.', ':', '>', '-']), &rest[split..]);
                let dotted = split > 0 && before.is_empty();
                for last in lasts.split('|') {
                    let before = if dotted { "." } else { before };
                    let pattern = Pattern { library: index, does: sight.does, before, last };
                    if last.contains('*') {
                        starred.push((form, pattern));
                    } else {
                        plain.entry((form, last)).or_default().push(pattern);
                    }
                }
            }
            if library.needles.is_empty() {
                always.push(index);
            }
            for needle in library.needles {
                needles.push(*needle);
                of_needle.push(Some(index));
            }
        }
        for worth in WORTH {
            needles.push(worth);
            of_needle.push(None);
        }
        let finder = AhoCorasick::builder().build(&needles).expect("a few hundred short words make an automaton");
        Self { flat, plain, starred, finder, of_needle, always }
    }

    /// Which libraries count in a text; `None` where it is not worth parsing.
    pub(crate) fn active(&self, text: &str) -> Option<Vec<bool>> {
        let mut active = vec![false; self.flat.len()];
        let mut worth = false;
        for hit in self.finder.find_overlapping_iter(text) {
            worth = true;
            if let Some(library) = self.of_needle[hit.pattern().as_usize()] {
                active[library] = true;
            }
        }
        self.always.iter().for_each(|index| active[*index] = true);
        worth.then_some(active)
    }

    /// The patterns that fit words with dots between them: `requests.get`, `AdServiceGrpc.newStub`.
    pub(crate) fn hits<'s>(&self, form: Form, path: &'s str, active: &[bool]) -> Vec<Hit<'s>> {
        let (before, last) = split(path);
        let plain = self.plain.get(&(form, last)).into_iter().flatten();
        let starred = self.starred.iter().filter(|(each, _)| *each == form).map(|(_, pattern)| pattern);
        plain
            .chain(starred)
            .filter(|pattern| active[pattern.library])
            .filter_map(|pattern| {
                let star = starred_part(pattern.last, last)?;
                let before = fits_before(pattern.before, before)?;
                let star = if pattern.last.contains('*') { star } else { before };
                let library = self.flat[pattern.library].name;
                Some(Hit { library, does: pattern.does, star, word: last })
            })
            .collect()
    }
}

fn form_of(on: &'static str) -> (Form, &'static str) {
    match on.as_bytes().first() {
        Some(b'@') => (Form::Note, &on[1..]),
        Some(b'<') => (Form::Base, &on[1..]),
        Some(b'=') => (Form::Bind, &on[1..]),
        _ => match on.strip_prefix("new ") {
            Some(rest) => (Form::Make, rest),
            None => (Form::Call, on),
        },
    }
}

/// A path into what stands before the last word, and the last word. Type arguments are left out.
pub(crate) fn split(path: &str) -> (&str, &str) {
    let path = path.trim_end_matches(['!', '?', '(', ' ', '\n']);
    let path = match path.strip_suffix('>') {
        Some(rest) => opening(rest).map_or(path, |at| rest[..at].trim_end_matches("::")),
        None => path,
    };
    let at = path.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).map_or(0, |at| at + 1);
    let at = if path.is_char_boundary(at) { at } else { path.len() };
    let before = path[..at].trim_end_matches(|c: char| ".:->?!&@ \n\t\r".contains(c));
    (before, &path[at..])
}

/// Where the angle bracket opens that closes at the end of the text.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b'>' => depth += 1,
            b'<' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// What the star of a pattern stands for.
fn starred_part<'s>(pattern: &str, word: &'s str) -> Option<&'s str> {
    match pattern.split_once('*') {
        Some((start, end)) => word.strip_prefix(start)?.strip_suffix(end).filter(|star| !star.is_empty()),
        None => (pattern == word).then_some(word),
    }
}

/// Whether what stands before the last word fits; a starred word gives what the star stands for.
fn fits_before<'s>(pattern: &str, before: &'s str) -> Option<&'s str> {
    match pattern {
        "" => Some(before),
        "." => (!before.is_empty()).then_some(before),
        "~" => is_router(before).then_some(before),
        _ if pattern.contains('*') => starred_part(pattern, split(before).1),
        _ => {
            let rest = before.strip_suffix(pattern)?;
            rest.chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || c == '_')).then_some(before)
        }
    }
}

/// Whether something is called as routers are.
fn is_router(before: &str) -> bool {
    const WORDS: &[&str] = &[
        "app",
        "router",
        "server",
        "fastify",
        "api",
        "routes",
        "route",
        "r",
        "mux",
        "e",
        "g",
        "rg",
        "group",
        "engine",
        "blueprint",
        "bp",
        "api_router",
        "Route",
        "srv",
        "web",
        "instance",
        "sm",
        "subrouter",
        "endpoints",
        "gin",
        "echo",
        "chi",
        "fiber",
        "endpoint",
    ];
    const ENDS: &[&str] =
        &["router", "app", "routes", "group", "server", "mux", "engine", "blueprint", "_bp", "api", "endpoints"];
    let (_, word) = split(before);
    let word = word.trim_start_matches(['$', '@', '_']);
    let lower = word.to_ascii_lowercase();
    let version =
        lower.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
    // `express.Router().get`, `app.route("/x").get`.
    let made =
        before.ends_with(')') && (before.contains("outer(") || before.contains("route(") || before.contains("Group("));
    WORDS.contains(&word) || version || ENDS.iter().any(|end| lower.ends_with(end)) || made
}

/// The tables of a language.
pub(crate) fn tables(language: Language) -> &'static Tables {
    crate::languages::tables(language)
}
