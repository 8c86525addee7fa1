//! Why a hospital's keys are not made, opened or used.

use super::{Asked, import, offer, opening, vault_at};
use crate::words::errors::vault::seconds;
use mykarte::package::{IssueError, KeysError};
use mykarte::record::labels::Language;
use mykarte::vault::VaultError;
use mykarte::vault::package::PackageError;
use std::path::Path;
use std::time::Duration;

/// Why the hospital's keys cannot be made, read or changed.
pub fn keys(error: &KeysError, path: &Path, language: Language) -> String {
    let (ja, en) = match error {
        KeysError::Vault(error) => return vault_at(error, path, language),
        KeysError::Package(PackageError::TooLarge) => (
            "医療機関のIDか名称が長すぎるか、鍵が 256 を超えています。短くするか、新しいルート鍵を作ってください。",
            "the facility's id or name is too long, or there are more than 256 keys; shorten it, or make a new root key.",
        ),
        KeysError::Package(error) => return format!("{}: {}", path.display(), super::package(error, language)),
        KeysError::NoKeys => (
            "病院の鍵のファイルではありません。別のファイルを指定してください。",
            "this file holds no hospital keys; choose another file.",
        ),
        KeysError::OtherKind => (
            "種類の違う鍵のファイルです。ルート鍵は root.mykarte-keys、署名鍵は issuer.mykarte-keys です。",
            "this file holds keys of another kind: root.mykarte-keys has the root key, issuer.mykarte-keys the signing keys.",
        ),
        KeysError::OtherRoot => (
            "鍵リストと組にならないルート鍵です。同じ病院のファイルを揃えてください。",
            "this root key is not that of the key list; use the files of one hospital together.",
        ),
        KeysError::NotLastList { last, given } => return not_last_list(*last, *given, path, language),
        KeysError::NoSuchKey => (
            "その鍵は鍵リストにありません。keys list で確かめてください。",
            "the key list has no such key; `keys list` shows them.",
        ),
        KeysError::NoActiveKey => (
            "このファイルの鍵は、鍵リストで使用中になっていません。古いバックアップなら最新のファイルを使い、そうでなければ keys new-signing で作ってください。",
            "none of these keys is active in the key list: if the file is an old copy use the newest, else make a key with `keys new-signing`.",
        ),
        KeysError::StaleOffer => (
            "前に使ったものより古い公開鍵か、別の端末の公開鍵です。端末の enrol で表示される最新のものをもらってください（端末をバックアップから戻したときは、登録し直してもらってください）。",
            "this public key is older than one that was used, or of another device; ask for the one that `enrol` shows now (a device restored from a backup enrols again).",
        ),
        KeysError::StaleList => (
            "前に発行したときより古い鍵リストです。--keys に最新の鍵リスト（hospital.mykarte-list）を戻してください。",
            "the key list is older than one that packages were issued with; put the newest (hospital.mykarte-list) back into --keys.",
        ),
    };
    format!("{}: {}", path.display(), language.pick(ja, en))
}

/// Two lists of one number would come of it.
fn not_last_list(last: u64, given: u64, path: &Path, language: Language) -> String {
    let text = match language {
        Language::Ja => format!(
            "第{given}号の鍵リストですが、ルート鍵が最後に署名したのは別の第{last}号です。--keys にその鍵リスト（hospital.mykarte-list）を戻してください（手引きの6章「鍵リストが食い違うとき」）。"
        ),
        Language::En => format!(
            "this is key list {given}, and the root key signed another one last, with the number {last}; put that one (hospital.mykarte-list) back into --keys (the guide, chapter 6)."
        ),
    };
    format!("{}: {text}", path.display())
}

/// A file of keys where a patient's vault was meant.
pub fn is_of_keys(language: Language) -> &'static str {
    language.pick(
        "病院の鍵のファイルです。患者の記録には別のファイルを指定してください（鍵は keys list で確かめられます）。",
        "this is a file of hospital keys; choose another for patients' records (`keys list` shows the keys).",
    )
}

