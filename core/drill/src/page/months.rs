//! How many files of each data type came in each month, years one below the other in all types alike: one that stopped
//! is the one that goes white.

use super::text::{escape, more, number};
use crate::checks::{Check, Drill};
use crate::report::{KindMonths, Report};
use std::collections::BTreeMap;

/// Years that are drawn, the last of them the year of the drill or the one after it.
const YEARS: i32 = 30;
/// Data types that are drawn; the standard has 26.
const KINDS: usize = 60;
/// Shades.
const LEVELS: u64 = 5;

/// What is counted, as it stands behind a number.
const FILES: &str = "ファイル";
const ENTRIES: &str = "件";

/// Year and month.
type Month = (i32, u32);

const LEGEND: &str = "<p class=\"legend\"><span><span class=\"months key\"><i class=\"m1\"></i><i class=\"m2\"></i>\
    <i class=\"m3\"></i><i class=\"m4\"></i><i class=\"m5\"></i></span> 少ない〜多い（その種別で最も多い月に対して）</span>\
    <span><span class=\"months key one\"><i></i></span> ファイルのない月</span></p>\n\
    <p class=\"legend\">1年が1月から12月までの 12マス、年の右の数字はその年のファイル数です。</p>\n";

/// What is drawn: whole years, of which months before the first file and after the drill are no gap.
struct Span {
    years: std::ops::RangeInclusive<i32>,
    first: Month,
    now: Month,
}

impl Span {
    /// None where no file has a month.
    fn of(report: &Report, kinds: &[&KindMonths]) -> Option<Span> {
        let now = month(&report.at.at.format("%Y-%m").to_string())?;
        let months = || kinds.iter().flat_map(|kind| kind.months.keys()).filter_map(|key| month(key));
        let inside = || months().filter(|(year, _)| (now.0 - YEARS + 1..=now.0 + 1).contains(year));
        let (first, last) = (inside().min()?, inside().max()?);
        Some(Span { years: first.0..=last.0.max(now.0), first, now })
    }
}

/// `2026-11`.
fn month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some((year.parse().ok()?, month))
}

pub(super) fn section(report: &Report) -> String {
    let head = "<section class=\"strips\"><h2>データ種別ごとに、毎月届いているか</h2>\n";
    if report.kinds.is_empty() {
        return format!("{head}<p>ファイルはありません。</p></section>\n");
    }
    let span = Span::of(report, &report.kinds.iter().collect::<Vec<_>>());
    // Those that stopped come first; otherwise the report's order.
    let (stopped, other): (Vec<_>, Vec<_>) = report.kinds.iter().partition(|kind| stopped(report, kind));
    let kinds = stopped.iter().map(|kind| (kind, true)).chain(other.iter().map(|kind| (kind, false)));
    let strips: String = kinds.take(KINDS).map(|(kind, stopped)| strip(kind, FILES, stopped, span.as_ref())).collect();
    let note = match stopped.len() {
        0 => String::new(),
        count => format!("<p><b>途中から届かなくなった種別が {count}種類あります</b>（× の種別）。</p>\n"),
    };
    let left = more(report.kinds.len().saturating_sub(KINDS), "種別あります");
    format!("{head}{note}{LEGEND}{strips}{left}</section>\n")
}

/// In which months entries were lost: here the darkest is the worst.
pub(super) fn lost(report: &Report, lost: &[&KindMonths]) -> String {
    let span = Span::of(report, lost);
    let strips: String = lost.iter().map(|kind| strip(kind, ENTRIES, false, span.as_ref())).collect();
    format!(
        "<section class=\"strips\"><h2>いつのデータがないか</h2>\n{}{strips}</section>\n",
        LEGEND
            .replace("ファイルのない月", "失われたものがない月")
            .replace("年のファイル数", "年にないデータの件数")
            .replace("その種別", "その区分")
    )
}

fn stopped(report: &Report, kind: &KindMonths) -> bool {
    let about = |detail: &str| detail == kind.kind || detail.split_whitespace().next() == Some(kind.kind.as_str());
    report.findings.iter().any(|f| f.check == Check::Drill(Drill::KindStopped) && about(&f.detail))
}

fn strip(kind: &KindMonths, what: &str, stopped: bool, span: Option<&Span>) -> String {
    let counts: BTreeMap<Month, u64> =
        kind.months.iter().filter_map(|(key, count)| Some((month(key)?, u64::from(*count)))).collect();
    let years = span.map_or_else(String::new, |span| years(&counts, span));
    format!(
        "<div class=\"kind\"><h3>{}<bdi>{}</bdi> <bdi>{}</bdi> <small>{}</small></h3>\n{years}</div>\n",
        if stopped { "<span class=\"severity error\">× 届かなくなった</span> " } else { "" },
        escape(&kind.kind),
        escape(&kind.name),
        summary(kind, what, &counts, span)
    )
}

/// `12,345ファイル、2011-07 〜 2026-10`, and what is not drawn.
fn summary(kind: &KindMonths, what: &str, counts: &BTreeMap<Month, u64>, span: Option<&Span>) -> String {
    let all = kind.months.values().map(|count| u64::from(*count)).sum::<u64>() + u64::from(kind.undated);
    let mut summary = format!("{}{what}", number(all));
    if let (Some(first), Some(last)) = (counts.keys().next(), counts.keys().next_back()) {
        summary += &format!("、<span>{} 〜 {}</span>", spell(*first), spell(*last));
    }
    let drawn = |year: &i32| span.is_some_and(|span| span.years.contains(year));
    let inside: u64 = counts.iter().filter(|((year, _), _)| drawn(year)).map(|(_, count)| count).sum();
    for (count, what) in [
        (u64::from(kind.undated), "診療日のないもの"),
        (all - u64::from(kind.undated) - inside, "図に入らない年月のもの"),
    ] {
        if count > 0 {
            summary += &format!("、{what} {}", number(count));
        }
    }
    summary
}

fn spell((year, month): Month) -> String {
    format!("{year:04}-{month:02}")
}

fn years(counts: &BTreeMap<Month, u64>, span: &Span) -> String {
    let most = counts.iter().filter(|((year, _), _)| span.years.contains(year)).map(|(_, count)| *count).max();
    let year = |year: i32| {
        let sum: u64 = counts.range((year, 1)..=(year, 12)).map(|(_, count)| count).sum();
        let cells: String = (1..=12).map(|month| cell((year, month), counts, most.unwrap_or(0), span)).collect();
        format!("<div><b>{year:04}</b> {}<span class=\"months\">{cells}</span></div>\n", number(sum))
    };
    let years: String = span.years.clone().map(year).collect();
    format!("<div class=\"years\">\n{years}</div>")
}

fn cell(month: Month, counts: &BTreeMap<Month, u64>, most: u64, span: &Span) -> String {
    let count = counts.get(&month).copied().unwrap_or(0);
    match count {
        // The month of the drill is not over yet.
        0 if month < span.first || month >= span.now => "<i class=\"no\"></i>".to_owned(),
        0 => format!("<i title=\"{} 0\"></i>", spell(month)),
        count => format!(
            "<i class=\"m{}\" title=\"{} {}\"></i>",
            (count * LEVELS).div_ceil(most.max(1)).min(LEVELS),
            spell(month),
            number(count)
        ),
    }
}
