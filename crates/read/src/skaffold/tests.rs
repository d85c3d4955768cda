//! Skaffold, case by case.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|id| (READER.takes)(&corpus, *id)).collect();
    let facts = (READER.read)(&corpus, &taken);
    (corpus, facts)
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let (corpus, facts) = facts(files);
    let mut out = String::new();
    for build in &facts.builds {
        let at = build.origin.at;
        let image = build.image.as_deref().unwrap_or("-");
        out += &format!("{image} from `{}` ({}:{}:{})\n", build.folder, corpus.path(at.file), at.line, at.column);
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {}: {}\n", skipped.kind, skipped.reason);
    }
    for problem in &facts.problems {
        out += &format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message);
    }
    expect.assert_eq(&out);
}

#[test]
fn an_artifact_ties_its_image_to_its_context() {
    check(
        &[
            (
                "deploy/skaffold.yaml",
                "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n  - image: gcr.io/shop/orders\n    context: ../src/orders\n  - image: web\n    context: ..\n    docker: { dockerfile: src/web/Dockerfile.prod }\n  - image: carts\n    context: ..\n    jib: { project: 'shop:carts' }\n  - image: ship\n    context: ../src\n    ko: { main: ./cmd/ship }\nprofiles:\n- name: debug\n  build: { artifacts: [{ image: orders-debug, context: ../src/orders, docker: { dockerfile: Dockerfile.debug } }] }\n  patches: [{ op: add, path: /build/artifacts/-, value: { image: load, context: ../load } }]\n",
            ),
            ("src/orders/Dockerfile", ""),
            ("src/orders/Dockerfile.debug", ""),
            ("src/web/Dockerfile.prod", ""),
            ("carts/pom.xml", ""),
            ("src/cmd/ship/main.go", ""),
            ("load/Dockerfile", ""),
        ],
        expect![[r#"
            shop/orders from `src/orders` (deploy/skaffold.yaml:5:12)
            web from `src/web` (deploy/skaffold.yaml:7:12)
            carts from `carts` (deploy/skaffold.yaml:10:12)
            ship from `src/cmd/ship` (deploy/skaffold.yaml:13:12)
            orders-debug from `src/orders` (deploy/skaffold.yaml:18:33)
            load from `load` (deploy/skaffold.yaml:19:66)
        "#]],
    );
}

#[test]
fn several_configurations_are_read_each_and_missing_ones_are_told() {
    check(
        &[
            (
                "skaffold.yaml",
                "apiVersion: skaffold/v3\nrequires:\n- path: a\n- path: gone/skaffold.yaml\n- git: { repo: 'https://example.com/x.git' }\n---\napiVersion: skaffold/v3\nbuild: { artifacts: [{ context: a }, { image: nowhere, context: no/such }] }\n",
            ),
            ("a/skaffold.yaml", "apiVersion: skaffold/v3\nbuild: { artifacts: [{ image: a }] }\n"),
            ("a/Dockerfile", ""),
            ("other.yaml", "# skaffold/v3\napiVersion: v1\n"),
            ("b/skaffold.yaml", "apiVersion: skaffold/v3\nbuild: { artifacts: { image: a } }\n"),
        ],
        expect![[r#"
            a from `a` (a/skaffold.yaml:2:31)
            not read: remote Skaffold configuration: `https://example.com/x.git` is in another repository
            not read: image build: line 8: the folder of this build is not clear from the file alone
            2:21 `artifacts` is not a list; it is left out, the rest is read
            4:9 `requires` names `gone/skaffold.yaml`, and there is no such file; it is left out, the rest is read
            8:22 an artifact has no `image`; it is left out, the rest is read
        "#]],
    );
}

const SAMPLE: &str = "apiVersion: skaffold/v3\nbuild:\n  artifacts:\n  - { image: \"a/ü:1\", context: ./x/.., docker: { dockerfile: D } }\nprofiles: [{ patches: [{ path: /build/artifacts/-, value: { image: b } }] }]\n";

proptest! {
    #[test]
    fn damaged_input_never_panics(cut in 0..SAMPLE.len(), at in 0..SAMPLE.len(), with in "[{}\"'/:ü,@\\[\\]\n-]{0,4}") {
        let (cut, at) = (SAMPLE.floor_char_boundary(cut), SAMPLE.floor_char_boundary(at));
        facts(&[("s.yaml", &SAMPLE[..cut])]);
        facts(&[("s.yaml", &format!("{}{with}{}", &SAMPLE[..at], &SAMPLE[at..]))]);
    }
}
