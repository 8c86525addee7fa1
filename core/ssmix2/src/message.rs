//! A decoded message: segments and fields, nothing interpreted yet.
//!
//! The text of a file is decoded once into one string; segments and fields are
//! ranges in it. Which fields a reader has looked at is remembered, so that the
//! rest can be named in the import report and nothing vanishes in silence.

use crate::charset::{self, Charset};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::framing;
use crate::types::FieldCache;
use std::cell::{Cell, RefCell};

/// The five delimiters of a message (MSH-1, MSH-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    /// MSH-1, `|`.
    pub field: char,
    /// `^`.
    pub component: char,
    /// `~`.
    pub repetition: char,
    /// `\`.
    pub escape: char,
    /// `&`.
    pub subcomponent: char,
}

impl Default for Delimiters {
    fn default() -> Self {
        Delimiters { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }
    }
}

impl Delimiters {
    /// Reads MSH-1 and MSH-2. Anything but five different punctuation marks is
    /// not believed and the standard ones are used.
    fn of(msh: &str) -> Option<Delimiters> {
        let mut marks = msh.chars().skip(3);
        let [field, component, repetition, escape, subcomponent] = std::array::from_fn(|_| marks.next());
        let all = [field?, component?, repetition?, escape?, subcomponent?];
        let distinct = (0..5).all(|i| !all[..i].contains(&all[i]));
        (distinct && all.iter().all(|c| c.is_ascii_punctuation())).then(|| Delimiters {
            field: all[0],
            component: all[1],
            repetition: all[2],
            escape: all[3],
            subcomponent: all[4],
        })
    }
}

/// One decoded file: usually one message, rarely several.
pub struct File {
    text: String,
    spans: Vec<Span>,
    /// The encoding the bytes were found to be in.
    pub charset: Charset,
    /// Findings of framing and decoding.
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, Copy)]
struct Span {
    /// Range of the segment's text.
    start: usize,
    end: usize,
    /// 1-based number of the segment in the file.
    number: u32,
}

impl File {
    /// Frames and decodes `bytes`. `file_number` is for places.
    pub fn decode(bytes: &[u8], file_number: u32) -> File {
        let charset = charset::detect(bytes);
        let mut raw = framing::split(bytes);
        raw.retain(|segment| !segment.body.is_empty());
        let mut file =
            File { text: String::new(), spans: Vec::with_capacity(raw.len()), charset, diagnostics: Vec::new() };
        if charset::decode_clean(charset, raw.iter().map(|s| s.body), &mut file.text) {
            file.find_spans();
        } else {
            file.decode_each(&raw, file_number);
        }
        file
    }

    /// The decoded segments, a CR between them.
    fn find_spans(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let mut start = 0;
        let ends = memchr::memchr_iter(b'\r', self.text.as_bytes()).chain([self.text.len()]);
        for (number, end) in (1..).zip(ends) {
            self.spans.push(Span { start, end, number });
            start = end + 1;
        }
    }

    fn decode_each(&mut self, segments: &[framing::RawSegment<'_>], file: u32) {
        self.text.reserve(segments.iter().map(|s| s.body.len()).sum());
        for (number, raw) in (1..).zip(segments) {
            let start = self.text.len();
            charset::decode_segment(self.charset, raw.body, &mut self.text, &mut |(code, at)| {
                let offset = (raw.offset + at) as u64;
                let at = Location { file, segment: number, field: 0, offset };
                self.diagnostics.push(Diagnostic { code, at });
            });
            self.spans.push(Span { start, end: self.text.len(), number });
        }
    }

    /// The messages of the file, each beginning at an MSH segment with fields.
    /// Neither a bare `MSH` line nor a word that only begins so (`MSHX|`) begins a
    /// message: it would have no patient and put the whole file aside. Empty when
    /// there is none.
    pub fn messages<'f>(&'f self, file: u32, cache: &'f RefCell<FieldCache>) -> Vec<Message<'f>> {
        let is_start = |s: &Span| {
            let after = self.text[s.start..s.end].strip_prefix("MSH").unwrap_or_default();
            let delimiter = after.chars().next().filter(char::is_ascii_punctuation);
            delimiter.is_some_and(|d| after.contains(|c| c != d))
        };
        let starts: Vec<usize> = (0..self.spans.len()).filter(|i| is_start(&self.spans[*i])).collect();
        let ends = starts.iter().skip(1).copied().chain([self.spans.len()]);
        let mut messages: Vec<Message<'f>> =
            starts.iter().zip(ends).map(|(&a, b)| Message::new(self, &self.spans[a..b], file, cache)).collect();
        if let Some(first) = messages.first_mut()
            && starts[0] > 0
        {
            first.note_at(Code::JunkBeforeMsh, 1, 0);
        }
        if let Some(second) = messages.get(1) {
            second.note_at(Code::SecondMessage, self.spans[starts[1]].number, 0);
        }
        messages
    }

    /// The decoded text of each segment with its number, for `inspect`.
    pub fn segments(&self) -> impl Iterator<Item = (u32, &str)> {
        self.spans.iter().map(|s| (s.number, &self.text[s.start..s.end]))
    }
}

/// One message of a file.
pub struct Message<'f> {
    /// The delimiters in force.
    pub delimiters: Delimiters,
    /// Number of the file, for places.
    pub file: u32,
    text: &'f str,
    segments: Vec<Parts<'f>>,
    /// Start and end in `text` of the fields of all segments, one after the other.
    fields: Vec<(u32, u32)>,
    /// Bit n: field n of the segment was looked at (64 fields cover every
    /// segment of HL7 v2.5 that SS-MIX2 uses).
    read: Vec<Cell<u64>>,
    diagnostics: RefCell<Vec<Diagnostic>>,
    pub(crate) cache: &'f RefCell<FieldCache>,
}

