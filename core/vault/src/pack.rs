//! Packing before sealing: one zstd frame, padded to 4 KiB steps (D13), and on the way back the limits of D14.
//!
//! Packed: `frame length (4) || zstd frame || zeros`. The plaintext length lies inside, and sizes in the file tell only
//! steps of 4 KiB. On reading, the frame header is judged before a byte is decompressed: exactly one frame, its content
//! size present and at most 1 MiB, window at most 8 MiB, no dictionary, no trailing byte.

use std::cell::RefCell;

use zeroize::Zeroizing;
use zstd::zstd_safe;

use crate::codec::{pad, unpad};

/// The most plain bytes one chunk, catalogue or manifest may hold.
pub(crate) const MAX_PLAIN: usize = 1 << 20;

const STEP: usize = 4096;
const LEVEL: i32 = 3;
const MAX_WINDOW: u64 = 8 << 20;
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Why a frame is not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameFlaw {
    /// Not exactly one frame.
    NotOne,
    /// No content size.
    SizeMissing,
    /// Above [`MAX_PLAIN`].
    TooLarge,
    /// A window above 8 MiB.
    Window,
    /// A dictionary.
    Dictionary,
    /// Not what its header says.
    Broken,
}

/// Compresses and pads. The caller has checked [`MAX_PLAIN`].
pub(crate) fn pack(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    pad_frame(&frame(plain))
}

/// Pads a frame.
pub(crate) fn pad_frame(frame: &[u8]) -> Zeroizing<Vec<u8>> {
    pad(frame, STEP)
}

/// Compresses. The caller has checked [`MAX_PLAIN`].
pub(crate) fn frame(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    // A record shrinks tenfold and more. A buffer for the worst case would cost more to wipe than the packing itself, so
    // only what does not fit the small one gets it.
    let worst = zstd_safe::compress_bound(plain.len());
    let small = worst.min(plain.len() / 4 + STEP);
    let frame = compress(plain, small).or_else(|| compress(plain, worst));
    frame.expect("the second buffer has the size zstd asks for, and level 3 exists")
}

