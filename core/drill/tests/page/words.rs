//! What a reader finds on the page, and in which order.

use crate::sample;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::page::page;
use mykarte_drill::report::{Chosen, KindMonths, Report};
use ssmix2::Severity;

fn part<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let start = page.find(from).unwrap_or_else(|| panic!("{from}"));
    let end = page[start..].find(to).unwrap_or_else(|| panic!("{to}"));
    &page[start..start + end]
}

fn verdict(report: &Report) -> String {
    let page = page(report);
    part(&page, "<section class=\"verdict", "</section>").to_owned()
}

#[test]
fn the_verdict_is_first_then_what_to_do_then_the_rest() {
    let page = page(&sample::report());
    let order = [
        "守られていません",
        "まず直すこと",
        "何人の患者で読めるか",
        "毎月届いているか",
        "見つかったことの一覧",
        "メッセージの形",
        "院外に出さない",
    ];
    let body = &page[page.find("<body>").unwrap()..];
    let places: Vec<usize> = order.iter().map(|text| body.find(text).unwrap_or_else(|| panic!("{text}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn the_top_says_who_what_when_and_by_which_profile() {
    let mut report = sample::report();
    let all = page(&report);
    for text in [
        "48,210人のうち 1,200人",
        "2026年11月22日 16時38分",
        "1,284,377",
        "乱数の種 7",
        "見本大学病院の公開項目（mihon 第3版）",
    ] {
        assert!(all.contains(text), "{text}");
    }
    report.profile = None;
    report.scope.chosen = Chosen::Since { date: "2026-11-01".to_owned() };
    let all = page(&report);
    assert!(all.contains("すべての項目") && all.contains("2026-11-01 以降に診療日のある患者"));
}

#[test]
fn the_verdict_says_no_more_than_was_found() {
    let mut report = sample::report();
    assert!(
        verdict(&report).contains("守られていません") && verdict(&report).contains("<b>12人</b>の患者に関わります")
    );
    // All errors were there before: nothing failed, and they are still there.
    let known = report.clone().since(&report);
    let (errors, _) = known.count(Severity::Error);
    assert!(
        known.holds
            && !verdict(&known).contains("は、守られています")
            && verdict(&known).contains("悪くなってはいません")
    );
    assert!(verdict(&known).contains(&format!("<b>{errors}種類</b>残っています")));
    report.findings.retain(|finding| finding.severity < Severity::Error);
    (report.holds, report.scope.patients_with_errors) = (true, 0);
    assert!(verdict(&report).contains("守られています") && verdict(&report).contains("見つかりませんでした"));
    report.scope.patients = 0;
    assert!(!verdict(&report).contains("守られています") && verdict(&report).contains("分かりません"));
}

#[test]
fn what_is_new_is_said_only_against_an_earlier_report() {
    let report = sample::report();
    assert!(!page(&report).contains("増えた"));
    let mut earlier = report.clone();
    earlier.findings.iter_mut().for_each(|finding| finding.count = finding.count.min(8_000));
    earlier.findings.retain(|finding| finding.check != Check::Drill(Drill::KindStopped));
    let page = page(&report.since(&earlier));
    assert!(page.contains("前回より 10,442件増えた") && page.contains("前回はなかった"), "{}", &page[..200]);
    assert!(page.contains("前回から増えていない") && page.contains("data-label=\"増えた\">10,442<"));
}

#[test]
fn ten_are_to_mend_first_the_gravest_and_new_on_top_with_what_to_do() {
    let mut report = sample::report();
    let mut errors = 0;
    report.findings.retain(|finding| {
        errors += usize::from(finding.severity == Severity::Error);
        finding.severity < Severity::Error || errors <= 6
    });
    let page = page(&report);
    let first = part(&page, "<section class=\"first\">", "</section>");
    assert_eq!(first.matches("<li>").count(), 10);
    let (error, warning) = (first.rfind("× エラー").unwrap(), first.find("▲ 注意").unwrap());
    assert!(error < warning && !first.contains("※ 参考"));
    assert!(first.contains("出力元の文字コード変換を確認する") && first.contains("ほかに"));
    for link in first.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert_eq!(
            page.matches(&format!("<tbody id=\"{link}\">")).count(),
            1,
            "{link} leads to where it stands in the list"
        );
    }
}

#[test]
fn one_thing_to_do_in_many_fields_is_one_item() {
    let mut report = sample::report();
    let gone = |at| sample::finding(Check::Drill(Drill::FieldNeverPresent), &format!("F{at:02}"), 1, 0, vec![]);
    report.findings.extend((0..12).map(gone));
    report.findings.retain(|finding| finding.check == Check::Drill(Drill::Mojibake) || finding.detail.starts_with('F'));
    let page = page(&report);
    let first = part(&page, "<section class=\"first\">", "</section>");
    assert_eq!(first.matches("どの患者にもない項目").count(), 1);
    assert!(first.contains("F00") && first.contains("F07") && !first.contains("F08") && first.contains("ほか 4 "));
    assert!(first.contains("12件"));
}

#[test]
fn a_field_that_nobody_has_stands_out_in_words() {
    let page = page(&sample::report());
    let cover = part(&page, "<section class=\"cover\">", "</section>");
    assert_eq!(cover.matches("どの患者にもない").count(), 1);
    assert!(cover.contains("<h3>患者基本情報</h3>") && cover.contains("<h3>注射オーダー</h3>"));
    assert!(cover.contains(">600<") && cover.contains(">1,200<"));
}

#[test]
fn a_kind_that_stopped_comes_first_and_is_empty_from_then_on() {
    let page = page(&sample::report());
    let strips = part(&page, "<section class=\"strips\">", "</section>");
    let first = part(strips, "<div class=\"kind\">", "<div class=\"kind\"><h3><bdi>");
    assert!(
        first.contains("OMP-02") && first.contains("× 届かなくなった") && first.contains("2012-04 〜 2025-03</span>")
    );
    assert!(first.contains("title=\"2025-04 0\"") && !first.contains("title=\"2025-03 0\""));
    // Neither before the first file of all nor after the day of the drill is there a gap.
    assert!(!first.contains("title=\"2012-03 ") && !first.contains("title=\"2026-12 "));
}

#[test]
fn forms_are_said_in_words_with_the_time_they_were_used() {
    let page = page(&sample::report());
    let forms = part(&page, "<section class=\"forms\">", "</section>");
    assert!(
        forms.contains("病名ごとに1ファイル") && forms.contains("2018-01 〜 2026-11") && !forms.contains("one_file")
    );
}

#[test]
fn fifty_years_and_thousands_of_findings_stay_a_page_that_opens() {
    let mut report = sample::report();
    report.kinds = sample::kinds(1975, 2026);
    report.kinds[0].months.insert("9021-07".to_owned(), 5);
    report.kinds.extend((0..500).map(|at| KindMonths { kind: format!("L-{at}"), ..KindMonths::default() }));
    let finding = report.findings[0].clone();
    report.findings.extend((0..20_000).map(|at| {
        let mut finding = finding.clone();
        finding.detail = format!("PID-{at}");
        finding
    }));
    let page = page(&report);
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert!(page.contains("図に入らない年月のもの") && !page.contains("<b>9021</b>") && page.contains("<b>1997</b>"));
    assert_eq!(page.matches("JSON の報告にすべてあります").count(), 3);
}

#[test]
fn an_empty_report_is_a_page_too() {
    let mut report = sample::report();
    (report.findings, report.fields, report.kinds, report.forms) = Default::default();
    report.holds = true;
    let page = page(&report);
    assert!(page.contains("直すことは見つかりませんでした") && page.contains("指摘はありません"));
}
