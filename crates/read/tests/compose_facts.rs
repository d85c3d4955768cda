//! What the compose reader emits: projects, places, claims, and what it tells of bad input.
#![allow(clippy::unwrap_used, reason = "a test")]

use expect_test::{Expect, expect};
use plimsoll_model::{At, Content, FileId};
use plimsoll_read::compose::READER;
use plimsoll_read::corpus::Corpus;
use plimsoll_read::facts::{About, Facts, Origin};
use plimsoll_read::source::Source;
use proptest::prelude::*;

fn read(texts: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(texts)]);
    let files: Vec<FileId> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
    let facts = (READER.read)(&corpus, &files);
    (corpus, facts)
}

fn place(corpus: &Corpus, at: At) -> String {
    format!("{}:{}:{}", corpus.path(at.file), at.line, at.column)
}

fn origin(corpus: &Corpus, origin: &Origin) -> String {
    let mut out = place(corpus, origin.at);
    for at in origin.via.as_deref().unwrap_or_default() {
        out += &format!(" via {}", place(corpus, *at));
    }
    out
}

/// What is wrong, with its place.
fn wrong(corpus: &Corpus, facts: &Facts) -> String {
    let mut out = String::new();
    for problem in corpus.problems().iter().chain(&facts.problems) {
        out += &format!("! {} {}\n", place(corpus, problem.at), problem.message);
    }
    for loose in &facts.loose {
        out += &format!("loose {} {}\n", origin(corpus, &loose.origin), loose.message);
    }
    for skipped in &facts.not_read {
        out += &format!("not read {}: {}, {}\n", corpus.path(skipped.file), skipped.kind, skipped.reason);
    }
    out
}

/// Variants, their units, and the container of each.
#[track_caller]
fn check(texts: &[(&str, &str)], expect: Expect) {
    let (corpus, facts) = read(texts);
    let mut out = String::new();
    for (index, variant) in facts.variants.iter().enumerate() {
        let bases = if variant.bases.is_empty() { String::new() } else { format!(" on {}", variant.bases.join(", ")) };
        out += &format!("{}{bases}{}\n", variant.folder, if variant.optional { " (optional)" } else { "" });
        for unit in facts.units.iter().filter(|unit| unit.variant.0 == index) {
            out += &format!("  {} at {}\n", unit.name, origin(&corpus, &unit.origin));
            let mut line = |word: &str, text: String| {
                if !text.is_empty() {
                    out += &format!("    {word} {text}\n");
                }
            };
            line("project", unit.namespace.clone().unwrap_or_default());
            line("hosts", unit.hostnames.join(" "));
            line(
                "networks",
                unit.networks.iter().filter(|name| *name != "default").cloned().collect::<Vec<_>>().join(" "),
            );
            line("support", unit.support.map_or(String::new(), |support| support.word().to_owned()));
            line("after", unit.starts_after.iter().map(|s| s.text.clone()).collect::<Vec<_>>().join(" "));
            let labels: Vec<String> = unit.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            line("labels", labels.join(" "));
            if let Some(build) = &unit.build {
                line("build", format!("{:?} {:?} {:?}", build.folder, build.dockerfile, build.target));
            }
            for container in &unit.containers {
                if let Some(image) = &container.image {
                    line("image", format!("{} at {}", image.text, origin(&corpus, &image.origin)));
                }
                for variable in &container.environment {
                    let value = variable.value.as_ref().map_or(String::from("-"), |value| format!("{value:?}"));
                    line("env", format!("{}={value} at {}", variable.name, origin(&corpus, &variable.origin)));
                }
                line("words", container.words.iter().map(|word| word.text.clone()).collect::<Vec<_>>().join(" | "));
                for port in &container.ports {
                    line(
                        "port",
                        format!("{:?} {:?} {:?} {}", port.number, port.target, port.application, port.published),
                    );
                }
                for file in &container.files {
                    let text =
                        file.text.as_ref().map(|text| format!("{:?} at {}", text.text, origin(&corpus, &text.origin)));
                    let what = file.file.map(|file| corpus.path(file).to_owned()).or(text).unwrap_or_default();
                    line("file", format!("{} = {what}", file.path));
                }
            }
        }
    }
    out += &wrong(&corpus, &facts);
    expect.assert_eq(&out);
}

