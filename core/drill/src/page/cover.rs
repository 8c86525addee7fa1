//! For each field that is shown, of how many patients it can be read: one bar a field.

use super::text::{escape, more, number};
use crate::report::{FieldCover, Report};
use mykarte_record::Section;
use mykarte_record::labels::{self, Language};

/// Fields a section shows; the catalogue has fewer.
const FIELDS: usize = 200;

const LEGEND: &str = "<p class=\"legend\"><span><span class=\"bar key\"><b></b></span> あり</span>\
    <span><span class=\"bar key\"><svg><path d=\"M0 6h26\"/></svg></span> 読めないデータがあり、分からない</span>\
    <span><span class=\"bar key\"><i></i></span> なし（登録がない）</span></p>\n";

const COLUMNS: &str = "<thead><tr><th scope=\"col\">項目</th><th scope=\"col\">患者の割合</th>\
    <th scope=\"col\" class=\"n\">あり</th><th scope=\"col\" class=\"n\">読めない</th>\
    <th scope=\"col\" class=\"n\">なし</th></tr></thead>\n";

pub(super) fn section(report: &Report) -> String {
    let nobody = report.fields.iter().filter(|field| field.present == 0).count();
    let note = match (report.fields.is_empty(), nobody) {
        (true, _) => "<p>調べた項目はありません。</p>\n".to_owned(),
        (_, 0) => "<p>どの項目も、読める患者がいます。</p>\n".to_owned(),
        (_, count) => format!("<p><b>読める患者が1人もいない項目が {count}個あります</b>（◀ の行）。</p>\n"),
    };
    let sections: String = Section::ALL.into_iter().map(|section| of(section, report)).collect();
    format!(
        "<section class=\"cover\"><h2>項目ごとに、何人の患者で読めるか</h2>\n{note}{}{sections}</section>\n",
        if report.fields.is_empty() { "" } else { LEGEND }
    )
}

fn of(section: Section, report: &Report) -> String {
    let fields: Vec<&FieldCover> = report.fields.iter().filter(|field| field.section == section).collect();
    if fields.is_empty() {
        return String::new();
    }
    let rows: String = fields.iter().take(FIELDS).map(|field| row(field)).collect();
    format!(
        "<h3>{}</h3>\n<table class=\"fields\">\n{COLUMNS}<tbody>\n{rows}</tbody></table>\n{}",
        labels::section(section, Language::Ja),
        more(fields.len().saturating_sub(FIELDS), "項目あります")
    )
}

fn row(field: &FieldCover) -> String {
    let (class, nobody) = match (field.present, field.unreadable) {
        (0, 0) => (" class=\"nobody\"", " <span class=\"flag\">◀ どの患者にもない</span>"),
        (0, _) => (" class=\"nobody\"", " <span class=\"flag\">◀ 読めた患者がいない</span>"),
        _ => ("", ""),
    };
    format!(
        "<tr{class}><th scope=\"row\">{}{nobody}</th><td class=\"wide\">{}</td>\
         <td class=\"n\" data-label=\"あり\">{}</td><td class=\"n\" data-label=\"読めない\">{}</td>\
         <td class=\"n\" data-label=\"なし\">{}</td></tr>\n",
        escape(if field.name.is_empty() { &field.key } else { &field.name }),
        bar(field),
        number(field.present),
        number(field.unreadable),
        number(field.absent)
    )
}

/// The three shares; one patient of very many is still a line to be seen. Stripes are one dashed stroke: as a gradient
/// they make a printed file of many megabytes.
fn bar(field: &FieldCover) -> String {
    let part = |patients: u32, tag: &str, inside: &str| match patients {
        0 => String::new(),
        patients => format!("<{tag} style=\"flex-grow:{patients}\">{inside}</{tag}>"),
    };
    let present = part(field.present, "b", "");
    let unreadable = part(field.unreadable, "svg", "<path d=\"M0 6h2000\"/>");
    let absent = part(field.absent, "i", "");
    format!("<span class=\"bar\">{present}{unreadable}{absent}</span>")
}
