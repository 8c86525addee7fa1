//! Any bytes cut into segments: none is lost, and no segment holds a terminator.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssmix2::framing::{join, split};

fuzz_target!(|bytes: &[u8]| {
    let segments = split(bytes);
    assert_eq!(join(&segments), bytes);
    let mut offset = 0;
    for segment in &segments {
        assert_eq!(segment.offset, offset);
        assert!(!segment.body.iter().any(|byte| b"\r\n\x0B\x1C\0\x1A".contains(byte)));
        offset += segment.body.len() + segment.end.len();
    }
});
