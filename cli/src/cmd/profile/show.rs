//! `profile show`: a profile as a table that somebody can sign.

use super::source;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::profile as words;
use mykarte::record::catalogue::{self, Field, Part};
use mykarte::record::labels::{self, Language, nothing};
use mykarte::record::profile::Profile;
use mykarte::record::profile::document::{Code, SectionRule, Vital};
use mykarte::record::{Nothing, Section};
use std::path::Path;

/// Width of the labels.
const LABELS: usize = 14;
/// Where the third column of a field stands.
const DETAILS: usize = 5;

/// Prints all that it decides.
pub fn run(name: &Path, out: &mut Out) -> Result<(), Failure> {
    let profile = source::open(name, out)?;
    head(&profile, out)?;
    for section in Section::ALL {
        out.blank()?;
        one(&profile, section, out)?;
    }
    out.blank()?;
    exclusions(&profile, out)?;
    withholding(&profile, out)?;
    acknowledged(&profile, out)
}

fn fact(out: &mut Out, ja: &str, en: &str, value: impl AsRef<str>) -> Result<(), Failure> {
    let label = Line::from("  ").styled(Style::Dim, out.pick(ja, en)).pad(LABELS + 2);
    out.line(label.plain(value))
}

fn head(profile: &Profile, out: &mut Out) -> Result<(), Failure> {
    let document = profile.document();
    let unset = out.pick("（書かれていません）", "(not set)").to_string();
    let university = document.university.as_ref().map(|u| format!("{}（{}）", u.name, u.id));
    let name = words::name(&document.name, &document.id, document.version, out.language);
    out.line(Line::new().bold(name))?;
    fact(out, "大学・病院", "University", university.as_ref().unwrap_or(&unset))?;
    fact(out, "問い合わせ先", "Contact", document.contact.as_ref().unwrap_or(&unset))?;
    if let Some(base) = &document.based_on {
        fact(out, "もと", "Based on", base)?;
    }
    // Enough to see that two printouts are of one profile.
    fact(out, "照合番号", "SHA-256", &profile.sha256()[..12])
}

fn one(profile: &Profile, section: Section, out: &mut Out) -> Result<(), Failure> {
    let shown = profile.shows(section);
    let title = format!("■ {}", labels::section(section, out.language));
    out.line(Line::new().bold(title).plain("  ").join(mark(shown)).plain(match shown {
        true => out.pick(" 出す", " shown"),
        false => out.pick(" 出さない", " hidden"),
    }))?;
    if let Some(rule) = profile.document().sections.get(&section) {
        settings(rule, section, out)?;
    }
    let fields = catalogue::fields(section).filter(|f| !matches!(f.part, Part::With(_)));
    let rows: Vec<Row> = fields.map(|field| row(profile, section, field, out.language)).collect();
    table::print(out, &rows, DETAILS)
}

/// How far back, and what patients read instead.
fn settings(rule: &SectionRule, section: Section, out: &mut Out) -> Result<(), Failure> {
    if let Some(period) = rule.period {
        let months = words::months(period.months.into(), out.language);
        let text = match out.language {
            Language::Ja => format!("記録の時点からさかのぼって {months}（継続中・日付なしはすべて）"),
            Language::En => format!("{months} back from the record's newest (what goes on or has no date: all)"),
        };
        fact(out, "期間", "Period", text)?;
    }
    if !rule.show {
        let usual = || nothing(Nothing::NotProvided, section, out.language);
        let message = rule.message.clone().unwrap_or_else(usual);
        fact(out, "患者への言葉", "Message", message)?;
    }
    Ok(())
}

fn mark(shown: bool) -> Line {
    Line::new().styled(if shown { Style::Plain } else { Style::Warn }, words::mark(shown))
}

/// Mark, name, key and what a university should know about it; below it what always goes with it.
fn row(profile: &Profile, section: Section, field: &Field, language: Language) -> Row {
    let shown = match field.part {
        Part::Subject => profile.shows(section),
        _ => profile.shows_field(section, field.key),
    };
    let about = match (field.part, language) {
        (_, Language::Ja) => field.about,
        (Part::Subject, Language::En) => "goes with the section",
        _ => "",
    };
    let cells = vec![
        Line::from("  ").join(mark(shown)),
        Line::from(field.name(language)),
        Line::new().styled(Style::Dim, field.key),
        Line::new().styled(Style::Dim, about),
    ];
    let with: Vec<&str> =
        catalogue::fields(section).filter(|f| f.part == Part::With(field.key)).map(|f| f.name(language)).collect();
    let together = match language {
        Language::Ja => format!("（{}はいつも一緒）", with.join("、")),
        Language::En => format!("(always with {})", with.join(", ")),
    };
    Row { cells, details: with.first().map(|_| Line::from(together)).into_iter().collect(), ..Row::default() }
}

fn heading(out: &mut Out, ja: &str, en: &str) -> Result<(), Failure> {
    let title = out.pick(ja, en).to_string();
    out.line(Line::new().bold(title))
}

fn exclusions(profile: &Profile, out: &mut Out) -> Result<(), Failure> {
    let exclude = &profile.document().exclude;
    heading(out, "■ 区分にかかわらず出さないもの", "■ Kept out of every section")?;
    if exclude.is_empty() {
        return out.line(out.pick("  なし", "  nothing").to_string());
    }
    let codes = |codes: &[Code]| codes.iter().map(words::code).collect::<Vec<_>>();
    let lists = [
        ("departments", exclude.departments.clone()),
        ("drugs", codes(&exclude.drugs)),
        ("tests", codes(&exclude.tests)),
    ];
    for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        let label = words::setting(key, out.language);
        fact(out, label, label, list.join(out.pick("、", ", ")))?;
    }
    let secret = [
        ("confidential_diagnoses", exclude.confidential_diagnoses, "PRB-25"),
        ("unaware_diagnoses", exclude.unaware_diagnoses, "PRB-21"),
    ];
    for (key, _, source) in secret.into_iter().filter(|(_, on, _)| *on) {
        let text = format!("  {}（{source}）", words::setting(key, out.language));
        out.line(text)?;
    }
    Ok(())
}

fn withholding(profile: &Profile, out: &mut Out) -> Result<(), Failure> {
    out.blank()?;
    heading(out, "■ 患者ごとの非開示リスト", "■ Withholding list")?;
    let (ja, en) = match profile.document().withholding {
        true => ("  使う（すべての患者に同じ断り書きが出ます）", "  used (every record carries the same notice)"),
        false => ("  使わない", "  not used"),
    };
    out.line(out.pick(ja, en).to_string())
}

/// Who answers for hiding what a doctor relies on.
fn acknowledged(profile: &Profile, out: &mut Out) -> Result<(), Failure> {
    let all = &profile.document().acknowledged;
    if all.is_empty() {
        return Ok(());
    }
    out.blank()?;
    heading(out, "■ 安全にかかわる区分を出さないことの承認", "■ Acknowledged: hidden although a doctor relies on it")?;
    for a in all {
        let section = Vital::section(a.item);
        let name = labels::section(section, out.language);
        out.line(Line::from("  ").styled(Style::Alert, name).plain(format!("  {}  {}", a.approved_by, a.date)))?;
        out.line(Line::new().pad(DETAILS).plain(&a.reason))?;
    }
    Ok(())
}
