//! One system that is deployed in several ways, under names that differ: what the join makes one component of.

mod shown;

use expect_test::{Expect, expect};

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&shown::graph(&shown::model(files)));
}

/// A Deployment, as short as it can be.
fn deployment(name: &str, image: &str, environment: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  replicas: 2\n  template:\n    metadata: {{ labels: {{ app: {name} }} }}\n    spec:\n      containers:\n        - name: {name}\n          image: {image}\n          env: {environment}\n---\napiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {{ selector: {{ app: {name} }}, ports: [{{ port: 8080 }}] }}\n---\n"
    )
}

#[test]
fn a_file_named_like_another_with_a_word_more_is_a_variation_of_it() {
    check(
        &[
            ("k8s/web.yaml", &deployment("web", "shop/web", "[]")),
            ("k8s/web-mesh.yaml", &deployment("web", "shop/web", "[]")),
            ("k8s/cart.yaml", &deployment("cart", "shop/cart", "[]")),
            ("k8s/cart-mesh.yaml", &deployment("cart", "shop/cart", "[]")),
            ("k8s/db.yaml", &deployment("db", "postgres:16", "[]")),
        ],
        expect![[r#"
            cart: service
            db: store PostgreSQL
            web: frontend
            default k8s
        "#]],
    );
}

#[test]
fn names_that_begin_with_the_systems_name_are_those_without_it_elsewhere() {
    let compose = "services:\n  web: { image: shop/web, environment: { DB: 'postgres://db/x' } }\n  cart: { image: shop/cart }\n  db: { image: 'postgres:16' }\n";
    let all = [
        deployment("shop-web", "shop/web", "[{ name: DB, value: 'postgres://shop-db/x' }]"),
        deployment("shop-cart", "shop/cart", "[]"),
        deployment("shop-db", "shop/postgres", "[]"),
    ];
    check(
        &[("compose.yaml", compose), ("k8s/all.yaml", &all.concat())],
        expect![[r#"
        shop-cart: service also cart
        shop-db: store PostgreSQL also db
        shop-web: frontend also web
        shop-web -> shop-db sql k8s/all.yaml:12
        default k8s/all.yaml
    "#]],
    );
}

#[test]
fn a_network_alias_is_a_name_elsewhere() {
    let compose = "services:\n  web-jvm:\n    image: shop/web\n    networks: { default: { aliases: [web] } }\n  cart: { image: shop/cart }\n";
    let all = [deployment("web", "shop/web-native", "[]"), deployment("cart", "shop/cart", "[]")];
    check(
        &[("compose.yaml", compose), ("k8s/all.yaml", &all.concat())],
        expect![[r#"
        cart: service
        web: frontend also web-jvm, web-native
        default k8s/all.yaml
    "#]],
    );
}

#[test]
fn what_one_variable_leads_to_in_two_variants_is_one_store() {
    let compose = "services:\n  cart: { image: shop/cart, environment: { REDIS_HOST: redis-db } }\n  redis-db: { image: 'redis:7' }\n";
    let all = [
        deployment("cart", "shop/cart", "[{ name: REDIS_HOST, value: cart-redis }]"),
        deployment("cart-redis", "redis:7", "[]"),
    ];
    check(
        &[("compose.yaml", compose), ("k8s/all.yaml", &all.concat())],
        expect![[r#"
        cart: service
        cart-redis: cache Redis also redis-db
        cart -> cart-redis redis k8s/all.yaml:12
        default k8s/all.yaml
    "#]],
    );
}

#[test]
fn stores_of_two_systems_are_not_one_because_both_have_a_cart() {
    let other = "services:\n  cart: { image: other/cart, environment: { REDIS_HOST: redis-db } }\n  redis-db: { image: 'redis:7' }\n  a: { image: other/a }\n  b: { image: other/b }\n  c: { image: other/c }\n";
    let all = [
        deployment("cart", "shop/cart", "[{ name: REDIS_HOST, value: cart-redis }]"),
        deployment("cart-redis", "redis:7", "[]"),
        deployment("x", "shop/x", "[]"),
        deployment("y", "shop/y", "[]"),
        deployment("z", "shop/z", "[]"),
    ];
    check(
        &[("other/compose.yaml", other), ("shop/all.yaml", &all.concat())],
        expect![[r#"
        a: service
        b: service
        c: service
        cart: service
        cart-redis: cache Redis
        redis-db: cache Redis
        x: service
        y: service
        z: service
        cart -> cart-redis redis shop/all.yaml:12
        cart -> redis-db redis other/compose.yaml:2
        default shop/all.yaml
    "#]],
    );
}

#[test]
fn a_base_is_the_default_where_no_overlay_says_that_it_is_production() {
    let base = "resources: [web.yaml]\n";
    let overlay = "resources: [../base]\npatches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: web }\n      spec: { replicas: 7 }\n";
    let web = deployment("web", "shop/web", "[]");
    check(
        &[
            ("k/base/kustomization.yaml", base),
            ("k/base/web.yaml", &web),
            ("k/a/kustomization.yaml", overlay),
            ("k/b/kustomization.yaml", overlay),
        ],
        expect![[r#"
            web: frontend
            default base
        "#]],
    );
    check(
        &[
            ("k/base/kustomization.yaml", base),
            ("k/base/web.yaml", &web),
            ("k/dev/kustomization.yaml", overlay),
            ("k/prod/kustomization.yaml", overlay),
        ],
        expect![[r#"
            web: frontend
            default prod
        "#]],
    );
}

#[test]
fn the_compose_file_that_is_found_by_itself_is_the_default() {
    let small = "services:\n  web: { image: shop/web }\n  cart: { image: shop/cart }\n";
    let large = "services:\n  web: { image: shop/web }\n  cart: { image: shop/cart }\n  extra: { image: shop/extra }\n";
    check(
        &[("docker-compose.yml", small), ("docker-compose-full.yml", large)],
        expect![[r#"
        cart: service
        extra: service
        web: frontend
        default docker-compose.yml
    "#]],
    );
}

#[test]
fn a_name_goes_without_the_word_for_its_kind_unless_another_has_that() {
    let all = [
        deployment("stock-db-depl", "postgres:16", "[]"),
        deployment("cart-deployment", "shop/cart", "[]"),
        deployment("cart", "shop/basket", "[]"),
    ];
    check(
        &[("k8s/all.yaml", &all.concat())],
        expect![[r#"
        cart: service also basket
        cart-deployment: service
        stock-db-depl: store PostgreSQL also stock-db
        default k8s/all.yaml
    "#]],
    );
}

#[test]
fn a_word_for_the_kind_of_object_makes_no_other_component() {
    let compose =
        "services:\n  cart: { image: shop/cart }\n  db: { image: 'postgres:16' }\n  web: { image: shop/web }\n";
    let object = |name: &str, image: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: '{name}' }}\nspec:\n  template:\n    spec:\n      containers: [{{ name: main, image: '{image}' }}]\n---\n"
        )
    };
    let all = [
        object("cart-depl", "shop/basket"),
        object("db-statefulset-${STAGE:-dev}", "bitnami/postgresql:16"),
        object("web", "shop/web"),
        object("web-pod", "shop/probe"),
    ];
    check(
        &[("compose.yaml", compose), ("k8s/all.yaml", &all.concat())],
        expect![[r#"
            cart-depl: service also basket, cart
            db-statefulset: store PostgreSQL also db, db-statefulset-${STAGE:-dev}
            web: frontend
            web-pod: frontend also probe
            default k8s/all.yaml
        "#]],
    );
}
