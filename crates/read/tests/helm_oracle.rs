//! Helm against itself: every case of `tests/helm` gives the objects that `helm template` prints.
//!
//! A case is one text: `-- path --` begins a file of the chart. A `values-production.yaml` among them is laid over the
//! chart's own values. Beside the case stands what comes out, so that the behaviour is held without Helm too;
//! `UPDATE_EXPECT=1` refreshes that. helm is `PLIMSOLL_HELM` or on the path; with `PLIMSOLL_ORACLES=required` its absence
//! fails the test.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]
#![allow(clippy::disallowed_methods, reason = "these tests read their cases and run another program to compare with")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_model::FileId;
use plimsoll_read::corpus::Corpus;
use plimsoll_read::helm::{self, Release};
use plimsoll_read::kustomize::Reveal;
use plimsoll_read::source::Source;
use plimsoll_read::tree::write::to_yaml;
use plimsoll_read::tree::yaml::{Schema, parse};
use plimsoll_read::tree::{Data, Node};

/// Values that are laid over the chart's own.
const VALUES: &str = "values-production.yaml";

struct Case {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/helm")
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txtar"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Case::of(path)).collect()
}

impl Case {
    fn of(path: &Path) -> Self {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut current = String::new();
        for line in std::fs::read_to_string(path).unwrap().split_inclusive('\n') {
            match line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
                Some(name) => current = name.to_owned(),
                None => files.entry(current.clone()).or_default().extend(line.as_bytes()),
            }
        }
        Self { name: path.file_stem().unwrap().to_string_lossy().into_owned(), files }
    }

    fn corpus(&self) -> Corpus {
        Corpus::open(vec![Source::Memory { name: String::new(), files: self.files.clone() }])
    }

    fn render(&self, origins: bool) -> String {
        let corpus = self.corpus();
        let values: Vec<FileId> = corpus.lookup(0, VALUES).into_iter().collect();
        let release = Release { values, ..Release::default() };
        let rendered = helm::render(&corpus, corpus.lookup(0, "Chart.yaml").unwrap(), &release);
        assert_eq!(rendered.problems, [], "{}", self.name);
        helm::show(&rendered, origins, corpus.files(), Reveal::Yes)
    }
}

#[test]
fn every_case_gives_what_stands_beside_it() {
    for case in cases() {
        let expected = folder().join(format!("{}.yaml", case.name));
        expect_test::expect_file![expected].assert_eq(&case.render(true));
    }
}

#[test]
fn every_case_gives_what_helm_prints() {
    let Some(helm) = helm() else { return };
    let temporary = std::env::temp_dir().join(format!("plimsoll-helm-{}", std::process::id()));
    let mut wrong = Vec::new();
    for case in cases() {
        let root = temporary.join(&case.name);
        for (path, bytes) in &case.files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let mut command = Command::new(&helm);
        command.arg("template").arg("release-name").arg(&root);
        if case.files.contains_key(VALUES) {
            command.arg("--values").arg(root.join(VALUES));
        }
        let output = command.output().unwrap();
        if !output.status.success() {
            wrong.push(format!("{}: helm fails: {}", case.name, String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let (theirs, ours) = (objects(&String::from_utf8_lossy(&output.stdout)), objects(&case.render(false)));
        if theirs != ours {
            wrong.push(format!(
                "{}: helm prints\n{}\nand not\n{}",
                case.name,
                theirs.join("---\n"),
                ours.join("---\n")
            ));
        }
    }
    std::fs::remove_dir_all(&temporary).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn helm() -> Option<PathBuf> {
    let named = std::env::var_os("PLIMSOLL_HELM").map(PathBuf::from);
    let on_path = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).map(|folder| folder.join("helm")).find(|file| file.exists())
    };
    let found = named.or_else(on_path);
    let required = std::env::var_os("PLIMSOLL_ORACLES").is_some_and(|value| value == "required");
    assert!(found.is_some() || !required, "helm is required and not there: set PLIMSOLL_HELM");
    if found.is_none() {
        eprintln!("skipped: no helm to compare with");
    }
    found
}

/// Objects in one spelling, keys sorted, whatever order they were printed in.
fn objects(text: &str) -> Vec<String> {
    let documents = parse(FileId(0), text, Schema::Yaml11);
    assert_eq!(documents.problems, []);
    let mut out: Vec<String> = documents.roots.iter().map(|root| to_yaml(&sorted(root))).collect();
    out.sort();
    out
}

fn sorted(node: &Node) -> Node {
    let mut node = node.clone();
    match &mut node.value {
        Data::Mapping(entries) => {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            entries.iter_mut().for_each(|entry| entry.value = sorted(&entry.value));
        }
        Data::Sequence(items) => items.iter_mut().for_each(|item| *item = sorted(item)),
        Data::Scalar(_) => {}
    }
    node
}
