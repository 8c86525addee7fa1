//! Words about publishers: the ticket, the digits, what is fetched.

use mykarte::record::labels::Language;

/// The question.
pub fn birth_date_question(language: Language) -> &'static str {
    language.pick("本人の生年月日（例 昭和30年3月11日、19550311）: ", "The patient's birth date (such as 1955-03-11): ")
}

/// Not understood.
pub fn no_date(language: Language) -> &'static str {
    language.pick(
        "日付として読めません。1955-03-11、19550311、昭和30年3月11日、S30.3.11 のように入力してください。",
        "this is no date; type it like 1955-03-11, 19550311 or S30.3.11.",
    )
}

/// In front of the hospital's name.
pub fn sent(language: Language) -> &'static str {
    language.pick("登録を申し込みました: ", "enrolment requested: ")
}

/// The counter has not looked.
pub fn waiting(language: Language) -> &'static str {
    language.pick(
        "窓口の確認を待っています（Ctrl-C で中断。あとで続けられます）",
        "waiting for the counter (Ctrl-C stops; it goes on later)",
    )
}

/// What both sides show.
pub fn digits(digits: &str, language: Language) -> String {
    let (first, last) = digits.split_at(digits.len() / 2);
    match language {
        Language::Ja => format!("確認番号: {first} {last}  窓口の画面と同じか、職員と見比べてください"),
        Language::En => format!("digits: {first} {last}  compare them with those on the counter's screen"),
    }
}

/// Staff saw the same.
pub fn confirmed(language: Language) -> &'static str {
    language.pick("窓口で確認されました。登録は完了です。", "the counter has confirmed; the enrolment is made.")
}

/// What comes next.
pub fn now_fetch(language: Language) -> &'static str {
    language.pick(
        "記録は mykarte fetch で受け取ります（病院が発行するまで少しかかることがあります）。",
        "`mykarte fetch` fetches the record; the hospital may need a while to issue it.",
    )
}

/// Stopped by a person.
pub fn goes_on_later(language: Language) -> &'static str {
    language.pick(
        "中断しました。登録は途中のまま残っています。同じコマンドで続きから進めます。やめるには enrol --end ID を使います。",
        "stopped. The enrolment is kept half-way: the same command goes on with it, `enrol --end ID` gives it up.",
    )
}

/// In a list.
pub fn not_confirmed_yet(is_unanswered: bool, language: Language) -> &'static str {
    match is_unanswered {
        true => language.pick(
            "申込の返事がまだありません（同じ登録票で enrol をもう一度）",
            "the request was not answered yet (`enrol` with the same ticket again)",
        ),
        false => language.pick("窓口の確認待ち", "the counter has not confirmed yet"),
    }
}

/// None is online.
pub fn no_publisher(language: Language) -> &'static str {
    language.pick(
        "配信サーバーから受け取る登録がありません。登録票で登録するか（enrol --ticket）、ファイルは receive で受け取ってください。",
        "no enrolment here has a publisher; enrol with a ticket (`enrol --ticket`), or take files with `receive`.",
    )
}

/// A newer list.
pub fn list_taken(language: Language) -> &'static str {
    language.pick("鍵リストを新しくしました。", "a newer key list was taken.")
}

/// A list that is not taken; the known one stays.
pub fn list_refused(why: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("配信サーバーの鍵リストは使っていません: {why}"),
        Language::En => format!("the publisher's key list was not taken: {why}"),
    }
}

/// Nothing there yet.
pub fn nothing_issued(is_pending: bool, language: Language) -> &'static str {
    match is_pending {
        true => language.pick(
            "まだ発行されていません（窓口の確認待ち）。",
            "nothing was issued yet (the counter has not confirmed).",
        ),
        false => language
            .pick("まだ発行されていません。あとでもう一度試してください。", "nothing was issued yet; try later."),
    }
}

/// The newest is held.
pub fn unchanged(language: Language) -> &'static str {
    language.pick("新しい記録はありません。", "there is nothing newer.")
}

/// The next key did not reach the publisher.
pub fn key_not_told(language: Language) -> &'static str {
    language.pick(
        "次のパッケージのための公開鍵を伝えられませんでした。次の fetch で伝えます。",
        "the key for the next package could not be handed over; the next fetch does it.",
    )
}

/// The publisher has not heard of an end.
pub fn not_told(language: Language) -> &'static str {
    language.pick(
        "終えた登録を配信サーバーに伝えられませんでした。次の fetch でもう一度伝えます。",
        "the publisher could not be told of an ended enrolment; the next fetch tries again.",
    )
}
