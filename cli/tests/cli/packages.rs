//! From the hospital's desk to the vault of a device, by USB stick.

use crate::hospital::{SIGNING, STDIN, lines, place};
use crate::support::{PASSCODE, copy_of_demo, demo, import, names, on, patient_folder, run_with, text};
use serde_json::Value;
use std::path::Path;

#[test]
fn the_whole_way() {
    let place = place();
    let package = place.package();
    assert_eq!(names(&place.path("usb")).len(), 2, "the package and the key list beside it");
    let run = place.phone(&["enrol"]).exits(0);
    run.shows("まだ受け取っていません").shows("見本病院（1319999999）").shows("第2号");
    let run = place.receive(&[&package], &["--yes"]).exits(0).says("次は新しい公開鍵を病院に渡してください");
    for part in ["見本 花子", "ミホン ハナコ", "1955-03-11（昭和30年3月11日）", "0000311", "見本病院（1319999999）"]
    {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert!(run.out.contains("（番号 1.1）\n受け取りました（第1世代）"), "{}", run.out);
    let shown = place.phone(&["show"]).exits(0).out;
    assert!(shown.lines().last().unwrap().starts_with("署名          確認済み（見本病院、発行 20"), "{shown}");
    assert!(shown.contains("番号 1.1）") && shown.contains("処方オーダー             3"), "{shown}");
    place.phone(&["show", "labs"]).exits(0).shows("クレアチニン");
    place.phone(&["show", "--lang", "en"]).exits(0).shows("Signature     confirmed (見本病院, issued 20");
    let info = place.phone(&["vault", "info"]).exits(0);
    info.shows("■ 記録  1件").shows("  病院への登録 1件（一覧は enrol）");
    let info: Value = serde_json::from_str(&place.phone(&["vault", "info", "--json"]).exits(0).out).unwrap();
    assert_eq!((info["records"].as_array().unwrap().len(), &info["enrolments"]), (1, &Value::from(1)));

    // The same once more, then the next one for the new key.
    place.receive(&[&package], &[]).exits(0).shows("受け取り済みのパッケージです");
    let key = place.path("key");
    let old = std::fs::read(&key).unwrap();
    place.phone(&["enrol", "--out", text(&key)]).exits(0).shows("番号 1.1、20");
    assert_ne!(std::fs::read(&key).unwrap(), old, "the earlier public key has nothing to lose");
    let next = place.seal_as("next.mykarte");
    place.receive(&[&next], &[]).exits(0).shows("（番号 1.2）").shows("第2世代");
    // The hospital takes no key that is older than one it has sealed to.
    std::fs::write(&key, old).unwrap();
    place.seal(&[]).exits(1).says("前に使ったものより古い公開鍵");
}

#[test]
fn what_was_sealed_is_said_as_an_import_says_it() {
    let place = place();
    let report = place.path("report.json");
    let run = place.seal(&["--profile", "gemini-standard", "--report", text(&report)]).exits(0);
    for part in
        ["封印完了: 見本 花子", "GEMINI 標準（gemini-standard 第1版）", "読取 19", "区分を出さない", "番号: 1.2（20"]
    {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert!(run.err.contains("1件を隔離しました") && run.err.contains("USB メモリ"), "{}", run.err);
    let report: Value = serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["read"], 19);
    let id =
        place.phone(&["enrol"]).exits(0).out.lines().nth(1).unwrap().split_whitespace().last().unwrap().to_string();
    assert!(run.out.contains(&format!("宛先: 登録番号 {id} の端末")), "whose device it is\n{}", run.out);
    let run = place.seal(&["--lang", "en"]).exits(0);
    assert!(run.out.contains("sealed: 見本 花子") && run.err.contains("Hand over package and key list"), "{}", run.err);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = place.package().metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}

/// Nothing appears on the stick, and the device's record stays.
#[test]
fn a_refused_seal_writes_nothing() {
    let place = place();
    let before = names(&place.path("usb"));
    let package = place.package();
    place.seal(&["--out", text(&package)]).exits(1).says("同じ名前のものがあります（そのままです）");
    place.seal(&["--out", text(&place.path("no/such"))]).exits(1).says("書き出し先のフォルダがありません");
    place.seal(&["--out", text(&place.path("no/"))]).exits(1).says("書き出し先のフォルダがありません");
    place.seal(&["--recipient", text(&place.path("kye"))]).exits(1).says("ファイルがありません");
    place.seal(&["--patient", "0000311", "--recipient", "AAAA-BBBB"]).exits(2);
    place.seal(&["--recipient", "AAAA-BBBB"]).exits(1).says("端末の公開鍵として読めません");
    place.seal(&["--recipient", text(&place.list())]).exits(1).says("端末の公開鍵として読めません");
    place.seal(&["--hospital", "9"]).exits(1).says("鍵は医療機関 1319999999 のもの、ストレージは 9 のもの");
    place.seal(&["--profile", "no-such"]).exits(1);
    place.seal(&["--report", text(&place.path("no/such.json"))]).exits(1).says("書き出し先のフォルダがありません");
    let key = std::fs::read_to_string(place.path("key")).unwrap();
    // One letter of the signature.
    let other = if &key[225..226] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &key[..225], key[226..].trim_end());
    place.seal(&["--recipient", &forged]).exits(1).says("端末の公開鍵の署名が合いません");
    let (keys, usb) = (place.path("keys"), place.path("usb"));
    let args = ["seal", text(&demo()).to_owned().leak(), "--patient", "0000311", "--profile", "full", STDIN];
    let more = ["--recipient", key.trim(), "--keys", text(&keys), "--out", text(&usb)];
    let all = [&args[..], &more].concat();
    run_with(&all, &lines(&["まちがったパスコード"])).exits(1).says("パスコードが違います");
    run_with(&all, "").exits(1).says("署名鍵のパスコードがありません");
    assert_eq!(names(&usb), before);
    // Of all these no number was taken.
    run_with(&all, &lines(&[SIGNING])).exits(0).shows("番号: 1.2");
}