struct Parts<'f> {
    number: u32,
    id: &'f str,
    /// Range in the message's fields; index 0 is the id itself.
    start: usize,
    end: usize,
}

impl<'f> Message<'f> {
    fn new(file: &'f File, spans: &[Span], number: u32, cache: &'f RefCell<FieldCache>) -> Message<'f> {
        let header = &file.text[spans[0].start..spans[0].end];
        let known = Delimiters::of(header);
        let mut message = Message {
            delimiters: known.unwrap_or_default(),
            file: number,
            text: &file.text,
            segments: Vec::with_capacity(spans.len()),
            fields: Vec::new(),
            read: Vec::new(),
            diagnostics: RefCell::default(),
            cache,
        };
        if known != Some(Delimiters::default()) {
            message.note_at(Code::UnusualDelimiters, 1, 1);
        }
        // One more than delimiters in each segment, and MSH-1; counted, for growing would move them all.
        let texts = &file.text.as_bytes()[spans[0].start..spans[spans.len() - 1].end];
        let delimiters = memchr::memchr_iter(message.delimiters.field as u8, texts).count();
        message.fields.reserve_exact(delimiters + spans.len() + 1);
        for span in spans {
            message.push(span);
        }
        message.read = vec![Cell::new(0); message.segments.len()];
        message
    }

    fn push(&mut self, span: &Span) {
        let start = self.fields.len();
        let mut from = span.start as u32;
        // The delimiter is one ASCII byte (see `Delimiters::of`), so bytes may be searched.
        let bytes = &self.text.as_bytes()[span.start..span.end];
        for_each_position(bytes, self.delimiters.field as u8, |at| {
            let end = (span.start + at) as u32;
            self.fields.push((from, end));
            from = end + 1;
        });
        self.fields.push((from, span.end as u32));
        let id = self.text_of(self.fields[start]);
        let is_id = id.len() == 3
            && id.bytes().enumerate().all(|(i, b)| b.is_ascii_uppercase() || (i > 0 && b.is_ascii_digit()));
        if is_id && self.fields[start + 1..].iter().any(|(start, end)| start < end) {
            if id == "MSH" {
                // MSH-1 is the field separator itself: shift so that index = field number.
                self.fields.insert(start + 1, (0, 0));
            }
            self.segments.push(Parts { number: span.number, id, start, end: self.fields.len() });
        } else {
            self.fields.truncate(start);
            self.note_at(if is_id { Code::EmptySegment } else { Code::NotASegment }, span.number, 0);
        }
    }

    fn text_of(&self, (start, end): (u32, u32)) -> &'f str {
        &self.text[start as usize..end as usize]
    }

    fn fields_of(&self, index: usize) -> &[(u32, u32)] {
        &self.fields[self.segments[index].start..self.segments[index].end]
    }

    /// The segments that have fields, in file order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        (0..self.segments.len()).map(|index| Segment { message: self, index })
    }

    /// The first segment with this id.
    pub fn first(&self, id: &str) -> Option<Segment<'_>> {
        self.segments().find(|s| s.id() == id)
    }

    /// All segments with this id.
    pub fn all<'m>(&'m self, id: &'m str) -> impl Iterator<Item = Segment<'m>> {
        self.segments().filter(move |s| s.id() == id)
    }

    /// Records a finding at a place of this message.
    pub fn note_at(&self, code: Code, segment: u32, field: u16) {
        let at = Location { file: self.file, segment, field, offset: 0 };
        self.diagnostics.borrow_mut().push(Diagnostic { code, at });
    }

    /// The findings so far, handed over.
    pub fn take_diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.take()
    }

    /// Every non-empty field that nothing has looked at. MSH-1 and MSH-2 are the
    /// delimiters themselves.
    pub fn unread_fields(&self) -> Vec<Unread> {
        let mut unread = Vec::with_capacity(self.segments.len());
        for (index, (parts, read)) in self.segments.iter().zip(&self.read).enumerate() {
            let id = <[u8; 3]>::try_from(parts.id.as_bytes()).expect("a segment id has three bytes, see `push`");
            // The id itself is no field.
            let read = read.get() | if parts.id == "MSH" { 0b111 } else { 0b1 };
            for (first, fields) in (0..).step_by(64).zip(self.fields_of(index).chunks(64)) {
                let sent = (fields.iter().rev()).fold(0, |bits, (start, end)| bits << 1 | u64::from(start < end));
                let fields = sent & !if first == 0 { read } else { 0 };
                if fields != 0 {
                    unread.push(Unread { id, segment: parts.number, first, fields });
                }
            }
        }
        unread
    }
}

