//! On Tuesday a pull request adds a synchronous call: what the review says of it, and of a change that is none.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test runs the program on the examples")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn review(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    let command = command.current_dir(folder).args(["review", "--now", "2026-11-28"]).args(arguments);
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn a_new_synchronous_call_is_blocked_with_what_it_costs() {
    let output = review(&examples(), &["chandlery", "loyalty", "--no-simulation", "--format", "json"]);
    let review = json(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(review["verdict"], "block");
    let says: Vec<&str> = review["reasons"].as_array().unwrap().iter().map(|r| r["says"].as_str().unwrap()).collect();
    assert_eq!(says, ["1 promise broken", "2 new errors: REL-001, REL-002", "1 load line lower by more than 5 %"]);
    let journeys = review["journeys"].as_array().unwrap();
    assert_eq!(journeys.len(), 1, "the other journeys are as they were");
    let (base, head) = (&journeys[0]["base"], &journeys[0]["head"]);
    let near = |value: &Value, expect: f64| {
        let value = value.as_f64().unwrap();
        assert!((value / expect - 1.0).abs() < 1e-4, "{value} is not {expect}");
    };
    near(&base["bound_per_s"], 45.0);
    near(&head["bound_per_s"], 33.333);
    assert_eq!(head["binds"], "loyalty CPU, 2 × 0.25 cores ÷ 0.015 s");
    near(&base["ceiling"]["share"], 0.996405);
    near(&head["ceiling"]["minutes_lost"], 370.5);
    near(&head["ceiling"]["minutes_allowed"], 216.0);
    assert_eq!((&base["chain"], &head["chain"]), (&Value::from(4), &Value::from(4)));
    assert_eq!(
        head["attempts"][0],
        serde_json::json!({ "component": "loyalty", "times": 12.0, "by": "gateway 3 × orders 4" })
    );
    assert_eq!(base["inverted_timeouts"], serde_json::json!([]));
    assert_eq!(head["inverted_timeouts"].as_array().unwrap().len(), 1);
    let added = |noun: &str| {
        let changes = review["changes"].as_array().unwrap().iter();
        changes.filter(|change| change["kind"] == "added" && change["noun"] == noun).count()
    };
    assert_eq!((added("component"), added("flow")), (1, 1));
}

#[test]
fn the_comment_says_it_in_one_table() {
    let output = review(&examples(), &["chandlery", "loyalty", "--no-simulation", "--format", "markdown"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("**Verdict: BLOCK (1 promise broken; 2 new errors: REL-001, REL-002;"), "{text}");
    for row in [
        "| its bound | 45.0 /s | 33.3 /s | −26 %  loyalty CPU, 2 × 0.25 cores ÷ 0.015 s |",
        "| availability ceiling | 99.64 % | 99.14 % | below the promised 99.50 %: 370.5 \\> 216.0 min in 30 days |",
        "| longest synchronous chain | 4 | 4 |  |",
        "| attempts when it fails | – | 12× | loyalty: gateway 3 × orders 4 |",
    ] {
        assert!(text.contains(row), "{row}\n{text}");
    }
}

#[test]
fn a_system_beside_itself_is_no_change() {
    let output = review(&examples(), &["chandlery", "chandlery"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("NO CHANGE\n"));
}

/// A repository of its own in a temporary folder, removed at the end.
struct Repository(PathBuf);

impl Repository {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("plimsoll-review-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let repository = Self(folder);
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.current_dir(&self.0).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
        assert!(git.status().unwrap().success(), "git {arguments:?}");
    }

    fn commit(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", "a change"]);
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn two_commits_are_compared_without_a_checkout() {
    let shop = Repository::new("commits");
    shop.commit("shop/compose.yaml", "services:\n  web: { image: 'shop/web:1' }\n");
    shop.git(&["checkout", "--quiet", "-b", "more"]);
    shop.commit(
        "shop/compose.yaml",
        "services:\n  web: { image: 'shop/web:1', environment: { CARTS: 'http://carts:80' } }\n  carts: { image: 'shop/carts:1' }\n",
    );
    shop.git(&["checkout", "--quiet", "main"]);
    shop.commit("other/compose.yaml", "services:\n  db: { image: 'postgres:16' }\n");
    // What lies in the working tree does not count.
    std::fs::write(shop.0.join("shop/compose.yaml"), "services: {}\n").unwrap();

    let names = |output: &Output| -> Vec<String> {
        let review = json(output);
        let changes = review["changes"].as_array().unwrap().iter();
        changes.map(|c| format!("{} {}", c["kind"].as_str().unwrap(), c["name"].as_str().unwrap())).collect()
    };
    let added = ["added carts", "added web → carts (http)", "added carts", "changed web"];
    assert_eq!(names(&review(&shop.0, &["main..more", "shop", "--format", "json"])), added);
    // Since they parted: what came to main meanwhile is none of the branch's doing.
    assert_eq!(names(&review(&shop.0, &["main...more", "--format", "json"])), added);
    assert!(names(&review(&shop.0, &["main..more", "--format", "json"])).contains(&String::from("removed db")));
}

#[test]
fn wrong_use_says_what_to_do() {
    let check = |arguments: &[&str], expect: &str| {
        let output = review(&examples(), arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.contains(expect)), (Some(2), true), "{error}");
    };
    check(&["chandlery"], "name a range, or two folders to compare");
    check(&["chandlery", "nowhere"], "`nowhere` does not exist");
    check(&["no-such-branch..HEAD"], "`no-such-branch` names no commit");
    check(&["main..", "--precision", "0"], "--precision");
}
