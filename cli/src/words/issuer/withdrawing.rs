//! Words of `withdraw`.

use super::short;
use crate::print::line::safe;
use mykarte::record::labels::Language;

/// Nothing to be ended.
pub fn nothing_unknown(language: Language) -> &'static str {
    language.pick(
        "発行側の台帳にない登録は、配信サーバーにありません。",
        "the publisher has no enrolment that is not known here.",
    )
}

/// Those that `withdraw --unknown` ends.
pub fn unknown_to_be_ended(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("終わらせる登録: 発行側の台帳にない登録 {count}件"),
        Language::En => format!("to be ended: {count} enrolments that are not known here"),
    }
}

/// Those of other hospitals on the same publisher.
pub fn other_hospitals(count: usize, language: Language) -> String {
    match language {
        Language::Ja => {
            format!("ほかの病院の登録 {count}件（どの病院のものか分からないものを含む）は、そのままにします。")
        }
        Language::En => format!("{count} enrolments of other hospitals, or of an unknown one, stay as they are."),
    }
}

/// Another number was given than there are.
pub fn another_count(given: usize, found: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "--count は {given} ですが、台帳にない登録は {found}件です。何も終わらせていません。上の登録でよければ、この件数を書いてください。"
        ),
        Language::En => {
            format!(
                "--count says {given}, and there are {found}: nothing was ended. If it is those above, give their number."
            )
        }
    }
}

/// The database knows no enrolment at all.
pub fn knows_nobody(found: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "発行側の台帳には登録が1件もありません。設定（--settings の state）が別の台帳を指しているおそれがあるので、何も終わらせていません。設定とバックアップを確かめてください。ほんとうにこの台帳から始めるのなら、--count {found} を付けます。"
        ),
        Language::En => format!(
            "this database knows no enrolment at all, so `state` in the settings may name another than was meant: nothing was ended. Check settings and backups; to go on from this one all the same, add --count {found}."
        ),
    }
}

/// The question of `withdraw --unknown`.
pub fn unknown_question(count: usize, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "上の登録 {count}件を終わらせ、配信サーバーのパッケージと鍵をすべて消しますか? 元に戻せません [y/N]: "
        ),
        Language::En => format!(
            "End these {count} enrolments and delete their packages and keys everywhere? This cannot be undone [y/N]: "
        ),
    }
}

/// Before the question.
pub fn to_be_withdrawn(patient: &str, enrolments: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("撤回する患者: {patient}（登録 {enrolments}件）"),
        Language::En => format!("to be withdrawn: patient {patient} ({enrolments} enrolments)"),
    }
}

/// Before the question, for one of them.
pub fn one_to_be_withdrawn(patient: &str, enrolment: &str, language: Language) -> String {
    let (patient, number) = (safe(patient), short(enrolment));
    match language {
        Language::Ja => format!("撤回する登録: 患者 {patient} の {number}（ほかの登録はそのまま）"),
        Language::En => format!("to be withdrawn: enrolment {number} of patient {patient} (others stay)"),
    }
}

/// None or several.
pub fn which_enrolment(language: Language) -> &'static str {
    language.pick(
        "その登録番号は、この患者の登録にありません。list --patient で見て、8けた以上で指定してください。",
        "this patient has no such enrolment; see list --patient, and give 8 digits or more.",
    )
}

/// The question.
pub fn withdraw_question(language: Language) -> &'static str {
    language.pick(
        "発行を止め、配信サーバーのパッケージと鍵をすべて消しますか? 元に戻せません [y/N]: ",
        "Stop issuing and delete packages and keys everywhere? This cannot be undone [y/N]: ",
    )
}

/// Answered with no.
pub fn not_withdrawn(language: Language) -> &'static str {
    language.pick("撤回していません。", "nothing was withdrawn.")
}

/// Nobody answered.
pub fn nobody_withdraws(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。撤回していません。上のとおりでよければ --yes を付けてください。",
        "there is no terminal to confirm on; nothing was withdrawn. If it is what stands above, add --yes.",
    )
}

/// One of them.
pub fn withdrawn_enrolment(id: &str, language: Language) -> String {
    let number = short(id);
    match language {
        Language::Ja => format!("登録 {number}"),
        Language::En => format!("enrolment {number}"),
    }
}

/// What a place said when it was asked again.
pub fn is_gone(gone: bool, language: Language) -> &'static str {
    match gone {
        true => language.pick("残っていません", "nothing is left"),
        false => language.pick("残っているか、答えません", "something is left, or it does not answer"),
    }
}

/// There was no enrolment.
pub fn nothing_ended(tickets: usize, language: Language) -> String {
    match language {
        Language::Ja => format!("登録はなく、終わらせたものもありません（取り消した登録票 {tickets}枚）。"),
        Language::En => format!("no enrolment was known, and none was ended ({tickets} tickets taken back)."),
    }
}

/// Everything is.
pub fn all_gone(language: Language) -> &'static str {
    language.pick(
        "撤回しました。どこにも残っていないことを確かめました。端末にある記録は患者さんのものとして残ります。",
        "withdrawn; every place was asked again and has nothing. What is on the phone stays the patient's.",
    )
}

/// Not everything.
pub fn something_left(language: Language) -> &'static str {
    language.pick(
        "発行は止まりましたが、上の保存先に残っています。つながるようにして、もう一度 withdraw を実行してください。",
        "nothing more is issued, but something is left above; make that place reachable and withdraw again.",
    )
}
