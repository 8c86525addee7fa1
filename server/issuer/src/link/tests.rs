//! A publisher that was broken into answers for as long as it is asked: the issuer does not ask for ever.

use super::*;
use mykarte_wire::issuer::EndedBy;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A publisher in whose place `page` answers: with the name behind which it is asked, and how often it was.
struct Publisher {
    link: Link,
    asked: Arc<AtomicUsize>,
}

impl Publisher {
    fn with(page: impl Fn(u128, usize) -> EnrolmentPage + Send + 'static) -> Publisher {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while let Some(Ok(first)) = lines.next() {
                let after = first.split(['=', ' ']).nth(2).and_then(|id| u128::from_str_radix(id, 16).ok());
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let page = page(after.unwrap_or(0), counted.fetch_add(1, Ordering::Relaxed));
                let body = serde_json::to_vec(&page).unwrap();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                (&stream).write_all(&[head.as_bytes(), &body].concat()).unwrap();
            }
        });
        let link = Link::to(&address, &Token::make().unwrap(), None, true).unwrap();
        Publisher { link, asked }
    }
}

/// How many came; a failing test prints no more.
fn count(publisher: &Publisher) -> Result<usize, LinkError> {
    publisher.link.enrolments().map(|all| all.len())
}

fn lines(after: u128, count: usize) -> Vec<EnrolmentLine> {
    let line = |n: usize| EnrolmentLine {
        hospital: None,
        enrolment: EnrolmentId::from_bytes((after + 1 + n as u128).to_be_bytes()),
        ended: Some(EndedBy::Hospital),
        revocation: None,
        offer: None,
        package: None,
    };
    (0..count).map(line).collect()
}

#[test]
fn all_pages_of_an_honest_publisher_are_taken() {
    // The middle one is short: of some nobody is told.
    let publisher = Publisher::with(|after, asked| match asked {
        0 | 2 => EnrolmentPage { enrolments: lines(after, PAGE), more: true },
        1 => EnrolmentPage { enrolments: lines(after, 1), more: true },
        _ => EnrolmentPage { enrolments: lines(after, 7), more: false },
    });
    assert_eq!(count(&publisher), Ok(2 * PAGE + 8));
}

#[test]
fn a_publisher_that_never_ends_is_asked_a_thousand_times_and_no_more() {
    for a_page in [PAGE, 1] {
        // Where nobody stops asking it is gone in the end, for the test to fail.
        let publisher = Publisher::with(move |after, asked| {
            assert!(asked < 2_000);
            EnrolmentPage { enrolments: lines(after, a_page), more: true }
        });
        assert_eq!(count(&publisher), Err(LinkError::Endless { most: MAX_ENROLMENTS }), "{a_page} a page");
        assert!(publisher.asked.load(Ordering::Relaxed) <= MAX_ENROLMENTS / PAGE);
    }
}

#[test]
fn a_page_that_is_none_is_not_taken() {
    let larger = Publisher::with(|after, _| EnrolmentPage { enrolments: lines(after, PAGE + 1), more: false });
    assert_eq!(count(&larger), Err(LinkError::NotAPublisher { status: 200 }));
    let again = Publisher::with(|_, _| EnrolmentPage { enrolments: lines(0, PAGE), more: true });
    assert_eq!(count(&again), Err(LinkError::NotAPublisher { status: 200 }));
    // Neither a name twice in one page.
    let twice = Publisher::with(|after, _| EnrolmentPage {
        enrolments: [lines(after, 3), lines(after, 3)].concat(),
        more: false,
    });
    assert_eq!(count(&twice), Err(LinkError::NotAPublisher { status: 200 }));
}
