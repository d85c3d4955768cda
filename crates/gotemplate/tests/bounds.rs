//! No input hangs, overflows the stack or panics.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use gotemplate::{Cause, Limits, Options, Templates, Text, Value, yaml};
use proptest::prelude::*;

/// Bounds that let a test of a debug build end soon.
const SMALL: Limits = Limits { steps: 200_000, bytes: 8 << 20, depth: 220 };

fn render(template: &str) -> Result<Text, gotemplate::Error> {
    let values = yaml::parse(&Text::from("{ a: { b: [1, 2.5, text, null] }, n: 3, s: 'x {{ .a }}' }")).unwrap();
    let mut templates = Templates::new();
    templates.add("t", template, 0)?;
    let options = Options { limits: SMALL, ..Options::default() };
    templates.render("t", &Value::map([("Values", values)]), &options)
}

#[track_caller]
fn stops(template: &str) {
    let error = render(template).unwrap_err();
    assert_eq!(error.cause, Cause::Limit, "{error}");
}

#[test]
fn what_would_never_end_ends() {
    stops(r#"{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}"#);
    stops(r#"{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}"#);
    stops(r#"{{ tpl "{{ define \"y\" }}{{ tpl .t . }}{{ end }}{{ tpl .t . }}" (dict "t" "{{ tpl .t . }}") }}"#);
    stops("{{ range until 999999999 }}{{ end }}");
    stops("{{ range 999999999 }}{{ end }}");
    stops("{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}");
}

#[test]
fn what_would_fill_the_memory_is_refused() {
    stops("{{ repeat 999999999 \"ab\" }}");
    stops("{{ $x := \"ab\" }}{{ range until 64 }}{{ $x = print $x $x }}{{ end }}");
    stops("{{ \"a\" | indent 999999999 }}");
    stops("{{ $l := list 1 }}{{ range until 64 }}{{ $l = concat $l $l }}{{ end }}");
    stops("{{ randAlphaNum 999999999 }}");
}

#[test]
fn a_map_that_holds_itself_is_printed_to_a_depth_and_dropped() {
    let text =
        render("{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $d | toString | len }}{{ toYaml $d }}{{ toJson $d }}");
    assert!(text.unwrap().len() < 2000);
}

#[test]
fn a_chain_of_lists_is_dropped_without_recursion() {
    let text = render("{{ $l := list }}{{ range until 20000 }}{{ $l = list $l }}{{ end }}{{ len $l }}");
    assert_eq!(text.unwrap().as_str(), "1");
}

#[test]
fn deep_nesting_of_the_text_is_refused() {
    let error = render(&format!("{{{{ {}1{} }}}}", "(".repeat(10_000), ")".repeat(10_000))).unwrap_err();
    assert_eq!(error.cause, Cause::Syntax);
    let error = render(&format!("{}{}", "{{ if true }}".repeat(10_000), "{{ end }}".repeat(10_000))).unwrap_err();
    assert_eq!(error.cause, Cause::Syntax);
}

/// Words of the language in any order: most are no templates, some are.
fn any_template() -> impl Strategy<Value = String> {
    let names: Vec<&'static str> = gotemplate::function_names().collect();
    let word = prop_oneof![
        4 => proptest::sample::select(names).prop_map(str::to_owned),
        4 => proptest::sample::select(vec![
            ".", ".Values.a", ".Values.a.b", ".Values.n", ".Values.s", "$", "$x", "$x := ", "$x = ", "|", "(", ")", "nil", "true",
            "1", "-3", "2.5", "0x1f", "'c'", "\"text\"", "`raw`", "\"%d %s %v\"", "\"[a-z]+\"", "\"2006-01-02\"", "\"a: [1, b]\"",
            "1e9", "\"\\u00e9\"", ",", ".Values.missing.x",
        ])
        .prop_map(str::to_owned),
    ];
    let action = proptest::collection::vec(word, 1..7).prop_map(|words| format!("{{{{ {} }}}}", words.join(" ")));
    let piece = prop_oneof![
        6 => action,
        4 => proptest::sample::select(vec![
            "{{ if .Values.n }}", "{{ else }}", "{{ end }}", "{{ range $i, $x := .Values.a.b }}", "{{ with $x := .Values.a }}",
            "{{ range until 3 }}", "{{ define \"d\" }}", "{{ include \"d\" . }}", "{{- ", " -}}", "{{/* c */}}", "text\n", "ü",
            "{{ break }}", "{{ $x := 1 }}", "{{ else if true }}",
        ])
        .prop_map(str::to_owned),
        1 => "[ -~é\n]{0,12}".prop_map(|text| text),
    ];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_rendered_or_refused(template in any_template()) {
        match render(&template) {
            Ok(text) => {
                let starts: Vec<u32> = text.marks().iter().map(|mark| mark.start).collect();
                prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{starts:?}");
                for mark in text.marks() {
                    prop_assert!(text.is_char_boundary(mark.start as usize));
                    prop_assert!(mark.place.is_none_or(|place| place.offset as usize <= template.len()));
                }
            }
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }

    #[test]
    fn a_text_without_actions_is_printed_as_it_is(text in "[ -z|~é\n]{0,80}") {
        let rendered = render(&text).unwrap();
        prop_assert_eq!(rendered.as_str(), text);
    }

    #[test]
    fn yaml_that_is_written_reads_back_as_the_same(value in any_value()) {
        let mut templates = Templates::new();
        templates.add("t", "{{ toYaml .v }}\n", 0).unwrap();
        let text = templates.render("t", &Value::map([("v", value.clone())]), &Options::default()).unwrap();
        let read = yaml::parse(&text).unwrap();
        templates = Templates::new();
        templates.add("t", "{{ deepEqual .a .b }} {{ .a }} {{ .b }}", 0).unwrap();
        let dot = Value::map([("a", value), ("b", read)]);
        let same = templates.render("t", &dot, &Options::default()).unwrap();
        prop_assert!(same.starts_with("true"), "{}\n{}", text.as_str(), same.as_str());
    }
}

/// Values as a YAML file gives them.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::NIL),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n))),
        "[ -~\n\té:#'\"-]{0,24}".prop_map(Value::from),
        proptest::sample::select(vec!["yes", "1e3", "0x1", "1:20", "2001-01-01", "~", "null", ".5", "- a", "a: b"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            proptest::collection::btree_map("[a-z .:]{1,8}", inner, 0..4)
                .prop_map(|map| Value::map(map.into_iter().map(|(key, value)| (key.as_str().to_owned(), value)))),
        ]
    })
}
