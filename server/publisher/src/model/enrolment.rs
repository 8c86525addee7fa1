//! An enrolment: one device of one person, by a random name. Which person, only the issuer knows.

use mykarte_state::Key;
use mykarte_vault::package::{EnrolmentId, HospitalId, Offer, PackageError, Revocation, SignedOffer, VerifyingKey};
use mykarte_vault::ticket::{Request, TicketId};
use mykarte_wire::issuer::{EndedBy, EnrolmentLine};
use mykarte_wire::phone::{State, Status};
use mykarte_wire::problem::Kind;
use mykarte_wire::{Token, TokenHash};
use serde::{Deserialize, Serialize};

/// The kind of its document.
pub const KIND: &str = "enrolment";

/// An enrolment as the publisher knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Enrolment {
    /// It waits, or is confirmed.
    Open(Box<Open>),
    /// It has ended; nothing else is kept of it, so that its device learns that it has.
    Ended {
        /// By whom.
        by: EndedBy,
        /// The device's signed word, for whoever would not believe ours.
        #[serde(default, with = "mykarte_wire::bytes::optional", skip_serializing_if = "Option::is_none")]
        revocation: Option<Vec<u8>>,
    },
}

/// One that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    #[serde(with = "mykarte_wire::bytes::ticket")]
    ticket: TicketId,
    #[serde(with = "mykarte_wire::bytes::hospital")]
    hospital: HospitalId,
    #[serde(with = "mykarte_wire::bytes::base64url")]
    device: [u8; 32],
    #[serde(with = "mykarte_wire::bytes::base64url")]
    offer: Vec<u8>,
    number: u32,
    confirmed: bool,
    #[serde(default, with = "mykarte_wire::bytes::optional", skip_serializing_if = "Option::is_none")]
    nonce: Option<[u8; 32]>,
    /// The one in use, then the one handed out last.
    tokens: Vec<TokenHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<Package>,
}

/// Its latest package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// The name of the object: random.
    pub object: String,
    /// SHA-256 of it.
    #[serde(with = "mykarte_wire::bytes::base64url")]
    pub hash: [u8; 32],
    /// Its length.
    pub bytes: u64,
}

impl Enrolment {
    /// Where an enrolment's document lies.
    pub fn place(id: EnrolmentId) -> Key {
        Key::new(KIND, id)
    }

    /// The open one; else why not.
    ///
    /// # Errors
    /// [`Kind::Token`] where there is none, as for one whose token is wrong; [`Kind::Ended`].
    pub fn open(found: Option<Enrolment>) -> Result<Open, Kind> {
        match found {
            Some(Enrolment::Open(open)) => Ok(*open),
            Some(Enrolment::Ended { .. }) => Err(Kind::Ended),
            None => Err(Kind::Token),
        }
    }

    /// The ticket that it came from, while it is open.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Enrolment::Open(open) => Some(open.ticket),
            Enrolment::Ended { .. } => None,
        }
    }

    /// One that the hospital ended.
    pub fn withdrawn() -> Enrolment {
        Enrolment::Ended { by: EndedBy::Hospital, revocation: None }
    }

    /// What the issuer is told; nothing of one that staff never confirmed.
    pub fn line(&self, enrolment: EnrolmentId) -> Option<EnrolmentLine> {
        match self {
            Enrolment::Open(open) if !open.confirmed => None,
            Enrolment::Open(open) => Some(EnrolmentLine {
                enrolment,
                hospital: Some(open.hospital),
                ended: None,
                revocation: None,
                offer: Some(open.offer.clone()),
                package: open.package.as_ref().map(|package| package.hash),
            }),
            Enrolment::Ended { by, revocation } => {
                let revocation = revocation.clone();
                let ended = Some(*by);
                Some(EnrolmentLine { enrolment, hospital: None, ended, revocation, offer: None, package: None })
            }
        }
    }
}

impl Open {
    /// One that begins with a request, and its first token.
    pub fn begin(request: &Request, token: TokenHash) -> Open {
        let Offer { hospital, device, number, .. } = *request.offer().offer();
        Open {
            ticket: request.ticket(),
            hospital,
            device: *device.as_bytes(),
            offer: request.offer().as_bytes().to_vec(),
            number,
            confirmed: false,
            nonce: None,
            tokens: vec![token],
            package: None,
        }
    }

