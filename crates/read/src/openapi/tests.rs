//! API descriptions, case by case.

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
    let place = |at: plimsoll_model::At| format!("{}:{}:{}", corpus.files().display(at.file), at.line, at.column);
    let mut out = String::new();
    for each in &facts.interfaces {
        let version = each.version.as_deref().unwrap_or("-");
        out += &format!("{} {version} [{}] {}\n", each.name, each.hosts.join(" "), place(each.origin.at));
        for operation in &each.operations {
            let (method, path) = (operation.method.as_deref(), operation.path.as_deref());
            out += &format!("  {} | {} {}", operation.name, method.unwrap_or("-"), path.unwrap_or("-"));
            let deprecated = operation.claims.iter().any(|(field, _)| *field == plimsoll_model::Field::Deprecated);
            out += if deprecated { " deprecated" } else { "" };
            out += &format!(" | {}", place(operation.origin.at));
            for via in operation.origin.via.iter().flat_map(|via| via.iter()) {
                out += &format!(" via {}", place(*via));
            }
            out += "\n";
        }
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {}: {}\n", corpus.path(skipped.file), skipped.reason);
    }
    for problem in facts.problems.iter().chain(&corpus.problems()) {
        out += &format!("{} {}\n", place(problem.at), problem.message);
    }
    expect.assert_eq(&out);
}

