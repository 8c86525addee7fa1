//! A small storage made by hand: a list of messages, each with the segments behind its PID.

use crate::{import, request};
use mykarte::record::Record;
use mykarte::record::profile::{Profile, Withholding};
use mykarte::{ImportError, ImportRequest, Imported, Shaping};
use std::path::Path;

/// Facility of every file.
pub const FACILITY: &str = "1319900017";
/// The patient of every file, an invented person.
pub const PATIENT: &str = "1234567";
const PID: &str = "PID|1||1234567^^^^PI||見本^花子^^^^^L^I~ミホン^ハナコ^^^^^L^P||19570308|F";
/// Order number of files that belong to no order.
const NO_ORDER: &str = "999999999999999";

/// One file: a message below a patient's folder.
#[derive(Debug, Clone)]
pub struct File {
    date: String,
    kind: String,
    event: String,
    segments: Vec<String>,
    order: String,
    occurred: String,
    department: String,
    flag: char,
    is_other: bool,
}

/// A file of a care date (`-` for none), a data type and an event, by default with flag 1 and no order number, written at
/// noon of its day.
pub fn file(date: &str, kind: &str, event: &str, segments: &[&str]) -> File {
    let day = if date == "-" { "20240401" } else { date };
    File {
        date: date.into(),
        kind: kind.into(),
        event: event.into(),
        segments: segments.iter().map(|s| s.to_string()).collect(),
        order: NO_ORDER.into(),
        occurred: format!("{day}120000000"),
        department: if date == "-" { "-".into() } else { "01".into() },
        flag: '1',
        is_other: false,
    }
}

/// An emergency memo, in the extended storage.
pub fn memo(date: &str, text: &str) -> File {
    let segments =
        ["PV1|1|O|第一避難所", &format!("TXA|1|EM|TX|{date}1230|医師||||7^山^川"), &format!("OBX|1|TX|||{text}")];
    // The number tells memos apart.
    File { order: format!("M{date}"), ..file(date, "L-EMERGENCY-MEMO^非常時メモ^99MYKARTE", "MDM^T02", &segments) }
}

impl File {
    /// With the number of its order, right-aligned as the standard wants it.
    pub fn order(self, number: u32) -> File {
        File { order: format!("{number:015}"), ..self }
    }

    /// Written at this time: 14 digits.
    pub fn occurred(self, at: &str) -> File {
        File { occurred: format!("{at}000"), ..self }
    }

    /// Of this department by its name.
    pub fn department(self, code: &str) -> File {
        File { department: code.into(), ..self }
    }

    /// With this flag; `2` is an older version.
    pub fn flag(self, flag: char) -> File {
        File { flag, ..self }
    }

    /// In this patient's folder, with another patient's id; the import is told to take it.
    pub fn of_another(self) -> File {
        File { is_other: true, ..self }
    }

    fn write(&self, root: &Path, number: usize) -> std::io::Result<()> {
        let File { date, kind, event, order, occurred, department, flag, .. } = self;
        let folder = root.join(FACILITY).join("123/456").join(PATIENT).join(date).join(kind);
        let head = format!("MSH|^~\\&|SYN|{FACILITY}|GW|RCV|20240401||{event}|{number}|P|2.5");
        let pid = if self.is_other { PID.replace(PATIENT, "7654321") } else { PID.to_string() };
        let text = format!("{head}\r{pid}\r{}\r", self.segments.join("\r"));
        let suffix = if kind.contains('^') { ".hl7" } else { "" };
        std::fs::create_dir_all(&folder)?;
        let name = format!("{PATIENT}_{date}_{kind}_{order}_{occurred}_{department}_{flag}{suffix}");
        std::fs::write(folder.join(name), text)
    }
}

/// Writes the storage below `root`.
pub fn write(files: &[File], root: &Path) {
    for (number, file) in files.iter().enumerate() {
        file.write(root, number).expect("a file can be written");
    }
}

/// Imports these files under a profile and a withholding list.
pub fn shaped(files: &[File], profile: Profile, withholding: Option<Withholding>) -> Result<Imported, ImportError> {
    let dir =
        std::env::temp_dir().join(format!("mykarte-small-{}-{:?}", std::process::id(), std::thread::current().id()));
    // What an earlier call of this thread left behind.
    let _ = std::fs::remove_dir_all(&dir);
    write(files, &dir);
    let accept_other_patient = files.iter().any(|file| file.is_other);
    let shaping = Shaping { profile, withholding };
    let imported = import(&ImportRequest { shaping, accept_other_patient, ..request(&[&dir], PATIENT) });
    std::fs::remove_dir_all(&dir).expect("the storage can be removed");
    imported
}

/// The same without a list, or with an empty one where the profile says that there is one.
pub fn imported(files: &[File], profile: Profile) -> Imported {
    let list = profile.document().withholding.then(Withholding::default);
    shaped(files, profile, list).expect("the storage can be imported")
}

/// The record as it leaves the hospital: with no gap between the ids of a file, nor between the numbers of files.
pub fn sealed(imported: &Imported) -> Record {
    let mut copy = imported.clone();
    copy.number_files();
    copy.close_gaps();
    copy.record
}
