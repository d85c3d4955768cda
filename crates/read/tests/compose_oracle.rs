//! Compose files as `docker compose config` reads them: the same services with the same values.
//!
//! The program is named by `PLIMSOLL_DOCKER_COMPOSE`, else looked for as `docker-compose` on the path. Without it the
//! tests say that they are skipped, unless `PLIMSOLL_ORACLES=required`.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test that runs a program on files")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_model::{Content, Field, FileId, Value};
use plimsoll_read::compose::READER;
use plimsoll_read::corpus::Corpus;
use plimsoll_read::facts::{About, Facts, Unit};
use plimsoll_read::source::Source;
use plimsoll_read::tree::{Node, json};

/// Compares a project with what the oracle makes of it. `files` are laid over each other; empty for Compose's own choice.
#[track_caller]
fn check(name: &str, files: &[&str], texts: &[(&str, &str)]) {
    let Some(oracle) = oracle() else { return };
    let root = std::env::temp_dir().join(format!("plimsoll-compose-{name}-{}", std::process::id()));
    for (path, text) in texts {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let theirs = theirs(&oracle, &root, files);
    let ours = ours(&root, files.last().copied());
    let _ = std::fs::remove_dir_all(&root);
    assert!(theirs == ours, "docker compose says:\n{theirs}\nwe say:\n{ours}");
}

fn oracle() -> Option<PathBuf> {
    let program = std::env::var_os("PLIMSOLL_DOCKER_COMPOSE").map_or(PathBuf::from("docker-compose"), PathBuf::from);
    if Command::new(&program).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Some(program);
    }
    let required = std::env::var("PLIMSOLL_ORACLES").is_ok_and(|value| value == "required");
    assert!(!required, "docker-compose is required and cannot be run: set PLIMSOLL_DOCKER_COMPOSE");
    println!("SKIPPED: docker-compose cannot be run; set PLIMSOLL_DOCKER_COMPOSE");
    None
}

