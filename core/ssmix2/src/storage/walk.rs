//! The walk: from any folder to the patients, from a patient to the files.
//!
//! A patient's folder is told by its shape, `<dir>/(-|YYYYMMDD)/<type>/`, not
//! by its depth. Symbolic links are counted and not followed, so a loop cannot
//! trap the walk. Names are sorted: results never depend on directory order.

use super::name::{NameError, is_care_date};
use super::{Code, FileName, Kind, StorageError, StoredFile};
use crate::kind::DataType;
use crate::types::fold_id;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// How deep below an input patients are looked for: parent, root, two levels
/// of prefixes, patient, and two to spare for nested copies.
const MAX_DEPTH: usize = 7;

/// One patient's folder in one root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PatientFolder {
    /// The folder's name.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its storage root.
    pub root: PathBuf,
    /// The facility id, if the root's name begins with one (ten digits).
    pub facility: Option<String>,
}

/// What a search for patients met besides the patients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Patients, sorted by path, each once.
    pub folders: Vec<PatientFolder>,
    /// Symbolic links that were not followed.
    pub symlinks: Vec<PathBuf>,
    /// Folders that could not be listed.
    pub unreadable: Vec<PathBuf>,
    /// Files in folders that are no patient's, and folders too deep to be looked into. A search for one patient names none.
    pub strays: Vec<PathBuf>,
}

/// What a care-date folder of a patient holds, or all of them.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files that the grammar knows.
    pub files: Vec<StoredFile>,
    /// The others, each with its reason.
    pub skipped: Vec<(PathBuf, Code)>,
}

struct Entry {
    path: PathBuf,
    file_name: OsString,
    is_dir: bool,
    is_link: bool,
    is_file: bool,
}

impl Entry {
    fn name(&self) -> Cow<'_, str> {
        display_name(&self.file_name)
    }
}

/// The entries of a folder, sorted by name.
fn entries(dir: &Path) -> std::io::Result<Vec<Entry>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        all.push(Entry {
            path: entry.path(),
            file_name: entry.file_name(),
            is_dir: kind.is_dir(),
            is_link: kind.is_symlink(),
            is_file: kind.is_file(),
        });
    }
    all.sort_unstable_by(|a, b| a.file_name.cmp(&b.file_name));
    Ok(all)
}

/// A file name as text. Archives made on Windows bring CP932 names.
fn display_name(name: &OsStr) -> Cow<'_, str> {
    match name.to_str() {
        Some(text) => Cow::Borrowed(text),
        None => encoding_rs::SHIFT_JIS.decode_without_bom_handling(name.as_encoded_bytes()).0,
    }
}

/// Finds the patients below the inputs; with `want`, only those whose folder
/// name is that id (folded). `Err` only where an input itself cannot be used.
pub fn find_patients(inputs: &[PathBuf], want: Option<&str>) -> Result<Found, StorageError> {
    let want = want.map(fold_id);
    let mut found = Found::default();
    for (input, path) in inputs.iter().enumerate() {
        let path = usable(path, input)?;
        let before = found.folders.len();
        let is_wanted = |patient: &PatientFolder| want.as_ref().is_none_or(|want| *want == fold_id(&patient.id));
        found.folders.extend(patient_above(&path).filter(is_wanted));
        // What looks like another patient may be a folder above the storage.
        if found.folders.len() == before {
            descend(&path, 0, want.as_deref(), &mut found);
        }
        // One log beside other patients' folders makes none of them.
        if found.folders.len() == before && is_transaction_storage(&path) && below(&path).folders.is_empty() {
            return Err(StorageError::TransactionStorage { input });
        }
    }
    found.tidy();
    Ok(found)
}

impl Found {
    /// Puts the patients in order, each once.
    pub(super) fn tidy(&mut self) {
        self.folders.sort_by(|a, b| a.path.cmp(&b.path));
        self.folders.dedup_by(|a, b| a.path == b.path);
    }
}

/// An input that can be used, with its whole path: the ancestors of a relative one may say more than the path itself.
pub(super) fn usable(path: &Path, input: usize) -> Result<PathBuf, StorageError> {
    check_input(path, input)?;
    fs::canonicalize(path).map_err(|e| StorageError::Unreadable { input, kind: e.kind() })
}

