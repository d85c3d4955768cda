//! Go's quoted texts, in both directions: `strconv.Unquote` and `strconv.Quote`.

/// What stands between the quotes, its escapes replaced; `None` where one is wrong.
pub(crate) fn unquote(body: &str) -> Option<String> {
    let mut bytes: Vec<u8> = Vec::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let escape = chars.next()?;
        let mut digits = |count: usize, radix: u32| -> Option<u32> {
            (0..count).try_fold(0, |value, _| Some(value * radix + chars.next()?.to_digit(radix)?))
        };
        let code = match escape {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' | '"' | '\'' => escape as u32,
            'x' => {
                bytes.push(digits(2, 16)? as u8);
                continue;
            }
            'u' => digits(4, 16)?,
            'U' => digits(8, 16)?,
            first @ '0'..='7' => {
                let code = first.to_digit(8)? * 64 + digits(2, 8)?;
                bytes.push(u8::try_from(code).ok()?);
                continue;
            }
            _ => return None,
        };
        bytes.extend(char::from_u32(code)?.encode_utf8(&mut [0; 4]).bytes());
    }
    Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// A text between quotes, as `%q` gives it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match escaped(c) {
            Some(escape) => out.push_str(&escape),
            None => out.push(c),
        }
    }
    out.push('"');
    out
}

/// How a character is written between quotes, where not as itself.
pub(crate) fn escaped(c: char) -> Option<String> {
    let escape = match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\x07' => "\\a".to_owned(),
        '\x08' => "\\b".to_owned(),
        '\x0c' => "\\f".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\x0b' => "\\v".to_owned(),
        c if (c as u32) < 0x20 || c as u32 == 0x7f => format!("\\x{:02x}", c as u32),
        c if is_printable(c) => return None,
        c if (c as u32) < 0x10000 => format!("\\u{:04x}", c as u32),
        c => format!("\\U{:08x}", c as u32),
    };
    Some(escape)
}

/// Whether Go calls a character printable: letters, marks, numbers, signs and the plain space.
pub(crate) fn is_printable(c: char) -> bool {
    let code = c as u32;
    !(c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(code, 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb)
        || matches!(code, 0xe000..=0xf8ff | 0xf0000..=0x10ffff | 0xe0000..=0xe0fff)
        || code & 0xfffe == 0xfffe)
}
