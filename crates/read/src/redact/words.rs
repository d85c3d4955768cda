//! Secrets in the words of a command: `--password hunter2`, `mysql -phunter2`, `curl -u user:hunter2`.

use std::ops::Range;

use super::{REDACTED, is_secret_value, keys::is_secret_key, value};

/// The words of a command with credentials taken out, those after a flag too.
///
/// ```
/// let words: Vec<String> = ["server", "--db-password", "hunter2"].map(String::from).to_vec();
/// assert_eq!(plimsoll_read::redact::words(&words), ["server", "--db-password", "<redacted>"]);
/// ```
pub fn words(words: &[String]) -> Vec<String> {
    let list: Vec<&str> = words.iter().map(String::as_str).collect();
    let secret = after_flags(&list);
    let mut out: Vec<String> = words.iter().map(|word| value("", word).into_owned()).collect();
    for (index, from) in secret {
        out[index].replace_range(.., &format!("{}{REDACTED}", &list[index][..from]));
    }
    out
}

/// The same in a text of several words, such as a shell script.
pub(super) fn in_text(text: &str, found: &mut Vec<Range<usize>>) {
    for part in split_commands(text) {
        let mut list: Vec<&str> = Vec::new();
        let mut starts: Vec<usize> = Vec::new();
        // Commas separate the words of a command in JSON: `["server", "--password", "hunter2"]`.
        let separates = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']');
        for word in text[part.clone()].split(separates).filter(|word| !word.is_empty()) {
            // A word is a slice of the text: its address gives its place.
            starts.push(word.as_ptr() as usize - text.as_ptr() as usize);
            list.push(word);
        }
        for (index, from) in after_flags(&list) {
            let word = list[index].trim_end_matches(['"', '\'', ')']);
            found.push(starts[index] + from.min(word.len())..starts[index] + word.len());
        }
    }
}

/// Simple commands: what stands between line ends, semicolons and pipes.
fn split_commands(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (index, c) in text.char_indices() {
        if matches!(c, '\n' | ';' | '|') {
            out.push(start..index);
            start = index + 1;
        }
    }
    out.push(start..text.len());
    out
}

/// Which words hold a secret, and from which byte of them on.
fn after_flags(words: &[&str]) -> Vec<(usize, usize)> {
    let short = ShortFlags::of(words);
    let mut out = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map(|next| next.trim_matches(['"', '\'']));
        let Some(flag) = word.trim_start_matches(['"', '\'', '[', ',']).strip_prefix('-') else { continue };
        let flag = flag.trim_end_matches(['"', '\'', ',']);
        if flag.contains('=') {
            continue;
        }
        if let Some(next) = next.filter(|next| !next.is_empty()) {
            let long = flag.len() > 1 && !next.starts_with('-') && is_secret_key(flag);
            let one = flag.len() == 1 && short.takes(flag, next);
            if (long || one) && is_secret_value("password", next) {
                out.push((index + 1, words[index + 1].len() - words[index + 1].trim_start_matches(['"', '\'']).len()));
            }
        }
        // `-phunter2` of MySQL's clients.
        if short.glued_password && flag.len() > 1 && flag.starts_with('p') && !is_known_flag(flag) {
            out.push((index, word.len() - flag.len() + 1));
        }
    }
    out
}

fn is_known_flag(flag: &str) -> bool {
    matches!(
        flag,
        "port"
            | "protocol"
            | "plugin-dir"
            | "print-defaults"
            | "p"
            | "password"
            | "pager"
            | "prompt"
            | "pipe"
            | "parallel"
    )
}

/// What short flags mean depends on the program.
struct ShortFlags {
    /// Letters after which the next word is a password.
    secret: &'static [&'static str],
    /// Letters after which the next word is `user:password`.
    user: &'static [&'static str],
    glued_password: bool,
}

impl ShortFlags {
    fn of(words: &[&str]) -> Self {
        let runs = |programs: &[&str]| {
            words.iter().any(|word| {
                let name = word.trim_matches(['"', '\'', '(', '[', '`', '$']);
                programs.contains(&name.rsplit('/').next().unwrap_or(name))
            })
        };
        let none: &'static [&'static str] = &[];
        if runs(&["mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump", "mysqlsh", "mysqld"])
        {
            return Self { secret: none, user: none, glued_password: true };
        }
        if runs(&[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "sshpass",
            "rabbitmqadmin",
            "cqlsh",
            "influx",
            "htpasswd",
            "cypher-shell",
            "arangosh",
        ]) {
            return Self { secret: &["p"], user: none, glued_password: false };
        }
        if runs(&["redis-cli", "valkey-cli"]) {
            return Self { secret: &["a"], user: none, glued_password: false };
        }
        if runs(&["sqlcmd", "mosquitto_pub", "mosquitto_sub"]) {
            return Self { secret: &["P"], user: none, glued_password: false };
        }
        if runs(&["ldapsearch", "ldapadd", "ldapmodify", "ldapwhoami"]) {
            return Self { secret: &["w"], user: none, glued_password: false };
        }
        if runs(&["curl", "wget", "http", "skopeo"]) {
            return Self { secret: none, user: &["u", "U"], glued_password: false };
        }
        // Elsewhere `-p` is a password where a user stands beside it: `docker login -u x -p y`.
        let user = words.iter().any(|word| matches!(*word, "-u" | "--user" | "--username" | "login"));
        let port = runs(&["psql", "pg_isready", "pg_dump", "ssh", "scp", "nc", "mkdir", "cp", "docker-compose"])
            && !words.contains(&"login");
        Self { secret: if user && !port { &["p"] } else { none }, user: none, glued_password: false }
    }

    fn takes(&self, flag: &str, next: &str) -> bool {
        let user = self.user.contains(&flag) && next.split_once(':').is_some_and(|(_, password)| !password.is_empty());
        user || (self.secret.contains(&flag) && !next.starts_with('-'))
    }
}
