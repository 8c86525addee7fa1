//! A network that cuts, a publisher that lies: whatever comes, the record and the tokens are never worse than before.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::download::{DownloadError, DownloadWatch, HttpError, News, Partial, fetch};
use mykarte::package::ReceiveError;
use mykarte::record::Record;
use mykarte::vault::package::{EnrolmentId, PackageError};
use mykarte_tests::hospital::whole;
use mykarte_tests::online::Online;
use mykarte_tests::phone::files;
use mykarte_tests::publisher::{Call, Reply};
use mykarte_wire::{MAX_PACKAGE, etag};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// A phone that holds one result, and a package with two that waits for it.
struct Waiting {
    online: Online,
    id: EnrolmentId,
    package: Vec<u8>,
    before: Record,
}

impl Waiting {
    fn make() -> Waiting {
        let (mut online, id) = Online::received(&files()[..2]);
        let package = online.issue(id, &files());
        let before = whole(&online.phone);
        Waiting { online, id, package, before }
    }

    /// Twists downloads until the next call of this kind.
    fn twist(&self, mut twist: impl FnMut(&Call, &mut Reply) + Send + 'static) {
        self.online.publisher.twist(move |call, reply| {
            if call.is_download() {
                twist(call, reply);
            }
        });
    }

    /// What a fetch says that has to fail; the record is as it was.
    #[track_caller]
    fn refused(&mut self) -> DownloadError {
        let Err(error) = self.online.fetch(self.id) else { panic!("taken") };
        assert_eq!(whole(&self.online.phone), self.before);
        error
    }

    /// With an honest network the next fetch goes well.
    #[track_caller]
    fn goes_on(&mut self) {
        self.online.publisher.untwist();
        assert_eq!(whole(&self.online.phone), self.before);
        self.online.take(self.id).unwrap().unwrap();
        assert_eq!(self.online.labs(), 2);
    }
}

