//! Words about packages: sealed, looked at from outside, held.

use crate::print::dates;
use mykarte::package::{Provenance, Unconfirmed};
use mykarte::record::labels::Language;
use mykarte::vault::package::Offer;

/// Columns of the labels.
pub const LABELS: usize = 14;

/// A label in front of a value.
pub fn label(key: &str, language: Language) -> &'static str {
    let (ja, en) = match key {
        "name" => ("氏名", "name"),
        "kana" => ("カナ", "kana"),
        "born" => ("生年月日", "born"),
        "patient" => ("患者ID", "patient id"),
        "hospital" => ("医療機関", "hospital"),
        "issued" => ("発行", "issued"),
        "hospital_id" => ("病院番号", "hospital"),
        "signing_key" => ("署名鍵", "signing key"),
        "enrolment" => ("登録番号", "enrolment"),
        "recipient" => ("宛先の鍵", "recipient"),
        "number" => ("番号", "number"),
        _ => ("大きさ", "size"),
    };
    language.pick(ja, en)
}

/// `番号: 1.2（2026-03-03 00:00 発行）`.
pub fn number_and_date(number: &str, issued_at: u64, language: Language) -> String {
    let at = dates::local_time(issued_at, language);
    match language {
        Language::Ja => format!("番号: {number}（{at} 発行）"),
        Language::En => format!("number: {number} (issued {at})"),
    }
}

/// Which device opens it: what `enrol` shows there.
pub fn sealed_for(offer: &Offer, language: Language) -> String {
    match language {
        Language::Ja => format!("宛先: 登録番号 {} の端末", offer.enrolment),
        Language::En => format!("for: the device of enrolment {}", offer.enrolment),
    }
}

/// When, and which.
pub fn issued(at: &str, number: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("{at}（番号 {number}）"),
        Language::En => format!("{at} (number {number})"),
    }
}

/// What goes on the stick.
pub fn hand_over(language: Language) -> &'static str {
    language.pick(
        "パッケージと鍵リストを USB メモリなどで渡してください。登録した端末でだけ開きます（receive）。",
        "Hand over package and key list, on a USB stick for example; only the enrolled device opens it (`receive`).",
    )
}

/// A package without a birth date is told from another person's by its id alone.
pub fn no_birth_date(language: Language) -> &'static str {
    language.pick(
        "プロファイルが生年月日を出さないので、受け取る人は残りの項目（患者IDなど）だけで本人か確かめることになります。",
        "the profile provides no birth date: who receives it tells the person by what is left (patient id and the like).",
    )
}

/// The folder of keys is an old copy.
pub fn newer_list(language: Language) -> &'static str {
    language.pick(
        "出力先に、--keys のものより新しい鍵リストがあります。--keys が古い複製でないか確かめてください。",
        "this key list is newer than the one of --keys; make sure that --keys is no old copy.",
    )
}

/// Something else has the name.
pub fn other_list(language: Language) -> &'static str {
    language.pick(
        "別の鍵リストがあるので、置き換えていません。この病院の鍵リストは別に渡してください。",
        "another key list is there and was not replaced; hand out this hospital's list apart.",
    )
}

/// The package is there, the list is not.
pub fn sealed_without_list(error: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("{error} パッケージはできています。鍵リストは --keys のフォルダから写してください。"),
        Language::En => format!("{error} The package is made; copy the key list from the folder of --keys."),
    }
}

/// Neither a package nor a list.
pub fn neither(language: Language) -> &'static str {
    language.pick(
        "パッケージでも鍵リストでもありません。別のファイルを指定してください。",
        "neither a package nor a key list; choose another file.",
    )
}

/// The outside proves nothing.
pub fn nothing_verified(language: Language) -> &'static str {
    language
        .pick("パッケージの外側の記載です。何も検証していません。", "What stands outside. Nothing of it is verified.")
}

/// How to verify.
pub fn verify_next(language: Language) -> &'static str {
    language.pick(
        "病院の署名は package verify FILE --root KEY で確かめられます。",
        "`package verify FILE --root KEY` checks the hospital's signature.",
    )
}

