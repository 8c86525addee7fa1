//! `docs/coverage.tsv`, read.

use std::path::Path;

/// One row.
pub struct Row {
    pub kind: String,
    pub segment: String,
    pub field: usize,
    pub treatment: Treatment,
}

impl Row {
    /// MSH-1 and MSH-2 are the delimiters themselves and can hold no text.
    pub fn is_delimiter(&self) -> bool {
        matches!(&self.treatment, Treatment::Ignored { reason } if reason == "delimiter")
    }
}

/// What becomes of a field.
pub enum Treatment {
    /// In the record (`record` in a section of its own, `other` among the others)
    /// below each or one of these keys; all its components, or only these.
    Kept { keys: Vec<String>, components: Option<Vec<usize>> },
    /// Not in the record.
    Ignored { reason: String },
}

/// All rows, in the order of the file.
pub fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/coverage.tsv");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    let [kind, segment, field, name, treatment, key, components] = columns[..] else {
        panic!("seven columns: {line}");
    };
    assert!(!name.is_empty() && !key.is_empty(), "a name and a key or reason: {line}");
    let treatment = match treatment {
        "ignored" => Treatment::Ignored { reason: key.to_string() },
        "record" | "other" => {
            assert_eq!(treatment == "other", key.starts_with("others."), "{line}");
            Treatment::Kept { keys: key.split(' ').map(str::to_string).collect(), components: only(components) }
        }
        _ => panic!("record, other or ignored: {line}"),
    };
    Row { kind: kind.to_string(), segment: segment.to_string(), field: field.parse().unwrap(), treatment }
}

/// Empty: all components. `-`: none whose text is free, only the code.
fn only(components: &str) -> Option<Vec<usize>> {
    match components {
        "" => None,
        "-" => Some(Vec::new()),
        some => Some(some.split(',').map(|n| n.parse().unwrap()).collect()),
    }
}
