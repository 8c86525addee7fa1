//! The labelled set: real texts as they are, and the same after each accident, made with real converters.
#![allow(clippy::print_stdout)]

use super::{Accident, judge};
use encoding_rs::{EUC_JP, Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};
use std::collections::{BTreeMap, BTreeSet};

/// Texts that are hard to tell from mojibake: rare names, rare findings, signs, half-width kana, codes.
const HARD: &str = include_str!("hard.txt");

/// Texts between delimiters of synthetic storages and of the hard list.
fn texts() -> BTreeSet<String> {
    let mut all: BTreeSet<String> = HARD.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    for seed in 0..3 {
        let options = mykarte_synth::Options::new(seed).patients(6).years(1).encoding(mykarte_synth::Encoding::Utf8);
        for file in mykarte_synth::generate_in_memory(&options).files {
            let text = String::from_utf8_lossy(&file.1).into_owned();
            all.extend(text.split(['|', '\r', '\n']).filter(|t| !t.is_empty()).map(str::to_owned));
        }
    }
    all
}

/// What a converter makes that reads `right` bytes as `wrong`: bytes it cannot read become question marks.
fn misread(text: &str, right: &'static Encoding, wrong: &'static Encoding) -> String {
    let (bytes, _, _) = right.encode(text);
    wrong.decode_without_bom_handling(&bytes).0.replace('\u{FFFD}', "?")
}

fn jis(text: &str) -> Vec<u8> {
    let (euc, _, _) = EUC_JP.encode(text);
    euc.iter().map(|byte| byte & 0x7F).collect()
}

fn of_jis(bytes: &[u8]) -> String {
    let euc: Vec<u8> = bytes.iter().map(|byte| byte | 0x80).collect();
    EUC_JP.decode_without_bom_handling(&euc).0.into_owned()
}

/// A field after each accident, which leaves delimiters as they are.
fn garbled(field: &str) -> Vec<(Accident, String)> {
    let each = |change: &dyn Fn(&str) -> String| field.split('^').map(change).collect::<Vec<_>>().join("^");
    let is_pair = |c: &char| !c.is_ascii() && !('\u{FF61}'..='\u{FF9F}').contains(c);
    let pairs = |text: &str| jis(&text.chars().filter(is_pair).collect::<String>());
    let shift = |text: &str| match pairs(text) {
        pairs if pairs.len() > 6 => of_jis(&pairs[1..pairs.len() - 1]),
        _ => text.to_owned(),
    };
    let lose = |text: &str| match text.chars().filter(is_pair).count() {
        0 => text.to_owned(),
        _ => String::from_utf8_lossy(&pairs(text)).into_owned(),
    };
    vec![
        (Accident::Utf8AsCp932, each(&|text| misread(text, UTF_8, SHIFT_JIS))),
        (Accident::EucAsCp932, each(&|text| misread(text, EUC_JP, SHIFT_JIS))),
        (Accident::Cp932AsEuc, each(&|text| misread(text, SHIFT_JIS, EUC_JP))),
        (Accident::AsWestern, each(&|text| misread(text, UTF_8, WINDOWS_1252))),
        (Accident::AsWestern, each(&|text| misread(text, SHIFT_JIS, WINDOWS_1252))),
        (Accident::QuestionMarks, field.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()),
        (
            Accident::Numbers,
            field.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", c as u32) }).collect(),
        ),
        (Accident::EscapeLost, each(&lose)),
        (Accident::Desynchronised, each(&shift)),
    ]
}

/// The characters of a field that an accident can harm.
fn length(field: &str) -> usize {
    field.chars().filter(|c| !c.is_ascii()).count()
}

/// How many of a set were found, by what had happened to them.
#[derive(Default)]
struct Found(BTreeMap<Accident, (usize, usize)>);

impl Found {
    fn add(&mut self, accident: Accident, is_found: bool) {
        let (hits, all) = self.0.entry(accident).or_default();
        *hits += usize::from(is_found);
        *all += 1;
    }

