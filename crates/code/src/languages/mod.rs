//! The tables of libraries, one file for each language or family. A new library is an entry with an example.

pub mod csharp;
pub mod go;
pub mod javascript;
pub mod jvm;
pub mod php;
pub mod python;
pub mod ruby;
pub mod rust;

use std::sync::OnceLock;

use crate::language::Language;
use crate::library::{Library, Tables};

/// The tables that a language is compared with.
pub const fn libraries(language: Language) -> &'static [&'static [Library]] {
    match language {
        Language::Go => &[go::LIBRARIES],
        Language::Java | Language::Kotlin => &[jvm::LIBRARIES],
        Language::CSharp => &[csharp::LIBRARIES],
        Language::Python => &[python::LIBRARIES],
        Language::JavaScript | Language::TypeScript | Language::Tsx => &[javascript::LIBRARIES],
        Language::Rust => &[rust::LIBRARIES],
        Language::Ruby => &[ruby::LIBRARIES],
        Language::Php => &[php::LIBRARIES],
    }
}

/// Each family of tables with the language of its examples, for the reference.
pub const FAMILIES: [(&str, Language, &[Library]); 8] = [
    ("Go", Language::Go, go::LIBRARIES),
    ("Java and Kotlin", Language::Java, jvm::LIBRARIES),
    ("JavaScript and TypeScript", Language::JavaScript, javascript::LIBRARIES),
    ("Python", Language::Python, python::LIBRARIES),
    ("C#", Language::CSharp, csharp::LIBRARIES),
    ("Rust", Language::Rust, rust::LIBRARIES),
    ("Ruby", Language::Ruby, ruby::LIBRARIES),
    ("PHP", Language::Php, php::LIBRARIES),
];

/// The tables of a language, made ready once.
pub(crate) fn tables(language: Language) -> &'static Tables {
    static MADE: [OnceLock<Tables>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
    MADE[language as usize].get_or_init(|| Tables::of(libraries(language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_sees_in_its_example_what_it_says() {
        let mut wrong = String::new();
        for (_, language, libraries) in FAMILIES {
            for library in libraries {
                let said = crate::read(language, library.example);
                let shown: Vec<String> = said
                    .seen
                    .iter()
                    .filter(|seen| seen.library == Some(library.name))
                    .map(|seen| seen.what.to_string())
                    .collect();
                let shown = shown.join("\n");
                if shown != library.shows {
                    wrong.push_str(&format!(
                        "{language:?} {}:\n{shown}\n--- and not\n{}\n\n",
                        library.name, library.shows
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn only_a_table_that_sees_timeouts_says_that_there_is_none() {
        use crate::library::{Does, Wait};
        for library in FAMILIES.iter().flat_map(|(_, _, libraries)| libraries.iter()) {
            let says = |sight: &crate::library::Sight| matches!(sight.does, Does::Calls(_, _, Wait::Here(..)));
            let sees = library.sees.contains(&crate::Guard::Timeout);
            assert!(sees || !library.sights.iter().any(says), "{}", library.name);
        }
    }

    #[test]
    fn every_library_has_a_name_of_its_own_and_something_to_see() {
        for (family, _, libraries) in FAMILIES {
            let mut names: Vec<&str> = libraries.iter().map(|library| library.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), libraries.len(), "{family}");
            assert!(
                libraries.iter().all(|library| !library.sights.is_empty() && !library.shows.is_empty()),
                "{family}"
            );
        }
    }
}
