//! One file of such a disk: what is durable of it, what a failed sync left in doubt, what is pending.

use crate::random::Random;

/// The units that disks write whole: of what a failed sync left in doubt the smaller.
const SECTORS: [usize; 2] = [512, 4096];

/// One step that is not durable yet.
#[derive(Debug, Clone)]
pub enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, new) => put(bytes, *at, new, |_| 0),
            Self::Truncate(len) => bytes.resize(*len, 0),
        }
    }
}

/// A file, whatever its names.
#[derive(Debug, Clone, Default)]
pub struct File {
    pub durable: Vec<u8>,
    /// What a failed sync left in doubt. A kernel takes such pages for clean: only writing them again saves them.
    doubtful: Vec<Change>,
    pub pending: Vec<Change>,
}

impl File {
    /// All of it durable.
    pub fn of(durable: Vec<u8>) -> Self {
        Self { durable, ..Self::default() }
    }

    /// A sync that succeeded. What was written again is in doubt no more; nor is what was cut off, or a length, which goes
    /// with any sync.
    pub fn settle(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.doubtful.retain(|doubt| match doubt {
            Change::Truncate(len) => {
                self.durable.resize(*len, 0);
                false
            }
            Change::Write(at, bytes) => pending.iter().all(|change| match change {
                Change::Write(from, new) => from + new.len() <= *at || at + bytes.len() <= *from,
                Change::Truncate(len) => at < len,
            }),
        });
        pending.iter().for_each(|change| change.apply(&mut self.durable));
    }

    /// A sync that failed.
    pub fn doubt(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Write(at, bytes) => {
                    let pieces = sectors(SECTORS[0], at, &bytes).map(|(at, piece)| Change::Write(at, piece.to_vec()));
                    self.doubtful.extend(pieces);
                }
                cut @ Change::Truncate(_) => self.doubtful.push(cut),
            }
        }
    }

    /// All of it, as a process sees it.
    pub fn written(&self) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        self.doubtful.iter().chain(&self.pending).for_each(|change| change.apply(&mut bytes));
        bytes
    }

    /// After a power cut: of what is not durable, so many of a hundred sectors and cuts.
    pub fn torn(&self, share: usize, random: &mut Random) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let (noisy, sector) = (random.below(2) == 1, SECTORS[random.below(2)]);
        for change in self.doubtful.iter().chain(&self.pending) {
            match change {
                Change::Truncate(len) if random.below(100) < share => bytes.resize(*len, 0),
                Change::Truncate(_) => {}
                Change::Write(at, new) => {
                    for (at, piece) in sectors(sector, *at, new) {
                        if random.below(100) < share {
                            put(&mut bytes, at, piece, |place| if noisy { (place as u8).wrapping_mul(151) } else { 0 });
                        }
                    }
                }
            }
        }
        bytes
    }
}

/// Writes, and fills a gap before it.
fn put(bytes: &mut Vec<u8>, at: usize, new: &[u8], gap: impl Fn(usize) -> u8) {
    bytes.extend((bytes.len()..at).map(gap));
    bytes.resize(bytes.len().max(at + new.len()), 0);
    bytes[at..at + new.len()].copy_from_slice(new);
}

/// A write in pieces that end where sectors do.
fn sectors(size: usize, at: usize, bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let place = at + done;
        let len = (size - place % size).min(bytes.len() - done);
        done += len;
        (len > 0).then(|| (place, &bytes[done - len..done]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_tears_at_sectors() {
        let pieces: Vec<(usize, usize)> = sectors(512, 500, &[1; 600]).map(|(at, piece)| (at, piece.len())).collect();
        assert_eq!(pieces, [(500, 12), (512, 512), (1024, 76)]);
        let mut bytes = b"ab".to_vec();
        put(&mut bytes, 4, b"x", |place| place as u8);
        assert_eq!(bytes, b"ab\x02\x03x");
    }
}
