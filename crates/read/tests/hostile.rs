//! Files that nobody would write by hand: cut off, binary, deep, huge, in circles, or mutated by chance.
//!
//! Always: no panic; the bad file is named among the problems or the files not read; its neighbour is read all the same.
//! The mutations come from a fixed seed, so that a run can be repeated. Guided fuzzing is in `fuzz/`.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that writes folders and shows how long it took"
)]

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use plimsoll_model::Model;
use plimsoll_read::corpus::FILE_BYTES_MAX;
use plimsoll_read::fuzzing::read_file;
use plimsoll_read::source::Source;
use plimsoll_read::survey::{Options, survey};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// The names that readers take, and a valid text of each.
const SEEDS: &[(&str, &str)] = &[
    ("deployment.yaml", include_str!("../../../fuzz/seeds/kubernetes/deployment.yaml")),
    ("compose.yaml", include_str!("../../../fuzz/seeds/compose/compose.yaml")),
    ("kustomization.yaml", include_str!("../../../fuzz/seeds/kustomize/kustomization.yaml")),
    ("Dockerfile", include_str!("../../../fuzz/seeds/dockerfile/Dockerfile")),
    ("api.proto", include_str!("../../../fuzz/seeds/proto/api.proto")),
    ("openapi.json", include_str!("../../../fuzz/seeds/openapi_json/openapi.json")),
    ("openapi.yaml", include_str!("../../../fuzz/seeds/openapi_yaml/openapi.yaml")),
    (".env", include_str!("../../../fuzz/seeds/env_file/env")),
    ("application.properties", include_str!("../../../fuzz/seeds/properties/application.properties")),
    (
        "application.yml",
        "spring:\n  datasource: { url: 'jdbc:postgresql://orders-db:5432/orders' }\n---\nspring: { kafka: { bootstrap-servers: 'a:9092,b:9092' } }\n",
    ),
    ("nginx.conf", include_str!("../../../fuzz/seeds/nginx/nginx.conf")),
    ("config.toml", include_str!("../../../fuzz/seeds/toml_file/app.toml")),
    ("app.ini", include_str!("../../../fuzz/seeds/ini/app.ini")),
    ("appsettings.json", include_str!("../../../fuzz/seeds/json_settings/appsettings.json")),
    ("CODEOWNERS", include_str!("../../../fuzz/seeds/codeowners/CODEOWNERS")),
    ("catalog-info.yaml", include_str!("../../../fuzz/seeds/catalog/catalog-info.yaml")),
    ("plimsoll.yaml", include_str!("../../../fuzz/seeds/plimsoll_yaml/plimsoll.yaml")),
    ("skaffold.yaml", include_str!("../../../fuzz/seeds/skaffold/skaffold.yaml")),
    ("Makefile", include_str!("../../../fuzz/seeds/build_scripts/Makefile")),
    ("build.sh", include_str!("../../../fuzz/seeds/build_scripts/build.sh")),
    ("Tiltfile", include_str!("../../../fuzz/seeds/build_scripts/Tiltfile")),
    ("docker-bake.hcl", include_str!("../../../fuzz/seeds/build_scripts/docker-bake.hcl")),
    (".github/workflows/build.yml", include_str!("../../../fuzz/seeds/build_scripts/build.yml")),
    ("Jenkinsfile", include_str!("../../../fuzz/seeds/build_scripts/Jenkinsfile")),
    ("package.json", include_str!("../../../fuzz/seeds/build_scripts/package.json")),
];

/// What the neighbour of a bad file says.
const GOOD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: good }\nspec: { template: { spec: { containers: [{ name: good, image: 'example/good:1' }] } } }\n";
const GOOD_PATH: &str = "good/good.yaml";

fn read_beside_a_good_file(name: &str, bytes: &[u8]) -> Model {
    let files = [(name.to_owned(), bytes.to_vec()), (GOOD_PATH.to_owned(), GOOD.as_bytes().to_vec())];
    let source = Source::Memory { name: String::new(), files: files.into_iter().collect() };
    let start = Instant::now();
    let model = survey(vec![source], &Options { threads: NonZeroUsize::new(1) });
    println!("{name}: {} bytes in {} ms", bytes.len(), start.elapsed().as_millis());
    assert!(model.find("good").is_some(), "the neighbour of {name} was not read");
    model
}

