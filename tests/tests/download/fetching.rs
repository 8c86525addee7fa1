//! Which key list, which package, and which of them not again.

use mykarte::download::{ListNews, News};
use mykarte::vault::package::PackageError;
use mykarte_tests::hospital::{Hospital, accept, receive};
use mykarte_tests::online::Online;
use mykarte_tests::phone::{files, imported};

#[test]
fn newer_key_lists_come_first_and_a_forged_one_stops_nothing() {
    let (mut online, id) = Online::received(&files()[..2]);
    let key = online.hospital.issuer.make_key().unwrap();
    let list = online.hospital.root.add(&online.hospital.list, key).unwrap();
    let old = std::mem::replace(&mut online.hospital.list, list.clone());
    online.publisher.put_list(&list);
    online.issue(id, &files());
    // Signed with a key that only the newer list has.
    let fetched = online.fetch(id).unwrap();
    assert!(matches!(fetched.list, ListNews::Newer));
    let News::Arrived(arrival) = fetched.package else { panic!("nothing arrived") };
    accept(&mut online.phone, *arrival).unwrap();

    online.publisher.put_list(&old);
    assert!(matches!(online.fetch(id).unwrap().list, ListNews::Known), "an older one is no news");
    let other = Hospital::of_storage(online.dir.path());
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            reply.body = other.list.as_bytes().to_vec();
        }
    });
    let fetched = online.fetch(id).unwrap();
    assert!(matches!(fetched.list, ListNews::Refused(PackageError::OtherRoot)), "{:?}", fetched.list);
    assert!(matches!(fetched.package, News::Unchanged));
}

/// The list is put between the two calls of a fetch.
#[test]
fn a_package_of_a_key_that_is_newer_than_the_list_asks_for_the_list_again() {
    let (mut online, id) = Online::received(&files()[..2]);
    let key = online.hospital.issuer.make_key().unwrap();
    online.hospital.list = online.hospital.root.add(&online.hospital.list, key).unwrap();
    online.issue(id, &files());
    let (new, mut asked) = (online.hospital.list.as_bytes().to_vec(), 0);
    online.publisher.twist(move |call, reply| {
        if call.path.ends_with("/keys") {
            asked += 1;
            if asked > 1 {
                reply.body = new.clone();
            }
        }
    });
    assert!(online.take(id).unwrap().is_some());
    assert_eq!(online.labs(), 2);
}

#[test]
fn a_damaged_record_is_fetched_again_although_it_is_the_newest() {
    let (mut online, id) = Online::received(&files());
    assert!(online.take(id).unwrap().is_none());
    let record = online.phone.records().unwrap()[0].id;
    online.phone.vault_mut().delete(record).unwrap();
    assert!(!online.take(id).unwrap().unwrap().was_there);
    assert_eq!(online.labs(), 2);
}

#[test]
fn what_came_by_stick_is_not_fetched_again() {
    let (mut online, id) = Online::received(&files()[..2]);
    let offer = online.publisher.offer(id);
    let package = online.hospital.issue(imported(&files()), &offer);
    receive(&mut online.phone, &package).unwrap();
    online.publisher.put(id, package);
    assert!(online.take(id).unwrap().is_none());
    let now = online.phone.enrolments().unwrap()[0].offer.clone().unwrap();
    assert_eq!(online.publisher.offer(id), now, "the key is told with the next fetch");
}
