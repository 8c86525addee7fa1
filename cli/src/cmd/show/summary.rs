//! The first screen: who, blood, allergies, diagnoses, drugs; then how much there is of what.

use super::entry::{self, Facts};
use super::filter::{self, Filter};
use super::{Open, allergies, basics, diagnoses, prescriptions, section};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::words::record as words;
use mykarte::Damage;
use mykarte::record::labels;
use mykarte::record::model::{Allergy, Diagnosis, Prescription};
use mykarte::record::tables::Table;
use mykarte::record::{Entry, Nothing, Section, Status, Summary, lines};
use mykarte::ssmix2::clinical::Basics;
use mykarte::ssmix2::types::Timestamp;
use serde::de::DeserializeOwned;

/// Width of the labels.
const LABELS: usize = 14;

/// Prints the summary; without one, what can be read all the same.
pub fn print(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    match &open.summary {
        Some(summary) => person(open, summary, out)?,
        None => {
            let text = out.pick("読めないデータあり（要約が壊れています）", "the summary is damaged").to_string();
            out.line(Line::new().styled(Style::Alert, text))?;
        }
    }
    allergy_block(open, out)?;
    diagnosis_block(open, out)?;
    drug_block(open, out)?;
    let Some(summary) = &open.summary else { return Ok(()) };
    out.blank()?;
    out.line(Line::new().bold(out.pick("■ 記録の件数", "■ The record")))?;
    counts(summary, out)?;
    damage(open, out)?;
    if let Some(text) = words::withheld(&summary.withheld, out.language) {
        out.line(format!("  {text}"))?;
    }
    out.blank()?;
    source(summary, out)
}

/// Opens every chunk: a summary over a damaged file must not look whole.
fn damage(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    for section in Section::ALL {
        let damage = open.lines.each(section, |_| ());
        if damage != Damage::default() {
            let text =
                format!("  {}: {}", labels::section(section, out.language), section::damaged(damage, out.language));
            out.line(Line::new().styled(Style::Alert, text))?;
        }
    }
    Ok(())
}

/// One line above a section: whose it is, from where, as of when.
pub fn identity(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let Some(s) = &open.summary else { return Ok(()) };
    let unknown = || missing(s, out.language);
    let birth = s.birth_date.as_ref().map(dates::day).unwrap_or_else(unknown);
    let sex = s.sex.as_deref().map(|x| words::label(Table::Sex0001, x, out.language)).unwrap_or_else(unknown);
    let as_of = s.as_of.as_ref().map(dates::day).unwrap_or_default();
    let name = s.name.clone().unwrap_or_else(unknown);
    let facts = [birth, sex, format!("ID {}", s.patient_id), words::hospital(&s.hospital)].join("  ");
    let until = format!("  {as_of}{}", out.pick("時点", ""));
    out.line(Line::new().bold(name).plain("  ").plain(facts).plain(until))
}

fn field(out: &mut Out, ja: &str, en: &str, value: Line) -> Result<(), Failure> {
    let label = Line::new().styled(Style::Dim, out.pick(ja, en)).pad(LABELS);
    out.line(label.join(value))
}

fn person(open: &Open<'_>, s: &Summary, out: &mut Out) -> Result<(), Failure> {
    let basics: Option<Entry<Basics>> = first(open, Section::Basics);
    let body = basics.as_ref().map(|e| &e.body);
    let unknown = || missing(s, out.language);
    let marks = basics.as_ref().map(|e| entry::marks(e, out.language)).unwrap_or_default();
    let born = s.birth_date.as_ref().map(|b| with_age(b, s.as_of.as_ref(), out));
    let sex = s.sex.as_deref().map(|x| words::label(Table::Sex0001, x, out.language)).unwrap_or_else(unknown);
    let blood = body.map(|b| blood(b, &unknown())).unwrap_or_else(|| Line::from(unknown()));
    let name = Line::new().bold(s.name.as_deref().unwrap_or(&unknown()));
    let kana = s.name_kana.as_ref().map(|k| format!("（{k}）")).unwrap_or_default();
    let measure = |m: Option<String>| Line::from(m.unwrap_or_else(unknown));
    let height = measure(body.and_then(|b| b.height.as_ref()).map(basics::measure));
    let weight = measure(body.and_then(|b| b.weight.as_ref()).map(basics::measure));
    let born = Line::from(born.unwrap_or_else(unknown));
    field(out, "氏名", "Name", name.plain(kana))?;
    field(out, "患者ID", "Patient id", Line::from(s.patient_id.as_str()))?;
    field(out, "生年月日", "Birth date", born)?;
    field(out, "性別", "Sex", Line::from(sex))?;
    field(out, "血液型", "Blood type", blood)?;
    field(out, "身長", "Height", height)?;
    field(out, "体重", "Weight", weight)?;
    if s.died {
        let text = out.pick("死亡の記載があります", "a message says that the patient died").to_string();
        field(out, "転帰", "Outcome", Line::new().styled(Style::Alert, text))?;
    }
    if !marks.is_empty() {
        field(out, "注意", "Note", marks)?;
    }
    Ok(())
}

