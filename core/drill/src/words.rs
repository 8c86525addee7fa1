//! Words for what a finding is about more exactly, in Japanese: keys stay in the JSON.

use crate::checks::{Check, Drill, Group};
use crate::mojibake::Accident;
use crate::report::Finding;
use mykarte::record::Section;
use mykarte::record::catalogue;
use mykarte::record::labels::{self, Language};
use mykarte::record::says;
use mykarte::ssmix2::{DataType, Severity};

/// The name of a severity.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "エラー",
        Severity::Warning => "注意",
        Severity::Info => "参考",
    }
}

/// The name of a group.
pub fn group(group: Group) -> &'static str {
    match group {
        Group::Structure => "構造",
        Group::Text => "文字",
        Group::Content => "内容",
        Group::Promise => "約束",
        Group::Migration => "移行",
    }
}

/// What a finding is about more exactly; empty where its sentence says it.
pub fn detail(finding: &Finding) -> String {
    let detail = finding.detail.as_str();
    let said = match finding.check {
        Check::Drill(Drill::Mojibake) => accident(detail).map(str::to_owned),
        Check::Drill(Drill::FieldInFewer) => detail.split_once('.').and_then(|(of, key)| field(of, key)),
        Check::Drill(Drill::SeveralSpellings) => detail.split_once('.').map(|(of, key)| {
            let unit = key == "unit" && section(of).is_some();
            let unit = unit.then(|| format!("{} 単位", section(of).unwrap_or_default()));
            unit.or_else(|| field(of, key)).unwrap_or_else(|| detail.to_owned())
        }),
        Check::Drill(Drill::KindStopped) => {
            detail.split_once(' ').map(|(kind, month)| format!("{} {month} まで", self::kind(kind)))
        }
        Check::Drill(Drill::FewerFilesOfKind) => Some(kind(detail)),
        Check::Drill(Drill::PeriodLost) => {
            detail.split_once(' ').and_then(|(of, months)| Some(format!("{} {months}", section(of)?)))
        }
        Check::Drill(
            Drill::EntryLost
            | Drill::ValueChanged
            | Drill::EntryChanged
            | Drill::FieldLost
            | Drill::EntryRenamed
            | Drill::EntryGoneOn,
        ) => detail.split_once('.').and_then(|(of, key)| said(of, key)).or_else(|| section(detail).map(str::to_owned)),
        Check::Drill(Drill::NotComparable) => reason(detail).or_else(|| section(detail)).map(str::to_owned),
        Check::Drill(Drill::PatientNotReadable) => reason(detail).map(str::to_owned),
        _ => section(detail).map(str::to_owned),
    };
    said.unwrap_or_else(|| detail.to_owned())
}

fn section(key: &str) -> Option<&'static str> {
    Section::ALL.into_iter().find(|section| section.key() == key).map(|found| labels::section(found, Language::Ja))
}

fn field(of: &str, key: &str) -> Option<String> {
    let section = Section::ALL.into_iter().find(|section| section.key() == of)?;
    let name = catalogue::find(section, key)?.name(Language::Ja);
    Some(format!("{} {name}", labels::section(section, Language::Ja)))
}

/// A field, or what every entry says.
fn said(of: &str, key: &str) -> Option<String> {
    let whole = match key {
        says::DATE => "日付",
        says::STATUS => "状態",
        _ => return field(of, key),
    };
    Some(format!("{} {whole}", section(of)?))
}

/// A data type with its name.
pub fn kind(folder: &str) -> String {
    let known = DataType::ALL.iter().find(|kind| kind.folder() == folder);
    known.map_or_else(|| folder.to_owned(), |kind| format!("{folder} {}", kind.label()))
}

fn accident(key: &str) -> Option<&'static str> {
    let known = Accident::ALL.into_iter().find(|accident| accident.key() == key)?;
    Some(match known {
        Accident::Utf8AsCp932 => "UTF-8 を CP932 として読んだ形",
        Accident::EucAsCp932 => "EUC を CP932 として読んだ形",
        Accident::Cp932AsEuc => "CP932 を EUC として読んだ形",
        Accident::AsWestern => "日本語を欧文として読んだ形",
        Accident::Desynchronised => "JIS の2バイトが1つずれた形",
        Accident::EscapeLost => "JIS の切り替えが失われた形",
        Accident::EscapeSwallowed => "英数字を漢字として読んだ形",
        Accident::QuestionMarks => "? に置き換わった形",
        Accident::Numbers => "文字番号（&#…; や \\u…）のままの形",
        Accident::Implausible => "原因の分からない文字の並び",
    })
}

fn reason(key: &str) -> Option<&'static str> {
    Some(match key {
        "nothing_usable" => "本人のデータがない（隔離・読めない）",
        "several_facilities" => "格納先が複数の施設のもの",
        "facility_unknown" => "施設が分からない（--hospital で指定する）",
        "roots_disagree" => "格納先により別人の基本情報",
        "withheld_not_found" | "withheld_ambiguous" => "非開示リストと合わない",
        _ => return None,
    })
}
