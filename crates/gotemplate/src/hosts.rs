//! What Helm puts beside the values: `.Files` and `.Capabilities`.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::base;
use crate::functions::Call;
use crate::object::Object;
use crate::place::{Origin, Text};
use crate::value::{Data, Map, Value};
use crate::yaml::{self, Style};

/// Files beside a chart's templates, by their paths.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Rc<BTreeMap<String, File>>,
}

/// One file, read when asked for.
#[derive(Clone, Debug)]
pub struct File {
    /// What is in it.
    pub bytes: Rc<[u8]>,
    /// Where it comes from.
    pub origin: Option<Origin>,
}

impl Files {
    /// Files by their paths.
    pub fn new(files: impl IntoIterator<Item = (String, File)>) -> Self {
        Self { files: Rc::new(files.into_iter().collect()) }
    }

    fn text(&self, name: &str) -> Value {
        match self.files.get(name) {
            Some(file) => Value::from(String::from_utf8_lossy(&file.bytes).into_owned()).from_origin(file.origin),
            None => Value::from(""),
        }
    }

    /// File names without folders, and what `as_text` makes of their content, as YAML.
    fn as_yaml(&self, as_text: fn(&[u8]) -> String) -> Text {
        let entries = self.files.iter().map(|(path, file)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (Rc::<str>::from(name), Value::from(as_text(&file.bytes)).from_origin(file.origin))
        });
        let text = yaml::write(&Value::from(Map::new(entries)), Style::Level).unwrap_or_default();
        let end = text.strip_suffix('\n').map_or(text.len(), str::len);
        text.part(0, end)
    }
}

impl Object for Files {
    fn type_name(&self) -> &str {
        "engine.files"
    }

    fn kind(&self) -> &'static str {
        "map"
    }

    fn is_true(&self) -> bool {
        !self.files.is_empty()
    }

    fn field(&self, name: &str) -> Option<Value> {
        let bytes = self.files.get(name).map(|file| Value::new(Data::Bytes(Rc::clone(&file.bytes))));
        Some(bytes.unwrap_or_else(|| Value::new(Data::Bytes(Rc::from([])))))
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "Get" | "GetBytes" | "Glob" | "Lines" | "AsConfig" | "AsSecrets")
    }

    fn call(&self, name: &str, call: &mut Call<'_>) -> Result<Value, String> {
        let argument = call.text(0).to_owned();
        if matches!(name, "Get" | "GetBytes" | "Glob" | "Lines") {
            match call.arguments().first().map(|value| &value.data) {
                Some(Data::Text(_)) => {}
                Some(_) => return Err("wrong type for value; expected string".to_owned()),
                None => return Err(format!("wrong number of args for {name}: want 1 got 0")),
            }
        }
        Ok(match name {
            "Get" => self.text(&argument),
            "GetBytes" => match self.files.get(&argument) {
                Some(file) => Value::new(Data::Bytes(Rc::clone(&file.bytes))).from_origin(file.origin),
                None => Value::new(Data::Bytes(Rc::from([]))),
            },
            "Lines" => {
                let value = self.text(&argument);
                let text = value.as_str().unwrap_or_default();
                if text.is_empty() {
                    return Ok(Value::texts(Vec::<String>::new()));
                }
                Value::texts(text.strip_suffix('\n').unwrap_or(text).split('\n').map(str::to_owned))
            }
            "Glob" => {
                let found = self.files.iter().filter(|(path, _)| glob(&argument, path));
                let files = found.map(|(path, file)| (path.clone(), file.clone()));
                Value::new(Data::Object(Rc::new(Self::new(files))))
            }
            "AsConfig" => Value::from(self.as_yaml(|bytes| String::from_utf8_lossy(bytes).into_owned())),
            _ => Value::from(self.as_yaml(base::base64)),
        })
    }

    fn text(&self) -> String {
        crate::print::plain(&self.plain())
    }

    fn plain(&self) -> Value {
        let entries = self.files.iter().map(|(path, file)| {
            let bytes = Value::new(Data::Bytes(Rc::clone(&file.bytes))).from_origin(file.origin);
            (Rc::<str>::from(path.as_str()), bytes)
        });
        Value::map(entries)
    }
}

