//! Why a package, a key list or a public key is refused.

use super::vault::vault;
use crate::print::dates;
use mykarte::record::labels::Language;
use mykarte::vault::package::{Bomb, IssueNumber, PackageError, SignatureFlaw};

/// What was to be a key list.
pub fn list(error: &PackageError, language: Language) -> String {
    match error {
        PackageError::NotAKey => language
            .pick(
                "鍵リストではありません。病院の鍵リスト（hospital.mykarte-list）を指定してください。",
                "this is no key list; give the hospital's (hospital.mykarte-list).",
            )
            .to_string(),
        _ => package(error, language),
    }
}

/// What was to be a device's public key.
pub fn offer(error: &PackageError, language: Language) -> String {
    match error {
        PackageError::NotAKey => language
            .pick(
                "端末の公開鍵として読めません。全体を写したか確かめるか、enrol --out のファイルを指定してください。",
                "this is no public key of a device; copy all of it, or give the file of `enrol --out`.",
            )
            .to_string(),
        _ => package(error, language),
    }
}

/// Why a package is refused.
pub fn package(error: &PackageError, language: Language) -> String {
    use PackageError as E;
    let (ja, en) = match error {
        E::Vault(error) => return vault(error, language),
        E::NotAPackage => (
            "パッケージではありません。別のファイルを指定してください。".into(),
            "this is no package; choose another file.".into(),
        ),
        E::WrongLength => (
            "パッケージが途中で切れているか、余分なものが付いています。もう一度写してください。".into(),
            "the package is cut short or has something appended; copy it again.".into(),
        ),
        E::NewerFormat { format } => (
            format!("新しい形式（{format}）です。プログラムを更新してください。"),
            format!("the format {format} is newer than this program reads; update the program."),
        ),
        E::UnknownSuite { suite } => (
            format!("未知の暗号方式（{suite}）です。プログラムを更新してください。"),
            format!("the cipher suite {suite} is unknown to this program; update the program."),
        ),
        E::OtherDevice => (
            "この端末のいまの鍵では開けないパッケージです（前の鍵で発行された古いものか、ほかの端末のものです。端末をバックアップから戻したときもこうなります）。enrol で表示される公開鍵を病院に渡し、発行し直してもらってください。".into(),
            "the package is not sealed to this device's present key: an older one, another device's, or this device was restored from a backup. Hand the public key that `enrol` shows to the hospital for a new one.".into(),
        ),
        E::DoesNotOpen => (
            "この端末の鍵で開けませんでした。病院に発行し直してもらってください。".into(),
            "the package does not open with this device's key; ask the hospital for a new one.".into(),
        ),
        E::SignaturesDisagree => (
            "パッケージの外側と内側の記載が食い違っています。受け取っていません。病院に知らせてください。".into(),
            "inside and outside of the package say different things; nothing was taken. Tell the hospital.".into(),
        ),
        E::Malformed => (
            "中身が署名された目録と違います。病院に発行し直してもらってください。".into(),
            "the content is not as its signed manifest says; ask the hospital for a new package.".into(),
        ),
        E::Bomb { bomb } => bomb_text(*bomb),
        E::TooLarge => (
            "記録が大きすぎてパッケージに入りません。プロファイルで期間や区分を絞ってください。".into(),
            "the record is too large for a package; narrow the profile.".into(),
        ),
        E::Older { offered, held } => older(*offered, *held),
        E::SameNumber => (
            "同じ番号の別のパッケージを受け取り済みです。病院に発行し直してもらってください。".into(),
            "another package with the same number was received before; ask the hospital for a new one.".into(),
        ),
        E::OuterSignature { flaw } => signature(*flaw, "パッケージの病院の署名", "the hospital's signature on the package"),
        E::InnerSignature { flaw } => signature(*flaw, "パッケージの内側の署名", "the signature inside the package"),
        E::ListSignature { flaw } => signature(*flaw, "鍵リストのルート鍵の署名", "the root key's signature on the key list"),
        E::OfferSignature { flaw } => signature(*flaw, "端末の公開鍵の署名", "the signature on the device's key"),
        other => keys_and_lists(other),
    };
    language.pick(&ja, &en).to_string()
}

