//! Any bytes as a picture of a ticket's QR code, and any text drawn as a code with any pixels turned: no code, or the text.
#![no_main]

#[path = "../../cli/src/qr.rs"]
#[allow(dead_code, reason = "the program asks whether a file is a picture at all")]
mod qr;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mykarte_fuzz::edited;
use qrcodegen::{QrCode, QrCodeEcc};

/// Pixels of a module, and modules of the white edge.
const SIZE: usize = 3;
const EDGE: usize = 4;

fn drawn(code: &QrCode, flips: &[u8]) -> Vec<u8> {
    let modules = code.size() as usize + 2 * EDGE;
    let width = modules * SIZE;
    let module = |x: usize, y: usize| code.get_module((x / SIZE) as i32 - EDGE as i32, (y / SIZE) as i32 - EDGE as i32);
    let mut pixels: Vec<u8> =
        (0..width * width).map(|at| if module(at % width, at / width) { 0 } else { 255 }).collect();
    for flip in flips.chunks_exact(2) {
        let at = usize::from(u16::from_be_bytes([flip[0], flip[1]])) % pixels.len();
        pixels[at] = !pixels[at];
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, width as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// A picture of any kind that PNG has, whole, with any pixels.
#[derive(Debug, Arbitrary)]
struct Odd<'a> {
    width: u8,
    height: u8,
    color: u8,
    depth: u8,
    pixels: &'a [u8],
}

impl Odd<'_> {
    fn png(&self) -> Option<Vec<u8>> {
        use png::{BitDepth::*, ColorType::*};
        let color = [Grayscale, Rgb, Indexed, GrayscaleAlpha, Rgba][usize::from(self.color) % 5];
        let depth = [One, Two, Four, Eight, Sixteen][usize::from(self.depth) % 5];
        let (width, height) = (u32::from(self.width), u32::from(self.height));
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        encoder.set_palette(vec![0, 0, 0, 255, 255, 255]);
        let mut pixels = self.pixels.to_vec();
        let samples = [1, 3, 1, 2, 4][usize::from(self.color) % 5] * (1 << (usize::from(self.depth) % 5));
        pixels.resize((width as usize * samples).div_ceil(8) * height as usize, 255);
        // What PNG has not (three samples of one bit, say) is refused by its writer.
        encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
        Some(bytes)
    }
}

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Bytes(&'a [u8]),
    /// A picture of a ticket, and what is changed in the file.
    Edited(&'a [u8]),
    Odd(Odd<'a>),
    /// A text, and the pixels that are turned.
    Drawn(&'a str, &'a [u8]),
}

const TICKET: &str = "mykarte:ticket:1:H6EX6-VFWAX-82FVB-7SG9Z-QPC1V-2T";

fn code(text: &str) -> Option<QrCode> {
    QrCode::encode_text(text, QrCodeEcc::Medium).ok()
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Bytes(bytes) => drop(qr::read(bytes)),
    Input::Edited(edits) => {
        let read = code(TICKET).and_then(|code| qr::read(&edited(&drawn(&code, &[]), edits)));
        assert!(!edits.is_empty() || read.is_some_and(|read| *read == TICKET));
    }
    Input::Odd(odd) => drop(odd.png().map(|png| qr::read(&png))),
    Input::Drawn(text, flips) => {
        let Some(code) = code(text) else { return };
        let read = qr::read(&drawn(&code, flips));
        assert!(!flips.is_empty() || text.is_empty() || read.is_some_and(|read| *read == text));
    }
});
