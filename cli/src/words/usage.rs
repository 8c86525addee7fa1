//! What is said when the command line itself is wrong: one line, exit 2.

use crate::failure::Failure;
use crate::out::Out;
use clap::error::{ContextKind, ErrorKind};

/// Help and version are printed; everything else becomes a sentence.
pub fn failure(error: &clap::Error, out: &mut Out) -> Failure {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match out.raw(error.to_string().as_bytes()) {
            Ok(()) => Failure::Told(0),
            Err(failure) => failure,
        },
        // `mykarte` alone.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            error.to_string().lines().for_each(|line| out.hint(line));
            Failure::Told(2)
        }
        kind => Failure::Usage(sentence(kind, error, out)),
    }
}

fn sentence(kind: ErrorKind, error: &clap::Error, out: &Out) -> String {
    let said = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (arg, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .map(said)
        .find(|s| !s.is_empty());
    let (mut ja, mut en) = match kind {
        ErrorKind::InvalidSubcommand => {
            let name = said(ContextKind::InvalidSubcommand);
            (format!("「{name}」というコマンドはありません。"), format!("there is no command '{name}'."))
        }
        ErrorKind::UnknownArgument => {
            (format!("「{arg}」という引数はありません。"), format!("there is no argument '{arg}'."))
        }
        ErrorKind::MissingRequiredArgument => {
            (format!("引数が足りません: {arg}。"), format!("an argument is missing: {arg}."))
        }
        ErrorKind::MissingSubcommand => ("コマンドがありません。".into(), "a command is missing.".into()),
        ErrorKind::InvalidValue if value.is_empty() => {
            (format!("{arg} の値がありません。"), format!("{arg} needs a value."))
        }
        ErrorKind::WrongNumberOfValues => {
            (format!("{arg} に値が足りません。"), format!("{arg} needs all of its values."))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let (ja, en) = expected(&arg);
            (format!("{arg} に「{value}」は使えません。{ja}"), format!("'{value}' is no value for {arg}. {en}"))
        }
        ErrorKind::ArgumentConflict => {
            // Two that exclude each other, or one given twice.
            let other = said(ContextKind::PriorArg);
            if other.is_empty() || other == arg {
                (format!("{arg} は1度だけ指定してください。"), format!("give {arg} only once."))
            } else {
                (
                    format!("{arg} と {other} はどちらか1つだけ指定してください。"),
                    format!("give {arg} or {other}, not both."),
                )
            }
        }
        ErrorKind::InvalidUtf8 => {
            ("引数を文字として読めません。".into(), "an argument is not readable as text.".into())
        }
        _ => ("コマンドラインが正しくありません。".into(), "the command line is not right.".into()),
    };
    if let Some(near) = suggestion {
        ja.push_str(&format!("「{near}」でしょうか。"));
        en.push_str(&format!(" Did you mean '{near}'?"));
    }
    ja.push_str("使い方は --help で表示します。");
    en.push_str(" --help shows the usage.");
    out.pick(&ja, &en).to_string()
}

/// What an argument takes, where its value was refused.
fn expected(arg: &str) -> (&'static str, &'static str) {
    match arg {
        "--from <ID>" => ("gemini-standard か full です。", "Write gemini-standard or full."),
        a if a.starts_with("--section") => (
            "basics allergies diagnoses admissions prescriptions injections labs memos others のどれかです。",
            "One of basics allergies diagnoses admissions prescriptions injections labs memos others.",
        ),
        a if a.starts_with("--from") || a.starts_with("--to") => {
            ("YYYY、YYYY-MM、YYYY-MM-DD のどれかで指定してください。", "Write YYYY, YYYY-MM or YYYY-MM-DD.")
        }
        a if a.starts_with("--hospital") => {
            ("医療機関ID または ID=名称 で指定してください。", "Write an id, or id=name.")
        }
        a if a.starts_with("--identity-check") => (
            "my-number-card drivers-licence passport two-documents known-to-ward のどれかです。",
            "One of my-number-card drivers-licence passport two-documents known-to-ward.",
        ),
        a if a.starts_with("--until") => ("YYYY-MM-DD で指定してください。", "Write YYYY-MM-DD."),
        a if a.starts_with("--threads") => ("0 以上の整数で指定してください。", "Write a number from 0 on."),
        a if a.starts_with("--root <KEY>") => (
            "紙のルート鍵を全部（4文字ずつ13組）指定してください。空白・ハイフン・小文字でも構いません。",
            "Write the whole root key from paper (13 groups of 4); blanks, hyphens and small letters do not matter.",
        ),
        a if a.contains("<KEY>") || a.starts_with("--end") || a.starts_with("--enrolment") => {
            ("番号の先頭8桁以上（0〜9、a〜f）で指定してください。", "Write its first 8 or more hexadecimal digits.")
        }
        a if a.starts_with("--birth-date") => (
            "1955-03-11、19550311、昭和30年3月11日、S30.3.11 のように指定してください。",
            "Write it like 1955-03-11, 19550311 or S30.3.11.",
        ),
        a if a.starts_with("--lang") => ("ja か en です。", "Write ja or en."),
        a if a.contains("SECTION") => (
            "summary basics allergies diagnoses admissions prescriptions injections labs memos others のどれかです。",
            "One of summary basics allergies diagnoses admissions prescriptions injections labs memos others.",
        ),
        _ if arg.starts_with("--sample") => ("1 以上の人数を指定してください。", "Write a number from 1 on."),
        _ if arg.starts_with("--since") || arg.starts_with("--until") => {
            ("2026-11-22 の形で指定してください。", "Write it as 2026-11-22.")
        }
        _ => ("空でない語を指定してください。", "Write something that is not blank."),
    }
}
