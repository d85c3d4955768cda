//! Texts as the program puts them together: constants followed, joins and formats carried out, what comes from the
//! environment kept as a placeholder with its default.
//!
//! Not here: control flow. A name that is bound several times means what the nearest binding before says; where one of
//! them reads the environment and the next gives a text, that text is the default.

use std::cell::Cell;
use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::language::Language;
use crate::library::split;
use crate::shape::{Shape, children, shape};

/// Names are followed this deep.
const DEPTH_MAX: usize = 20;

/// Steps for one file: names that refer to each other could multiply without end.
const STEPS_MAX: u32 = 200_000;

/// No text grows longer than this.
const BYTES_MAX: usize = 4000;

/// What is called is looked at from this far before its end.
const CALLEE_BYTES_MAX: usize = 1000;

/// Stands for what is not known.
pub(crate) const UNKNOWN: &str = "${?}";

/// How near two bindings of one name must be for the second to be the first's default.
const DEFAULT_WITHIN_LINES: usize = 12;

/// The texts of one file.
pub(crate) struct Texts<'t> {
    language: Language,
    source: &'t str,
    bound: BTreeMap<&'t str, Vec<Node<'t>>>,
    /// What functions without parameters give back.
    given_back: BTreeMap<&'t str, Vec<Node<'t>>>,
    steps: Cell<u32>,
}

impl<'t> Texts<'t> {
    pub(crate) fn new(language: Language, source: &'t str) -> Self {
        Self { language, source, bound: BTreeMap::new(), given_back: BTreeMap::new(), steps: Cell::new(STEPS_MAX) }
    }

    /// Remembers that a name is given a value.
    pub(crate) fn bind(&mut self, name: Node<'t>, value: Node<'t>) {
        let word = bound_word(self.spelled(name));
        if !word.is_empty() {
            self.bound.entry(word).or_default().push(value);
        }
    }

    /// Remembers what a function without parameters may give back.
    pub(crate) fn gives_back(&mut self, name: &'t str, value: Node<'t>) {
        let values = self.given_back.entry(name).or_default();
        // More ways out than this are a decision, not a default.
        if values.len() < 4 {
            values.push(value);
        }
    }

    /// Puts what is bound in the order of the text.
    pub(crate) fn sort(&mut self) {
        self.bound.values_mut().for_each(|values| values.sort_by_key(tree_sitter::Node::start_byte));
    }

    /// Names and what is bound to them, where that is one text.
    pub(crate) fn constants(&self) -> Vec<(String, String)> {
        let known = |(name, values): (&&'t str, &Vec<Node<'t>>)| match values[..] {
            [value] => {
                let text = self.of(value)?;
                (!text.contains(UNKNOWN) && !text.contains("${=") && !text.is_empty() && text.len() < 300)
                    .then(|| ((*name).to_owned(), text))
            }
            _ => None,
        };
        self.bound.iter().filter_map(known).collect()
    }

