//! `counter STORAGE PATIENT [PROFILE]`: a hospital's counter with a real publisher on this machine, for the suites of the
//! bindings. Orders come in lines, and every order is answered by one line:
//!
//! ```text
//! ticket     the text of a new ticket         cut N      the connection to the phone breaks after N more bytes
//! look       the digits, or `waiting`         hold N     after N more bytes nothing comes any more, until `go`
//! confirm    staff saw the same digits        lost       there is no way to the publisher, until `back`
//! issue      how many packages went out       sent       bytes that went to the phone since the last `sent`
//! withdraw   how many enrolments ended        ended      how many enrolments their devices have ended
//! ```

mod desk;
mod network;

use desk::Hospital;
use network::Network;
use std::io::{BufRead, Write};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (storage, patient, profile) = match &args[..] {
        [storage, patient] => (storage, patient, None),
        [storage, patient, profile] => (storage, patient, Some(profile)),
        _ => panic!("usage: counter STORAGE PATIENT [PROFILE]"),
    };
    let hospital = Hospital::open(storage.as_ref(), patient, profile.map(AsRef::as_ref));
    let network = Network::to(hospital.publisher());
    let (mut out, mut ticket) = (std::io::stdout(), None);
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (order, number) = line.split_once(' ').unwrap_or((&line, "0"));
        let number = || number.parse().expect("a number of bytes");
        let answer = match order {
            "ticket" => {
                let printed = hospital.print(&network.address());
                ticket = Some(printed.id);
                printed.dangerous_text().to_string()
            }
            "look" => hospital.look(ticket.expect("a ticket")).unwrap_or("waiting".into()),
            "confirm" => hospital.confirm(ticket.expect("a ticket")),
            "issue" => hospital.issue().issued.to_string(),
            "ended" => hospital.issue().ended.to_string(),
            "withdraw" => hospital.withdraw().to_string(),
            "cut" => network.cut(number()),
            "hold" => network.hold(number()),
            "go" => network.go(),
            "lost" => network.lose(),
            "back" => network.come_back(),
            "sent" => network.sent().to_string(),
            other => panic!("no order is called {other}"),
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
}
