//! The text of a QR code in a picture.

use png::{Decoder, Limits, Transformations};
use std::io::Cursor;
use zeroize::Zeroizing;

/// The most bytes of a picture once it is unpacked.
const MOST: usize = 128 << 20;
/// The first bytes of a PNG file.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The first code of a PNG picture that can be read; `None` where there is none.
pub fn read(picture: &[u8]) -> Option<Zeroizing<String>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(picture), Limits { bytes: MOST });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let size = reader.output_buffer_size().filter(|size| *size <= MOST)?;
    let mut pixels = Zeroizing::new(vec![0; size]);
    let frame = reader.next_frame(&mut pixels).ok()?;
    let (channels, line) = (frame.color_type.samples(), frame.line_size);
    let (width, height) = (usize::try_from(frame.width).ok()?, usize::try_from(frame.height).ok()?);
    // The first channel is as dark as the others in a black and white code.
    let dark = |x: usize, y: usize| pixels.get(y * line + x * channels).copied().unwrap_or(255);
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, dark);
    let codes = image.detect_grids();
    codes.iter().find_map(|code| code.decode().ok()).map(|(_, text)| Zeroizing::new(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_no_picture_has_no_code() {
        for bytes in [&b""[..], super::PNG, b"GIF89a", &[super::PNG, &[0; 100][..]].concat()] {
            assert!(super::read(bytes).is_none());
        }
    }
}
