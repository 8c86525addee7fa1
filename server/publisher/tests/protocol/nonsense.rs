//! Whatever else is sent: a short problem document, and the next caller is served.

use crate::support::{Hospital, place};
use mykarte_wire::path;
use mykarte_wire::problem::Kind;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn nonsense_gets_a_problem_without_a_word_of_anybody() {
    let place = place();
    let phone = Hospital::at(&place).enrolled(&place);
    let bearer = format!("Bearer {}", *phone.token().dangerous_text());
    let large = vec![b'1'; 20_000];
    let key = phone.at(path::NEXT_KEY);
    type Case<'a> = (&'a str, &'a str, Option<&'a [u8]>, u16, Kind);
    let cases: [Case<'_>; 9] = [
        ("GET", "/", None, 404, Kind::NotFound),
        ("GET", "/v1/enrolments/../../etc/passwd", None, 404, Kind::NotFound),
        ("GET", "/v1/enrolments/zz/package", None, 404, Kind::NotFound),
        ("DELETE", path::ENROLMENTS, None, 405, Kind::Method),
        ("POST", path::ENROLMENTS, Some(b"{"), 400, Kind::Malformed),
        ("POST", path::ENROLMENTS, Some(br#"{"request":"!!"}"#), 400, Kind::Malformed),
        ("POST", path::ENROLMENTS, Some(br#"{"request":"AAAA"}"#), 400, Kind::Malformed),
        ("POST", path::ENROLMENTS, Some(&large), 413, Kind::TooLarge),
        ("PUT", &key, Some(br#"{"offer":"AAAA"}"#), 400, Kind::Malformed),
    ];
    for (method, at, body, status, kind) in cases {
        let answer = place.call(method, at, &[("authorization", &bearer)], body).is(status);
        assert_eq!(answer.problem(), kind, "{method} {at}");
        assert!(answer.body.len() < 300);
    }
    for scheme in ["", "Basic AAAA", "Bearer", "Bearer AAAA"] {
        let answer = place.call("GET", &phone.at(path::STATUS), &[("authorization", scheme)], None);
        assert_eq!(answer.is(401).problem(), Kind::Token);
    }
    place.call("GET", path::HEALTH, &[], None).is(200);
}

/// Half a call, and a body that says more than comes: others are served meanwhile.
#[test]
fn half_a_call_keeps_nobody_away() {
    let place = place();
    let address = place.base.trim_start_matches("http://").to_owned();
    let mut open = Vec::new();
    for text in ["POST /v1/enrol", "POST /v1/enrolments HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{", ""] {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        open.push(stream);
    }
    place.call("GET", path::HEALTH, &[], None).is(200);
    // The slow body is told so.
    let mut answer = String::new();
    open[1].read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"), "{answer}");
}

#[test]
fn the_interface_is_described_by_the_publisher_itself() {
    let place = place();
    let description: serde_json::Value = place.call("GET", path::OPENAPI, &[], None).is(200).json();
    assert!(description["paths"][path::PACKAGE]["get"]["responses"]["206"].is_object());
}
