//! Who issued a stored record: the proof that came with it, held against the newest key list that is known.
//!
//! A key that is declared compromised later takes nothing away: the record stays readable, marked 「署名未確認」.

use super::content::{LEFT_OUT, SUMMARY};
use super::error::ReceiveError;
use super::{enrol, lists, trust};
use crate::archive::Archive;
use mykarte_record::Section;
use mykarte_vault::package::{Enrolment, IssueNumber, KeyId, KeyList, KeyState, PackageError, Part, Proof, Proven};
use mykarte_vault::{Draft, RecordHead, RecordId, SealedChunk, SectionIndex, Vault, VaultError};

/// The section of a generation in which its proof lies; not one of the record's own.
pub(super) const SECTION: &str = "provenance";

/// Where a record is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provenance {
    /// Imported from a storage by this program: nobody signed it.
    Imported,
    /// A hospital signed it with a key that holds.
    Confirmed(Signed),
    /// 「署名未確認」: it came as a package, and who issued it cannot be confirmed any more.
    Unconfirmed(Unconfirmed),
}

/// What a hospital signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The facility that the key list vouches for.
    pub facility: String,
    /// Its name.
    pub name: String,
    /// The package's number.
    pub number: IssueNumber,
    /// When it was issued by the hospital's clock; Unix seconds.
    pub issued_at: u64,
    /// The key that signed.
    pub key: KeyId,
}

/// Why the signature of a stored record is not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unconfirmed {
    /// The hospital has declared the key compromised since.
    KeyCompromised,
    /// The newest key list does not hold the key any more.
    KeyUnknown,
    /// The proof is damaged.
    ProofDamaged,
}

/// Seals the proof, and the list that it was held against, beside a record.
pub(super) fn seal(draft: &Draft, proof: &Proof, list: &KeyList) -> Result<[SealedChunk; 2], VaultError> {
    Ok([draft.seal(SECTION, 0, b"", proof.as_bytes())?, draft.seal(SECTION, 1, b"", list.as_bytes())?])
}

impl Archive {
    /// Where a record is from. Reads its proof, not its sections.
    ///
    /// # Errors
    /// Those of reading the vault; a damaged proof is [`Unconfirmed::ProofDamaged`].
    pub fn provenance(&self, record: RecordId) -> Result<Provenance, ReceiveError> {
        match self.prove(record)? {
            None => Ok(Provenance::Imported),
            Some(Err(why)) => Ok(Provenance::Unconfirmed(why)),
            Some(Ok((proven, list))) => {
                let (origin, listing) = (proven.origin, list.listing());
                Ok(Provenance::Confirmed(Signed {
                    facility: listing.facility.clone(),
                    name: listing.name.clone(),
                    number: origin.number,
                    issued_at: origin.issued_at,
                    key: origin.signing_key.id(),
                }))
            }
        }
    }

    /// The parts of a record that are not, byte for byte, what the hospital signed: memos that were taken over, or what
    /// the profile took out on the device. `None` where no signature is confirmed. Reads all of the record.
    ///
    /// # Errors
    /// Those of reading the vault.
    pub fn changed_since_signed(&self, record: RecordId) -> Result<Option<Vec<String>>, ReceiveError> {
        let Some(Ok((proven, _))) = self.prove(record)? else { return Ok(None) };
        let vault = self.vault();
        let mut changed = Vec::new();
        let sections = vault.sections(record)?;
        // Parts that are not there at all.
        let is_there = |name: &str, seq: u32| {
            let mut known = sections.iter().filter(|section| section.section.as_str() == name);
            known.any(|section| section.chunks.iter().any(|chunk| chunk.seq == seq))
        };
        let signed = proven.parts().filter(|(name, _)| ![SUMMARY, LEFT_OUT].contains(name));
        changed.extend(signed.filter(|(name, seq)| !is_there(name, *seq)).map(|(name, _)| name.to_owned()));
        for section in sections.iter().filter(|section| section.section.as_str() != SECTION) {
            if !is_signed(vault, record, section, &proven) {
                changed.push(section.section.to_string());
            }
        }
        let heads = vault.records()?;
        let summary = heads.iter().find(|head| head.id == record).and_then(|head| head.catalogue.as_ref().ok());
        if !summary.is_some_and(|summary| proven.covers(SUMMARY, 0, summary)) {
            changed.push(SUMMARY.to_owned());
        }
        changed.dedup();
        Ok(Some(changed))
    }

