//! Every Japanese word of the sheet. `|` marks where a line may break, so that no word is cut in two.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};

/// The product.
pub(super) const PRODUCT: &str = "いざというときのマイカルテ";
/// What the sheet is.
pub(super) const TITLE: &str = "登録票";
/// Above the last minute.
pub(super) const UNTIL: &str = "この紙が使えるのは";
/// What to do, one after another.
pub(super) const STEPS: [&str; 5] = [
    "「いざというときの|マイカルテ」の|アプリを|スマートフォンに|入れます。",
    "アプリを|開いて、|右の|QRコードを|読み取ります。",
    "ご本人の|生年月日を|入れます。",
    "画面に|出る|６けたの|確認番号を、|窓口の人と|見くらべます。",
    "「登録しました」と|出たら、|終わりです。",
];
/// Under the code.
pub(super) const CODE: &str = "QRコード（四角いもよう）";
/// Above what to mind.
pub(super) const CARE: &str = "大切なこと";
/// What to mind.
pub(super) const CARES: [&str; 3] = [
    "この紙で|登録できるのは、|１回だけです。",
    "ほかの|人に|見せたり、|写真に|とったり|しないで|ください。|あなたの|ふりを|して|登録される|おそれが|あります。",
    "登録が|終わったら、|この紙は|細かく|やぶって|捨ててください。",
];
/// Above what to do when it fails.
pub(super) const TROUBLE: &str = "うまくいかないとき";
/// When, and what to do then.
pub(super) const TROUBLES: [(&str, &str); 3] = [
    ("読み取れない", "カメラではなく|アプリを|使い、|明るい所で|読み取ってください。"),
    ("確認番号が|ちがう", "登録を|やめて、|すぐに|窓口の人に|知らせてください。"),
    ("期限が|すぎた、|なくした、|使えない", "窓口で|新しい紙を|もらってください。"),
];
/// Whom to ask.
pub(super) const CONTACT: &str = "わからないときは";
/// Without a contact line.
pub(super) const NO_CONTACT: &str = "この紙を|もらった|窓口で、|お聞きください。";
/// In front of the ticket's first digits.
pub(super) const NUMBER: &str = "登録票番号（窓口用）";
/// In front of the root key.
pub(super) const ROOT: &str = "病院の鍵（アプリに|出る鍵と|同じはずです）";
/// In front of the facility id.
pub(super) const FACILITY: &str = "医療機関ID";

/// `2026年（令和8年）3月4日 午後5時30分まで`, in Japanese local time. `None` for a time that no calendar has.
pub(super) fn until(unix: u64) -> Option<String> {
    let zone = FixedOffset::east_opt(9 * 3600).expect("nine hours are less than a day");
    let at = DateTime::from_timestamp(i64::try_from(unix).ok()?, 0)?.with_timezone(&zone);
    let (half, hour) = if at.hour() < 12 { ("午前", at.hour()) } else { ("午後", at.hour() - 12) };
    let minute = if at.minute() == 0 { String::new() } else { format!("{}分", at.minute()) };
    let (year, month, day) = (at.year(), at.month(), at.day());
    Some(format!("{year}年{}{month}月{day}日| {half}{hour}時{minute}まで", era(year)))
}

/// The era in brackets. A ticket lives for a day: no era before 令和 is needed.
fn era(year: i32) -> String {
    match year - 2018 {
        ..=1 => String::new(),
        years => format!("（令和{years}年）"),
    }
}
