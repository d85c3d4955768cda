//! The language of what an image or folder is built from.
//!
//! Not here: which file says what ([`super::program`]).

use plimsoll_model::{Content, Field, FileId, Value};

use super::program::Program;
use super::stages::{Image, Stage};
use crate::corpus::Corpus;
use crate::facts::{Build, Origin};

/// Languages by the last part of an image's name, or a word of it.
const IMAGES: &[(&str, &str)] = &[
    ("golang", "Go"),
    ("go", "Go"),
    ("go-toolset", "Go"),
    ("node", "JavaScript"),
    ("nodejs", "JavaScript"),
    ("bun", "TypeScript"),
    ("deno", "TypeScript"),
    ("python", "Python"),
    ("python3", "Python"),
    ("pypy", "Python"),
    ("miniconda", "Python"),
    ("miniconda3", "Python"),
    ("micromamba", "Python"),
    ("uvicorn", "Python"),
    ("uv", "Python"),
    ("maven", "Java"),
    ("gradle", "Java"),
    ("java", "Java"),
    ("openjdk", "Java"),
    ("jdk", "Java"),
    ("jre", "Java"),
    ("temurin", "Java"),
    ("corretto", "Java"),
    ("amazoncorretto", "Java"),
    ("liberica", "Java"),
    ("zulu", "Java"),
    ("sapmachine", "Java"),
    ("graalvm", "Java"),
    ("semeru", "Java"),
    ("tomcat", "Java"),
    ("jetty", "Java"),
    ("wildfly", "Java"),
    ("liberty", "Java"),
    ("quarkus", "Java"),
    ("dotnet", "C#"),
    ("aspnet", "C#"),
    ("dotnetcore", "C#"),
    ("rust", "Rust"),
    ("ruby", "Ruby"),
    ("jruby", "Ruby"),
    ("rails", "Ruby"),
    ("php", "PHP"),
    ("composer", "PHP"),
    ("elixir", "Elixir"),
    ("erlang", "Erlang"),
    ("scala", "Scala"),
    ("sbt", "Scala"),
    ("clojure", "Clojure"),
    ("swift", "Swift"),
    ("dart", "Dart"),
    ("flutter", "Dart"),
    ("haskell", "Haskell"),
    ("perl", "Perl"),
    ("julia", "Julia"),
    ("r", "R"),
    ("rocker", "R"),
    ("gcc", "C++"),
    ("zig", "Zig"),
    ("crystal", "Crystal"),
    ("nim", "Nim"),
    ("ocaml", "OCaml"),
    ("kotlin", "Kotlin"),
];

/// Languages by a command of a build step or of the entry point; the first that is found counts.
const STEPS: &[(&str, &str)] = &[
    ("go build", "Go"),
    ("go install", "Go"),
    ("cargo build", "Rust"),
    ("cargo install", "Rust"),
    ("dotnet ", "C#"),
    ("mvn ", "Java"),
    ("mvnw ", "Java"),
    ("gradlew ", "Java"),
    ("gradle ", "Java"),
    ("java -", "Java"),
    ("java\",", "Java"),
    ("sbt ", "Scala"),
    ("mix deps", "Elixir"),
    ("mix release", "Elixir"),
    ("bundle install", "Ruby"),
    ("composer install", "PHP"),
    ("cmake ", "C++"),
    ("g++ ", "C++"),
    ("npm ", "JavaScript"),
    ("yarn ", "JavaScript"),
    ("pnpm ", "JavaScript"),
    ("pip install", "Python"),
    ("pip3 install", "Python"),
    ("poetry install", "Python"),
    ("uv sync", "Python"),
    ("uv pip", "Python"),
    ("python ", "Python"),
    ("python3 ", "Python"),
];

/// Languages of one platform, told apart by the endings of the source files.
const SIBLINGS: &[(&str, &[(&str, &str)])] = &[
    ("Java", &[("java", "Java"), ("kt", "Kotlin"), ("scala", "Scala"), ("groovy", "Groovy"), ("clj", "Clojure")]),
    ("C#", &[("cs", "C#"), ("fs", "F#"), ("vb", "Visual Basic")]),
];

/// Decides the language of an image from its stages, then from the build files beside it.
pub(super) fn of_image(corpus: &Corpus, file: FileId, image: &Image, beside: &[(FileId, Program)], build: &mut Build) {
    let found = of_stage(image, image.stages.len() - 1).or_else(|| of_steps(image));
    match found {
        Some((language, note, origin)) => {
            let language = sibling(corpus, corpus.source(file), corpus.folder(file), language);
            // A build file beside it knows JavaScript from TypeScript.
            let typed = beside.iter().any(|(_, program)| program.language == "TypeScript");
            state(build, if language == "JavaScript" && typed { "TypeScript" } else { language }, note, origin);
        }
        None => of_programs(corpus, corpus.source(file), corpus.folder(file), beside, build),
    }
}

