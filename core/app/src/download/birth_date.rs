//! A birth date as people type it, in the one form that phone and hospital hash.

use chrono::NaiveDate;

/// An era of Japan.
struct Era {
    name: &'static str,
    letter: char,
    /// The year before its first.
    before: i32,
    /// Year, month and day.
    first: (i32, u32, u32),
}

/// The newest first: each ends where the one before it begins.
const ERAS: [Era; 5] = [
    Era { name: "令和", letter: 'R', before: 2018, first: (2019, 5, 1) },
    Era { name: "平成", letter: 'H', before: 1988, first: (1989, 1, 8) },
    Era { name: "昭和", letter: 'S', before: 1925, first: (1926, 12, 25) },
    Era { name: "大正", letter: 'T', before: 1911, first: (1912, 7, 30) },
    Era { name: "明治", letter: 'M', before: 1867, first: (1868, 1, 25) },
];

/// Reads `1955-03-11`, `19550311`, `1955/3/11`, `1955年3月11日`, `昭和30年3月11日`, `S30.3.11`, also in full width, and gives
/// back `1955-03-11`. `None` for what is no day, or none of its era.
#[must_use]
pub fn birth_date(typed: &str) -> Option<String> {
    let text: String = typed.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    let era = ERAS.iter().position(|era| text.starts_with(era.name) || text.starts_with(era.letter));
    let Some(era) = era else {
        let (year, month, day) = parts(&text, true)?;
        return NaiveDate::from_ymd_opt(year, month, day).map(|date| date.to_string());
    };
    let rest = text.strip_prefix(ERAS[era].name).or_else(|| text.strip_prefix(ERAS[era].letter))?;
    let (year, month, day) = parts(&rest.replace("元年", "1年"), false)?;
    let date = NaiveDate::from_ymd_opt(ERAS[era].before + year, month, day)?;
    let is_in_era = date >= first(era)? && era.checked_sub(1).and_then(first).is_none_or(|next| date < next);
    is_in_era.then(|| date.to_string())
}

/// The first day of an era.
fn first(era: usize) -> Option<NaiveDate> {
    let (year, month, day) = ERAS.get(era)?.first;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn narrow(c: char) -> char {
    let ascii = u32::from(c).checked_sub(0xFEE0).filter(|code| (0x21..0x7F).contains(code)).and_then(char::from_u32);
    ascii.unwrap_or(c).to_ascii_uppercase()
}

/// Year, month and day. A year of our era has four digits: `55` could be another century's.
fn parts(text: &str, is_common_era: bool) -> Option<(i32, u32, u32)> {
    if is_common_era && text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some((text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?));
    }
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut numbers = text.split(['年', '月', '-', '/', '.']);
    let mut next = |most: usize| {
        let part = numbers.next()?;
        let is_number = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(part)
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let is_right = (year.len() == 4) == is_common_era && numbers.next().is_none();
    is_right.then_some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::birth_date;

    #[test]
    fn a_day_is_one_day_however_it_is_typed() {
        for typed in [
            "1955-03-11",
            "19550311",
            " 1955/3/11 ",
            "1955年3月11日",
            "昭和30年3月11日",
            "S30.3.11",
            "s30-03-11",
            "Ｓ３０．３．１１",
            "昭和３０年　３月１１日",
            "１９５５０３１１",
        ] {
            assert_eq!(birth_date(typed).as_deref(), Some("1955-03-11"), "{typed}");
        }
        let eras = [("平成元年1月8日", "1989-01-08"), ("S64.1.7", "1989-01-07"), ("R1.5.1", "2019-05-01")];
        assert!(eras.iter().all(|(typed, day)| birth_date(typed).as_deref() == Some(*day)));
        assert_eq!(birth_date("大正12年9月1日").as_deref(), Some("1923-09-01"));
    }

    #[test]
    fn what_is_no_day_or_could_be_two_is_none() {
        for typed in [
            "",
            "1955",
            "55-03-11",
            "1955-02-29",
            "1955-13-01",
            "S64.1.8",
            "H1.1.7",
            "昭和0年1月1日",
            "昭和30年",
            "S1955.3.11",
            "1955-03-11-1",
            "1955--11",
            "195503111",
            "S300311",
            "SS30.3.11",
            "昭和S30.3.11",
            "+955-03-11",
            "昭和三十年三月十一日",
            "X30.3.11",
        ] {
            assert_eq!(birth_date(typed), None, "{typed}");
        }
    }
}
