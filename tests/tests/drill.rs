//! The drill over the conformance samples: real forms, and nothing garbled in them.

use mykarte::import::Shaping;
use mykarte_drill::checks::{Check, Drill};
use mykarte_drill::{Progress, Request, Who, run};
use std::sync::atomic::AtomicBool;

#[test]
fn the_samples_give_no_alarm_of_garbled_text() {
    let Some(samples) = mykarte_tests::samples() else { return };
    for storage in [samples.join("nho"), samples.join("twins-small/storage")] {
        let request = Request {
            storages: vec![storage.clone()],
            hospital: None,
            shaping: Shaping::default(),
            who: Who::All,
            threads: 2,
            show_text: true,
            at: mykarte::now(),
        };
        let progress = Progress { done: &|_, _| (), each: None, cancel: &AtomicBool::new(false) };
        let report = run(&request, &progress).expect("a report");
        assert!(report.scope.read > 0);
        let garbled = report.findings.iter().find(|finding| finding.check == Check::Drill(Drill::Mojibake));
        assert_eq!(garbled, None, "{}", storage.display());
    }
}
