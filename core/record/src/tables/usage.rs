//! The standard usage code (標準用法コード, JAMISDP01): sixteen characters that say how a drug is taken.
//!
//! ```text
//! 1013044400000000
//! |||||||||\_____/ 10-16 clock hours, A = 0時 .. X = 23時
//! ||||\___/        5 就寝前, 6 夕, 7 昼, 8 朝, 9 起床: the meal slots, evening first
//! |||\____________ 4 times a day, 1-9, Z = 不定
//! ||\_____________ 3 timing
//! \\______________ 1 kind, 2 its detail
//! ```
//!
//! The slots read like this only when the timing is based on meals. For other timings they hold details that are not
//! decoded here; the text then carries the code itself, so that nothing is left out unseen. A meal slot that is not
//! known makes the whole code unreadable: half a schedule would be worse than none.

use super::names::Table;
use super::{fold, label};

/// 食事ベース, the timing whose slots are meals.
const TIMING_MEALS: u8 = b'1';
/// 回数のみ, the timing that adds nothing to the number of times.
const TIMING_COUNT_ONLY: u8 = b'7';
/// The detail of 内服 that goes without saying: 経口.
const DETAIL_ORAL: &str = "10";
/// The meals in the order of the day, with their place in the code (counted from 0).
const MEALS: [(usize, &str); 3] = [(7, "朝"), (6, "昼"), (5, "夕")];
/// The place of the 就寝 and the 起床 slot.
const BEDTIME: usize = 4;
const WAKING: usize = 8;

/// Decodes a 16-character JAMISDP01 standard usage code into Japanese text: `1013044400000000` is
/// 「内服 1日3回 朝食後・昼食後・夕食後」.
///
/// `None` when it is malformed or holds a meal slot that is not known. Only a fallback: the usage text of the message
/// wins, also where it disagrees with its code.
pub fn usage_text(code: &str) -> Option<String> {
    let code = fold(code);
    let bytes: &[u8; 16] = code.as_bytes().try_into().ok()?;
    if !bytes.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return None;
    }
    let mut words = vec![kind(&code)?];
    words.extend(times_a_day(bytes[3])?);
    words.extend(timing(&code, bytes)?);
    if has_undecoded(bytes) {
        words.push(format!("（用法コード {code}）"));
    }
    Some(words.join(" "))
}

/// Characters 1 and 2: 「内服」, 「外用（点眼）」.
fn kind(code: &str) -> Option<String> {
    let kind = label(Table::UsageKindJamisdp01, code.get(..1)?)?;
    let detail_code = code.get(..2)?;
    let detail = label(Table::UsageDetailJamisdp01, detail_code)?;
    Some(match detail_code {
        DETAIL_ORAL => kind.to_owned(),
        _ => format!("{kind}（{detail}）"),
    })
}

/// Character 4: 「1日3回」; the inner `None` when it says nothing, the outer one when it is malformed.
fn times_a_day(count: u8) -> Option<Option<String>> {
    match count {
        b'0' => Some(None),
        b'1'..=b'9' => Some(Some(format!("1日{}回", char::from(count)))),
        b'Z' => Some(Some("回数不定".to_owned())),
        _ => None,
    }
}

/// Character 3 with the slots and hours: 「朝食後・夕食後」, 「時刻指定 6時・14時」; the inner `None` when there is
/// nothing to add, the outer one when it is malformed.
fn timing(code: &str, bytes: &[u8; 16]) -> Option<Option<String>> {
    let name = label(Table::UsageTimingJamisdp01, code.get(2..3)?)?;
    let mut moments = match bytes[2] {
        TIMING_MEALS => meal_slots(bytes)?,
        _ => Vec::new(),
    };
    moments.extend(bytes[9..].iter().filter_map(|&b| clock_hour(b)));
    let moments = moments.join("・");
    Some(match bytes[2] {
        TIMING_MEALS | TIMING_COUNT_ONLY => Some(moments).filter(|text| !text.is_empty()),
        _ if moments.is_empty() => Some(name.to_owned()),
        _ => Some(format!("{name} {moments}")),
    })
}

