//! Words about a hospital's keys and its key list.

use crate::print::line::safe;
use mykarte::record::labels::Language;
use mykarte::vault::package::KeyState;

/// What a root key's file is.
pub const ROOT_FILE: (&str, &str) = ("ルート鍵。パスコードで開く", "the root key, under its passcode");
/// What a key list is.
pub const LIST_FILE: (&str, &str) = ("鍵リスト。秘密を含まない", "the key list, no secret in it");

/// A label in front of a value, padded.
pub fn label(key: &str, language: Language) -> &'static str {
    let (ja, en) = match key {
        "root" => ("  ルート鍵    ", "  root key    "),
        "file" => ("  ファイル    ", "  file        "),
        "hospital" => ("  病院番号    ", "  hospital    "),
        "list" => ("  鍵リスト    ", "  key list    "),
        _ => ("  署名鍵      ", "  signing key "),
    };
    language.pick(ja, en)
}

/// What may be done with a key.
pub fn state(state: KeyState, language: Language) -> &'static str {
    let (ja, en) = match state {
        KeyState::Active => ("使用中", "active"),
        KeyState::Retired => {
            ("引退（発行には使わない。これまでの署名は有効）", "retired (signs no more; what it signed holds)")
        }
        KeyState::Compromised => ("失効（漏えいのおそれ。署名はすべて無効）", "revoked (nothing it signed is taken)"),
    };
    language.pick(ja, en)
}

/// The same for programs.
pub fn state_key(state: KeyState) -> &'static str {
    match state {
        KeyState::Active => "active",
        KeyState::Retired => "retired",
        KeyState::Compromised => "compromised",
    }
}

/// `第2号  期 1`.
pub fn number_and_epoch(number: u64, epoch: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("第{number}号  期 {epoch}"),
        Language::En => format!("number {number}  epoch {epoch}"),
    }
}

/// A folder without a key list.
pub fn no_list_in_folder(language: Language) -> &'static str {
    language.pick(
        "鍵リストがありません。--keys のフォルダを確かめてください。なくしたときは、最後に配ったもの（USB メモリなど）を写します。はじめてなら keys new-root で作ります。",
        "there is no key list; check the folder of --keys. If it is lost, copy the one handed out last. `keys new-root` makes the first one.",
    )
}

/// The root key lies elsewhere.
pub fn no_root_in_folder(language: Language) -> &'static str {
    language.pick(
        "ルート鍵がここにありません。保管している媒体をつなぎ、--root FILE で指定してください。",
        "the root key is not here; connect the medium it is kept on and name it with --root FILE.",
    )
}

/// What to do with a new root key.
pub fn after_new_root(keys: &str, language: Language) -> Vec<String> {
    match language {
        Language::Ja => vec![
            "次にすること".into(),
            "  1. 上のルート鍵を、病院のウェブサイトや掲示、患者に渡す紙で知らせます（配信サービスの登録票には印刷されます）。端末はこれで病院を確かめます。".into(),
            "  2. パスコードを忘れると開けません。写す前に、復旧コードを作ります: mykarte recovery-code new --vault FILE".into(),
            "     root.mykarte-keys を USB メモリなど2つに写し、ここからは消して、別々の場所に保管します。".into(),
            format!("  3. その1つをつないで、署名鍵を作ります: mykarte keys new-signing --keys {keys} --root FILE"),
            "     鍵を使うたびにファイルが変わります。使った方を、もう1つに写してください。".into(),
        ],
        Language::En => vec![
            "Next".into(),
            "  1. Publish the root key above, also on what patients get on paper (tickets of the service have it): devices know the hospital by it.".into(),
            "  2. A forgotten passcode cannot be replaced: make a recovery code before copying, with mykarte recovery-code new --vault FILE".into(),
            "     Then copy root.mykarte-keys to two media, remove it here, and keep them in two places.".into(),
            format!("  3. With one of them, make a signing key: mykarte keys new-signing --keys {keys} --root FILE"),
            "     Each use changes the file: copy it from the medium that was used to the other one.".into(),
        ],
    }
}