/// `github.com/gobwas/glob` with `/` as separator: `*`, `**`, `?`, `[a-z]`, `{a,b}`.
///
/// Patterns are short; alternatives and stars are tried in turn, at most [`GLOB_STEPS`] in all.
fn glob(pattern: &str, path: &str) -> bool {
    let mut steps = GLOB_STEPS;
    alternatives(pattern).iter().any(|pattern| {
        let (pattern, path): (Vec<char>, Vec<char>) = (pattern.chars().collect(), path.chars().collect());
        matches(&pattern, &path, &mut steps)
    })
}

/// A pattern that needs more matches nothing.
const GLOB_STEPS: usize = 100_000;

/// `a{b,c}` as `ab` and `ac`; at most 256 of them.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut rest = vec![pattern.to_owned()];
    while let Some(pattern) = rest.pop() {
        let Some(open) = pattern.find('{').filter(|_| done.len() + rest.len() < 256) else {
            done.push(pattern);
            continue;
        };
        let (mut depth, mut starts, mut close) = (0, vec![open + 1], None);
        for (at, c) in pattern[open..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        close = Some(open + at);
                        break;
                    }
                }
                ',' if depth == 1 => starts.push(open + at + 1),
                _ => {}
            }
        }
        let Some(close) = close else {
            done.push(pattern);
            continue;
        };
        let ends = starts.iter().skip(1).map(|start| start - 1).chain([close]);
        for (start, end) in starts.iter().zip(ends) {
            rest.push(format!("{}{}{}", &pattern[..open], &pattern[*start..end], &pattern[close + 1..]));
        }
    }
    done
}

fn matches(pattern: &[char], path: &[char], steps: &mut usize) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    match pattern {
        [] => path.is_empty(),
        ['*', '*', rest @ ..] => (0..=path.len()).any(|skip| matches(rest, &path[skip..], steps)),
        ['*', rest @ ..] => {
            let end = path.iter().position(|c| *c == '/').unwrap_or(path.len());
            (0..=end).any(|skip| matches(rest, &path[skip..], steps))
        }
        ['?', rest @ ..] => matches!(path, [c, tail @ ..] if *c != '/' && matches(rest, tail, steps)),
        ['\\', literal, rest @ ..] => matches!(path, [c, tail @ ..] if c == literal && matches(rest, tail, steps)),
        ['[', body @ ..] => {
            let Some(end) = body.iter().position(|c| *c == ']') else { return false };
            let (set, rest) = (&body[..end], &body[end + 1..]);
            matches!(path, [c, tail @ ..] if in_set(set, *c) && matches(rest, tail, steps))
        }
        [literal, rest @ ..] => matches!(path, [c, tail @ ..] if c == literal && matches(rest, tail, steps)),
    }
}

fn in_set(set: &[char], c: char) -> bool {
    let (negated, set) = match set {
        ['!' | '^', rest @ ..] => (true, rest),
        set => (false, set),
    };
    let mut rest = set;
    let mut found = false;
    while let [first, tail @ ..] = rest {
        match tail {
            ['-', last, tail @ ..] => {
                found |= (*first..=*last).contains(&c);
                rest = tail;
            }
            _ => {
                found |= *first == c;
                rest = tail;
            }
        }
    }
    found != negated
}

/// What a cluster can do, as far as a template asks.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// `v1.35.0`.
    pub kube_version: String,
    /// `apps/v1`, and `apps/v1/Deployment` where somebody asks for kinds.
    pub api_versions: Rc<Vec<String>>,
    /// `v4.1.4`.
    pub helm_version: String,
}

impl Capabilities {
    fn kube(&self) -> Value {
        Value::new(Data::Object(Rc::new(KubeVersion { version: self.kube_version.clone() })))
    }

