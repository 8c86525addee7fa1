//! A ticket: printed, used by one phone, confirmed by staff; or locked, expired, taken back.

use mykarte_state::Key;
use mykarte_vault::package::{EnrolmentId, HospitalId, VerifyingKey};
use mykarte_vault::ticket::{Request, TicketId, Verifier};
use mykarte_wire::MAX_WRONG;
use mykarte_wire::issuer::{NewTicket, TicketState, TicketStatus};
use mykarte_wire::problem::Kind;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The kind of its document.
pub const KIND: &str = "ticket";

/// How far it is; expired and locked are told from the other fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    Open,
    Used,
    Confirmed,
    Cancelled,
    /// Used, and confirmed by nobody in time.
    Lapsed,
}

/// How long staff may confirm after a ticket's time: a phone that used it in the last minute, a ward that telephones.
const CONFIRM_TIME: u64 = 86_400;
/// How long a ticket that is over is known, so that whoever comes late learns why.
const KNOWN_TIME: u64 = 7 * 86_400;

/// A ticket as the publisher knows it: nothing that makes a request, nothing of whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    #[serde(with = "mykarte_wire::bytes::hospital")]
    hospital: HospitalId,
    #[serde(with = "mykarte_wire::bytes::base64url")]
    key: [u8; 32],
    #[serde(with = "mykarte_wire::bytes::base64url")]
    birth: [u8; 32],
    expires: u64,
    wrong: u32,
    stage: Stage,
    /// The request that was taken, until staff have confirmed.
    #[serde(default, with = "mykarte_wire::bytes::optional", skip_serializing_if = "Option::is_none")]
    request: Option<Vec<u8>>,
    /// What tells the same request for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<Taken>,
    #[serde(default, with = "mykarte_wire::bytes::optional", skip_serializing_if = "Option::is_none")]
    nonce: Option<[u8; 32]>,
}

/// The request that a ticket took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Taken {
    /// SHA-256 of it.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    hash: [u8; 32],
    /// The enrolment of its offer.
    #[serde(with = "mykarte_wire::bytes::enrolment")]
    enrolment: EnrolmentId,
}

impl Taken {
    fn of(request: &Request) -> Taken {
        Taken { hash: Sha256::digest(request.as_bytes()).into(), enrolment: request.offer().offer().enrolment }
    }
}

/// What becomes of a request whose signature is right. The ticket is to be kept as it is then, whatever the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is taken; `again`: it was before.
    Taken {
        /// The same request came before.
        again: bool,
    },
    /// Another birth date; so many may be tried yet.
    WrongBirthDate {
        /// How many.
        remaining: u32,
    },
    /// Not taken.
    Refused(Kind),
}

impl Ticket {
    /// Where a ticket's document lies.
    pub fn place(id: TicketId) -> Key {
        Key::new(KIND, id)
    }

    /// A ticket that was just printed; `None` where its key is none.
    pub fn new(new: &NewTicket) -> Option<Ticket> {
        VerifyingKey::from_bytes(&new.key).ok()?;
        let NewTicket { hospital, key, birth, expires } = *new;
        let stage = Stage::Open;
        Some(Ticket { hospital, key, birth, expires, wrong: 0, stage, request: None, taken: None, nonce: None })
    }

    /// Whether it was printed as this.
    pub fn is(&self, new: &NewTicket) -> bool {
        (self.hospital, self.key, self.birth, self.expires) == (new.hospital, new.key, new.birth, new.expires)
    }

