//! What the drill and its arguments are for.

/// As [`super::texts::TEXTS`].
pub const DRILL: &[(&str, &str, &str, &str)] = &[
    (
        "verify",
        "",
        "ストレージ全体を点検し、患者に見えるもの・見えないものを調べる（約束が守られていなければ終了コード 1）",
        "Look through a whole storage: what patients would and would not see (exit 1 where the promise does not hold)",
    ),
    (
        "verify",
        "compare",
        "移行前（OLD）と移行後（NEW）の格納先を患者ごとに比べ、失われたもの・変わったものを調べる（失われたものがあれば終了コード 1）",
        "Hold a storage (OLD) against its re-issue (NEW), patient by patient: what was lost or changed (exit 1 where something was lost)",
    ),
    (
        "verify",
        "profile",
        "患者に見せる項目を決めるプロファイル（付属の名前かファイル）。なければすべて（full）",
        "What patients see: a bundled profile's id or a file; without it everything (full)",
    ),
    ("verify", "sample", "この人数だけを無作為に選ぶ", "Only so many patients, chosen by chance"),
    (
        "verify",
        "seed",
        "選び方の番号。同じ番号なら同じ患者（1）",
        "For which chance; the same number gives the same patients (1)",
    ),
    ("verify", "patient", "この患者だけ", "This patient only"),
    (
        "verify",
        "since",
        "この日（YYYY-MM-DD）以降の診療日がある患者だけ",
        "Only patients with a care date from this day (YYYY-MM-DD) on",
    ),
    (
        "verify",
        "json",
        "結果を JSON で書く（機械と --baseline のため）",
        "Write the result as JSON, for machines and --baseline",
    ),
    ("verify", "html", "会議のための1枚の HTML を書く", "Write one page of HTML for the meeting"),
    (
        "verify",
        "list",
        "患者ごとの指摘をすべて CSV で書く（直す人のため）",
        "Write every patient's findings as CSV, for whoever mends them",
    ),
    (
        "verify",
        "baseline",
        "前回の --json。前回より増えたものだけを問題とする",
        "The --json of last time: only what is more than then counts",
    ),
    (
        "verify",
        "show_text",
        "例の文字を伏せない（患者の情報が載る）",
        "Do not mask the texts of examples (they are patients' data)",
    ),
];
