//! What an enrolment remembers of packages, and what it lets go of.

use super::*;

fn issue(world: &World, enrolment: &Enrolment, counter: u64) -> Vec<u8> {
    let recipient = enrolment.offer().offer().recipient;
    Issue { recipient, number: IssueNumber { epoch: 3, counter }, ..world.issue() }.seal(&parts()).unwrap()
}

fn received(enrolment: &Enrolment, package: &[u8]) -> Enrolment {
    let (verified, opened, _) = enrolment.open(package).unwrap();
    enrolment.after(&verified, &opened.origin).unwrap()
}

/// Where bytes stand in others.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[test]
fn a_package_is_the_first_a_newer_the_same_or_refused() {
    let world = World::make();
    let order = |enrolment: &Enrolment, package: &[u8]| enrolment.open(package).map(|(_, _, order)| order);
    let package = issue(&world, &world.enrolment, 7);
    assert_eq!((world.enrolment.last(), order(&world.enrolment, &package)), (None, Ok(Order::First)));
    let after = received(&world.enrolment, &package);
    let last = after.last().unwrap();
    assert_eq!((last.number.counter, last.issued_at, &last.subject), (7, ISSUED_AT, &subject("1957-03-08")));
    assert_eq!(order(&after, &package), Ok(Order::Same));
    assert_eq!(order(&after, &issue(&world, &after, 8)), Ok(Order::Newer));
    assert_eq!(order(&after, &issue(&world, &after, 7)), Err(PackageError::SameNumber));
    assert!(matches!(order(&after, &issue(&world, &after, 6)), Err(PackageError::Older { .. })));
}

/// A key is gone when a package was sealed to a later one.
#[test]
fn an_older_key_goes_when_a_later_one_was_used() {
    let world = World::make();
    let first = issue(&world, &world.enrolment, 1);
    let after = received(&world.enrolment, &first);
    assert!(find(&after.encode(), world.device().dangerous_bytes()).is_some(), "the next may be sealed to it still");
    let later = received(&after, &issue(&world, &after, 2));
    assert!(find(&later.encode(), world.device().dangerous_bytes()).is_none());
    assert!(find(&later.encode(), after.newest_key().dangerous_bytes()).is_some());
    assert_eq!(later.open(&first).unwrap_err(), PackageError::OtherDevice);
}

/// What packages were sealed to is in no byte of it, and nobody can speak for the device any more.
#[test]
fn an_enrolment_that_ended_has_none_of_its_keys() {
    let world = World::make();
    let package = issue(&world, &world.enrolment, 1);
    let enrolment = received(&world.enrolment, &package);
    let ended = enrolment.ended().unwrap();
    assert_eq!((ended.id(), ended.list(), ended.last()), (enrolment.id(), enrolment.list(), enrolment.last()));
    assert_eq!(ended.open(&package).unwrap_err(), PackageError::OtherDevice);
    for key in [world.device(), enrolment.newest_key()] {
        assert!(find(&ended.encode(), key.dangerous_bytes()).is_none());
    }
    assert_ne!(ended.offer().offer().device, enrolment.offer().offer().device);
}

/// Two keys of one number, or one key of two numbers, are none that we wrote.
#[test]
fn keys_that_do_not_ascend_are_no_enrolment() {
    let world = World::make();
    let enrolment = received(&world.enrolment, &issue(&world, &world.enrolment, 1));
    let good = enrolment.encode();
    let places = [world.device(), enrolment.newest_key()].map(|key| find(&good, key.dangerous_bytes()).unwrap());
    assert!(Enrolment::decode(&good).is_some());
    for of in [places[0] - 4..places[0], places[0]..places[0] + 32] {
        let mut bent = good.to_vec();
        bent.copy_within(of.clone(), of.start + places[1] - places[0]);
        assert!(Enrolment::decode(&bent).is_none(), "{of:?}");
    }
}