/// Why a file could not be used: every problem at a place in it, and the reason why it was not read.
fn complaints(model: &Model, name: &str) -> Vec<String> {
    let at =
        |at: plimsoll_model::At| (model.files.display(at.file) == name).then(|| format!("{}:{}", at.line, at.column));
    let problems = model.problems.iter().filter_map(|p| Some(format!("{} {}", at(p.at)?, p.message)));
    let not_read = model.not_read.iter().filter(|n| n.path == name).map(|n| n.reason.clone());
    problems.chain(not_read).collect()
}

#[track_caller]
fn check_named(name: &str, bytes: &[u8]) -> Vec<String> {
    let named = complaints(&read_beside_a_good_file(name, bytes), name);
    assert!(!named.is_empty(), "{name} is dropped in silence");
    named
}

// --- By chance ---------------------------------------------------------------------------------------------------

/// What is done to a text: where, how far, and with what.
type Mutation = (u8, Index, Index, Vec<u8>, Index);

fn mutation() -> impl Strategy<Value = Mutation> {
    let word = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ": ",
            "- ",
            "\n",
            "\n\n---\n",
            "  ",
            "\t",
            "\"",
            "'",
            "&a ",
            "*a",
            "<<: *a",
            "!reset ",
            "|\n",
            ">-\n",
            "${",
            "}",
            "$(",
            "\\",
            "%s",
            "://",
            "@",
            ":0",
            ":99999",
            "-1",
            "1e999",
            "null",
            "~",
            "\u{0}",
            "\u{feff}",
            "é",
            "\u{1f600}",
            "#",
            "=",
            ";",
            "..",
            "/",
            "../",
            "18446744073709551616",
            "extends",
            "$ref",
            "import ",
            "FROM ",
            "ENV ",
        ])
        .prop_map(|word| word.as_bytes().to_vec()),
    ];
    (0..6u8, any::<Index>(), any::<Index>(), word, any::<Index>())
}

fn mutated(text: &[u8], (kind, from, to, word, other): &Mutation) -> Vec<u8> {
    let (from, to) = (from.index(text.len() + 1), to.index(text.len() + 1));
    let (from, to) = (from.min(to), from.max(to));
    let (head, middle, tail) = (&text[..from], &text[from..to], &text[to..]);
    match kind {
        0 => head.to_vec(),
        1 => [head, word, middle, tail].concat(),
        2 => [head, word, tail].concat(),
        3 => [head, middle, middle, tail].concat(),
        4 => [head, tail, middle].concat(),
        _ => {
            let donor = SEEDS[other.index(SEEDS.len())].1.as_bytes();
            let cut = other.index(donor.len());
            [head, &donor[cut..], tail].concat()
        }
    }
}