/// Fields of one segment that nothing has looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unread {
    /// Segment id.
    pub id: [u8; 3],
    /// 1-based number of the segment in the file.
    pub segment: u32,
    first: u32,
    /// Bit n: field `first` + n.
    fields: u64,
}

impl Unread {
    /// The numbers of the fields; what no field number can say is its largest.
    pub fn fields(self) -> impl Iterator<Item = u16> {
        let mut rest = self.fields;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(u16::try_from(self.first + bit).unwrap_or(u16::MAX))
        })
    }
}

/// Calls `found` for each position of `wanted`. Fields are a few bytes long, so a
/// word at a time is faster than a search that begins anew behind each.
fn for_each_position(bytes: &[u8], wanted: u8, mut found: impl FnMut(usize)) {
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (n, word) in words.iter().enumerate() {
        let differs = u64::from_le_bytes(*word) ^ u64::from_ne_bytes([wanted; 8]);
        // The high bit of each byte that is zero.
        let mut hits = !(((differs & LOW) + LOW) | differs | LOW);
        while hits != 0 {
            found(8 * n + hits.trailing_zeros() as usize / 8);
            hits &= hits - 1;
        }
    }
    let tail = bytes.len() - rest.len();
    rest.iter().enumerate().filter(|(_, b)| **b == wanted).for_each(|(at, _)| found(tail + at));
}

/// One segment of a message; copy it freely.
#[derive(Clone, Copy)]
pub struct Segment<'m> {
    pub(crate) message: &'m Message<'m>,
    index: usize,
}

