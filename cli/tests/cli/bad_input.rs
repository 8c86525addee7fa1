//! Bad input: one line that says what to do, the right exit code, nothing lost.

use crate::support::{self, copy_of_demo, demo, import, names, patient_folder, run, run_with, show_in, text};
use std::path::Path;

#[test]
fn storages_that_are_none() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("vault");
    let put = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let (file, zip) = (put("note.txt", b"hello"), put("export.zip", b"PK\x03\x04rest"));
    let log = put("log/2026/TR_20260302104500000_00001.DAT", b"#SSMIX,2.00,1319999999");
    let empty = dir.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for (path, said) in [
        (dir.path().join("nowhere"), "フォルダがありません"),
        (file, "フォルダを指定してください"),
        (zip, "展開したフォルダ"),
        (log.ancestors().nth(2).unwrap().to_path_buf(), "トランザクションストレージです"),
        (empty, "患者のフォルダが1つもありません"),
    ] {
        import(&path, &vault, &[]).exits(1).says(said);
        run(&["patients", text(&path)])
            .exits(1)
            .says(&said.replace("患者のフォルダが1つもありません", "1つもありません"));
    }
    assert!(!vault.exists());
    let nowhere = dir.path().join("no/such/folder/v");
    import(&demo(), &nowhere, &[]).exits(1).says("ファイルかフォルダがありません");
}

#[test]
fn an_unknown_patient_brings_the_nearest_ids() {
    let dir = tempfile::tempdir().unwrap();
    let vault = dir.path().join("v");
    let demo = demo();
    let ask = |id: &str| run(&["import", text(&demo), "--patient", id, "--vault", text(&vault)]);
    ask("0000312").exits(1).says("近いID: 0000311");
    ask("5555555555").exits(1).says("patients で一覧");
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn garbage_inside_a_storage_never_stops_an_import() {
    let storage = copy_of_demo();
    let folder = patient_folder(storage.path());
    let orders = folder.join("20260302/OMP-01");
    std::fs::write(orders.join("Thumbs.db"), b"noise").unwrap();
    std::fs::write(orders.join("0000311_20260302_OMP-01_000000000000099_20260302000000000_01_1"), b"").unwrap();
    std::fs::write(orders.join("0000311_20260302_OMP-01_000000000000098_20260302000000000_01_1"), [0xFF; 99]).unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("20260302/loop")).unwrap();
    std::os::unix::fs::symlink(storage.path(), storage.path().join("loop")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let run = import(storage.path(), &dir.path().join("v"), &[]).exits(0);
    let run = run.says("1件を隔離しました（PID-3 が違う）、2件を読めませんでした（");
    assert!(run.out.contains("使用 18") && run.out.contains("読めない 2"), "{}", run.out);
    let listed = support::run(&["patients", text(storage.path())]).exits(0);
    assert!(
        listed.out.lines().nth(1).is_some_and(|l| l.starts_with("0000311")) && listed.out.contains("見本 花子"),
        "{}",
        listed.out
    );
    assert!(listed.err.contains("たどらなかったリンク 1"), "{}", listed.err);
}

/// A changed copy of the shared vault, shown.
fn spoiled(change: impl FnOnce(&mut Vec<u8>)) -> support::Run {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spoiled");
    let mut bytes = std::fs::read(support::vault()).unwrap();
    change(&mut bytes);
    std::fs::write(&path, &bytes).unwrap();
    let run = show_in(&path, &["labs"]);
    let after = std::fs::read(&path).unwrap();
    let changed = after.iter().zip(&bytes).filter(|(a, b)| a != b).count();
    // SQLite's three counters of four bytes, and one wrong try where the slot is what was spoiled.
    assert!(after.len() == bytes.len() && changed <= 13, "a damaged file is left as it is but for the try counter");
    run
}

#[test]
fn vaults_that_cannot_be_read() {
    spoiled(|b| b.truncate(b.len() / 2)).exits(1).says("途中で切れています");
    spoiled(|b| b[60..64].copy_from_slice(&9u32.to_be_bytes())).exits(1).says("新しい形式（9）");
    spoiled(|b| b.iter_mut().for_each(|x| *x = !*x)).exits(1).says("マイカルテのファイルではありません");
    spoiled(|b| b.clear()).exits(1);
    let own = support::own_vault();
    own.run(&["show", "--passcode-stdin"], &["まちがったパスコード"]).exits(1).says("パスコードが違います");
    let nowhere = Path::new("/no/such/vault");
    show_in(nowhere, &[]).exits(1).says("/no/such/vault: ファイルかフォルダがありません");
}

#[test]
fn a_flipped_bit_hides_nothing_but_itself() {
    let whole = std::fs::read(support::vault()).unwrap().len();
    for part in 1..8 {
        let run = spoiled(|b| b[whole * part / 8 + 100] ^= 0x10);
        match run.code {
            // Not a part of this section, or some of it and said so.
            Some(0) => {
                assert!(run.out.contains("検査結果  7件") || run.out.contains("読めないデータあり（ファイルの破損"))
            }
            Some(1) => assert_eq!(run.err.lines().count(), 1, "{}", run.err),
            code => panic!("{code:?} {}", run.err),
        }
    }
}

#[test]
fn wrong_usage_exits_2_in_one_line() {
    let vault = text(support::vault());
    for (args, said) in [
        (&["shwo"][..], "「shwo」というコマンドはありません。「show」でしょうか"),
        (&["show"], "引数が足りません: --vault"),
        (&["patients"], "引数が足りません"),
        (&["show", "--vault", vault, "lab"], "に「lab」は使えません"),
        (&["show", "--vault", vault, "--from", "yesterday"], "YYYY-MM-DD"),
        (&["show", "--vault", vault, "--search", " "], "--search"),
        (&["show", "--vault", vault, "--passcode", "x"], "という引数はありません"),
        (&["show", "--vault", vault, "summary", "--search", "x"], "絞り込めません"),
        (&["import", "x", "--patient", "1", "--vault", "v", "--hospital", "="], "--hospital"),
        (&["import", "x", "--patient", "1", "--vault", "v", "--threads", "x"], "--threads"),
        (&["inspect"], "引数が足りません"),
        (&["profile", "new", "x.json", "--from", "x"], "gemini-standard か full"),
        (&["profile", "preview", "full", "x", "--patient", "1", "--section", "summary"], "basics allergies"),
        (&["profile", "shwo", "full"], "「shwo」というコマンドはありません"),
    ] {
        run_with(args, "").exits(2).says(said);
    }
    run_with(&[], "").exits(2);
    run_with(&["shwo", "--lang", "en"], "").exits(2).says("there is no command 'shwo'");
    let help = run_with(&["--help"], "").exits(0);
    assert!(help.out.contains("使い方") && help.err.is_empty());
    assert!(run_with(&["import", "--help", "--lang=en"], "").exits(0).out.contains("Read the passcode"));
}
