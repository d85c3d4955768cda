//! One walk over a tree: every call, annotation, base class and binding is compared with the tables, every text is put
//! together once, at the widest expression that is one.
//!
//! The walk keeps its own stack, so that depth costs memory and never the thread's stack.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use crate::language::Language;
use crate::library::{Arg, Does, Form, Hit, Tables, Unit, Wait, split};
use crate::seen::{Guard, Said, Seen, Timeout, What};
use crate::shape::{Shape, children, field_of, shape};
use crate::text::{Texts, UNKNOWN, receiver, unquoted};

/// What surrounds a node.
#[derive(Clone, Copy, Default)]
struct Around<'t> {
    /// What the nearest binding binds.
    bound: Option<&'t str>,
    /// What the nearest call calls.
    called: Option<&'t str>,
    /// Whether a text that holds this one was looked at.
    inside: bool,
    /// Whether people read what is written here.
    silent: bool,
    /// The class.
    class: Option<Node<'t>>,
}

/// Gathers what one tree shows.
pub(crate) struct Gatherer<'t> {
    language: Language,
    source: &'t str,
    tables: &'static Tables,
    active: Vec<bool>,
    texts: Texts<'t>,
    taken: BTreeSet<usize>,
    lines: Vec<usize>,
    said: Said,
}

impl<'t> Gatherer<'t> {
    pub(crate) fn new(language: Language, source: &'t str, tables: &'static Tables, active: Vec<bool>) -> Self {
        let lines = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let texts = Texts::new(language, source);
        Self { language, source, tables, active, texts, taken: BTreeSet::new(), lines, said: Said::default() }
    }

    pub(crate) fn constants(mut self, root: Node<'t>) -> Vec<(String, String)> {
        self.bindings(root);
        self.texts.constants()
    }

    pub(crate) fn gather(mut self, root: Node<'t>) -> Said {
        self.bindings(root);
        let mut stack = vec![(root, Around::default())];
        while let Some((node, around)) = stack.pop() {
            let below = self.visit(node, around);
            stack.extend(below.into_iter().rev());
        }
        let mut said = self.said;
        said.constants = self.texts.constants();
        said.seen.dedup();
        said
    }

