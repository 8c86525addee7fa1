//! Issuing: a record, shaped by its profile, becomes a package for one device.

use super::content::{FORM, LEFT_OUT, MAX_ENTRIES, SUMMARY, profile_hash};
use super::error::IssueError;
use crate::import::parts::{self, Chunk};
use crate::import::store::{MemoBody, catalogue, say_too_large, without_carried};
use crate::import::{Imported, LeftOut, Step, Watch, pool};
use mykarte_record::lines::{MAX_CHUNK_BYTES, limits};
use mykarte_record::report::ImportReport;
use mykarte_record::{Entry, Record, Summary};
use mykarte_vault::package::{
    self as sealed, IssueNumber, KeyList, KeyState, Offer, PackageError, Part, SigningKey, Subject,
};
use ssmix2::types::Precision;
use std::sync::atomic::{AtomicUsize, Ordering};
use zeroize::Zeroizing;

/// For whom a package is issued, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct IssueRequest<'a> {
    /// The hospital's key list.
    pub list: &'a KeyList,
    /// The key that signs; active in the list.
    pub signing_key: &'a SigningKey,
    /// The device's key, signature checked and whose it is known.
    pub offer: &'a Offer,
    /// Higher than that of every package before it.
    pub number: IssueNumber,
    /// Whether the enrolment had a package before ([`Issuer::has_issued`]): only then there is something to explain.
    ///
    /// [`Issuer::has_issued`]: super::Issuer::has_issued
    pub follows: bool,
    /// Unix seconds.
    pub issued_at: u64,
    /// Worker threads; 0 means one a core.
    pub threads: usize,
}

/// A package, ready to be given to anybody.
pub struct Issued {
    /// The package.
    pub package: Vec<u8>,
    /// The hospital's report.
    pub report: ImportReport,
    /// The summary of what was sealed.
    pub summary: Summary,
}

/// Seals a record. What is in the package is what [`crate::store_record`] would have put into a vault.
///
/// # Errors
/// [`IssueError`]; nothing is left behind.
pub fn issue(mut imported: Imported, request: &IssueRequest<'_>, watch: &Watch<'_>) -> Result<Issued, IssueError> {
    (watch.progress)(Step::Store);
    check(&imported.record.summary, request)?;
    imported.number_files();
    imported.close_gaps();
    let left_out = imported.left_out();
    let Imported { mut record, mut report, .. } = imported;
    let summary = record.summary.clone();
    let (catalogue, cut) = catalogue(&summary)?;
    let memos = without_carried(&mut record);
    let threads = pool(request.threads)?;
    let chunks = threads.install(|| sections(record, memos, watch))?;
    say_too_large(&mut report, &chunks, cut);
    let mut parts: Vec<Part> = chunks.into_iter().map(to_part).collect();
    parts.push(part(&catalogue, SUMMARY)?);
    // The first package follows no other, so it has nothing to explain. What is too much to explain stays unexplained.
    if request.follows && left_out != LeftOut::default() {
        // Texts are always JSON.
        let json = serde_json::to_vec(&left_out).unwrap_or_default();
        parts.extend((json.len() <= MAX_CHUNK_BYTES).then(|| part(&json, LEFT_OUT)).transpose()?);
    }
    let package = issue_of(&summary, request)?.seal(&parts)?;
    Ok(Issued { package, report, summary })
}

/// The sections of a record. What the device would refuse is refused here.
fn sections(record: Record, memos: Vec<Entry<MemoBody>>, watch: &Watch<'_>) -> Result<Vec<Chunk<Part>>, IssueError> {
    let (entries, expanded) = (record.heads().count() + memos.len(), AtomicUsize::new(0));
    let pack = |plain: &[u8]| {
        let length = limits::expanded_length(plain).unwrap_or(limits::MAX_EXPANDED_IN_ALL);
        expanded.fetch_add(length, Ordering::Relaxed);
        Ok(Part::new(plain)?)
    };
    let chunks = parts::write_all(record, memos, watch, pack)?;
    let is_too_large = entries > MAX_ENTRIES || expanded.into_inner() >= limits::MAX_EXPANDED_IN_ALL;
    if is_too_large { Err(PackageError::TooLarge.into()) } else { Ok(chunks) }
}

fn part(plain: &[u8], section: &str) -> Result<Part, IssueError> {
    Ok(Part::new(plain).map_err(PackageError::from)?.at(section, 0, b""))
}

fn check(summary: &Summary, request: &IssueRequest<'_>) -> Result<(), IssueError> {
    let listing = request.list.listing();
    let listed = request.list.find(request.signing_key.verifying_key().id());
    if listed.is_none_or(|key| key.state != KeyState::Active) {
        return Err(IssueError::KeyNotActive);
    }
    if request.offer.hospital != listing.hospital {
        return Err(IssueError::OfferOfOtherHospital);
    }
    let storage = summary.hospital.id.clone();
    if storage != listing.facility {
        return Err(IssueError::OtherFacility { keys: listing.facility.clone(), storage });
    }
    Ok(())
}

fn to_part(chunk: Chunk<Part>) -> Part {
    chunk.packed.at(chunk.section.key(), chunk.seq, &chunk.meta)
}

fn issue_of<'a>(summary: &Summary, request: &IssueRequest<'a>) -> Result<sealed::Issue<'a>, IssueError> {
    Ok(sealed::Issue {
        hospital: request.list.listing().hospital,
        signing_key: request.signing_key,
        enrolment: request.offer.enrolment,
        recipient: request.offer.recipient,
        number: request.number,
        issued_at: request.issued_at,
        subject: subject_of(summary),
        profile_sha256: profile_hash(summary).unwrap_or_default(),
        content_form: FORM,
        list_number: request.list.listing().number,
    })
}

/// Whose record a summary is of. A birth date that the profile hides is not in the package; one that is not known to the day
/// is not stated, for it would differ from the day once that is known.
pub(super) fn subject_of(summary: &Summary) -> Subject {
    let exact = summary.birth_date.filter(|date| date.precision >= Precision::Day);
    let birth_date = exact.map(|date| date.date().to_string()).unwrap_or_default();
    Subject {
        patient_id: Zeroizing::new(ssmix2::types::fold_id(&summary.patient_id).to_string()),
        birth_date: Zeroizing::new(birth_date),
    }
}
