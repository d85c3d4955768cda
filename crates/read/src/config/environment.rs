//! Look-ups of the environment in templates, written as placeholders: `{{ default .Env.HOST "db" }}` is `${HOST:-db}`.
//!
//! Read: `.Env.X`, `env "X"`, `getenv "X"` of dockerize, gomplate, confd and Go programs, with a default in the usual
//! places: `default .Env.X "d"`, `default "d" (env "X")`, `getenv "X" "d"`, `| default "d"`; `{{ X }}` of Jinja in capitals.

use std::borrow::Cow;

/// The text with such look-ups as placeholders; other expressions stay as they are.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            out.push_str(after);
            return Cow::Owned(out);
        };
        match look_up(inside) {
            Some(placeholder) => out.push_str(&placeholder),
            None => out.push_str(&format!("{{{{{inside}}}}}")),
        }
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The placeholder that an expression is, where it looks up one variable.
fn look_up(expression: &str) -> Option<String> {
    let expression = expression.trim_matches(['-', ' ']);
    let mut quoted: Vec<&str> = expression.split('"').skip(1).step_by(2).collect();
    let name = match expression.split_once(".Env.") {
        Some((_, rest)) => &rest[..rest.bytes().take_while(|b| is_name(*b)).count()],
        None if expression.contains("env \"") || expression.contains("getenv \"") => {
            let before = expression.split("env \"").next()?.matches('"').count() / 2;
            (before < quoted.len()).then(|| quoted.remove(before))?
        }
        None if expression.len() > 1
            && expression.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') =>
        {
            expression
        }
        None => return None,
    };
    if name.is_empty() || !name.bytes().all(is_name) {
        return None;
    }
    match quoted.first().filter(|default| !default.is_empty() && !default.contains('}')) {
        Some(default) => Some(format!("${{{name}:-{default}}}")),
        None => Some(format!("${{{name}}}")),
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a value asks the environment for something: `${HOST}`, `$(HOST)`, `$HOST`.
pub(super) fn is_asked(value: &str) -> bool {
    value.match_indices('$').any(|(index, _)| {
        let rest = &value[index + 1..];
        rest.starts_with(['{', '(']) || rest.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_ups_become_placeholders() {
        for (text, expected) in [
            (r#"{{ default .Env.SEEDS "" }}:{{ default .Env.PORT "3306" }}"#, "${SEEDS}:${PORT:-3306}"),
            (r#"{{ default "3306" (env "PORT") }}"#, "${PORT:-3306}"),
            (r#"{{ env "HOST" }}/x"#, "${HOST}/x"),
            (r#"{{ getenv "HOST" "db" }}"#, "${HOST:-db}"),
            ("{{ .Env.HOST }}", "${HOST}"),
            ("http://{{ ORDERS_HOST }}:80", "http://${ORDERS_HOST}:80"),
            ("{{ $x }} {{ .Values.host }} {{ host }} {{", "{{ $x }} {{ .Values.host }} {{ host }} {{"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