/// A file of keys that does not open; a passcode alone opens it here.
pub fn opening_keys(error: &VaultError, path: &Path, language: Language) -> String {
    let text = match error {
        VaultError::WrongPasscode { retry_after, .. } if !retry_after.is_zero() => {
            wait("パスコードが違います。", "the passcode is wrong.", *retry_after, language)
        }
        VaultError::TooManyTries { retry_after, .. } => {
            wait("パスコードの間違いが続きました。", "too many wrong passcodes.", *retry_after, language)
        }
        VaultError::WrongDataKey | VaultError::NoSlot { .. } => language
            .pick(
                "パスコードのない鍵のファイルです。passcode change --recovery-code-stdin で設定してください。",
                "this file of keys has no passcode; set one with `passcode change --recovery-code-stdin`.",
            )
            .to_string(),
        other => return opening(other, path, language),
    };
    format!("{}: {text}", path.display())
}

fn wait(ja: &str, en: &str, time: Duration, language: Language) -> String {
    let seconds = seconds(time);
    match language {
        Language::Ja => format!("{ja}{seconds} 秒待つと入力できます。"),
        Language::En => format!("{en} The next is taken in {seconds} seconds."),
    }
}

/// Why a package is not issued.
pub fn issuing(error: &IssueError, asked: &Asked<'_>, language: Language) -> String {
    let (ja, en) = match error {
        IssueError::Import(error) => return import(error, asked, language),
        IssueError::Package(error) => return offer(error, language),
        IssueError::OtherFacility { keys, storage } => (
            format!(
                "鍵は医療機関 {keys} のもの、ストレージは {storage} のものです。その病院の鍵を使うか、同じ病院なら --hospital {keys} を付けてください。"
            ),
            format!(
                "the keys are of facility {keys}, the storage is of {storage}: use that hospital's keys or, if it is the same, --hospital {keys}."
            ),
        ),
        IssueError::OfferOfOtherHospital => (
            "別の病院のために作られた公開鍵です。この病院の鍵リストで enrol し、その公開鍵をもらってください。".into(),
            "the public key was made for another hospital; enrol the device with this hospital's key list.".into(),
        ),
        IssueError::KeyNotActive => (
            "署名鍵が鍵リストで使用中になっていません。keys new-signing で作ってください。".into(),
            "the signing key is not active in the key list; make one with `keys new-signing`.".into(),
        ),
    };
    language.pick(&ja, &en).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_one_line_and_has_a_next_step() {
        let mut all: Vec<KeysError> = vec![
            KeysError::NoKeys,
            KeysError::OtherKind,
            KeysError::OtherRoot,
            KeysError::NotLastList { last: 3, given: 2 },
            KeysError::NoSuchKey,
            KeysError::NoActiveKey,
            KeysError::StaleOffer,
            KeysError::StaleList,
        ];
        all.push(PackageError::TooLarge.into());
        all.push(VaultError::DiskFull.into());
        let asked = Asked { storages: &[], patient: "1", vault: Path::new("p") };
        let issue = [
            IssueError::OtherFacility { keys: "1".into(), storage: "2".into() },
            IssueError::OfferOfOtherHospital,
            IssueError::KeyNotActive,
            IssueError::Package(PackageError::TooLarge),
        ];
        for language in [Language::Ja, Language::En] {
            let keys = all.iter().map(|error| keys(error, Path::new("k"), language));
            let issuing = issue.iter().map(|error| issuing(error, &asked, language));
            for text in keys.chain(issuing) {
                assert!(text.ends_with(['。', '.']) && !text.contains('\n') && text.len() > 20, "{text}");
            }
        }
    }

    #[test]
    fn a_file_of_keys_is_never_told_to_take_a_recovery_code_here() {
        let wrong = VaultError::WrongPasscode { tries: 5, retry_after: Duration::from_secs(30) };
        let text = opening_keys(&wrong, Path::new("k"), Language::Ja);
        assert!(text.contains("30 秒待つと") && !text.contains("recovery"), "{text}");
    }
}
