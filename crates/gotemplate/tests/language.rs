//! The language and the functions, by what comes out. What is expected was printed by Helm 4.1 for the same input.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use expect_test::{Expect, expect};
use gotemplate::{Cause, Data, Map, Named, Options, Templates, Text, Value, yaml};

/// Renders `template` over `.Values`, as Helm does.
fn render(template: &str, values: &str) -> Result<Text, gotemplate::Error> {
    let values = yaml::parse(&Text::from(values)).unwrap();
    let values = values.as_map().cloned().unwrap_or_else(|| Map::new(Vec::<(&str, Value)>::new()));
    let dot = Value::map([
        ("Values", Value::from(values.named(Named::Values))),
        ("Release", Value::map([("Name", Value::from("shop"))])),
    ]);
    let mut templates = Templates::new();
    templates.add("t", template, 0)?;
    templates.render("t", &dot, &Options::default())
}

#[track_caller]
fn check(template: &str, values: &str, expect: Expect) {
    let shown = match render(template, values) {
        Ok(text) => text.as_str().to_owned(),
        Err(error) => format!("error: {error}"),
    };
    expect.assert_eq(&shown);
}

/// Each line of the table is a template and what it prints.
#[track_caller]
fn check_all(rows: &[(&str, &str)]) {
    for (template, expect) in rows {
        match render(template, "") {
            Ok(text) => assert_eq!(text.as_str(), *expect, "{template}"),
            Err(error) => panic!("{template}: {error}"),
        }
    }
}

