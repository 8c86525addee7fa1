//! Words about what is received: the question, what changed, what is gone and why.

use super::record::plural;
use mykarte::package::{Warning, Why};
use mykarte::record::labels::{self, Language};

/// A newer list.
pub fn list_taken(place: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("鍵リストを新しくしました: {place}"),
        Language::En => format!("key list taken: {place}"),
    }
}

/// The one that is known.
pub fn list_known(place: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("鍵リストは受け取り済みです: {place}"),
        Language::En => format!("this key list is known: {place}"),
    }
}

/// The question.
pub fn right_person_question(language: Language) -> &'static str {
    language.pick("氏名と生年月日は本人のものですか? [y/N]: ", "Are name and birth date those of the person? [y/N]: ")
}

/// Answered with no.
pub fn not_right_person(language: Language) -> &'static str {
    language.pick(
        "受け取っていません。別の人のものなら、病院に知らせてください。",
        "nothing was taken; if it is another person's, tell the hospital.",
    )
}

/// Something differs, and only a person can say whose it is.
pub fn nobody_compares(language: Language) -> &'static str {
    language.pick(
        "保管ファイルの記録と違うところがあり、--yes では受け取りません。端末の前で実行して、本人のものか答えてください。",
        "it differs from the record in the vault, which --yes does not answer; run this at a terminal and say whose it is.",
    )
}

/// The question where sections would become empty.
pub fn may_go_question(language: Language) -> &'static str {
    language.pick("この内容に置き換えますか? [y/N]: ", "Replace the record by this one? [y/N]: ")
}

/// There is nobody to answer it.
pub fn loss_unconfirmed(language: Language) -> &'static str {
    language.pick(
        "なくなるものの確認がないので受け取っていません。病院に確かめ、端末で receive を実行して答えてください（--yes では進みません）。",
        "nobody has said that these may go, so nothing was taken; ask the hospital, then answer on a terminal (--yes is no answer to it).",
    )
}

/// Answered with no.
pub fn not_taken(language: Language) -> &'static str {
    language.pick(
        "受け取っていません。なくなるものの理由を病院に確かめてください。",
        "nothing was taken; ask the hospital why these would be gone.",
    )
}

/// What is worth a word.
pub fn warning(warning: &Warning, language: Language) -> String {
    let (ja, en) = match warning {
        Warning::IssuedInFuture { days } => (
            format!("発行日時がこの端末の時計より{days}日先です。時計を確かめてください。"),
            format!(
                "by this device's clock it was issued {} in the future; check the clock.",
                plural(*days as usize, "day")
            ),
        ),
        Warning::IssuedLongAgo { days } => (
            format!("{days}日前に発行されたものです。新しいものがないか病院に確かめてください。"),
            format!("it was issued {days} days ago; ask the hospital for a newer one."),
        ),
        Warning::KeyRetired => (
            "引退した鍵で署名されています（有効です）。新しい鍵リストと新しいパッケージがあるかもしれません。".into(),
            "it is signed with a retired key, which holds; there may be a newer key list and a newer package.".into(),
        ),
        Warning::DiffersFromHeld { field } => (
            format!(
                "この保管ファイルにある同じ患者IDの記録と{}が違います。同じ人か確かめてください。",
                held_field(field).0
            ),
            format!(
                "{} differs from the record of this patient id in the vault; make sure it is the same person.",
                held_field(field).1
            ),
        ),
        Warning::NewerKeyList => (
            "病院に新しい鍵リストがあります。受け取って、receive に渡してください。".into(),
            "the hospital has a newer key list; fetch it and give it to receive.".into(),
        ),
        Warning::TakenOut(taken) => {
            let names: Vec<&str> = taken.sections.iter().map(|s| labels::section(*s, language)).collect();
            let which = match names.is_empty() {
                true => language.pick("要約", "summary").to_string(),
                false => names.join(language.pick("、", ", ")),
            };
            (
                format!(
                    "病院のプロファイルが隠すはずのものが入っていたので、除きました（{which}）。病院に知らせてください。"
                ),
                format!("the package held what its profile hides; it was taken out ({which}). Tell the hospital."),
            )
        }
        Warning::WouldEmpty { sections } => {
            let names: Vec<&str> = sections.iter().map(|section| labels::section(*section, language)).collect();
            let which = names.join(language.pick("、", ", "));
            (
                format!("受け取ると1件もなくなる項目があります（{which}）。理由は書かれていません。"),
                format!("nothing would be left of {which}, and the package does not say why."),
            )
        }
    };
    language.pick(&ja, &en).to_string()
}

