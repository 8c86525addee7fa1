//! What an import brought: whose record, how much of what, what became of the files.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::line::{Line, Style};
use crate::print::shell::quoted;
use crate::print::table::{self, Row};
use crate::words::{codes, profile, record as words, withholding};
use mykarte::record::labels;
use mykarte::record::report::{FileReport, ImportReport, Kept, Reason};
use mykarte::record::{Summary, summary::Withheld};
use mykarte::ssmix2::Code;
use std::path::Path;

/// Where the record went.
pub enum Place<'a> {
    /// Into a vault.
    Vault {
        /// The vault.
        vault: &'a Path,
        /// It held an older generation of the record.
        updated: bool,
        /// The file was made by this import.
        new_file: bool,
    },
    /// Into a package, of which the caller tells the rest.
    Package,
}

/// What was read.
pub struct Brought<'a> {
    /// What is in the record.
    pub summary: &'a Summary,
    /// What became of the files.
    pub report: &'a ImportReport,
    /// Where the whole report is.
    pub path: Option<&'a Path>,
    /// How many entries the withholding list keeps back; `None` without one.
    pub kept_back: Option<usize>,
}

/// Counts to stdout; what was left out, in one line, to stderr.
pub fn print(brought: &Brought<'_>, place: &Place<'_>, out: &mut Out) -> Result<(), Failure> {
    let Brought { summary, report, .. } = brought;
    head(summary, place, out)?;
    out.blank()?;
    out.line(Line::new().bold(out.pick("記録の件数", "The record")))?;
    crate::cmd::show::counts(summary, out)?;
    out.blank()?;
    files(report, out)?;
    withheld(&report.withheld, out)?;
    kept_out(&report.kept_out.entries, out)?;
    if let Some(entries) = brought.kept_back {
        out.line(format!("  {}", withholding::kept_back(entries, out.language)))?;
    }
    if let Place::Vault { vault, updated, new_file } = place {
        out.blank()?;
        stored(vault, *updated, *new_file, summary, out)?;
    }
    if let Some(text) = left_out(summary, report, brought.path, out) {
        out.finish()?;
        out.warn(&text);
    }
    if !report.kept_out.residue.is_empty() {
        out.finish()?;
        out.warn(&profile::residue(report.kept_out.residue.len(), out.language));
    }
    out.finish()
}

/// Whose record it is, from where, shaped by what.
fn head(summary: &Summary, place: &Place<'_>, out: &mut Out) -> Result<(), Failure> {
    let done = match place {
        Place::Vault { .. } => out.pick("取込完了: ", "imported: "),
        Place::Package => out.pick("封印完了: ", "sealed: "),
    };
    let mut first = Line::new().plain(done).bold(words::person(summary, out.language));
    if summary.other_patient_files > 0 {
        let others = words::includes_other_patient(summary.other_patient_files, out.language);
        first = first.plain("  ").styled(Style::Warn, others);
    }
    out.line(first)?;
    let hospital = words::hospital(&summary.hospital);
    let period = dates::period(summary.first_care_date.as_ref(), summary.last_care_date.as_ref());
    out.line(format!(
        "{}: {hospital}   {}: {period}",
        out.pick("医療機関", "hospital"),
        out.pick("診療日", "care dates")
    ))?;
    let Some(shape) = &summary.profile else { return Ok(()) };
    let profile = profile::shape(shape, out.language);
    out.line(format!("{}: {profile}", out.pick("プロファイル", "profile")))
}

/// The vault, and the command that reads what was just written.
fn stored(vault: &Path, updated: bool, new_file: bool, summary: &Summary, out: &mut Out) -> Result<(), Failure> {
    let what = match (new_file, updated) {
        (true, _) => out.pick("新しいファイル", "new file"),
        (false, true) => out.pick("この患者の記録を更新", "record updated"),
        (false, false) => out.pick("記録を追加。ほかの記録はそのまま", "record added, the others unchanged"),
    };
    let vault = vault.display().to_string();
    out.line(format!("{}: {vault}（{what}）", out.pick("保存先", "vault")))?;
    let (vault, patient) = (quoted(&vault), quoted(&summary.patient_id));
    out.line(format!("{}: mykarte show --vault {vault} --patient {patient}", out.pick("見るには", "to read it")))
}

