//! What a vault may answer.

use mykarte::record::labels::Language;
use mykarte::vault::{Part, SlotKind, VaultError, WeakReason};
use std::time::Duration;

/// Why a vault refuses.
pub fn vault(error: &VaultError, language: Language) -> String {
    use VaultError as E;
    let (ja, en) = match error {
        E::WeakPasscode { reason } => return weak(*reason, language),
        E::PasscodeNotText => {
            ("パスコードが文字ではありません。入力し直してください。", "the passcode is not text; type it again.")
        }
        E::EmptyPasscode => ("パスコードが空です。入力してください。", "the passcode is empty; type it."),
        E::WrongPasscode { retry_after, .. } if !retry_after.is_zero() => {
            return wait("パスコードが違います。", "the passcode is wrong.", *retry_after, language);
        }
        E::WrongPasscode { .. } => {
            ("パスコードが違います。確かめて入力し直してください。", "the passcode is wrong; type it again.")
        }
        E::TooManyTries { retry_after, .. } => {
            return wait("パスコードの間違いが続きました。", "too many wrong passcodes.", *retry_after, language);
        }
        E::WrongRecoveryCode => (
            "復旧コードが違います。このファイルの最新のコードか確かめてください。",
            "the recovery code is wrong; check that it is the latest one of this file.",
        ),
        E::RecoveryCodeMistyped => (
            "復旧コードの打ち間違いです。紙と1文字ずつ見比べてください。",
            "the recovery code was mistyped; compare it with the paper, character by character.",
        ),
        E::NoSlot { kind: SlotKind::Recovery } => (
            "復旧コードのないファイルです。recovery-code new で作ってください。",
            "the file has no recovery code; make one with `recovery-code new`.",
        ),
        E::WrongDataKey | E::NoSlot { .. } | E::WrongBiometricSecret => (
            "パスコードでは開けないファイルです。復旧コード（--recovery-code-stdin）か、作成した端末を使ってください。",
            "the file does not open with a passcode; use its recovery code (--recovery-code-stdin) or the device that made it.",
        ),
        E::LastSlot => (
            "開ける方法がなくなるので消せません。先に別の方法を加えてください。",
            "nothing would open the file then; add another way first.",
        ),
        E::NotYetErased => (
            "記録は読めなくなりましたが、跡がファイルに残っています。もう一度実行してください。",
            "the record can no longer be read, but traces are left in the file; run this again.",
        ),
        E::InstallationSecretNeeded => (
            "パスコードでは作成した端末でしか開けないファイルです。その端末か、復旧コード（--recovery-code-stdin）を使ってください。",
            "its passcode opens it only where it was made; use that device or its recovery code (--recovery-code-stdin).",
        ),
        E::KdfOutOfBounds { .. } => (
            "ファイルが壊れているか、細工されています。別の複製を使ってください。",
            "the file is damaged or hostile; use another copy.",
        ),
        E::OutOfMemory => (
            "メモリが足りません。ほかのプログラムを閉じてやり直してください。",
            "not enough memory; close other programs and try again.",
        ),
        E::NoRandomness => {
            ("乱数を得られません。端末を再起動してください。", "the system gives no random numbers; restart it.")
        }
        E::AlreadyExists => (
            "同じ名前のものがあります（そのままです）。別の名前にしてください。",
            "something is there already and is left as it is; choose another name.",
        ),
        E::LeftoverJournal => (
            "以前のファイルの -journal が残っています。別の場所へ移すか、別の名前にしてください。",
            "the -journal of an earlier file lies beside it; move it away or choose another name.",
        ),
        E::NotFound => {
            ("ファイルかフォルダがありません。パスを確かめてください。", "no such file or folder; check the path.")
        }
        E::NotAVault => (
            "マイカルテのファイルではありません。別のファイルを指定してください。",
            "this is no vault; choose another file.",
        ),
        E::Truncated => (
            "ファイルが途中で切れています（そのままです）。完全な複製を入手してください。",
            "the file is cut short and is left as it is; get a complete copy.",
        ),
        E::NewerFormat { format } => {
            return match language {
                Language::Ja => format!("新しい形式（{format}）のファイルです。プログラムを更新してください。"),
                Language::En => format!("the file has the newer format {format}; update the program."),
            };
        }
        E::UnknownSuite { suite } => {
            return match language {
                Language::Ja => format!("未知の暗号方式（{suite}）のファイルです。プログラムを更新してください。"),
                Language::En => format!("the file uses the unknown cipher suite {suite}; update the program."),
            };
        }
        E::Damaged { part } => return damaged(*part, language),
        E::InUse => (
            "ほかのプログラムが使用中です。閉じてからやり直してください。",
            "another program is using the file; close it and try again.",
        ),
        E::ChangedElsewhere | E::StaleDraft => (
            "途中でほかのプログラムが更新しました。もう一度やり直してください。",
            "another program changed the file meanwhile; do it again.",
        ),
        E::ReadOnly => (
            "ここには書き込めません。権限を確かめるか、別の場所にしてください。",
            "nothing can be written here; check permissions or choose another place.",
        ),
        E::DiskFull => (
            "空き容量がありません。空けてからやり直してください（何も失われていません）。",
            "no space left; free some and try again (nothing was lost).",
        ),
        E::Io { .. } | E::Database { .. } => (
            "ファイルを読み書きできません。ディスクと接続を確かめてやり直してください。",
            "the file cannot be read or written; check the disk and try again.",
        ),
        E::NoSuchRecord | E::NoSuchChunk => {
            ("その記録はありません。一覧を確かめてください。", "there is no such record; list them.")
        }
        E::TooLarge { .. } => (
            "記録が大きすぎて1つのファイルに入りません。別の --vault に分けてください。",
            "the record is too large for one file; use another --vault.",
        ),
        _ => (
            "ファイルを処理できません。プログラムの不具合として報告してください。",
            "the file cannot be handled; please report this as a defect.",
        ),
    };
    language.pick(ja, en).to_string()
}

