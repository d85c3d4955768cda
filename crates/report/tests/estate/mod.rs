//! Estates for tests and for looking at pages: models built directly, of 8, 25 and 70 components.
//!
//! A plan is text, a line each: `kind name technology language owner` and `caller protocol callee callee …`.

#![allow(dead_code, clippy::unwrap_used, reason = "each test uses its part")]

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_model::place::FileName;
use plimsoll_model::*;

pub(crate) const EIGHT: &str = include_str!("eight.txt");
pub(crate) const TWENTY_FIVE: &str = include_str!("twenty_five.txt");

/// The builder, with names instead of ids.
struct Estate {
    builder: ModelBuilder,
    files: Vec<String>,
    file_ids: BTreeMap<String, usize>,
    ids: BTreeMap<String, ComponentId>,
}

/// A model from a plan, with environments production and local, claims, gaps and a few things that are wrong.
pub(crate) fn model(system: &str, plan: &str) -> Model {
    let mut estate = Estate::new(system);
    let lines: Vec<Vec<&str>> = plan.lines().map(|line| line.split_whitespace().collect()).collect();
    let mut components: Vec<&Vec<&str>> =
        lines.iter().filter(|w| w.len() == 5 && ComponentKind::from_word(w[0]).is_some()).collect();
    components.sort_by_key(|words| words[1]);
    for words in components {
        estate.component(words);
    }
    let mut calls: BTreeSet<(ComponentId, ComponentId, Protocol)> = BTreeSet::new();
    for words in lines.iter().filter(|w| w.len() > 2 && Protocol::from_word(w[1]).is_some()) {
        let protocol = Protocol::from_word(words[1]).unwrap();
        calls.extend(words[2..].iter().map(|to| (estate.ids[words[0]], estate.ids[*to], protocol)));
    }
    for call in calls {
        estate.call(call);
    }
    for words in lines.iter().filter(|w| w.first() == Some(&"topic")) {
        estate.topic(words);
    }
    estate.finish()
}

impl Estate {
    fn new(system: &str) -> Self {
        let mut builder = ModelBuilder::default();
        builder.model.system = Some(system.to_owned());
        builder.model.files_read = 120;
        let environment = |id: &str, because: Option<&str>| Environment {
            id: id.to_owned(),
            variant: format!("deploy/overlays/{id}"),
            parents: Vec::new(),
            default_because: because.map(str::to_owned),
        };
        builder.model.environments =
            vec![environment("local", None), environment("production", Some("is named production"))];
        builder.model.default_environment = Some(EnvironmentId(1));
        Self { builder, files: Vec::new(), file_ids: BTreeMap::new(), ids: BTreeMap::new() }
    }

    fn at(&mut self, path: &str, line: u32, column: u32) -> At {
        let next = self.files.len();
        let index = *self.file_ids.entry(path.to_owned()).or_insert(next);
        if index == next {
            self.files.push(path.to_owned());
        }
        At::new(FileId(index as u32), line, column)
    }

    fn declared(&mut self, path: &str, line: u32, note: &str) -> EvidenceId {
        let at = Some(self.at(path, line, 5));
        self.builder.evidence(Evidence { basis: Basis::Declared, at, via: Vec::new(), note: note.to_owned() })
    }

    fn component(&mut self, words: &[&str]) {
        let [kind, name, technology, language, owner] = words else { panic!("{words:?}") };
        let (support, kind) = match *name {
            "prometheus" | "grafana" | "otel-collector" => (Some(Support::Monitoring), "service"),
            _ => (None, *kind),
        };
        let id = ComponentId(self.ids.len() as u32);
        self.ids.insert((*name).to_owned(), id);
        let file = format!("deploy/base/{name}.yaml");
        let evidence = vec![self.declared(&file, 2, "Deployment"), self.declared("compose.yaml", 10 + id.0, "service")];
        let some = |word: &&str| (*word != "-").then(|| (*word).to_owned());
        let alias = Alias { name: format!("{name}.shop.svc"), evidence: evidence[0] };
        let kind = ComponentKind::from_word(kind).unwrap();
        self.builder.model.components.push(Component {
            id: (*name).to_owned(),
            kind,
            technology: some(technology),
            language: some(language),
            owner: some(owner),
            support,
            aliases: vec![alias],
            evidence,
        });
        if kind != ComponentKind::External {
            self.deploy(id, &file, EnvironmentId(0));
            self.deploy(id, &file, EnvironmentId(1));
        }
        if matches!(kind, ComponentKind::Service | ComponentKind::Gateway) && support.is_none() {
            self.interface(id, name, *language == "Java");
        }
    }

