//! A storage held against its re-issue, on the page.

use crate::sample;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::page::page;
use mykarte_drill::report::{Extent, KindMonths, Reissue, Report, SectionReissue};
use mykarte_record::Section;

fn report() -> Report {
    let extent = |entries| Extent { entries, first: Some("2014-04".to_owned()), last: Some("2026-09".to_owned()) };
    let lost = KindMonths {
        kind: "labs<b>".to_owned(),
        name: "検査結果".to_owned(),
        months: [("2019-04".to_owned(), 300), ("2019-05".to_owned(), 45)].into(),
        undated: 1,
    };
    let labs = SectionReissue {
        section: Section::Labs,
        old: extent(12_345),
        new: extent(12_000),
        lost,
        changed: 7,
        added: 1_001,
    };
    let findings = vec![sample::finding(Check::Drill(Drill::EntryLost), "labs", 346, 12, vec![])];
    let reissue = Some(Reissue { old_patients: 1_200, new_patients: 1_199, sections: vec![labs] });
    Report { findings, fields: vec![], kinds: vec![], forms: vec![], reissue, ..sample::report() }
}

#[test]
fn the_page_says_how_much_was_lost_and_when() {
    let page = page(&report());
    for text in [
        "新しい格納先に、失われた患者・データか、変わった薬や値があります",
        "元の格納先 1,200人、新しい格納先 1,199人",
        "12,345件 <small>2014-04 〜 2026-09</small>",
        "data-label=\"ない\">346<",
        "いつのデータがないか",
        "失われた・治療に関わる内容が変わった",
        "title=\"2019-04 300\"",
        "新しい格納先にないデータ",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("labs<b>") && !page.contains("項目ごとに、何人の患者で読めるか"));
    assert!(!page.contains("データ種別ごとに"));
}

#[test]
fn where_nothing_was_lost_no_month_is_drawn() {
    let mut report = report();
    report.findings.clear();
    report.holds = true;
    report.reissue.as_mut().unwrap().sections[0].lost = KindMonths::default();
    let page = page(&report);
    assert!(
        page.contains("見せる項目のうち、新しい格納先で失われたもの、変わった薬や値は、見つかりませんでした")
            && !page.contains("いつのデータがないか")
    );
}