/// The patient in whose folder a path lies, or whose folder it is.
pub(super) fn patient_above(path: &Path) -> Option<PatientFolder> {
    path.ancestors().take(4).find(|p| is_patient(p)).map(to_patient)
}

/// Everybody below a path.
pub(super) fn below(path: &Path) -> Found {
    let mut found = Found::default();
    descend(path, 0, None, &mut found);
    found
}

fn check_input(path: &Path, input: usize) -> Result<(), StorageError> {
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => StorageError::NotFound { input },
        kind => StorageError::Unreadable { input, kind },
    })?;
    if meta.is_dir() {
        return fs::read_dir(path).map(|_| ()).map_err(|e| StorageError::Unreadable { input, kind: e.kind() });
    }
    // Only a regular file is opened: a pipe would wait for its writer for ever.
    let head = if meta.is_file() { super::read_file(path).unwrap_or_default() } else { Vec::new() };
    Err(if head.starts_with(b"PK\x03\x04") { StorageError::Zip { input } } else { StorageError::NotAFolder { input } })
}

/// `<dir>/(-|YYYYMMDD)/<data type>/`. Backups lie in folders named after a day
/// too, so below a day something of the grammar is asked for, unless the path
/// says it all. A patient whose id has eight digits makes the prefix folder
/// above it look like a patient for one level; the second tells them apart.
fn is_patient(dir: &Path) -> bool {
    let Ok(children) = entries(dir) else { return false };
    let by_the_rule = is_by_the_rule(dir);
    let is_type = |t: &Entry| t.is_dir && !is_care_date(&t.name()) && (by_the_rule || is_type_folder(t));
    children.iter().filter(|c| c.is_dir && is_care_date(&c.name())).any(|date| {
        (by_the_rule && date.name() == "-") || entries(&date.path).is_ok_and(|types| types.iter().any(is_type))
    })
}

fn is_type_folder(dir: &Entry) -> bool {
    let in_grammar = |e: &Entry| FileName::parse(&e.name()).is_ok() || FileName::parse_extended(&e.name()).is_ok();
    let is_named = || DataType::from_folder(&dir.name()).is_some() || dir.name().contains('^');
    // An empty folder says nothing, whatever it is called.
    entries(&dir.path).is_ok_and(|children| children.iter().any(in_grammar) || !children.is_empty() && is_named())
}

fn descend(dir: &Path, depth: usize, want: Option<&str>, found: &mut Found) {
    let Ok(children) = entries(dir) else {
        found.unreadable.push(dir.to_path_buf());
        return;
    };
    for child in children {
        if child.is_link {
            found.symlinks.push(child.path);
        } else if !child.is_dir {
            found.strays.extend(want.is_none().then_some(child.path));
        } else if is_by_the_rule(&child.path) {
            // The path says it all: spare the look inside other patients.
            if want.is_none_or(|w| w == fold_id(&child.name())) {
                if is_patient(&child.path) {
                    add(&child.path, want, found)
                } else {
                    descend(&child.path, depth + 1, want, found)
                }
            }
        } else if is_patient(&child.path) {
            add(&child.path, want, found);
        } else if depth < MAX_DEPTH {
            descend(&child.path, depth + 1, want, found);
        } else {
            found.strays.extend(want.is_none().then_some(child.path));
        }
    }
}

/// `.../123/456/1234567...`: a patient folder where the rule says it is.
fn is_by_the_rule(path: &Path) -> bool {
    let mut names = path.ancestors().map(|p| p.file_name().and_then(OsStr::to_str).unwrap_or(""));
    let [id, second, first] = std::array::from_fn(|_| names.next().unwrap_or(""));
    first.len() == 3 && second.len() == 3 && id.len() > 6 && id.starts_with(first) && id[3..].starts_with(second)
}