fn with_age(born: &Timestamp, as_of: Option<&Timestamp>, out: &Out) -> String {
    let age = as_of.and_then(|at| Some((dates::age(born, at, out.language)?, dates::day(at))));
    let age = age.map(|(age, at)| format!("  {age}（{at}{}）", out.pick("時点", ""))).unwrap_or_default();
    format!("{}{age}", basics::birth(born))
}

/// 登録なし where an ADT-00 was read and does not say it, else 未取得.
fn missing(summary: &Summary, language: labels::Language) -> String {
    let state = summary.sections.get(&Section::Basics).copied().unwrap_or_default();
    let kind = if state.carriers_read > 0 { Nothing::NoneRegistered } else { Nothing::NotInImport };
    labels::nothing(kind, Section::Basics, language)
}

/// Every type that a source states; where they disagree all stand here with their sources.
fn blood(b: &Basics, missing: &str) -> Line {
    let one = |types: &[mykarte::ssmix2::clinical::BloodType]| {
        let mut values: Vec<&str> = types.iter().map(|t| t.value.as_str()).collect();
        values.sort_unstable();
        values.dedup();
        match values.as_slice() {
            [] => missing.to_string(),
            [value] => (*value).to_string(),
            _ => basics::blood(types).unwrap_or_default(),
        }
    };
    Line::new().plain("ABO ").bold(one(&b.blood_abo)).plain("   Rh ").bold(one(&b.blood_rh))
}

fn block(section: Section, title: &str, open: &Open<'_>, damage: Damage, out: &mut Out) -> Result<(), Failure> {
    out.blank()?;
    out.line(Line::new().bold(format!("■ {title}")))?;
    let state = open.summary.as_ref().and_then(|s| s.sections.get(&section)).copied().unwrap_or_default();
    for nothing in state.nothing() {
        let text = labels::nothing(nothing, section, out.language);
        let style = if matches!(nothing, Nothing::Unreadable { .. }) { Style::Alert } else { Style::Plain };
        out.line(Line::from("  ").styled(style, text))?;
    }
    if damage != Damage::default() {
        out.line(Line::from("  ").styled(Style::Alert, section::damaged(damage, out.language)))?;
    }
    Ok(())
}

fn allergy_block(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let (all, damage) = every::<Allergy>(open, Section::Allergies);
    let title = labels::section(Section::Allergies, out.language);
    block(Section::Allergies, title, open, damage, out)?;
    for e in &all {
        let a = &e.body.row;
        let mut facts = Facts::default();
        facts
            .add("", Some(allergies::severity(a, out.language)))
            .add("", Some(a.reactions.join("、")))
            .add("", entry::code(&a.category));
        let line = Line::from("  ").styled(Style::Alert, a.allergen.display()).plain("  ");
        let line = facts.finish().into_iter().fold(line, Line::join);
        out.line(line.plain(" ").join(entry::marks(e, out.language)))?;
    }
    Ok(())
}

fn diagnosis_block(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let (all, damage) = every::<Diagnosis>(open, Section::Diagnoses);
    // All of them: a list cut by date would hide the oldest disease, the chronic one.
    let mut active: Vec<&Entry<Diagnosis>> = all.iter().filter(|e| e.status != Status::Ended).collect();
    active.sort_by_key(|e| e.body.sent.suspected);
    block(
        Section::Diagnoses,
        out.language.pick("病名（終了していないもの）", "Diagnoses not ended"),
        open,
        damage,
        out,
    )?;
    for e in &active {
        let line = Line::from("  ").join(entry::date(e, out.language)).pad(14).join(diagnoses::name(e, out.language));
        let department = entry::code(&e.body.sent.department).unwrap_or_default();
        out.line(line.plain("  ").plain(department).plain("  ").join(entry::marks(e, out.language)))?;
    }
    if active.is_empty() && !all.is_empty() {
        let text = out.pick("  終了した病名のみ", "  only diagnoses that have ended").to_string();
        out.line(text)?;
    }
    Ok(())
}

