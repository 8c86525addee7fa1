//! What somebody at a terminal sees: hidden prompts, the countdown, the question before a deletion.
//!
//! `script` of util-linux makes the terminal; where it is missing, or is another one, these tests pass unseen.
#![cfg(target_os = "linux")]

use crate::hospital::{ROOT, place};
use crate::support::{PASSCODE, own_vault, show_in, text};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The program on a terminal of its own.
struct Terminal {
    child: Child,
    keys: ChildStdin,
    screen: Arc<Mutex<Vec<u8>>>,
    seen: usize,
}

impl Terminal {
    fn start(args: &[&str]) -> Option<Terminal> {
        Terminal::start_program(env!("CARGO_BIN_EXE_mykarte"), args)
    }

    fn start_program(program: &str, args: &[&str]) -> Option<Terminal> {
        let words: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
        // `exec`: a shell that stays beside the program, as dash does, would answer Ctrl-C with an exit code of its own.
        let line = format!("exec '{program}' {}", words.join(" "));
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env("SHELL", "/bin/sh").env("NO_COLOR", "1").env("TERM", "xterm");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let (keys, mut output) = (child.stdin.take()?, child.stdout.take()?);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let shared = screen.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = output.read(&mut bytes) {
                shared.lock().unwrap().extend_from_slice(&bytes[..n]);
            }
        });
        Some(Terminal { child, keys, screen, seen: 0 })
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits until a text appears after what was waited for before.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            let shown = self.shown();
            if let Some(at) = shown.get(self.seen..).and_then(|rest| rest.find(text)) {
                self.seen += at + text.len();
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{text:?} does not appear in\n{}", self.shown());
    }

    fn press(&mut self, keys: &str) {
        // The prompt is printed a moment before the terminal hides what is typed.
        std::thread::sleep(Duration::from_millis(200));
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Answers a prompt.
    #[track_caller]
    fn answer(&mut self, prompt: &str, keys: &str) {
        self.wait_for(prompt);
        self.press(&format!("{}\r", keys.trim_end()));
    }

    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        // What is on its way still comes.
        std::thread::sleep(Duration::from_millis(100));
        (code, self.shown())
    }
}

#[test]
fn a_wrong_passcode_is_asked_for_again_and_never_shown() {
    let own = own_vault();
    let Some(mut terminal) = Terminal::start(&["passcode", "change", "--vault", text(&own.path)]) else { return };
    terminal.answer("パスコード: ", "まちがったパスコード");
    terminal.wait_for("パスコードが違います");
    // Enter alone is no try.
    terminal.answer("パスコード: ", "");
    terminal.answer("パスコード: ", PASSCODE);
    // Neither a weak one nor a slip sends anybody back to the start.
    terminal.answer("新しいパスコード", "12345");
    terminal.wait_for("6");
    terminal.answer("新しいパスコード", "あたらしいパスコードです");
    terminal.answer("もう一度: ", "あたらしいパスコードて");
    terminal.wait_for("2度の入力が違います");
    terminal.answer("新しいパスコード", "あたらしいパスコードです");
    terminal.answer("もう一度: ", "あたらしいパスコードです");
    let (code, screen) = terminal.end();
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("パスコードを変えました") && !screen.contains(PASSCODE.trim_end()), "{screen}");
    own.run(&["show", "--passcode-stdin"], &["あたらしいパスコードです"]).exits(0);
}

#[test]
fn who_forgets_the_profile_hears_it_before_the_passcode() {
    let own = own_vault();
    let storage = crate::support::demo();
    let args = ["import", text(&storage), "--patient", "0000311", "--vault", text(&own.path)];
    let Some(mut terminal) = Terminal::start(&args) else { return };
    terminal.wait_for("すべての項目を取り込みます");
    terminal.answer("パスコード: ", PASSCODE);
    let (code, screen) = terminal.end();
    assert!(code == Some(0) && screen.matches("すべての項目を取り込みます").count() == 1, "{screen}");
}

#[test]
fn the_wait_is_counted_down_and_ctrl_c_ends_it() {
    let own = own_vault();
    for _ in 0..4 {
        own.run(&["show", "--passcode-stdin"], &["まちがったパスコード"]).exits(1);
    }
    let Some(mut terminal) = Terminal::start(&["show", "--vault", text(&own.path)]) else { return };
    terminal.answer("パスコード: ", "まちがったパスコード");
    terminal.wait_for("30 秒待つと入力できます");
    terminal.wait_for("あと 29 秒");
    terminal.wait_for("あと 27 秒");
    terminal.press("\x03");
    let (code, screen) = terminal.end();
    assert!(code == Some(1) && screen.contains("中止しました"), "{code:?} {screen}");
}

