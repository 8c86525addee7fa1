//! Both programs switch core dumps off before they look at anything: seen from outside, while they wait for their first file.
#![cfg(target_os = "linux")]

use crate::support::text;
use mykarte_tests::canary::memory::is_root;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What the system calls `nobody`: of a program of root's own nothing shows that it keeps its memory in.
const NOBODY: u32 = 65534;

#[test]
fn no_crash_leaves_memory_on_the_disk() {
    let mykarte = env!("CARGO_BIN_EXE_mykarte");
    let issuer = env!("CARGO_BIN_EXE_mykarte-issuer");
    for (program, args) in [(mykarte, &["inspect"][..]), (issuer, &["list", "--settings"])] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let copy = dir.path().join("program");
        std::fs::copy(program, &copy).unwrap();
        let mut child = wait_on_a_pipe(&copy, args, &dir.path().join("pipe"));
        let process = format!("/proc/{}", child.id());
        let limits = std::fs::read_to_string(format!("{process}/limits")).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        let owners = ["", "/mem"].map(|file| std::fs::metadata(format!("{process}{file}")).unwrap().uid());
        child.kill().unwrap();
        child.wait().unwrap();
        let words: Vec<&str> = core.split_whitespace().collect();
        assert_eq!(words[4..6], ["0", "0"], "{program}: {core}");
        // The memory of a process that is not dumpable is root's, whosever the process is.
        assert_ne!(owners[0], 0, "{program} runs as somebody");
        assert_eq!(owners[1], 0, "{program}: others of its user may read its memory");
    }
}

/// Begins it on a file that does not come, and waits until it waits.
fn wait_on_a_pipe(program: &Path, args: &[&str], pipe: &Path) -> Child {
    assert!(Command::new("mkfifo").args(["-m", "644", text(pipe)]).status().unwrap().success());
    // Allowed as far as the system allows it, so that it shows who forbids it.
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\"", text(program)]).args(args).arg(pipe);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let is_there =
        || std::fs::read_to_string(format!("/proc/{}/comm", child.id())).is_ok_and(|name| name == "program\n");
    // Asleep in the system call that opens the pipe.
    let is_waiting = || std::fs::read_to_string(format!("/proc/{}/stat", child.id())).is_ok_and(|s| s.contains(") S "));
    while !(is_there() && is_waiting()) {
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}
