//! Dockerfiles and build files, case by case.

use expect_test::{Expect, expect};
use plimsoll_model::{Content, Value};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> (Corpus, Facts) {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|id| (READER.takes)(&corpus, *id)).collect();
    let facts = (READER.read)(&corpus, &taken);
    (corpus, facts)
}

fn place(at: At) -> String {
    format!("{}:{}", at.line, at.column)
}

fn origin(origin: &Origin) -> String {
    let via = origin.via.iter().flat_map(|via| via.iter()).map(|at| format!(" via {}", place(*at)));
    format!("({}{})", place(origin.at), via.collect::<String>())
}

fn render(corpus: &Corpus, facts: &Facts) -> String {
    let mut out = String::new();
    for build in &facts.builds {
        out += &format!("{} in `{}`\n", corpus.path(build.origin.at.file), build.folder);
        for base in &build.bases {
            out += &format!("  base {} {}\n", base.text, origin(&base.origin));
        }
        for name in &build.names {
            out += &format!("  name {} {}\n", name.text, origin(&name.origin));
        }
        for (field, content, note, at) in &build.claims {
            let Content::Stated(Value::Text(value)) = content else { continue };
            out += &format!("  {} {value}: {note} {}\n", field.json_name(), origin(at));
        }
        for variable in &build.environment {
            let value = variable.value.as_deref().unwrap_or("?");
            out += &format!("  env {}={value} {}\n", variable.name, origin(&variable.origin));
        }
        for port in &build.ports {
            let number = port.number.map(|number| number.to_string()).or_else(|| port.name.clone());
            out += &format!("  port {} {}\n", number.unwrap_or_default(), origin(&port.origin));
        }
        if !build.words.is_empty() {
            let words: Vec<&str> = build.words.iter().map(|word| word.text.as_str()).collect();
            out += &format!("  words {words:?} {}\n", origin(&build.words[0].origin));
        }
        for file in &build.files {
            let from = file.file.map(|file| corpus.path(file).to_owned());
            let text = file.text.as_ref().map(|text| format!("{:?}", text.text));
            out += &format!("  file {} = {}\n", file.path, from.or(text).unwrap_or_default());
        }
    }
    for skipped in &facts.not_read {
        out += &format!("not read: {}: {}\n", corpus.path(skipped.file), skipped.reason);
    }
    for problem in &facts.problems {
        out += &format!("{} {}\n", place(problem.at), problem.message);
    }
    out
}

#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let (corpus, facts) = facts(files);
    expect.assert_eq(&render(&corpus, &facts));
}

#[track_caller]
fn check_one(text: &str, expect: Expect) {
    check(&[("orders/Dockerfile", text)], expect);
}

#[test]
fn the_last_stage_is_the_image_and_all_bases_are_told() {
    check_one(
        "# syntax=docker/dockerfile:1\nARG GO=1.24\nARG REG\nFROM --platform=$BUILDPLATFORM golang:${GO}-alpine AS build\nRUN go build\nENV NOT=taken\nFROM ${REG:-gcr.io}/distroless/static\nCOPY --from=build /a /a\nUSER 65532:65532\nEXPOSE 8080/tcp 9000-9001\nENTRYPOINT [\"/a\", \"--port\"]\nCMD [\"8080\"]\nHEALTHCHECK CMD /a check\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base golang:1.24-alpine (4:32 via 2:5)
              base gcr.io/distroless/static (7:6)
              language Go: base image golang:1.24-alpine (4:32 via 2:5)
              run_as_user 65532:65532: USER 65532:65532 (9:6)
              port 8080 (10:8)
              port 9000 (10:17)
              port 9001 (10:17)
              words ["/a", "--port", "8080"] (11:14)
        "#]],
    );
}

#[test]
fn variables_are_put_in_from_arguments_and_earlier_variables() {
    check_one(
        "ARG V=1\nFROM alpine\nARG V\nARG W=2\nENV A=$V B=\"${W} x\" C='$V'\nENV D ${A}/old form\nENV E=${NONE:-e$V} F=${A:+set} G=$PATH:/x H=$NONE I=\\$V\nENV A=9 \\\n  # a comment\n  J=${A}\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base alpine (2:6)
              env B=2 x (5:10 via 4:5)
              env C=$V (5:21)
              env D=1/old form (6:5 via 5:5)
              env E=e1 (7:5 via 1:5)
              env F=set (7:20)
              env G=$PATH:/x (7:32)
              env H=? (7:43)
              env I=$V (7:51)
              env A=9 (8:5)
              env J=1 (10:3 via 5:5)
        "#]],
    );
}

