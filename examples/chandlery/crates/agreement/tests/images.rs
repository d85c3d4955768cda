//! An image can be built: what its Dockerfile builds and copies is there, and gets past .dockerignore.

#![allow(clippy::unwrap_used, reason = "a test fails by unwrapping")]

use std::collections::BTreeSet;
use std::fs;

use agreement::{SERVICES, root, text};

/// Folder of the Dockerfile, and the package that it builds.
fn images() -> Vec<(String, String)> {
    let services = SERVICES.iter().map(|service| (format!("services/{service}"), (*service).to_owned()));
    let stand_ins = ["psp", "mailer"].iter().map(|name| (format!("stand-ins/{name}"), format!("stand-in-{name}")));
    services.chain(stand_ins).collect()
}

/// What .dockerignore lets in: the first part of each path.
fn let_in() -> BTreeSet<String> {
    text(".dockerignore").lines().filter_map(|line| line.strip_prefix('!')).map(str::to_owned).collect()
}

#[test]
fn each_builds_and_starts_its_own_package() {
    for (folder, package) in images() {
        let dockerfile = text(&format!("{folder}/Dockerfile"));
        let manifest = text(&format!("{folder}/Cargo.toml"));
        assert!(manifest.contains(&format!("name = \"{package}\"\n")), "{folder} is {package}");
        assert!(dockerfile.contains(&format!("cargo build --locked --release --package {package}\n")), "{folder}");
        assert!(dockerfile.contains(&format!("/src/target/release/{package} /usr/local/bin/{package}\n")), "{folder}");
        assert!(dockerfile.contains(&format!("ENTRYPOINT [\"/usr/local/bin/{package}\"]")), "{folder}");
    }
}

#[test]
fn what_is_copied_is_there_and_is_let_in() {
    let let_in = let_in();
    for (folder, _) in images() {
        let dockerfile = text(&format!("{folder}/Dockerfile"));
        let copies =
            dockerfile.lines().filter_map(|line| line.strip_prefix("COPY ")).filter(|copy| !copy.starts_with("--"));
        for source in copies.filter_map(|copy| copy.split(' ').next()).filter(|source| *source != ".") {
            assert!(root().join(source).exists(), "{folder}: {source}");
            assert!(let_in.contains(source.split('/').next().unwrap()), "{folder}: .dockerignore keeps {source} out");
        }
    }
}

/// Whatever a build reads: workspace members, and files that the code includes.
#[test]
fn what_a_build_needs_is_let_in() {
    let let_in = let_in();
    let manifest = text("Cargo.toml");
    let members = manifest.split_once("members = [").unwrap().1.split_once(']').unwrap().0;
    for member in members.split(',') {
        let member = member.trim().trim_matches('"');
        let top = member.split('/').next().unwrap();
        assert!(let_in.contains(top), ".dockerignore keeps {member} out");
    }
    let mut folders = vec![root().join("crates"), root().join("services"), root().join("stand-ins")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // Tests are not built into an image.
                if path.file_name().is_none_or(|name| name != "tests") {
                    folders.push(path);
                }
                continue;
            }
            if path.extension().is_none_or(|kind| kind != "rs") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for included in source.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let file = folder.join(included).canonicalize().unwrap_or_else(|error| panic!("{included}: {error}"));
                let file = file.strip_prefix(root().canonicalize().unwrap()).unwrap().to_owned();
                let top = file.iter().next().unwrap().to_string_lossy().into_owned();
                assert!(let_in.contains(&top), ".dockerignore keeps {} out", file.display());
            }
        }
    }
}
