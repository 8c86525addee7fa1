//! `inspect`: one file, field by field.

use crate::support::{demo, names, patient_folder, run, text};

#[test]
fn a_message_is_decoded_and_named() {
    let folder = patient_folder(&demo()).join("-/ADT-61");
    let file = folder.join(&names(&folder)[0]);
    let out = run(&["inspect", text(&file)]).exits(0).out;
    for part in [
        "ADT-61 アレルギー情報   患者ID 0000311",
        "文字コード JIS (ISO-2022-JP)",
        "[3] PID 患者識別",
        "~1 .1 見本  .2 花子  .7 L  .8 I",
        "アレルギー重症度 (CWE)",
        ".1 SV  .2 重度  .3 HL70128",
    ] {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    assert!(!out.contains("所見"));
}

#[test]
fn findings_and_control_characters_are_shown() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("message");
    std::fs::write(&file, b"junk\rMSH|^~\\&|A\rPID|1||9\x1b[2J\xe2\x80\xae\r\r|\rAL1\r").unwrap();
    let out = run(&["inspect", text(&file)]).exits(0).out;
    for part in ["9␛[2J<U+202E>", "セグメントではない行", "MSH の前に余分なデータがある", "中身のないセグメント"]
    {
        assert!(out.contains(part), "{part} in\n{out}");
    }
}

#[test]
fn what_is_no_message_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let noise = dir.path().join("noise");
    std::fs::write(&noise, [0x80; 64]).unwrap();
    run(&["inspect", text(&noise)]).exits(1).says("HL7 メッセージではない");
    run(&["inspect", text(dir.path())]).exits(1).says("フォルダです");
    run(&["inspect", "/no/such/file"]).exits(1).says("ファイルがありません");
}