/// Whether a path is, or lies in, a folder below `input` that the rule makes another patient's: a search for this one
/// does not go there. `id` is folded.
pub(super) fn is_below_another(path: &Path, input: &Path, id: &str) -> bool {
    let name = |path: &Path| path.file_name().map(display_name).unwrap_or_default().into_owned();
    let mut folders = path.ancestors().take_while(|folder| *folder != input);
    folders.any(|folder| is_by_the_rule(folder) && fold_id(&name(folder)) != id)
}

fn add(path: &Path, want: Option<&str>, found: &mut Found) {
    let patient = to_patient(path);
    if want.is_none_or(|w| w == fold_id(&patient.id)) {
        found.folders.push(patient);
    }
}

fn to_patient(path: &Path) -> PatientFolder {
    let id = path.file_name().map(display_name).unwrap_or_default().into_owned();
    let levels = if is_by_the_rule(path) { 3 } else { 1 };
    let root = path.ancestors().nth(levels).unwrap_or(path).to_path_buf();
    let facility = root.file_name().map(display_name).and_then(|name| facility_id(&name));
    PatientFolder { id, path: path.to_path_buf(), root, facility }
}

/// 医療施設ID: ten digits, then nothing or a suffix that a volume adds.
fn facility_id(name: &str) -> Option<String> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 10).then(|| name[..10].to_string())
}

/// `<root>/<YYYY>/TR_*.DAT`, looked for two levels deep.
pub(super) fn is_transaction_storage(root: &Path) -> bool {
    let is_log =
        |e: &Entry| e.is_file && e.name().starts_with("TR_") && e.name().to_ascii_uppercase().ends_with(".DAT");
    let children = entries(root).unwrap_or_default();
    children.iter().any(is_log)
        || children.iter().filter(|c| c.is_dir).any(|c| entries(&c.path).unwrap_or_default().iter().any(is_log))
}

/// The care-date folders of a patient, and what else lies beside them.
pub fn date_folders(patient: &PatientFolder) -> (Vec<PathBuf>, Vec<(PathBuf, Code)>) {
    let Ok(children) = entries(&patient.path) else {
        return (Vec::new(), vec![(patient.path.clone(), Code::FolderUnreadable)]);
    };
    let (mut dates, mut skipped) = (Vec::new(), Vec::new());
    for child in children {
        if child.is_dir && is_care_date(&child.name()) {
            dates.push(child.path);
        } else if child.is_dir {
            foreign_tree(&child.path, Code::ForeignFile, 0, &mut skipped);
        } else {
            skipped.push((child.path, if child.is_link { Code::Symlink } else { Code::ForeignFile }));
        }
    }
    (dates, skipped)
}

/// Lists one care-date folder. `folder` is the patient folder's number.
pub fn list_date_folder(patient: &PatientFolder, folder: usize, date: &Path) -> Listing {
    let mut listing = Listing::default();
    let Ok(types) = entries(date) else {
        listing.skipped.push((date.to_path_buf(), Code::FolderUnreadable));
        return listing;
    };
    let date_name = date.file_name().map(display_name).unwrap_or_default();
    for entry in types {
        if !entry.is_dir {
            listing.skipped.push((entry.path, if entry.is_link { Code::Symlink } else { Code::ForeignFile }));
            continue;
        }
        let place = Place { patient: &patient.id, date: &date_name, folder };
        match DataType::from_folder(&entry.name()) {
            Some((kind, exact)) => list_standard(&place, &entry, kind, exact, &mut listing),
            None => list_extended(&place, &entry, &mut listing),
        }
    }
    listing
}

struct Place<'a> {
    patient: &'a str,
    date: &'a str,
    folder: usize,
}

fn list_standard(place: &Place<'_>, dir: &Entry, kind: DataType, exact: bool, listing: &mut Listing) {
    let Ok(children) = entries(&dir.path) else {
        listing.skipped.push((dir.path.clone(), Code::FolderUnreadable));
        return;
    };
    for child in children {
        if !child.is_file {
            skip_non_file(child, listing);
            continue;
        }
        match FileName::parse(&child.name()) {
            Ok(name) => {
                let mut notes = place.contradictions(&name);
                if !exact || DataType::from_folder(&name.data_type) != Some((kind, true)) {
                    notes.push(Code::NameTypeDiffers);
                }
                listing.files.push(StoredFile {
                    path: child.path,
                    folder: place.folder,
                    name,
                    kind: Kind::Standard(kind),
                    notes,
                });
            }
            Err(NameError::Flag) => listing.skipped.push((child.path, Code::UnknownFlag)),
            Err(NameError::Foreign) => listing.skipped.push((child.path, Code::ForeignFile)),
        }
    }
}

