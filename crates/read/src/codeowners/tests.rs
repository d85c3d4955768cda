//! What people observe: patterns with owners, problems, and who owns a path.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::source::Source;

fn facts(files: &[(&str, &str)]) -> Facts {
    let corpus = Corpus::open(vec![Source::memory(files)]);
    let taken: Vec<FileId> = corpus.ids().filter(|file| takes(&corpus, *file)).collect();
    read(&corpus, &taken)
}

#[track_caller]
fn check(path: &str, text: &str, expect: Expect) {
    let facts = facts(&[(path, text)]);
    let mut out = String::new();
    for owned in &facts.owners {
        let section = owned.section.as_ref().map(|name| format!("[{name}] ")).unwrap_or_default();
        out += &format!(
            "{}:{} {section}{} = {}\n",
            owned.origin.at.line,
            owned.origin.at.column,
            owned.pattern,
            owned.owners.join(" ")
        );
    }
    for problem in &facts.problems {
        out += &format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message);
    }
    expect.assert_eq(&out);
}

#[track_caller]
fn owner(text: &str, path: &str, expected: Option<&str>) {
    let facts = facts(&[("CODEOWNERS", text)]);
    let found = owner_of(&facts.owners, 0, path).map(|owned| owned.owners.join(" "));
    assert_eq!(found.as_deref(), expected, "{path}");
}

#[test]
fn patterns_comments_and_escapes() {
    check(
        "CODEOWNERS",
        "# all\n*   @a/b  c@d.example # note\n/with\\ space/ @e\n\n/nobody/\n  \\#odd @f\n",
        expect![[r#"
            2:1 * = @a/b c@d.example
            3:1 /with\ space/ = @e
            5:1 /nobody/ = 
            6:3 \#odd = @f
        "#]],
    );
}

#[test]
fn a_line_that_cannot_be_used_is_a_problem() {
    check(
        "CODEOWNERS",
        "!/docs @a\n/x team-x @y\n/z team-z\n",
        expect![[r#"
        2:1 /x = @y
        1:1 `!/docs` begins with `!`, which means nothing in CODEOWNERS, so the line is left out; to say that nobody owns a path, write it without owners
        2:4 `team-x` is not an owner, so it owns nothing; write `@user`, `@organisation/team` or an address with `@`
        3:4 `team-z` is not an owner, so it owns nothing; write `@user`, `@organisation/team` or an address with `@`
    "#]],
    );
}

#[test]
fn sections_have_default_owners_and_exclusions() {
    check(
        ".gitlab/CODEOWNERS",
        "* @root\n[Database][2] @dba @@maintainers\n/db/\n/db/seed @seed\n!/db/seed/x\n^[Docs]\n*.md @docs\n[DATABASE]\n/sql @sql\n[a]b @c\n",
        expect![[r#"
            1:1 * = @root
            3:1 [Database] /db/ = @dba @@maintainers
            4:1 [Database] /db/seed = @seed
            5:1 [Database] /db/seed/x = 
            7:1 [Docs] *.md = @docs
            9:1 [Database] /sql = @sql
            10:1 [Database] [a]b = @c
        "#]],
    );
}

#[test]
fn the_last_pattern_wins() {
    let text = "* @all\n/services/orders/ @orders\n*.md @docs\n/services/orders/private/\n";
    owner(text, "Makefile", Some("@all"));
    owner(text, "services/orders/src/main.rs", Some("@orders"));
    owner(text, "services/orders/", Some("@orders"));
    owner(text, "services/orders/README.md", Some("@docs"));
    owner(text, "services/orders/private/key", Some(""));
    owner("/a @a\n", "b", None);
}

#[test]
fn patterns_mean_what_they_mean_on_the_platforms() {
    owner("docs/* @d\n", "docs/a.md", Some("@d"));
    owner("docs/* @d\n", "docs/deep/a.md", None);
    owner("* @all\ndocs/* @d\n", "docs/deep/a.md", Some("@all"));
    owner("apps/ @a\n", "x/apps/y/z", Some("@a"));
    owner("/apps/ @a\n", "x/apps/y", None);
    owner("**/logs @l\n", "a/b/logs/c", Some("@l"));
    owner("/a/**/c @l\n", "a/b/b/c", Some("@l"));
    owner("/app/[id]/page.tsx @l\n", "app/[id]/page.tsx", Some("@l"));
    owner("/app/[id]/page.tsx @l\n", "app/i/page.tsx", None);
    owner("/with\\ space @l\n", "with space/x", Some("@l"));
    owner("*.js @j\n", "a/b.js", Some("@j"));
}

#[test]
fn each_section_has_its_owner() {
    let facts = facts(&[("CODEOWNERS", "* @root\n[Docs]\n*.md @docs\n[Api]\n/api @api\n/api/x.md @x\n")]);
    let owners = Owners::of_source(&facts.owners, 0);
    let of = |path| owners.in_each_section(path).iter().map(|each| each.owners.join(" ")).collect::<Vec<_>>();
    assert_eq!(of("api/x.md"), ["@root", "@docs", "@x"]);
    assert_eq!(of("api/y.md"), ["@root", "@docs", "@api"]);
    assert_eq!(of("main.rs"), ["@root"]);
}

#[test]
fn one_file_counts() {
    let facts = facts(&[("CODEOWNERS", "* @root"), (".github/CODEOWNERS", "* @github"), ("a/CODEOWNERS", "* @a")]);
    assert_eq!(facts.owners.len(), 1);
    assert_eq!(facts.owners[0].owners, ["@github"]);
    expect!["CODEOWNERS: .github/CODEOWNERS comes first, and one file counts"]
        .assert_eq(&format!("{}: {}", facts.not_read[0].kind, facts.not_read[0].reason));
}

proptest! {
    #[test]
    fn no_text_panics(text in "([\\[\\]!#@\\\\/* ^a-c.\\n]|\\PC){0,80}", path in "[a-c/.]{0,12}") {
        let facts = facts(&[(".gitlab/CODEOWNERS", &text)]);
        let _ = owner_of(&facts.owners, 0, &path);
    }
}
