//! A ticket's text as a QR code.
//!
//! Level M for every ticket: a crease or a stain of 15 % still scans, and the modules stay large. Alphanumeric mode takes
//! 5.5 bits a character, where bytes would take 8.

use std::fmt;

use mykarte_vault::ticket::Ticket;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};
use zeroize::Zeroizing;

use super::PaperError;

/// Light modules around the code; ISO/IEC 18004 asks for four.
pub(super) const QUIET: usize = 4;
/// Pixels of a module in a picture.
const SCALE: usize = 8;
/// Black on white from the fixed part of the 256 colours: a terminal's theme does not change these.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";
const PLAIN: &str = "\x1b[0m";

/// A QR code. It holds the ticket's secret: nobody but the patient may see it.
pub struct Code {
    size: usize,
    dark: Zeroizing<Vec<bool>>,
}

/// How a code is drawn in a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Black on white by escape codes, whatever the terminal's colours.
    Coloured,
    /// No escape codes: for a file, or a terminal that is dark on light.
    Plain,
}

impl Code {
    /// The code of a ticket.
    ///
    /// # Errors
    /// [`PaperError::NoCode`].
    pub fn of(ticket: &Ticket) -> Result<Self, PaperError> {
        Self::new(&ticket.dangerous_text())
    }

    /// The code of a text of digits, capital letters and ` $%*+-./:`.
    ///
    /// # Errors
    /// [`PaperError::NoCode`].
    pub fn new(text: &str) -> Result<Self, PaperError> {
        if !QrSegment::is_alphanumeric(text) {
            return Err(PaperError::NoCode);
        }
        let segments = [QrSegment::make_alphanumeric(text)];
        let (least, most) = (Version::MIN, Version::MAX);
        let code = QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, least, most, None, false)
            .map_err(|_| PaperError::NoCode)?;
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark = Zeroizing::new(dark.map(|(x, y)| code.get_module(x, y)).collect());
        let size = code.size().unsigned_abs() as usize;
        Ok(Self { size, dark })
    }

    /// Modules of a side, without the light border.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// A picture: PNG with one bit a pixel.
    #[must_use]
    pub fn png(&self) -> Zeroizing<Vec<u8>> {
        let side = (self.size + 2 * QUIET) * SCALE;
        let stride = side.div_ceil(8);
        let mut bits = Zeroizing::new(vec![0xff_u8; stride * side]);
        for (y, row) in bits.chunks_exact_mut(stride).enumerate() {
            for x in (0..side).filter(|x| self.is_dark_with_border(x / SCALE, y / SCALE)) {
                row[x / 8] &= !(0x80 >> (x % 8));
            }
        }
        let mut png = Zeroizing::new(Vec::with_capacity(bits.len() + 1024));
        let side = u32::try_from(side).expect("a QR code has at most 177 modules a side");
        let mut encoder = png::Encoder::new(&mut *png, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&bits));
        written.expect("memory takes every byte, and the picture has the size that it states");
        png
    }

    /// Half blocks, two modules a character: about 70 columns and 35 lines.
    #[must_use]
    pub fn terminal(&self, ink: Ink) -> Zeroizing<String> {
        let side = self.size + 2 * QUIET;
        let (on, off) = if ink == Ink::Coloured { (BLACK_ON_WHITE, PLAIN) } else { ("", "") };
        let mut text = Zeroizing::new(String::with_capacity((side * 3 + 32) * side.div_ceil(2)));
        for y in (0..side).step_by(2) {
            text.push_str(on);
            for x in 0..side {
                text.push(match (self.is_dark_with_border(x, y), self.is_dark_with_border(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            text.push_str(off);
            text.push('\n');
        }
        text
    }

    /// Dark stretches `(x, y, length)`, row by row, without the border.
    pub(super) fn runs(&self) -> Zeroizing<Vec<(usize, usize, usize)>> {
        let mut runs = Zeroizing::new(Vec::with_capacity(self.size * self.size / 2));
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let length = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if length > 0 {
                    runs.push((x, y, length));
                }
                x += length + 1;
            }
        }
        runs
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    fn is_dark_with_border(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.size);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.is_dark(x, y))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({} modules, [redacted])", self.size)
    }
}
