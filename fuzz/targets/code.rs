//! Source code: any bytes, the first of which chooses the language.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    const ENDINGS: [&str; 11] = ["go", "java", "kt", "cs", "py", "js", "ts", "tsx", "rs", "rb", "php"];
    if let Some((first, rest)) = bytes.split_first() {
        plimsoll_read::fuzzing::read_file(&format!("a.{}", ENDINGS[usize::from(*first) % ENDINGS.len()]), rest);
    }
});
