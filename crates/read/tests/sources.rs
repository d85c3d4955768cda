//! Which files count: what git tracks, what is ignored, and which folders plimsoll.yaml names.
#![allow(clippy::unwrap_used, reason = "what is not there fails the test")]
#![allow(clippy::disallowed_methods, reason = "these tests write folders to disk and ask git to track them")]

use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::{Expect, expect};
use plimsoll_read::corpus::Corpus;
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options, survey};

/// A new folder `system` with files, which is gone again at the end.
struct Disk(PathBuf);

impl Disk {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("plimsoll-sources-{}-{name}", std::process::id())).join("system");
        for (path, text) in files {
            let file = root.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        Self(root)
    }

    fn git(&self, folder: &str, arguments: &[&str]) {
        let folder = self.0.join(folder);
        let run = Command::new("git").current_dir(folder).args(arguments).output().expect("git is installed");
        assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }

    /// Files that count when a folder is surveyed, one a line.
    fn files(&self, folder: &str) -> String {
        let corpus = Corpus::open(Source::folders(&[self.0.join(folder)]));
        corpus.ids().map(|file| format!("{}\n", corpus.files().display(file))).collect()
    }

    /// What a survey of a folder has to say against it.
    fn problems(&self, folder: &str) -> String {
        let model = survey(Source::folders(&[self.0.join(folder)]), &Options::default());
        let line = |problem: &plimsoll_model::Problem| {
            let file = model.files.display(problem.at.file);
            format!("{file}:{}:{}: {}\n", problem.at.line, problem.at.column, problem.message)
        };
        model.problems.iter().map(line).collect()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        std::fs::remove_dir_all(self.0.parent().unwrap()).unwrap();
    }
}

#[track_caller]
fn check(shown: &str, expect: Expect) {
    expect.assert_eq(shown);
}

const IGNORED: &[(&str, &str)] = &[
    (".gitignore", ".env\n*.local\nsecret/\n"),
    (".env", "A=1\n"),
    ("b.local", "b\n"),
    ("c.local", "c\n"),
    ("secret/d.yaml", "d: 1\n"),
    ("e.yaml", "e: 1\n"),
    ("old/f.yaml", "f: 1\n"),
    (".plimsollignore", "old/\n"),
];