    fn deploy(&mut self, component: ComponentId, file: &str, environment: EnvironmentId) {
        let row = Deployment { component, environment, evidence: vec![self.declared(file, 4, "Deployment")] };
        let subject = Subject::Deployment(DeploymentId(self.builder.model.deployments.len() as u32));
        self.builder.model.deployments.push(row);
        let mut say = |field, line, value| self.say(subject, field, file, line, Content::Stated(value));
        let n = u64::from(component.0);
        if n % 7 != 5 {
            say(Field::Replicas, 7, Value::Count(if environment.0 == 1 { 2 + n % 3 } else { 1 }));
        }
        say(Field::CpuRequest, 31, Value::Millicores(100 + 50 * (n % 4)));
        say(Field::MemoryRequest, 32, Value::Bytes((128 + 64 * (n % 3)) << 20));
        say(Field::Image, 19, Value::Text(format!("registry.example/{file}:1.{n}.0")));
        say(Field::Ports, 22, Value::List(vec![Value::Text("8080/tcp".to_owned())]));
        let probe = Probe {
            kind: ProbeKind::Http,
            port: Some("http".to_owned()),
            path: Some("/ready".to_owned()),
            ..Probe::default()
        };
        if n % 3 != 2 {
            say(Field::Readiness, 41, Value::Probe(probe.clone()));
        }
        if n % 4 == 0 {
            say(Field::Liveness, 47, Value::Probe(probe));
            say(Field::ScalerMin, 5, Value::Count(2));
            say(Field::ScalerMax, 6, Value::Count(12));
            say(Field::ScalerMetrics, 8, Value::List(vec![Value::Text("cpu 60%".to_owned())]));
        }
        if n % 5 == 1 {
            self.say(subject, Field::MemoryLimit, file, 30, Content::Absent);
        } else {
            self.say(subject, Field::MemoryLimit, file, 35, Content::Stated(Value::Bytes(512 << 20)));
            self.say(subject, Field::CpuLimit, file, 34, Content::Stated(Value::Millicores(500)));
        }
        if n == 2 && environment.0 == 1 {
            self.say(subject, Field::Replicas, "compose.yaml", 44, Content::Stated(Value::Count(1)));
        }
    }

    fn say(&mut self, subject: Subject, field: Field, file: &str, line: u32, content: Content) {
        let evidence = self.declared(file, line, field.json_name());
        self.builder.fact(Fact { subject, field, scope: Scope::All, content, evidence });
    }

    fn interface(&mut self, component: ComponentId, name: &str, openapi: bool) {
        let index = InterfaceId(self.builder.model.interfaces.len() as u32);
        let (file, kind) = if openapi {
            (format!("api/{name}.yaml"), InterfaceKind::Openapi)
        } else {
            (format!("proto/{name}.proto"), InterfaceKind::Grpc)
        };
        let evidence = vec![self.declared(&file, 1, "interface")];
        let title = format!("shop.{name}.v1.Api");
        self.builder.model.interfaces.push(Interface {
            component: Some(component),
            kind,
            name: title,
            version: None,
            evidence,
        });
        for (line, verb) in ["Get", "List", "Put"].into_iter().enumerate().take(2 + component.index() % 2) {
            let evidence = self.declared(&file, 9 + line as u32, "operation");
            self.builder.model.operations.push(Operation {
                interface: index,
                name: format!("{verb}{name}"),
                method: openapi.then(|| verb.to_uppercase()),
                path: openapi.then(|| format!("/{name}/{{id}}")),
                evidence,
            });
        }
    }

    fn call(&mut self, (from, to, protocol): (ComponentId, ComponentId, Protocol)) {
        let file = format!("deploy/base/{}.yaml", self.builder.model.component(from).id);
        let note = format!("{}_ADDR", self.builder.model.component(to).id.to_uppercase().replace('-', "_"));
        let evidence = vec![self.declared(&file, 50 + to.0, &note)];
        let index = CallId(self.builder.model.calls.len() as u32);
        self.builder.model.calls.push(Call {
            from,
            to,
            protocol,
            from_operation: None,
            to_operation: None,
            environments: Vec::new(),
            evidence,
        });
        if index.0.is_multiple_of(3) && protocol.is_synchronous() {
            self.say(
                Subject::Call(index),
                Field::Timeout,
                &file,
                60 + to.0,
                Content::Stated(Value::Nanos(800_000_000)),
            );
        }
    }

    fn topic(&mut self, words: &[&str]) {
        let ids = |list: &str| list.split(',').filter(|n| *n != "-").map(|n| self.ids[n]).collect::<Vec<_>>();
        let (producers, consumers) = (ids(words[3]), ids(words[4]));
        let broker = Some(self.ids[words[2]]);
        let evidence = vec![self.declared("asyncapi.yaml", 12, "channel")];
        self.builder.model.topics.push(Topic {
            id: words[1].to_owned(),
            aliases: Vec::new(),
            broker,
            producers,
            consumers,
            users: Vec::new(),
            evidence,
        });
    }

