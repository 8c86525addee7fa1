//! Any text as a file or folder name: refused, or read so that the name put together again is read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssmix2::DataType;
use ssmix2::storage::{FileName, Flag};

fn written(name: &FileName) -> String {
    let FileName { patient, care_date, data_type, order, occurred, department, flag } = name;
    let department = department.as_deref().unwrap_or("-");
    let flag = match flag {
        Flag::Deleted => 0,
        Flag::Current => 1,
        Flag::Superseded => 2,
    };
    format!("{patient}_{care_date}_{data_type}_{order}_{occurred}_{department}_{flag}")
}

fuzz_target!(|name: &str| {
    for parse in [FileName::parse, FileName::parse_extended] {
        if let Ok(read) = parse(name) {
            assert_eq!(parse(&written(&read)).as_ref(), Ok(&read));
            assert!(read.care_date == "-" || read.care_date.len() == 8);
            let _ = (read.date(), read.has_order_number());
        }
    }
    if let Some((kind, is_exact)) = DataType::from_folder(name) {
        assert_eq!(is_exact, kind.folder() == name);
    }
});
