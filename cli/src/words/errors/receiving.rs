//! Why a package is not taken. The record that is held stays as it is.

use super::{Asked, import, package, read, vault_at};
use mykarte::ImportError;
use mykarte::package::ReceiveError;
use mykarte::record::labels::Language;
use std::path::Path;

/// Why a package, an enrolment or a key list is not taken.
pub fn receiving(error: &ReceiveError, vault: &Path, language: Language) -> String {
    let (ja, en) = match error {
        ReceiveError::Package(error) => return package(error, language),
        ReceiveError::Vault(error) => return vault_at(error, vault, language),
        ReceiveError::Read(error) => return read(error, vault, language),
        ReceiveError::Import(error) => return stored(error, vault, language),
        ReceiveError::NotEnrolled => (
            "このファイルに、この病院・この人のための登録がありません。別の端末のものでないか、登録を終えていないか、病院に確かめてください。",
            "this vault has no enrolment that it is for: it may be for another device, or the enrolment was ended. Ask the hospital.",
        ),
        ReceiveError::EnrolmentDamaged => (
            "この登録の鍵が壊れています。病院で enrol をやり直してください（記録はそのままです）。",
            "the keys of this enrolment are damaged; enrol again at the hospital (the record stays).",
        ),
        ReceiveError::UnknownForm => (
            "この版では読めない形式の記録です。プログラムを更新してください。",
            "the record is of a form this version does not know; update the program.",
        ),
        ReceiveError::Inconsistent { what } => return inconsistent(what, language),
        ReceiveError::Quarantined { differs } => return quarantined(differs, language),
        ReceiveError::OthersRecord => (
            "同じ患者IDの記録が、別の登録か別の病院の鍵で入っています。確かめて、要らなければ vault delete で消してから受け取ってください。",
            "a record of the same patient id belongs to another enrolment or another hospital's key; make sure, delete it with `vault delete` if it is not needed, then receive.",
        ),
        ReceiveError::NotConfirmed => (
            "氏名と生年月日の確認がないので受け取っていません。上の内容が本人のものなら --yes を付けてください。",
            "nobody has said that this is the right person, so nothing was taken; if what is shown above is right, add --yes.",
        ),
        ReceiveError::Stale => (
            "確認の間に記録が更新されました。もう一度受け取ってください。",
            "the record has changed since the package was checked; receive it again.",
        ),
    };
    language.pick(ja, en).to_string()
}

/// What stands in the way in the vault; there is no `--replace` for a package.
fn stored(error: &ImportError, vault: &Path, language: Language) -> String {
    let (ja, en) = match error {
        ImportError::IdentityDiffers { .. } => (
            "同じ患者IDの記録と、生年月日・性別・カナ氏名・病院名のどれかが違います。別人のおそれがあります。病院に確かめ、別の --vault で登録してください。",
            "the stored record of the same patient id has another birth date, sex, kana name or hospital name: it may be another person. Ask the hospital, and enrol with another --vault.",
        ),
        ImportError::StoredDamaged { .. } | ImportError::StoredMemosDamaged => (
            "保存済みの記録が壊れていて、失われるものがないか確かめられません。そのファイルは残し、別の --vault で登録してください。",
            "the stored record is damaged, so that nobody can say what would be lost; keep that file and enrol with another --vault.",
        ),
        other => return import(other, &Asked { storages: &[], patient: "", vault }, language),
    };
    language.pick(ja, en).to_string()
}

fn inconsistent(what: &str, language: Language) -> String {
    let (ja, en) = match what {
        "facility" => ("医療機関", "facility"),
        "patient" => ("患者", "patient"),
        "birth_date" => ("生年月日", "birth date"),
        "profile" => ("プロファイル", "profile"),
        _ => ("部分の数", "parts"),
    };
    match language {
        Language::Ja => format!(
            "パッケージの記録が、署名された目録と食い違っています（{ja}）。受け取っていません。病院に知らせてください。"
        ),
        Language::En => format!(
            "the record in the package contradicts its signed manifest ({en}); nothing was taken. Tell the hospital."
        ),
    }
}

fn quarantined(differs: &str, language: Language) -> String {
    let (ja, en) = differing(differs);
    match language {
        Language::Ja => format!(
            "これまでと別の人のパッケージです（{ja}が違います）。取り込まずに取り分けました。病院に問い合わせてください。"
        ),
        Language::En => {
            format!("the package names another person than before ({en} differs); it was set aside. Ask the hospital.")
        }
    }
}

/// What told another person.
pub fn differing(differs: &str) -> (&'static str, &'static str) {
    match differs {
        "patient_id" => ("患者ID", "patient id"),
        _ => ("生年月日", "birth date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mykarte::import::Losses;

    #[test]
    fn every_sentence_is_one_line_and_fits_the_command() {
        let all = [
            ReceiveError::NotEnrolled,
            ReceiveError::EnrolmentDamaged,
            ReceiveError::UnknownForm,
            ReceiveError::Inconsistent { what: "facility" },
            ReceiveError::Quarantined { differs: "birth_date" },
            ReceiveError::OthersRecord,
            ReceiveError::NotConfirmed,
            ReceiveError::Stale,
            ImportError::IdentityDiffers { field: "sex" }.into(),
            ImportError::StoredDamaged { entries: 0, losses: Losses::default() }.into(),
            ImportError::StoredMemosDamaged.into(),
            ImportError::Cancelled.into(),
        ];
        for language in [Language::Ja, Language::En] {
            for error in &all {
                let text = receiving(error, Path::new("v"), language);
                assert!(text.ends_with(['。', '.']) && !text.contains('\n') && !text.contains("--replace"), "{text}");
            }
        }
    }
}
