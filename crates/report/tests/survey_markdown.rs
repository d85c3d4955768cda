//! What people read in a pull request.

mod estate;

use expect_test::expect_file;
use plimsoll_report::survey::{PageOptions, markdown};

#[test]
fn a_small_system_reads_from_picture_to_gaps() {
    let said = markdown(&estate::model("chandlery", estate::EIGHT), &PageOptions::default());
    expect_file!["snapshots/eight.md"].assert_eq(&said);
}

#[test]
fn seventy_components_fit_a_comment() {
    let said = markdown(&estate::model("shop", &estate::seventy()), &PageOptions::default());
    assert!(said.len() < 65_536, "{}", said.len());
}

#[test]
fn a_name_cannot_leave_its_cell() {
    let mut model = estate::model("chandlery", estate::EIGHT);
    model.components[0].id = "a|b`<img src=x onerror=alert(1)>\n|".to_owned();
    model.loose[0].message = "</details><script>alert(1)</script>".to_owned();
    let said = markdown(&model, &PageOptions::default());
    assert!(!said.contains("<script>") && !said.contains("</details><"), "{said}");
    assert!(said.contains("``a\\|b`<img src=x onerror=alert(1)> \\|``"), "{said}");
}
