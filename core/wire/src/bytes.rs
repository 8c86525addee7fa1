//! Bytes and ids in JSON: `#[serde(with = ...)]`.

use data_encoding::BASE64URL_NOPAD;

/// Bytes as base64url without padding.
pub mod base64url {
    use super::BASE64URL_NOPAD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::borrow::Cow;

    /// Writes them.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<S: Serializer>(bytes: &impl AsRef<[u8]>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64URL_NOPAD.encode(bytes.as_ref()))
    }

    /// Reads them.
    ///
    /// # Errors
    /// Not base64url, or of another length than wanted; the text is not repeated.
    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(from: D) -> Result<T, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| D::Error::custom("not base64url"))?;
        T::try_from(bytes).map_err(|_| D::Error::custom("bytes of another length were expected"))
    }
}

/// An optional field of bytes.
pub mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Inner<T: TryFrom<Vec<u8>>>(#[serde(deserialize_with = "super::base64url::deserialize")] T);

    /// Writes them.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<S: Serializer, T: AsRef<[u8]>>(bytes: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => super::base64url::serialize(bytes, to),
            None => to.serialize_none(),
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// As [`super::base64url::deserialize`].
    pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<Vec<u8>>>(from: D) -> Result<Option<T>, D::Error> {
        Ok(Option::<Inner<T>>::deserialize(from)?.map(|inner| inner.0))
    }
}

/// An id as hexadecimal digits.
macro_rules! hexadecimal {
    ($name:ident, $id:ty) => {
        #[doc = concat!("[`", stringify!($id), "`] as hexadecimal digits.")]
        pub mod $name {
            use serde::de::Error;
            use serde::{Deserialize, Deserializer, Serializer};
            use std::borrow::Cow;

            /// Writes it.
            ///
            /// # Errors
            /// The serialiser's.
            pub fn serialize<S: Serializer>(id: &$id, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(id)
            }

            /// Reads it.
            ///
            /// # Errors
            /// Not 32 hexadecimal digits.
            pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<$id, D::Error> {
                let text = Cow::<str>::deserialize(from)?;
                <$id>::parse(&text).ok_or_else(|| D::Error::custom("not 32 hexadecimal digits"))
            }
        }
    };
}

hexadecimal!(hospital, mykarte_vault::package::HospitalId);
hexadecimal!(enrolment, mykarte_vault::package::EnrolmentId);
hexadecimal!(ticket, mykarte_vault::ticket::TicketId);

/// An optional [`HospitalId`](mykarte_vault::package::HospitalId) as hexadecimal digits.
pub mod optional_hospital {
    use mykarte_vault::package::HospitalId;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Inner(#[serde(with = "super::hospital")] HospitalId);

    /// Writes it.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<S: Serializer>(id: &Option<HospitalId>, to: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => super::hospital::serialize(id, to),
            None => to.serialize_none(),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Not 32 hexadecimal digits.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<HospitalId>, D::Error> {
        Ok(Option::<Inner>::deserialize(from)?.map(|inner| inner.0))
    }
}