    /// What a name is bound to, where it is bound once.
    pub(crate) fn bound_to(&self, name: &str) -> Option<Node<'t>> {
        self.bound.get(name.trim_start_matches(['$', '@'])).and_then(|values| values.last().copied())
    }

    /// The node as it is spelled.
    pub(crate) fn spelled(&self, node: Node<'_>) -> &'t str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    /// What is called, as it is spelled.
    pub(crate) fn callee(&self, node: Node<'_>, args: Option<Node<'_>>) -> &'t str {
        let end = args.map_or(node.end_byte(), |args| args.start_byte());
        // Of a chain of thousands of calls, the end says what is called.
        let mut start = node.start_byte().max(end.saturating_sub(CALLEE_BYTES_MAX));
        while !self.source.is_char_boundary(start) {
            start += 1;
        }
        let text = self.source.get(start..end).unwrap_or_default().trim();
        text.strip_prefix("new ").unwrap_or(text).trim_start_matches('&')
    }

    /// The text that an expression stands for, as far as it is known.
    pub(crate) fn of(&self, node: Node<'t>) -> Option<String> {
        self.eval(node, 0).filter(|text| text.len() <= BYTES_MAX)
    }

    fn eval(&self, node: Node<'t>, depth: usize) -> Option<String> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        if depth > DEPTH_MAX {
            return None;
        }
        match shape(self.language, node) {
            Shape::Text => Some(self.literal(node, depth)),
            Shape::Wrap(inner) => self.eval(inner, depth + 1),
            Shape::Join { left, right } => self.joined(left, right, depth),
            Shape::Choice { yes, no } => {
                let (yes, no) = (yes.and_then(|yes| self.eval(yes, depth + 1)), self.eval(no, depth + 1));
                or(yes, no)
            }
            Shape::Index { of, key } => self.indexed(of, key, depth),
            Shape::Call { args, .. } => self.called(node, args, depth),
            Shape::Name => self.named(node, depth),
            _ if is_list(node.kind()) => self.listed(node, depth),
            _ => None,
        }
    }

    fn literal(&self, node: Node<'t>, depth: usize) -> String {
        let parts = children(node);
        if parts.is_empty() {
            return unquoted(self.spelled(node)).to_owned();
        }
        let mut out = String::new();
        for part in parts {
            match part.kind() {
                "string_start" | "string_end" | "interpolation_start" | "interpolation_quote" | "heredoc_start" => {}
                "escape_sequence" => out.push_str(match self.spelled(part) {
                    "\\n" => "\n",
                    "\\t" => "\t",
                    escaped => escaped.trim_start_matches('\\'),
                }),
                "interpolation" | "template_substitution" | "variable_name" | "interpolated_expression" => {
                    let inner = children(part).into_iter().find(|inner| inner.kind() != "interpolation_brace");
                    let text =
                        inner.filter(|_| part.kind() != "variable_name").and_then(|inner| self.eval(inner, depth + 1));
                    let text = text
                        .or_else(|| (part.kind() == "variable_name").then(|| self.named(part, depth + 1)).flatten());
                    out.push_str(text.as_deref().unwrap_or(UNKNOWN));
                }
                kind if kind.contains("content") || kind.contains("fragment") || kind == "heredoc_body" => {
                    out.push_str(self.spelled(part));
                }
                _ => out.push_str(self.eval(part, depth + 1).as_deref().unwrap_or(UNKNOWN)),
            }
        }
        out
    }

    fn joined(&self, left: Node<'t>, right: Node<'t>, depth: usize) -> Option<String> {
        let operator = self.source.get(left.end_byte()..right.start_byte()).unwrap_or_default().trim();
        match operator {
            "+" | "." | ".." => {
                let (left, right) = (self.eval(left, depth + 1), self.eval(right, depth + 1));
                if left.is_none() && right.is_none() {
                    return None;
                }
                let known = |text: Option<String>| text.unwrap_or_else(|| UNKNOWN.to_owned());
                Some(known(left) + &known(right))
            }
            "||" | "??" | "or" | "?:" => or(self.eval(left, depth + 1), self.eval(right, depth + 1)),
            "%" => {
                let values = match children(right) {
                    all if right.kind() == "tuple" => all,
                    _ => vec![right],
                };
                Some(self.formatted(&self.eval(left, depth + 1)?, &values, depth))
            }
            _ => None,
        }
    }

    /// `os.environ["X"]`, `process.env["X"]`, `Configuration["A:B"]`.
    fn indexed(&self, of: Node<'t>, key: Node<'t>, depth: usize) -> Option<String> {
        let spelled = self.spelled(of).to_ascii_lowercase();
        let reads = ["environ", "env", "_server", "configuration", "config"].iter().any(|end| spelled.ends_with(end));
        let key = self.eval(key, depth + 1)?;
        (reads && is_key(&key)).then(|| format!("${{{}}}", key.replace(':', "__")))
    }

    fn called(&self, node: Node<'t>, args: Option<Node<'t>>, depth: usize) -> Option<String> {
        let callee = self.callee(node, args);
        let (before, last) = split(callee);
        let args = args.map(children).unwrap_or_default();
        let text = |index: usize| args.get(index).and_then(|arg| self.eval(*arg, depth + 1));
        if reads_environment(before, last) {
            let found = (0..args.len().min(3)).find_map(|index| Some((index, text(index).filter(|key| is_key(key))?)));
            if let Some((index, key)) = found {
                let default = (index + 1..args.len()).find_map(text).filter(|_| !last.starts_with("must"));
                return or(Some(format!("${{{}}}", key.replace(':', "__"))), default);
            }
        }
        if last == "GetConnectionString" {
            return text(0).map(|name| format!("${{ConnectionStrings__{name}}}"));
        }
        if matches!(last, "Sprintf" | "format" | "Format" | "formatted" | "sprintf" | "interpolate") {
            let own = receiver(node).filter(|own| is_text(*own)).and_then(|own| self.eval(own, depth + 1));
            let skip = usize::from(own.is_none());
            let template = own.or_else(|| text(0))?;
            return Some(self.formatted(&template, args.get(skip..).unwrap_or_default(), depth));
        }
        if matches!(
            last,
            "unwrap_or"
                | "unwrap_or_else"
                | "orElse"
                | "or_else"
                | "getOrElse"
                | "GetValueOrDefault"
                | "unwrap_or_default"
        ) {
            let own = receiver(node).and_then(|own| self.eval(own, depth + 1));
            let default =
                args.first().and_then(|arg| self.eval(*arg, depth + 1).or_else(|| self.body(*arg, depth + 1)));
            return or(own, default);
        }
        if matches!(last, "asList" | "listOf" | "of" | "arrayOf" | "List" | "singletonList" | "vec" | "setOf")
            && !args.is_empty()
        {
            return join((0..args.len()).filter_map(text));
        }
        const SAME: &[&str] = &[
            "URI",
            "Uri",
            "URL",
            "Url",
            "create",
            "parse",
            "Parse",
            "valueOf",
            "toString",
            "to_string",
            "String",
            "str",
            "trim",
            "Trim",
            "TrimRight",
            "TrimSuffix",
            "TrimSpace",
            "strip",
            "unwrap",
            "expect",
            "into",
            "from",
            "clone",
            "Some",
            "to_owned",
            "as_str",
            "split",
            "Split",
            "freeze",
            "ofNullable",
            "fromString",
            "string",
            "text",
            "lower",
            "rstrip",
            "TrimEnd",
            "parse_url",
            "uriString",
            "fromHttpUrl",
            "fromUriString",
            "as_ref",
            "String.raw",
            "must",
            "Must",
            "encode",
        ];
        if SAME.contains(&last) {
            return receiver(node)
                .filter(|_| {
                    args.is_empty() || !matches!(last, "create" | "parse" | "Parse" | "valueOf" | "from" | "ofNullable")
                })
                .and_then(|own| self.eval(own, depth + 1))
                .filter(|own| !own.starts_with("${="))
                .or_else(|| text(0));
        }
        let values = self.given_back.get(last).filter(|_| args.is_empty() && before.is_empty())?;
        let texts = values.iter().filter_map(|value| self.eval(*value, depth + 1));
        texts.reduce(|first, second| or(Some(first.clone()), Some(second)).unwrap_or(first))
    }

    /// The last expression of a lambda.
    fn body(&self, lambda: Node<'t>, depth: usize) -> Option<String> {
        let last = children(lambda).into_iter().next_back()?;
        (depth <= DEPTH_MAX).then(|| self.eval(last, depth + 1).or_else(|| self.body(last, depth + 1))).flatten()
    }

    /// A template with its verbs replaced: `%s`, `{}`, `{0}`, `{name}`.
    fn formatted(&self, template: &str, values: &[Node<'t>], depth: usize) -> String {
        let all = values;
        let mut values = values.iter();
        let mut next =
            || values.next().and_then(|value| self.eval(*value, depth + 1)).unwrap_or_else(|| UNKNOWN.to_owned());
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['%', '{']) {
            out.push_str(&rest[..at]);
            let verb = &rest[at..];
            if let Some(after) = verb.strip_prefix('{').filter(|_| !out.ends_with('$')) {
                match after.find('}') {
                    Some(end) if end < 40 => {
                        let named = self.value_for(&after[..end], all);
                        let text = named.map(|value| self.eval(value, depth + 1).unwrap_or_else(|| UNKNOWN.to_owned()));
                        out.push_str(&text.unwrap_or_else(&mut next));
                        rest = &after[end + 1..];
                    }
                    _ => {
                        out.push('{');
                        rest = after;
                    }
                }
                continue;
            }
            let flags = verb[1..]
                .find(|c: char| c.is_ascii_alphabetic() || c == '%')
                .filter(|end| *end < 6 && verb.starts_with('%'));
            match flags {
                Some(end) if !verb[1 + end..].starts_with('%') => {
                    out.push_str(&next());
                    rest = &verb[2 + end..];
                }
                _ => {
                    out.push_str(&verb[..1]);
                    rest = &verb[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// The value that `{0}` or `{name}` stands for.
    fn value_for(&self, verb: &str, values: &[Node<'t>]) -> Option<Node<'t>> {
        if let Ok(index) = verb.parse::<usize>() {
            return values.get(index).copied();
        }
        values.iter().find_map(|value| match shape(self.language, *value) {
            Shape::Bind { name, value } if self.spelled(name) == verb => Some(value),
            _ => None,
        })
    }

    fn named(&self, node: Node<'t>, depth: usize) -> Option<String> {
        let path = self.spelled(node);
        if path.len() > 200 {
            return None;
        }
        for root in ["process.env.", "import.meta.env.", "process.env?."] {
            if let Some(key) = path.strip_prefix(root).filter(|key| is_key(key)) {
                return Some(format!("${{{key}}}"));
            }
        }
        let word = bound_word(path);
        if let Some(values) = self.bound.get(word) {
            let text = self.nearest(node, values, depth);
            if text.is_some() || !path.contains(['.', ':']) {
                return text;
            }
        }
        // `config.queueName`, `QUEUE`: another file may say.
        let far = path.contains(['.', ':']) || word.starts_with(|c: char| c.is_ascii_uppercase());
        let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (far && plain && !path.contains('(')).then(|| format!("${{={word}}}"))
    }

    fn nearest(&self, node: Node<'t>, values: &[Node<'t>], depth: usize) -> Option<String> {
        let before = values.partition_point(|value| value.end_byte() <= node.start_byte());
        let inside = |value: &Node<'_>| value.start_byte() <= node.start_byte() && node.end_byte() <= value.end_byte();
        if before == 0 {
            let after = values.iter().find(|value| !inside(value))?;
            return self.eval(*after, depth + 1);
        }
        let nearest = self.eval(values[before - 1], depth + 1);
        if before < 2 {
            return nearest;
        }
        // What is known at first and changed by what is not known: `domain = ""; … domain = "." + given`.
        if nearest.as_ref().is_none_or(|text| text.contains(UNKNOWN)) {
            let known = values[..before - 1].iter().rev().take(4).find_map(|value| self.eval(*value, depth + 1));
            return known.filter(|text| !text.contains(UNKNOWN)).or(nearest);
        }
        let lines = values[before - 1].start_position().row
            - values[before - 2].start_position().row.min(values[before - 1].start_position().row);
        let earlier = (lines <= DEFAULT_WITHIN_LINES).then(|| self.eval(values[before - 2], depth + 1)).flatten();
        match (earlier, nearest) {
            // `addr := os.Getenv("X"); if addr == "" { addr = "orders:80" }`, and the other way round.
            (Some(earlier), Some(nearest)) if is_lookup(&earlier) && !nearest.contains("${") => {
                or(Some(earlier), Some(nearest))
            }
            (Some(earlier), Some(nearest)) if is_lookup(&nearest) && !earlier.contains("${") => {
                or(Some(nearest), Some(earlier))
            }
            (earlier, nearest) => nearest.or(earlier),
        }
    }

    fn listed(&self, node: Node<'t>, depth: usize) -> Option<String> {
        let all = children(node);
        // Longer lists are data.
        (all.len() <= 20).then(|| join(all.into_iter().filter_map(|each| self.eval(each, depth + 1)))).flatten()
    }
}

/// What a name is remembered by: its last word.
fn bound_word(path: &str) -> &str {
    let path = unquoted(path.trim());
    split(path).1.trim_start_matches(['$', '@'])
}

fn is_text(node: Node<'_>) -> bool {
    node.kind().contains("string")
}

fn is_list(kind: &str) -> bool {
    matches!(
        kind,
        "array"
            | "list"
            | "array_initializer"
            | "element_value_array_initializer"
            | "collection_literal"
            | "literal_value"
            | "initializer_expression"
            | "array_creation_expression"
            | "array_expression"
            | "tuple"
            | "collection_expression"
            | "implicit_array_creation_expression"
            | "token_tree"
            | "annotation_argument_list"
            | "string_array"
    )
}

fn join(texts: impl Iterator<Item = String>) -> Option<String> {
    let all: Vec<String> = texts.collect();
    (!all.is_empty()).then(|| all.join(","))
}

/// One or the other: what is looked up takes the other as its default.
fn or(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) if is_lookup(&first) && first != second && !second.is_empty() => {
            Some(format!("{}:-{second}}}", &first[..first.len() - 1]))
        }
        (Some(first), second) if first.is_empty() || first == UNKNOWN || first.starts_with("${=") => {
            second.or(Some(first))
        }
        (first, second) => first.or(second),
    }
}

/// `${KEY}` and nothing else.
fn is_lookup(text: &str) -> bool {
    text.strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|key| is_key(key) && !key.contains(['{', '$']))
}

/// A word that could be a variable's name or a key of configuration.
fn is_key(text: &str) -> bool {
    (2..=80).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether a function reads the environment: `os.Getenv`, `mustMapEnv`, `System.getenv`, `std::env::var`, `ENV.fetch`.
fn reads_environment(before: &str, last: &str) -> bool {
    let lower = last.to_ascii_lowercase();
    let owner = split(before).1.to_ascii_lowercase();
    lower.contains("env")
        || ((owner.ends_with("env") || owner.ends_with("environ") || owner == "viper" || owner.contains("config"))
            && ["get", "fetch", "var", "lookup", "value", "dig", "read"].iter().any(|word| lower.contains(word)))
}

/// What a method is called upon.
pub(crate) fn receiver(node: Node<'_>) -> Option<Node<'_>> {
    fn own<'t>(node: Node<'t>, names: &[&str]) -> Option<Node<'t>> {
        names.iter().find_map(|name| node.child_by_field_name(name))
    }
    if let Some(object) = own(node, &["object", "receiver", "scope"]) {
        return Some(object);
    }
    let function = node.child_by_field_name("function").or_else(|| node.named_child(0))?;
    own(function, &["object", "operand", "expression", "value", "argument", "path"]).or_else(|| {
        let several = function.kind() == "navigation_expression" && function.named_child_count() > 1;
        several.then(|| function.named_child(0)).flatten()
    })
}

/// Without its quotes, and what stands before them.
pub(crate) fn unquoted(text: &str) -> &str {
    let bare = text.trim_start_matches(['@', '$', 'r', 'b', 'f', 'u', '#']);
    let inner = ['"', '\'', '`'].into_iter().find_map(|quote| {
        let rest = bare.strip_prefix(quote)?.trim_end_matches('#');
        Some(rest.strip_suffix(quote).unwrap_or(rest).trim_matches(quote))
    });
    inner.unwrap_or(text)
}