/// A patient's folder alone does not say which hospital it is of.
#[test]
fn the_key_list_says_the_facility_where_the_files_do_not() {
    let place = place();
    let storage = copy_of_demo();
    let folder = patient_folder(storage.path());
    let file = folder.join("-/ADT-61");
    let only = storage.path().join("x").join("000/031/0000311");
    std::fs::create_dir_all(only.join("-/ADT-61")).unwrap();
    for name in names(&file) {
        let mut bytes = std::fs::read(file.join(&name)).unwrap();
        let at = bytes.windows(10).position(|w| w == b"1319999999").unwrap();
        bytes.drain(at..at + 10);
        std::fs::write(only.join("-/ADT-61").join(name), bytes).unwrap();
    }
    let out = place.path("usb").join("alone.mykarte");
    let run = place.seal_from(&only, &["--out", text(&out)]).exits(0);
    assert!(run.out.contains("医療機関: 見本病院（1319999999）"), "{}", run.out);
}

/// `--hospital` outranks the files, but nobody's files become another hospital's unsaid.
#[test]
fn files_of_another_facility_are_said() {
    let place = place();
    let storage = copy_of_demo();
    for_each_file(storage.path(), &|bytes| {
        while let Some(at) = bytes.windows(10).position(|w| w == b"1319999999") {
            bytes[at..at + 10].copy_from_slice(b"1310000001");
        }
    });
    let out = place.path("usb").join("other.mykarte");
    let run = place.seal_from(storage.path(), &["--out", text(&out), "--hospital", "1319999999"]).exits(0);
    let said = "ファイルの施設は 1310000001 となっていますが、1319999999 のものとして扱いました";
    assert!(run.err.contains(said), "{}", run.err);
}

#[test]
fn a_first_package_waits_for_a_person() {
    let place = place();
    let package = place.package();
    let run = place.receive(&[&package], &[]).exits(1).says("--yes を付けてください");
    assert!(run.out.contains("見本 花子") && run.err.contains(text(&package)), "{}", run.out);
    place.phone(&["show"]).exits(1).says("記録が1つもありません");
    place.receive(&[&package], &["--yes"]).exits(0);
}

#[test]
fn an_older_package_and_another_device_are_refused() {
    let place = place();
    let first = place.package();
    let second = place.seal_as("second.mykarte");
    // Given together in the wrong order both are taken, the newer one last.
    let run = place.receive(&[&second, &first], &["--yes"]).exits(0);
    assert!(run.out.contains("第1世代") && run.out.contains("第2世代"), "{}", run.out);
    let run = place.receive(&[&first], &[]).exits(1).says("より古いパッケージ（番号 1.1、20");
    assert!(run.err.contains("いまある記録（番号 1.2、20"), "{}", run.err);
    place.phone(&["show"]).exits(0).shows("番号 1.2");

    place.enrol("other", &[]).exits(0);
    let other = place.path("other");
    let args = ["receive", text(&first), "--vault", text(&other), STDIN, "--yes"];
    run_with(&args, PASSCODE).exits(1).says("この病院・この人のための登録がありません");
    let none = ["receive", text(&first), "--vault", text(&place.path("none")).to_owned().leak(), STDIN];
    run_with(&none, PASSCODE).exits(1).says("ファイルかフォルダがありません");
}

