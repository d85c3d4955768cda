//! Reading one text: is it worth it, parse, gather.

use aho_corasick::AhoCorasick;
use tree_sitter::Parser;

use crate::gather::Gatherer;
use crate::language::Language;
use crate::library::tables;
use crate::seen::Said;

/// Larger texts are data that was written down as code.
const TEXT_BYTES_MAX: usize = 1 << 20;

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

/// Words that are looked for in many texts at once.
pub struct Words(AhoCorasick);

impl Words {
    /// Makes words ready to be looked for; `None` where there are none, or too many.
    pub fn of(words: impl Iterator<Item = impl AsRef<[u8]>>) -> Option<Self> {
        let words: Vec<_> = words.collect();
        (!words.is_empty()).then(|| AhoCorasick::new(words).ok().map(Self)).flatten()
    }

    /// Whether a text holds one of them.
    pub fn are_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// What names of a text are bound to, whether or not it shows anything else.
pub fn constants(language: Language, text: &str) -> Vec<(String, String)> {
    let tables = tables(language);
    let mut parser = Parser::new();
    let known = text.len() <= TEXT_BYTES_MAX && parser.set_language(&grammar(language)).is_ok();
    let Some(tree) = known.then(|| parser.parse(text, None)).flatten() else { return Vec::new() };
    Gatherer::new(language, text, tables, Vec::new()).constants(tree.root_node())
}

/// A language's grammar.
pub(crate) fn grammar(language: Language) -> tree_sitter::Language {
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
