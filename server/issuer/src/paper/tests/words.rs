//! Dates, fonts and what the settings may hold.

use std::fs;
use std::path::PathBuf;

use super::{ADDRESS, font, sheet, ticket};
use crate::paper::sheet::Content;
use crate::paper::words::until;
use crate::paper::wrap::foreign;
use crate::paper::{Font, PaperError, Part, pdf};

#[test]
fn the_last_minute_is_in_japanese_local_time_and_era() {
    let at = |seconds| until(seconds).unwrap().replace('|', "");
    assert_eq!(at(1_795_509_000), "2026年（令和8年）11月24日 午後5時30分まで");
    assert_eq!(at(1_772_463_600), "2026年（令和8年）3月3日 午前0時まで");
    assert_eq!(at(1_772_463_600 + 12 * 3600 + 5 * 60), "2026年（令和8年）3月3日 午後0時5分まで");
    assert_eq!(until(u64::MAX), None);
}

#[test]
fn a_font_without_kanji_is_refused_with_the_characters_that_it_lacks() {
    let ticket = ticket(ADDRESS);
    let mut sheet = sheet(&ticket);
    sheet.hospital.name.push('\u{1f3e5}');
    match Font::find(None, &sheet) {
        Err(PaperError::MissingGlyphs { characters, .. }) => assert_eq!(characters, "\u{1f3e5}"),
        Err(PaperError::NoFont) => drop(font(&sheet)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sheet_that_the_font_was_not_found_for_is_checked_again() {
    let ticket = ticket(ADDRESS);
    let mut sheet = sheet(&ticket);
    let Some(font) = font(&sheet) else { return };
    sheet.contact = Some("\u{1f3e5}".to_owned());
    assert!(matches!(pdf(&sheet, &font), Err(PaperError::MissingGlyphs { .. })));
}

#[test]
fn a_file_that_is_no_font_and_one_that_is_not_there_have_their_own_errors() {
    let (ticket, folder) = (ticket(ADDRESS), tempfile::tempdir().unwrap());
    let (there, missing) = (folder.path().join("a.ttf"), folder.path().join("b.ttf"));
    fs::write(&there, b"ttcf no font").unwrap();
    let find = |path: &PathBuf| Font::find(Some(path), &sheet(&ticket)).unwrap_err();
    assert_eq!(find(&there), PaperError::NotAFont { path: there.clone() });
    assert!(matches!(find(&missing), PaperError::Unreadable { .. }));
}

#[test]
fn the_search_passes_over_what_is_not_good_enough() {
    let ticket = ticket(ADDRESS);
    let content = Content::of(&sheet(&ticket)).unwrap();
    let Some(font) = font(&sheet(&ticket)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.ttf");
    fs::write(&bad, b"no font").unwrap();
    let places = [folder.path().join("none.ttf"), bad.clone(), font.path().to_owned()];
    assert_eq!(Font::search(places, &content).unwrap().path(), font.path());
    assert_eq!(Font::search([bad.clone()], &content).unwrap_err(), PaperError::NotAFont { path: bad });
    assert_eq!(Font::search([], &content).unwrap_err(), PaperError::NoFont);
}

#[test]
fn a_collection_is_searched_face_by_face() {
    let ticket = ticket(ADDRESS);
    let Some(single) = font(&sheet(&ticket)) else { return };
    let font = fs::read(single.path()).unwrap();
    if font.starts_with(b"ttcf") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.ttc");
    fs::write(&path, collection(&font)).unwrap();
    let found = Font::find(Some(&path), &sheet(&ticket)).unwrap();
    assert_eq!(format!("{found:?}"), format!("Font({}, face 1)", path.display()));
    pdf(&sheet(&ticket), &found).unwrap();
}

/// A collection of a face that cannot be read and the given one: header, two offsets, tables with their places moved.
fn collection(font: &[u8]) -> Vec<u8> {
    let (shift, junk) = (24_u32, 20_u32);
    let mut bytes = [&b"ttcf\0\x01\0\0"[..], &2_u32.to_be_bytes(), &junk.to_be_bytes(), &shift.to_be_bytes()].concat();
    bytes.extend([0xff; 4]);
    bytes.extend(font);
    let tables = u16::from_be_bytes([font[4], font[5]]);
    for table in 0..usize::from(tables) {
        let at = shift as usize + 12 + table * 16 + 8;
        let offset = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) + shift;
        bytes[at..at + 4].copy_from_slice(&offset.to_be_bytes());
    }
    bytes
}

#[test]
fn a_text_of_the_settings_that_does_not_fit_is_named() {
    let ticket = ticket(ADDRESS);
    let Some(font) = font(&sheet(&ticket)) else { return };
    let part = |change: fn(&mut crate::paper::Sheet)| {
        let mut sheet = sheet(&ticket);
        change(&mut sheet);
        pdf(&sheet, &font).unwrap_err()
    };
    let name = part(|sheet| sheet.hospital.name = "病院".repeat(40));
    assert_eq!(name, PaperError::TooLong { part: Part::Name });
    let contact = part(|sheet| sheet.contact = Some("A".repeat(200)));
    assert_eq!(contact, PaperError::TooLong { part: Part::Contact });
    let facility = part(|sheet| sheet.hospital.facility = "1".repeat(200));
    assert_eq!(facility, PaperError::TooLong { part: Part::Facility });
}

#[test]
fn a_long_contact_breaks_before_its_brackets_and_a_long_name_anywhere() {
    let ticket = ticket(ADDRESS);
    let Some(font) = font(&sheet(&ticket)) else { return };
    let lines = |text| foreign(text, 14.0, 140.0, &font.ruler());
    assert_eq!(lines("医療情報部の窓口（平日 9時〜17時）"), ["医療情報部の窓口", "（平日 9時〜17時）"]);
    assert_eq!(lines("見本大学医学部附属病院").concat(), "見本大学医学部附属病院");
    assert_eq!(lines("見本大学医学部附属病院").len(), 2);
}
