//! Services of a parsed file, with the places of their lines.

use std::collections::BTreeMap;

use plimsoll_model::{At, Content, Field, FileId, InterfaceKind, Value};
use protox::prost_reflect::prost_types::{FileDescriptorProto, MethodDescriptorProto};

use super::options::{self, MethodOptions};
use crate::facts::{Described, DescribedOperation, Facts, Origin};
use crate::redact;
use crate::tree::json::LineIndex;

/// Field numbers of `FileDescriptorProto.service`, `ServiceDescriptorProto.method`: the path of a source location.
const SERVICE_TAG: i32 = 6;
const METHOD_TAG: i32 = 2;

/// Emits one interface for each service.
pub(super) fn describe(file: FileId, text: &str, parsed: &FileDescriptorProto, facts: &mut Facts) {
    let places = Places::of(file, text, parsed);
    let file_options = parsed.options.as_ref().map_or(&[][..], |options| &options.uninterpreted_option);
    for (index, service) in parsed.service.iter().enumerate() {
        let own = service.options.as_ref().map_or(&[][..], |options| &options.uninterpreted_option);
        let deprecated = options::is_deprecated(file_options) || options::is_deprecated(own);
        let path = [SERVICE_TAG, index as i32];
        let method_path = |method: usize| [SERVICE_TAG, index as i32, METHOD_TAG, method as i32];
        let operations = service
            .method
            .iter()
            .enumerate()
            .map(|(m, method)| operation(method, parsed.package(), deprecated, places.at(&method_path(m)), facts))
            .collect();
        facts.interfaces.push(Described {
            kind: InterfaceKind::Grpc,
            name: qualified(parsed.package(), service.name()),
            version: None,
            hosts: Vec::new(),
            operations,
            origin: Origin::at(places.at(&path)),
        });
    }
}

fn qualified(package: &str, name: &str) -> String {
    if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") }
}

fn operation(
    method: &MethodDescriptorProto,
    package: &str,
    deprecated: bool,
    at: At,
    facts: &mut Facts,
) -> DescribedOperation {
    let stated = method.options.as_ref().map_or(&[][..], |options| &options.uninterpreted_option);
    let MethodOptions { http, idempotent, deprecated: own, problem } = MethodOptions::of(stated, package);
    if let Some(message) = problem {
        facts.problems.push(plimsoll_model::Problem { at, message });
    }
    let mut claims = Vec::new();
    let streaming = match (method.client_streaming(), method.server_streaming()) {
        (false, false) => None,
        (true, false) => Some("client"),
        (false, true) => Some("server"),
        (true, true) => Some("both"),
    };
    if let Some(streaming) = streaming {
        claims.push((Field::Streaming, Content::Stated(Value::Text(streaming.to_owned()))));
    }
    // The option is the only place of the format where a method says it.
    let once = if idempotent { Content::Stated(Value::Flag(true)) } else { Content::Absent };
    claims.push((Field::Idempotent, once));
    if deprecated || own {
        claims.push((Field::Deprecated, Content::Stated(Value::Flag(true))));
    }
    let (method_word, path) = http.map_or((None, None), |binding| {
        (Some(binding.method), Some(redact::value("path", &binding.path).into_owned()))
    });
    DescribedOperation { name: method.name().to_owned(), method: method_word, path, claims, origin: Origin::at(at) }
}

/// The places of services and methods.
struct Places<'p> {
    file: FileId,
    text: &'p str,
    lines: LineIndex,
    spans: BTreeMap<&'p [i32], &'p [i32]>,
}

impl<'p> Places<'p> {
    fn of(file: FileId, text: &'p str, parsed: &'p FileDescriptorProto) -> Self {
        let locations = parsed.source_code_info.as_ref().map_or(&[][..], |info| &info.location);
        let spans = locations
            .iter()
            .filter(|location| location.path.first() == Some(&SERVICE_TAG))
            .map(|location| (location.path.as_slice(), location.span.as_slice()))
            .collect();
        Self { file, text, lines: LineIndex::new(text), spans }
    }

    /// The parser counts from 0 and in bytes; a place counts from 1 and in characters.
    fn at(&self, path: &[i32]) -> At {
        let Some([line, byte, ..]) = self.spans.get(path) else { return At::whole(self.file) };
        let offset = self.lines.start_of(self.text, *line as usize) + *byte as usize;
        self.lines.at(self.file, self.text, offset)
    }
}
