//! Randomness for one encapsulation: 32 bytes, drawn from the system beforehand, so that a system without any is an error
//! and not a panic inside the library, and a test vector can be made again.

use std::convert::Infallible;

use hpke::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// 32 random bytes, given out once.
pub(crate) struct Once(Option<Zeroizing<[u8; 32]>>);

impl Once {
    pub(crate) fn of(bytes: [u8; 32]) -> Self {
        Self(Some(Zeroizing::new(bytes)))
    }

    fn take(&mut self) -> Zeroizing<[u8; 32]> {
        self.0.take().expect("DHKEM(X25519) draws its Nsk = 32 bytes in one piece (RFC 9180, 4.1)")
    }
}

impl TryRng for Once {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = *self.take();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d, e, f, g, h, ..] = *self.take();
        Ok(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(self.take().as_slice());
        Ok(())
    }
}

impl TryCryptoRng for Once {}
