//! An enrolment as the device keeps it, sealed in its vault: whom it trusts, the keys it receives with, and what it
//! received last.
//!
//! One X25519 pair for one person and hospital. When a package has become durable the next pair is made and its public
//! half offered; the pair in use stays until a package for the new one is durable, and then goes.

use std::fmt;

use zeroize::Zeroizing;

use super::error::PackageError;
use super::header::IssueNumber;
use super::keys::{DeviceKey, SigningKey};
use super::list::{KeyList, RootPin};
use super::offer::{Offer, SignedOffer};
use super::open::{Opened, Verified, verify};
use super::origin::{Origin, Subject};
use super::revocation::Revocation;
use crate::codec::{Reader, Writer, count};
use crate::error::VaultError;
use crate::ids::{EnrolmentId, HospitalId};

/// Version of the encoding.
const FORM: u32 = 1;

/// A device's side of an enrolment.
#[derive(Clone)]
pub struct Enrolment {
    id: EnrolmentId,
    pin: RootPin,
    list: KeyList,
    device: SigningKey,
    /// The pair in use, then the one offered: one or two, by number.
    keys: Vec<(u32, DeviceKey)>,
    last: Option<Received>,
}

/// The package that was received last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub number: IssueNumber,
    /// When it was issued, by the hospital's clock; Unix seconds.
    pub issued_at: u64,
    /// SHA-256 of it.
    pub package_hash: [u8; 32],
    /// Whose record it holds.
    pub subject: Subject,
}

/// How a package stands to the one received last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first of this enrolment.
    First,
    /// A newer one.
    Newer,
    /// The very same.
    Same,
}

