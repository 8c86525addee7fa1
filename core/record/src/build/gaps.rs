//! A number that is missing between two ids would tell that an entry was kept out.

use crate::model::{Entry, Record};
use compact_str::format_compact;
use ssmix2::types::Text;
use std::collections::BTreeMap;

/// Numbers the entries of every file anew: in a record that rules may have thinned out, for a row that says nothing leaves
/// a gap, too. Done last, when the record leaves the hospital; every report names the ids of the full record.
pub fn close_gaps(record: &mut Record) {
    close(&mut record.prescriptions);
    close(&mut record.injections);
    close(&mut record.labs);
    close(&mut record.others);
}

fn close<T>(entries: &mut [Entry<T>]) {
    // By file: the number, and which of several entries of that number.
    let mut by_file: BTreeMap<Text, Vec<(u32, u32, usize)>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let Some((file, number)) = entry.id.split_once('-') else { continue };
        let (number, repeat) = number.split_once('~').unwrap_or((number, "1"));
        if let (Ok(number), Ok(repeat)) = (number.parse(), repeat.parse()) {
            by_file.entry(file.into()).or_default().push((number, repeat, place));
        }
    }
    for (file, mut places) in by_file {
        places.sort_unstable();
        for (number, (_, _, place)) in places.into_iter().enumerate() {
            entries[place].id = format_compact!("{file}-{number}");
        }
    }
}
