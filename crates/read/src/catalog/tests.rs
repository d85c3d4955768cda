//! What people observe: entities with their references written out, problems, what is not read.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|file| takes(&corpus, *file)).collect();
    let facts = read(&corpus, &taken);
    (corpus, facts)
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let (corpus, facts) = facts(files);
    let mut out = String::new();
    for entity in &facts.entities {
        out += &format!("{}: {} {}/{}", entity.origin.at.line, entity.kind, entity.namespace, entity.name);
        if let Some(form) = &entity.form {
            out += &format!(" ({})", form.text);
        }
        if !entity.other_names.is_empty() {
            out += &format!(" also {}", entity.other_names.join(", "));
        }
        for (field, value, _) in &entity.details {
            out += &format!("; {} {value}", field.json_name());
        }
        out += "\n";
        for (relation, to) in &entity.relations {
            out += &format!("  {}:{} {relation} {}\n", to.origin.at.line, to.origin.at.column, to.text);
        }
    }
    for problem in &facts.problems {
        out += &format!("problem {}:{} {}\n", problem.at.line, problem.at.column, problem.message);
    }
    for loose in &facts.loose {
        out += &format!("loose {}:{} {}\n", loose.origin.at.line, loose.origin.at.column, loose.message);
    }
    for skipped in &facts.not_read {
        out += &format!("not read {} ({}): {}\n", corpus.path(skipped.file), skipped.kind, skipped.reason);
    }
    expect.assert_eq(&out);
}