#[test]
fn an_operation_is_a_path_and_a_method() {
    check(
        &[(
            "x.yaml",
            "openapi: 3.0.3\ninfo: { title: Carts, version: 1.2 }\npaths:\n  /carts/{id}:\n    summary: s\n    parameters: []\n    get: { operationId: getCart, deprecated: true }\n    delete: {}\n  x-note: { get: {} }\n",
        )],
        expect![[r#"
            Carts 1.2 [] x.yaml:1:1
              getCart | GET /carts/{id} deprecated | x.yaml:7:5
              DELETE /carts/{id} | DELETE /carts/{id} | x.yaml:8:5
        "#]],
    );
}

#[test]
fn swagger_2_in_json_keeps_its_base_path_apart() {
    check(
        &[(
            "api.json",
            r#"{ "info": {"title": "Pets", "version": "1"}, "host": "pets:8080", "basePath": "/v1", "paths": { "/pets": { "post": {} } }, "swagger": "2.0" }"#,
        )],
        expect![[r#"
            Pets 1 [pets:8080] api.json:1:124
              POST /pets | POST /pets | api.json:1:108
        "#]],
    );
}

#[test]
fn servers_give_hosts_with_the_defaults_of_their_variables() {
    check(
        &[(
            "a.yml",
            "openapi: 3.1.0\ninfo: {title: A, version: '1'}\nservers:\n- url: https://{env}.example.com:{port}/v1\n  variables: { env: { default: live }, port: { default: '8443' } }\n- url: /only/a/path\n- url: https://{open}.example.com\n- url: //plain/v1\npaths: { /: { get: {} } }\n",
        )],
        expect![[r#"
            A 1 [live.example.com:8443 plain] a.yml:1:1
              GET / | GET / | a.yml:9:15
        "#]],
    );
}

#[test]
fn references_are_followed_inside_the_file_and_into_others() {
    check(
        &[
            (
                "api/openapi.yaml",
                "openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths:\n  /a: { $ref: 'paths/a.yaml' }\n  /b: { $ref: './paths/all.json#/~1b', head: {} }\n  /c: { $ref: '#/components/pathItems/c%20d' }\n  /e: { get: { $ref: 'paths/get.yaml' } }\ncomponents: { pathItems: { 'c d': { put: { operationId: putC } } } }\n",
            ),
            ("api/paths/a.yaml", "get: { operationId: getA }\npost: {}\n"),
            ("api/paths/all.json", r#"{ "/b": { "$ref": "a.yaml" } }"#),
            ("api/paths/get.yaml", "operationId: getE\ndeprecated: true\n"),
        ],
        expect![[r#"
            A 1 [] api/openapi.yaml:1:1
              getA | GET /a | api/paths/a.yaml:1:1 via api/openapi.yaml:4:15
              POST /a | POST /a | api/paths/a.yaml:2:1 via api/openapi.yaml:4:15
              HEAD /b | HEAD /b | api/openapi.yaml:5:40
              getA | GET /b | api/paths/a.yaml:1:1 via api/paths/all.json:1:19 via api/openapi.yaml:5:15
              POST /b | POST /b | api/paths/a.yaml:2:1 via api/paths/all.json:1:19 via api/openapi.yaml:5:15
              putC | PUT /c | api/openapi.yaml:8:37 via api/openapi.yaml:6:15
              getE | GET /e deprecated | api/openapi.yaml:7:9
        "#]],
    );
}

#[test]
fn a_document_that_another_lists_is_a_part_of_it() {
    let part = "openapi: 3.0.0\ninfo: {title: Users, version: '1'}\npaths: { /users: { get: {} } }\n";
    check(
        &[
            (
                "root.yaml",
                "openapi: 3.0.0\ninfo: {title: All, version: '1'}\npaths: { /users: { $ref: 'users.yaml#/paths/~1users' } }\n",
            ),
            ("schemas.yaml", "openapi: 3.0.0\ninfo: {title: Schemas, version: '1'}\npaths: {}\ncomponents: {}\n"),
            ("users.yaml", part),
        ],
        expect![[r#"
            All 1 [] root.yaml:1:1
              GET /users | GET /users | users.yaml:3:20 via root.yaml:3:26
            not read: schemas.yaml: it describes no operation; webhooks are calls that it makes
            not read: users.yaml: its operations are listed by root.yaml, which refers to it
        "#]],
    );
}

#[test]
fn references_that_lead_nowhere_are_told_and_the_rest_is_read() {
    check(
        &[(
            "a.yaml",
            "openapi: 3.0.0\ninfo: {title: A, version: '1'}\npaths:\n  /a: { $ref: gone.yaml }\n  /b: { $ref: 'https://example.com/b.yaml' }\n  /c: { $ref: '#/paths/~1c' }\n  /d: [get]\n  /e: { get: yes, put: {} }\n",
        )],
        expect![[r#"
            A 1 [] a.yaml:1:1
              PUT /e | PUT /e | a.yaml:8:19
            not read: a.yaml: `$ref: https://example.com/b.yaml` at line 5 leads to another machine; nothing is fetched
            a.yaml:4:15 `$ref: gone.yaml` leads nowhere: there is no such file
            a.yaml:6:7 more than 16 references lead to each other here
            a.yaml:7:7 a path is not a mapping; it is left out: write its keys below it
            a.yaml:8:14 an operation is not a mapping; it is left out: write its keys below it
        "#]],
    );
}

#[test]
fn paths_that_are_a_list_are_a_problem() {
    check(
        &[("a.yaml", "openapi: 3.0.0\ninfo: {title: A, version: '1'}\npaths: [/a]\n")],
        expect![[r#"
            not read: a.yaml: it describes no operation; webhooks are calls that it makes
            a.yaml:3:8 `paths` is not a mapping; it is left out: write its keys below it
        "#]],
    );
}

#[test]
fn later_versions_have_more_methods_and_webhooks_are_not_operations() {
    check(
        &[(
            "a.yaml",
            "openapi: 3.2.0\ninfo: {title: A, version: '1'}\nwebhooks: { new: { post: {} } }\npaths: { /a: { query: {}, additionalOperations: { COPY: {} } } }\n",
        )],
        expect![[r#"
            A 1 [] a.yaml:1:1
              QUERY /a | QUERY /a | a.yaml:4:16
              COPY /a | COPY /a | a.yaml:4:51
        "#]],
    );
}

#[test]
fn other_files_with_such_words_are_left_alone() {
    check(
        &[
            ("package.json", r#"{ "dependencies": { "swagger": "2.0", "openapi": "3.0.0" } }"#),
            ("values.yaml", "swagger: true\nopenapi: { enabled: true }\n"),
            ("compose.yaml", "services: { swagger: {} }\n"),
            ("fragment.yaml", "get: { operationId: x }\n"),
        ],
        expect![""],
    );
}

const SAMPLE: &str = "openapi: 3.1.0\ninfo: {title: Ä, version: '1'}\nservers: [{url: 'http://{a}:1/b', variables: {a: {default: b}}}]\npaths:\n  /a: { $ref: '#/x/%7e1' }\n  /b: { get: { operationId: b }, $ref: '#/paths/~1a' }\nx: { '/': { get: {} } }\n";

proptest! {
    #[test]
    fn damaged_input_never_panics(cut in 0..SAMPLE.len(), at in 0..SAMPLE.len(), with in "[{}\"'/*#:%~ü,\\[\\]\n]{0,4}") {
        let (cut, at) = (SAMPLE.floor_char_boundary(cut), SAMPLE.floor_char_boundary(at));
        facts(&[("a.yaml", &SAMPLE[..cut])]);
        facts(&[("a.yaml", &format!("{}{with}{}", &SAMPLE[..at], &SAMPLE[at..]))]);
    }
}
