//! One patient: the record made as an import makes it, and all that was found on the way.

use crate::beside;
use crate::checks::{Check, Drill};
use crate::content;
use crate::files::{Files, Form, Inspector};
use crate::mask::{mask, mask_foreign};
use crate::noted::Place;
use crate::report::{EXAMPLES, Example};
use crate::request::Request;
use crate::roots;
use crate::spellings::Spellings;
use crate::sums::Sums;
use crate::texts::Texts;
use mykarte::record::catalogue::{self, Field, presence};
use mykarte::record::labels::{self, Language};
use mykarte::record::profile::Profile;
use mykarte::record::profile::apply::is_shown;
use mykarte::record::report::{FileReport, ImportReport, Reason};
use mykarte::record::{Record, Section};
use mykarte::ssmix2::storage::Listing;
use mykarte::ssmix2::{DataType, Location};
use mykarte::{ImportError, ImportRequest, Imported, PatientIndex, Watch, read_inspected};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Whether a patient has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Present,
    Absent,
    /// Files of the section cannot be read: nobody knows.
    Unreadable,
}

/// What was found, with how often and examples of where.
pub(crate) type Found = BTreeMap<(Check, String), (u64, Vec<Example>)>;

/// What one patient adds to the count.
#[derive(Debug, Default)]
pub(crate) struct Patient {
    pub files: u64,
    pub read: u64,
    pub found: Found,
    pub fields: Vec<((Section, &'static str), State)>,
    pub kinds: Vec<(DataType, String)>,
    pub forms: Vec<(Form, String)>,
    pub spellings: Spellings,
    /// Of two storages that are held against each other.
    pub reissue: Option<Sums>,
}

/// Looks at one patient.
///
/// # Errors
/// [`ImportError::Cancelled`], and what is not of this patient alone: a storage that went away, no threads.
pub(crate) fn look_at(
    id: &str,
    request: &Request,
    index: &PatientIndex,
    texts: &mut Texts,
    watch: &Watch<'_>,
) -> Result<Patient, ImportError> {
    let inspector = Inspector::new(std::mem::take(texts));
    let import = import_of(id, &request.storages, request);
    let made = read_inspected(&import, index, watch, &inspector);
    let files;
    (files, *texts) = inspector.into_files();
    let mut notes = Notes::new(id, request.show_text);
    if let Some((first, last)) = roots::hole(&index.folders_of(id)?) {
        let example = notes.example(0, &format!("{first}〜{last}"), None);
        notes.add(Check::Drill(Drill::PeriodOfOneRoot), "", 1, [example]);
    }
    match made {
        Ok(imported) => Ok(notes.of_record(&imported, files, request)),
        Err(error @ (ImportError::Cancelled | ImportError::NoThreads | ImportError::Storage(_))) => Err(error),
        Err(error) => {
            let example = notes.example(0, reason(&error), None);
            notes.add(Check::Drill(Drill::PatientNotReadable), reason(&error), 1, [example]);
            notes.of_nobody(index, files, request)
        }
    }
}

/// What makes one patient's record: one thread, for patients are shared out.
pub(crate) fn import_of(id: &str, storages: &[PathBuf], request: &Request) -> ImportRequest {
    ImportRequest {
        storages: storages.to_vec(),
        patient_id: id.to_owned(),
        hospital: request.hospital.clone(),
        accept_other_patient: false,
        threads: 1,
        imported_at: request.at,
        shaping: request.shaping.clone(),
    }
}

/// Why there is no record, in a word that is the same for all patients.
pub(crate) fn reason(error: &ImportError) -> &'static str {
    match error {
        ImportError::NothingUsable { .. } => "nothing_usable",
        ImportError::SeveralFacilities { .. } => "several_facilities",
        ImportError::FacilityUnknown => "facility_unknown",
        ImportError::RootsDisagree { .. } => "roots_disagree",
        ImportError::WithheldNotFound { .. } => "withheld_not_found",
        ImportError::WithheldAmbiguous { .. } => "withheld_ambiguous",
        _ => "other",
    }
}

/// What a profile shows: sections, and the fields of each that can be looked for.
pub(crate) fn shown(profile: &Profile) -> impl Iterator<Item = (Section, &'static Field)> {
    let sections = Section::ALL.into_iter().filter(|section| profile.shows(*section));
    sections.flat_map(|section| fields_of(profile, section).map(move |field| (section, field)))
}

fn fields_of(profile: &Profile, section: Section) -> impl Iterator<Item = &'static Field> {
    catalogue::fields(section).filter(move |field| !field.paths.is_empty() && is_shown(profile, section, field.key))
}