/// A facility id of another form than the ten digits that insurers give out (ssmix2.md, root folder).
pub fn unusual_facility(id: &str, language: Language) -> String {
    let id = safe(id);
    match language {
        Language::Ja => format!(
            "医療機関ID {id} は10桁の数字ではありません。ストレージの医療機関IDと同じか確かめてください。違うと発行（issue、seal）を断ります。作り直すなら、いま消してください。"
        ),
        Language::En => format!(
            "facility id {id} is not of ten digits; compare it with the storage's, for `issue` and `seal` refuse another one. If it is wrong, remove both files now and start again."
        ),
    }
}

/// A new key, listed.
pub fn signing_key_made(id: &str, number: u64, language: Language) -> String {
    match language {
        Language::Ja => format!("署名鍵を作りました: {id}（鍵リスト 第{number}号）"),
        Language::En => format!("signing key made: {id} (key list number {number})"),
    }
}

/// A new issuer's file where packages were issued before.
pub fn has_lost_count(language: Language) -> &'static str {
    language.pick(
        "これまでの署名鍵のファイルがないので、番号の期を上げました。端末には新しい鍵リストが先に要ります（配信では issue が送ります。USB メモリでは先に渡してください）。",
        "the file of the keys before is not there, so the epoch was raised: devices need the new key list first (`issue` sends it; by USB stick hand it out).",
    )
}

/// The folder's list was older than the root key's last.
pub fn list_put_back(old: u64, last: u64, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "古い鍵リスト（第{old}号）だったので、ルート鍵が最後に署名した第{last}号に戻しました。keys list で確かめて、もう一度実行してください。"
        ),
        Language::En => format!(
            "this was an old key list (number {old}); the one that the root key signed last (number {last}) is put in its place. Look at it with `keys list`, then run this again."
        ),
    }
}

/// The root key's file knows less than the folder does.
pub fn medium_left_behind(last: u64, given: u64, language: Language) -> String {
    match language {
        Language::Ja => format!(
            "このルート鍵のファイルは古い写しです（鍵リスト 第{last}号まで。いまは第{given}号）。もう1本の媒体の方が新しいはずです。復旧コードも、そちらにしかないかもしれません。このあと2本をそろえてください（手引きの3.1）。"
        ),
        Language::En => format!(
            "this file of the root key is an old copy (it knows key lists up to {last}; this is {given}): the other medium has a newer one, and perhaps a recovery code that this has not. Make both the same afterwards (the guide, 3.1)."
        ),
    }
}

/// Keys or numbers of a hospital are there already.
pub fn not_the_first_root(language: Language) -> &'static str {
    language.pick(
        "このフォルダには署名鍵（issuer.mykarte-keys）があります。ルート鍵を作り直すと、登録済みの端末はすべて登録し直しになります。鍵リストをなくしたときは、最後に配ったもの（USB メモリなど）をここへ写してください。",
        "this folder holds signing keys (issuer.mykarte-keys). With another root key every device has to enrol again. If the key list is lost, copy the one handed out last (from a USB stick, say) into it.",
    )
}

/// A key that signs no more.
pub fn retired(id: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("  引退: {id}（発行済みのパッケージは有効なまま）"),
        Language::En => format!("  retired: {id} (packages issued with it still hold)"),
    }
}

/// What follows from another list.
pub fn hand_out_list(is_another: bool, language: Language) -> &'static str {
    match is_another {
        true => language.pick(
            "端末には新しい鍵リストが要ります。配信サーバーを使うなら mykarte-issuer issue（端末は次の受け取りで新しくなります）、USB メモリなら seal がパッケージに添え、receive が受け取ります。",
            "Devices need the new key list. With the service run mykarte-issuer issue (they take it with the next fetch); by USB stick `seal` puts it beside packages, `receive` takes it.",
        ),
        false => language.pick(
            "次は、配信サーバーを使うなら mykarte-issuer init。USB メモリなら鍵リスト（hospital.mykarte-list）を端末に渡し、enrol で登録します。",
            "Next, with the service: mykarte-issuer init. By USB stick: with the key list (hospital.mykarte-list) a device can `enrol`.",
        ),
    }
}

/// Which key it is about.
pub fn to_be_revoked(id: &str, language: Language) -> String {
    match language {
        Language::Ja => format!("失効させる鍵: {id}"),
        Language::En => format!("key to be revoked: {id}"),
    }
}

