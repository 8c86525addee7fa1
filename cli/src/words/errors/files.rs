//! Why a file is not read or not written.

use mykarte::record::labels::Language;
use std::io::ErrorKind;
use std::path::Path;

/// A file that was to be read.
pub fn unreadable(path: &Path, kind: ErrorKind, language: Language) -> String {
    let (ja, en) = match kind {
        ErrorKind::NotFound => ("ファイルがありません。パスを確かめてください。", "no such file; check the path."),
        ErrorKind::IsADirectory => ("フォルダです。ファイルを指定してください。", "this is a folder; give a file."),
        ErrorKind::PermissionDenied => (
            "読む権限がありません。権限を確かめるか、読める利用者で実行してください。",
            "no permission to read; check permissions or run as a user who may.",
        ),
        ErrorKind::FileTooLarge => (
            "大きすぎます。パッケージでも鍵リストでもありません。別のファイルを指定してください。",
            "too large for a package or a key list; choose another file.",
        ),
        _ => ("読めません。ディスクと接続を確かめてください。", "cannot be read; check the disk and the connection."),
    };
    format!("{}: {}", path.display(), language.pick(ja, en))
}

/// A file or folder that was to be made.
pub fn unwritable(path: &Path, kind: ErrorKind, language: Language) -> String {
    let (ja, en) = match kind {
        ErrorKind::AlreadyExists => (
            "同じ名前のものがあります（そのままです）。別の名前にしてください。",
            "something is there already and is left as it is; choose another name.",
        ),
        ErrorKind::NotFound | ErrorKind::NotADirectory => (
            "書き出し先のフォルダがありません。パスを確かめてください。",
            "no such folder to write to; check the path.",
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
            "書き込めません。権限を確かめるか、別の場所にしてください。",
            "nothing can be written here; check permissions or choose another place.",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            ("空き容量がありません。空けてからやり直してください。", "no space left; free some and try again.")
        }
        _ => (
            "書き込めません。ディスクと接続を確かめてください。",
            "cannot be written; check the disk and the connection.",
        ),
    };
    format!("{}: {}", path.display(), language.pick(ja, en))
}
