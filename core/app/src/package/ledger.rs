//! Which number each enrolment had last: written before a package goes out, so that no number is ever used twice.
//!
//! 256 pages by the first byte of the enrolment's id, each a record of the issuer's file: a number is written in the time
//! that one page takes, and there is room for more than a million enrolments.

use super::error::KeysError;
use super::keys::{Kind, kind, put};
use mykarte_vault::package::{EnrolmentId, IssueNumber, KeyList, Offer};
use mykarte_vault::{RecordId, Vault};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered of an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    epoch: u32,
    counter: u64,
    /// The name of the key that the device signs with.
    device: String,
    /// The number of its newest offer.
    offer: u32,
    /// The name of the key that it offers.
    recipient: String,
}

impl Line {
    pub fn number(&self) -> IssueNumber {
        IssueNumber { epoch: self.epoch, counter: self.counter }
    }
}

#[derive(Default)]
struct Page {
    place: Option<RecordId>,
    lines: BTreeMap<String, Line>,
}

/// All pages.
#[derive(Default)]
pub(super) struct Ledger(BTreeMap<u8, Page>);

impl Ledger {
    /// Reads the pages of an issuer's file.
    ///
    /// # Errors
    /// Those of the file; [`KeysError::NoKeys`] where a page is of a form that this version does not know.
    pub fn read(vault: &Vault) -> Result<Ledger, KeysError> {
        let mut ledger = Ledger::default();
        for head in vault.records()? {
            let Some(Kind::Ledger { page }) = kind(&head) else { continue };
            let lines = serde_json::from_slice(&head.catalogue?).map_err(|_| KeysError::NoKeys)?;
            ledger.0.insert(page, Page { place: Some(head.id), lines });
        }
        Ok(ledger)
    }

    /// Whether an enrolment has a number already.
    pub fn knows(&self, enrolment: EnrolmentId) -> bool {
        self.0.get(&page_of(enrolment)).is_some_and(|page| page.lines.contains_key(&enrolment.to_string()))
    }

    /// The line that the next package of an enrolment would make.
    ///
    /// # Errors
    /// [`KeysError::StaleOffer`], [`KeysError::StaleList`].
    pub fn next(&self, list: &KeyList, offer: &Offer) -> Result<Line, KeysError> {
        let (device, recipient) = (offer.device.id().to_string(), offer.recipient.id().to_string());
        let epoch = list.listing().epoch;
        let known = self.0.get(&page_of(offer.enrolment)).and_then(|page| page.lines.get(&offer.enrolment.to_string()));
        let counter = match known {
            Some(line) if line.device != device || offer.number < line.offer => return Err(KeysError::StaleOffer),
            Some(line) if offer.number == line.offer && recipient != line.recipient => {
                return Err(KeysError::StaleOffer);
            }
            // In an earlier epoch it would count from 1 again.
            Some(line) if line.epoch > epoch => return Err(KeysError::StaleList),
            Some(line) if line.epoch == epoch => line.counter + 1,
            _ => 1,
        };
        Ok(Line { epoch, counter, device, offer: offer.number, recipient })
    }

    /// Writes a line. Durable when it returns.
    ///
    /// # Errors
    /// Those of a write.
    pub fn put(&mut self, vault: &mut Vault, enrolment: EnrolmentId, line: Line) -> Result<(), KeysError> {
        let number = page_of(enrolment);
        let page = self.0.entry(number).or_default();
        let mut lines = page.lines.clone();
        lines.insert(enrolment.to_string(), line);
        // Texts and numbers are always JSON.
        let json = serde_json::to_vec(&lines).unwrap_or_default();
        page.place = Some(put(vault, page.place, Kind::Ledger { page: number }, &json)?);
        page.lines = lines;
        Ok(())
    }
}

fn page_of(enrolment: EnrolmentId) -> u8 {
    enrolment.as_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte_vault::{KdfParams, Passcode};

    #[test]
    fn pages_are_found_again_and_hold_more_than_one_page_could() {
        let dir = tempfile::tempdir().expect("a folder");
        let passcode = Passcode::new(b"ocean-7294-lamp").expect("text");
        let path = dir.path().join("issuer");
        let mut vault = Vault::create(&path, &passcode, KdfParams::dangerous_floor()).expect("a vault");
        let line = |counter| Line { epoch: 1, counter, device: "d".repeat(32), offer: 1, recipient: "r".repeat(32) };
        let id = |n: u32| {
            let mut bytes = [7; 16];
            bytes[..4].copy_from_slice(&n.rotate_right(8).to_be_bytes());
            EnrolmentId::from_bytes(bytes)
        };
        let mut ledger = Ledger::default();
        // Full pages are made at once, as many writes would have made them.
        for n in 0..20_000 {
            let page = ledger.0.entry(page_of(id(n))).or_default();
            page.lines.insert(id(n).to_string(), line(3));
        }
        assert_eq!(ledger.0.len(), 256);
        for n in 0..256 {
            ledger.put(&mut vault, id(n), line(4)).expect("written");
        }
        let again = Ledger::read(&vault).expect("read");
        let counters = |ledger: &Ledger| -> Vec<u64> {
            ledger.0.values().flat_map(|page| page.lines.values().map(|line| line.counter)).collect()
        };
        assert_eq!(counters(&again), counters(&ledger));
        assert_eq!(counters(&again).len(), 20_000);
        assert_eq!(vault.records().expect("records").len(), 256);
    }
}
