//! Any bytes as a package: its outside is read as it stands there, and one that was changed is refused. Parts that were
//! sealed come out the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::{edited, vector};
use mykarte_vault::package::{Enrolment, Issue, IssueNumber, Outside, Part, SigningKey, Subject, verify};
use std::sync::LazyLock;

static PACKAGE: LazyLock<Vec<u8>> = LazyLock::new(|| vector("package-v1/package.mykarte"));
static PHONE: LazyLock<Enrolment> = LazyLock::new(|| Enrolment::decode(&vector("package-v1/enrolment.bin")).unwrap());

fn written(outside: &Outside) -> Vec<u8> {
    let ids: [&[u8]; 4] = [
        outside.hospital.as_bytes(),
        outside.signing_key.as_bytes(),
        outside.enrolment.as_bytes(),
        outside.recipient.as_bytes(),
    ];
    let (number, payload) = (outside.number, u64::from(outside.chunks) << 16);
    let numbers = [&number.epoch.to_be_bytes()[..], &number.counter.to_be_bytes(), &payload.to_be_bytes()];
    [&b"MYKARTEP\0\0\0\x01\0\0\0\x01"[..], &ids.concat(), &numbers.concat()].concat()
}

fn changed(bytes: &[u8]) {
    if let Ok(outside) = Outside::read(bytes) {
        assert!(bytes.starts_with(&written(&outside)));
    }
    let is_same = bytes == PACKAGE.as_slice();
    assert_eq!(verify(bytes, PHONE.list()).is_ok(), is_same);
    assert_eq!(PHONE.open(bytes).is_ok(), is_same);
}

fn sealed(metas: &[u8]) {
    let issue = Issue {
        hospital: PHONE.hospital(),
        signing_key: &SigningKey::dangerous_from_bytes(b"signing key of the test vectors "),
        enrolment: PHONE.id(),
        recipient: PHONE.offer().offer().recipient,
        number: IssueNumber { epoch: 2, counter: 1 },
        issued_at: 0,
        subject: Subject { patient_id: String::new().into(), birth_date: String::new().into() },
        profile_sha256: [0; 32],
        content_form: 1,
        list_number: 5,
    };
    let part = |(at, meta): (u32, &[u8])| {
        Part::new(&[meta, metas].concat()).unwrap().at(["a", "labs"][at as usize % 2], at, meta)
    };
    let parts: Vec<Part> = (0..).zip(metas.split(|byte| *byte == 0)).map(part).collect();
    let Ok(package) = issue.seal(&parts) else { return };
    let opened = PHONE.open(&package).unwrap().1;
    assert_eq!(opened.parts.len(), parts.len());
    for part in &opened.parts {
        let sealed = parts.iter().find(|sealed| sealed.seq == part.seq).unwrap();
        assert_eq!((&part.section, &part.meta, part.plain()), (&sealed.section, &sealed.meta, sealed.plain()));
    }
}

fuzz_target!(|input: &[u8]| {
    match input.split_first() {
        Some((0, input)) => changed(input),
        Some((1..128, input)) => changed(&edited(&PACKAGE, input)),
        Some((_, input)) => sealed(input),
        None => {}
    }
});
