//! What configuration says of others, format by format.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::redact;
use crate::source::Source;
use crate::tree::yaml;

fn show_by(corpus: &Corpus, by: &About) -> String {
    match by {
        About::File(file) => corpus.path(*file).to_owned(),
        About::Name(name) => format!("<{name}>"),
        About::Unit(unit) => format!("unit {unit}"),
    }
}

fn show(corpus: &Corpus, facts: &Facts) -> String {
    let mut out = String::new();
    for (file, name) in &facts.names {
        out += &format!("{} is named {}\n", corpus.path(*file), name.text);
    }
    for mention in &facts.mentions {
        let At { line, column, .. } = mention.origin.at;
        let profile = mention.profile.as_ref().map_or(String::new(), |profile| format!(" [{profile}]"));
        let spelled = mention.spelled.as_ref().map_or(String::new(), |spelled| format!("  ← {spelled}"));
        out += &format!(
            "{}:{line}:{column}{profile} {} = {}{spelled}\n",
            show_by(corpus, &mention.by),
            mention.key,
            mention.value
        );
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {} ({})\n", corpus.path(skipped.file), skipped.kind);
    }
    for problem in corpus.problems().iter().chain(&facts.problems) {
        out += &format!("problem {}:{} {}\n", corpus.path(problem.at.file), problem.at.line, problem.message);
    }
    out
}

fn run(files: &[(&str, &str)]) -> String {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|file| takes(&corpus, *file)).collect();
    show(&corpus, &read(&corpus, &taken))
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    expect.assert_eq(&run(files));
}

