//! What pipelines say, in the smallest texts.

use expect_test::{Expect, expect};
use plimsoll_model::Content;

use crate::corpus::Corpus;
use crate::source::Source;

#[track_caller]
fn check(path: &str, text: &str, expect: &Expect) {
    let corpus = Corpus::open(vec![Source::memory(&[(path, text)])]);
    let files: Vec<_> = corpus.ids().filter(|file| super::takes(&corpus, *file)).collect();
    let facts = super::read(&corpus, &files);
    let mut out = String::new();
    for pipeline in &facts.pipelines {
        out.push_str(&format!("{}\n", pipeline.name));
        for (field, content, note, origin) in &pipeline.claims {
            let Content::Stated(value) = content else { continue };
            let at = origin.at;
            out.push_str(&format!("  {}:{} {} = {value} ({note})\n", at.line, at.column, field.json_name()));
        }
    }
    expect.assert_eq(&out);
}

#[test]
fn a_workflow_says_what_sets_it_off_and_what_it_uses() {
    check(
        ".github/workflows/ci.yml",
        "name: CI\non:\n  pull_request:\n  push: { branches: [main] }\npermissions: { contents: read }\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v5\n      - run: |\n          cargo build\n          cargo --locked test\n",
        &expect![[r#"
            ci
              1:7 title = CI (its name)
              3:3 trigger = pull_request (sets it off)
              4:3 trigger = push main (sets it off)
              5:26 right = contents: read (of every job)
              9:15 action = actions/checkout@v5 (a step uses it)
              11:11 step = test (`cargo test`)
        "#]],
    );
}

#[test]
fn triggers_may_be_a_word_or_a_list() {
    check(
        ".github/workflows/a.yml",
        "on: push\njobs: {}\n",
        &expect![[r#"
        a
          1:5 trigger = push (sets it off)
    "#]],
    );
    check(
        ".github/workflows/a.yml",
        "on: [push, pull_request_target]\njobs: {}\n",
        &expect![[r#"
        a
          1:6 trigger = push (sets it off)
          1:12 trigger = pull_request_target (sets it off)
    "#]],
    );
}

#[test]
fn gitlab_jobs_have_images_and_scripts() {
    check(
        ".gitlab-ci.yml",
        "image: rust:1.95\nstages: [test]\ntest:\n  script: [cargo test, [helm upgrade shop ./chart]]\n",
        &expect![[r#"
            gitlab-ci
              1:8 job_image = rust:1.95 (a job runs in it)
              4:12 step = test (`cargo test`)
              4:25 step = deploy (`helm upgrade`)
        "#]],
    );
}

#[test]
fn other_files_are_not_pipelines() {
    check("docs/.github/workflows/ci.yml", "on: push\njobs: {}\n", &expect![[""]]);
    check(".github/workflows/deep/ci.yml", "on: push\njobs: {}\n", &expect![[""]]);
}

#[test]
fn what_is_no_mapping_says_nothing() {
    check(".github/workflows/ci.yml", "- a\n", &expect![[""]]);
    check(
        ".github/workflows/ci.yml",
        "on: 3\njobs: 4\npermissions: [a]\n",
        &expect![[r#"
        ci
          1:5 trigger = 3 (sets it off)
    "#]],
    );
}