impl<'m> Segment<'m> {
    /// The three-character id.
    pub fn id(&self) -> &'m str {
        self.message.segments[self.index].id
    }

    /// 1-based number of the segment in the file.
    pub fn number(&self) -> u32 {
        self.message.segments[self.index].number
    }

    /// The undecoded text between two field separators, marked as looked at.
    /// Empty for a field the segment does not have.
    pub fn raw(&self, field: u16) -> &'m str {
        let n = usize::from(field);
        if n < 64 {
            let seen = &self.message.read[self.index];
            seen.set(seen.get() | 1 << n);
        }
        self.message.fields_of(self.index).get(n).map_or("", |field| self.message.text_of(*field))
    }

    /// The same of a field that only a rule looks at: it stays one that is not used.
    pub(crate) fn peek(&self, field: u16) -> &'m str {
        self.message.fields_of(self.index).get(usize::from(field)).map_or("", |field| self.message.text_of(*field))
    }

    /// Every field with text in it and its number, not marked as looked at. MSH-1 and MSH-2 are the delimiters.
    pub fn filled(&self) -> impl Iterator<Item = (u16, &'m str)> + use<'m> {
        let (message, first) = (self.message, if self.id() == "MSH" { 3 } else { 1 });
        let fields = message.fields_of(self.index).iter().enumerate().skip(first);
        let texts = fields.map(move |(n, field)| (u16::try_from(n).unwrap_or(u16::MAX), message.text_of(*field)));
        texts.filter(|(_, text)| !text.is_empty())
    }

    /// Records a finding at a field of this segment.
    pub fn note(&self, code: Code, field: u16) {
        self.message.note_at(code, self.number(), field);
    }

    /// The same for a finding that a second look at the field would make again.
    pub(crate) fn note_once(&self, code: Code, field: u16) {
        let at = Location { file: self.message.file, segment: self.number(), field, offset: 0 };
        let mut known = self.message.diagnostics.borrow_mut();
        let new = Diagnostic { code, at };
        if !known.iter().rev().take_while(|d| d.at.segment == at.segment).any(|d| *d == new) {
            known.push(new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<R>(bytes: &[u8], f: impl FnOnce(&[Message<'_>]) -> R) -> R {
        let cache = RefCell::default();
        let file = File::decode(bytes, 7);
        let messages = file.messages(7, &cache);
        f(&messages)
    }

    #[test]
    fn fields_are_numbered_as_hl7_numbers_them() {
        with(b"MSH|^~\\&|HIS|SEND|GW|RCV|20110701\rPID|0001||9999013\r\x1c", |m| {
            let msh = m[0].first("MSH").expect("MSH");
            assert_eq!((msh.raw(2), msh.raw(3), msh.raw(4), msh.raw(7)), ("^~\\&", "HIS", "SEND", "20110701"));
            assert_eq!(m[0].first("PID").expect("PID").raw(3), "9999013");
        });
    }

    #[test]
    fn a_tail_of_bare_ids_neither_restarts_nor_adds_segments() {
        with(b"MSH|^~\\&|A\rPID|1||9\rAL1\rMSH\rPID\rXYZZY\r", |m| {
            assert_eq!(m.len(), 1);
            assert_eq!(m[0].segments().count(), 2);
            let codes: Vec<Code> = m[0].take_diagnostics().into_iter().map(|d| d.code).collect();
            assert_eq!(codes, [Code::EmptySegment, Code::EmptySegment, Code::EmptySegment, Code::NotASegment]);
        });
    }

    #[test]
    fn two_messages_in_one_file_stay_apart() {
        with(b"junk\rMSH|^~\\&|A\rPID|1||9\rMSH|^~\\&|B\rPID|1||8\r", |m| {
            let ids: Vec<&str> = m.iter().map(|m| m.first("PID").expect("PID").raw(3)).collect();
            assert_eq!(ids, ["9", "8"]);
            assert_eq!(m[0].take_diagnostics()[0].code, Code::JunkBeforeMsh);
            assert_eq!(m[1].take_diagnostics()[0].code, Code::SecondMessage);
        });
    }

    #[test]
    fn a_header_that_is_none_begins_no_message() {
        let lines = [("MSHX|a", Code::NotASegment), ("MSH||", Code::EmptySegment), ("MSH", Code::EmptySegment)];
        for (line, code) in lines {
            let file = format!("MSH|^~\\&|A\rPID|1||9\r{line}\rAL1|1\r");
            with(file.as_bytes(), |m| {
                assert_eq!((m.len(), m[0].segments().count()), (1, 3), "{line}");
                let found: Vec<_> = m[0].take_diagnostics().iter().map(|d| (d.code, d.at.segment)).collect();
                assert_eq!(found, [(code, 3)], "{line}");
            });
        }
    }

    #[test]
    fn what_nobody_looked_at_is_named() {
        let long = format!("MSH|^~\\&|A\rPID|1||9||N\rZZZ|x\rYYY{}z", "|".repeat(130));
        with(long.as_bytes(), |m| {
            m[0].first("PID").expect("PID").raw(3);
            m[0].first("MSH").expect("MSH").raw(3);
            let unread = |m: &Message<'_>| -> Vec<([u8; 3], u32, Vec<u16>)> {
                m.unread_fields().into_iter().map(|u| (u.id, u.segment, u.fields().collect())).collect()
            };
            assert_eq!(unread(&m[0]), [(*b"PID", 2, vec![1, 5]), (*b"ZZZ", 3, vec![1]), (*b"YYY", 4, vec![130])]);
        });
    }

    #[test]
    fn delimiters_come_from_the_bytes() {
        with(b"MSH#*~\\&#A\rPID#1##9*x\r", |m| {
            assert_eq!(m[0].delimiters.component, '*');
            assert_eq!(m[0].first("PID").expect("PID").raw(3), "9*x");
        });
    }
}