/// What revoking means.
pub fn revoking_means(language: Language) -> [&'static str; 2] {
    match language {
        Language::Ja => [
            "  この鍵の署名はすべて無効になり、端末にある記録は「署名未確認」と表示されます（読むことはできます）。",
            "  期が1つ上がります。元に戻せません。",
        ],
        Language::En => [
            "  Nothing that it signed is taken any more; records on devices stay readable, marked as not confirmed.",
            "  The epoch is raised. This cannot be undone.",
        ],
    }
}

/// The question.
pub fn revoke_question(language: Language) -> &'static str {
    language.pick("この鍵を失効させますか? [y/N]: ", "Revoke this key? [y/N]: ")
}

/// Answered with no.
pub fn not_revoked(language: Language) -> &'static str {
    language.pick("失効させていません。", "nothing was revoked.")
}

/// Nobody answered.
pub fn nobody_revokes(language: Language) -> &'static str {
    language.pick(
        "確認を入力する端末がありません。失効させていません。上の鍵でよければ --yes を付けてください。",
        "there is no terminal to confirm on; nothing was revoked. If the key above is right, add --yes.",
    )
}

/// It is.
pub fn revoked(id: &str, number: u64, epoch: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("失効させました: {id}（鍵リスト 第{number}号、期 {epoch}）"),
        Language::En => format!("revoked: {id} (key list number {number}, epoch {epoch})"),
    }
}

/// What has to follow.
pub fn after_revoke(command: &str, language: Language) -> Vec<String> {
    match language {
        Language::Ja => vec![
            "次にすること".into(),
            format!("  1. 使用中の鍵がなければ、署名鍵を作ります: {command}"),
            "  2. 配信サーバーを使うなら mykarte-issuer issue。新しい鍵リストを送り、全員分を発行し直します。".into(),
            "  3. USB メモリなら、鍵リスト（hospital.mykarte-list）をすべての端末に配り、この鍵のパッケージを seal で発行し直します。".into(),
        ],
        Language::En => vec![
            "Next".into(),
            format!("  1. Where no key is active, make one: {command}"),
            "  2. With the service: mykarte-issuer issue sends the new key list, and issues for everybody again.".into(),
            "  3. By USB stick: hand the key list (hospital.mykarte-list) to every device, and `seal` every package of this key again.".into(),
        ],
    }
}

/// The key is revoked by now.
pub fn revoked_already(language: Language) -> &'static str {
    language.pick(
        "この鍵はすでに失効しています。何も変えていません。keys list で確かめてください。",
        "this key is revoked already; nothing was changed. `keys list` shows the keys.",
    )
}

/// Too few digits.
pub fn several_keys(language: Language) -> &'static str {
    language.pick(
        "この桁で始まる鍵が2つ以上あります。もっと長く指定してください。",
        "several keys begin so; give more digits.",
    )
}

/// A higher epoch.
pub fn epoch_raised(number: u64, epoch: u32, language: Language) -> String {
    match language {
        Language::Ja => format!("期を {epoch} に上げました（鍵リスト 第{number}号）"),
        Language::En => format!("the epoch is {epoch} now (key list number {number})"),
    }
}

/// What has to follow.
pub fn after_new_epoch(language: Language) -> &'static str {
    language.pick(
        "このあと発行するパッケージは、新しい鍵リストを受け取った端末でだけ開きます。配信サーバーを使うなら mykarte-issuer issue が両方を送ります。USB メモリなら鍵リストも一緒に渡してください。",
        "Packages issued from now on need the new key list on the device: with the service mykarte-issuer issue sends both; by USB stick hand it out with them.",
    )
}

/// A list that nothing can be issued with.
pub fn no_active_key(language: Language) -> &'static str {
    language.pick(
        "使用中の署名鍵がありません。keys new-signing で作ると発行できます。",
        "No signing key is active; `keys new-signing` makes one.",
    )
}

/// A list proves itself only.
pub fn compare_root(language: Language) -> &'static str {
    language.pick(
        "このリストが病院のものかは、ルート鍵を紙のものと見比べて確かめてください。",
        "Whether this list is the hospital's is told by the root key: compare it with the one on paper.",
    )
}
