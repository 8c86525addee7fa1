//! Packages while a copy is down, and while their enrolment ends.

use super::*;

/// A database that was set up anew, or is another publisher's, knows nobody: nothing may be deleted for that.
#[test]
fn a_sweep_takes_what_is_known_to_be_left_and_nothing_else() {
    let place = place();
    let (ended, unknown) = (EnrolmentId::make().unwrap(), EnrolmentId::make().unwrap());
    place.publisher.withdraw(ended).unwrap();
    let (left, others) = (place.object("east", ended), place.object("east", unknown));
    place.runtime.block_on(place.publisher.sweep()).unwrap();
    assert!(!left.exists() && others.exists());
}

/// The first copy is down for a night: the second is swept, and the first is said to be down.
#[test]
fn a_sweep_goes_on_with_the_other_copies() {
    let place = place();
    let ended = EnrolmentId::make().unwrap();
    place.publisher.withdraw(ended).unwrap();
    let left = place.object("west", ended);
    place.break_copy("east");
    let swept = place.runtime.block_on(place.publisher.sweep());
    assert!(
        matches!(&swept, Err(Refused::Copy(crate::packages::CopyError::Unavailable { name, .. })) if name == "east")
    );
    assert!(!left.exists());
}

/// A package that only the first copy took goes at once; one that could not be taken back goes with a later sweep.
#[test]
fn a_put_that_fails_at_one_copy_leaves_nothing_at_the_others() {
    let place = place();
    let (phone, _) = place.enrolled();
    let put = || place.runtime.block_on(place.publisher.put_package(phone.id(), Bytes::from_static(b"package")));
    place.break_copy("west");
    assert!(matches!(put(), Err(Refused::Copy(_))));
    assert_eq!(place.files(&phone), Vec::<PathBuf>::new());
    place.mend_copy("west");
    put().unwrap();
    assert_eq!(place.files(&phone).len(), 2);
    // As an earlier program, or one that was killed, left it.
    let left = place.object("east", phone.id());
    place.runtime.block_on(place.publisher.sweep()).unwrap();
    assert!(!left.exists() && place.files(&phone).len() == 2);
}

/// When a withdrawal has been answered nothing of the enrolment is on any copy, whatever was being put meanwhile.
#[test]
fn a_package_that_is_put_while_its_enrolment_is_withdrawn_leaves_nothing() {
    let place = place();
    for round in 0..40 {
        let (phone, _) = place.enrolled();
        let (publisher, id) = (place.publisher.clone(), phone.id());
        let put = place.runtime.spawn(async move { publisher.put_package(id, vec![7; 1 << 20].into()).await });
        // From before its first byte to behind its last.
        std::thread::sleep(Duration::from_micros(round * 250));
        place.publisher.withdraw(id).unwrap();
        let copies = place.runtime.block_on(place.publisher.forget(id));
        assert!(copies.iter().all(|copy| copy.gone));
        assert_eq!(place.files(&phone), Vec::<PathBuf>::new(), "round {round}");
        let _ = place.runtime.block_on(put).unwrap();
        assert_eq!(place.files(&phone), Vec::<PathBuf>::new(), "round {round}");
    }
}
