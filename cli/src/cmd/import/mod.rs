//! `import`: a patient's files become a record in a vault.
//!
//! Whatever fails, fails before the one transaction that writes: a new vault
//! has no file until then, a stored one is as it was.

mod progress;
mod report;
mod result;

use super::profile::source as profiles;
use crate::args::Import;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::secrets::{Line, New, Source};
use crate::words::errors::{self, Asked};
use crate::words::profile as words;
use mykarte::record::Summary;
use mykarte::vault::{KdfParams, Vault, VaultError};
use mykarte::{ImportError, ImportRequest, StoreOptions, Watch, read_record, store_record};
use std::path::Path;
use std::sync::atomic::Ordering;

pub use progress::Bar;
pub use result::print as print_result;

/// Imports and says what became of the files.
pub fn run(args: &Import, out: &mut Out) -> Result<(), Failure> {
    let asked = Asked { storages: &args.storages, patient: &args.patient, vault: &args.vault };
    let language = out.language;
    let refused = |error: ImportError| Failure::Refused(errors::import(&error, &asked, language));
    let shaping = profiles::shaping(args.profile.as_deref(), args.withhold.as_deref(), out)?;
    shaping.check().map_err(refused)?;
    report::check(args.report.as_deref(), &args.vault, &args.storages, out)?;
    let source = Source::new(&args.secret);
    if source.asks() {
        // Nobody likes to type a passcode twice and then hear that the folder is not there.
        look_first(args).map_err(refused)?;
        // Still in time to stop: whoever is asked nothing hears it with the result.
        say_if_full(args, out);
    }
    let target = Target::new(args, &source, out)?;
    let keep = Keep::new();
    let cancel = keep.flag();
    let bar = Bar::new(language);
    let progress = |step| bar.step(step);
    let watch = Watch { progress: &progress, cancel };
    let request = ImportRequest {
        storages: args.storages.clone(),
        patient_id: args.patient.clone(),
        hospital: args.hospital.clone(),
        accept_other_patient: args.accept_other_patient,
        threads: args.threads.into(),
        imported_at: mykarte::now(),
        shaping,
    };
    let mut imported = read_record(&request, &watch).map_err(refused)?;
    // The report is written before the record is, and names the files by the same numbers.
    imported.number_files();
    let patient = &imported.record.summary.patient_id;
    profiles::warn_of_near_patients(&request.shaping, patient, out);
    let kept_back = request.shaping.kept_back(patient);
    let new_file = matches!(target, Target::New(_));
    let mut prepared = report::Prepared::write(args.report.as_deref(), &imported.report, out)?;
    let mut vault = target.vault(&args.vault, out).map_err(|e| refused(e.into()))?;
    if cancel.load(Ordering::Relaxed) {
        return Err(refused(ImportError::Cancelled));
    }
    let options = StoreOptions { replace: args.replace, threads: args.threads.into() };
    let fallback = imported.record.summary.clone();
    let stored = store_record(&mut vault, imported, options, &watch).map_err(refused)?;
    bar.finish();
    // The stored summary counts memos that were carried over, too.
    let summary: Option<Summary> = stored.head.catalogue.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    prepared.update(&stored.report, out)?;
    prepared.publish(out)?;
    let place = result::Place { vault: &args.vault, updated: stored.updated, new_file, kept_back };
    result::print(&summary.unwrap_or(fallback), &stored.report, args.report.as_deref(), Some(&place), out)?;
    if !source.asks() {
        say_if_full(args, out);
    }
    Ok(())
}

/// That nobody chose what the patient sees.
fn say_if_full(args: &Import, out: &Out) {
    if args.profile.is_none() {
        out.hint(words::full_is_used(out.language));
    }
}

/// Whether the storages and the patient are there at all.
fn look_first(args: &Import) -> Result<(), ImportError> {
    let found = mykarte::ssmix2::storage::find_patients(&args.storages, Some(&args.patient))?;
    if !found.folders.is_empty() {
        return Ok(());
    }
    let everybody = mykarte::ssmix2::storage::find_patients(&args.storages, None)?;
    if everybody.folders.is_empty() {
        return Err(ImportError::EmptyStorage);
    }
    let ids = everybody.folders.iter().map(|f| f.id.as_str());
    Err(ImportError::NoSuchPatient { nearest: mykarte::import::nearest(&args.patient, ids, 5) })
}

/// Where the record goes.
enum Target {
    /// A vault that exists, opened before the work so that a wrong passcode is heard early.
    Stored(Box<Vault>),
    /// A vault to be made after the work.
    New(New),
}

impl Target {
    fn new(args: &Import, source: &Source, out: &Out) -> Result<Target, Failure> {
        let path = args.vault.as_path();
        if path.symlink_metadata().is_ok() {
            return Ok(Target::Stored(Box::new(source.unlock(path, out)?)));
        }
        if args.secret.recovery_code_stdin {
            let text = format!("{}: {}", path.display(), errors::no_vault_yet(out.language));
            return Err(Failure::Usage(text));
        }
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(Failure::Refused(errors::opening(&VaultError::NotFound, path, out.language)));
        }
        Ok(Target::New(source.make(Line::Passcode, out)?))
    }

    fn vault(self, path: &Path, out: &Out) -> Result<Vault, VaultError> {
        match self {
            Target::Stored(vault) => Ok(*vault),
            Target::New(new) => {
                new.warn_if_short(out);
                Vault::create(path, &new.passcode, KdfParams::default())
            }
        }
    }
}