/// Collects findings of one patient.
pub(crate) struct Notes<'a> {
    id: &'a str,
    show_text: bool,
    /// Paths by number of file.
    paths: HashMap<u32, String>,
    pub found: Found,
}

impl<'a> Notes<'a> {
    pub fn new(id: &'a str, show_text: bool) -> Notes<'a> {
        Notes { id, show_text, paths: HashMap::new(), found: Found::new() }
    }

    /// The numbers of files are those of this report from now on.
    pub fn take_paths(&mut self, report: &ImportReport) {
        let read = report.list.iter().filter(|file| file.number > 0);
        self.paths = read.map(|file| (file.number, file.path.clone())).collect();
    }

    fn of_record(mut self, imported: &Imported, files: Files, request: &Request) -> Patient {
        let Imported { record, report, .. } = imported;
        self.take_paths(report);
        self.of_reader(report);
        self.of_files(&files);
        if !files.kinds.iter().any(|(kind, _)| *kind == DataType::Adt00) {
            let example = self.example(0, "", None);
            self.add(Check::Drill(Drill::BasicsMissing), "", 1, [example]);
        }
        self.of_content(record, request);
        let fields = self.of_fields(record, request);
        Patient {
            files: report.list.len() as u64,
            read: report.read.into(),
            found: self.found,
            fields,
            kinds: files.kinds,
            forms: files.forms,
            spellings: Spellings::of(record),
            reissue: None,
        }
    }

    /// What is known of somebody of whom no record can be made: his files, and that nothing else is.
    fn of_nobody(mut self, index: &PatientIndex, files: Files, request: &Request) -> Result<Patient, ImportError> {
        let folders = index.folders_of(self.id)?;
        let Listing { files: stored, skipped } = index.files_of(self.id)?;
        let path = |path: &Path| {
            let root = folders.iter().map(|folder| &folder.root).find(|root| path.starts_with(root));
            root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path).display().to_string()
        };
        self.paths = (1..).zip(stored.iter().map(|file| path(&file.path))).collect();
        let noted = stored.iter().flat_map(|file| file.notes.iter().map(move |code| (&file.path, code)));
        for (place, code) in noted.chain(skipped.iter().map(|(path, code)| (path, code))) {
            let example = Example { path: self.path(&path(place)), ..self.example(0, "", None) };
            self.add(beside::check_of(place, *code, Drill::NotTaken), "", 1, [example]);
        }
        self.of_files(&files);
        let fields =
            shown(&request.shaping.profile).map(|(section, field)| ((section, field.key), State::Unreadable)).collect();
        let files_in_all = (stored.len() + skipped.len()) as u64;
        let Files { kinds, forms, read, .. } = files;
        Ok(Patient { files: files_in_all, read, found: self.found, fields, kinds, forms, ..Patient::default() })
    }

