//! On top: does the promise hold, for whom, and how much was found.

use super::text::{escape, moment, number, severity, size};
use crate::report::{Chosen, Report, Verdict};
use crate::words;
use ssmix2::Severity;

pub(super) fn section(report: &Report) -> String {
    let (class, sign, verdict) = verdict(report);
    let hospital = report.profile.as_ref().and_then(|profile| profile.university.as_deref());
    let hospital = hospital.map(|name| format!("<p>{}</p>", escape(name))).unwrap_or_default();
    format!(
        "<header><p>いざというときのマイカルテ</p>{hospital}<h1>{}</h1></header>\n\
         <section class=\"verdict {class}\"><p class=\"sign\" aria-hidden=\"true\">{sign}</p>\
         <div><h2>{verdict}</h2><p>{}</p></div></section>\n{}{}",
        if report.reissue.is_some() { "移行の点検の報告" } else { "読み取り点検の報告" },
        reason(report),
        counts(report),
        scope(report)
    )
}

fn verdict(report: &Report) -> (&'static str, &'static str, &'static str) {
    if report.reissue.is_some() && report.scope.patients > 0 {
        return match report.verdict() {
            Verdict::Holds => {
                ("holds", "○", "見せる項目のうち、新しい格納先で失われたもの、変わった薬や値は、見つかりませんでした")
            }
            Verdict::NoWorse => {
                ("unknown", "△", "前回より悪くなってはいませんが、失われたもの・変わったものが残っています")
            }
            Verdict::Fails => ("fails", "×", "新しい格納先に、失われた患者・データか、変わった薬や値があります"),
        };
    }
    match (report.scope.patients, report.verdict()) {
        (0, Verdict::Holds) => ("unknown", "－", "調べた患者がいないため、約束が守られているか分かりません"),
        (_, Verdict::Holds) => ("holds", "○", "患者に見せるという約束は、守られています"),
        (_, Verdict::NoWorse) => ("unknown", "△", "前回より悪くなってはいませんが、前回からのエラーが残っています"),
        (_, Verdict::Fails) => ("fails", "×", "患者に見せるという約束が、守られていません"),
    }
}

/// One sentence, with numbers, of what the verdict stands on.
fn reason(report: &Report) -> String {
    let (errors, new) = report.count(Severity::Error);
    let (patients, all) = (number(report.scope.patients), number(report.scope.patients_in_storage));
    let who = match report.scope.patients == report.scope.patients_in_storage {
        true => format!("全患者 {patients}人を調べました。"),
        false => format!("{all}人のうち {patients}人を調べました。"),
    };
    let found = match (errors, compared(report)) {
        (0, _) if report.reissue.is_some() => "エラーは、見つかりませんでした。".to_owned(),
        (0, _) => "読めないデータなどのエラーは、見つかりませんでした。".to_owned(),
        (_, true) if report.holds => {
            format!("前回になかったエラーはありません。前回からのエラーが <b>{}種類</b>残っています。", size(errors))
        }
        (_, true) => format!("エラーは {}種類、うち前回より増えたものが <b>{}種類</b>です。", size(errors), size(new)),
        (_, false) => format!("直すべきエラーが <b>{}種類</b>見つかりました。", size(errors)),
    };
    who + &found + &touched(report)
}

fn touched(report: &Report) -> String {
    match report.scope.patients_with_errors {
        0 => String::new(),
        patients => format!("<b>{}人</b>の患者に関わります。", number(patients)),
    }
}

/// Whether there is an earlier drill to compare with.
pub(super) fn compared(report: &Report) -> bool {
    report.baseline.is_some()
}

fn counts(report: &Report) -> String {
    let count = |of: Severity| {
        let (all, new) = report.count(of);
        let new = match compared(report) {
            true => format!("うち前回より増えた {}種類", size(new)),
            false => String::new(),
        };
        format!(
            "<li>{} <b>{}</b>種類 <small>{new} {}</small></li>\n",
            severity(of),
            size(all),
            meaning(of, report.reissue.is_some())
        )
    };
    let counts: String = [Severity::Error, Severity::Warning, Severity::Info].into_iter().map(count).collect();
    format!("<ul class=\"counts\">\n{counts}</ul>\n")
}

fn meaning(severity: Severity, is_reissue: bool) -> &'static str {
    match (severity, is_reissue) {
        (Severity::Error, false) => "読めない・届いていない",
        (Severity::Warning, false) => "読めたが、食い違いや補いがある",
        (Severity::Info, false) => "読めている。知っておくとよい",
        (Severity::Error, true) => "失われた・治療に関わる内容が変わった",
        (Severity::Warning, true) => "ほかの内容が変わった・比べられない",
        (Severity::Info, true) => "失われていない。知っておくとよい",
    }
}

fn scope(report: &Report) -> String {
    let scope = &report.scope;
    let profile = match &report.profile {
        Some(profile) => format!("{}（{} 第{}版）", escape(&profile.name), escape(&profile.id), profile.version),
        None => "すべての項目".to_owned(),
    };
    let patients = match &report.reissue {
        Some(of) => format!(
            "{}人（記録ができたのは 元 {}人・新 {}人）",
            number(scope.patients),
            number(of.old_patients),
            number(of.new_patients)
        ),
        None => format!("{}人（格納先には {}人）", number(scope.patients), number(scope.patients_in_storage)),
    };
    let of_both = if report.reissue.is_some() { "2つの格納先の合計。" } else { "" };
    let files = format!(
        "{}（{of_both}うち開いたもの {}。ほかは古い版・取消・付属など）",
        number(scope.files),
        number(scope.read)
    );
    let rows = [
        ("調べた日時", moment(&report.at)),
        ("患者", patients),
        ("選び方", chosen(&scope.chosen)),
        ("ファイル", files),
        ("見せる項目", profile),
    ];
    let rows: String =
        rows.iter().map(|(what, value)| format!("<div><dt>{what}</dt><dd>{value}</dd></div>\n")).collect();
    format!("<dl class=\"scope\">\n{rows}</dl>\n")
}

fn chosen(chosen: &Chosen) -> String {
    match chosen {
        Chosen::All => "全患者".to_owned(),
        Chosen::Sample { patients, seed } => {
            format!("無作為に {}人（乱数の種 {seed}。同じ種なら同じ患者）", number(*patients))
        }
        Chosen::Patient => "患者 1人を指定".to_owned(),
        Chosen::Since { date } => format!("{} 以降に診療日のある患者", escape(date)),
    }
}

/// `エラー 3種類`, for headings further down.
pub(super) fn tally(of: Severity, count: usize) -> Option<String> {
    (count > 0).then(|| format!("{} {}種類", words::severity(of), size(count)))
}
