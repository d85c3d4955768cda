//! What people observe: answers, errors with their place, the bound of the cost.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn form() -> serde_json::Value {
    json!({
        "components": [
            { "id": "gateway", "kind": "gateway", "owner": null, "aliases": ["edge"] },
            { "id": "orders", "kind": "service", "owner": "team-orders", "aliases": [] },
            { "id": "orders-db", "kind": "store", "owner": "team-data", "aliases": ["pg"] },
        ],
        "calls": [
            { "from": "gateway", "to": "orders", "protocol": "grpc", "synchronous": true },
            { "from": "orders", "to": "orders-db", "protocol": "sql", "synchronous": true },
        ],
        "deployments": [
            { "component": "gateway", "replicas": 3, "readiness": { "kind": "http" } },
            { "component": "orders", "replicas": null, "readiness": null },
        ],
        "environments": [{ "id": "production", "default": true, "because": "stated" }, { "id": "local", "default": false }],
        "default_environment": "production",
        "files_read": 12,
    })
}

#[track_caller]
fn check(expression: &str, expect: Expect) {
    let said = match evaluate(&form(), expression, 10_000) {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    };
    expect.assert_eq(&said);
}

#[test]
fn lists_are_filtered_and_mapped() {
    check(r#"calls.filter(c, c.protocol == "grpc").map(c, c.from)"#, expect![[r#"["gateway"]"#]]);
    check(
        "components.filter(c, !deployments.exists(d, d.component == c.id && d.readiness != null)).map(c, c.id)",
        expect![[r#"["orders","orders-db"]"#]],
    );
    check(
        r#"components.map(c, c.kind == "store", {"id": c.id, "n": size(c.aliases)})"#,
        expect![[r#"[{"id":"orders-db","n":1}]"#]],
    );
    check(r#"components.exists_one(c, c.id.startsWith("orders-"))"#, expect!["true"]);
    check("components.all(c, c.owner != null)", expect!["false"]);
    check("components.map(c, c.aliases).filter(a, a != [])", expect![[r#"[["edge"],["pg"]]"#]]);
    check(r#""edge" in components[0].aliases && !("x" in components[0])"#, expect!["true"]);
    check(r#"default_environment + "/" + string(files_read + 1)"#, expect![[r#""production/13""#]]);
    check("deployments[0].map(key, key)", expect![[r#"["component","replicas","readiness"]"#]]);
    check("environments.map(e, e.because)", expect![[r#"["stated",null]"#]]);
    check(
        "[1, 2u, 3.5, -4, 7 / 2, 7 % 2, 1 < 2.5, 1 == 1.0, type(1), size(\"äö\")]",
        expect![[r#"[1,2,3.5,-4,3,1,true,true,"int",2]"#]],
    );
}

#[test]
fn a_side_that_decides_wins_over_a_side_that_fails() {
    check("deployments.exists(d, d.replicas > 2)", expect!["true"]);
    check("deployments.all(d, d.replicas > 5)", expect!["false"]);
    check(
        "deployments.exists(d, d.replicas > 5)",
        expect![[r#"
        `>` compares two numbers or two strings, and these are null and an int; ask `!= null &&` first, since null means not stated
          deployments.exists(d, d.replicas > 5)
                                           ^"#]],
    );
    check("true || components[9].id == 'x'", expect!["true"]);
}

#[test]
fn an_error_says_where_and_what_was_meant() {
    check(
        "component.map(c, c.id)",
        expect![[r#"
        nothing is called `component` here; did you mean `components`?
          component.map(c, c.id)
          ^"#]],
    );
    check(
        "deployments.filter(d, d.redines != null)",
        expect![[r#"
        there is no field `redines` here; did you mean `readiness`?
          deployments.filter(d, d.redines != null)
                                 ^"#]],
    );
    check(
        "components.map(c,\n  c.colour)",
        expect![[r#"
        there is no field `colour` here; its fields are `id`, `kind`, `owner` and `aliases`
            c.colour)
             ^"#]],
    );
    check(
        "components.id",
        expect![[r#"
        this is a list, and `id` is asked of one item; write `.map(x, x.id)` or an index like `[0]`
          components.id
                    ^"#]],
    );
    check(
        "components.filter(c, c.id)",
        expect![[r#"
        `filter` asks for a bool, and this is a string
          components.filter(c, c.id)
                                ^"#]],
    );
    check(
        "components.filtr(c, c.id)",
        expect![[r#"
            no function is called `filtr`; did you mean `filter`?
              components.filtr(c, c.id)
                              ^"#]],
    );
    check(
        "'ä' + 1",
        expect![[r#"
        `+` takes two values of one type, and these are a string and an int
          'ä' + 1
               ^"#]],
    );
    check(
        "components[3].id",
        expect![[r#"
        the list has 3 items, counted from 0, and no item 3
          components[3].id
                    ^"#]],
    );
    check(
        "components.filter(c, c.id.matches('o.*'))",
        expect![[r#"
        regular expressions are not known here; use `contains`, `startsWith` or `endsWith`
          components.filter(c, c.id.matches('o.*'))
                                           ^"#]],
    );
    check(
        "calls.filter(c, c.from = 'x')",
        expect![[r#"
            `=` means nothing here; write `==` to compare
              calls.filter(c, c.from = 'x')
                                     ^"#]],
    );
    check(
        "'abc",
        expect![[r#"
            the text has no end; close its quotes
              'abc
              ^"#]],
    );
    check(
        "calls calls",
        expect![[r#"
        not an expression here: extraneous input 'calls'; examples are in `plimsoll query --help`
          calls calls
                ^"#]],
    );
    check(
        "calls.filter(",
        expect![[r#"
            the expression ends too early; close what is open, or say what follows
              calls.filter(
                           ^"#]],
    );
    check("", expect!["the expression ends too early; close what is open, or say what follows"]);
    check(
        "1 / 0",
        expect![[r#"
        `/` by 0 has no result; leave such items out first
          1 / 0
            ^"#]],
    );
    check(
        "9223372036854775807 + 1",
        expect![[r#"
        the number is too large; 64 bits are kept
          9223372036854775807 + 1
                              ^"#]],
    );
    check(
        "has(components[0].colour) || has(components.id)",
        expect![[r#"
        a list has no fields, so `has` cannot ask for `id`
          has(components[0].colour) || has(components.id)
                                          ^"#]],
    );
    check(
        "{'a': 1, 'a': 2}",
        expect![[r#"
        the key `a` is given twice; keep one
          {'a': 1, 'a': 2}
                   ^"#]],
    );
}

#[test]
fn the_cost_is_bounded() {
    let nested = "components.map(a, components.map(b, components.map(c, components.map(d, components.map(e, components.map(f, components.map(g, 1)))))))";
    let nested = nested.replace("components", "[1, 2, 3, 4, 5]");
    check(
        &nested,
        expect![[r#"
            the query takes more than 10000 steps and is given up; filter the outer list first, or ask of fewer parts
              ….map(e, [1, 2, 3, 4, 5].map(f, [1, 2, 3, 4, 5].map(g, 1)))))))
                                                                 ^"#]],
    );
    let shared = format!("['x']{}", ".map(x, [x, x])".repeat(60));
    check(&shared, expect!["the answer is too long to be printed; ask for fewer items or fields"]);
    check(
        &format!("{shared} == {shared}"),
        expect![[r#"
            the query takes more than 10000 steps and is given up; filter the outer list first, or ask of fewer parts
              … x]).map(x, [x, x]).map(x, [x, x]).map(x, [x, x]) == ['x'].map(x, [x, x]).map(x, [x, x]).map(x, [x, …
                                                                 ^"#]],
    );
    let doubling = format!("['x']{}[0]", ".map(x, x + x)".repeat(60));
    check(
        &doubling,
        expect![[r#"
            the query takes more than 10000 steps and is given up; filter the outer list first, or ask of fewer parts
              …ap(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).map…
                                                                 ^"#]],
    );
    check(
        &format!("[{}]", "1,".repeat(1_000)),
        expect!["the expression has 2002 characters, more than 2000; shorten it"],
    );
    check(
        &format!("{}1{}", "(".repeat(11), ")".repeat(11)),
        expect!["brackets nest 11 deep, more than 10; ask in simpler steps"],
    );
    check(&format!("{}1{}", "[".repeat(10), "]".repeat(10)), expect!["[[[[[[[[[[1]]]]]]]]]]"]);
    check(&format!("1{}", "+1".repeat(240)), expect!["241"]);
    check(
        &format!("1{}", "+1".repeat(260)),
        expect![[r#"
            the expression nests more than 250 deep here; ask in simpler steps
              1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+…
                                 ^"#]],
    );
}

#[test]
fn a_model_is_asked_through_its_json_form() {
    let model = Model::default();
    assert_eq!(query(&model, "components.size() + facts.size()").unwrap(), json!(0));
    assert_eq!(query(&model, "format").unwrap(), json!("plimsoll-model/1"));
}

/// Where the crate that parses can evaluate too, both say the same.
#[test]
fn the_answers_are_those_of_cel() {
    let expressions = [
        "1 + 2 * 3 - 4 / 2",
        "7 % 3 == 1",
        "'a' < 'b' && 'a' + 'b' == 'ab'",
        "[1, 2, 3].exists(x, x > 2)",
        "[1, 2, 3].all(x, x > 1)",
        "[1, 2, 3].exists_one(x, x == 2)",
        "[1, 2, 3].filter(x, x % 2 == 1).map(x, x * x)",
        "2 in [1, 2]",
        "'a' in {'a': 1}",
        "{'a': {'b': [1, 2]}}.a.b[1]",
        "size([1, 2]) + size('abc')",
        "!false || 1 / 0 == 1",
        "true ? 'x' : 'y'",
        "1 == 1.0",
        "1u == 1",
        "[1, 2] == [1.0, 2u]",
        "{'a': 1} == {'a': 1u}",
        "null == 0",
        "-5 / 2",
        "[1, 2] + [3]",
        "'abc'.contains('b') && 'abc'.startsWith('a') && 'abc'.endsWith('c')",
        "int('12') + int(3.9)",
        "string(1) + string(true)",
        "double(1) + 0.5",
        "has({'a': 1}.a)",
        "has({'a': 1}.b)",
        "[[1], [2]].map(l, l.map(x, x + 1))",
        "[0, 1].exists(x, 1 / x == 1)",
        "1 < 2u",
        "2.5 > 2",
        "[3, 1].map(x, x > 1, x)",
    ];
    for expression in expressions {
        let theirs = Program::compile(expression).unwrap().execute(&cel::Context::default()).unwrap();
        let ours = evaluate(&json!({}), expression, 10_000).unwrap();
        assert_eq!(ours, json_of(&theirs), "{expression}");
    }
}

fn json_of(value: &cel::Value) -> serde_json::Value {
    match value {
        cel::Value::Int(int) => json!(int),
        cel::Value::UInt(uint) => json!(uint),
        cel::Value::Float(float) => json!(float),
        cel::Value::Bool(flag) => json!(flag),
        cel::Value::String(text) => json!(text.as_str()),
        cel::Value::List(items) => json!(items.iter().map(json_of).collect::<Vec<_>>()),
        other => panic!("{other:?}"),
    }
}

proptest! {
    /// Pieces of expressions in any order never panic and never run long.
    #[test]
    fn no_expression_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "components", ".map(", "c", ",", "c.id", ")", ".filter(", ".exists(", "(", "[", "]", "{", "}", ":", "?", "'a'", "1",
        " + ", " == ", " && ", "!", "-", ".size()", "has(", "\"", "\\", "ä", ".", "0x", "b'", "1e9", "u", " in ", "\n", "//",
    ]), 0..24)) {
        let _ = evaluate(&form(), &pieces.concat(), 2_000);
    }
}