    /// The key that its requests are signed with.
    pub fn key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.key).ok()
    }

    /// Takes a request whose signature is this ticket's, or says why not. The order matters: only somebody who has the
    /// ticket comes here, and even he does not learn from a locked ticket whether a birth date is right.
    pub fn take(&mut self, request: &Request, now: u64) -> Outcome {
        match self.stage {
            Stage::Cancelled => return Outcome::Refused(Kind::TicketCancelled),
            Stage::Lapsed => return Outcome::Refused(Kind::TicketExpired),
            // Until staff have confirmed: they saw the phone's digits, so it has had an answer.
            Stage::Used if self.taken == Some(Taken::of(request)) => return Outcome::Taken { again: true },
            Stage::Used | Stage::Confirmed => return Outcome::Refused(Kind::TicketUsed),
            Stage::Open if now >= self.expires => return Outcome::Refused(Kind::TicketExpired),
            Stage::Open => {}
        }
        let (was_locked, is_right) = (self.wrong >= MAX_WRONG, self.has_birth_date(request));
        if !is_right {
            self.wrong = self.wrong.saturating_add(1);
        }
        if was_locked {
            return Outcome::Refused(Kind::TicketLocked);
        }
        if !is_right {
            return Outcome::WrongBirthDate { remaining: MAX_WRONG.saturating_sub(self.wrong) };
        }
        if request.offer().offer().hospital != self.hospital {
            return Outcome::Refused(Kind::Malformed);
        }
        (self.stage, self.taken) = (Stage::Used, Some(Taken::of(request)));
        self.request = Some(request.as_bytes().to_vec());
        Outcome::Taken { again: false }
    }

    fn has_birth_date(&self, request: &Request) -> bool {
        let verifier = |key| Verifier { id: request.ticket(), key, birth: self.birth };
        self.key().map(verifier).is_some_and(|verifier| verifier.has_birth_date(request))
    }

    /// The enrolment of the request that it took.
    pub fn enrolment(&self) -> Option<EnrolmentId> {
        self.taken.map(|taken| taken.enrolment)
    }

    /// Shows the nonce, once and for all, while a request waits for staff.
    ///
    /// # Errors
    /// [`Kind::Conflict`].
    pub fn show(&mut self, nonce: [u8; 32]) -> Result<(), Kind> {
        let is_same = self.nonce.is_none_or(|shown| shown == nonce);
        if self.stage != Stage::Used || !is_same {
            return Err(Kind::Conflict);
        }
        self.nonce = Some(nonce);
        Ok(())
    }

    /// Staff saw the same digits.
    ///
    /// # Errors
    /// [`Kind::Conflict`] before the nonce was shown, and when it is over.
    pub fn confirm(&mut self) -> Result<(), Kind> {
        match self.stage {
            Stage::Confirmed => {}
            Stage::Used if self.nonce.is_some() => self.close(Stage::Confirmed),
            _ => return Err(Kind::Conflict),
        }
        Ok(())
    }

    /// The counter takes it back, or what came of it ends. `false`: it is confirmed, and stays so, for it is used up.
    pub fn cancel(&mut self) -> bool {
        let is_open = self.stage != Stage::Confirmed;
        if is_open {
            self.close(Stage::Cancelled);
        }
        is_open
    }

    /// Its request waited for staff too long. `false`: it does not wait, or may wait on.
    pub fn lapse(&mut self, now: u64) -> bool {
        let is_late = self.stage == Stage::Used && now >= self.expires.saturating_add(CONFIRM_TIME);
        if is_late {
            self.close(Stage::Lapsed);
        }
        is_late
    }

    /// Nothing is kept from here on but what tells how it ended, to whoever signs with its key.
    fn close(&mut self, stage: Stage) {
        (self.stage, self.birth, self.request, self.nonce) = (stage, [0; 32], None, None);
    }

    /// What the issuer is told.
    pub fn status(&self, now: u64) -> TicketStatus {
        let state = match self.stage {
            Stage::Open if self.wrong >= MAX_WRONG => TicketState::Locked,
            Stage::Open if now >= self.expires => TicketState::Expired,
            Stage::Lapsed => TicketState::Expired,
            Stage::Open => TicketState::Open,
            Stage::Used => TicketState::Used,
            Stage::Confirmed => TicketState::Confirmed,
            Stage::Cancelled => TicketState::Cancelled,
        };
        TicketStatus { state, wrong: self.wrong, request: self.request.clone() }
    }

    /// Whether nobody needs it any more.
    pub fn is_over(&self, now: u64) -> bool {
        now >= self.expires.saturating_add(KNOWN_TIME)
    }
}
