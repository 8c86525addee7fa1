//! The sheet as a PDF. The same sheet and font give the same bytes: no date, no random id, no path of this machine.

use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, color::luma};
use zeroize::Zeroizing;

use super::font::{Font, Ruler};
use super::layout::{self, Line, Placed};
use super::sheet::{Content, Sheet};
use super::{Code, PaperError, words};

/// Around a bold letter, in parts of its size: the fonts of most machines have one weight only.
const BOLD: f32 = 0.03;
/// A frame's line, in points.
const FRAME: f32 = 1.5;

/// The sheet as a PDF of one A4 page.
///
/// # Errors
/// [`PaperError::MissingGlyphs`], [`PaperError::TooLong`], [`PaperError::NoCode`], [`PaperError::NoDate`], [`PaperError::Pdf`].
pub fn pdf(sheet: &Sheet, font: &Font) -> Result<Zeroizing<Vec<u8>>, PaperError> {
    let content = Content::of(sheet)?;
    font.check(&content)?;
    let (code, ruler) = (Code::of(sheet.ticket)?, font.ruler());
    let page = layout::place(&content, code.size(), &ruler)?;

    let mut document = Document::new();
    let title = format!("{} {}", words::PRODUCT, words::TITLE);
    document.set_metadata(Metadata::new().title(title).language("ja".to_owned()));
    let size = PageSettings::from_wh(layout::WIDTH, layout::HEIGHT).expect("A4 is a size");
    let mut sheet = document.start_page_with(size);
    let mut surface = sheet.surface();
    draw_areas(&mut surface, &page);
    draw_code(&mut surface, &code, page.code);
    for line in &page.lines {
        draw_line(&mut surface, line, font, &ruler);
    }
    surface.finish();
    sheet.finish();
    // Of the library's error only the kind: the rest is Rust's notation of a font.
    let reason = |_| PaperError::Pdf { reason: "the font cannot be embedded".to_owned() };
    document.finish().map(Zeroizing::new).map_err(reason)
}

fn ink(lightness: u8) -> krilla::paint::Paint {
    luma::Color::new(lightness).into()
}

fn fill(lightness: u8) -> Option<Fill> {
    Some(Fill { paint: ink(lightness), opacity: NormalizedF32::ONE, rule: FillRule::NonZero })
}

fn stroke(lightness: u8, width: f32) -> Option<Stroke> {
    Some(Stroke { paint: ink(lightness), width, ..Stroke::default() })
}

fn draw_areas(surface: &mut Surface, page: &Placed) {
    for area in &page.areas {
        let rect = Rect::from_xywh(area.x, area.y, area.width, area.height);
        let (outline, inside) = if area.is_frame { (stroke(0, FRAME), None) } else { (None, fill(0)) };
        surface.set_stroke(outline);
        surface.set_fill(inside);
        draw(surface, rect);
    }
}

/// All modules as one path: a viewer that smooths edges leaves no light seams inside it.
fn draw_code(surface: &mut Surface, code: &Code, (x, y, module): (f32, f32, f32)) {
    surface.set_stroke(None);
    surface.set_fill(fill(0));
    let rects = code.runs();
    let place = |&(column, row, length): &(usize, usize, usize)| {
        Rect::from_xywh(x + column as f32 * module, y + row as f32 * module, length as f32 * module, module)
    };
    draw(surface, rects.iter().filter_map(place));
}

fn draw(surface: &mut Surface, rects: impl IntoIterator<Item = Rect>) {
    let mut path = PathBuilder::new();
    rects.into_iter().for_each(|rect| path.push_rect(rect));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn draw_line(surface: &mut Surface, line: &Line, font: &Font, ruler: &Ruler) {
    let lightness = if line.is_white { 255 } else { 0 };
    surface.set_fill(fill(lightness));
    surface.set_stroke(if line.style.is_bold { stroke(lightness, line.style.size * BOLD) } else { None });
    let glyphs: Vec<KrillaGlyph> = line
        .text
        .char_indices()
        .filter_map(|(at, c)| {
            let (glyph, width) = ruler.glyph(c)?;
            Some(KrillaGlyph::new(GlyphId::new(glyph), width, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
        })
        .collect();
    let start = Point::from_xy(line.x, line.baseline);
    surface.draw_glyphs(start, &glyphs, font.drawn.clone(), &line.text, line.style.size, false);
}
