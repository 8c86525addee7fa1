//! A point in Japanese local time, as exact as it was sent.

use crate::cross::Cross;
use chrono::{Datelike, Timelike};
use mykarte::ssmix2::types::{self, Precision};

/// A point in Japanese local time (no zone, no daylight saving). What was not sent is absent: a month stays a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Record)]
pub struct Timestamp {
    /// Year.
    pub year: i32,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
    /// 0 to 23.
    pub hour: Option<u8>,
    /// 0 to 59.
    pub minute: Option<u8>,
    /// 0 to 59.
    pub second: Option<u8>,
}

impl Cross<Timestamp> for types::Timestamp {
    fn cross(&self) -> Timestamp {
        // Months to seconds are below 60.
        let sent = |from: Precision, value: u32| (self.precision >= from).then_some(value as u8);
        Timestamp {
            year: self.at.year(),
            month: sent(Precision::Month, self.at.month()),
            day: sent(Precision::Day, self.at.day()),
            hour: sent(Precision::Hour, self.at.hour()),
            minute: sent(Precision::Minute, self.at.minute()),
            second: sent(Precision::Second, self.at.second()),
        }
    }
}

impl Timestamp {
    /// The core's value; `None` for what is no time.
    pub(crate) fn to_core(self) -> Option<types::Timestamp> {
        let mut text = format!("{:04}", self.year);
        let parts = [("-", self.month), ("-", self.day), ("T", self.hour), (":", self.minute), (":", self.second)];
        let sent = parts.iter().take_while(|(_, part)| part.is_some());
        sent.for_each(|(mark, part)| text.push_str(&format!("{mark}{:02}", part.unwrap_or_default())));
        let rest = parts.iter().skip_while(|(_, part)| part.is_some()).any(|(_, part)| part.is_some());
        // `2024-00` is read as 2024: what does not come back as it was is no time.
        let read = if rest { None } else { text.parse::<types::Timestamp>().ok() };
        read.filter(|read| read.cross() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_precision_comes_back_as_it_was() {
        for text in ["2011", "2011-07", "2011-07-01", "2011-07-01T08", "2011-07-01T08:30", "2011-07-01T08:30:59"] {
            let core: types::Timestamp = text.parse().unwrap();
            assert_eq!(core.cross().to_core(), Some(core), "{text}");
        }
        let month: Timestamp = "2011-07".parse::<types::Timestamp>().unwrap().cross();
        assert_eq!((month.month, month.day), (Some(7), None));
        assert_eq!(Timestamp { month: None, day: Some(1), ..month }.to_core(), None);
        assert_eq!(Timestamp { month: Some(13), ..month }.to_core(), None);
        assert_eq!(Timestamp { month: Some(0), ..month }.to_core(), None);
    }
}
