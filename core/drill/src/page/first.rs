//! What to mend first: the worst findings with what to do about them.

use super::text::{escape, more, number, severity, size};
use super::verdict::compared;
use crate::report::{Finding, Report};
use crate::words;
use ssmix2::Severity;

/// As many as one meeting can hand out.
const TEN: usize = 10;
/// Fields or sections that are named of one thing to do.
const DETAILS: usize = 8;

pub(super) fn section(report: &Report) -> String {
    let mut worst: Vec<&Finding> = report.findings.iter().filter(|finding| finding.severity > Severity::Info).collect();
    // Stable: within a severity the report's own order, what is new before what was known.
    worst.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.new == 0));
    let worst = by_check(worst);
    let left = worst.len().saturating_sub(TEN);
    let items: String = worst.iter().take(TEN).map(|findings| item(findings, compared(report))).collect();
    let list = match items.is_empty() {
        true => "<p>直すことは見つかりませんでした。</p>\n".to_owned(),
        false => format!("<ol>\n{items}</ol>\n"),
    };
    let left = more(left, "種類のエラーと注意があります（下の一覧）");
    format!("<section class=\"first\"><h2>まず直すこと</h2>\n{list}{left}</section>\n")
}

/// One thing to do may be found in many fields or sections.
fn by_check(findings: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    let mut checks: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match checks.iter_mut().find(|known| known[0].check == finding.check) {
            Some(known) => known.push(finding),
            None => checks.push(vec![finding]),
        }
    }
    checks
}

fn item(findings: &[&Finding], compared: bool) -> String {
    let first = findings[0];
    let details: String = findings.iter().take(DETAILS).map(|finding| detail(finding)).collect();
    let others = match findings.len().saturating_sub(DETAILS) {
        0 => String::new(),
        others => format!(" ほか {}", size(others)),
    };
    format!(
        "<li><p>{} <b><a href=\"#{}\">{}</a></b>{details}{others} <span class=\"many\">{}</span></p><p class=\"advice\">{}</p></li>\n",
        severity(first.severity),
        first.check.key(),
        escape(&first.text),
        many(findings, compared),
        escape(&first.advice)
    )
}

/// What more exactly, if it is said.
pub(super) fn detail(finding: &Finding) -> String {
    match finding.detail.is_empty() {
        true => String::new(),
        false => format!(" <span class=\"detail\">{}</span>", escape(&words::detail(finding))),
    }
}

fn many(findings: &[&Finding], compared: bool) -> String {
    let count: u64 = findings.iter().map(|finding| finding.count).sum();
    let new: u64 = findings.iter().map(|finding| finding.new).sum();
    // Several findings may be of the same patients.
    let least = if findings.len() > 1 { "以上" } else { "" };
    let patients = match findings.iter().map(|finding| finding.patients).max().unwrap_or(0) {
        0 => String::new(),
        patients => format!("・患者 {}人{least}", number(patients)),
    };
    let new = match new {
        _ if !compared => String::new(),
        0 => "・前回から増えていない".to_owned(),
        new if new == count => "・前回はなかった".to_owned(),
        new => format!("・前回より {}件増えた", number(new)),
    };
    format!("{}件{patients}{new}", number(count))
}
