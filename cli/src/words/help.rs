//! The help texts.

use clap::{Arg, ArgAction, Command};
use mykarte::record::labels::Language;

/// Command (empty: the program itself; `*`: any that has no text of its own), argument (empty: the command itself),
/// Japanese, English.
const TEXTS: &[(&str, &str, &str, &str)] = &[
    (
        "",
        "",
        "いざというときのマイカルテ: SS-MIX2 から暗号化した記録を作り、ネットワークなしで読む",
        "My chart for the worst day: from an SS-MIX2 export to an encrypted record, read offline",
    ),
    ("", "lang", "表示の言語 ja（既定）/ en", "Language: ja (default) or en"),
    ("patients", "", "ストレージの患者を一覧する", "List the patients of a storage"),
    (
        "patients",
        "storages",
        "SS-MIX2 標準化ストレージのフォルダ（複数可）",
        "Folder of an SS-MIX2 storage (several allowed)",
    ),
    ("import", "", "患者1人の記録を暗号化ファイルに取り込む", "Import one patient's record into an encrypted file"),
    (
        "import",
        "storages",
        "ストレージのフォルダ。標準化・拡張、分割したものは並べる",
        "Folders of the storage; several volumes may be given",
    ),
    (
        "import",
        "patient",
        "患者ID（フォルダ名。patients で確認できる）",
        "Patient id: the folder's name, see `patients`",
    ),
    (
        "import",
        "vault",
        "暗号化ファイル。なければ作り、あれば記録を加える・更新する",
        "The encrypted file; made, or added to",
    ),
    (
        "import",
        "hospital",
        "医療機関ID（=名称）。ファイルから分からないときに指定",
        "Facility id (and =name), where the files do not tell",
    ),
    (
        "import",
        "report",
        "取込結果の詳しい内訳を JSON で書き出す（病院内用: ファイル名を含む）",
        "Write the full import report as JSON (names files: keep it in the hospital)",
    ),
    (
        "import",
        "accept_other_patient",
        "PID-3 が違うファイルも取り込む（印が残る）",
        "Take in files whose PID-3 differs; they stay marked",
    ),
    (
        "import",
        "replace",
        "保存済みの記録より減る・別人の疑いがあっても置き換える",
        "Replace although the stored record holds more or differs in identity",
    ),
    ("import", "threads", "並列数（0 = CPU の数）", "Worker threads (0: one a core)"),
    ("show", "", "暗号化ファイルの記録を表示する", "Show a record of an encrypted file"),
    (
        "show",
        "view",
        "summary（既定）basics allergies diagnoses admissions prescriptions injections labs memos others",
        "summary (default) basics allergies diagnoses admissions prescriptions injections labs memos others",
    ),
    ("show", "patient", "患者ID（記録が複数あるとき）", "Patient id, where the file holds several records"),
    (
        "show",
        "hospital",
        "医療機関ID（同じ患者IDの記録が複数あるとき）",
        "Facility id, where one patient id has several",
    ),
    (
        "show",
        "search",
        "語を含むものだけ（全角・半角、ひらがな・カタカナを区別しない）",
        "Only what holds the words (width, case and kana folded)",
    ),
    (
        "show",
        "from",
        "この日から（YYYY, YYYY-MM, YYYY-MM-DD）。期間が重なるもの。日付なしは残る",
        "From this date on (YYYY, YYYY-MM, YYYY-MM-DD); undated entries stay",
    ),
    ("show", "to", "この日まで", "Up to this date"),
    (
        "inspect",
        "",
        "HL7 メッセージのファイル1つを復号・分解して表示する",
        "Show one message file, decoded, field by field",
    ),
    ("inspect", "file", "SS-MIX2 のファイル", "A file of a storage"),
    (
        "demo",
        "",
        "架空の患者で試す（何も入力せず、何も残さない）",
        "Try it with an invented patient; asks nothing, leaves nothing",
    ),
    ("vault", "", "暗号化ファイルを調べる・複製する・記録を消す", "Look at an encrypted file, copy it, delete from it"),
    ("vault info", "", "入っている記録、開く方法、ファイルの状態", "Its records, what opens it, its state"),
    (
        "vault copy",
        "",
        "復旧コードだけで開く複製を作る（新しい端末に移すとき）",
        "Copy it for another device: the copy opens with the recovery code alone",
    ),
    ("vault copy", "to", "作るファイル（あるものは置き換えない）", "The file to make; nothing is replaced"),
    (
        "vault delete",
        "",
        "患者の記録を消す（鍵から先に。元に戻せない）",
        "Delete a patient's records, keys first; cannot be undone",
    ),
    ("vault delete", "patient", "患者ID", "Patient id"),
    ("vault delete", "hospital", "この医療機関IDの記録だけ", "Only the record of this facility id"),
    ("vault delete", "yes", "確認の入力を求めない", "Do not ask for the patient id again"),
    ("passcode", "", "パスコードを変える", "Change the passcode"),
    (
        "passcode change",
        "",
        "パスコードを変える（複製で開いたときは設定する）",
        "Change the passcode, or set one on a copy",
    ),
    (
        "passcode change",
        "passcode_stdin",
        "標準入力の1行目にいまの、2行目に新しいパスコード",
        "Line 1 of stdin: the passcode; line 2: the new one",
    ),
    (
        "passcode change",
        "recovery_code_stdin",
        "標準入力の1行目に復旧コード、2行目に新しいパスコード（端末なら入力を求める）",
        "Line 1 of stdin: the recovery code; line 2: the new passcode (a terminal is asked)",
    ),
    ("recovery-code", "", "復旧コードを作る", "Make a recovery code"),
    (
        "recovery-code new",
        "",
        "復旧コードを作り、1度だけ表示する（前のコードは使えなくなる）",
        "Make a recovery code, shown once; an older one stops working",
    ),
    (
        "rekey",
        "",
        "秘密を人に知られたとき: 鍵・パスコード・復旧コードを新しくする",
        "For a secret that somebody knows: new key, passcode and recovery code",
    ),
    (
        "rekey",
        "passcode_stdin",
        "標準入力の1行目にいまの、2行目に新しいパスコード",
        "Line 1 of stdin: the passcode; line 2: the new one",
    ),
    (
        "rekey",
        "recovery_code_stdin",
        "標準入力の1行目に復旧コード、2行目に新しいパスコード（端末なら入力を求める）",
        "Line 1 of stdin: the recovery code; line 2: the new passcode (a terminal is asked)",
    ),
    ("*", "vault", "暗号化ファイル", "The encrypted file"),
    ("*", "json", "JSON で出力", "Print JSON"),
    ("*", "passcode_stdin", "パスコードを標準入力の1行目から読む", "Read the passcode from the first line of stdin"),
    (
        "*",
        "recovery_code_stdin",
        "復旧コードで開く。標準入力の1行目から読む（端末なら入力を求める）",
        "Open with the recovery code: the first line of stdin (a terminal is asked)",
    ),
    ("*", "help", "この説明を表示する", "Print this help"),
    ("*", "version", "版を表示する", "Print the version"),
];

