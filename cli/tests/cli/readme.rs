//! The way by USB stick, as both READMEs print it, line by line.
#![cfg(unix)]

use crate::hospital::{ROOT, SIGNING, lines};
use crate::support::{PASSCODE, demo, text};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The indented lines of the section about the stick, without their comments.
fn section(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let readme = std::fs::read_to_string(path).unwrap();
    let section = readme.split("\n## ").find(|section| section.lines().next().unwrap().contains("USB")).unwrap();
    let inside = section.lines().filter_map(|line| line.strip_prefix("    "));
    inside.map(|line| line.split(" # ").next().unwrap().trim().to_string()).collect()
}

/// Runs one line in a folder; secrets come from stdin, and a person would say yes.
fn run(line: &str, root: &str, dir: &Path) -> String {
    let (flags, stdin) = match line {
        line if !line.starts_with("$mykarte") => ("", String::new()),
        line if line.contains("new-root") => (" --passcode-stdin", lines(&[ROOT])),
        line if line.contains("new-signing") => (" --passcode-stdin", lines(&[ROOT, SIGNING])),
        line if line.contains("seal") => (" --passcode-stdin", lines(&[SIGNING])),
        line if line.contains("receive") => (" --yes --passcode-stdin", PASSCODE.to_string()),
        _ => (" --passcode-stdin", PASSCODE.to_string()),
    };
    let line = line.replace("ROOT-KEY", root).replace("fixtures/demo", text(&demo()));
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{line}{flags}")]).current_dir(dir).env("mykarte", env!("CARGO_BIN_EXE_mykarte"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{line}");
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_way_by_usb_stick_can_be_walked() {
    for name in ["README.md", "README.ja.md"] {
        let dir = tempfile::tempdir().unwrap();
        let (mut root, mut last) = (String::new(), String::new());
        let section = section(name);
        assert_eq!(section.len(), 7, "{section:?}");
        for line in section {
            last = run(&line, &root, dir.path());
            if let Some(printed) = last.lines().find_map(|line| line.strip_prefix("  ルート鍵    ")) {
                root = printed.to_string();
            }
        }
        assert!(last.contains("見本 花子") && last.contains("確認済み"), "{last}");
    }
}
