//! `plimsoll audit` as people and pipelines run it.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test runs the program on files in a temporary folder"
)]

use std::path::PathBuf;
use std::process::{Command, Output};

use expect_test::{Expect, expect};

const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: notify }
spec:
  replicas: 2
  selector: { matchLabels: { app: notify } }
  template:
    metadata: { labels: { app: notify } }
    spec:
      containers:
        - name: notify
          image: shop/notify:latest
          env: [{ name: MAIL_URL, value: 'http://mail:8025' }]
";

/// A folder of its own for a test, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("plimsoll-audit-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("notify.yaml"), SHOP).unwrap();
        Self(folder)
    }

    fn audit(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.arg("audit").args(arguments).current_dir(&self.0).output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[track_caller]
fn check(name: &str, arguments: &[&str], code: i32, expect: &Expect) {
    let output = Folder::new(name).audit(arguments);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    expect.assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_most_pressing_findings_come_first_with_place_and_owner() {
    check(
        "text",
        &["--rule", "REL-009", "--rule", "REL-020", "--rule", "DEL-003"],
        1,
        &expect![[r#"
        this system · notify.yaml · 1 component · 0 flows
          2 errors, 1 warning

        error    REL-009  notify → mail leads nowhere: `MAIL_URL` names `mail`, which nothing here provides
                          notify.yaml:14:42   no owner
        error    REL-020  notify has no readiness probe
                          notify.yaml:12:11 · notify.yaml:4:19   no owner
        warning  DEL-003  notify runs the image `shop/notify:latest`, whose tag moves
                          notify.yaml:13:18   no owner
        next  plimsoll explain REL-009
    "#]],
    );
}

#[test]
fn annotations_have_file_line_and_column() {
    check(
        "github",
        &["--format", "github", "--rule", "DEL-003"],
        0,
        &expect![[r#"
        ::warning file=notify.yaml,line=13,col=18,title=DEL-003 image-not-pinned::notify runs the image `shop/notify:latest`, whose tag moves
    "#]],
    );
}

#[test]
fn a_table_for_a_pull_request() {
    check(
        "markdown",
        &["--format", "markdown", "--rule", "DEL-003", "--fail-on", "warning"],
        1,
        &expect![[r#"
        # Audit of this system

        1 warning

        | | rule | what | where | at risk | owner |
        |---|---|---|---|---|---|
        | warning | `DEL-003` | notify runs the image `shop/notify:latest`, whose tag moves | `notify.yaml:13:18` |  |  |
    "#]],
    );
}

#[test]
fn junit_has_a_case_for_each_subject() {
    check(
        "junit",
        &["--format", "junit", "--rule", "DEL-003"],
        0,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="plimsoll audit" tests="1" failures="1">
          <testsuite name="DEL-003 image-not-pinned" tests="1" failures="1" skipped="0">
            <testcase classname="DEL-003" name="notify">
              <failure message="notify runs the image `shop/notify:latest`, whose tag moves" type="warning">notify.yaml:13:18</failure>
            </testcase>
          </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn an_issue_of_code_climate_has_its_fingerprint() {
    check(
        "climate",
        &["--format", "code-climate", "--rule", "DEL-003"],
        0,
        &expect![[r#"
        [
          {
            "type": "issue",
            "check_name": "DEL-003",
            "description": "notify runs the image `shop/notify:latest`, whose tag moves",
            "categories": [
              "Bug Risk"
            ],
            "fingerprint": "76c4e231b254a05f",
            "severity": "minor",
            "location": {
              "path": "notify.yaml",
              "lines": {
                "begin": 13
              }
            }
          }
        ]
    "#]],
    );
}

#[test]
fn sarif_has_a_run_with_places_and_fingerprints() {
    let output = Folder::new("sarif").audit(&["--format", "sarif", "--rule", "DEL-003"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &document["runs"][0]["results"][0];
    assert_eq!(document["version"], "2.1.0");
    assert_eq!(result["ruleId"], "DEL-003");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "notify.yaml");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 13);
    assert_eq!(result["partialFingerprints"]["plimsoll/v1"].as_str().unwrap().len(), 16);
}

#[test]
fn known_debt_does_not_count_and_what_is_mended_is_named() {
    let folder = Folder::new("baseline");
    assert_eq!(folder.audit(&["--write-baseline", "debt.json"]).status.code(), Some(1));
    assert_eq!(folder.audit(&["--baseline", "debt.json"]).status.code(), Some(0));
    std::fs::write(folder.0.join("notify.yaml"), SHOP.replace(":latest", ":1.4.0")).unwrap();
    let text = String::from_utf8(folder.audit(&["--baseline", "debt.json", "--since", "debt.json"]).stdout).unwrap();
    assert!(text.contains("stale in the baseline, since it is mended: DEL-003 notify"), "{text}");
    assert!(text.contains("fixed: DEL-003 notify"), "{text}");
}

#[test]
fn an_unknown_rule_and_a_wrong_day_are_wrong_use() {
    let folder = Folder::new("wrong");
    assert_eq!(folder.audit(&["--rule", "REL-999"]).status.code(), Some(2));
    assert_eq!(folder.audit(&["--now", "tomorrow"]).status.code(), Some(2));
    assert_eq!(folder.audit(&["--baseline", "not-there.json"]).status.code(), Some(2));
}

#[test]
fn a_wrong_plimsoll_yaml_is_said_with_its_place() {
    let folder = Folder::new("configuration");
    std::fs::write(folder.0.join("plimsoll.yaml"), "plimsoll: 1\ncomponets: {}\n").unwrap();
    let output = folder.audit(&[]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.starts_with("plimsoll.yaml:2:1: `componets` is not a key"), "{error}");
}
