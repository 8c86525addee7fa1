//! 非常時メモ.

use super::{Row, keep, own, subject, with};
use ssmix2::clinical::Memo;

pub(crate) const FIELDS: &[Row<Memo>] = &[
    subject("text", ("記録内容", "memo", "災害時に医師が書いた内容です。区分を出すと必ず出ます。"), &["text"]),
    with("text", "at", ("日付", "date", "書かれた日時です。記録内容と切り離せません。"), &["at"], keep),
    own(
        "place",
        ("記録場所", "place", "書かれた場所（避難所・救護所など）です。"),
        &["place"],
        |e| e.body.place = None,
    ),
    own("role", ("診療職種", "role", "書いた人の職種です。"), &["role"], |e| e.body.role = None),
    own("author", ("記録者", "author", "書いた人です。"), &["author"], |e| e.body.author = None),
    own(
        "document_number",
        ("文書番号", "document number", "メモの管理番号です。"),
        &["document_number"],
        |e| {
            e.body.document_number = None;
        },
    ),
];
