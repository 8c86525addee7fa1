//! The token of an enrolment: 256 random bits that fetch one enrolment's ciphertext and nothing else. Kept hashed.

use data_encoding::BASE64URL_NOPAD;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A token; whoever shows it gets the ciphertext.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token(Box<[u8; 32]>);

impl Token {
    /// A new random one; `None` where the system gives no randomness.
    #[must_use]
    pub fn make() -> Option<Self> {
        let mut bytes = Box::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// Reads one as [`Token::dangerous_text`] writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
        let mut token = Box::new([0; 32]);
        token.copy_from_slice(bytes.get(..32).filter(|_| bytes.len() == 32)?);
        Some(Self(token))
    }

    /// The token as it travels in `Authorization: Bearer`.
    #[must_use]
    pub fn dangerous_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(self.0.as_slice()))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_slice()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.dangerous_text())
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Token::parse(&Cow::<str>::deserialize(from)?).ok_or_else(|| D::Error::custom("not a token"))
    }
}

/// SHA-256 of a token: 256 random bits need no slow hash.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TokenHash(#[serde(with = "crate::bytes::base64url")] [u8; 32]);

impl TokenHash {
    /// Whether a token is the one that was hashed.
    #[must_use]
    pub fn is_of(&self, token: &Token) -> bool {
        token.hash() == *self
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_known_by_its_hash() -> Result<(), &'static str> {
        let (token, other) = (Token::make().ok_or("random")?, Token::make().ok_or("random")?);
        let text = token.dangerous_text();
        let read = Token::parse(&text).ok_or("a token")?;
        assert!(text.len() == 43 && token.hash().is_of(&read) && !other.hash().is_of(&read));
        assert!(
            Token::parse(&text[1..]).is_none()
                && Token::parse("").is_none()
                && Token::parse(&"A".repeat(400)).is_none()
        );
        assert_eq!(format!("{token:?}"), "Token([redacted])");
        Ok(())
    }
}
