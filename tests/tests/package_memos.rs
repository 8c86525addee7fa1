//! Emergency memos and packages: what a doctor wrote in the disaster is never lost, to no package and no profile.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use mykarte::package::ReceiveError;
use mykarte::record::profile::Profile;
use mykarte::record::{Entry, Section};
use mykarte::ssmix2::clinical::Memo;
use mykarte_tests::hospital::{receive, whole};
use mykarte_tests::phone::{Place, files, with_bent_byte};
use mykarte_tests::profiles;
use mykarte_tests::storage::{self, memo};

#[test]
fn emergency_memos_are_never_lost() {
    let mut place = Place::make();
    let mut all = files();
    all.push(memo("20240402", "避難所にて発熱"));
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();
    for profile in [Profile::full(), profiles::without_sections(&[Section::Memos])] {
        let package = place.hospital.issue(storage::imported(&files(), profile), &place.offer());
        let received = receive(&mut place.phone, &package).unwrap();
        let record = whole(&place.phone);
        assert_eq!((received.carried_memos, record.memos.len()), (1, 1));
        assert_eq!(record.summary.counts.memos, 1);
        assert!(!record.summary.hides(Section::Memos));
        let changed = place.phone.changed_since_signed(received.record).unwrap();
        assert_eq!(changed, Some(vec!["memos".to_string(), "summary".to_string()]), "no more than that");
        let is_signed = |section| place.phone.is_signed(received.record, section).unwrap();
        assert_eq!((is_signed(Section::Memos), is_signed(Section::Labs)), (Some(false), Some(true)));
    }
}

/// Not even who wrote one and where: what was provided once is not lost to a profile of today.
#[test]
fn a_memo_stays_whole_under_a_profile_that_hides_parts_of_it() {
    let mut place = Place::make();
    let all = [files(), vec![memo("20240402", "避難所にて発熱"), memo("20240403", "解熱")]].concat();
    let package = place.issue(&all);
    receive(&mut place.phone, &package).unwrap();
    let before = whole(&place.phone).memos;
    assert!(before[0].body.author.is_some() && before[0].body.place.is_some());
    let profile = || {
        profiles::profile(|p| {
            profiles::hide_field(p, Section::Memos, "author");
            profiles::hide_field(p, Section::Memos, "place");
        })
    };
    // One memo is brought again without author and place, one is not brought at all.
    for (files, profile, carried) in
        [(&all[..4], profile(), 2), (&all[..], profile(), 2), (&all[..], Profile::full(), 0)]
    {
        let package = place.hospital.issue(storage::imported(files, profile), &place.offer());
        assert_eq!(receive(&mut place.phone, &package).unwrap().carried_memos, carried);
        let now = whole(&place.phone);
        let bodies = |memos: &[Entry<Memo>]| memos.iter().map(|memo| memo.body.clone()).collect::<Vec<_>>();
        assert_eq!(bodies(&now.memos), bodies(&before));
        assert_eq!((now.summary.counts.memos, now.summary.sections[&Section::Memos].entries), (2, 2));
    }
}

/// A page of the file went bad in which memos lie: a package that brings the same memos again mends it, one that does not is
/// refused, for they would be lost.
#[test]
fn damaged_memos_are_mended_by_a_package_that_holds_them() {
    let mut place = Place::make();
    let with_memo = [files(), vec![memo("20240402", "避難所にて発熱")]].concat();
    let package = place.issue(&with_memo);
    receive(&mut place.phone, &package).unwrap();
    let again = place.issue(&with_memo);
    let without = place.issue(&files());
    with_bent_byte(place, memos_alone_are_damaged, |open| {
        refused_for_memos(receive(&mut open(), &without));
        let mut phone = open();
        receive(&mut phone, &again).unwrap();
        assert_eq!(whole(&phone).memos.len(), 1);
    });
}

/// Memos that were taken over are in no package: not even the same package may replace them unread.
#[test]
fn damaged_memos_that_were_taken_over_are_not_given_up() {
    let mut place = Place::make();
    let package = place.issue(&[files(), vec![memo("20240402", "避難所にて発熱")]].concat());
    receive(&mut place.phone, &package).unwrap();
    let other = [files(), vec![memo("20240403", "解熱")]].concat();
    let same = place.issue(&other);
    assert_eq!(receive(&mut place.phone, &same).unwrap().carried_memos, 1);
    let next = place.issue(&other);
    with_bent_byte(place, memos_alone_are_damaged, |open| {
        refused_for_memos(receive(&mut open(), &same));
        refused_for_memos(receive(&mut open(), &next));
    });
}

fn memos_alone_are_damaged(archive: &mykarte::Archive) -> bool {
    let Ok(records) = archive.records() else { return false };
    let Some(Ok(record)) = records.first().map(|info| archive.record(info.id)) else { return false };
    let is_whole = |section: &Section| record.each(*section, |_| ()) == mykarte::Damage::default();
    let damaged: Vec<Section> = Section::ALL.into_iter().filter(|section| !is_whole(section)).collect();
    damaged == [Section::Memos]
}

fn refused_for_memos<T: std::fmt::Debug>(result: Result<T, ReceiveError>) {
    assert!(matches!(result, Err(ReceiveError::Import(mykarte::ImportError::StoredMemosDamaged))), "{result:?}");
}