fn files(report: &ImportReport, out: &mut Out) -> Result<(), Failure> {
    out.line(Line::new().bold(out.pick("ファイル", "Files")))?;
    let read = format!("{} {}", out.pick("読取", "read"), report.read);
    let fates = Reason::ALL.map(|reason| {
        let count = report.files.get(&reason).copied().unwrap_or(0);
        format!("{} {count}", words::reason(reason, out.language))
    });
    out.line(format!("  {read}   {}", fates.join("   ")))
}

/// Said so that nothing vanishes silently.
fn withheld(withheld: &Withheld, out: &mut Out) -> Result<(), Failure> {
    match words::withheld(withheld, out.language) {
        Some(text) => out.line(format!("  {text}")),
        None => Ok(()),
    }
}

/// What patients do not see, by section and rule: for the hospital, which knows it anyway.
fn kept_out(entries: &[Kept], out: &mut Out) -> Result<(), Failure> {
    if entries.is_empty() {
        return Ok(());
    }
    let title = out.pick("プロファイルにより載せていないもの", "Kept out by the profile").to_string();
    out.blank()?;
    out.line(Line::new().bold(title))?;
    let row = |kept: &Kept| {
        let section = format!("  {}", labels::section(kept.section, out.language));
        let cells = [section, format!("{:>5}", kept.count), profile::rule(kept.rule, out.language).to_string()];
        Row { cells: cells.into_iter().map(Line::from).collect(), ..Row::default() }
    };
    let rows: Vec<Row> = entries.iter().map(row).collect();
    table::print(out, &rows, 2)
}

/// The one line on stderr; `None` when everything is in the record.
fn left_out(summary: &Summary, report: &ImportReport, path: Option<&Path>, out: &Out) -> Option<String> {
    let mut parts = Vec::new();
    for reason in [Reason::Quarantined, Reason::Unreadable, Reason::Unknown] {
        let files: Vec<&FileReport> = report.list.iter().filter(|f| f.reason == reason).collect();
        if !files.is_empty() {
            parts.push(words::left_out(reason, files.len(), &why(&files, out), out.language));
        }
    }
    let garbled = [Code::UndecodableCharacter, Code::TruncatedCharacter];
    let places: u32 = report.findings.iter().filter(|f| garbled.contains(&f.code)).map(|f| f.count).sum();
    if places > 0 {
        parts.push(words::garbled(places, out.language));
    }
    let cut: u32 = report.findings.iter().filter(|f| f.code == Code::EntryTooLarge).map(|f| f.count).sum();
    if cut > 0 {
        parts.push(words::too_large(cut, out.language));
    }
    if summary.other_patient_files > 0 {
        parts.push(words::other_patient(summary.other_patient_files, out.language));
    }
    if parts.is_empty() {
        return None;
    }
    let details = match path {
        Some(path) => format!("{}{}", out.pick("内訳: ", "Details: "), path.display()),
        None => out.pick("内訳は --report FILE で書き出せます。", "--report FILE writes the details.").to_string(),
    };
    Some(format!("{}{}{details}", parts.join(out.pick("、", ", ")), out.pick("。", ". ")))
}

/// The reasons of a group of files, the commonest three.
fn why(files: &[&FileReport], out: &Out) -> String {
    let mut counts: Vec<(usize, Code)> = Vec::new();
    for code in files.iter().filter_map(|f| f.codes.last()) {
        match counts.iter_mut().find(|(_, c)| c == code) {
            Some((n, _)) => *n += 1,
            None => counts.push((1, *code)),
        }
    }
    counts.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let texts: Vec<String> = counts.iter().take(3).map(|(_, code)| codes::short(*code, out.language)).collect();
    texts.join(out.pick("、", ", "))
}
