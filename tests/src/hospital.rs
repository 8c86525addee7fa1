//! A hospital and a device of a test: root key, issuer, and vaults that enrol.

use crate::storage::FACILITY;
use mykarte::package::{Arrival, IssueError, IssueRequest, Issuer, ReceiveError, Received, Root, issue};
use mykarte::record::{Record, Summary};
use mykarte::vault::package::{IssueNumber, KeyList, Offer, SignedOffer};
use mykarte::vault::{KdfParams, Passcode, Vault};
use mykarte::{Archive, Damage, Imported, StoreOptions, Watch, store_record};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A passcode for every file of a test.
pub fn passcode() -> Passcode {
    Passcode::new("避難袋の奥にしまった古い鍵".as_bytes()).expect("text")
}

/// Runs `work` with a watch that watches nothing.
pub fn watched<T>(work: impl FnOnce(&Watch<'_>) -> T) -> T {
    work(&Watch { progress: &|_| (), cancel: &AtomicBool::new(false) })
}

/// Unix seconds of a day in 2026.
pub const ISSUED_AT: u64 = 1_775_000_000;

/// A hospital with its keys in files of a folder.
pub struct Hospital {
    /// Its root key.
    pub root: Root,
    /// Its issuer.
    pub issuer: Issuer,
    /// Its newest key list.
    pub list: KeyList,
}

impl Hospital {
    /// A hospital of this facility, its files in `dir` under a name of their own.
    pub fn make(dir: &Path, facility: &str) -> Hospital {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos();
        let path = |name: &str| dir.join(format!("{name}-{at}"));
        let kdf = KdfParams::dangerous_floor();
        let made = Root::create(&path("root"), &passcode(), kdf, facility, "見本大学病院");
        let (mut root, list) = made.expect("a root key");
        let issuer = Issuer::create(&path("issuer"), &passcode(), kdf).expect("an issuer");
        let key = issuer.keys().next().expect("a first key");
        let list = root.add(&list, key).expect("a list");
        Hospital { root, issuer, list }
    }

    /// One of the facility of [`crate::storage`].
    pub fn of_storage(dir: &Path) -> Hospital {
        Hospital::make(dir, FACILITY)
    }

    /// Issues the next package of an enrolment.
    pub fn issue(&mut self, imported: Imported, offer: &SignedOffer) -> Vec<u8> {
        let follows = self.issuer.has_issued(offer.offer());
        let number = self.issuer.take_number(&self.list, offer.offer()).expect("a number");
        self.seal(imported, offer.offer(), number, follows).expect("a package")
    }

    /// Issues a package of any number, as one that follows another.
    pub fn issue_as(&self, imported: Imported, offer: &Offer, number: IssueNumber) -> Result<Vec<u8>, IssueError> {
        self.seal(imported, offer, number, true)
    }

    fn seal(
        &self,
        imported: Imported,
        offer: &Offer,
        number: IssueNumber,
        follows: bool,
    ) -> Result<Vec<u8>, IssueError> {
        let signing_key = self.issuer.active(&self.list).expect("an active key");
        // A minute a package, so that dates differ.
        let issued_at = ISSUED_AT + 60 * number.counter;
        let request = IssueRequest { list: &self.list, signing_key, offer, number, follows, issued_at, threads: 2 };
        watched(|watch| issue(imported, &request, watch)).map(|issued| issued.package)
    }
}

/// A new vault that holds nothing yet.
pub fn device(dir: &Path, name: &str) -> Archive {
    let vault = Vault::create(dir.join(name), &passcode(), KdfParams::dangerous_floor());
    Archive::of(vault.expect("a vault"))
}

/// Receives a package and says that it is the right person.
pub fn receive(device: &mut Archive, package: &[u8]) -> Result<Received, ReceiveError> {
    let arrival = device.receive(package, ISSUED_AT)?;
    accept(device, arrival)
}

/// Says that it is the right person.
pub fn accept(device: &mut Archive, arrival: Arrival) -> Result<Received, ReceiveError> {
    watched(|watch| device.accept(arrival, true, watch))
}

/// Imports into a vault, without a package.
pub fn store(device: &mut Archive, imported: Imported) {
    let options = StoreOptions { replace: true, threads: 2 };
    watched(|watch| store_record(device.vault_mut(), imported, options, watch)).expect("the record can be stored");
}

/// All of the only record of a vault.
pub fn whole(device: &Archive) -> Record {
    let mut records = device.records().expect("records");
    assert_eq!(records.len(), 1);
    let info = records.remove(0);
    let summary: Summary = info.summary.expect("a summary");
    let (record, damage) = device.record(info.id).expect("a record").whole(summary).expect("a known form");
    assert_eq!(damage, Damage::default());
    record
}
