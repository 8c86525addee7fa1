//! Finding: search with snippets, the timeline, one laboratory item over the years.

use crate::cross::{Cross, crossing_record};
use crate::error::MyKarteError;
use crate::notices::{Notice, of_section, of_sections};
use crate::pages::checked;
use crate::record::PatientRecord;
use crate::values::{Absence, Coded, Mark, Microbiology, RecordEntry, RecordSection, Status, Timestamp};
use mykarte::record::search::{Query, Snippet as CoreSnippet};
use mykarte::record::{Section, Summary, series};
use mykarte::ssmix2::types;

/// Where in an entry a word was found, as the hospital sent it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Snippet {
    /// Key of the field (`labs.item`) for its label; absent for what belongs to all fields.
    pub field: Option<String>,
    /// What stands in front.
    pub before: String,
    /// What was found: to be marked.
    pub found: String,
    /// What stands behind.
    pub after: String,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SearchHit {
    /// Its section.
    pub section: RecordSection,
    /// Its place in the section: a page can be opened there.
    pub position: u32,
    /// The entry.
    pub entry: RecordEntry,
    /// Where the words stand.
    pub snippet: Option<Snippet>,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SearchResult {
    /// The first ones, by section.
    pub hits: Vec<SearchHit>,
    /// How many there are in all.
    pub total: u32,
    /// Entries that could not be searched, for they cannot be read.
    pub damaged_entries: u32,
    /// Sections that could not be searched, for the university does not provide them.
    pub not_provided: Vec<RecordSection>,
    /// What the profile says of the sections that were searched.
    pub notices: Vec<Notice>,
}

/// A page of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TimelinePage {
    /// Newest first by care date, undated ones last.
    pub entries: Vec<RecordEntry>,
    /// Where the next page begins; absent at the end. Places, not entries: damaged ones count.
    pub next_offset: Option<u32>,
    /// Entries that cannot be read among the parts this page needed.
    pub damaged_entries: u32,
    /// Sections that are not in it, for the university does not provide them.
    pub not_provided: Vec<RecordSection>,
    /// What the profile says of all sections.
    pub notices: Vec<Notice>,
}

crossing_record! {
    /// A code by which results are told apart.
    LabItemCode = series::ItemCode {
        /// Coding system.
        system: String,
        /// The code; the text where nothing was coded.
        code: String,
    }
}

crossing_record! {
    /// What makes results one item: never the name alone.
    LabItemId = series::ItemId {
        /// The item.
        item: LabItemCode,
        /// The specimen, where it was sent.
        specimen: Option<LabItemCode>,
    }
}

crossing_record! {
    /// An item of the record.
    LabItem = series::LabItem {
        /// Ask for its series by this.
        id: LabItemId,
        /// As its newest result names it.
        item: Coded,
        /// As its newest result names it.
        specimen: Option<Coded>,
        /// How many results.
        count: u32,
        /// Earliest care date.
        first: Option<Timestamp>,
        /// Latest care date.
        last: Option<Timestamp>,
    }
}

crossing_record! {
    /// One result of a series, with its own unit and reference range: nothing is converted.
    LabPoint = series::Point {
        /// Id of the entry.
        id: String,
        /// When the specimen was taken.
        date: Option<Timestamp>,
        /// What it is worth.
        status: Status,
        /// What else must be known.
        marks: Vec<Mark>,
        /// Exactly as sent.
        value: Option<String>,
        /// When it is a coded value.
        value_code: Option<Coded>,
        /// As sent with this value.
        unit: Option<Coded>,
        /// H, L ... exactly as sent.
        flags: Vec<String>,
        /// Exactly as sent with this value.
        reference_range: Option<String>,
        /// Comments behind the value.
        comments: Vec<String>,
        /// The organism and drug it speaks of.
        microbiology: Option<Microbiology>,
    }
}

/// The items of a record.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LabItems {
    /// Those with the most results first.
    pub items: Vec<LabItem>,
    /// Results that cannot be read and may be of further items.
    pub damaged_entries: u32,
    /// Why there are none, or fewer than there might be.
    pub absences: Vec<Absence>,
    /// What the profile says of the section.
    pub notices: Vec<Notice>,
}

/// One item over time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LabSeries {
    /// Oldest first, undated ones last.
    pub points: Vec<LabPoint>,
    /// Results that cannot be read and may belong here.
    pub damaged_entries: u32,
    /// What the profile says of the section.
    pub notices: Vec<Notice>,
}

