//! One section for people: heading, what kind of nothing, aligned entries.

use super::filter::{self, Filter};
use super::{Open, Shown, entry, provided};
use super::{admissions, allergies, basics, diagnoses, injections, labs, memos, others, prescriptions};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::print::table::{self, Row};
use crate::words::package;
use mykarte::Damage;
use mykarte::record::labels::{self, Language};
use mykarte::record::{Entry, Nothing, Section, lines};
use serde::de::DeserializeOwned;

/// Prints a section.
pub fn print(open: &Open<'_>, section: Section, filter: &Filter, out: &mut Out) -> Result<Shown, Failure> {
    let (rows, shown) = collect(open, section, filter, out.language);
    heading(open, section, shown.entries, out)?;
    legend(shown, out)?;
    notices(open, section, shown.damage, filter, out)?;
    table::print(out, &rows, entry::INDENT)?;
    Ok(shown)
}

/// Prints the sections in which something was found.
pub fn hits(open: &Open<'_>, filter: &Filter, out: &mut Out) -> Result<Shown, Failure> {
    let mut all = Shown::default();
    for section in Section::ALL {
        let (rows, shown) = collect(open, section, filter, out.language);
        if shown.entries > 0 || shown.damage != Damage::default() {
            if all.entries > 0 {
                out.blank()?;
            }
            heading(open, section, shown.entries, out)?;
            legend(shown, out)?;
            if let Some(summary) = &open.summary {
                provided::notes(summary, section, out)?;
            }
            unsigned(open, section, out)?;
            if shown.damage != Damage::default() {
                alert(&damaged(shown.damage, out.language), out)?;
            }
            table::print(out, &rows, entry::INDENT)?;
        }
        all.add(shown);
    }
    Ok(all)
}

/// Chunks of the file that do not open.
pub fn damaged(damage: Damage, language: Language) -> String {
    match language {
        // The newest drugs are in a chunk whose size nobody asked for.
        _ if damage.entries == 0 => language
            .pick("読めないデータあり（ファイルの破損）", "some data could not be read: the file is damaged")
            .to_string(),
        Language::Ja => format!("読めないデータあり（ファイルの破損により{}件）", damage.entries),
        Language::En => {
            format!("there is data that could not be read ({} entries, the file is damaged)", damage.entries)
        }
    }
}

/// What a search cannot have seen: sections with data that was not read.
pub fn unread(open: &Open<'_>, language: Language) -> String {
    let states = open.summary.iter().flat_map(|s| &s.sections).filter(|(_, state)| state.carriers_unreadable > 0);
    let names: Vec<&str> = states.map(|(section, _)| labels::section(*section, language)).collect();
    match (names.is_empty(), language) {
        (true, _) => String::new(),
        (false, Language::Ja) => format!("ただし読めないデータのある区分があります: {}", names.join("、")),
        (false, Language::En) => format!(" But some data could not be read in: {}", names.join(", ")),
    }
}

/// Of what is not provided nobody knows how many there are.
fn heading(open: &Open<'_>, section: Section, entries: usize, out: &mut Out) -> Result<(), Failure> {
    let hidden = open.summary.as_ref().is_some_and(|s| s.hides(section));
    let count = match out.language {
        _ if hidden => String::new(),
        Language::Ja => format!("  {entries}件"),
        Language::En => format!("  {entries}"),
    };
    out.line(Line::new().bold(format!("■ {}", labels::section(section, out.language))).plain(count))
}

/// What the numbers in the rows mean.
fn legend(shown: Shown, out: &mut Out) -> Result<(), Failure> {
    let notes = (1..).zip(entry::NOTES).zip(shown.notes).filter(|(_, carried)| *carried);
    let texts: Vec<String> =
        notes.map(|((n, mark), _)| format!("【※{n}】{}", labels::mark(mark, out.language))).collect();
    if texts.is_empty() {
        return Ok(());
    }
    out.line(Line::from("  ").styled(Style::Warn, texts.join("   ")))
}

/// The kinds of nothing, in place of entries or beside them.
fn notices(open: &Open<'_>, section: Section, damage: Damage, filter: &Filter, out: &mut Out) -> Result<(), Failure> {
    let state = open.summary.as_ref().and_then(|s| s.sections.get(&section)).copied().unwrap_or_default();
    for nothing in state.nothing() {
        // A search says nothing about what is not registered at all.
        if filter.is_set() && !matches!(nothing, Nothing::Unreadable { .. } | Nothing::NotProvided) {
            continue;
        }
        let text = labels::nothing(nothing, section, out.language);
        match nothing {
            Nothing::Unreadable { .. } => alert(&text, out)?,
            _ => out.line(format!("  {text}"))?,
        }
    }
    if let Some(summary) = &open.summary {
        provided::notes(summary, section, out)?;
    }
    unsigned(open, section, out)?;
    if damage != Damage::default() {
        alert(&damaged(damage, out.language), out)?;
    }
    Ok(())
}

/// Memos that were taken over from an earlier record, beside what the hospital signed.
fn unsigned(open: &Open<'_>, section: Section, out: &mut Out) -> Result<(), Failure> {
    if section != Section::Memos || !open.has_unsigned_memos {
        return Ok(());
    }
    out.line(Line::from("  ").styled(Style::Warn, package::unsigned_memos(out.language)))
}

fn alert(text: &str, out: &mut Out) -> Result<(), Failure> {
    out.line(Line::from("  ").styled(Style::Alert, text))
}

/// The rows of a section. Lines of a form that is not known count as damage.
pub fn collect(open: &Open<'_>, section: Section, filter: &Filter, language: Language) -> (Vec<Row>, Shown) {
    match section {
        Section::Basics => rows(open, section, filter, language, basics::row),
        Section::Allergies => rows(open, section, filter, language, allergies::row),
        Section::Diagnoses => rows(open, section, filter, language, diagnoses::row),
        Section::Admissions => rows(open, section, filter, language, admissions::row),
        Section::Prescriptions => rows(open, section, filter, language, prescriptions::row),
        Section::Injections => rows(open, section, filter, language, injections::row),
        Section::Labs => rows(open, section, filter, language, labs::row),
        Section::Memos => rows(open, section, filter, language, memos::row),
        Section::Others => rows(open, section, filter, language, others::row),
    }
}

fn rows<T: DeserializeOwned>(
    open: &Open<'_>,
    section: Section,
    filter: &Filter,
    language: Language,
    row: fn(&Entry<T>, Language) -> Row,
) -> (Vec<Row>, Shown) {
    let (mut rows, mut unknown, mut notes) = (Vec::new(), 0, [false; 2]);
    let mut shown = filter::each(open, section, filter, |line| match lines::read::<T>(line) {
        Ok(entry) => {
            notes.iter_mut().zip(entry::NOTES).for_each(|(n, mark)| *n |= entry.marks.contains(&mark));
            rows.push(row(&entry, language));
        }
        Err(_) => unknown += 1,
    });
    shown.notes = notes;
    shown.entries -= unknown;
    shown.damage.entries += unknown as u32;
    (rows, shown)
}