fn by_chance<S: Strategy>(strategy: S, run: impl Fn(&str, &str, S::Value)) {
    for (name, text) in SEEDS {
        let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let outcome = runner.run(&strategy, |value| {
            run(name, text, value);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn no_mutation_of_a_valid_text_breaks_a_reader() {
    by_chance(prop::collection::vec(mutation(), 1..6), |name, text, mutations| {
        let bytes = mutations.iter().fold(text.as_bytes().to_vec(), |bytes, each| mutated(&bytes, each));
        read_file(name, &bytes);
    });
}

#[test]
fn no_random_bytes_break_a_reader() {
    by_chance(prop::collection::vec(any::<u8>(), 0..512), |name, _, bytes| {
        read_file(name, &bytes);
    });
}

#[test]
fn no_random_text_breaks_a_reader() {
    by_chance("(\\PC|\n|\t){0,256}", |name, _, text: String| {
        read_file(name, text.as_bytes());
    });
}

#[test]
fn a_text_cut_off_anywhere_breaks_no_reader() {
    for (name, text) in SEEDS {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            read_file(name, &text.as_bytes()[..end]);
        }
    }
}

// --- Made to hurt ------------------------------------------------------------------------------------------------

#[test]
fn the_seeds_themselves_are_read() {
    // `.env` says nothing on its own: compose files put it in.
    for (name, text) in SEEDS.iter().filter(|(name, _)| *name != ".env") {
        let model = read_beside_a_good_file(name, text.as_bytes());
        assert_eq!(model.files_read, 2, "{name} is not taken by any reader: {:?}", model.not_read);
    }
}

#[test]
fn a_text_that_ends_in_the_middle_is_named() {
    let cut = [
        ("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec: { template: ["),
        ("compose.yaml", "services:\n  orders: { image: 'example/orders"),
        ("kustomization.yaml", "resources: [deployment.yaml, "),
        ("api.proto", "syntax = \"proto3\";\nservice Orders {\n  rpc Place("),
        ("api.proto", "{ \"not\": \"proto\" }"),
        ("openapi.json", "{\"swagger\": \"2.0\", \"paths\": {\"/items\": {"),
        ("openapi.yaml", "openapi: 3.0.3\npaths: { /items: {"),
        ("config.toml", "[stock]\nurl = \"http://sto"),
        ("appsettings.json", "{\"Stock\": {\"Url\": \"http://stock:80"),
        ("application.yml", "spring: { datasource: { url: 'jdbc:"),
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {"),
        ("plimsoll.yaml", "plimsoll: 1\ncomponents: { orders: {"),
        ("skaffold.yaml", "apiVersion: skaffold/v4beta6\nkind: Config\nbuild: { artifacts: ["),
    ];
    for (name, text) in cut {
        check_named(name, text.as_bytes());
    }
}

#[test]
fn a_binary_file_is_named() {
    for (name, text) in SEEDS {
        check_named(name, &[text.as_bytes(), b"\0\x01\x02\0"].concat());
    }
}

#[test]
fn a_file_that_is_not_utf_8_is_named() {
    for (name, text) in SEEDS {
        check_named(name, &[text.as_bytes(), b"\xc3\x28\xff"].concat());
    }
}

#[test]
fn nesting_ten_thousand_deep_is_named() {
    const DEPTH: usize = 10_000;
    let starts = [
        ("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: bad }\nspec: "),
        ("compose.yaml", "services:\n  bad: "),
        ("kustomization.yaml", "resources: "),
        ("openapi.yaml", "openapi: 3.0.3\npaths: "),
        ("application.yml", "spring: "),
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\nspec: "),
        ("plimsoll.yaml", "plimsoll: 1\ncomponents: "),
        ("skaffold.yaml", "apiVersion: skaffold/v4beta6\nkind: Config\nbuild: "),
    ];
    for (name, start) in starts {
        let (lists, maps) = ("[".repeat(DEPTH) + &"]".repeat(DEPTH), "{a: ".repeat(DEPTH) + &"}".repeat(DEPTH));
        let block = format!("\n  {}x", "- ".repeat(DEPTH));
        for deep in [lists, maps, "[".repeat(DEPTH), "{a: ".repeat(DEPTH), block] {
            check_named(name, format!("{start}{deep}\n").as_bytes());
        }
    }
    for (name, start) in [("openapi.json", "{\"swagger\": \"2.0\", \"paths\": "), ("appsettings.json", "{\"Stock\": ")]
    {
        let (lists, maps) =
            ("[".repeat(DEPTH) + &"]".repeat(DEPTH), "{\"a\": ".repeat(DEPTH) + "1" + &"}".repeat(DEPTH));
        for deep in [lists, maps, "[".repeat(DEPTH), "{\"a\": ".repeat(DEPTH)] {
            check_named(name, format!("{start}{deep}}}").as_bytes());
        }
    }
    check_named("config.toml", format!("a = {}{}\n", "[".repeat(DEPTH), "]".repeat(DEPTH)).as_bytes());
}

#[test]
fn nesting_ten_thousand_deep_breaks_no_other_reader() {
    const DEPTH: usize = 10_000;
    let messages = format!("syntax = \"proto3\";\n{}{}\n", "message A { ".repeat(DEPTH), "}".repeat(DEPTH));
    let options = format!("syntax = \"proto3\";\noption (a) = {}{};\n", "{ a: ".repeat(DEPTH), "}".repeat(DEPTH));
    let blocks = format!("{}{}\n", "location / { ".repeat(DEPTH), "}".repeat(DEPTH));
    let variables = format!("A={}x{}\nB=http://{}", "${A:-".repeat(DEPTH), "}".repeat(DEPTH), "${B:-".repeat(DEPTH));
    let image = format!("services: {{ bad: {{ image: '{}x{}' }} }}\n", "${A:-".repeat(DEPTH), "}".repeat(DEPTH));
    let stages = format!("FROM {}x{}\n", "${A:-".repeat(DEPTH), "}".repeat(DEPTH));
    let tables = format!("[{}a]\nb = 1\n", "a.".repeat(DEPTH));
    let make =
        format!("IMAGE = {}x{}\nimage:\n\tdocker build -t $(IMAGE) .\n", "$(IMAGE ".repeat(DEPTH), ")".repeat(DEPTH));
    let properties = format!("a={}x{}\n", "${a:".repeat(DEPTH), "}".repeat(DEPTH));
    let files = [
        ("api.proto", messages),
        ("api.proto", options),
        ("nginx.conf", blocks),
        (".env", variables),
        ("compose.yaml", image),
        ("Dockerfile", stages),
        ("config.toml", tables),
        ("Makefile", make),
        ("application.properties", properties),
    ];
    for (name, text) in files {
        read_beside_a_good_file(name, text.as_bytes());
    }
}

#[test]
fn an_alias_bomb_is_named() {
    let mut bomb = String::from("x-0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=9 {
        bomb += &format!("x-{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    check_named("compose.yaml", format!("{bomb}services: {{ bad: {{ command: *a9 }} }}\n").as_bytes());
    check_named(
        "deployment.yaml",
        format!("apiVersion: apps/v1\nkind: Deployment\n{bomb}metadata: {{ name: bad, labels: *a9 }}\n").as_bytes(),
    );
    check_named("application.yml", format!("{bomb}spring: *a9\n").as_bytes());
}

#[test]
fn an_alias_within_itself_breaks_no_reader() {
    for (name, _) in SEEDS.iter().filter(|(name, _)| name.ends_with("yaml") || name.ends_with("yml")) {
        read_beside_a_good_file(name, b"services: &a\n  orders: { x: *a, <<: *a }\nspec: &b [*b, *a]\n");
    }
}

#[test]
fn a_file_over_the_limit_is_named() {
    for (name, text) in SEEDS {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(9 << 20, b'#');
        let named = check_named(name, &bytes);
        assert!(named.iter().any(|reason| reason.contains("MiB")), "{name}: the size is not said: {named:?}");
    }
}

#[test]
fn a_line_as_long_as_the_limit_comes_to_an_end() {
    let limit = usize::try_from(FILE_BYTES_MAX).unwrap();
    // Not optimized, the readers are ten times slower. An eighth still shows whatever grows faster than the line.
    let limit = if cfg!(debug_assertions) { limit / 8 } else { limit };
    let starts = [
        (
            "deployment.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bad }\ndata: { a: '",
            "http://a:80 ",
            "' }\n",
        ),
        ("compose.yaml", "services: { bad: { environment: { A: '", "a:80,", "' } } }\n"),
        (".env", "A=", "http://", "\n"),
        ("application.properties", "a=", "${a}", "\n"),
        ("openapi.json", "{\"swagger\": \"2.0\", \"a\": \"", "a ", "\"}"),
        ("nginx.conf", "server ", "a:80 ", ";\n"),
        ("Makefile", "a:\n\tdocker build ", "-t a ", "\n"),
        ("CODEOWNERS", "* ", "@a ", "\n"),
        ("Dockerfile", "FROM a\nENV A=", "a", "\n"),
    ];
    for (name, start, unit, end) in starts {
        let count = (limit - start.len() - end.len()) / unit.len();
        read_beside_a_good_file(name, format!("{start}{}{end}", unit.repeat(count)).as_bytes());
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_come_to_an_end() {
    use std::os::unix::fs::symlink;
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile/links");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(root.join("good")).unwrap();
    std::fs::write(root.join(GOOD_PATH), GOOD).unwrap();
    symlink("..", root.join("good/up")).unwrap();
    symlink("b.yaml", root.join("a.yaml")).unwrap();
    symlink("a.yaml", root.join("b.yaml")).unwrap();
    symlink("nothing.yaml", root.join("broken.yaml")).unwrap();
    let model = survey(Source::folders(std::slice::from_ref(&root)), &Options::default());
    assert_eq!(model.components.len(), 1, "{:?}", model.components);
    assert_eq!(model.files_read, 1);
}
