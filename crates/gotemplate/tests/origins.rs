//! Where each piece of output comes from: the template's place, and the value that was printed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use expect_test::{Expect, expect};
use gotemplate::{Map, Options, Origin, Templates, Text, Value, yaml};

/// Gives each scalar of the values an origin, in the order of the text.
fn with_origins(value: &Value, path: &str, paths: &mut Vec<String>) -> Value {
    match (value.as_map(), value.as_list()) {
        (Some(map), _) => {
            let entries = map.entries();
            let inner = |(key, value): (std::rc::Rc<str>, Value)| {
                let value = with_origins(&value, &format!("{path}.{key}"), paths);
                (key, value)
            };
            Value::from(Map::new(entries.into_iter().map(inner).collect::<Vec<_>>()))
        }
        (_, Some(items)) => Value::list(
            items
                .iter()
                .enumerate()
                .map(|(index, item)| with_origins(item, &format!("{path}[{index}]"), paths))
                .collect(),
        ),
        _ => {
            paths.push(path.to_owned());
            value.clone().from_origin(Origin::new(paths.len() - 1))
        }
    }
}

/// Shows each line with the byte of the template where its first letter stands, and the values that it prints.
#[track_caller]
fn check(template: &str, values: &str, expect: Expect) {
    let mut paths = Vec::new();
    let values = with_origins(&yaml::parse(&Text::from(values)).unwrap(), ".Values", &mut paths);
    let mut templates = Templates::new();
    templates.add("t", template, 0).unwrap();
    let text = templates.render("t", &Value::map([("Values", values)]), &Options::default()).unwrap();
    let mut shown = String::new();
    let mut at = 0;
    for line in text.split('\n') {
        if !line.trim().is_empty() {
            let first = at + line.len() - line.trim_start().len();
            let place = text.place_at(first).map_or("?".to_owned(), |place| {
                let before = &template[..place.offset as usize];
                format!(
                    "{}:{}",
                    before.matches('\n').count() + 1,
                    before.len() - before.rfind('\n').map_or(0, |n| n + 1)
                )
            });
            let values: Vec<&str> =
                text.values_in(first, at + line.len()).iter().map(|origin| paths[origin.index()].as_str()).collect();
            shown.push_str(&format!("{line}  # {place} {}\n", values.join(" ")));
        }
        at += line.len() + 1;
    }
    expect.assert_eq(&shown);
}

#[test]
fn a_printed_value_points_at_its_action_and_at_itself() {
    check(
        "name: shop\nreplicas: {{ .Values.count | default 1 | int }}\nimage: \"{{ .Values.repo }}:{{ .Values.tag }}\"\nport: {{ .Values.none | default 80 }}\n",
        "{ count: 3, repo: shop/orders, tag: '1.4' }",
        expect![[r#"
            name: shop  # 1:0 
            replicas: 3  # 2:0 .Values.count
            image: "shop/orders:1.4"  # 3:0 .Values.repo .Values.tag
            port: 80  # 4:0 
        "#]],
    );
}

#[test]
fn what_is_included_and_indented_points_into_its_own_template() {
    check(
        "{{ define \"labels\" }}app: {{ .Values.name }}\ntier: web\n{{ end }}labels:\n  {{- include \"labels\" . | trim | nindent 2 }}\n",
        "name: orders",
        expect![[r#"
            labels:  # 3:9 
              app: orders  # 1:21 .Values.name
              tier: web  # 2:0 
        "#]],
    );
}

#[test]
fn each_line_of_to_yaml_points_at_its_own_value() {
    check(
        "resources:\n  {{- toYaml .Values.resources | nindent 2 }}\nenv: {{ toJson .Values.env }}\n",
        "{ resources: { limits: { cpu: 1, memory: 1Gi } }, env: [{ name: A, value: b }] }",
        expect![[r#"
            resources:  # 1:0 
              limits:  # 2:6 
                cpu: 1  # 2:6 .Values.resources.limits.cpu
                memory: 1Gi  # 2:6 .Values.resources.limits.memory
            env: [{"name":"A","value":"b"}]  # 3:0 .Values.env[0].name .Values.env[0].value
        "#]],
    );
}

#[test]
fn a_template_inside_of_a_value_points_at_the_action_that_runs_it() {
    check(
        "url: {{ tpl .Values.url . }}\nhost: {{ printf \"%s.%s\" .Values.name .Values.zone | quote }}\nround: {{ (.Values.data | fromYaml).a }}\n",
        "{ url: 'http://{{ .Values.name }}/', name: orders, zone: local, data: 'a: 1' }",
        expect![[r#"
            url: http://orders/  # 1:0 .Values.url .Values.name
            host: "orders.local"  # 2:0 .Values.name
            round: 1  # 3:0 .Values.data
        "#]],
    );
}
