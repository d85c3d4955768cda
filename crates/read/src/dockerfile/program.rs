//! Build files: the language of a folder's program and the name that it gives itself.

use plimsoll_model::{At, FileId, Problem};

use super::xml;
use crate::corpus::Corpus;
use crate::facts::{Origin, Spelled};
use crate::redact;
use crate::tree::Node;
use crate::tree::json::LineIndex;
use crate::tree::yaml::Schema;

/// What a build file says of the program in its folder.
#[derive(Debug)]
pub(super) struct Program {
    /// The language, or the first one of its platform.
    pub(super) language: &'static str,
    /// Its names.
    pub(super) names: Vec<Spelled>,
    /// Whether it only lists the programs below, and is none itself.
    pub(super) is_only_a_list_of_parts: bool,
    /// Where it begins.
    pub(super) at: At,
}

/// Build files by name, with the language that their presence shows.
const FILES: &[(&str, &str)] = &[
    ("go.mod", "Go"),
    ("package.json", "JavaScript"),
    ("deno.json", "TypeScript"),
    ("pom.xml", "Java"),
    ("build.gradle", "Java"),
    ("build.gradle.kts", "Java"),
    ("settings.gradle", "Java"),
    ("settings.gradle.kts", "Java"),
    ("Cargo.toml", "Rust"),
    ("pyproject.toml", "Python"),
    ("requirements.txt", "Python"),
    ("setup.py", "Python"),
    ("Pipfile", "Python"),
    ("Gemfile", "Ruby"),
    ("composer.json", "PHP"),
    ("mix.exs", "Elixir"),
    ("rebar.config", "Erlang"),
    ("build.sbt", "Scala"),
    ("project.clj", "Clojure"),
    ("deps.edn", "Clojure"),
    ("Package.swift", "Swift"),
    ("pubspec.yaml", "Dart"),
    ("stack.yaml", "Haskell"),
];

/// Project files by ending.
const ENDINGS: &[(&str, &str)] =
    &[("csproj", "C#"), ("fsproj", "F#"), ("vbproj", "Visual Basic"), ("cabal", "Haskell")];

fn language_of(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let by_name = FILES.iter().find(|(known, _)| *known == name).map(|(_, language)| *language);
    by_name.or_else(|| {
        let ending = name.rsplit_once('.')?.1;
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, language)| *language)
    })
}

/// Whether a file is a build file of this company's own: not one that came with a library.
pub(super) fn is_build_file(path: &str) -> bool {
    let fetched = path.split('/').any(|folder| matches!(folder, "node_modules" | "vendor" | "bower_components"));
    !fetched && language_of(path).is_some()
}

/// Reads a build file. A broken one still shows its language.
pub(super) fn read(corpus: &Corpus, file: FileId, problems: &mut Vec<Problem>) -> Option<Program> {
    let path = corpus.path(file);
    let language = language_of(path)?;
    let mut program = Program { language, names: Vec::new(), is_only_a_list_of_parts: false, at: At::new(file, 1, 1) };
    let name = path.rsplit('/').next().unwrap_or(path);
    match name {
        "package.json" => package_json(corpus, file, &mut program),
        "composer.json" | "deno.json" => program.name_at(corpus.json(file).roots.first(), &["name"]),
        "Cargo.toml" => cargo(corpus, file, &mut program),
        "pyproject.toml" => {
            let root = corpus.toml(file).roots.first();
            program.name_at(root, &["project", "name"]);
            program.name_at(root, &["tool", "poetry", "name"]);
        }
        "pubspec.yaml" => program.name_at(corpus.yaml(file, Schema::Yaml12).roots.first(), &["name"]),
        "pom.xml" => pom(corpus, file, &mut program, problems),
        _ if matches!(language, "C#" | "F#" | "Visual Basic") => project(corpus, file, &mut program, problems),
        "go.mod" => program.picked(corpus, file, "module", last_of_module),
        "mix.exs" => program.picked(corpus, file, "app:", |rest| Some(rest.trim_start_matches(':'))),
        "build.sbt" => program.picked(corpus, file, "name", |rest| rest.trim_start().strip_prefix(":=")),
        _ if name.contains(".gradle") => gradle(corpus, file, name, &mut program),
        _ => {}
    }
    Some(program)
}

