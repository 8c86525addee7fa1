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
mod plain;

pub use accidents::Accident;
pub use plain::is_jis_x0208;

use plain::{DAILY, plausibility, weight};

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
    // `~` and `&` are bytes of kanji, too; so is `^`, but it parts codes from their texts.
    if has_kana_pairs(field) || field.split('^').any(|part| part.is_ascii() && is_escape_lost(part)) {
        return Some(Accident::EscapeLost);
    }
    field.split(['^', '~', '&']).find_map(judge_part)
}

fn judge_part(text: &str) -> Option<Accident> {
    if has_question_marks(text) {
        return Some(Accident::QuestionMarks);
    }
    if let Some(accident) = has_first_bytes(text) {
        return Some(accident);
    }
    let (odd, kana) = odd_kana(text);
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    let as_is = plausibility(text)? - f64::from(odd) / f64::from(kana.max(1));
    if as_is >= PLAUSIBLE || odd <= 1 && kana as usize == foreign {
        return None;
    }
    if is_kana_beside_rare_kanji(text) {
        return Some(Accident::EucAsCp932);
    }
    let known = Accident::UNDOABLE
        .into_iter()
        .filter(|accident| foreign >= accident.evidence())
        .find(|accident| accident.undone(text).iter().any(|before| restores(before, as_is, *accident)));
    known.or_else(|| (foreign >= ENOUGH && as_is <= IMPLAUSIBLE).then_some(Accident::Implausible))
}

/// Whether the text before an accident is better, by more than chance gives.
fn restores(before: &str, as_is: f64, accident: Accident) -> bool {
    if accident == Accident::EscapeSwallowed {
        return as_is < 0.0 && is_plain_ascii(before);
    }
    if accident == Accident::EucAsCp932 && is_half_width_kana(before) {
        return true;
    }
    let daily = before.chars().filter(|c| weight(*c) >= DAILY).count();
    let lost = before.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let is_enough = daily >= 2 && lost <= daily;
    is_enough && plausibility(before).is_some_and(|better| better >= RESTORED && better - as_is >= MARGIN)
}

/// What all kana begin with after an accident: `縺`, `繧`, `繝` (their first two bytes in UTF-8, read as CP932) are in no
/// word, and `､`, `･`, `｣`, `｡` (the rows of kana, digits and marks in EUC-JP) are in no word twice.
fn has_first_bytes(text: &str) -> Option<Accident> {
    let (mut utf8, mut euc, mut opened, mut all) = (0, 0, 0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        match c {
            '縺' | '繧' | '繝' => utf8 += 1,
            '｢' => opened += 1,
            '｣' if opened > 0 => opened -= 1,
            '､' | '･' | '｣' | '｡' => euc += 1,
            _ => {}
        }
    }
    let is_often = |count: usize| count >= 2 && count * 5 >= all;
    is_often(utf8).then_some(Accident::Utf8AsCp932).or_else(|| is_often(euc).then_some(Accident::EucAsCp932))
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

/// Four question marks in a row, or in all where they are much of a text that holds no Japanese character besides.
fn has_question_marks(text: &str) -> bool {
    let (mut marks, mut run, mut longest, mut all, mut daily) = (0, 0, 0, 0, 0);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        if matches!(c, '?' | '？') {
            marks += 1;
            run += 1;
            longest = longest.max(run);
        } else {
            run = 0;
            daily += usize::from(weight(c) >= DAILY);
        }
    }
    longest >= 4 || daily == 0 && all >= 3 && (marks >= 2 && marks * 3 >= all || marks >= 4 && marks * 6 >= all)
}

/// What speaks against half-width kana as such: voiced marks behind what cannot be voiced, and the marks 。「」、・ that
/// names and drugs have once, not all the time. With the number of such kana.
fn odd_kana(text: &str) -> (u32, u32) {
    let (mut odd, mut all, mut last) = (0, 0, ' ');
    for c in text.chars() {
        if ('\u{FF61}'..='\u{FF9F}').contains(&c) {
            all += 1;
            odd += match c {
                '\u{FF61}' | '\u{FF64}' | '\u{FF65}' => 1,
                '\u{FF9E}' if !matches!(last, '\u{FF73}' | '\u{FF76}'..='\u{FF84}' | '\u{FF8A}'..='\u{FF8E}') => 5,
                '\u{FF9F}' if !matches!(last, '\u{FF8A}'..='\u{FF8E}') => 5,
                _ => 0,
            };
        }
        last = c;
    }
    (odd, all)
}

/// Half-width kana and nothing else but ASCII. In EUC-JP each is a byte of its own row behind 8E, which by chance is
/// before every character of a text nearly never.
fn is_half_width_kana(text: &str) -> bool {
    let mut foreign = text.chars().filter(|c| !c.is_ascii()).peekable();
    foreign.peek().is_some() && foreign.all(|c| ('\u{FF61}'..='\u{FF9F}').contains(&c))
}

/// Half-width kana and kanji that nobody writes, and not one daily character: bytes of another encoding as CP932.
fn is_kana_beside_rare_kanji(text: &str) -> bool {
    let count = |is: fn(char) -> bool| text.chars().filter(|c| is(*c)).count();
    let kana = count(|c| ('\u{FF61}'..='\u{FF9F}').contains(&c));
    let lost = count(|c| c == '?');
    kana >= 3 && count(|c| weight(c) <= -3) + lost / 2 >= 1 && count(|c| weight(c) >= DAILY) == 0
}

/// Letters, digits and blanks for the most part.
fn is_plain_ascii(text: &str) -> bool {
    let plain = text.bytes().filter(|b| b.is_ascii_alphanumeric() || *b == b' ').count();
    plain * 10 >= text.len() * 9
}

#[cfg(test)]
mod tests;