fn keys_and_lists(error: &PackageError) -> (String, String) {
    use PackageError as E;
    match error {
        E::WeakKey => (
            "公開鍵が弱いか、正しい形でありません。もう一度もらってください。".into(),
            "a public key is weak or not in its only form; ask for it again.".into(),
        ),
        E::NotAKey => (
            "鍵として読めません。元のものと見比べてください。".into(),
            "this cannot be read as a key; compare it with the original.".into(),
        ),
        E::OtherHospital { .. } => (
            "別の病院のものです。その病院の鍵リストと一緒に使ってください。".into(),
            "it is of another hospital; use it with that hospital's key list.".into(),
        ),
        E::UnknownKey { key } => (
            format!("鍵リストにない鍵（{key}）で署名されています。病院の新しい鍵リストを先に受け取ってください。"),
            format!(
                "it is signed with key {key}, which the key list does not hold; take the hospital's newer key list first."
            ),
        ),
        E::CompromisedKey { key } => (
            format!("病院が失効させた鍵（{key}）で署名されています。病院に発行し直してもらってください。"),
            format!("it is signed with key {key}, which the hospital has revoked; ask the hospital for a new package."),
        ),
        E::UnknownEpoch { epoch } => (
            format!("鍵リストより新しい期（{epoch}）のパッケージです。病院の新しい鍵リストを先に受け取ってください。"),
            format!(
                "the package is of epoch {epoch}, which the key list does not know; take the hospital's newer key list first."
            ),
        ),
        E::OtherRoot => (
            "鍵リストのルート鍵が違います。紙に書かれたルート鍵と、病院の名前を見比べてください。".into(),
            "the key list is of another root key; compare the root key with the one on paper, and the hospital.".into(),
        ),
        E::ListRolledBack { known, offered } => (
            format!("古い鍵リスト（第{offered}号）です。知っている第{known}号をそのまま使います。"),
            format!("the key list has number {offered}; number {known}, which is known, stays."),
        ),
        E::ListForked { number } => (
            format!("同じ号（第{number}号）の別の鍵リストがあります。どちらが正しいか病院に確かめてください。"),
            format!("there are two key lists with the number {number}; ask the hospital which is right."),
        ),
        E::KeyRevived { key } => (
            format!("失効した鍵（{key}）を有効に戻すか、一覧から落とした鍵リストです。病院に確かめてください。"),
            format!("the key list takes back, or leaves out, that key {key} was revoked; ask the hospital."),
        ),
        // Every other kind has its words above; what a later version adds is said without detail.
        _ => (
            "このファイルは使えません。プログラムを更新するか、病院に問い合わせてください。".into(),
            "this file cannot be used; update the program, or ask the hospital.".into(),
        ),
    }
}

/// Both dates, so that a person sees which is which.
fn older(offered: (IssueNumber, u64), held: (IssueNumber, u64)) -> (String, String) {
    let one = |(number, at): (IssueNumber, u64)| {
        (
            format!("番号 {number}、{} 発行", dates::local_time(at, Language::Ja)),
            format!("number {number}, issued {}", dates::local_time(at, Language::En)),
        )
    };
    let ((new_ja, new_en), (old_ja, old_en)) = (one(offered), one(held));
    if offered.1 > held.1 {
        // Nobody issues an older one later, unless a file was restored.
        return (
            format!(
                "番号が戻っています: いまある記録（{old_ja}）より後に発行された、小さい番号のパッケージ（{new_ja}）です。受け取っていません。病院が署名鍵をバックアップから戻したおそれがあります。番号の期を上げて（keys new-epoch）発行し直してもらってください。"
            ),
            format!(
                "the numbers went back: the package ({new_en}) was issued after the record that is held ({old_en}), with a lower number; it was not taken. The hospital may have restored its keys from a backup: ask it to raise the epoch (keys new-epoch) and to issue again."
            ),
        );
    }
    (
        format!("いまある記録（{old_ja}）より古いパッケージ（{new_ja}）です。新しい方を残しました。"),
        format!("the package ({new_en}) is older than the record that is held ({old_en}); the newer one stays."),
    )
}

