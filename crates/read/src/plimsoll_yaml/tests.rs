//! What people observe of the reader: errors as they read them, claims and calls, and that the tables agree.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::language::Section;
use super::*;
use crate::corpus::Corpus;
use crate::source::Source;

/// The errors of a file, or what it says where it has none.
#[track_caller]
fn check(text: &str, expect: Expect) {
    let text = if text.contains("plimsoll:") { text.to_owned() } else { format!("plimsoll: 1\n{text}") };
    let (supposed, problems) = from_text(FileId(0), &text);
    assert_eq!(supposed.errors, problems.len());
    expect.assert_eq(&if problems.is_empty() { said(&supposed) } else { shown(&problems) });
}

fn shown(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("{}:{} {}\n", problem.at.line, problem.at.column, problem.message)).collect()
}

fn said(supposed: &Supposed) -> String {
    let mut out = String::new();
    for each in &supposed.claims {
        let claim = &each.claim;
        let (crate::facts::About::Name(name), plimsoll_model::Content::Stated(value)) = (&claim.of, &claim.content)
        else {
            continue;
        };
        let place = each.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        out += &format!("{}: {name} {} = {value}{place}\n", claim.origin.at.line, claim.field.json_name());
    }
    for call in &supposed.calls {
        let claims: Vec<String> =
            call.claims.iter().map(|(field, value, _)| format!("{} {value}", field.json_name())).collect();
        let to = call.to_operation.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
        let place = call.environment.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        out += &format!(
            "{}: {}.{} -> {}{to} ({:?}{place}) {}\n",
            call.origin.at.line,
            call.from,
            call.operation.as_deref().unwrap_or("*"),
            call.to,
            call.how,
            claims.join(", ")
        );
    }
    for message in &supposed.messages {
        let verb = if message.sends { "sends" } else { "takes" };
        out += &format!(
            "{}: {}.{} {verb} {}\n",
            message.origin.at.line, message.component, message.operation, message.topic
        );
    }
    out
}

