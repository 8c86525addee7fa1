//! How plausible a character is in the texts of a Japanese hospital.
//!
//! One weight a character: kana and daily kanji speak for a text, what is in the tables of JIS X 0208 and hardly
//! anybody writes speaks against it. Which kanji are daily is a fact with a source (`kanji.txt`), not a guess of ours.

use std::sync::LazyLock;

const KANJI: &str = include_str!("kanji.txt");

/// Of a character that is no text at all.
const STRANGE: i8 = -6;

/// Of kana and the kanji that everybody reads.
pub const DAILY: i32 = 2;

/// Weight of each character of the Basic Multilingual Plane.
static WEIGHTS: LazyLock<Box<[i8]>> = LazyLock::new(weights);

fn weights() -> Box<[i8]> {
    let mut all = vec![STRANGE; 0x1_0000].into_boxed_slice();
    let mut set = |c: char, weight: i8| {
        if let Some(known) = all.get_mut(c as usize) {
            *known = weight;
        }
    };
    for row in 1..=94_u8 {
        for cell in 1..=94_u8 {
            let weight = match row {
                1 | 3 => 0,
                4 | 5 => 3,
                // Level 1 and level 2 kanji.
                16..=47 => -1,
                48..=84 => -4,
                // Signs, Greek, and what NEC and IBM added: typed now and then.
                2 | 6 | 13 => -1,
                89..=92 => -3,
                _ => STRANGE,
            };
            let pair = [row + 0xA0, cell + 0xA0];
            let (text, _, bad) = encoding_rs::EUC_JP.decode(&pair);
            if !bad {
                text.chars().for_each(|c| set(c, weight));
            }
        }
    }
    (' '..='~').for_each(|c| set(c, 0));
    ('\u{FF61}'..='\u{FF9F}').for_each(|c| set(c, 1));
    "°±²³´µ·×÷®©".chars().for_each(|c| set(c, -1));
    "\t\r\n\u{FFFD}".chars().for_each(|c| set(c, 0));
    for line in KANJI.lines().filter(|line| !line.starts_with('#')) {
        let (kind, kanji) = line.split_once(' ').unwrap_or_default();
        let weight = match kind {
            "daily" | "common" => 2,
            _ => 1,
        };
        kanji.chars().for_each(|c| set(c, weight));
    }
    all
}

/// How much a character speaks for (above 0) or against (below 0) a text.
pub fn weight(c: char) -> i32 {
    // Beyond the table lie the rarest variants of names.
    WEIGHTS.get(c as usize).map_or(-4, |weight| i32::from(*weight))
}

/// A bit for each character of the Basic Multilingual Plane that JIS X 0208 has.
static JIS_X_0208: LazyLock<Box<[u64]>> = LazyLock::new(|| {
    let mut bits = vec![0; 0x1_0000 / 64].into_boxed_slice();
    // Rows 9 to 15 and from 85 on are vendors'.
    let pairs = (1..=8).chain(16..=84).flat_map(|row| (1..=94).map(move |cell| [row + 0xA0, cell + 0xA0]));
    for pair in pairs {
        let (text, _, bad) = encoding_rs::EUC_JP.decode(&pair);
        for c in text.chars().filter(|_| !bad) {
            if let Some(word) = bits.get_mut(c as usize / 64) {
                *word |= 1 << (c as usize % 64);
            }
        }
    }
    bits
});

/// Whether JIS X 0208 or JIS X 0201 has a character: what every terminal that reads SS-MIX2 can show.
pub fn is_jis_x0208(c: char) -> bool {
    let is_known = |word: &u64| word >> (c as usize % 64) & 1 == 1;
    c.is_ascii() || ('\u{FF61}'..='\u{FF9F}').contains(&c) || JIS_X_0208.get(c as usize / 64).is_some_and(is_known)
}