#[test]
fn placeholders_are_filled_from_the_file_or_their_default() {
    check(
        &[(
            "o/application.properties",
            "spring.application.name=orders\nhost=stock\nstock.url=http://${host}:${port:80}/\nspring.data.mongodb.uri=mongodb://${db:orders-db}:27017/data\nother.url=http://${nobody}/\n",
        )],
        expect![[r#"
            o/application.properties is named orders
            o/application.properties:2:6 host = stock
            o/application.properties:3:11 stock.url = http://stock:80/  ← http://${host}:${port:80}/
            o/application.properties:4:25 spring.data.mongodb.uri = mongodb://orders-db:27017/data  ← mongodb://${db:orders-db}:27017/data
            o/application.properties:5:11 other.url = http://${nobody}/
        "#]],
    );
}

#[test]
fn a_group_that_is_switched_off_names_nobody() {
    check(
        &[(
            "application.properties",
            "spring.zipkin.enabled=${z:false}\nspring.zipkin.baseUrl=http://zipkin:9411/\norders.enabled=true\norders.url=http://orders\n",
        )],
        expect![[r#"
            application.properties:4:12 orders.url = http://orders
        "#]],
    );
}

#[test]
fn documents_and_files_have_profiles() {
    check(
        &[
            (
                "r/application.yml",
                "a: { url: http://a }\n---\nspring: { config: { activate: { on-profile: docker } } }\na: { url: http://b }\n---\nspring: { profiles: [x, y] }\na: { url: http://c }\n",
            ),
            ("r/application-k8s.yml", "a: { url: http://d }\n"),
            (
                "s/application.properties",
                "a.url=http://a\n#---\nspring.config.activate.on-profile=docker\na.url=http://b\n",
            ),
        ],
        expect![[r#"
            r/application-k8s.yml:1:11 [k8s] a.url = http://d
            r/application.yml:1:11 a.url = http://a
            r/application.yml:4:11 [docker] a.url = http://b
            r/application.yml:7:11 [x | y] a.url = http://c
            s/application.properties:1:7 a.url = http://a
            s/application.properties:4:7 [docker] a.url = http://b
        "#]],
    );
}

#[test]
fn a_repository_speaks_for_applications() {
    check(
        &[
            ("config/src/main/resources/application.yml", "spring: { application: { name: config } }\n"),
            ("config/src/main/resources/shared/application.yml", "spring: { rabbitmq: { host: rabbitmq } }\n"),
            (
                "config/src/main/resources/shared/orders.yml",
                "spring: { data: { mongodb: { host: orders-mongo, port: 27017 } } }\n",
            ),
            (
                "config/src/main/resources/shared/orders-docker.yml",
                "spring: { data: { mongodb: { host: other-mongo } } }\n",
            ),
            (
                "config/src/main/resources/shared/stock.yml",
                "eureka: { client: { serviceUrl: { defaultZone: 'http://registry:8761/eureka/' } } }\n",
            ),
        ],
        expect![[r#"
            config/src/main/resources/application.yml is named config
            <orders>:1:29 spring.rabbitmq.host = rabbitmq
            <stock>:1:29 spring.rabbitmq.host = rabbitmq
            <orders>:1:36 [docker] spring.data.mongodb.host = other-mongo
            <orders>:1:36 spring.data.mongodb.host = orders-mongo:27017
            <stock>:1:48 eureka.client.serviceUrl.defaultZone = http://registry:8761/eureka/
        "#]],
    );
}

#[test]
fn routes_of_gateways() {
    check(
        &[
            (
                "a/application.yml",
                "spring:\n  cloud:\n    gateway:\n      routes:\n        - id: o\n          uri: lb://orders\n",
            ),
            (
                "b/application.yml",
                "zuul:\n  routes:\n    orders: /o/**\n    stock: { path: /s/**, serviceId: stock-service }\n    auth: { path: /a/**, url: 'http://auth:5000' }\n",
            ),
        ],
        expect![[r#"
            a/application.yml:6:16 spring.cloud.gateway.routes[0].uri = lb://orders
            b/application.yml:4:38 zuul.routes.stock.serviceId = lb://stock-service
            b/application.yml:5:31 zuul.routes.auth.url = http://auth:5000
            b/application.yml:3:13 zuul.routes.orders.serviceId = lb://orders
        "#]],
    );
}

#[test]
fn json_toml_ini_and_lines() {
    check(
        &[
            (
                "src/Orders/appsettings.json",
                "{\n  // comment\n  \"ConnectionStrings\": { \"Db\": \"Server=sql;Database=Orders;User Id=sa;Password=Pass@word\", \"Redis\": \"basket\" },\n  \"AllowedHosts\": \"*\", \"Urls\": { \"Stock\": \"http://stock-api\" }, \"Version\": \"1.0\"\n}",
            ),
            (
                "src/Orders/appsettings.Development.json",
                "{ \"Urls\": { \"Stock\": \"http://localhost:5000\", \"Pay\": \"http://pay\" } }",
            ),
            ("n/config/production.json", "{ \"db\": { \"host\": \"mongo\", \"port\": 27017 } }"),
            ("t/traefik.toml", "[file.backends.b.servers.s]\nurl = \"http://front-end:8079\"\n"),
            ("i/settings.ini", "[broker]\nurl = amqp://u:p@mq//  ; comment\nlevel = debug\nqueue_name = orders\n"),
            ("h/haproxy.cfg", "backend orders\n  balance roundrobin\n  server o1 orders-1:80 check\n"),
            ("c/Caddyfile", "acme.io {\n  reverse_proxy orders:8080\n}\n"),
            (
                "p/config.json",
                "{ \"$schema\": \"https://acme.io/schema.json\", \"homepage\": \"https://acme.io\", \"cors\": { \"origins\": [\"http://web\"] } }",
            ),
        ],
        expect![[r#"
            c/Caddyfile:2:17 reverse_proxy = orders:8080
            h/haproxy.cfg:3:10 server = o1 orders-1:80 check
            i/settings.ini:2:7 broker.url = amqp://<redacted>@mq//
            i/settings.ini:4:14 broker.queue_name = orders
            n/config/production.json:1:19 [production] db.host = mongo:27017
            src/Orders/appsettings.Development.json:1:54 [Development] Urls.Pay = http://pay
            src/Orders/appsettings.json:3:32 ConnectionStrings.Db = Server=sql;Database=Orders;User Id=sa;Password=<redacted>
            src/Orders/appsettings.json:3:101 ConnectionStrings.Redis = basket
            src/Orders/appsettings.json:4:43 Urls.Stock = http://stock-api
            t/traefik.toml:2:7 file.backends.b.servers.s.url = http://front-end:8079
        "#]],
    );
}

#[test]
fn envoy_and_other_yaml() {
    check(
        &[
            (
                "p/envoy.tmpl.yaml",
                "clusters:\n  - name: orders\n    endpoints:\n      - socket_address: { address: \"${ORDERS_HOST}\", port_value: \"${ORDERS_PORT}\" }\n      - socket_address: { address: stock, port_value: 80 }\n",
            ),
            (
                "k/config.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { url: 'http://orders' }\n",
            ),
            ("t/config.yml", "{{- if .x }}\nredis:\n  url: redis://cache:6379\n{{- end }}\n"),
            ("x/conf/service.yaml", "kafka:\n  brokers: [k1:9092, k2]\n  topic: orders.created\n"),
        ],
        expect![[r#"
            p/envoy.tmpl.yaml:4:36 clusters[0].endpoints[0].socket_address.address = ${ORDERS_HOST}:${ORDERS_PORT}
            p/envoy.tmpl.yaml:5:36 clusters[0].endpoints[1].socket_address.address = stock:80
            t/config.yml:3:8 url = redis://cache:6379
            x/conf/service.yaml:2:13 kafka.brokers[0] = k1:9092
            x/conf/service.yaml:2:22 kafka.brokers[1] = k2
            x/conf/service.yaml:3:10 kafka.topic = orders.created
        "#]],
    );
}

#[test]
fn telemetry_and_tests_are_listed_as_not_read() {
    check(
        &[
            ("prometheus/prometheus.yml", "scrape_configs: [{ static_configs: [{ targets: ['orders:80'] }] }]\n"),
            ("src/test/resources/application.yml", "a: { url: http://a }\n"),
            ("w/nginx.conf", "http { content_by_lua_block { x } }\nlocation / { proxy_pass http://a; }"),
        ],
        expect![[r#"
            w/nginx.conf:2:25 proxy_pass = http://a
            not read: prometheus/prometheus.yml (configuration of telemetry)
            not read: src/test/resources/application.yml (configuration of tests)
            not read: w/nginx.conf (Lua in nginx)
        "#]],
    );
}

#[test]
fn upstreams_of_a_file_beside_are_no_hosts() {
    check(
        &[
            (
                "w/nginx.conf",
                "http { include conf.d/*; server { location / { proxy_pass http://backend; } location /x { proxy_pass http://orders; } } }",
            ),
            ("w/conf.d/upstreams.conf", "upstream backend { server stock:80; }"),
        ],
        expect![[r#"
            w/conf.d/upstreams.conf:1:27 upstream server = stock:80
            w/nginx.conf:1:102 proxy_pass = http://orders
        "#]],
    );
}

#[test]
fn broken_files_are_problems_and_the_rest_is_read() {
    check(
        &[
            ("a/application.yml", "a: [1\nb: }\n"),
            ("b/application.properties", "# C:\\users\na.url=\\uXYZ\nb.url=http://b\nc.url=http://c\\"),
            ("c/appsettings.json", "{ \"a\": "),
            ("d/application.yml", "a: { url: http://a }\n"),
            ("e/settings.toml", "x = \n"),
            ("f/app.conf", "\u{0}"),
        ],
        expect![[r#"
            b/application.properties:3:7 b.url = http://b
            b/application.properties:4:7 c.url = http://c
            d/application.yml:1:11 a.url = http://a
            problem a/application.yml:2 not valid YAML: illegal placement of ':' indicator; this document is left out
            problem c/appsettings.json:1 not valid JSON: Expected value after colon in object property; the file is left out
            problem e/settings.toml:1 not valid TOML: string values must be quoted, expected literal string; the file is left out
            problem b/application.properties:2 a `\u` without four hexadecimal digits; the line is left out
            problem f/app.conf:0 is binary, not text; the file is left out
        "#]],
    );
}

#[test]
fn an_embedded_file_has_its_place_in_the_outer_one() {
    let facts = read_text(
        "/etc/nginx/conf.d/default.conf",
        "server {\n  location / { proxy_pass http://orders; }\n}",
        &About::Unit(3),
        At::new(FileId(0), 10, 5),
    );
    assert_eq!(facts.mentions[0].origin.at, At::new(FileId(0), 11, 31));
    assert_eq!(facts.mentions[0].by, About::Unit(3));
    let facts = read_text(
        "/app/application.yml",
        "db:\n  url: jdbc:postgresql://db/x\n",
        &About::Unit(3),
        At::new(FileId(0), 10, 1),
    );
    assert_eq!(facts.mentions[0].origin.at.line, 11);
    assert_eq!(read_text("/x/readme.md", "http://a", &About::Unit(0), At::new(FileId(0), 1, 1)).mentions.len(), 0);
}

/// The place of a block of YAML is its first character, so that a ConfigMap's key needs no reckoning.
#[test]
fn a_block_of_yaml_begins_at_its_text() {
    let outer = yaml::parse(FileId(0), "data:\n  a.conf: |\n    server {}\n  b.conf: |-\n\n    x\n", Schema::Yaml11);
    let at = |key: &str| outer.roots[0].at_path(&["data", key]).map(|node| (node.at.line, node.at.column));
    assert_eq!((at("a.conf"), at("b.conf")), (Some((3, 5)), Some((6, 5))));
}

#[test]
fn secrets_do_not_survive_in_any_format() {
    let shown = run(&[
        (
            "a/application.yml",
            "spring:\n  datasource: { url: 'jdbc:mysql://db/x?user=u&password=Zq7hunter2', password: Zq7hunter2 }\n  rabbitmq: { addresses: 'amqp://u:Zq7hunter2@mq' }\n",
        ),
        ("b/application.properties", "url=postgres://u:Zq7hunter2@db/x\nx.url=http://${a:u}:${b:Zq7hunter2}@db\n"),
        (
            "c/appsettings.json",
            "{ \"ConnectionStrings\": { \"Db\": \"Server=db;Password=Zq7hunter2;\" }, \"url\": \"redis://:Zq7hunter2@cache\" }",
        ),
        ("d/config.toml", "url = \"amqp://u:Zq7hunter2@mq\"\n"),
        ("e/settings.ini", "url = mongodb://u:Zq7hunter2@mongo\nhost = u:Zq7hunter2@tcp(db:3306)/x\n"),
        ("f/nginx.conf", "location / { proxy_pass http://u:Zq7hunter2@orders; }"),
    ]);
    assert!(!shown.contains("Zq7hunter2"), "{shown}");
    assert!(shown.contains("db") && shown.contains("mongo") && shown.contains("orders"), "{shown}");
}

/// Shapes that make a careless reader look at the whole text again for each part of it.
#[test]
fn long_texts_of_nasty_shapes_end() {
    let shapes = [
        "${",
        "$(",
        "{{",
        "http://a,",
        "http://",
        "@",
        "a@",
        ">",
        "<",
        "password=",
        "password='",
        "tcp(",
        "(HOST=",
        "$1$",
        "sk-",
        "eyJ",
        "-----BEGIN ",
        "a.enabled=false\n",
        "proxy_pass http://a;",
        "upstream a{server b;}",
        "set $a $a;",
        "a:80,",
        "${a:",
        "\\",
        "key: ",
        "[",
        "Bearer ",
        "/a",
        "x=y;",
        "nc ",
        "-p ",
        "\"",
        "a-",
    ];
    for shape in shapes {
        let text = shape.repeat((16 << 10) / shape.len());
        let _ = crate::address::addresses(&text);
        let _ = redact::value("key", &text);
        run(&[("x.properties", &text), ("x.conf", &text), ("x.ini", &text), ("application.yml", &text)]);
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let files = [
        ("a/application.yml", "x: { url: http://a }\n"),
        ("b/nginx.conf", "location / { proxy_pass http://b; }"),
        ("c/config.json", "{\"url\": \"http://c\"}"),
    ];
    let mut turned = files;
    turned.reverse();
    assert_eq!(run(&files), run(&turned));
}

proptest! {
    #[test]
    fn cut_files_do_not_panic(cut in 0usize..200, which in 0usize..6) {
        let (path, text) = [
            ("application.yml", "spring:\n  application: { name: é }\n  url: \"http://${a:b}\"\nzuul: { routes: { a: /x } }\n---\nx: [a, b]\n"),
            ("application.properties", "a.b=c\\\n  d\\u00e9\n# x\\u\nurl=http://${x:y}/é\n"),
            ("config.json", "{ \"a\": { \"host\": \"é\", \"port\": 80 }, \"url\": \"http://x\" } // x"),
            ("config.toml", "[a]\nhost = \"é\"\nport = 80\nurl = 'http://x'\n"),
            ("x.conf", "upstream é { server a:1; } location / { set $x é; proxy_pass http://$x${y}; }"),
            ("x.ini", "[é]\nhost = é ; x\n url: http://x\nreplicaof a 1\n"),
        ][which];
        let cut = text.char_indices().map(|(index, _)| index).take(cut + 1).last().unwrap_or(0);
        run(&[(path, &text[..cut])]);
        run(&[(path, &text[cut..])]);
    }
}