#[test]
fn numbers_of_a_values_file_are_floats_and_keys_are_texts() {
    check(
        "{{ .Values.n }}\n{{ toJson .Values.n }}\n{{ toYaml .Values.m }}",
        "n: [1, 1.5, 1000000, 1e21, 0644, 0o14, 1_000, 0x10, y, 2001-01-01, 1:20, ~, .5, -0, 08, 12345678901234567890]\n\
         m: { 1: x, true: z, n: a }\n",
        expect![[r#"

            null
            "1": x
            "false": a
            "true": z"#]],
    );
}

#[test]
fn trim_markers_take_white_space_and_comments_print_nothing() {
    check(
        "a  {{- /* one */ -}}  b\n{{- if true }}\n  c\n{{- else }}d{{ end -}}\n   e {{/* two */}} f\n",
        "",
        expect![[r#"
            ab
              ce  f
        "#]],
    );
}

#[test]
fn blocks_choose_loop_and_set_variables() {
    check(
        r#"{{ $n := 0 }}{{ range $k, $v := .Values.m }}{{ if eq $k "b" }}{{ continue }}{{ end }}{{ $n = add $n 1 }}{{ $k }}={{ $v }} {{ else }}none{{ end }}{{ $n }}
{{ range .Values.none }}x{{ else }}empty{{ end }} {{ with .Values.m.a }}{{ . }}{{ end }} {{ with .Values.no }}x{{ else with .Values.m.c }}c{{ . }}{{ else }}y{{ end }}
{{ range $i := until 5 }}{{ if gt $i 2 }}{{ break }}{{ end }}{{ $i }}{{ end }} {{ range 3 }}{{ . }}{{ end }} {{ if .Values.no }}a{{ else if .Values.m }}b{{ else }}c{{ end }}"#,
        "m: { a: 1, b: 2, c: 3 }",
        expect![[r#"
            a=1 c=3 2
            empty 1 c3
            012 012 b"#]],
    );
}

#[test]
fn templates_are_defined_included_and_made_of_values() {
    check(
        r#"{{ define "x" }}<{{ .a }}>{{ end }}{{ template "x" dict "a" 1 }}{{ include "x" (dict "a" 2) | upper | quote }}{{ tpl .Values.t . }}{{ block "y" .Values }}{{ .t | len }}{{ end }}{{ tpl "{{ define \"z\" }}in{{ end }}{{ include \"z\" . }}" . }}"#,
        r#"t: "[{{ .Release.Name }}{{ .Values.none }}]""#,
        expect![[r#"<1>"<2>"[shop]39in"#]],
    );
}

#[test]
fn errors_say_what_go_says_with_their_places() {
    let first = |template: &str, values: &str| {
        let error = render(template, values).unwrap_err();
        format!("{}\n", error.message)
    };
    let shown = [
        first("a\n  {{ .Values.a.b.c }}", "a: {}"),
        first("{{ .Values.a.b }}", "a: text"),
        first("{{ trunc 3 .Values.count }}", "count: 5"),
        first("{{ required \"name it\" .Values.x }}", ""),
        first("{{ fail (printf \"no %s\" \"way\") }}", ""),
        first("{{ include \"nope\" . }}", ""),
        first("{{ eq 1 \"a\" }}", ""),
        first("{{ index .Values.l 7 }}", "l: [1]"),
        first("\n{{ if }}", ""),
        first("{{ nothing 1 }}", ""),
        first("{{ $x }}", ""),
        first("{{ if true }}", ""),
        first("{{ range .Values.t }}{{ end }}", "t: text"),
        first("{{ default }}", ""),
        first("{{ define \"r\" }}{{ .Values.x.y }}{{ end }}{{ include \"r\" . }}", ""),
    ];
    expect![[r#"
        template: t:2:5: executing "t" at <.Values.a.b.c>: nil pointer evaluating interface {}.c
        template: t:1:3: executing "t" at <.Values.a.b>: can't evaluate field b in type interface {}
        template: t:1:11: executing "t" at <.Values.count>: wrong type for value; expected string; got float64
        template: t:1:3: executing "t" at <required "name it" .Values.x>: error calling required: name it
        template: t:1:3: executing "t" at <fail (printf "no %s" "way")>: error calling fail: no way
        template: t:1:3: executing "t" at <include "nope" .>: error calling include: template: no template "nope" associated with template "gotpl"
        template: t:1:3: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison
        template: t:1:3: executing "t" at <index .Values.l 7>: error calling index: index out of range: 7
        template: t:2: missing value for if
        template: t:1: function "nothing" not defined
        template: t:1: undefined variable "$x"
        template: t:1: unexpected EOF
        template: t:1:9: executing "t" at <.Values.t>: range can't iterate over text
        template: t:1:3: executing "t" at <default>: wrong number of args for default: want at least 1 got 0
        template: t:1:45: executing "t" at <include "r" .>: error calling include: template: t:1:19: executing "r" at <.Values.x.y>: nil pointer evaluating interface {}.y
    "#]]
    .assert_eq(&shown.concat());
}

#[test]
fn what_the_template_asks_for_is_told_from_what_goes_wrong() {
    assert_eq!(render("{{ fail \"no\" }}", "").unwrap_err().cause, Cause::Asked);
    assert_eq!(render("{{ 1 | div 0 }}", "").unwrap().as_str(), "0");
    assert_eq!(render("{{ div 1 0 }}", "").unwrap_err().cause, Cause::Execution);
    assert_eq!(render("{{ end }}", "").unwrap_err().cause, Cause::Syntax);
}

#[test]
fn printf_knows_gos_verbs_and_says_gos_mistakes() {
    check_all(&[
        (
            r#"{{ printf "%v %g %d %s %5.2f %q %t %x" 1000000.0 1e5 3 "a" 3.14159 "q" true 255 }}"#,
            "1e+06 100000 3 a  3.14 \"q\" true ff",
        ),
        (r#"{{ printf "%T %05d|%-5s|%5s|%+v" 1.0 42 "ab" "cd" (dict "a" 1) }}"#, "float64 00042|ab   |   cd|map[a:1]"),
        (
            r#"{{ printf "%#v" (list "x" 1 2.0 (dict "k" nil)) }}"#,
            r#"[]interface {}{"x", 1, 2, map[string]interface {}{"k":interface {}(nil)}}"#,
        ),
        (r#"{{ printf "%d %s %v %d" 1.5 3 nil "x" }}"#, "%!d(float64=1.5) %!s(int=3) <nil> %!d(string=x)"),
        (
            r#"{{ printf "%d" }} {{ printf "x" 1 2 }} {{ printf "%z" 1 }}"#,
            "%!d(MISSING) x%!(EXTRA int=1, int=2) %!z(int=1)",
        ),
        (r#"{{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%*d" 5 3 }} {{ printf "%.2s" "abc" }}"#, "2 1     3 ab"),
        (
            r#"{{ printf "%e|%E|%G|%.3g|%g" 3.0 4.0 1e30 1234.5678 0.00001234 }}"#,
            "3.000000e+00|4.000000E+00|1E+30|1.23e+03|1.234e-05",
        ),
        (r#"{{ printf "%c %U %o %b %X %#x" 65 65 8 5 255 255 }}"#, "A U+0041 10 101 FF 0xff"),
        (r#"{{ printf "%s|%q" (list "a" 1) (list "b") }}"#, r#"[a %!s(int=1)]|["b"]"#),
        (r#"{{ print 1 2 "a" "b" 3 4 }}"#, "1 2ab3 4"),
    ]);
}

#[test]
fn texts_are_cut_and_joined_as_sprig_does() {
    check_all(&[
        (
            r#"{{ list 1 2 | join "," }} {{ cat 1 nil "a" }} {{ quote 1.0 nil "a\n" true }} {{ squote "a'b" 1 }}"#,
            "1,2 1 a \"1\" \"a\\n\" \"true\" 'a'b' '1'",
        ),
        (
            r#"{{ snakecase "FooBarBaz HTTPServer v2API" }} {{ kebabcase "FooBarHTTP2x Y" }} {{ camelcase "foo_bar-baz qux" }}"#,
            "foo_bar_baz_http_server_v2_api foo-bar-http-2x-y FooBarBazQux",
        ),
        (
            r#"{{ title "foo bar-baz o'neil" }} {{ untitle "Foo Bar" }} {{ swapcase "aBc Def" }} {{ initials "first last" }}"#,
            "Foo Bar-Baz O'Neil foo bar AbC dEF fl",
        ),
        (
            r#"{{ abbrev 5 "hello world" }} {{ abbrevboth 5 10 "1234 5678 9123" }} {{ wrapWith 5 "|" "hello worlds foo" }}"#,
            "he... ...5678... hello|world|s foo",
        ),
        (
            r#"{{ trunc -3 "abcdef" }} {{ trunc 2 "abc" }} {{ substr 1 3 "abcdef" }} {{ nospace " a b " }} {{ plural "one" "many" 2 }}"#,
            "def ab bc ab many",
        ),
        (
            r#"{{ trimAll "$" "$5$" }} {{ trimSuffix "-" "a-" }} {{ trimPrefix "a" "ab" }} {{ repeat 3 "ab" }}"#,
            "5 a b ababab",
        ),
        (
            r#"{{ splitn "," 2 "a,b,c" }} {{ split "," "a,b" }} {{ splitList "," "a,b" }} {{ toStrings (list 1 "a" nil) }}"#,
            "map[_0:a _1:b,c] map[_0:a _1:b] [a b] [1 a]",
        ),
        (r#"{{ "a\nb" | indent 2 }}{{ "c" | nindent 1 }}"#, "  a\n  b\n c"),
        (
            r#"{{ html "<a&'\">" }} {{ js "it's <x>" }} {{ urlquery "a b&c" }}"#,
            r"&lt;a&amp;&#39;&#34;&gt; it\'s \u003Cx\u003E a+b%26c",
        ),
    ]);
}

#[test]
fn numbers_are_made_of_anything() {
    check_all(&[
        (
            r#"{{ "0x10" | int }} {{ "1.9" | int }} {{ 1.9 | int }} {{ true | int }} {{ "12abc" | int }} {{ "0010" | int64 }} {{ "08" | int }}"#,
            "16 0 1 1 0 8 0",
        ),
        (
            r#"{{ add "1" 2.7 }} {{ div 7 2 }} {{ mod 7 3 }} {{ round 123.555555 3 }} {{ floor 1.9 }} {{ ceil 1.1 }}"#,
            "3 3 1 123.556 1 2",
        ),
        (
            r#"{{ addf 1.1 2.2 }} {{ divf 1 3 }} {{ mulf 1.1 1.1 }} {{ subf 3 1.1 }} {{ max 1 "3" 2 }} {{ maxf 1.5 2 }} {{ toDecimal "0777" }}"#,
            "3.3 0.3333333333333333 1.21 1.9 3 2 511",
        ),
        (
            r#"{{ until 3 }} {{ untilStep 0 10 3 }} {{ seq 1 3 }} {{ seq 5 -2 1 }} {{ seq 3 }}"#,
            "[0 1 2] [0 3 6 9] 1 2 3 5 3 1 1 2 3",
        ),
        (
            r#"{{ int64 3 | kindOf }} {{ len "héllo" }} {{ typeOf (until 3) }} {{ typeOf nil }} {{ kindIs "map" (dict) }}"#,
            "int64 6 []int <nil> true",
        ),
        (
            r#"{{ and 1 0 2 }} {{ or 0 "" "x" }} {{ not 1 }} {{ eq 3 1 2 3 }} {{ eq "a" nil }} {{ lt 1 2 }} {{ or true (fail "no") }}"#,
            "0 x false true false true true",
        ),
    ]);
}

#[test]
fn lists_and_maps_are_made_and_merged() {
    check_all(&[
        (
            r#"{{ chunk 2 (list 1 2 3) }} {{ uniq (list 1 1 2) }} {{ without (list 1 2 3) 2 }} {{ concat (list 1) (list 2) }} {{ slice (list 1 2 3) 1 }}"#,
            "[[1 2] [3]] [1 2] [1 3] [1 2] [2 3]",
        ),
        (
            r#"{{ compact (list 1 "" nil 0 2) }} {{ initial (list 1 2) }} {{ rest (list 1 2) }} {{ first (list) }}|{{ reverse (list 1 2) }} {{ has 1 (list 1 2) }} {{ sortAlpha (list "b" 1 "a") }}"#,
            "[1 2] [1] [2] |[2 1] true [1 a b]",
        ),
        (
            r#"{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ mergeOverwrite (dict "a" 1) (dict "a" 2 "b" 3) }} {{ merge (dict "a" false) (dict "a" true) }}"#,
            "map[a:1 b:3] map[a:2 b:3] map[a:true]",
        ),
        (
            r#"{{ $d := dict "a" 1 }}{{ $_ := set $d "b" 2 }}{{ $d }} {{ unset $d "a" }} {{ pick (dict "a" 1 "b" 2) "a" }} {{ omit (dict "a" 1 "b" 2) "a" }}"#,
            "map[a:1 b:2] map[b:2] map[a:1] map[b:2]",
        ),
        (
            r#"{{ dig "a" "b" "def" (dict "a" (dict "c" 1)) }} {{ pluck "a" (dict "a" 1) (dict "a" 2) }} {{ keys (dict "a" 1) }} {{ get (dict) "x" }}{{ hasKey nil "x" }}"#,
            "def [1 2] [a] false",
        ),
        (
            r#"{{ ternary 1 2 true }} {{ coalesce 0 "" 3 }} {{ default 5 0 }} {{ all 1 2 }} {{ any 0 1 }} {{ empty 0 }} {{ deepEqual (dict "a" 1) (dict "a" 1) }}"#,
            "1 3 5 true true true true",
        ),
    ]);
}

#[test]
fn patterns_versions_dates_and_hashes_follow_their_standards() {
    check_all(&[
        (
            r#"{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }} {{ regexReplaceAllLiteral "a(x*)b" "-ab-" "${1}" }}"#,
            "-W-xxW- --- -${1}-",
        ),
        (
            r#"{{ regexFind "[a-z]+" "12ab3" }} {{ regexFindAll "[a-z]" "abc" 2 }} {{ regexSplit "z+" "pizza" -1 }} {{ regexQuoteMeta "1.2(3)" }} {{ regexMatch "^[\\d_]+$" "12" }}"#,
            r"ab [a b] [pi a] 1\.2\(3\) true",
        ),
        (
            r#"{{ semverCompare ">=1.2.0-0" "1.2.3-gke.1" }} {{ (semver "1.2.3-a+b").Prerelease }} {{ (semver "v1.2").Minor }} {{ semver "v1.2" }}"#,
            "true a 2 1.2.0",
        ),
        (
            r#"{{ date "2006-01-02 15:04:05 MST Mon Jan" 0 }} {{ toDate "2006-01-02" "2020-02-20" | date "02/01/06 3PM" }} {{ toDate "2006-01-02" "2020-02-30" }}"#,
            "1970-01-01 00:00:00 UTC Thu Jan 20/02/20 12AM 0001-01-01 00:00:00 +0000 UTC",
        ),
        (
            r#"{{ dateModify "-1.5h" (toDate "2006-01-02" "2020-02-20") }} {{ toDate "2006-01-02" "2020-02-20" | unixEpoch }} {{ duration "95" }} {{ durationRound "2h10m5s" }}"#,
            "2020-02-19 22:30:00 +0000 UTC 1582156800 1m35s 2h",
        ),
        (
            r#"{{ "abc" | sha1sum }} {{ "abc" | adler32sum }} {{ "abc" | b32enc }} {{ "abc" | b64enc }} {{ "!!" | b64dec }} {{ "YWJj" | b64dec }}"#,
            "a9993e364706816aba3e25717850c26c9cd0d89d 38600999 MFRGG=== YWJj illegal base64 data at input byte 0 abc",
        ),
        (
            r#"{{ (urlParse "http://admin:secret@server.com:8080/api?list=false#anchor").hostname }} {{ urlJoin (dict "fragment" "f" "host" "host:80" "path" "/path" "query" "q" "scheme" "http") }}"#,
            "server.com http://host:80/path?q#f",
        ),
        (
            r#"{{ base "a/b.c" }} {{ dir "a/b.c" }} {{ ext "a/b.c" }} {{ clean "a//b/../c" }} {{ isAbs "/a" }} {{ dir "a" }} {{ base "" }}"#,
            "b.c a .c a/c true . .",
        ),
    ]);
}

#[test]
fn yaml_is_written_as_gos_emitter_does() {
    check(
        "{{ toYaml .Values }}",
        r#"
            ys: ["y", "1.0", "1e3", "08", "2001-01-01", "1:20", "", " a", "a: b", "a #b", "- a", -a, "?a", "'a", "a\tb", "a\nb", "a\nb\n", "\na", " a\nb", "1_000", "a:", "a\u0007b", "a \nb", "\U0001F600", "a\r\nb"]
            m: { b: {}, a: [], c: [[1, 2], [{ a: 1, b: 2 }]] }
            long: aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccc ddddddddddddddddddd eee
        "#,
        expect![[r#"
            long: aaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccccccccccccccccc
              ddddddddddddddddddd eee
            m:
              a: []
              b: {}
              c:
              - - 1
                - 2
              - - a: 1
                  b: 2
            ys:
            - "y"
            - "1.0"
            - "1e3"
            - "08"
            - "2001-01-01"
            - "1:20"
            - ""
            - ' a'
            - 'a: b'
            - 'a #b'
            - '- a'
            - -a
            - ?a
            - '''a'
            - "a\tb"
            - |-
              a
              b
            - |
              a
              b
            - |2-

              a
            - |2-
               a
              b
            - "1_000"
            - 'a:'
            - "a\ab"
            - "a \nb"
            - "\U0001F600"
            - "a\r\nb""#]],
    );
}

#[test]
fn toml_and_json_are_written_and_read() {
    check(
        r#"{{ toToml .Values.t }}{{ toPrettyJson .Values.t.ml }} {{ toJson (dict "a" "<&>" "f" 1.0 "g" 1e21 "h" 1e-7) }} {{ toRawJson "<&>" }} {{ fromJson "{\"a\":[1,2.5,null]}" }} {{ fromYamlArray "- 1\n- a" }} {{ fromJson "{" }} {{ fromToml "a = 1\n[c]\nd='x'" }}"#,
        "t: { f: 1, l: [a, 1, true], ml: [{ a: 1 }, { b: { c: 2 } }], m: { x: { y: 1 }, a b: 2 }, e: {} }",
        expect![[r#"
            f = 1.0
            l = ["a", 1.0, true]

            [e]

            [m]
              "a b" = 2.0
              [m.x]
                true = 1.0

            [[ml]]
              a = 1.0

            [[ml]]
              [ml.b]
                c = 2.0
            [
              {
                "a": 1
              },
              {
                "b": {
                  "c": 2
                }
              }
            ] {"a":"\u003c\u0026\u003e","f":1,"g":1e+21,"h":1e-7} "<&>" map[a:[1 2.5 <nil>]] [1 a] map[Error:unexpected end of JSON input] map[a:1 c:map[d:x]]"#]],
    );
}

#[test]
fn every_function_of_helm_is_there() {
    let names: Vec<&str> = gotemplate::function_names().collect();
    assert_eq!(names.len(), 251);
    assert!(names.contains(&"include") && names.contains(&"genSignedCertWithKey"));
}

#[test]
fn a_value_without_plain_data_is_shown_by_its_type() {
    let value = Value::new(Data::Duration(90_000_000_000));
    assert_eq!(value.type_name(), "time.Duration");
    check("{{ (now).Unix }} {{ now | date \"2006\" }} {{ mustToDuration \"90s\" }}", "", expect!["0 1970 1m30s"]);
}