    /// The document that it is.
    pub fn into_document(self) -> Enrolment {
        Enrolment::Open(Box::new(self))
    }

    /// The same request came again: whoever sent it did not get the token before.
    ///
    /// # Errors
    /// [`Kind::Conflict`] where the enrolment is of another ticket.
    pub fn begin_again(&mut self, request: &Request, token: TokenHash) -> Result<(), Kind> {
        if self.ticket != request.ticket() {
            return Err(Kind::Conflict);
        }
        self.tokens = vec![token];
        Ok(())
    }

    /// Whether a token is one of its two.
    pub fn check(&self, token: &Token) -> Result<(), Kind> {
        if self.tokens.iter().any(|known| known.is_of(token)) { Ok(()) } else { Err(Kind::Token) }
    }

    /// Uses a token for a download and hands out the next: the one handed out last becomes the one in use when it is used
    /// first, and another one that was never used is void.
    ///
    /// # Errors
    /// [`Kind::Token`].
    pub fn rotate(&mut self, token: &Token, next: TokenHash) -> Result<(), Kind> {
        let used = self.tokens.iter().copied().find(|known| known.is_of(token)).ok_or(Kind::Token)?;
        self.tokens = vec![used, next];
        Ok(())
    }

    /// What the phone is told.
    pub fn status(&self) -> Status {
        let state = match (self.confirmed, &self.package, self.nonce) {
            (true, Some(_), _) => State::Issued,
            (true, None, _) => State::Confirmed,
            (false, _, Some(_)) => State::Compare,
            (false, _, None) => State::Waiting,
        };
        Status { state, nonce: self.nonce }
    }

    /// The nonce of the digits is shown.
    pub fn show(&mut self, nonce: [u8; 32]) {
        self.nonce = Some(nonce);
    }

    /// Staff saw the same digits.
    pub fn confirm(&mut self) {
        self.confirmed = true;
    }

    /// Takes the device's next key; `false`: it is the one that is known.
    ///
    /// # Errors
    /// [`Kind::Malformed`]; [`Kind::StaleKey`] when it is not this device's, or not newer.
    pub fn take_key(&mut self, enrolment: EnrolmentId, offer: &[u8]) -> Result<bool, Kind> {
        let signed = SignedOffer::read(offer).map_err(|_| Kind::Malformed)?;
        let new = signed.offer();
        if new.enrolment != enrolment || new.hospital != self.hospital || new.device.as_bytes() != &self.device {
            return Err(Kind::StaleKey);
        }
        if offer == self.offer {
            return Ok(false);
        }
        if new.number <= self.number {
            return Err(Kind::StaleKey);
        }
        (self.offer, self.number) = (offer.to_vec(), new.number);
        Ok(true)
    }

    /// Whether these are its device's words that it wants nothing more.
    ///
    /// # Errors
    /// [`Kind::Malformed`]; [`Kind::Token`] when another signed them.
    pub fn check_revocation(&self, enrolment: EnrolmentId, revocation: &[u8]) -> Result<(), Kind> {
        let device = VerifyingKey::from_bytes(&self.device).map_err(|_| Kind::Malformed)?;
        match Revocation::verify(revocation, &device) {
            Ok(named) if named == enrolment => Ok(()),
            Ok(_) | Err(PackageError::OfferSignature { .. }) => Err(Kind::Token),
            Err(_) => Err(Kind::Malformed),
        }
    }

    /// The hospital.
    pub fn hospital(&self) -> HospitalId {
        self.hospital
    }

    /// Whether a package may be put: staff have confirmed, and it is sealed to the newest key.
    ///
    /// # Errors
    /// [`Kind::Conflict`], [`Kind::StaleKey`].
    pub fn check_package(&self, outside: &mykarte_vault::package::Outside) -> Result<(), Kind> {
        let offer = SignedOffer::read(&self.offer).map_err(|_| Kind::Conflict)?;
        if !self.confirmed || outside.enrolment != offer.offer().enrolment {
            return Err(Kind::Conflict);
        }
        if outside.recipient == offer.offer().recipient.id() { Ok(()) } else { Err(Kind::StaleKey) }
    }

    /// Its package.
    pub fn package(&self) -> Option<&Package> {
        self.package.as_ref()
    }

    /// Puts a package; returns the one before.
    pub fn put_package(&mut self, package: Package) -> Option<Package> {
        self.package.replace(package)
    }
}