const TEMPLATE: (&str, &str) = ("{about}\n\n使い方: {usage}\n\n{all-args}", "{about}\n\nUsage: {usage}\n\n{all-args}");

fn text(command: &str, argument: &str, language: Language) -> &'static str {
    let row = |command| TEXTS.iter().find(|(c, a, _, _)| *c == command && *a == argument);
    row(command).or_else(|| row("*")).map_or("", |(_, _, ja, en)| language.pick(ja, en))
}

/// Gives a command and all its subcommands their texts.
pub fn localise(command: Command, language: Language) -> Command {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let version = version.help(text("*", "version", language)).help_heading(options(language));
    let root = one(command, "", language).disable_version_flag(true).arg(version);
    root.mut_subcommands(|sub| below("", sub, language))
}

/// A subcommand of a command, and all below it.
fn below(command: &str, sub: Command, language: Language) -> Command {
    let name = [command, sub.get_name()].join(" ").trim_start().to_string();
    one(sub, &name, language).mut_subcommands(|sub| below(&name, sub, language))
}

fn one(command: Command, name: &str, language: Language) -> Command {
    let (ja, en) = TEMPLATE;
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help(text("*", "help", language));
    let command = command.disable_help_subcommand(true).subcommand_help_heading(language.pick("コマンド", "Commands"));
    let command = command.about(text(name, "", language)).help_template(language.pick(ja, en).to_string());
    let command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { language.pick("引数", "Arguments") } else { options(language) };
        let help = text(name, arg.get_id().as_str(), language);
        let arg = arg.help(help).help_heading(heading);
        // The texts say it already; flags have nothing to hide.
        if arg.get_action().takes_values() { arg.hide_possible_values(true).hide_default_value(true) } else { arg }
    });
    command.disable_help_flag(true).arg(help.help_heading(options(language)))
}

fn options(language: Language) -> &'static str {
    language.pick("オプション", "Options")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn missing(command: &Command, name: &str, found: &mut Vec<String>) {
        for arg in [""].into_iter().chain(command.get_arguments().map(|a| a.get_id().as_str())) {
            if !matches!(arg, "help" | "lang") && text(name, arg, Language::Ja).is_empty() {
                found.push(format!("{name} {arg}"));
            }
        }
        for sub in command.get_subcommands() {
            missing(sub, [name, sub.get_name()].join(" ").trim_start(), found);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_help() {
        let mut found = Vec::new();
        missing(&crate::args::Cli::command(), "", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