#[test]
fn references_are_written_out_whole() {
    check(
        &[(
            "catalog-info.yaml",
            r#"apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Orders
  namespace: Shop
  title: The Orders
  description: |
    Takes
    orders.
  tags: [java, web]
  labels: { example.org/tier: "1" }
  annotations:
    backstage.io/kubernetes-id: orders-service
    backstage.io/kubernetes-label-selector: 'app=orders-api,env=prod'
    github.com/project-slug: org/orders
    backstage.io/source-location: url:https://github.com/org/mono/tree/main/services/orders/
  links: [{ url: https://runbook.example/orders, title: Runbook }]
spec:
  type: service
  lifecycle: production
  owner: team-Orders
  system: chandlery
  subcomponentOf: backend
  providesApis: [orders-api]
  consumesApis: [default/pricing-api]
  dependsOn: ["resource:orders-db", component:other/Stock, stock]
"#,
        )],
        expect![[r#"
            4: Component shop/Orders (service) also The Orders, orders-service, orders-api, org/orders; lifecycle production; tier 1; source_folder services/orders; language java; links https://runbook.example/orders
              21:10 ownedBy group:shop/team-orders
              22:11 partOf system:shop/chandlery
              23:19 partOf component:shop/backend
              24:18 providesApi api:shop/orders-api
              25:18 consumesApi api:default/pricing-api
              26:15 dependsOn resource:shop/orders-db
              26:37 dependsOn component:other/stock
              26:60 dependsOn component:shop/stock
        "#]],
    );
}

#[test]
fn people_systems_and_domains() {
    check(
        &[(
            "org.yaml",
            r#"apiVersion: backstage.io/v1beta1
kind: Group
metadata: { name: team-orders }
spec: { type: team, profile: { displayName: Orders }, parent: backend, children: [], members: [ada] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ada }
spec: { memberOf: [team-orders] }
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: chandlery }
spec: { owner: user:ada, domain: commerce }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: not-for-us }
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: new-service }
spec: { owner: platform, type: service, steps: [{ id: a, input: { name: "${{ parameters.name }}" } }] }
"#,
        )],
        expect![[r#"
            3: Group default/team-orders (team) also Orders
              4:63 childOf group:default/backend
              4:96 hasMember user:default/ada
            8: User default/ada
              9:20 memberOf group:default/team-orders
            13: System default/chandlery
              14:16 ownedBy user:default/ada
              14:34 partOf domain:default/commerce
            22: Template default/new-service (service)
              23:16 ownedBy group:default/platform
        "#]],
    );
}

#[test]
fn what_cannot_be_used_has_its_place() {
    check(
        &[(
            "catalog-info.yml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  title: no name\n---\napiVersion: backstage.io/v1alpha1\nmetadata: { name: a }\n---\napiVersion: backstage.io/v1alpha1\nkind: Gizmo\nmetadata: { name: a }\n---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: b }\nspec:\n  owner: 'a:b:c'\n  dependsOn: [{ x: y }, '']\n",
        )],
        expect![[r#"
            15: Component default/b
            problem 4:3 a Component without `metadata.name`, so nothing can refer to it and it is left out; add the name
            problem 6:1 an entity without `kind`, so it is left out; add it, like `kind: Component`
            problem 17:10 `owner` refers to nothing: `a:b:c` is not a reference and is left out; write it like `group:default/name`
            problem 18:15 `dependsOn` refers to nothing: this is not a reference and is left out; write it like `group:default/name`
            problem 18:25 `dependsOn` refers to nothing: `` is not a reference and is left out; write it like `group:default/name`
            not read catalog-info.yml (catalogue Gizmo): this kind of entity is not known here
        "#]],
    );
}

#[test]
fn targets_are_followed_inside_of_the_survey() {
    let location = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec:\n  type: url\n  targets:\n    - ./services/*/catalog-info.yaml\n    - ./gone.yaml\n    - https://github.com/org/other/blob/main/catalog-info.yaml\n    - https://github.com/org/this/blob/main/services/a/catalog-info.yaml\n";
    let component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: x }\n";
    check(
        &[
            ("catalog-info.yaml", location),
            ("services/a/catalog-info.yaml", component),
            ("services/b/catalog-info.yaml", "a: 1\n"),
            ("services/b/deep/catalog-info.yaml", "a: 1\n"),
        ],
        expect![[r#"
            3: Location default/all (url)
              7:7 target services/a/catalog-info.yaml
              7:7 target services/b/catalog-info.yaml
              9:7 target https://github.com/org/other/blob/main/catalog-info.yaml
              10:7 target services/a/catalog-info.yaml
            3: Component default/x
            loose 8:7 Location `all` points at `./gone.yaml`, which is not there
            not read catalog-info.yaml (remote catalogue target): https://github.com/org/other/blob/main/catalog-info.yaml is not part of the survey
        "#]],
    );
}

#[test]
fn a_definition_is_a_file_or_stands_in_place() {
    let api = |definition: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{ name: x }}\nspec:\n  type: openapi\n  definition: {definition}\n"
        )
    };
    check(
        &[
            ("a/one.yaml", &api("{ $text: ./openapi.yaml }")),
            ("a/openapi.yaml", "openapi: 3.0.0\n"),
            ("b/two.yaml", &api("{ $openapi: ../gone.yaml }")),
            ("c/three.yaml", &api("|\n    openapi: 3.0.0")),
            ("d/four.yaml", &api("{ $text: https://example.org/api.yaml }")),
        ],
        expect![[r#"
            3: API default/x (openapi)
              6:24 definition a/openapi.yaml
            3: API default/x (openapi)
            3: API default/x (openapi)
              7:5 definition in place
            3: API default/x (openapi)
              6:24 definition https://example.org/api.yaml
            loose 6:27 API `x` points at `../gone.yaml`, which is not there
            not read d/four.yaml (remote catalogue definition): https://example.org/api.yaml is not part of the survey
        "#]],
    );
}

#[test]
fn templates_of_a_catalogue_are_left_out() {
    check(
        &[
            (
                "skeleton/catalog-info.yaml",
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${{ values.name }}\n",
            ),
            (
                "other/catalog-info.yaml",
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {{cookiecutter.name}}\n",
            ),
        ],
        expect![[r#"
            not read other/catalog-info.yaml (catalogue template): is a template, whose names are filled in when something is made of it
            not read skeleton/catalog-info.yaml (catalogue template): is a template, whose names are filled in when something is made of it
        "#]],
    );
}

#[test]
fn a_repository_of_several_names_none_of_them() {
    let component = |name: &str, slug: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name}, annotations: {{ github.com/project-slug: {slug} }} }}\n"
        )
    };
    check(
        &[
            ("a.yaml", &component("a", "o/mono")),
            ("b.yaml", &component("b", "o/mono")),
            ("c.yaml", &component("c", "o/c")),
        ],
        expect![[r#"
            3: Component default/a
            3: Component default/b
            3: Component default/c also o/c
        "#]],
    );
}

proptest! {
    #[test]
    fn no_text_panics(cut in 0usize..400, junk in "\\PC{0,10}") {
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: a, annotations: { a/source-location: 'url:https://a/b/tree/c/d' } }\nspec: { owner: a, dependsOn: [b], targets: ['./*.yaml', '../{a,b'], definition: { $text: '/' } }\n";
        let at = (0..=cut.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let _ = facts(&[("catalog-info.yaml", &format!("{}{junk}{}", &text[..at], &text[at..]))]);
    }
}
