//! What a running process can write to: heaps, stacks, variables. Linux, by `/proc`.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};

/// One mapping of a process.
pub struct Region {
    /// As the system calls it: `[heap]`, `[stack]`, a file; `anonymous` where it has no name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Region {
    /// Where it is, for a table: a runtime's own heap is told by its size.
    pub fn kind(&self) -> &str {
        const LARGE: usize = 64 << 20;
        if self.name == "anonymous" && self.bytes.len() >= LARGE { "anonymous of 64 MiB and more" } else { &self.name }
    }
}

/// Every writable region of a process.
///
/// # Errors
/// That this user may not read it: of a process that keeps its memory in, only root may.
pub fn regions(pid: u32) -> io::Result<Vec<Region>> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let memory = File::open(format!("/proc/{pid}/mem"))?;
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let Some((from, to)) = range.split_once('-').filter(|_| rights.starts_with("rw")) else { continue };
        let (Ok(from), Ok(to)) = (u64::from_str_radix(from, 16), u64::from_str_radix(to, 16)) else { continue };
        let mut bytes = vec![0; (to - from) as usize];
        // Memory of a device has no bytes to be read.
        if memory.read_exact_at(&mut bytes, from).is_ok() {
            let name = words.nth(3).unwrap_or("anonymous").rsplit('/').next().unwrap_or_default();
            regions.push(Region { name: name.into(), bytes });
        }
    }
    Ok(regions)
}

/// Whether this process may read what is anybody's.
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
