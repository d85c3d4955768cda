//! Kustomize against kubectl: every case of `tests/kustomize` gives the objects that `kubectl kustomize` prints.
//!
//! A case is one text: `-- path --` begins a file, `-- path hex --` one of bytes; before the first may stand which kustomize
//! it needs. What is built is the folder `overlay`
//! where there is one, else the root. Beside it stands what comes out, so that the behaviour is held without kubectl too;
//! `UPDATE_EXPECT=1` refreshes that. kubectl is `PLIMSOLL_KUBECTL` or on the path; with `PLIMSOLL_ORACLES=required` its
//! absence fails the test.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]
#![allow(clippy::disallowed_methods, reason = "these tests read their cases and run another program to compare with")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_model::FileId;
use plimsoll_read::corpus::Corpus;
use plimsoll_read::kustomize::{self, Reveal};
use plimsoll_read::source::Source;
use plimsoll_read::tree::write::to_yaml;
use plimsoll_read::tree::yaml::{Schema, parse};
use plimsoll_read::tree::{Data, Node};

struct Case {
    name: String,
    /// The minor version of kustomize 5 that it needs.
    needs: u32,
    files: BTreeMap<String, Vec<u8>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kustomize")
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
        let mut current: Option<(String, bool)> = None;
        let mut needs = 0;
        for line in std::fs::read_to_string(path).unwrap().split_inclusive('\n') {
            if let Some(head) = line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
                let is_hex = head.ends_with(" hex");
                let name = head.trim_end_matches(" hex").to_owned();
                files.insert(name.clone(), Vec::new());
                current = Some((name, is_hex));
                continue;
            }
            let Some((name, is_hex)) = &current else {
                needs = line.trim().strip_prefix("needs kustomize 5.").unwrap().parse().unwrap();
                continue;
            };
            let file = files.get_mut(name).unwrap();
            if *is_hex {
                let digits = line.trim();
                let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
                file.extend(bytes);
            } else {
                file.extend(line.as_bytes());
            }
        }
        Self { name: path.file_stem().unwrap().to_string_lossy().into_owned(), needs, files }
    }

    /// The folder that is built.
    fn target(&self) -> &'static str {
        if self.files.keys().any(|path| path.starts_with("overlay/")) { "overlay/" } else { "" }
    }

    fn corpus(&self) -> Corpus {
        Corpus::open(vec![Source::Memory { name: String::new(), files: self.files.clone() }])
    }

    fn kustomization(&self, corpus: &Corpus) -> FileId {
        corpus.lookup(0, &format!("{}kustomization.yaml", self.target())).unwrap()
    }

    fn render(&self) -> String {
        let corpus = self.corpus();
        let built = kustomize::build(&corpus, self.kustomization(&corpus));
        assert_eq!(built.problems, [], "{}", self.name);
        kustomize::render(&built, false, corpus.files(), Reveal::Yes)
    }
}

#[test]
fn every_case_gives_what_stands_beside_it() {
    for case in cases() {
        let expected = folder().join(format!("{}.yaml", case.name));
        expect_test::expect_file![expected].assert_eq(&case.render());
    }
}

#[test]
fn every_case_gives_what_kubectl_prints() {
    let Some(kubectl) = kubectl() else { return };
    let temporary = std::env::temp_dir().join(format!("plimsoll-kustomize-{}", std::process::id()));
    let mut wrong = Vec::new();
    let minor = minor_version(&kubectl);
    for case in cases() {
        if case.needs > minor {
            eprintln!("skipped: {} needs kustomize 5.{}, kubectl has 5.{minor}", case.name, case.needs);
            continue;
        }
        let root = temporary.join(&case.name);
        for (path, bytes) in &case.files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let output = Command::new(&kubectl).arg("kustomize").arg(root.join(case.target())).output().unwrap();
        if !output.status.success() {
            wrong.push(format!("{}: kubectl fails: {}", case.name, String::from_utf8_lossy(&output.stderr)));
            continue;
        }
        let (theirs, ours) = (objects(&String::from_utf8_lossy(&output.stdout)), objects(&case.render()));
        if theirs != ours {
            wrong.push(format!(
                "{}: kubectl prints\n{}\nand not\n{}",
                case.name,
                theirs.join("---\n"),
                ours.join("---\n")
            ));
        }
    }
    std::fs::remove_dir_all(&temporary).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn kubectl() -> Option<PathBuf> {
    let named = std::env::var_os("PLIMSOLL_KUBECTL").map(PathBuf::from);
    let on_path = || {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join("kubectl")).find(|file| file.is_file())
    };
    let found = named.or_else(on_path);
    if found.is_none() {
        assert_ne!(std::env::var("PLIMSOLL_ORACLES").as_deref(), Ok("required"), "kubectl not found");
        eprintln!("skipped: kubectl not found");
    }
    found
}

/// The minor version of the kustomize 5 inside kubectl.
fn minor_version(kubectl: &Path) -> u32 {
    let output = Command::new(kubectl).args(["version", "--client"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_once("Kustomize Version: v5.").map(|(_, rest)| rest.split('.').next().unwrap_or("0"));
    version.and_then(|minor| minor.trim().parse().ok()).unwrap_or(0)
}

/// The documents as data: keys sorted, numbers in one spelling.
fn objects(text: &str) -> Vec<String> {
    let documents = parse(FileId(0), text, Schema::Yaml11);
    assert_eq!(documents.problems, [], "{text}");
    documents.roots.into_iter().map(|root| to_yaml(&settled(root))).collect()
}

fn settled(mut node: Node) -> Node {
    match &mut node.value {
        Data::Scalar(_) => {}
        Data::Sequence(items) => *items = std::mem::take(items).into_iter().map(settled).collect(),
        Data::Mapping(entries) => {
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            for entry in entries {
                entry.value = settled(entry.value.clone());
            }
        }
    }
    node
}
