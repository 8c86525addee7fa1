//! Words of who sets it up and keeps it: `init`, `check`, `backup`, `link`.

use mykarte::record::labels::Language;
use std::path::Path;

/// The system gives no randomness.
pub fn no_randomness(language: Language) -> &'static str {
    language.pick(
        "乱数を得られません。何も作っていません。OS を確かめてください。",
        "the operating system gives no random numbers; nothing was made.",
    )
}

/// In front of the line for `publisher.toml`.
pub fn for_publisher(language: Language) -> &'static str {
    language.pick("配信サーバー（publisher.toml）にこの行を書きます:", "this line belongs into publisher.toml:")
}

/// What comes next.
pub fn after_init(language: Language) -> &'static str {
    language.pick(
        "link.token は秘密です（配信サーバーには置きません）。配信サーバーを動かしてから、mykarte-issuer check で確かめます。",
        "link.token is a secret and stays here. Next: start the publisher, then run mykarte-issuer check here.",
    )
}

/// Nobody has chosen where signed heads are left.
pub fn no_heads(language: Language) -> &'static str {
    language.pick(
        "監査記録の署名を残すフォルダがまだ決まっていません。別の機械のフォルダを heads に書いてください（それまでは配信サーバーにだけ残ります）。",
        "no folder for the audit chain's signed heads is chosen: set `heads` to one on another machine. Until then the publisher alone keeps them.",
    )
}

/// Nothing is wrong.
pub fn all_is_well(language: Language) -> &'static str {
    language.pick("設定にあるものはすべて使えます。", "everything that the settings name is there and answers.")
}

/// The signing keys lie elsewhere.
pub fn no_issuer_keys(language: Language) -> &'static str {
    language.pick(
        "署名鍵がありません。mykarte keys new-signing で作るか、設定の keys を確かめてください。",
        "there are no signing keys; make them with mykarte keys new-signing, or check `keys` in the settings.",
    )
}

/// Nobody sets the clock.
pub fn clock(language: Language) -> &'static str {
    language.pick(
        "この機械の時計は時刻サーバーに合っていません。監査記録にもそう残ります（timedatectl で確かめてください）。",
        "no time server sets this computer's clock; the audit records will say so (see timedatectl).",
    )
}

/// All of it is copied.
pub fn backed_up(folder: &Path, language: Language) -> String {
    match language {
        Language::Ja => format!("バックアップしました: {}（元の場所は where.txt）", folder.display()),
        Language::En => format!("backed up: {} (where each belongs: where.txt)", folder.display()),
    }
}

/// Somebody asked to stop.
pub fn not_backed_up(language: Language) -> &'static str {
    language.pick("中止しました。バックアップは取れていません。", "stopped; there is no backup.")
}

/// Its own programs copy it.
pub fn dump_postgresql(language: Language) -> &'static str {
    language.pick(
        "台帳は PostgreSQL にあるので入っていません。pg_dump で別に取ってください。",
        "the database is in PostgreSQL and is not in it; make a pg_dump, too.",
    )
}

/// What it holds, and what not.
pub fn backup_is_secret(language: Language) -> &'static str {
    language.pick(
        "患者さんの情報と秘密が入っています。院内の鍵のかかる所に置いてください。ルート鍵とパスコードは入っていません。",
        "it holds patients' data and secrets: keep it locked up, inside. The root key and passcodes are not in it.",
    )
}

/// Before another token.
pub fn new_token_question(language: Language) -> &'static str {
    language.pick(
        "配信サーバーとの合言葉を替えますか? 配信サーバーの設定も書き換えるまで、発行も窓口も止まります [y/N]: ",
        "Replace the link's token? Until the publisher's settings are changed, too, nothing can be issued [y/N]: ",
    )
}

/// Answered with no.
pub fn token_stays(language: Language) -> &'static str {
    language.pick("合言葉は替えていません。", "the token is as it was.")
}

/// Nobody answered.
pub fn nobody_renews(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。合言葉は替えていません。替えるなら --yes を付けてください。",
        "there is no terminal to confirm on; the token is as it was. To replace it, add --yes.",
    )
}

/// What comes next.
pub fn after_new_token(language: Language) -> &'static str {
    language.pick(
        "配信サーバーで上の行に書き換え、systemctl restart mykarte-publisher のあと、ここで mykarte-issuer check を実行してください。",
        "put that line into publisher.toml in place of the old one, restart the publisher, then run mykarte-issuer check here.",
    )
}