    fn bindings(&mut self, root: Node<'t>) {
        let mut stack = vec![root];
        let mut functions: BTreeMap<&str, Node<'t>> = BTreeMap::new();
        let mut inside: Vec<(usize, &'t str)> = Vec::new();
        let mut calls: Vec<(&str, Node<'t>)> = Vec::new();
        while let Some(node) = stack.pop() {
            if let (Some(name), Some(parameters)) =
                (field_of(self.language, node, "name"), field_of(self.language, node, "parameters"))
            {
                functions.insert(self.texts.spelled(name), parameters);
                if parameters.named_child_count() == 0 {
                    inside.push((node.end_byte(), self.texts.spelled(name)));
                }
            }
            inside.retain(|(end, _)| node.start_byte() < *end);
            if node.kind().starts_with("return_")
                && let Some((_, name)) = inside.last()
                && let Some(value) = returned(node)
            {
                self.texts.gives_back(name, value);
            }
            match shape(self.language, node) {
                Shape::Bind { name, value } => self.texts.bind(name, value),
                Shape::Call { args: Some(args), .. } => {
                    self.bound_by_call(node, args);
                    calls.push((split(self.texts.callee(node, Some(args))).1, args));
                }
                Shape::Note { args: Some(args), .. } => self.bound_by_annotation(node, args),
                _ => {}
            }
            let mut cursor = node.walk();
            let below: Vec<_> = node.named_children(&mut cursor).collect();
            stack.extend(below.into_iter().rev());
        }
        for (called, args) in calls {
            let Some(parameters) = functions.get(called) else { continue };
            for (parameter, arg) in children(*parameters).into_iter().zip(children(args)) {
                if let Some(name) = parameter_name(parameter) {
                    self.texts.bind(name, arg);
                }
            }
        }
        self.texts.sort();
    }

    /// `mustMapEnv(&svc.address, "ADDRESS")`, `define("NAME", "x")`.
    fn bound_by_call(&mut self, node: Node<'t>, args: Node<'t>) {
        let (_, last) = split(self.texts.callee(node, Some(args)));
        if !(last.to_ascii_lowercase().contains("env") || last == "define" || last.ends_with("Var")) {
            return;
        }
        if let [first, second, ..] = children(args)[..]
            && (self.texts.spelled(first).starts_with('&') || last == "define")
        {
            // The call itself reads: its text is the variable's.
            let value = if last == "define" || last.ends_with("Var") { second } else { node };
            self.texts.bind(first, value);
        }
    }

    /// `@Value("${orders.url}") String ordersUrl;`
    fn bound_by_annotation(&mut self, node: Node<'t>, args: Node<'t>) {
        let spelled = self.texts.spelled(node);
        if !spelled.contains("Value") && !spelled.contains("ConfigProperty") {
            return;
        }
        let Some(held) = node.parent().and_then(|modifiers| modifiers.parent()) else { return };
        let declared = held.child_by_field_name("declarator").unwrap_or(held);
        let name = declared.child_by_field_name("name");
        let name = name.or_else(|| children(held).into_iter().find(|child| child.kind().contains("identifier")));
        if let (Some(name), Some(value)) = (name, children(args).first()) {
            self.texts.bind(name, *value);
        }
    }

    fn visit(&mut self, node: Node<'t>, around: Around<'t>) -> Vec<(Node<'t>, Around<'t>)> {
        match shape(self.language, node) {
            Shape::Quiet => Vec::new(),
            Shape::Wrap(_) => below(node, around),
            Shape::Bind { name, value } => {
                let word = split(unquoted(self.texts.spelled(name))).1;
                for hit in self.tables.hits(Form::Bind, word, &self.active) {
                    self.see(node, &hit, &[(None, value)], Some(value), around);
                }
                let inner = Around { bound: Some(word).filter(|word| !word.is_empty()).or(around.bound), ..around };
                let mut out = below(node, around);
                let holds =
                    |child: &Node<'_>| child.start_byte() <= value.start_byte() && value.end_byte() <= child.end_byte();
                out.iter_mut().filter(|(child, _)| holds(child)).for_each(|each| each.1 = inner);
                out.retain(|(child, _)| child.id() != name.id());
                out
            }
            Shape::Class { supers, .. } => {
                let spelled = supers.map(|supers| self.texts.spelled(supers)).unwrap_or_default();
                let paths: Vec<&str> = spelled.split(|c: char| !(c.is_alphanumeric() || "_.:".contains(c))).collect();
                for path in paths.into_iter().filter(|path| !path.is_empty()).take(20) {
                    for hit in self.tables.hits(Form::Base, path.trim_matches([':', '.']), &self.active) {
                        self.see(node, &hit, &[], None, around);
                    }
                }
                below(node, Around { class: Some(node), bound: None, called: None, ..around })
            }
            Shape::Note { name, args } => {
                let path = self.texts.spelled(name);
                let given = args.map(|args| self.given(args)).unwrap_or_default();
                for hit in self.tables.hits(Form::Note, path, &self.active) {
                    self.see(node, &hit, &given, None, around);
                }
                let inner = Around { called: Some(split(path).1), bound: None, ..around };
                args.map(|args| below(args, inner)).unwrap_or_default()
            }
            Shape::Call { args, more } => self.call(node, args, more, around),
            Shape::Text | Shape::Join { .. } | Shape::Choice { .. } | Shape::Index { .. } => {
                self.text(node, around);
                below(node, Around { inside: true, ..around })
            }
            Shape::Name => {
                if self.texts.spelled(node).starts_with("process.env") {
                    self.text(node, around);
                }
                below(node, around)
            }
            Shape::Other => {
                let kind = node.kind();
                let scope = ["block", "body", "lambda", "function", "method"].iter().any(|word| kind.contains(word));
                // Addresses of pages and pictures are for browsers.
                if kind == "jsx_attribute" {
                    let name = node.named_child(0).map(|name| self.texts.spelled(name)).unwrap_or_default();
                    if matches!(name, "href" | "src" | "to" | "xmlns" | "alt" | "className" | "title") {
                        return Vec::new();
                    }
                }
                let around = if scope { Around { bound: None, called: None, inside: false, ..around } } else { around };
                below(node, around)
            }
        }
    }

    fn call(
        &mut self,
        node: Node<'t>,
        args: Option<Node<'t>>,
        more: Option<Node<'t>>,
        around: Around<'t>,
    ) -> Vec<(Node<'t>, Around<'t>)> {
        let callee = self.texts.callee(node, args.or(more));
        let (before, last) = split(callee);
        let mut given = args.map(|args| self.given(args)).unwrap_or_default();
        given.extend(more.map(|more| self.given(more)).unwrap_or_default());
        let mut silent = around.silent || is_log(before, last);
        if !silent {
            let made = node.kind().starts_with("new_") || node.kind() == "object_creation_expression";
            let made = made || (self.language == Language::Kotlin && last.starts_with(char::is_uppercase));
            let form = if made { Form::Make } else { Form::Call };
            for hit in self.tables.hits(form, callee, &self.active) {
                if matches!(hit.does, Does::Silent) {
                    silent = true;
                } else {
                    self.see(node, &hit, &given, None, around);
                }
            }
        }
        let is_text = !silent && self.text(node, around);
        let inner = Around { called: Some(last).filter(|last| !last.is_empty()), silent, ..around };
        let mut out = below(node, Around { inside: false, bound: None, ..inner });
        for (child, each) in &mut out {
            // What it is called upon stands before it, and is none of its arguments.
            let argument =
                args.is_some_and(|args| args.id() == child.id()) || more.is_some_and(|more| more.id() == child.id());
            *each = if argument {
                Around { inside: is_text, bound: around.bound, ..inner }
            } else {
                Around { inside: is_text, silent: around.silent, ..around }
            };
        }
        out
    }

    /// Arguments with their names; those of an object that is given count by name.
    fn given(&self, args: Node<'t>) -> Vec<(Option<&'t str>, Node<'t>)> {
        let mut out = Vec::new();
        for arg in children(args) {
            self.add_given(arg, 0, &mut out);
        }
        out
    }

    fn add_given(&self, arg: Node<'t>, depth: usize, out: &mut Vec<(Option<&'t str>, Node<'t>)>) {
        const GIVEN_MAX: usize = 60;
        if out.len() >= GIVEN_MAX {
            return;
        }
        // `name: value` of C# and Kotlin.
        if matches!(arg.kind(), "argument" | "value_argument" | "attribute_argument")
            && arg.named_child_count() == 2
            && let (Some(name), Some(value)) = (arg.named_child(0), arg.named_child(1))
        {
            return out.push((Some(self.texts.spelled(name)), value));
        }
        match shape(self.language, arg) {
            Shape::Bind { name, value } => {
                out.push((Some(split(unquoted(self.texts.spelled(name)).trim_end_matches(':')).1), value))
            }
            Shape::Wrap(inner) if depth < 3 => self.add_given(inner, depth + 1, out),
            _ => {
                out.push((None, arg));
                if is_object(arg.kind()) {
                    for inner in children(arg) {
                        if let Shape::Bind { name, value } = shape(self.language, inner) {
                            out.push((Some(split(unquoted(self.texts.spelled(name)).trim_end_matches(':')).1), value));
                        }
                    }
                }
            }
        }
    }

    fn argument(&self, given: &[(Option<&'t str>, Node<'t>)], own: Option<Node<'t>>, arg: Arg) -> Option<Node<'t>> {
        let named = |wanted: &str| {
            given.iter().find(|(name, _)| name.is_some_and(|name| name == wanted)).map(|(_, node)| *node)
        };
        let at = |index: usize| given.iter().filter(|(name, _)| name.is_none()).nth(index).map(|(_, node)| *node);
        match arg {
            Arg::At(index) => at(index),
            Arg::Named(name) => named(name),
            Arg::Either(name, index) => named(name).or_else(|| at(index)),
            Arg::Within(outer, inner) => named(outer).and_then(|object| {
                let mut below = Vec::new();
                self.add_given(object, 0, &mut below);
                below.into_iter().find(|(name, _)| *name == Some(inner)).map(|(_, node)| node)
            }),
            Arg::Own => own,
            Arg::None => None,
        }
    }

    fn see(
        &mut self,
        node: Node<'t>,
        hit: &Hit<'t>,
        given: &[(Option<&'t str>, Node<'t>)],
        own: Option<Node<'t>>,
        around: Around<'t>,
    ) {
        let own = own.or_else(|| receiver(node));
        let of = |this: &Self, arg: Arg| this.argument(given, own, arg);
        match hit.does {
            Does::Calls(arg, protocol, wait) => {
                let Some(at) = of(self, arg) else { return };
                let Some(value) = self.texts.of(at) else { return };
                let timeout = self.timeout(given, wait);
                let keys = [around.bound, Some(hit.word)].into_iter().flatten().map(str::to_owned).collect();
                self.taken.insert(at.id());
                let protocol = Some(protocol).filter(|protocol| !protocol.is_empty());
                self.push(at, Some(hit.library), What::Names { keys, value, protocol, timeout });
            }
            Does::Client => self.push(node, Some(hit.library), What::Client(split(hit.star).1.to_owned())),
            Does::ClientOfType => {
                let callee = self.source.get(node.byte_range()).unwrap_or_default();
                let inside =
                    callee.split_once('<').and_then(|(_, rest)| Some(rest.split_once('>')?.0)).unwrap_or_default();
                let service = split(inside.rsplit(',').next().unwrap_or(inside).trim()).1;
                let service = service.strip_suffix("Client").unwrap_or(service);
                if !service.is_empty() {
                    self.push(node, Some(hit.library), What::Client(service.to_owned()));
                }
            }
            Does::Server => self.push(node, Some(hit.library), What::Server(split(hit.star).1.to_owned())),
            Does::ServerOf(arg) => {
                let Some(at) = of(self, arg) else { return };
                let path = self.texts.spelled(at);
                let path = path.trim_end_matches(".service").trim_end_matches(".definition");
                let service = split(path).1.trim_end_matches("Service_").trim_end_matches("Definition");
                if !service.is_empty() {
                    self.push(node, Some(hit.library), What::Server(service.to_owned()));
                }
            }
            Does::Route(arg) => self.route(node, hit, given, arg, around),
            Does::Prefix(_) => {}
            Does::Sends(arg, protocol) | Does::Takes(arg, protocol) => {
                let Some(at) = of(self, arg) else { return };
                let Some(value) = self.texts.of(at) else { return };
                for topic in value.split(',').filter(|topic| is_topic(topic)) {
                    let topic = topic.to_owned();
                    let what = match hit.does {
                        Does::Sends(..) => What::Sends { topic, protocol },
                        _ => What::Takes { topic, protocol },
                    };
                    self.push(at, Some(hit.library), what);
                }
                self.taken.insert(at.id());
            }
            Does::Guards(guard, arg) => {
                let at = of(self, arg);
                if !matches!(arg, Arg::None) && at.is_none() {
                    return;
                }
                let value = at.map(|at| self.shown(at));
                self.push(node, Some(hit.library), What::Guards { guard, value });
            }
            Does::Silent => {}
        }
    }

    /// A value as people would read it: its text, or how it is spelled where that is short.
    fn shown(&self, node: Node<'t>) -> String {
        const SHOWN_BYTES: usize = 60;
        let text = self.texts.of(node).filter(|text| !text.contains(UNKNOWN) && !text.contains("${="));
        let text = text.unwrap_or_else(|| self.texts.spelled(node).to_owned());
        match text.len() > SHOWN_BYTES || text.contains('\n') {
            true => String::from("…"),
            false => text,
        }
    }

    fn timeout(&self, given: &[(Option<&'t str>, Node<'t>)], wait: Wait) -> Timeout {
        let (arg, unit, missing) = match wait {
            Wait::Elsewhere => return Timeout::Unknown,
            Wait::Here(arg, unit) => (arg, unit, Timeout::Absent),
            Wait::Maybe(arg, unit) => (arg, unit, Timeout::Unknown),
        };
        match self.argument(given, None, arg) {
            // `requests.get(url, **options)` may say it there.
            None if given.iter().any(|(_, node)| node.kind().contains("splat") || node.kind().contains("spread")) => {
                Timeout::Unknown
            }
            None => missing,
            Some(at) if matches!(self.texts.spelled(at), "None" | "null" | "undefined") => missing,
            Some(at) => nanos(self.texts.spelled(at), unit).map_or(Timeout::Unknown, Timeout::Nanos),
        }
    }

    fn route(
        &mut self,
        node: Node<'t>,
        hit: &Hit<'t>,
        given: &[(Option<&'t str>, Node<'t>)],
        arg: Arg,
        around: Around<'t>,
    ) {
        let is_note = matches!(shape(self.language, node), Shape::Note { .. }) || is_decorator(node);
        // What stands on the class itself is the prefix of its routes.
        if is_note && holder(node).is_some_and(|held| matches!(shape(self.language, held), Shape::Class { .. })) {
            return;
        }
        let at = self.argument(given, None, arg);
        let value = at.and_then(|at| self.texts.of(at));
        let Some(value) = value.or_else(|| is_note.then(String::new)) else { return };
        // A method on a path needs somebody who answers: `cache.get("/x")` has none.
        let answers = is_note
            || given.len() > 1
            || node
                .parent()
                .is_some_and(|parent| parent.kind().contains("member") || parent.kind().contains("selector"))
            || self.has_block(node)
            || matches!(self.language, Language::Python | Language::Kotlin);
        if !answers
            || value.contains("://")
            || value.contains(char::is_whitespace) && !value.starts_with(|c: char| c.is_ascii_uppercase())
        {
            return;
        }
        let (own_method, path) = match value.split_once(' ') {
            Some((method, path)) if method.bytes().all(|b| b.is_ascii_uppercase()) => {
                (Some(method.to_owned()), path.to_owned())
            }
            _ => (None, value),
        };
        let rooted = path.starts_with('/')
            || is_note
            || matches!(self.language, Language::CSharp | Language::Php | Language::Ruby);
        if !rooted || path.len() > 200 || path.contains(UNKNOWN) && !path.starts_with('/') {
            return;
        }
        let prefix = self.prefix(hit, is_note, around);
        let path = rooted_path(&prefix, &path);
        let methods = match own_method {
            Some(method) => vec![method],
            None => self.methods(node, hit, given),
        };
        for method in methods {
            self.push(node, Some(hit.library), What::Route { method, path: path.clone() });
        }
        if is_health(&path) {
            self.push(node, Some(hit.library), What::Guards { guard: Guard::Health, value: Some(path) });
        }
        if let Some(at) = at {
            self.taken.insert(at.id());
        }
    }

    fn has_block(&self, node: Node<'t>) -> bool {
        node.child_by_field_name("block").is_some()
    }

    /// The methods of a route.
    fn methods(&self, node: Node<'t>, hit: &Hit<'t>, given: &[(Option<&'t str>, Node<'t>)]) -> Vec<String> {
        const VERBS: [&str; 7] = ["get", "post", "put", "delete", "patch", "head", "options"];
        let within = |text: &str, open: &str| -> Vec<String> {
            let lower = text.to_ascii_lowercase();
            let found = VERBS.iter().filter(|verb| match open {
                "" => lower.contains(*verb),
                open => lower
                    .match_indices(&format!("{verb}{open}"))
                    .any(|(at, _)| !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')),
            });
            found.map(|verb| verb.to_ascii_uppercase()).collect()
        };
        let word = hit.word.to_ascii_lowercase();
        let stripped = word.trim_start_matches("map").trim_start_matches("http").trim_end_matches("mapping");
        if VERBS.contains(&stripped) {
            return vec![stripped.to_ascii_uppercase()];
        }
        for name in ["method", "methods", "Methods"] {
            if let Some(at) = given.iter().find(|(each, _)| *each == Some(name)).map(|(_, at)| *at) {
                return within(self.texts.spelled(at), "");
            }
        }
        // `.HandleFunc("/x", h).Methods("GET")`, `.route("/x", get(h).post(h))`, `.route("/x", web::get().to(h))`.
        if let Some(outer) = node.parent().and_then(|parent| parent.parent())
            && self.texts.callee(outer, outer.child_by_field_name("arguments")).ends_with(".Methods")
            && let Some(args) = outer.child_by_field_name("arguments")
        {
            return within(self.texts.spelled(args), "");
        }
        // `r.Methods("GET").Path("/x")`.
        if let Some((_, rest)) = hit.star.rsplit_once(".Methods(") {
            return within(rest, "");
        }
        if word == "route" || word == "match" || word == "map_methods" {
            let second = given.iter().filter(|(name, _)| name.is_none()).nth(1).map(|(_, at)| self.texts.spelled(*at));
            let found = second.map(|text| within(text, "(")).unwrap_or_default();
            if !found.is_empty() {
                return found;
            }
            if self.language == Language::Python {
                return vec![String::from("GET")];
            }
        }
        vec![String::from("*")]
    }

    /// What routes of the class or the group begin with.
    fn prefix(&self, hit: &Hit<'t>, is_note: bool, around: Around<'t>) -> String {
        if is_note && self.language != Language::Python {
            return around.class.map(|class| self.class_prefix(class)).unwrap_or_default();
        }
        let (_, owner) = split(hit.star);
        self.group(owner, 0)
    }

    /// What a group of routes is given at its making: `v1 := r.Group("/v1")`.
    fn group(&self, owner: &str, depth: usize) -> String {
        if owner.is_empty() || depth > 4 {
            return String::new();
        }
        let Some(made) = self.texts.bound_to(owner) else { return String::new() };
        let Shape::Call { args: Some(args), .. } = shape(self.language, made) else { return String::new() };
        let callee = self.texts.callee(made, Some(args));
        let (before, last) = split(callee);
        if !matches!(
            last,
            "Group" | "Blueprint" | "APIRouter" | "MapGroup" | "PathPrefix" | "Route" | "group" | "Subrouter" | "scope"
        ) {
            return String::new();
        }
        let given = self.given(args);
        let named = ["url_prefix", "prefix"].iter().find_map(|name| self.argument(&given, None, Arg::Named(name)));
        let first =
            (!matches!(last, "Blueprint" | "APIRouter")).then(|| self.argument(&given, None, Arg::At(0))).flatten();
        let own =
            named.or(first).and_then(|at| self.texts.of(at)).filter(|text| text.starts_with('/')).unwrap_or_default();
        format!("{}{own}", self.group(split(before).1, depth + 1))
    }

    fn class_prefix(&self, class: Node<'t>) -> String {
        let name = match shape(self.language, class) {
            Shape::Class { name: Some(name), .. } => self.texts.spelled(name),
            _ => "",
        };
        let holder = class.parent().filter(|parent| parent.kind() == "export_statement");
        let mut notes: Vec<Node<'t>> = Vec::new();
        for child in children(class).into_iter().chain(holder.map(children).unwrap_or_default()) {
            if matches!(child.kind(), "modifiers" | "attribute_list" | "decorator" | "attribute_group") {
                notes.push(child);
                notes.extend(children(child));
                notes.extend(children(child).into_iter().flat_map(children));
            }
        }
        for note in notes {
            let (path, args) = match shape(self.language, note) {
                Shape::Note { name, args } => (self.texts.spelled(name), args),
                Shape::Call { args, .. } => (self.texts.callee(note, args), args),
                _ => continue,
            };
            let hits = self.tables.hits(Form::Note, path, &self.active);
            let calls = self.tables.hits(Form::Call, path, &self.active);
            for hit in hits.iter().chain(&calls) {
                let (Does::Prefix(arg) | Does::Route(arg)) = hit.does else { continue };
                let given = args.map(|args| self.given(args)).unwrap_or_default();
                if let Some(text) = self.argument(&given, None, arg).and_then(|at| self.texts.of(at)) {
                    let controller = name.strip_suffix("Controller").unwrap_or(name);
                    return text.replace("[controller]", controller);
                }
            }
        }
        String::new()
    }

    /// Keeps a text that may name somebody. Returns whether the node is a text.
    fn text(&mut self, node: Node<'t>, around: Around<'t>) -> bool {
        let Some(value) = self.texts.of(node) else { return false };
        if around.inside || around.silent || self.taken.contains(&node.id()) {
            return true;
        }
        let variable = value.strip_prefix("${").filter(|rest| !rest.starts_with(['?', '=']));
        let variable = variable.and_then(|rest| rest.split([':', '}']).next());
        let keys: Vec<String> =
            [around.bound, variable, around.called].into_iter().flatten().map(str::to_owned).collect();
        if may_name(&value, &keys) {
            self.push(node, None, What::Names { keys, value, protocol: None, timeout: Timeout::Unknown });
        }
        true
    }

    fn push(&mut self, node: Node<'t>, library: Option<&'static str>, what: What) {
        let start = node.start_position();
        let from = self.lines.get(start.row).copied().unwrap_or(0);
        let column = self.source.get(from..from + start.column).map_or(start.column, |text| text.chars().count());
        self.said.seen.push(Seen { line: start.row as u32 + 1, column: column as u32 + 1, library, what });
    }
}

/// What a `return` gives back.
fn returned(node: Node<'_>) -> Option<Node<'_>> {
    let value = children(node).into_iter().next()?;
    match value.kind() {
        "expression_list" => value.named_child(0),
        _ => Some(value),
    }
}

/// The name of a parameter of a function.
fn parameter_name(parameter: Node<'_>) -> Option<Node<'_>> {
    if parameter.kind() == "identifier" || parameter.kind() == "variable_name" {
        return Some(parameter);
    }
    let field = ["name", "pattern"].iter().find_map(|field| parameter.child_by_field_name(field));
    field.or_else(|| children(parameter).into_iter().find(|child| child.kind() == "identifier"))
}

fn below<'t>(node: Node<'t>, around: Around<'t>) -> Vec<(Node<'t>, Around<'t>)> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).map(|child| (child, around)).collect()
}

fn is_object(kind: &str) -> bool {
    matches!(
        kind,
        "object" | "dictionary" | "hash" | "array_creation_expression" | "initializer_expression" | "literal_value"
    )
}

fn is_decorator(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == "decorator")
}

/// What an annotation stands on.
fn holder(node: Node<'_>) -> Option<Node<'_>> {
    let mut held = node.parent()?;
    while matches!(held.kind(), "modifiers" | "attribute_list" | "decorator" | "attribute_group" | "annotation") {
        held = held.parent()?;
    }
    match held.kind() {
        "export_statement" => children(held).into_iter().find(|child| child.kind().contains("class")),
        _ => Some(held),
    }
}

/// A path with its prefix, with one slash at each joint.
fn rooted_path(prefix: &str, path: &str) -> String {
    let joined = format!("/{}/{}", prefix.trim_matches(['/', '~']), path.trim_start_matches('~').trim_matches('/'));
    let mut out = String::new();
    for c in joined.chars() {
        if !(c == '/' && out.ends_with('/')) {
            out.push(c);
        }
    }
    match out.len() {
        0..=1 => String::from("/"),
        _ => out.trim_end_matches('/').to_owned(),
    }
}

fn is_health(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        last.as_str(),
        "health"
            | "healthz"
            | "ready"
            | "readyz"
            | "livez"
            | "liveness"
            | "readiness"
            | "_healthz"
            | "hc"
            | "healthcheck"
            | "alive"
    )
}

/// Whether a call writes what people read.
fn is_log(before: &str, last: &str) -> bool {
    let (_, owner) = split(before);
    let owner = owner.trim_start_matches(['_', '$', '@']).to_ascii_lowercase();
    const LOGGERS: &[&str] =
        &["log", "logger", "console", "logging", "slog", "zap", "logrus", "tracing", "winston", "pino", "klog", "glog"];
    let writes = matches!(
        last,
        "println"
            | "print"
            | "printf"
            | "Println"
            | "Printf"
            | "Print"
            | "eprintln"
            | "puts"
            | "Errorf"
            | "WriteLine"
            | "panic"
            | "echo"
            | "error_log"
            | "bail"
            | "anyhow"
            | "Fatalf"
            | "Fatal"
            | "SetStatus"
            | "AddEvent"
            | "debug"
            | "warn"
    );
    LOGGERS.contains(&owner.as_str())
        || owner.ends_with("logger")
        || (writes && !matches!(owner.as_str(), "http" | "client"))
        || (last.starts_with("Log")
            && ["Information", "Error", "Warning", "Debug", "Trace", "Critical"].iter().any(|end| last.ends_with(end)))
        || matches!((owner.as_str(), last), ("errors", "New" | "Wrap" | "Wrapf"))
        || last.ends_with("Exception")
        || last.ends_with("Error") && last.starts_with(|c: char| c.is_ascii_uppercase())
}

fn is_topic(topic: &str) -> bool {
    (1..=200).contains(&topic.len())
        && !topic.contains(char::is_whitespace)
        && !topic.contains("://")
        && topic != UNKNOWN
}

/// Whether a text could name somebody. What is meant is decided by whoever knows the system.
fn may_name(value: &str, keys: &[String]) -> bool {
    if value.len() > 2000 || value.is_empty() {
        return false;
    }
    let reads = value.match_indices("${").any(|(at, _)| !value[at + 2..].starts_with('?'));
    let port = || {
        value.match_indices(':').any(|(at, _)| {
            at > 0
                && value[at + 1..].starts_with(|c: char| c.is_ascii_digit())
                && !value[..at].ends_with(char::is_whitespace)
        })
    };
    if value.contains("://") || reads {
        return true;
    }
    if value.contains(char::is_whitespace) {
        return value.contains("host=") || value.contains("Host=") || value.contains("Server=");
    }
    if port() || value.contains(";") && value.contains('=') || value.contains("tcp(") {
        return true;
    }
    const HINTS: &[&str] = &[
        "host", "addr", "url", "uri", "server", "endpoint", "broker", "target", "dsn", "upstream", "peer", "connect",
        "service",
    ];
    let says = |key: &String| {
        let lower = key.to_ascii_lowercase();
        HINTS.iter().any(|hint| lower.contains(hint))
    };
    value.len() <= 80 && keys.iter().any(says)
}

/// `5`, `5 * time.Second`, `Duration.ofMillis(500)`, `TimeSpan.FromSeconds(2)`, `5000`.
fn nanos(text: &str, unit: Unit) -> Option<u64> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[digits..];
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(rest.len());
    let number: f64 = rest[..end].trim_end_matches('.').replace('_', "").parse().ok()?;
    let typed = |word: &str| text.contains(word);
    let scale = match unit {
        Unit::Seconds if text.len() == end => 1e9,
        Unit::Millis if text.len() == end => 1e6,
        _ if typed("Milli") || typed("millis") => 1e6,
        _ if typed("Minute") || typed("minute") || typed("from_mins") => 6e10,
        _ if typed("Second") || typed("seconds") || typed("from_secs") || typed("SECONDS") => 1e9,
        _ => return None,
    };
    let nanos = number * scale;
    (nanos.is_finite() && (0.0..1e18).contains(&nanos)).then_some(nanos as u64)
}