impl Program {
    fn add(&mut self, text: &str, at: At) {
        let text = text.trim().trim_matches(['"', '\'', ',']).trim();
        let short = text.rsplit('/').next().unwrap_or(text);
        let open = short.is_empty() || short.contains(['$', '{', '(', ' ']);
        if !open && !self.names.iter().any(|name| name.text == short) {
            let text = redact::value("name", short).into_owned();
            self.names.push(Spelled { text, origin: Origin::at(at) });
        }
    }

    fn name_at(&mut self, root: Option<&Node>, keys: &[&str]) {
        if let Some(node) = root.and_then(|root| root.at_path(keys)) {
            self.add(node.as_str().unwrap_or_default(), node.at);
        }
    }

    /// The name on the first line that begins with a word, as `pick` takes it from the rest of the line.
    fn picked(&mut self, corpus: &Corpus, file: FileId, word: &str, pick: fn(&str) -> Option<&str>) {
        for (index, line) in corpus.text(file).unwrap_or_default().lines().enumerate() {
            let Some(rest) = line.trim_start().strip_prefix(word) else { continue };
            if let Some(name) = pick(rest.trim()) {
                let column = line.len() - line.trim_start().len() + 1;
                self.add(name.split("//").next().unwrap_or(name), At::new(file, index as u32 + 1, column as u32));
                return;
            }
        }
    }
}

/// The last part of a module's path that is not its major version.
fn last_of_module(rest: &str) -> Option<&str> {
    let path = rest.split_whitespace().next()?.trim_matches('"');
    let version = |part: &str| part.strip_prefix('v').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    path.rsplit('/').find(|part| !version(part))
}

fn package_json(corpus: &Corpus, file: FileId, program: &mut Program) {
    let Some(root) = corpus.json(file).roots.first() else { return };
    program.name_at(Some(root), &["name"]);
    program.is_only_a_list_of_parts = root.get("workspaces").is_some();
    let typed = ["dependencies", "devDependencies"].iter().any(|key| root.at_path(&[key, "typescript"]).is_some());
    if typed || corpus.beside(file, "tsconfig.json").is_some() {
        program.language = "TypeScript";
    }
}

fn cargo(corpus: &Corpus, file: FileId, program: &mut Program) {
    let Some(root) = corpus.toml(file).roots.first() else { return };
    program.name_at(Some(root), &["package", "name"]);
    for binary in root.get("bin").map_or(&[][..], Node::items) {
        program.name_at(Some(binary), &["name"]);
    }
    program.is_only_a_list_of_parts = root.get("package").is_none();
}

fn pom(corpus: &Corpus, file: FileId, program: &mut Program, problems: &mut Vec<Problem>) {
    let found = xml::texts(corpus, file, &["project/artifactId", "project/packaging"], problems);
    for (path, text, at) in found {
        match path {
            "project/packaging" => program.is_only_a_list_of_parts = text.trim() == "pom",
            _ => program.add(&text, at),
        }
    }
}

fn project(corpus: &Corpus, file: FileId, program: &mut Program, problems: &mut Vec<Problem>) {
    let name = corpus.path(file).rsplit('/').next().unwrap_or_default();
    program.add(name.rsplit_once('.').map_or(name, |(stem, _)| stem), At::whole(file));
    for (_, text, at) in xml::texts(corpus, file, &["Project/PropertyGroup/AssemblyName"], problems) {
        program.add(&text, at);
    }
}

/// A Gradle script is a program; only the name, the list of parts and the language are picked from its text.
fn gradle(corpus: &Corpus, file: FileId, name: &str, program: &mut Program) {
    let text = corpus.text(file).unwrap_or_default();
    if name.starts_with("settings") {
        program.picked(corpus, file, "rootProject.name", |rest| rest.trim_start().strip_prefix('='));
        program.is_only_a_list_of_parts = true;
        return;
    }
    let lines = LineIndex::new(text);
    program.at = lines.at(file, text, 0);
    let folder = corpus.folder(file);
    let sources = if folder.is_empty() { String::from("src") } else { format!("{folder}/src") };
    let settings = ["settings.gradle", "settings.gradle.kts"];
    let lists = settings.iter().filter_map(|name| corpus.beside(file, name)).any(|settings| {
        corpus.text(settings).unwrap_or_default().lines().any(|line| line.trim_start().starts_with("include"))
    });
    program.is_only_a_list_of_parts = lists && corpus.below(corpus.source(file), &sources).next().is_none();
}