/// Characters 5 to 9 in the order of the day: 起床時, 朝, 昼, 夕, 就寝前.
fn meal_slots(bytes: &[u8; 16]) -> Option<Vec<String>> {
    let mut moments = Vec::new();
    match bytes[WAKING] {
        b'0' => {}
        b'9' => moments.push("起床時".to_owned()),
        _ => return None,
    }
    for (place, meal) in MEALS {
        if bytes[place] != b'0' {
            let code = char::from(bytes[place]);
            let relation = label(Table::UsageMealJamisdp01, code.encode_utf8(&mut [0; 4]))?;
            moments.push(format!("{meal}{relation}"));
        }
    }
    match bytes[BEDTIME] {
        b'0' => {}
        b'1' => moments.push("就寝前".to_owned()),
        _ => return None,
    }
    Some(moments)
}

/// One clock hour of characters 10 to 16.
fn clock_hour(hour: u8) -> Option<String> {
    matches!(hour, b'A'..=b'X').then(|| format!("{}時", hour - b'A'))
}

/// Whether a character that is not `0` was left unread.
fn has_undecoded(bytes: &[u8; 16]) -> bool {
    let slots = bytes[2] != TIMING_MEALS && bytes[4..9].iter().any(|&b| b != b'0');
    let hours = bytes[9..].iter().any(|&b| b != b'0' && clock_hour(b).is_none());
    slots || hours
}

#[cfg(test)]
mod tests {
    use super::usage_text;

    #[test]
    fn reads_meals_in_the_order_of_the_day() {
        for (code, text) in [
            ("1013044400000000", "内服 1日3回 朝食後・昼食後・夕食後"),
            ("1011000400000000", "内服 1日1回 朝食後"),
            ("1011004000000000", "内服 1日1回 昼食後"),
            ("1011040000000000", "内服 1日1回 夕食後"),
            ("1011000090000000", "内服 1日1回 起床時"),
            ("1011000100000000", "内服 1日1回 朝食前"),
            ("1011100000000000", "内服 1日1回 就寝前"),
            ("1012040400000000", "内服 1日2回 朝食後・夕食後"),
            ("101514440P000000", "内服 1日5回 朝食後・昼食後・夕食後・就寝前・15時"),
            ("1013055500000000", "内服 1日3回 朝食後2時間・昼食後2時間・夕食後2時間"),
        ] {
            assert_eq!(usage_text(code).as_deref(), Some(text), "{code}");
        }
    }

    #[test]
    fn reads_other_kinds_and_timings() {
        for (code, text) in [
            ("1111000400000000", "内服（舌下） 1日1回 朝食後"),
            ("2H74000000000000", "外用（点眼） 1日4回"),
            ("3023000000000000", "注射（静脈） 1日3回 等間隔"),
            ("3033000000GOW000", "注射（静脈） 1日3回 時刻指定 6時・14時・22時"),
            ("103200000AX00000", "内服 1日2回 時刻指定 0時・23時"),
            ("2B7Z000000000000", "外用（塗布） 回数不定"),
            ("1050000000000000", "内服 頓用"),
            ("4Z60000000000000", "注入（病巣内） 生活リズム"),
        ] {
            assert_eq!(usage_text(code).as_deref(), Some(text), "{code}");
        }
    }

    #[test]
    fn shows_the_code_where_it_could_not_read_all() {
        assert_eq!(usage_text("1050110020000000").as_deref(), Some("内服 頓用 （用法コード 1050110020000000）"));
        assert_eq!(
            usage_text("1011000400000Y00").as_deref(),
            Some("内服 1日1回 朝食後 （用法コード 1011000400000Y00）")
        );
        assert_eq!(
            usage_text("10320000AX000000").as_deref(),
            Some("内服 1日2回 時刻指定 23時 （用法コード 10320000AX000000）")
        );
    }

    #[test]
    fn folds_full_width_and_trims() {
        let code = " １０１１０００４００００００００ ";
        assert_eq!(usage_text(code).as_deref(), Some("内服 1日1回 朝食後"));
    }

    #[test]
    fn refuses_what_is_malformed() {
        for code in [
            "",
            "W0100100",          // a supplementary code
            "101304440000000",   // 15 characters
            "10130444000000000", // 17 characters
            "5013044400000000",  // kind
            "1913044400000000",  // detail
            "1093044400000000",  // timing
            "101A044400000000",  // times a day
            "1013044900000000",  // meal slot
            "1011200000000000",  // bedtime slot
            "1011000010000000",  // waking slot
            "101304440000000p",  // lower case
            "朝食後朝食後",
            "1013-44400000000",
        ] {
            assert_eq!(usage_text(code), None, "{code}");
        }
    }
}
