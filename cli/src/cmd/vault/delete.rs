//! `vault delete`: a patient's records out of a file, keys first.

use super::held::{self, Held};
use crate::args::Delete;
use crate::failure::Failure;
use crate::interrupt::Keep;
use crate::out::Out;
use crate::print::line::Line;
use crate::print::table::{self, Row};
use crate::secrets::Source;
use crate::words::errors;
use mykarte::ssmix2::types::fold_id;
use mykarte::vault::VaultError;
use mykarte::{Archive, ReadError};
use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};

/// Lists, asks, deletes.
pub fn run(args: &Delete, out: &mut Out) -> Result<(), Failure> {
    let path = args.place.vault.as_path();
    let mut archive = Archive::of(Source::new(&args.place.secret).unlock(path, out)?);
    let records = held::all(&archive).map_err(|e| Failure::Refused(errors::read(&e, path, out.language)))?;
    let meant: Vec<&Held> = records.iter().filter(|record| is_meant(record, args)).collect();
    if meant.is_empty() {
        return Err(nothing(&mut archive, args, &records, out));
    }
    let hospitals: BTreeSet<String> =
        meant.iter().filter_map(|record| Some(record.hospital.as_ref()?.id.clone())).collect();
    if hospitals.len() > 1 {
        let hospitals = hospitals.into_iter().collect();
        let error = ReadError::SeveralHospitals { hospitals };
        return Err(Failure::Refused(errors::read(&error, path, out.language)));
    }
    list(&meant, out)?;
    let ids: Vec<_> = meant.iter().map(|record| record.id).collect();
    let enrolments = archive.enrolments().unwrap_or_default();
    if enrolments.iter().any(|enrolment| enrolment.record.is_some_and(|record| ids.contains(&record))) {
        out.warn(out.pick(
            "この人の登録も終わります。今後のパッケージを受け取るには、登録し直しが必要です。",
            "the enrolment ends, too: to receive packages again this person has to enrol again.",
        ));
    }
    if !args.yes {
        confirm(args, out)?;
    }
    // From here on it is finished, not left in the middle.
    let keep = Keep::new();
    let hospital = args.hospital.as_deref().map(str::trim);
    if let Err(error) = archive.delete_patient(&args.patient, hospital) {
        return Err(not_all(&error, meant.len(), args, out));
    }
    drop(keep);
    let done = out.pick(
        "削除しました。この患者の記録は、ファイルに何も残っていません。",
        "deleted; nothing of it is left in the file.",
    );
    let done = done.to_string();
    out.line(done)?;
    out.finish()?;
    out.hint(out.pick(
        "ほかに作った複製があれば、そこには残っています。",
        "Other copies of the file, if there are any, still hold it.",
    ));
    Ok(())
}

fn is_meant(record: &Held, args: &Delete) -> bool {
    record.patient.as_ref().is_some_and(|id| fold_id(id) == fold_id(&args.patient))
        && args.hospital.as_ref().is_none_or(|id| record.hospital.as_ref().is_some_and(|h| h.id == id.trim()))
}

/// What an earlier deletion had to leave behind is removed even when its record is gone from the list.
fn nothing(archive: &mut Archive, args: &Delete, records: &[Held], out: &Out) -> Failure {
    let erased = archive.vault_mut().erase_leftovers();
    if matches!(erased, Err(VaultError::NotYetErased)) {
        return Failure::Refused(errors::vault_at(&VaultError::NotYetErased, &args.place.vault, out.language));
    }
    let there: Vec<String> = records.iter().map(|record| record.ids(out.language)).collect();
    Failure::Refused(errors::nothing_to_delete(&args.patient, &there, erased.ok(), out.language))
}

fn list(meant: &[&Held], out: &mut Out) -> Result<(), Failure> {
    let title = out.pick("削除する記録:", "To be deleted:").to_string();
    out.line(Line::new().bold(title))?;
    let rows: Vec<Row> = meant.iter().map(|record| record.row(out.language)).collect();
    table::print(out, &rows, 2)?;
    out.finish()
}

/// The patient id, typed once more.
fn confirm(args: &Delete, out: &Out) -> Result<(), Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::Refused(errors::nobody_confirms(out.language).to_string()));
    }
    out.ask(out.pick(
        "元に戻せません。削除するには患者IDをもう一度入力: ",
        "This cannot be undone. Type the patient id again to delete: ",
    ));
    let mut typed = String::new();
    let read = stdin.lock().read_line(&mut typed);
    if read.is_ok() && fold_id(typed.trim()) == fold_id(&args.patient) {
        return Ok(());
    }
    Err(Failure::Refused(errors::not_confirmed(out.language).to_string()))
}

/// Of several records some may be gone by now.
fn not_all(error: &ReadError, meant: usize, args: &Delete, out: &Out) -> Failure {
    if meant > 1 {
        out.warn(out.pick(
            "一部は削除されているかもしれません。残っている記録は vault info で確かめてください。",
            "some of them may be gone; `vault info` shows what is left.",
        ));
    }
    let text = match error {
        ReadError::Vault(error) => errors::vault_at(error, &args.place.vault, out.language),
        other => errors::read(other, &args.place.vault, out.language),
    };
    Failure::Refused(text)
}
