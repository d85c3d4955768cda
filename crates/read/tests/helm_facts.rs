//! What the reader of charts emits: variants for environments and releases, places of values, and what is not read.
#![allow(clippy::unwrap_used, reason = "a test")]

use expect_test::{Expect, expect};
use plimsoll_model::{At, Content, FileId};
use plimsoll_read::corpus::Corpus;
use plimsoll_read::facts::{About, Facts, Origin};
use plimsoll_read::helm::READER;
use plimsoll_read::source::Source;
use proptest::prelude::*;

fn read(texts: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(texts)]);
    let files: Vec<FileId> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
    let facts = (READER.read)(&corpus, &files);
    (corpus, facts)
}

fn place(corpus: &Corpus, at: At) -> String {
    format!("{}:{}", corpus.path(at.file), at.line)
}

fn origin(corpus: &Corpus, origin: &Origin) -> String {
    let mut out = place(corpus, origin.at);
    for at in origin.via.as_deref().unwrap_or_default() {
        out += &format!(" via {}", place(corpus, *at));
    }
    out
}

/// Variants with their units, image and replicas; problems; what was not read.
#[track_caller]
fn check(texts: &[(&str, &str)], expect: Expect) {
    let (corpus, facts) = read(texts);
    let mut out = String::new();
    for (index, variant) in facts.variants.iter().enumerate() {
        out += &format!("{}\n", variant.folder);
        for (number, unit) in facts.units.iter().enumerate().filter(|(_, unit)| unit.variant.0 == index) {
            out += &format!("  {} at {}\n", unit.name, origin(&corpus, &unit.origin));
            for image in unit.containers.iter().filter_map(|container| container.image.as_ref()) {
                out += &format!("    image {} at {}\n", image.text, origin(&corpus, &image.origin));
            }
            for claim in facts.claims.iter().filter(|claim| claim.of == About::Unit(number)) {
                if let Content::Stated(value) = &claim.content
                    && claim.note.contains("replicas")
                {
                    out += &format!("    replicas {value:?} at {}\n", origin(&corpus, &claim.origin));
                }
            }
        }
    }
    for problem in &facts.problems {
        out += &format!("! {} {}\n", place(&corpus, problem.at), problem.message);
    }
    for skipped in &facts.not_read {
        out += &format!("not read {}: {}, {}\n", corpus.path(skipped.file), skipped.kind, skipped.reason);
    }
    expect.assert_eq(&out);
}

