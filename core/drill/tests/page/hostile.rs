//! A storage may hold any characters in its paths and texts, and a report any in all its fields.

use crate::sample;
use mykarte_drill::page::page;
use mykarte_drill::report::{Chosen, Example, Report};

const MARKUP: &str =
    "<img src=http://leak.test/a onerror=alert(1)>\" style=\"x' onload='y</style><script>&amp;\u{202e}\u{0}\n";

/// Every text of the report, whatever it is.
pub fn report() -> Report {
    let mut report = sample::report();
    let hostile = || MARKUP.to_owned();
    let profile = report.profile.as_mut().unwrap();
    (profile.id, profile.name, profile.sha256) = (hostile(), hostile(), hostile());
    (profile.university, profile.contact) = (Some(hostile()), Some(hostile()));
    report.scope.chosen = Chosen::Since { date: hostile() };
    for finding in &mut report.findings {
        (finding.text, finding.advice, finding.detail) = (hostile(), hostile(), hostile());
        finding.examples = vec![Example {
            patient: hostile(),
            path: hostile(),
            place: hostile(),
            text: Some(hostile()),
            ..Example::default()
        }];
    }
    for field in &mut report.fields {
        (field.key, field.name) = (hostile(), hostile());
    }
    for kind in &mut report.kinds {
        (kind.kind, kind.name) = (hostile(), hostile());
        kind.months.insert(hostile(), 1);
        kind.months.insert("2024-\"><b>".to_owned(), 1);
    }
    for form in &mut report.forms {
        (form.what, form.value, form.from, form.to) = (hostile(), hostile(), Some(hostile()), Some(hostile()));
    }
    report
}

/// The tags of a page, texts left out. A quoted attribute may hold no `<`.
fn tags(page: &str) -> Vec<&str> {
    let body = &page[page.find("</style>").unwrap()..];
    body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect()
}

#[test]
fn no_text_becomes_markup() {
    let page = page(&report());
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        assert!(
            !["img", "script", "b>"].contains(&name) && !tag.contains("onload") && !tag.contains("leak"),
            "<{tag}>"
        );
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        assert!(!tag.contains('\''), "<{tag}>");
    }
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains("&lt;img src=http://leak.test/a onerror=alert(1)&gt;&quot; style="));
    assert!(!page.contains(['\u{202e}', '\u{0}']));
}

#[test]
fn a_hostile_report_has_the_tags_of_a_harmless_one_of_its_shape() {
    let mut harmless = report();
    let json = serde_json::to_string(&harmless).unwrap();
    let markup = serde_json::to_string(MARKUP).unwrap();
    harmless = serde_json::from_str(&json.replace(markup.trim_matches('"'), "x")).unwrap();
    assert!(tags(&page(&harmless)) == tags(&page(&report())), "a text of the report has changed the page's tags");
}

#[test]
fn a_text_without_end_ends() {
    let mut report = sample::report();
    report.findings[0].examples[0].path = "長".repeat(1_000_000);
    let page = page(&report);
    assert!(page.len() < 1_000_000 && page.contains("…（以下略）"));
}

#[test]
fn a_page_names_no_address_and_no_script_and_is_the_same_again() {
    let page = page(&sample::report());
    for outside in ["http:", "https:", "//", "src=", "url(", "@import", "<script", "onload"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.split("href=").skip(1).all(|rest| rest.starts_with("\"#")), "links lead within the page");
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert_eq!(page, mykarte_drill::page::page(&sample::report()));
}
