//! A storage and its re-issue: how much of each section both hold and of when, and in which months entries were lost.

use super::months;
use super::text::{escape, number};
use crate::report::{Extent, KindMonths, Reissue, Report, SectionReissue};
use mykarte_record::labels::{self, Language};

const COLUMNS: &str = "<thead><tr><th scope=\"col\">区分</th><th scope=\"col\">元の格納先</th>\
    <th scope=\"col\">新しい格納先</th><th scope=\"col\" class=\"n\">ない</th>\
    <th scope=\"col\" class=\"n\">変わった</th><th scope=\"col\" class=\"n\">新しい側だけ</th></tr></thead>\n";

pub(super) fn section(report: &Report, reissue: &Reissue) -> String {
    let rows: String = reissue.sections.iter().map(row).collect();
    format!(
        "<section class=\"reissue\"><h2>元の格納先にあって、新しい格納先にないもの</h2>\n\
         <p>記録を作れた患者: 元の格納先 {}人、新しい格納先 {}人。「ない」「変わった」は両方にいる患者の件数です\
         （いなくなった患者は下の一覧に）。</p>\n\
         <table class=\"fields\">\n{COLUMNS}<tbody>\n{rows}</tbody></table>\n</section>\n{}",
        number(reissue.old_patients),
        number(reissue.new_patients),
        lost(report, reissue)
    )
}

fn row(of: &SectionReissue) -> String {
    format!(
        "<tr><th scope=\"row\">{}</th><td data-label=\"元の格納先\">{}</td><td data-label=\"新しい格納先\">{}</td>\
         <td class=\"n\" data-label=\"ない\">{}</td><td class=\"n\" data-label=\"変わった\">{}</td>\
         <td class=\"n\" data-label=\"新しい側だけ\">{}</td></tr>\n",
        labels::section(of.section, Language::Ja),
        extent(&of.old),
        extent(&of.new),
        number(count(&of.lost)),
        number(of.changed),
        number(of.added)
    )
}

/// `1,234件 2011-07 〜 2026-10`.
fn extent(extent: &Extent) -> String {
    let period = match (&extent.first, &extent.last) {
        (Some(first), Some(last)) => format!(" <small>{} 〜 {}</small>", escape(first), escape(last)),
        _ => String::new(),
    };
    format!("{}件{period}", number(extent.entries))
}

fn count(lost: &KindMonths) -> u64 {
    lost.months.values().map(|count| u64::from(*count)).sum::<u64>() + u64::from(lost.undated)
}

/// A strip for each section that lost something.
fn lost(report: &Report, reissue: &Reissue) -> String {
    let lost: Vec<&KindMonths> = reissue.sections.iter().map(|of| &of.lost).filter(|lost| count(lost) > 0).collect();
    match lost.is_empty() {
        true => String::new(),
        false => months::lost(report, &lost),
    }
}