/// What is sealed, in steps that hide how much it is.
pub fn size(chunks: u32, language: Language) -> String {
    let kib = 64 * chunks;
    match language {
        Language::Ja => format!("{kib} KiB（64 KiB 単位。記録の大きさは分かりません）"),
        Language::En => format!("{kib} KiB (in steps of 64 KiB)"),
    }
}

/// A key list where a package was meant.
pub fn is_a_list(language: Language) -> &'static str {
    language.pick("鍵リストです。keys list FILE で見られます。", "this is a key list; `keys list FILE` shows it.")
}

/// A package where a message was meant.
pub fn is_a_package(language: Language) -> &'static str {
    language.pick(
        "病院が封印したパッケージです。package inspect FILE で外側を見られます。",
        "this is a sealed package; `package inspect FILE` shows its outside.",
    )
}

/// Nothing to hold it against.
pub fn no_list_beside(language: Language) -> &'static str {
    language.pick(
        "パッケージのそばに鍵リストがありません。--list FILE で指定してください。",
        "there is no key list beside the package; name one with --list FILE.",
    )
}

/// The outer signature holds.
pub fn genuine(hospital: &str, number: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("正しい署名です: {hospital}  番号 {number}"),
        Language::En => format!("the signature is right: {hospital}  number {number}"),
    }
}

/// The list that it was held against: an old one does not know what was revoked since.
pub fn held_against(number: u64, language: Language) -> String {
    match language {
        Language::Ja => {
            format!(
                "鍵リスト 第{number}号と照合しました。病院に新しい鍵リストがあれば、--list で渡して確かめ直してください。"
            )
        }
        Language::En => {
            format!("held against key list number {number}; if the hospital has a newer one, check again with --list.")
        }
    }
}

/// And no more than that.
pub fn says_nothing_of_content(language: Language) -> &'static str {
    language.pick(
        "この病院が発行し、途中で書き換えられていないことだけが分かります。だれの記録か、中身が正しいかは分かりません。",
        "This says that the hospital issued it and that nobody changed it; nothing of whose record it is or what it holds.",
    )
}

/// Above memos that the signature of their record does not cover.
pub fn unsigned_memos(language: Language) -> &'static str {
    language.pick(
        "前の記録から引き継いだメモがあります（病院の署名の外です）",
        "some memos are from the record before; the hospital's signature does not cover them",
    )
}

/// Who signed a stored record; `None` for one that was imported. `true`: not to be overlooked.
pub fn provenance(provenance: &Provenance, language: Language) -> Option<(bool, String)> {
    let why = match provenance {
        Provenance::Imported => return None,
        Provenance::Confirmed(signed) => {
            let name = if signed.name.is_empty() { &signed.facility } else { &signed.name };
            let (at, number) = (dates::local_time(signed.issued_at, language), signed.number);
            let text = match language {
                Language::Ja => format!("確認済み（{name}、発行 {at}、番号 {number}）"),
                Language::En => format!("confirmed ({name}, issued {at}, number {number})"),
            };
            return Some((false, text));
        }
        Provenance::Unconfirmed(why) => why,
    };
    let (ja, en) = match why {
        Unconfirmed::KeyCompromised => (
            "署名未確認: 病院が署名鍵を失効させました。内容を病院に確かめ、新しいパッケージを受け取ってください",
            "SIGNATURE NOT CONFIRMED: the hospital has revoked the key; ask the hospital, and receive a new package",
        ),
        Unconfirmed::KeyUnknown => (
            "署名未確認: 署名鍵が病院の鍵リストにありません。内容を病院に確かめてください",
            "SIGNATURE NOT CONFIRMED: the key is not in the hospital's key list; ask the hospital",
        ),
        Unconfirmed::ProofDamaged => (
            "署名未確認: 署名の記録が壊れています。内容を病院に確かめ、新しいパッケージを受け取ってください",
            "SIGNATURE NOT CONFIRMED: the proof is damaged; ask the hospital, and receive a new package",
        ),
    };
    Some((true, language.pick(ja, en).to_string()))
}
