//! `seal`: a patient's files become a package for one device.
//!
//! Whatever can be refused is refused before the long work, and nothing is written on an error: the number is taken from
//! the issuer when the record is ready, the package is written last.

mod place;
mod recipient;

use super::import::{Reading, Watched, other_facilities, print_result, report, result};
use super::keys::{Folder, hospital};
use super::profile::source as profiles;
use crate::args::Seal;
use crate::failure::Failure;
use crate::out::Out;
use crate::secrets::{Line, Source};
use crate::words::errors::{self, Asked};
use crate::words::{keys, package as words};
use mykarte::package::{IssueError, IssueRequest, Issued, Issuer, issue};
use mykarte::record::Summary;
use mykarte::vault::package::{IssueNumber, KeyList, KeyState, SignedOffer};
use mykarte::{Imported, Shaping};
use place::Place;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whoever issues: the key list, the device's key, and the unlocked issuer.
struct Desk {
    list: KeyList,
    offer: SignedOffer,
    issuer: Issuer,
}

/// A package in memory, and what it was issued as.
struct Sealed {
    issued: Issued,
    number: IssueNumber,
    issued_at: u64,
}

/// Reads, seals, writes, and says what to hand over.
pub fn run(args: &Seal, out: &mut Out) -> Result<(), Failure> {
    let shaping = profiles::shaping(Some(&args.profile), args.withhold.as_deref(), out)?;
    let place = check(args, &shaping, out)?;
    let mut desk = Desk::open(args, &place, out)?;
    let watched = Watched::new(out);
    let imported = read(args, &shaping, &desk, &watched, out)?;
    let kept_back = shaping.kept_back(&imported.record.summary.patient_id);
    let mut prepared = report::Prepared::write(args.report.as_deref(), &imported.report, out)?;
    let sealed = desk.seal(imported, args, &watched, out)?;
    place.write(&sealed.issued.package, out)?;
    // The package is written by now: what fails from here on is said behind what was done.
    let listed = place.put_list(&desk.list);
    let published = prepared.update(&sealed.issued.report, out).and_then(|()| prepared.publish(out));
    watched.finish();
    drop(watched);
    tell(args, &sealed, kept_back, out)?;
    out.line(words::sealed_for(desk.offer.offer(), out.language).as_str())?;
    place.tell(listed, out)?;
    published?;
    hand_over(&sealed.issued.summary, out)
}

fn refused(error: &IssueError, args: &Seal, out: &Out) -> Failure {
    let asked = Asked { storages: &args.storages, patient: &args.patient, vault: &args.out };
    Failure::Refused(errors::issuing(error, &asked, out.language))
}

/// What can be wrong before anybody types a passcode.
fn check(args: &Seal, shaping: &Shaping, out: &Out) -> Result<Place, Failure> {
    shaping.check().map_err(|error| refused(&error.into(), args, out))?;
    let place = Place::new(&args.out, out)?;
    report::check(args.report.as_deref(), ("--out", &place.package), &args.storages, out)?;
    reading(args, shaping).look_first().map_err(|error| refused(&error.into(), args, out))?;
    Ok(place)
}

fn reading<'a>(args: &'a Seal, shaping: &'a Shaping) -> Reading<'a> {
    Reading {
        storages: &args.storages,
        patient: &args.patient,
        hospital: args.hospital.as_ref(),
        accept_other_patient: args.accept_other_patient,
        threads: args.threads,
        shaping,
    }
}

/// The record, of the facility that the keys vouch for.
fn read(args: &Seal, shaping: &Shaping, desk: &Desk, watched: &Watched, out: &Out) -> Result<Imported, Failure> {
    let read = reading(args, shaping).read_or_of(&hospital(&desk.list), watched);
    let mut imported = read.map_err(|error| refused(&error.into(), args, out))?;
    let (keys, storage) = (&desk.list.listing().facility, &imported.record.summary.hospital.id);
    if keys != storage {
        let error = IssueError::OtherFacility { keys: keys.clone(), storage: storage.clone() };
        return Err(refused(&error, args, out));
    }
    profiles::warn_of_near_patients(shaping, &imported.record.summary.patient_id, out);
    other_facilities(&imported, out).iter().for_each(|text| out.warn(text));
    // The report is written before the package is, and names the files by the same numbers.
    imported.number_files();
    Ok(imported)
}

impl Desk {
    /// What needs no secret is looked at first.
    fn open(args: &Seal, place: &Place, out: &Out) -> Result<Desk, Failure> {
        let folder = Folder(&args.keys);
        let path = folder.issuer_path();
        let list = folder.list(out)?;
        place.check_list(&list, out)?;
        if list.listing().keys.iter().all(|listed| listed.state != KeyState::Active) {
            let text = format!("{}: {}", folder.list_path().display(), keys::no_active_key(out.language));
            return Err(Failure::Refused(text));
        }
        let offer = recipient::read(&args.recipient, out)?;
        if offer.offer().hospital != list.listing().hospital {
            return Err(refused(&IssueError::OfferOfOtherHospital, args, out));
        }
        let vault = Source::of(Line::Signing, args.passcode_stdin).unlock(&path, out)?;
        let checked = Issuer::of(vault).and_then(|issuer| {
            issuer.active(&list)?;
            issuer.check_offer(&list, offer.offer())?;
            Ok(issuer)
        });
        let issuer = checked.map_err(|error| Failure::Refused(errors::keys(&error, &path, out.language)))?;
        Ok(Desk { list, offer, issuer })
    }

    /// The number is durable before there is a package.
    fn seal(&mut self, imported: Imported, args: &Seal, watched: &Watched, out: &Out) -> Result<Sealed, Failure> {
        let refuse = |error: IssueError| refused(&error, args, out);
        watched.check().map_err(|error| refuse(error.into()))?;
        let follows = self.issuer.has_issued(self.offer.offer());
        let number = self.issuer.take_number(&self.list, self.offer.offer());
        let path = Folder(&args.keys).issuer_path();
        let number = number.map_err(|error| Failure::Refused(errors::keys(&error, &path, out.language)))?;
        let issued_at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let signing_key = self.issuer.active(&self.list).map_err(|_| refuse(IssueError::KeyNotActive))?;
        let (list, offer, threads) = (&self.list, self.offer.offer(), args.threads.into());
        let request = IssueRequest { list, signing_key, offer, number, follows, issued_at, threads };
        let issued = watched.run(|watch| issue(imported, &request, watch)).map_err(refuse)?;
        watched.check().map_err(|error| refuse(error.into()))?;
        Ok(Sealed { issued, number, issued_at })
    }
}

fn tell(args: &Seal, sealed: &Sealed, kept_back: Option<usize>, out: &mut Out) -> Result<(), Failure> {
    let Issued { summary, report, .. } = &sealed.issued;
    let brought = result::Brought { summary, report, path: args.report.as_deref(), kept_back };
    print_result(&brought, &result::Place::Package, out)?;
    out.blank()?;
    out.line(words::number_and_date(&sealed.number.to_string(), sealed.issued_at, out.language))
}

/// What goes on the stick, and what the desk still has to look at.
fn hand_over(summary: &Summary, out: &mut Out) -> Result<(), Failure> {
    out.finish()?;
    if summary.birth_date.is_none() {
        out.warn(words::no_birth_date(out.language));
    }
    out.hint(words::hand_over(out.language));
    Ok(())
}
