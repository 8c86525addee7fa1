//! In which forms messages come, and when each was used.

use super::text::{escape, more, number};
use crate::report::{Form, Report};

/// Forms that are shown.
const FORMS: usize = 60;

pub(super) fn section(report: &Report) -> String {
    if report.forms.is_empty() {
        return String::new();
    }
    let rows: String = report.forms.iter().take(FORMS).map(row).collect();
    format!(
        "<section class=\"forms\"><h2>メッセージの形</h2>\n\
         <p>版や様式が時期によって変わるのは、システムの移行の跡です。時期が移行と合うか確認します。</p>\n\
         <table>\n<thead><tr><th scope=\"col\">何の</th><th scope=\"col\">形</th>\
         <th scope=\"col\" class=\"n\">ファイル</th><th scope=\"col\" class=\"time\">時期</th></tr></thead>\n<tbody>\n{rows}</tbody></table>\n\
         {}</section>\n",
        more(report.forms.len().saturating_sub(FORMS), "種類の形があります")
    )
}

fn row(form: &Form) -> String {
    let what = match form.what.as_str() {
        "version" => "SS-MIX2 の版（MSH-12・MSH-21）".to_owned(),
        "diagnoses" => "病名ファイルの様式".to_owned(),
        other => escape(other),
    };
    let value = match (form.what.as_str(), form.value.as_str()) {
        ("diagnoses", "one_file_a_patient") => "患者で1ファイル".to_owned(),
        ("diagnoses", "one_file_a_diagnosis") => "病名ごとに1ファイル".to_owned(),
        (_, other) => escape(other),
    };
    let end = |month: &Option<String>| month.as_deref().map_or_else(|| "不明".to_owned(), escape);
    let time = match form.from == form.to {
        true => end(&form.from),
        false => format!("{} 〜 {}", end(&form.from), end(&form.to)),
    };
    format!(
        "<tr><td>{what}</td><td>{value}</td><td class=\"n\">{}</td><td class=\"time\">{time}</td></tr>\n",
        number(form.files)
    )
}