fn skip_non_file(entry: Entry, listing: &mut Listing) {
    if entry.is_dir {
        foreign_tree(&entry.path, Code::ForeignFile, 0, &mut listing.skipped);
    } else {
        listing.skipped.push((entry.path, if entry.is_link { Code::Symlink } else { Code::ForeignFile }));
    }
}

impl Place<'_> {
    fn contradictions(&self, name: &FileName) -> Vec<Code> {
        let mut notes = Vec::new();
        if fold_id(&name.patient) != fold_id(self.patient) {
            notes.push(Code::NamePatientDiffers);
        }
        if name.care_date != self.date {
            notes.push(Code::NameDateDiffers);
        }
        if name.care_date != "-" && name.date().is_none() {
            notes.push(Code::NameDateInvalid);
        }
        notes
    }
}

/// A data type folder that is no standard one: content folders with a
/// `main_document`, or (before 1.2b revised) files directly in it.
fn list_extended(place: &Place<'_>, dir: &Entry, listing: &mut Listing) {
    let Ok(children) = entries(&dir.path) else {
        listing.skipped.push((dir.path.clone(), Code::FolderUnreadable));
        return;
    };
    let kind = Kind::Extended(extended_parts(&dir.name()));
    let is_document_type = dir.name().contains('^');
    for child in children {
        let own_name = child.name().into_owned();
        let stem = own_name.rsplit_once('.').map_or(own_name.as_str(), |(stem, _)| stem);
        let name = FileName::parse_extended(if child.is_dir { &own_name } else { stem });
        let main = if child.is_dir { main_document(&child.path) } else { Some(child.path.clone()) };
        let is_document = is_document_type || child.is_dir || stem.len() < own_name.len();
        match (name, main) {
            (Ok(name), Some(path)) if is_document && (child.is_dir || child.is_file) => {
                let notes = place.contradictions(&name);
                if child.is_dir {
                    attachments(&child.path, &path, &mut listing.skipped);
                }
                listing.files.push(StoredFile { path, folder: place.folder, name, kind: kind.clone(), notes });
            }
            (Err(NameError::Flag), _) => listing.skipped.push((child.path, Code::UnknownFlag)),
            _ if child.is_dir => foreign_tree(&child.path, Code::ForeignFile, 0, &mut listing.skipped),
            _ if child.is_link => listing.skipped.push((child.path, Code::Symlink)),
            _ => listing.skipped.push((child.path, Code::UnknownDataType)),
        }
    }
}

fn extended_parts(name: &str) -> [String; 6] {
    let mut parts = name.splitn(6, '^');
    std::array::from_fn(|_| parts.next().unwrap_or("").to_string())
}

/// `main_document.<ext>`; the files beside it are its attachments.
fn main_document(content: &Path) -> Option<PathBuf> {
    let children = entries(content).ok()?;
    children.into_iter().find(|c| c.is_file && c.name().split('.').next() == Some("main_document")).map(|c| c.path)
}

/// What lies beside a main document: named one by one, for nothing of it is shown.
fn attachments(content: &Path, main: &Path, skipped: &mut Vec<(PathBuf, Code)>) {
    let mut found = Vec::new();
    foreign_tree(content, Code::Attachment, 0, &mut found);
    skipped.extend(found.into_iter().filter(|(path, _)| path != main));
}

