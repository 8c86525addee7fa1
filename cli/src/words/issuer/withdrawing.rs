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
        "確認を入力する端末がありません。撤回していません。上の患者でよければ --yes を付けてください。",
        "there is no terminal to confirm on; nothing was withdrawn. If it is the patient above, add --yes.",
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
