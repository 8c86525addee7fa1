//! A Japanese font of this machine. None is committed: each has its own licence, and a hospital has one already.
//!
//! A font is taken only when it has every character of the sheet: an empty box in a hospital's name is not noticed at a
//! counter. Collections are searched face by face, and variable fonts are set to their regular weight.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use krilla::Data;
use skrifa::instance::{Location, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::raw::{FileRef, TableProvider};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::PaperError;
use super::sheet::{Content, Sheet};

/// Where Japanese fonts lie, the most readable first: Debian and Ubuntu, Fedora and RHEL, Arch, macOS, Windows.
const PLACES: [&str; 18] = [
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
    "/usr/share/fonts/truetype/takao-gothic/TakaoGothic.ttf",
    "/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf",
    "/usr/share/fonts/ipa-gothic/ipag.ttf",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-vf-fonts/NotoSansCJK-VF.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/ヒラギノ角ゴシック W4.ttc",
    "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
    "C:\\Windows\\Fonts\\BIZ-UDGothicR.ttc",
    "C:\\Windows\\Fonts\\meiryo.ttc",
    "C:\\Windows\\Fonts\\YuGothM.ttc",
    "C:\\Windows\\Fonts\\YuGothR.ttc",
    "C:\\Windows\\Fonts\\msgothic.ttc",
];
/// Variable fonts begin at their thinnest.
const WEIGHT: &str = "wght";
const REGULAR: f32 = 400.0;
/// In `OS/2.fsType`: the maker allows no embedding; or none of a part.
const RESTRICTED: u16 = 0x0002;
const WHOLE_ONLY: u16 = 0x0100;
/// As many missing characters are named: a font without kanji lacks hundreds.
const NAMED: usize = 20;

/// A font, read.
#[derive(Clone)]
pub struct Font {
    path: PathBuf,
    bytes: Arc<Vec<u8>>,
    face: u32,
    location: Location,
    pub(super) drawn: krilla::text::Font,
}

/// Widths and glyphs of a font.
pub(super) struct Ruler<'a> {
    glyphs: skrifa::charmap::Charmap<'a>,
    metrics: GlyphMetrics<'a>,
    em: f32,
}

impl Font {
    /// The font that somebody named, else the first of this machine that has every character of the sheet.
    ///
    /// # Errors
    /// [`PaperError::NoFont`], [`PaperError::MissingGlyphs`], [`PaperError::MayNotBeEmbedded`]; of a named one also
    /// [`PaperError::Unreadable`], [`PaperError::NotAFont`]; [`PaperError::NoDate`].
    pub fn find(named: Option<&Path>, sheet: &Sheet) -> Result<Self, PaperError> {
        let content = Content::of(sheet)?;
        match named {
            Some(path) => Self::open(path, &content),
            None => Self::search(PLACES.map(PathBuf::from), &content),
        }
    }

    /// Where it was found, for the operator.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A place without a file says nothing; a font that is there and not good enough does, when no other is better.
    pub(super) fn search(places: impl IntoIterator<Item = PathBuf>, content: &Content) -> Result<Self, PaperError> {
        let mut first = None;
        for path in places.into_iter().filter(|path| path.exists()) {
            match Self::open(&path, content) {
                Ok(font) => return Ok(font),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or(PaperError::NoFont))
    }

    fn open(path: &Path, content: &Content) -> Result<Self, PaperError> {
        let bytes = fs::read(path).map_err(|e| PaperError::Unreadable { path: path.to_owned(), kind: e.kind() })?;
        let bytes = Arc::new(bytes);
        let mut first = None;
        let faces = match FileRef::new(&bytes) {
            Ok(FileRef::Collection(collection)) => collection.len(),
            _ => 1,
        };
        for face in 0..faces {
            match Self::face(path, Arc::clone(&bytes), face, content) {
                Ok(font) => return Ok(font),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| PaperError::NotAFont { path: path.to_owned() }))
    }

    fn face(path: &Path, bytes: Arc<Vec<u8>>, face: u32, content: &Content) -> Result<Self, PaperError> {
        let none = || PaperError::NotAFont { path: path.to_owned() };
        let parsed = FontRef::from_index(&bytes, face).map_err(|_| none())?;
        if parsed.os2().is_ok_and(|table| table.fs_type() & (RESTRICTED | WHOLE_ONLY) != 0) {
            return Err(PaperError::MayNotBeEmbedded { path: path.to_owned() });
        }
        let tag = krilla::text::Tag::try_from_str(WEIGHT).expect("a tag has four letters");
        let weight: &[_] = if parsed.axes().is_empty() { &[] } else { &[(tag, REGULAR)] };
        let location = parsed.axes().location([(WEIGHT, REGULAR)]);
        let data = Data::from(Arc::clone(&bytes));
        let drawn = krilla::text::Font::new_variable(data, face, weight).ok_or_else(none)?;
        let font = Self { path: path.to_owned(), bytes, face, location, drawn };
        font.check(content)?;
        Ok(font)
    }

    /// That nothing of a sheet becomes an empty box.
    pub(super) fn check(&self, content: &Content) -> Result<(), PaperError> {
        let ruler = self.ruler();
        let mut characters = String::new();
        for c in content.texts().flat_map(str::chars) {
            if ruler.glyph(c).is_none() && !characters.contains(c) && characters.chars().count() < NAMED {
                characters.push(c);
            }
        }
        if characters.is_empty() {
            Ok(())
        } else {
            Err(PaperError::MissingGlyphs { path: self.path.clone(), characters })
        }
    }

    pub(super) fn ruler(&self) -> Ruler<'_> {
        let face = FontRef::from_index(&self.bytes, self.face).expect("this face was read when the font was opened");
        let metrics = face.glyph_metrics(Size::unscaled(), &self.location);
        Ruler { glyphs: face.charmap(), metrics, em: self.drawn.units_per_em() }
    }
}

impl Ruler<'_> {
    /// A character's glyph and its width, in parts of the size.
    pub fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let glyph = self.glyphs.map(c).filter(|glyph| *glyph != GlyphId::NOTDEF)?;
        Some((glyph.to_u32(), self.metrics.advance_width(glyph)? / self.em))
    }

    /// How wide a text is.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().filter_map(|c| self.glyph(c)).map(|(_, width)| width * size).sum()
    }
}

impl fmt::Debug for Font {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Font({}, face {})", self.path.display(), self.face)
    }
}
