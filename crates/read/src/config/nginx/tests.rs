//! Passes and what they lead to.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expect: Expect) {
    let file = parse(FileId(0), text);
    let mut shown = String::new();
    for mention in file.mentions(&About::File(FileId(0)), &BTreeSet::new()) {
        let Mention { key, value, origin, .. } = mention;
        let via: String =
            origin.via.iter().flat_map(|via| via.iter()).map(|at| format!(" via {}:{}", at.line, at.column)).collect();
        shown += &format!("{}:{} {key} {value}{via}\n", origin.at.line, origin.at.column);
    }
    for problem in &file.problems {
        shown += &format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message);
    }
    expect.assert_eq(&shown);
}

#[test]
fn a_pass_leads_to_its_host() {
    check(
        "location / { proxy_pass http://orders:80/; }\nlocation /g { grpc_pass orders:50051; }",
        expect![[r#"
        1:25 proxy_pass http://orders:80/
        2:25 grpc_pass grpc://orders:50051
    "#]],
    );
}

#[test]
fn an_upstream_is_a_name_for_its_servers() {
    check(
        "upstream o { server orders-1:80 weight=5; server orders-2; server unix:/run/x.sock; keepalive 8; }\nserver { listen 80; location /a { proxy_pass http://o/api; } }",
        expect![[r#"
            1:21 proxy_pass http://orders-1:80/api via 2:46
            1:50 proxy_pass http://orders-2/api via 2:46
        "#]],
    );
}

#[test]
fn an_upstream_that_another_file_uses() {
    check(
        "upstream o { server orders:8080; server more; }",
        expect![[r#"
        1:21 upstream server orders:8080
        1:41 upstream server http://more
    "#]],
    );
}

#[test]
fn variables_are_followed_to_where_they_are_set() {
    check(
        "set $o orders; set $u http://$o:80;\nmap $host $b { default http://a; x.acme.io http://b:81; }\nlocation /1 { proxy_pass $u; }\nlocation /2 { proxy_pass $b$request_uri; }\nlocation /3 { proxy_pass http://orders:80/$1; }",
        expect![[r#"
            3:26 proxy_pass http://orders:80 via 1:8
            4:26 proxy_pass http://a/$request_uri via 2:24
            4:26 proxy_pass http://b:81/$request_uri via 2:44
            5:26 proxy_pass http://orders:80/$1
        "#]],
    );
}

#[test]
fn variables_of_the_environment_stay() {
    check(
        "location / { proxy_pass http://${ORDERS_HOST}:${ORDERS_PORT}/; }\nlocation /b { proxy_pass http://{{ host }}:80; }",
        expect![[r#"
            1:25 proxy_pass http://${ORDERS_HOST}:${ORDERS_PORT}/
            2:26 proxy_pass http://{{ host }}:80
        "#]],
    );
}

#[test]
fn comments_quotes_lua_and_redirects_name_nobody() {
    check(
        "# proxy_pass http://no;\nreturn 301 https://no$request_uri;\nadd_header X \"proxy_pass http://no; }\";\ncontent_by_lua_block { local x = \"}\" -- }\n if a then x = {1} end }\nresolver kube-dns;\nproxy_pass http://yes;",
        expect![[r#"
            7:12 proxy_pass http://yes
        "#]],
    );
}

#[test]
fn a_stray_brace_does_not_stop_the_rest() {
    check(
        "} proxy_pass http://a; { proxy_pass http://b;",
        expect![[r#"
        1:14 proxy_pass http://a
        1:37 proxy_pass http://b
        1:1 a `}` that closes nothing; reading goes on after it
    "#]],
    );
}

proptest! {
    #[test]
    fn no_text_panics(parts in proptest::collection::vec(proptest::sample::select(&["proxy_pass ", "upstream x ", "server ", "{", "}", ";", "${", "$", "'", "\"", "\\", "{{", "{%", "#", "\n", "é", "x", "set $x ", "map $a $x ", "content_by_lua_block ", "http://", "<%", "/"][..]), 0..24)) {
        let _ = parse(FileId(0), &parts.concat()).mentions(&About::File(FileId(0)), &BTreeSet::new());
    }
}