/// Every file below a folder that has no place in a storage, named one by one.
fn foreign_tree(dir: &Path, code: Code, depth: usize, skipped: &mut Vec<(PathBuf, Code)>) {
    match entries(dir) {
        Ok(children) if depth < MAX_DEPTH => {
            for child in children {
                if child.is_dir {
                    foreign_tree(&child.path, code, depth + 1, skipped);
                } else {
                    skipped.push((child.path, if child.is_link { Code::Symlink } else { code }));
                }
            }
        }
        Ok(_) => skipped.push((dir.to_path_buf(), code)),
        Err(_) => skipped.push((dir.to_path_buf(), Code::FolderUnreadable)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids found below (or above) `input` in a tree with these folders.
    fn ids(folders: &[&str], input: &str, want: Option<&str>) -> Vec<String> {
        let tree = tempfile::tempdir().expect("a folder");
        for folder in folders {
            fs::create_dir_all(tree.path().join(folder)).expect("made");
            fs::write(tree.path().join(folder).join("file"), "x").expect("written");
        }
        let found = find_patients(&[tree.path().join(input)], want).expect("walked");
        found.folders.into_iter().map(|f| f.id).collect()
    }

    #[test]
    fn folders_of_others_are_told_by_the_rule() {
        let is_others = |path: &str| is_below_another(Path::new(path), Path::new("/s/1319900017"), "1234567");
        assert!(!is_others("/s/1319900017/123/456/1234567/20240401"));
        assert!(is_others("/s/1319900017/123/456/1234568/20240401") && is_others("/s/1319900017/123/456/1234568"));
        // The prefix folders are everybody's.
        assert!(!is_others("/s/1319900017/999") && !is_others("/s/1319900017"));
        // What lies above the input is not looked at: somebody has named it.
        let input = Path::new("/s/123/456/1234568/copy");
        assert!(!is_below_another(Path::new("/s/123/456/1234568/copy/1234567"), input, "1234567"));
    }

    #[test]
    fn a_folder_named_after_a_day_above_the_storage_is_no_patient() {
        let tree = ["backup/20240315/1310000001/123/456/1234567/20240401/OMP-01"];
        for input in ["", "backup", "backup/20240315", "backup/20240315/1310000001", "backup/20240315/1310000001/123"] {
            assert_eq!(ids(&tree, input, Some("1234567")), ["1234567"], "{input}");
            assert_eq!(ids(&tree, input, None), ["1234567"], "{input}");
        }
    }

    /// An empty folder named like a day, or `-`, beside everybody is nobody's.
    #[test]
    fn an_empty_folder_makes_no_patient_of_a_root() {
        let tree = tempfile::tempdir().expect("a folder");
        for folder in ["root/-/OMP-01", "root/20240101/OMP-01", "-", "root/123/456/1234567/20240401/OMP-01"] {
            fs::create_dir_all(tree.path().join(folder)).expect("made");
        }
        let found = find_patients(&[tree.path().to_owned()], None).expect("walked");
        assert_eq!(found.folders.into_iter().map(|f| f.id).collect::<Vec<_>>(), ["1234567"]);
    }

    #[test]
    fn a_log_beside_patients_makes_no_storage_a_log() {
        let tree = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(tree.path().join("root/123/456/1234567/20240401/OMP-01")).expect("made");
        fs::write(tree.path().join("root/TR_20240101.DAT"), "x").expect("written");
        let inputs = [tree.path().join("root")];
        for want in [None, Some("1234567"), Some("7654321")] {
            assert!(find_patients(&inputs, want).is_ok(), "{want:?}");
        }
        assert!(super::super::Everybody::of(&inputs).expect("walked").find("7654321").is_ok());
    }

    #[test]
    fn what_looks_like_another_patient_hides_none() {
        let tree = ["backup/-/1310000001/123/456/1234567/20240401/OMP-01"];
        assert_eq!(ids(&tree, "backup/-", Some("1234567")), ["1234567"]);
    }

    #[test]
    fn a_patient_is_told_by_a_folder_of_the_grammar() {
        for kind in ["omp-01", "^^^18842-5^x^LN", "XYZ-01/77_20240401_XYZ-01_5_20240401120000_01_1"] {
            assert_eq!(ids(&[&format!("copy/77/20240401/{kind}")], "", Some("77")), ["77"], "{kind}");
        }
        // Eight digits: the id itself could be a day.
        let long = ["root/123/456/12345678/20240401/OMP-01"];
        assert_eq!(ids(&long, "root", None), ["12345678"]);
        assert_eq!(ids(&long, "root/123/456/12345678/20240401", None), ["12345678"]);
    }
}
