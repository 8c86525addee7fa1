//! Any text with any delimiters: what was written as escapes is read back, and nothing is lost where there are none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssmix2::escape::unescape;

const STANDARD: [char; 4] = ['|', '^', '&', '~'];

fuzz_target!(|input: (&str, char, [char; 4])| {
    let (text, escape, delimiters) = input;
    let read = unescape(text, escape, delimiters);
    if !text.contains(escape) {
        assert_eq!((&*read.text, read.stray), (text, false));
    }
    // A sequence is never longer than what stands for it, but for the blank lines of `.sp20`.
    assert!(read.text.len() <= text.len() * 20 + 20);
    let mut written = String::new();
    for c in text.chars() {
        match "|^&~\\".find(c) {
            Some(at) => written.extend(['\\', ['F', 'S', 'T', 'R', 'E'][at], '\\']),
            None => written.push(c),
        }
    }
    let read = unescape(&written, '\\', STANDARD);
    assert_eq!((&*read.text, read.stray), (text, false));
});
