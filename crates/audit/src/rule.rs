//! A rule: its id, its slug, how grave it is, and its page, which is the head of its file.

use crate::estate::Estate;
use crate::found::Found;

/// How grave a finding is. Ordered: a note is less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be mended.
    Warning,
    /// Will hurt.
    Error,
}

impl Severity {
    /// Every case, the least first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One standard.
pub struct Rule {
    /// The code in reports, waivers and baselines, such as `REL-004`. Never changes.
    pub id: &'static str,
    /// The name that people say, such as `call-without-timeout`; its file has the same name.
    pub slug: &'static str,
    /// How grave a breach is.
    pub severity: Severity,
    /// The reference page.
    pub page: Page,
    /// Judges every subject.
    pub check: fn(&Estate<'_>, &mut Found<'_>),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.id, self.slug)
    }
}

impl Rule {
    /// Whether the word is its id or slug, case aside.
    pub fn is_called(&self, word: &str) -> bool {
        self.id.eq_ignore_ascii_case(word) || self.slug.eq_ignore_ascii_case(word)
    }

    /// The family: resilience, data, API and so on.
    pub fn pack(&self) -> &'static str {
        match self.id.split('-').next().unwrap_or_default() {
            "REL" => "resilience",
            "DAT" => "data and messaging",
            "API" => "interfaces",
            "SEC" => "security",
            "TST" => "testing",
            "DEL" => "delivery",
            "OBS" => "observability",
            "OWN" => "ownership",
            "CAP" => "capacity",
            _ => "review process",
        }
    }
}

/// The head of a rule's file: title, what it finds, why, a broken and a right example, what to do.
#[derive(Clone, Copy)]
pub struct Page {
    source: &'static str,
}

/// Files of an example: path and text.
pub type Example = Vec<(String, String)>;

impl Page {
    /// The page of a rule, from the text of its file.
    pub const fn head_of(source: &'static str) -> Self {
        Self { source }
    }

    /// The page as Markdown.
    pub fn text(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    }

    /// The first line, without its mark.
    pub fn title(&self) -> &'static str {
        let first = self.source.lines().next().unwrap_or_default();
        first.trim_start_matches("//!").trim_start_matches([' ', '#'])
    }

    /// What the rule finds: the text between the title and the first section, on one line.
    pub fn summary(&self) -> String {
        let text = self.text();
        let body = text.lines().skip(1).take_while(|line| !line.starts_with("## "));
        body.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The text of a section, such as `Why`, on one line.
    pub fn section(&self, name: &str) -> String {
        let text = self.text();
        let heading = format!("## {name}");
        let body = text.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "));
        body.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The files of the example under a section, `Broken` or `Right`: each fenced block begins with a comment `# path`.
    pub fn example(&self, name: &str) -> Example {
        let text = self.text();
        let heading = format!("## {name}");
        let mut files = Example::new();
        let mut inside = false;
        for line in text.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !line.starts_with("## "))
        {
            if line.starts_with("```") {
                inside = !inside;
                if inside {
                    files.push((String::new(), String::new()));
                }
                continue;
            }
            let Some((path, body)) = files.last_mut().filter(|_| inside) else { continue };
            match line.strip_prefix("# ") {
                Some(named) if path.is_empty() => named.clone_into(path),
                _ => {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
        files
    }
}
