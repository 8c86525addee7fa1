//! From a passcode to a key: Argon2id v1.3 (RFC 9106) with bounded costs (D11).
//!
//! The costs come from a file that may be hostile, so floor and ceiling are checked before any memory is taken. The
//! memory is ours: its absence is an error instead of an abort, and it is wiped afterwards, also on a panic.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

use crate::error::VaultError;
use crate::secret::{Key, Passcode};

/// Length of a salt, in bytes.
pub(crate) const SALT_LEN: usize = 16;

/// Costs of Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KdfParams {
    /// Memory, in KiB.
    pub m_kib: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl Default for KdfParams {
    /// 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106.
    fn default() -> Self {
        Self { m_kib: 64 * 1024, t: 3, p: 4 }
    }
}

impl KdfParams {
    const FLOOR_M_KIB: u32 = 19 * 1024;
    const FLOOR_T: u32 = 2;
    const CEILING_M_KIB: u32 = 256 * 1024;
    const CEILING_T: u32 = 10;
    const CEILING_P: u32 = 8;

    /// The cheapest costs that are accepted at all: 19 MiB, 2 passes, 1 lane. For tests.
    #[must_use]
    pub const fn dangerous_floor() -> Self {
        Self { m_kib: Self::FLOOR_M_KIB, t: Self::FLOOR_T, p: 1 }
    }

    /// Whether the costs lie within floor and ceiling.
    ///
    /// # Errors
    /// [`VaultError::KdfOutOfBounds`] when they do not.
    pub fn check(self) -> Result<(), VaultError> {
        let inside = (Self::FLOOR_M_KIB..=Self::CEILING_M_KIB).contains(&self.m_kib)
            && (Self::FLOOR_T..=Self::CEILING_T).contains(&self.t)
            && (1..=Self::CEILING_P).contains(&self.p);
        if inside { Ok(()) } else { Err(VaultError::KdfOutOfBounds { params: self }) }
    }
}

/// Argon2's working memory, wiped when it goes out of scope.
struct WorkingMemory(Vec<Block>);

impl WorkingMemory {
    fn take(blocks: usize) -> Result<Self, VaultError> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| VaultError::OutOfMemory)?;
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl Drop for WorkingMemory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

/// Argon2id of the normalised passcode, 32 bytes.
pub(crate) fn derive_from_passcode(
    passcode: &Passcode,
    salt: &[u8; SALT_LEN],
    params: KdfParams,
) -> Result<Key, VaultError> {
    params.check()?;
    let out_of_bounds = |_| VaultError::KdfOutOfBounds { params };
    let costs = Params::new(params.m_kib, params.t, params.p, Some(32)).map_err(out_of_bounds)?;
    let mut memory = WorkingMemory::take(costs.block_count())?;
    let mut key = Key::empty();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
        .hash_password_into_with_memory(passcode.bytes(), salt, key.bytes_mut(), memory.0.as_mut_slice())
        .map_err(out_of_bounds)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_checked_before_memory_is_taken() {
        let passcode = Passcode::new(b"whatever").unwrap();
        let good = KdfParams::dangerous_floor();
        let hostile = [
            KdfParams { m_kib: u32::MAX, ..good },
            KdfParams { m_kib: 256 * 1024 + 1, ..good },
            KdfParams { m_kib: 19 * 1024 - 1, ..good },
            KdfParams { t: 1, ..good },
            KdfParams { t: 11, ..good },
            KdfParams { p: 0, ..good },
            KdfParams { p: 9, ..good },
        ];
        for params in hostile {
            let refused = derive_from_passcode(&passcode, &[0; 16], params).unwrap_err();
            assert_eq!(refused, VaultError::KdfOutOfBounds { params });
        }
        assert!(good.check().is_ok() && KdfParams::default().check().is_ok());
    }
}
