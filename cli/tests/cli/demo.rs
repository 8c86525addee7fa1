//! `demo`: asks nothing, leaves nothing. And the screens whose every character is reviewed.

use crate::support::{command, names};

#[test]
fn the_demo_shows_every_section_and_leaves_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let done = command(&["demo"]).env("TMPDIR", temp.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let out = String::from_utf8(done.stdout).unwrap();
    for part in ["見本 花子", "■ 病名  4件", "■ 注射オーダー  2件", "■ 非常時メモ  1件", "■ その他  2件"]
    {
        assert!(out.contains(part), "{part} in\n{out}");
    }
    assert_eq!(names(temp.path()), Vec::<String>::new());
}

#[test]
fn screens() {
    trycmd::TestCases::new().case("tests/screens/*.trycmd");
}