    fn helm(&self) -> Value {
        let fields = [
            ("Version", self.helm_version.as_str()),
            ("GitCommit", ""),
            ("GitTreeState", "clean"),
            ("GoVersion", "go1.25"),
        ];
        let fields = fields.map(|(name, text)| (name, Value::from(text)));
        Value::new(Data::Object(Rc::new(Struct { name: "version.BuildInfo", fields: Map::new(fields) })))
    }

    fn apis(&self) -> Value {
        Value::new(Data::Object(Rc::new(VersionSet { versions: Rc::clone(&self.api_versions) })))
    }
}

impl Object for Capabilities {
    fn type_name(&self) -> &str {
        "*common.Capabilities"
    }

    fn kind(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "KubeVersion" => Some(self.kube()),
            "APIVersions" => Some(self.apis()),
            "HelmVersion" => Some(self.helm()),
            _ => None,
        }
    }

    fn text(&self) -> String {
        format!("&{{{} {} {}}}", self.kube_version, crate::print::plain(&self.apis()), self.helm_version)
    }

    fn plain(&self) -> Value {
        Value::map([("KubeVersion", self.kube()), ("APIVersions", self.apis()), ("HelmVersion", self.helm())])
    }
}

/// The cluster's version; prints as it is spelled.
#[derive(Clone, Debug)]
struct KubeVersion {
    version: String,
}

impl KubeVersion {
    fn part(&self, index: usize) -> String {
        let core = self.version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        core.split('.').nth(index).unwrap_or("0").to_owned()
    }

    /// Without what a provider adds: `v1.33.4` of `v1.33.4-gke.1245000`.
    fn normal(&self) -> String {
        format!("v{}.{}.{}", self.part(0), self.part(1), self.part(2))
    }
}

impl Object for KubeVersion {
    fn type_name(&self) -> &str {
        "common.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(Value::from(self.version.as_str())),
            "Major" => Some(Value::from(self.part(0))),
            "Minor" => Some(Value::from(self.part(1))),
            _ => None,
        }
    }

    fn has_method(&self, name: &str) -> bool {
        matches!(name, "String" | "GitVersion")
    }

    fn call(&self, name: &str, _: &mut Call<'_>) -> Result<Value, String> {
        Ok(Value::from(if name == "GitVersion" { self.version.clone() } else { self.normal() }))
    }

    fn text(&self) -> String {
        self.normal()
    }

    fn plain(&self) -> Value {
        Value::map(["Version", "Major", "Minor"].map(|name| (name, self.field(name).unwrap_or(Value::NIL))))
    }
}

/// The APIs that a cluster serves.
#[derive(Clone, Debug)]
struct VersionSet {
    versions: Rc<Vec<String>>,
}

impl Object for VersionSet {
    fn type_name(&self) -> &str {
        "common.VersionSet"
    }

    fn kind(&self) -> &'static str {
        "slice"
    }

    fn is_true(&self) -> bool {
        !self.versions.is_empty()
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn has_method(&self, name: &str) -> bool {
        name == "Has"
    }

    fn call(&self, _: &str, call: &mut Call<'_>) -> Result<Value, String> {
        Ok(Value::from(self.versions.iter().any(|version| version == call.text(0))))
    }

    fn text(&self) -> String {
        format!("[{}]", self.versions.join(" "))
    }

    fn plain(&self) -> Value {
        Value::texts(self.versions.iter().map(String::as_str))
    }
}

/// Named fields.
#[derive(Clone, Debug)]
struct Struct {
    name: &'static str,
    fields: Map,
}

impl Object for Struct {
    fn type_name(&self) -> &str {
        self.name
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.get(name)
    }

    fn text(&self) -> String {
        let fields: Vec<String> = self.fields.entries().iter().map(|(_, value)| crate::print::plain(value)).collect();
        format!("{{{}}}", fields.join(" "))
    }

    fn plain(&self) -> Value {
        Value::from(self.fields.clone())
    }
}
