//! The JSON Schema of `plimsoll-model/1`, from one table of its objects.
//!
//! The table stands beside the structs of `json`; a test holds every key of one against the other. Objects may have more
//! keys than the schema knows, since the form changes by addition.
//!
//! Not here: how a model becomes JSON (`json`); the schema of plimsoll.yaml (crate `read`).

use serde_json::{Map, Value, json};

use crate::behaviour::Behaviour;
use crate::behaviour::told::{Shapes, Told};
use crate::claim::Basis;
use crate::field::Field;
use crate::json::FORMAT;
use crate::noun::{ComponentKind, InterfaceKind, LooseKind, Protocol, Support};
use crate::value::ProbeKind;

/// The schema as text, in the dialect of 2020-12.
pub fn json_schema() -> String {
    let mut behaviour = Shapes::new();
    Behaviour::shape(&mut behaviour);
    let definitions = OBJECTS.iter().map(|object| (object.name.to_owned(), object.schema())).chain(behaviour);
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": FORMAT,
        "description": "One typed picture of a backend, as `plimsoll survey --format json` prints it.",
        "$ref": reference("model"),
        "$defs": definitions.collect::<Map<_, _>>(),
    });
    format!("{whole:#}\n")
}

/// An object of the form.
struct Object {
    name: &'static str,
    description: &'static str,
    keys: &'static [Key],
}

/// A key of an object: its name, what stands there, and what it says.
struct Key(&'static str, Form, &'static str);

