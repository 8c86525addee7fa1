//! Any bytes as a picture of a ticket's QR code, and any text drawn as a code with any pixels turned: no code, or the text.
#![no_main]

#[path = "../../cli/src/qr.rs"]
#[allow(dead_code, reason = "the program asks whether a file is a picture at all")]
mod qr;

use libfuzzer_sys::fuzz_target;
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

fuzz_target!(|input: (bool, &str, &[u8])| {
    let (is_raw, text, bytes) = input;
    if is_raw {
        let _ = qr::read(bytes);
        return;
    }
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return };
    let read = qr::read(&drawn(&code, bytes));
    assert!(!bytes.is_empty() || text.is_empty() || read.is_none_or(|read| *read == text));
});
