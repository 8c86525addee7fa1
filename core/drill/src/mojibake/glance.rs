//! What one pass over a text tells: most texts need no second.

use super::Accident;
use super::plain::{DAILY, weight};

/// Counts of one text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glance {
    /// Characters that are not ASCII.
    pub foreign: usize,
    /// Half-width kana among them.
    pub kana: usize,
    /// What speaks against those as such, see [`Glance::odd_kana`].
    odd: usize,
    /// Characters that everybody reads, and that hardly anybody writes.
    pub daily: usize,
    pub rare: usize,
    /// Sum and number of the weights that say something.
    sum: i32,
    weighed: i32,
    /// Characters that are not blank; question marks; the most of these in a row.
    visible: usize,
    pub marks: usize,
    longest: usize,
    /// First bytes of kana in UTF-8 and in EUC-JP, read as CP932.
    utf8: usize,
    euc: usize,
}

impl Glance {
    pub fn of(text: &str) -> Glance {
        let (mut glance, mut run, mut opened, mut last) = (Glance::default(), 0, 0, ' ');
        for c in text.chars() {
            glance.visible += usize::from(!c.is_whitespace());
            run = if matches!(c, '?' | '？') { run + 1 } else { 0 };
            glance.marks += usize::from(run > 0);
            glance.longest = glance.longest.max(run);
            if !c.is_ascii() {
                glance.add(c, last, &mut opened);
            }
            last = c;
        }
        glance
    }

    fn add(&mut self, c: char, last: char, opened: &mut usize) {
        let weight = weight(c);
        self.foreign += 1;
        self.sum += weight;
        self.weighed += i32::from(weight != 0);
        self.daily += usize::from(weight >= DAILY);
        self.rare += usize::from(weight <= -3);
        match c {
            '縺' | '繧' | '繝' => self.utf8 += 1,
            '｢' => *opened += 1,
            '｣' if *opened > 0 => *opened -= 1,
            '､' | '･' | '｣' | '｡' => self.euc += 1,
            _ => {}
        }
        if ('\u{FF61}'..='\u{FF9F}').contains(&c) {
            self.kana += 1;
            self.odd += odd_kana(c, last);
        }
    }

    /// Mean weight of the characters that say something, less what speaks against half-width kana; `None` without any.
    pub fn plausibility(&self) -> Option<f64> {
        let mean = (self.weighed > 0).then(|| f64::from(self.sum) / f64::from(self.weighed));
        mean.map(|mean| mean - self.odd as f64 / self.kana.max(1) as f64)
    }

    /// Nothing but half-width kana as people write them.
    pub fn is_natural_kana(&self) -> bool {
        self.odd <= 1 && self.kana == self.foreign
    }

    /// Four question marks in a row, or in all where they are much of a text that holds no Japanese character besides.
    pub fn has_question_marks(&self) -> bool {
        let Glance { marks, visible, .. } = *self;
        let is_much = marks >= 2 && marks * 3 >= visible || marks >= 4 && marks * 6 >= visible;
        // Beside Japanese that can be read somebody may have typed a few.
        let is_mostly = self.longest >= 4 && (self.daily == 0 || marks * 3 >= visible * 2);
        is_mostly || self.daily == 0 && visible >= 3 && is_much
    }

    /// What all kana begin with after an accident: `縺`, `繧`, `繝` (their first two bytes in UTF-8, read as CP932) are in
    /// no word, and `､`, `･`, `｣`, `｡` (the rows of kana, digits and marks in EUC-JP) are in no word twice.
    pub fn has_first_bytes(&self) -> Option<Accident> {
        let is_often = |count: usize| count >= 2 && count * 5 >= self.foreign;
        let euc = || is_often(self.euc).then_some(Accident::EucAsCp932);
        is_often(self.utf8).then_some(Accident::Utf8AsCp932).or_else(euc)
    }

    /// Half-width kana and kanji that nobody writes, and not one daily character: bytes of another encoding as CP932.
    pub fn has_kana_beside_rare_kanji(&self) -> bool {
        self.kana >= 3 && self.rare + self.marks / 2 >= 1 && self.daily == 0
    }
}

/// What speaks against half-width kana as such: voiced marks behind what cannot be voiced, and the marks `。、・`, which
/// names and drugs have once, not all the time.
fn odd_kana(c: char, last: char) -> usize {
    match c {
        '\u{FF61}' | '\u{FF64}' | '\u{FF65}' => 1,
        '\u{FF9E}' if !matches!(last, '\u{FF73}' | '\u{FF76}'..='\u{FF84}' | '\u{FF8A}'..='\u{FF8E}') => 5,
        '\u{FF9F}' if !matches!(last, '\u{FF8A}'..='\u{FF8E}') => 5,
        _ => 0,
    }
}
