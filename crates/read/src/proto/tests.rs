//! Protocol Buffers, case by case.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> Facts {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|id| (READER.takes)(&corpus, *id)).collect();
    (READER.read)(&corpus, &taken)
}

fn render(facts: &Facts) -> String {
    let mut out = String::new();
    for each in &facts.interfaces {
        out += &format!("{} {}:{}\n", each.name, each.origin.at.line, each.origin.at.column);
        for operation in &each.operations {
            let http = operation.method.iter().chain(&operation.path).map(|word| format!(" {word}"));
            let claims = operation.claims.iter().filter_map(|(field, content)| match content {
                plimsoll_model::Content::Stated(value) => Some(format!(" {}={value}", field.json_name())),
                plimsoll_model::Content::Absent => None,
            });
            let at = operation.origin.at;
            out += &format!("  {} {}:{}", operation.name, at.line, at.column);
            out += &http.chain(claims).collect::<String>();
            out += "\n";
        }
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {}: {}\n", skipped.kind, skipped.reason);
    }
    for problem in &facts.problems {
        out += &format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message);
    }
    out
}

#[track_caller]
fn check(text: &str, expect: Expect) {
    expect.assert_eq(&render(&facts(&[("a.proto", text)])));
}

#[test]
fn a_service_is_named_with_its_package_and_has_its_methods() {
    check(
        "syntax = \"proto3\";\npackage shop.v1;\nimport \"missing.proto\";\n// Carts.\nservice Cart {\n  rpc Get(Id) returns (Item);\n  /* ü */ rpc Watch(Id) returns (stream Item) { option deprecated = true; }\n  rpc Put(stream Item) returns (Id) {}\n  rpc Talk(stream Item) returns (stream Item);\n}\n",
        expect![[r#"
            shop.v1.Cart 5:1
              Get 6:3
              Watch 7:11 streaming=server deprecated=true
              Put 8:3 streaming=client
              Talk 9:3 streaming=both
        "#]],
    );
}

#[test]
fn an_http_annotation_gives_method_and_path_without_the_file_that_defines_it() {
    check(
        r#"syntax = "proto3";
import "google/api/annotations.proto";
service S {
  rpc A(M) returns (M) { option (google.api.http) = { get: "/v1/{name=a/*}" "/b" additional_bindings { post: "/v2" body: "*" } }; }
  rpc B(M) returns (M) { option (google.api.http).post = "/v1/b"; option (google.api.http).body = "*"; }
  rpc C(M) returns (M) { option (.google.api.http) = { custom: { kind: "head" path: "/c" }, }; }
  rpc D(M) returns (M) { option (other.http) = { get: "/no" }; option idempotency_level = NO_SIDE_EFFECTS; }
  rpc E(M) returns (M) { option (google.api.http) = { fetch: "/e" }; }
}
"#,
        expect![[r#"
            S 3:1
              A 4:3 GET /v1/{name=a/*}/b
              B 5:3 POST /v1/b
              C 6:3 HEAD /c
              D 7:3 idempotent=true
              E 8:3
            8:3 the option `(google.api.http)` cannot be read: field 'fetch' not found for message 'google.api.HttpRule'; the method is listed without its path
        "#]],
    );
}

#[test]
fn services_of_an_edition_are_read() {
    check(
        "edition = \"2024\";\npackage p;\nexport message M { string a = 1 [features.field_presence = EXPLICIT]; reserved b; }\nservice S { rpc A(M) returns (M); }\n",
        expect![[r#"
            p.S 4:1
              A 4:13
        "#]],
    );
}

#[test]
fn an_error_in_a_message_does_not_lose_the_services() {
    check(
        "package p;\nmessage M { string a = ; }\nservice S { rpc A(M) returns (M); }\n",
        expect![[r#"
            p.S 3:1
              A 3:13
            2:24 not valid Protocol Buffers: expected an integer, but found ';'; its services are read, nothing else needs it
        "#]],
    );
}

#[test]
fn an_error_in_a_service_is_a_problem_at_its_place() {
    check(
        "package p;\nservice S { rpc A(M) gives (M); }\n",
        expect![[r#"
            2:22 not valid Protocol Buffers: expected 'returns', but found 'gives'; the file is left out
        "#]],
    );
}

#[test]
fn a_file_that_was_cut_off_is_a_problem() {
    check(
        "package p;\nservice S { rpc A(M) returns",
        expect![[r#"
            0:0 not valid Protocol Buffers: expected '(', but reached end of file; the file is left out
        "#]],
    );
}

#[test]
fn services_of_a_library_are_listed_as_vendored() {
    check(
        "package grpc.health.v1;\nservice Health { rpc Check(A) returns (A); }\n",
        expect![[r#"
            not read: vendored interface: package `grpc.health.v1` comes with gRPC health checking; it is not this backend's own
        "#]],
    );
}

#[test]
fn a_package_that_only_begins_like_a_library_is_ones_own() {
    check(
        "package googly.v1;\nservice S {}\n",
        expect![[r#"
            googly.v1.S 2:1
        "#]],
    );
}

#[test]
fn copies_and_import_cycles_are_read_each() {
    let text = "package p; import \"b.proto\"; import \"a.proto\"; service S { rpc A(M) returns (M); }";
    let facts = facts(&[("a.proto", text), ("x/b.proto", text)]);
    assert_eq!(facts.interfaces.len(), 2);
}

#[test]
fn deep_nesting_is_a_problem_not_a_crash() {
    let messages = format!("{}{}", "message A {".repeat(10_000), "}".repeat(10_000));
    let rule = format!("{}{}", "additional_bindings {".repeat(10_000), "}".repeat(10_000));
    let method = format!("rpc A(M) returns (M) {{ option (google.api.http) = {{ {rule} }}; }}");
    let facts = facts(&[("a.proto", &format!("{messages} service S {{ {method} }}"))]);
    assert_eq!((facts.interfaces[0].operations.len(), facts.problems.len()), (1, 2));
}

const SAMPLE: &str = r#"syntax = "proto3"; package a.b;
message M { string a = 1; /* ü */ }
service S { option deprecated = true;
  rpc A(stream M) returns (M) { option (google.api.http) = { get: "/v1/{a}" additional_bindings { post: "/x" } }; } }
"#;

proptest! {
    #[test]
    fn damaged_input_never_panics(cut in 0..SAMPLE.len(), at in 0..SAMPLE.len(), with in "[{}\"'/*();=ü<>\\[\\]]{0,4}") {
        let (cut, at) = (SAMPLE.floor_char_boundary(cut), SAMPLE.floor_char_boundary(at));
        facts(&[("a.proto", &SAMPLE[..cut])]);
        facts(&[("a.proto", &format!("{}{with}{}", &SAMPLE[..at], &SAMPLE[at..]))]);
    }
}