#[test]
fn one_bad_file_keeps_no_other_away() {
    let place = place();
    let package = place.package();
    let spoiled = place.path("usb").join("spoiled.mykarte");
    let mut bytes = std::fs::read(&package).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&spoiled, &bytes).unwrap();
    let run = place.receive(&[&spoiled, &package], &["--yes"]).exits(1).shows("パッケージの病院の署名が合いません");
    assert!(run.out.contains("受け取りました"), "{}", run.out);
    std::fs::write(&spoiled, &bytes[..bytes.len() - 1]).unwrap();
    place.receive(&[&spoiled], &[]).exits(1).says("途中で切れているか");
    std::fs::write(&spoiled, b"something else").unwrap();
    // Neither what is something else, nor what is not there, nor a folder.
    for stray in [spoiled.as_path(), &place.path("nothing"), &place.path("usb")] {
        let run = place.receive(&[stray, &package], &[]).exits(1);
        assert!(
            run.out.contains("受け取り済み") && run.err.contains(&*stray.to_string_lossy()),
            "{}{}",
            run.out,
            run.err
        );
    }
    place.receive(&[&spoiled], &[]).exits(1).says("パッケージでも鍵リストでもありません");
    place.receive(&[&place.path("nothing")], &[]).exits(1).says("ファイルがありません");
    place.receive(&[&place.path("usb")], &[]).exits(1).says("フォルダです");
}

#[test]
fn what_is_gone_is_listed_with_its_reason() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let storage = copy_of_demo();
    let folder = patient_folder(storage.path());
    std::fs::remove_dir_all(folder.join("20251110/OML-11")).unwrap();
    std::fs::remove_dir_all(folder.join("20260311")).unwrap();
    let next = place.path("usb").join("next.mykarte");
    let more = ["--out", text(&next), "--profile", "gemini-standard"];
    place.seal_from(storage.path(), &more).exits(0);
    let run = place.receive(&[&next], &[]).exits(0);
    for part in [
        "前の記録の非常時メモ 1件を引き継ぎました",
        "今の記録にあって、このパッケージにないもの",
        "理由不明（病院に確かめてください）",
        "提供対象外になった",
    ] {
        assert!(run.out.contains(part), "{part} in\n{}", run.out);
    }
    assert!(run.out.lines().any(|line| line.starts_with("  検査結果") && line.contains("3件")), "{}", run.out);
    let signed = "病院の署名の外";
    place.phone(&["show", "memos"]).exits(0).shows("見本小学校体育館").shows(signed);
    place.phone(&["show", "--search", "体育館"]).exits(0).shows(signed);
    assert!(!place.phone(&["show", "labs"]).exits(0).out.contains(signed));
}

/// A disk that was not mounted looks like this: the list comes first, and `--yes` is no yes to it.
#[test]
fn a_package_that_empties_a_section_wants_a_person() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let storage = copy_of_demo();
    let folder = patient_folder(storage.path());
    for day in names(&folder) {
        let _ = std::fs::remove_dir_all(folder.join(day).join("OML-11"));
    }
    let next = place.path("usb").join("next.mykarte");
    place.seal_from(storage.path(), &["--out", text(&next)]).exits(0);
    for answer in [&[][..], &["--yes"]] {
        let run = place.receive(&[&next], answer).exits(1);
        assert!(run.err.contains("1件もなくなる項目があります（検査結果）"), "{}", run.err);
        assert!(run.err.contains("なくなるものの確認がない"), "{}", run.err);
        assert!(run.out.contains("今の記録にあって、このパッケージにないもの\n"), "{}", run.out);
    }
    place.phone(&["show", "labs"]).exits(0).shows("クレアチニン");
}