/// The drugs of the newest day on which any were ordered. Which of all drugs the patient still takes nobody sent.
fn drug_block(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let page = open.lines.page(Section::Prescriptions, 0, 100);
    let read: Vec<Entry<Prescription>> = page.iter().flatten().filter_map(|line| lines::read(line).ok()).collect();
    let damage = Damage { chunks: u32::from(page.is_err()), entries: 0 };
    let day = read.iter().find_map(|e| e.date).map(|d| dates::day(&d));
    let newest: Vec<&Entry<Prescription>> = read.iter().filter(|e| e.date.map(|d| dates::day(&d)) == day).collect();
    let title = match &day {
        Some(day) => format!(
            "{} {day}",
            out.pick(
                "最新の処方日のお薬（服用中のすべてとは限りません）",
                "Drugs of the newest order (maybe not all that are taken)"
            )
        ),
        None => labels::section(Section::Prescriptions, out.language).to_string(),
    };
    block(Section::Prescriptions, &title, open, damage, out)?;
    for e in &newest {
        let mut facts = Facts::default();
        facts
            .add("", Some(prescriptions::dose(e, out.language)))
            .add("", entry::codes(&e.body.sent.timing.usage))
            .add("", Some(prescriptions::days(e, out.language)));
        let status = entry::status(e.status, out.language).plain("  ");
        let line = Line::from("  ").join(status).join(prescriptions::drug(e, out.language)).plain("  ");
        let line = facts.finish().into_iter().fold(line, |line, more| line.join(more).plain(" "));
        out.line(line.plain(" ").join(entry::marks(e, out.language)))?;
    }
    Ok(())
}

/// How many entries each section has, and which kind of nothing.
pub fn counts(summary: &Summary, out: &mut Out) -> Result<(), Failure> {
    for section in Section::ALL {
        let state = summary.sections.get(&section).copied().unwrap_or_default();
        let mut line = Line::from("  ").plain(labels::section(section, out.language)).pad(22);
        let only_nothing = state.nothing().iter().any(|n| !matches!(n, Nothing::Unreadable { .. }));
        if !only_nothing {
            line = line.plain(format!("{:>6}  ", state.entries));
        }
        for nothing in state.nothing() {
            let style = if matches!(nothing, Nothing::Unreadable { .. }) { Style::Alert } else { Style::Dim };
            line = line.styled(style, labels::nothing(nothing, section, out.language)).plain(" ");
        }
        if state.entries > 0 {
            line = line.styled(Style::Dim, inside(section, summary, out));
        }
        out.line(line)?;
    }
    Ok(())
}

/// What the entries of a section consist of, where one entry is not one order.
fn inside(section: Section, summary: &Summary, out: &Out) -> String {
    let c = &summary.counts;
    match (section, out.language) {
        (Section::Prescriptions, labels::Language::Ja) => {
            format!("オーダ {}・薬剤 {}", c.prescription_orders, c.prescription_drugs)
        }
        (Section::Prescriptions, labels::Language::En) => {
            format!("{} orders, {} drugs", c.prescription_orders, c.prescription_drugs)
        }
        (Section::Injections, labels::Language::Ja) => format!(
            "オーダ {}・混注 {}・成分 {}・実施 {}",
            c.injection_orders, c.injection_blocks, c.injection_components, c.injection_administrations
        ),
        (Section::Injections, labels::Language::En) => format!(
            "{} orders, {} mixtures, {} components, {} administrations",
            c.injection_orders, c.injection_blocks, c.injection_components, c.injection_administrations
        ),
        _ => String::new(),
    }
}

fn source(s: &Summary, out: &mut Out) -> Result<(), Failure> {
    let as_of = s.as_of.as_ref().map(dates::time).unwrap_or_default();
    let period = dates::period(s.first_care_date.as_ref(), s.last_care_date.as_ref());
    field(out, "医療機関", "Hospital", Line::from(words::hospital(&s.hospital)))?;
    field(out, "病院の最新", "As of", Line::from(as_of))?;
    field(out, "診療日", "Care dates", Line::from(period))?;
    field(out, "取込日時", "Imported at", Line::from(dates::time(&s.imported_at)))?;
    if s.other_patient_files > 0 {
        let text = words::other_patient(s.other_patient_files, out.language);
        field(out, "注意", "Note", Line::new().styled(Style::Alert, text))?;
    }
    Ok(())
}

fn first<T: DeserializeOwned>(open: &Open<'_>, section: Section) -> Option<Entry<T>> {
    open.lines.page(section, 0, 1).ok()?.first().and_then(|line| lines::read(line).ok())
}

fn every<T: DeserializeOwned>(open: &Open<'_>, section: Section) -> (Vec<Entry<T>>, Damage) {
    let (mut all, mut unknown) = (Vec::new(), 0);
    let shown = filter::each(open, section, &Filter::default(), |line| match lines::read(line) {
        Ok(entry) => all.push(entry),
        Err(_) => unknown += 1,
    });
    (all, Damage { entries: shown.damage.entries + unknown, ..shown.damage })
}
