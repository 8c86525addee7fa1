//! Words of the drill.

use chrono::NaiveDate;
use mykarte::record::labels::{self, Language};
use mykarte::ssmix2::Severity;
use mykarte_drill::report::{Chosen, Extent, Finding, SectionReissue};
use mykarte_drill::words;
use mykarte_drill::{Report, Verdict};
use std::path::Path;

/// What stands near the beginning of every page of a drill.
pub const PAGE: &str = "<meta name=\"generator\" content=\"mykarte verify\">";

/// The first line.
pub fn verdict(report: &Report, language: Language) -> &'static str {
    match (report.reissue.is_some(), report.verdict()) {
        (true, Verdict::Holds) => language.pick(
            "見せる項目のうち、新しい格納先で失われたもの・変わった薬や値はありません。",
            "Of the fields that are shown nothing was lost in the new storage, and no drug or value changed.",
        ),
        (true, Verdict::Fails) => language.pick(
            "新しい格納先に、失われたもの・変わった薬や値があります。",
            "The new storage lacks what the old one has, or says otherwise what is treated by.",
        ),
        (false, Verdict::Holds) => language.pick("約束は守られています。", "The promise holds."),
        (false, Verdict::Fails) => language.pick(
            "約束は守られていません: 患者に見えないもの・読めないものがあります。",
            "The promise does not hold: there is what patients would not see, or cannot be read.",
        ),
        (_, Verdict::NoWorse) => language.pick(
            "前回より悪くなってはいません。前回からのエラーが残っています。",
            "No worse than the last time; errors of that time remain.",
        ),
    }
}

/// No patient has a care date since a day.
pub fn nobody_since(day: NaiveDate, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "{day} 以降に診療のある患者がいません。何も点検していません。出力が止まっていないか、日付が正しいか確認してください。"
        ),
        Language::En => format!(
            "no patient has a care date from {day} on, and nothing was looked at: check whether the export has stopped, and the date."
        ),
    }
}

/// What was looked at.
pub fn scope(report: &Report, language: Language) -> String {
    let scope = &report.scope;
    let profile = report.profile.as_ref().map_or_else(String::new, |shape| super::profile::shape(shape, language));
    let chosen = match (&scope.chosen, language) {
        (Chosen::All | Chosen::Patient, _) => String::new(),
        (Chosen::Sample { seed, .. }, Language::Ja) => format!("、無作為（番号 {seed}）"),
        (Chosen::Sample { seed, .. }, Language::En) => format!(", by chance (seed {seed})"),
        (Chosen::Since { date }, Language::Ja) => format!("、{date} 以降に診療のある方"),
        (Chosen::Since { date }, Language::En) => format!(", with a care date from {date} on"),
    };
    let of_both = match language {
        _ if report.reissue.is_none() => "",
        Language::Ja => "（2つの格納先の合計）",
        Language::En => " of both storages",
    };
    match language {
        Language::Ja => format!(
            "患者 {}人（全 {}人{chosen}）・ファイル {}件{of_both}。項目: {profile}",
            scope.patients, scope.patients_in_storage, scope.files
        ),
        Language::En => format!(
            "{} of {} patients{chosen}, {} files{of_both}; fields: {profile}",
            scope.patients, scope.patients_in_storage, scope.files
        ),
    }
}

/// How many kinds of findings there are.
pub fn counts(report: &Report, has_baseline: bool, language: Language) -> String {
    let part = |of: Severity| {
        let (all, new) = report.count(of);
        match (language, has_baseline) {
            (Language::Ja, false) => format!("{} {all}種類", severity(of, language)),
            (Language::Ja, true) => format!("{} {all}種類（前回より増えたもの {new}）", severity(of, language)),
            (Language::En, false) => format!("{all} kinds of {}", severity(of, language)),
            (Language::En, true) => format!("{all} kinds of {} ({new} grown)", severity(of, language)),
        }
    };
    [Severity::Error, Severity::Warning, Severity::Info].map(part).join(language.pick("・", ", "))
}

/// How much a finding matters.
pub fn severity(severity: Severity, language: Language) -> &'static str {
    match (language, severity) {
        (Language::Ja, _) => words::severity(severity),
        (Language::En, Severity::Error) => "error",
        (Language::En, Severity::Warning) => "warning",
        (Language::En, Severity::Info) => "note",
    }
}

/// Above the worst findings.
pub fn first(language: Language) -> &'static str {
    language.pick("まず直すこと", "What to mend first")
}