    /// What should be a message and is not read. `side` tells one of two storages.
    pub fn of_missed<'r>(&mut self, report: &'r ImportReport, side: &str) -> Vec<&'r FileReport> {
        let missed: Vec<&FileReport> = report.list.iter().filter(|file| beside::is_missed(file)).collect();
        for file in &missed {
            let example = Example { path: self.path(&file.path), ..self.example(0, side, None) };
            self.add(beside::check_of(Path::new(&file.path), file.codes[0], Drill::NotTaken), "", 1, [example]);
        }
        missed
    }

    /// What the reader noticed. A file that is not read (an older version, a cancelled one) may be as odd as it likes.
    fn of_reader(&mut self, report: &ImportReport) {
        let missed = self.of_missed(report, "");
        for finding in &report.findings {
            let of_those = missed.iter().filter(|file| file.codes[0] == finding.code).count() as u64;
            let count = u64::from(finding.count).saturating_sub(of_those);
            if count == 0 {
                continue;
            }
            // What was not opened has no number, and stands in the list.
            let listed = report.list.iter().filter(|file| file.number == 0 && file.codes.contains(&finding.code));
            let listed = listed.filter(|file| !beside::is_missed(file));
            let listed = listed.map(|file| Example { path: self.path(&file.path), ..self.example(0, "", None) });
            let read = finding.examples.iter().filter(|at| at.file > 0).map(|at| self.example_at(at));
            let examples: Vec<Example> = read.chain(listed).take(EXAMPLES).collect();
            self.add(Check::Read(finding.code), "", count, examples);
        }
        for file in report.list.iter().filter(|file| file.reason == Reason::Deleted) {
            let example = Example { path: self.path(&file.path), ..self.example(0, "", None) };
            self.add(Check::Drill(Drill::DeletedFile), "", 1, [example]);
        }
        // What is the matter with a file that was not opened stands in the list alone.
        let known: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
        let unread = report.list.iter().filter(|file| !matches!(file.reason, Reason::Superseded | Reason::Deleted));
        for file in unread {
            for code in file.codes.iter().filter(|code| !known.contains(code)) {
                let example = Example { path: self.path(&file.path), ..self.example(0, "", None) };
                self.add(Check::Read(*code), "", 1, [example]);
            }
        }
    }

    fn of_files(&mut self, files: &Files) {
        for (check, detail, count, places) in files.noted.all() {
            let example = |place: &Place| self.example(place.file, &place.spot, place.text.as_deref());
            let examples: Vec<Example> = places.iter().map(example).collect();
            self.add(Check::Drill(check), detail, count, examples);
        }
    }

    fn of_content(&mut self, record: &Record, request: &Request) {
        for odd in content::look_at(record, request.at) {
            let example = self.example(odd.file, labels::section(odd.section, Language::Ja), None);
            self.add(Check::Drill(odd.check), odd.section.key(), 1, [example]);
        }
    }

    fn of_fields(&mut self, record: &Record, request: &Request) -> Vec<((Section, &'static str), State)> {
        let mut states = Vec::new();
        let profile = &request.shaping.profile;
        for section in Section::ALL.into_iter().filter(|section| profile.shows(*section)) {
            let unreadable = record.summary.sections.get(&section).is_some_and(|state| state.carriers_unreadable > 0);
            if unreadable {
                let example = self.example(0, labels::section(section, Language::Ja), None);
                self.add(Check::Drill(Drill::SectionUnreadable), section.key(), 1, [example]);
            }
            let present = presence::present(record, section);
            for field in fields_of(profile, section) {
                let state = match present.iter().any(|known| known.key == field.key) {
                    true => State::Present,
                    false if unreadable => State::Unreadable,
                    false => State::Absent,
                };
                states.push(((section, field.key), state));
            }
        }
        states
    }

    /// A path as it is shown: a name may be anybody's.
    fn path(&self, path: &str) -> String {
        if self.show_text { path.to_owned() } else { mask_foreign(path) }
    }

    pub fn add(&mut self, check: Check, detail: &str, count: u64, examples: impl IntoIterator<Item = Example>) {
        let (known, places) = self.found.entry((check, detail.to_owned())).or_default();
        *known += count;
        let room = crate::report::EXAMPLES.saturating_sub(places.len());
        places.extend(examples.into_iter().take(room));
    }

    fn example_at(&self, at: &Location) -> Example {
        let place = match (at.segment, at.field) {
            (0, _) => String::new(),
            (segment, 0) => format!("{segment}行目"),
            (segment, field) => format!("{segment}行目 {field}番"),
        };
        self.example(at.file, &place, None)
    }

    pub fn example(&self, file: u32, place: &str, text: Option<&str>) -> Example {
        Example {
            patient: self.id.to_owned(),
            path: self.paths.get(&file).map(|path| self.path(path)).unwrap_or_default(),
            place: place.to_owned(),
            text: text.map(|text| if self.show_text { text.to_owned() } else { mask(text) }),
            told_by: None,
        }
    }
}
