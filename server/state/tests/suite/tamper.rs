//! Somebody with the database in hand changes what was recorded; verifying names where.

use mykarte_state::audit::{Broken, Flaw, Tail, Verdict, verify};
use mykarte_state::{Record, Store};
use mykarte_vault::ChainId;
use mykarte_vault::chain::{Head, Place};
use mykarte_vault::package::{SignatureFlaw, SigningKey};

use crate::Database;
use crate::cases::add;

const ALL: u64 = 120;

struct Written {
    store: Box<dyn Store>,
    records: Vec<Record>,
    key: SigningKey,
    head: Head,
}

impl Written {
    fn new(database: &impl Database) -> Self {
        let store = database.open();
        add(&*store, "a", usize::try_from(ALL).unwrap());
        let reached = store.reached().unwrap();
        let head = Head { chain: reached.chain, count: reached.count, place: reached.place, at: 1_780_000_000 };
        Self { records: store.records(1, 1_000).unwrap(), key: SigningKey::make().unwrap(), head, store }
    }

    fn verify(&self) -> Verdict {
        verify(&*self.store, &[], None).unwrap()
    }

    fn verify_with_head(&self) -> Verdict {
        self.verify_against(&self.head)
    }

    fn verify_against(&self, head: &Head) -> Verdict {
        self.verify_with(&[head.sign(&self.key)])
    }

    fn verify_with(&self, heads: &[Vec<u8>]) -> Verdict {
        verify(&*self.store, heads, Some(&self.key.verifying_key())).unwrap()
    }

    /// The head that was signed when so many records were there.
    fn head_at(&self, count: u64) -> Head {
        Head { count, place: self.records[usize::try_from(count).unwrap() - 1].place, ..self.head }
    }

    /// Chains the records anew, numbers in their text too: all that can be done without the key.
    fn forge(&self, mut records: Vec<Record>) -> Vec<Record> {
        let mut place = Place::start(self.head.chain);
        for (number, record) in (1..).zip(&mut records) {
            let text = String::from_utf8(record.json.clone()).unwrap();
            let json = format!("{{\"n\":{number},{}", text.split_once(',').unwrap().1).into_bytes();
            place = place.after(number, &json);
            *record = Record { number, json, place };
        }
        records
    }
}

fn broken(number: u64, flaw: Flaw) -> Option<Broken> {
    Some(Broken { number, flaw })
}

pub fn what_was_written_is_intact(database: &impl Database) {
    let written = Written::new(database);
    let vouched = Tail::Vouched { count: ALL, at: written.head.at };
    let verdict = written.verify();
    assert_eq!(verdict, Verdict { intact: ALL, broken: None, tail: Tail::Unproven });
    assert!(verdict.is_intact() && verdict.to_string().contains("missing at the end"), "{verdict}");
    assert_eq!(written.verify_with_head(), Verdict { intact: ALL, broken: None, tail: vouched });
    // More records come, and the head is still right for those that it knows.
    add(&*written.store, "b", 7);
    assert_eq!(written.verify_with_head(), Verdict { intact: ALL + 7, broken: None, tail: vouched });
    // Writing the rows anew is itself no change.
    database.put_records(&written.records);
    assert_eq!(written.verify_with_head(), Verdict { intact: ALL, broken: None, tail: vouched });
}

pub fn an_edit_is_named(database: &impl Database) {
    let written = Written::new(database);
    for at in [0, 1, 57, 118, 119] {
        let number = at as u64 + 1;
        let with = |edit: &dyn Fn(&mut Record)| {
            let mut records = written.records.clone();
            edit(&mut records[at]);
            database.put_records(&records);
            let verdict = written.verify();
            assert_eq!(verdict, Verdict { intact: number - 1, ..verdict });
            assert_eq!(written.verify_with_head().broken, verdict.broken);
            verdict.broken
        };
        let last = written.records[at].json.len() - 2;
        assert_eq!(with(&|record| record.json[last] ^= 1), broken(number, Flaw::Changed));
        assert_eq!(with(&|record| record.json.push(b' ')), broken(number, Flaw::Changed));
        assert_eq!(with(&|record| record.json.clear()), broken(number, Flaw::Changed));
        assert_eq!(with(&|record| record.json[5] = b'9'), broken(number, Flaw::OutOfOrder));
        assert_eq!(with(&|record| record.place.0[31] ^= 1), broken(number, Flaw::Changed));
    }
}

pub fn a_deletion_is_named(database: &impl Database) {
    let written = Written::new(database);
    for at in [0, 1, 57, 118] {
        let mut records = written.records.clone();
        records.remove(at);
        database.put_records(&records);
        let number = at as u64 + 1;
        assert_eq!(written.verify().broken, broken(number, Flaw::Missing));
        for record in &mut records[at..] {
            record.number -= 1;
        }
        database.put_records(&records);
        assert_eq!(written.verify().broken, broken(number, Flaw::OutOfOrder));
        database.put_records(&written.forge(records));
        // Without a head a chain that was forged to its end looks like one.
        assert_eq!(written.verify().broken, None);
        assert_eq!(written.verify_with_head().broken, broken(ALL, Flaw::Missing));
        add(&*written.store, "after", 3);
        assert_eq!(written.verify_with_head().broken, broken(ALL, Flaw::PlaceDiffers { from: 1 }));
    }
}