thread_local! {
    /// One context a thread: its tables are larger than what it compresses.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

/// One frame, if `room` bytes hold it. The buffer is wiped whatever zstd wrote into it.
fn compress(plain: &[u8], room: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut frame = Zeroizing::new(vec![0; room]);
    let len = COMPRESSOR.with_borrow_mut(|known| {
        let compressor = match known {
            Some(compressor) => compressor,
            None => known.insert(zstd::bulk::Compressor::new(LEVEL).ok()?),
        };
        compressor.compress_to_buffer(plain, frame.as_mut_slice()).ok()
    })?;
    // Dropping wipes the whole capacity.
    frame.truncate(len);
    Some(frame)
}

/// The plaintext; `None` when the frame breaks any limit.
pub(crate) fn unpack(packed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    open_frame(unpad(packed)?).ok()
}

/// The plaintext of a frame.
pub(crate) fn open_frame(frame: &[u8]) -> Result<Zeroizing<Vec<u8>>, FrameFlaw> {
    let size = check_frame(frame)?;
    let mut plain = Zeroizing::new(vec![0; size]);
    match zstd::bulk::decompress_to_buffer(frame, plain.as_mut_slice()) {
        Ok(len) if len == size => Ok(plain),
        _ => Err(FrameFlaw::Broken),
    }
}

/// The content size of a frame within all limits (D14).
fn check_frame(frame: &[u8]) -> Result<usize, FrameFlaw> {
    if !frame.starts_with(&MAGIC) || zstd_safe::find_frame_compressed_size(frame) != Ok(frame.len()) {
        return Err(FrameFlaw::NotOne);
    }
    let size = zstd_safe::get_frame_content_size(frame).map_err(|_| FrameFlaw::Broken)?;
    let size = usize::try_from(size.ok_or(FrameFlaw::SizeMissing)?).map_err(|_| FrameFlaw::TooLarge)?;
    let window = window_size(frame).ok_or(FrameFlaw::Broken)?;
    match () {
        () if size > MAX_PLAIN => Err(FrameFlaw::TooLarge),
        () if zstd_safe::get_dict_id_from_frame(frame).is_some() => Err(FrameFlaw::Dictionary),
        () if window.is_some_and(|window| window > MAX_WINDOW) => Err(FrameFlaw::Window),
        () => Ok(size),
    }
}

/// The window a frame asks for (RFC 8878, 3.1.1.1.2); `Some(None)` for a single segment, whose window is its content.
fn window_size(frame: &[u8]) -> Option<Option<u64>> {
    const SINGLE_SEGMENT: u8 = 0x20;
    if frame.get(4)? & SINGLE_SEGMENT != 0 {
        return Some(None);
    }
    let descriptor = *frame.get(5)?;
    let base = 1_u64 << (10 + (descriptor >> 3));
    Some(Some(base + base / 8 * u64::from(descriptor & 7)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(frame: &[u8]) -> bool {
        unpack(&pad(frame, STEP)).is_none()
    }

    fn stream(plain: &[u8], set: impl FnOnce(&mut zstd::stream::Encoder<'_, Vec<u8>>)) -> Vec<u8> {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), LEVEL).unwrap();
        set(&mut encoder);
        std::io::Write::write_all(&mut encoder, plain).unwrap();
        encoder.finish().unwrap()
    }

    proptest! {
        #[test]
        fn packing_round_trips(plain in prop::collection::vec(any::<u8>(), 0..20_000)) {
            let packed = pack(&plain);
            prop_assert_eq!(packed.len() % STEP, 0);
            prop_assert_eq!(unpack(&packed).unwrap().to_vec(), plain);
        }

        #[test]
        fn noise_is_an_answer_not_a_panic(mut noise in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = unpack(&noise);
            noise.splice(0..0, MAGIC);
            let _ = unpack(&pad(&noise, STEP));
        }
    }

    #[test]
    fn frames_beyond_the_limits_are_refused() {
        let good = zstd::bulk::compress(b"good", LEVEL).unwrap();
        assert!(!refused(&good));
        assert!(refused(&[good.clone(), good.clone()].concat()), "two frames");
        assert!(refused(&[good.clone(), vec![0]].concat()), "a trailing byte");
        assert!(refused(&[0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]), "a skippable frame");
        assert!(refused(&good[..good.len() - 1]), "a cut frame");
        assert!(refused(&stream(b"no content size", |_| ())), "no content size");
        assert!(refused(&zstd::bulk::compress(&vec![0; MAX_PLAIN + 1], LEVEL).unwrap()), "1 MiB and one byte");
        assert!(!refused(&zstd::bulk::compress(&vec![0; MAX_PLAIN], LEVEL).unwrap()));
    }

    #[test]
    fn a_window_above_eight_mebibytes_is_refused() {
        let frame = |window_log: u8| {
            // Not a single segment, 4-byte content size 0, one empty last raw block.
            let descriptor = [0x80, (window_log - 10) << 3];
            [&MAGIC[..], &descriptor, &[0; 4], &[1, 0, 0]].concat()
        };
        assert!(!refused(&frame(23)));
        assert!(refused(&frame(24)));
        // Exponent and eighths (RFC 8878, 3.1.1.1.2).
        for (descriptor, window) in [(0, 1 << 10), (7, (1 << 10) + 7 * (1 << 7)), (0x80, 1 << 26), (0x81, 9 << 23)] {
            assert_eq!(window_size(&[0, 0, 0, 0, 0, descriptor]), Some(Some(window)), "{descriptor}");
        }
    }

    #[test]
    fn a_dictionary_is_refused() {
        // Descriptor: single segment, one-byte dictionary id, one-byte content size 0; one empty last raw block.
        assert!(refused(&[&MAGIC[..], &[0x21, 7, 0, 1, 0, 0]].concat()));
        assert!(!refused(&[&MAGIC[..], &[0x20, 0, 1, 0, 0]].concat()));
    }
}
