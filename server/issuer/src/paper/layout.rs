//! The sheet on A4: every line and box with its place, in points from the upper left corner.
//!
//! From top to bottom: what it is, until when, five steps beside the code, what to mind, what to do when it fails, whom to
//! ask, and what the staff need. What a patient reads is 14 points or larger. Nothing leaves its column: a text of the
//! settings that would is refused.

use super::font::Ruler;
use super::qr::QUIET;
use super::sheet::Content;
use super::{PaperError, Part, words, wrap};

/// A4.
pub(super) const WIDTH: f32 = 595.28;
/// A4.
pub(super) const HEIGHT: f32 = 841.89;
/// A little more than what office printers leave white.
pub(super) const MARGIN: f32 = 36.0;
/// The code's side without its border: 62 mm.
const CODE: f32 = 176.0;
/// Between text and the frame around it.
const PAD: f32 = 10.0;
/// A line's height, in parts of its size.
const LEADING: f32 = 1.33;
/// From the top of a letter's square to its baseline.
const ASCENT: f32 = 0.88;

/// A page.
#[derive(Default)]
pub(super) struct Placed {
    pub lines: Vec<Line>,
    pub areas: Vec<Area>,
    /// Where the code's first module lies, and the side of one.
    pub code: (f32, f32, f32),
}

/// A line of text.
pub(super) struct Line {
    pub x: f32,
    pub baseline: f32,
    pub style: Style,
    pub is_white: bool,
    pub text: String,
}

/// A rectangle: a frame, or black.
pub(super) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub is_frame: bool,
}

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub size: f32,
    pub is_bold: bool,
}

const SMALL: Style = Style { size: 11.0, is_bold: false };
const BODY: Style = Style { size: 14.0, is_bold: false };
const STEP: Style = Style { size: 16.0, is_bold: true };
const HEADING: Style = Style { size: 16.0, is_bold: true };
const DATE: Style = Style { size: 21.0, is_bold: true };
const TITLE: Style = Style { size: 30.0, is_bold: true };

/// A column that is filled from the top.
struct Column<'a> {
    x: f32,
    width: f32,
    y: f32,
    ruler: &'a Ruler<'a>,
}

/// Gives everything its place. `modules`: of a side of the code.
pub(super) fn place(content: &Content, modules: usize, ruler: &Ruler) -> Result<Placed, PaperError> {
    let mut page = Placed::default();
    let mut column = Column { x: MARGIN, width: WIDTH - 2.0 * MARGIN, y: MARGIN, ruler };
    head(&mut column, content, &mut page)?;
    until(&mut column, content, &mut page)?;
    steps(&mut column, modules, &mut page)?;
    cares(&mut column, &mut page)?;
    troubles(&mut column, &mut page)?;
    contact(&mut column, content, &mut page)?;
    staff(&mut column, content, &mut page)?;
    if column.y > HEIGHT - MARGIN { Err(PaperError::TooLong { part: Part::Sheet }) } else { Ok(page) }
}

fn head(column: &mut Column, content: &Content, page: &mut Placed) -> Result<(), PaperError> {
    column.ours(words::PRODUCT, HEADING, page)?;
    column.ours(words::TITLE, TITLE, page)?;
    column.foreign(&content.hospital, HEADING, (2, Part::Name), page)?;
    column.y += 6.0;
    column.bar(2.0, page);
    column.y += 10.0;
    Ok(())
}

fn until(column: &mut Column, content: &Content, page: &mut Placed) -> Result<(), PaperError> {
    column.framed(page, |inner, page| {
        inner.ours(words::UNTIL, BODY, page)?;
        inner.ours(&content.until, DATE, page)
    })?;
    column.y += 10.0;
    Ok(())
}

/// Steps on the left, the code on the right.
fn steps(column: &mut Column, modules: usize, page: &mut Placed) -> Result<(), PaperError> {
    let module = CODE / modules as f32;
    let border = QUIET as f32 * module;
    let right = MARGIN + column.width - CODE - border;
    page.code = (right, column.y + border, module);
    let side = CODE + 2.0 * border;
    let mut under = Column { x: right - border, width: side, y: column.y + side, ..*column };
    under.x += (side - column.ruler.width(words::CODE, BODY.size)) / 2.0;
    under.ours(words::CODE, BODY, page)?;
    let mut left = Column { width: column.width - side - PAD, ..*column };
    for (at, step) in words::STEPS.iter().enumerate() {
        left.numbered(at + 1, step, page)?;
    }
    column.y = left.y.max(under.y) + 4.0;
    Ok(())
}

fn cares(column: &mut Column, page: &mut Placed) -> Result<(), PaperError> {
    column.framed(page, |inner, page| {
        inner.ours(words::CARE, HEADING, page)?;
        words::CARES.iter().try_for_each(|care| inner.bullet(care, page))
    })?;
    column.y += 10.0;
    Ok(())
}