/// What stands at a key.
#[derive(Clone, Copy)]
enum Form {
    /// The name of the form itself.
    Format,
    Text,
    Texts,
    Whole,
    Flag,
    /// One of a list of words.
    Word(fn() -> Vec<&'static str>),
    /// A port, by number or name.
    Port,
    /// The value of a fact.
    FactValue,
    /// An object of this name.
    One(&'static str),
    /// Objects of this name.
    Many(&'static str),
    /// Or null, where nothing is stated.
    OrNull(&'static Form),
    /// The key is left out where there is nothing to say.
    OrLeftOut(&'static Form),
}

use Form::{Flag, Format, Many, One, OrLeftOut, OrNull, Text, Texts, Whole, Word};

const TEXT_OR_NULL: Form = OrNull(&Text);
const COUNT_OR_NULL: Form = OrNull(&Whole);
const PROBE_OR_NULL: Form = OrNull(&One("probe"));
const EVIDENCE: Key = Key("evidence", Many("evidence"), "How we know.");

const OBJECTS: &[Object] = &[
    Object {
        name: "model",
        description: "A whole model.",
        keys: &[
            Key("format", Format, "The name and version of the form. It changes only by addition."),
            Key("system", TEXT_OR_NULL, "The system's name, where one is stated."),
            Key("sources", Texts, "Names of the sources."),
            Key("files_read", Whole, "How many files were read."),
            Key("default_environment", TEXT_OR_NULL, "The environment that is meant when none is named."),
            Key("environments", Many("environment"), "Where it runs."),
            Key("components", Many("component"), "What runs or is called."),
            Key("supporting", Many("component"), "What only supports the system; not part of `components`."),
            Key("calls", Many("call"), "Who calls whom."),
            Key("supporting_calls", Many("call"), "Calls to and from supporting components."),
            Key("topics", Many("topic"), "Queues, streams and subjects."),
            Key("interfaces", Many("interface"), "Descriptions of operations."),
            Key("unmatched_interfaces", Many("interface"), "Interfaces that no component could be found for."),
            Key("deployments", Many("deployment"), "How components run."),
            Key("journeys", Many("named"), "What users come for."),
            Key("promises", Many("named"), "What is promised."),
            Key("teams", Many("named"), "Who answers for parts."),
            Key("behaviour", One("behaviour"), "How it behaves, as far as somebody says it."),
            Key("loose", Many("loose"), "Names that did not join."),
            Key("facts", Many("fact"), "Every claim."),
            Key("not_read", Many("not_read"), "What was not read."),
            Key("problems", Many("problem"), "What could not be used."),
        ],
    },
    Object {
        name: "environment",
        description: "A place where the system runs.",
        keys: &[
            Key("id", Text, "Its name."),
            Key("variant", Text, "What it is rendered from."),
            Key("default", Flag, "Whether it is meant when none is named."),
            Key("because", OrLeftOut(&Text), "Why it is the default."),
            Key("parents", Texts, "Environments that it builds on."),
        ],
    },
    Object {
        name: "component",
        description: "What runs or is called.",
        keys: &[
            Key("id", Text, "Slug, unique in the system."),
            Key("kind", Word(component_kinds), "What it is."),
            Key("technology", TEXT_OR_NULL, "Which product or framework."),
            Key("language", TEXT_OR_NULL, "The language of its source."),
            Key("owner", TEXT_OR_NULL, "Who answers for it."),
            Key("supports", OrLeftOut(&Word(supports)), "What a supporting component does."),
            Key("aliases", Texts, "All other names."),
            Key("alias_evidence", Many("evidence"), "How the other names are known, in the order of `aliases`."),
            EVIDENCE,
        ],
    },
    Object {
        name: "call",
        description: "Who calls whom; components are named by their ids.",
        keys: &[
            Key("from", Text, "Who calls."),
            Key("to", Text, "Who is called."),
            Key("protocol", Word(protocols), "What is spoken; https is http."),
            Key("synchronous", Flag, "Whether the caller waits for an answer."),
            Key("environment", TEXT_OR_NULL, "The environment that the evidence speaks of; null for all."),
            Key("environments", Texts, "Every environment in which it is made; empty for all."),
            EVIDENCE,
        ],
    },
    Object {
        name: "topic",
        description: "A queue, stream or subject; components are named by their ids.",
        keys: &[
            Key("id", Text, "Its name."),
            Key("aliases", Texts, "Other spellings."),
            Key("broker", TEXT_OR_NULL, "What carries it."),
            Key("producers", Texts, "Who sends to it."),
            Key("consumers", Texts, "Who receives from it."),
            Key("users", Texts, "Who names it without saying in which direction."),
            EVIDENCE,
        ],
    },
    Object {
        name: "interface",
        description: "A description of operations.",
        keys: &[
            Key("component", TEXT_OR_NULL, "Who serves it; null where nobody could be found."),
            Key("kind", Word(interface_kinds), "What it is described in."),
            Key("name", Text, "The proto service, the API's title."),
            Key("version", TEXT_OR_NULL, "The version that it states."),
            Key("operations", Many("operation"), "What can be asked."),
            EVIDENCE,
        ],
    },
    Object {
        name: "operation",
        description: "One thing that can be asked.",
        keys: &[
            Key("name", Text, "The name."),
            Key("method", TEXT_OR_NULL, "The HTTP method."),
            Key("path", TEXT_OR_NULL, "The path template."),
            EVIDENCE,
        ],
    },
    Object {
        name: "deployment",
        description: "How a component runs in one environment. Null is not stated.",
        keys: &[
            Key("component", Text, "What runs."),
            Key("environment", Text, "Where."),
            Key("replicas", COUNT_OR_NULL, "Copies."),
            Key("cpu_request_millicores", COUNT_OR_NULL, "CPU set aside for one copy."),
            Key("cpu_limit_millicores", COUNT_OR_NULL, "CPU that one copy may use."),
            Key("memory_request_bytes", COUNT_OR_NULL, "Memory set aside for one copy."),
            Key("memory_limit_bytes", COUNT_OR_NULL, "Memory at which one copy is killed."),
            Key("liveness", PROBE_OR_NULL, "Asked whether to restart."),
            Key("readiness", PROBE_OR_NULL, "Asked whether traffic may come."),
            Key("startup", PROBE_OR_NULL, "Asked until it has started."),
            Key("autoscaler", OrNull(&One("autoscaler")), "Who changes the number of copies."),
            Key("image", TEXT_OR_NULL, "The image."),
            Key("workload", TEXT_OR_NULL, "The kind of workload."),
            EVIDENCE,
        ],
    },
    Object {
        name: "probe",
        description: "A health probe.",
        keys: &[
            Key("kind", Word(probe_kinds), "How it asks."),
            Key("port", OrNull(&Form::Port), "The port, a number where it is one."),
            Key("path", TEXT_OR_NULL, "The path, service or command."),
        ],
    },
    Object {
        name: "autoscaler",
        description: "What changes the number of copies.",
        keys: &[
            Key("min", COUNT_OR_NULL, "The smallest number of copies."),
            Key("max", COUNT_OR_NULL, "The largest number of copies."),
            Key("metrics", Texts, "What it looks at."),
        ],
    },
    Object {
        name: "named",
        description: "A name with evidence; the rest is in `facts`.",
        keys: &[Key("id", Text, "Its name."), EVIDENCE],
    },
    Object {
        name: "loose",
        description: "A name that did not join.",
        keys: &[
            Key("kind", Word(loose_kinds), "In which way it is loose."),
            Key("component", TEXT_OR_NULL, "Who uses it."),
            Key("name", Text, "As it is spelled."),
            Key("message", Text, "What is meant."),
            Key("candidates", Texts, "Who could be meant."),
            EVIDENCE,
        ],
    },
    Object {
        name: "fact",
        description: "One claim.",
        keys: &[
            Key("subject", Text, "The kind of noun and its id: `component/orders`, `deployment/orders@production`."),
            Key("field", Word(fields), "The attribute."),
            Key("environments", Texts, "Where it holds; empty for everywhere."),
            Key("value", OrNull(&Form::FactValue), "In its field's unit; null where it is absent."),
            Key("absent", Flag, "Looked for and not there."),
            Key("evidence", One("evidence"), "How we know."),
        ],
    },
    Object {
        name: "evidence",
        description: "How we know.",
        keys: &[
            Key("source", Word(bases), "Which kind of source says so."),
            Key("path", TEXT_OR_NULL, "The file; null for a named assumption."),
            Key("line", Whole, "The line, from 1; 0 for the whole file."),
            Key("column", Whole, "The column, from 1; 0 for the whole line."),
            Key("note", Text, "What was seen there."),
            Key("via", OrLeftOut(&Many("place")), "The places through which the value came, outermost last."),
        ],
    },
    Object {
        name: "place",
        description: "A place in a file.",
        keys: &[
            Key("path", Text, "The file."),
            Key("line", Whole, "The line, from 1; 0 for the whole file."),
            Key("column", Whole, "The column, from 1; 0 for the whole line."),
        ],
    },
    Object {
        name: "not_read",
        description: "A file that was not read.",
        keys: &[Key("kind", Text, "The kind of file."), Key("path", Text, "Its path."), Key("reason", Text, "Why.")],
    },
    Object {
        name: "problem",
        description: "Something that could not be used.",
        keys: &[Key("place", One("place"), "Where."), Key("message", Text, "What, why and what to do.")],
    },
];

impl Object {
    fn schema(&self) -> Value {
        let described = |Key(name, form, description): &Key| {
            let mut schema = form.schema();
            schema.insert(String::from("description"), json!(description));
            ((*name).to_owned(), Value::Object(schema))
        };
        let always =
            self.keys.iter().filter(|Key(_, form, _)| !matches!(form, OrLeftOut(_))).map(|Key(name, ..)| *name);
        json!({
            "description": self.description,
            "type": "object",
            "required": always.collect::<Vec<_>>(),
            "properties": self.keys.iter().map(described).collect::<Map<_, _>>(),
        })
    }
}

impl Form {
    fn schema(self) -> Map<String, Value> {
        let schema = match self {
            Self::Format => json!({ "const": FORMAT }),
            Self::Text => json!({ "type": "string" }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Whole => json!({ "type": "integer", "minimum": 0 }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Word(words) => json!({ "enum": words() }),
            Self::Port => json!({ "type": ["integer", "string"] }),
            Self::FactValue => json!({ "anyOf": [
                { "type": ["boolean", "integer", "string"] },
                { "$ref": reference("probe") },
                { "type": "array", "items": { "type": ["boolean", "integer", "string"] } },
            ] }),
            Self::One(name) => json!({ "$ref": reference(name) }),
            Self::Many(name) => json!({ "type": "array", "items": { "$ref": reference(name) } }),
            Self::OrNull(form) => json!({ "anyOf": [form.schema(), { "type": "null" }] }),
            Self::OrLeftOut(form) => return form.schema(),
        };
        match schema {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }
}

fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}

fn component_kinds() -> Vec<&'static str> {
    ComponentKind::ALL.iter().map(|kind| kind.word()).collect()
}

fn supports() -> Vec<&'static str> {
    Support::ALL.iter().map(|support| support.word()).collect()
}

fn protocols() -> Vec<&'static str> {
    Protocol::ALL.iter().map(|protocol| protocol.word()).collect()
}

fn interface_kinds() -> Vec<&'static str> {
    InterfaceKind::ALL.iter().map(|kind| kind.word()).collect()
}

fn loose_kinds() -> Vec<&'static str> {
    LooseKind::ALL.iter().map(|kind| kind.word()).collect()
}

fn probe_kinds() -> Vec<&'static str> {
    [ProbeKind::Http, ProbeKind::Grpc, ProbeKind::Tcp, ProbeKind::Exec].map(ProbeKind::word).to_vec()
}

fn bases() -> Vec<&'static str> {
    [Basis::Declared, Basis::Observed, Basis::Rehearsed, Basis::Supposed].map(Basis::word).to_vec()
}