/// The claims of the first unit.
#[track_caller]
fn check_claims(service: &str, expect: Expect) {
    let text = format!("services:\n  a:\n    image: x\n{service}");
    let (corpus, facts) = read(&[("compose.yaml", &text)]);
    let mut out = String::new();
    for claim in facts.claims.iter().filter(|claim| claim.of == About::Unit(0)) {
        if let Content::Stated(value) = &claim.content {
            out += &format!("{} = {value} ({})\n", claim.field.json_name(), claim.note);
        }
    }
    let absent: Vec<&str> =
        facts.claims.iter().filter(|c| c.content == Content::Absent).map(|c| c.field.json_name()).collect();
    out += &format!("absent: {}\n{}", absent.join(", "), wrong(&corpus, &facts));
    expect.assert_eq(&out);
}

#[test]
fn a_value_keeps_the_chain_of_places_that_it_came_through() {
    check(
        &[
            (".env", "HOST=orders-db\nADDR=${HOST}:5432\n"),
            ("shop.env", "CART=${HOST}-cart\n"),
            (
                "compose.yaml",
                "name: shop\nservices:\n  a:\n    image: r/a:${TAG:-1}\n    env_file: [shop.env]\n    environment:\n      - ADDR\n      - URL=pg://${ADDR}/x\n      - PLAIN=1\n      - NOBODY\n",
            ),
        ],
        expect![[r#"
            compose.yaml
              a at compose.yaml:3:3
                project shop
                image r/a:1 at compose.yaml:4:12
                env CART="orders-db-cart" at .env:1:6 via shop.env:1:6 via compose.yaml:5:16
                env ADDR="orders-db:5432" at .env:1:6 via .env:2:6 via compose.yaml:7:9
                env URL="pg://orders-db:5432/x" at .env:1:6 via .env:2:6 via compose.yaml:8:9
                env PLAIN="1" at compose.yaml:9:9
                env NOBODY=- at compose.yaml:10:9
        "#]],
    );
}

#[test]
fn an_example_stands_in_for_a_missing_env_file() {
    check(
        &[
            (".env.example", "TAG=7\n"),
            ("conf/app.env.sample", "MODE=m\n"),
            ("web/example.env", "WEB=w\n"),
            ("compose.yaml", "services:\n  a: { image: 'x:${TAG}', env_file: [conf/app.env, web/.env, ./gone.env] }\n"),
        ],
        expect![[r#"
            compose.yaml
              a at compose.yaml:2:3
                image x:7 at .env.example:1:5 via compose.yaml:2:15
                env MODE="m" at conf/app.env.sample:1:6 via compose.yaml:2:38
                env WEB="w" at web/example.env:1:5 via compose.yaml:2:52
            loose compose.yaml:2:62 takes its variables from `./gone.env`, which is not among the files that were read
        "#]],
    );
}

#[test]
fn files_that_cannot_stand_alone_are_laid_over_those_that_have_what_they_lack() {
    check(
        &[
            ("compose.yaml", "services: { a: { image: x }, b: { image: y } }\n"),
            ("compose.override.yaml", "services: { a: { command: dev } }\n"),
            ("compose.prod.yaml", "services: { a: { command: prod }, b: { scale: 3 } }\n"),
            ("compose.full.yaml", "services: { k: { image: k }, a: { depends_on: [k] } }\n"),
            ("compose.extra.yaml", "services: { k: { command: more }, a: { command: extra } }\n"),
            ("alone-compose.yml", "services: { z: { image: z } }\n"),
            ("deploy/gpu/compose.gpu.yml", "services: { b: { privileged: true } }\n"),
            ("other/compose.cloud.yml", "services: { nobody: { command: x } }\n"),
        ],
        expect![[r#"
            alone-compose.yml
              z at alone-compose.yml:1:13
                image z at alone-compose.yml:1:25
            compose.extra.yaml on compose.yaml, compose.full.yaml
              a at compose.yaml:1:13
                after k
                image x at compose.yaml:1:25
                words extra
              b at compose.yaml:1:30
                image y at compose.yaml:1:42
              k at compose.full.yaml:1:13
                image k at compose.full.yaml:1:25
                words more
            compose.full.yaml on compose.yaml
              a at compose.yaml:1:13
                after k
                image x at compose.yaml:1:25
              b at compose.yaml:1:30
                image y at compose.yaml:1:42
              k at compose.full.yaml:1:13
                image k at compose.full.yaml:1:25
            compose.prod.yaml on compose.yaml
              a at compose.yaml:1:13
                image x at compose.yaml:1:25
                words prod
              b at compose.yaml:1:30
                image y at compose.yaml:1:42
            compose.yaml
              a at compose.yaml:1:13
                image x at compose.yaml:1:25
                words dev
              b at compose.yaml:1:30
                image y at compose.yaml:1:42
            deploy/gpu/compose.gpu.yml on compose.yaml
              a at compose.yaml:1:13
                image x at compose.yaml:1:25
              b at compose.yaml:1:30
                image y at compose.yaml:1:42
            other/compose.cloud.yml (optional)
            loose other/compose.cloud.yml:1:13 changes the service `nobody`, which no compose file beside or above it has
        "#]],
    );
}

#[test]
fn compose_file_in_the_environment_lists_the_files() {
    check(
        &[
            (".env", "COMPOSE_FILE=base.yml:more.yml\nCOMPOSE_PROJECT_NAME=Shop\n"),
            ("base.yml", "services: { a: { image: x } }\n"),
            ("more.yml", "services: { a: { image: y } }\n"),
        ],
        expect![[r#"
            base.yml
              a at base.yml:1:13
                project shop
                image y at more.yml:1:25
        "#]],
    );
}

#[test]
fn included_files_and_those_only_extended_are_part_of_another() {
    check(
        &[
            (
                "compose.yaml",
                "include: [db/compose.yaml]\nservices: { a: { extends: { file: common.yml, service: c } } }\n",
            ),
            ("db/compose.yaml", "services: { db: { image: pg, build: . } }\n"),
            ("common.yml", "services: { c: { image: c }, d: { image: d } }\n"),
        ],
        expect![[r#"
            compose.yaml
              db at db/compose.yaml:1:13
                build "db" None None
                image pg at db/compose.yaml:1:26
              a at compose.yaml:2:13
                image c at common.yml:1:25
        "#]],
    );
}

#[test]
fn cycles_and_missing_parts_are_told_and_the_rest_is_read() {
    check(
        &[(
            "compose.yaml",
            "include: [compose.yaml, gone.yaml, 'https://h/x.git']\nservices:\n  a: { image: x, extends: b }\n  b: { extends: { service: a } }\n  c: { image: y, extends: nobody }\n  d: { image: z, extends: { file: gone.yml, service: q } }\n  e: nonsense\n",
        )],
        expect![[r#"
            compose.yaml
              a at compose.yaml:3:3
                image x at compose.yaml:3:15
              b at compose.yaml:4:3
                image x at compose.yaml:3:15
              c at compose.yaml:5:3
                image y at compose.yaml:5:15
              d at compose.yaml:6:3
                image z at compose.yaml:6:15
            ! compose.yaml:1:11 `compose.yaml` includes itself; it is left out here
            ! compose.yaml:1:25 there is no file `gone.yaml`; what it says is left out
            ! compose.yaml:3:27 `a` extends itself; the services above it are left out
            ! compose.yaml:4:17 `b` extends itself; the services above it are left out
            ! compose.yaml:5:27 there is no service `nobody` in `compose.yaml` to extend; it is left out
            ! compose.yaml:6:35 there is no file `gone.yml`; what it says is left out
            ! compose.yaml:7:6 the service `e` is not a mapping; it is left out
            not read compose.yaml: remote compose file, `https://h/x.git` lies outside of what is surveyed
        "#]],
    );
}

#[test]
fn unknown_keys_are_told_with_the_nearest_known_one() {
    check(
        &[(
            "compose.yaml",
            "version: '3'\nservcies: {}\nservices:\n  a: { image: x, enviroment: {}, x-mine: 1, log_driver: none, build: { contxt: . }, deploy: { replcas: 2 }, quux: 1 }\n",
        )],
        expect![[r#"
            compose.yaml
              a at compose.yaml:4:3
                build "" None None
                image x at compose.yaml:4:15
            ! compose.yaml:2:1 `servcies` is not a key of a compose file; it is left out; did you mean `services`?
            ! compose.yaml:4:18 `enviroment` is not a key of a service; it is left out; did you mean `environment`?
            ! compose.yaml:4:72 `contxt` is not a key of `build`; it is left out; did you mean `context`?
            ! compose.yaml:4:95 `replcas` is not a key of `deploy`; it is left out; did you mean `replicas`?
            ! compose.yaml:4:109 `quux` is not a key of a service; it is left out; a key of your own begins with `x-`
        "#]],
    );
}

#[test]
fn unset_variables_are_told_once_and_credentials_not() {
    check(
        &[(
            "compose.yaml",
            "services:\n  a: { image: 'x:${TAG}', environment: { A: '${TAG}', B: '${API_KEY}', C: '${HOME}', D: '${MUST:?say it}', E: '${ }' } }\n",
        )],
        expect![[r#"
            compose.yaml
              a at compose.yaml:2:3
                image x: at compose.yaml:2:15
                env A="" at compose.yaml:2:45
                env B="" at compose.yaml:2:58
                env C="" at compose.yaml:2:75
                env D="" at compose.yaml:2:89
                env E="${ }" at compose.yaml:2:111
            ! compose.yaml:2:15 `TAG` is set nowhere and has no default; the empty text is taken; set it in `.env` or write `${TAG:-DEFAULT}`
            ! compose.yaml:2:89 `MUST` must be set (say it) and is not; the empty text is taken; set it in `.env`
            ! compose.yaml:2:111 `${ }` is not a variable; it is left as it stands; write `$$` for a dollar sign
        "#]],
    );
}

#[test]
fn credentials_never_become_facts() {
    let secret = "c0rrect-h0rse-battery";
    let text = format!(
        "services:\n  a:\n    image: x\n    command: [serve, --password, {secret}]\n    environment: {{ DB_PASSWORD: {secret}, URL: 'pg://u:${{PW}}@db/x', D: 'pg://u:${{DB_PASSWORD:-{secret}}}@db' }}\n    labels: {{ api-token: {secret} }}\n    healthcheck: {{ test: [CMD, ping, --password, {secret}] }}\n    configs: [c]\nconfigs: {{ c: {{ content: 'password={secret}' }} }}\n"
    );
    let (_, facts) = read(&[("compose.yaml", &text), (".env", &format!("PW={secret}\n"))]);
    assert_eq!(facts.units.len(), 1);
    assert!(!format!("{facts:?}").contains(secret), "{facts:#?}");
}

#[test]
fn names_networks_and_what_starts_before() {
    check(
        &[(
            "compose.yaml",
            "services:\n  a: { image: x, container_name: the-a, hostname: ha, domainname: d.org, networks: { front: { aliases: [www] }, back: } }\n  b: { image: y, links: ['a:first', c], depends_on: { a: { condition: service_healthy } }, external_links: ['old_db:db'] }\n  c: { image: z, network_mode: 'service:a', volumes_from: ['b:ro'], profiles: [e2e] }\n  h: { image: h, network_mode: host, profiles: [monitoring] }\nnetworks: { front: { name: shop-front }, back: { external: { name: other } } }\n",
        )],
        expect![[r#"
            compose.yaml
              a at compose.yaml:2:3
                hosts the-a ha ha.d.org www first
                networks shop-front other
                image x at compose.yaml:2:15
              b at compose.yaml:3:3
                after a c
                image y at compose.yaml:3:15
              c at compose.yaml:4:3
                networks shop-front other
                support testing
                after b a
                labels profile=e2e
                image z at compose.yaml:4:15
              h at compose.yaml:5:3
                networks host
                support monitoring
                labels profile=monitoring
                image h at compose.yaml:5:15
        "#]],
    );
}

#[test]
fn builds_files_and_configs() {
    check(
        &[
            (
                "deploy/compose.yaml",
                "services:\n  a:\n    image: reg.io/shop/a:1\n    build: { context: ../a, dockerfile: docker/Dockerfile, target: run }\n    volumes: ['./nginx.conf:/etc/nginx.conf:ro', './conf.d:/etc/conf.d', '../a:/src', '.:/all']\n    configs: [inline, { source: file, target: /f.json }, { source: var, target: /v }]\n  b: { build: 'https://h/r.git#main' }\n  c: { build: ../../out }\n  d: { build: { dockerfile_inline: \"FROM base:1 AS b\\nFROM --platform=x scratch\\nFROM b\\n\" } }\nconfigs: { inline: { content: 'a=${V}' }, file: { file: ./f.json }, var: { environment: V } }\nmodels: { llm: { model: ai/x } }\n",
            ),
            ("deploy/.env", "V=http://cart\n"),
            ("deploy/nginx.conf", "x"),
            ("deploy/conf.d/one.conf", "x"),
            ("deploy/conf.d/data.bin", "x"),
            ("deploy/f.json", "{}"),
            ("a/app.yaml", "x: 1"),
        ],
        expect![[r#"
            deploy/compose.yaml
              a at deploy/compose.yaml:2:3
                build "a" Some("a/docker/Dockerfile") Some("run")
                image reg.io/shop/a:1 at deploy/compose.yaml:3:12
                file /etc/nginx.conf = deploy/nginx.conf
                file /etc/conf.d/one.conf = deploy/conf.d/one.conf
                file /inline = "a=http://cart" at deploy/compose.yaml:10:31 via deploy/.env:1:3
                file /f.json = deploy/f.json
                file /v = "http://cart" at deploy/.env:1:3 via deploy/compose.yaml:10:89
              b at deploy/compose.yaml:7:3
              c at deploy/compose.yaml:8:3
              d at deploy/compose.yaml:9:3
                build "deploy" None None
            not read deploy/compose.yaml: build context, `b` is built from `https://h/r.git#main`, which is on another machine
            not read deploy/compose.yaml: build context, `c` is built from `../../out`, which is outside of what is surveyed
            not read deploy/compose.yaml: compose model, the model `llm` (ai/x) is run by Docker itself; it is no component here
        "#]],
    );
}

#[test]
fn other_yaml_is_known_by_its_content() {
    check(
        &[
            ("stack.yml", "services: { a: { image: x } }\n"),
            ("services.yaml", "services: { App\\Mailer: { arguments: [x] } }\n"),
            ("azure.yaml", "name: x\nmetadata: {}\nservices: { web: { image: x, host: y } }\n"),
            ("compose-object.yaml", "apiVersion: v1\nkind: Service\nservices: {}\n"),
            ("docker-compose.old.yml", "web: { image: w, links: [db] }\ndb: { image: d }\n"),
        ],
        expect![[r#"
            docker-compose.old.yml
              web at docker-compose.old.yml:1:1
                after db
                image w at docker-compose.old.yml:1:15
              db at docker-compose.old.yml:2:1
                image d at docker-compose.old.yml:2:14
            stack.yml
              a at stack.yml:1:13
                image x at stack.yml:1:25
        "#]],
    );
}

#[test]
fn a_service_that_states_nothing() {
    check_claims(
        "",
        expect![[r#"
        workload = compose service (a service of a compose project)
        image = x (image)
        absent: replicas, cpu_request_millicores, cpu_limit_millicores, memory_request_bytes, memory_limit_bytes, liveness, restart_policy, privileged, read_only_root, capabilities, privilege_escalation, exposure
    "#]],
    );
}

#[test]
fn a_service_that_states_all() {
    check_claims(
        "    user: '1000:1000'\n    labels: { traefik.http.routers.a.rule: 'Host(`a.org`)', ofelia.job-run.x.schedule: '@daily' }\n    privileged: false\n    read_only: ${RO:-yes}\n    cap_add: [NET_ADMIN]\n    cap_drop: [ALL]\n    security_opt: ['no-new-privileges:true', 'seccomp:unconfined']\n    restart: unless-stopped\n    stop_grace_period: 1m30s\n    pid: host\n    pull_policy: always\n    tmpfs: /run\n    volumes: ['data:/d', './c:/c:ro']\n    secrets: [token]\n    configs: [{ source: cfg }]\n    ports: ['127.0.0.1:80:8080', 9090]\n    expose: ['70-71']\n    healthcheck: { test: [CMD, curl, -f, 'http://localhost:8080/health?x'], interval: 10s, timeout: 1500ms, retries: 3, start_period: 5s }\n    post_start: [{ command: ./init }]\n    pre_start: [{ command: ./migrate, image: m }]\n    deploy:\n      replicas: 2\n      resources: { limits: { cpus: '0.5', memory: 1g }, reservations: { cpus: '0.25', memory: 512M } }\n      update_config: { order: start-first, parallelism: 1 }\n      placement: { constraints: ['node.role == worker'], preferences: [{ spread: node.labels.zone }] }\nvolumes: { data: {} }\nsecrets: { token: { environment: T } }\nconfigs: { cfg: { content: x } }\n",
        expect![[r#"
            workload = compose service (a service of a compose project)
            replicas = 2 (deploy.replicas: 2)
            cpu_request_millicores = 250m (deploy.resources.reservations.cpus: 0.25)
            cpu_limit_millicores = 500m (deploy.resources.limits.cpus: 0.5)
            memory_request_bytes = 512 MiB (deploy.resources.reservations.memory: 512M)
            memory_limit_bytes = 1 GiB (deploy.resources.limits.memory: 1g)
            readiness = http :8080 /health?x (healthcheck)
            restart_policy = unless-stopped (restart)
            termination_grace = 90s (stop_grace_period)
            post_start = ./init (post_start)
            strategy = order start-first, parallelism 1 (deploy.update_config)
            image_pull_policy = always (pull_policy)
            privileged = false (privileged)
            read_only_root = true (read_only)
            run_as_user = 1000:1000 (user)
            run_as_non_root = true (user)
            capabilities = +NET_ADMIN, -ALL (cap_add)
            privilege_escalation = false (no-new-privileges:true)
            seccomp = unconfined (seccomp:unconfined)
            host_namespaces = pid (shared with the host)
            node_selector = node.role == worker (deploy.placement.constraints)
            spread = node.labels.zone (deploy.placement.preferences)
            volumes = volume data to /d, bind ./c to /c, read only, tmpfs /run (volumes)
            secrets = token (secrets)
            config_maps = cfg (configs)
            exposure = published 127.0.0.1:80 to 8080/tcp, published any port to 9090/tcp (ports)
            routes = Host(`a.org`) (labels of traefik)
            schedule = @daily (ofelia.job-run.x.schedule)
            image = x (image)
            ports = 8080, 9090, 70, 71 (ports and expose)
            init_containers = a-pre-start-0 (pre_start)
            absent: liveness
        "#]],
    );
}

#[test]
fn health_checks_of_every_form() {
    let readiness = |check: &str| {
        let (_, facts) =
            read(&[("compose.yaml", &format!("services: {{ a: {{ image: x, healthcheck: {check} }} }}\n"))]);
        let claim = facts.claims.iter().find(|claim| claim.field.json_name() == "readiness");
        claim.map_or(String::from("unknown"), |claim| match &claim.content {
            Content::Stated(value) => value.to_string(),
            Content::Absent => String::from("absent"),
        })
    };
    let forms = [
        "{ disable: true }",
        "{ test: [NONE] }",
        "{ interval: 3s }",
        "{ test: pg_isready -U x }",
        "{ test: [CMD-SHELL, 'wget -qO- https://localhost/up || exit 1'] }",
        "{ test: [CMD, /bin/grpc_health_probe, '-addr=:7070'] }",
        "{ test: nc -z localhost 9092 }",
    ];
    let shown: String = forms.iter().map(|form| format!("{form}: {}\n", readiness(form))).collect();
    expect![[r#"
        { disable: true }: absent
        { test: [NONE] }: absent
        { interval: 3s }: unknown
        { test: pg_isready -U x }: exec pg_isready -U x
        { test: [CMD-SHELL, 'wget -qO- https://localhost/up || exit 1'] }: http :443 /up
        { test: [CMD, /bin/grpc_health_probe, '-addr=:7070'] }: grpc :7070
        { test: nc -z localhost 9092 }: tcp :9092
    "#]]
    .assert_eq(&shown);
}

const WHOLE: &str = "x-a: &a { restart: always }\ninclude: [other.yaml]\nservices:\n  a: { <<: *a, image: '${X:-y}', ports: ['1-3:1-3'], environment: [A=$B, C], extends: b, volumes: ['./a:/a:ro'] }\n  b: { build: ., healthcheck: { test: [CMD, x] }, deploy: { resources: { limits: { memory: 1g } } }, command: \"a 'b' c\" }\nnetworks: { n: !reset null }\n";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn broken_input_never_panics(cut in 0usize..WHOLE.len(), at in 0usize..WHOLE.len(), put in "[ -~\n]{0,6}") {
        let mut text = WHOLE.to_owned();
        text.insert_str(at, &put);
        text.truncate(text.len() - cut.min(text.len()));
        read(&[("compose.yaml", &text), ("other.yaml", WHOLE), (".env", &text), ("compose.x.yml", &text)]);
    }

    #[test]
    fn the_order_of_the_files_changes_nothing(seed in any::<u64>()) {
        let texts = [("a/compose.yaml", WHOLE), ("compose.yaml", WHOLE), ("compose.x.yml", "services: { b: { scale: 2 } }\n")];
        let corpus = Corpus::open(vec![Source::memory(&texts)]);
        let mut files: Vec<FileId> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
        let first = format!("{:?}", (READER.read)(&corpus, &files));
        let by = seed as usize % files.len();
        files.rotate_left(by);
        prop_assert_eq!(first, format!("{:?}", (READER.read)(&corpus, &files)));
    }
}

/// A file that doubles, repeats or nests what it can must neither hang nor fill the memory.
#[test]
fn hostile_files_end_soon() {
    let doubling: String = (1..16).map(|n| format!("A{n}=$A{}$A{}\n", n - 1, n - 1)).collect();
    let many = |each: &str, count: usize| (0..count).map(|n| each.replace('#', &n.to_string())).collect::<String>();
    let files = [
        ("a/compose.yaml", String::from("services: { a: { image: '$A15', command: '$A14 $A15' } }\n")),
        ("a/.env", format!("A0=0123456789\n{doubling}")),
        (
            "b/compose.yaml",
            format!("services:\n  a:\n    image: x\n    environment:\n{}", many("    - A#=$A#\n", 10_000)),
        ),
        ("c/compose.yaml", format!("services:\n{}", many("  a#: { image: x, links: ['a1:b'] }\n", 5_000))),
        ("d/compose.yaml", format!("services:\n  a: {{ image: '{}' }}\n", "${A:-".repeat(1_000))),
        ("d/compose.x.yaml", format!("services:\n{}", many("  b#: { extends: a, depends_on: [c#] }\n", 2_000))),
        ("e/.env", many("A#=${A#:-$A1}\n", 10_000)),
        ("e/compose.yaml", String::from("services: { a: { image: x, env_file: .env } }\n")),
    ];
    let texts: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (_, facts) = read(&texts);
    assert_eq!(facts.variants.len(), 6);
}

#[test]
fn in_the_first_format_a_service_may_be_no_more_than_another_extended() {
    check(
        &[
            (
                "docker-compose.yml",
                "web:\n  extends: { file: common.yml, service: web }\n  links: [db]\ndb:\n  image: mongo\n",
            ),
            ("common.yml", "web:\n  image: shop/web\n"),
        ],
        expect![[r#"
            docker-compose.yml
              web at docker-compose.yml:1:1
                after db
                image shop/web at common.yml:2:10
              db at docker-compose.yml:4:1
                image mongo at docker-compose.yml:5:10
        "#]],
    );
}
