//! Helm charts: any bytes, as the template of a chart that is the whole survey.
#![no_main]

use std::collections::BTreeMap;

use plimsoll_read::corpus::Corpus;
use plimsoll_read::helm::{Release, render};
use plimsoll_read::source::Source;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    files.insert("Chart.yaml".to_owned(), b"apiVersion: v2\nname: shop\nversion: 0.1.0\n".to_vec());
    files.insert("values.yaml".to_owned(), bytes.to_vec());
    files.insert("templates/all.yaml".to_owned(), bytes.to_vec());
    let corpus = Corpus::open(vec![Source::Memory { name: String::new(), files }]);
    let chart = corpus.lookup(0, "Chart.yaml").expect("the chart is ours");
    render(&corpus, chart, &Release::default());
});
