//! `vault info`: what a file holds, what opens it, in which state it is.

use super::held::{self, Held, size};
use crate::args::Place;
use crate::failure::Failure;
use crate::out::Out;
use crate::print::dates;
use crate::print::json::safe;
use crate::print::line::{Line, Style};
use crate::print::table;
use crate::secrets::Source;
use crate::words::errors;
use mykarte::package::holds_keys;
use mykarte::record::labels::Language;
use mykarte::ssmix2::types::Timestamp;
use mykarte::vault::{SlotInfo, SlotKind};
use mykarte::{Archive, ReadError};
use serde::Serialize;

/// Everything that is said, as programs get it.
#[derive(Serialize)]
struct Info {
    file_bytes: Option<u64>,
    records: Vec<Held>,
    /// At how many hospitals, and for how many persons, it receives packages.
    enrolments: usize,
    #[serde(skip)]
    is_of_keys: bool,
    slots: Vec<Slot>,
    anchor: AnchorInfo,
    slot_table_intact: bool,
    /// Catalogues, manifests and chunks that cannot be read.
    damaged_parts: u32,
}

#[derive(Serialize)]
struct Slot {
    id: u32,
    kind: &'static str,
    /// Not bound to the device that made the file.
    opens_anywhere: bool,
    argon2id: Option<Argon2id>,
    #[serde(skip)]
    name: &'static str,
}

/// What a guess costs.
#[derive(Serialize)]
struct Argon2id {
    m_kib: u32,
    t: u32,
    p: u32,
}

#[derive(Serialize)]
struct AnchorInfo {
    counter: u64,
    head_sha256: String,
    written_at: Option<Timestamp>,
}

/// Unlocks and tells.
pub fn run(place: &Place, json: bool, out: &mut Out) -> Result<(), Failure> {
    let archive = Archive::of(Source::new(&place.secret).unlock(&place.vault, out)?);
    let refused = |e: ReadError| Failure::Refused(errors::read(&e, &place.vault, out.language));
    let records = held::all(&archive).map_err(refused)?;
    let enrolments = archive.enrolments().map_err(|e| super::refused(&e, &place.vault, out))?.len();
    let vault = archive.vault();
    let anchor = vault.anchor();
    let info = Info {
        file_bytes: place.vault.metadata().ok().map(|file| file.len()),
        records,
        enrolments,
        is_of_keys: holds_keys(vault).map_err(|e| refused(e.into()))?,
        slots: vault.slots().into_iter().map(|info| slot(info, out.language)).collect(),
        anchor: AnchorInfo {
            counter: anchor.counter,
            head_sha256: anchor.head_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            written_at: dates::local(anchor.written_at),
        },
        slot_table_intact: vault.slot_table_intact(),
        damaged_parts: vault.count_damage().map_err(|e| refused(e.into()))?,
    };
    if json {
        let text = serde_json::to_string_pretty(&info).unwrap_or_default();
        out.raw(&safe(text.as_bytes()))?;
        return out.blank();
    }
    print(&info, place, out)
}

fn slot(info: SlotInfo, language: Language) -> Slot {
    let (kind, ja, en) = match info.kind {
        SlotKind::Passcode => ("passcode", "パスコード", "passcode"),
        SlotKind::Biometric => ("biometric", "生体認証", "biometrics"),
        SlotKind::Recovery => ("recovery", "復旧コード", "recovery code"),
        _ => ("unknown", "この版の知らない方法", "a way this version does not know"),
    };
    let argon2id = info.kdf.map(|kdf| Argon2id { m_kib: kdf.m_kib, t: kdf.t, p: kdf.p });
    Slot { id: info.id, kind, opens_anywhere: info.opens_anywhere, argon2id, name: language.pick(ja, en) }
}

fn print(info: &Info, place: &Place, out: &mut Out) -> Result<(), Failure> {
    let language = out.language;
    let bytes = info.file_bytes.map(size).unwrap_or_default();
    out.line(Line::new().bold(place.vault.display().to_string()).plain("  ").plain(bytes))?;
    out.blank()?;
    out.line(Line::new().bold(match language {
        Language::Ja => format!("■ 記録  {}件", info.records.len()),
        Language::En => format!("■ Records  {}", info.records.len()),
    }))?;
    let rows: Vec<table::Row> = info.records.iter().map(|record| record.full_row(language)).collect();
    table::print(out, &rows, 2)?;
    if info.is_of_keys {
        out.line(Line::from("  ").plain(errors::is_of_keys(language)))?;
    }
    if info.enrolments > 0 {
        out.line(match language {
            Language::Ja => format!("  病院への登録 {}件（一覧は enrol）", info.enrolments),
            Language::En => format!("  enrolments at hospitals: {} (`enrol` lists them)", info.enrolments),
        })?;
    }
    out.blank()?;
    out.line(Line::new().bold(out.pick("■ 開く方法", "■ What opens it")))?;
    for slot in &info.slots {
        let only =
            if slot.opens_anywhere { "" } else { out.pick("（設定した端末だけ）", " (on its device only)") };
        let costs = slot.argon2id.as_ref().map(|a| format!("  Argon2id {} MiB, {}, {}", a.m_kib / 1024, a.t, a.p));
        let costs = costs.unwrap_or_default();
        out.line(format!("  {}{only}  {} {}{costs}", slot.name, out.pick("番号", "slot"), slot.id))?;
    }
    out.blank()?;
    out.line(Line::new().bold(out.pick("■ ファイルの状態", "■ State of the file")))?;
    let written = info.anchor.written_at.as_ref().map(dates::time);
    let written = written.unwrap_or_else(|| out.pick("不明", "unknown").to_string());
    out.line(match language {
        Language::Ja => format!("  更新 {}回目  最終更新 {written}", info.anchor.counter),
        Language::En => format!("  update {}  written {written}", info.anchor.counter),
    })?;
    state_of_slots(info.slot_table_intact, out)?;
    state_of_records(info.damaged_parts, out)?;
    if !info.slots.iter().any(|slot| slot.kind == "recovery") {
        out.finish()?;
        out.hint(out.pick(
            "復旧コードがありません。パスコードを忘れると開けなくなります。recovery-code new で作れます。",
            "There is no recovery code: nothing opens the file if the passcode is lost. `recovery-code new` makes one.",
        ));
    }
    Ok(())
}

fn state_of_slots(intact: bool, out: &mut Out) -> Result<(), Failure> {
    if intact {
        let text = out.pick("  鍵の表 正常", "  key table intact").to_string();
        return out.line(text);
    }
    let text = out.pick(
        "鍵の表が壊れているか書き換えられています。読めますが書き込めません。別の複製を使ってください。",
        "the key table is damaged or was tampered with: the file is read but not written; use another copy.",
    );
    out.line(Line::from("  ").styled(Style::Alert, text))
}

fn state_of_records(damaged: u32, out: &mut Out) -> Result<(), Failure> {
    let text = match (damaged, out.language) {
        (0, language) => {
            return out
                .line(language.pick("  記録の中身 すべて読めます", "  records can be read, every part").to_string());
        }
        (n, Language::Ja) => {
            format!("読めない部分 {n}か所。ほかは読めます。このファイルを残し、病院で取り込み直してください。")
        }
        (n, Language::En) => {
            format!("parts that cannot be read: {n}. The rest can; keep this file and import again at the hospital.")
        }
    };
    out.line(Line::from("  ").styled(Style::Alert, text))
}