const CHART: (&str, &str) = ("charts/orders/Chart.yaml", "apiVersion: v2\nname: orders\nversion: 0.1.0\n");
const VALUES: (&str, &str) = ("charts/orders/values.yaml", "replicas: 1\nimage: shop/orders\ntag: dev\n");
const TEMPLATE: (&str, &str) = (
    "charts/orders/templates/app.yaml",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: {{ .Release.Name }} }\nspec:\n  replicas: {{ .Values.replicas }}\n  \
     template: { spec: { containers: [{ name: app, image: \"{{ .Values.image }}:{{ .Values.tag }}\" }] } }\n",
);

#[test]
fn each_values_file_of_an_environment_is_a_variant() {
    let production = ("charts/orders/values-production.yaml", "replicas: 5\ntag: \"1.4\"\n");
    check(
        &[CHART, VALUES, TEMPLATE, production],
        expect![[r#"
        charts/orders
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(1) at charts/orders/values.yaml:1 via charts/orders/templates/app.yaml:5
        charts/orders/production
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:1.4 at charts/orders/values.yaml:2 via charts/orders/values-production.yaml:2 via charts/orders/templates/app.yaml:6
            replicas Count(5) at charts/orders/values-production.yaml:1 via charts/orders/templates/app.yaml:5
    "#]],
    );
}

#[test]
fn charts_beside_each_other_are_one_variant_for_each_environment() {
    let files = [
        CHART,
        VALUES,
        TEMPLATE,
        ("charts/mail/Chart.yaml", "apiVersion: v2\nname: mail\nversion: 0.1.0\n"),
        ("charts/mail/values/staging.yaml", "x: 1\n"),
        (
            "charts/mail/templates/mail.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: mail }\nspec: { template: { spec: { containers: [] } } }\n",
        ),
    ];
    check(
        &files,
        expect![[r#"
        charts
          mail at charts/mail/templates/mail.yaml:3
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(1) at charts/orders/values.yaml:1 via charts/orders/templates/app.yaml:5
        charts/staging
          mail at charts/mail/templates/mail.yaml:3
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(1) at charts/orders/values.yaml:1 via charts/orders/templates/app.yaml:5
    "#]],
    );
}

#[test]
fn argo_cd_says_which_chart_runs_with_which_values() {
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: orders }\nspec:\n  source:\n    \
        path: charts/orders\n    helm:\n      releaseName: prod-orders\n      valueFiles: [values-eu.yaml, $values/none.yaml]\n      \
        values: |\n        tag: \"2.0\"\n      parameters: [{ name: replicas, value: \"7\" }]\n  destination: { namespace: shop }\n";
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: all }\nspec:\n  generators:\n  - list:\n      \
        elements: [{ env: eu, n: \"3\" }]\n  template:\n    spec:\n      source:\n        path: charts/orders\n        helm:\n          \
        releaseName: '{{env}}-orders'\n          valueFiles: ['values-{{.env}}.yaml']\n";
    let files = [
        CHART,
        VALUES,
        TEMPLATE,
        ("charts/orders/values-eu.yaml", "image: eu/orders\n"),
        ("argo/production/orders.yaml", application),
        ("argo/sets/all.yaml", set),
    ];
    check(
        &files,
        expect![[r#"
        argo/production
          prod-orders at charts/orders/templates/app.yaml:3
            image eu/orders:2.0 at charts/orders/values-eu.yaml:1 via argo/production/orders.yaml:12 via charts/orders/templates/app.yaml:6
            replicas Count(7) at charts/orders/templates/app.yaml:5
        argo/sets
          eu-orders at charts/orders/templates/app.yaml:3
            image eu/orders:dev at charts/orders/values-eu.yaml:1 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(1) at charts/orders/values.yaml:1 via charts/orders/templates/app.yaml:5
        not read argo/production/orders.yaml: Helm values, the values file `$values/none.yaml` is not here
    "#]],
    );
}

#[test]
fn flux_helmfile_and_skaffold_say_it_too() {
    let flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: orders, namespace: shop }\nspec:\n  \
        chart: { spec: { chart: ./charts/orders } }\n  valuesFrom: [{ kind: Secret, name: s }]\n  values:\n    replicas: 4\n";
    let helmfile = "releases:\n- name: orders-a\n  chart: ./charts/orders\n  values: [a.yaml, { tag: a }]\n  set: [{ name: replicas, value: 2 }]\n";
    let skaffold = "apiVersion: skaffold/v4beta11\nkind: Config\ndeploy:\n  helm:\n    releases:\n    - name: orders-s\n      \
        chartPath: ../charts/orders\n      setValues: { replicas: 9 }\n";
    let files = [
        CHART,
        VALUES,
        TEMPLATE,
        ("a.yaml", "image: a/orders\n"),
        ("flux/orders.yaml", flux),
        ("helmfile.yaml", helmfile),
        ("dev/skaffold.yaml", skaffold),
    ];
    check(
        &files,
        expect![[r#"

          orders-a at charts/orders/templates/app.yaml:3
            image a/orders:a at a.yaml:1 via helmfile.yaml:4 via charts/orders/templates/app.yaml:6
            replicas Count(2) at charts/orders/templates/app.yaml:5
        dev
          orders-s at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(9) at charts/orders/templates/app.yaml:5
        flux
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(4) at flux/orders.yaml:8 via charts/orders/templates/app.yaml:5
        not read flux/orders.yaml: Helm values, values from ConfigMaps and Secrets are not read
    "#]],
    );
}

#[test]
fn what_is_missing_or_fails_is_named_and_the_rest_is_read() {
    let chart = "apiVersion: v2\nname: orders\nversion: 0.1.0\ndependencies:\n- { name: redis, version: 1.x, repository: https://charts.example }\n";
    let broken = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ required \"name it\" .Values.name }}\n";
    let files = [
        ("charts/orders/Chart.yaml", chart),
        VALUES,
        TEMPLATE,
        ("charts/orders/templates/broken.yaml", broken),
        ("charts/orders/templates/worse.yaml", "a: b: c\n"),
        ("charts/orders/templates/worst.yaml", "{{ if }}"),
    ];
    check(
        &files,
        expect![[r#"
        charts/orders
          orders at charts/orders/templates/app.yaml:3
            image shop/orders:dev at charts/orders/values.yaml:2 via charts/orders/values.yaml:3 via charts/orders/templates/app.yaml:6
            replicas Count(1) at charts/orders/values.yaml:1 via charts/orders/templates/app.yaml:5
        ! charts/orders/Chart.yaml:1 found in Chart.yaml, but missing in charts/ directory: redis
        ! charts/orders/templates/broken.yaml:4 name it
        ! charts/orders/templates/worse.yaml:1 YAML parse error on orders/templates/worse.yaml: not valid YAML: mapping values are not allowed in this context; this document is left out
        ! charts/orders/templates/worst.yaml:1 missing value for if
        not read charts/orders/Chart.yaml: remote Helm chart, the chart `redis` 1.x from https://charts.example is not in `charts`
    "#]],
    );
}

#[test]
fn a_chart_and_plain_manifests_are_one_component() {
    let manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: orders }\nspec: { template: { spec: { containers: \
                    [{ name: app, image: shop/orders:1 }] } } }\n";
    let files = [CHART, VALUES, TEMPLATE, ("k8s/orders.yaml", manifest)];
    let source = vec![Source::memory(&files)];
    let model = plimsoll_read::survey::survey(source, &plimsoll_read::survey::Options::default());
    assert_eq!(model.components.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chart_is_read_or_refused(
        chart in "(apiVersion: v2\nname: a\nversion: 1.0.0\n)?[ -~\n]{0,60}",
        values in "[a-c{}:\\[\\], \n&*-]{0,60}",
        template in "(kind: Deployment\nmetadata: \\{ name: x \\}\n)?[a-z{}.$|\"()\n -]{0,80}",
    ) {
        let files = [("Chart.yaml", chart.as_str()), ("values.yaml", &values), ("templates/a.yaml", &template)];
        read(&files);
    }
}
