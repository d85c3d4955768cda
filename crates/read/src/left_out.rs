//! What is left out before anything is read, by stated rules: tests, samples, generated and vendored material.
//!
//! A folder is judged by its name below the source's root, never by the root's own name, so that a folder called
//! `examples/shop` can be surveyed on its own. Where a rule would leave out every file that deploys something, as in a
//! repository of examples, samples and documentation are read after all.

use plimsoll_model::FileId;

use crate::corpus::{Corpus, FILE_BYTES_MAX};

/// The page of these rules: the head of this module.
pub const PAGE: &str = include_str!("left_out.rs");

/// (kind, reason).
pub type Reason = (String, String);

/// Folder names and what they hold.
const FOLDERS: &[(&[&str], Material)] = &[
    (
        &[
            "test",
            "tests",
            "testing",
            "testdata",
            "__tests__",
            "__mocks__",
            "e2e",
            "spec",
            "specs",
            "fixtures",
            "integration-tests",
            "integration_tests",
            "it",
            "smoke-test",
            "smoke-tests",
            "e2e-tests",
            "mocks",
            "testutil",
        ],
        Material::Test,
    ),
    (
        &[
            "example",
            "examples",
            "sample",
            "samples",
            "sample-manifests",
            "demo-manifests",
            "quickstart",
            "quickstarts",
            "tutorial",
            "tutorials",
            "workshop",
            "workshops",
            "docs",
            "doc",
            "documentation",
            "blog",
            "website",
            "site",
            "playground",
        ],
        Material::Sample,
    ),
    (&["generated", "gen", "dist", "build", "out", "target", "obj", "bin", ".next", "coverage"], Material::Generated),
    (
        &[
            "vendor",
            "node_modules",
            "third_party",
            "third-party",
            "bower_components",
            "site-packages",
            ".venv",
            "venv",
            ".terraform",
        ],
        Material::Vendored,
    ),
    (&["old", "legacy", "archive", "archived", "deprecated", "obsolete", "attic"], Material::Old),
    (&[".devcontainer", ".vscode", ".idea", ".gitpod"], Material::Workbench),
];

/// What a folder that is left out holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Material {
    Test,
    Sample,
    Generated,
    Vendored,
    Old,
    Workbench,
}

impl Material {
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Test => ("test material", "a folder of tests"),
            Self::Sample => ("sample or documentation", "a folder of samples or documentation"),
            Self::Generated => ("generated material", "a folder of generated files"),
            Self::Vendored => ("vendored material", "a folder of other people's code"),
            Self::Old => ("superseded material", "a folder of what was in use before"),
            Self::Workbench => ("workbench settings", "a folder of an editor's or developer container's settings"),
        }
    }
}

/// Which rules hold in a corpus.
pub struct Kept {
    samples_too: bool,
}

/// Decides whether samples are read: only where nothing else deploys anything.
pub fn kept(corpus: &Corpus) -> Kept {
    let deploys = |file: &FileId| {
        let name = corpus.path(*file).rsplit('/').next().unwrap_or_default();
        let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        yaml && (name.contains("compose")
            || corpus
                .text(*file)
                .is_ok_and(|text| text.contains("kind: Deployment") || text.contains("kind: StatefulSet")))
    };
    let mut any = false;
    for file in corpus.ids().filter(deploys) {
        match material(corpus.path(file)) {
            None => return Kept { samples_too: false },
            Some((Material::Sample | Material::Old, _)) => any = true,
            Some(_) => {}
        }
    }
    Kept { samples_too: any }
}

impl Kept {
    /// Why a file is left out, or `None` where it is kept.
    pub fn reason(&self, corpus: &Corpus, file: FileId) -> Option<Reason> {
        let (material, folder) = material(corpus.path(file))?;
        if self.samples_too && matches!(material, Material::Sample | Material::Old) {
            return None;
        }
        let (kind, reason) = material.words();
        Some((kind.to_owned(), format!("`{folder}` is {reason}")))
    }
}

/// The first folder of a path that is left out, and what it holds.
fn material(path: &str) -> Option<(Material, &str)> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    // Below the root of Java's and Kotlin's packages, folders are names: `org/springframework/samples`.
    let packages = ["src/main/java/", "src/main/kotlin/"].iter().find_map(|root| path.find(root));
    let folders = packages.map_or(folders, |at| &folders[..at.min(folders.len())]);
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        let lower = folder.to_ascii_lowercase();
        let old = lower.strip_prefix("old-").or(lower.strip_prefix("old_")).map(|_| "old").unwrap_or(&lower);
        let found = FOLDERS.iter().find(|(names, _)| names.contains(&old));
        // `src/main/resources` may hold `build` or `docs`; `src/test` is a test in every layout.
        if let Some((_, material)) = found {
            return Some((*material, folder));
        }
    }
    let test_file =
        name.contains(".test.") || name.contains("-test.y") || name.contains("_test.") || name.starts_with("test_");
    test_file.then_some((Material::Test, name))
}