    fn finish(mut self) -> Model {
        let loose = vec![
            (
                LooseKind::DanglingHost,
                "paymnts",
                "`PAYMENTS_ADDR` names the host `paymnts`, which nothing provides",
                "payments",
            ),
            (LooseKind::Ambiguous, "cache", "`cache` may be any of several components", "catalog-cache"),
        ];
        for (line, (kind, name, message, candidate)) in loose.into_iter().enumerate() {
            let evidence = vec![self.declared("deploy/base/orders.yaml", 41 + line as u32, name)];
            self.builder.model.loose.push(Loose {
                kind,
                component: None,
                name: name.to_owned(),
                message: message.to_owned(),
                candidates: vec![candidate.to_owned()],
                evidence,
            });
        }
        for (kind, path, reason) in [
            ("Helm chart", "charts/shop/Chart.yaml", "charts are not rendered yet"),
            ("source code", "orders/src/main.rs", "no reader for Rust"),
            ("source code", "stock/src/main.rs", "no reader for Rust"),
            ("source code", "web/app.ts", "no reader for TypeScript"),
            ("Terraform", "infra/main.tf", "no reader for HCL"),
        ] {
            let (kind, path, reason) = (kind.to_owned(), path.to_owned(), reason.to_owned());
            self.builder.model.not_read.push(NotRead { kind, path, reason });
        }
        let at = self.at("deploy/overlays/staging/kustomization.yaml", 14, 3);
        let message = "`patchs` is not a key of a kustomization; did you mean `patches`?".to_owned();
        self.builder.model.problems.push(Problem { at, message });
        let names = self.files.drain(..).map(|path| FileName { source: 0, path }).collect();
        self.builder.model.files = Files::new(vec!["shop".to_owned()], names);
        self.builder.seal()
    }
}

/// A plan of 70 components: ten domains behind two gateways, with workers, stores, caches and two brokers.
pub(crate) fn seventy() -> String {
    const DOMAINS: [&str; 10] =
        ["catalog", "basket", "orders", "payments", "stock", "pricing", "shipping", "accounts", "reviews", "search"];
    let mut plan = String::from(
        "frontend storefront next.js TypeScript web\nfrontend backoffice react TypeScript ops\n\
         gateway edge-gateway envoy - platform\ngateway partner-gateway kong - platform\n\
         broker events kafka - platform\nbroker mail-queue rabbitmq - platform\n\
         external stripe - - -\nexternal sendgrid - - -\nexternal dhl-api - - -\nexternal tax-service - - -\n\
         service prometheus prometheus - platform\nservice grafana grafana - platform\n\
         job nightly-report spark Scala data\nservice recommendations fastapi Python data\nservice fraud-check fastapi Python risk\n\
         store warehouse clickhouse - data\nservice notification-hub spring Java comms\nservice feature-flags unleash TypeScript platform\nstore flag-store redis - platform\nservice webhook-relay gin Go platform\nfeature-flags redis flag-store\nwebhook-relay kafka events\n\
         storefront http edge-gateway\nbackoffice http edge-gateway\npartner-gateway grpc orders-api shipping-api\n\
         edge-gateway grpc feature-flags recommendations\nnightly-report sql warehouse\nrecommendations grpc catalog-api\n\
         payments-api http stripe fraud-check tax-service\nshipping-worker http dhl-api\nnotification-hub http sendgrid\n\
         notification-hub amqp mail-queue\nfraud-check sql warehouse\nfraud-check grpc accounts-api\n",
    );
    let mut seed = 7u64;
    let mut draw = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    for (index, name) in DOMAINS.into_iter().enumerate() {
        let (technology, language) = [("axum", "Rust"), ("spring", "Java"), ("gin", "Go")][index % 3];
        plan += &format!("service {name}-api {technology} {language} team-{name}\n");
        plan += &format!("service {name}-worker {technology} {language} team-{name}\n");
        plan += &format!("store {name}-db postgres - team-{name}\n");
        plan += &format!("edge-gateway grpc {name}-api\n{name}-api sql {name}-db\n{name}-worker sql {name}-db\n");
        plan += &format!("{name}-api kafka events\n{name}-worker kafka events\n");
        if index % 2 == 0 {
            plan += &format!("cache {name}-cache redis - team-{name}\n{name}-api redis {name}-cache\n");
        }
        if index < 7 {
            plan += &format!("job {name}-cleanup cron {language} team-{name}\n{name}-cleanup sql {name}-db\n");
        }
        if index < 10 {
            plan += &format!(
                "service {name}-admin {technology} {language} team-{name}\nbackoffice http {name}-admin\n{name}-admin grpc {name}-api\n"
            );
        }
        for _ in 0..2 {
            let other = DOMAINS[draw(10)];
            if other != name {
                plan += &format!("{name}-api grpc {other}-api\n");
            }
        }
        if index % 3 == 0 {
            plan += &format!("topic {name}.changed events {name}-api notification-hub,nightly-report\n");
        }
    }
    plan
}

/// A plan of so many services, each of which calls three others.
pub(crate) fn many(count: usize) -> String {
    let mut plan = String::new();
    for index in 0..count {
        plan += &format!("service s{index:05} axum Rust team-{}\n", index % 40);
    }
    for index in 0..count {
        let other = |step: usize| (index * 7 + step * step * 31 + 1) % count;
        plan += &format!("s{index:05} grpc s{:05} s{:05} s{:05}\n", other(1), other(2), other(3));
    }
    plan
}