fn signature(flaw: SignatureFlaw, ja: &str, en: &str) -> (String, String) {
    let (why_ja, why_en) = match flaw {
        SignatureFlaw::Missing => ("がありません", "is missing"),
        SignatureFlaw::NotCanonical => ("が正しい形でありません", "is not in its only form"),
        _ => ("が合いません", "is not valid"),
    };
    (
        format!("{ja}{why_ja}。使っていません。もう一度もらい、同じなら病院に知らせてください。"),
        format!("{en} {why_en}; nothing of it was used. Get it again, and tell the hospital if it stays so."),
    )
}

fn bomb_text(bomb: Bomb) -> (String, String) {
    let (ja, en) = match bomb {
        Bomb::Payload => ("全体の大きさ", "size of the whole"),
        Bomb::Frames => ("圧縮の形", "form of compression"),
        Bomb::SizeMissing => ("大きさの記載なし", "no size stated"),
        Bomb::Part => ("部分の大きさ", "size of a part"),
        Bomb::Window => ("圧縮の窓", "window of compression"),
        Bomb::Dictionary => ("圧縮の辞書", "a compression dictionary"),
        Bomb::Total => ("展開後の大きさ", "unpacked size"),
        Bomb::Ratio => ("圧縮率", "ratio of compression"),
        Bomb::Parts => ("部分の数", "number of parts"),
        Bomb::Depth => ("入れ子の深さ", "depth of nesting"),
        Bomb::Entries => ("記録の件数", "number of entries"),
        _ => ("そのほか", "another one"),
    };
    (
        format!("パッケージが限度を超えているので開いていません（{ja}）。病院に知らせてください。"),
        format!("the package exceeds a limit ({en}) and was not unpacked; tell the hospital."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<PackageError> {
        use PackageError as E;
        let id = mykarte::vault::package::KeyId::from_bytes([7; 16]);
        let flaw = SignatureFlaw::Wrong;
        let number = IssueNumber { epoch: 1, counter: 2 };
        let hospital = mykarte::vault::package::HospitalId::from_bytes([7; 16]);
        vec![
            E::NotAPackage,
            E::WrongLength,
            E::NewerFormat { format: 2 },
            E::UnknownSuite { suite: 2 },
            E::WeakKey,
            E::NotAKey,
            E::OtherHospital { hospital },
            E::UnknownKey { key: id },
            E::CompromisedKey { key: id },
            E::UnknownEpoch { epoch: 2 },
            E::OuterSignature { flaw: SignatureFlaw::Missing },
            E::InnerSignature { flaw },
            E::OfferSignature { flaw: SignatureFlaw::NotCanonical },
            E::ListSignature { flaw },
            E::OtherDevice,
            E::DoesNotOpen,
            E::SignaturesDisagree,
            E::Malformed,
            E::Bomb { bomb: Bomb::Ratio },
            E::Older { offered: (number, 0), held: (number, 1_772_463_600) },
            E::SameNumber,
            E::OtherRoot,
            E::ListRolledBack { known: 3, offered: 2 },
            E::ListForked { number: 2 },
            E::KeyRevived { key: id },
            E::TooLarge,
        ]
    }

    #[test]
    fn every_refusal_has_a_sentence_of_its_own_with_a_next_step() {
        for language in [Language::Ja, Language::En] {
            let mut texts: Vec<String> = all().iter().map(|error| package(error, language)).collect();
            let last = package(&PackageError::Vault(mykarte::vault::VaultError::DiskFull), language);
            texts.push(last);
            for text in &texts {
                assert!(text.ends_with(['。', '.']) && !text.contains('\n'), "{text}");
                assert!(!text.contains("使えません。プログラムを更新"), "{text}");
            }
            let count = texts.len();
            texts.sort();
            texts.dedup();
            assert_eq!(texts.len(), count, "two causes, one sentence");
        }
    }

    #[test]
    fn an_older_package_is_said_with_both_dates() {
        let number = |counter| IssueNumber { epoch: 1, counter };
        let error = PackageError::Older { offered: (number(1), 1_772_463_600), held: (number(2), 1_772_550_000) };
        let text = package(&error, Language::Ja);
        assert!(
            text.contains("（番号 1.2、2026-03-04 00:00") && text.contains("（番号 1.1、2026-03-03 00:00"),
            "{text}"
        );
    }
}