#[test]
fn the_recovery_code_is_typed_behind_stars() {
    let own = own_vault();
    let code = own.make_code();
    let args = ["vault", "info", "--recovery-code-stdin", "--vault", text(&own.path)];
    let Some(mut terminal) = Terminal::start(&args) else { return };
    terminal.answer("復旧コード: ", &code[1..]);
    terminal.wait_for("打ち間違い");
    terminal.answer("復旧コード: ", &code.to_lowercase());
    let (status, screen) = terminal.end();
    assert!(status == Some(0) && screen.contains("****") && screen.contains("■ 記録"), "{screen}");
    assert!(!screen.to_uppercase().contains(&code[..5]), "{screen}");
}

#[test]
fn a_deletion_asks_for_the_id_again() {
    let own = own_vault();
    let args = ["vault", "delete", "--patient", "0000311", "--vault", text(&own.path)];
    for (typed, code, said) in [("0000312", 1, "何も削除していません"), ("0000311", 0, "何も残っていません")]
    {
        let Some(mut terminal) = Terminal::start(&args) else { return };
        terminal.answer("パスコード: ", PASSCODE);
        terminal.wait_for("23件");
        terminal.answer("もう一度入力: ", typed);
        let (status, screen) = terminal.end();
        assert!(status == Some(code) && screen.contains(said), "{screen}");
    }
    show_in(&own.path, &[]).exits(1);
}

#[test]
fn a_person_says_whether_a_first_package_is_theirs() {
    let place = place();
    let (package, phone) = (place.package(), place.path("phone"));
    let args = ["receive", text(&package), "--vault", text(&phone)];
    for (typed, code, said) in
        [("n", 1, "受け取っていません"), ("", 1, "受け取っていません"), ("y", 0, "受け取りました")]
    {
        let Some(mut terminal) = Terminal::start(&args) else { return };
        terminal.answer("パスコード: ", PASSCODE);
        terminal.wait_for("1955-03-11");
        terminal.answer("[y/N]: ", typed);
        let (status, screen) = terminal.end();
        assert!(status == Some(code) && screen.contains(said), "{status:?} {screen}");
    }
}

#[test]
fn the_passcodes_of_keys_are_asked_for_by_name() {
    let place = place();
    let keys = place.path("keys");
    std::fs::remove_file(keys.join("issuer.mykarte-keys")).unwrap();
    let Some(mut terminal) = Terminal::start(&["keys", "new-signing", "--keys", text(&keys)]) else { return };
    terminal.answer("ルート鍵のパスコード: ", "まちがったパスコード");
    terminal.wait_for("パスコードが違います");
    terminal.answer("ルート鍵のパスコード: ", ROOT);
    terminal.answer("署名鍵の新しいパスコード", "あたらしい署名鍵の言葉です");
    terminal.answer("もう一度: ", "あたらしい署名鍵の言葉です");
    let (code, screen) = terminal.end();
    assert!(code == Some(0) && screen.contains("署名鍵を作りました") && !screen.contains("言葉"), "{screen}");
    let key = place.key();
    let Some(mut terminal) = Terminal::start(&["keys", "revoke", &key[..8], "--keys", text(&keys)]) else { return };
    terminal.answer("[y/N]: ", "n");
    let (code, screen) = terminal.end();
    assert!(code == Some(1) && screen.contains("失効させていません"), "{screen}");
}

/// By telephone: staff type what they hear, and do not see what it has to be.
#[test]
fn digits_that_the_patient_reads_out_are_asked_for() {
    let service = crate::service::service(&crate::support::demo());
    let (picture, number) = service.ticket();
    let settings = service.place.path("issuer.toml");
    let enrol = ["enrol", "--ticket", text(&picture), "--birth-date", "1955-03-11"];
    std::thread::scope(|scope| {
        let phone = scope.spawn(|| service.phone(&enrol));
        let digits = loop {
            let run = service.issuer(&["confirm", "--ticket", &number, "--staff", "N1234"]);
            if let Some(digits) = run.out.lines().find_map(|line| line.strip_prefix("確認番号: ")) {
                break digits.to_owned();
            }
            std::thread::sleep(Duration::from_millis(300));
        };
        let other = if digits.starts_with('0') { "1" } else { "0" }.to_owned() + &digits[1..];
        let args = ["confirm", "--ticket", &number, "--staff", "N1234", "--digits", "--settings", text(&settings)];
        let args = [&args[..], &["--dangerous-single-host"]].concat();
        for (typed, code, said) in
            [("", 1, "--digits"), (&*other, 1, "確認番号が違います"), (&*digits, 0, "登録しました")]
        {
            let program = env!("CARGO_BIN_EXE_mykarte-issuer");
            let Some(mut terminal) = Terminal::start_program(program, &args) else {
                service.issuer(&["confirm", "--ticket", &number, "--staff", "N1234", "--digits", &digits]).exits(0);
                break;
            };
            terminal.answer("読み上げた6けた: ", typed);
            let (status, screen) = terminal.end();
            assert!(status == Some(code) && screen.contains(said), "{status:?} {screen}");
            assert!(typed == digits || !screen.contains(&digits), "{screen}");
        }
        phone.join().unwrap().exits(0);
    });
}
