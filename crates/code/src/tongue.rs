//! Reading one text: is it worth it, parse, gather.

use tree_sitter::Parser;

use crate::gather::Gatherer;
use crate::language::Language;
use crate::library::tables;
use crate::seen::Said;

/// Larger texts are data that was written down as code.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Whether a text holds the name of a known library or what could be an address. Cost: one pass over the text.
pub fn worth_parsing(language: Language, text: &str) -> bool {
    text.len() <= TEXT_BYTES_MAX && tables(language).active(text).is_some()
}

/// What a text shows. Linear in the text, but for names that are followed, which have a budget.
///
/// ```
/// let said = plimsoll_code::read(plimsoll_code::Language::Python, "requests.get('http://orders:80/x')  # requests");
/// assert_eq!(said.seen[0].to_string(), "1: names http://orders:80/x as get over http, without a timeout");
/// ```
pub fn read(language: Language, text: &str) -> Said {
    let tables = tables(language);
    let Some(active) = (text.len() <= TEXT_BYTES_MAX).then(|| tables.active(text)).flatten() else {
        return Said::default();
    };
    let mut parser = Parser::new();
    let set = parser.set_language(&grammar(language));
    set.expect("the grammars are of a version that the parser reads, which a test holds");
    let Some(tree) = parser.parse(text, None) else { return Said::default() };
    Gatherer::new(language, text, tables, active).gather(tree.root_node())
}

fn grammar(language: Language) -> tree_sitter::Language {
    match language {
        Language::Go => tree_sitter_go::LANGUAGE.into(),
        Language::Java => tree_sitter_java::LANGUAGE.into(),
        Language::Kotlin => tree_sitter_kotlin_ng::LANGUAGE.into(),
        Language::CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
        Language::Python => tree_sitter_python::LANGUAGE.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::Rust => tree_sitter_rust::LANGUAGE.into(),
        Language::Ruby => tree_sitter_ruby::LANGUAGE.into(),
        Language::Php => tree_sitter_php::LANGUAGE_PHP.into(),
    }
}
