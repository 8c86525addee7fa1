//! What a hospital signed, whatever it holds: refused with the record that is held untouched, or taken and readable in every way
//! that the app reads.
#![no_main]

use arbitrary::Arbitrary;
use data_encoding::HEXLOWER_PERMISSIVE;
use libfuzzer_sys::fuzz_target;
use mykarte::package::{Issuer, Root};
use mykarte::vault::package::{Issue, IssueNumber, KeyList, Offer, Part, Subject};
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, Watch};
use mykarte_fuzz::{DEMO, edited};
use mykarte_record::{Section, lines, search::Query};
use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// A change of a part: which, whether of what stands beside it, and what.
#[derive(Debug, Arbitrary)]
struct Change<'a> {
    part: u8,
    meta: bool,
    edits: &'a [u8],
}

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    changes: Vec<Change<'a>>,
    without: Option<u8>,
    twice: Option<u8>,
}

/// Section, bytes and meta of a part.
type Plain = (&'static str, Vec<u8>, Vec<u8>);

struct Place {
    issuer: Issuer,
    list: KeyList,
    offer: Offer,
    phone: Archive,
    parts: Vec<Plain>,
    number: u64,
    _dir: TempDir,
}

impl Place {
    fn make() -> Place {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let (passcode, kdf) = (Passcode::new(b"a long passcode of a test").unwrap(), KdfParams::dangerous_floor());
        let path = |name| dir.path().join(name);
        let facility = &DEMO.summary.hospital.id;
        let (mut root, list) = Root::create(&path("root"), &passcode, kdf, facility, "h").unwrap();
        let issuer = Issuer::create(&path("issuer"), &passcode, kdf).unwrap();
        let list = root.add(&list, issuer.keys().next().unwrap()).unwrap();
        let mut phone = Archive::of(Vault::create(path("phone"), &passcode, kdf).unwrap());
        let offer = *phone.enrol(list.clone()).unwrap().offer();
        Place { issuer, list, offer, phone, parts: parts(), number: 0, _dir: dir }
    }

    fn seal(&mut self, parts: &[Plain]) -> Option<Vec<u8>> {
        self.number += 1;
        let issue = Issue {
            hospital: self.list.listing().hospital,
            signing_key: self.issuer.active(&self.list).unwrap(),
            enrolment: self.offer.enrolment,
            recipient: self.offer.recipient,
            number: IssueNumber { epoch: 1, counter: self.number },
            issued_at: 0,
            subject: Subject {
                patient_id: ssmix2::types::fold_id(&DEMO.summary.patient_id).to_string().into(),
                birth_date: DEMO.summary.birth_date.unwrap().date().to_string().into(),
            },
            profile_sha256: hash_of_profile(),
            content_form: 1,
            list_number: self.list.listing().number,
        };
        // Numbered within each section, in their order.
        let before = |at: usize| parts[..at].iter().filter(|part| part.0 == parts[at].0).count() as u32;
        let sealed =
            |(at, (section, bytes, meta)): (usize, &Plain)| Some(Part::new(bytes).ok()?.at(section, before(at), meta));
        let parts: Vec<Part> = parts.iter().enumerate().map(sealed).collect::<Option<_>>()?;
        issue.seal(&parts).ok()
    }

    fn held(&self) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        for info in self.phone.records().unwrap() {
            let record = self.phone.record(info.id).unwrap();
            for section in Section::ALL {
                let page = record.page(section, 0, usize::MAX);
                all.extend(page.lines.iter().map(|line| line.to_vec()));
                record.search(section, &Query::new("血").unwrap(), |at, _| assert!(at < record.len(section)));
            }
            drop(record.labs(0, 50));
            record.lab_items().items.iter().for_each(|item| drop(record.series(&item.id)));
            let mut at = 0;
            while at < all.len() && !record.timeline(None, None, at, 50).entries.is_empty() {
                at += 50;
            }
        }
        all
    }
}

fn hash_of_profile() -> [u8; 32] {
    let text = &DEMO.summary.profile.as_ref().unwrap().sha256;
    HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap().try_into().unwrap()
}

/// The parts of the demo's package.
fn parts() -> Vec<Plain> {
    let record = &*DEMO;
    let written = [
        (Section::Basics, lines::write(&record.basics)),
        (Section::Allergies, lines::write(&record.allergies)),
        (Section::Diagnoses, lines::write(&record.diagnoses)),
        (Section::Admissions, lines::write(&record.admissions)),
        (Section::Prescriptions, lines::write(&record.prescriptions)),
        (Section::Injections, lines::write(&record.injections)),
        (Section::Labs, lines::write(&record.labs)),
        (Section::Memos, lines::write(&record.memos)),
        (Section::Others, lines::write(&record.others)),
    ];
    let mut parts = vec![("summary", serde_json::to_vec(&record.summary).unwrap(), Vec::new())];
    for (section, blocks) in written {
        let meta = |block: &lines::Block| serde_json::to_vec(&block.meta).unwrap();
        parts.extend(blocks.unwrap().into_iter().map(|block| (section.key(), block.bytes.clone(), meta(&block))));
    }
    parts
}

thread_local! {
    static PLACE: RefCell<Place> = RefCell::new(Place::make());
}

fn take(place: &mut Place, parts: &[Plain]) -> bool {
    let Some(package) = place.seal(parts) else { return false };
    let Ok(arrival) = place.phone.receive(&package, 0) else { return false };
    drop((arrival.person(), arrival.warnings().len(), arrival.gone().len(), arrival.is_first()));
    let watch = Watch { progress: &|_| (), cancel: &AtomicBool::new(false) };
    place.phone.accept(arrival, true, &watch).is_ok()
}

fuzz_target!(|input: Input<'_>| {
    PLACE.with_borrow_mut(|place| {
        let mut parts = place.parts.clone();
        let count = parts.len();
        for change in &input.changes {
            let (_, bytes, meta) = &mut parts[usize::from(change.part) % count];
            let what = if change.meta { meta } else { bytes };
            *what = edited(what, change.edits);
        }
        if let Some(at) = input.twice {
            parts.push(parts[usize::from(at) % count].clone());
        }
        if let Some(at) = input.without {
            parts.remove(usize::from(at) % parts.len());
        }
        let before = place.held();
        let is_taken = take(place, &parts);
        let after = place.held();
        assert!(is_taken || before == after, "refused, and the record is another");
        let is_whole = input.without.is_none() && input.twice.is_none();
        assert!(
            is_taken || !is_whole || input.changes.iter().any(|change| !change.edits.is_empty()),
            "refused as it is"
        );
    });
});