pub fn an_insertion_is_named(database: &impl Database) {
    let written = Written::new(database);
    for at in [0_usize, 57, 119] {
        let number = at as u64 + 1;
        let mut records = written.records.clone();
        let before = at.checked_sub(1).map_or(Place::start(written.head.chain), |at| records[at].place);
        let json = format!("{{\"n\":{number},\"at\":1}}").into_bytes();
        for record in &mut records[at..] {
            record.number += 1;
        }
        records.insert(at, Record { number, place: before.after(number, &json), json });
        database.put_records(&records);
        assert_eq!(written.verify().broken, broken(number + 1, Flaw::OutOfOrder));
        database.put_records(&written.forge(records));
        assert_eq!(written.verify().broken, None);
        assert_eq!(written.verify_with_head().broken, broken(ALL, Flaw::PlaceDiffers { from: 1 }));
    }
}

pub fn another_order_is_named(database: &impl Database) {
    let written = Written::new(database);
    for (one, other) in [(0, 1), (3, 90), (118, 119)] {
        let mut records = written.records.clone();
        records.swap(one, other);
        (records[one].number, records[other].number) = (records[other].number, records[one].number);
        database.put_records(&records);
        assert_eq!(written.verify().broken, broken(one as u64 + 1, Flaw::OutOfOrder));
    }
}

pub fn a_cut_tail_is_named_by_a_head(database: &impl Database) {
    let written = Written::new(database);
    for cut in 1..=100 {
        let left = ALL - cut;
        database.put_records(&written.records[..usize::try_from(left).unwrap()]);
        assert_eq!(written.verify(), Verdict { intact: left, broken: None, tail: Tail::Unproven });
        let verdict = written.verify_with_head();
        assert_eq!((verdict.intact, verdict.broken), (left, broken(left + 1, Flaw::Missing)));
        assert!(!verdict.is_intact());
    }
    // Grown again to the length of before: by other records.
    add(&*written.store, "again", 100);
    assert_eq!(written.verify().broken, None);
    assert_eq!(written.verify_with_head().broken, broken(ALL, Flaw::PlaceDiffers { from: 1 }));
}

pub fn a_head_that_says_nothing_is_said(database: &impl Database) {
    let written = Written::new(database);
    let (head, other) = (written.head, SigningKey::make().unwrap());
    let refused = |flaw| Verdict { intact: ALL, broken: None, tail: Tail::HeadRefused { flaw } };
    let signed = head.sign(&other);
    let with = |signed: &[u8]| written.verify_with(&[signed.to_vec()]);
    assert_eq!(with(&signed), refused(Some(SignatureFlaw::Wrong)));
    assert_eq!(with(b""), refused(Some(SignatureFlaw::Missing)));
    assert_eq!(verify(&*written.store, std::slice::from_ref(&signed), None).unwrap(), refused(None));
    let elsewhere = Head { chain: ChainId::make().unwrap(), ..head };
    assert_eq!(written.verify_against(&elsewhere).tail, Tail::OtherChain);
    assert!(!written.verify_against(&elsewhere).is_intact() && !with(&signed).is_intact());
}

/// A second place that kept every head: the first that does not fit says between which records it was done.
pub fn many_heads_say_where(database: &impl Database) {
    let written = Written::new(database);
    let at = |counts: &[u64]| -> Vec<Vec<u8>> {
        counts.iter().map(|count| written.head_at(*count).sign(&written.key)).collect()
    };
    let all = at(&[120, 30, 60, 90, 60]);
    let vouched = Tail::Vouched { count: ALL, at: written.head.at };
    assert_eq!(written.verify_with(&all), Verdict { intact: ALL, broken: None, tail: vouched });
    let mut records = written.records.clone();
    records.remove(70);
    database.put_records(&written.forge(records));
    let verdict = written.verify_with(&all);
    assert_eq!((verdict.intact, verdict.broken), (60, broken(90, Flaw::PlaceDiffers { from: 61 })));
    // The last head alone, or a first one that is refused, hides nothing.
    assert_eq!(written.verify_with(&at(&[120])).broken, broken(ALL, Flaw::Missing));
    let refused = [vec![vec![7; 132]], at(&[90])].concat();
    let verdict = written.verify_with(&refused);
    assert_eq!(verdict.broken, broken(90, Flaw::PlaceDiffers { from: 1 }));
    assert!(matches!(verdict.tail, Tail::HeadRefused { .. }));
    // Cut to where the heads before still fit.
    database.put_records(&written.records[..100]);
    assert_eq!(written.verify_with(&all).broken, broken(101, Flaw::Missing));
    // Of one number two heads that both were signed cannot both be right.
    database.put_records(&written.records);
    let fork = Head { place: Place([9; 32]), ..written.head_at(60) }.sign(&written.key);
    let verdict = written.verify_with(&[at(&[60, 120]), vec![fork]].concat());
    assert!(matches!(verdict.broken, Some(Broken { number: 60, flaw: Flaw::PlaceDiffers { .. } })), "{verdict}");
}
