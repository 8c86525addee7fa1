//! Any text as a withholding list: refused without a word of what stands in it, or read so that it says the same when
//! written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_record::profile::Withholding;
use mykarte_record::profile::withhold::WithholdingError;

fuzz_target!(|text: &str| {
    match Withholding::parse(text) {
        Ok(list) => {
            let written = serde_json::to_string(&list).unwrap();
            assert_eq!(Withholding::parse(&written), Ok(list.clone()));
            for patient in list.patients.keys() {
                assert!(list.entries(patient).count() >= list.patients[patient].len());
            }
        }
        // What is expected is ASCII; what stands in such a list is not.
        Err(WithholdingError::Form { expected, .. }) => assert!(expected.is_ascii(), "{expected}"),
        Err(_) => {}
    }
});
