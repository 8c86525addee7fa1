//! What stands on the sheet, before anything has a place.
//!
//! The input has no room for a name, a patient id or a birth date: whoever finds the sheet does not learn whose it is.

use mykarte_vault::ticket::Ticket;

use super::{PaperError, words};

/// A sheet for one patient.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    /// The ticket. The root key for comparison and the date come from it.
    pub ticket: &'a Ticket,
    /// Who hands it out.
    pub hospital: Hospital,
    /// Whom to ask, as one line: a desk, a telephone number, hours.
    pub contact: Option<String>,
}

/// The hospital as patients know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hospital {
    /// Its name.
    pub name: String,
    /// Its facility id.
    pub facility: String,
}

/// The texts of a sheet. In those of [`words`], `|` marks where a line may break.
pub(super) struct Content {
    pub hospital: String,
    pub facility: String,
    pub until: String,
    pub contact: Option<String>,
    /// Enough for the staff to tell two sheets apart.
    pub number: String,
    /// The root key's groups, in two lines.
    pub root: [String; 2],
}

impl Content {
    pub fn of(sheet: &Sheet) -> Result<Self, PaperError> {
        let root = sheet.ticket.root.to_string();
        let groups: Vec<&str> = root.split('-').collect();
        let (first, second) = groups.split_at(groups.len().div_ceil(2));
        let contact = sheet.contact.as_deref().map(one_line).filter(|line| !line.is_empty());
        Ok(Self {
            hospital: one_line(&sheet.hospital.name),
            facility: one_line(&sheet.hospital.facility),
            until: words::until(sheet.ticket.expires).ok_or(PaperError::NoDate)?,
            contact,
            number: sheet.ticket.id.to_string().chars().take(8).collect(),
            root: [first.join(" "), second.join(" ")],
        })
    }

    /// Every text of the page, for the search of a font that has all of it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let fixed = [words::PRODUCT, words::TITLE, words::UNTIL, words::CODE, words::CARE, words::TROUBLE];
        let more = [words::CONTACT, words::NO_CONTACT, words::NUMBER, words::ROOT, words::FACILITY, "12345・：（） "];
        let own = [&self.hospital, &self.facility, &self.until, &self.number, &self.root[0], &self.root[1]];
        fixed
            .into_iter()
            .chain(more)
            .chain(words::STEPS)
            .chain(words::CARES)
            .chain(words::TROUBLES.into_iter().flat_map(|(when, then)| [when, then]))
            .chain(own.into_iter().map(String::as_str))
            .chain(self.contact.as_deref())
    }
}

/// Without line breaks: settings files like to have some at the end.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
