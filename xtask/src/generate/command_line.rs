//! The page of the command line: what `--help` says for the binary and each of its verbs.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::generated_from;

/// Help is wrapped at this width, so that the page does not depend on anybody's terminal.
const COLUMNS: &str = "100";

/// The built `plimsoll`.
pub(super) struct Binary {
    root: PathBuf,
}

impl Binary {
    /// Builds it; the compiler's own messages go to standard error.
    pub(super) fn build(root: &Path) -> io::Result<Self> {
        let built = cargo(root).args(["build", "--quiet", "--package", "plimsoll"]).status()?;
        if !built.success() {
            return Err(io::Error::other("`plimsoll` does not build"));
        }
        Ok(Self { root: root.to_owned() })
    }

    fn run(&self, arguments: &[&str]) -> io::Result<Output> {
        let mut command = cargo(&self.root);
        command.args(["run", "--quiet", "--package", "plimsoll", "--"]).args(arguments);
        command.env("COLUMNS", COLUMNS).env("NO_COLOR", "1").stdin(Stdio::null()).output()
    }

    pub(super) fn text(&self, arguments: &[&str]) -> io::Result<Option<String>> {
        let output = self.run(arguments)?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// The JSON Schema of that name; `None` where the binary publishes none.
    pub(super) fn schema(&self, name: &str) -> io::Result<Option<String>> {
        let text = self.text(&["schema", name])?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Writes the page.
pub(super) fn page(binary: &Binary) -> io::Result<String> {
    let mut out = generated_from("`plimsoll --help` and the help of each verb");
    out.push_str("# Command line\n");
    let help = binary.text(&["--help"])?.unwrap_or_default();
    section(&mut out, "plimsoll", &help);
    for verb in verbs(&help) {
        let help = binary.text(&[verb, "--help"])?;
        let help = help.ok_or_else(|| io::Error::other(format!("`plimsoll {verb} --help` fails")))?;
        section(&mut out, &format!("plimsoll {verb}"), &help);
    }
    Ok(out)
}

fn section(out: &mut String, title: &str, help: &str) {
    let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let _ = write!(out, "\n## {title}\n\n```text\n{}\n```\n", help.trim());
}

/// The verbs that a help text lists under `Commands:`; `help` itself is not one.
fn verbs(help: &str) -> Vec<&str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| line.starts_with("  "));
    // A deeper line goes on with the sentence of the verb above it.
    let listed = listed.filter(|line| !line.starts_with("   "));
    listed.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help").collect()
}

#[cfg(test)]
mod tests {
    use super::verbs;

    #[test]
    fn verbs_are_those_listed_under_commands() {
        let help = "The load line\n\nUsage: plimsoll <COMMAND>\n\nCommands:\n  survey  What have we got;\n          \
            and what not\n  query   Ask\n  help    Print\n\nOptions:\n  -h, --help\n";
        assert_eq!(verbs(help), ["survey", "query"]);
        assert!(verbs("nothing").is_empty());
    }
}
