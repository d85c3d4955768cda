//! Backstage catalogues: any bytes, as a file that is the whole survey.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    plimsoll_read::fuzzing::read_file("catalog-info.yaml", bytes);
});