/// One finding.
pub fn finding(finding: &Finding, language: Language) -> String {
    let detail = words::detail(finding);
    let detail = if detail.is_empty() { detail } else { format!("［{detail}］") };
    match language {
        Language::Ja => {
            let patients = if finding.patients > 0 { format!("・{}人", finding.patients) } else { String::new() };
            format!("{}{detail} {}件{patients}", finding.text, finding.count)
        }
        Language::En => {
            let detail = if finding.detail.is_empty() { String::new() } else { format!(" [{}]", finding.detail) };
            format!(
                "{}{detail}: {} in {} patients ({})",
                finding.check.key(),
                finding.count,
                finding.patients,
                finding.text
            )
        }
    }
}

/// Findings that are not on the screen.
pub fn more(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("  ほかに {count}種類（--html・--json に）"),
        Language::En => format!("  {count} kinds more (see --html, --json)"),
    }
}

/// Fields that nobody has.
pub fn fields(all: usize, never: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("表示する項目 {all}のうち、どの患者にもない項目が {never}あります。"),
        Language::En => format!("Of {all} fields that are shown, nobody has {never}."),
    }
}

/// How much both storages hold of a section, and what became of it.
pub fn section(of: &SectionReissue, language: Language) -> String {
    let extent = |extent: &Extent| match (&extent.first, &extent.last) {
        (Some(first), Some(last)) => format!("{} ({first}–{last})", extent.entries),
        _ => extent.entries.to_string(),
    };
    let lost = of.lost.months.values().map(|count| u64::from(*count)).sum::<u64>() + u64::from(of.lost.undated);
    let (name, old, new) = (labels::section(of.section, language), extent(&of.old), extent(&of.new));
    match language {
        Language::Ja => {
            format!("  {name}: 元 {old} → 新 {new}。ない {lost}・変わった {}・新しい側だけ {}", of.changed, of.added)
        }
        Language::En => {
            format!("  {name}: {old} -> {new}; {lost} lost, {} changed, {} only in the new one", of.changed, of.added)
        }
    }
}

/// A result was written.
pub fn written(path: &Path, language: Language) -> String {
    format!("{}: {}", language.pick("書きました", "written"), path.display())
}

/// Where the rest is to be seen.
pub fn outputs(language: Language) -> &'static str {
    language.pick(
        "すべての指摘と項目ごとの一覧は --html（会議用）と --json（機械用）、患者ごとの指摘は --list（CSV）で書き出せます。",
        "all findings and every field: --html for the meeting, --json for machines; patient by patient: --list (CSV).",
    )
}

/// Stopped by the user.
pub fn cancelled(language: Language) -> &'static str {
    language.pick("中止しました。結果は書いていません。", "stopped; no result was written")
}

/// A baseline that is none.
pub fn no_baseline(path: &Path, language: Language) -> String {
    let why = language.pick(
        "--baseline は前回の --json の結果です。この形ではありません。",
        "--baseline is the --json of an earlier run; this is none.",
    );
    format!("{}: {why}", path.display())
}

/// A baseline of something else.
pub fn other_baseline(path: &Path, language: Language) -> String {
    let why = language.pick(
        "ほかの範囲の結果です（全患者・一部・移行の比較のどれか）。同じ指定で作った結果を --baseline にしてください。",
        "is of another scope (all patients, some, a comparison); take a result of the same command line.",
    );
    format!("{}: {why}", path.display())
}

/// Two outputs of one name.
pub fn one_name(language: Language) -> &'static str {
    language
        .pick("--json・--html・--list のうち2つが同じファイルです。", "two of --json, --html and --list are one file")
}

/// The head of a list; one that begins so is ours.
pub fn list_columns(language: Language) -> [&'static str; 8] {
    match language {
        Language::Ja => ["患者", "重さ", "指摘", "何の", "件数", "例のファイル", "箇所", "文字"],
        Language::En => ["patient", "severity", "check", "detail", "count", "example", "place", "text"],
    }
}

/// An output that would change what is looked at.
pub fn in_the_storage(path: &Path, language: Language) -> String {
    let why =
        language.pick("ストレージの中です。別の場所にしてください。", "lies in the storage; choose another place.");
    format!("{}: {why}", path.display())
}

/// An output that would take the place of something else.
pub fn not_ours(path: &Path, language: Language) -> String {
    let why = language.pick(
        "verify の結果ではないファイルです。別の名前にしてください。",
        "is no result of verify; choose another name.",
    );
    format!("{}: {why}", path.display())
}
