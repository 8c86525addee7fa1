//! Files that somebody has worked on: bits flipped at random (`flips`), sealed values put elsewhere (`places`), whole files
//! rolled back (`rollback`), tables that are not ours (`schema`), numbers out of bounds (`bounds`). What `tampering.rs`
//! tries one by one is tried here in numbers.
#![allow(clippy::unwrap_used, reason = "in tests a failed unwrap is a failed test")]
#![allow(clippy::print_stdout, reason = "seeds and numbers")]

mod bits;
mod bounds;
#[path = "../common/mod.rs"]
mod common;
mod flips;
mod places;
mod rollback;
mod schema;
mod swaps;

/// A number that a longer run sets.
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    /// Rolled anew in each run, printed, and set again by `MYKARTE_SEED`.
    fn roll() -> Dice {
        use std::hash::{BuildHasher, Hasher};
        let seed = setting("MYKARTE_SEED", std::hash::RandomState::new().build_hasher().finish());
        println!("again with MYKARTE_SEED={seed}");
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
