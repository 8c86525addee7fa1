//! The record for programs: the stored lines as they are, one entry a line.

use super::filter::{self, Filter};
use super::{Open, Shown};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::line::acts;
use mykarte::record::Section;
use std::borrow::Cow;

/// The summary object.
pub fn summary(open: &Open<'_>, out: &mut Out) -> Result<(), Failure> {
    let Some(summary) = &open.summary else {
        let (ja, en) =
            ("要約が壊れていて読めません。区分を指定してください。", "the summary is damaged; name a section.");
        return Err(Failure::Refused(out.pick(ja, en).to_string()));
    };
    let text = serde_json::to_string_pretty(summary).unwrap_or_default();
    out.raw(&safe(text.as_bytes()))?;
    out.blank()
}

/// One section as an array.
pub fn section(open: &Open<'_>, section: Section, filter: &Filter, out: &mut Out) -> Result<Shown, Failure> {
    let mut array = Array { out, begun: false, result: Ok(()) };
    let shown = filter::each(open, section, filter, |line| array.line(line));
    let empty = !array.begun;
    array.result?;
    out.raw(if empty { b"[]" } else { b"\n]" })?;
    out.blank()?;
    Ok(shown)
}

/// The sections with hits as an object of arrays.
pub fn sections(open: &Open<'_>, filter: &Filter, out: &mut Out) -> Result<Shown, Failure> {
    let mut all = Shown::default();
    out.raw(b"{")?;
    for section in Section::ALL {
        let mut hits: Vec<Vec<u8>> = Vec::new();
        let shown = filter::each(open, section, filter, |line| hits.push(safe(line).into_owned()));
        if !hits.is_empty() {
            out.raw(format!("{}\n\"{}\":[\n", if all.entries > 0 { "," } else { "" }, section.key()).as_bytes())?;
            out.raw(&hits.join(&b",\n"[..]))?;
            out.raw(b"\n]")?;
        }
        all.add(shown);
    }
    out.raw(if all.entries > 0 { b"\n}\n" } else { b"}\n" })?;
    Ok(all)
}

/// Writes `[`, then the lines with commas between; keeps the first failure.
struct Array<'o> {
    out: &'o mut Out,
    begun: bool,
    result: Result<(), Failure>,
}

impl Array<'_> {
    fn line(&mut self, line: &[u8]) {
        if self.result.is_ok() {
            let head: &[u8] = if self.begun { b",\n" } else { b"[\n" };
            self.begun = true;
            self.result = self.out.raw(head).and_then(|()| self.out.raw(&safe(line)));
        }
    }
}

/// The same JSON with everything that would act on a terminal written as `\u`
/// escapes. Such characters stand only inside strings.
fn safe(json: &[u8]) -> Cow<'_, [u8]> {
    let must = |c: char| c == '\x7f' || acts(c);
    let Ok(text) = std::str::from_utf8(json) else { return Cow::Borrowed(json) };
    if !text.contains(must) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if must(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_escaped_and_reads_the_same() {
        let value = serde_json::json!({ "a": "1\u{7f}\u{9b}2\u{202e}3\u{2066}\u{e0001}", "b": "ソリタ－Ｔ３号" });
        let json = serde_json::to_vec(&value).expect("JSON");
        let safe = safe(&json);
        let text = String::from_utf8(safe.to_vec()).expect("text");
        assert_eq!(text, r#"{"a":"1\u007f\u009b2\u202e3\u2066\udb40\udc01","b":"ソリタ－Ｔ３号"}"#);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&safe).expect("JSON"), value);
    }
}
