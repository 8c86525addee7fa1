//! TS / DTM: a Japanese local time with the precision it was sent with.

use super::Segment;
use crate::diagnostic::Code;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How exact a time is. A month stays a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// YYYY
    Year,
    /// YYYYMM
    Month,
    /// YYYYMMDD
    Day,
    /// YYYYMMDDHH
    Hour,
    /// YYYYMMDDHHMM
    Minute,
    /// YYYYMMDDHHMMSS
    Second,
}

/// A point in Japanese local time (no zone, no daylight saving). Written and
/// stored as ISO 8601 cut off at its precision: `2011-07`, `2011-07-01T08:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// The first moment of the period that was sent.
    pub at: NaiveDateTime,
    /// How much of `at` was sent.
    pub precision: Precision,
}

/// What an HL7 time text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// A time, and what was odd about it.
    Time(Timestamp, Option<Code>),
    /// Nothing was said: empty, all zeros, or the year 9999 (open end).
    Open,
    /// Something was said that is no time.
    Bad,
}

impl Timestamp {
    /// A calendar day.
    pub fn day(date: NaiveDate) -> Timestamp {
        Timestamp { at: date.and_time(NaiveTime::MIN), precision: Precision::Day }
    }

    /// The calendar day it begins on.
    pub fn date(&self) -> NaiveDate {
        self.at.date()
    }

    /// The last moment of the period: the end of the month for a month.
    pub fn end(&self) -> NaiveDateTime {
        let date = self.at.date();
        let next = match self.precision {
            Precision::Year => NaiveDate::from_ymd_opt(date.year() + 1, 1, 1),
            Precision::Month => date.checked_add_months(chrono::Months::new(1)),
            Precision::Day => date.checked_add_days(Days::new(1)),
            _ => return self.at,
        };
        next.map_or(self.at, |d| d.and_time(NaiveTime::MIN) - chrono::TimeDelta::seconds(1))
    }

    /// Reads `YYYY[MM[DD[HH[MM[SS]]]]]`, with the deviations real storages hold.
    pub(crate) fn parse(text: &str) -> Parsed {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let rest = &text[digits..];
        let all_zero = text.bytes().all(|b| b == b'0');
        if all_zero || text.starts_with("9999") {
            return Parsed::Open;
        }
        // 17 digits: milliseconds without their dot. An odd length loses its last digit.
        let used = match digits {
            0..=3 => return Parsed::Bad,
            17 => 14,
            n => n.min(14) & !1,
        };
        let tidy = (used == digits || digits == 17) && is_fraction_or_zone(rest);
        let number =
            |from: usize, to: usize| -> u32 { text.get(from..to.min(used)).and_then(|s| s.parse().ok()).unwrap_or(0) };
        let (year, month, day) = (number(0, 4) as i32, number(4, 6), number(6, 8));
        let (hour, minute, second) = (number(8, 10), number(10, 12), number(12, 14).min(59));
        let precision = match used {
            // `201100`, `20110700`: the month or the day was not known.
            _ if used < 6 || month == 0 => Precision::Year,
            _ if used < 8 || day == 0 => Precision::Month,
            8 => Precision::Day,
            // `2011070100`: hour 00 alone says "some time that day".
            10 if hour == 0 => Precision::Day,
            10 => Precision::Hour,
            12 => Precision::Minute,
            _ => Precision::Second,
        };
        let Some(date) = NaiveDate::from_ymd_opt(year, month.max(1), day.max(1)) else {
            return Parsed::Bad;
        };
        // Hours 24 to 47 are the night after, as wards write it.
        let date = date.checked_add_days(Days::new(u64::from(hour / 24)));
        let (Some(date), Some(time), true) = (date, NaiveTime::from_hms_opt(hour % 24, minute, second), hour < 48)
        else {
            return Parsed::Bad;
        };
        // An order number in a date field, most likely. Written, either would say that nothing is known.
        if date.year() == 9999 || date.year() == 0 && precision == Precision::Year {
            return Parsed::Bad;
        }
        let odd = if hour >= 24 { Some(Code::HourPast24) } else { (!tidy).then_some(Code::BadTimestamp) };
        Parsed::Time(Timestamp { at: date.and_time(time), precision }, odd)
    }
}

/// `.1234`, `+0900`, both or neither.
fn is_fraction_or_zone(rest: &str) -> bool {
    rest.is_empty()
        || rest.starts_with(['.', '+', '-']) && rest[1..].bytes().all(|b| b.is_ascii_digit() || b == b'+' || b == b'-')
}

impl Segment<'_> {
    /// TS, DT, DTM, and the start of a DR: the first component.
    pub fn ts(&self, field: u16) -> Option<Timestamp> {
        self.ts_component(field, 1)
    }

    /// TS in a component of the first repetition (1-based).
    pub fn ts_component(&self, field: u16, component: usize) -> Option<Timestamp> {
        let text = self.component(field, component)?;
        match Timestamp::parse(&text) {
            Parsed::Time(time, odd) => {
                if let Some(code) = odd {
                    self.note(code, field);
                }
                Some(time)
            }
            Parsed::Open => None,
            Parsed::Bad => {
                self.note(Code::BadTimestamp, field);
                None
            }
        }
    }
}

