//! # Dockerfiles and build files
//! Reads how images are built, and what the program in a folder is called and written in.
//!
//! ## Reads
//! - `Dockerfile`, `Containerfile`, `Dockerfile.*`, `*.Dockerfile` and the like: the base images of all stages, with the
//!   defaults of `ARG` put in; of the last stage, with the stages that it stands on: `ENV` in both forms and with its
//!   expansions, `EXPOSE`, `USER`, `ENTRYPOINT` and `CMD`; configuration files that `COPY` and `ADD` put into the image.
//!   Continued lines, here-documents, the `escape` directive.
//! - `go.mod`, `package.json`, `pom.xml`, Gradle and .NET projects, `Cargo.toml`, `pyproject.toml` and their like: the
//!   language and the name that the program gives itself. They count for their folder, with its Dockerfile or alone.
//!
//! The language is that of the image which the last stage stands on or copies from; where images are neutral, that of the
//! build steps, then of the build files, with the source files below deciding among languages of one platform.
//!
//! ## Ignores
//! `HEALTHCHECK` (Kubernetes does not look at it), `ONBUILD` (it speaks of other images), `LABEL`, `VOLUME`, `RUN` but
//! for the language. A port that only a variable from outside knows. The context of a build: the folder is the one that the file stands in; copied files are looked for
//! there and then in the folders above. A copy of the whole context is not listed file by file. Templates of Dockerfiles
//! are listed as not read.
//!
//! ## Example
//! ```text
//! ARG GO=1.24
//! FROM golang:${GO} AS build
//! FROM gcr.io/distroless/static
//! COPY --from=build /orders /orders
//! COPY config.yaml /etc/orders/
//! ENV PORT=8080
//! ENTRYPOINT ["/orders"]
//! ```
//! gives a build of its folder: bases `golang:1.24`, `gcr.io/distroless/static`, language Go, the variable, the word
//! `/orders`, and the file `/etc/orders/config.yaml`.

mod copies;
mod expand;
mod image;
mod language;
mod program;
mod stages;
mod text;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::{At, FileId, Problem};

use crate::corpus::Corpus;
use crate::facts::{Build, Facts, Origin, Skipped};
use program::Program;

/// The reader of Dockerfiles and build files.
pub const READER: crate::Reader = crate::Reader { name: "dockerfile", page: include_str!("mod.rs"), takes, read };

fn takes(corpus: &Corpus, file: FileId) -> bool {
    let path = corpus.path(file);
    kind_of(path) != NameKind::Other || program::is_build_file(path)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameKind {
    Dockerfile,
    Template,
    Other,
}

/// Endings of files about a Dockerfile rather than being one.
const OTHER_ENDINGS: [&str; 14] =
    ["dockerignore", "go", "html", "java", "js", "json", "kt", "md", "py", "rb", "sh", "ts", "yaml", "yml"];
/// Endings of files that a Dockerfile is made from.
const TEMPLATE_ENDINGS: [&str; 10] =
    ["erb", "gotmpl", "in", "j2", "jinja", "jinja2", "mustache", "template", "tmpl", "tpl"];

fn kind_of(path: &str) -> NameKind {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let of = |name: &str| {
        ["dockerfile", "containerfile"].iter().any(|word| {
            let separated = |rest: &str| rest.is_empty() || rest.starts_with(['.', '-', '_']);
            name.strip_prefix(word).is_some_and(separated) || name.strip_suffix(word).is_some_and(|r| r.ends_with('.'))
        })
    };
    match ending {
        _ if TEMPLATE_ENDINGS.contains(&ending) && of(stem) => NameKind::Template,
        _ if OTHER_ENDINGS.contains(&ending) || ending == "txt" => NameKind::Other,
        _ if of(&name) => NameKind::Dockerfile,
        _ => NameKind::Other,
    }
}

fn read(corpus: &Corpus, files: &[FileId]) -> Facts {
    let mut facts = Facts::default();
    let mut programs: BTreeMap<(u32, &str), Vec<(FileId, Program)>> = BTreeMap::new();
    for &file in files.iter().filter(|file| program::is_build_file(corpus.path(**file))) {
        if let Some(program) = program::read(corpus, file, &mut facts.problems) {
            programs.entry((corpus.source(file), corpus.folder(file))).or_default().push((file, program));
        }
    }
    for &file in files {
        let key = (corpus.source(file), corpus.folder(file));
        match kind_of(corpus.path(file)) {
            NameKind::Dockerfile => {
                let beside = programs.get(&key).map_or(&[][..], Vec::as_slice);
                read_dockerfile(corpus, file, beside, &mut facts);
            }
            NameKind::Template => {
                let reason = String::from("what a template engine makes of it is not known here");
                facts.not_read.push(Skipped { kind: String::from("Dockerfile template"), file, reason });
            }
            NameKind::Other => {}
        }
    }
    let built: BTreeSet<(u32, String)> =
        facts.builds.iter().map(|build| (build.source, build.folder.clone())).collect();
    for ((source, folder), programs) in programs {
        let has_image = built.contains(&(source, folder.to_owned()));
        let parts_only = programs.iter().all(|(_, program)| program.is_only_a_list_of_parts);
        if !has_image && !parts_only {
            facts.builds.push(build_of_program(corpus, source, folder, &programs));
        }
    }
    facts
}

/// The largest hand-written Dockerfile is a tenth of it.
const TEXT_BYTES_MAX: usize = 1 << 20;

fn read_dockerfile(corpus: &Corpus, file: FileId, beside: &[(FileId, Program)], facts: &mut Facts) {
    let text = match corpus.text(file) {
        Ok(text) => text,
        Err(reason) => {
            facts.problems.push(Problem { at: At::whole(file), message: reason.to_owned() });
            return;
        }
    };
    if text.len() > TEXT_BYTES_MAX {
        let message = format!("{} KiB are more than a Dockerfile may have; it is left out", text.len() >> 10);
        facts.problems.push(Problem { at: At::whole(file), message });
        return;
    }
    let Some(image) = stages::read(file, text, &mut facts.problems) else { return };
    let mut build = empty_build(corpus.source(file), corpus.folder(file), Origin::at(image.at));
    build.names = names(beside);
    language::of_image(corpus, file, &image, beside, &mut build);
    copies::of_image(corpus, file, &image, facts, &mut build);
    image::fill(image, &mut build);
    facts.builds.push(build);
}

fn build_of_program(corpus: &Corpus, source: u32, folder: &str, programs: &[(FileId, Program)]) -> Build {
    let first = programs.first().map_or(At::whole(FileId(0)), |(_, program)| program.at);
    let mut build = empty_build(source, folder, Origin::at(first));
    build.names = names(programs);
    language::of_programs(corpus, source, folder, programs, &mut build);
    build
}

/// The names that build files of one folder give, each once.
fn names(programs: &[(FileId, Program)]) -> Vec<crate::facts::Spelled> {
    let mut names: Vec<crate::facts::Spelled> = Vec::new();
    for name in programs.iter().flat_map(|(_, program)| &program.names) {
        if !names.iter().any(|known| known.text == name.text) {
            names.push(name.clone());
        }
    }
    names
}

fn empty_build(source: u32, folder: &str, origin: Origin) -> Build {
    Build {
        source,
        folder: folder.to_owned(),
        image: None,
        bases: Vec::new(),
        language: None,
        names: Vec::new(),
        environment: Vec::new(),
        ports: Vec::new(),
        claims: Vec::new(),
        words: Vec::new(),
        files: Vec::new(),
        origin,
    }
}

#[cfg(test)]
mod tests;
