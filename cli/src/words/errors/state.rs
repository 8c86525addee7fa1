//! What is wrong with a database, or with the signed heads of its audit chain.

use crate::print::line::safe;
use mykarte::record::labels::Language;
use mykarte_state::StateError;
use mykarte_state::heads::HeadError;
use mykarte_state::kept::KeptError;
use std::path::Path;

/// The database.
pub fn state(error: &StateError, language: Language) -> String {
    let (ja, en) = match error {
        StateError::Full => {
            ("台帳（データベース）の空き容量がありません。空けてやり直してください。".to_owned(), error.to_string())
        }
        StateError::Foreign => {
            ("別のプログラムの台帳（データベース）です。state に別の場所を指定してください。".to_owned(), error.to_string())
        }
        StateError::Absent => (
            "台帳がありません。設定の state を確かめてください（台帳を作るのは mykarte-issuer init だけです）。何も作っていません。".to_owned(),
            "there is no database; check `state` in the settings. Only mykarte-issuer init makes one; nothing was made.".to_owned(),
        ),
        StateError::NewerFormat { format } => {
            (format!("新しい形式（{format}）の台帳です。プログラムを更新してください。"), error.to_string())
        }
        other => (format!("台帳（データベース）を使えません（{}）。", safe(&other.to_string())), other.to_string()),
    };
    language.pick(&ja, &en).to_owned()
}

/// The publisher keeps a head that contradicts ours.
pub fn head_refused(language: Language) -> &'static str {
    language.pick(
        "配信サーバーが前に預かったこの発行側の署名と、いまの監査記録が食い違います。台帳をバックアップから戻したか新しくしたのなら手引きの7章。そうでなければ書き換えか切り取りのおそれがあります: 配信サーバーの audit heads で署名を書き出し、audit verify --head で確かめてください。",
        "this issuer's audit chain contradicts a head that the publisher has kept. Where the database was restored or begun anew, see the guide, chapter 7. Else it may have been cut or rewritten: write the publisher's copies with its `audit heads`, then run audit verify --head.",
    )
}

/// A file in the folder of the signed heads that is none of them.
pub fn head_unread(path: &Path, language: Language) -> String {
    let path = safe(&path.display().to_string());
    let ja = format!(
        "署名を残すフォルダにあるこのファイルは読めず、飛ばしました。署名でないものは別の場所へ移してください: {path}"
    );
    let en = format!(
        "{path}: this file beside the signed heads cannot be read, and was passed over; move away what does not belong there"
    );
    language.pick(&ja, &en).to_owned()
}

/// What came from the publisher contradicts what is kept of its chain.
pub fn publisher_head(error: &KeptError, language: Language) -> String {
    let what = match error {
        KeptError::State(error) => return state(error, language),
        KeptError::OtherKey => language.pick("鍵が前と違います", "it is signed with another key than before"),
        KeptError::OtherChain => language.pick("前とは別の監査記録です", "it is of another audit chain than before"),
        KeptError::Behind { .. } => {
            language.pick("記録の数が前より減っています", "it knows fewer records than one before")
        }
        KeptError::Forked { .. } => {
            language.pick("同じ数の記録が前と違います", "it leads to other records than one of the same number")
        }
        _ => language.pick("署名になっていません", "it is not signed"),
    };
    match language {
        Language::Ja => format!(
            "配信サーバーから届いた監査記録の署名が、預かっているものと食い違います（{what}）。前のものは残してあります。配信サーバーの台帳を戻したか新しくしたのなら手引きの7章。そうでなければ配信サーバーを調べてください（audit heads で書き出したもので確かめます）。"
        ),
        Language::En => format!(
            "the publisher's signed head contradicts those that are kept here: {what}. Those are still there. Where its database was restored or begun anew, see the guide, chapter 7; else examine the publisher, with what `audit heads` writes."
        ),
    }
}

/// The signed heads.
pub fn heads(error: &HeadError, language: Language) -> String {
    let ja = match error {
        HeadError::Broken { count } => format!(
            "監査記録が、前に署名した第{count}号につながりません。audit verify で確かめ、署名のファイルを保管してください。"
        ),
        HeadError::OtherChain => "署名を残すフォルダ（heads）にあるのは、この台帳とは別の監査記録の署名です。台帳が入れ替わっていないか確かめてください。わざと新しく始めたときは、前の *.head と *.heads を別の場所へ移して保管し、もう一度実行してください。".to_owned(),
        other => format!("監査記録の署名を別の場所に残せません（{}）。", safe(&other.to_string())),
    };
    language.pick(&ja, &error.to_string()).to_owned()
}
