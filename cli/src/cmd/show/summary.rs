//! The first screen: who, blood, allergies, diagnoses, drugs; then how much there is of what.

use super::entry::{self, Facts};
use super::filter::{self, Filter};
use super::{Open, allergies, basics, counts, diagnoses, prescriptions, provided, section};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::words::{package, profile, record as words};
use mykarte::Damage;
use mykarte::record::labels;
use mykarte::record::model::{Allergy, Diagnosis, Prescription};
use mykarte::record::tables::Table;
use mykarte::record::{Entry, Nothing, Section, Status, Summary, lines};
use mykarte::ssmix2::clinical::{Basics, BloodType, Measurement};
use mykarte::ssmix2::types::Timestamp;
use serde::de::DeserializeOwned;

/// Width of the labels.
const LABELS: usize = 14;

/// Prints the summary; without one, what can be read all the same.
pub fn print(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let signed = package::provenance(&open.provenance, out.language);
    provided::warn(open, true, out)?;
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
    counts::print(summary, out)?;
    damage(open, out)?;
    if let Some(text) = words::withheld(&summary.withheld, out.language) {
        out.line(format!("  {text}"))?;
    }
    out.blank()?;
    source(summary, out)?;
    match signed {
        Some((false, text)) => field(out, "署名", "Signature", Line::from(text)),
        _ => Ok(()),
    }
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
    let unknown = |key| missing(s, key, out.language);
    let birth = s.birth_date.as_ref().map(dates::day).unwrap_or_else(|| unknown("birth_date"));
    let sex = s.sex.as_deref().map(|x| words::label(Table::Sex0001, x, out.language));
    let sex = sex.unwrap_or_else(|| unknown("sex"));
    let as_of = s.as_of.as_ref().map(dates::day).unwrap_or_default();
    let name = s.name.clone().unwrap_or_else(|| unknown("name"));
    let facts = [birth, sex, format!("ID {}", s.patient_id), words::hospital(&s.hospital)].join("  ");
    let until = format!("  {as_of}{}", out.pick("時点", ""));
    out.line(Line::new().bold(name).plain("  ").plain(facts).plain(until))
}

fn field(out: &mut Out, ja: &str, en: &str, value: Line) -> Result<(), Failure> {
    let label = Line::new().styled(Style::Dim, out.pick(ja, en)).pad(LABELS);
    out.line(label.join(value))
}

/// A field of the basics under its own name.
fn named(out: &mut Out, key: &'static str, value: Line) -> Result<(), Failure> {
    let name = entry::field(Section::Basics, key, out.language);
    field(out, name, name, value)
}

