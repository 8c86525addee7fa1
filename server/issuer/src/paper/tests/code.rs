//! The code alone: pictures and terminals.

use std::io::Cursor;

use super::{ADDRESS, ticket};
use crate::paper::{Code, Ink, PaperError};
use png::Transformations;

/// Every code of a picture: level and text.
pub fn read(png: &[u8]) -> Vec<(u16, String)> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let (width, height, samples) = (info.width as usize, info.height as usize, info.color_type.samples());
    scan(width, height, |x, y| pixels[y * info.line_size + x * samples])
}

fn scan(width: usize, height: usize, pixel: impl Fn(usize, usize) -> u8) -> Vec<(u16, String)> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
    let codes = image.detect_grids().into_iter().map(|grid| grid.decode().unwrap());
    codes.map(|(meta, text)| (meta.ecc_level, text)).collect()
}

/// How rqrr numbers level M.
const LEVEL_M: u16 = 0;

#[test]
fn a_picture_reads_back_at_level_m_and_no_other() {
    for length in [0, 40, 193] {
        let ticket = ticket(&format!("https:/{}", "a".repeat(length)));
        let code = Code::of(&ticket).unwrap();
        assert_eq!(read(&code.png()), [(LEVEL_M, ticket.dangerous_text().to_string())]);
    }
}

#[test]
fn an_ordinary_address_gives_version_ten_and_the_longest_fifteen() {
    assert_eq!(Code::of(&ticket(ADDRESS)).unwrap().size(), 57);
    assert_eq!(Code::of(&ticket(&"a".repeat(200))).unwrap().size(), 77);
}

#[test]
fn a_picture_has_one_bit_a_pixel_eight_pixels_a_module_and_four_light_modules_around() {
    let code = Code::of(&ticket(ADDRESS)).unwrap();
    let png = code.png();
    let reader = png::Decoder::new(Cursor::new(&png[..])).read_info().unwrap();
    assert_eq!(reader.info().bit_depth, png::BitDepth::One);
    assert_eq!(reader.info().width as usize, (code.size() + 8) * 8);
}

#[test]
fn a_terminal_shows_what_a_picture_shows() {
    let ticket = ticket(ADDRESS);
    let text = Code::of(&ticket).unwrap().terminal(Ink::Plain);
    let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let is_dark = |x: usize, y: usize| match rows[y / 2][x] {
        '█' => true,
        '▀' => y.is_multiple_of(2),
        '▄' => !y.is_multiple_of(2),
        _ => false,
    };
    let side = rows[0].len();
    let shown = scan(side * 4, side * 4, |x, y| if is_dark(x / 4, y / 4) { 0 } else { 255 });
    assert_eq!(shown, [(LEVEL_M, ticket.dangerous_text().to_string())]);
}

#[test]
fn colours_are_set_and_given_back_on_every_line() {
    let code = Code::of(&ticket(ADDRESS)).unwrap();
    let (coloured, plain) = (code.terminal(Ink::Coloured), code.terminal(Ink::Plain));
    assert!(coloured.lines().all(|line| line.starts_with("\x1b[38;5;16;48;5;231m") && line.ends_with("\x1b[0m")));
    assert!(!plain.contains('\x1b'));
}

#[test]
fn nothing_that_is_no_ticket_becomes_a_code() {
    for text in ["mykarte1:abc", "MYKARTE1:あ", &"A".repeat(4000)] {
        assert_eq!(Code::new(text).unwrap_err(), PaperError::NoCode);
    }
}

#[test]
fn a_code_is_not_printed_by_accident() {
    assert_eq!(format!("{:?}", Code::of(&ticket(ADDRESS)).unwrap()), "Code(57 modules, [redacted])");
}
