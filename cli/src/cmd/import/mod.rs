//! `import`: a patient's files become a record in a vault.
//!
//! Whatever fails, fails before the one transaction that writes: a new vault
//! has no file until then, a stored one is as it was.

mod progress;
mod reading;
pub mod report;
pub mod result;

use super::profile::source as profiles;
use super::target::Target;
use crate::args::Import;
use crate::failure::Failure;
use crate::out::Out;
use crate::secrets::Source;
use crate::words::errors::{self, Asked};
use crate::words::{profile as words, record as records};
use mykarte::record::Summary;
use mykarte::{ImportError, Imported, StoreOptions, store_record};

pub use progress::Bar;
pub use reading::{Reading, Watched};
pub use result::print as print_result;

/// Imports and says what became of the files.
pub fn run(args: &Import, out: &mut Out) -> Result<(), Failure> {
    let asked = Asked { storages: &args.storages, patient: &args.patient, vault: &args.vault };
    let language = out.language;
    let refused = |error: ImportError| Failure::Refused(errors::import(&error, &asked, language));
    let shaping = profiles::shaping(args.profile.as_deref(), args.withhold.as_deref(), out)?;
    shaping.check().map_err(refused)?;
    report::check(args.report.as_deref(), ("--vault", &args.vault), &args.storages, out)?;
    let reading = Reading {
        storages: &args.storages,
        patient: &args.patient,
        hospital: args.hospital.as_ref(),
        accept_other_patient: args.accept_other_patient,
        threads: args.threads,
        shaping: &shaping,
    };
    let source = Source::new(&args.secret);
    if source.asks() {
        reading.look_first().map_err(refused)?;
        // Still in time to stop: whoever is asked nothing hears it with the result.
        say_if_full(args, out);
    }
    let target = Target::new(&args.vault, &args.secret, &source, out)?;
    let watched = Watched::new(out);
    let mut imported = reading.read(&watched).map_err(refused)?;
    // The report is written before the record is, and names the files by the same numbers.
    imported.number_files();
    let patient = &imported.record.summary.patient_id;
    profiles::warn_of_near_patients(&shaping, patient, out);
    let kept_back = shaping.kept_back(patient);
    let new_file = matches!(target, Target::New(_));
    let mut prepared = report::Prepared::write(args.report.as_deref(), &imported.report, out)?;
    let mut vault = target.vault(&args.vault, out).map_err(|e| refused(e.into()))?;
    watched.check().map_err(refused)?;
    let options = StoreOptions { replace: args.replace, threads: args.threads.into() };
    let fallback = imported.record.summary.clone();
    let others = other_facilities(&imported, out);
    let stored = watched.run(|watch| store_record(&mut vault, imported, options, watch)).map_err(refused)?;
    watched.finish();
    // The stored summary counts memos that were carried over, too.
    let summary: Option<Summary> = stored.head.catalogue.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    prepared.update(&stored.report, out)?;
    prepared.publish(out)?;
    let place = result::Place::Vault { vault: &args.vault, updated: stored.updated, new_file };
    let brought = result::Brought {
        summary: &summary.unwrap_or(fallback),
        report: &stored.report,
        path: args.report.as_deref(),
        kept_back,
    };
    result::print(&brought, &place, out)?;
    others.iter().for_each(|text| out.warn(text));
    if !source.asks() {
        say_if_full(args, out);
    }
    Ok(())
}

/// Said where `--hospital` is not what the files say.
pub fn other_facilities(imported: &Imported, out: &Out) -> Option<String> {
    let stated = &imported.record.summary.hospital.id;
    let others = &imported.other_facilities;
    (!others.is_empty()).then(|| records::other_facilities(stated, others, out.language))
}

/// That nobody chose what the patient sees.
fn say_if_full(args: &Import, out: &Out) {
    if args.profile.is_none() {
        out.hint(words::full_is_used(out.language));
    }
}
