//! The page: self-contained, escaped, usable without a map.

mod estate;

use std::collections::BTreeSet;

use plimsoll_report::survey::{PageOptions, html};

fn page(plan: &str) -> String {
    html(&estate::model("chandlery", plan), &PageOptions::default())
}

#[test]
fn it_asks_nobody_for_anything() {
    let page = page(&estate::seventy());
    for needle in ["src=", "@import", "fetch(", "XMLHttpRequest", "<link", "innerHTML", "eval("] {
        assert!(!page.contains(needle), "{needle}");
    }
    let urls: Vec<&str> = page.match_indices("url(").map(|(at, _)| &page[at..at + 6]).collect();
    assert!(urls.iter().all(|url| url.starts_with("url(#")), "{urls:?}");
    let hosts: BTreeSet<&str> = page.match_indices("://").map(|(at, _)| &page[at..at + 13]).collect();
    assert_eq!(hosts, BTreeSet::from(["://www.w3.org"]), "the name space of SVG is no address");
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn names_stay_text_wherever_they_stand() {
    let evil = "x\"'</script><img src=x onerror=alert(1)>\u{2028}<!--";
    let mut model = estate::model("chandlery", estate::EIGHT);
    model.system = Some(evil.to_owned());
    model.environments[1].id = evil.to_owned();
    model.components[0].id = evil.to_owned();
    model.components[1].owner = Some(evil.to_owned());
    model.components[2].technology = Some(evil.to_owned());
    model.components[0].aliases[0].name = evil.to_owned();
    model.topics[0].id = evil.to_owned();
    model.interfaces[0].name = evil.to_owned();
    model.operations[0].name = evil.to_owned();
    model.loose[0].message = evil.to_owned();
    model.not_read[0].reason = evil.to_owned();
    model.problems[0].message = evil.to_owned();
    for evidence in &mut model.evidence {
        evidence.note = evil.to_owned();
    }
    let page = html(&model, &PageOptions::default());
    assert!(!page.contains("<img"), "{page}");
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("<!--").count(), 0);
    assert!(!page.contains('\u{2028}') || !data(&page).contains('\u{2028}'));
    let _: serde_json::Value = serde_json::from_str(data(&page)).expect("the data is JSON");
}

fn data(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"data\">").expect("the page has data");
    rest.split_once("</script>").expect("the data ends").0
}

#[test]
fn every_component_and_call_stands_in_a_table() {
    let model = estate::model("shop", &estate::seventy());
    let page = html(&model, &PageOptions::default());
    for component in model.components {
        let link = format!("<a href=\"#component={0}\">{0}</a>", component.id);
        assert!(page.contains(&link), "{link}");
    }
    let rows = page.split("<section class=\"part\" id=\"calls\"").nth(1).expect("a section of calls");
    let rows = rows.split("</section>").next().expect("it ends").matches("<tr data-components").count();
    assert_eq!(rows, model.calls.len());
}

#[test]
fn tables_are_told_by_their_heads() {
    let page = page(estate::TWENTY_FIVE);
    let tables = page.matches("<table>").count();
    assert_eq!(page.matches("<caption>").count(), tables);
    assert_eq!(page.matches("<tbody>").count(), tables);
    assert_eq!(page.matches("<tr").count(), page.matches("<th scope=\"row\"").count() + tables);
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    assert_eq!(page(estate::TWENTY_FIVE), page(estate::TWENTY_FIVE));
}

#[test]
fn an_empty_system_is_a_page_too() {
    let page = html(&plimsoll_model::Model::default(), &PageOptions::default());
    assert!(page.contains("No component was found."));
}

#[test]
fn too_many_components_are_left_to_the_tables() {
    let plan: String = (0..401).map(|index| format!("service s{index:03} axum Rust shop\n")).collect();
    let page = page(&plan);
    assert!(page.contains("401 components are too many for one picture"));
    assert!(page.contains("<a href=\"#component=s400\">s400</a>"));
}
