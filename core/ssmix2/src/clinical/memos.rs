//! Emergency memos: extended storage, data type `L-EMERGENCY-MEMO`, an HL7 v2.5
//! MDM^T02 in `main_document.hl7`. Written by a doctor in a disaster viewer.

use crate::message::Message;
use crate::types::{Coded, Person, Text, Timestamp};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use std::sync::Arc;

/// One memo.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memo {
    /// TXA-4, activity date.
    pub at: Option<Timestamp>,
    /// PV1-3, else MSH-4: 記録場所.
    pub place: Option<Text>,
    /// TXA-5: 診療職種.
    pub role: Option<Arc<Coded>>,
    /// TXA-9: 記録者.
    pub author: Option<Arc<Person>>,
    /// OBX-5, in order: 記録内容.
    pub text: Text,
    /// TXA-12: the document's own number, by which memos are told apart.
    pub document_number: Option<Text>,
}

/// Reads a memo.
pub(super) fn read(message: &Message<'_>) -> Memo {
    let txa = message.first("TXA");
    if let Some(txa) = &txa {
        txa.skip(&[1]);
    }
    let ward =
        message.first("PV1").and_then(|pv1| pv1.place(3)).map(|p| Text::from(p.display())).filter(|p| !p.is_empty());
    let lines = message.all("OBX").flat_map(|obx| {
        obx.skip(&[1, 2]);
        obx.sts(5)
    });
    Memo {
        at: txa.and_then(|s| s.ts(4)),
        place: ward.or_else(|| message.first("MSH").and_then(|s| s.id_of(4))),
        role: txa.and_then(|s| s.cwe(5)),
        author: txa.and_then(|s| s.xcn(9)),
        text: lines.collect::<Vec<_>>().join("\n").into(),
        document_number: txa.and_then(|s| s.id_of(12)),
    }
}

#[cfg(test)]
mod tests {
    use crate::clinical::tests::entries;

    #[test]
    fn a_memo() {
        let (e, _) = entries(
            "L-EMERGENCY-MEMO^非常時メモ^99MYKARTE",
            &[
                "PID|1||1",
                "PV1|1|O|第一避難所",
                "TXA|1|EM|TX|202404011230|医師||||7^山^川",
                "OBX|1|TX|||一行目~二行目",
                "OBX|2|TX|||三行目\\.br\\四行目",
            ],
        );
        let m = e.memo.expect("a memo");
        assert_eq!(m.text, "一行目\n二行目\n三行目\n四行目");
        assert_eq!(
            (m.place.as_deref(), m.author.map(|a| a.name.clone()).as_deref()),
            (Some("第一避難所"), Some("山 川"))
        );
        assert_eq!(m.at.map(|t| t.to_string()).as_deref(), Some("2024-04-01T12:30"));
        assert_eq!(m.role.map(|r| r.display().to_string()).as_deref(), Some("医師"));
    }
}
