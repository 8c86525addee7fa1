//! The record for programs: the stored lines as they are, one entry a line.

use super::filter::{self, Filter};
use super::{Open, Shown};
use crate::failure::Failure;
use crate::out::Out;
use crate::print::json::safe;
use mykarte::record::Section;

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
