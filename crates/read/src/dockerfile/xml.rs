//! Texts of an XML file by the path of their elements.

use plimsoll_model::{At, FileId, Problem};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::corpus::Corpus;
use crate::tree::json::LineIndex;

/// Elements that are open at once; a build file needs a tenth.
const DEPTH_MAX: usize = 128;

/// The texts that stand at one of the paths, in the order of the file, with their places.
pub(super) fn texts<'w>(
    corpus: &Corpus,
    file: FileId,
    wanted: &[&'w str],
    problems: &mut Vec<Problem>,
) -> Vec<(&'w str, String, At)> {
    let Ok(text) = corpus.text(file) else { return Vec::new() };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let (mut open, mut out): (Vec<String>, Vec<(&str, String, At)>) = (Vec::new(), Vec::new());
    let lines = LineIndex::new(text);
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = lines.at(file, text, usize::try_from(reader.error_position()).unwrap_or(0));
                problems.push(Problem { at, message: format!("not valid XML: {error}; the rest is left out") });
                return out;
            }
        };
        match event {
            Event::Start(start) if open.len() < DEPTH_MAX => {
                open.push(String::from_utf8_lossy(start.local_name().as_ref()).into_owned());
            }
            Event::Start(_) => {
                let message = format!("nested deeper than {DEPTH_MAX} elements; the rest is left out");
                problems.push(Problem { at: lines.at(file, text, offset), message });
                return out;
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(found) => {
                let path = open.join("/");
                if let Some(wanted) = wanted.iter().find(|wanted| **wanted == path) {
                    let content = String::from_utf8_lossy(&found).into_owned();
                    let before = content.len() - content.trim_start().len();
                    out.push((wanted, content, lines.at(file, text, offset + before)));
                }
            }
            Event::Eof => return out,
            _ => {}
        }
    }
}
