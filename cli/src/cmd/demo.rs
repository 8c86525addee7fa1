//! `demo`: an invented patient's storage, sealed by an invented hospital for one device, received there and shown. Asks
//! nothing, leaves nothing.

use super::import::print_result;
use super::import::result::{Brought, Place};
use super::show;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::{Line, Style};
use crate::words::errors::{self, Asked};
use include_dir::{Dir, include_dir};
use mykarte::package::{IssueError, IssueRequest, ReceiveError, issue};
use mykarte::record::summary::Hospital;
use mykarte::vault::package::{HospitalId, IssueNumber, KeyList, KeyState, ListedKey, Listing, SigningKey};
use mykarte::vault::{KdfParams, Passcode, Vault, VaultError};
use mykarte::{Archive, ImportError, ImportRequest, ReadError, Watch, read_record};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

static STORAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../fixtures/demo");

/// The invented patient.
const PATIENT: &str = "0000311";

/// Unpacks the storage into a temporary folder, imports and shows it.
pub fn run(out: &mut Out) -> Result<(), Failure> {
    let no_room = |_| {
        let (ja, en) = ("一時フォルダに書き込めません。", "the temporary folder cannot be written.");
        Failure::Refused(out.pick(ja, en).to_string())
    };
    // Ctrl-C ends this function, too, not the program around it.
    let keep = Keep::new();
    // Removed with everything in it when this function ends, however it ends.
    let folder = tempfile::Builder::new().prefix("mykarte-demo-").tempdir().map_err(no_room)?;
    let storage = folder.path().join("storage");
    std::fs::create_dir(&storage).map_err(no_room)?;
    STORAGE.extract(&storage).map_err(no_room)?;
    let vault = folder.path().join("demo.mykarte-vault");
    let asked = Asked { storages: std::slice::from_ref(&storage), patient: PATIENT, vault: &vault };
    let language = out.language;
    let refused = |error: ImportError| Failure::Refused(errors::import(&error, &asked, language));
    out.line(Line::new().styled(
        Style::Dim,
        out.pick(
            "架空の患者のストレージから、1台の端末だけが開けるパッケージを作り、受け取って表示します。",
            "An invented patient's storage, sealed into a package for one device, received there and shown.",
        ),
    ))?;
    out.blank()?;
    issue_and_receive(&storage, &vault, keep.flag(), out).map_err(|e| match e {
        Stop::Import(error) => refused(*error),
        Stop::Issue(error) => Failure::Refused(errors::issuing(&error, &asked, language)),
        Stop::Receive(error) => Failure::Refused(errors::receiving(&error, &vault, language)),
        Stop::Output(failure) => failure,
    })
}

/// What may stop the demo.
enum Stop {
    Import(Box<ImportError>),
    Issue(Box<IssueError>),
    Receive(Box<ReceiveError>),
    Output(Failure),
}

impl From<IssueError> for Stop {
    fn from(error: IssueError) -> Stop {
        Stop::Issue(Box::new(error))
    }
}

impl From<ReceiveError> for Stop {
    fn from(error: ReceiveError) -> Stop {
        Stop::Receive(Box::new(error))
    }
}

impl From<ImportError> for Stop {
    fn from(error: ImportError) -> Stop {
        Stop::Import(Box::new(error))
    }
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Stop {
        Stop::Import(Box::new(error.into()))
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Output(failure)
    }
}

fn issue_and_receive(storage: &Path, path: &Path, cancel: &AtomicBool, out: &mut Out) -> Result<(), Stop> {
    let request = ImportRequest {
        storages: vec![storage.to_path_buf()],
        patient_id: PATIENT.to_string(),
        hospital: None,
        accept_other_patient: false,
        threads: 0,
        imported_at: mykarte::now(),
        shaping: Default::default(),
    };
    let watch = Watch { progress: &|_| (), cancel };
    let imported = read_record(&request, &watch)?;
    let passcode = make_passcode()?;
    let mut device = Archive::of(Vault::create(path, &passcode, KdfParams::default())?);
    let (signing_key, list) = make_keys(&imported.record.summary.hospital)?;
    let offer = device.enrol(list.clone())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let issued = issue(
        imported,
        &IssueRequest {
            list: &list,
            signing_key: &signing_key,
            offer: offer.offer(),
            number: IssueNumber { epoch: 1, counter: 1 },
            follows: false,
            issued_at: now,
            threads: 0,
        },
        &watch,
    )?;
    let brought = Brought { summary: &issued.summary, report: &issued.report, path: None, kept_back: None };
    print_result(&brought, &Place::Package, out)?;
    out.blank()?;
    let arrival = device.receive(&issued.package, now)?;
    device.accept(arrival, true, &watch)?;
    drop(device);
    // Opened again as anybody would: with the passcode, from the file.
    let archive = Archive::open(path, &passcode).map_err(|error| match error {
        ReadError::Vault(error) => Stop::from(error),
        _ => Stop::from(VaultError::NoSuchRecord),
    })?;
    show::everything(&archive, out)?;
    if cancel.load(Ordering::Relaxed) { Err(ImportError::Cancelled.into()) } else { Ok(()) }
}

/// Keys of the invented hospital, gone when the demo is over.
fn make_keys(hospital: &Hospital) -> Result<(SigningKey, KeyList), Stop> {
    let key = SigningKey::make()?;
    let listing = Listing {
        hospital: HospitalId::make()?,
        number: 1,
        epoch: 1,
        facility: hospital.id.clone(),
        name: hospital.name.clone().unwrap_or_default(),
        keys: vec![ListedKey { key: key.verifying_key(), state: KeyState::Active }],
    };
    let list = KeyList::sign(&SigningKey::make()?, listing).map_err(IssueError::from)?;
    Ok((key, list))
}

/// A passcode nobody knows, for a file nobody keeps.
fn make_passcode() -> Result<Passcode, VaultError> {
    let mut random = Zeroizing::new([0; 16]);
    getrandom::fill(random.as_mut()).map_err(|_| VaultError::NoRandomness)?;
    let text: Zeroizing<String> = Zeroizing::new(random.iter().map(|byte| format!("{byte:02x}")).collect());
    Passcode::new(text.as_bytes())
}
