//! Build scripts and pipelines: any bytes, as each kind of them in turn.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let names =
        ["Makefile", "build.sh", "Tiltfile", "docker-bake.hcl", ".github/workflows/build.yml", "Jenkinsfile", "package.json"];
    for name in names {
        plimsoll_read::fuzzing::read_file(name, bytes);
    }
});
