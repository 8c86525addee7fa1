//! The records of a vault as these commands name them: by ids and numbers, without the person's name.

use crate::print::dates;
use crate::print::line::{Line, safe};
use crate::print::table::Row;
use crate::words::record as words;
use mykarte::record::Section;
use mykarte::record::labels::Language;
use mykarte::record::summary::Hospital;
use mykarte::ssmix2::types::Timestamp;
use mykarte::vault::RecordId;
use mykarte::{Archive, ReadError, RecordInfo};
use serde::Serialize;

/// One record. What is damaged is `None`, and hides nothing else.
#[derive(Debug, Serialize)]
pub struct Held {
    #[serde(skip)]
    pub id: RecordId,
    #[serde(rename = "patient_id")]
    pub patient: Option<String>,
    pub hospital: Option<Hospital>,
    pub entries: Option<usize>,
    pub generation: u64,
    /// Of the record itself, before it is compressed and sealed.
    pub bytes: Option<u64>,
    pub imported_at: Option<Timestamp>,
}

/// All records of a vault.
pub fn all(archive: &Archive) -> Result<Vec<Held>, ReadError> {
    Ok(archive.records()?.into_iter().map(|info| held(archive, info)).collect())
}

fn held(archive: &Archive, info: RecordInfo) -> Held {
    let sections = archive.vault().sections(info.id).ok();
    let chunks = sections.iter().flatten().flat_map(|section| &section.chunks);
    let bytes = chunks.map(|chunk| u64::from(chunk.plain_len)).sum();
    let lines = archive.record(info.id).ok();
    let entries = lines.map(|lines| Section::ALL.into_iter().map(|section| lines.len(section)).sum());
    let (hospital, patient) = info.identity.unzip();
    let unnamed = hospital.map(|id| Hospital { id, name: None });
    Held {
        id: info.id,
        patient,
        hospital: info.summary.as_ref().map(|summary| summary.hospital.clone()).or(unnamed),
        entries,
        generation: info.generation,
        bytes: sections.map(|_| bytes),
        imported_at: info.summary.map(|summary| summary.imported_at),
    }
}

impl Held {
    /// `0000311（1319999999）`, for a list in a sentence.
    pub fn ids(&self, language: Language) -> String {
        let unreadable = || language.pick("読めない記録", "a record that cannot be read").to_string();
        let hospital = self.hospital.as_ref().map(|h| format!("（{}）", h.id)).unwrap_or_default();
        safe(&format!("{}{hospital}", self.patient.clone().unwrap_or_else(unreadable)))
    }

    /// Id, hospital and number of entries, in columns.
    pub fn row(&self, language: Language) -> Row {
        let unreadable = language.pick("（読めません）", "(damaged)");
        let id = format!("  ID {}", self.patient.as_deref().unwrap_or(unreadable));
        let entries = self.entries.map(|n| match language {
            Language::Ja => format!("{n}件"),
            Language::En => words::plural(n, "entry"),
        });
        let hospital = self.hospital.as_ref().map(words::hospital);
        let cells = [Some(id), hospital, entries].map(|cell| cell.unwrap_or_else(|| unreadable.to_string()));
        Row { cells: cells.into_iter().map(Line::from).collect(), ..Row::default() }
    }

    /// The same with generation, size and date.
    pub fn full_row(&self, language: Language) -> Row {
        let mut row = self.row(language);
        let generation = match language {
            Language::Ja => format!("第{}世代", self.generation),
            Language::En => format!("generation {}", self.generation),
        };
        let imported = |t: &Timestamp| format!("{} {}", language.pick("取込", "imported"), dates::time(t));
        let more = [Some(generation), self.bytes.map(size), self.imported_at.as_ref().map(imported)];
        row.cells.extend(more.map(|cell| Line::from(cell.unwrap_or_default())));
        row
    }
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    let kib = bytes.div_ceil(1024);
    if kib < 1024 { format!("{kib} KiB") } else { format!("{:.1} MiB", bytes as f64 / 1_048_576.0) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_rounded_up_and_short() {
        assert_eq!([0, 1, 1024, 1025, 1_572_864].map(size), ["0 KiB", "1 KiB", "1 KiB", "2 KiB", "1.5 MiB"]);
    }
}