/// The JSON names of all fields, each once: several nouns may have a field of one name.
fn fields() -> Vec<&'static str> {
    Field::ALL.iter().map(|field| field.json_name()).collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::json::ModelJson;
    use crate::noun::*;
    use crate::place::FileName;
    use crate::{At, Content, Evidence, EvidenceId, Fact, FileId, Files, ModelBuilder, Probe, Scope, Subject};

    /// A model with a row in every table and something at every key.
    fn small() -> crate::Model {
        let mut builder = ModelBuilder::default();
        let at = At::new(FileId(0), 3, 7);
        let evidence =
            builder.evidence(Evidence { basis: Basis::Declared, at: Some(at), via: vec![at], note: text("seen") });
        let assumed =
            builder.evidence(Evidence { basis: Basis::Supposed, at: None, via: vec![], note: text("assumed") });
        let (web, watch, here) = (ComponentId(0), ComponentId(1), EnvironmentId(0));
        let alias = || Alias { name: text("w"), evidence };
        let component = |id: &str, support| Component {
            id: text(id),
            kind: ComponentKind::Service,
            technology: Some(text("Spring")),
            language: None,
            owner: None,
            support,
            aliases: vec![alias()],
            evidence: vec![evidence],
        };
        let call = |to| Call {
            from: web,
            to,
            protocol: Protocol::Http,
            from_operation: None,
            to_operation: None,
            environments: vec![here],
            evidence: vec![evidence],
        };
        let interface = |component| Interface {
            component,
            kind: InterfaceKind::Openapi,
            name: text("web"),
            version: None,
            evidence: vec![evidence],
        };
        let named = || vec![Named { id: text("buy"), evidence: vec![evidence] }];
        let model = &mut builder.model;
        model.files = Files::new(vec![String::new()], vec![FileName { source: 0, path: text("web.yaml") }]);
        model.environments = vec![Environment {
            id: text("here"),
            variant: text("."),
            parents: vec![],
            default_because: Some(text("only")),
        }];
        model.default_environment = Some(here);
        model.components = vec![component("web", None), component("watch", Some(Support::Monitoring))];
        model.calls = vec![call(web), call(watch)];
        model.topics = vec![Topic {
            id: text("sold"),
            aliases: vec![alias()],
            broker: Some(web),
            producers: vec![web],
            consumers: vec![],
            users: vec![],
            evidence: vec![evidence],
        }];
        model.interfaces = vec![interface(Some(web)), interface(None)];
        model.operations = vec![Operation {
            interface: InterfaceId(0),
            name: text("list"),
            method: Some(text("GET")),
            path: None,
            evidence,
        }];
        model.deployments = vec![Deployment { component: web, environment: here, evidence: vec![evidence] }];
        (model.journeys, model.promises, model.teams) = (named(), named(), named());
        model.loose = vec![Loose {
            kind: LooseKind::Ambiguous,
            component: Some(web),
            name: text("db"),
            message: text("one of two"),
            candidates: vec![text("a")],
            evidence: vec![evidence],
        }];
        model.not_read = vec![NotRead { kind: text("SQL"), path: text("a.sql"), reason: text("not read") }];
        model.problems = vec![Problem { at, message: text("odd") }];
        let (whole, probe) = (crate::Value::Count(3), Probe { port: Some(text("8080")), ..Probe::default() });
        let runs = Subject::Deployment(DeploymentId(0));
        let metrics = crate::Value::List(vec![crate::Value::Text(text("cpu"))]);
        let rows: [(Subject, Field, Content, EvidenceId); 5] = [
            (runs, Field::Liveness, Content::Stated(crate::Value::Probe(probe)), evidence),
            (runs, Field::Readiness, Content::Absent, evidence),
            (runs, Field::ScalerMax, Content::Stated(whole.clone()), evidence),
            (runs, Field::ScalerMetrics, Content::Stated(metrics), evidence),
            (Subject::Component(web), Field::Tier, Content::Stated(whole), assumed),
        ];
        for (subject, field, content, evidence) in rows {
            builder.fact(Fact { subject, field, scope: Scope::All, content, evidence });
        }
        builder.model.behaviour = crate::behaviour::tests::small(evidence, web, here);
        builder.seal()
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    /// What a value has against a schema. `seen` gathers every key of every object that was met.
    struct Checker {
        schema: Value,
        seen: BTreeSet<(String, String)>,
        faults: Vec<String>,
    }

    impl Checker {
        fn check(&mut self, schema: &Value, value: &Value, at: &str) {
            if let Some(name) = schema["$ref"].as_str() {
                let name = name.strip_prefix("#/$defs/").unwrap().to_owned();
                let object = self.schema["$defs"][&name].clone();
                assert!(object.is_object(), "{at}: there is no `{name}`");
                self.object(&name, &object, value, at);
            }
            if let Some(choices) = schema["anyOf"].as_array() {
                let fits = choices.iter().any(|choice| {
                    let (faults, seen) = (self.faults.len(), self.seen.clone());
                    self.check(choice, value, at);
                    let fits = self.faults.len() == faults;
                    if !fits {
                        (self.seen, _) = (seen, self.faults.truncate(faults));
                    }
                    fits
                });
                self.hold(fits, at, "fits none of the choices");
            }
            self.hold(schema.get("const").is_none_or(|only| only == value), at, "is not the constant");
            let words = schema["enum"].as_array();
            self.hold(words.is_none_or(|words| words.contains(value)), at, "is none of the words");
            let types = match &schema["type"] {
                Value::Null => return,
                Value::Array(types) => types.clone(),
                one => vec![one.clone()],
            };
            self.hold(types.iter().any(|name| name == type_of(value)), at, "has another type");
            if schema["properties"].is_object() && value.is_object() {
                self.object("", schema, value, at);
            }
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                self.check(&schema["items"], item, &format!("{at}[{index}]"));
            }
        }

        fn object(&mut self, name: &str, schema: &Value, value: &Value, at: &str) {
            self.hold(value.is_object(), at, "is no object");
            for key in schema["required"].as_array().unwrap() {
                self.hold(value.get(key.as_str().unwrap()).is_some(), at, &format!("lacks {key}"));
            }
            for (key, inner) in value.as_object().into_iter().flatten() {
                let place = format!("{at}.{key}");
                match schema["properties"].get(key) {
                    Some(schema) => self.check(schema, inner, &place),
                    None => self.faults.push(format!("{place} is not in the schema")),
                }
                self.seen.insert((name.to_owned(), key.clone()));
            }
        }

        fn hold(&mut self, holds: bool, at: &str, message: &str) {
            if !holds {
                self.faults.push(format!("{at} {message}"));
            }
        }
    }

    fn type_of(value: &Value) -> &'static str {
        match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    fn check(value: &Value) -> Checker {
        let schema: Value = serde_json::from_str(&json_schema()).unwrap();
        let mut checker = Checker { schema: schema.clone(), seen: BTreeSet::new(), faults: Vec::new() };
        checker.check(&schema, value, "model");
        checker
    }

    #[test]
    fn a_model_fits_the_schema_and_has_every_key_of_it() {
        let checker = check(&serde_json::to_value(ModelJson::of(&small())).unwrap());
        assert_eq!(checker.faults, Vec::<String>::new());
        for object in OBJECTS {
            for Key(key, ..) in object.keys {
                assert!(
                    checker.seen.contains(&(text(object.name), text(key))),
                    "`{key}` of `{}` never occurs",
                    object.name
                );
            }
        }
    }

    #[test]
    fn every_object_has_a_name_of_its_own() {
        let mut behaviour = Shapes::new();
        Behaviour::shape(&mut behaviour);
        let taken: Vec<&str> = OBJECTS.iter().map(|o| o.name).filter(|name| behaviour.contains_key(*name)).collect();
        assert_eq!(taken, Vec::<&str>::new());
        assert!(behaviour.values().all(|schema| schema["description"].is_string()));
    }

    #[test]
    fn what_does_not_fit_is_found() {
        let mut value = serde_json::to_value(ModelJson::of(&small())).unwrap();
        value["format"] = json!("plimsoll-model/0");
        value["components"][0]["kind"] = json!("thing");
        value["deployments"][0]["replicas"] = json!("three");
        value["calls"][0].as_object_mut().unwrap().remove("to");
        value["topics"][0]["colour"] = json!("blue");
        value["behaviour"]["pools"][0]["says"]["everywhere"]["size"]["value"] = json!("five");
        let faults = [
            "model.format is not the constant",
            "model.components[0].kind is none of the words",
            "model.calls[0] lacks \"to\"",
            "model.topics[0].colour is not in the schema",
            "model.deployments[0].replicas fits none of the choices",
            "model.behaviour.pools[0].says.everywhere.size.value has another type",
        ];
        assert_eq!(check(&value).faults, faults);
    }

    #[test]
    fn a_part_may_be_left_out_only_where_the_schema_says_so() {
        let checker = check(&serde_json::to_value(ModelJson::of(&ModelBuilder::default().seal())).unwrap());
        assert_eq!(checker.faults, Vec::<String>::new());
    }
}