fn person(open: &Open<'_>, s: &Summary, out: &mut Out) -> Result<(), Failure> {
    let basics: Option<Entry<Basics>> = first(open, Section::Basics);
    let body = basics.as_ref().map(|e| &e.body);
    let unknown = |key: &str| missing(s, key, out.language);
    let marks = basics.as_ref().map(|e| entry::marks(e, out.language)).unwrap_or_default();
    let born = s.birth_date.as_ref().map(|b| with_age(b, s.as_of.as_ref(), out));
    let sex = s.sex.as_deref().map(|x| words::label(Table::Sex0001, x, out.language));
    let sex = sex.unwrap_or_else(|| unknown("sex"));
    let blood = body.map(|b| blood(b, unknown)).unwrap_or_else(|| Line::from(unknown("blood_abo")));
    let name = Line::new().bold(s.name.as_deref().unwrap_or(&unknown("name")));
    let kana = s.name_kana.as_ref().map(|k| format!("（{k}）")).unwrap_or_default();
    let measure = |m: Option<&Measurement>, key| Line::from(m.map_or_else(|| unknown(key), basics::measure));
    let height = measure(body.and_then(|b| b.height.as_ref()), "height");
    let weight = measure(body.and_then(|b| b.weight.as_ref()), "weight");
    let born = Line::from(born.unwrap_or_else(|| unknown("birth_date")));
    named(out, "name", name.plain(kana))?;
    named(out, "patient_id", Line::from(s.patient_id.as_str()))?;
    named(out, "birth_date", born)?;
    named(out, "sex", Line::from(sex))?;
    field(out, "血液型", "Blood type", blood)?;
    named(out, "height", height)?;
    named(out, "weight", weight)?;
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

/// Not provided where the profile hides the field; 登録なし where an ADT-00 was read and does not say it, else 未取得.
fn missing(summary: &Summary, key: &str, language: labels::Language) -> String {
    let state = summary.sections.get(&Section::Basics).copied().unwrap_or_default();
    let kind = match state.carriers_read {
        _ if provided::is_field_hidden(summary, Section::Basics, key) => Nothing::NotProvided,
        0 => Nothing::NotInImport,
        _ => Nothing::NoneRegistered,
    };
    labels::nothing(kind, Section::Basics, language)
}

/// Every type that a source states; where they disagree all stand here with their sources.
fn blood(b: &Basics, missing: impl Fn(&str) -> String) -> Line {
    let one = |types: &[BloodType], key| {
        let mut values: Vec<&str> = types.iter().map(|t| t.value.as_str()).collect();
        values.sort_unstable();
        values.dedup();
        match values.as_slice() {
            [] => missing(key),
            [value] => (*value).to_string(),
            _ => basics::blood(types).unwrap_or_default(),
        }
    };
    Line::new().plain("ABO ").bold(one(&b.blood_abo, "blood_abo")).plain("   Rh ").bold(one(&b.blood_rh, "blood_rh"))
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
    if let Some(summary) = &open.summary {
        provided::notes_of_summary(summary, section, out)?;
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
    let read: Vec<Entry<Prescription>> = page.lines.iter().filter_map(|line| lines::read(line).ok()).collect();
    let day = read.iter().find_map(|e| e.date).map(|d| dates::day(&d));
    let newest: Vec<&Entry<Prescription>> = read.iter().filter(|e| e.date.map(|d| dates::day(&d)) == day).collect();
    let title = match &day {
        Some(day) => format!("{} {day}", newest_drugs(open, out)),
        None => labels::section(Section::Prescriptions, out.language).to_string(),
    };
    block(Section::Prescriptions, &title, open, page.damage, out)?;
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

/// Where orders may be missing, a newer one may be among them.
fn newest_drugs<'a>(open: &Open<'_>, out: &'a Out) -> &'a str {
    let shape = open.summary.as_ref().and_then(|s| s.profile.as_ref());
    match shape.is_some_and(|shape| shape.partial.contains(&Section::Prescriptions)) {
        true => out.pick(
            "提供されている中で最新の処方日のお薬（服用中のすべてとは限りません）",
            "Drugs of the newest order provided (maybe not all that are taken)",
        ),
        false => out.pick(
            "最新の処方日のお薬（服用中のすべてとは限りません）",
            "Drugs of the newest order (maybe not all that are taken)",
        ),
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
    let Some(shape) = provided::worth_telling(s) else { return Ok(()) };
    field(out, "プロファイル", "Profile", Line::from(profile::shape(shape, out.language)))?;
    for (ja, en, said) in [("大学・病院", "University", &shape.university), ("問い合わせ先", "Contact", &shape.contact)]
    {
        if let Some(said) = said {
            field(out, ja, en, Line::from(said.as_str()))?;
        }
    }
    Ok(())
}

fn first<T: DeserializeOwned>(open: &Open<'_>, section: Section) -> Option<Entry<T>> {
    open.lines.page(section, 0, 1).lines.first().and_then(|line| lines::read(line).ok())
}

fn every<T: DeserializeOwned>(open: &Open<'_>, section: Section) -> (Vec<Entry<T>>, Damage) {
    let (mut all, mut unknown) = (Vec::new(), 0);
    let shown = filter::each(open, section, &Filter::default(), |line| match lines::read(line) {
        Ok(entry) => all.push(entry),
        Err(_) => unknown += 1,
    });
    (all, Damage { entries: shown.damage.entries + unknown, ..shown.damage })
}
