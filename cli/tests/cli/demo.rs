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

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_no_folder() {
    let temp = tempfile::tempdir().unwrap();
    let mut child = command(&["demo"]).env("TMPDIR", temp.path()).spawn().unwrap();
    while names(temp.path()).is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let done = child.wait_with_output().unwrap();
    assert_eq!(names(temp.path()), Vec::<String>::new());
    // On a busy machine the signal may come too late.
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.code() == Some(0) || said.contains("中止しました"), "{said}");
}

#[test]
fn screens() {
    trycmd::TestCases::new().case("tests/screens/*.trycmd");
}