/// Decides the language of a folder from its build files.
pub(super) fn of_programs(
    corpus: &Corpus,
    source: u32,
    folder: &str,
    programs: &[(FileId, Program)],
    build: &mut Build,
) {
    // A package.json beside another build file is mostly there for its tools.
    let scripted = |language: &str| matches!(language, "JavaScript" | "TypeScript");
    let own = programs.iter().filter(|(_, program)| !program.is_only_a_list_of_parts);
    let Some((file, program)) = own.min_by_key(|(_, program)| scripted(program.language)) else { return };
    let name = corpus.path(*file).rsplit('/').next().unwrap_or_default();
    let language = sibling(corpus, source, folder, program.language);
    state(build, language, format!("build file {name}"), Origin::at(program.at));
}

fn state(build: &mut Build, language: &str, note: String, origin: Origin) {
    build.language = Some(language.to_owned());
    build.claims.push((Field::Language, Content::Stated(Value::Text(language.to_owned())), note, origin));
}

/// The language of the image below a stage, else of the stages that it copies from.
fn of_stage(image: &Image, index: usize) -> Option<(&'static str, String, Origin)> {
    let stage = &image.stages[index];
    if let Some(found) = of_base(stage) {
        return Some(found);
    }
    let mut sources: Vec<(&'static str, String, Origin)> = Vec::new();
    let mut names: Vec<&String> = stage.copied_from.iter().collect();
    let mut above = stage.parent;
    while let Some(parent) = above {
        names.extend(&image.stages[parent].copied_from);
        above = image.stages[parent].parent;
    }
    for name in names {
        let earlier = image.stages[..index].iter().enumerate();
        let by_name = earlier.rev().find(|(_, each)| each.name.as_deref() == Some(&name.to_ascii_lowercase()));
        let number = name.parse::<usize>().ok().filter(|number| *number < index);
        if let Some(from) = by_name.map(|(index, _)| index).or(number) {
            sources.extend(of_stage(image, from));
        }
    }
    // Scripts for the browser are often built beside the program that serves them.
    sources.into_iter().min_by_key(|(language, ..)| *language == "JavaScript")
}

fn of_base(stage: &Stage) -> Option<(&'static str, String, Origin)> {
    let base = stage.base.as_ref()?;
    let language = of_image_name(&base.text)?;
    Some((language, format!("base image {}", base.text), base.origin.clone()))
}

/// The language by an image's name without registry, tag and digest.
fn of_image_name(image: &str) -> Option<&'static str> {
    let name = image.split('@').next().unwrap_or_default();
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, tag),
        _ => (name, ""),
    };
    let parts: Vec<&str> = path.split('/').collect();
    let skip = usize::from(parts.len() > 1 && parts[0].contains(['.', ':']));
    let known = |word: &str| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        IMAGES.iter().find(|(name, _)| *name == word && word.len() > 1).map(|(_, language)| *language)
    };
    let exact = |part: &str| IMAGES.iter().find(|(name, _)| *name == part).map(|(_, language)| *language);
    let by_part = |part: &&str| exact(part).or_else(|| part.split(['-', '_', '.']).find_map(known));
    let of_path = parts[skip..].iter().rev().find_map(by_part);
    // `debian:bookworm` says nothing, `custom:21-jdk` does; only words that cannot mean anything else are looked for.
    of_path.or_else(|| tag.split(['-', '_']).find(|word| matches!(*word, "jdk" | "jre")).map(|_| "Java"))
}

/// The language by build steps and commands, the last stage first.
fn of_steps(image: &Image) -> Option<(&'static str, String, Origin)> {
    image.stages.iter().rev().find_map(|stage| {
        let (step, language) = STEPS.iter().find(|(step, _)| has_step(&stage.text, step))?;
        Some((*language, format!("build step `{}`", step.trim()), Origin::at(stage.at?)))
    })
}

/// A step must stand at the beginning of a word, outside of comments.
fn has_step(text: &str, step: &str) -> bool {
    let starts_word = step.starts_with(|c: char| c.is_ascii_alphanumeric());
    text.lines().filter(|line| !line.trim_start().starts_with('#')).any(|line| {
        line.match_indices(step).any(|(at, _)| {
            !starts_word || !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        })
    })
}

/// Among the languages of one platform, the one that most source files below the folder are written in.
fn sibling(corpus: &Corpus, source: u32, folder: &str, language: &'static str) -> &'static str {
    let Some((_, endings)) = SIBLINGS.iter().find(|(platform, _)| *platform == language) else {
        let typed = language == "JavaScript" && beside(corpus, source, folder, "tsconfig.json");
        return if typed { "TypeScript" } else { language };
    };
    let mut counts = vec![0usize; endings.len()];
    for file in corpus.below(source, folder) {
        let ending = corpus.path(file).rsplit_once('.').map_or("", |(_, ending)| ending);
        if let Some(index) = endings.iter().position(|(known, _)| *known == ending) {
            counts[index] += 1;
        }
    }
    // The platform's first language wins a tie, and where there is no source file at all.
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().position(|count| *count == most).map_or(language, |index| endings[index].1)
}

fn beside(corpus: &Corpus, source: u32, folder: &str, name: &str) -> bool {
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    corpus.lookup(source, &path).is_some()
}