#[uniffi::export]
impl PatientRecord {
    /// Entries that hold every word, whatever the width, case or kana they are written in. All sections where none is
    /// named; at most `limit` hits. Of a big record the first search takes long.
    pub fn search(
        &self,
        words: String,
        sections: Vec<RecordSection>,
        limit: u32,
    ) -> Result<SearchResult, MyKarteError> {
        let query = Query::new(&words).ok_or_else(|| MyKarteError::invalid("words"))?;
        let limit = checked(limit)?;
        let is_asked = |section: &Section| sections.is_empty() || sections.contains(&(*section).into());
        let asked: Vec<Section> = Section::ALL.into_iter().filter(is_asked).collect();
        self.read(|summary, record| {
            let mut found = SearchResult {
                hits: Vec::new(),
                total: 0,
                damaged_entries: 0,
                not_provided: not_provided(summary, &asked),
                notices: of_sections(summary, &asked),
            };
            for section in asked {
                let damage = record.search(section, &query, |position, line| {
                    found.take(section, position, line, &query, limit);
                });
                found.damaged_entries += damage.entries;
            }
            Ok(found)
        })
    }

    /// What happened when, over all sections: those within `from` to `to` and the undated ones, which could be of any day.
    /// Of a big record it takes long.
    #[uniffi::method(default(from = None, to = None))]
    pub fn timeline(
        &self,
        offset: u32,
        limit: u32,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<TimelinePage, MyKarteError> {
        let (from, to) = (day(from, "from")?, day(to, "to")?);
        if from.zip(to).is_some_and(|(from, to)| from.at > to.end()) {
            return Err(MyKarteError::invalid("to"));
        }
        self.read(|summary, record| {
            let page = record.timeline(from, to, offset as usize, checked(limit)?);
            let read = page.entries.iter().map(|entry| RecordEntry::read(entry.section, &entry.line));
            let entries: Vec<RecordEntry> = read.flatten().collect();
            let unread: u32 = (page.entries.len() - entries.len()).cross();
            Ok(TimelinePage {
                entries,
                next_offset: page.more.then_some(offset.saturating_add(limit)),
                damaged_entries: page.damage.entries + unread,
                not_provided: not_provided(summary, &Section::ALL),
                notices: of_sections(summary, &Section::ALL),
            })
        })
    }

    /// The laboratory items that a series can be asked for.
    pub fn lab_items(&self) -> Result<LabItems, MyKarteError> {
        self.read(|summary, record| {
            let found = record.lab_items();
            let state = summary.and_then(|s| s.sections.get(&Section::Labs).copied());
            Ok(LabItems {
                items: found.items.cross(),
                damaged_entries: found.damage.entries,
                absences: state.map(|state| state.nothing().cross()).unwrap_or_default(),
                notices: of_section(summary, Section::Labs),
            })
        })
    }

    /// All results of one item.
    pub fn lab_series(&self, item: LabItemId) -> Result<LabSeries, MyKarteError> {
        self.read(|summary, record| {
            let found = record.series(&item.into());
            Ok(LabSeries {
                points: found.points.cross(),
                damaged_entries: found.damage.entries,
                notices: of_section(summary, Section::Labs),
            })
        })
    }

    /// What makes this result one item with others.
    pub fn lab_item_of(&self, position: u32) -> Result<Option<LabItemId>, MyKarteError> {
        self.read(|_, record| {
            let page = record.page(Section::Labs, position as usize, 1);
            let read = |line: &Vec<u8>| mykarte::record::lines::read::<mykarte::ssmix2::clinical::Lab>(line).ok();
            Ok(page.lines.first().and_then(read).map(|lab| series::ItemId::of(&lab.body).cross()))
        })
    }
}

fn not_provided(summary: Option<&Summary>, sections: &[Section]) -> Vec<RecordSection> {
    let is_hidden = |section: &&Section| summary.is_some_and(|summary| summary.hides(**section));
    sections.iter().filter(is_hidden).map(|section| (*section).into()).collect()
}

impl SearchResult {
    fn take(&mut self, section: Section, position: usize, line: &[u8], query: &Query, limit: usize) {
        self.total += 1;
        if self.hits.len() >= limit {
            return;
        }
        match RecordEntry::read(section, line) {
            Some(entry) => self.hits.push(SearchHit {
                section: section.into(),
                position: position.cross(),
                entry,
                snippet: query.snippet(section, line).map(|found| snippet(section, found)),
            }),
            None => self.damaged_entries += 1,
        }
    }
}

fn snippet(section: Section, found: CoreSnippet) -> Snippet {
    Snippet {
        field: found.field.map(|field| format!("{}.{}", section.key(), field.key)),
        before: found.before,
        found: found.found,
        after: found.after,
    }
}

fn day(time: Option<Timestamp>, argument: &str) -> Result<Option<types::Timestamp>, MyKarteError> {
    time.map(|time| time.to_core().ok_or_else(|| MyKarteError::invalid(argument))).transpose()
}

impl From<LabItemCode> for series::ItemCode {
    fn from(code: LabItemCode) -> Self {
        Self { system: code.system.into(), code: code.code.into() }
    }
}

impl From<LabItemId> for series::ItemId {
    fn from(id: LabItemId) -> Self {
        Self { item: id.item.into(), specimen: id.specimen.map(Into::into) }
    }
}