#[test]
fn a_stage_on_another_takes_its_variables_and_command() {
    check_one(
        "FROM node:22 AS base\nENV A=1\nEXPOSE 80\nCMD node server.js \"$A\"\nFROM base\nENV B=$A\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base node:22 (1:6)
              language JavaScript: base image node:22 (1:6)
              env A=1 (2:5)
              env B=1 (6:5 via 2:5)
              port 80 (3:8)
              words ["node", "server.js", "1"] (4:5)
        "#]],
    );
}

#[test]
fn configuration_files_are_found_in_the_folder_or_above() {
    check(
        &[
            (
                "edge/Dockerfile",
                "FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\nCOPY conf.d/*.conf edge/extra /etc/nginx/conf.d/\nWORKDIR /srv\nADD ./settings.json package.json ./\nCOPY . .\nCOPY <<EOF /etc/motd\nhello\nEOF\n",
            ),
            ("edge/nginx.conf", ""),
            ("edge/conf.d/a.conf", ""),
            ("edge/conf.d/deep/b.conf", ""),
            ("edge/conf.d/readme.md", ""),
            ("edge/extra/c.yaml", ""),
            ("edge/package.json", "{}"),
            ("settings.json", ""),
        ],
        expect![[r#"
            edge/Dockerfile in `edge`
              base nginx (1:6)
              language JavaScript: build file package.json (1:1)
              file /etc/nginx/nginx.conf = edge/nginx.conf
              file /etc/nginx/conf.d/a.conf = edge/conf.d/a.conf
              file /etc/nginx/conf.d/c.yaml = edge/extra/c.yaml
              file /srv/settings.json = settings.json
              file /etc/motd = "hello\n"
        "#]],
    );
}

#[test]
fn here_documents_anywhere_in_a_run_are_not_instructions() {
    check_one(
        "FROM python:3.13\nRUN cat <<EOF > /x && \\\n  cat <<-'END' > /y\nFROM evil\nEOF\n\tENV NOT=taken\n\tEND\nRUN <<EOF\nnonsense\nEOF\nENV A=1\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base python:3.13 (1:6)
              language Python: base image python:3.13 (1:6)
              env A=1 (11:5)
        "#]],
    );
}

#[test]
fn an_instruction_that_is_no_such_is_a_problem_and_the_rest_is_read() {
    check_one(
        "FROM alpine\n  RUNN a \\\n  b\nENV A=1\nEXPOSE\nENV B=2\nHEALTHCHECK --interval=5s NONSENSE\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base alpine (1:6)
              env A=1 (4:5)
              env B=2 (6:5)
            2:3 not valid in a Dockerfile: unknown instruction 'RUNN'; this instruction is left out
            5:1 not valid in a Dockerfile: EXPOSE instruction requires at least one argument; this instruction is left out
            7:1 not valid in a Dockerfile: expected CMD or NONE; this instruction is left out
        "#]],
    );
}

#[test]
fn no_secret_is_told() {
    let text = "FROM https://me:s3cr3tvalue@r.example/x\nENV DB_PASSWORD=s3cr3tvalue URL=amqp://u:s3cr3tvalue@mq\nARG TOKEN=s3cr3tvalue\nENV A=$TOKEN\nPASSWORD=s3cr3tvalue\nCMD run --password=s3cr3tvalue --db-password s3cr3tvalue postgres://u:s3cr3tvalue@db\n";
    let (corpus, facts) = facts(&[("Dockerfile", text)]);
    assert!(!render(&corpus, &facts).contains("s3cr3tvalue"), "{}", render(&corpus, &facts));
}

#[test]
fn a_file_without_a_stage_is_a_problem() {
    check_one(
        "ENV A=1\n",
        expect![[r#"
        1:1 not valid in a Dockerfile: expected FROM; this instruction is left out
        0:0 not a Dockerfile: expected at least one FROM instruction; the file is left out
    "#]],
    );
    check_one(
        "",
        expect![[r#"
        0:0 not a Dockerfile: expected at least one FROM instruction; the file is left out
    "#]],
    );
}

#[test]
fn the_escape_directive_changes_what_continues_a_line() {
    check_one(
        "# escape=`\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nENV A=C:\\x `\n  B=2\n",
        expect![[r#"
        orders/Dockerfile in `orders`
          base mcr.microsoft.com/dotnet/aspnet:9.0 (2:6)
          language C#: base image mcr.microsoft.com/dotnet/aspnet:9.0 (2:6)
          env A=C:\x (3:5)
          env B=2 (4:3)
    "#]],
    );
}

#[test]
fn the_language_is_that_of_what_the_last_stage_copies_from() {
    check_one(
        "FROM node:22 AS web\nFROM rust:1 AS build\nFROM debian:12-slim\nCOPY --from=web /d /d\nCOPY --from=build /b /b\n",
        expect![[r#"
            orders/Dockerfile in `orders`
              base node:22 (1:6)
              base rust:1 (2:6)
              base debian:12-slim (3:6)
              language Rust: base image rust:1 (2:6)
        "#]],
    );
    check_one(
        "FROM debian\nRUN apt-get install x && pip install flask\n",
        expect![[r#"
        orders/Dockerfile in `orders`
          base debian (1:6)
          language Python: build step `pip install` (1:1)
    "#]],
    );
    check_one(
        "FROM company.example:5000/base/openjdk-21:v1\n",
        expect![[r#"
        orders/Dockerfile in `orders`
          base company.example:5000/base/openjdk-21:v1 (1:6)
          language Java: base image company.example:5000/base/openjdk-21:v1 (1:6)
    "#]],
    );
    check_one(
        "FROM gcr.io/distroless/nodejs22-debian12\n",
        expect![[r#"
        orders/Dockerfile in `orders`
          base gcr.io/distroless/nodejs22-debian12 (1:6)
          language JavaScript: base image gcr.io/distroless/nodejs22-debian12 (1:6)
    "#]],
    );
    check_one(
        "FROM nginx\n",
        expect![[r#"
        orders/Dockerfile in `orders`
          base nginx (1:6)
    "#]],
    );
}

#[test]
fn source_files_decide_among_languages_of_one_platform() {
    check(
        &[("a/Dockerfile", "FROM eclipse-temurin:21\n"), ("a/src/A.kt", ""), ("a/src/B.kt", ""), ("a/src/C.java", "")],
        expect![[r#"
            a/Dockerfile in `a`
              base eclipse-temurin:21 (1:6)
              language Kotlin: base image eclipse-temurin:21 (1:6)
        "#]],
    );
    check(
        &[("a/Dockerfile", "FROM node:22\n"), ("a/tsconfig.json", "{}")],
        expect![[r#"
        a/Dockerfile in `a`
          base node:22 (1:6)
          language TypeScript: base image node:22 (1:6)
    "#]],
    );
}

#[test]
fn build_files_name_their_folder_with_and_without_a_dockerfile() {
    check(
        &[
            ("a/Dockerfile", "FROM scratch\n"),
            ("a/go.mod", "// x\nmodule example.com/shop/orders/v2 // y\n"),
            ("b/package.json", r#"{ "name": "@shop/web", "devDependencies": { "typescript": "5" } }"#),
            (
                "c/pom.xml",
                "<project><parent><artifactId>p</artifactId></parent>\n<artifactId>carts</artifactId></project>",
            ),
            (
                "d/Basket.Api.csproj",
                "<Project><PropertyGroup><AssemblyName>Basket</AssemblyName></PropertyGroup></Project>",
            ),
            ("e/Cargo.toml", "[package]\nname = \"ship\"\n[[bin]]\nname = \"shipd\"\n"),
            ("f/pyproject.toml", "[tool.poetry]\nname = \"rec\"\n"),
            ("g/build.gradle.kts", "plugins {}\n"),
            ("g/settings.gradle.kts", "rootProject.name = \"ad\"\ninclude(\"x\")\n"),
            ("g/src/main/kotlin/A.kt", ""),
            ("h/mix.exs", "def project do\n  [\n    app: :flags,\n"),
            ("i/requirements.txt", "flask\n"),
            ("i/package.json", "{}"),
        ],
        expect![[r#"
            a/Dockerfile in `a`
              base scratch (1:6)
              name orders (2:1)
              language Go: build file go.mod (1:1)
            b/package.json in `b`
              name web (1:11)
              language TypeScript: build file package.json (1:1)
            c/pom.xml in `c`
              name carts (2:13)
              language Java: build file pom.xml (1:1)
            d/Basket.Api.csproj in `d`
              name Basket.Api (0:0)
              name Basket (1:39)
              language C#: build file Basket.Api.csproj (1:1)
            e/Cargo.toml in `e`
              name ship (2:8)
              name shipd (4:8)
              language Rust: build file Cargo.toml (1:1)
            f/pyproject.toml in `f`
              name rec (2:8)
              language Python: build file pyproject.toml (1:1)
            g/build.gradle.kts in `g`
              name ad (1:1)
              language Kotlin: build file build.gradle.kts (1:1)
            h/mix.exs in `h`
              name flags (3:5)
              language Elixir: build file mix.exs (1:1)
            i/package.json in `i`
              language Python: build file requirements.txt (1:1)
        "#]],
    );
}

#[test]
fn a_build_file_that_only_lists_parts_is_no_program() {
    check(
        &[
            ("package.json", r#"{ "name": "all", "workspaces": ["a"] }"#),
            ("pom.xml", "<project><artifactId>all</artifactId><packaging>pom</packaging></project>"),
            ("Cargo.toml", "[workspace]\nmembers = []\n"),
            ("node_modules/x/package.json", r#"{ "name": "x" }"#),
        ],
        expect![[""]],
    );
}

#[test]
fn broken_build_files_are_problems() {
    check(
        &[("a/pom.xml", "<project><artifactId>a</artifactId></wrong>")],
        expect![[r#"
        a/pom.xml in `a`
          name a (1:22)
          language Java: build file pom.xml (1:1)
        1:36 not valid XML: ill-formed document: expected `</project>`, but `</wrong>` was found; the rest is left out
    "#]],
    );
    let deep = "<a>".repeat(10_000);
    check(
        &[("a/pom.xml", &deep)],
        expect![[r#"
        a/pom.xml in `a`
          language Java: build file pom.xml (1:1)
        1:385 nested deeper than 128 elements; the rest is left out
    "#]],
    );
}

#[test]
fn names_that_are_dockerfiles() {
    let kinds: Vec<NameKind> = ["Dockerfile", "x/dockerfile", "Dockerfile.dev", "api.Dockerfile", "Containerfile"]
        .iter()
        .chain(&["Dockerfile-release", "Dockerfile.j2", "Dockerfile.dockerignore", "dockerfile.go", "MyDockerfile"])
        .map(|name| kind_of(name))
        .collect();
    use NameKind::*;
    let expected = [Dockerfile, Dockerfile, Dockerfile, Dockerfile, Dockerfile];
    assert_eq!(kinds[..5], expected);
    assert_eq!(kinds[5..], [Dockerfile, Template, Other, Other, Other]);
}

const SAMPLE: &str = "# escape=\\\nARG A=1\nFROM x:${A:-$B} AS b\nENV A=\"q $A\" B='ü' \\\n # c\n C=${D:-${A}}\nRUN <<E cat\nx\nE\nFROM b\nCOPY --from=b [\"a\", \"b\"]\nADD c* /etc/\nCOPY <<F /f\nü\nF\nEXPOSE 1-3 $A\nONBUILD RUN y\nHEALTHCHECK CMD [\"z\"]\nCMD z $A\n";

proptest! {
    #[test]
    fn damaged_input_never_panics(cut in 0..SAMPLE.len(), at in 0..SAMPLE.len(), with in "[{}$\"'\\\\<>=:ü#A\\[\\]\n -]{0,5}") {
        let (cut, at) = (SAMPLE.floor_char_boundary(cut), SAMPLE.floor_char_boundary(at));
        facts(&[("Dockerfile", &SAMPLE[..cut])]);
        facts(&[("Dockerfile", &SAMPLE[at..])]);
        facts(&[("Dockerfile", &format!("{}{with}{}", &SAMPLE[..at], &SAMPLE[at..]))]);
    }

    #[test]
    fn damaged_build_files_never_panic(text in "[<>/a-z\"={}\\[\\]ü\n :]{0,40}") {
        facts(&[("pom.xml", &text), ("go.mod", &text), ("mix.exs", &text), ("build.sbt", &text), ("a.csproj", &text)]);
    }
}
