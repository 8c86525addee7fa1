//! Dates as people read them: western, 和暦 beside it, age at a date.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
use mykarte::record::labels::Language;
use mykarte::ssmix2::types::{Precision, Timestamp};

/// Seconds since 1970 as every other date is shown: Japanese local time without a zone.
pub fn local(seconds: u64) -> Option<Timestamp> {
    // 0 is written by a clock that was never set.
    let utc = DateTime::from_timestamp(i64::try_from(seconds).ok().filter(|s| *s > 0)?, 0)?.naive_utc();
    Some(Timestamp { at: utc.checked_add_signed(TimeDelta::hours(9))?, precision: Precision::Second })
}

/// The same as text.
pub fn local_time(seconds: u64, language: Language) -> String {
    local(seconds).map_or_else(|| language.pick("日時不明", "date unknown").to_string(), |t| time(&t))
}

/// `2011-07-01 08:30`, cut off at what was sent; seconds are left out.
pub fn time(t: &Timestamp) -> String {
    let text = t.to_string().replace('T', " ");
    text.get(..16).map_or(text.clone(), str::to_string)
}

/// The day, month or year alone.
pub fn day(t: &Timestamp) -> String {
    let text = t.to_string();
    text.get(..10).map_or(text.clone(), str::to_string)
}

/// `2011-07-01 〜 2011-07-14`; one side may be missing.
pub fn period(from: Option<&Timestamp>, to: Option<&Timestamp>) -> String {
    match (from.map(day), to.map(day)) {
        (Some(a), Some(b)) if a == b => a,
        (Some(a), Some(b)) => format!("{a} 〜 {b}"),
        (Some(a), None) => format!("{a} 〜"),
        (None, Some(b)) => format!("〜 {b}"),
        (None, None) => String::new(),
    }
}

/// `08:05〜13:05` on one day, else both in full.
pub fn span(from: &Timestamp, to: Option<&Timestamp>) -> String {
    match to {
        Some(to) if to.date() == from.date() && to.precision >= Precision::Hour => {
            format!("{}〜{}", time(from), time(to).get(11..).unwrap_or_default())
        }
        Some(to) => format!("{} 〜 {}", time(from), time(to)),
        None => time(from),
    }
}

/// The first day of each era, newest first. Before 1873 Japan had another calendar.
const ERAS: [(i32, u32, u32, &str); 5] =
    [(2019, 5, 1, "令和"), (1989, 1, 8, "平成"), (1926, 12, 25, "昭和"), (1912, 7, 30, "大正"), (1873, 1, 1, "明治")];

/// `昭和23年4月5日`; `None` before 1873, and where the era is not certain.
pub fn japanese(t: &Timestamp) -> Option<String> {
    let (era, year) = era_of(t.date())?;
    if era_of(t.end().date())?.0 != era {
        return None;
    }
    let year = if year == 1 { "元".to_string() } else { year.to_string() };
    Some(match t.precision {
        Precision::Year => format!("{era}{year}年"),
        Precision::Month => format!("{era}{year}年{}月", t.date().month()),
        _ => format!("{era}{year}年{}月{}日", t.date().month(), t.date().day()),
    })
}

fn era_of(date: NaiveDate) -> Option<(&'static str, i32)> {
    let begins = |(y, m, d, _): &&(i32, u32, u32, &str)| NaiveDate::from_ymd_opt(*y, *m, *d).is_some_and(|b| b <= date);
    let (first, _, _, name) = ERAS.iter().find(begins)?;
    // Meiji is counted from 1868.
    let first = if *name == "明治" { 1868 } else { *first };
    Some((name, date.year() - first + 1))
}

/// Full years at a date; two numbers where the birth date is not exact.
pub fn age(birth: &Timestamp, at: &Timestamp, language: Language) -> Option<String> {
    let youngest = at.date().years_since(birth.end().date().min(at.date()))?;
    let oldest = at.date().years_since(birth.date())?;
    Some(match (youngest == oldest, language) {
        (true, Language::Ja) => format!("{oldest}歳"),
        (true, Language::En) => format!("age {oldest}"),
        (false, Language::Ja) => format!("{youngest}〜{oldest}歳"),
        (false, Language::En) => format!("age {youngest}-{oldest}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Timestamp {
        text.parse().expect("a date")
    }

    #[test]
    fn seconds_become_japanese_local_time() {
        let text = |seconds| local(seconds).map(|t| time(&t));
        assert_eq!(text(1_772_463_600).as_deref(), Some("2026-03-03 00:00"));
        assert_eq!((text(0), text(u64::MAX)), (None, None));
    }

    #[test]
    fn eras_begin_on_their_day() {
        for (date, want) in [
            ("1948-04-05", Some("昭和23年4月5日")),
            ("1989-01-07", Some("昭和64年1月7日")),
            ("1989-01-08", Some("平成元年1月8日")),
            ("2019-05", Some("令和元年5月")),
            ("1989", None),
            ("1912-07-29", Some("明治45年7月29日")),
            ("1872-12-31", None),
        ] {
            assert_eq!(japanese(&t(date)).as_deref(), want, "{date}");
        }
    }

    #[test]
    fn ages_turn_on_the_birthday() {
        let age = |birth, at| age(&t(birth), &t(at), Language::Ja);
        assert_eq!(age("1948-04-05", "2011-04-04").as_deref(), Some("62歳"));
        assert_eq!(age("1948-04-05", "2011-04-05T10:00").as_deref(), Some("63歳"));
        assert_eq!(age("1948", "2011-04-05").as_deref(), Some("62〜63歳"));
        assert_eq!(age("2012-01-01", "2011-04-05"), None);
    }

    #[test]
    fn times_are_cut_where_they_were_sent() {
        assert_eq!(time(&t("2011-07-01T08:30:05")), "2011-07-01 08:30");
        assert_eq!((time(&t("2011-07")), day(&t("2011-07-01T08"))), ("2011-07".into(), "2011-07-01".into()));
        assert_eq!(span(&t("2011-07-01T08:05"), Some(&t("2011-07-01T13:05"))), "2011-07-01 08:05〜13:05");
        assert_eq!(period(Some(&t("2011-07")), None), "2011-07 〜");
    }
}
