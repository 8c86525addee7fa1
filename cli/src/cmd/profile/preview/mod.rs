//! `profile preview`: what one patient would see, and what is kept back by which rule. Opens no vault, writes nothing.

mod view;

use super::entries;
use super::source;
use crate::args::Preview;
use crate::cmd::import::Bar;
use crate::failure::Failure;
use crate::out::Out;
use crate::words::errors::{self, Asked};
use crate::words::withholding as words;
use mykarte::record::profile::Withholding;
use mykarte::{ImportError, ImportRequest, Imported, Shaping, Watch, read_record};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use view::View;

/// Reads the patient's files twice, with all fields and with the profile.
pub fn run(args: &Preview, out: &mut Out) -> Result<(), Failure> {
    let mut shaping = source::shaping(Some(&args.profile), args.withhold.as_deref(), out)?;
    let list_is_missing = shaping.profile.document().withholding && shaping.withholding.is_none();
    if list_is_missing {
        // Whoever looks for the ids of the list has none yet.
        shaping.withholding = Some(Withholding::default());
    }
    let refused = |error| refused(args, error, out);
    shaping.check().map_err(refused)?;
    let full = read(args, Shaping::default(), out).map_err(refused)?.record;
    source::warn_of_near_patients(&shaping, &full.summary.patient_id, out);
    let kept_back = shaping.kept_back(&full.summary.patient_id).filter(|_| !list_is_missing);
    let unmatched = full.codes().unmatched(&shaping.profile.document().exclude);
    let all = entries::all(&full);
    let shaped = read(args, shaping, out).map_err(refused)?;
    let by_id = all.iter().map(|e| ((e.section, e.id.as_str()), e)).collect();
    let kept = &shaped.report.kept_out;
    let view = View { all: &all, by_id, kept, record: &shaped.record, list_is_missing, kept_back, unmatched };
    match args.section {
        Some(section) => view.listing(section, out)?,
        None => view.overview(out)?,
    }
    view.residue(out)
}

fn read(args: &Preview, shaping: Shaping, out: &Out) -> Result<Imported, ImportError> {
    let bar = Bar::new(out.language);
    let progress = |step| bar.step(step);
    let request = ImportRequest {
        storages: args.storages.clone(),
        patient_id: args.patient.clone(),
        hospital: args.hospital.clone(),
        accept_other_patient: false,
        threads: 0,
        imported_at: mykarte::now(),
        shaping,
    };
    // Nothing is written that would have to be finished: Ctrl-C may simply end the program.
    let watch = Watch { progress: &progress, cancel: &AtomicBool::new(false) };
    read_record(&request, &watch)
}

/// A list that does not fit is told entry by entry; nothing was to be imported.
fn refused(args: &Preview, error: ImportError, out: &Out) -> Failure {
    if let ImportError::WithheldNotFound { entries } = error {
        entries.iter().for_each(|entry| out.warn(&words::not_found(entry, out.language)));
        return Failure::Refused(words::does_not_fit(entries.len(), out.language));
    }
    let asked = Asked { storages: &args.storages, patient: &args.patient, vault: Path::new("") };
    Failure::Refused(errors::import(&error, &asked, out.language))
}
