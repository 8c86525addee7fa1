//! Two readers of the same bytes: ours, and the one in Python that knows the documents alone (`tests/reader`). They agree
//! on every part of what is committed, and on what is refused.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use mykarte::vault::package::{Enrolment, KeyList, RootPin, SignedOffer};
use mykarte::vault::{BiometricSecret, InstallationSecret, Passcode, RecoveryCode, Unlock, Vault};
use mykarte_tests::reader::{SecondReader, of_package, of_vault, refused};
use serde_json::{Value, json};

const PASSCODE: &str = "いざというとき";
const CODE: &str = "H6EX6-VFWAX-82FVB-7SG9Z-QPC1V-2T";
const DEVICE: &[u8; 32] = b"installation secret of a phone 1";
const FACE: &[u8; 32] = b"biometric secret of the phone  1";

fn start() -> Option<SecondReader> {
    SecondReader::start(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn vectors() -> PathBuf {
    repository().join("core/vault/tests/vectors")
}

/// A copy: our reader counts tries in the file it opens.
fn copy(of: &Path) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("copy");
    std::fs::copy(of, &path).unwrap();
    (dir, path)
}

/// One way into a vault, for either reader.
fn request(path: &Path, secrets: &Value) -> Value {
    let mut request = secrets.clone();
    request["vault"] = path.to_str().unwrap().into();
    request
}

#[test]
fn committed_vaults_hold_the_same_for_both() {
    let Some(mut second) = start() else { return };
    let typed = Passcode::new(PASSCODE.as_bytes()).unwrap();
    let code = RecoveryCode::parse(CODE).unwrap();
    let (device, face) = (InstallationSecret::from_bytes(DEVICE), BiometricSecret::from_bytes(FACE));
    let by_passcode = json!({ "passcode": PASSCODE });
    let with_device = json!({ "passcode": PASSCODE, "installation": HEXLOWER.encode(DEVICE) });
    let by_face = json!({ "biometric": HEXLOWER.encode(FACE) });
    let by_code = json!({ "recovery": CODE.to_lowercase().replace('0', "o") });
    let (slots, plain) = (vectors().join("v1-slots.mykarte-vault"), vectors().join("v1.mykarte-vault"));
    let phone = repository().join("fixtures/package/phone.mykarte-vault");
    let ways = [
        (&plain, Unlock::Passcode(&typed), &by_passcode, 2),
        (&phone, Unlock::Passcode(&typed), &by_passcode, 1),
        (&slots, Unlock::PasscodeWithSecret(&typed, &device), &with_device, 1),
        (&slots, Unlock::Biometric(&face), &by_face, 1),
        (&slots, Unlock::Recovery(&code), &by_code, 1),
    ];
    for (vault, unlock, secrets, records) in ways {
        let (_dir, path) = copy(vault);
        let theirs = second.ask(&request(&path, secrets));
        assert_eq!(theirs["records"].as_array().map(Vec::len), Some(records), "{theirs}");
        assert_eq!(theirs, of_vault(Vault::unlock(&path, unlock)));
    }
    let (_dir, path) = copy(&plain);
    assert_eq!(second.ask(&request(&path, &json!({ "passcode": "いざというとき？" }))), refused());
}

#[test]
fn committed_packages_hold_the_same_for_both() {
    let Some(mut second) = start() else { return };
    let folder = vectors().join("package-v1");
    let package = folder.join("package.mykarte");
    for name in ["enrolment.bin", "enrolment-after.bin"] {
        let enrolment = std::fs::read(folder.join(name)).unwrap();
        let theirs = second.ask(&json!({ "package": package, "enrolment": HEXLOWER.encode(&enrolment) }));
        let ours = of_package(&std::fs::read(&package).unwrap(), &Enrolment::decode(&enrolment).unwrap());
        assert_eq!(theirs["parts"].as_array().map(Vec::len), Some(5), "{theirs}");
        assert_eq!(theirs, ours);
    }
    let offer = std::fs::read_to_string(folder.join("offer.txt")).unwrap();
    let read = SignedOffer::parse(&offer).unwrap();
    let theirs = second.ask(&json!({ "offer": offer }));
    assert_eq!(theirs["number"], read.offer().number);
    assert_eq!(theirs["enrolment"], HEXLOWER.encode(read.offer().enrolment.as_bytes()));
}

/// What a hospital issued for the committed phone: the record in it is of whom the signed manifest says.
#[test]
fn the_packages_of_the_fixture_hold_the_same_for_both() {
    let Some(mut second) = start() else { return };
    let folder = repository().join("fixtures/package");
    let (_dir, path) = copy(&folder.join("phone.mykarte-vault"));
    let phone = second.ask(&request(&path, &json!({ "passcode": PASSCODE })));
    let kept = phone["records"][0]["catalogue"]["data"].as_str().unwrap();
    let mut enrolment = Enrolment::decode(&HEXLOWER.decode(kept.as_bytes()).unwrap()).unwrap();
    for name in ["first.mykarte", "second.mykarte", "other-person.mykarte"] {
        let theirs = second.ask(&json!({ "package": folder.join(name), "enrolment": kept, "record": true }));
        assert!(theirs["parts"].as_array().is_some_and(|parts| parts.len() > 3), "{name}: {theirs}");
        assert_eq!(theirs, of_package(&std::fs::read(folder.join(name)).unwrap(), &enrolment), "{name}");
    }

    let pin = std::fs::read_to_string(folder.join("root-key.txt")).unwrap();
    for name in ["hospital.mykarte-list", "revoked.mykarte-list"] {
        let theirs = second.ask(&json!({ "list": folder.join(name), "pin": pin }));
        let ours = KeyList::read(&std::fs::read(folder.join(name)).unwrap(), &RootPin::parse(&pin).unwrap()).unwrap();
        assert_eq!(theirs["number"], ours.listing().number);
        assert_eq!((&theirs["name"], &theirs["epoch"]), (&json!(ours.listing().name), &json!(ours.listing().epoch)));
    }
    let revoked = folder.join("revoked.mykarte-list");
    let theirs = second.ask(&json!({ "package": folder.join("first.mykarte"), "enrolment": kept, "list": revoked }));
    assert_eq!(theirs, refused(), "the key is compromised");
    assert_eq!(enrolment.update_list(&std::fs::read(&revoked).unwrap()), Ok(true));
    assert_eq!(of_package(&std::fs::read(folder.join("first.mykarte")).unwrap(), &enrolment), refused());
}

/// Flips of a package and of a key list: neither takes one.
#[test]
fn both_refuse_the_same_packages() {
    let Some(mut second) = start() else { return };
    let folder = vectors().join("package-v1");
    let kept = std::fs::read(folder.join("enrolment.bin")).unwrap();
    let enrolment = Enrolment::decode(&kept).unwrap();
    let good = std::fs::read(folder.join("package.mykarte")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bent");
    let request = json!({ "package": path, "enrolment": HEXLOWER.encode(&kept) });
    for at in (0..196).chain((196..good.len()).step_by(1999)).chain([good.len() - 1]) {
        let mut bent = good.clone();
        bent[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bent).unwrap();
        assert_eq!(of_package(&bent, &enrolment), refused(), "byte {at}");
        assert_eq!(second.ask(&request), refused(), "byte {at}");
    }
    for end in [0, 7, 131, 195, 196, 65_732, good.len() - 1] {
        std::fs::write(&path, &good[..end]).unwrap();
        assert_eq!(second.ask(&request), refused(), "cut at {end}");
    }
    std::fs::write(&path, &good).unwrap();
    assert_ne!(second.ask(&request), refused());
}

/// Flips of a vault: both read the same parts and refuse the same parts. `MYKARTE_FLIPS` flips; `./x evidence` tries every
/// byte.
#[test]
fn both_refuse_the_same_parts_of_a_vault() {
    let Some(mut second) = start() else { return };
    let wanted = std::env::var("MYKARTE_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(1500);
    let good = std::fs::read(vectors().join("v1-slots.mykarte-vault")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bent");
    let (code, secrets) = (RecoveryCode::parse(CODE).unwrap(), json!({ "recovery": CODE }));
    let step = (good.len() / wanted).max(1) | 1;
    for at in (0..good.len()).step_by(step) {
        let mut bent = good.clone();
        bent[at] ^= 1 << (at % 8);
        std::fs::write(&path, &bent).unwrap();
        let theirs = second.ask(&request(&path, &secrets));
        assert_eq!(theirs, of_vault(Vault::unlock(&path, Unlock::Recovery(&code))), "byte {at}");
    }
}