fn troubles(column: &mut Column, page: &mut Placed) -> Result<(), PaperError> {
    column.ours(words::TROUBLE, HEADING, page)?;
    for (when, then) in words::TROUBLES {
        column.bullet(&format!("{when}：|{then}"), page)?;
    }
    column.y += 6.0;
    Ok(())
}

fn contact(column: &mut Column, content: &Content, page: &mut Placed) -> Result<(), PaperError> {
    column.ours(words::CONTACT, HEADING, page)?;
    match &content.contact {
        Some(contact) => column.foreign(contact, BODY, (2, Part::Contact), page)?,
        None => column.ours(words::NO_CONTACT, BODY, page)?,
    }
    column.y += 6.0;
    Ok(())
}

/// At the foot of the page, whatever stands above: numbers on the left, the key on the right.
fn staff(column: &mut Column, content: &Content, page: &mut Placed) -> Result<(), PaperError> {
    let height = 3.0 * SMALL.size * LEADING + 6.0;
    column.y = column.y.max(HEIGHT - MARGIN - height);
    column.bar(0.7, page);
    column.y += 5.0;
    let half = column.width / 2.0;
    let mut left = Column { width: half - PAD, ..*column };
    let facility = format!("{}　{}", words::FACILITY, content.facility);
    left.ours(&format!("{}　{}", words::NUMBER, content.number), SMALL, page)?;
    left.foreign(&facility, SMALL, (1, Part::Facility), page)?;
    let mut right = Column { x: column.x + half, width: half, ..*column };
    right.ours(words::ROOT, SMALL, page)?;
    content.root.iter().try_for_each(|line| right.ours(line, SMALL, page))?;
    column.y = right.y;
    Ok(())
}

impl Column<'_> {
    fn ours(&mut self, text: &str, style: Style, page: &mut Placed) -> Result<(), PaperError> {
        let lines = wrap::ours(text, style.size, self.width, self.ruler);
        self.lines(lines, style, Part::Sheet, page)
    }

    fn foreign(
        &mut self,
        text: &str,
        style: Style,
        (most, part): (usize, Part),
        page: &mut Placed,
    ) -> Result<(), PaperError> {
        let lines = wrap::foreign(text, style.size, self.width, self.ruler);
        if lines.len() > most {
            return Err(PaperError::TooLong { part });
        }
        self.lines(lines, style, part, page)
    }

    fn lines(&mut self, lines: Vec<String>, style: Style, part: Part, page: &mut Placed) -> Result<(), PaperError> {
        for text in lines {
            if self.ruler.width(&text, style.size) > self.width {
                return Err(PaperError::TooLong { part });
            }
            let baseline = self.y + style.size * ((LEADING - 1.0) / 2.0 + ASCENT);
            page.lines.push(Line { x: self.x, baseline, style, is_white: false, text });
            self.y += style.size * LEADING;
        }
        Ok(())
    }

    fn bullet(&mut self, text: &str, page: &mut Placed) -> Result<(), PaperError> {
        let mut dot = Column { ..*self };
        dot.ours("・", BODY, page)?;
        let mut beside = Column { x: self.x + BODY.size, width: self.width - BODY.size, ..*self };
        beside.ours(text, BODY, page)?;
        self.y = beside.y + 2.5;
        Ok(())
    }

    /// A step: its number white on black, its text beside it.
    fn numbered(&mut self, number: usize, text: &str, page: &mut Placed) -> Result<(), PaperError> {
        let side = STEP.size * LEADING;
        page.areas.push(Area { x: self.x, y: self.y, width: side, height: side, is_frame: false });
        let number = number.to_string();
        let x = self.x + (side - self.ruler.width(&number, STEP.size)) / 2.0;
        let baseline = self.y + STEP.size * ((LEADING - 1.0) / 2.0 + ASCENT);
        page.lines.push(Line { x, baseline, style: STEP, is_white: true, text: number });
        let indent = side + PAD;
        let mut beside = Column { x: self.x + indent, width: self.width - indent, ..*self };
        beside.ours(text, STEP, page)?;
        self.y = beside.y + 6.0;
        Ok(())
    }

    fn framed(
        &mut self,
        page: &mut Placed,
        fill: impl FnOnce(&mut Self, &mut Placed) -> Result<(), PaperError>,
    ) -> Result<(), PaperError> {
        let mut inner =
            Self { x: self.x + PAD, width: self.width - 2.0 * PAD, y: self.y + PAD * 0.7, ruler: self.ruler };
        fill(&mut inner, page)?;
        let height = inner.y + PAD * 0.7 - self.y;
        page.areas.push(Area { x: self.x, y: self.y, width: self.width, height, is_frame: true });
        self.y += height;
        Ok(())
    }

    fn bar(&mut self, height: f32, page: &mut Placed) {
        page.areas.push(Area { x: self.x, y: self.y, width: self.width, height, is_frame: false });
        self.y += height;
    }
}