    /// Prints a line each and returns how many of how many.
    fn print(&self, set: &str) -> (usize, usize) {
        let (hits, all) = self.0.values().fold((0, 0), |(h, a), (hits, all)| (h + hits, a + all));
        println!("{set}: recall {:.2} % of {all}", hits as f64 * 100.0 / all as f64);
        for (accident, (hits, all)) in &self.0 {
            println!("    {accident:?}: {hits} of {all}");
        }
        (hits, all)
    }
}

/// Fields of at least so many Japanese characters after each accident.
fn fields(texts: &BTreeSet<String>, shortest: usize) -> Found {
    let mut found = Found::default();
    for field in texts.iter().filter(|field| length(field) >= shortest) {
        for (accident, after) in garbled(field) {
            // What does not decode is another finding.
            if after != *field && !after.contains('\u{FFFD}') {
                found.add(accident, after.split('|').any(|part| judge(part).is_some()));
            }
        }
    }
    found
}

/// Whole files after each accident.
fn files() -> Found {
    let options = mykarte_synth::Options::new(9).patients(4).years(1).encoding(mykarte_synth::Encoding::Utf8);
    let mut found = Found::default();
    for (_, bytes) in mykarte_synth::generate_in_memory(&options).files {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut after: BTreeMap<Accident, Option<bool>> = BTreeMap::new();
        for field in text.split(['|', '\r', '\n']).filter(|field| !field.is_ascii()) {
            for (accident, garbled) in garbled(field).into_iter().filter(|(_, garbled)| garbled != field) {
                let is_found = after.entry(accident).or_insert(Some(false));
                match garbled.contains('\u{FFFD}') {
                    true => *is_found = None,
                    false => *is_found = is_found.map(|is| is || garbled.split('|').any(|part| judge(part).is_some())),
                }
            }
        }
        after
            .into_iter()
            .filter_map(|(accident, is)| Some((accident, is?)))
            .for_each(|(accident, is)| found.add(accident, is));
    }
    found
}

/// A hit is a garbled text that is found, a false alarm a text as it was that is "found". Shorter texts are printed and
/// not asserted: two kanji garbled into two other daily kanji are beyond any model of characters.
#[test]
fn precision_and_recall_over_the_labelled_set() {
    let texts = texts();
    let false_alarms: Vec<(&String, Accident)> = texts.iter().filter_map(|t| Some((t, judge(t)?))).collect();
    println!("{} texts as they are, false alarms: {false_alarms:?}", texts.len());
    for shortest in [2, 4, 6] {
        fields(&texts, shortest).print(&format!("fields of {shortest} Japanese characters and more"));
    }
    let of_fields = fields(&texts, 8).print("labelled set: fields of 8 and more");
    let of_files = files().print("labelled set: files");
    let (hits, all) = (of_fields.0 + of_files.0, of_fields.1 + of_files.1);
    let recall = hits as f64 / all as f64;
    let precision = hits as f64 / (hits + false_alarms.len()) as f64;
    println!("precision {:.2} %, recall {:.2} %", precision * 100.0, recall * 100.0);
    assert!(precision >= 0.99 && recall >= 0.99);
    assert!(false_alarms.is_empty(), "{false_alarms:?}");
}

#[test]
fn each_accident_is_named() {
    for (accident, text) in [
        (Accident::Utf8AsCp932, "繧ｽ繝ｫ繝\u{81}繝\u{bb}繧ｯ"),
        (Accident::Utf8AsCp932, &misread("眼科診察", UTF_8, SHIFT_JIS)),
        (Accident::EucAsCp932, "･ｽ･･･ﾇ･爭ﾌ"),
        (Accident::AsWestern, "ƒ\u{8d}ƒLƒ\\ƒjƒ“"),
        (Accident::AsWestern, "ã‚¢ãƒ ãƒ\u{ad}"),
        (Accident::EscapeLost, "%\"%`%m%8%T%s>{"),
        (Accident::QuestionMarks, "?????100mL"),
        (Accident::Desynchronised, &of_jis(&jis("あアムロジピン錠")[3..15])),
        (Accident::Implausible, "鬯ｩ帙髫蹕驛"),
    ] {
        assert_eq!(judge(text), Some(accident), "{text}");
    }
    assert_eq!(judge("%TIBC^50%%^$100"), None);
}
