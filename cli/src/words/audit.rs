//! Words of the audit chain: what was found in it, and what its records say.

use crate::print::dates;
use mykarte::record::labels::Language;
use mykarte_state::audit::{Flaw, Tail, Verdict};
use mykarte_state::show::Shown;
use std::path::Path;

/// What the walk found.
pub fn verdict(verdict: &Verdict, language: Language) -> String {
    if language == Language::En {
        return verdict.to_string();
    }
    let records = format!("監査記録 {}件を確かめました。", verdict.intact);
    let broken = verdict.broken.map(|broken| {
        let what = match broken.flaw {
            Flaw::Changed => "が書き換えられています",
            Flaw::Missing => "がありません",
            Flaw::OutOfOrder => "に別の記録があります",
            Flaw::PlaceDiffers { from } => {
                return format!("第{from}号から第{}号までのどこかから書き直されています。", broken.number);
            }
        };
        format!("第{}号{what}。", broken.number)
    });
    let tail = match verdict.tail {
        Tail::Unproven => {
            "末尾が切り取られていないかは、別の場所の署名（--head FILE）がないと分かりません。".to_owned()
        }
        Tail::Vouched { count, .. } => format!("別の場所の署名が第{count}号までを保証しています。"),
        Tail::HeadRefused { flaw: None } => {
            "--head の署名は、鍵がないので確かめていません（--key を付けてください）。".to_owned()
        }
        Tail::HeadRefused { .. } => "--head に、この鍵の署名でないものがあります。".to_owned(),
        Tail::OtherChain => "--head に、別の監査記録の署名があります。".to_owned(),
    };
    format!("{records}{}{tail}", broken.unwrap_or_default())
}

/// Whoever verifies wants it from elsewhere.
pub fn own_head_key(key: &str, language: Language) -> String {
    format!("{}{key}", language.pick("この発行側の署名の鍵: ", "key of this issuer's heads: "))
}

/// Its file is not there; none was made.
pub fn no_head_key(path: &Path, language: Language) -> String {
    let path = path.display();
    match language {
        Language::Ja => format!(
            "{path}: 署名の鍵がありません。まだ一度も配信サーバーにつないでいないのなら、check が作ります。そうでなければバックアップから戻してください。なければ次のコマンドが新しく作り、前の署名は --key（書き写した前の公開鍵）でだけ確かめられます（手引きの7章）。"
        ),
        Language::En => format!(
            "{path}: the key of the heads is not there. Before the first exchange with the publisher `check` makes it; else bring it back from a backup. Without one the next command makes a new one, and heads of before are verified with --key alone."
        ),
    }
}

/// What was written of the publisher's heads.
pub fn kept_heads(count: usize, key: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("配信サーバーの署名 {count}件を書き出しました。配信サーバーの署名の鍵: {key}"),
        Language::En => format!("{count} heads of the publisher written; key of the publisher's heads: {key}"),
    }
}

/// There are none.
pub fn no_kept_heads(language: Language) -> &'static str {
    language.pick(
        "配信サーバーの署名をまだ預かっていません（配信サーバーにつながるコマンドを実行すると預かります）。",
        "the publisher has left no head here yet; it does with every command that reaches it.",
    )
}

/// The pinned key and chain were forgotten.
pub fn begins_anew(language: Language) -> &'static str {
    language.pick(
        "次に配信サーバーから届く署名を、新しい監査記録の最初のものとして預かります。",
        "the publisher's next head is taken for the first one of a new chain.",
    )
}

/// Fields that have a column, are the store's, or say nothing to people.
const KNOWN: [&str; 10] = ["n", "at", "clock", "action", "staff", "patient", "enrolment", "ticket", "result", "head"];

/// A record as a line: number, time and how far it may be believed, what, who, whose, with which result, and the rest.
pub fn record(record: &Shown, language: Language) -> String {
    let number = format!("{:>6}", record.number);
    if record.fields.is_none() {
        return format!(
            "{number}  {}",
            language.pick("読めません（audit verify で確かめてください）", "cannot be read; see audit verify")
        );
    }
    let at = dates::local_time(record.text("at").parse().unwrap_or(0), language);
    let clock = match record.text("clock").as_str() {
        "synchronised" => language.pick("時計○", "clock ok"),
        "not-synchronised" => language.pick("時計×", "clock not set"),
        _ => language.pick("時計?", "clock unknown"),
    };
    let named = |ja, en, name: &str, most: usize| {
        let text: String = record.text(name).chars().take(most).collect();
        if text.is_empty() { text } else { format!("{} {text}", language.pick(ja, en)) }
    };
    let cells = [
        number,
        at,
        clock.to_owned(),
        action(&record.text("action"), language),
        named("職員", "staff", "staff", usize::MAX),
        named("患者", "patient", "patient", usize::MAX),
        named("登録", "enrolment", "enrolment", 8),
        named("登録票", "ticket", "ticket", 8),
        result(&record.text("result"), language),
        record.rest(&KNOWN),
    ];
    cells.iter().filter(|cell| !cell.is_empty()).map(String::as_str).collect::<Vec<_>>().join("  ")
}

fn action(word: &str, language: Language) -> String {
    let ja = match word {
        "ticket" => "登録票",
        "cancel" => "登録票の取消",
        "digits" => "確認番号の表示",
        "confirm" => "登録の確認",
        "issue" => "発行",
        "withdraw" => "撤回",
        "gone" => "残りの確認",
        "device-ended" => "端末で終了",
        "proxy-over" => "代理の期限で終了",
        "key-list" => "鍵リスト",
        "link-token" => "合言葉の更新",
        "backup" => "バックアップ",
        "head" => "配信サーバーの署名",
        "heads-anew" => "配信サーバーの署名を新しく始める",
        other => other,
    };
    language.pick(ja, word).to_owned()
}

fn result(word: &str, language: Language) -> String {
    let ja = match word {
        "done" => "済",
        "begun" => "開始",
        "failed" => "できなかった",
        "again" => "もう一度",
        "something-is-left" => "残りあり",
        "no-such-patient" => "患者のフォルダなし",
        "not-sealed" => "作れない",
        "other-birth-date" => "生年月日が違う",
        "withdrawn" => "途中で撤回",
        "unknown-to-publisher" => "配信サーバーにない",
        "ended-at-publisher" => "配信サーバーでは終了",
        "foreign-key" => "別の鍵",
        "keys" => "鍵のエラー",
        "unknown-here" => "台帳にない登録",
        "publisher" => "配信サーバーのエラー",
        "state" => "台帳のエラー",
        "stopped" => "中止",
        "not-signed" => "署名が違う",
        "other-key" => "前と別の鍵",
        "other-chain" => "前と別の監査記録",
        "behind" => "前より少ない",
        "forked" => "前と別の記録",
        other => other,
    };
    language.pick(ja, word).to_owned()
}