impl Enrolment {
    /// Begins an enrolment at the hospital of a key list, which the caller held against the pin.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn make(list: KeyList) -> Result<Self, VaultError> {
        let keys = vec![(1, DeviceKey::make()?)];
        Ok(Self { id: EnrolmentId::make()?, pin: list.pin(), list, device: SigningKey::make()?, keys, last: None })
    }

    /// The same without the keys that packages were sealed to: others that nobody has seen stand in their place.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn ended(&self) -> Result<Self, VaultError> {
        let new = Self::make(self.list.clone())?;
        Ok(Self { device: new.device, keys: new.keys, ..self.clone() })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> EnrolmentId {
        self.id
    }

    /// The hospital.
    #[must_use]
    pub fn hospital(&self) -> HospitalId {
        self.list.listing().hospital
    }

    /// The newest key list that is known.
    #[must_use]
    pub fn list(&self) -> &KeyList {
        &self.list
    }

    /// What was received last.
    #[must_use]
    pub fn last(&self) -> Option<&Received> {
        self.last.as_ref()
    }

    /// Takes a newer key list; `Ok(false)` when it is the one that is known.
    ///
    /// # Errors
    /// Those of [`KeyList::read`] and [`KeyList::may_become`].
    pub fn update_list(&mut self, bytes: &[u8]) -> Result<bool, PackageError> {
        let next = KeyList::read(bytes, &self.pin)?;
        let is_newer = self.list.may_become(&next)?;
        if is_newer {
            self.list = next;
        }
        Ok(is_newer)
    }

    #[cfg(test)]
    pub(super) fn newest_key(&self) -> &DeviceKey {
        &self.keys.last().unwrap().1
    }

    /// The key that the next package shall be sealed to, signed.
    #[must_use]
    pub fn offer(&self) -> SignedOffer {
        let (number, key) = self.keys.last().expect("an enrolment is made, read and left with a key");
        let offer = Offer {
            hospital: self.hospital(),
            enrolment: self.id,
            number: *number,
            recipient: key.public_key(),
            device: self.device.verifying_key(),
        };
        SignedOffer::sign(offer, &self.device)
    }

    /// The device's word that nothing more shall be issued for it.
    #[must_use]
    pub fn revocation(&self) -> Revocation {
        Revocation::sign(self.id, &self.device)
    }

    /// Verifies a package of this enrolment and opens it, and says how it stands to the one received last.
    ///
    /// # Errors
    /// Those of [`verify`] and [`Verified::open`]; [`PackageError::OtherDevice`] also when it is of another enrolment or for
    /// a key that is gone; [`PackageError::Older`], [`PackageError::SameNumber`].
    pub fn open<'p>(&self, package: &'p [u8]) -> Result<(Verified<'p>, Opened, Order), PackageError> {
        let verified = verify(package, &self.list)?;
        let outside = verified.outside();
        let key = self.keys.iter().map(|(_, key)| key).find(|key| key.public_key().id() == outside.recipient);
        let key = key.filter(|_| outside.enrolment == self.id).ok_or(PackageError::OtherDevice)?;
        let opened = verified.open(key)?;
        let order = self.order(&verified, &opened.origin)?;
        Ok((verified, opened, order))
    }

    fn order(&self, package: &Verified<'_>, origin: &Origin) -> Result<Order, PackageError> {
        let Some(last) = &self.last else { return Ok(Order::First) };
        if package.hash() == last.package_hash {
            return Ok(Order::Same);
        }
        match origin.number.cmp(&last.number) {
            std::cmp::Ordering::Greater => Ok(Order::Newer),
            std::cmp::Ordering::Equal => Err(PackageError::SameNumber),
            std::cmp::Ordering::Less => Err(PackageError::Older {
                offered: (origin.number, origin.issued_at),
                held: (last.number, last.issued_at),
            }),
        }
    }

    /// The enrolment after a package was received: to be committed together with its record. Keys before the one it was
    /// sealed to are gone; when it was the newest, another one is offered.
    ///
    /// # Errors
    /// [`PackageError::OtherDevice`]; [`VaultError::NoRandomness`].
    pub fn after(&self, package: &Verified<'_>, origin: &Origin) -> Result<Self, PackageError> {
        let used = origin.recipient.id();
        let at =
            self.keys.iter().position(|(_, key)| key.public_key().id() == used).ok_or(PackageError::OtherDevice)?;
        let mut next = self.clone();
        next.keys.drain(..at);
        if let [(number, _)] = next.keys[..] {
            next.keys.push((number + 1, DeviceKey::make()?));
        }
        let mut subject = origin.subject.clone();
        if let Some(last) = self.last.as_ref().filter(|_| subject.birth_date.is_empty()) {
            // A profile that hides it today does not make it unknown.
            subject.birth_date = last.subject.birth_date.clone();
        }
        let (number, issued_at) = (origin.number, origin.issued_at);
        next.last = Some(Received { number, issued_at, package_hash: package.hash(), subject });
        Ok(next)
    }

    /// As it is kept.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = Writer::new();
        writer.u32(FORM);
        writer.raw(self.id.as_bytes());
        writer.raw(self.pin.as_bytes());
        writer.field(self.list.as_bytes());
        writer.raw(self.device.dangerous_bytes());
        writer.u32(count(self.keys.len()));
        for (number, key) in &self.keys {
            writer.u32(*number);
            writer.raw(key.dangerous_bytes());
        }
        writer.u32(u32::from(self.last.is_some()));
        if let Some(last) = &self.last {
            writer.u32(last.number.epoch);
            writer.u64(last.number.counter);
            writer.u64(last.issued_at);
            writer.raw(&last.package_hash);
            writer.field(last.subject.patient_id.as_bytes());
            writer.field(last.subject.birth_date.as_bytes());
        }
        writer.finish()
    }

    /// Reads it back; `None` when it is damaged or of a newer version.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        reader.u32().filter(|form| *form == FORM)?;
        let id = EnrolmentId::from_bytes(reader.array()?);
        let pin = RootPin::from_bytes(reader.array()?);
        let list = KeyList::read(reader.field()?, &pin).ok()?;
        let device = SigningKey::dangerous_from_bytes(&Zeroizing::new(reader.array()?));
        let mut keys = Vec::new();
        for _ in 0..reader.u32().filter(|n| (1..=2).contains(n))? {
            keys.push((reader.u32()?, DeviceKey::dangerous_from_bytes(&Zeroizing::new(reader.array()?))));
        }
        let last = match reader.u32()? {
            0 => None,
            _ => Some(decode_received(&mut reader)?),
        };
        reader.end()?;
        let ascends = keys.windows(2).all(|pair: &[(u32, DeviceKey)]| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1);
        ascends.then_some(Self { id, pin, list, device, keys, last })
    }
}

fn decode_received(reader: &mut Reader<'_>) -> Option<Received> {
    let number = IssueNumber { epoch: reader.u32()?, counter: reader.u64()? };
    let (issued_at, package_hash) = (reader.u64()?, reader.array()?);
    let mut text = || Some(Zeroizing::new(std::str::from_utf8(reader.field()?).ok()?.to_owned()));
    let subject = Subject { patient_id: text()?, birth_date: text()? };
    Some(Received { number, issued_at, package_hash, subject })
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enrolment({}, {} keys)", self.id, self.keys.len())
    }
}