fn wait(ja: &str, en: &str, time: Duration, language: Language) -> String {
    let seconds = seconds(time);
    match language {
        Language::Ja => {
            format!("{ja}{seconds} 秒待つと入力できます（復旧コードなら --recovery-code-stdin ですぐ開けます）。")
        }
        Language::En => {
            format!(
                "{en} The next is taken in {seconds} seconds (the recovery code opens at once: --recovery-code-stdin)."
            )
        }
    }
}

/// Whole seconds after which a time is over.
pub(super) fn seconds(time: Duration) -> u128 {
    time.as_millis().div_ceil(1000)
}

fn weak(reason: WeakReason, language: Language) -> String {
    let (ja, en) = match reason {
        WeakReason::TooShort => (
            "パスコードが短すぎます。6文字以上（12文字以上を推奨）にしてください。",
            "the passcode is too short; use 6 characters or more (12 are advised).",
        ),
        _ => (
            "よく使われるパスコードです。別のものにしてください。",
            "the passcode is a very common one; choose another.",
        ),
    };
    language.pick(ja, en).to_string()
}

fn damaged(part: Part, language: Language) -> String {
    let (name_ja, name_en) = match part {
        Part::Database | Part::Schema => ("データベース", "database"),
        Part::Header => ("ヘッダ", "header"),
        Part::SlotTable => ("鍵の表", "key table"),
        Part::Head => ("目次", "head"),
        Part::GenerationKey => ("記録の鍵", "key of a record"),
        Part::Manifest => ("記録の目録", "manifest of a record"),
        Part::Catalogue => ("要約", "summary"),
        _ => ("データの一部", "some data"),
    };
    match language {
        Language::Ja => format!("ファイルが壊れています（{name_ja}）。このファイルは残し、別の複製を使ってください。"),
        Language::En => format!("the file is damaged ({name_en}); keep it and use another copy."),
    }
}