    /// Whether all that is there of a section is, byte for byte, what the hospital signed: memos that were taken over from
    /// the record before are not. `None` where no signature is confirmed. Reads that section alone.
    ///
    /// # Errors
    /// Those of reading the vault.
    pub fn is_signed(&self, record: RecordId, section: Section) -> Result<Option<bool>, ReceiveError> {
        let Some(Ok((proven, _))) = self.prove(record)? else { return Ok(None) };
        let sections = self.vault().sections(record)?;
        let mut found = sections.iter().filter(|head| head.section.as_str() == section.key());
        Ok(Some(found.all(|head| is_signed(self.vault(), record, head, &proven))))
    }

    #[expect(clippy::type_complexity, reason = "three outcomes: not from a package, unconfirmed, proven with its list")]
    fn prove(&self, record: RecordId) -> Result<Option<Result<(Proven, KeyList), Unconfirmed>>, ReceiveError> {
        let vault = self.vault();
        let sections = match vault.sections(record) {
            // Without its manifest nobody knows whether the record has a proof.
            Err(VaultError::Damaged { .. }) => return Ok(Some(Err(Unconfirmed::ProofDamaged))),
            sections => sections?,
        };
        if !sections.iter().any(|section| section.section.as_str() == SECTION) {
            return Ok(None);
        }
        let (Some(proof), Some(stored)) = (stored_proof(vault, record), stored_list(vault, record)) else {
            return Ok(Some(Err(Unconfirmed::ProofDamaged)));
        };
        let held = enrol::held(vault)?;
        let is_lost = held.iter().any(|held| held.record() == Some(record) && held.enrolment.is_none());
        let knows = |enrolment: &Enrolment| enrolment.list().pin() == stored.pin();
        if is_lost && !held.iter().filter_map(|held| held.enrolment.as_ref()).any(knows) {
            // The enrolment alone may have known a newer list, and it is damaged.
            return Ok(Some(Err(Unconfirmed::ProofDamaged)));
        }
        let list = trust::newest_list(vault, &stored.pin())?.unwrap_or(stored);
        Ok(Some(match lists::check_newest(vault, &list) {
            // A newer one was known, and cannot be read any more.
            Err(PackageError::ListRolledBack { .. }) => Err(Unconfirmed::ProofDamaged),
            known => check(&proof, known.map(|()| list)?),
        }))
    }
}

fn is_signed(vault: &Vault, record: RecordId, section: &SectionIndex, proven: &Proven) -> bool {
    section.chunks.iter().all(|chunk| {
        let plain = vault.chunk(record, &section.section, chunk.seq);
        plain.is_ok_and(|plain| proven.covers(&section.section, chunk.seq, &plain))
    })
}

/// The proof beside a record; `None` where there is none or it is damaged.
pub(super) fn stored_proof(vault: &Vault, record: RecordId) -> Option<Proof> {
    vault.chunk(record, SECTION, 0).ok().map(|bytes| Proof::from_bytes(&bytes))
}

/// Whether a package brings a stored section again, byte for byte: then nothing of it is lost where it is damaged. Only of a
/// record that was stored as it was signed, which its summary shows: taken over memos change the counts.
pub(super) fn is_brought_again(vault: &Vault, old: &RecordHead, section: &str, parts: &[Part]) -> bool {
    let Some(proven) = stored_proven(vault, old.id) else { return false };
    let is_as_signed = old.catalogue.as_ref().is_ok_and(|summary| proven.covers(SUMMARY, 0, summary));
    let mut signed = proven.parts().filter(|(known, _)| *known == section);
    is_as_signed
        && signed.all(|(_, seq)| {
            let mut same = parts.iter().filter(|part| part.section.as_str() == section && part.seq == seq);
            same.any(|part| part.plain().is_ok_and(|plain| proven.covers(section, seq, &plain)))
        })
}

/// What the proof beside a record says, signature checked with the list that lies beside it, too.
pub(super) fn stored_proven(vault: &Vault, record: RecordId) -> Option<Proven> {
    let (proof, list) = (stored_proof(vault, record)?, stored_list(vault, record)?);
    proof.check(&list.find(proof.signing_key()?)?.key).ok()
}

/// The list that it was held against when it was received.
pub(super) fn stored_list(vault: &Vault, record: RecordId) -> Option<KeyList> {
    KeyList::dangerous_read_unpinned(&vault.chunk(record, SECTION, 1).ok()?).ok()
}

fn check(proof: &Proof, list: KeyList) -> Result<(Proven, KeyList), Unconfirmed> {
    let named = proof.signing_key().ok_or(Unconfirmed::ProofDamaged)?;
    let listed = list.find(named).ok_or(Unconfirmed::KeyUnknown)?;
    if listed.state == KeyState::Compromised {
        return Err(Unconfirmed::KeyCompromised);
    }
    let proven = proof.check(&listed.key).map_err(|_| Unconfirmed::ProofDamaged)?;
    if proven.origin.hospital == list.listing().hospital { Ok((proven, list)) } else { Err(Unconfirmed::ProofDamaged) }
}
