//! What the publisher answers.

use super::{Call, Reply, Row, State};
use mykarte::download::Method;
use mykarte::vault::package::{EnrolmentId, Revocation, SignedOffer};
use mykarte::vault::ticket::Request;
use mykarte_wire::phone::{Enrol, Enrolled, NextKey, Revoke, Status};
use mykarte_wire::{Kind, MAX_WRONG, NEXT_TOKEN, Problem, Token, etag, phone};
use sha2::{Digest, Sha256};

impl State {
    pub(super) fn answer(&mut self, call: &Call) -> Reply {
        self.route(call).unwrap_or_else(Reply::problem)
    }

    fn route(&mut self, call: &Call) -> Result<Reply, Kind> {
        let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
        match (call.method, &parts[..]) {
            (Method::Get, ["v1", "hospitals", id, "keys"]) => match self.hospital {
                Some(known) if known.to_string() == *id => Ok(Reply::octets(200, &self.list)),
                _ => Err(Kind::NotFound),
            },
            (Method::Post, ["v1", "enrolments"]) => self.enrol(call),
            (Method::Get, ["v1", "enrolments", id]) => self.status(call, id),
            (Method::Get, ["v1", "enrolments", id, "package"]) => self.package(call, id),
            (Method::Put, ["v1", "enrolments", id, "key"]) => self.next_key(call, id),
            (Method::Post, ["v1", "enrolments", id, "revocation"]) => self.revoke(call, id),
            _ => Err(Kind::NotFound),
        }
    }

    fn enrol(&mut self, call: &Call) -> Result<Reply, Kind> {
        let body: Enrol = json(&call.body)?;
        let request = Request::read(&body.request).map_err(|_| Kind::Malformed)?;
        let ticket = self.tickets.get_mut(&request.ticket()).ok_or(Kind::Ticket)?;
        request.verify(&ticket.verifier.key).map_err(|_| Kind::Ticket)?;
        if let Some(problem) = ticket.problem {
            return Err(problem);
        }
        if ticket.is_confirmed || ticket.request.as_ref().is_some_and(|known| *known != body.request) {
            return Err(Kind::TicketUsed);
        }
        if !ticket.verifier.has_birth_date(&request) {
            ticket.wrong += 1;
            if ticket.wrong == MAX_WRONG {
                ticket.problem = Some(Kind::TicketLocked);
            }
            let problem = Problem { remaining: Some(MAX_WRONG - ticket.wrong), ..Problem::new(Kind::BirthDate) };
            return Ok(Reply::json(problem.status, &problem));
        }
        ticket.request = Some(body.request);
        let (token, id) = (make_token(), request.offer().offer().enrolment);
        let (ticket, offer) = (request.ticket(), request.offer().clone());
        let known = self.enrolments.remove(&id);
        let package = known.and_then(|row| row.package);
        let row = Row { ticket, offer, in_use: None, handed_out: token.hash(), package, has_ended: false };
        self.enrolments.insert(id, row);
        Ok(Reply::json(201, &Enrolled { enrolment: id, token }))
    }

    /// The enrolment of a token. The first use of the one handed out last makes it the one in use.
    fn authorise(&mut self, call: &Call, id: &str) -> Result<&mut Row, Kind> {
        let row = EnrolmentId::parse(id).and_then(|id| self.enrolments.get_mut(&id)).ok_or(Kind::Token)?;
        let shown = call.header("authorization").and_then(|value| Token::parse(value.strip_prefix("Bearer ")?));
        let shown = shown.ok_or(Kind::Token)?;
        if row.handed_out.is_of(&shown) {
            row.in_use = Some(shown.hash());
        }
        let is_in_use = row.in_use.is_some_and(|hash| hash.is_of(&shown));
        match is_in_use {
            true if row.has_ended => Err(Kind::Ended),
            true => Ok(row),
            false => Err(Kind::Token),
        }
    }

    fn status(&mut self, call: &Call, id: &str) -> Result<Reply, Kind> {
        let row = self.authorise(call, id)?;
        let (ticket, has_package) = (row.ticket, row.package.is_some());
        let ticket = self.tickets.get(&ticket).ok_or(Kind::Unavailable)?;
        let state = match (ticket.is_confirmed, ticket.is_shown) {
            (true, _) if has_package => phone::State::Issued,
            (true, _) => phone::State::Confirmed,
            (false, true) => phone::State::Compare,
            (false, false) => phone::State::Waiting,
        };
        let nonce = ticket.is_shown.then(|| *ticket.nonce.as_bytes());
        Ok(Reply::json(200, &Status { state, nonce }))
    }

    fn package(&mut self, call: &Call, id: &str) -> Result<Reply, Kind> {
        let row = self.authorise(call, id)?;
        let package = row.package.clone().ok_or(Kind::NothingIssued)?;
        let tag = etag::write(&Sha256::digest(&package).into());
        if call.header("if-none-match") == Some(&tag) {
            let mut reply = Reply::octets(304, b"");
            reply.set("etag", Some(&tag));
            return Ok(reply);
        }
        let first = call.header("range").filter(|_| call.header("if-range") == Some(&tag));
        let first = first.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let mut reply = match first {
            Some(first) if first >= package.len() => return Err(Kind::Range),
            Some(first) => {
                let mut reply = Reply::octets(206, &package[first..]);
                let (last, total) = (package.len() - 1, package.len());
                reply.set("Content-Range", Some(&format!("bytes {first}-{last}/{total}")));
                reply
            }
            None => Reply::octets(200, &package),
        };
        let next = make_token();
        row.handed_out = next.hash();
        reply.set("ETag", Some(&tag));
        reply.set(NEXT_TOKEN, Some(&next.dangerous_text()));
        Ok(reply)
    }

    fn next_key(&mut self, call: &Call, id: &str) -> Result<Reply, Kind> {
        let row = self.authorise(call, id)?;
        let body: NextKey = json(&call.body)?;
        let offer = SignedOffer::read(&body.offer).map_err(|_| Kind::Malformed)?;
        let (known, next) = (row.offer.offer(), offer.offer());
        if known.device != next.device || known.enrolment != next.enrolment || known.number >= next.number {
            return Err(Kind::StaleKey);
        }
        row.offer = offer;
        Ok(Reply::octets(204, b""))
    }

    fn revoke(&mut self, call: &Call, id: &str) -> Result<Reply, Kind> {
        let row = EnrolmentId::parse(id).and_then(|id| self.enrolments.get_mut(&id)).ok_or(Kind::NotFound)?;
        let body: Revoke = json(&call.body)?;
        let ended = Revocation::verify(&body.revocation, &row.offer.offer().device).map_err(|_| Kind::Malformed)?;
        if ended != row.offer.offer().enrolment {
            return Err(Kind::Malformed);
        }
        if row.has_ended {
            return Err(Kind::Ended);
        }
        row.has_ended = true;
        row.package = None;
        Ok(Reply::octets(204, b""))
    }
}

fn json<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Kind> {
    serde_json::from_slice(body).map_err(|_| Kind::Malformed)
}

fn make_token() -> Token {
    Token::make().expect("randomness")
}
