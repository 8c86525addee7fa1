//! Any text as a profile: refused with reasons, or read so that it says the same when written again, and a record is shaped
//! by it once and for all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::DEMO;
use mykarte_record::profile::apply::apply;
use mykarte_record::profile::{Profile, Shape, check};

fuzz_target!(|text: &str| {
    let lines = text.lines().count() + 1;
    let checked = check::check(text);
    assert!(checked.problems.iter().all(|problem| problem.line <= lines));
    let Ok(profile) = Profile::parse(text) else {
        assert!(checked.problems.iter().any(|problem| problem.is_error()));
        return;
    };
    let written = serde_json::to_string_pretty(profile.document()).unwrap();
    let again = Profile::parse(&written).unwrap();
    assert_eq!((&again, again.sha256()), (&profile, profile.sha256()));
    let _ = (Shape::of(&profile), profile.rules(None, "0000311"), profile.has_rules());
    let once = apply(&profile, DEMO.clone()).0;
    assert_eq!(apply(&profile, once.clone()).0, once);
});
