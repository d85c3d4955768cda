//! Go templates: any text, parsed and rendered over a small set of values.
#![no_main]

use gotemplate::{Limits, Options, Templates, Text, Value, yaml};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let values = "{ name: orders, list: [a, b], map: { x: 1.5, y: null }, text: '{{ .Values.name }}' }";
    let values = yaml::parse(&Text::from(values)).expect("the values are ours");
    let mut templates = Templates::new();
    if templates.add("t", &text, 0).is_ok() {
        let limits = Limits { steps: 100_000, bytes: 4 << 20, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        let _ = templates.render("t", &Value::map([("Values", values)]), &options);
    }
    let _ = yaml::parse(&Text::from(&*text));
});
