//! `show`: a record of a vault, for people or as JSON.
//!
//! ```text
//! choose  -> which record           filter -> which of its entries
//! summary -> the first screen       section -> one section, one module each
//! json    -> the same for programs  provided -> what the university leaves out
//! ```

mod admissions;
mod allergies;
mod basics;
mod choose;
mod counts;
mod diagnoses;
mod entry;
mod filter;
mod injections;
mod json;
mod labs;
mod memos;
mod others;
mod prescriptions;
pub mod provided;
mod section;
mod summary;

use crate::args::{Show, View};
use crate::failure::Failure;
use crate::out::Out;
use crate::secrets::Source;
use crate::words::errors;
use filter::Filter;
use mykarte::package::{Provenance, Unconfirmed};
use mykarte::record::profile::document::Vital;
use mykarte::record::{Section, Summary};
use mykarte::vault::RecordId;
use mykarte::{Archive, Damage, RecordLines};

pub use counts::print as counts;

/// One record, open for reading.
pub struct Open<'v> {
    /// Its summary; `None` when that part of the file is damaged.
    summary: Option<Summary>,
    lines: RecordLines<'v>,
    /// Who signed it.
    provenance: Provenance,
    /// Whether memos are there that a hospital's signature over the rest does not cover.
    has_unsigned_memos: bool,
}

/// Opens the vault, chooses the record, shows what was asked for.
pub fn run(args: &Show, out: &mut Out) -> Result<(), Failure> {
    let filter = Filter { query: args.search.clone(), from: args.from, to: args.to };
    if args.view == Some(View::Summary) && filter.is_set() {
        let (ja, en) = (
            "summary は絞り込めません。区分を指定するか、summary を省いてください。",
            "the summary is not searched; name a section, or none for all of them.",
        );
        return Err(Failure::Usage(out.pick(ja, en).to_string()));
    }
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from.at > to.end()
    {
        let (ja, en) = ("--from が --to より後です。", "--from is after --to.");
        return Err(Failure::Usage(out.pick(ja, en).to_string()));
    }
    let archive = Archive::of(Source::new(&args.secret).unlock(&args.vault, out)?);
    let refused = |e| Failure::Refused(errors::read(&e, &args.vault, out.language));
    let records = archive.records().map_err(refused)?;
    let chosen = choose::one(records, args, out)?;
    let language = out.language;
    let lines = archive.record(chosen.id).map_err(|e| Failure::Refused(errors::read(&e, &args.vault, language)))?;
    let (provenance, has_unsigned_memos) = provenance(&archive, chosen.id);
    let open = Open { summary: chosen.summary, lines, provenance, has_unsigned_memos };
    match (args.view, filter.is_set()) {
        (Some(View::Section(section)), _) => one_section(&open, section, &filter, args.json, out),
        (_, true) => all_sections(&open, &filter, args.json, out),
        (_, false) if args.json => json::summary(&open, out),
        (_, false) => summary::print(&open, out),
    }
}

/// What cannot be read is not confirmed.
fn provenance(archive: &Archive, record: RecordId) -> (Provenance, bool) {
    let provenance = archive.provenance(record).unwrap_or(Provenance::Unconfirmed(Unconfirmed::ProofDamaged));
    (provenance, matches!(archive.is_signed(record, Section::Memos), Ok(Some(false))))
}

/// Shows one record from an archive that is open already: the summary, then the sections.
pub fn everything(archive: &Archive, out: &mut Out) -> Result<(), Failure> {
    let records = archive.records().unwrap_or_default();
    for info in records {
        let Ok(lines) = archive.record(info.id) else { continue };
        let (provenance, has_unsigned_memos) = provenance(archive, info.id);
        let open = Open { summary: info.summary, lines, provenance, has_unsigned_memos };
        summary::print(&open, out)?;
        for section in Section::ALL {
            out.blank()?;
            section::print(&open, section, &Filter::default(), out)?;
        }
    }
    Ok(())
}

fn one_section(open: &Open<'_>, section: Section, filter: &Filter, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        let shown = json::section(open, section, filter, out)?;
        out.finish()?;
        provided::warn_aside(open, Vital::has(section), out);
        return end(open, shown, filter, json, out);
    }
    provided::warn(open, Vital::has(section), out)?;
    summary::identity(open, out)?;
    let shown = section::print(open, section, filter, out)?;
    end(open, shown, filter, json, out)
}

fn all_sections(open: &Open<'_>, filter: &Filter, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        let shown = json::sections(open, filter, out)?;
        out.finish()?;
        provided::warn_aside(open, true, out);
        return end(open, shown, filter, json, out);
    }
    provided::warn(open, true, out)?;
    summary::identity(open, out)?;
    let shown = section::hits(open, filter, out)?;
    end(open, shown, filter, json, out)
}

/// What was shown, and what could not be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown {
    entries: usize,
    damage: Damage,
    /// Which of [`entry::NOTES`] its rows carry.
    notes: [bool; 2],
}

impl Shown {
    fn add(&mut self, other: Shown) {
        self.entries += other.entries;
        self.damage.chunks += other.damage.chunks;
        self.damage.entries += other.damage.entries;
    }
}

/// Damage is said on stderr for programs, too; a search without a hit is a failure.
fn end(open: &Open<'_>, shown: Shown, filter: &Filter, json: bool, out: &mut Out) -> Result<(), Failure> {
    out.finish()?;
    if json && shown.damage != Damage::default() {
        out.warn(&section::damaged(shown.damage, out.language));
    }
    if shown.entries == 0 && filter.is_set() {
        let (ja, en) = ("条件に合うものはありません。", "nothing matches.");
        let unread = section::unread(open, out.language);
        let hidden = provided::unsearched(open.summary.as_ref(), out.language);
        out.hint(format!("{}{hidden}{unread}", out.pick(ja, en)).as_str());
        return Err(Failure::Told(1));
    }
    Ok(())
}
