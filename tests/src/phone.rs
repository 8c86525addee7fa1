//! A patient's phone in a test, and the hospital that it is enrolled at.

use crate::hospital::{Hospital, device, passcode, whole};
use crate::storage::{self, file};
use mykarte::package::ReceiveError;
use mykarte::record::profile::Profile;
use mykarte::vault::package::{PackageError, SignedOffer};
use mykarte::{Archive, Imported};

/// A hospital, and a phone that is enrolled there and has received nothing yet.
pub struct Place {
    /// Where their files are.
    pub dir: tempfile::TempDir,
    /// The hospital.
    pub hospital: Hospital,
    /// The phone.
    pub phone: Archive,
}

impl Place {
    /// Makes both.
    pub fn make() -> Place {
        let dir = tempfile::tempdir().expect("a folder");
        let hospital = Hospital::of_storage(dir.path());
        let mut phone = device(dir.path(), "phone");
        phone.enrol(hospital.list.clone()).expect("an enrolment");
        Place { dir, hospital, phone }
    }

    /// The key that the phone's only enrolment offers now.
    pub fn offer(&self) -> SignedOffer {
        self.phone.enrolments().expect("enrolments").remove(0).offer.expect("keys")
    }

    /// The next package, everything shown.
    pub fn issue(&mut self, files: &[storage::File]) -> Vec<u8> {
        let offer = self.offer();
        self.hospital.issue(imported(files), &offer)
    }

    /// Results of the phone's only record.
    pub fn labs(&self) -> usize {
        whole(&self.phone).labs.len()
    }
}

/// What the hospital knows of its patient in these tests: two results.
pub fn files() -> Vec<storage::File> {
    vec![file("-", "ADT-00", "ADT^A08", &[]), lab("20240301", 1, "30", "F"), lab("20240401", 2, "41", "F")]
}

/// One result above its range.
pub fn lab(date: &str, order: u32, value: &str, status: &str) -> storage::File {
    let request = format!("OBR|1|{order}||A^血液^99X|||{date}");
    let result = format!("OBX|1|NM|3B035^GOT^JC10||{value}|U/L|13-30|H|||{status}");
    file(date, "OML-11", "OML^O33", &[&request, &result]).order(order)
}

/// Imported with everything shown.
pub fn imported(files: &[storage::File]) -> Imported {
    storage::imported(files, Profile::full())
}

/// Why a package or key list was refused as such.
#[track_caller]
pub fn refusal<T>(result: Result<T, ReceiveError>) -> PackageError {
    match result {
        Err(ReceiveError::Package(error)) => error,
        Err(error) => panic!("refused, but as {error:?}"),
        Ok(_) => panic!("taken"),
    }
}

/// Tries every copy of a phone's file with one bent byte that does a certain damage and no other. `check` opens the copy as
/// often as it likes, each time as it was bent.
pub fn with_bent_byte(place: Place, is_wanted: impl Fn(&Archive) -> bool, mut check: impl FnMut(&dyn Fn() -> Archive)) {
    let Place { dir, phone, .. } = place;
    drop(phone);
    let (path, bent) = (dir.path().join("phone"), dir.path().join("bent"));
    let sound = std::fs::read(&path).expect("the phone's file");
    let mut tried = 0;
    for at in (0..sound.len()).step_by(512) {
        let mut bytes = sound.clone();
        bytes[at + 256] ^= 1;
        let put = || std::fs::write(&bent, &bytes).expect("a copy can be written");
        put();
        if Archive::open(&bent, &passcode()).is_ok_and(|archive| is_wanted(&archive)) {
            tried += 1;
            check(&|| {
                put();
                Archive::open(&bent, &passcode()).expect("it opened before")
            });
        }
    }
    assert!(tried > 0, "no byte does this damage alone");
}