fn refusal(error: DownloadError) -> PackageError {
    match error {
        DownloadError::Receive(ReceiveError::Package(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// A refusal of the rest, as some server in between may say it, keeps nobody from the whole.
#[test]
fn a_range_that_is_refused_is_not_asked_for_again() {
    for body in ["", r#"{"type":"urn:mykarte:problem:range","title":"","status":416}"#] {
        let mut waiting = Waiting::make();
        let mut partial = None;
        waiting.twist(move |call, reply| match call.header("range") {
            Some(_) => (reply.status, reply.body) = (416, body.as_bytes().to_vec()),
            None => reply.cut = Some(1000),
        });
        waiting.online.fetch_on(waiting.id, &mut partial).err().unwrap();
        assert!(partial.is_none());
        waiting.goes_on();
    }
}

/// One cut at each KiB: the rest alone is fetched, with the same call.
#[test]
fn a_cut_at_any_kib_costs_no_byte_twice() {
    let mut waiting = Waiting::make();
    let length = waiting.package.len();
    assert!(length > 64 << 10);
    for at in (0..length).step_by(1 << 10) {
        let mut is_cut = false;
        waiting.twist(move |_, reply| {
            reply.cut = (!is_cut).then_some(at);
            is_cut = true;
        });
        let News::Arrived(arrival) = waiting.online.fetch(waiting.id).unwrap().package else { panic!("{at}") };
        assert!(!arrival.needs_confirmation());
        let calls = waiting.online.publisher.calls();
        let ranges: Vec<Option<&str>> = calls.iter().filter(|c| c.is_download()).map(|c| c.header("range")).collect();
        let rest = format!("bytes={at}-");
        assert_eq!(ranges, [None, (at > 0).then_some(rest.as_str())], "{at}");
    }
    waiting.goes_on();
}

/// No connection lasts longer than a KiB. A call gives up in the end, and the next one goes on where it stopped.
#[test]
fn what_came_is_kept_from_call_to_call() {
    let mut waiting = Waiting::make();
    waiting.twist(|_, reply| reply.cut = Some(1 << 10));
    let (mut partial, mut calls) = (None, 0);
    let arrived = loop {
        calls += 1;
        match waiting.online.fetch_on(waiting.id, &mut partial) {
            Ok(fetched) => break fetched,
            Err(DownloadError::Http(HttpError::Broken)) => assert!(partial.is_some() && calls < 20),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert!(calls > 1 && partial.is_none() && matches!(arrived.package, News::Arrived(_)));
    let bytes: usize = waiting.online.publisher.calls().iter().filter(|call| call.is_download()).count() << 10;
    assert!(bytes < waiting.package.len() + (8 << 10), "{bytes}");
    waiting.goes_on();
}

#[test]
fn what_came_of_another_enrolment_is_not_gone_on_with() {
    let mut waiting = Waiting::make();
    let mut partial = None;
    waiting.twist(|call, reply| reply.cut = Some(if call.header("range").is_some() { 0 } else { 1000 }));
    waiting.online.fetch_on(waiting.id, &mut partial).err().unwrap();
    assert_eq!(
        format!("{:?}", partial.as_ref().unwrap()),
        format!("Partial(1000 of Some({}) bytes)", waiting.package.len())
    );
    waiting.online.publisher.untwist();
    waiting.online.ticket = waiting.online.publisher.ticket(&waiting.online.hospital.list);
    let other = waiting.online.enrol(mykarte_tests::publisher::BORN).unwrap();
    assert!(matches!(waiting.online.fetch_on(other, &mut partial).unwrap().package, News::NothingIssued));
    assert!(partial.is_none());
    waiting.goes_on();
}

#[test]
fn a_package_that_changes_between_two_ranges_begins_again_once() {
    let mut waiting = Waiting::make();
    let (id, old) = (waiting.id, waiting.package.clone());
    let mut partial: Option<Partial> = None;
    waiting.twist(|call, reply| reply.cut = Some(if call.header("range").is_some() { 0 } else { 70_000 }));
    waiting.online.fetch_on(id, &mut partial).err().unwrap();
    waiting.package = waiting.online.issue(id, &files());
    assert_ne!(old, waiting.package);
    waiting.online.publisher.untwist();
    waiting.online.publisher.calls();
    let fetched = waiting.online.fetch_on(id, &mut partial).unwrap();
    assert!(matches!(fetched.package, News::Arrived(_)));
    let calls = waiting.online.publisher.calls();
    let downloads: Vec<&Call> = calls.iter().filter(|call| call.is_download()).collect();
    assert_eq!(downloads.len(), 1, "the answer to the range is the new package");
    waiting.goes_on();
}

/// A server that answers a range with a part of another package, against `If-Range`.
#[test]
fn a_part_of_another_package_is_not_added() {
    let mut waiting = Waiting::make();
    let mut number = 0;
    waiting.twist(move |_, reply| {
        number += 1;
        match number {
            1 => reply.cut = Some(1000),
            2 => reply.set("etag", Some(&etag::write(&[7; 32]))),
            _ => {}
        }
    });
    assert!(matches!(waiting.online.fetch(waiting.id).unwrap().package, News::Arrived(_)));
    let calls = waiting.online.publisher.calls();
    let ranges: Vec<Option<&str>> = calls.iter().filter(|c| c.is_download()).map(|c| c.header("range")).collect();
    assert_eq!(ranges, [None, Some("bytes=1000-"), None]);
    waiting.goes_on();
}

/// A different one at each call: somebody plays games, or the hospital issues without end.
#[test]
fn a_package_that_changes_twice_is_left_for_later() {
    let mut waiting = Waiting::make();
    let mut number = 0_u8;
    waiting.twist(move |_, reply| {
        number += 1;
        reply.status = 200;
        reply.set("etag", Some(&etag::write(&[number; 32])));
        reply.set("content-length", Some("100000"));
        reply.cut = Some(2000);
    });
    assert!(matches!(waiting.refused(), DownloadError::Changing));
    // As ranges of different packages, and as ranges that are none.
    let mut number = 0_u8;
    waiting.twist(move |call, reply| {
        number += 1;
        let at = call.header("range").map_or(0, |_| 2000);
        (reply.status, reply.body) = (if at > 0 { 206 } else { 200 }, vec![7; 2000]);
        reply.set("etag", Some(&etag::write(&[number; 32])));
        reply.set("content-range", Some(&format!("bytes {at}-99999/100000")));
        reply.set("content-length", Some("100000"));
        reply.cut = Some(1999);
    });
    assert!(matches!(waiting.refused(), DownloadError::Changing | DownloadError::NotAPublisher { .. }));
    waiting.goes_on();
}

#[test]
fn ranges_that_were_not_asked_for_are_no_publishers() {
    for range in ["bytes 0-9/100", "bytes 1-9/", "bytes x-9/100", "items 1000-9/100", "bytes */100", ""] {
        let mut waiting = Waiting::make();
        waiting.twist(move |call, reply| match call.header("range") {
            Some(_) => reply.set("content-range", Some(range)),
            None => reply.cut = Some(1000),
        });
        let error = waiting.refused();
        // Another length is another package, and then the whole is fetched; that is cut, and so on.
        let is_its_own = matches!(error, DownloadError::NotAPublisher { .. } | DownloadError::Changing);
        assert!(is_its_own, "{range}: {error:?}");
        waiting.goes_on();
    }
    let mut waiting = Waiting::make();
    waiting.twist(|_, reply| reply.status = 206);
    assert!(matches!(waiting.refused(), DownloadError::NotAPublisher { .. }));
    waiting.goes_on();
}

#[test]
fn a_replayed_older_package_is_refused_with_both_dates() {
    let mut waiting = Waiting::make();
    let old = waiting.package.clone();
    waiting.online.take(waiting.id).unwrap().unwrap();
    waiting.before = whole(&waiting.online.phone);
    // Newer than the old one, which the publisher shows again.
    waiting.online.issue(waiting.id, &files()[..2]);
    waiting.online.take(waiting.id).unwrap().unwrap();
    waiting.before = whole(&waiting.online.phone);
    waiting.online.publisher.put(waiting.id, old);
    let error = refusal(waiting.refused());
    // Its key is gone since, or its number is lower: whichever is seen first.
    assert!(matches!(error, PackageError::Older { .. } | PackageError::OtherDevice), "{error:?}");
    waiting.package = waiting.online.issue(waiting.id, &files());
    waiting.goes_on();
}

#[test]
fn a_package_of_another_enrolment_is_refused() {
    let mut waiting = Waiting::make();
    waiting.online.ticket = waiting.online.publisher.ticket(&waiting.online.hospital.list);
    let other = waiting.online.enrol(mykarte_tests::publisher::BORN).unwrap();
    let theirs = waiting.online.issue(other, &files());
    waiting.online.publisher.put(waiting.id, theirs);
    assert!(matches!(waiting.refused(), DownloadError::OtherEnrolment));
    waiting.online.publisher.put(waiting.id, waiting.package.clone());
    waiting.goes_on();
}

/// Bent on the way, bent where it lies, and something else altogether.
#[test]
fn what_is_not_the_announced_package_is_refused() {
    let mut waiting = Waiting::make();
    for at in [0, 1, 131, 140, 200, 70_000] {
        waiting.twist(move |_, reply| reply.body[at] ^= 1);
        assert!(matches!(waiting.refused(), DownloadError::NotAsAnnounced { what: "hash" }), "{at}");
        waiting.twist(move |_, reply| {
            reply.body[at] ^= 1;
            let hash = Sha256::digest(&reply.body).into();
            reply.set("etag", Some(&etag::write(&hash)));
        });
        let error = waiting.refused();
        assert!(matches!(error, DownloadError::Receive(ReceiveError::Package(_))), "{at}: {error:?}");
    }
    for body in [Vec::new(), b"<html>".to_vec(), vec![0; 200_000]] {
        waiting.twist(move |_, reply| {
            reply.body = body.clone();
            let (hash, length) = (Sha256::digest(&reply.body).into(), reply.body.len().to_string());
            reply.set("etag", Some(&etag::write(&hash)));
            reply.set("content-length", Some(&length));
        });
        assert_eq!(refusal(waiting.refused()), PackageError::NotAPackage);
    }
    waiting.goes_on();
}

/// Of a length that no package has not a byte is read.
#[test]
fn too_much_is_refused_before_there_is_room_for_it() {
    let mut waiting = Waiting::make();
    for length in [(MAX_PACKAGE + 1).to_string(), u64::MAX.to_string(), "9".repeat(40)] {
        waiting.twist(move |_, reply| {
            reply.set("content-length", Some(&length));
            reply.is_endless = true;
        });
        assert!(matches!(waiting.refused(), DownloadError::TooLarge));
    }
    for length in ["-1", "x", "1 2", ""] {
        waiting.twist(move |_, reply| reply.set("content-length", Some(length)));
        assert!(matches!(waiting.refused(), DownloadError::NotAPublisher { .. }), "{length}");
    }
    // More than was announced, and no end where nothing was announced.
    waiting.twist(|_, reply| reply.is_endless = true);
    assert!(matches!(waiting.refused(), DownloadError::NotAsAnnounced { what: "length" }));
    waiting.twist(|_, reply| {
        reply.is_endless = true;
        reply.set("content-length", None);
    });
    assert!(matches!(waiting.refused(), DownloadError::TooLarge));
    // A total in a range.
    waiting.twist(|call, reply| match call.header("range") {
        Some(_) => reply.set("content-range", Some("bytes 1000-99999999999/100000000000")),
        None => reply.cut = Some(1000),
    });
    assert!(matches!(waiting.refused(), DownloadError::TooLarge));
    waiting.goes_on();
}

#[test]
fn a_package_without_a_length_is_taken_by_its_hash() {
    let mut waiting = Waiting::make();
    waiting.twist(|_, reply| reply.set("content-length", None));
    assert!(matches!(waiting.online.fetch(waiting.id).unwrap().package, News::Arrived(_)));
    waiting.goes_on();
}

/// What every other answer of a network looks like, at every call of a fetch.
#[test]
fn answers_that_are_no_publishers_change_nothing() {
    for path in ["/keys", "/package"] {
        for (status, body) in
            [(200, "<html>login</html>"), (302, ""), (403, "{}"), (404, "<html>"), (500, "{\"type\":7}")]
        {
            let mut waiting = Waiting::make();
            waiting.online.publisher.twist(move |call, reply| {
                if call.path.ends_with(path) {
                    *reply = Reply { status, body: body.as_bytes().to_vec(), headers: Vec::new(), ..take(reply) };
                }
            });
            let fetched = waiting.online.fetch(waiting.id);
            match fetched {
                // A key list that is none is said, and the package is held against the known one.
                Ok(_) => assert_eq!((path, status), ("/keys", 200)),
                Err(error) => {
                    assert!(matches!(error, DownloadError::NotAPublisher { .. }), "{path} {status} {error:?}")
                }
            }
            waiting.goes_on();
        }
        let mut waiting = Waiting::make();
        waiting.online.publisher.twist(move |call, reply| {
            if call.path.ends_with(path) {
                (reply.status, reply.body) = (503, b"busy".to_vec());
            }
        });
        assert!(matches!(waiting.refused(), DownloadError::TryLater));
        waiting.online.publisher.twist(move |call, reply| {
            if call.path.ends_with(path) {
                reply.lost = Some(HttpError::Untrusted);
            }
        });
        waiting.online.publisher.calls();
        assert!(matches!(waiting.refused(), DownloadError::Http(HttpError::Untrusted)));
        let calls = waiting.online.publisher.calls();
        assert_eq!(calls.iter().filter(|call| call.path.ends_with(path)).count(), 1, "not tried again");
        waiting.goes_on();
    }
}

fn take(reply: &mut Reply) -> Reply {
    let Reply { status, headers, body, cut, lost, is_endless } = reply;
    let (headers, body) = (std::mem::take(headers), std::mem::take(body));
    Reply { status: *status, headers, body, cut: *cut, lost: *lost, is_endless: *is_endless }
}

#[test]
fn whoever_stops_it_keeps_what_came() {
    let mut waiting = Waiting::make();
    let (cancel, seen) = (AtomicBool::new(false), RefCell::new(Vec::new()));
    let progress = |done, total| {
        seen.borrow_mut().push((done, total));
        cancel.store(done > 40_000, Ordering::Relaxed);
    };
    let mut partial = None;
    let watch = DownloadWatch { progress: &progress, cancel: &cancel };
    let stopped = fetch(&mut waiting.online.phone, waiting.id, &waiting.online.publisher, &watch, &mut partial);
    assert!(matches!(stopped, Err(DownloadError::Cancelled)) && partial.is_some());
    let total = Some(waiting.package.len() as u64);
    assert_eq!(*seen.borrow(), [(16 << 10, total), (32 << 10, total), (48 << 10, total)]);
    assert!(matches!(waiting.online.fetch_on(waiting.id, &mut partial).unwrap().package, News::Arrived(_)));
    waiting.goes_on();
}

/// No error and no print holds a token, a key, a birth date or an address with an id in it.
#[test]
fn errors_hold_nothing_of_anybody() {
    let mut waiting = Waiting::make();
    waiting.twist(|_, reply| reply.body[200] ^= 1);
    let error = waiting.refused();
    let text = format!("{error} {error:?} {:?}", mykarte::download::linked(&waiting.online.phone).unwrap());
    assert!(!text.contains("1957") && !text.contains("見本"), "{text}");
    for call in waiting.online.publisher.calls() {
        if let Some(token) = call.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) {
            assert!(!text.contains(token) && !call.path.contains(token));
        }
    }
}
