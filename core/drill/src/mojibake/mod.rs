//! Text that decodes and is none.
//!
//! In the national drill one hospital's injection texts were valid characters and unreadable. Nothing in the bytes tells
//! that; only that nobody writes so. The model is small on purpose:
//!
//! ```text
//! text --plain--> plausible as it stands?  yes: nothing is said
//!                    | no
//!                 accidents: undo each known accident -> is that better Japanese, by a margin?  yes: that one
//!                    | no
//!                 so implausible that no accident has to be known for it?  yes: implausible
//! ```
//!
//! A text is what stands between two delimiters of HL7.

mod accidents;
mod glance;
mod plain;

pub use accidents::Accident;
pub use plain::is_jis_x0208;

use glance::Glance;
use plain::{DAILY, weight};

/// A text at least this plausible is not doubted.
const PLAUSIBLE: f64 = 2.0;
/// What an accident undone must reach,
const RESTORED: f64 = 1.5;
/// and by how much it must be better.
const MARGIN: f64 = 0.9;
/// Below this no accident needs to be known.
const IMPLAUSIBLE: f64 = -1.5;
/// Fewer characters than this say nothing by themselves.
const ENOUGH: usize = 4;

/// What happened to a field of a message, or to a part of it; `None` where nothing speaks for an accident.
pub fn judge(field: &str) -> Option<Accident> {
    if is_of_codes(field) {
        return None;
    }
    if has_numbers(field) {
        return Some(Accident::Numbers);
    }
    // `~` and `&` are bytes of kanji, too; so is `^`, but it parts codes from their texts.
    if has_kana_pairs(field) || field.split('^').any(|part| part.is_ascii() && is_escape_lost(part)) {
        return Some(Accident::EscapeLost);
    }
    field.split(['^', '~', '&']).find_map(judge_part)
}

/// Letters, digits and the signs between them.
static OF_CODES: [bool; 256] = {
    let (mut of_codes, mut byte) = ([false; 256], 0);
    while byte < 256 {
        of_codes[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b' ' | b'^' | b'~' | b'&' | b'.' | b',' | b':' | b'/' | b'+' | b'-' | b'_');
        byte += 1;
    }
    of_codes
};

/// Whether it is made of what numbers, codes and dates are made of: most fields are.
pub(crate) fn is_of_codes(field: &str) -> bool {
    field.bytes().all(|byte| OF_CODES[usize::from(byte)])
}

fn judge_part(text: &str) -> Option<Accident> {
    let glance = Glance::of(text);
    if glance.has_question_marks() {
        return Some(Accident::QuestionMarks);
    }
    if let Some(accident) = glance.has_first_bytes() {
        return Some(accident);
    }
    if is_of_signs(text) {
        return None;
    }
    let as_is = glance.plausibility()?;
    if as_is >= PLAUSIBLE || glance.is_natural_kana() {
        return None;
    }
    if glance.has_kana_beside_rare_kanji() {
        return Some(Accident::EucAsCp932);
    }
    let known = Accident::UNDOABLE
        .into_iter()
        .filter(|accident| glance.foreign >= accident.evidence())
        .find(|accident| accident.undone(text).iter().any(|before| restores(before, as_is, *accident)));
    known.or_else(|| (glance.foreign >= ENOUGH && as_is <= IMPLAUSIBLE).then_some(Accident::Implausible))
}

/// Whether the text before an accident is better, by more than chance gives.
fn restores(before: &str, as_is: f64, accident: Accident) -> bool {
    if accident == Accident::EscapeSwallowed {
        return as_is < 0.0 && is_plain_ascii(before);
    }
    if accident == Accident::EucAsCp932 && is_half_width_kana(before) {
        return true;
    }
    let glance = Glance::of(before);
    let lost = before.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let is_enough = glance.daily >= 2 && lost <= glance.daily;
    is_enough && glance.plausibility().is_some_and(|better| better >= RESTORED && better - as_is >= MARGIN)
}

/// Two characters written as `&#12450;` or `\u30a2`. A word has two, and a comment may speak of one.
fn has_numbers(field: &str) -> bool {
    let is_entity = |rest: &&str| {
        rest.split_once(';').is_some_and(|(number, _)| number.len() >= 3 && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_escape = |rest: &&str| rest.get(..4).is_some_and(|number| number.bytes().all(|b| b.is_ascii_hexdigit()));
    field.split("&#").skip(1).filter(is_entity).count() >= 2
        || field.split("\\u").skip(1).filter(is_escape).count() >= 2
}

/// Letters of other scripts and signs that somebody typed on purpose: Greek, Cyrillic, Roman numbers, arrows, frames, units.
/// No accident makes these alone.
fn is_of_signs(text: &str) -> bool {
    let is_sign = |c: char| matches!(c, '\u{370}'..='\u{52F}' | '\u{2010}'..='\u{206F}' | '\u{2100}'..='\u{27BF}' | '\u{3000}'..='\u{301F}' | '\u{3200}'..='\u{33FF}');
    text.chars().all(|c| c.is_ascii() || is_sign(c))
}

/// Kana without their escape: each is a `$` or `%` and another character.
fn has_kana_pairs(field: &str) -> bool {
    let is_row = |b: u8| matches!(b, b'$' | b'%');
    let is_pair = |w: &&[u8]| is_row(w[0]) && w[1].is_ascii_graphic() && !is_row(w[1]) && is_row(w[2]);
    field.as_bytes().windows(3).filter(is_pair).count() >= 3
}

/// Two-byte characters without their escape are ASCII: letters and signs in turn as nobody writes them, which read as
/// pairs are kana and daily kanji.
fn is_escape_lost(text: &str) -> bool {
    let signs = text.bytes().filter(u8::is_ascii_punctuation).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if text.len() < 6 || signs * 8 < text.len() || letters == 0 {
        return false;
    }
    let is_lost = |before: &String| {
        let count = |is: fn(char) -> bool| before.chars().filter(|c| is(*c)).count();
        let (all, daily, odd) = (count(|c| weight(c) != 0), count(|c| weight(c) >= DAILY), count(|c| weight(c) < 0));
        let kana = count(|c| matches!(c, '\u{3041}'..='\u{30FF}'));
        let is_text = daily * 3 >= all * 2 && odd * 4 <= all;
        let is_restless = |least: usize| daily >= least && switches(text) * 6 >= text.len() * (7 - least);
        is_text && (kana >= 2 && daily >= 3 || is_restless(3) || is_restless(4))
    };
    Accident::EscapeLost.undone(text).iter().any(is_lost)
}

/// How often a text goes from small letters to large ones to digits to signs.
fn switches(text: &str) -> usize {
    let class = |b: u8| (b.is_ascii_lowercase(), b.is_ascii_uppercase(), b.is_ascii_digit());
    text.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count()
}

/// Half-width kana and nothing else but ASCII. In EUC-JP each is a byte of its own row behind 8E, which by chance is
/// before every character of a text nearly never.
fn is_half_width_kana(text: &str) -> bool {
    let mut foreign = text.chars().filter(|c| !c.is_ascii()).peekable();
    foreign.peek().is_some() && foreign.all(|c| ('\u{FF61}'..='\u{FF9F}').contains(&c))
}

/// Letters, digits and blanks for the most part.
fn is_plain_ascii(text: &str) -> bool {
    let plain = text.bytes().filter(|b| b.is_ascii_alphanumeric() || *b == b' ').count();
    plain * 10 >= text.len() * 9
}

#[cfg(test)]
mod tests;