/// What differs, in Japanese and English.
fn held_field(field: &str) -> (&'static str, &'static str) {
    match field {
        "birth_date" => ("生年月日", "the birth date"),
        "sex" => ("性別", "the sex"),
        "name_kana" => ("氏名のカナ", "the name in kana"),
        "hospital" => ("医療機関の名前", "the hospital's name"),
        _ => ("読めない部分のため、内容", "what cannot be read"),
    }
}

/// Earlier enrolments that have had their day.
pub fn ended_enrolments(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("前の登録{count}件は、この登録に置き換わりました。"),
        Language::En => format!("{} replaced by this one.", plural(count, "earlier enrolment")),
    }
}

/// Taken before.
pub fn was_there(language: Language) -> &'static str {
    language.pick("受け取り済みのパッケージです。何も変えていません。", "received before; nothing was changed.")
}

/// It is in the vault.
pub fn taken(generation: u64, language: Language) -> String {
    match language {
        Language::Ja => format!("受け取りました（第{generation}世代）"),
        Language::En => format!("received (generation {generation})"),
    }
}

/// Memos of the record before.
pub fn memos_taken_over(memos: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("  前の記録の非常時メモ {memos}件を引き継ぎました（病院の署名の外です）"),
        Language::En => format!(
            "  {} taken over from the record before (not signed by the hospital)",
            plural(memos, "emergency memo")
        ),
    }
}

/// Above the table, before it is taken.
pub fn would_be_gone_title(language: Language) -> &'static str {
    language.pick("今の記録にあって、このパッケージにないもの", "In the record that is held, and not in this package")
}

/// Above the table, of a package that was taken before.
pub fn gone_title(language: Language) -> &'static str {
    language.pick("前の記録にあって、今回ないもの", "In the record before, and not in this one")
}

/// How many.
pub fn entries(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("{count}件"),
        Language::En => plural(count, "entry"),
    }
}

/// Why something is gone.
pub fn why(why: Why, language: Language) -> &'static str {
    let (ja, en) = match why {
        Why::Profile => ("提供対象外になった", "no longer provided"),
        Why::Period => ("提供期間より古い", "older than what is provided"),
        Why::Retracted => ("病院が取り消した", "deleted by the hospital"),
        Why::Answered => ("結果が届いた依頼", "an order whose results came"),
        Why::Replaced => ("別の内容に置き換わった", "replaced by something else"),
        Why::Unknown => ("理由不明（病院に確かめてください）", "no reason given (ask the hospital)"),
    };
    language.pick(ja, en)
}

/// What nobody can compare.
pub fn unread(entries: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("前の記録の{entries}件は壊れていて読めず、今回もあるか分かりません"),
        Language::En => format!(
            "{} of the record before cannot be read: nobody can say whether they are there",
            plural(entries as usize, "entry")
        ),
    }
}

/// The public key for the next package.
pub fn next_key(same: bool, language: Language) -> &'static str {
    match same {
        true => language.pick(
            "次に病院に渡す公開鍵は、前と同じです（enrol で表示）。",
            "The public key for next time is the same as before (`enrol` shows it).",
        ),
        false => language.pick(
            "次は新しい公開鍵を病院に渡してください（enrol で表示、enrol --out FILE で書き出し）。",
            "Hand a new public key to the hospital next time (`enrol` shows it, `enrol --out FILE` writes it).",
        ),
    }
}