/// One day makes another person of the same id.
#[test]
fn a_package_of_another_person_is_set_aside() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let storage = copy_of_demo();
    for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(8).position(|window| window == b"19550311") {
            bytes[at + 7] = b'2';
        }
    });
    let other = place.path("usb").join("other.mykarte");
    place.seal_from(storage.path(), &["--out", text(&other)]).exits(0);
    let run = place.receive(&[&other], &["--yes"]).exits(1).says("別の人のパッケージです（生年月日が違います）");
    assert!(!run.err.contains("1955") && run.out.is_empty(), "{}", run.err);
    place.phone(&["enrol"]).exits(0).shows("別の人のパッケージ（生年月日が違う） 番号 1.2、20");
    place.phone(&["show"]).exits(0).shows("1955-03-11");
}

/// Another sex may be a slip or another person: within an enrolment, too, nobody but a person at a terminal says which.
#[test]
fn a_package_that_differs_from_the_record_is_not_taken_by_a_script() {
    let place = place();
    let package = place.package();
    place.receive(&[&package], &["--yes"]).exits(0);
    let storage = copy_of_demo();
    for_each_file(&patient_folder(storage.path()), &|bytes| {
        while let Some(at) = bytes.windows(10).position(|window| window == b"19550311|F") {
            bytes[at + 9] = b'M';
        }
    });
    let other = place.path("usb").join("other.mykarte");
    place.seal_from(storage.path(), &["--out", text(&other)]).exits(0);
    let run = place.receive(&[&other], &["--yes"]).exits(1);
    for part in ["同じ患者IDの記録と性別が違います", "--yes では受け取りません"] {
        assert!(run.err.contains(part), "{part} in {}", run.err);
    }
    place.phone(&["vault", "info"]).exits(0).shows("第1世代");
}

pub fn for_each_file(folder: &Path, change: &dyn Fn(&mut Vec<u8>)) {
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            for_each_file(&path, change);
        } else {
            let mut bytes = std::fs::read(&path).unwrap();
            change(&mut bytes);
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

/// The record of an imported vault is taken over by the first package; who issued it is said from then on.
#[test]
fn an_imported_record_becomes_a_received_one() {
    let place = place();
    let imported = place.path("imported");
    import(&demo(), &imported, &[]).exits(0);
    place.enrol("imported", &["--out", text(&place.path("second"))]).exits(0);
    let out = place.path("usb").join("second.mykarte");
    place.seal(&["--recipient", text(&place.path("second")), "--out", text(&out)]).exits(0);
    let show = || on(&imported, &["show", STDIN], &[PASSCODE]).exits(0).out;
    assert!(!show().contains("署名"));
    let run = on(&imported, &["receive", text(&out), "--yes", STDIN], &[PASSCODE]).exits(0);
    assert!(run.out.contains("第2世代") && !run.out.contains("今回ないもの"), "{}", run.out);
    assert!(show().contains("署名          確認済み"));
}

#[test]
fn a_package_is_looked_at_from_outside() {
    let place = place();
    let (package, root) = (place.package(), place.root());
    let run = run_with(&["package", "inspect", text(&package)], "").exits(0);
    assert!(run.out.starts_with("パッケージの外側の記載です。何も検証していません。\n"), "{}", run.out);
    assert!(run.out.contains(&place.key()) && run.out.contains("1.1"), "{}", run.out);
    let run = run_with(&["package", "inspect", text(&package), "--json"], "").exits(0);
    let info: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&info["verified"], &info["counter"]), (&Value::Bool(false), &Value::from(1)));
    let verify = |file: &str, more: &[&str]| run_with(&[&["package", "verify", file], more].concat(), "");
    verify(text(&package), &["--root", &root]).exits(0).shows("正しい署名です: 見本病院").shows("だれの記録か");
    // As somebody types it from paper.
    let typed = root.to_lowercase().replace('-', " ");
    verify(text(&package), &["--root", &typed, "--list", text(&place.list())]).exits(0);
    verify(text(&package), &["--root", &"A".repeat(52)]).exits(1).says("鍵リストのルート鍵が違います");
    verify(text(&package), &["--root", "AAAA"]).exits(2).says("紙のルート鍵を全部");
    verify(text(&place.list()), &["--root", &root]).exits(1).says("keys list FILE");
    std::fs::remove_file(place.path("usb/hospital.mykarte-list")).unwrap();
    verify(text(&package), &["--root", &root]).exits(1).says("そばに鍵リストがありません");
    run_with(&["package", "inspect", text(&place.path("key"))], "").exits(1).says("パッケージではありません");
    run_with(&["inspect", text(&package)], "").exits(1).says("package inspect FILE");
    run_with(&["inspect", text(&place.list())], "").exits(1).says("keys list FILE");
}