#[test]
fn a_whole_file_reads_without_errors() {
    check(
        include_str!("samples/whole.yaml"),
        expect![[r#"
            32: payments tier = 1
            33: payments owner = team-money
            36: payments slots = 5
            35: payments replicas = 4 in production
            35: payments zones = a: 2, b: 1, c: 1 in production
            45: orders cpu_limit_millicores = 500m
            54: orders-db technology = postgresql
            54: orders-db cpu_limit_millicores = 4000m
            54: orders-db connections_max = 100
            54: orders-db replication = async to standby
            54: orders-db backup = every 86400s
            57: psp quota = 45/s
            60: gateway availability = 99.99%
            60: payments availability = 99.9%
            20: checkout steps = POST /baskets/{id}/checkout @ gateway
            22: checkout expected_peak = 50.4/s
            21: checkout load = 12/s
            23: checkout value = 1.50 EUR
            24: checkout tolerable_outage = 3600s
            26: checkout-latency on = journey checkout
            26: checkout-latency target = p95 1200ms
            26: checkout-latency window = 2592000s
            27: checkout-success on = journey checkout
            27: checkout-success target = success 99.5%
            27: checkout-success window = 2592000s
            41: payments.charge -> psp.charge (Call) timeout 10s, retries_max 0
            53: orders.* -> orders-db (Pool) pool_size 5, pool_wait 2s
            50: orders.place -> pricing.quote (Call) 
            50: orders.place -> stock.reserve (Call) 
            50: orders.place -> payments.charge (Call) 
            51: orders.place -> orders-db (Query) pool_size 5, pool_wait 2s
            52: orders.place sends orders.placed
        "#]],
    );
}

#[test]
fn every_queueing_system_with_an_exact_answer_can_be_said() {
    let samples: Vec<&str> = include_str!("samples/queues.yaml").split("---\n").collect();
    assert_eq!(samples.len(), 19);
    for sample in samples {
        let (_, problems) = from_text(FileId(0), sample);
        assert_eq!(shown(&problems), "", "{sample}");
    }
}

#[test]
fn an_unknown_key_is_an_error_with_what_was_meant() {
    check(
        "components:\n  orders:\n    replcia: 4\n    colour: red\n    serves: { slot: 5 }\n",
        expect![[r#"
        4:5 components.orders: `replcia` is not a key of a component, so it says nothing; did you mean `replicas`?
        5:5 components.orders: `colour` is not a key of a component, so it says nothing; its keys are `kind`, `technology`, `language`, `description`, `tier`, `owner`, `lead_time`, `rebuild`, `environments`, `replicas`, `zones` and 15 more
        6:15 components.orders.serves: `slot` is not a key of `serves`, so it says nothing; did you mean `slots`?
    "#]],
    );
}

#[test]
fn a_unit_is_part_of_a_quantity() {
    check(
        "journeys:\n  a:\n    steps: [b.c]\n    load: { open: 12 }\n    tolerable_outage: 60\n    value: 1.50\n    expected_peak: 3/week\n",
        expect![[r#"
            5:19 journeys.a.load.open: `12` is not a rate: say in which time, `/s`, `/m`, `/h` or `/d`, like `12/s`
            6:23 journeys.a.tolerable_outage: `60` is not a duration: its unit is missing; end it with one of `ns`, `us`, `ms`, `s`, `m`, `h` and `d`, like `500ms`
            7:12 journeys.a.value: `1.50` is not an amount of money: write a number and a currency, like `24 EUR`
            8:20 journeys.a.expected_peak: `3/week` is not a rate: end it with `/s`, `/m`, `/h` or `/d`, like `12/s`
        "#]],
    );
    check(
        "promises:\n  p: { on: journey a, success: 0.995, p95: 1.2 s, window: 30D }\njourneys: { a: { steps: [b] } }\n",
        expect![[r#"
            3:32 promises.p.success: `0.995` is not a share: write it in percent, like `99.5%`
            3:44 promises.p.p95: `1.2 s` is not a duration: write `1.2s`
            3:59 promises.p.window: `30D` is not a duration: write `30d`
        "#]],
    );
    check(
        "components:\n  s: { backup: { every: 1h30m, size: 420gb, restore: 200MB }, replicas: four, cores: two }\n",
        expect![[r#"
            3:25 components.s.backup.every: `1h30m` is not a duration: write one number and one unit of `ns`, `us`, `ms`, `s`, `m`, `h` and `d`, like `500ms`
            3:38 components.s.backup.size: `420gb` is not a size: write `420GB`
            3:54 components.s.backup.restore: `200MB` is not a throughput: end it with `/s`, like `200MB/s`
            3:73 components.s.replicas: `four` is not a whole number: write digits alone, like `3`
            3:86 components.s.cores: `two` is not a number of cores: write a number like `0.5`, or thousandths like `500m`
        "#]],
    );
}

#[test]
fn a_wrong_type_says_what_is_there_and_what_is_wanted() {
    check(
        "components: [orders]\njourneys: checkout\nwaivers: { rule: X }\nnames: { psp: api.pay.example }\nassume: { journeys-apart: maybe }\n",
        expect![[r#"
            2:13 components: this is a list, and names with a value each are wanted, like `name: …`
            3:11 journeys: this is `checkout`, and names with a value each are wanted, like `name: …`
            4:10 waivers: this is a mapping, and a list is wanted; write each item after a `- `
            5:15 names.psp: this is `api.pay.example`, and a list is wanted; write each item after a `- `
            6:27 assume.journeys-apart: this is `maybe`, and `true` or `false` is wanted; write it like `true`
        "#]],
    );
}

#[test]
fn a_step_says_what_it_does() {
    check(
        "components:\n  a:\n    operations:\n      b:\n        does:\n          - spned: 20ms\n          - call: c.d\n            query: { store: e }\n          - {}\n          - sleep\n          - first 3 of: [call: f.g]\n          - call: POST /x\n          - call: c.d\n            timout: 1s\n            retries: 3\n",
        expect![[r#"
            7:13 components.a.operations.b.does.1: `spned` does not say what the step does; did you mean `spend`?
            8:13 components.a.operations.b.does.2: it is `call` and `query` at once; write a step for each, after a `- ` of its own
            10:13 components.a.operations.b.does.3: the step is empty; write what it does, like `call: orders.place`, or leave it out
            11:13 components.a.operations.b.does.4: this is `sleep`, and a step is wanted; write what it does, like `call: orders.place`
            12:13 components.a.operations.b.does.5: the first 3 are asked for of 1 that are listed; ask for fewer
            13:19 components.a.operations.b.does.6.call: `POST /x` is not an operation: say whose it is: `POST /x @ component`, or write `component.operation`
            15:13 components.a.operations.b.does.7: `timout` is not a key of a call, so it says nothing; did you mean `timeout`?
            16:22 components.a.operations.b.does.7.retries: this is `3`, and a rule for retries is wanted; write keys, like `max: 2`
        "#]],
    );
}

#[test]
fn a_distribution_is_given_in_one_way() {
    let spend = |what: &str| {
        format!("components: {{ a: {{ operations: {{ b: {{ does: [{{ spend: {{ cpu: {what} }} }}] }} }} }} }}")
    };
    let all = [
        "{ mean: 1s, distribution: exponential, cv: 2 }",
        "{ mean: 1s, p50: 1s, p99: 2s }",
        "{ distribution: gamma }",
        "{ mean: 1s, distribution: gamma }",
        "{ p50: 1s }",
        "{ p50: 3s, p99: 2s }",
        "{ min: 1s, max: 2s, distribution: fixed }",
        "{ mean: 1s, distribution: exponetial }",
        "[1s]",
    ];
    let problems: String =
        all.iter().map(|what| shown(&from_text(FileId(0), &format!("plimsoll: 1\n{}", spend(what))).1)).collect();
    expect![[r#"
        2:62 components.a.operations.b.does.1.spend.cpu: a distribution that is `exponential` has its own `cv`; leave `cv` out, or name another shape
        2:62 components.a.operations.b.does.1.spend.cpu: it is given in two ways, which may disagree; keep one of `mean`, `p50` with `p99`, `min` with `max`, and `samples`
        2:62 components.a.operations.b.does.1.spend.cpu: it says no time; give `mean`, or `p50` and `p99`, or `min` and `max`, or `samples`
        2:62 components.a.operations.b.does.1.spend.cpu: a distribution that is `gamma` needs `cv` beside `mean`; add it
        2:62 components.a.operations.b.does.1.spend.cpu: one quantile does not give a shape; give both `p50` and `p99`
        2:62 components.a.operations.b.does.1.spend.cpu: the lower figure is above the higher one; exchange them
        2:62 components.a.operations.b.does.1.spend.cpu: a distribution that is `fixed` is given by `mean`; write that
        2:88 components.a.operations.b.does.1.spend.cpu.distribution: `exponetial` is not a word that may stand here; did you mean `exponential`?
        2:62 components.a.operations.b.does.1.spend.cpu: this is a list, and a duration or a distribution is wanted; write it like `20ms` or `{ mean: 20ms, cv: 0.25 }`
    "#]].assert_eq(&problems);
}

#[test]
fn names_that_only_this_file_can_declare_are_checked() {
    check(
        "environments: { default: prod, production: { zones: [a, b] } }\njourneys: { checkout: { steps: [a.b] } }\npromises: { p: { on: journey chekout, p95: 1s }, q: { on: checkout, p95: 1s } }\ncomponents:\n  a:\n    environments: { live: { replicas: 1 } }\n    zones: { c: 1 }\n    pools: { main: { to: db, size: 5 } }\n    operations: { b: { does: [{ query: { store: db, pool: mian } }] } }\nscenarios:\n  z: { lose: zone d }\n",
        expect![[r#"
            2:26 no environment is called `prod` in this file; did you mean `production`?
            4:22 no journey is called `chekout` in this file; did you mean `checkout`?
            4:59 `checkout` alone names a component, and it is a journey here; write `journey checkout`
            7:21 no environment is called `live` in this file; declared are `production`
            8:14 no zone is called `c` in this file; declared are `a` and `b`
            10:59 no pool of this component is called `mian` in this file; did you mean `main`?
            12:14 no zone is called `d` in this file; declared are `a` and `b`
        "#]],
    );
}

#[test]
fn what_cannot_hold_together_is_an_error() {
    check(
        "journeys:\n  a: { steps: [b], load: { open: 1/s, closed: 3 users } }\n  c: { steps: [], load: { think: 5s } }\npromises:\n  p: { on: journey a }\n  q: { on: journey a, p95: 2s, p99: 1s }\ncomponents:\n  d: { replicas: 4, zones: { a: 2, b: 1 }, quorum: 5, cores: 1, serves: { cores: 2 } }\n  e: { operations: { f: { does: [{ spend: {} }, { branch: [{ odds: 60%, does: [] }, { odds: 60%, does: [] }] }] } } }\n",
        expect![[r#"
            3:26 the load is given in 2 ways, `open` and `closed`, of which only one can hold; keep one
            4:3 journey `c` has no steps, so nothing is asked; list them under `steps`
            4:25 `think` says nothing without `closed`; add that, or leave `think` out
            4:25 the load says nothing of how often; give `open`, `closed` or `profile`
            6:3 promise `p` promises nothing; give a figure, like `p95: 1.2s` or `success: 99.5%`
            7:37 `p99` is shorter than `p95`, which cannot be; exchange them
            9:18 `d` has 4 replicas, and its zones add up to 3; make them agree, or leave `replicas` out
            9:52 `d` needs 5 of 4 copies, so it never works; ask for fewer
            9:62 `cores` stands under `serves` too, which says the same; keep one of them
            10:34 it spends nothing; give `cpu` or `hold`, or leave the step out
            10:49 the odds of its ways add up to 120%, more than all; lower them
        "#]],
    );
    check(
        "scenarios:\n  s:\n    lose: zone a\n    until: 3m\n    for: 2m\n    recover: { a: { takes: 1m, after: [b] }, b: { takes: 1m, after: [a] }, c: { after: [d] }, e: 3m }\n",
        expect![[r#"
            5:12 `until` and `for` say the same in two ways, which may disagree; keep one
            7:16 `a` never begins, since the steps that it waits for wait for each other; take one `after` out
            7:76 it is not said how long `c` takes; give `takes`, or `of` with a backup's size
            7:89 no step of this recovery is called `d` in this file; declared are `a`, `b`, `c` and `e`
        "#]],
    );
}

#[test]
fn operations_of_a_scenario_stand_beside_its_keys() {
    check("scenarios: { hangs: { from: 52m, psp.charge: { hang: 37.5% } } }\n", expect![[r#""#]]);
    check(
        "scenarios: { hangs: { form: 52m, psp.charge: { hnag: 37.5 } } }\n",
        expect![[r#"
        2:23 scenarios.hangs: `form` is not a key of a scenario, so it says nothing; did you mean `from`?
        2:48 scenarios.hangs.psp.charge: `hnag` is not a key of an operation's fault, so it says nothing; did you mean `hang`?
    "#]],
    );
}

#[test]
fn a_value_may_depend_on_the_environment() {
    check(
        "components:\n  a:\n    replicas: 2\n    environments: { production: { replicas: 4, serves: { slots: 5 }, operations: { b: { does: [call: c.d] } } } }\n    operations: { b: { does: [{ call: c.d, timeout: 1s }], environments: { local: { does: [call: e.f] } } } }\n",
        expect![[r#"
            4: a replicas = 2
            5: a replicas = 4 in production
            5: a slots = 5 in production
            6: a.b -> c.d (Call) timeout 1s
            6: a.b -> e.f (Call in local) 
            5: a.b -> c.d (Call in production) 
        "#]],
    );
}

#[test]
fn messages_are_sent_and_taken() {
    check(
        "components:\n  orders: { operations: { place: { does: [publish: orders.placed] } } }\n  fulfil: { operations: { pack: { consumes: { topic: orders.placed, redelivery: { max: 5 } } } } }\ntopics: { orders.placed: { partitions: 12, retention: 7d, dead_letters: orders.dead } }\n",
        expect![[r#"
            5: orders.placed partitions = 12
            5: orders.placed retention = 604800s
            5: orders.placed dead_letters = orders.dead
            3: orders.place sends orders.placed
            4: fulfil.pack takes orders.placed
        "#]],
    );
}

#[test]
fn the_version_is_asked_for() {
    let of = |text: &str| shown(&from_text(FileId(0), text).1);
    expect![[r#"
        1:1 the version of the language is missing; begin with `plimsoll: 1`
        1:11 plimsoll: `2` is not a version of the language: this program reads version 1; write `plimsoll: 1`, or use a newer program
        0:0 the file is empty; begin it with `plimsoll: 1`
        3:1 only the first document of plimsoll.yaml is read; put all of it there
        1:1 this is a list, and plimsoll.yaml is wanted; write keys, like `plimsoll: 1`
    "#]].assert_eq(
        &(of("system: a\n") + &of("plimsoll: 2\n") + &of("") + &of("plimsoll: 1\n---\nsystem: b\n") + &of("[1]")),
    );
}

#[test]
fn a_name_with_nothing_under_it_is_declared_all_the_same() {
    let (supposed, problems) = from_text(FileId(0), "plimsoll: 1\ncomponents:\n  mailer:\n  psp: { kind: external }\n");
    assert_eq!(shown(&problems), "");
    let system = supposed.system.unwrap();
    assert_eq!(system.components.names().collect::<Vec<_>>(), ["mailer", "psp"]);
}

#[test]
fn the_file_at_the_root_counts_and_others_are_listed() {
    let corpus = Corpus::open(vec![Source::memory(&[
        ("examples/a/plimsoll.yaml", "plimsoll: 1\nsystem: a\n"),
        ("plimsoll.yaml", "plimsoll: 1\nsystem: b\n"),
        ("plimsoll.yml", "plimsoll: 1\nsystem: c\n"),
    ])]);
    let files: Vec<FileId> = corpus.ids().filter(|file| (READER.takes)(&corpus, *file)).collect();
    let facts = (READER.read)(&corpus, &files);
    let system = facts.supposed[0].system.as_ref().unwrap().system.as_ref().unwrap();
    let mut out = format!("{}\n", system.value.name);
    for skipped in &facts.not_read {
        out += &format!("{}: {}\n", corpus.path(skipped.file), skipped.reason);
    }
    expect![[r#"
        b
        examples/a/plimsoll.yaml: describes the system in its own folder; survey that folder to use it
        plimsoll.yml: plimsoll.yaml counts; a system has one plimsoll.yaml
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_credential_is_shown_nowhere() {
    let text = "plimsoll: 1\ndescription: see https://ada:hunter2@wiki.example\nstandards: { rules: { X: { password: hunter2 } } }\nteams: { a: { contact: 'https://ada:hunter2@chat.example' } }\ncomponents: { a: { replicas: 'https://ada:hunter2@b.example' } }\n";
    let (supposed, problems) = from_text(FileId(0), text);
    assert_eq!(problems.len(), 1);
    assert!(!format!("{supposed:?}{problems:?}").contains("hunter2"), "{supposed:?}{problems:?}");
}

#[test]
fn a_file_may_change_another() {
    let below = "plimsoll: 1\njourneys: { a: { steps: [b.c], load: { open: 1/s } } }\ncomponents:\n  b: { owner: team-b, tier: 1, pools: { main: { to: db, size: 5 } } }\n";
    let over = "plimsoll: 1\nextends: ../plimsoll.yaml\nsources: [{ path: .., as: clean }, { path: ., as: faults }]\ncomponents:\n  b: { owner: null, operations: { c: { does: [{ call: db, pool: main, timeout: 10s }] } } }\n";
    let source = |name: &str, text: &str| Source::Memory {
        name: name.to_owned(),
        files: [(String::from("plimsoll.yaml"), text.as_bytes().to_vec())].into(),
    };
    let corpus = Corpus::open(vec![source("clean", below), source("faults", over)]);
    let facts = (READER.read)(&corpus, &corpus.ids().collect::<Vec<_>>());
    assert_eq!(shown(&facts.problems), "");
    assert_eq!(facts.not_read.len(), 0);
    assert_eq!(corpus.files().display(facts.supposed[0].file.unwrap()), "faults:plimsoll.yaml");
    expect![[r#"
        4: b tier = 1
        2: a steps = b.c
        2: a load = 1/s
        4: b.* -> db (Pool) pool_size 5
        5: b.c -> db (Call) timeout 10s, pool_size 5
    "#]]
    .assert_eq(&said(&facts.supposed[0]));
    check(
        over,
        expect![[r#"
        2:10 extends: `../plimsoll.yaml` is not part of the survey, so most of the system is missing; list its folder under `sources` with a name (`as`)
    "#]],
    );
}

#[test]
fn every_example_of_the_table_reads() {
    let mut waiting = vec![System::TABLE];
    let mut seen: Vec<&str> = Vec::new();
    while let Some(table) = waiting.pop() {
        if seen.contains(&table.name) {
            continue;
        }
        seen.push(table.name);
        for key in (table.keys)().into_iter().chain((table.open)()) {
            let documents = parse(FileId(0), key.example, Schema::Yaml12);
            let mut reading = Reading::default();
            let fits = documents.roots.first().is_some_and(|node| (key.fits)(node, &mut reading));
            assert!(fits && reading.problems.is_empty(), "{}.{}: {:?}", table.name, key.name, reading.problems);
            tables(&key.shape, &mut waiting);
        }
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

fn tables(shape: &table::Shape, out: &mut Vec<&'static table::Table>) {
    match shape {
        table::Shape::Section(table) => out.push(table),
        table::Shape::Names(_, of) | table::Shape::List(of) => tables(of, out),
        table::Shape::Either(shapes) => shapes.iter().for_each(|each| tables(each, out)),
        _ => {}
    }
}

#[test]
fn schema_and_page_come_from_the_same_table() {
    let schema: serde_json::Value = serde_json::from_str(&json_schema()).unwrap();
    let serves = &schema["$defs"]["Serves"]["properties"]["slots"];
    assert_eq!(serves["$ref"], "#/$defs/limit");
    assert_eq!(serves["examples"][0], 5);
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(json_schema(), json_schema());
    let page = reference();
    assert!(page.contains("| `slots` | limit | How many requests a copy has open at once. | `5` |"), "{page}");
}

proptest! {
    /// Cut, doubled and exchanged pieces of a good file never panic, and the same text gives the same problems.
    #[test]
    fn no_text_panics(cut in 0usize..6000, from in 0usize..6000, junk in "[ -~\\n]{0,12}") {
        let whole = concat!(include_str!("samples/whole.yaml"), "\n", include_str!("samples/queues.yaml"));
        let at = |index: usize| (0..=index.min(whole.len())).rev().find(|i| whole.is_char_boundary(*i)).unwrap_or(0);
        let text = format!("{}{junk}{}", &whole[..at(cut)], &whole[at(from)..]);
        let (first, problems) = from_text(FileId(0), &text);
        prop_assert_eq!(first.errors, problems.len());
        prop_assert_eq!(problems, from_text(FileId(0), &text).1);
    }
}