/// The kind of what cannot be read as text; the corpus says why.
const UNREADABLE: &str = "unreadable";

/// What a file is that no reader takes, and why it was not read.
pub fn no_reader(corpus: &Corpus, file: FileId) -> Reason {
    let path = corpus.path(file);
    let name = path.rsplit('/').next().unwrap_or(path);
    if corpus.is_link(file) {
        return (String::from("link"), String::from("links are not followed, so that no file counts twice"));
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let (kind, reason) = kind_of(corpus, file, path, name, &extension);
    let large = corpus.size(file) > FILE_BYTES_MAX && !matches!(kind, "media" | "binary");
    if kind != UNREADABLE && !large {
        return (kind.to_owned(), reason.to_owned());
    }
    match corpus.text(file) {
        Err(why) => (kind.to_owned(), why.to_owned()),
        Ok(_) => (kind.to_owned(), reason.to_owned()),
    }
}

fn kind_of(corpus: &Corpus, file: FileId, path: &str, name: &str, extension: &str) -> (&'static str, &'static str) {
    const CODE: &[&str] = &[
        "go", "java", "kt", "kts", "cs", "py", "js", "jsx", "ts", "tsx", "mjs", "cjs", "rs", "rb", "php", "c", "cc",
        "cpp", "h", "hpp", "swift", "scala", "ex", "exs", "erl", "clj", "dart", "lua", "vue", "svelte", "fs", "vb",
        "groovy", "pl", "r",
    ];
    let in_chart = path.contains("/templates/") || name == "Chart.yaml" || name == "values.yaml" || extension == "tpl";
    match extension {
        _ if crate::kubernetes::in_chart(corpus, file) => ("Helm chart", "it is no part of a chart that is rendered"),
        _ if in_chart && matches!(extension, "yaml" | "yml" | "tpl" | "txt") => {
            ("Helm chart", "it is no part of a chart that is rendered")
        }
        _ if CODE.contains(&extension) => ("source code", "its language is not read by this version"),
        "tf" | "tfvars" | "hcl" | "bicep" => {
            ("infrastructure as code", "Terraform and its kin are not read by this version")
        }
        "sql" => ("SQL", "migrations are not read by this version"),
        "md" | "mdx" | "rst" | "adoc" | "txt" => ("documentation", "prose holds no facts that can be checked"),
        "png" | "jpg" | "jpeg" | "gif" | "svg" | "ico" | "webp" | "woff" | "woff2" | "ttf" | "eot" | "mp4" | "pdf"
        | "avif" => ("media", "pictures, fonts and films hold no facts"),
        "html" | "css" | "scss" | "sass" | "less" | "hbs" | "ejs" | "cshtml" | "razor" | "jsp" | "ftl" => {
            ("page", "pages and styles hold no facts")
        }
        "lock" | "sum" => ("lock file", "what is locked says nothing of how it runs"),
        "zip" | "gz" | "tar" | "jar" | "tgz" | "exe" | "dll" | "so" | "bin" | "class" | "wasm" => {
            ("binary", "binaries are not read")
        }
        "sh" | "bash" | "ps1" | "bat" | "cmd" => ("script", "scripts are read only where they build images"),
        "yaml" | "yml" if path.contains(".github/workflows") || name.starts_with(".gitlab-ci") => {
            ("pipeline", "pipelines are not read by this version")
        }
        "yaml" | "yml" | "json" | "toml" | "ini" | "conf" | "properties" | "xml" | "cfg" => match corpus.text(file) {
            Err(_) => (UNREADABLE, ""),
            Ok(text) if text.contains("{{") => ("template", "templates are not rendered by this version"),
            Ok(_) => ("other structured file", "no reader knows its format"),
        },
        _ if name == "Jenkinsfile" || name == "azure-pipelines.yml" => {
            ("pipeline", "pipelines are not read by this version")
        }
        _ if name.starts_with('.') || matches!(name, "LICENSE" | "NOTICE" | "Makefile" | "gradlew" | "mvnw") => {
            ("project file", "says nothing of how the system runs")
        }
        _ => ("other file", "no reader knows its format"),
    }
}
