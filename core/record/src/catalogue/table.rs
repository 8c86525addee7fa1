//! The catalogue as a document: the tables of fields in `docs/record.md`.

use super::{Part, fields};
use crate::labels::{self, Language};
use crate::model::Section;
use std::fmt::Write;

/// All fields, section by section, as Markdown.
pub fn markdown() -> String {
    let mut text = String::new();
    for section in Section::ALL {
        let (ja, en) = (labels::section(section, Language::Ja), labels::section(section, Language::En));
        // Writing to a text cannot fail.
        let _ = write!(text, "\n### fields of {}\n\n{ja}, {en}\n\n", section.key());
        text.push_str("| field | 名前 | name | goes | in an entry | 説明 |\n|---|---|---|---|---|---|\n");
        for field in fields(section) {
            let goes = match field.part {
                Part::Own => String::new(),
                Part::Subject => "with the section".to_string(),
                Part::With(other) => format!("with `{other}`"),
            };
            let paths: Vec<String> = field.paths.iter().map(|path| format!("`{path}`")).collect();
            let (key, ja, en, about) = (field.key, field.ja, field.en, field.about);
            let place = if paths.is_empty() { "summary".to_string() } else { paths.join(", ") };
            let _ = writeln!(text, "| `{}.{key}` | {ja} | {en} | {goes} | {place} | {about} |", section.key());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/record.md");
    const BEGIN: &str = "<!-- fields: made from the catalogue, core/record/src/catalogue -->\n";
    const END: &str = "\n<!-- end of fields -->";

    fn between(document: &str) -> (&str, &str, &str) {
        let (before, rest) = document.split_once(BEGIN).expect("the beginning");
        let (inside, after) = rest.split_once(END).expect("the end");
        (before, inside, after)
    }

    #[test]
    #[ignore = "writes the tables into docs/record.md"]
    fn write_tables() {
        let document = std::fs::read_to_string(DOCUMENT).expect("the document");
        let (before, _, after) = between(&document);
        std::fs::write(DOCUMENT, [before, BEGIN, &markdown(), END, after].concat()).expect("written");
    }

    #[test]
    fn the_document_has_the_fields_of_the_catalogue() {
        let document = std::fs::read_to_string(DOCUMENT).expect("the document");
        assert_eq!(between(&document).1, markdown(), "docs/record.md: run `write_tables` and read the difference");
    }
}
