//! Everything that was found, by what it is about.

use super::first::detail;
use super::text::{escape, more, number, severity};
use super::verdict::{compared, tally};
use crate::checks::Group;
use crate::report::{Example, Finding, Report};
use crate::words;
use ssmix2::Severity;

/// Findings a group shows: pages a person can still leaf through.
const ROWS: usize = 100;

const GROUPS: [(Group, &str); 5] = [
    (Group::Structure, "フォルダ、ファイル名、フラグ"),
    (Group::Text, "文字コード、文字化け、外字"),
    (Group::Content, "項目、値、日付"),
    (Group::Promise, "患者に見えるもの"),
    (Group::Migration, "ベンダーや版が変わった跡"),
];

pub(super) fn section(report: &Report) -> String {
    let compared = compared(report);
    let groups: String = GROUPS.iter().map(|of| group(of, report, compared)).collect();
    let groups = if report.findings.is_empty() { "<p>指摘はありません。</p>\n".to_owned() } else { groups };
    format!("<section class=\"findings\"><h2>見つかったことの一覧</h2>\n{groups}</section>\n")
}

fn group((group, about): &(Group, &str), report: &Report, compared: bool) -> String {
    let of: Vec<&Finding> = report.findings.iter().filter(|finding| finding.group == *group).collect();
    let count = |severity| tally(severity, of.iter().filter(|finding| finding.severity == severity).count());
    let counts: Vec<String> =
        [Severity::Error, Severity::Warning, Severity::Info].into_iter().filter_map(count).collect();
    let head = format!("<h3>{} <small>{about}</small></h3>\n", words::group(*group));
    if of.is_empty() {
        return format!("{head}<p>指摘はありません。</p>\n");
    }
    let is_first = |number: usize| !of[..number].iter().any(|other| other.check == of[number].check);
    let row = |(number, finding): (usize, &&Finding)| row(finding, compared, is_first(number));
    let rows: String = of.iter().take(ROWS).enumerate().map(row).collect();
    let left = more(of.len().saturating_sub(ROWS), "種類あります");
    format!("{head}<p>{}</p>\n<table class=\"found\">\n{}{rows}</table>\n{left}", counts.join("・"), columns(compared))
}

fn columns(compared: bool) -> String {
    let new = if compared { "<th scope=\"col\" class=\"n\">増えた</th>" } else { "" };
    format!(
        "<thead><tr><th scope=\"col\">重さ</th><th scope=\"col\">見つかったこと</th>\
         <th scope=\"col\" class=\"n\">件</th><th scope=\"col\" class=\"n\">患者</th>{new}</tr></thead>\n"
    )
}

/// Two rows that stay on one sheet: what it is, and what to do with where to look. The first of a check is where links lead.
fn row(finding: &Finding, compared: bool, is_first: bool) -> String {
    let id = if is_first { format!(" id=\"{}\"", finding.check.key()) } else { String::new() };
    let (new, columns) = match compared {
        true => (format!("<td class=\"n\" data-label=\"増えた\">{}</td>", number(finding.new)), 4),
        false => (String::new(), 3),
    };
    let examples: String = finding.examples.iter().map(example).collect();
    let examples = if examples.is_empty() { examples } else { format!("<ul>{examples}</ul>") };
    format!(
        "<tbody{id}><tr><td>{}</td><th scope=\"row\">{}{}</th><td class=\"n\" data-label=\"件\">{}</td>\
         <td class=\"n\" data-label=\"患者\">{}</td>{new}</tr>\n\
         <tr class=\"where\"><td></td><td colspan=\"{columns}\"><p class=\"advice\">{}</p>{examples}</td></tr></tbody>\n",
        severity(finding.severity),
        escape(&finding.text),
        detail(finding),
        number(finding.count),
        if finding.patients == 0 { "－".to_owned() } else { number(finding.patients) },
        escape(&finding.advice)
    )
}

fn example(example: &Example) -> String {
    let part = |name: &str, value: &str| match value.is_empty() {
        true => String::new(),
        false => format!("<span>{name}<bdi>{}</bdi></span> ", escape(value)),
    };
    format!(
        "<li>{}{}{}{}</li>",
        part("患者 ", &example.patient),
        part("", &example.path),
        part("", &example.place),
        part("文字 ", example.text.as_deref().unwrap_or_default())
    )
}
