//! Files are numbered anew when a record leaves the hospital: a number that no shown entry names would tell that there
//! was a file to keep back.

use crate::import::Imported;
use foldhash::fast::RandomState;
use mykarte_record::{Entry, Record};
use std::collections::HashMap;

impl Imported {
    /// The files that shown entries come from become 1 to n in their order, the others of the report follow. Record and
    /// report change together, so each number names the file it did; done again it changes nothing.
    pub fn number_files(&mut self) {
        let shown = shown(&self.record);
        let others = self.report.list.iter().map(|file| file.number).filter(|n| shown.binary_search(n).is_err());
        // 0 is what is no file of the storage.
        let old = shown.iter().copied().chain(others).filter(|n| *n > 0);
        let new: HashMap<u32, u32, RandomState> = old.zip(1..).collect();
        let change = |number: &mut u32| *number = new.get(number).copied().unwrap_or(*number);
        each(&mut self.record, &change);
        let report = &mut self.report;
        report.list.iter_mut().for_each(|file| change(&mut file.number));
        report.list.sort_by_key(|file| (file.number == 0, file.number));
        let findings = report.findings.iter_mut().flat_map(|finding| &mut finding.examples);
        let unused = report.unused_fields.iter_mut().flat_map(|field| &mut field.examples);
        findings.chain(unused).for_each(|place| change(&mut place.file));
    }
}

/// The files that entries come from, in their order.
fn shown(record: &Record) -> Vec<u32> {
    let given = record.injections.iter().flat_map(|e| e.body.administrations.iter().map(|given| given.source));
    let mut files: Vec<u32> = record.heads().flat_map(|head| head.source).copied().chain(given).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// Every number of a file in the record.
fn each(record: &mut Record, change: &impl Fn(&mut u32)) {
    fn of<T>(entries: &mut [Entry<T>], change: &impl Fn(&mut u32)) {
        entries.iter_mut().flat_map(|e| &mut e.source).for_each(change);
    }
    of(&mut record.basics, change);
    of(&mut record.allergies, change);
    of(&mut record.diagnoses, change);
    of(&mut record.admissions, change);
    of(&mut record.prescriptions, change);
    of(&mut record.injections, change);
    of(&mut record.labs, change);
    of(&mut record.memos, change);
    of(&mut record.others, change);
    let given = record.injections.iter_mut().flat_map(|e| &mut e.body.administrations);
    given.for_each(|given| change(&mut given.source));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{imported, memo};
    use serde_json::json;

    #[test]
    fn shown_files_come_first_and_every_number_names_the_file_it_did() {
        let mut memos = vec![memo("a", "2026-03-11", "one"), memo("b", "2026-03-12", "two")];
        memos[0].source.extend([9, 3]);
        memos[1].source.push(5);
        let mut new = imported(memos);
        let place = |file: u32| json!({ "file": file, "segment": 2, "field": 1, "offset": 0 });
        let file = |n: u32, path: &str| json!({ "number": n, "path": path, "reason": "used" });
        new.report.list = [(1, "1"), (3, "3"), (5, "5"), (8, "8"), (9, "9"), (0, "no file")]
            .map(|(n, path)| serde_json::from_value(file(n, path)).expect("a file"))
            .into();
        new.report.unused_fields = serde_json::from_value(
            json!([{ "kind": "ADT-00", "field": "PID-18", "count": 2, "examples": [place(8), place(9)] }]),
        )
        .expect("fields");
        new.report.findings = serde_json::from_value(
            json!([{ "code": "undecodable_character", "severity": "error", "text": "", "count": 1, "examples": [place(5)] }]),
        )
        .expect("findings");
        // The second time is for nothing.
        for _ in 0..2 {
            new.number_files();
            let sources: Vec<Vec<u32>> = new.record.memos.iter().map(|m| m.source.to_vec()).collect();
            assert_eq!(sources, [vec![3, 1], vec![2]]);
            let list: Vec<(u32, &str)> = new.report.list.iter().map(|f| (f.number, f.path.as_str())).collect();
            assert_eq!(list, [(1, "3"), (2, "5"), (3, "9"), (4, "1"), (5, "8"), (0, "no file")]);
            let examples = |all: &[ssmix2::Location]| all.iter().map(|at| at.file).collect::<Vec<_>>();
            assert_eq!(examples(&new.report.unused_fields[0].examples), [5, 3]);
            assert_eq!(examples(&new.report.findings[0].examples), [2]);
        }
    }
}