#[test]
fn what_git_tracks_counts_although_it_is_ignored() {
    for (version, folder) in [("2", "two"), ("4", "four")] {
        let disk = Disk::new(folder, IGNORED);
        disk.git("", &["init", "--quiet"]);
        disk.git("", &["update-index", "--index-version", version]);
        disk.git("", &["add", "--force", ".env", "c.local", "secret/d.yaml", "e.yaml", "old/f.yaml"]);
        check(
            &disk.files(""),
            expect![[r#"
                .env
                .gitignore
                .plimsollignore
                c.local
                e.yaml
                secret/d.yaml
            "#]],
        );
        check(
            &disk.files("secret"),
            expect![[r#"
                d.yaml
            "#]],
        );
        std::fs::remove_file(disk.0.join(".env")).unwrap();
        assert!(!disk.files("").contains(".env"), "a file that is gone does not count");
    }
}

#[test]
fn a_work_tree_of_its_own_has_its_own_index() {
    let disk = Disk::new("tree", &[("main/.gitignore", ".env\n"), ("main/.env", "A=1\n"), ("main/a.yaml", "a: 1\n")]);
    disk.git("main", &["init", "--quiet"]);
    disk.git("main", &["add", "--force", ".env"]);
    let who = ["-c", "user.name=ada", "-c", "user.email=ada@shop.example"];
    disk.git("main", &[&who[..], &["commit", "--quiet", "--message", "one"]].concat());
    disk.git("main", &["worktree", "add", "--quiet", "../other"]);
    check(
        &disk.files("other"),
        expect![[r#"
            .env
        "#]],
    );
}

#[test]
fn without_git_the_ignore_files_decide() {
    check(
        &Disk::new("none", IGNORED).files(""),
        expect![[r#"
            .gitignore
            .plimsollignore
            e.yaml
        "#]],
    );
}

const SHOP: &[(&str, &str)] = &[
    (
        "shop/plimsoll.yaml",
        "plimsoll: 1\nsources:\n  - path: .\n    except: [docs/, '*.tmp']\n  - { path: ../shop-web, as: web }\n",
    ),
    ("shop/a.yaml", "a: 1\n"),
    ("shop/b.tmp", "b\n"),
    ("shop/docs/c.yaml", "c: 1\n"),
    ("shop-web/d.yaml", "d: 1\n"),
    ("other/e.yaml", "e: 1\n"),
];

#[test]
fn plimsoll_yaml_names_the_folders_that_count() {
    let disk = Disk::new("shop", SHOP);
    check(
        &disk.files("shop"),
        expect![[r#"
            shop:a.yaml
            shop:plimsoll.yaml
            web:d.yaml
        "#]],
    );
    check(&disk.problems("shop"), expect![""]);
}

#[test]
fn the_file_itself_is_read_where_its_folder_is_no_source() {
    let files = [
        ("shop/plimsoll.yaml", "plimsoll: 1\nsources: [{ path: ../web }]\n"),
        ("shop/a.yaml", "a: 1\n"),
        ("web/d.yaml", "d: 1\n"),
    ];
    check(
        &Disk::new("apart", &files).files("shop"),
        expect![[r#"
            web:d.yaml
            shop:plimsoll.yaml
        "#]],
    );
}

#[test]
fn a_source_in_another_counts_once_and_builds_on_it() {
    let drill = "plimsoll: 1\nextends: ../plimsoll.yaml\nsources:\n  - { path: .., as: clean, except: [plimsoll.yaml] }\n  - { path: ., as: drill }\n";
    let files = [
        (
            "base/orders.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec: { template: { spec: { containers: [{ name: orders, image: shop/orders }] } } }\n",
        ),
        ("base/kustomization.yaml", "resources: [orders.yaml]\n"),
        ("plimsoll.yaml", "plimsoll: 1\nsystem: shop\ncomponents: { orders: { tier: 1 } }\n"),
        ("drill/plimsoll.yaml", drill),
        ("drill/kustomization.yaml", "resources: [../base]\nreplicas: [{ name: orders, count: 7 }]\n"),
    ];
    let disk = Disk::new("nested", &files);
    check(
        &disk.files("drill"),
        expect![[r#"
            clean:base/kustomization.yaml
            clean:base/orders.yaml
            clean:plimsoll.yaml
            drill:kustomization.yaml
            drill:plimsoll.yaml
        "#]],
    );
    check(&disk.problems("drill"), expect![""]);
    let model = survey(Source::folders(&[disk.0.join("drill")]), &Options::default());
    let environments: Vec<&str> = model.environments.iter().map(|environment| environment.variant.as_str()).collect();
    assert_eq!(environments, ["drill:kustomization.yaml"], "the base is read as part of what builds on it");
}

#[test]
fn what_is_wrong_with_a_source_is_said_with_its_place() {
    let files = [(
        "plimsoll.yaml",
        "plimsoll: 1\nsources:\n  - path: .\n    except: ['a{b', docs]\n  - { path: ../gone, as: web }\n  - { path: ./none, as: web }\n",
    )];
    check(
        &Disk::new("wrong", &files).problems(""),
        expect![[r#"
        system:plimsoll.yaml:4:14: except: `a{b` is no pattern of a .gitignore: error parsing glob 'a{b': unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
        system:plimsoll.yaml:5:13: sources: there is no folder `../gone`, or no file in it counts; clone it there, or take it out
        system:plimsoll.yaml:6:13: sources: there is no folder `./none`, or no file in it counts; clone it there, or take it out
        system:plimsoll.yaml:6:25: sources: two are called `web`; a name stands for one folder
    "#]],
    );
}

#[test]
fn the_name_of_a_folder_is_that_of_the_source() {
    let disk = Disk::new("names", &[("x/shop/a.yaml", "a: 1\n"), ("y/shop/b.yaml", "b: 1\n")]);
    let sources = Source::folders(&[disk.0.join("x/shop"), disk.0.join("y/shop"), disk.0.join("x/../x/shop")]);
    let names: Vec<&str> = sources.iter().map(Source::name).collect();
    assert_eq!(names, ["shop", "shop-2"]);
    assert_eq!(Source::folders(&[Path::new(&disk.0.join("x/shop")).to_owned()])[0].name(), "");
}