impl Timestamp {
    /// The written form, cut off at the precision. Written by hand: a record
    /// holds tens of thousands of times.
    fn written(&self) -> ([u8; 19], usize) {
        let (d, t) = (self.at.date(), self.at.time());
        let mut out = *b"0000-00-00T00:00:00";
        let year = d.year().clamp(0, 9999) as u32;
        for (at, pair) in [
            (0, year / 100),
            (2, year % 100),
            (5, d.month()),
            (8, d.day()),
            (11, t.hour()),
            (14, t.minute()),
            (17, t.second()),
        ] {
            out[at] += (pair / 10) as u8;
            out[at + 1] += (pair % 10) as u8;
        }
        let length = match self.precision {
            Precision::Year => 4,
            Precision::Month => 7,
            Precision::Day => 10,
            Precision::Hour => 13,
            Precision::Minute => 16,
            Precision::Second => 19,
        };
        (out, length)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bytes, length) = self.written();
        f.write_str(std::str::from_utf8(&bytes[..length]).unwrap_or_default())
    }
}

/// A text that is no time in the form [`Timestamp`] is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date or time: write 2011, 2011-07, 2011-07-01 or 2011-07-01T08:30")]
pub struct NotATime;

impl std::str::FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let forms = ["0000", "0000-00", "0000-00-00", "0000-00-00T00", "0000-00-00T00:00", "0000-00-00T00:00:00"];
        let form = forms.iter().position(|f| *f == shape).ok_or(NotATime)?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match Timestamp::parse(&digits) {
            Parsed::Time(mut time, None) => {
                // Written times are exact: `T00` here is an hour.
                if form == 3 {
                    time.precision = Precision::Hour;
                }
                Ok(time)
            }
            _ => Err(NotATime),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (bytes, length) = self.written();
        serializer.serialize_str(std::str::from_utf8(&bytes[..length]).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        match Timestamp::parse(text) {
            Parsed::Time(t, odd) => format!("{t}{}", if odd.is_some() { "!" } else { "" }),
            Parsed::Open => "open".into(),
            Parsed::Bad => "bad".into(),
        }
    }

    #[test]
    fn every_length_keeps_its_precision() {
        for (text, want) in [
            ("1996", "1996"),
            ("199601", "1996-01"),
            ("20110701", "2011-07-01"),
            ("2011070108", "2011-07-01T08"),
            ("2011070100", "2011-07-01"),
            ("201112191500", "2011-12-19T15:00"),
            ("20111219150059", "2011-12-19T15:00:59"),
            ("20111220224447.3399", "2011-12-20T22:44:47"),
            ("20111220224447.89", "2011-12-20T22:44:47"),
            ("20110701113813225", "2011-07-01T11:38:13"),
            ("20111220224447+0900", "2011-12-20T22:44:47"),
            ("201601011500.321", "2016-01-01T15:00"),
        ] {
            assert_eq!(iso(text), want, "{text}");
        }
    }

    #[test]
    fn what_real_storages_add() {
        for (text, want) in [
            ("201107012530", "2011-07-02T01:30!"),
            ("20110731243000", "2011-08-01T00:30:00!"),
            ("20110700", "2011-07"),
            ("20110000", "2011"),
            ("00000000", "open"),
            ("99991231", "open"),
            ("20110701x", "2011-07-01!"),
            ("201107015", "2011-07-01!"),
            ("20111301", "bad"),
            ("20110230", "bad"),
            ("2011070160", "bad"),
            ("昭和23年", "bad"),
        ] {
            assert_eq!(iso(text), want, "{text}");
        }
    }

    #[test]
    fn written_form_reads_back() {
        for text in ["1996", "1996-01", "2011-07-01", "2011-07-01T00", "2011-07-01T08:30", "2011-07-01T08:30:05"] {
            assert_eq!(text.parse::<Timestamp>().expect("a time").to_string(), text);
        }
        assert!("20110701".parse::<Timestamp>().is_err());
        assert!("2011-13".parse::<Timestamp>().is_err());
    }

    /// Order numbers stand in date fields of real storages: an entry with a time that cannot be read back is lost whole.
    #[test]
    fn no_time_is_made_that_could_not_be_read_back() {
        for text in ["000000000000103", "0000005", "000000000000101x", "9998123125", "99981231240000"] {
            assert_eq!(iso(text), "bad", "{text}");
        }
        for text in ["00000101", "000001", "0001", "9998", "99981231235959", "201107012530"] {
            let Parsed::Time(time, _) = Timestamp::parse(text) else { panic!("{text}") };
            assert_eq!(time.to_string().parse(), Ok(time), "{text}");
        }
    }

    #[test]
    fn a_month_ends_with_its_last_day() {
        let t: Timestamp = "2012-02".parse().expect("a month");
        assert_eq!(t.end().to_string(), "2012-02-29 23:59:59");
    }
}
