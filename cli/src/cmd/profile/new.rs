//! `profile new`: a profile to begin with. Nothing is ever replaced.

use crate::failure::Failure;
use crate::out::Out;
use crate::print::shell::quoted;
use crate::words::profile as words;
use mykarte::record::labels::Language;
use mykarte::record::profile::Profile;
use mykarte::record::profile::document::Document;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// The schema's name beside a profile.
const SCHEMA: &str = "profile.schema.json";

/// Writes a copy of a bundled profile under its own name.
pub fn run(path: &Path, from: &str, out: &mut Out) -> Result<(), Failure> {
    let refused = |kind| Failure::Refused(format!("{}: {}", path.display(), words::not_written(kind, out.language)));
    let base = Profile::find(from).unwrap_or_else(Profile::full);
    let stem = path.file_stem().map(|s| s.to_string_lossy().trim().to_string()).unwrap_or_default();
    let document = begin(base.document().clone(), &stem);
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    let mut file = File::create_new(path).map_err(|error| refused(error.kind()))?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // Half a profile is worse than none; the name was free a moment ago.
        let _ = std::fs::remove_file(path);
        refused(error.kind())
    })?;
    out.line(match out.language {
        Language::Ja => format!("作りました: {}（識別子 {}、もとは {from}）", path.display(), document.id),
        Language::En => format!("made: {} (id {}, from {from})", path.display(), document.id),
    })?;
    out.finish()?;
    hints(path, out);
    Ok(())
}

fn begin(base: Document, stem: &str) -> Document {
    let id = id_of(stem);
    let name = if stem.is_empty() { id.clone() } else { stem.to_string() };
    Document { schema: Some(SCHEMA.into()), based_on: Some(base.id), id, name, version: 1, ..base }
}

/// An id from a file's name; one that would be taken for a bundled profile is none.
fn id_of(stem: &str) -> String {
    let id: String =
        stem.chars().map(|c| if matches!(c, ' ' | '_' | '.') { '-' } else { c.to_ascii_lowercase() }).collect();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_id = id.starts_with(plain) && id.chars().all(|c| plain(c) || c == '-');
    let is_bundled = Profile::bundled().iter().any(|(known, _)| *known == id);
    if is_id && !is_bundled { id } else { "my-profile".into() }
}

/// What is to be written into it, and how it is checked.
fn hints(path: &Path, out: &Out) {
    out.hint(out.pick(
        "次に、name（名前）・university（大学・病院）・contact（問い合わせ先）を書き加えてください。例:",
        "Next, fill in name, university and contact, for example:",
    ));
    out.hint(r#"  "university": { "id": "1310000001", "name": "登呂大学病院" },"#);
    out.hint(r#"  "contact": "登呂大学病院 医療情報部 03-0000-0000","#);
    out.hint(format!(
        "{}: mykarte profile check {}",
        out.pick("確かめる", "to check it"),
        quoted(&path.display().to_string())
    ));
    let schema = path.with_file_name(SCHEMA);
    let schema = quoted(&schema.display().to_string());
    out.hint(format!("{}: mykarte profile schema > {schema}", out.pick("編集ソフトの補完", "for the editor")));
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn ids_come_from_file_names_where_they_can() {
        for (stem, want) in [
            ("toro-univ", "toro-univ"),
            ("Toro_Univ 2026", "toro-univ-2026"),
            ("登呂大学", "my-profile"),
            ("-x", "my-profile"),
            ("full", "my-profile"),
            ("", "my-profile"),
        ] {
            assert_eq!(id_of(stem), want);
        }
    }
}
