//! Which record of the vault. Records are told apart by (hospital, patient).

use crate::args::Show;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::words::record as words;
use mykarte::RecordInfo;
use mykarte::ssmix2::types::fold_id;

/// The only record that fits; several are listed (exit 2), none is a failure (exit 1).
pub fn one(records: Vec<RecordInfo>, args: &Show, out: &mut Out) -> Result<RecordInfo, Failure> {
    let all: Vec<String> = records.iter().map(|r| line(r, out)).collect();
    let mut fitting: Vec<RecordInfo> = records.into_iter().filter(|r| fits(r, args)).collect();
    match (fitting.len(), fitting.pop()) {
        (1, Some(record)) => Ok(record),
        (0, _) | (_, None) => Err(Failure::Refused(none(&all, out))),
        (_, Some(last)) => {
            fitting.push(last);
            several(&fitting, args, out)
        }
    }
}

fn fits(record: &RecordInfo, args: &Show) -> bool {
    let Some((hospital, patient)) = &record.identity else {
        return args.patient.is_none() && args.hospital.is_none();
    };
    args.patient.as_ref().is_none_or(|wanted| fold_id(wanted) == fold_id(patient))
        && args.hospital.as_ref().is_none_or(|wanted| wanted.trim() == hospital)
}

fn none(all: &[String], out: &Out) -> String {
    if all.is_empty() {
        return out.pick("記録が1つもありません。", "the file holds no record.").to_string();
    }
    let (ja, en) = ("その記録はありません。あるもの: ", "there is no such record. There are: ");
    format!("{}{}", out.pick(ja, en), all.join(out.pick("、", ", ")))
}

fn several(records: &[RecordInfo], args: &Show, out: &mut Out) -> Result<RecordInfo, Failure> {
    let (ja, en) = match args.patient {
        Some(_) => (
            "同じ患者IDの記録が複数あります。--hospital で選んでください。",
            "one patient id has several records; choose with --hospital.",
        ),
        None => {
            ("記録が複数あります。--patient で選んでください。", "there are several records; choose with --patient.")
        }
    };
    for record in records {
        let line = format!("  {}", line(record, out));
        // A program that expects JSON must not meet a list of names.
        if args.json { out.hint(line) } else { out.line(line)? }
    }
    Err(Failure::Usage(out.pick(ja, en).to_string()))
}

fn line(record: &RecordInfo, out: &Out) -> String {
    match (&record.summary, &record.identity) {
        (Some(summary), _) => {
            let imported = dates::day(&summary.imported_at);
            let hospital = words::hospital(&summary.hospital);
            format!("{}  {hospital}  {} {imported}", words::person(summary, out.language), out.pick("取込", "imported"))
        }
        (None, Some((hospital, patient))) => {
            format!("ID {patient}  {hospital}  {}", out.pick("（要約は読めません）", "(summary damaged)"))
        }
        (None, None) => out.pick("（読めない記録）", "(a record that cannot be read)").to_string(),
    }
}
