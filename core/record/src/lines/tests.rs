//! Chunks as written and read back: sizes, dates, periods.

use super::*;
use crate::Status;

fn entry(date: Option<&str>, text: String) -> Entry<serde_json::Value> {
    Entry {
        id: "a-1".into(),
        date: date.map(|d| d.parse().expect("a date")),
        status: Status::Final,
        marks: vec![],
        source: smallvec::smallvec![3],
        body: serde_json::json!({ "value": text }),
    }
}

#[test]
fn large_entries_are_split_and_too_large_ones_cut() {
    let big = |n| entry(Some("2020-01-01"), "x".repeat(n));
    let blocks = write(&[big(700_000), big(1_100_000), big(10)]).expect("blocks");
    assert_eq!(blocks.iter().map(|b| b.meta.entries).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(blocks.iter().all(|b| b.bytes.len() <= MAX_CHUNK_BYTES && b.meta.from.is_some()));
    assert_eq!(blocks.iter().map(|b| b.too_large.clone()).collect::<Vec<_>>(), [vec![], vec![3], vec![]]);
    let chunk = Chunk::open(&blocks[1].bytes).expect("a chunk");
    let line: Entry<serde_json::Value> = read(&chunk.line(0)).expect("an entry");
    assert_eq!((line.id.as_str(), line.status), ("a-1", Status::Final));
    assert_eq!(line.body["value"], "（大きすぎるため省略: 1100000 バイト）");
}

#[test]
fn dates_are_read_from_lines_of_any_form() {
    let lines = [
        r#"{"id":"a-1","date":"2020-01","status":"final"}"#,
        r#"{"id":"a-2","date":"2020-01","status":"final"}"#,
        r#"{"id":"a-3","date":"2020-02","status":"final"}"#,
        r#"{"id":"a-1","status":"final","date2":"x"}"#,
        r#"{"id":"a\"-1","date":"2021-02-03T04:05","status":"final"}"#,
        r#"{"status":"final","date":"2022"}"#,
        r#"{"id":"a","status":"final","group":{"date":"2023"}}"#,
        "noise",
    ];
    let bytes = format!("[]\n{}\n", lines.join("\n"));
    let chunk = Chunk::open(bytes.as_bytes()).expect("a chunk");
    let dates: Vec<String> = chunk.dates().iter().map(|d| d.map_or("-".into(), |d| d.to_string())).collect();
    assert_eq!(dates, ["2020-01", "2020-01", "2020-02", "-", "2021-02-03T04:05", "2022", "-", "-"]);
}

#[test]
fn a_chunk_says_how_many_of_its_entries_have_no_date() {
    let blocks = write(&[entry(None, "a".into()), entry(Some("2020"), "b".into())]).expect("blocks");
    let meta = &blocks[0].meta;
    assert_eq!((meta.entries, meta.undated, meta.from, meta.to), (2, Some(1), meta.to, "2020".parse().ok()));
}

#[test]
fn periods_overlap_as_far_as_they_are_known() {
    let head = |date: Option<&str>, end: Option<&str>, status| Head {
        id: String::new(),
        date: date.map(|d| d.parse().expect("a date")),
        end: end.map(|d| d.parse().expect("a date")),
        discharged_at: None,
        status,
    };
    let d = |t: &str| Some(t.parse::<Timestamp>().expect("a date"));
    let month = head(Some("2020-02"), None, Status::Final);
    assert!(month.overlaps(d("2020-02-20"), None) && month.overlaps(None, d("2020-02-01")));
    assert!(!month.overlaps(d("2020-03-01"), None));
    assert!(head(Some("2020-01-01"), Some("2020-01-14"), Status::Ordered).overlaps(d("2020-01-14"), d("2020-02")));
    assert!(head(Some("2010-01-01"), None, Status::Active).overlaps(d("2024-01-01"), None));
    assert!(head(None, None, Status::Final).overlaps(d("2024"), d("2024")));
}
