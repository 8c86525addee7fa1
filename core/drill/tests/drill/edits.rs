//! Changes of single fields of a storage's messages.

use super::compare::copy_of;
use super::files;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// One line of the first file of a data type in which it can be changed.
pub fn with_another(old: &Path, kind: &str, change: impl Fn(&[&str]) -> Option<Vec<String>>) -> TempDir {
    let is_it = |path: &&PathBuf| {
        path.to_str().unwrap().contains(&format!("_{kind}_")) && path.to_str().unwrap().ends_with("_1")
    };
    let changed = |path: &Path| {
        // Japanese bytes stay what they are.
        let text: String = std::fs::read(path).unwrap().into_iter().map(char::from).collect();
        let lines = change(&text.split('\r').collect::<Vec<_>>())?;
        Some(lines.join("\r").chars().map(|c| c as u8).collect::<Vec<u8>>())
    };
    let all = files(old);
    let (path, bytes) = all.iter().filter(is_it).find_map(|path| Some((path, changed(path)?))).expect(kind);
    let named = path.strip_prefix(old).unwrap().to_str().unwrap();
    copy_of(old, |name, old| Some((name.to_owned(), if name == named { bytes.clone() } else { old })))
}

/// The lines with other fields in those of a segment.
pub fn fields(lines: &[&str], id: &str, mut change: impl FnMut(&mut Vec<String>)) -> Option<Vec<String>> {
    let mut is_changed = false;
    let mut line = |line: &&str| {
        let mut fields = in_fields(line);
        if fields[0] == id {
            let before = fields.clone();
            change(&mut fields);
            is_changed |= fields != before;
        }
        fields.join("|")
    };
    let lines = lines.iter().map(&mut line).collect();
    is_changed.then_some(lines)
}

/// The bars of a line that are none of the bytes of its Japanese.
pub fn in_fields(line: &str) -> Vec<String> {
    let (mut fields, mut escape, mut is_japanese) = (vec![String::new()], false, false);
    for letter in line.chars() {
        match letter {
            '$' | '(' if escape => is_japanese = letter == '$',
            '|' if !is_japanese => {
                fields.push(String::new());
                continue;
            }
            _ => {}
        }
        escape = letter == '\x1b';
        fields.last_mut().unwrap().push(letter);
    }
    fields
}

/// Fills a field.
pub fn put(fields: &mut Vec<String>, number: usize, text: &str) {
    fields.resize(fields.len().max(number + 1), String::new());
    fields[number] = text.to_owned();
}

/// Empties a field, where it is.
pub fn clear(fields: &mut [String], number: usize) {
    if let Some(field) = fields.get_mut(number) {
        field.clear();
    }
}