fn theirs(oracle: &Path, root: &Path, files: &[&str]) -> String {
    let mut command = Command::new(oracle);
    command.env_clear().env("HOME", root).current_dir(root).args(["--profile", "*"]);
    files.iter().for_each(|file| {
        command.args(["-f", file]);
    });
    let output = command.args(["config", "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let documents = json::parse(FileId(0), &text);
    let config = &documents.roots[0];
    let mut out = String::new();
    let services = config.get("services").map_or(&[] as &[_], Node::entries);
    let named: BTreeMap<&str, &Node> = services.iter().map(|entry| (entry.key.as_str(), &entry.value)).collect();
    for (name, service) in named {
        let lines = their_service(service, root, config);
        out += &format!("{name}\n{}", lines.iter().map(|line| format!("  {line}\n")).collect::<String>());
    }
    out
}

/// What Compose prints has `$` doubled, so that it can be read again.
fn plain(node: &Node) -> String {
    node.as_str().unwrap_or_default().replace("$$", "$")
}

fn their_service(service: &Node, root: &Path, config: &Node) -> Vec<String> {
    let items = |node: &Node, key: &str| node.get(key).map_or(&[] as &[Node], Node::items).to_vec();
    let sorted = |node: Option<&Node>, word: &str| {
        let mut lines: Vec<String> = node
            .map_or(&[] as &[_], Node::entries)
            .iter()
            .map(|entry| match entry.value.is_null() {
                true => format!("{word} {}", entry.key),
                false => format!("{word} {} = {:?}", entry.key, plain(&entry.value)),
            })
            .collect();
        lines.sort();
        lines
    };
    let inside = |text: String| match Path::new(&text).strip_prefix(root) {
        Ok(inside) => inside.to_string_lossy().into_owned(),
        Err(_) => text,
    };
    let mut out = vec![format!("image {}", service.get("image").map(plain).unwrap_or_default())];
    out.extend(sorted(service.get("environment"), "env"));
    out.extend(sorted(service.get("labels"), "label"));
    let words: Vec<String> =
        [items(service, "entrypoint"), items(service, "command")].concat().iter().map(plain).collect();
    out.push(format!("words {words:?}"));
    let mut ports: Vec<String> = items(service, "ports")
        .iter()
        .map(|port| {
            format!(
                "port {} to {}",
                port.str_at("published").unwrap_or_default(),
                port.str_at("target").unwrap_or_default()
            )
        })
        .collect();
    ports.sort();
    out.append(&mut ports);
    if let Some(build) = service.get("build") {
        let context = build.get("context").map(|node| inside(plain(node))).unwrap_or_default();
        out.push(format!("build {context} {}", build.str_at("target").unwrap_or_default()));
    }
    let mut mounts: Vec<String> = items(service, "volumes")
        .iter()
        .map(|mount| {
            let source = mount.get("source").map(|node| inside(plain(node))).unwrap_or_default();
            format!(
                "mount {} {source} at {}",
                mount.str_at("type").unwrap_or_default(),
                mount.str_at("target").unwrap_or_default()
            )
        })
        .collect();
    mounts.sort();
    out.append(&mut mounts);
    let mut after: Vec<&str> =
        service.get("depends_on").map_or(&[] as &[_], Node::entries).iter().map(|entry| entry.key.as_str()).collect();
    after.sort();
    out.push(format!("after {after:?}"));
    let networks = service.get("networks").map_or(&[] as &[_], Node::entries);
    let mut names: Vec<String> = networks.iter().map(|network| their_network(config, &network.key)).collect();
    names.sort();
    out.push(format!("networks {names:?}"));
    let limits = service.at_path(&["deploy", "resources", "limits"]);
    let memory = limits.and_then(|limits| limits.str_at("memory")).or(service.str_at("mem_limit"));
    out.push(format!("memory {}", memory.unwrap_or("-")));
    let replicas = service.at_path(&["deploy", "replicas"]).and_then(Node::as_str).or(service.str_at("scale"));
    out.push(format!("replicas {}", replicas.unwrap_or("-")));
    out
}

/// Compose puts the project's name before a network's key where no name is stated.
fn their_network(config: &Node, key: &str) -> String {
    let name = config.at_path(&["networks", key, "name"]).and_then(Node::as_str).unwrap_or(key);
    let project = config.str_at("name").unwrap_or_default();
    name.strip_prefix(&format!("{project}_")).unwrap_or(name).to_owned()
}

fn ours(root: &Path, file: Option<&str>) -> String {
    let corpus = Corpus::open(vec![Source::folder(root.to_path_buf())]);
    let files: Vec<FileId> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
    let facts = (READER.read)(&corpus, &files);
    let main = ["compose.yaml", "docker-compose.yml"];
    let wanted = |folder: &str| file.map_or(main.contains(&folder), |file| folder == file);
    let variant = facts.variants.iter().position(|variant| wanted(&variant.folder)).unwrap();
    let units: BTreeMap<&str, usize> = (0..facts.units.len())
        .filter(|unit| facts.units[*unit].variant.0 == variant)
        .map(|unit| (facts.units[unit].name.as_str(), unit))
        .collect();
    let mut out = String::new();
    for (name, unit) in units {
        let lines = our_unit(&facts, unit);
        out += &format!("{name}\n{}", lines.iter().map(|line| format!("  {line}\n")).collect::<String>());
    }
    out
}

fn our_unit(facts: &Facts, index: usize) -> Vec<String> {
    let unit: &Unit = &facts.units[index];
    let main = &unit.containers[0];
    let claim = |field: Field| {
        facts
            .claims
            .iter()
            .find(|claim| claim.of == About::Unit(index) && claim.field == field)
            .map(|claim| &claim.content)
    };
    let mut out = vec![format!("image {}", main.image.as_ref().map_or("", |image| &image.text))];
    let mut lines: Vec<String> = main
        .environment
        .iter()
        .map(|variable| match &variable.value {
            Some(value) => format!("env {} = {value:?}", variable.name),
            None => format!("env {}", variable.name),
        })
        .collect();
    lines.sort();
    out.append(&mut lines);
    let mut lines: Vec<String> = unit
        .labels
        .iter()
        .filter(|(key, _)| key != "profile")
        .map(|(key, value)| format!("label {key} = {value:?}"))
        .collect();
    lines.sort();
    out.append(&mut lines);
    let words: Vec<&str> = main.words.iter().map(|word| word.text.as_str()).collect();
    out.push(format!("words {words:?}"));
    let mut lines: Vec<String> = main
        .ports
        .iter()
        .filter(|port| port.published)
        .map(|port| {
            let number = port.number.map_or(String::new(), |number| number.to_string());
            format!("port {number} to {}", port.target.as_deref().unwrap_or_default())
        })
        .collect();
    lines.sort();
    out.append(&mut lines);
    if let Some(build) = &unit.build {
        out.push(format!("build {} {}", build.folder, build.target.as_deref().unwrap_or_default()));
    }
    if let Some(Content::Stated(Value::List(mounts))) = claim(Field::Volumes) {
        let mut lines: Vec<String> = mounts.iter().map(|mount| our_mount(&mount.to_string())).collect();
        lines.sort();
        out.append(&mut lines);
    }
    let mut after: Vec<&str> = unit.starts_after.iter().map(|before| before.text.as_str()).collect();
    after.sort();
    out.push(format!("after {after:?}"));
    let mut networks = unit.networks.clone();
    networks.sort();
    out.push(format!("networks {networks:?}"));
    out.push(match claim(Field::MemoryLimit) {
        Some(Content::Stated(Value::Bytes(bytes))) => format!("memory {bytes}"),
        _ => String::from("memory -"),
    });
    out.push(match claim(Field::Replicas) {
        Some(Content::Stated(Value::Count(count))) => format!("replicas {count}"),
        _ => String::from("replicas -"),
    });
    out
}

/// `bind ./a to /b, read only` as `mount bind a at /b`.
fn our_mount(text: &str) -> String {
    let text = text.strip_suffix(", read only").unwrap_or(text);
    let (from, target) = text.rsplit_once(" to ").unwrap_or((text, ""));
    let (kind, source) = from.split_once(' ').unwrap_or((from, ""));
    let source = if source == "." { "" } else { source.strip_prefix("./").unwrap_or(source) };
    format!("mount {kind} {source} at {target}")
}

#[test]
fn variables_are_put_in() {
    check(
        "variables",
        &[],
        &[
            (
                ".env",
                "HOST=db\nURL=pg://${HOST}:${PORT:-5432}\nEMPTY=\nQ='a $HOST'\nD=\"x\\ty $HOST\"\nexport Z=1 # note\n",
            ),
            (
                "compose.yaml",
                "services:\n  a:\n    image: r/${NAME:-${OTHER:-app}}:${TAG-1}\n    environment:\n      - URL\n      - NOWHERE\n      - A=${EMPTY:-d}|${EMPTY-d}|${HOST:+x}|${EMPTY:+x}|${EMPTY+x}\n      - B=$$HOST $HOST/${Q}/${D}/$Z\n      - C={\"a\":{\"b\":\"${HOST}\"}}\n      - N=${U:-{\"k\":\"${HOST}\"}}\n    command: run ${HOST} \"$$HOME and\" 'q q'\n",
            ),
        ],
    );
}

#[test]
fn scalars_become_text_as_compose_writes_them() {
    check(
        "scalars",
        &[],
        &[(
            "compose.yaml",
            "services:\n  a:\n    image: x\n    environment: { A: true, B: 1.0, C: 1.50, D: 010, E: 0x1F, F: yes, G: ~, H: '', I: 1e3, J: \"on\", K: 0o17, L: +5, M: 12345678901 }\n    labels: { a: 1, b: false }\n",
        )],
    );
}

#[test]
fn env_files_stand_beneath_environment() {
    check(
        "env_files",
        &[],
        &[
            (".env", "P=project\n"),
            ("a.env", "X=1\nY=${P}-${X}\nZ=from-a\nP\n"),
            ("b.env", "X=2\nW='$P'\nV=\"$OWN $Z\"\n"),
            ("raw.env", "R=\"$P\" # kept\n"),
            (
                "compose.yaml",
                "services:\n  a:\n    image: x\n    env_file:\n      - a.env\n      - { path: ./b.env }\n      - { path: none.env, required: false }\n    environment: { Z: mine, OWN: o }\n  b: { image: x, env_file: b.env }\n",
            ),
        ],
    );
}

#[test]
fn overrides_merge_by_the_rules() {
    check(
        "overrides",
        &[],
        &[
            (
                "compose.yaml",
                "services:\n  a:\n    image: x:1\n    command: [one, two]\n    environment: { A: 1, B: 2, C: 3 }\n    labels: [l=1, m=2]\n    ports: ['80:80', '443:443']\n    volumes: ['./a:/a', 'v:/v']\n    depends_on: [b]\n    deploy: { replicas: 2, resources: { limits: { memory: 1g } } }\n    networks: [front]\n  b: { image: y, ports: ['1:1'], environment: [Q=1] }\n  c: { image: z, build: ./c }\nnetworks: { front: {}, back: {} }\nvolumes: { v: {} }\n",
            ),
            (
                "compose.override.yaml",
                "services:\n  a:\n    image: x:2\n    command: three\n    environment: [B=4, D=5]\n    labels: { m: 3 }\n    ports: ['81:80', '443:443']\n    volumes: ['./other:/a']\n    depends_on: { c: { condition: service_healthy } }\n    deploy: { resources: { limits: { memory: 512M } } }\n    networks: { back: { aliases: [aa] } }\n  b: { ports: !override ['2:2'], environment: !reset null }\n  c: { build: { target: dev } }\n",
            ),
        ],
    );
}

#[test]
fn reset_and_override_reach_into_mappings() {
    check(
        "reset",
        &["compose.yaml", "compose.prod.yaml"],
        &[
            (
                "compose.yaml",
                "services:\n  a: { image: x, command: run, environment: { A: 1, B: 2 }, ports: ['1:1'], volumes: ['./s:/s'] }\n  debug: { image: d }\n",
            ),
            (
                "compose.prod.yaml",
                "services:\n  a: { command: !reset null, environment: { A: !reset null, C: 3 }, ports: !reset [], volumes: !override ['./t:/t'] }\n  debug: !reset null\n",
            ),
        ],
    );
}

#[test]
fn services_extend_each_other() {
    check(
        "extends",
        &[],
        &[
            (
                "compose.yaml",
                "services:\n  base: { image: x, environment: [A=1, B=2], command: [go] }\n  a: { extends: base, environment: { B: 3 }, ports: ['80'] }\n  b: { extends: { service: a }, image: y }\n  c: { extends: { file: parts/common.yml, service: top }, volumes: ['./mine:/m'] }\n",
            ),
            (
                "parts/common.yml",
                "services:\n  root: { build: { context: ./src, target: t }, volumes: ['./data:/d'], env_file: c.env }\n  top: { extends: root, environment: [T=1] }\n",
            ),
            ("parts/c.env", "FROM=file\n"),
        ],
    );
}

#[test]
fn files_are_included_with_their_own_variables() {
    check(
        "include",
        &[],
        &[
            (".env", "TAG=root\n"),
            (
                "compose.yaml",
                "include:\n  - db/compose.yaml\n  - { path: [web/one.yaml, web/two.yaml], project_directory: web, env_file: web/vars.env }\nservices:\n  a: { image: 'a:${TAG}', depends_on: [db] }\n  db: { environment: { MORE: 1 } }\n",
            ),
            ("db/.env", "TAG=inner\nNAME=pg\n"),
            ("db/compose.yaml", "services:\n  db: { image: '${NAME}:${TAG}', volumes: ['./data:/d'], build: ./ctx }\n"),
            ("web/vars.env", "PORT=8080\n"),
            ("web/one.yaml", "services:\n  web: { image: w, ports: ['${PORT}:80'], volumes: ['./html:/h'] }\n"),
            ("web/two.yaml", "services:\n  web: { command: serve }\n"),
        ],
    );
}

#[test]
fn anchors_merge_keys_and_extensions() {
    check(
        "anchors",
        &[],
        &[(
            "compose.yaml",
            "x-a: &a { restart: always, environment: &env { A: 1, B: 2 } }\nx-b: &b { labels: { l: '1' }, command: [\n  run,\n  fast\n] }\nservices:\n  a:\n    <<: [*a, *b]\n    image: x\n    environment:\n      <<: *env\n      B: 3\n  b: { <<: *a, image: y, x-note: z }\n",
        )],
    );
}

#[test]
fn ports_mounts_and_quantities() {
    check(
        "ports",
        &[],
        &[(
            "compose.yaml",
            "services:\n  a:\n    image: x\n    ports: [80, '8080:80', '127.0.0.1:9000:90/udp', '7000-7002:70-72', '[::1]:5:5', { target: 44, published: '45', protocol: tcp }]\n    volumes: [/anon, 'named:/n:ro', './r:/r', '/abs:/abs', { type: bind, source: ./l, target: /l }, { type: tmpfs, target: /t }]\n    mem_limit: 1.5gb\n    scale: 3\n    depends_on: { b: { condition: service_started } }\n    links: ['b:bee']\n  b: { image: y, deploy: { resources: { limits: { memory: 300M, cpus: '0.5' } } } }\n  c: { image: z, networks: [n], profiles: [debug] }\nvolumes: { named: {} }\nnetworks: { n: { name: real } }\n",
        )],
    );
}

#[test]
fn commands_are_split_as_a_shell_does() {
    check(
        "words",
        &[],
        &[(
            "compose.yaml",
            "services:\n  a: { image: x, entrypoint: /bin/sh -c, command: \"echo \\\"a 'b'\\\" 'c \\\"d\\\"' e\\\\ f --x='y z'\" }\n  b:\n    image: x\n    command: >\n      serve --host 0.0.0.0\n      --port=80\n",
        )],
    );
}
