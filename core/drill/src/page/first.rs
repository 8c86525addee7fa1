//! What to mend first: the worst findings with what to do about them.

use super::text::{escape, more, number, severity};
use super::verdict::compared;
use crate::report::{Finding, Report};
use crate::words;
use ssmix2::Severity;

/// As many as one meeting can hand out.
const TEN: usize = 10;

pub(super) fn section(report: &Report) -> String {
    let mut worst: Vec<&Finding> = report.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
    // Stable: within a severity the report's own order, what is new before what was known.
    worst.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.new == 0));
    let left = worst.len().saturating_sub(TEN);
    let items: String = worst.iter().take(TEN).map(|finding| item(finding, compared(report))).collect();
    let list = match items.is_empty() {
        true => "<p>直すことは見つかりませんでした。</p>\n".to_owned(),
        false => format!("<ol>\n{items}</ol>\n"),
    };
    let left = more(left, "種類のエラーと注意があります（下の一覧）");
    format!("<section class=\"first\"><h2>まず直すこと</h2>\n{list}{left}</section>\n")
}

fn item(finding: &Finding, compared: bool) -> String {
    format!(
        "<li><p>{} <b>{}</b>{} <span class=\"many\">{}</span></p><p class=\"advice\">{}</p></li>\n",
        severity(finding.severity),
        escape(&finding.text),
        detail(finding),
        many(finding, compared),
        escape(&finding.advice)
    )
}

/// What more exactly, if it is said.
pub(super) fn detail(finding: &Finding) -> String {
    match finding.detail.is_empty() {
        true => String::new(),
        false => format!(" <span class=\"detail\">{}</span>", escape(&words::detail(finding))),
    }
}

fn many(finding: &Finding, compared: bool) -> String {
    let patients = match finding.patients {
        0 => String::new(),
        patients => format!("・患者 {}人", number(patients)),
    };
    let new = match finding.new {
        _ if !compared => String::new(),
        0 => "・前回から増えていない".to_owned(),
        new if new == finding.count => "・前回はなかった".to_owned(),
        new => format!("・前回より {}件増えた", number(new)),
    };
    format!("{}件{patients}{new}", number(finding.count))
}
